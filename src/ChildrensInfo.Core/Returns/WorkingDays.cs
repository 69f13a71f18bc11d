namespace ChildrensInfo.Core.Returns;

/// <summary>
/// Working days in England and Wales: Monday to Friday without the bank holidays, which are computed so that no yearly list has to be
/// kept. Source of the dates: https://www.gov.uk/bank-holidays.
/// </summary>
public static class WorkingDays
{
    /// <summary>Days added or moved once by proclamation.</summary>
    private static readonly HashSet<DateOnly> Extra =
    [
        new(2020, 5, 8), // early May moved for the anniversary of VE Day
        new(2022, 6, 2), new(2022, 6, 3), // spring moved, platinum jubilee
        new(2022, 9, 19), // state funeral
        new(2023, 5, 8), // coronation
    ];

    private static readonly HashSet<DateOnly> Moved = [new(2020, 5, 4), new(2022, 5, 30)];

    public static bool IsWorkingDay(DateOnly date) => date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !IsBankHoliday(date);

    /// <summary>The date so many working days earlier: 1 back from a Monday is the Friday before it.</summary>
    public static DateOnly Before(DateOnly date, int days)
    {
        while (days > 0)
        {
            date = date.AddDays(-1);
            if (IsWorkingDay(date)) days--;
        }
        return date;
    }

    public static bool IsBankHoliday(DateOnly date)
    {
        if (Extra.Contains(date)) return true;
        if (Moved.Contains(date)) return false;
        var monday = date.DayOfWeek == DayOfWeek.Monday;
        return date switch
        {
            { Month: 1 } => date == Substitute(new DateOnly(date.Year, 1, 1)),
            { Month: 5 } => monday && (date.Day <= 7 || date.Day > 24),
            { Month: 8 } => monday && date.Day > 24,
            { Month: 12 } => IsChristmas(date),
            { Month: 3 or 4 } => date == Easter(date.Year).AddDays(-2) || date == Easter(date.Year).AddDays(1),
            _ => false,
        };
    }

    /// <summary>A holiday at the weekend is kept on the next Monday.</summary>
    private static DateOnly Substitute(DateOnly date) => date.DayOfWeek switch
    {
        DayOfWeek.Saturday => date.AddDays(2),
        DayOfWeek.Sunday => date.AddDays(1),
        _ => date,
    };

    /// <summary>25 and 26 December are kept on the first two weekdays from the 25th on, and on 28 December when the 26th is a Saturday.</summary>
    private static bool IsChristmas(DateOnly date) => new DateOnly(date.Year, 12, 25).DayOfWeek switch
    {
        DayOfWeek.Friday => date.Day is 25 or 28,
        DayOfWeek.Saturday => date.Day is 27 or 28,
        DayOfWeek.Sunday => date.Day is 26 or 27,
        _ => date.Day is 25 or 26,
    };

    /// <summary>Easter Sunday by the Gregorian calendar's own arithmetic (Meeus, Jones and Butcher).</summary>
    internal static DateOnly Easter(int year)
    {
        int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4;
        int g = (b - ((b + 8) / 25) + 1) / 3, h = ((19 * a) + b - d - g + 15) % 30;
        int i = c / 4, k = c % 4, l = (32 + (2 * e) + (2 * i) - h - k) % 7, m = (a + (11 * h) + (22 * l)) / 451;
        int n = h + l - (7 * m) + 114;
        return new DateOnly(year, n / 31, (n % 31) + 1);
    }
}
