using System.Numerics;
using System.Runtime.InteropServices;

namespace ChildrensInfo.Core.Disclosure;

/// <summary>What a choice of levels costs.</summary>
/// <param name="TooMany">More would be left out for size and variety alone than is allowed; then nothing else here is known.</param>
/// <param name="LossAlways">What leaving those out adds to the loss: never less at finer levels.</param>
/// <param name="Failing">Rows left out, those in classes with too many harmful values included.</param>
/// <param name="Loss">What leaving these out adds to the loss.</param>
/// <param name="Passing">Classes let out.</param>
internal readonly record struct Outcome(bool TooMany, double LossAlways, long Failing, double Loss, int Passing);

/// <summary>
/// Gathers combinations of quasi-identifiers into classes at chosen levels and counts what fails. Combinations lie in the
/// order of their coarsest values, so that a stretch of them holds whole classes and a hopeless choice of levels is given
/// up after a few stretches; each stretch is dealt into buckets that fit the processor's cache.
/// One instance is used by one thread; its buffers are reused.
/// </summary>
internal sealed class ClassCounter
{
    private const int Block = 4_096;
    private const int BucketSize = 1 << 14;

    private readonly IReadOnlyList<Hierarchy> hierarchies;
    private readonly ClassRules rules;
    private readonly int total;
    private readonly int[][] leaves;
    private readonly int[] sizes;
    // By sensitive column: up to l different values of each combination, -1 where it has fewer.
    private readonly int[][] values;
    private readonly int[][] harmful;
    private readonly double[] harmfulRates;

    private readonly int[] original;
    private readonly int[] sortedBy;
    // By how many of the columns sorted by are not at their top level: where stretches start, the end included.
    private readonly int[][] stretches;

    private readonly ulong[] packed;
    private readonly ulong[] dealtKeys;
    private readonly int[] dealt;
    private int[] bucketStarts = [];
    private int bucketBits;
    private readonly DenseIndex index = new(BucketSize);
    private readonly List<int> classFirst = [];
    private readonly List<int> classSizes = [];
    private readonly List<bool> passesAlways = [];
    private readonly List<bool> passes = [];
    private int[] classOfDealt = new int[BucketSize];
    private int[] merged = [];

    public ClassCounter(CodedRows rows, ClassRules rules)
    {
        hierarchies = rows.QuasiIdentifiers;
        this.rules = rules;
        total = rows.Count;
        KeyCount = rows.KeyCount;
        leaves = Enumerable.Range(0, hierarchies.Count).Select(rows.KeyCodes).ToArray();
        sortedBy = Enumerable.Range(0, hierarchies.Count).Where(q => hierarchies[q].Levels > 1).ToArray();
        (original, stretches) = Sort();
        foreach (var column in leaves) Reorder(column, 1);
        sizes = rows.KeySizes.ToArray();
        Reorder(sizes, 1);
        (values, harmful) = Describe(rows);
        foreach (var column in values) Reorder(column, rules.L);
        foreach (var column in harmful) Reorder(column, 1);
        harmfulRates = harmful.Select(h => (double)h.Sum(c => (long)c) / total).ToArray();
        packed = new ulong[KeyCount];
        dealtKeys = new ulong[KeyCount];
        dealt = new int[KeyCount];
    }

    public int KeyCount { get; }

    public int SizeOf(int key) => sizes[key];

    public int LeafOf(int key, int column) => leaves[column][key];

    /// <param name="levels">By quasi-identifier.</param>
    /// <param name="allowed">Rows that may be left out.</param>
    /// <param name="keep">When given, receives for each combination whether it is let out.</param>
    /// <param name="number">When given, receives for each combination the number of its class.</param>
    public Outcome Evaluate(int[] levels, long allowed, bool[]? keep = null, int[]? number = null)
    {
        long failingAlways = 0, failing = 0;
        double lostAlways = 0, lost = 0;
        int passing = 0, numbered = 0;
        var whole = sortedBy.TakeWhile(q => levels[q] < hierarchies[q].Levels - 1).Count();
        foreach (var (start, end) in StretchesOf(whole))
        {
            Deal(levels, start, end);
            for (var bucket = 0; bucket < bucketStarts.Length - 1; bucket++)
            {
                var from = bucketStarts[bucket];
                var bucketKeys = dealt.AsSpan(from, bucketStarts[bucket + 1] - from);
                Gather(dealtKeys.AsSpan(from, bucketKeys.Length), bucketKeys);
                Judge(bucketKeys);
                for (var c = 0; c < classSizes.Count; c++)
                    if (!passesAlways[c]) failingAlways += classSizes[c];
                if (failingAlways > allowed) return new Outcome(true, 0, 0, 0, 0);

                for (var c = 0; c < classSizes.Count; c++)
                {
                    if (passes[c])
                    {
                        passing++;
                        continue;
                    }

                    var share = 0.0;
                    for (var q = 0; q < levels.Length; q++) share += hierarchies[q].SharesAt(levels[q])[leaves[q][classFirst[c]]];
                    var cost = classSizes[c] * (1 - share / levels.Length);
                    failing += classSizes[c];
                    lost += cost;
                    if (!passesAlways[c]) lostAlways += cost;
                }

                for (var i = 0; i < bucketKeys.Length; i++)
                {
                    if (keep is not null) keep[original[bucketKeys[i]]] = passes[classOfDealt[i]];
                    if (number is not null) number[original[bucketKeys[i]]] = numbered + classOfDealt[i];
                }

                numbered += classSizes.Count;
            }
        }

        return new Outcome(false, lostAlways / total, failing, lost / total, passing);
    }

