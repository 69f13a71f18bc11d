using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Voice;

public sealed record Theme(string Key, string Label);

/// <summary>The codebook: what words can be said to be about. A theme is never renamed; a changed list is the next version.</summary>
public static class Themes
{
    public const int CodebookVersion = 1;

    public static readonly IReadOnlyList<Theme> All =
    [
        new("home", "Home and where I live"),
        new("family", "Family and people who matter"),
        new("friends", "Friends"),
        new("school", "School and learning"),
        new("safe", "Being safe"),
        new("feelings", "Feelings and worries"),
        new("health", "Health, sleep and food"),
        new("listened-to", "Being listened to"),
        new("worker", "My worker and the help I get"),
        new("plans", "Plans and decisions about me"),
        new("moving", "Moving and change"),
        new("money", "Money and things I need"),
        new("who-i-am", "Who I am and where I come from"),
        new("play", "Play and what I like doing"),
        new("information", "What is written about me"),
    ];

    public static Theme? Find(string? key) => All.FirstOrDefault(t => t.Key == key);
}

public enum CodedBy
{
    /// <summary>The child said what it is about.</summary>
    Child,

    /// <summary>A worker did: shown as "worker's label".</summary>
    Worker,
}

/// <summary>How much it matters to the child, as the child says.</summary>
public enum ChildPriority
{
    NotSaid,
    Most,
    Lot,
    Bit,
}

public enum ThemeDirection
{
    Good,
    Worry,
    Wish,
}

/// <summary>Whether the worker sees it as the child does. Counted, never averaged away.</summary>
public enum ViewsCompared
{
    NotCompared,
    Agree,
    Differ,
}

/// <summary>What a record is about, by one of the codebook's themes. It stands beside the sealed words and holds none of them.</summary>
public class VoiceCoding : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid VoiceRecordId { get; init; }

    public int CodebookVersion { get; init; } = Themes.CodebookVersion;

    public required string Theme { get; init; }

    public CodedBy CodedBy { get; init; }

    public ChildPriority Priority { get; init; }

    public ThemeDirection Direction { get; init; }

    public ViewsCompared Views { get; init; }

    public Guid CoderId { get; init; }

    public DateTime CodedAt { get; init; }

    /// <summary>Another worker who read the record and names it so too.</summary>
    public Guid? SecondCoderId { get; set; }

    public DateTime? SecondCodedAt { get; set; }

    /// <summary>When it was taken away again; what was there stays to be seen.</summary>
    public DateTime? RemovedAt { get; set; }

    public Guid? RemovedById { get; set; }
}
