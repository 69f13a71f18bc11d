using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Need;

/// <summary>
/// Rounds the protected figures of a year to the nearest 5. The children of the day are among those of the year and their figures are exact, so an
/// exact figure of the year would say how many came and went. A rounded one stands for five numbers; but where all the parts of a total
/// were rounded one way and the total the other, or where the day leaves no room below, they can be worked out after all. Such a figure is hidden.
/// </summary>
internal sealed class YearRounding
{
    private const int To = 5;

    /// <summary>More children than there are: what is said of a hidden figure by itself.</summary>
    private const long Any = 1L << 40;

    private readonly List<(Figure Year, Figure Day)> figures = [];
    private readonly List<(int Total, int[] Parts)> lines = [];

    public static Figure Round(Figure figure) => figure.TryGet(out var number) ? Figure.Of((number + (To / 2)) / To * To) : figure;

    /// <param name="year">As protected, not yet rounded.</param>
    /// <param name="day">The same figure of the day, as it is shown.</param>
    /// <returns>Where it can be had once all is settled.</returns>
    public int Add(Figure year, Figure day)
    {
        figures.Add((Round(year), day));
        return figures.Count - 1;
    }

    public void AddLine(int total, IEnumerable<int> parts) => lines.Add((total, [.. parts]));

    public Figure this[int index] => figures[index].Year;

    /// <summary>Hides until nothing is given away. Each turn hides one figure, so it ends.</summary>
    public void Settle()
    {
        while (GivenAway() is { } line)
        {
            var smallest = line.Parts.Where(i => IsRounded(i)).MinBy(Shown);
            figures[smallest] = (Figure.Suppressed, figures[smallest].Day);
        }
    }

    private bool IsRounded(int index) => figures[index].Year.TryGet(out var number) && number > 0;

    private long Shown(int index) => figures[index].Year.TryGet(out var number) ? number : 0;

    /// <summary>A line that gives away how many more of something there were in the year than on the day, when that is a small number.</summary>
    private (int Total, int[] Parts)? GivenAway()
    {
        var (low, high) = Range();
        foreach (var line in lines)
        {
            if (!line.Parts.Any(IsRounded)) continue;
            foreach (var i in line.Parts.Append(line.Total))
                if (low[i] == high[i] && figures[i].Day.TryGet(out var day) && SmallNumbers.Council.IsSmall(low[i] - day)) return line;
        }

        return null;
    }

    /// <summary>The least and the most that each figure can be, from all of them together.</summary>
    private (long[] Low, long[] High) Range()
    {
        var low = new long[figures.Count];
        var high = new long[figures.Count];
        for (var i = 0; i < figures.Count; i++)
        {
            // Nought is shown as it is, and 1 to 5 are not.
            (low[i], high[i]) = !figures[i].Year.TryGet(out var number) ? (0, Any) : number == 0 ? (0, 0) : (Math.Max(SmallNumbers.Council.Threshold + 1, number - (To / 2)), number + (To / 2));
            if (figures[i].Day.TryGet(out var day)) low[i] = Math.Max(low[i], day);
        }

        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var (total, parts) in lines)
            {
                var (least, most) = (parts.Sum(i => low[i]), parts.Sum(i => high[i]));
                changed |= Narrow(total, least, most);
                foreach (var i in parts) changed |= Narrow(i, low[total] - (most - high[i]), high[total] - (least - low[i]));
            }
        }

        return (low, high);

        bool Narrow(int i, long least, long most)
        {
            // The children of the day are among those of the year, each in the same group, so nothing contradicts; it must end even if something did.
            var (to, from) = (Math.Max(low[i], least), Math.Min(high[i], most));
            if (to > from || (to == low[i] && from == high[i])) return false;
            (low[i], high[i]) = (to, from);
            return true;
        }
    }
}
