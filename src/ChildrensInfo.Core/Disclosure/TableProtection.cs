namespace ChildrensInfo.Core.Disclosure;

/// <summary>
/// Counts of children made fit to show: small numbers hidden, so are numbers whose remainder is small, and so is whatever
/// else would let a hidden small number be worked out from totals. The same counts always give the same pattern.
/// </summary>
/// <remarks>
/// What is promised for every hidden small figure: from everything published in the same call, knowing that noughts are
/// always shown, it cannot be told from a number above the threshold; and a child or family who knows itself to be the
/// "1" in another figure cannot work it out exactly. Tables of one population that are published side by side must be
/// protected in one call; tables of populations that differ by few children are not protected from each other.
/// </remarks>
public static class TableProtection
{
    public static ProtectedTable Protect(CountTable table, SmallNumbers rule) => Protect(table, rule, columnTotalsStay: false);

    public static ProtectedList Protect(CountList list, SmallNumbers rule) => ProtectTogether([list], rule)[0];

    /// <summary>
    /// Several lists of the same children. Their shared total is shown, so lists protected against that total are
    /// protected against one another: it is the only thing that links them.
    /// </summary>
    /// <exception cref="ArgumentException">The lists do not count the same number of children.</exception>
    public static IReadOnlyList<ProtectedList> ProtectTogether(IReadOnlyList<CountList> lists, SmallNumbers rule)
    {
        RequireSame(lists.Select(l => l.Total));
        return lists.Select(list => ProtectOne(list, rule)).ToList();
    }

    /// <summary>
    /// By group and in all, how many children there are and how many have something, for several groupings of the same
    /// children. Counts and parts are protected together, so publish these counts and not others beside them.
    /// </summary>
    /// <exception cref="ArgumentException">The groupings do not count the same children.</exception>
    public static IReadOnlyList<ProtectedShares> ProtectShares(IReadOnlyList<ShareList> lists, SmallNumbers rule)
    {
        RequireSame(lists.Select(l => l.Rows.Sum(r => r.Children)));
        RequireSame(lists.Select(l => l.Rows.Sum(r => r.Having)));
        return lists.Select(list => ProtectOne(list, rule)).ToList();
    }

    /// <summary>A table whose column totals are shown elsewhere too, so that none of them may be hidden.</summary>
    public static ProtectedTable ProtectKnownColumns(CountTable table, SmallNumbers rule) => Protect(table, rule, columnTotalsStay: true);

    /// <summary>
    /// The inside of a table whose totals readers know already from elsewhere: none of them may be hidden, and none of them helps to work out
    /// what is hidden inside.
    /// </summary>
    public static ProtectedTable ProtectInside(CountTable table, SmallNumbers rule) => Protect(table, rule, columnTotalsStay: true, rowTotalsStay: true);

    /// <summary>
    /// Several tables of the same children by the same columns, to be shown side by side. Their column totals stand in every one of them, so none
    /// may be hidden: put a column that is too small together with others first.
    /// </summary>
    /// <exception cref="ArgumentException">The tables do not count the same children by the same columns, or a column is too small to be shown.</exception>
    public static IReadOnlyList<ProtectedTable> ProtectByColumns(IReadOnlyList<CountTable> tables, SmallNumbers rule)
    {
        long Total(CountTable table, int column) => Enumerable.Range(0, table.Rows.Count).Sum(row => table[row, column]);
        for (var column = 0; column < tables[0].Columns.Count; column++)
        {
            var totals = tables.Select(t => Total(t, column)).ToList();
            RequireSame(totals);
            var whole = Enumerable.Range(0, tables[0].Columns.Count).Sum(c => Total(tables[0], c));
            if (rule.IsSmall(totals[0]) || (totals[0] > 0 && rule.IsSmall(whole - totals[0]))) throw new ArgumentException("A column that all tables share is too small to be shown.", nameof(tables));
        }

        return [.. tables.Select(t => Protect(t, rule, columnTotalsStay: true))];
    }

