using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Disclosure.Redaction;

namespace ChildrensInfo.Core.Research;

/// <summary>Why a piece does not leave.</summary>
public enum ItemLeftOut
{
    /// <summary>What is told would show who it is, whatever is taken out.</summary>
    StillTells,

    /// <summary>It is mostly about somebody else.</summary>
    AboutSomebodyElse,

    /// <summary>It says that somebody may not be safe, and was not marked so.</summary>
    SaysNotSafe,

    /// <summary>Whoever looks through it cannot read the language.</summary>
    CannotRead,
}

/// <summary>
/// Something a child said on its way into an extract of words: what the redactor found in it, what a person took out and what they decided. It holds places in
/// the text and no word of it; the words stay in the record, sealed. It is the log of what was taken out, and stays inside the council.
/// </summary>
public class ExtractItem : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid ExtractId { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid VoiceRecordId { get; init; }

    /// <summary>Where it stands when they are read one after another, from 1: drawn by lot, so that nothing follows from the order.</summary>
    public int Number { get; init; }

    public List<ItemMark> Found { get; init; } = [];

    /// <summary>What is taken out. Empty until somebody has looked.</summary>
    public List<ItemMark> Hidden { get; set; } = [];

    /// <summary>Whether it may leave; null until somebody has looked.</summary>
    public bool? Kept { get; set; }

    public ItemLeftOut? Because { get; set; }

    public Guid? ReviewedById { get; set; }

    public DateTime? ReviewedAt { get; set; }

    public uint Version { get; init; }
}

/// <summary>A place in a text, in Unicode code points, and what stands there.</summary>
public class ItemMark
{
    public int Start { get; init; }

    public int End { get; init; }

    public RedactionType Type { get; init; }

    public RedactionSpan Span => new(Start, End, Type);

    public static ItemMark Of(RedactionSpan span) => new() { Start = span.Start, End = span.End, Type = span.Type };
}
