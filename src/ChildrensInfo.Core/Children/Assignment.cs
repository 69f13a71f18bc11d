using ChildrensInfo.Core.Access;

namespace ChildrensInfo.Core.Children;

/// <summary>Why somebody is assigned to a child.</summary>
public enum AssignmentReason
{
    /// <summary>Reviews the care of a child who is looked after.</summary>
    ReviewsCare,

    /// <summary>Chairs the conference that protects a child.</summary>
    ChairsConference,

    /// <summary>The child wants an advocate.</summary>
    ChildWantsOne,
}

/// <summary>Whom a child told that they want an advocate.</summary>
public enum ToldTo
{
    Worker,
    ReviewingOfficer,
    AdvocacyService,
    Carer,
    Family,
    SomebodyElse,
}

public enum AssignmentEnd
{
    NotNeeded,

    /// <summary>The child does not want an advocate any more.</summary>
    ChildTookItBack,

    /// <summary>Left, or does something else here.</summary>
    LeftRole,
}

/// <summary>
/// That a reviewing officer or an advocate reads what one child said, from one day to another: beside those who work with the child, and not one of them. Written
/// once; it only ends. An advocate's is the child's wish, and ends when the child takes it back.
/// </summary>
public class Assignment : IAboutChild
{
    /// <summary>Made with the form, so that a double click makes one.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid PersonId { get; init; }

    /// <summary>What the person is to the child. Whoever has another role by now reads nothing.</summary>
    public Role Role { get; init; }

    public AssignmentReason Reason { get; init; }

    /// <summary>The day on which the child said that they want an advocate; null of a reviewing officer.</summary>
    public DateOnly? WishedOn { get; init; }

    public ToldTo? WishToldTo { get; init; }

    public DateOnly StartedOn { get; init; }

    public DateTime AssignedAt { get; init; }

    public Guid AssignedById { get; init; }

    public DateOnly? EndedOn { get; set; }

    public Guid? EndedById { get; set; }

    public AssignmentEnd? EndReason { get; set; }
}
