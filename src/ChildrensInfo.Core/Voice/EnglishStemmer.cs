namespace ChildrensInfo.Core.Voice;

/// <summary>
/// The stem of an English word, so that "worried" finds "worry": the Snowball project's English algorithm (Porter2), as PostgreSQL's
/// english_stem has it. A test holds the two together; the words themselves never go to the database for it.
/// Source of the rules: https://snowballstem.org/algorithms/english/stemmer.html
/// </summary>
public static class EnglishStemmer
{
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["skis"] = "ski",
        ["skies"] = "sky",
        ["idly"] = "idl",
        ["gently"] = "gentl",
        ["ugly"] = "ugli",
        ["early"] = "earli",
        ["only"] = "onli",
        ["singly"] = "singl",
        ["sky"] = "sky",
        ["news"] = "news",
        ["howe"] = "howe",
        ["atlas"] = "atlas",
        ["cosmos"] = "cosmos",
        ["bias"] = "bias",
        ["andes"] = "andes",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
    };

    private static readonly HashSet<string> AfterPlural = new(StringComparer.Ordinal) { "inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed" };

    private static readonly System.Buffers.SearchValues<char> Vowels = System.Buffers.SearchValues.Create("aeiouy");

    private static readonly string[] LongFirstRegions = ["gener", "commun", "arsen"];

    private static readonly (string Ending, string Instead)[] Second =
    [
        ("ational", "ate"), ("fulness", "ful"), ("iveness", "ive"), ("ization", "ize"), ("ousness", "ous"), ("biliti", "ble"), ("lessli", "less"), ("tional", "tion"), ("alism", "al"),
        ("aliti", "al"), ("ation", "ate"), ("entli", "ent"), ("fulli", "ful"), ("iviti", "ive"), ("ousli", "ous"), ("abli", "able"), ("alli", "al"), ("anci", "ance"), ("ator", "ate"),
        ("enci", "ence"), ("izer", "ize"), ("bli", "ble"), ("ogi", "og"), ("li", ""),
    ];

    private static readonly (string Ending, string Instead)[] Third =
    [
        ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("ative", ""), ("icate", "ic"), ("iciti", "ic"), ("ical", "ic"), ("ness", ""), ("ful", ""),
    ];

    private static readonly string[] Fourth =
    [
        "ement", "able", "ance", "ence", "ible", "ment", "ant", "ate", "ent", "ion", "ism", "iti", "ive", "ize", "ous", "al", "er", "ic",
    ];

    /// <param name="word">In lower case.</param>
    public static string Stem(string word)
    {
        if (word.Length <= 2) return word;
        if (Exceptions.TryGetValue(word, out var known)) return known;
        var w = MarkConsonantY(word.TrimStart('\''));
        if (w.Length <= 2) return w.ToLowerInvariant();
        var (r1, r2) = Regions(w);

        w = WithoutPlural(w);
        if (AfterPlural.Contains(w)) return w;
        w = WithoutPast(w, r1);
        if (w.Length > 2 && w[^1] is 'y' or 'Y' && w.Length > 2 && !IsVowel(w[^2])) w = w[..^1] + 'i';
        w = Replace(w, Second, r1, r2, (stem, ending) => ending switch
        {
            "ogi" => stem.EndsWith('l'),
            "li" => stem.Length > 0 && "cdeghkmnrt".Contains(stem[^1], StringComparison.Ordinal),
            _ => true,
        });
        w = Replace(w, Third, r1, r2, (stem, ending) => ending != "ative" || stem.Length >= r2);
        w = WithoutSuffix(w, r2);
        if (w.EndsWith('e') && (w.Length - 1 >= r2 || (w.Length - 1 >= r1 && !EndsShort(w.AsSpan(0, w.Length - 1))))) w = w[..^1];
        else if (w.EndsWith('l') && w.Length - 1 >= r2 && w.Length > 1 && w[^2] == 'l') w = w[..^1];
        return w.ToLowerInvariant();
    }

    /// <summary>A y at the start or after a vowel sounds as a consonant, and is written Y meanwhile.</summary>
    private static string MarkConsonantY(string word)
    {
        var letters = word.ToCharArray();
        for (var i = 0; i < letters.Length; i++)
        {
            if (letters[i] == 'y' && (i == 0 || IsVowel(letters[i - 1]))) letters[i] = 'Y';
        }

        return new string(letters);
    }

    private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';

    private static (int First, int Second) Regions(string w)
    {
        var first = LongFirstRegions.FirstOrDefault(p => w.StartsWith(p, StringComparison.Ordinal))?.Length ?? After(0);
        return (first, After(first));

        // Behind the first consonant that follows a vowel.
        int After(int from)
        {
            for (var i = from + 1; i < w.Length; i++)
            {
                if (!IsVowel(w[i]) && IsVowel(w[i - 1])) return i + 1;
            }

            return w.Length;
        }
    }

    private static string WithoutPlural(string w)
    {
        if (w.EndsWith("'s'", StringComparison.Ordinal)) w = w[..^3];
        else if (w.EndsWith("'s", StringComparison.Ordinal)) w = w[..^2];
        else if (w.EndsWith('\'')) w = w[..^1];

        if (w.EndsWith("sses", StringComparison.Ordinal)) return w[..^2];
        if (w.EndsWith("ied", StringComparison.Ordinal) || w.EndsWith("ies", StringComparison.Ordinal)) return w.Length > 4 ? w[..^2] : w[..^1];
        if (w.EndsWith("us", StringComparison.Ordinal) || w.EndsWith("ss", StringComparison.Ordinal)) return w;
        return w.EndsWith('s') && w.Length > 2 && w.AsSpan(0, w.Length - 2).ContainsAny(Vowels) ? w[..^1] : w;
    }

    private static string WithoutPast(string w, int r1)
    {
        foreach (var ending in new[] { "eedly", "eed" })
        {
            if (w.EndsWith(ending, StringComparison.Ordinal)) return w.Length - ending.Length >= r1 ? w[..^ending.Length] + "ee" : w;
        }

        foreach (var ending in new[] { "ingly", "edly", "ing", "ed" })
        {
            if (!w.EndsWith(ending, StringComparison.Ordinal)) continue;
            var stem = w[..^ending.Length];
            if (!stem.AsSpan().ContainsAny(Vowels)) return w;
            if (stem.EndsWith("at", StringComparison.Ordinal) || stem.EndsWith("bl", StringComparison.Ordinal) || stem.EndsWith("iz", StringComparison.Ordinal)) return stem + 'e';
            if (stem.Length >= 2 && stem[^1] == stem[^2] && "bdfgmnprt".Contains(stem[^1], StringComparison.Ordinal)) return stem[..^1];
            return r1 >= stem.Length && EndsShort(stem) ? stem + 'e' : stem;
        }

        return w;
    }

    /// <summary>Ends as "hop" or "bed" does: a vowel between two consonants, or begins a word of two letters with a vowel.</summary>
    private static bool EndsShort(ReadOnlySpan<char> w) => w.Length switch
    {
        < 2 => false,
        2 => IsVowel(w[0]) && !IsVowel(w[1]),
        _ => !IsVowel(w[^3]) && IsVowel(w[^2]) && !IsVowel(w[^1]) && w[^1] is not ('w' or 'x' or 'Y'),
    };

    private static string Replace(string w, (string Ending, string Instead)[] endings, int r1, int r2, Func<string, string, bool> may)
    {
        foreach (var (ending, instead) in endings.OrderByDescending(e => e.Ending.Length))
        {
            if (!w.EndsWith(ending, StringComparison.Ordinal)) continue;
            var stem = w[..^ending.Length];
            return stem.Length >= r1 && may(stem, ending) ? stem + instead : w;
        }

        return w;
    }

    private static string WithoutSuffix(string w, int r2)
    {
        foreach (var ending in Fourth.OrderByDescending(e => e.Length))
        {
            if (!w.EndsWith(ending, StringComparison.Ordinal)) continue;
            var stem = w[..^ending.Length];
            return stem.Length >= r2 && (ending != "ion" || stem.EndsWith('s') || stem.EndsWith('t')) ? stem : w;
        }

        return w;
    }
}
