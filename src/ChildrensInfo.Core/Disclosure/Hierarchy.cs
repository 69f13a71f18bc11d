using System.Text;
using ChildrensInfo.Core.Shared;

namespace ChildrensInfo.Core.Disclosure;

/// <summary>
/// How the values of a column grow coarser: each leaf, its parent, and so on, usually to "*". Level 0 is the value itself.
/// Values that are one at a level are one at every level above, which is checked, because all pruning rests on it.
/// </summary>
public sealed class Hierarchy
{
    private readonly Dictionary<string, int> leaves = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly int[][] codes;
    private readonly string[][] labels;
    private readonly double[][] shares;

    /// <param name="column">The column whose values these are.</param>
    /// <param name="rows">For each leaf: itself, then its value at each level.</param>
    /// <param name="lines">On which line of a file each stands, for whoever is told what is wrong.</param>
    /// <exception cref="InvalidDataException">No rows, rows of different length, a leaf twice, or levels that do not nest.</exception>
    public Hierarchy(string column, IReadOnlyList<IReadOnlyList<string>> rows, IReadOnlyList<long>? lines = null)
    {
        string At(int leaf) => $"Line {lines?[leaf] ?? leaf + 1} of the hierarchy of {column}";
        Column = column;
        lookup = leaves.GetAlternateLookup<ReadOnlySpan<char>>();
        if (rows.Count == 0) throw new InvalidDataException($"The hierarchy of {column} is empty.");
        Levels = rows[0].Count;
        codes = new int[Levels][];
        labels = new string[Levels][];
        shares = new double[Levels][];
        for (var level = 0; level < Levels; level++)
        {
            var known = new Dictionary<string, int>(StringComparer.Ordinal);
            codes[level] = new int[rows.Count];
            for (var leaf = 0; leaf < rows.Count; leaf++)
            {
                if (rows[leaf].Count != Levels) throw new InvalidDataException($"{At(leaf)} has {rows[leaf].Count} values where the first has {Levels}.");
                var label = WrittenText.InForm(rows[leaf][level], NormalizationForm.FormC);
                if (!known.TryGetValue(label, out var code)) known.Add(label, code = known.Count);
                else if (level == 0) throw new InvalidDataException($"{At(leaf)} repeats a value.");
                codes[level][leaf] = code;
            }

            labels[level] = [.. known.Keys];
            if (level == 0)
                foreach (var (label, code) in known) leaves.Add(label, code);
            else RequireNesting(level, At);

            // Leaves under the value as a part of all leaves, from 0 (a leaf) to 1 (everything).
            var under = new int[known.Count];
            foreach (var code in codes[level]) under[code]++;
            shares[level] = codes[level].Select(code => rows.Count == 1 ? 0 : (under[code] - 1.0) / (rows.Count - 1.0)).ToArray();
        }
    }

    public string Column { get; }

    /// <summary>Number of levels, the values themselves included.</summary>
    public int Levels { get; }

    public int LeafCount => leaves.Count;

    /// <summary>Reads one row a leaf, <c>value;level1;…;*</c>, without a header.</summary>
    /// <exception cref="InvalidDataException">As the constructor.</exception>
    public static Hierarchy Read(string column, TextReader text, char delimiter = ';')
    {
        var reader = new DelimitedReader(text, delimiter);
        var (rows, lines) = (new List<string[]>(), new List<long>());
        while (reader.Read())
        {
            if (reader.IsEmptyLine) continue;
            var row = new string[reader.FieldCount];
            for (var i = 0; i < row.Length; i++) row[i] = reader[i].ToString();
            rows.Add(row);
            lines.Add(reader.Line);
        }

        return new Hierarchy(column, rows, lines);
    }

    /// <returns>The number of the leaf, or -1 when it is none of them. An empty value is a leaf like any other.</returns>
    public int Find(ReadOnlySpan<char> value)
    {
        if (lookup.TryGetValue(value, out var leaf)) return leaf;
        // Look-alikes made of other code points must not pass for another value, nor split a class.
        return !System.Text.Ascii.IsValid(value) && leaves.TryGetValue(WrittenText.InForm(value.ToString(), NormalizationForm.FormC), out leaf) ? leaf : -1;
    }

    public string Label(int level, int leaf) => labels[level][codes[level][leaf]];

    internal int CodesAt(int level) => labels[level].Length;

    internal int[] CodesOf(int level) => codes[level];

    internal double[] SharesAt(int level) => shares[level];

    private void RequireNesting(int level, Func<int, string> at)
    {
        var parent = new int[labels[level - 1].Length];
        Array.Fill(parent, -1);
        for (var leaf = 0; leaf < codes[level].Length; leaf++)
        {
            ref var known = ref parent[codes[level - 1][leaf]];
            if (known >= 0 && known != codes[level][leaf])
                throw new InvalidDataException($"{at(leaf)} does not nest: it parts at level {level} from values it is one with at level {level - 1}.");
            known = codes[level][leaf];
        }
    }
}
