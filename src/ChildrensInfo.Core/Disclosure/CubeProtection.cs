namespace ChildrensInfo.Core.Disclosure;

/// <summary>What is counted of one group of children. True numbers: they stay inside this folder and the calculation.</summary>
/// <param name="Count">Events or children that meet the definition.</param>
/// <param name="Rest">Those of the whole that do not.</param>
/// <param name="Children">Distinct children behind <paramref name="Count"/>.</param>
/// <param name="RestChildren">Distinct children behind <paramref name="Rest"/>.</param>
/// <param name="Heard">Of the children, those who were heard.</param>
/// <param name="OwnWords">Of those heard, those of whom there are their own words.</param>
/// <param name="Lately">Of those heard, those heard in the last weeks.</param>
/// <param name="Sum">Of the values, when a mean is measured.</param>
internal record struct CubeCount(long Count, long Rest, long Children, long RestChildren, long Heard, long OwnWords, long Lately, double Sum)
{
    public static CubeCount operator +(CubeCount a, CubeCount b) => new(
        a.Count + b.Count, a.Rest + b.Rest, a.Children + b.Children, a.RestChildren + b.RestChildren, a.Heard + b.Heard, a.OwnWords + b.OwnWords, a.Lately + b.Lately, a.Sum + b.Sum);
}

/// <summary>One slice as it may be shown: every figure rounded to the nearest 5 or hidden.</summary>
/// <param name="Whole">The denominator, of a share; of anything else the same as the count.</param>
/// <param name="Mean">With one decimal, from at least ten values.</param>
public sealed record Slice(Figure Count, Figure Whole, Figure Children, Figure Heard, Figure OwnWords, Figure Lately, double? Mean)
{
    public static readonly Slice Hidden = new(default, default, default, default, default, default, null);
}

/// <summary>One dimension: a slice for each of its groups.</summary>
internal sealed record CubeList(string Key, IReadOnlyList<CubeCount> Groups);

/// <summary>The hub by one other dimension.</summary>
internal sealed record CubePair(string Key, CubeCount[,] Counts);

/// <param name="Lists">A slice for each group of each dimension.</param>
/// <param name="Pairs">By the other dimension's key: for each group of the hub, a slice for each group of the other.</param>
public sealed record ProtectedCube(Slice Total, IReadOnlyDictionary<string, IReadOnlyList<Slice>> Lists, IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<Slice>>> Pairs);

/// <summary>
/// The one place where figures about children become figures that may be shown, whoever asks for them and whether they are looked at, printed, downloaded or sent. All
/// views of one measure on one day are protected in one call and kept, so that the same question has the same answer whichever way leads to it.
/// </summary>
/// <remarks>
/// <para>What may be asked for is a star: each dimension by itself, and one dimension, the hub, with each of the others; with what is measured that makes three.
/// First a pattern is found on the exact numbers (<see cref="TableProtection"/>): 1 to 5 are hidden, events of 1 to 5 children, whatever leaves 1 to 5, and
/// whatever else would let one of these be worked out. Lists share only their totals, which count as known. A table of the hub by another dimension is protected as if all its
/// totals were known, so whatever is possible in one table is possible with whatever is possible in another.</para>
/// <para>Then every figure, totals too, is rounded from its own number and hidden up to 7 (<see cref="Rounding"/>). Whoever sees rounded figures knows less than who saw the exact ones,
/// so the pattern still holds; and differences between two measures, two days or two editions are blurred.</para>
/// </remarks>
internal static class CubeProtection
{
    private static readonly SmallNumbers Rule = SmallNumbers.Council;

