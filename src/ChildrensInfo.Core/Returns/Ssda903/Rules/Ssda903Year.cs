namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

/// <summary>The collection year a return is judged by.</summary>
/// <param name="Year">The year it ends in: 2026 for 2025-26.</param>
public sealed record Ssda903Year(int Year)
{
    /// <summary>The collections there are rules for, by the year they end in.</summary>
    public static IReadOnlyList<int> Supported { get; } = [2024, 2025, 2026, 2027];

    /// <summary>The year whose rules a return of a year is judged by: its own, or where there are none the latest that has ended.</summary>
    public static int RulesFor(int year) => Supported.Contains(year) ? year : CinCensus.Rules.CinYear.Latest;

    public DateOnly Start { get; } = new(Year - 1, 4, 1);
    public DateOnly End { get; } = new(Year, 3, 31);

    public bool Covers(DateOnly? date) => date >= Start && date <= End;

    /// <summary>
    /// The year the tables are of, since they do not say: that of most of its reviews, which only the year's are sent of; without reviews, that of
    /// the last episode begun or ended by today.
    /// </summary>
    public static int Of(Ssda903Return read, DateOnly today)
    {
        var reviews = read.Children.SelectMany(c => c.Reviews).Select(r => r.REVIEW.Value).Where(d => d <= today).GroupBy(d => YearOf(d!.Value)).ToList();
        if (reviews.Count > 0) return reviews.OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key).First().Key;
        var last = read.Children.SelectMany(c => c.Episodes).SelectMany(e => new[] { e.DECOM.Value, e.DEC.Value }).Where(d => d <= today).Max();
        return YearOf(last ?? today);
    }

    private static int YearOf(DateOnly date) => date.Month > 3 ? date.Year + 1 : date.Year;
}
