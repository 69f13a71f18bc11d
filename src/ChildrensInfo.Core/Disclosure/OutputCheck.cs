using System.Globalization;

namespace ChildrensInfo.Core.Disclosure;

/// <summary>Why a cell of somebody's results may give a child away.</summary>
public enum OutputRisk
{
    /// <summary>A count below the threshold.</summary>
    SmallCount,

    /// <summary>A count below the threshold that stands in no cell and follows from others: what is left of a total, or the part that a percentage is of its base.</summary>
    WorkedOut,

    /// <summary>All children of a row or a column are in one place: whoever knows that a child is in it knows the rest.</summary>
    AllInOne,

    /// <summary>The two largest have most of the sum (the (n,k) rule).</summary>
    Dominance,

    /// <summary>Whoever has the second largest comes too near to the largest (the p% rule).</summary>
    NearLargest,

    /// <summary>A number from fewer children than the threshold, or of nobody knows how many.</summary>
    NoBase,

    /// <summary>A model with nearly as many parameters as observations says what each of them has.</summary>
    Saturated,

    /// <summary>A spreadsheet would run it.</summary>
    Formula,

    /// <summary>A formula of a workbook worked it out. Only its value is there.</summary>
    FromFormula,

    /// <summary>Its row or column was hidden in the workbook it came in.</summary>
    WasHidden,

    /// <summary>One row looks like one person: it has a code of an extract. Rows without one are not told from groups.</summary>
    RowOfPerson,
}

/// <param name="Row">From 0, the header not counted; <see cref="OutputCount.Heading"/> when it is in the header.</param>
/// <param name="Column">From 0.</param>
public sealed record OutputFinding(int Row, int Column, OutputRisk Risk);

/// <param name="Row">From 0; the heading when it is the sum of a column.</param>
/// <param name="Labels">What it counts: each label and the heading it stands under, which is empty when the label is itself a heading.</param>
/// <param name="Count">Null when it is hidden.</param>
/// <param name="IsSum">Whether it stands in no cell, but is what several add up to; it is then said beside the label they share.</param>
public sealed record OutputCount(int Row, int Column, IReadOnlyList<(string Heading, string Label)> Labels, long? Count, bool IsSum = false)
{
    public const int Heading = -1;
}

/// <summary>
/// Looks through a table of results, its first row the header, for what could give a child away, as a person who then decides would. What a column holds is told by its
/// name (<see cref="CountNames"/> and the others) or by whole numbers in all of it.
/// </summary>
/// <remarks>It sees one table. It cannot see what was published elsewhere, nor whether a number is what its name says; so it never says that a table is safe.</remarks>
public static class OutputCheck
{
    public static readonly IReadOnlySet<string> CountNames = Names("n", "count", "children", "number", "frequency", "observations");

    public static readonly IReadOnlySet<string> SumNames = Names("sum", "total_value");

    public static readonly IReadOnlySet<string> LargestNames = Names("largest", "max_value");

    public static readonly IReadOnlySet<string> SecondNames = Names("second_largest");

    public static readonly IReadOnlySet<string> ParameterNames = Names("parameters", "regressors");

    /// <summary>The fewest observations beyond a model's parameters.</summary>
    public const int DegreesOfFreedom = 10;

    private static readonly IReadOnlySet<string> Totals = Names("total", "all", "overall", "sum_of_all");

    private static readonly IReadOnlySet<string> Hidden = Names("", "c", "*", "x", "-", "..");

    private static readonly int PersonCodeLength = 16;

    /// <summary>A larger number counts no people.</summary>
    private const double MostChildren = 1e9;

    private enum Holds
    {
        Labels,
        Counts,
        Percentages,
        Numbers,
    }

    /// <exception cref="InvalidDataException">It is no table: it has no header, no rows, or rows of different width.</exception>
    public static IReadOnlyList<OutputFinding> Check(IReadOnlyList<string[]> table, SmallNumbers rule)
    {
        if (table.Count < 2 || table[0].Length == 0) throw new InvalidDataException("A table has a row of headings and at least one row below it.");
        if (table.FirstOrDefault(row => row.Length != table[0].Length) is not null) throw new InvalidDataException("Every row has as many cells as there are headings.");
        return new Look(table[0], [.. table.Skip(1)], rule, _ => false).Findings();
    }

