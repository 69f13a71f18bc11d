using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;

namespace ChildrensInfo.Core.Voice;

/// <summary>What the speaker said when it was read or played back to them, before it was sealed.</summary>
public enum ReadBack
{
    NotOffered,
    Yes,

    /// <summary>They changed it first, and then said yes.</summary>
    YesAfterChange,
    NotSure,
    DidNotWant,
}

/// <summary>Who read it back to the speaker, and how.</summary>
public enum ReadBackHow
{
    /// <summary>The worker read it aloud.</summary>
    ReadAloud,

    /// <summary>They read it, or looked at it, themselves.</summary>
    ReadThemselves,
    PlayedBack,

    /// <summary>In pictures or symbols.</summary>
    InPictures,
    InSigns,

    /// <summary>An interpreter, an advocate or somebody else read or signed it to them.</summary>
    BySomebodyElse,
}

/// <summary>Why another record stands beside the first. The first is never changed.</summary>
public enum CorrectionReason
{
    /// <summary>The worker wrote it down wrongly.</summary>
    WorkerTypo,
    ChangedMind,

    /// <summary>Somebody asked for what is kept about them to be put right, and their worker put it right with them in a visit.</summary>
    Rectification,

    /// <summary>Somebody asked the council, and information governance put their statement beside the record: in no visit, so nobody was heard by it.</summary>
    Statement,
}

public enum Sensitivity
{
    Normal,
    Sensitive,

    /// <summary>It says that somebody is not safe: never on a paper that leaves the building.</summary>
    Disclosure,
}

/// <summary>
/// That a record is to be handled with more care than it was sealed with. Never with less, and never taken back; the database raises
/// <see cref="VoiceRecord.Sensitivity"/> of it, of what corrects it and of what explains it in the same moment.
/// </summary>
public class SensitivityMark : IAboutChild
{
    /// <summary>Made with the form, so that a double click marks once.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid VoiceRecordId { get; init; }

    public Sensitivity Sensitivity { get; init; }

    public DateTime MarkedAt { get; init; }

    public Guid MarkedById { get; init; }
}

/// <summary>
/// What somebody said, after a photo was sealed, about whether a person can be recognised on it. That one can is never taken back; the database changes <see cref="VoiceRecord.ShowsPerson"/>
/// in the same moment.
/// </summary>
public class PhotoAnswer : IAboutChild
{
    /// <summary>Made with the form, so that a double click answers once.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid VoiceRecordId { get; init; }

    public bool ShowsPerson { get; init; }

    public DateTime AnsweredAt { get; init; }

    public Guid AnsweredById { get; init; }
}

/// <summary>
/// What somebody said, after a recording was sealed, about whether anybody else can be heard on it: where nobody was asked before, as in child mode. Said once; the database writes it into
/// <see cref="VoiceRecord.AnybodyElseHeard"/> in the same moment.
/// </summary>
public class RecordingAnswer : IAboutChild
{
    /// <summary>Made with the form, so that a double click answers once.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid VoiceRecordId { get; init; }

    public bool AnybodyElseHeard { get; init; }

    public DateTime AnsweredAt { get; init; }

    public Guid AnsweredById { get; init; }
}

/// <summary>Why a sealed recording may not be played.</summary>
public enum HoldState
{
    None,

    /// <summary>Who decides has said to stop, or has never said yes where it stands now.</summary>
    HeldConsent,

    /// <summary>Nobody has said yet whether anybody else can be heard on it.</summary>
    HeldUnanswered,

    /// <summary>Somebody else can be heard on it and has not said yes.</summary>
    HeldThirdParty,

    /// <summary>It was deleted because somebody wanted that.</summary>
    Deleted,

    /// <summary>Sound, and whoever asks reads and does not listen: those who work with the child can play it to them.</summary>
    OnRequest,
}

/// <summary>Works out whether a record is held; never stored, so that it cannot be forgotten when an answer changes.</summary>
public static class VoiceHolds
{
    /// <param name="record">With its other voices and their answers.</param>
    /// <param name="permissions">Where each permission of this child stands now; the one that it needs is looked at, for the visit in which it was made.</param>
    public static HoldState Of(VoiceRecord record, ChildPermissions permissions)
    {
        if (record.RestsOn is not { } purpose) return HoldState.None;
        if (IsStopped(record, permissions) || (record.WasNotAskedFor && !permissions.Of(purpose, record.SessionId).AllowsWhatBegan(record.CertainlyBegunBy))) return HoldState.HeldConsent;
        return OfOthers(record);
    }

