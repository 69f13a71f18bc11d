namespace ChildrensInfo.Core.Disclosure;

/// <summary>Distinct children by rows and columns, as counted: not to be shown to anyone before <see cref="TableProtection"/>.</summary>
public sealed class CountTable
{
    private readonly long[,] counts;

    /// <exception cref="ArgumentException">Labels and counts differ in number, or a count is negative or too large.</exception>
    public CountTable(IReadOnlyList<string> rows, IReadOnlyList<string> columns, long[,] counts)
    {
        if (counts.GetLength(0) != rows.Count || counts.GetLength(1) != columns.Count)
            throw new ArgumentException($"The table has {counts.GetLength(0)} × {counts.GetLength(1)} counts for {rows.Count} rows and {columns.Count} columns.", nameof(counts));
        foreach (var count in counts) Counts.Check(count);
        Rows = rows;
        Columns = columns;
        this.counts = (long[,])counts.Clone();
    }

    public IReadOnlyList<string> Rows { get; }

    public IReadOnlyList<string> Columns { get; }

    /// <summary>Cells that are small although their count is not: events of few children.</summary>
    internal bool[,]? Few { get; init; }

    internal long this[int row, int column] => counts[row, column];
}

/// <summary>Distinct children by one characteristic. Every child is in exactly one row, or the list is <see cref="Overlapping"/>.</summary>
public sealed class CountList
{
    /// <exception cref="ArgumentException">A count is negative or too large.</exception>
    public CountList(string name, IReadOnlyList<(string Label, long Count)> rows)
        : this(name, rows, rows.Sum(r => Counts.Check(r.Count)), false)
    {
    }

    private CountList(string name, IReadOnlyList<(string Label, long Count)> rows, long total, bool overlapping)
    {
        Name = name;
        Rows = rows.ToArray();
        Total = total;
        IsOverlapping = overlapping;
    }

    public string Name { get; }

    internal IReadOnlyList<(string Label, long Count)> Rows { get; }

    internal long Total { get; }

    internal bool IsOverlapping { get; }

    /// <summary>Rows that are small although their count is not: events of few children.</summary>
    internal IReadOnlyList<bool>? Few { get; init; }

    /// <summary>A list in which a child can be counted in several rows or none (such as kinds of disability), of so many children.</summary>
    public static CountList Overlapping(string name, long total, IReadOnlyList<(string Label, long Count)> rows)
    {
        if (rows.Any(r => Counts.Check(r.Count) > Counts.Check(total)))
            throw new ArgumentException("A row counts more children than there are.", nameof(rows));
        return new CountList(name, rows, total, true);
    }
}

/// <summary>By group, how many children there are and how many of them have something (were heard, say).</summary>
public sealed class ShareList
{
    /// <exception cref="ArgumentException">A group has more who have it than children, or a count is negative or too large.</exception>
    public ShareList(string name, IReadOnlyList<(string Label, long Children, long Having)> rows)
    {
        foreach (var (label, children, having) in rows)
            if (Counts.Check(having) > Counts.Check(children))
                throw new ArgumentException($"“{label}” has more in its part than in its whole.", nameof(rows));
        Name = name;
        Rows = rows.ToArray();
    }

    public string Name { get; }

    internal IReadOnlyList<(string Label, long Children, long Having)> Rows { get; }
}

internal static class Counts
{
    // Far above any number of children, far below where sums of a large table would overflow.
    private const long Largest = 1_000_000_000_000;

    public static long Check(long count) => count is >= 0 and <= Largest
        ? count
        : throw new ArgumentException("A count of children is a whole number of at least nought.", nameof(count));
}

/// <summary>How much of a table could be published.</summary>
public enum Publication
{
    /// <summary>Nothing at all: there are too few children in it.</summary>
    Nothing,

    /// <summary>Only the grand total: no pattern with more in it is safe. Here "c" stands for noughts too.</summary>
    TotalOnly,

    /// <summary>The table, with "c" where a figure is hidden. A nought is always shown.</summary>
    Table,
}

/// <summary>All children of a row (or a column) are in one category: whoever knows that a child is in it knows the category.</summary>
public sealed record GroupDisclosure(bool IsRow, string Group, string Category);

/// <summary>A table as it may be shown.</summary>
public sealed record ProtectedTable(
    Publication Publication,
    IReadOnlyList<string> Rows,
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<Figure>> Cells,
    IReadOnlyList<Figure> RowTotals,
    IReadOnlyList<Figure> ColumnTotals,
    Figure Total,
    IReadOnlyList<GroupDisclosure> GroupDisclosures)
{
    public Figure this[int row, int column] => Cells[row][column];
}

public sealed record ProtectedRow(string Label, Figure Count, Percentage Share);

/// <summary>A list as it may be shown; each row's share is of the total.</summary>
public sealed record ProtectedList(string Name, Publication Publication, IReadOnlyList<ProtectedRow> Rows, Figure Total);

public sealed record ProtectedShare(string Label, Figure Children, Figure Having, Percentage Share);

/// <summary>Shares as they may be shown, with the whole population as <see cref="Total"/>.</summary>
/// <param name="AllOrNone">Groups in which all or none have it: to know that a child is in the group is to know it of the child.</param>
public sealed record ProtectedShares(string Name, Publication Publication, IReadOnlyList<ProtectedShare> Rows, ProtectedShare Total, IReadOnlyList<string> AllOrNone);
