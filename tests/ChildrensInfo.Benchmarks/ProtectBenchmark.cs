using System.Diagnostics;
using System.Globalization;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Benchmarks;

/// <summary>How long it takes to protect tables of 60 × 40, from nearly empty to full, and how much more than small numbers is hidden.</summary>
public static class ProtectBenchmark
{
    public static int Run()
    {
        Console.WriteLine("table            seconds   small   hidden besides   totals hidden");
        Measure("sparse", r => r.Next(3) == 0 ? 1 + r.Next(20) : 0);
        Measure("ones", r => new[] { 0, 1, 1, 2, 8, 30 }[r.Next(6)]);
        Measure("steep", r => (long)Math.Pow(r.NextDouble(), -1.1) - 1);
        Measure("middling", r => r.Next(13));
        Measure("full", r => r.Next(60));
        Measure("few small", r => r.Next(200) == 0 ? 3 : 20 + r.Next(400));
        return 0;
    }

    private static void Measure(string name, Func<Random, long> count)
    {
        var random = new Random(7);
        var counts = new long[60, 40];
        for (var r = 0; r < 60; r++)
            for (var c = 0; c < 40; c++) counts[r, c] = count(random);
        var input = new CountTable(Enumerable.Range(0, 60).Select(i => $"r{i}").ToArray(), Enumerable.Range(0, 40).Select(i => $"c{i}").ToArray(), counts);
        var watch = Stopwatch.StartNew();
        var table = TableProtection.Protect(input, SmallNumbers.Council);
        var seconds = watch.Elapsed.TotalSeconds;
        var small = counts.Cast<long>().Count(SmallNumbers.Council.IsSmall);
        var hidden = table.Cells.Sum(row => row.Count(f => f.IsSuppressed));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-14} {seconds,9:0.00} {small,7} {hidden - small,16} {table.RowTotals.Concat(table.ColumnTotals).Count(f => f.IsSuppressed),15}   {table.Publication}"));
    }
}
