using System.Globalization;
using ChildrensInfo.Core.Shared;

namespace ChildrensInfo.Core.Voice;

/// <summary>What a form sends of one item of a tool, as it was sent.</summary>
public class GivenAnswer
{
    public const string Skip = "skip";

    /// <summary>The item's key.</summary>
    public string? Item { get; set; }

    /// <summary>On a scale: the number, or "skip".</summary>
    public string? Value { get; set; }

    /// <summary>Of pictures: whether it was chosen.</summary>
    public bool Chosen { get; set; }

    /// <summary>What the child called it instead.</summary>
    public string? OwnName { get; set; }

    /// <summary>What the child put in it.</summary>
    public string? Words { get; set; }

    /// <summary>Which the child took first, second, third.</summary>
    public int? Place { get; set; }
}

/// <summary>Makes an answer sheet of what a form sent, or says what does not fit the tool. Trusts nothing: the form came over the network.</summary>
public static class ToolAnswers
{
    public const int OwnNameMaxLength = 60;

    /// <summary>The longest row of symbols that is kept.</summary>
    public const int MostSymbols = 200;

    /// <param name="order">Symbols in the order they were pointed at, by key with spaces between; without it the chosen ones in the board's order.</param>
    /// <param name="skipped">The child wanted none of it.</param>
    /// <param name="said">What was said while answering.</param>
    /// <returns>Either the sheet or at least one refusal, each naming a field of the form.</returns>
    public static (AnswerSheet? Sheet, IReadOnlyList<Refusal> Refusals) Read(
        string toolKey, ToolKind kind, int version, string title, ToolDefinition tool, IReadOnlyList<GivenAnswer> given, string? order, bool skipped, string? said)
    {
        var refusals = new List<Refusal>();
        var items = tool.Items.ToDictionary(i => i.Key, StringComparer.Ordinal);
        if (given.Any(g => g.Item is null || !items.ContainsKey(g.Item)) || given.Select(g => g.Item).Distinct(StringComparer.Ordinal).Count() != given.Count)
        {
            return (null, [new("", "These answers belong to another tool. Open the page again")]);
        }

        foreach (var (field, text, most) in given.SelectMany((g, i) => new[] { ($"Answers[{i}].Words", g.Words, VoiceRecord.WordsMaxLength), ($"Answers[{i}].OwnName", g.OwnName, OwnNameMaxLength) })
            .Append(("Said", said, VoiceRecord.WordsMaxLength)))
        {
            if (!WrittenText.CanBeKept(text)) refusals.Add(new(field, WrittenText.CannotBeKept));
            else if (WrittenText.Length(text) > most) refusals.Add(new(field, $"This must be {most:N0} characters or fewer. It has {WrittenText.Length(text):N0}"));
        }

        List<ToolAnswer> answers = skipped
            ? [.. tool.Items.Where(_ => kind is ToolKind.Scale or ToolKind.Houses).Select(i => Unanswered(i, tool.Scale))]
            : kind switch
            {
                ToolKind.Scale => OnScale(tool, given, refusals),
                ToolKind.Houses => InHouses(tool, given, refusals),
                ToolKind.Symbols => Pointed(items, tool, given, order, refusals),
                _ => Chosen(tool, given, refusals),
            };
        if (skipped && answers.Count == 0) answers.Add(new("", tool.Ask, null, null, null, null, true, null, null));
        if (refusals.Count > 0) return (null, refusals);
        return (new(toolKey, version, title, tool.Ask, kind, answers, Text(said)), []);
    }

