using System.Globalization;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Web.GovUk;
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

    /// <returns>Null where the loaded returns say how it was on the day, and of what is from no return.</returns>
    public static string? KnownNote(NeedLook look) => look is { Return: { } kind, KnownDays: { } known } ? KnownNote(kind, known, look.Day) : null;

    /// <summary>What a figure of a day cannot say that no loaded return covers.</summary>
    public static string? KnownNote(ReturnKind kind, (DateOnly From, DateOnly To) known, DateOnly day)
    {
        var what = kind == ReturnKind.CinCensus ? "children in need census" : "return on children looked after";
        return day > known.To ? $"The newest {what} that is loaded says how it was until {Words.Of(known.To)}. What has happened since is not known here: what was open then still counts, and nothing new does."
            : day < known.From ? $"The oldest {what} that is loaded begins on {Words.Of(known.From)}. Of the time before only what was still open then is known, so these figures are too low."
            : null;
    }

    /// <summary>The address of a page about this very view, beside the view's own.</summary>
    public static string Beside(NeedView view, string page)
    {
        var address = view.Address;
        var query = address.IndexOf('?', StringComparison.Ordinal);
        return address.Insert(query < 0 ? address.Length : query, $"/{page}");
    }

    /// <summary>What to say where there is nothing to see of a view.</summary>
    public static string Of(ViewGone gone, string key) => gone switch
    {
        ViewGone.Retired => $"The indicator {key} was retired, so there is no figure any more. Editions that hold it keep what they showed.",
        ViewGone.NotCounted => $"The indicator {key} is not worked out from what the portal holds any more.",
        ViewGone.NoSuchGroup => "The group of children, or what they were shown by, is not there any more. It may be a team that was dissolved.",
        _ => "No figures were worked out.",
    };
}

/// <param name="Title">Of the chart; no two on a page are the same.</param>
public sealed record LineShown(IReadOnlyList<ChartPoint> Points, IndicatorUnit Unit, string Title = "Over three years", int Level = 2);

/// <param name="Title">Of the chart; no two on a page are the same.</param>
public sealed record ThemesShown(IReadOnlyList<NamedFigure> Themes, string Title = "What the children heard spoke of", int Level = 3);

/// <param name="Title">Of the chart; no two on a page are the same.</param>
public sealed record PictureShown(ViewPicture Picture, string Title)
{
    public static PictureShown Of(ViewPicture picture) => new(picture, $"By {picture.By.ToLowerInvariant()}");
}