    /// <param name="isShare">Whether there is a whole beside the count.</param>
    public static ProtectedCube Protect(bool isShare, bool hasMean, string hub, IReadOnlyList<CubeList> lists, IReadOnlyList<CubePair> pairs)
    {
        var total = lists.Count == 0 ? default : lists[0].Groups.Aggregate((a, b) => a + b);
        var figures = lists.ToDictionary(l => l.Key, l => OfList(l.Groups, isShare));
        Slice Shown(Slice exact, CubeCount count)
        {
            var n = Rounding.Round(exact.Count);
            var children = n.IsSuppressed ? default : Rounding.Round(exact.Children);
            var heard = children.IsSuppressed ? default : Rounding.Round(exact.Heard);
            return new Slice(
                n, isShare ? Rounding.Round(exact.Whole) : n, children, heard, heard.IsSuppressed ? default : Rounding.Round(exact.OwnWords), heard.IsSuppressed ? default : Rounding.Round(exact.Lately),
                hasMean && !n.IsSuppressed && count.Count >= Rule.SmallestBase && count.Children >= Rule.SmallestBase ? Math.Round(count.Sum / count.Count, 1, MidpointRounding.AwayFromZero) : null);
        }

        IReadOnlyList<IReadOnlyList<Slice>> Inside(CubePair pair)
        {
            var cells = OfPair(pair.Counts, figures[hub], figures[pair.Key], isShare);
            return [.. Enumerable.Range(0, cells.GetLength(0)).Select(h => (IReadOnlyList<Slice>)[.. Enumerable.Range(0, cells.GetLength(1)).Select(g => Shown(cells[h, g], pair.Counts[h, g]))])];
        }

        return new ProtectedCube(
            Shown(Of(total, isShare), total), lists.ToDictionary(l => l.Key, l => (IReadOnlyList<Slice>)[.. l.Groups.Zip(figures[l.Key], (count, exact) => Shown(exact, count))]), pairs.ToDictionary(p => p.Key, Inside));
    }

    /// <summary>The values of one field, of things that have one value each or several, with how many children are behind each and how many of these were heard.</summary>
    /// <param name="total">As it is shown with the cube.</param>
    public static IReadOnlyList<(Figure Count, Figure Children, Figure Heard)> ProtectValues(IReadOnlyList<(long Count, long Children, long Heard)> values, bool overlaps, Figure total)
    {
        if (values.Count == 0 || total.IsSuppressed) return [.. values.Select(_ => (Figure.Suppressed, Figure.Suppressed, Figure.Suppressed))];
        IEnumerable<(Figure Count, Figure Children, Figure Heard)> exact;
        if (overlaps)
        {
            // No value is what the others leave of the whole, so each is looked at by itself.
            exact = values.Select(v => (IsFew(v.Count, v.Children) ? default : Figure.Of(v.Count), Alone(v.Children), Part(v.Heard, v.Children)));
        }
        else
        {
            var counts = TableProtection.Protect(new CountList("", [.. values.Select(v => ("", v.Count))]) { Few = [.. values.Select(v => IsFew(v.Count, v.Children))] }, Rule).Rows;
            var heard = TableProtection.ProtectShares([new ShareList("", [.. values.Select((v, i) => ($"{i}", v.Children, v.Heard))])], Rule)[0].Rows;
            exact = counts.Zip(heard, (c, h) => (c.Count, h.Children, h.Having));
        }

        return [.. exact.Select(v =>
        {
            var count = Rounding.Round(v.Count);
            var children = count.IsSuppressed ? default : Rounding.Round(v.Children);
            return (count, children, children.IsSuppressed ? default : Rounding.Round(v.Heard));
        })];
    }

    /// <summary>
    /// How many of the children heard spoke of something, in all and by the groups of one dimension. In each group those who did not must not be few either, and
    /// never is one group alone hidden beside the total.
    /// </summary>
    public static (Figure Total, IReadOnlyList<Figure> Groups) ProtectMentions(IReadOnlyList<(long Children, long Heard)> groups)
    {
        var total = Part(groups.Sum(g => g.Children), groups.Sum(g => g.Heard));
        if (total.IsSuppressed) return (total, [.. groups.Select(_ => Figure.Suppressed)]);
        var shown = groups.Select(g => Part(g.Children, g.Heard)).ToArray();
        if (shown.Count(f => f.IsSuppressed) == 1)
        {
            var smallest = Enumerable.Range(0, shown.Length).Where(g => shown[g].TryGet(out var n) && n > 0).OrderBy(g => groups[g].Children).FirstOrDefault(-1);
            if (smallest >= 0) shown[smallest] = Figure.Suppressed;
        }

        return (Rounding.Round(total), [.. shown.Select(Rounding.Round)]);
    }

