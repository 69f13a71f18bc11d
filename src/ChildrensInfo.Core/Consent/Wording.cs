using System.Security.Cryptography;
using System.Text;
using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Consent;

public enum WordingFormat
{
    Text,

    /// <summary>One short sentence on each line.</summary>
    EasyRead,

    /// <summary>One line for each picture: its name, a bar, and what it says: "no | You can say no".</summary>
    Symbols,

    /// <summary>A recording of the words; the words themselves stand beside it.</summary>
    Audio,

    /// <summary>A film in British Sign Language; what is signed stands beside it.</summary>
    BslVideo,
}

public enum AgeBand
{
    From4To7,
    From8To11,
    From12To17,
    Adult,
}

/// <summary>
/// The exact words a purpose was put in. Never changed once made; a change is a new version. Shipped ones belong to no authority and are for all; an
/// authority's own stands in the place of the shipped one of the same purpose, language, format and age.
/// </summary>
public class Wording
{
    public const int NameMaxLength = 100;
    public const int BodyMaxLength = 3_000;
    public const int LinkMaxLength = 300;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Null for a shipped wording.</summary>
    public Guid? AuthorityId { get; init; }

    public Purpose Purpose { get; init; }

    public int Number { get; init; }

    public required string Language { get; init; }

    public WordingFormat Format { get; init; }

    public AgeBand AgeBand { get; init; }

    public required string Name { get; init; }

    public required string Body { get; init; }

    /// <summary>Where the recording or film is; for <see cref="WordingFormat.Audio"/> and <see cref="WordingFormat.BslVideo"/> only.</summary>
    public string? Link { get; init; }

    public required byte[] BodyHash { get; init; }

    public DateTime EffectiveFrom { get; init; }

    /// <summary>
    /// Whether it says something else than the version before it. Who agreed to an earlier number of the same purpose, language, format and age is
    /// then asked again; a spelling put right asks nobody.
    /// </summary>
    public bool MaterialChange { get; init; }

    /// <summary>What changed against the version before it, and why.</summary>
    public string? ChangeReason { get; init; }

    /// <summary>Which children helped to write it, such as "Children in care council, seven children". No names.</summary>
    public string? CoDesignedWith { get; init; }

    public Guid? WrittenById { get; init; }

    /// <summary>Never whoever wrote it; the database refuses that too.</summary>
    public Guid? ApprovedById { get; init; }

    /// <summary>From when nobody is asked with it any more. Who agreed to it, agreed to it.</summary>
    public DateTime? RetiredAt { get; set; }

    /// <summary>The words with the names in them, as they stand before somebody.</summary>
    /// <param name="council">What the council calls itself in the language of the words.</param>
    /// <param name="recipient">Whom, or which one use, it is asked for; null while nobody is meant.</param>
    public static string Fill(string text, string council, string? recipient) => text
        .Replace("{council}", council, StringComparison.Ordinal)
        .Replace(Person, recipient ?? "…", StringComparison.Ordinal)
        .Replace(Use, recipient ?? "…", StringComparison.Ordinal);

    /// <summary>As <see cref="Fill"/>; null where nobody knows whose name stood in them.</summary>
    public string? FilledFor(string council, string? recipient) =>
        recipient is null && (Body.Contains(Person, StringComparison.Ordinal) || Body.Contains(Use, StringComparison.Ordinal)) ? null : Fill(Body, council, recipient);

    private const string Person = "{person}";
    private const string Use = "{use}";

    public static byte[] HashOf(string body, string? link) => SHA256.HashData(Encoding.UTF8.GetBytes(link is null ? body : $"{body}\n{link}"));
}

public enum WordingDraftState
{
    /// <summary>Being written; only its writer changes it.</summary>
    Draft,

    /// <summary>Waits for a second person.</summary>
    Waiting,

    /// <summary>Sent back with a reason; its writer may write on.</summary>
    SentBack,

    /// <summary>Read by a second person, and a wording since.</summary>
    Approved,

    /// <summary>Given up by its writer.</summary>
    Discarded,
}

/// <summary>Words that somebody proposes. Nobody is asked with them before a second person has approved them, and what that person read is what comes into force.</summary>
public class WordingDraft : IBelongToAuthority
{
    public const int NoteMaxLength = 500;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Purpose Purpose { get; init; }

    public required string Language { get; init; }

    public WordingFormat Format { get; init; }

    public AgeBand AgeBand { get; init; }

    public required string Name { get; set; }

    public required string Body { get; set; }

    public string? Link { get; set; }

    public bool MaterialChange { get; set; }

    public string? ChangeReason { get; set; }

    public string? CoDesignedWith { get; set; }

    public WordingDraftState State { get; set; }

    public Guid WrittenById { get; init; }

    public DateTime WrittenAt { get; set; }

    public Guid? DecidedById { get; set; }

    public DateTime? DecidedAt { get; set; }

    /// <summary>Why it was sent back.</summary>
    public string? DecisionReason { get; set; }

    /// <summary>The wording it became.</summary>
    public Guid? WordingId { get; set; }

    public uint Version { get; init; }
}

/// <summary>
/// How one authority asks for a purpose from some instant on. Never changed: the latest at an instant counts then, so that a decision of the past is
/// worked out by the rules of its time.
/// </summary>
public class PurposeSetting : IBelongToAuthority
{
    public const int MostMonths = 24;
    public const int LeastCoolingDays = 30;
    public const int MostCoolingDays = 365;
    public const int TextMaxLength = 500;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Purpose Purpose { get; init; }

    /// <summary>What the catalogue says, as it stood then: no authority may turn a permission into a notice.</summary>
    public PurposeBasis Basis { get; init; }

    /// <summary>How long a yes lasts.</summary>
    public int MonthsValid { get; init; }

    public int MonthsValidForYoungChild { get; init; }

    /// <summary>For how long after a no nobody is asked again, unless the child brings it up.</summary>
    public int CoolingDays { get; init; }

    /// <summary>How the authority describes the purpose to its own workers.</summary>
    public string? LocalText { get; init; }

    /// <summary>The assessment or minute it rests on, and why.</summary>
    public required string Reason { get; init; }

    public Guid SetById { get; init; }

    public DateTime SetAt { get; init; }
}
