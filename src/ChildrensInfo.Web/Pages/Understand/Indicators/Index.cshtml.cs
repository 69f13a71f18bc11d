using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Need;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Indicators;

/// <summary>What is measured about children, by domain of need.</summary>
public class IndexModel(NeedFigures figures, IndicatorService indicators, ICurrentActor current) : PageModel
{
    public IReadOnlyList<(string Domain, IReadOnlyList<Row> Rows)> Domains { get; private set; } = [];

    /// <summary>What the council does not measure any more.</summary>
    public IReadOnlyList<(string Key, string Name)> Retired { get; private set; } = [];

    public sealed record Row(string Key, string Name, string Value, string DefinedBy, bool IsOwn, int Version, string? NotHere);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        await figures.StateAsync(current.Actor!, cancel);
        var trends = await figures.TrendsAsync(null, cancel);
        Domains = [.. trends.Values.OrderBy(t => t.Indicator.Key[0] != 'N').ThenBy(t => t.Indicator.Key, StringComparer.Ordinal).GroupBy(t => t.Indicator.Definition.Domain)
            .Select(g => (g.Key, (IReadOnlyList<Row>)[.. g.Select(t => Of(t))]))];
        Retired = await indicators.RetiredAsync(cancel);
        await figures.AuditReadAsync("catalogue", false, current.Actor!, cancel);
    }

    public async Task<IActionResult> OnPostRetireAsync(string key, bool retire, CancellationToken cancel)
    {
        if (!await indicators.RetireAsync(key, retire, current.Actor!, cancel)) return NotFound();
        TempData["Success"] = retire ? $"{key} is not measured any more. Monthly packs and reflections keep what they showed." : $"{key} is measured again. The figures are being worked out with it.";
        return Redirect("/understand/indicators");
    }

    private static Row Of(Trend trend)
    {
        var definition = trend.Indicator.Definition;
        var value = definition.Unit == IndicatorUnit.Ratio ? "by ethnic group" : trend.Points.Count > 0 ? trend.Line()[^1].Text : "–";
        return new(trend.Indicator.Key, definition.Name, value, definition.DefinedBy, trend.Indicator.IsOwn, trend.Indicator.Version.Number, definition.NotHere);
    }
}