    private static bool IsFew(long count, long children) => Rule.IsSmall(count) || (count > 0 && Rule.IsSmall(children));

    private static Slice Of(CubeCount total, bool isShare)
    {
        Figure One(long count, long children) => IsFew(count, children) ? default : Figure.Of(count);
        var (count, rest) = (One(total.Count, total.Children), One(total.Rest, total.RestChildren));
        var whole = total.Count + total.Rest;
        var shown = isShare && rest.IsSuppressed ? default : count;
        return new Slice(
            shown, isShare ? (IsFew(whole, Math.Max(total.Children, total.RestChildren)) ? default : Figure.Of(whole)) : shown, Alone(total.Children), Part(total.Heard, total.Children), Part(total.OwnWords, total.Heard), Part(total.Lately, total.Heard), null);
    }

    private static Figure Alone(long count) => Rule.IsSmall(count) ? default : Figure.Of(count);

    private static Figure Part(long having, long of) => Rule.IsSmall(having) || Rule.IsSmall(of - having) ? default : Figure.Of(having);

    private static IReadOnlyList<Slice> OfList(IReadOnlyList<CubeCount> groups, bool isShare)
    {
        var labels = Enumerable.Range(0, groups.Count).Select(i => $"{i}").ToArray();
        var (counts, wholes) = Shares(labels, groups, isShare);
        ProtectedShares Having(Func<CubeCount, long> of, Func<CubeCount, long> having) =>
            TableProtection.ProtectShares([new ShareList("", [.. groups.Select((g, i) => (labels[i], of(g), having(g)))])], Rule)[0];
        var heard = Having(g => g.Children, g => g.Heard);
        var own = Having(g => g.Heard, g => g.OwnWords);
        var lately = Having(g => g.Heard, g => g.Lately);
        return [.. groups.Select((_, g) => new Slice(counts[g], wholes[g], heard.Rows[g].Children, heard.Rows[g].Having, own.Rows[g].Having, lately.Rows[g].Having, null))];
    }

    private static (Figure[] Counts, Figure[] Wholes) Shares(string[] labels, IReadOnlyList<CubeCount> groups, bool isShare)
    {
        var all = groups.Aggregate(default(CubeCount), (a, b) => a + b);
        var hidden = new Figure[groups.Count];
        if (isShare && !IsFew(all.Count, all.Children) && !IsFew(all.Rest, all.RestChildren))
        {
            var table = TableProtection.ProtectKnownColumns(new CountTable(labels, ["in", "rest"], Grid(groups.Count, 2, (g, c) => c == 0 ? groups[g].Count : groups[g].Rest))
            {
                Few = Grid(groups.Count, 2, (g, c) => c == 0 ? IsFew(groups[g].Count, groups[g].Children) : IsFew(groups[g].Rest, groups[g].RestChildren)),
            }, Rule);
            if (table.Publication == Publication.Table) return ([.. labels.Select((_, g) => table[g, 0])], [.. table.RowTotals]);
        }

        // Without a share, or when hardly any or all but hardly any are in it: the whole by itself.
        var alone = TableProtection.Protect(
            new CountList("", [.. groups.Select((g, i) => (labels[i], g.Count + g.Rest))]) { Few = [.. groups.Select(g => IsFew(g.Count + g.Rest, Math.Max(g.Children, g.RestChildren)))] }, Rule);
        Figure[] wholes = [.. alone.Rows.Select(r => r.Count)];
        return (isShare ? hidden : wholes, wholes);
    }

