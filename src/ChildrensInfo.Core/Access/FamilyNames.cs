using System.Globalization;
using System.Text;
using ChildrensInfo.Core.Shared;

namespace ChildrensInfo.Core.Access;

/// <summary>The parts of family names, as two people share them: without case, accents, apostrophes, and the small words that tie names together.</summary>
public static class FamilyNames
{
    private static readonly HashSet<string> Small = ["al", "ap", "ab", "bin", "bint", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "ferch", "ibn", "la", "le", "mac", "mc", "ter", "van", "von", "y"];

    public static IReadOnlyList<string> Of(string familyName)
    {
        var plain = string.Concat(WrittenText.InForm(familyName, NormalizationForm.FormD).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && c is not ('\'' or '’' or '‘' or '`')));
        var words = string.Concat(plain.Select(c => char.IsLetter(c) ? char.ToLowerInvariant(c) : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var parts = words.Where(w => !Small.Contains(w)).Distinct().ToList();
        return parts.Count > 0 ? parts : words;
    }

    /// <summary>Of somebody who works here: all but their first name. One name alone is both.</summary>
    public static IReadOnlyList<string> OfPerson(string displayName)
    {
        var name = displayName.Trim();
        return Of(name.IndexOf(' ', StringComparison.Ordinal) is > 0 and var at ? name[at..] : name);
    }
}
