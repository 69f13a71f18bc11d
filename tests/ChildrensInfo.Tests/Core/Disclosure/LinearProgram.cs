using Xunit;

namespace ChildrensInfo.Tests.Core.Disclosure;

/// <summary>
/// Somebody who knows sums of figures that are nought or more, and asks how large another sum can be: the simplex method in two phases, with Bland's rule so that it
/// ends. For small tables.
/// </summary>
internal sealed class LinearProgram(int asked)
{
    private const double Nought = 1e-7;

    private readonly List<(double[] Of, double Sum, bool OrMore)> known = [];

    public void Equal(double[] of, double sum) => known.Add((of, sum, false));

    public void AtLeast(double[] of, double sum) => known.Add((of, sum, true));

    /// <summary>The most that a sum can be.</summary>
    public double Most(double[] of)
    {
        var rows = known.Count;
        // What is above a least sum is one more figure that is nought or more.
        var figures = asked + known.Count(k => k.OrMore);
        var more = asked;
        var width = figures + rows + 1;
        var table = new double[rows][];
        var basis = new int[rows];
        for (var r = 0; r < rows; r++)
        {
            table[r] = new double[width];
            known[r].Of.CopyTo(table[r], 0);
            if (known[r].OrMore) table[r][more++] = -1;
            table[r][figures + r] = 1;
            table[r][^1] = known[r].Sum;
            basis[r] = figures + r;
        }

        // First away with the stand-ins, then as large as can be.
        Run(table, basis, [.. Enumerable.Range(0, width - 1).Select(c => c < figures ? 0.0 : -1)], width - 1);
        for (var r = 0; r < rows; r++)
        {
            if (basis[r] < figures) continue;
            Assert.True(Math.Abs(table[r][^1]) < Nought, "What is shown contradicts itself.");
            if (Enumerable.Range(0, figures).FirstOrDefault(c => Math.Abs(table[r][c]) > Nought, -1) is >= 0 and var column) Pivot(table, basis, r, column);
        }

        return Run(table, basis, [.. Enumerable.Range(0, width - 1).Select(c => c < asked ? of[c] : 0)], figures);
    }

    private static double Run(double[][] table, int[] basis, double[] worth, int columns)
    {
        while (true)
        {
            var enter = -1;
            for (var c = 0; c < columns && enter < 0; c++)
            {
                var gain = worth[c];
                for (var r = 0; r < table.Length; r++) gain -= worth[basis[r]] * table[r][c];
                if (gain > Nought) enter = c;
            }

            if (enter < 0) return Enumerable.Range(0, table.Length).Sum(r => worth[basis[r]] * table[r][^1]);
            var leave = -1;
            for (var r = 0; r < table.Length; r++)
            {
                if (table[r][enter] <= Nought) continue;
                if (leave < 0) leave = r;
                var better = (table[r][^1] / table[r][enter]) - (table[leave][^1] / table[leave][enter]);
                if (better < -Nought || (better < Nought && basis[r] < basis[leave])) leave = r;
            }

            if (leave < 0) return double.PositiveInfinity;
            Pivot(table, basis, leave, enter);
        }
    }

    private static void Pivot(double[][] table, int[] basis, int row, int column)
    {
        var by = table[row][column];
        for (var c = 0; c < table[row].Length; c++) table[row][c] /= by;
        for (var r = 0; r < table.Length; r++)
        {
            var times = table[r][column];
            if (r == row || times == 0) continue;
            for (var c = 0; c < table[r].Length; c++) table[r][c] -= times * table[row][c];
        }

        basis[row] = column;
    }
}
