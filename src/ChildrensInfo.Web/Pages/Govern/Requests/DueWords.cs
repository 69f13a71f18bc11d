using ChildrensInfo.Web.Shared;

namespace ChildrensInfo.Web.Pages.Govern.Requests;

public static class DueWords
{
    /// <summary>The day by which the law wants an answer, and how long that is.</summary>
    public static string Of(DateOnly dueOn, DateOnly today) => (dueOn.DayNumber - today.DayNumber) switch
    {
        < 0 and var late => $"{Words.Day(dueOn)}, overdue by {Words.Count(-late, "day", "days")}",
        0 => $"{Words.Day(dueOn)}, today",
        var left => $"{Words.Day(dueOn)}, {Words.Count(left, "day", "days")} left",
    };
}
