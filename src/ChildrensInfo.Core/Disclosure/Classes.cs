namespace ChildrensInfo.Core.Disclosure;

/// <summary>Rows gathered by what they look like at certain levels. Each class is known by the leaves of one of its rows, which is enough, because levels nest.</summary>
internal sealed class Classes
{
    public required int[][] Leaves { get; init; }

    public required int[] Sizes { get; init; }

    /// <summary>By sensitive column, up to l different values of each class, -1 where there are fewer.</summary>
    public required int[][] Values { get; init; }

    /// <summary>By harmful value, the rows of each class that have it.</summary>
    public required int[][] Harmful { get; init; }

    public int Count => Sizes.Length;
}

/// <summary>What a choice of levels costs.</summary>
internal readonly record struct Outcome(long FailingAlways, double LossAlways, long Failing, double Loss, int Passing);

/// <summary>Gathers classes at chosen levels and counts what fails. One instance is used by one thread; buffers are reused.</summary>
internal sealed class ClassCounter
{
    private readonly IReadOnlyList<Hierarchy> hierarchies;
    private readonly ClassRules rules;
    private readonly double[] harmfulRates;
    private readonly long total;
    private readonly ulong[] keys;
    private readonly int[] classOf;
    private readonly int[] firstOf;
    private readonly int[] direct;
    private readonly DenseIndex index;

    public ClassCounter(CodedRows rows, ClassRules rules)
    {
        hierarchies = rows.QuasiIdentifiers;
        this.rules = rules;
        total = rows.Count;
        var n = rows.KeyCount;
        keys = new ulong[n];
        classOf = new int[n];
        firstOf = new int[n];
        direct = new int[Math.Max(1 << 16, 2 * n)];
        index = new DenseIndex(1 << 12);
        Finest = Start(rows);
        harmfulRates = Finest.Harmful.Select(h => (double)h.Sum(c => (long)c) / total).ToArray();
    }

    /// <summary>Every combination that occurs, a class of its own.</summary>
    public Classes Finest { get; }

    /// <summary>For each class of <paramref name="from"/> the number of its class at the levels; the array is reused.</summary>
    public ReadOnlySpan<int> Gather(Classes from, int[] levels, out int count)
    {
        var n = from.Count;
        var packed = keys.AsSpan(0, n);
        packed.Clear();
        ulong room = 1;
        for (var q = 0; q < levels.Length; q++)
        {
            var codes = hierarchies[q].CodesOf(levels[q]);
            var width = (ulong)hierarchies[q].CodesAt(levels[q]);
            if (width == 1) continue;
            if (room > (ulong)long.MaxValue / width)
            {
                index.Clear();
                for (var j = 0; j < n; j++) packed[j] = (ulong)index.Add(packed[j], out _);
                room = (ulong)index.Count;
            }

            var leaves = from.Leaves[q];
            for (var j = 0; j < n; j++) packed[j] = packed[j] * width + (ulong)codes[leaves[j]];
            room *= width;
        }

        count = 0;
        if (room <= (ulong)direct.Length)
        {
            // Few enough possible classes to count them in place.
            Array.Clear(direct, 0, (int)room);
            for (var j = 0; j < n; j++)
            {
                ref var number = ref direct[packed[j]];
                if (number == 0)
                {
                    firstOf[count] = j;
                    number = ++count;
                }

                classOf[j] = number - 1;
            }
        }
        else
        {
            index.Clear();
            for (var j = 0; j < n; j++)
            {
                classOf[j] = index.Add(packed[j], out var isNew);
                if (isNew) firstOf[count++] = j;
            }
        }

        return classOf.AsSpan(0, n);
    }

    /// <summary>The classes at the levels, from finer ones.</summary>
    public Classes Coarsen(Classes from, int[] levels)
    {
        var of = Gather(from, levels, out var count);
        var leaves = from.Leaves.Select(old =>
        {
            var mine = new int[count];
            for (var c = 0; c < count; c++) mine[c] = old[firstOf[c]];
            return mine;
        }).ToArray();
        return new Classes { Leaves = leaves, Sizes = Sum(from.Sizes, of, count), Values = from.Values.Select(v => Merge(v, classOf, from.Count, count, null)).ToArray(), Harmful = from.Harmful.Select(h => Sum(h, classOf.AsSpan(0, from.Count), count)).ToArray() };
    }

