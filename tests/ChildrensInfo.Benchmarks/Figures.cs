using System.Diagnostics;
using System.Globalization;

namespace ChildrensInfo.Benchmarks;

/// <summary>What a measure has to be, said in a line each: a benchmark ends with 1 when one of them was missed. A run that is smaller than what a figure is about says nothing of it.</summary>
internal sealed class Figures
{
    private const string Held = "Held: ";

    private const string Missed = "MISSED: ";

    private int missed;

    /// <summary>Runs the sections one after another, each as a process of its own so that none stands in another's memory, and says at the end what became of every figure.</summary>
    public static async Task<int> AllAsync(IReadOnlyList<string> sections)
    {
        var said = new List<string>();
        var ended = 0;
        foreach (var section in sections)
        {
            Console.WriteLine($"== {section}");
            using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Figures).Assembly.Location, section]) { RedirectStandardOutput = true })!;
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                Console.WriteLine(line);
                if (line.StartsWith(Held, StringComparison.Ordinal) || line.StartsWith(Missed, StringComparison.Ordinal)) said.Add($"{section,-14} | {line}");
            }

            await process.WaitForExitAsync();
            ended = Math.Max(ended, process.ExitCode);
            // One that broke off has said nothing of what it did not get to.
            if (process.ExitCode > 1) said.Add($"{section,-14} | {Missed}it ended with {process.ExitCode}");
            Console.WriteLine();
        }

        foreach (var line in said) Console.WriteLine(line);
        return ended;
    }

    public void Under(string what, double measured, double limit, string unit) => Say(what, measured, "under", limit, unit, measured < limit);

    public void AtLeast(string what, double measured, double limit, string unit) => Say(what, measured, "at least", limit, unit, measured >= limit);

    public int Ended() => missed == 0 ? 0 : 1;

    private void Say(string what, double measured, string how, double limit, string unit, bool held)
    {
        if (!held) missed++;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(held ? Held : Missed)}{what}: {measured:#,0.##} {unit}, to be {how} {limit:#,0.##}"));
    }
}