    /// <summary>Whether it is held for the sake of others who can be heard. While nobody has said whether there are any it is; and where there are some, until each that is named has said yes.</summary>
    private static HoldState OfOthers(VoiceRecord record)
    {
        if (record is { Kind: VoiceKind.Audio, AnybodyElseHeard: null }) return HoldState.HeldUnanswered;
        return record.ThirdPartyVoices.Exists(v => !v.IsAllowed) || (record.AnybodyElseHeard == true && record.ThirdPartyVoices.Count == 0) ? HoldState.HeldThirdParty : HoldState.None;
    }

    /// <summary>Whether it is locked because somebody said stop; what is only waiting for a yes is not.</summary>
    public static bool IsStopped(VoiceRecord record, ChildPermissions permissions) => record.StoppedBy.Any(p => permissions.Of(p, record.SessionId).ViewOf(record.MadeAt) != ViewEffect.Shown);

    /// <summary>Whether what was written down of a recording is held. It stays where they wanted the recording deleted and the words kept.</summary>
    /// <param name="record">As for <see cref="Of"/>.</param>
    public static HoldState OfWords(VoiceRecord record, ChildPermissions permissions)
    {
        var hold = Of(record, permissions);
        if (hold != HoldState.HeldConsent || record.RestsOn is not { } purpose || !permissions.Of(purpose, record.SessionId).KeepsWordsOf(record.MadeAt)) return hold;
        return OfOthers(record);
    }
}

/// <summary>Somebody else who can be heard on a recording. While any of them has not said yes, nobody may play it.</summary>
public class ThirdPartyVoice : IAboutChild
{
    public const int DescribedMaxLength = 200;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid VoiceRecordId { get; init; }

    public VoiceRecord? VoiceRecord { get; init; }

    /// <summary>The person, when they are known; otherwise <see cref="DescribedSealed"/> says who.</summary>
    public Guid? RelationshipId { get; init; }

    public Relationship? Relationship { get; init; }

    public byte[]? DescribedSealed { get; init; }

    public List<ThirdPartyAnswer> Answers { get; init; } = [];

    /// <summary>Whether the last answer was yes. Needs the answers to be loaded; without them it is no.</summary>
    public bool IsAllowed => Answers.OrderBy(a => a.RecordedAt).ThenBy(a => a.Id).LastOrDefault()?.Allowed == true;
}

/// <summary>What one of them, or who decides for them, said about being on it. The last one counts; none is ever changed.</summary>
public class ThirdPartyAnswer : IAboutChild
{
    public const int SaidByMaxLength = 200;

    /// <summary>Made with the form, so that a double click decides once.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid ThirdPartyVoiceId { get; init; }

    public bool Allowed { get; init; }

    /// <summary>Who said so, sealed: the person themselves, or somebody who may decide for them.</summary>
    public required byte[] SaidBySealed { get; init; }

    public DateTime RecordedAt { get; init; }

    public Guid RecordedById { get; init; }
}

public enum InterpretationKind
{
    Observation,
    Hypothesis,
    Analysis,
    PlanSummary,
}

/// <summary>How sure whoever wrote an interpretation is of it.</summary>
public enum Confidence
{
    Guess,
    FairlySure,
    Sure,
}

public enum ChildSaw
{
    Yes,
    NotYet,
    NotAppropriate,
}

/// <summary>Whether the child was shown what a worker thinks, and what they answered: their own record. The last one counts.</summary>
public class InterpretationShowing : IAboutChild
{
    public const int WhyMaxLength = 500;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid InterpretationId { get; init; }

    public ChildSaw Saw { get; init; }

    /// <summary>Why not, when it was not right to show it; sealed under the child's key.</summary>
    public byte[]? WhySealed { get; init; }

    /// <summary>What the child answered: a voice record of their own.</summary>
    public Guid? ResponseRecordId { get; init; }

    public DateTime RecordedAt { get; init; }

    public Guid RecordedById { get; init; }
}

/// <summary>
/// That words stood under the wrong child: what happened, who may have read them and what was done. Opened by the move itself,
/// completed by the practitioner. It is about the child whose words they are.
/// </summary>
public class BreachReport : IAboutChild
{
    public const int TextMaxLength = 4_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>The child whose words they are.</summary>
    public Guid ChildId { get; init; }

    /// <summary>The record where it belongs.</summary>
    public Guid VoiceRecordId { get; init; }

    /// <summary>The child under whom it stood, and its tombstone there.</summary>
    public Guid WrongChildId { get; init; }

    public Guid WrongRecordId { get; init; }

    /// <summary>Since when it stood there.</summary>
    public DateTime SealedAt { get; init; }

    public DateTime MovedAt { get; init; }

    public Guid MovedById { get; init; }

    public byte[]? WhatHappenedSealed { get; set; }

    public byte[]? WhatWasDoneSealed { get; set; }

    public bool? ChildTold { get; set; }

    public DateTime? CompletedAt { get; set; }

    public Guid? CompletedById { get; set; }

    public uint Version { get; init; }
}
