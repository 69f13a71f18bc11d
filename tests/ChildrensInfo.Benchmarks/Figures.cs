using System.Globalization;

namespace ChildrensInfo.Benchmarks;

/// <summary>What a measure has to be, said in a line each: a benchmark ends with 1 when one of them was missed. A run that is smaller than what a figure is about says nothing of it.</summary>
internal sealed class Figures
{
    private int missed;

    public void Under(string what, double measured, double limit, string unit) => Say(what, measured, "under", limit, unit, measured < limit);

    public void AtLeast(string what, double measured, double limit, string unit) => Say(what, measured, "at least", limit, unit, measured >= limit);

    public int Ended() => missed == 0 ? 0 : 1;

    private void Say(string what, double measured, string how, double limit, string unit, bool held)
    {
        if (!held) missed++;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(held ? "Held" : "MISSED")}: {what}: {measured:#,0.##} {unit}, to be {how} {limit:#,0.##}"));
    }
}
