using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Jobs;

public enum JobKind
{
    LoadReturn,
    UndoReturn,
    BuildExtract,
    DraftTranscript,
    CalculateIndicators,
    MakeEdition,
    BuildAccessPack,
}

public enum JobState
{
    Waiting,
    Running,
    Done,
    Failed,
    Cancelled,
}

/// <summary>Long work, done apart from any request. Its progress is this row.</summary>
public class Job : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public JobKind Kind { get; init; }

    /// <summary>The return, extract, recording or authority it works on.</summary>
    public Guid SubjectId { get; init; }

    public JobState State { get; set; }

    public int Done { get; set; }

    public int? Total { get; set; }

    public string? Message { get; set; }

    public Guid RequestedById { get; init; }

    public DateTime RequestedAt { get; init; }

    public DateTime? StartedAt { get; set; }

    public DateTime? FinishedAt { get; set; }

    public bool CancelAsked { get; set; }
}
