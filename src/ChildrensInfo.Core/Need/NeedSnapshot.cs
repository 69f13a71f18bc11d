using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Need;

/// <summary>A row of a view: how many children, and what share of them was heard.</summary>
public sealed record NeedRow(NeedGroup Group, Figure Children, Figure HeardChildren, Percentage Heard);

/// <summary>
/// Every figure about one day that may be shown, protected once for all the views there are, so that no two views can be taken from each
/// other. What may be asked for is a star and no more: each dimension by itself, and primary need with each of the others.
/// </summary>
/// <remarks>
/// Why that is safe. The lists by one dimension are protected together. A table of need by another dimension is protected as if every total of it,
/// and how many of each total were heard, were known, with the groups that the lists hide taken as one group. Two tables have only primary need and
/// having been heard in common, which count as known; so whatever hidden figures are possible in one are possible with whatever is
/// possible in another, and no table helps to work out another. A third dimension in one view, or age by ethnicity beside both by need, would close the circle.
/// </remarks>
public sealed class NeedSnapshot
{
    private static readonly SmallNumbers Rule = SmallNumbers.Council;
    private readonly IReadOnlyDictionary<NeedDimension, ProtectedShares> lists;
    private readonly IReadOnlyDictionary<NeedDimension, NeedRow[,]> byNeed;

    private NeedSnapshot(IReadOnlyDictionary<NeedDimension, ProtectedShares> lists, IReadOnlyDictionary<NeedDimension, NeedRow[,]> byNeed)
    {
        this.lists = lists;
        this.byNeed = byNeed;
    }

    public Figure Children => lists[NeedDimension.PrimaryNeed].Total.Children;

    public Percentage Heard => lists[NeedDimension.PrimaryNeed].Total.Share;

    /// <param name="cells">Distinct children by the five groupings (as positions in their groups) and whether they were heard.</param>
    internal static NeedSnapshot Of(IReadOnlyCollection<NeedCell> cells)
    {
        var counts = NeedDimension.All.Select(dimension => (Dimension: dimension, Rows: dimension.Groups.Select((group, g) => (
            group.Label,
            cells.Where(c => c.At(dimension) == g).Sum(c => c.Children),
            cells.Where(c => c.At(dimension) == g && c.Heard).Sum(c => c.Children))).ToList())).ToList();
        var shares = TableProtection.ProtectShares([.. counts.Select(c => new ShareList(c.Dimension.Name, c.Rows))], Rule);
        var lists = NeedDimension.All.Zip(shares).ToDictionary(pair => pair.First, pair => pair.Second);
        var byNeed = NeedDimension.All.Where(d => d != NeedDimension.PrimaryNeed).ToDictionary(d => d, d => Cross(d, lists[NeedDimension.PrimaryNeed], lists[d], cells));
        return new NeedSnapshot(lists, byNeed);
    }

    /// <summary>
    /// The children of the year to a day. They are protected like those of the day, then rounded, since most of them are those of the day.
    /// Every figure, totals too, is rounded from its own number; shares come from the rounded figures.
    /// </summary>
    internal static NeedSnapshot ThroughYear(IReadOnlyCollection<NeedCell> cells, NeedSnapshot onDay)
    {
        var exact = Of(cells);
        var rounding = new YearRounding();
        var total = rounding.Add(exact.Children, onDay.Children);
        var rows = NeedDimension.All.ToDictionary(d => d, d => d.Groups.Select((_, g) => rounding.Add(exact.lists[d].Rows[g].Children, onDay.lists[d].Rows[g].Children)).ToArray());
        foreach (var dimension in NeedDimension.All) rounding.AddLine(total, rows[dimension]);
        var inside = exact.byNeed.ToDictionary(pair => pair.Key, pair => Each(pair.Value, (n, g, row) => rounding.Add(row.Children, onDay.byNeed[pair.Key][n, g].Children)));
        foreach (var (dimension, indexes) in inside)
        {
            var (needs, groups) = (NeedDimension.PrimaryNeed.Groups.Count, dimension.Groups.Count);
            for (var n = 0; n < needs; n++) rounding.AddLine(rows[NeedDimension.PrimaryNeed][n], Enumerable.Range(0, groups).Select(g => indexes[n, g]));
            for (var g = 0; g < groups; g++) rounding.AddLine(rows[dimension][g], Enumerable.Range(0, needs).Select(n => indexes[n, g]));
        }

        rounding.Settle();
        ProtectedShare Share(ProtectedShare share, int index)
        {
            var having = YearRounding.Round(share.Having);
            return share with { Children = rounding[index], Having = having, Share = share.Share.IsSuppressed ? share.Share : having.ShareOf(rounding[index], Rule) };
        }

        var lists = NeedDimension.All.ToDictionary(d => d, d => exact.lists[d] with
        {
            Rows = [.. exact.lists[d].Rows.Select((row, g) => Share(row, rows[d][g]))],
            Total = Share(exact.lists[d].Total, total),
        });
        var byNeed = exact.byNeed.ToDictionary(pair => pair.Key, pair => Each(pair.Value, (n, g, row) =>
        {
            var children = rounding[inside[pair.Key][n, g]];
            return row with { Children = children, HeardChildren = YearRounding.Round(row.HeardChildren), Heard = row.Heard.IsSuppressed ? row.Heard : YearRounding.Round(row.HeardChildren).ShareOf(children, Rule) };
        }));
        return new NeedSnapshot(lists, byNeed);
    }