    /// <summary>Orders the combinations by what they are just below the top level of each column.</summary>
    private (int[] Original, int[][] Stretches) Sort()
    {
        var order = Enumerable.Range(0, KeyCount).ToArray();
        var codes = sortedBy.Select(q => hierarchies[q].CodesOf(hierarchies[q].Levels - 2)).ToArray();
        var ranks = new ulong[KeyCount];
        // As many columns as their groups find room in one number: more would only make stretches too short to matter.
        var used = 0;
        for (ulong room = 1; used < sortedBy.Length && room < 1 << 20; used++)
        {
            var width = (ulong)hierarchies[sortedBy[used]].CodesAt(hierarchies[sortedBy[used]].Levels - 2);
            room *= width;
            for (var j = 0; j < KeyCount; j++) ranks[j] = ranks[j] * width + (ulong)codes[used][leaves[sortedBy[used]][j]];
        }

        Array.Sort(ranks, order);
        var starts = Enumerable.Range(0, sortedBy.Length + 1).Select(_ => new List<int> { 0 }).ToArray();
        for (var j = 1; j < KeyCount; j++)
        {
            if (ranks[j] == ranks[j - 1]) continue;
            var same = 0;
            while (codes[same][leaves[sortedBy[same]][order[j]]] == codes[same][leaves[sortedBy[same]][order[j - 1]]]) same++;
            for (var n = same + 1; n < starts.Length; n++) starts[n].Add(j);
        }

        foreach (var list in starts) list.Add(KeyCount);
        return (order, starts.Select(list => list.ToArray()).ToArray());
    }

    private void Reorder(int[] what, int width)
    {
        var old = (int[])what.Clone();
        for (var j = 0; j < original.Length; j++) old.AsSpan(original[j] * width, width).CopyTo(what.AsSpan(j * width));
    }

    /// <summary>Stretches that hold whole classes when so many of the columns sorted by are below their top, the short ones put together.</summary>
    private IEnumerable<(int Start, int End)> StretchesOf(int whole)
    {
        var starts = stretches[whole];
        for (int first = 0, next = 1; next < starts.Length; next++)
        {
            if (next < starts.Length - 1 && starts[next] - starts[first] < BucketSize) continue;
            yield return (starts[first], starts[next]);
            first = next;
        }
    }

    /// <summary>Writes each combination of a stretch, as it is at the levels, as one number, and deals them into buckets by it.</summary>
    private void Deal(int[] levels, int from, int to)
    {
        var stretch = packed.AsSpan(from, to - from);
        stretch.Clear();
        ulong room = 1;
        for (var first = 0; first < levels.Length;)
        {
            var last = first;
            while (last < levels.Length && room <= (ulong)long.MaxValue / (ulong)hierarchies[last].CodesAt(levels[last]))
            {
                room *= (ulong)hierarchies[last].CodesAt(levels[last]);
                last++;
            }

            if (last == first)
            {
                // No room for one more column: what there is so far is numbered afresh.
                var dense = new DenseIndex();
                foreach (ref var key in stretch) key = (ulong)dense.Add(key, out _);
                room = (ulong)dense.Count;
                continue;
            }

            for (var start = from; start < to; start += Block)
            {
                var block = packed.AsSpan(start, Math.Min(Block, to - start));
                for (var q = first; q < last; q++)
                {
                    var width = (ulong)hierarchies[q].CodesAt(levels[q]);
                    if (width == 1) continue;
                    var codes = hierarchies[q].CodesOf(levels[q]);
                    var mine = leaves[q].AsSpan(start, block.Length);
                    for (var j = 0; j < block.Length; j++) block[j] = block[j] * width + (ulong)codes[mine[j]];
                }
            }

            first = last;
        }

        bucketBits = BitOperations.Log2((uint)Math.Max(1, stretch.Length / BucketSize));
        bucketStarts = new int[(1 << bucketBits) + 1];
        foreach (var key in stretch) bucketStarts[BucketOf(key) + 1]++;
        for (var b = 1; b < bucketStarts.Length; b++) bucketStarts[b] += bucketStarts[b - 1];
        for (var j = 0; j < stretch.Length; j++)
        {
            var at = bucketStarts[BucketOf(stretch[j])]++;
            dealtKeys[at] = stretch[j];
            dealt[at] = from + j;
        }

        for (var b = bucketStarts.Length - 1; b > 0; b--) bucketStarts[b] = bucketStarts[b - 1];
        bucketStarts[0] = 0;
    }

