using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// How long the command line takes to make rows anonymous, its start and both files included, and how many times as long
/// as reading the same file once, which nothing can do without. k = 5, l = 2, limit 5 %, 4,608 combinations of levels.
/// </summary>
public static class AnonymiseBenchmark
{
    public static int Run(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("anonymise-");
        try
        {
            var sizes = args.Length > 0 ? args.Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray() : [20_000, 100_000, 1_000_000];
            Console.WriteLine("     rows   seconds       MB   reading once   ratio   loss      left out   classes   checked");
            var figures = new Figures();
            foreach (var size in sizes)
            {
                var (seconds, megabytes) = Run(folder.FullName, size);
                if (size == 100_000) figures.Under("100,000 rows", seconds, 1.5, "s");
                if (size != 1_000_000) continue;
                figures.Under("1,000,000 rows", seconds, 6, "s");
                figures.Under("1,000,000 rows", megabytes, 400, "MB");
            }

            return figures.Ended();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (double Seconds, double Megabytes) Run(string folder, int size)
    {
        var data = Path.Combine(folder, "data.csv");
        var columns = WriteHierarchies(folder);
        WriteRows(data, size);
        var floor = Enumerable.Range(0, 3).Min(_ => ReadOnce(data));

        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "ChildrensInfo.Cli.dll"), "anonymise", data, "--delimiter", ";" }
            .Concat(columns.SelectMany(c => new[] { "--hierarchy", $"{c}={c}.csv" }))
            .Concat(["--sensitive", "need", "--k", "5", "--l", "2", "--limit", "0.05", "--out", "out.csv", "--report", "report.json"]))
            start.ArgumentList.Add(argument);
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        long peak = 0;
        while (!process.WaitForExit(20))
        {
            try
            {
                process.Refresh();
                peak = Math.Max(peak, process.PeakWorkingSet64);
            }
            catch (InvalidOperationException)
            {
                // It ended between the two lines.
            }
        }

        var seconds = watch.Elapsed.TotalSeconds;
        if (process.ExitCode != 0) throw new InvalidOperationException($"The command ended with {process.ExitCode}.");
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "report.json")));
        string Of(string name) => report.RootElement.GetProperty(name).GetRawText();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{size,9:#,0} {seconds,9:0.00} {peak / 1e6,8:0} {floor,14:0.00} {seconds / floor,7:0.0}   {double.Parse(Of("loss"), CultureInfo.InvariantCulture):0.000000} {Of("suppressed"),9} {Of("classes"),9} {Of("checked"),6} of {Of("lattice")}"));
        return (seconds, peak / 1e6);
    }

    private static double ReadOnce(string path)
    {
        var watch = Stopwatch.StartNew();
        using var text = new StreamReader(path);
        var reader = new DelimitedReader(text, ';');
        long characters = 0;
        while (reader.Read())
            for (var i = 0; i < reader.FieldCount; i++) characters += reader[i].Length;
        return characters > 0 ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException("Nothing was read.");
    }

    private static string[] WriteHierarchies(string folder)
    {
        void Write(string name, int leaves, params int[] groups) => File.WriteAllLines(
            Path.Combine(folder, name + ".csv"),
            Enumerable.Range(0, leaves).Select(leaf => string.Join(';', groups.Select((g, i) => $"{name[0]}{i}.{leaf / g}").Prepend($"{leaf}").Append("*"))));

        Write("age", 26, 5, 10);        // year of age, five years, ten years, *
        Write("area", 60, 5, 20);       // ward, locality, district, *
        Write("month", 36, 3, 12);      // month, quarter, year, *
        Write("ethnicity", 19, 4, 8);   // code, group, broad group, *
        Write("disability", 13, 4);     // kind, any, *
        Write("legal", 12, 3);          // status, group, *
        Write("sex", 3);                // sex, *
        return ["age", "area", "month", "ethnicity", "disability", "legal", "sex"];
    }

    /// <summary>Rows with a few common values and many rare ones, as in a council's file, from a fixed seed.</summary>
    private static void WriteRows(string path, int size)
    {
        var random = new Random(20_261);
        int Rare(int leaves, double steep) => (int)(Math.Pow(random.NextDouble(), steep) * leaves);
        using var file = new StreamWriter(path);
        file.WriteLine("age;area;month;ethnicity;disability;legal;sex;need");
        for (var row = 0; row < size; row++)
        {
            var age = random.Next(26);
            file.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{age};{random.Next(60)};{random.Next(36)};{Rare(19, 4)};{Rare(13, 7)};{Rare(12, 3)};{(random.Next(200) == 0 ? 2 : random.Next(2))};N{(Rare(10, 2) + age / 13) % 10}"));
        }
    }
}
