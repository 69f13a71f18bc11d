using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Children;

/// <summary>A row about one child. A save that touches one must carry an audit line (AuditGuard).</summary>
public interface IAboutChild : IBelongToAuthority
{
    Guid ChildId { get; }
}

/// <summary>A way in which a child says things or takes them in.</summary>
public enum CommunicationWay
{
    Speech,
    BritishSignLanguage,
    SignSupportedEnglish,
    Makaton,

    /// <summary>Pictures, symbols or objects pointed at or given, as with PECS.</summary>
    Symbols,
    TalkingMats,

    /// <summary>A device that speaks for them, or another aid (AAC).</summary>
    SpeechDevice,
    EyePointing,
    GesturesAndBehaviour,
    Writing,
    ReadAloud,
    LargePrint,
    Interpreter,
}

/// <summary>
/// A child as the authority knows them. Returns bring the codes; names come from people, since the census carries none.
/// </summary>
public class Child : IAboutChild
{
    public const int NameMaxLength = 100;
    public const int LaChildIdMaxLength = 20;
    public const int WardMaxLength = 80;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>The authority's own number for the child: LAchildID in returns.</summary>
    public required string LaChildId { get; init; }

    public string? GivenName { get; set; }

    public string? FamilyName { get; set; }

    /// <summary>What the child likes to be called.</summary>
    public string? KnownAs { get; set; }

    public DateOnly? BornOn { get; set; }

    /// <summary>For a child not yet born when the return was made.</summary>
    public DateOnly? ExpectedBirthOn { get; set; }

    public DateOnly? DiedOn { get; set; }

    /// <summary>M, F or U, as in the census from 2025.</summary>
    public string? Sex { get; set; }

    public string? EthnicityCode { get; set; }

    /// <summary>Census disability codes; empty when none is recorded, NONE when recorded as none.</summary>
    public List<string> DisabilityCodes { get; set; } = [];

    public string? Upn { get; set; }

    /// <summary>The ward the child lives in, by name, as the council's own records say: no return brings it.</summary>
    public string? Ward { get; set; }

    public string PreferredLanguage { get; set; } = "en";

    /// <summary>The ways in which the child best says things and takes them in, as far as somebody has asked them.</summary>
    public List<CommunicationWay> CommunicatesWith { get; set; } = [];

    /// <summary>What else there is to know of it, in words.</summary>
    public string? CommunicationNeeds { get; set; }

    public DateTime CreatedAt { get; init; }

    public uint Version { get; init; }

    Guid IAboutChild.ChildId => Id;

    public string DisplayName =>
        KnownAs is { Length: > 0 } && FamilyName is { Length: > 0 } ? $"{KnownAs} {FamilyName}"
        : GivenName is { Length: > 0 } ? $"{GivenName} {FamilyName}".Trim()
        : LaChildId;

    /// <summary>The name to speak of the child by in a sentence.</summary>
    public string CalledName => KnownAs ?? GivenName ?? LaChildId;

    /// <summary>Whole years on a day; null when unborn or unknown.</summary>
    public int? AgeOn(DateOnly day) => AgeOn(BornOn, day);

    /// <summary>Whole years on a day as days are in London; null when unborn or unknown. Somebody born on 29 February is a year older on 1 March.</summary>
    public static int? AgeOn(DateOnly? bornOn, DateOnly day)
    {
        if (bornOn is not { } born || born > day) return null;
        var years = day.Year - born.Year;
        return (day.Month, day.Day).CompareTo((born.Month, born.Day)) < 0 ? years - 1 : years;
    }
}

/// <summary>That a practitioner works with a child, from one day to another.</summary>
public class Allocation : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    public Guid PractitionerId { get; init; }

    public Guid? TeamId { get; init; }

    public DateOnly StartedOn { get; init; }

    public DateOnly? EndedOn { get; set; }
}

public enum RelationshipKind
{
    Mother,
    Father,
    StepParent,
    Grandparent,
    Sibling,
    FosterCarer,
    OtherRelative,
    OtherCarer,
}

/// <summary>Somebody in the child's life, who may speak or decide.</summary>
public class Relationship : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    public required string Name { get; set; }

    public RelationshipKind Kind { get; set; }

    /// <summary>When they held parental responsibility, and hold it.</summary>
    public List<ParentalResponsibility> Responsibilities { get; init; } = [];

    /// <summary>Since when they must not be in contact with the child, or are a danger to them; null when nothing of the kind is known.</summary>
    public DateTime? NoContactSince { get; set; }

    public Guid? NoContactSetById { get; set; }

    /// <summary>By how much of a name they have to be called beside what they are to the child, among all who are in the child's life: by none, by a first name where that leaves two alike, and by the whole name where that does too.</summary>
    public string? NameNeeded(IReadOnlyCollection<Relationship> all)
    {
        var alike = all.Where(o => o.Kind == Kind && o.Id != Id).Select(o => First(o.Name)).ToList();
        return alike.Count == 0 ? null : alike.Contains(First(Name)) ? Name : First(Name);

        static string First(string name) => name.Split(' ')[0];
    }
}
