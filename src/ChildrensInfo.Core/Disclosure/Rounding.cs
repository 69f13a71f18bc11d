namespace ChildrensInfo.Core.Disclosure;

/// <summary>
/// Protected figures rounded to the nearest 5, each from its own number and totals too, so that nothing can be had by taking one view from another: not from a year and a
/// day in it, nor from two measures of nearly the same children, nor from last month's figures and this month's. Rounding only takes knowledge away, so whatever the
/// pattern keeps hidden stays hidden.
/// </summary>
internal static class Rounding
{
    public const int To = 5;

    /// <summary>The smallest number that is shown.</summary>
    private const int Least = 8;

    /// <summary>
    /// 6 and 7 are hidden too, although they are not small by themselves: as a 5 they would stand for two numbers only, and one such view taken from another would
    /// leave no doubt about the child or two between them.
    /// </summary>
    public static Figure Round(Figure figure) => !figure.TryGet(out var number) || number == 0 ? figure : number < Least ? Figure.Suppressed : Figure.Of((number + (To / 2)) / To * To);

    /// <summary>A protected table, each of its figures rounded from its own number.</summary>
    public static ProtectedTable Round(ProtectedTable table) => table with
    {
        Cells = [.. table.Cells.Select(row => (IReadOnlyList<Figure>)[.. row.Select(Round)])],
        RowTotals = [.. table.RowTotals.Select(Round)],
        ColumnTotals = [.. table.ColumnTotals.Select(Round)],
        Total = Round(table.Total),
    };
}
