using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Research;

public enum ProjectState
{
    Draft,
    Submitted,

    /// <summary>With its owner again: whoever reviews it asked something.</summary>
    AskedBack,
    Approved,
    Refused,

    /// <summary>Approved, and held until somebody else lets it go on.</summary>
    Suspended,
    Closed,
}

/// <summary>Where the data is worked with. How alike rows must be turns on it.</summary>
public enum AnalysisPlace
{
    /// <summary>A room or system from which nothing leaves without a check.</summary>
    SafeSetting,
    Outside,
}

/// <summary>A question somebody wants to answer from records, and who agreed to it.</summary>
public class ResearchProject : IBelongToAuthority
{
    public const int TitleMaxLength = 200;

    public const int LineMaxLength = 200;

    public const int TextMaxLength = 4_000;

    public const int PlainMaxLength = 1_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid OwnerId { get; init; }

    public required string Title { get; set; }

    public required string Question { get; set; }

    /// <summary>What it is about, for the public register: words a young person understands.</summary>
    public required string PlainWords { get; set; }

    public required string PublicBenefit { get; set; }

    /// <summary>What is wanted and why. An extract may take some of these and never another.</summary>
    public List<WantedVariable> Variables { get; set; } = [];

    /// <summary>Keys of the populations it may have files of (<see cref="ResearchPopulation"/>).</summary>
    public List<string> Populations { get; set; } = [ResearchPopulation.Usual.Key];

    /// <summary>Why what children said is wanted besides; null when it is not. In a safe setting only.</summary>
    public string? WordsWhy { get; set; }

    /// <summary>The reference of an ethics committee's opinion, or why none is needed.</summary>
    public required string EthicsReference { get; set; }

    /// <summary>Who will work with the data. For those who review it, and never on the register.</summary>
    public required string People { get; set; }

    public AnalysisPlace Place { get; set; }

    public required string PlaceName { get; set; }

    public required string ShapedBy { get; set; }

    public required string HowTheyHear { get; set; }

    /// <summary>What is kept when it ends, where and why.</summary>
    public required string Retention { get; set; }

    /// <summary>The day by which every copy is destroyed.</summary>
    public DateOnly DestroyOn { get; set; }

    /// <summary>The last day on which an extract can be asked for or downloaded.</summary>
    public DateOnly ExpiresOn { get; set; }

    public ProjectState State { get; set; }

    /// <summary>How often it was sent. What reviewers agreed to is the text of one round and of no other.</summary>
    public int Round { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime? SubmittedAt { get; set; }

    /// <summary>When the second of two people approved it, or one refused it.</summary>
    public DateTime? DecidedAt { get; set; }

    /// <summary>When anything last happened to it, so that two people who act at once do not miss each other.</summary>
    public DateTime SteppedAt { get; set; }

    public uint Version { get; init; }

    /// <summary>Whether extracts may be asked for, built and downloaded on a day.</summary>
    public bool IsOpenOn(DateOnly day) => State == ProjectState.Approved && ExpiresOn >= day;

    public bool IsWithOwner => State is ProjectState.Draft or ProjectState.AskedBack or ProjectState.Refused;
}

/// <summary>One variable of a project: its key in <see cref="VariableCatalogue"/> and what the question needs it for.</summary>
public class WantedVariable
{
    public const int WhyMaxLength = 300;

    public required string Key { get; init; }

    public required string Why { get; init; }
}

/// <summary>The five questions of the Five Safes, each answered by whoever approves.</summary>
public enum Safe
{
    Project,
    People,
    Data,
    Setting,
    Output,
}

public enum ProjectStepKind
{
    Sent,
    Approved,
    AskedBack,
    Refused,
    Suspended,
    Resumed,
    Closed,
}

/// <summary>One thing that was done about a project, by whom and why; written once.</summary>
public class ProjectStep : IBelongToAuthority
{
    public const int ReasonMaxLength = 2_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ProjectId { get; init; }

    /// <summary>The project's owner, beside who acted, so that the database itself refuses who decides on their own.</summary>
    public Guid OwnerId { get; init; }

    public int Round { get; init; }

    public ProjectStepKind Kind { get; init; }

    public Guid ById { get; init; }

    public Role ByRole { get; init; }

    public DateTime At { get; init; }

    public string? Reason { get; init; }

    /// <summary>What an approval asks to be kept to.</summary>
    public string? Conditions { get; init; }

    /// <summary>Which of the five questions whoever reviewed it answered with yes.</summary>
    public List<Safe> Safes { get; init; } = [];
}

/// <summary>What a researcher was told of one project on one day, before anything was built. Told once and kept, so that asking again tells no more.</summary>
public class ProjectPreview : IBelongToAuthority
{
    public Guid ProjectId { get; init; }

    public DateOnly On { get; init; }

    public Guid AuthorityId { get; init; }

