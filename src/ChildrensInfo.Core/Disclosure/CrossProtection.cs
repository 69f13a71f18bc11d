namespace ChildrensInfo.Core.Disclosure;

/// <summary>One figure of a table by several characteristics.</summary>
/// <param name="At">The code of each dimension by its number; null where all of them are taken together.</param>
public sealed record CrossCell(IReadOnlyList<int?> At, Figure Count);

/// <summary>
/// Counts by up to four characteristics, with their totals, made fit to leave: the pattern of what is hidden, found on the exact numbers.
/// </summary>
/// <remarks>
/// <para>Shown are the total, each characteristic by itself, the first two together, the last two together when there are four, and all together. Each step is
/// protected against somebody who knows every total of the step before: hidden groups are taken together as one and never stand apart again. So whatever is possible
/// for a figure in one step is possible with every figure of the others, and with those of any other table that shares with this one no more than one characteristic or one
/// such pair (<see cref="IsPart"/>).</para>
/// <para>A group all of whose children have one and the same telling value is taken together with others too: to know that a child is in it would be to know the value.</para>
/// </remarks>
public static class CrossProtection
{
    public const int MostDimensions = 4;

    /// <summary>The sets of dimensions whose combinations are shown, from the total to all of them.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> PartsOf(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MostDimensions);
        List<IReadOnlyList<int>> parts = [[], .. Enumerable.Range(0, dimensions).Select(d => (IReadOnlyList<int>)[d])];
        if (dimensions > 2) parts.Add([0, 1]);
        if (dimensions > 3) parts.Add([2, 3]);
        if (dimensions > 1) parts.Add([.. Enumerable.Range(0, dimensions)]);
        return parts;
    }

    /// <summary>Whether the combinations of these dimensions are shown with a table of so many, so that another table may share them.</summary>
    public static bool IsPart(int dimensions, IReadOnlyCollection<int> these) => PartsOf(dimensions).Any(part => part.Count == these.Count && part.All(these.Contains));

    /// <param name="sizes">How many codes each dimension has.</param>
    /// <param name="counts">Distinct children by the codes of all dimensions, the last changing fastest.</param>
    /// <param name="telling">The dimensions whose value nobody should learn of one child.</param>
    /// <returns>A figure for each combination of each part, exact or hidden; none when there are too few children for any.</returns>
    public static IReadOnlyList<CrossCell> Protect(IReadOnlyList<int> sizes, IReadOnlyList<long> counts, IReadOnlyList<bool> telling, SmallNumbers rule)
    {
        if (counts.Count != sizes.Aggregate(1, (a, b) => a * b) || telling.Count != sizes.Count) throw new ArgumentException("There must be one count for each combination of codes.", nameof(counts));
        if (counts.Sum(Counts.Check) <= rule.Threshold) return [];
        return new Steps(sizes, counts, telling, rule).Cells();
    }

    /// <summary>Rows or columns: the combinations of one or two dimensions, and which of them are hidden already.</summary>
    private sealed record Side(IReadOnlyList<int> Dimensions, int Size, bool[] Hidden);

    private sealed class Steps(IReadOnlyList<int> sizes, IReadOnlyList<long> counts, IReadOnlyList<bool> telling, SmallNumbers rule)
    {
        public IReadOnlyList<CrossCell> Cells()
        {
            var cells = new List<CrossCell>();
            var lists = Enumerable.Range(0, sizes.Count).Select(d => new Side([d], sizes[d], HiddenOf(d))).ToList();
            var pairs = new Dictionary<int, Side>();
            foreach (var part in PartsOf(sizes.Count))
            {
                var sums = Sums(part);
                Func<int, bool> isShown = part.Count switch
                {
                    0 => _ => true,
                    1 => i => !lists[part[0]].Hidden[i],
                    2 => Inside(lists[part[0]], lists[part[1]]),
                    _ => Inside(pairs[0], part.Count == 3 ? lists[2] : pairs[2]),
                };
                if (part.Count == 2) pairs[part[0]] = new Side(part, sums.Length, [.. Enumerable.Range(0, sums.Length).Select(i => !isShown(i))]);
                cells.AddRange(sums.Select((n, i) => new CrossCell(AtOf(part, i), isShown(i) ? Figure.Of(n) : Figure.Suppressed)));
            }

            return cells;
        }

        private bool[] HiddenOf(int dimension)
        {
            var list = TableProtection.Protect(new CountList("", [.. Sums([dimension]).Select(n => ("", n))]), rule);
            return [.. list.Rows.Select(r => r.Count.IsSuppressed)];
        }

        private Func<int, bool> Inside(Side rows, Side columns)
        {
            var sums = Sums([.. rows.Dimensions, .. columns.Dimensions]);
            var grid = new CubeCount[rows.Size, columns.Size];
            for (var i = 0; i < sums.Length; i++) grid[i / columns.Size, i % columns.Size] = new CubeCount { Count = sums[i] };
            var shown = CubeProtection.ShownInside(grid, c => c.Count, _ => false, [.. rows.Hidden], [.. columns.Hidden], rule, (hiddenRows, hiddenColumns) => HideTelling(grid, rows, columns, hiddenRows, hiddenColumns));
            return i => shown[i / columns.Size, i % columns.Size];
        }

        /// <summary>Takes rows and columns that would tell a value of everybody in them together with others, until what is taken together tells none either.</summary>
        private void HideTelling(CubeCount[,] grid, Side rows, Side columns, bool[] hiddenRows, bool[] hiddenColumns)
        {
            long At(int row, int column) => grid[row, column].Count;
            // Each side's change can make the other side tell, so both are looked at until neither moves.
            while (HideOn(rows, columns, hiddenRows, hiddenColumns, At) | HideOn(columns, rows, hiddenColumns, hiddenRows, (column, row) => At(row, column)))
            {
            }
        }

        /// <param name="lines">Whose groups may tell.</param>
        /// <param name="across">In whose codes a telling value would be read.</param>
        private bool HideOn(Side lines, Side across, bool[] hidden, bool[] hiddenAcross, Func<int, int, long> at)
        {
            var tells = across.Dimensions.Where(d => telling[d]).ToList();
            if (tells.Count == 0) return false;
            var all = Enumerable.Range(0, lines.Size).ToList();
            var before = hidden.Count(h => h);
            foreach (var line in all.Where(l => !hidden[l] && Tells([l]))) hidden[line] = true;
            while (hidden.Any(h => h) && Tells([.. all.Where(l => hidden[l])]))
            {
                if (!CubeProtection.LeaveSmallestOut(hidden, l => Enumerable.Range(0, across.Size).Sum(c => at(l, c))))
                {
                    Array.Fill(hidden, true);
                    break;
                }
            }

            return hidden.Count(h => h) != before;

            bool Tells(IReadOnlyList<int> together) => tells.Exists(d => Groups(d).Any(group =>
            {
                // What is taken together across cannot be read as one value, so it makes no group tell.
                var values = group.Where(c => together.Sum(l => at(l, c.Code)) > 0).Select(c => hiddenAcross[c.Code] ? -1 : c.Value).Distinct().ToList();
                return values is [>= 0];
            }));

            // The codes across that differ in the telling dimension alone.
            IEnumerable<List<(int Code, int Value)>> Groups(int d)
            {
                var inner = across.Dimensions.Count == 2 ? sizes[across.Dimensions[1]] : 1;
                var isInner = across.Dimensions.Count == 2 && across.Dimensions[1] == d;
                return Enumerable.Range(0, across.Size).Select(code => (Code: code, Value: isInner ? code % inner : code / inner, Others: isInner ? code / inner : code % inner))
                    .GroupBy(c => c.Others).Select(g => g.Select(c => (c.Code, c.Value)).ToList()).Where(g => g.Count > 1);
            }
        }

        private long[] Sums(IReadOnlyList<int> part)
        {
            var sums = new long[part.Aggregate(1, (n, d) => n * sizes[d])];
            for (var i = 0; i < counts.Count; i++)
            {
                var left = i;
                var code = new int[sizes.Count];
                for (var d = sizes.Count - 1; d >= 0; d--) (left, code[d]) = Math.DivRem(left, sizes[d]);
                sums[part.Aggregate(0, (n, d) => (n * sizes[d]) + code[d])] += counts[i];
            }

            return sums;
        }

        private int?[] AtOf(IReadOnlyList<int> part, int index)
        {
            var at = new int?[sizes.Count];
            foreach (var d in part.Reverse()) (index, at[d]) = Math.DivRem(index, sizes[d]);
            return at;
        }
    }
}
