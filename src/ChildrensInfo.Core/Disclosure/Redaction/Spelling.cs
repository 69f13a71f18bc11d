using System.Globalization;
using System.Text;
using ChildrensInfo.Core.Shared;

namespace ChildrensInfo.Core.Disclosure.Redaction;

/// <summary>How a name may be spelt by somebody who is seven, in a hurry, or hiding it.</summary>
internal static class Spelling
{
    /// <summary>Letters of other alphabets and other shapes that pass for Latin ones, pair by pair.</summary>
    private const string LookAlikes = "аaеeоoрpсcуyхxіiјjѕsԁdɡgһhкkмmтtвbнhαaεeοoρpνvιiκkτtυuχxłløođdðdıiħhœoæaþt";

    /// <summary>Lower case, without accents, apostrophes and what cannot be seen; look-alike letters made Latin.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        // Of half of a character .NET knows no form.
        foreach (var c in WrittenText.InForm(WrittenText.CanBeKept(text) ? text : string.Concat(text.Where(c => !char.IsSurrogate(c))), NormalizationForm.FormKD))
        {
            if (!char.IsLetterOrDigit(c)) continue;
            var lower = char.ToLowerInvariant(c);
            var at = LookAlikes.IndexOf(lower, StringComparison.Ordinal);
            if (lower == 'ß') folded.Append("ss");
            else folded.Append(at >= 0 && at % 2 == 0 ? LookAlikes[at + 1] : lower);
        }

        return folded.ToString();
    }

    /// <summary>Digits and signs written for letters, as in J4yd3n.</summary>
    public static string FromDigits(string folded) =>
        string.Concat(folded.Select(c => c switch { '0' => 'o', '1' => 'i', '3' => 'e', '4' => 'a', '5' => 's', '7' => 't', '8' => 'b', _ => c }));

    /// <summary>Saaaam as Sam: three and more of a letter as one.</summary>
    public static string WithoutDrawl(string folded)
    {
        var kept = new StringBuilder(folded.Length);
        for (var i = 0; i < folded.Length; i++)
        {
            var run = 1;
            while (i + run < folded.Length && folded[i + run] == folded[i]) run++;
            kept.Append(folded[i], run > 2 ? 1 : run);
            i += run - 1;
        }

        return kept.ToString();
    }

    /// <summary>Whether a word may be meant for a name: a slip of the finger, or spelt as it sounds.</summary>
    /// <param name="sure">Whether other signs, such as a capital, say that it is a name.</param>
    public static bool IsLike(string word, string name, bool sure)
    {
        if (word.Length < 3 || name.Length < 3 || Math.Abs(word.Length - name.Length) > 3) return false;
        var distance = Distance(word, name);
        if (distance == 0) return true;
        if (Math.Min(word.Length, name.Length) < 4) return false;
        if (Sound(word) == Sound(name) && distance <= 3) return true;
        var allowed = name.Length >= 7 ? 2 : 1;
        if (distance > allowed) return false;
        return sure || (name.Length >= 5 && word[0] == name[0] && (distance == 1 || name.Length >= 8));
    }

    /// <summary>Letters put in, left out, changed, or swapped with their neighbour (optimal string alignment).</summary>
    public static int Distance(string a, string b)
    {
        var rows = new int[3][];
        for (var i = 0; i < 3; i++) rows[i] = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) rows[0][j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            int[] now = rows[i % 3], before = rows[(i + 2) % 3], twoBefore = rows[(i + 1) % 3];
            now[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                now[j] = Math.Min(Math.Min(now[j - 1] + 1, before[j] + 1), before[j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = Math.Min(now[j], twoBefore[j - 2] + 1);
            }
        }

        return rows[a.Length % 3][b.Length];
    }

    /// <summary>A rough English sound: consonants, with vowels only where a word begins with one.</summary>
    private static string Sound(string word)
    {
        var s = word.Replace("ph", "f", StringComparison.Ordinal).Replace("gh", "", StringComparison.Ordinal).Replace("ck", "k", StringComparison.Ordinal)
            .Replace("sch", "s", StringComparison.Ordinal).Replace("x", "ks", StringComparison.Ordinal).Replace("qu", "k", StringComparison.Ordinal).Replace("wr", "r", StringComparison.Ordinal);
        var sound = new StringBuilder();
        for (var i = 0; i < s.Length; i++)
        {
            var c = s[i] switch
            {
                'c' when i + 1 < s.Length && s[i + 1] is 'e' or 'i' or 'y' => 's',
                'c' or 'q' => 'k',
                'z' => 's',
                'g' when i + 1 < s.Length && s[i + 1] is 'e' or 'i' or 'y' => 'j',
                'a' or 'e' or 'i' or 'o' or 'u' or 'y' => 'a',
                'h' when i > 0 => ' ',
                'w' when i > 0 => ' ',
                _ => s[i],
            };
            if (c == ' ' || (c == 'a' && i > 0)) continue;
            if (sound.Length == 0 || sound[^1] != c) sound.Append(c);
        }

        return sound.ToString();
    }
}
