using System.Globalization;
using System.Text.RegularExpressions;

namespace ChildrensInfo.Core.Disclosure.Redaction;

/// <summary>Places in a text that somebody leaves out of it: as they are sent by a form, found by their words, and put in order.</summary>
public static class Spans
{
    public const int MostPhrases = 50;
    public const int LongestPhrase = 200;

    /// <summary>The words of a place in a text.</summary>
    public static string Of(string text, RedactionSpan span) => string.Concat(text.EnumerateRunes().Skip(span.Start).Take(span.End - span.Start));

    /// <summary>A place as a form sends it: from where to where, and what stands there. None of it is a word that was said.</summary>
    public static string ValueOf(RedactionSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.Start}|{span.End}|{span.Type}");

    /// <returns>Null when it is nothing of the kind.</returns>
    public static RedactionSpan? Parse(string value) =>
        value.Split('|') is [var start, var end, var type] && int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var to) && Enum.TryParse<RedactionType>(type, out var what)
            ? new RedactionSpan(from, to, what) : null;

    /// <summary>Places that touch become one, and none reaches past the text, whatever a form said.</summary>
    public static List<RedactionSpan> Apart(string text, IEnumerable<RedactionSpan> spans)
    {
        var length = text.EnumerateRunes().Count();
        var apart = new List<RedactionSpan>();
        foreach (var span in spans.Where(s => s.Start >= 0 && s.Start < s.End && s.Start < length && Enum.IsDefined(s.Type)).OrderBy(s => s.Start).ThenByDescending(s => s.End))
        {
            var end = Math.Min(span.End, length);
            if (apart.Count > 0 && span.Start < apart[^1].End) apart[^1] = apart[^1] with { End = Math.Max(end, apart[^1].End) };
            else apart.Add(span with { End = end });
        }

        return apart;
    }

    /// <summary>The phrases that somebody wrote, a line each.</summary>
    /// <returns>Null when there are too many of them, or one is too long.</returns>
    public static List<string>? PhrasesOf(string? lines)
    {
        List<string> phrases = [.. (lines ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
        return phrases.Count > MostPhrases || phrases.Exists(p => Shared.WrittenText.Length(p) > LongestPhrase) ? null : phrases;
    }

    /// <summary>Where a phrase stands as whole words, whichever its capitals.</summary>
    public static List<RedactionSpan> Places(string text, string phrase) =>
    [
        .. Regex.Matches(text, $@"(?<![\p{{L}}\p{{N}}]){Regex.Escape(phrase)}(?![\p{{L}}\p{{N}}])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)
            .Select(m => (Start: text[..m.Index].EnumerateRunes().Count(), Length: m.Value.EnumerateRunes().Count())).Select(m => new RedactionSpan(m.Start, m.Start + m.Length, RedactionType.Words)),
    ];
}