    private static T[,] Each<T>(NeedRow[,] rows, Func<int, int, NeedRow, T> make)
    {
        var made = new T[rows.GetLength(0), rows.GetLength(1)];
        for (var n = 0; n < made.GetLength(0); n++)
            for (var g = 0; g < made.GetLength(1); g++) made[n, g] = make(n, g, rows[n, g]);
        return made;
    }

    /// <summary>The rows of one dimension within a filter; null where the two may not be shown together.</summary>
    public IReadOnlyList<NeedRow>? Rows(NeedDimension dimension, NeedFilter? filter)
    {
        if (filter is null) return [.. dimension.Groups.Select((group, g) => new NeedRow(group, lists[dimension].Rows[g].Children, lists[dimension].Rows[g].Having, lists[dimension].Rows[g].Share))];
        var at = filter.Dimension.IndexOf(filter.Group.Key);
        if (dimension == filter.Dimension) return null;
        if (filter.Dimension == NeedDimension.PrimaryNeed) return [.. dimension.Groups.Select((_, g) => byNeed[dimension][at, g])];
        if (dimension == NeedDimension.PrimaryNeed) return [.. dimension.Groups.Select((group, g) => byNeed[filter.Dimension][g, at] with { Group = group })];
        return null;
    }

    /// <summary>How many children a view is of, and what share of them was heard.</summary>
    public (Figure Children, Figure HeardChildren, Percentage Heard) Total(NeedFilter? filter)
    {
        var row = filter is null ? lists[NeedDimension.PrimaryNeed].Total : lists[filter.Dimension].Rows[filter.Dimension.IndexOf(filter.Group.Key)];
        return (row.Children, row.Having, row.Share);
    }

    private static NeedRow[,] Cross(NeedDimension dimension, ProtectedShares needs, ProtectedShares groups, IReadOnlyCollection<NeedCell> cells)
    {
        // When hardly any child was heard nothing of hearing is shown anywhere, and when it is shown that none was there is nothing more to
        // tell, as on a council's first day: then it need not be told apart here.
        var split = needs.Total.Having.TryGet(out var heardOfAll) && heardOfAll > 0;
        bool Shown(ProtectedShare row) => !row.Children.IsSuppressed && (!split || !row.Having.IsSuppressed);
        var rowOf = Merge(needs, Shown, out var height);
        var columnOf = Merge(groups, Shown, out var width);
        var needCount = NeedDimension.PrimaryNeed.Groups.Count;
        var result = new NeedRow[needCount, dimension.Groups.Count];

        ProtectedTable Protect(bool? heard)
        {
            var counts = new long[height, width];
            foreach (var cell in cells)
                if (heard is null || cell.Heard == heard) counts[rowOf[cell.At(NeedDimension.PrimaryNeed)], columnOf[cell.At(dimension)]] += cell.Children;
            return TableProtection.ProtectInside(new CountTable([.. Enumerable.Range(0, height).Select(i => $"{i}")], [.. Enumerable.Range(0, width).Select(i => $"{i}")], counts), Rule);
        }

        var first = Protect(split ? true : null);
        var second = split ? Protect(false) : null;
        for (var n = 0; n < needCount; n++)
        {
            for (var g = 0; g < dimension.Groups.Count; g++)
            {
                var (children, heard) = (Figure.Suppressed, Figure.Suppressed);
                if (Shown(needs.Rows[n]) && Shown(groups.Rows[g]) && first[rowOf[n], columnOf[g]].TryGet(out var a))
                {
                    if (second is null) children = Figure.Of(a);
                    else if (second[rowOf[n], columnOf[g]].TryGet(out var b)) (children, heard) = (Figure.Of(a + b), Figure.Of(a));
                }

                result[n, g] = new NeedRow(dimension.Groups[g], children, heard, heard.ShareOf(children, Rule));
            }
        }

        return result;
    }

    /// <summary>Where each row stands once the hidden ones are one row, the last.</summary>
    private static int[] Merge(ProtectedShares list, Func<ProtectedShare, bool> shown, out int count)
    {
        var position = new int[list.Rows.Count];
        count = 0;
        for (var i = 0; i < position.Length; i++) position[i] = shown(list.Rows[i]) ? count++ : -1;
        if (!position.Contains(-1)) return position;
        for (var i = 0; i < position.Length; i++)
            if (position[i] < 0) position[i] = count;
        count++;
        return position;
    }
}

/// <summary>Children who are alike in every grouping. True counts: they stay inside this folder.</summary>
internal sealed record NeedCell(int Need, int Age, int Sex, int Ethnicity, int Disability, bool Heard, long Children)
{
    public int At(NeedDimension dimension) =>
        dimension == NeedDimension.PrimaryNeed ? Need : dimension == NeedDimension.Age ? Age : dimension == NeedDimension.Sex ? Sex
        : dimension == NeedDimension.Ethnicity ? Ethnicity : Disability;
}
