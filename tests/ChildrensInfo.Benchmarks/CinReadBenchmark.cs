using System.Diagnostics;
using System.Xml;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Returns.CinCensus.Rules;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// Reading and checking children in need returns. The floor is a bare XmlReader going over the same bytes: what no reader of XML can be
/// faster than.
/// </summary>
public static class CinReadBenchmark
{
    public static int Run(string[] args)
    {
        int[] sizes = args.Length > 0 ? [.. args.Select(int.Parse)] : [10_000, 50_000];
        Console.WriteLine($"{"children",9} {"MB",7} {"floor s",8} {"read s",8} {"ratio",6} {"+rules s",9} {"ratio",6} {"findings",9} {"held MB",8} {"peak MB",8}");
        // The first pass compiles; it is not shown.
        Measure(500, shown: false);
        foreach (var size in sizes) Measure(size, shown: true);
        return 0;
    }

    private static void Measure(int children, bool shown)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".xml");
        try
        {
            using (var file = File.Create(path)) new CinGenerator(new CinGeneratorOptions { Children = children, Seed = 7, DefectShare = 0.05 }).Write(file);
            var size = new FileInfo(path).Length / 1e6;

            var floor = Best(() =>
            {
                using var file = Open(path);
                using var xml = XmlReader.Create(file);
                while (xml.Read()) { }
            });
            var read = Best(() =>
            {
                using var file = Open(path);
                using var reader = new CinCensusReader(file);
                while (reader.TryRead() is not null) { }
            });
            var findings = 0;
            long held = 0;
            var check = Best(() =>
            {
                using var file = Open(path);
                using var reader = new CinCensusReader(file);
                var validator = CinValidator.Run(reader);
                findings = validator.Findings.Count;
                held = GC.GetTotalMemory(forceFullCollection: false);
            });
            using var process = Process.GetCurrentProcess();
            if (shown)
                Console.WriteLine($"{children,9:N0} {size,7:N1} {floor,8:N2} {read,8:N2} {read / floor,6:N1} {check,9:N2} {check / floor,6:N1} {findings,9:N0} {held / 1e6,8:N0} {process.PeakWorkingSet64 / 1e6,8:N0}");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);

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
