using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Returns;

public enum ReturnKind
{
    CinCensus,

    /// <summary>SSDA903, on children looked after.</summary>
    LookedAfter,

    /// <summary>Tables of the Standard Safeguarding Dataset.</summary>
    Safeguarding,
}

public enum ReturnState
{
    Waiting,
    Reading,
    Loaded,
    Refused,

    /// <summary>Somebody asked for the reading to stop, and nothing was loaded.</summary>
    Stopped,

    /// <summary>It was loaded, and then everything it had brought was taken back.</summary>
    Undone,
}

/// <summary>A statutory return that was handed in, and what became of it.</summary>
public class Return : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>Found out from the file; null until it is read.</summary>
    public ReturnKind? Kind { get; set; }

    public Guid FileId { get; init; }

    public Guid UploadedById { get; init; }

    public DateTime UploadedAt { get; init; }

    public ReturnState State { get; set; }

    /// <summary>Why it could not be read, in words for the person who sent it.</summary>
    public string? RefusedBecause { get; set; }

    /// <summary>The year the collection ends in; asked for by who sent it, or found out from the file.</summary>
    public int? Year { get; set; }

    /// <summary>The year whose rules it was judged by: another than its own where there are none of that. Null of what there are no rules for, and of what was loaded before this was noted.</summary>
    public int? RulesYear { get; set; }

    public DateOnly? ReferenceOn { get; set; }

    /// <summary>When it was made, as it says itself: of two that tell of one day the later made is the newer. As written there, without a time zone.</summary>
    public DateTime? PreparedAt { get; set; }

    public int ChildrenRead { get; set; }

    public int ChildrenAdded { get; set; }

    public int ChildrenChanged { get; set; }

    public int EpisodesRead { get; set; }

    public int EpisodesAdded { get; set; }

    public int EpisodesChanged { get; set; }

    public int RejectionCount { get; set; }

    /// <summary>How many places in it break a rule of the Department that makes an error.</summary>
    public int ErrorCount { get; set; }

    /// <summary>How many places in it the Department would query.</summary>
    public int QueryCount { get; set; }

    /// <summary>The edition of the same return loaded before, with which its findings are compared.</summary>
    public Guid? EditionBeforeId { get; set; }

    public List<string> Warnings { get; set; } = [];

    public DateTime? FinishedAt { get; set; }
}

/// <summary>A rule of the Department as it stood for one return: how often it was broken, or why it was not checked.</summary>
public class ReturnRuleResult : IBelongToAuthority
{
    public Guid ReturnId { get; init; }

    /// <summary>Its place in the list of the year's rules.</summary>
    public int Ordinal { get; init; }

    public Guid AuthorityId { get; init; }

    public required string Code { get; init; }

    public Severity Severity { get; init; }

    public required string Module { get; init; }

    public required List<string> Fields { get; init; }

    public required string Message { get; init; }

    public int FindingCount { get; init; }

    /// <summary>Why it is not known whether the return keeps it, or not known of every child; null when it was checked.</summary>
    public string? NotCheckedBecause { get; init; }
}

/// <summary>One place where a return breaks a rule.</summary>
public class ReturnFinding : IBelongToAuthority
{
    public Guid ReturnId { get; init; }

    public int Ordinal { get; init; }

    public Guid AuthorityId { get; init; }

    /// <summary>Which of the return's rules (<see cref="ReturnRuleResult.Ordinal"/>).</summary>
    public int RuleOrdinal { get; init; }

    /// <summary>The authority's own id of the child; null when it is about the whole return.</summary>
    public string? LaChildId { get; init; }

    public string? Value { get; init; }
}

/// <summary>
/// A row that a return made or changed, as it was before: what undoing the load needs. Written by a trigger of the tables that returns load
/// (Returns.sql), while a return is being loaded.
/// </summary>
public class ReturnChange : IBelongToAuthority
{
    public long Id { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid ReturnId { get; init; }

    public required string TableName { get; init; }

    public Guid RecordId { get; init; }

    /// <summary>The row before, as JSON; null when there was none.</summary>
    public string? Before { get; init; }
}

public enum AbsenceState
{
    /// <summary>Nobody has decided yet; the record stays.</summary>
    Open,

    /// <summary>The data lead keeps the record although returns no longer contain it.</summary>
    Kept,
}

/// <summary>
/// Something that was loaded and that the newest return of its kind should contain but does not. It stays until the data lead agrees to remove it, and
/// the line goes when a return contains it again.
/// </summary>
public class ReturnAbsence : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>The return that should have contained it.</summary>
    public Guid ReturnId { get; init; }

    public required string TableName { get; init; }

    public Guid RecordId { get; init; }

    /// <summary>The day it began, by which the data lead finds it in the case system.</summary>
    public DateOnly? StartedOn { get; init; }

    public AbsenceState State { get; set; }
}

/// <summary>What a code of the council's own means in the statutory list, said once and used for every return that follows.</summary>
public class CodeMapping : IBelongToAuthority
{
    public const int CodeMaxLength = 50;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>The statutory field, such as PrimaryNeedCode or PLACE.</summary>
    public required string Field { get; init; }

    public required string LocalCode { get; init; }

    public required string Code { get; set; }

    public Guid MappedById { get; set; }

    public DateTime MappedAt { get; set; }
}

/// <summary>Something a return said that was not loaded, and why.</summary>
public class ReturnRejection : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ReturnId { get; init; }

    public int Ordinal { get; init; }

    public string? LaChildId { get; init; }

    public required string Field { get; init; }

    public string? Value { get; init; }

    public required string Reason { get; init; }
}
