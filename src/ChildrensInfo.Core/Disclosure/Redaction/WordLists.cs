using System.Collections.Frozen;
using System.Reflection;

namespace ChildrensInfo.Core.Disclosure.Redaction;

/// <summary>The lists in Data/Reference/redaction; its README says what each is.</summary>
internal static class WordLists
{
    public static readonly FrozenSet<string> Everyday = Read("everyday-words.txt").SelectMany(Words).ToFrozenSet();

    /// <summary>Given names that are everyday words too.</summary>
    public static readonly FrozenSet<string> WordsThatAreNames = Read("words-that-are-names.txt").SelectMany(Words).ToFrozenSet();

    /// <summary>Each name with the short forms of it, and each short form with what it may be short for.</summary>
    public static readonly FrozenDictionary<string, string[]> Kin = ReadKin();

    public static readonly FrozenSet<string> GivenNames = Read("given-names.txt").SelectMany(Words).Concat(WordsThatAreNames).Concat(Kin.Keys).Select(Spelling.Fold).ToFrozenSet();

    /// <summary>Places as their words, by the first of them, the longest first.</summary>
    public static readonly FrozenDictionary<string, string[][]> Places = Read("places.txt").SelectMany(line => line.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .Select(place => place.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries))
        .GroupBy(words => words[0]).ToFrozenDictionary(g => g.Key, g => g.OrderByDescending(words => words.Length).ToArray());

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static FrozenDictionary<string, string[]> ReadKin()
    {
        var kin = new Dictionary<string, HashSet<string>>();
        foreach (var line in Read("short-names.txt"))
        {
            var parts = line.Split(':');
            string[] whole = Words(parts[0]), brief = Words(parts[1]);
            foreach (var name in whole) Add(name, brief);
            foreach (var name in brief) Add(name, [.. whole, .. brief]);
        }

        return kin.ToFrozenDictionary(k => k.Key, k => k.Value.ToArray());

        void Add(string name, string[] others)
        {
            if (!kin.TryGetValue(name, out var known)) kin[name] = known = [];
            known.UnionWith(others.Where(o => o != name));
        }
    }

    private static List<string> Read(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"ChildrensInfo.Core.Data.Reference.redaction.{file}")
            ?? throw new InvalidOperationException($"The list {file} is missing.");
        using var reader = new StreamReader(stream);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#') lines.Add(line);
        }

        return lines;
    }
}
