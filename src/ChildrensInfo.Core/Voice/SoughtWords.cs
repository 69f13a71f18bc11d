using System.Globalization;
using System.Text;

namespace ChildrensInfo.Core.Voice;

/// <summary>A run of text, found or around what was found.</summary>
public sealed record Piece(string Text, bool Found);

/// <summary>
/// What somebody looks for, and where it stands in a text: in memory, without regard to capitals, accents and, in English, endings. Text in
/// scripts that put no space between words is searched as it stands.
/// </summary>
public sealed class SoughtWords
{
    public const int MaxLength = 100;

    private const int Around = 90;

    private readonly IReadOnlyList<(string Plain, string Stem)> terms;

    private SoughtWords(IReadOnlyList<(string Plain, string Stem)> terms) => this.terms = terms;

    /// <returns>Null when there is no word in it.</returns>
    public static SoughtWords? Read(string? typed)
    {
        var terms = Split(typed ?? "").Select(t => t.Plain).Distinct().Select(p => (p, EnglishStemmer.Stem(p))).ToList();
        return terms.Count == 0 ? null : new(terms);
    }

    /// <returns>The text around the first place where it is found, or null unless every word is in the text.</returns>
    public IReadOnlyList<Piece>? FindIn(string text, string language)
    {
        var english = language.StartsWith("en", StringComparison.OrdinalIgnoreCase);
        var words = Split(text).ToList();
        var places = new List<(int Start, int End)>();
        foreach (var (plain, stem) in terms)
        {
            var before = places.Count;
            foreach (var word in words)
            {
                if (word.Plain == plain || (english && EnglishStemmer.Stem(word.Plain) == stem)) places.Add((word.Start, word.End));
                else if (IsWithoutSpaces(plain)) places.AddRange(Inside(word, plain));
            }

            if (places.Count == before) return null;
        }

        places.Sort();
        return Cut(text, places);
    }

    private static bool IsWithoutSpaces(string plain) => plain.Any(c => c is >= '\u2E80' and <= '\uD7FF' or >= '\u0E00' and <= '\u0EFF');

    private static IEnumerable<(int Start, int End)> Inside((string Plain, int Start, int End) word, string plain)
    {
        for (var at = word.Plain.IndexOf(plain, StringComparison.Ordinal); at >= 0; at = word.Plain.IndexOf(plain, at + plain.Length, StringComparison.Ordinal))
        {
            // Such scripts have no marks to lose, so places in the plain word are places in the text.
            if (word.Plain.Length == word.End - word.Start) yield return (word.Start + at, word.Start + at + plain.Length);
        }
    }

    /// <summary>The words of a text, plain: lower case, without accents, curled apostrophes straight; and where each stands.</summary>
    private static IEnumerable<(string Plain, int Start, int End)> Split(string text)
    {
        var plain = new StringBuilder();
        var start = -1;
        var end = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : ' ';
            var inside = start >= 0;
            var isApostrophe = c is '\'' or '’' && inside && i + 1 < text.Length && char.IsLetter(text[i + 1]);
            if (char.IsLetterOrDigit(c) || char.IsSurrogate(c) || isApostrophe || (inside && IsMark(c)))
            {
                if (!inside) start = i;
                if (isApostrophe) plain.Append('\'');
                else if (char.IsSurrogate(c)) plain.Append(c);
                else AppendPlain(plain, c);
                end = i + 1;
            }
            else if (inside)
            {
                if (plain.Length > 0) yield return (plain.ToString(), start, end);
                plain.Clear();
                start = -1;
            }
        }
    }

    private static bool IsMark(char c) => CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static void AppendPlain(StringBuilder plain, char c)
    {
        if (char.IsAscii(c))
        {
            plain.Append(char.ToLowerInvariant(c));
            return;
        }

        // Korean syllables would come apart into letters.
        foreach (var part in c is >= '\uAC00' and <= '\uD7A3' ? c.ToString() : c.ToString().Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(part) != UnicodeCategory.NonSpacingMark) plain.Append(char.ToLowerInvariant(part));
        }
    }

    private static List<Piece> Cut(string text, List<(int Start, int End)> places)
    {
        var from = Math.Max(0, places[0].Start - Around);
        var to = Math.Min(text.Length, places[0].End + Around);
        // At a space, so that no word and no character is cut.
        while (from > 0 && !char.IsWhiteSpace(text[from - 1]) && places[0].Start - from < Around + 40) from--;
        while (to < text.Length && !char.IsWhiteSpace(text[to]) && to - places[0].End < Around + 40) to++;
        if (from > 0 && char.IsLowSurrogate(text[from])) from--;
        if (to < text.Length && char.IsLowSurrogate(text[to])) to++;
        var pieces = new List<Piece>();
        if (from > 0) pieces.Add(new("… ", false));
        var at = from;
        foreach (var (start, end) in places.Where(p => p.Start >= from && p.End <= to))
        {
            if (start < at) continue;
            if (start > at) pieces.Add(new(text[at..start], false));
            pieces.Add(new(text[start..end], true));
            at = end;
        }

        if (at < to) pieces.Add(new(text[at..to], false));
        if (to < text.Length) pieces.Add(new(" …", false));
        return pieces;
    }
}