    /// <summary>The counts of a table by what they count, and the sums that anybody can make of them where no total stands.</summary>
    /// <param name="isLabel">Which headings are of labels, even when those are whole numbers.</param>
    public static IReadOnlyList<OutputCount> CountsOf(IReadOnlyList<string[]> table, Predicate<string> isLabel) => new Look(table[0], [.. table.Skip(1)], SmallNumbers.Research, isLabel).LabelledCounts();

    private static IReadOnlySet<string> Names(params string[] names) => names.ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static string Plain(string name) => name.Trim().Replace(' ', '_');

    private sealed class Look(string[] header, List<string[]> body, SmallNumbers rule, Predicate<string> isLabel)
    {
        private readonly SortedSet<(int Row, int Column, OutputRisk Risk)> found = [];
        private readonly Holds[] holds = [.. Enumerable.Range(0, header.Length).Select(c => isLabel(header[c]) ? Holds.Labels : HoldsOf(header[c], [.. body.Select(r => r[c])]))];

        private IEnumerable<int> Rows => Enumerable.Range(0, body.Count);

        public IReadOnlyList<OutputFinding> Findings()
        {
            Formulas();
            People();
            Counts();
            Bases();
            Magnitudes();
            Models();
            return [.. found.Select(f => new OutputFinding(f.Row, f.Column, f.Risk))];
        }

        public IReadOnlyList<OutputCount> LabelledCounts()
        {
            var labels = Enumerable.Range(0, header.Length).Where(c => holds[c] == Holds.Labels).ToList();
            // A table has something on its left side that says what each row is.
            if (labels.Count == 0 && header.Length > 1) labels.Add(0);
            var columns = Enumerable.Range(0, header.Length).Where(c => holds[c] == Holds.Counts && !labels.Contains(c)).ToList();
            var within = columns.FindAll(c => LabelOf(c).Any());
            var parts = Rows.Where(r => !IsTotal(r)).ToList();
            List<OutputCount> counts = [.. Rows.SelectMany(r => columns.Where(c => Whole(r, c) is not null || IsHidden(r, c)).Select(c => new OutputCount(r, c, [.. NamesOf(r, labels), .. LabelOf(c)], Whole(r, c))))];
            if (labels.Count == 0) return counts;
            var isOpenBelow = parts.Count > 1 && parts.Count == body.Count;
            var isOpenAside = within.Count > 1 && within.Count == columns.Count;
            foreach (var kept in SetsOf(labels).Where(kept => isOpenBelow || kept.Count == labels.Count))
            {
                foreach (var rows in Rows.GroupBy(r => string.Join('\u001f', kept.Select(c => LabelAt(r, c)))).Select(g => g.ToList()))
                {
                    if (kept.Count == labels.Count && rows.Count > 1) continue;
                    var (at, beside) = kept.Count == 0 ? (OutputCount.Heading, labels[0]) : (rows[0], kept[0]);
                    if (kept.Count < labels.Count) counts.AddRange(columns.Select(c => Sum(at, kept.Count == 0 ? c : beside, [.. NamesOf(rows[0], kept), .. LabelOf(c)], rows, [c])).OfType<OutputCount>());
                    if (isOpenAside && Sum(at, beside, NamesOf(rows[0], kept), rows, within) is { } aside) counts.Add(aside);
                }
            }

            return counts;

            IReadOnlyList<(string, string)> NamesOf(int row, IReadOnlyList<int> of) =>
                [.. of.Select(c => (Heading: header[c], Label: LabelAt(row, c))).Where(l => !Hidden.Contains(l.Label) && !Totals.Contains(l.Label))];

            // What stands in merged cells stands in the first of them.
            string LabelAt(int row, int column)
            {
                while (row > 0 && string.IsNullOrWhiteSpace(body[row][column]) && !IsTotal(row)) row--;
                return body[row][column].Trim();
            }

            IEnumerable<(string, string)> LabelOf(int column) => Totals.Contains(Plain(header[column])) || CountNames.Contains(Plain(header[column])) ? [] : [("", header[column].Trim())];

            OutputCount? Sum(int row, int column, IReadOnlyList<(string, string)> of, List<int> rows, IReadOnlyList<int> across)
            {
                var cells = rows.SelectMany(r => across.Select(c => Whole(r, c))).ToList();
                return cells.Contains(null) ? null : new OutputCount(row, column, of, cells.Sum(), IsSum: true);
            }

            long? Whole(int row, int column) => At(row, column) is { } n and >= 0 and < MostChildren ? (long)n : null;
        }

