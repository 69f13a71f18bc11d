using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChildrensInfo.Core.Voice;

/// <summary>
/// What was answered with a tool, with the labels as they were shown: nothing about it changes when the tool does. It is what is sealed as
/// the words of the record.
/// </summary>
/// <param name="Answers">In the order the child gave them.</param>
/// <param name="Said">What they said while they answered.</param>
public sealed record AnswerSheet(string Tool, int Version, string Title, string Ask, ToolKind Kind, IReadOnlyList<ToolAnswer> Answers, string? Said)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // Words stay readable as they were said, in whatever script.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The child wanted none of it and said nothing: nobody was heard.</summary>
    [JsonIgnore]
    public bool IsSkipped => Said is null && Answers.All(a => a.Skipped);

    /// <summary>The sheet that a record's opened words are, or null when they are plain words.</summary>
    public static AnswerSheet? Of(VoiceKind kind, Guid? toolVersionId, string? words) =>
        words is not null && kind.MayUseTool() && toolVersionId is not null ? Read(words) : null;

    public static AnswerSheet Read(string text) => JsonSerializer.Deserialize<AnswerSheet>(text, Options) ?? throw new JsonException("Not an answer sheet.");

    public string Write() => JsonSerializer.Serialize(this, Options);

    /// <summary>The opened words of a record as they are read, searched and printed: answers of a tool line by line, all else as it is.</summary>
    public static string TextOf(VoiceKind kind, Guid? toolVersionId, string words) => Of(kind, toolVersionId, words)?.AsText() ?? words;

    public static string? TextOf(VoiceRecord record, string? words) => words is null ? null : TextOf(record.Kind, record.ToolVersionId, words);

    public string AsText()
    {
        var text = new StringBuilder();
        foreach (var answer in Answers)
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(answer.OwnName ?? answer.Label);
            if (answer.Skipped) text.Append(": (skipped)");
            else if (answer.Value is { } value) text.Append(": ").Append(value).Append(" (").Append(answer.Min).Append('–').Append(answer.Max).Append(')');
            if (answer.ValueLabel is not null) text.Append(", ").Append(answer.ValueLabel);
            if (answer.Words is not null) text.Append(": ").Append(answer.Words);
        }

        if (Said is not null) text.Append('\n').Append(Said);
        return text.ToString();
    }
}

/// <summary>One item of a tool, answered or skipped.</summary>
/// <param name="Label">What was shown beside it.</param>
/// <param name="Value">The raw number chosen; null when the item has none, and when it was skipped: skipped is not zero.</param>
/// <param name="ValueLabel">The words shown at the point chosen, where there were any.</param>
/// <param name="OwnName">What the child called it instead.</param>
/// <param name="Words">What the child put in it.</param>
/// <param name="Picture">What was shown beside it, and <paramref name="Shows"/> what was to be seen on it: as in a <see cref="ToolItem"/>.</param>
public sealed record ToolAnswer(string Item, string Label, int? Value, int? Min, int? Max, string? ValueLabel, bool Skipped, string? OwnName, string? Words, string? Picture = null, string? Shows = null);
