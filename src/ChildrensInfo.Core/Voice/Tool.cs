using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChildrensInfo.Core.Voice;

public enum ToolKind
{
    /// <summary>Faces or other pictures of a feeling, of which one or more are chosen.</summary>
    Faces,

    /// <summary>Questions, each answered with a number between two ends that have words.</summary>
    Scale,

    /// <summary>Places to put things in, named and ordered by the child: Three Houses.</summary>
    Houses,

    /// <summary>A board of symbols, chosen one after the other; the order says something.</summary>
    Symbols,
}

/// <summary>
/// Something a child answers with. Shipped ones belong to no authority and are for all; an authority's own with the same key stands in the
/// place of the shipped one. What it asks is in its versions.
/// </summary>
public class Tool
{
    public const int KeyMaxLength = 40;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Null for a shipped tool.</summary>
    public Guid? AuthorityId { get; init; }

    public required string Key { get; init; }

    public ToolKind Kind { get; init; }

    public DateTime CreatedAt { get; init; }

    /// <summary>From when it is no longer offered. What was answered with it stays as it is.</summary>
    public DateTime? RetiredAt { get; set; }

    public List<ToolVersion> Versions { get; init; } = [];
}

/// <summary>One wording of a tool in one language. Never changed: a change is a version with the next number, and old answers keep theirs.</summary>
public class ToolVersion
{
    public const int TitleMaxLength = 100;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid ToolId { get; init; }

    public Tool? Tool { get; init; }

    /// <summary>The tool's; null for a shipped one.</summary>
    public Guid? AuthorityId { get; init; }

    public int Number { get; init; }

    public required string Language { get; init; }

    public required string Title { get; init; }

    /// <summary>The youngest and oldest, in whole years, it is made for.</summary>
    public int AgeFrom { get; init; }

    public int AgeTo { get; init; }

    /// <summary>What is shown: a <see cref="ToolDefinition"/>.</summary>
    public required string DefinitionJson { get; init; }

    public DateTime CreatedAt { get; init; }

    /// <summary>Who made it; null for a shipped one.</summary>
    public Guid? CreatedById { get; init; }

    public ToolDefinition Definition => ToolDefinition.Read(DefinitionJson);

    /// <summary>Whether it is made for a child of that age; of one whose age is not known nobody can say that it is not.</summary>
    public bool IsFor(int? age) => age is null || (age >= AgeFrom && age <= AgeTo);
}

/// <summary>What a tool shows.</summary>
/// <param name="Ask">What the child is asked, above everything.</param>
/// <param name="Scale">For <see cref="ToolKind.Scale"/> only.</param>
public sealed record ToolDefinition(string Ask, ScaleShown? Scale, IReadOnlyList<ToolItem> Items)
{
    public const int AskMaxLength = 300;
    public const int LabelMaxLength = 120;
    public const int MostItems = 40;
    public const int MostHouses = 6;
    public const int WidestScale = 100;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ToolDefinition Read(string json) => JsonSerializer.Deserialize<ToolDefinition>(json, Options) ?? throw new JsonException("Not a tool.");

    public string Write() => JsonSerializer.Serialize(this, Options);
}

/// <param name="Points">A label or picture for single points; may be empty.</param>
public sealed record ScaleShown(int Min, int Max, string MinLabel, string MaxLabel, IReadOnlyList<ScalePoint> Points);

/// <param name="Picture">As an item’s.</param>
public sealed record ScalePoint(int Value, string? Label, string? Picture, string? Shows = null);

/// <param name="Key">Never shown; the same thing keeps its key from version to version.</param>
/// <param name="Label">What the child reads or hears.</param>
/// <param name="Picture">The name of one of the portal's own pictures, or the id of one of the council's (<see cref="ToolPicture"/>).</param>
/// <param name="Shows">What is to be seen on a picture of the council's, for whoever does not see it. The portal's own are beside words that say the same.</param>
public sealed record ToolItem(string Key, string Label, string? Picture, string? Shows = null);
