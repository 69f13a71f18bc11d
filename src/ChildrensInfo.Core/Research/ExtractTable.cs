using System.Globalization;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Research;

/// <summary>
/// Counts of children by variables of the register, as they may leave: one row for each combination that is shown with the table, its count rounded or hidden.
/// </summary>
/// <param name="Variables">The columns, in the order that decides which of them are also shown two together.</param>
/// <param name="Only">The variable whose one code every child counted has.</param>
public sealed record ExtractTable(IReadOnlyList<Variable> Variables, Variable? Only, string? OnlyCode, Measure? Measure)
{
    public const string Count = "children";

    public const string CountFlag = "children_flag";

    public const string Mean = "mean";

    public const string MeanFlag = "mean_flag";

    /// <summary>Stands in a flag when there is a number that is not shown.</summary>
    public const string Hidden = "c";

    /// <summary>Stands in a flag when there is no child to take a mean of.</summary>
    public const string NotApplicable = "z";

    /// <summary>Variables in the one order in which tables of them are protected, so that two tables which share some hide the same.</summary>
    public static IReadOnlyList<Variable> InOrder(IEnumerable<Variable> variables) => [.. variables.OrderBy(v => v.IsTelling)];

    public IReadOnlyList<string> Header => [.. Variables.Select(v => v.Key), Count, CountFlag, .. Measure is null ? Array.Empty<string>() : [Mean, MeanFlag]];

    /// <summary>Every row, from the total to all variables together. Which children are counted and which figures hidden is decided for the whole of the scope, and a choice of whom to count is a part of it.</summary>
    /// <param name="without">Who is held back.</param>
    /// <exception cref="DisclosureRefusedException">Nothing could be shown.</exception>
    public IReadOnlyList<string[]> RowsOf(PermittedChildren children, IReadOnlySet<Guid> without)
    {
        var scope = InOrder(children.Variables.Where(v => v.Key == Only?.Key || Variables.Any(mine => mine.Key == v.Key)));
        var sizes = scope.Select(v => v.Codes.Count).ToList();
        var places = scope.Select(children.IndexOf).ToList();
        var counts = new long[sizes.Aggregate(1, (a, b) => a * b)];
        var inCell = Measure is null ? [] : Array.ConvertAll(counts, _ => new List<double>());
        for (var child = 0; child < children.Count; child++)
        {
            if (without.Contains(children.Ids[child])) continue;
            var cell = 0;
            for (var d = 0; d < places.Count; d++) cell = (cell * sizes[d]) + children.CodeOf(child, places[d]);
            counts[cell]++;
            if (Measure is not null) inCell[cell].Add(children.MeasureOf(child));
        }

        var chosen = Only is null ? -1 : scope.ToList().FindIndex(v => v.Key == Only.Key);
        var cells = CrossProtection.Protect(sizes, counts, [.. scope.Select(v => v.IsTelling)], SmallNumbers.Research)
            .Where(c => chosen < 0 || (c.At[chosen] is { } code && scope[chosen].Codes[code].Value == OnlyCode)).ToList();
        if (!cells.Exists(c => !c.Count.IsSuppressed && c.At.Where((_, d) => d != chosen).Any(a => a is not null)))
        {
            throw new DisclosureRefusedException("No table can be made of these variables in which anything could be shown: nearly every number would be small, or lead to a small one. Ask for fewer variables, or for all children.");
        }

        var columns = Variables.Select(v => scope.ToList().FindIndex(s => s.Key == v.Key)).ToList();
        return [.. cells.Select(Row)];

        string[] Row(CrossCell cell)
        {
            var shown = Rounding.Round(cell.Count);
            string[] row =
            [
                .. columns.Select(d => cell.At[d] is { } code ? scope[d].Codes[code].Value : VariableCatalogue.AllTogether),
                shown.TryGet(out var n) ? n.ToString(CultureInfo.InvariantCulture) : "", shown.IsSuppressed ? Hidden : "",
            ];
            return Measure is null ? row : [.. row, .. MeanOf(cell, shown)];
        }

        // A mean of a total would be a sum from which those of its parts could be taken away; so only the finest have one.
        string[] MeanOf(CrossCell cell, Figure shown)
        {
            if (cell.At.Any(a => a is null) || shown.IsSuppressed) return ["", Hidden];
            var values = inCell[cell.At.Zip(sizes).Aggregate(0, (at, next) => (at * next.Second) + next.First!.Value)];
            return values.Count == 0 ? ["", NotApplicable] : Dominance.Tells(values) ? ["", Hidden] : [Math.Round(values.Average(), 1, MidpointRounding.AwayFromZero).ToString("0.0", CultureInfo.InvariantCulture), ""];
        }
    }
}
