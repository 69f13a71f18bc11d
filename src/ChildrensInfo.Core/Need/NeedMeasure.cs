namespace ChildrensInfo.Core.Need;

/// <summary>Which children are counted: two choices and no more, so that no other period can be asked for and taken from these.</summary>
public sealed class NeedMeasure
{
    public static readonly NeedMeasure OnDay = new("on-day", "On");

    /// <summary>At any time in the twelve months to the day.</summary>
    public static readonly NeedMeasure ThroughYear = new("through-year", "In the 12 months to");

    public static readonly IReadOnlyList<NeedMeasure> All = [OnDay, ThroughYear];

    private NeedMeasure(string key, string label)
    {
        Key = key;
        Label = label;
    }

    /// <summary>What stands for it in an address.</summary>
    public string Key { get; }

    public string Label { get; }

    internal DateOnly First(DateOnly day) => this == OnDay ? day : day.AddDays(1).AddYears(-1);

    /// <returns>False for anything that is neither.</returns>
    public static bool TryParse(string? key, out NeedMeasure measure)
    {
        var found = string.IsNullOrEmpty(key) ? OnDay : All.SingleOrDefault(m => m.Key == key);
        measure = found ?? OnDay;
        return found is not null;
    }
}
