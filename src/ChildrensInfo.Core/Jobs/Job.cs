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
    /// <summary>Work that is broken off this often does not only suffer from what breaks it off: it may be what stops the site.</summary>
    public const int MostBeginnings = 5;

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

    /// <summary>The first time, and each time after a site or a connection was lost under it.</summary>
    public int TimesBegun { get; set; }

    public DateTime? StartedAt { get; set; }

    public DateTime? FinishedAt { get; set; }

    public bool CancelAsked { get; set; }
}
