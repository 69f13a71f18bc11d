using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChildrensInfo.Core.Returns.Ssda903;
using ChildrensInfo.Core.Returns.Ssda903.Rules;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// Reading and checking returns on children looked after, with last year's beside them. The floor is reading the same bytes as UTF-8 text line by line:
/// what no reader of CSV can be faster than.
/// </summary>
public static class Ssda903ReadBenchmark
{
    public static int Run(string[] args)
    {
        int[] sizes = args.Length > 0 ? [.. args.Select(size => int.Parse(size, CultureInfo.InvariantCulture))] : [5_000, 10_000];
        Console.WriteLine($"{"children",9} {"MB",7} {"floor s",8} {"read s",8} {"ratio",6} {"+rules s",9} {"ratio",6} {"findings",9} {"held MB",8} {"peak MB",8}");
        // The first pass compiles; it is not shown.
        Measure(200, shown: false);
        foreach (var size in sizes) Measure(size, shown: true);
        return 0;
    }

    private static void Measure(int children, bool shown)
    {
        var folder = Directory.CreateTempSubdirectory("ssda903").FullName;
        try
        {
            var asOf = new DateOnly(2026, 3, 31);
            foreach (var (table, text) in new Ssda903Generator(Ssda903Generator.Invent(children, 7, asOf), 7, asOf, defectShare: 0.05).Tables(2026))
                File.WriteAllText(Path.Combine(folder, $"{table}.csv"), text);
            var files = Directory.GetFiles(folder);
            var size = files.Sum(file => new FileInfo(file).Length) / 1e6;

            var floor = Best(() =>
            {
                foreach (var file in files)
                {
                    using var text = new StreamReader(file, Encoding.UTF8);
                    while (text.ReadLine() is not null) { }
                }
            });
            var read = Best(() => Ssda903Reader.Read(folder));
            var findings = 0;
            long held = 0;
            var check = Best(() =>
            {
                var validator = Ssda903Validator.Run(Ssda903Reader.Read(folder), 2026, Ssda903Reader.Read(folder));
                findings = validator.Findings.Count;
                held = GC.GetTotalMemory(forceFullCollection: false);
            });
            using var process = Process.GetCurrentProcess();
            if (shown)
                Console.WriteLine($"{children,9:N0} {size,7:N1} {floor,8:N3} {read,8:N3} {read / floor,6:N1} {check,9:N3} {check / floor,6:N1} {findings,9:N0} {held / 1e6,8:N0} {process.PeakWorkingSet64 / 1e6,8:N0}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Best(Action work)
    {
        var best = double.MaxValue;
        for (var turn = 0; turn < 3; turn++)
        {
            GC.Collect();
            var watch = Stopwatch.StartNew();
            work();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }
        return best;
    }
}
