using System.Globalization;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Web.Shared;

namespace ChildrensInfo.Web.Pages.Understand;

/// <summary>Views of figures as addresses and sentences have them.</summary>
public static class NeedViews
{
    /// <returns>Null when the day is not one.</returns>
    public static NeedView? Parse(string key, string? on, string? by, string? group)
    {
        DateOnly? day = null;
        if (!string.IsNullOrEmpty(on))
        {
            if (!DateOnly.TryParseExact(on, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)) return null;
            day = parsed;
        }

        return new NeedView(key, day, string.IsNullOrEmpty(by) ? null : by, string.IsNullOrEmpty(group) ? null : group);
    }

    public static string When(DateOnly day, bool isOnDay) => isOnDay ? $"on {Words.Of(day)}" : $"in the 12 months to {Words.Of(day)}";
}
