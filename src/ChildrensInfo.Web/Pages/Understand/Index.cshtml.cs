using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.GovUk;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand;

/// <summary>Children in need on a day or in the year to it, and which of them were heard. Only protected figures come as far as this page.</summary>
public class IndexModel(NeedService need, QuoteService quotes, ICurrentActor current, TimeProvider clock) : PageModel
{
    private const int QuotesPerSection = 2;

    /// <summary>The day, as the address has it: one of <see cref="Days"/>, or nothing for the newest.</summary>
    [BindProperty(SupportsGet = true)]
    public string? On { get; set; }

    /// <summary>One group of one dimension, as the address has it, or nothing for all children.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Group { get; set; }

    /// <summary>The key of a <see cref="NeedMeasure"/>, as the address has it, or nothing for the day.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Measure { get; set; }

    public bool IsEmpty { get; private set; }

    public IReadOnlyList<DateOnly> Days { get; private set; } = [];

    public DateOnly Day { get; private set; }

    public NeedMeasure Counted { get; private set; } = NeedMeasure.OnDay;

    public bool ThroughYear => Counted == NeedMeasure.ThroughYear;

    public NeedFilter? Filter { get; private set; }

    public (Figure Children, Figure HeardChildren, Percentage Heard) Total { get; private set; }

    public IReadOnlyList<Section> Sections { get; private set; } = [];

    public IReadOnlyList<BarRow> Trend { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        Days = NeedService.Days(today);
        Day = Days[0];
        if (!string.IsNullOrEmpty(On))
        {
            if (!DateOnly.TryParseExact(On, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asked) || !Days.Contains(asked)) return BadRequest();
            Day = asked;
        }

        if (!NeedFilter.TryParse(Group, out var filter)) return BadRequest();
        Filter = filter;
        if (!NeedMeasure.TryParse(Measure, out var measure)) return BadRequest();
        Counted = measure;
        var actor = current.Actor!;
        IsEmpty = !await need.HasEpisodesAsync(cancel);
        if (IsEmpty) return Page();

        var snapshot = await need.SnapshotAsync(Counted, Day, actor, cancel);
        Total = snapshot.Total(Filter);
        var shown = NeedDimension.All.Select(d => (Dimension: d, Rows: snapshot.Rows(d, Filter))).Where(s => s.Rows is not null).ToList();
        // Words stand beside the children of the day, whom they are chosen from.
        // The group must be seen to be large enough, or that there are words at all would say that it is.
        IReadOnlyList<Quote> words = !ThroughYear && Total.HeardChildren.TryGet(out var heard) && heard >= QuoteService.FewestHeard
            ? await quotes.OfGroupAsync(Filter, Day, QuotesPerSection * shown.Count, actor, cancel)
            : [];
        Sections = [.. shown.Select((s, i) => new Section(s.Dimension, [.. s.Rows!.Select(row => Bar(s.Dimension, row))], [.. words.Skip(i * QuotesPerSection).Take(QuotesPerSection)]))];
        if (Filter is null && !ThroughYear) Trend = [.. (await need.TrendAsync(today, actor, cancel)).Select(p => new BarRow(Words.Of(p.Day), Number(p.Children)))];
        await need.AuditReadAsync(Counted, Day, Filter, actor, cancel);
        return Page();
    }

    public string Address(NeedFilter? filter) => Url.Page("Index", new { measure = ThroughYear ? Counted.Key : null, on = Day == Days[0] ? null : Iso(Day), group = filter?.Key })!;

    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private BarRow Bar(NeedDimension dimension, NeedRow row) => new(
        row.Group.Label, Number(row.Children), row.Heard.ToString(),
        Filter is null && !row.Children.IsSuppressed ? Address(new NeedFilter(dimension, row.Group)) : null);

    private static decimal? Number(Figure figure) => figure.TryGet(out var number) ? number : null;

    public sealed record Section(NeedDimension Dimension, IReadOnlyList<BarRow> Rows, IReadOnlyList<Quote> Quotes);
}
