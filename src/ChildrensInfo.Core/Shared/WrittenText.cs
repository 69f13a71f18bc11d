using System.Text;

namespace ChildrensInfo.Core.Shared;

/// <summary>What holds for every text a person typed that is kept exactly: no length is measured and no character lost by chance.</summary>
public static class WrittenText
{
    /// <summary>What to say when <see cref="CanBeKept"/> is false.</summary>
    public const string CannotBeKept = "This holds a character that cannot be kept. Type it again, or paste it as plain text";

    /// <summary>False for a NUL and for half of a surrogate pair: neither would come back as it was.</summary>
    public static bool CanBeKept(string? text)
    {
        if (text is null) return true;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }

        return true;
    }

    /// <summary>Written in one form what can be written in several. U+FFFE, which is no character, goes: of a text that holds it .NET knows no form, and fails.</summary>
    public static string InForm(string text, NormalizationForm form) => text.Replace("\uFFFE", "", StringComparison.Ordinal).Normalize(form);

    /// <summary>Characters as people count them, near enough: an emoji of two code units is one.</summary>
    public static int Length(string? text)
    {
        var count = 0;
        foreach (var _ in (text ?? "").EnumerateRunes()) count++;
        return count;
    }
}
