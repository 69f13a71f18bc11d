namespace ChildrensInfo.Core.Returns.CinCensus.Rules;

/// <summary>
/// Periods of time, each from its start up to but without its end, that can be asked whether a date falls in one of them. A file may hold
/// thousands for one child, so comparing each with each other is avoided.
/// </summary>
internal sealed class Spans
{
    private readonly List<(DateOnly Start, DateOnly End, int Item)> sorted = [];
    /// <summary>Of the spans up to this place: the latest end, whose it is, and the latest end of all others.</summary>
    private (DateOnly Latest, int Item, DateOnly Second)[]? ends;

    /// <param name="item">To be named when a date is asked about that belongs to the span itself.</param>
    public void Add(int item, DateOnly? start, DateOnly end)
    {
        if (start is { } from && end > from) sorted.Add((from, end, item));
    }

    public bool Hold(DateOnly? date, int except = -1)
    {
        if (date is not { } day || sorted.Count == 0) return false;
        ends ??= Prepare();
        int low = 0, high = sorted.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle].Start <= day) low = middle + 1;
            else high = middle;
        }
        if (low == 0) return false;
        var (latest, item, second) = ends[low - 1];
        return (item == except ? second : latest) > day;
    }

    private (DateOnly, int, DateOnly)[] Prepare()
    {
        sorted.Sort((a, b) => a.Start.CompareTo(b.Start));
        var prepared = new (DateOnly, int, DateOnly)[sorted.Count];
        (DateOnly Latest, int Item, DateOnly Second) so = (DateOnly.MinValue, -1, DateOnly.MinValue);
        for (var place = 0; place < sorted.Count; place++)
        {
            var (_, end, item) = sorted[place];
            if (end > so.Latest) so = (end, item, so.Latest);
            else if (end > so.Second) so.Second = end;
            prepared[place] = so;
        }
        return prepared;
    }
}
