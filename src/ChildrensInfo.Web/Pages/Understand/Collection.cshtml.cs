using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Web.GovUk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand;

/// <summary>Indicators that belong together, side by side: a flow, journeys, what children answer.</summary>
public class CollectionModel(NeedFigures figures, ICurrentActor current) : PageModel
{
    private static readonly Dictionary<string, (string Title, string Lead, string[] Tiles, string[] Breakdowns)> All = new()
    {
        ["flow"] = ("From referral to plan", "Of all referrals in the twelve months, how many went on to each step. Late ones have had less time.", ["N05", "N07", "N08", "F01", "F02", "F03", "N15", "N16"], ["N09", "N40", "F04"]),
        ["journeys"] = ("Children’s journeys", "How long children’s spells of need last, and who comes back.", ["F06", "N06", "N19", "N20", "N21"], ["N14", "F05"]),
        ["care"] = ("Children looked after", "From the return on children looked after, without short breaks.", ["N24", "N25", "N26", "N27", "N32", "N34", "N29", "N30", "N31", "H01", "H02"], ["N24", "N29", "N34"]),
        ["wellbeing"] = ("Wellbeing, in children’s answers", "Answers children gave on a scale, where they were told that answers are counted and do not object.", ["N36", "W01", "W02", "W03", "W04", "W05", "W06", "W07", "W08", "W09"], ["V04"]),
        ["care-leavers"] = ("What matters to care leavers", "Eight domains in this portal’s words, until your council’s care leavers make them theirs; and the three things the return asks.", ["D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "N33", "H06", "H07", "H03", "H08", "H09", "H04", "H10", "H11"], ["H04"]),
        ["communication"] = ("Early communication", "Children under three: is it known how they communicate, and was anybody watching with care?", ["C01", "C02", "C03"], []),
    };

    [FromRoute]
    public string Collection { get; set; } = "";

    public string Title { get; private set; } = "";

    public string Lead { get; private set; } = "";

    public FiguresState State { get; private set; } = new([], null, false, false);

    public IReadOnlyList<Tile> Tiles { get; private set; } = [];

    /// <summary>The steps of the flow, the widest first.</summary>
    public IReadOnlyList<BarRow> Funnel { get; private set; } = [];

    public IReadOnlyList<(string Key, string Title, IReadOnlyList<BarRow> Rows, string Counted, string Heard)> Breakdowns { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!All.TryGetValue(Collection, out var one)) return NotFound();
        (Title, Lead) = (one.Title, one.Lead);
        var actor = current.Actor!;
        State = await figures.StateAsync(actor, cancel);
        if (State.Days.Count == 0) return Page();
        var day = State.Days[0];
        var trends = await figures.TrendsAsync([.. one.Tiles, .. one.Breakdowns], cancel);
        Tiles = [.. one.Tiles.Where(trends.ContainsKey).Select(k => Tile.Of(trends[k])).OfType<Tile>()];
        if (Collection == "flow") Funnel = [.. Steps(trends)];
        var breakdowns = new List<(string, string, IReadOnlyList<BarRow>, string, string)>();
        foreach (var key in one.Breakdowns.Where(trends.ContainsKey))
        {
            if (await figures.ViewAsync(key, day, cancel) is { By.Count: > 0 } view)
            {
                var definition = trends[key].Indicator.Definition;
                breakdowns.Add((key, definition.Name, [.. view.By.Select(v => new BarRow(v.Label, NeedValue.Number(v.Figure), v.HeardShare.ToString()))], definition.Numerator,
                    $"Of these children, heard in the {(view.HeardInYear ? "year" : "12 weeks before")}"));
            }
        }

        Breakdowns = breakdowns;
        await figures.AuditReadAsync($"{Collection} {NeedView.Iso(day)}", false, actor, cancel);
        return Page();
    }

    private static IEnumerable<BarRow> Steps(IReadOnlyDictionary<string, Trend> trends)
    {
        foreach (var (key, label) in new[] { ("N05", "Referred"), ("F01", "Assessment began"), ("F02", "Plan began"), ("F03", "Closed by the day") })
        {
            if (trends.TryGetValue(key, out var trend) && trend.Newest is { } newest)
                yield return new BarRow(label, NeedValue.Number(newest.Slice.Count), NeedValue.Heard(newest.Slice).ToString(), $"/understand/indicators/{key}");
        }
    }
}