    public Outcome Evaluate(Classes from, int[] levels) => Evaluate(from, levels, out _);

    /// <param name="passes">For each class at the levels, in the order of <see cref="Gather"/>, whether it is let out.</param>
    public Outcome Evaluate(Classes from, int[] levels, out bool[] passes)
    {
        var of = Gather(from, levels, out var count);
        var sizes = Sum(from.Sizes, of, count);
        var passesAlways = new bool[count];
        for (var c = 0; c < count; c++) passesAlways[c] = sizes[c] >= rules.K;
        foreach (var column in from.Values)
        {
            var merged = Merge(column, classOf, from.Count, count, passesAlways);
            for (var c = 0; c < count; c++) passesAlways[c] &= merged[c * rules.L + rules.L - 1] >= 0;
        }

        passes = passesAlways;
        if (from.Harmful.Length > 0)
        {
            passes = (bool[])passesAlways.Clone();
            for (var h = 0; h < from.Harmful.Length; h++)
            {
                var harmed = Sum(from.Harmful[h], classOf.AsSpan(0, from.Count), count);
                for (var c = 0; c < count; c++) passes[c] &= harmed[c] <= ClassRules.HarmfulCap(sizes[c], harmfulRates[h]);
            }
        }

        long failingAlways = 0, failing = 0;
        double lostAlways = 0, lost = 0;
        var passing = 0;
        for (var c = 0; c < count; c++)
        {
            if (passes[c])
            {
                passing++;
                continue;
            }

            var share = 0.0;
            for (var q = 0; q < levels.Length; q++) share += hierarchies[q].SharesAt(levels[q])[from.Leaves[q][firstOf[c]]];
            var cost = sizes[c] * (1 - share / levels.Length);
            failing += sizes[c];
            lost += cost;
            if (passesAlways[c]) continue;
            failingAlways += sizes[c];
            lostAlways += cost;
        }

        return new Outcome(failingAlways, lostAlways / total, failing, lost / total, passing);
    }

    private static int[] Sum(int[] what, ReadOnlySpan<int> of, int count)
    {
        var sums = new int[count];
        for (var j = 0; j < of.Length; j++) sums[of[j]] += what[j];
        return sums;
    }

    private int[] Merge(int[] values, int[] of, int from, int count, bool[]? only)
    {
        var l = rules.L;
        var merged = new int[count * l];
        Array.Fill(merged, -1);
        for (var j = 0; j < from; j++)
        {
            var c = of[j];
            if (only is not null && !only[c]) continue;
            var mine = merged.AsSpan(c * l, l);
            if (mine[l - 1] >= 0) continue;
            foreach (var value in values.AsSpan(j * l, l))
            {
                if (value < 0) break;
                Include(mine, value);
            }
        }

        return merged;
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

    private Classes Start(CodedRows rows)
    {
        var n = rows.KeyCount;
        var values = rows.SensitiveColumns.Select(_ =>
        {
            var none = new int[n * rules.L];
            Array.Fill(none, -1);
            return none;
        }).ToArray();
        var listed = rules.Harmful.Select(h =>
        {
            var column = rows.SensitiveColumns.ToList().IndexOf(h.Column);
            if (column < 0) throw new InvalidDataException($"{h.Column} holds harmful values but is not a sensitive column.");
            return (Column: column, Code: rows.SensitiveFind(column, h.Value));
        }).ToArray();
        var harmful = listed.Select(_ => new int[n]).ToArray();
        for (var atom = 0; atom < rows.AtomCount; atom++)
        {
            var (key, size) = rows.Atom(atom);
            for (var s = 0; s < values.Length; s++) Include(values[s].AsSpan(key * rules.L, rules.L), rows.AtomSensitive(atom, s));
            for (var h = 0; h < listed.Length; h++)
                if (rows.AtomSensitive(atom, listed[h].Column) == listed[h].Code) harmful[h][key] += size;
        }

        return new Classes
        {
            Leaves = Enumerable.Range(0, hierarchies.Count).Select(rows.KeyCodes).ToArray(),
            Sizes = rows.KeySizes.ToArray(),
            Values = values,
            Harmful = harmful,
        };
    }
}
