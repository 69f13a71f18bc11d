using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.GovUk;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand;

/// <summary>Needs now and over three years, and which children were heard. Only released figures come as far as this page.</summary>
public class IndexModel(NeedFigures figures, ReflectionService reflections, IndicatorService indicators, QuoteService quotes, ICurrentActor current) : PageModel
{
    private const int QuotesShown = 4;

    /// <summary>What stands first for everybody; the catalogue has the rest.</summary>
    private static readonly string[] Headlines = ["N01", "N05", "N06", "N18", "N10", "N13", "N35", "V03"];

    public FiguresState State { get; private set; } = new([], null, false, false);

    public IReadOnlyList<Tile> Tiles { get; private set; } = [];

    public IReadOnlyList<ChartPoint> Need { get; private set; } = [];

    public IReadOnlyList<BarRow> ByNeed { get; private set; } = [];

    public Slice InNeed { get; private set; } = Slice.Hidden;

    public IReadOnlyList<NamedFigure> Themes { get; private set; } = [];

    public IReadOnlyList<Quote> Quotes { get; private set; } = [];

    /// <summary>How many reflections are due to be looked at again.</summary>
    public int ToReview { get; private set; }

    public DateOnly Day => State.Days[0];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var actor = current.Actor!;
        State = await figures.StateAsync(actor, cancel);
        if (State.Days.Count == 0) return Page();
        ToReview = await reflections.CountDueAsync(actor, cancel);
        var trends = await figures.TrendsAsync([.. Headlines, "N12"], cancel);
        Tiles = [.. Headlines.Where(trends.ContainsKey).Select(k => Tile.Of(trends[k])).OfType<Tile>()];
        if (trends.TryGetValue("N01", out var need))
        {
            Need = Charts.Points(need.Line(asNumbers: true));
            InNeed = need.Newest?.Slice ?? Slice.Hidden;
        }

        if (await figures.ViewAsync("N12", Day, cancel) is { } view)
        {
            ByNeed = [.. view.By.Select(v => new BarRow(v.Label, NeedValue.Number(v.Figure), v.HeardShare.ToString()))];
            Themes = view.ThemesOf(null);
        }

        if (need is not null) Quotes = await quotes.OfViewAsync(need.Indicator, Day, null, InNeed, QuotesShown, actor, cancel);
        await figures.AuditReadAsync($"overview {NeedView.Iso(Day)}", false, actor, cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostCalculateAsync(CancellationToken cancel)
    {
        await indicators.AskToCalculateAsync(current.Actor!, cancel);
        TempData["Success"] = "The figures are being worked out again. It takes a few seconds to a minute.";
        return Redirect("/understand");
    }
}

/// <summary>An indicator in one figure, with a year before and the way between.</summary>
public sealed record Tile(string Key, string Name, string Value, string? Detail, string? Heard, string Spark)
{
    /// <returns>Null when there is nothing to show yet.</returns>
    public static Tile? Of(Trend trend)
    {
        if (trend.Newest is not { } newest) return null;
        var line = trend.Line();
        var before = line.FirstOrDefault(p => p.Day == newest.Day.AddYears(-1));
        var heard = NeedValue.Heard(newest.Slice);
        return new Tile(
            trend.Indicator.Key, trend.Indicator.Definition.Name, line[^1].Text,
            string.Join("; ", new[] { trend.AreRates ? "for each 10,000 children" : null, before?.Value is null ? null : $"{before.Text} a year before" }.OfType<string>()),
            heard.IsSuppressed ? null : $"{heard} of these children were heard", ChartSvg.Spark([.. line.Select(p => p.Value)]));
    }
}

public static class Charts
{
    public static IReadOnlyList<ChartPoint> Points(IReadOnlyList<LinePoint> line) => [.. line.Select(p => new ChartPoint(Words.Of(p.Day), $"{p.Day:MMM yyyy}", p.Value, p.Text))];
}
