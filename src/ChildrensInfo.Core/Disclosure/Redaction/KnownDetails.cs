namespace ChildrensInfo.Core.Disclosure.Redaction;

public enum RedactionType
{
    Name,
    Place,
    School,
    Address,
    Postcode,
    Phone,
    Email,
    Link,
    Date,
    Id,

    /// <summary>Anything else that a person left out. The redactor finds none.</summary>
    Words,
}

/// <param name="Start">In Unicode code points from the beginning of the text.</param>
/// <param name="End">The first code point after it.</param>
public readonly record struct RedactionSpan(int Start, int End, RedactionType Type);

/// <summary>
/// What the record knows of a child and the people round them, and which must therefore not be found in their words. Names are as the record writes
/// them, "Given Family"; the child's first.
/// </summary>
public sealed record KnownDetails
{
    public static readonly KnownDetails Nothing = new();

    public IReadOnlyList<string> Names { get; init; } = [];

    public IReadOnlyList<string> Schools { get; init; } = [];

    public IReadOnlyList<string> Addresses { get; init; } = [];

    public IReadOnlyList<string> Towns { get; init; } = [];

    public IReadOnlyList<string> Postcodes { get; init; } = [];

    public IReadOnlyList<string> Phones { get; init; } = [];

    public IReadOnlyList<string> Emails { get; init; } = [];

    public IReadOnlyList<DateOnly> Dates { get; init; } = [];

    /// <summary>Numbers of any kind: of the council, the school, the health service.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];
}
