using ChildrensInfo.Core.Disclosure;
using Xunit;

namespace ChildrensInfo.Tests.Core.Disclosure;

/// <summary>
/// Somebody who has only the published table and works out what each hidden figure can be. Written from the definition and
/// sharing nothing with the code it attacks: once by trying every table there is, once by flows in a matrix.
/// </summary>
internal static class TableAttacker
{
    /// <summary>For each cell the least and most children it can hold, by enumerating every table that fits what is published.</summary>
    /// <param name="table">As published.</param>
    /// <param name="known">Figures the attacker knows besides, by row and column.</param>
    public static (long Least, long Most)[,] TryEverything(ProtectedTable table, IReadOnlyDictionary<(int, int), long>? known = null)
    {
        int height = table.Rows.Count, width = table.Columns.Count;
        Assert.True(table.Total.TryGet(out var total));
        var bounds = new (long Least, long Most)[height, width];
        for (var r = 0; r < height; r++)
            for (var c = 0; c < width; c++) bounds[r, c] = (long.MaxValue, long.MinValue);
        var values = new long[height, width];
        var columnSums = new long[width];
        var rowLeft = table.RowTotals.Select(f => f.TryGet(out var n) ? n : (long?)null).ToArray();
        var columnLimit = table.ColumnTotals.Select(f => f.TryGet(out var n) ? n : (long?)null).ToArray();
        // A nought is always shown, so what is hidden is at least one; a hidden total likewise.
        var least = new long[height, width];
        for (var r = 0; r < height; r++)
            for (var c = 0; c < width; c++) least[r, c] = table[r, c].TryGet(out var n) ? n : 1;
        Fill(0, 0, total);
        return bounds;

        void Fill(int cell, long rowSum, long left)
        {
            if (cell == height * width)
            {
                if (left != 0) return;
                for (var c = 0; c < width; c++)
                    if (columnLimit[c] is { } fixedSum && fixedSum != columnSums[c]) return;
                for (var r = 0; r < height; r++)
                    for (var c = 0; c < width; c++)
                        bounds[r, c] = (Math.Min(bounds[r, c].Least, values[r, c]), Math.Max(bounds[r, c].Most, values[r, c]));
                return;
            }

            int row = cell / width, column = cell % width;
            if (column == 0) rowSum = 0;
            long from = least[row, column], to = left;
            if (table[row, column].TryGet(out var shown)) (from, to) = (shown, shown);
            else if (known is not null && known.TryGetValue((row, column), out var fact)) (from, to) = (fact, fact);
            if (rowLeft[row] is { } rowFixed) to = Math.Min(to, rowFixed - rowSum);
            if (columnLimit[column] is { } columnFixed) to = Math.Min(to, columnFixed - columnSums[column]);
            if (column == width - 1 && rowLeft[row] is { } rowExact) from = Math.Max(from, rowExact - rowSum);
            if (row == height - 1 && columnLimit[column] is { } columnExact) from = Math.Max(from, columnExact - columnSums[column]);
            for (var value = from; value <= to && value <= left; value++)
            {
                values[row, column] = value;
                columnSums[column] += value;
                Fill(cell + 1, rowSum + value, left - value);
                columnSums[column] -= value;
            }
        }
    }

    /// <summary>The most children a hidden cell can hold, for tables too large to try everything. Needs the true counts to start from.</summary>
    public static long Most(ProtectedTable table, long[,] truth, int row, int column)
    {
        int height = table.Rows.Count, width = table.Columns.Count, all = 2 + height + width, end = all - 1;
        var room = new long[all, all];
        const long any = 1_000_000;
        for (var r = 0; r < height; r++)
        {
            for (var c = 0; c < width; c++)
            {
                if (!table[r, c].IsSuppressed || (r == row && c == column)) continue;
                room[1 + r, 1 + height + c] = any;
                room[1 + height + c, 1 + r] = truth[r, c] - 1;
            }
        }

        for (var r = 0; r < height; r++)
        {
            if (!table.RowTotals[r].IsSuppressed) continue;
            room[0, 1 + r] = any;
            room[1 + r, 0] = Enumerable.Range(0, width).Sum(c => truth[r, c]) - 1;
        }

        for (var c = 0; c < width; c++)
        {
            if (!table.ColumnTotals[c].IsSuppressed) continue;
            room[1 + height + c, end] = any;
            room[end, 1 + height + c] = Enumerable.Range(0, height).Sum(r => truth[r, c]) - 1;
        }

        long more = 0;
        var seen = new bool[all];
        while (true)
        {
            Array.Clear(seen);
            var pushed = Push(1 + height + column, any);
            if (pushed == 0) return truth[row, column] + more;
            more += pushed;
        }

        long Push(int node, long limit)
        {
            if (node == 1 + row) return limit;
            seen[node] = true;
            for (var next = 0; next < all; next++)
            {
                if (seen[next] || room[node, next] == 0) continue;
                var pushed = Push(next, Math.Min(limit, room[node, next]));
                if (pushed == 0) continue;
                room[node, next] -= pushed;
                room[next, node] += pushed;
                return pushed;
            }

            return 0;
        }
    }
}