    private static Slice[,] OfPair(CubeCount[,] counts, IReadOnlyList<Slice> byHub, IReadOnlyList<Slice> byOther, bool isShare)
    {
        var (height, width) = (counts.GetLength(0), counts.GetLength(1));
        var numbers = Inside(c => c.Count, c => IsFew(c.Count, c.Children), byHub, byOther, s => s.Count);
        var rest = isShare ? Inside(c => c.Rest, c => IsFew(c.Rest, c.RestChildren), byHub, byOther, s => s.Count.IsSuppressed ? default : s.Whole) : null;
        var heard = Inside(c => c.Heard, _ => false, byHub, byOther, s => s.Heard);
        var unheard = Inside(c => c.Children - c.Heard, _ => false, byHub, byOther, s => s.Heard);
        return Grid(height, width, (h, g) =>
        {
            var shown = numbers[h, g] && (rest is null || rest[h, g]);
            var said = heard[h, g] && unheard[h, g];
            var count = counts[h, g];
            return new Slice(
                shown ? Figure.Of(count.Count) : default, shown ? Figure.Of(count.Count + (isShare ? count.Rest : 0)) : default,
                said ? Figure.Of(count.Children) : default, said ? Figure.Of(count.Heard) : default, default, default, null);
        });

        bool[,] Inside(Func<CubeCount, long> number, Func<CubeCount, bool> few, IReadOnlyList<Slice> rows, IReadOnlyList<Slice> columns, Func<Slice, Figure> known) =>
            ShownInside(counts, number, few, [.. rows.Select(s => known(s).IsSuppressed)], [.. columns.Select(s => known(s).IsSuppressed)], Rule);
    }

    /// <summary>
    /// Which cells of a table can be shown to somebody who knows every total of its rows and columns, the hidden ones taken together as one row and one column.
    /// </summary>
    /// <param name="alsoHide">Hides further rows and columns of those given before each attempt, or nothing.</param>
    internal static bool[,] ShownInside(
        CubeCount[,] counts, Func<CubeCount, long> number, Func<CubeCount, bool> few, bool[] hiddenRows, bool[] hiddenColumns, SmallNumbers rule, Action<bool[], bool[]>? alsoHide = null)
    {
        var (height, width) = (counts.GetLength(0), counts.GetLength(1));
        while (true)
        {
            alsoHide?.Invoke(hiddenRows, hiddenColumns);
            var (rowOf, rowCount) = Merge(hiddenRows);
            var (columnOf, columnCount) = Merge(hiddenColumns);
            var sums = new CubeCount[rowCount, columnCount];
            for (var h = 0; h < height; h++)
                for (var g = 0; g < width; g++) sums[rowOf[h], columnOf[g]] += counts[h, g];
            var table = TableProtection.ProtectInside(
                new CountTable([.. Enumerable.Range(0, rowCount).Select(i => $"{i}")], [.. Enumerable.Range(0, columnCount).Select(i => $"{i}")], Grid(rowCount, columnCount, (r, c) => number(sums[r, c]))) { Few = Grid(rowCount, columnCount, (r, c) => few(sums[r, c])) }, rule);
            if (table.Publication == Publication.Table) return Grid(height, width, (h, g) => !hiddenRows[h] && !hiddenColumns[g] && !table[rowOf[h], columnOf[g]].IsSuppressed);
            // One small group can make a whole table unsafe: then the smallest are left out whole, noughts too, until the rest is safe.
            var left = LeaveSmallestOut(hiddenRows, h => Enumerable.Range(0, width).Sum(g => number(counts[h, g])));
            left |= LeaveSmallestOut(hiddenColumns, g => Enumerable.Range(0, height).Sum(h => number(counts[h, g])));
            if (!left) return new bool[height, width];
        }
    }

    /// <returns>False when there would be nothing left to show.</returns>
    internal static bool LeaveSmallestOut(bool[] hidden, Func<int, long> size)
    {
        var shown = Enumerable.Range(0, hidden.Length).Where(i => !hidden[i]).OrderBy(size).ThenBy(i => i).ToList();
        if (shown.Count < 2) return false;
        hidden[shown[0]] = true;
        return true;
    }

    /// <summary>Where each row stands once the hidden ones are one row, the last.</summary>
    private static (int[] Position, int Count) Merge(bool[] hidden)
    {
        var count = 0;
        var position = hidden.Select(h => h ? -1 : count++).ToArray();
        if (!position.Contains(-1)) return (position, count);
        return ([.. position.Select(p => p < 0 ? count : p)], count + 1);
    }

    private static T[,] Grid<T>(int height, int width, Func<int, int, T> make)
    {
        var grid = new T[height, width];
        for (var r = 0; r < height; r++)
            for (var c = 0; c < width; c++) grid[r, c] = make(r, c);
        return grid;
    }
}
