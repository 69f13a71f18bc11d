using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Research;

public enum ProjectState
{
    Draft,
    Submitted,
    Approved,
    Refused,
    Closed,
}

/// <summary>A question somebody wants to answer from records, and who agreed to it.</summary>
public class ResearchProject : IBelongToAuthority
{
    public const int TitleMaxLength = 200;

    public const int TextMaxLength = 4_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid OwnerId { get; init; }

    public required string Title { get; set; }

    public required string Question { get; set; }

    public required string PublicBenefit { get; set; }

    /// <summary>What is wanted and why. An extract may take some of these and never another.</summary>
    public List<WantedVariable> Variables { get; set; } = [];

    /// <summary>The last day on which an extract can be asked for or downloaded.</summary>
    public DateOnly ExpiresOn { get; set; }

    public ProjectState State { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime? SubmittedAt { get; set; }

    public Guid? DecidedById { get; set; }

    public DateTime? DecidedAt { get; set; }

    public string? DecisionReason { get; set; }

    public uint Version { get; init; }

    /// <summary>Whether extracts may be asked for, built and downloaded on a day.</summary>
    public bool IsOpenOn(DateOnly day) => State == ProjectState.Approved && ExpiresOn >= day;
}

/// <summary>One variable of a project: its key in <see cref="VariableCatalogue"/> and what the question needs it for.</summary>
public class WantedVariable
{
    public const int WhyMaxLength = 300;

    public required string Key { get; init; }

    public required string Why { get; init; }
}

public enum ExtractState
{
    Requested,
    Refused,
    Approved,
    Ready,
    Failed,
}

/// <summary>One file taken out for a project: asked for by one person, agreed by another, built by a job.</summary>
public class Extract : IBelongToAuthority
{
    public const int PurposeMaxLength = 1_000;

    public const int ReasonMaxLength = 1_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ProjectId { get; init; }

    public ResearchProject? Project { get; init; }

    public Guid RequestedById { get; init; }

    public DateTime RequestedAt { get; init; }

    /// <summary>What this one is for, in the researcher's words.</summary>
    public required string Purpose { get; init; }

    /// <summary>Keys of the variables in it: some or all of the project's.</summary>
    public List<string> Variables { get; init; } = [];

    public ExtractState State { get; set; }

    public Guid? DecidedById { get; set; }

    public DateTime? DecidedAt { get; set; }

    public string? DecisionReason { get; set; }

    /// <summary>Why it could not be built, in words for the researcher that name nobody.</summary>
    public string? FailedBecause { get; set; }

    public Guid? FileId { get; set; }

    /// <summary>What was left out and why, already safe to read: the report inside the package.</summary>
    public string? ReportJson { get; set; }

    public DateTime? ReleasedAt { get; set; }

    public uint Version { get; init; }
}

/// <summary>Which decision a child's inclusion in an extract relied on. Stays inside the authority.</summary>
public class ExtractChild : IAboutChild
{
    public Guid ExtractId { get; init; }

    public Guid ChildId { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid ConsentEventId { get; init; }
}
