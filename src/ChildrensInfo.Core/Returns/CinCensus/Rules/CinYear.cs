namespace ChildrensInfo.Core.Returns.CinCensus.Rules;

/// <summary>The collection year a return is judged by.</summary>
/// <param name="Year">The year it ends in: 2026 for 2025-26.</param>
/// <param name="Start">1 April.</param>
/// <param name="End">The return's reference date: 31 March, unless the return says otherwise (rule 100).</param>
public sealed record CinYear(int Year, DateOnly Start, DateOnly End)
{
    /// <summary>The collections there are rules for, by the year they end in.</summary>
    public static IReadOnlyList<int> Supported { get; } = [2024, 2025, 2026];

    public static int Latest => Supported[^1];

    /// <summary>The year whose rules hold.</summary>
    public DateOnly YearEnd => new(Year, 3, 31);

    public bool Covers(DateOnly? date) => date >= Start && date <= End;

    /// <summary>The day after the last: the end of what goes on still.</summary>
    public DateOnly StillOpen => End.AddDays(1);

    /// <param name="year">When null, the year the return says it is for, or the latest when it names one that there are no rules for.</param>
    public static CinYear For(CinHeader header, int? year = null)
    {
        var stated = header.ReferenceDate.Value is { Month: 3, Day: 31 } date && Supported.Contains(date.Year) ? date.Year
            : header.Year.Value is { } named && Supported.Contains(named) ? named
            : Latest;
        var collection = year ?? stated;
        // The published rules measure against the reference date that the return gives, right or wrong.
        var end = header.ReferenceDate.Value is { Year: > 1900 } given ? given : new DateOnly(collection, 3, 31);
        return new CinYear(collection, new DateOnly(end.Month > 3 ? end.Year : end.Year - 1, 4, 1), end);
    }

    /// <summary>2026 to 2025-26.</summary>
    public static string Name(int year) => $"{year - 1}-{year % 100:00}";

    /// <summary>By which year's rules a return was judged, where it is another than the one it is for; null where it is not.</summary>
    /// <param name="stated">The year the return is for; null when it does not say.</param>
    public static string? JudgedByOther(int? stated, int rules) =>
        stated == rules ? null
        : stated is { } year ? $"The return is for {Name(year)}{(Supported.Contains(year) ? "" : ", for which there are no rules here")}. It was judged by the rules of {Name(rules)}: what changed between the two is judged wrongly."
        : $"The return does not say which year it is for. It was judged by the rules of {Name(rules)}.";

    /// <summary>2025-26 or 2026 to 2026.</summary>
    /// <param name="supported">The years there are rules for; those of the census when null.</param>
    public static bool TryParse(string text, out int year, IReadOnlyList<int>? supported = null)
    {
        supported ??= Supported;
        var parts = text.Split('-', '/');
        year = 0;
        if (parts.Length == 1) return int.TryParse(parts[0], out year) && supported.Contains(year);
        return parts.Length == 2 && int.TryParse(parts[0], out var first) && int.TryParse(parts[1], out var second)
            && (year = first + 1) % 100 == second % 100 && (parts[1].Length == 2 || second == year) && supported.Contains(year);
    }
}
