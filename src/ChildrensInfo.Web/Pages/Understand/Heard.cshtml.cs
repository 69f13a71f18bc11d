using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Web.GovUk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand;

/// <summary>Who was not heard: of each group the share, how sure one can be of it, and what came of trying.</summary>
public class HeardModel(NeedFigures figures, ICurrentActor current) : PageModel
{
    public FiguresState State { get; private set; } = new([], null, false, false);

    public Slice All { get; private set; } = Slice.Hidden;

    public IReadOnlyList<(NeedDimension Dimension, IReadOnlyList<Row> Rows)> Parts { get; private set; } = [];

    public IReadOnlyList<BarRow> WhyNot { get; private set; } = [];

    public IReadOnlyList<Tile> Tiles { get; private set; } = [];

    /// <param name="Differs">That the whole of the interval is below the share of all children, or above it.</param>
    public sealed record Row(string Group, string Children, string Heard, string Share, string Between, string OwnWords, string? Differs);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var actor = current.Actor!;
        State = await figures.StateAsync(actor, cancel);
        if (State.Days.Count == 0) return Page();
        var day = State.Days[0];
        if (await figures.ViewAsync("N01", day, cancel) is { } view)
        {
            All = view.Total(null);
            double? all = NeedValue.Heard(All).TryGet(out var percent) ? percent : null;
            Parts = [.. view.Dimensions.Select(d => (d, (IReadOnlyList<Row>)[.. (view.Rows(d, null) ?? []).Select(r => Of(r.Group, r.Slice, all))]))];
        }

        if (await figures.ViewAsync("V02", day, cancel) is { } why) WhyNot = [.. why.By.Select(v => new BarRow(v.Label, NeedValue.Number(v.Figure), v.HeardShare.ToString()))];
        var trends = await figures.TrendsAsync(["N35", "V01", "V03", "V05", "V06", "C03"], cancel);
        Tiles = [.. trends.Values.OrderBy(t => t.Indicator.Key, StringComparer.Ordinal).Select(t => Tile.Of(t)).OfType<Tile>()];
        await figures.AuditReadAsync($"heard {NeedView.Iso(day)}", false, actor, cancel);
        return Page();
    }

    private static Row Of(NeedGroup group, Slice slice, double? all)
    {
        // Of nobody there is no share, and nothing is hidden.
        if (slice.Children.TryGet(out var children) && children == 0) return new Row(group.Label, "0", "0", "–", "–", "–", null);
        var interval = NeedValue.Interval(slice.Heard, slice.Children);
        return new Row(
            group.Label, slice.Children.ToDisplay(), slice.Heard.ToDisplay(), NeedValue.Heard(slice).ToString(), interval is { } i ? $"{i.Low:0} to {i.High:0}%" : Figure.Symbol, NeedValue.OwnWords(slice).ToString(),
            interval is { } j && all is { } share ? j.High < share ? "Less often than all" : j.Low > share ? "More often than all" : null : null);
    }
}