    private static ProtectedTable Protect(CountTable table, SmallNumbers rule, bool columnTotalsStay, bool rowTotalsStay = false)
    {
        int height = table.Rows.Count, width = table.Columns.Count;
        var rowTotals = new long[height];
        var columnTotals = new long[width];
        for (var r = 0; r < height; r++)
        {
            for (var c = 0; c < width; c++)
            {
                rowTotals[r] += table[r, c];
                columnTotals[c] += table[r, c];
            }
        }

        var total = rowTotals.Sum();
        if (total <= rule.Threshold) return Blank(table, Publication.Nothing, Figure.Suppressed);

        bool Primary(long count, long whole) => rule.IsSmall(count) || (count > 0 && rule.IsSmall(whole - count));

        // Nodes: 0 the total as the sum of rows, 1 the total as the sum of columns, then the rows, then the columns. The
        // total is published, so nothing more can flow between 0 and 1.
        int firstRow = 2, firstColumn = 2 + height;
        var network = new FlowProtection(firstColumn + width, rule.Threshold);
        var cells = new int[height, width];
        var rows = new int[height];
        var columns = new int[width];
        for (var r = 0; r < height; r++)
        {
            for (var c = 0; c < width; c++)
            {
                var primary = Primary(table[r, c], rowTotals[r]) || Primary(table[r, c], columnTotals[c]) || table.Few?[r, c] == true;
                cells[r, c] = network.Add(firstRow + r, firstColumn + c, table[r, c], false, true, primary);
            }
        }

        for (var r = 0; r < height; r++)
            rows[r] = network.Add(0, firstRow + r, rowTotals[r], true, !rowTotalsStay, !rowTotalsStay && Primary(rowTotals[r], total));
        for (var c = 0; c < width; c++)
            columns[c] = network.Add(firstColumn + c, 1, columnTotals[c], true, !columnTotalsStay, !columnTotalsStay && Primary(columnTotals[c], total));

        if (!network.Protect()) return Blank(table, Publication.TotalOnly, Figure.Of(total));

        Figure Show(int edge, long count) => network.IsHidden(edge) ? Figure.Suppressed : Figure.Of(count);
        return new ProtectedTable(
            Publication.Table,
            table.Rows,
            table.Columns,
            Enumerable.Range(0, height).Select(r => (IReadOnlyList<Figure>)Enumerable.Range(0, width).Select(c => Show(cells[r, c], table[r, c])).ToArray()).ToArray(),
            rowTotals.Select((n, r) => Show(rows[r], n)).ToArray(),
            columnTotals.Select((n, c) => Show(columns[c], n)).ToArray(),
            Figure.Of(total),
            FindGroups(table));
    }

    private static ProtectedTable Blank(CountTable table, Publication publication, Figure total) => new(
        publication,
        table.Rows,
        table.Columns,
        table.Rows.Select(_ => (IReadOnlyList<Figure>)new Figure[table.Columns.Count]).ToArray(),
        new Figure[table.Rows.Count],
        new Figure[table.Columns.Count],
        total,
        []);

    private static List<GroupDisclosure> FindGroups(CountTable table)
    {
        var found = new List<GroupDisclosure>();
        // With one category there is nothing to tell apart.
        if (table.Columns.Count > 1)
        {
            for (var r = 0; r < table.Rows.Count; r++)
            {
                var filled = Enumerable.Range(0, table.Columns.Count).Where(c => table[r, c] > 0).Take(2).ToList();
                if (filled.Count == 1) found.Add(new GroupDisclosure(true, table.Rows[r], table.Columns[filled[0]]));
            }
        }

        if (table.Rows.Count > 1)
        {
            for (var c = 0; c < table.Columns.Count; c++)
            {
                var filled = Enumerable.Range(0, table.Rows.Count).Where(r => table[r, c] > 0).Take(2).ToList();
                if (filled.Count == 1) found.Add(new GroupDisclosure(false, table.Columns[c], table.Rows[filled[0]]));
            }
        }

        return found;
    }