    private static List<ToolAnswer> OnScale(ToolDefinition tool, IReadOnlyList<GivenAnswer> given, List<Refusal> refusals)
    {
        var (min, max) = (tool.Scale!.Min, tool.Scale.Max);
        var answers = new List<ToolAnswer>();
        foreach (var item in tool.Items)
        {
            var at = IndexOf(given, item.Key);
            var sent = at < 0 ? null : given[at].Value;
            if (sent == GivenAnswer.Skip)
            {
                answers.Add(Unanswered(item, tool.Scale));
                continue;
            }

            // Not "0" nor "1.0" nor "٣" nor "+3": the page offers the numbers, and anything else did not come from it.
            if (!int.TryParse(sent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || value < min || value > max
                || sent != value.ToString(CultureInfo.InvariantCulture))
            {
                refusals.Add(new($"Answers[{Math.Max(0, at)}].Value", string.IsNullOrEmpty(sent) ? $"Choose a number from {min} to {max}, or choose skip" : $"Choose a number from {min} to {max}"));
                continue;
            }

            var point = tool.Scale.Points.FirstOrDefault(p => p.Value == value);
            var label = point?.Label ?? (value == min ? tool.Scale.MinLabel : value == max ? tool.Scale.MaxLabel : null);
            var (picture, shows) = point?.Picture is null ? (item.Picture, item.Shows) : (point.Picture, point.Shows);
            answers.Add(new(item.Key, item.Label, value, min, max, label, false, null, null, picture, shows));
        }

        return answers;
    }

    private static List<ToolAnswer> InHouses(ToolDefinition tool, IReadOnlyList<GivenAnswer> given, List<Refusal> refusals)
    {
        var answers = tool.Items.Select((item, i) =>
        {
            var at = IndexOf(given, item.Key);
            var words = at < 0 ? null : Text(given[at].Words);
            return (Place: (at < 0 ? null : given[at].Place) ?? i + 1, Field: $"Answers[{Math.Max(0, at)}].Place",
                Answer: new ToolAnswer(item.Key, item.Label, null, null, null, null, words is null, at < 0 ? null : Text(given[at].OwnName), words, item.Picture, item.Shows));
        }).ToList();
        foreach (var wrong in answers.Where(a => a.Place < 1 || a.Place > tool.Items.Count)) refusals.Add(new(wrong.Field, $"Choose a place from 1 to {tool.Items.Count}"));
        if (answers.All(a => a.Answer.Skipped)) refusals.Add(new("Answers[0].Words", "Enter what belongs in at least one of them, or say that nothing was said"));
        // Two in one place: the one that was moved there goes before the one that stood there from the start.
        return [.. answers.Select((a, i) => (a.Place, Stayed: a.Place == i + 1, a.Answer)).OrderBy(a => a.Place).ThenBy(a => a.Stayed).Select(a => a.Answer)];
    }

    private static List<ToolAnswer> Pointed(Dictionary<string, ToolItem> items, ToolDefinition tool, IReadOnlyList<GivenAnswer> given, string? order, List<Refusal> refusals)
    {
        var keys = (order ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (keys.Length == 0) return Chosen(tool, given, refusals);
        if (keys.Length > MostSymbols) refusals.Add(new("Order", $"Keep a row of symbols to {MostSymbols}. Seal this one and begin another"));
        else if (keys.Any(k => !items.ContainsKey(k))) refusals.Add(new("Order", "These symbols belong to another board. Open the page again"));
        return [.. keys.Where(items.ContainsKey).Select(k => Picked(items[k]))];
    }

    private static List<ToolAnswer> Chosen(ToolDefinition tool, IReadOnlyList<GivenAnswer> given, List<Refusal> refusals)
    {
        var chosen = given.Where(g => g.Chosen).Select(g => g.Item).ToHashSet(StringComparer.Ordinal);
        if (chosen.Count == 0) refusals.Add(new("Order", "Choose at least one, or say that it was skipped"));
        return [.. tool.Items.Where(i => chosen.Contains(i.Key)).Select(Picked)];
    }

    private static ToolAnswer Picked(ToolItem item) => new(item.Key, item.Label, null, null, null, null, false, null, null, item.Picture, item.Shows);

    private static ToolAnswer Unanswered(ToolItem item, ScaleShown? scale) => new(item.Key, item.Label, null, scale?.Min, scale?.Max, null, true, null, null, item.Picture, item.Shows);

    private static int IndexOf(IReadOnlyList<GivenAnswer> given, string key)
    {
        for (var i = 0; i < given.Count; i++) if (given[i].Item == key) return i;
        return -1;
    }

    private static string? Text(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed;
}