        /// <summary>Every choice of some of the columns, none and all of them too; only those two where there are more than a table of counts has.</summary>
        private static IEnumerable<IReadOnlyList<int>> SetsOf(List<int> columns) =>
            columns.Count > CrossProtection.MostDimensions ? [[], columns] : Enumerable.Range(0, 1 << columns.Count).Select(some => (IReadOnlyList<int>)[.. columns.Where((_, i) => (some & (1 << i)) != 0)]);

        private static Holds HoldsOf(string name, List<string> cells)
        {
            if (CountNames.Contains(Plain(name))) return Holds.Counts;
            var shown = cells.Where(cell => !Hidden.Contains(cell.Trim())).ToList();
            if (shown.Count == 0 || shown.Exists(cell => NumberOf(cell) is null)) return Holds.Labels;
            if (name.Contains('%', StringComparison.Ordinal) || name.Contains("percent", StringComparison.OrdinalIgnoreCase)) return Holds.Percentages;
            if (SumNames.Contains(Plain(name)) || LargestNames.Contains(Plain(name)) || SecondNames.Contains(Plain(name)) || ParameterNames.Contains(Plain(name))) return Holds.Numbers;
            return shown.TrueForAll(cell => NumberOf(cell) is { } n && n >= 0 && n == Math.Floor(n) && !cell.Contains('.', StringComparison.Ordinal)) ? Holds.Counts : Holds.Numbers;
        }

        /// <summary>As people write numbers: with commas at thousands, a percent sign, a sign.</summary>
        private static double? NumberOf(string cell) =>
            double.TryParse(cell.Trim().TrimEnd('%'), NumberStyles.Number | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var n) && double.IsFinite(n) ? n : null;

        private double? At(int row, int column) => NumberOf(body[row][column]);

        private bool IsHidden(int row, int column) => Hidden.Contains(body[row][column].Trim()) || body[row][column].TrimStart().StartsWith('<');

        private void Add(int row, int column, OutputRisk risk) => found.Add((row, column, risk));

        private void Formulas()
        {
            foreach (var row in Rows)
            {
                for (var c = 0; c < header.Length; c++)
                {
                    if (body[row][c].Length > 0 && "=+-@\t\r＝＋－＠".Contains(body[row][c][0], StringComparison.Ordinal) && NumberOf(body[row][c]) is null && !Hidden.Contains(body[row][c].Trim())) Add(row, c, OutputRisk.Formula);
                }
            }
        }

        private void People()
        {
            for (var c = 0; c < header.Length; c++)
            {
                foreach (var row in Rows)
                {
                    if (body[row][c].Length == PersonCodeLength && body[row][c].All(ch => ch is (>= 'A' and <= 'Z') or (>= '2' and <= '7'))) Add(row, c, OutputRisk.RowOfPerson);
                }
            }
        }

        private bool IsTotal(int row) => Enumerable.Range(0, header.Length).Any(c => holds[c] == Holds.Labels && Totals.Contains(body[row][c].Trim()));

        private void Counts()
        {
            var columns = Enumerable.Range(0, header.Length).Where(c => holds[c] == Holds.Counts).ToList();
            foreach (var c in columns)
            {
                foreach (var row in Rows.Where(r => At(r, c) is { } n && n > 0 && n <= rule.Threshold)) Add(row, c, OutputRisk.SmallCount);
            }

            // Lines that add up to a total of their own: down each column, and along each row whose last count is the total.
            var within = columns.Where(c => !Totals.Contains(Plain(header[c])) && !CountNames.Contains(Plain(header[c]))).ToList();
            var totalRows = Rows.Where(IsTotal).ToList();
            var parts = Rows.Except(totalRows).ToList();
            foreach (var c in columns)
            {
                Line([.. parts.Select(r => (r, c))], totalRows is [var only] ? (only, c) : null);
            }

            if (within.Count < 2) return;
            var totalColumn = columns.FindIndex(c => Totals.Contains(Plain(header[c])) || CountNames.Contains(Plain(header[c])));
            foreach (var row in Rows) Line([.. within.Select(c => (row, c))], totalColumn < 0 ? null : (row, columns[totalColumn]));
            foreach (var c in within) AllInOne([.. parts.Select(r => (r, c))]);
            foreach (var row in parts) AllInOne([.. within.Select(c => (row, c))]);
        }

