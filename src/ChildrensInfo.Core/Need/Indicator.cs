using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Need;

/// <summary>
/// Something that is measured about children. Shipped ones belong to no authority and are for all; an authority's own with the same key stands in the
/// place of the shipped one. What it counts is in its versions.
/// </summary>
public class Indicator
{
    public const int KeyMaxLength = 40;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Null for a shipped one.</summary>
    public Guid? AuthorityId { get; init; }

    public required string Key { get; init; }

    public DateTime CreatedAt { get; init; }

    /// <summary>From when it is no longer worked out.</summary>
    public DateTime? RetiredAt { get; set; }

    public List<IndicatorVersion> Versions { get; init; } = [];
}

/// <summary>One definition of an indicator. Never changed: a change is a version with the next number and a reason, and old figures keep theirs.</summary>
public class IndicatorVersion
{
    public const int ReasonMaxLength = 500;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid IndicatorId { get; init; }

    public Indicator? Indicator { get; init; }

    /// <summary>The indicator's; null for a shipped one.</summary>
    public Guid? AuthorityId { get; init; }

    public int Number { get; init; }

    /// <summary>What is counted, and what is to be known about it: an <see cref="IndicatorDefinition"/>.</summary>
    public required string DefinitionJson { get; init; }

    /// <summary>Why it was made or changed.</summary>
    public required string Reason { get; init; }

    public DateTime CreatedAt { get; init; }

    /// <summary>Who made it; null for a shipped one.</summary>
    public Guid? CreatedById { get; init; }

    public IndicatorDefinition Definition => IndicatorDefinition.Read(DefinitionJson);

    /// <summary>The definition where this portal has every word that it is made of; null where a newer portal made it, of words that this one has not.</summary>
    internal IndicatorDefinition? Known
    {
        get
        {
            try
            {
                var definition = Definition;
                return definition.Counts is { } counts && NeedFacts.WrongWith(counts, definition.Unit) is not null ? null : definition;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}

[JsonConverter(typeof(JsonStringEnumConverter<IndicatorUnit>))]
public enum IndicatorUnit
{
    /// <summary>For each 10,000 children of the council.</summary>
    Rate,

    /// <summary>Of all that are looked at, how many in a hundred.</summary>
    Percent,
    Number,

    /// <summary>The average of a value.</summary>
    Mean,

    /// <summary>For each ethnic group, how often it is counted beside all children: a <see cref="RelativeRate"/>.</summary>
    Ratio,
}

[JsonConverter(typeof(JsonStringEnumConverter<Polarity>))]
public enum Polarity
{
    Neutral,
    HighIsGood,
    LowIsGood,
}

/// <param name="Returns">Which return or record it comes from, with the fields.</param>
/// <param name="DefinedBy">Who says what it means.</param>
/// <param name="Source">Where the formula is written, with its licence.</param>
/// <param name="VoiceShaped">Whose voice shaped it; "nobody's yet" is an answer.</param>
/// <param name="Published">The column of the published figures it can be set beside.</param>
/// <param name="Counts">What is counted; null when it cannot be worked out here.</param>
/// <param name="NotHere">Why it cannot be worked out here; null when it can.</param>
/// <param name="PublishedBy">By the values of the field that is shown side by side, the columns of the published figures; <paramref name="Published"/> is the whole they are parts of.</param>
public sealed record IndicatorDefinition(
    string Name, string Domain, IndicatorUnit Unit, Polarity Polarity, string Numerator, string Denominator, string Returns, string DefinedBy, string Source, string VoiceShaped, string CannotTell,
    string? Published = null, IndicatorCount? Counts = null, string? NotHere = null, IReadOnlyDictionary<string, string>? PublishedBy = null)
{
    public const int NameMaxLength = 120;
    public const int TextMaxLength = 1_000;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static IndicatorDefinition Read(string json) => JsonSerializer.Deserialize<IndicatorDefinition>(json, Options) ?? throw new JsonException("Not an indicator.");

    public string Write() => JsonSerializer.Serialize(this, Options);
}

[JsonConverter(typeof(JsonStringEnumConverter<CountWindow>))]
public enum CountWindow
{
    /// <summary>What stood open at the end of the day.</summary>
    OpenOnDay,

    /// <summary>What began in the twelve months to the day.</summary>
    BeganInYear,

    /// <summary>What ended in the twelve months to the day.</summary>
    EndedInYear,

    /// <summary>What was open at any time in the twelve months to the day.</summary>
    AnyTimeInYear,
}

/// <summary>What is counted, in the words of <see cref="NeedFacts"/> and in no others.</summary>
/// <param name="Fact">What there is one of for each thing counted.</param>
/// <param name="Of">Which of them are looked at: all conditions hold.</param>
/// <param name="Where">For a percentage, which of those are counted.</param>
/// <param name="By">A field whose values are shown side by side.</param>
/// <param name="Value">For a mean, the field it is of.</param>
public sealed record IndicatorCount(string Fact, CountWindow Window, IReadOnlyList<CountCondition> Of, IReadOnlyList<CountCondition> Where, string? By = null, string? Value = null)
{
    public bool Uses(string field) => By == field || Value == field || Of.Concat(Where).Any(c => c.Field == field);
}

[JsonConverter(typeof(JsonStringEnumConverter<CountTest>))]
public enum CountTest
{
    Is,
    IsNot,
    AtLeast,
    AtMost,
}

public sealed record CountCondition(string Field, CountTest Test, IReadOnlyList<string> Values);

/// <summary>
/// The figures of one indicator on one day, as they may be shown and in no other form: what was counted is not kept. Made by <see cref="IndicatorCalculation"/> and by
/// nothing else.
/// </summary>
public class IndicatorRelease : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>The indicator's key: an authority's own stands under the same as a shipped one.</summary>
    public required string Key { get; init; }

    public Guid VersionId { get; init; }

    /// <summary>The last day of a quarter: on that day, or in the twelve months to it.</summary>
    public DateOnly Day { get; init; }

    public DateTime CalculatedAt { get; init; }

    /// <summary>The slice of all children, by itself for lists and trends: a <see cref="Disclosure.Slice"/>.</summary>
    public required string TotalJson { get; init; }

    /// <summary>All slices: a <see cref="ReleasedFigures"/>.</summary>
    public required string FiguresJson { get; init; }
}

/// <summary>How many children aged 0 to 17 a council has, in the middle of a year: what rates are for each 10,000 of.</summary>
public class Population : IBelongToAuthority
{
    public const int SourceMaxLength = 200;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public int Year { get; init; }

    public int Children { get; set; }

    public required string Source { get; set; }
}
