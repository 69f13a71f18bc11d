using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Voice;

namespace ChildrensInfo.Core.Responses;

/// <summary>What the person hopes for when they say it.</summary>
public enum Wanted
{
    DoSomething,
    TellSomeone,
    JustBeHeard,
    NotSure,
}

/// <summary>
/// What somebody asked of us, in their own words, made from what is already sealed. It is written once; what became of it is in its
/// <see cref="Steps"/>, and <see cref="ResponseRules"/> says which may follow which.
/// </summary>
public class Ask : IAboutChild
{
    public const int WordsMaxLength = 2_000;
    public const int ElsewhereMaxLength = 200;

    /// <summary>Made with the form, so that a double click makes one ask.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    /// <summary>Who asks: the speaker of every record it is made from.</summary>
    public Speaker Speaker { get; init; }

    public Guid? SpeakerRelationshipId { get; init; }

    public Wanted Wanted { get; init; }

    /// <summary>What the records it is made from are about, together.</summary>
    public List<SubjectMatter> About { get; init; } = [];

    /// <summary>The ask itself, sealed under the child's key.</summary>
    public required byte[] WordsSealed { get; init; }

    /// <summary>True when the words stand in the records they come from; false when a worker wrote down what a recording or a drawing asks.</summary>
    public bool WordsAreQuoted { get; init; }

    public string Language { get; init; } = "en";

    /// <summary>What the words speak of, when they speak of information; null for any other ask.</summary>
    public ThingKind? ThingKind { get; init; }

    /// <summary>The record, interpretation or project it speaks of.</summary>
    public Guid? ThingId { get; init; }

    /// <summary>The figure, dashboard or form it speaks of.</summary>
    public string? ThingKey { get; init; }

    /// <summary>A file or letter kept somewhere else, in the worker's words, sealed under the child's key.</summary>
    public byte[]? ElsewhereSealed { get; init; }

    /// <summary>A request under data protection law: it has a calendar month, from the day it was said.</summary>
    public bool IsRightsRequest { get; init; }

    /// <summary>The first day on which it was said.</summary>
    public DateOnly SaidOn { get; init; }

    public DateTime RaisedAt { get; init; }

    public Guid RaisedById { get; init; }

    public List<AskVoice> Voices { get; init; } = [];

    public List<AskStep> Steps { get; init; } = [];

    public bool IsAboutInformation => ThingKind is not null;

    public InformationThing? Thing => ThingKind is { } kind ? new(kind, ThingId, ThingKey) : null;
}

/// <summary>A record in which the ask was said.</summary>
public class AskVoice : IAboutChild
{
    public Guid AskId { get; init; }

    public Guid VoiceRecordId { get; init; }

    public VoiceRecord? VoiceRecord { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }
}

public enum StepKind
{
    Heard,
    Considered,
    Decided,
    Acted,
    CannotTell,
    DelayAgreed,
    DelayRefused,
    Told,
    Responded,
    Closed,
    Reopened,
}

/// <summary>Where an ask stands after a step.</summary>
public enum AskState
{
    Heard,
    Considered,
    Decided,
    Acted,

    /// <summary>The child cannot be told yet, and a manager has not agreed to that so far.</summary>
    CannotTellYet,

    /// <summary>A manager agreed that the child is not told before a day.</summary>
    DelayAgreed,
    Told,
    Responded,
    Closed,
    Reopened,
}

/// <summary>What was decided. The last five answer what was said about information.</summary>
public enum Decision
{
    Done,
    Partly,
    NotDone,
    NotOurs,
    Waiting,
    NothingWanted,
    Corrected,
    StatementAdded,
    Explained,
    AccessChanged,
    NotChanged,
}

public enum HowTold
{
    FaceToFace,
    Card,
    Message,
    Symbols,
}

/// <summary>How the person took what they were told.</summary>
public enum Reaction
{
    Happy,
    Ok,
    NotHappy,
    DidNotUnderstand,

    /// <summary>The answer did not arrive: nobody was told.</summary>
    NotReached,
}

/// <summary>One thing that was done about an ask: who, when, and words sealed under the child's key. Written once.</summary>
public class AskStep : IAboutChild
{
    public const int WordsMaxLength = 2_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid AskId { get; init; }

    public Ask? Ask { get; init; }

    /// <summary>From 0. No two steps have the same, so two people cannot take the next one at once.</summary>
    public int Number { get; init; }

    public StepKind Kind { get; init; }

    /// <summary>Where the ask stands after it.</summary>
    public AskState State { get; init; }

    /// <summary>By when something has to happen after it; null when nothing has to any more.</summary>
    public DateOnly? DueOn { get; init; }

    /// <summary>The day it happened.</summary>
    public DateOnly On { get; init; }

    public Decision? Decision { get; init; }

    public HowTold? HowTold { get; init; }

    public Reaction? Reaction { get; init; }

    /// <summary>When it is looked at again whether the child can be told.</summary>
    public DateOnly? ReviewOn { get; init; }

    /// <summary>What the child said to it, as a record of its own.</summary>
    public Guid? VoiceRecordId { get; init; }

    public byte[]? WordsSealed { get; init; }

    public DateTime At { get; init; }

    public Guid ById { get; init; }
}