        private void Line(List<(int Row, int Column)> parts, (int Row, int Column)? total)
        {
            if (total is not { } whole || At(whole.Row, whole.Column) is not { } sum) return;
            var hidden = parts.FindAll(p => IsHidden(p.Row, p.Column));
            var shown = parts.ConvertAll(p => At(p.Row, p.Column)).OfType<double>().ToList();
            var left = sum - shown.Sum();
            if ((shown.Count == 0 && hidden.Count == 0) || !IsSmall(left)) return;
            // What is left is of the hidden ones together, and of nobody who is named when none is hidden. Between rounded numbers it may be rounding.
            if (hidden.Count == 0 && sum % Rounding.To == 0 && shown.TrueForAll(n => n % Rounding.To == 0)) return;
            foreach (var (row, column) in hidden.Count > 0 ? hidden : [whole]) Add(row, column, OutputRisk.WorkedOut);
        }

        private void AllInOne(List<(int Row, int Column)> parts)
        {
            if (parts.Count < 2 || parts.Exists(p => At(p.Row, p.Column) is null)) return;
            var some = parts.FindAll(p => At(p.Row, p.Column) > 0);
            if (some.Count == 1) Add(some[0].Row, some[0].Column, OutputRisk.AllInOne);
        }

        /// <summary>Means and other numbers stand beside the number of children they are of.</summary>
        private void Bases()
        {
            var bases = Enumerable.Range(0, header.Length).Where(c => CountNames.Contains(Plain(header[c]))).ToList();
            for (var c = 0; c < header.Length; c++)
            {
                if (holds[c] is not (Holds.Numbers or Holds.Percentages) || ParameterNames.Contains(Plain(header[c]))) continue;
                foreach (var row in Rows.Where(r => At(r, c) is not null))
                {
                    if (!bases.Exists(b => At(row, b) is { } n && n > rule.Threshold)) Add(row, c, OutputRisk.NoBase);
                    if (holds[c] != Holds.Percentages) continue;
                    if (At(row, c) is 0 or 100) Add(row, c, OutputRisk.AllInOne);
                    // Those whom it counts, and the others.
                    else if (bases.Exists(b => At(row, b) is { } n && Math.Round(n * At(row, c)!.Value / 100) is var part && (IsSmall(part) || IsSmall(n - part)))) Add(row, c, OutputRisk.WorkedOut);
                }
            }
        }

        private bool IsSmall(double count) => count > 0 && count <= rule.Threshold;

        private void Magnitudes()
        {
            var (sum, largest, second) = (ColumnOf(SumNames), ColumnOf(LargestNames), ColumnOf(SecondNames));
            if (sum < 0 || largest < 0) return;
            foreach (var row in Rows)
            {
                if (At(row, sum) is not { } all || At(row, largest) is not { } first) continue;
                var next = second < 0 ? first : At(row, second) ?? first;
                if (first + next > Dominance.MostOfSum * all) Add(row, sum, OutputRisk.Dominance);
                if (all - first - next < Dominance.Near * first) Add(row, sum, OutputRisk.NearLargest);
            }
        }

        private void Models()
        {
            var parameters = ColumnOf(ParameterNames);
            var observations = Array.FindIndex(header, h => CountNames.Contains(Plain(h)));
            if (parameters < 0) return;
            foreach (var row in Rows)
            {
                if (observations < 0 || At(row, observations) is not { } n || At(row, parameters) is not { } p || n - p < DegreesOfFreedom) Add(row, parameters, OutputRisk.Saturated);
            }
        }

        private int ColumnOf(IReadOnlySet<string> names) => Array.FindIndex(header, h => names.Contains(Plain(h)));
    }
}
