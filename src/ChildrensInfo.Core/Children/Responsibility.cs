namespace ChildrensInfo.Core.Children;

/// <summary>What was seen that shows who may decide.</summary>
public enum ResponsibilityEvidence
{
    /// <summary>Somebody said so; nothing was seen.</summary>
    ToldOnly,
    BirthCertificate,
    MarriageOrPartnership,
    Agreement,
    CourtOrder,
    Adoption,
    PlacementPlan,
}

/// <summary>A row of a child's that holds from one day to another, with when the council came to know of both: what became known late is found again.</summary>
public interface IHoldsForATime
{
    /// <summary>The first day; null when it held since before anybody wrote it down.</summary>
    DateOnly? FromOn { get; }

    /// <summary>The last day; null while it holds.</summary>
    DateOnly? ToOn { get; }
}

public static class HoldsForATime
{
    public static bool Covers(this IHoldsForATime row, DateOnly day) => (row.FromOn is null || row.FromOn <= day) && (row.ToOn is null || row.ToOn >= day);
}

/// <summary>That somebody holds parental responsibility (Children Act 1989, section 3), from one day to another.</summary>
public class ParentalResponsibility : IAboutChild, IHoldsForATime
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid RelationshipId { get; init; }

    public Relationship? Relationship { get; init; }

    public DateOnly? FromOn { get; init; }

    public DateOnly? ToOn { get; set; }

    public ResponsibilityEvidence Evidence { get; init; }

    public DateTime RecordedAt { get; init; }

    public Guid? RecordedById { get; init; }

    public DateTime? EndRecordedAt { get; set; }

    public Guid? EndRecordedById { get; set; }
}

/// <summary>
/// That a carer may decide about named purposes, because whoever holds parental responsibility, or the council in a placement plan, handed it to them
/// (Children Act 1989, sections 2(9) and 22C; Care Planning Regulations 2010, schedule 2).
/// </summary>
public class DelegatedAuthority : IAboutChild, IHoldsForATime
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid RelationshipId { get; init; }

    public Relationship? Relationship { get; init; }

    public List<Consent.Purpose> Purposes { get; init; } = [];

    public DateOnly? FromOn { get; init; }

    public DateOnly? ToOn { get; set; }

    public ResponsibilityEvidence Evidence { get; init; }

    public DateTime RecordedAt { get; init; }

    public Guid RecordedById { get; init; }

    public DateTime? EndRecordedAt { get; set; }

    public Guid? EndRecordedById { get; set; }
}

public enum LegalStatusKind
{
    None,
    EarlyHelp,

    /// <summary>In need (Children Act 1989, section 17).</summary>
    ChildInNeed,

    /// <summary>On a child protection plan.</summary>
    ChildProtection,

    /// <summary>Looked after by agreement (section 20; in Wales section 76 of the 2014 Act): parents keep parental responsibility, the council has none.</summary>
    Accommodated,

    /// <summary>An interim care order (section 38): the council shares parental responsibility.</summary>
    InterimCareOrder,

    /// <summary>A care order (section 31): the council shares parental responsibility.</summary>
    CareOrder,
    CareLeaver,
}

/// <summary>What a child is in law, from one day to another; several may hold at once. What ends or begins decides who may decide.</summary>
public class LegalStatus : IAboutChild, IHoldsForATime
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public LegalStatusKind Kind { get; init; }

    public DateOnly? FromOn { get; init; }

    public DateOnly? ToOn { get; set; }

    public DateTime RecordedAt { get; init; }

    public Guid RecordedById { get; init; }

    public DateTime? EndRecordedAt { get; set; }

    public Guid? EndRecordedById { get; set; }

    /// <summary>Whether the council shares parental responsibility under it.</summary>
    public static bool SharesResponsibility(LegalStatusKind kind) => kind is LegalStatusKind.CareOrder or LegalStatusKind.InterimCareOrder;
}