    private static ProtectedList ProtectOne(CountList list, SmallNumbers rule)
    {
        if (list.Total <= rule.Threshold) return Result(Publication.Nothing, _ => Figure.Suppressed, Figure.Suppressed);
        var total = Figure.Of(list.Total);
        bool Primary(long count) => rule.IsSmall(count) || (count > 0 && rule.IsSmall(list.Total - count));

        // A row of an overlapping list tells of no other row, so there is nothing to hide but the row itself.
        if (list.IsOverlapping) return Result(Publication.Table, r => Primary(list.Rows[r].Count) ? Figure.Suppressed : Figure.Of(list.Rows[r].Count), total);

        var network = new FlowProtection(2, rule.Threshold);
        var edges = list.Rows.Select((r, i) => network.Add(0, 1, r.Count, false, true, Primary(r.Count) || list.Few?[i] == true)).ToArray();
        return network.Protect()
            ? Result(Publication.Table, r => network.IsHidden(edges[r]) ? Figure.Suppressed : Figure.Of(list.Rows[r].Count), total)
            : Result(Publication.TotalOnly, _ => Figure.Suppressed, total);

        ProtectedList Result(Publication publication, Func<int, Figure> figure, Figure whole) => new(
            list.Name,
            publication,
            list.Rows.Select((row, r) => new ProtectedRow(row.Label, figure(r), figure(r).ShareOf(whole, rule))).ToArray(),
            whole);
    }

    private static ProtectedShares ProtectOne(ShareList list, SmallNumbers rule)
    {
        var children = list.Rows.Sum(r => r.Children);
        var having = list.Rows.Sum(r => r.Having);
        // When hardly any, or all but hardly any, have it, the total of those who have it cannot be shown, and it links
        // the groupings to one another; then no part is shown anywhere.
        if (!rule.IsSmall(having) && !rule.IsSmall(children - having))
        {
            var counts = new long[list.Rows.Count, 2];
            for (var r = 0; r < list.Rows.Count; r++)
            {
                counts[r, 0] = list.Rows[r].Having;
                counts[r, 1] = list.Rows[r].Children - list.Rows[r].Having;
            }

            // The total who have it is shown with every grouping, so none of them may count on hiding it.
            var table = Protect(new CountTable(list.Rows.Select(r => r.Label).ToArray(), ["have", "have not"], counts), rule, columnTotalsStay: true);
            if (table.Publication == Publication.Table)
            {
                return Result(Publication.Table, r => table.RowTotals[r], r => table[r, 0], table.Total, Figure.Of(having),
                    list.Rows.Where(r => r.Children > 0 && (r.Having == 0 || r.Having == r.Children)).Select(r => r.Label).ToArray());
            }
        }

        var alone = ProtectOne(new CountList(list.Name, list.Rows.Select(r => (r.Label, r.Children)).ToArray()), rule);
        var partShown = alone.Publication != Publication.Nothing && !rule.IsSmall(having) && !rule.IsSmall(children - having);
        return Result(alone.Publication, r => alone.Rows[r].Count, _ => Figure.Suppressed, alone.Total, partShown ? Figure.Of(having) : Figure.Suppressed, []);

        ProtectedShares Result(Publication publication, Func<int, Figure> whole, Func<int, Figure> part, Figure total, Figure partTotal, IReadOnlyList<string> allOrNone) => new(
            list.Name,
            publication,
            list.Rows.Select((row, r) => Share(row.Label, whole(r), part(r))).ToArray(),
            Share("Total", total, partTotal),
            allOrNone);

        ProtectedShare Share(string label, Figure whole, Figure part) => new(label, whole, part, part.ShareOf(whole, rule));
    }

    private static void RequireSame(IEnumerable<long> totals)
    {
        if (totals.Distinct().Count() > 1)
            throw new ArgumentException("Lists protected together must count the same children.", nameof(totals));
    }
}
