using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;

namespace ChildrensInfo.Core.Rights;

public enum DisposalCause
{
    /// <summary>The last day of its period is over.</summary>
    Retention,

    /// <summary>Somebody asked for it to be erased, and that was granted.</summary>
    Erasure,
}

public enum DisposalState
{
    /// <summary>One person looked and proposed; nothing is destroyed.</summary>
    Proposed,

    /// <summary>A second person, or the first again, said no.</summary>
    Refused,

    /// <summary>Destroyed.</summary>
    Done,
}

/// <summary>
/// That what was said by and about a child, or one record of it, is destroyed: proposed by one person, agreed to by another. Once it is done it is the certificate: what, how many, by which
/// rule, who and when, and no words.
/// </summary>
public class Disposal : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    /// <summary>The one record; null for everything.</summary>
    public Guid? VoiceRecordId { get; init; }

    public DisposalCause Cause { get; init; }

    /// <summary>The request it was granted for.</summary>
    public Guid? ErasureRequestId { get; init; }

    /// <summary>The rule that kept it longest, and its last day.</summary>
    public string? RuleKey { get; init; }

    public DateOnly? KeptUntil { get; init; }

    public DisposalState State { get; set; }

    public Guid ProposedById { get; init; }

    public DateTime ProposedAt { get; init; }

    public Guid? DecidedById { get; set; }

    public DateTime? DecidedAt { get; set; }

    public int? Records { get; set; }

    public int? Interpretations { get; set; }

    public int? Transcripts { get; set; }

    public int? Files { get; set; }

    /// <summary>Everything else that was sealed: reasons, who was present, what was asked.</summary>
    public int? OtherTexts { get; set; }

    /// <summary>The last day on which a backup may still hold it.</summary>
    public DateOnly? BackupsUntil { get; set; }

    public uint Version { get; init; }

    /// <summary>
    /// What became of it once it is done, for those who work with the child and for the child: what kinds of records, when, under which rule and by whose decision. It holds no word and nobody’s name.
    /// </summary>
    /// <param name="kinds">In which ways it had been said; none when whoever reads must not learn of all of it, and then no numbers are said either.</param>
    public string InWords(IReadOnlyList<string> kinds)
    {
        var council = string.Join(" or ", Enum.GetValues<Role>().Where(r => Roles.Has(r, Capability.KeepDuties)).Select(r => HeldRecords.LabelOf($"{r}").ToLowerInvariant()));
        string[] parts = [Many(Records, "record of what was said", "records of what was said"), Many(Interpretations, "note of what a worker thinks", "notes of what workers think"), Many(Transcripts, "transcript", "transcripts"), Many(Files, "file", "files"), Many(OtherTexts, "other text", "other texts")];
        var counted = kinds.Count == 0 ? "" : $" ({string.Join(", ", parts.Where(p => p.Length > 0))}; said in these ways: {string.Join(", ", kinds)})";
        var rule = ShippedRetention.All.FirstOrDefault(r => r.Key == RuleKey);
        var why = Cause == DisposalCause.Erasure ? "Somebody asked for it to be erased, and that was granted."
            : $"Its time was over under the council’s schedule for a child of this kind: {(rule is null ? RuleKey : HeldRecords.LabelOf($"{rule.Status}").ToLowerInvariant())}, kept until {Day(KeptUntil!.Value)}.";
        return $"{(VoiceRecordId is null ? "Everything said by and about the child until then" : "One record, with what corrects and explains it,")} was destroyed on {Day(ConsentRules.LocalDay(DecidedAt!.Value))}{counted}. {why} One person in the role of {council} proposed it, and another agreed. That something was said and when, permissions, and who has looked are still kept.";
    }

    private static string Day(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Many(int? number, string one, string many) => number is > 0 and var some ? $"{some} {(some == 1 ? one : many)}" : "";
}

/// <summary>On what an answer to a request for erasure rests (UK GDPR article 17).</summary>
public enum ErasureGround
{
    // Granted, paragraph 1.
    NoLongerNeeded,
    PermissionTakenBack,
    Objected,
    Unlawful,
    LawSaysErase,

    // Refused, paragraph 3.
    LegalObligation,
    PublicTask,
    LegalClaim,
    Archiving,
    FreedomOfExpression,
}

/// <summary>Somebody's request that what is held be erased, from the day it came to the answer with its ground.</summary>
public class ErasureRequest : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    /// <summary>The one record; null for everything.</summary>
    public Guid? VoiceRecordId { get; init; }

    public Requester Requester { get; init; }

    public DateOnly ReceivedOn { get; init; }

    public Guid LoggedById { get; init; }

    public DateTime LoggedAt { get; init; }

    /// <summary>Null until it is answered.</summary>
    public bool? Granted { get; set; }

    public ErasureGround? Ground { get; set; }

    public Guid? DecidedById { get; set; }

    public DateTime? DecidedAt { get; set; }

    public uint Version { get; init; }

    public DateOnly DueOn => RequestRules.DueOn(ReceivedOn, null);

    public static bool Grants(ErasureGround ground) => ground <= ErasureGround.LawSaysErase;
}
