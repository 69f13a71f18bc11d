using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Returns;

public enum ReturnKind
{
    CinCensus,
}

public enum ReturnState
{
    Waiting,
    Reading,
    Loaded,
    Refused,

    /// <summary>Somebody asked for the reading to stop, and nothing was loaded.</summary>
    Stopped,
}

/// <summary>A statutory return that was handed in, and what became of it.</summary>
public class Return : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public ReturnKind Kind { get; init; }

    public Guid FileId { get; init; }

    public Guid UploadedById { get; init; }

    public DateTime UploadedAt { get; init; }

    public ReturnState State { get; set; }

    /// <summary>Why it could not be read, in words for the person who sent it.</summary>
    public string? RefusedBecause { get; set; }

    public int? Year { get; set; }

    public DateOnly? ReferenceOn { get; set; }

    public int ChildrenRead { get; set; }

    public int ChildrenAdded { get; set; }

    public int ChildrenChanged { get; set; }

    public int EpisodesRead { get; set; }

    public int EpisodesAdded { get; set; }

    public int EpisodesChanged { get; set; }

    public int RejectionCount { get; set; }

    public List<string> Warnings { get; set; } = [];

    public DateTime? FinishedAt { get; set; }
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
