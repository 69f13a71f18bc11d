using System.Diagnostics;
using System.Globalization;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// How long it takes to find what to hide besides small numbers: in tables of 60 × 40 from nearly empty to full, and in tables by four characteristics with their totals. The floor
/// is what no method can do without, measured beside each: adding up every total, finding the small numbers and putting the rest in order of how little is lost by hiding them.
/// </summary>
internal static class ProtectBenchmark
{
    /// <summary>A table of 60 × 40 is to be protected in less than this.</summary>
    private const double Target = 2;

    private const int Times = 3;

    public static int Run()
    {
        Console.WriteLine("table                seconds   floor ms      ratio   small   hidden besides   totals hidden");
        // The first calls are the compiler's.
        Wide("", r => r.Next(13), isWarm: true);
        Four("", [5, 3, 4, 5], 2_000, isWarm: true);
        double[] wide =
        [
            Wide("60 x 40 sparse", r => r.Next(3) == 0 ? 1 + r.Next(20) : 0), Wide("60 x 40 ones", r => new[] { 0, 1, 1, 2, 8, 30 }[r.Next(6)]),
            Wide("60 x 40 steep", r => (long)Math.Pow(r.NextDouble(), -1.1) - 1), Wide("60 x 40 middling", r => r.Next(13)), Wide("60 x 40 full", r => r.Next(60)),
            Wide("60 x 40 few small", r => r.Next(200) == 0 ? 3 : 20 + r.Next(400)),
        ];
        // As researchers ask: age, sex, ethnicity and primary need of a small and of a large council, and the largest the register allows.
        Four("7 x 3 x 6 x 11, 2,000", [7, 3, 6, 11], 2_000);
        Four("7 x 3 x 6 x 11, 20,000", [7, 3, 6, 11], 20_000);
        Four("11 x 7 x 6 x 6, 20,000", [11, 7, 6, 6], 20_000);
        var figures = new Figures();
        figures.Under("the slowest table of 60 x 40", wide.Max(), Target, "s");
        return figures.Ended();
    }

    private static double Wide(string name, Func<Random, long> count, bool isWarm = false)
    {
        var random = new Random(7);
        var counts = new long[60, 40];
        for (var r = 0; r < 60; r++)
            for (var c = 0; c < 40; c++) counts[r, c] = count(random);
        var input = new CountTable(Enumerable.Range(0, 60).Select(i => $"r{i}").ToArray(), Enumerable.Range(0, 40).Select(i => $"c{i}").ToArray(), counts);
        var (table, seconds) = Timed(() => TableProtection.Protect(input, SmallNumbers.Council));
        var small = counts.Cast<long>().Count(SmallNumbers.Council.IsSmall);
        var hidden = table.Cells.Sum(row => row.Count(f => f.IsSuppressed));
        if (!isWarm) Tell(name, seconds, Floor([60, 40], [.. counts.Cast<long>()], [[0], [1]], SmallNumbers.Council), small, hidden - small, table.RowTotals.Concat(table.ColumnTotals).Count(f => f.IsSuppressed));
        return seconds;
    }

    /// <param name="children">How many children are counted, with a few common codes and many rare ones.</param>
    private static void Four(string name, int[] sizes, int children, bool isWarm = false)
    {
        var random = new Random(7);
        var counts = new long[sizes.Aggregate(1, (a, b) => a * b)];
        for (var i = 0; i < children; i++) counts[sizes.Aggregate(0, (at, size) => (at * size) + (int)(Math.Pow(random.NextDouble(), 1.6) * size))]++;
        var (cells, seconds) = Timed(() => CrossProtection.Protect(sizes, counts, [.. sizes.Select((_, d) => d == sizes.Length - 1)], SmallNumbers.Research));
        if (isWarm) return;
        var inside = cells.Where(c => c.At.All(a => a is not null)).ToList();
        var small = counts.Count(SmallNumbers.Research.IsSmall);
        Tell(name, seconds, Floor(sizes, counts, CrossProtection.PartsOf(sizes.Length), SmallNumbers.Research), small, inside.Count(c => c.Count.IsSuppressed) - small, cells.Count(c => c.Count.IsSuppressed) - inside.Count(c => c.Count.IsSuppressed));
    }

    /// <summary>The least of a few, since the rest is the machine's other work.</summary>
    private static (T Made, double Seconds) Timed<T>(Func<T> make)
    {
        var (made, least) = (default(T)!, double.MaxValue);
        for (var i = 0; i < Times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            made = make();
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return (made, least);
    }

    /// <param name="parts">The sets of dimensions whose totals are added up.</param>
    private static double Floor(int[] sizes, long[] counts, IReadOnlyList<IReadOnlyList<int>> parts, SmallNumbers rule)
    {
        const int Rounds = 20;
        var sink = 0L;
        var (_, seconds) = Timed(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var part in parts)
                {
                    var sums = new long[part.Aggregate(1, (n, d) => n * sizes[d])];
                    for (var i = 0; i < counts.Length; i++)
                    {
                        var (left, at, width) = (i, 0, 1);
                        for (var d = sizes.Length - 1; d >= 0; d--)
                        {
                            (left, var code) = Math.DivRem(left, sizes[d]);
                            if (!part.Contains(d)) continue;
                            at += code * width;
                            width *= sizes[d];
                        }

                        sums[at] += counts[i];
                    }

                    sink += sums[^1];
                }

                sink += counts.Count(rule.IsSmall) + counts.Order().First();
            }

            return sink;
        });
        return seconds / Rounds;
    }

    private static void Tell(string name, double seconds, double floor, int small, int besides, int totals) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{name,-22} {seconds,5:0.000} {floor * 1_000,10:0.000} {seconds / floor,10:#,0} {small,7:#,0} {besides,16:#,0} {totals,15:#,0}"));
}