    // The top bits of a product spread evenly; DenseIndex uses lower ones.
    private int BucketOf(ulong key) => bucketBits == 0 ? 0 : (int)((key * 0xD6E8FEB86659FD93) >> (64 - bucketBits));

    private void Gather(ReadOnlySpan<ulong> bucket, ReadOnlySpan<int> bucketKeys)
    {
        index.Clear(bucket.Length);
        classFirst.Clear();
        classSizes.Clear();
        if (classOfDealt.Length < bucket.Length) classOfDealt = new int[bucket.Length * 2];
        for (var i = 0; i < bucket.Length; i++)
        {
            var c = index.Add(bucket[i], out var isNew);
            classOfDealt[i] = c;
            if (isNew)
            {
                classFirst.Add(bucketKeys[i]);
                classSizes.Add(sizes[bucketKeys[i]]);
            }
            else
            {
                classSizes[c] += sizes[bucketKeys[i]];
            }
        }
    }

    private void Judge(ReadOnlySpan<int> bucketKeys)
    {
        var count = classSizes.Count;
        CollectionsMarshal.SetCount(passesAlways, count);
        CollectionsMarshal.SetCount(passes, count);
        for (var c = 0; c < count; c++) passesAlways[c] = classSizes[c] >= rules.K;
        var l = rules.L;
        foreach (var column in values)
        {
            if (merged.Length < count * l) merged = new int[count * l * 2];
            merged.AsSpan(0, count * l).Fill(-1);
            for (var i = 0; i < bucketKeys.Length; i++)
            {
                var c = classOfDealt[i];
                if (!passesAlways[c] || merged[c * l + l - 1] >= 0) continue;
                foreach (var value in column.AsSpan(bucketKeys[i] * l, l))
                {
                    if (value < 0) break;
                    Include(merged.AsSpan(c * l, l), value);
                }
            }

            for (var c = 0; c < count; c++) passesAlways[c] = passesAlways[c] && merged[c * l + l - 1] >= 0;
        }

        for (var c = 0; c < count; c++) passes[c] = passesAlways[c];
        for (var h = 0; h < harmful.Length; h++)
        {
            var harmed = new int[count];
            for (var i = 0; i < bucketKeys.Length; i++) harmed[classOfDealt[i]] += harmful[h][bucketKeys[i]];
            for (var c = 0; c < count; c++) passes[c] = passes[c] && harmed[c] <= ClassRules.HarmfulCap(classSizes[c], harmfulRates[h]);
        }
    }

    private static void Include(Span<int> set, int value)
    {
        for (var i = 0; i < set.Length; i++)
        {
            if (set[i] == value) return;
            if (set[i] >= 0) continue;
            set[i] = value;
            return;
        }
    }

    private (int[][] Values, int[][] Harmful) Describe(CodedRows rows)
    {
        var found = rows.SensitiveColumns.Select(_ =>
        {
            var none = new int[KeyCount * rules.L];
            Array.Fill(none, -1);
            return none;
        }).ToArray();
        var listed = rules.Harmful.Select(h =>
        {
            var column = rows.SensitiveColumns.ToList().IndexOf(h.Column);
            if (column < 0) throw new InvalidDataException($"{h.Column} holds harmful values but is not a sensitive column.");
            return (Column: column, Code: rows.SensitiveFind(column, h.Value));
        }).ToArray();
        var harmed = listed.Select(_ => new int[KeyCount]).ToArray();
        for (var atom = 0; atom < rows.AtomCount; atom++)
        {
            var (key, size) = rows.Atom(atom);
            for (var s = 0; s < found.Length; s++) Include(found[s].AsSpan(key * rules.L, rules.L), rows.AtomSensitive(atom, s));
            for (var h = 0; h < listed.Length; h++)
                if (rows.AtomSensitive(atom, listed[h].Column) == listed[h].Code) harmed[h][key] += size;
        }

        return (found, harmed);
    }
}