    /// <summary>Of each group of children the project may have files of.</summary>
    public List<PreviewedPopulation> Populations { get; init; } = [];
}

/// <summary>What was told of one population over one period.</summary>
public class PreviewedPopulation
{
    public required string Key { get; init; }

    public required string Period { get; init; }

    /// <summary>About how many children; null when they are too few to tell, or so near to another group that taking one from the other would show a few.</summary>
    public int? About { get; init; }

    public bool IsEnough { get; init; }

    /// <summary>What would become of each variable of the project, all of them taken together. Of the year only.</summary>
    public List<PreviewedVariable> Variables { get; init; } = [];
}

public class PreviewedVariable
{
    public required string Key { get; init; }

    public PreviewDetail Detail { get; init; }
}

public enum PreviewDetail
{
    Whole,
    Coarser,
    None,

    /// <summary>Not before a file that the researcher still holds is destroyed.</summary>
    AfterDestruction,
}

public enum ExtractForm
{
    /// <summary>One coded row for each child.</summary>
    Rows,

    /// <summary>Counts of children, the small ones hidden.</summary>
    Table,

    /// <summary>What children said, each piece read by a person first. Never called anonymous.</summary>
    Words,
}

public enum ExtractState
{
    Requested,
    Refused,
    Approved,

    /// <summary>Of words: each piece waits for a person to read it.</summary>
    Reviewing,
    Ready,
    Failed,

    /// <summary>Whoever held the file said how and when it was destroyed, and the portal's own copy is gone.</summary>
    Destroyed,
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

    public ExtractForm Form { get; init; }

    /// <summary>The key of the population it is of: one of the project's.</summary>
    public string Population { get; init; } = ResearchPopulation.Usual.Key;

    /// <summary>The key of the period in which what happened is counted.</summary>
    public string Period { get; init; } = ResearchPeriod.Year.Key;

    /// <summary>Of a table: the variable and its code that every child counted has, or nobody is asked for it.</summary>
    public string? OnlyKey { get; init; }

    public string? OnlyCode { get; init; }

    /// <summary>Of a table: the variable whose mean stands beside the counts.</summary>
    public string? Measure { get; init; }

    /// <summary>What a table is of: by what it counts, and by what it chooses whom to count.</summary>
    public IReadOnlyList<string> Scope => OnlyKey is null ? Variables : [.. Variables, OnlyKey];

    public ExtractState State { get; set; }

    public Guid? DecidedById { get; set; }

    public DateTime? DecidedAt { get; set; }

    public string? DecisionReason { get; set; }

    /// <summary>Why it could not be built, in words for the researcher that name nobody.</summary>
    public string? FailedBecause { get; set; }

    /// <summary>Of a table that could not stand beside what was released before: the nearest one that can.</summary>
    public TableOffer? Offer { get; set; }

    public Guid? FileId { get; set; }

    /// <summary>What was left out and why, already safe to read: the report inside the package.</summary>
    public string? ReportJson { get; set; }

    public DateTime? ReleasedAt { get; set; }

    /// <summary>The extract in whose place it was asked for, after a family said stop.</summary>
    public Guid? ReplacesId { get; init; }

    public DateOnly? DestroyedOn { get; set; }

    public string? DestroyedHow { get; set; }

    /// <summary>When the certificate was signed, by the person who had asked for the extract.</summary>
    public DateTime? CertifiedAt { get; set; }

    public uint Version { get; init; }
}

/// <summary>A table coarser than the one that was asked for, which can stand beside what was released before.</summary>
public class TableOffer
{
    /// <summary>Those of the variables asked for that remain.</summary>
    public List<string> Variables { get; init; } = [];

    /// <summary>Whether it is still of the group that was chosen, and not of all children.</summary>
    public bool KeepsGroup { get; init; }

    public bool KeepsMean { get; init; }
}

/// <summary>Which decision a child's inclusion in an extract relied on. Stays inside the authority.</summary>
public class ExtractChild : IAboutChild
{
    public Guid ExtractId { get; init; }

    public Guid ChildId { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid ConsentEventId { get; init; }

    /// <summary>What the file tells of the child, as <see cref="Told"/> writes it, so that a later one is held against it. Null of files from before this was kept.</summary>
    public string? Told { get; init; }
}

/// <summary>
/// A link by which one person fetches one file, an extract or released results, once. Its words stand in nobody's database: only their hash does, so that who reads a backup can
/// fetch nothing.
/// </summary>
public class ExtractLink : IBelongToAuthority
{
    public const int Minutes = 60;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid? ExtractId { get; init; }

    public Guid? OutputId { get; init; }

    public Guid PersonId { get; init; }

    public required byte[] TokenHash { get; init; }

    public DateTime MadeAt { get; init; }

    public DateTime ExpiresAt { get; set; }

    public DateTime? UsedAt { get; set; }
}
