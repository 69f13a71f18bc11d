namespace ChildrensInfo.Core.Children;

/// <summary>
/// That somebody opened the record of a child who is not allocated to them, to cover for a colleague: with a reason, for a day, and not in
/// silence. The database lets them in while it is open, and no longer.
/// </summary>
public class BreakGlass : IAboutChild
{
    public const int Hours = 24;

    public const int ReasonMinLength = 10;

    public const int ReasonMaxLength = 500;

    /// <summary>Made with the form, so that a double click opens once.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>Who covers.</summary>
    public Guid PersonId { get; init; }

    /// <summary>Why, in their own words, sealed under the child's key.</summary>
    public required byte[] ReasonSealed { get; init; }

    public DateTime OpenedAt { get; init; }

    public DateTime ExpiresAt { get; init; }

    /// <summary>When it was ended before its time, by whoever covered or by a manager.</summary>
    public DateTime? EndedAt { get; set; }

    public Guid? EndedById { get; set; }
}

public enum NoticeKind
{
    /// <summary>A colleague opened the record of a child of yours, or of your team's.</summary>
    BreakGlass,

    /// <summary>Somebody who asked the council for a record to be put right has a statement beside it.</summary>
    Statement,

    /// <summary>Somebody who does not work with the child was told "no" or "stop" and wrote it down.</summary>
    Stop,
}

/// <summary>Something one person is to know, shown on their first page until they say they have read it. It holds ids, no words.</summary>
public class Notice : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>Who is to know.</summary>
    public Guid PersonId { get; init; }

    public NoticeKind Kind { get; init; }

    /// <summary>What it is about: the row of that kind.</summary>
    public Guid SubjectId { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime? ReadAt { get; set; }
}
