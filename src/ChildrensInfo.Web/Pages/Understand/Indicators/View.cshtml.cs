using System.Globalization;
using System.Text;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.GovUk;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Indicators;

/// <summary>One indicator, by any of the groups children are in, with voice beside each figure; on the page, as a file and as a picture the same.</summary>
public class ViewModel(NeedFigures figures, QuoteService quotes, ICurrentActor current) : PageModel
{
    private const int QuotesShown = 4;

    public const string Note = "Rounded to the nearest 5. c = not shown, because a number so small, or one next to it, could point to a child.";

    [FromRoute]
    public string Key { get; set; } = "";

    /// <summary>A day, as the address has it, or nothing for the newest.</summary>
    [BindProperty(SupportsGet = true)]
    public string? On { get; set; }

    /// <summary>The dimension whose groups stand side by side, as the address has it.</summary>
    [BindProperty(SupportsGet = true)]
    public string? By { get; set; }

    /// <summary>One group of one dimension, as the address has it, or nothing for all children.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Group { get; set; }

    /// <summary>The code of a council whose published figures stand beside.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Against { get; set; }

    public NeedLook Look { get; private set; } = null!;

    public CurrentIndicator Indicator => Look.Indicator;

    public IndicatorDefinition Definition => Indicator.Definition;

    public FiguresState State => Look.State;

    public NeedView View => Look.View;

    public DateOnly Day => Look.Day;

    public ReleasedFigures? Released => Look.Released;

    public NeedDimension? Dimension => Look.Dimension;

    public NeedFilter? Filter => Look.Filter;

    public Slice Slice => Look.Slice;

    public int? Population => Look.Population;

    public (int Year, int Children, string Source)? PopulationOf => Look.PopulationOf;

    public IReadOnlyList<(NeedGroup Group, Slice Slice)>? Rows => Look.Rows;

    public string? OwnField => Look.OwnField;

    public string Suffix => Look.Suffix;

    public IReadOnlyList<ChartPoint> Trend { get; private set; } = [];

    public IReadOnlyList<NamedFigure> Themes { get; private set; } = [];

    public IReadOnlyList<Quote> Quotes { get; private set; } = [];

    public IReadOnlyList<BarRow> Published { get; private set; } = [];

    public int? PublishedYear { get; private set; }

    /// <summary>Whose figures stand beside each value; null where places stand under each other.</summary>
    public string? PublishedBeside { get; private set; }

    public string? CouncilCode { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        if (Released is null) return Page();
        var actor = current.Actor!;
        Trend = Charts.Points(await figures.LineAsync(Look, cancel));
        Themes = Released.ThemesOf(Filter);
        CouncilCode = await figures.CouncilCodeAsync(actor, cancel);
        if (!Compare()) return BadRequest();
        Quotes = await quotes.OfViewAsync(Indicator, Day, Filter, Slice, QuotesShown, actor, cancel);
        await figures.AuditReadAsync(View.Detail, false, actor, cancel);
        return Page();
    }

    public async Task<IActionResult> OnGetCsvAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        if (Released is null) return NotFound();
        await figures.AuditReadAsync($"{View.Detail} csv", true, current.Actor!, cancel);
        var text = new StringBuilder();
        foreach (var row in Table().Append([]).Concat(About())) text.Append(SafeCsv.Line(row.Select(c => Convert.ToString(c, CultureInfo.InvariantCulture))));
        return File(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(text.ToString())).ToArray(), "text/csv", FileName("csv"));
    }

    public async Task<IActionResult> OnGetXlsxAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        if (Released is null) return NotFound();
        await figures.AuditReadAsync($"{View.Detail} xlsx", true, current.Actor!, cancel);
        return File(Workbook.Write(("Figures", [.. Table()]), ("What it means", [.. About()])), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", FileName("xlsx"));
    }

    public async Task<IActionResult> OnGetSvgAsync(CancellationToken cancel)
    {
        if (await LoadAsync(cancel) is { } refused) return refused;
        if (Released is null) return NotFound();
        await figures.AuditReadAsync($"{View.Detail} svg", true, current.Actor!, cancel);
        var points = Bars().Select(b => new ChartPoint(b.Label, b.Label, b.Figure, Figures.Show(b.Figure, Suffix))).ToList();
        return File(Encoding.UTF8.GetBytes(ChartSvg.Bars($"{Definition.Name}, {When}{OfGroup}", points, Note)), "image/svg+xml", FileName("svg"));
    }

    /// <summary>Whether it is a rate and nobody knows how many children live here.</summary>
    public bool LacksOwnRate => Definition.Unit == IndicatorUnit.Rate && Population is null;

    public string When => NeedViews.When(Day, Look.IsOnDay);

    public string OfGroup => Filter is null ? "" : $" ({Filter.Dimension.Name}: {Filter.Group.Label})";

    public string HeardWhen => Released?.HeardInYear == true ? "in those 12 months" : "in the 12 weeks before";

    public string Value(Slice slice, bool rate) => Look.Value(slice, rate);

    /// <summary>The same view with something else in it.</summary>
    public string Address(string? by = null, string? group = null) => (View with { By = by ?? View.By, Group = group ?? View.Group }).Address;

    /// <summary>Where to write down what one makes of this very view.</summary>
    public string Reflect => NeedViews.Beside(View with { Day = Day }, "reflect");

    /// <summary>Where to put this very view into a monthly pack, on whichever day is then the newest.</summary>
    public string Pack => NeedViews.Beside(View with { Day = null }, "pack");

    public string Download(string handler)
    {
        var address = View.Address;
        return $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}handler={handler}";
    }

    /// <summary>The rows of the chart: the groups of a dimension or, without one, the values of the indicator's own field.</summary>
    public IReadOnlyList<BarRow> Bars()
    {
        if (Dimension is null) return [.. Released!.By.Select(v => new BarRow(v.Label, NeedValue.Number(v.Figure), v.HeardShare.ToString(), Share: Look.HasShares ? Look.Share(v).ToString() : null))];
        return [.. (Rows ?? []).Select(r => new BarRow(
            r.Group.Label, Look.RowValue(r.Group, r.Slice), NeedValue.Heard(r.Slice).ToString(),
            Filter is null && !r.Slice.Count.IsSuppressed && MayLeadTo(Dimension) is { } next ? Address(by: next, group: new NeedFilter(Dimension, r.Group).Key) : null, Look.Rate(r.Group, r.Slice)?.Between))];
    }

    /// <summary>What a group of a dimension can be looked at by: the hub, or from the hub anything.</summary>
    private string? MayLeadTo(NeedDimension from) =>
        Released!.Cube.Pairs.Count == 0 ? null : from.Key == Released.Hub ? Released.Dimensions.First(d => d.Key != Released.Hub && d.Groups.Count > 1).Key : Released.Cube.Pairs.ContainsKey(from.Key) ? Released.Hub : null;

    /// <returns>Null when there is something to show.</returns>
    private async Task<IActionResult?> LoadAsync(CancellationToken cancel)
    {
        if (NeedViews.Parse(Key, On, By, Group) is not { } view) return BadRequest();
        var (look, isGood) = await figures.LookAsync(view, current.Actor!, cancel);
        if (look is null) return isGood ? NotFound() : BadRequest();
        Look = look;
        return Definition.Counts is null ? Redirect($"/understand/indicators/{Key}/about") : null;
    }

    /// <returns>False when a council is asked for that there is not.</returns>
    private bool Compare()
    {
        if (Definition.Published is not { } column || Filter is not null) return true;
        var all = PublishedFigures.All;
        if (!string.IsNullOrEmpty(Against) && all.Councils.All(c => c.Code != Against)) return false;
        // Parts are published later than the whole, or not of every year.
        PublishedYear = all.NewestYear(Definition.PublishedBy?.Values.First() ?? column, Definition.Unit, Day);
        if (PublishedYear is not { } year) return true;
        if (Definition.PublishedBy is { } columns)
        {
            // The parts of one whole, of this council beside another's or England's.
            if (Dimension is not null || all.Find(year, string.IsNullOrEmpty(Against) ? PublishedFigures.EnglandCode : Against) is not { } beside) return true;
            Published = [.. Released!.By.Where(v => columns.ContainsKey(v.Key)).Select(v => new BarRow(
                v.Label, Look.Share(v).TryGet(out var share) ? Math.Round((decimal)share, 0) : null, PublishedFigures.ShareOf(beside[columns[v.Key]], beside[column]) is { } of ? Figures.Show(of, "%") : "not published"))];
            PublishedBeside = $"{(string.IsNullOrEmpty(Against) ? "England" : beside.Name)}, {year}";
            return true;
        }

        var code = string.IsNullOrEmpty(Against) ? CouncilCode! : Against;
        var rows = new List<BarRow>();
        // A number beside rates would be read as one of them.
        if (!LacksOwnRate) rows.Add(new($"Your council, {When}", NeedValue.Of(Definition.Unit, Slice, Population)));
        void Add(string label, PublishedPlace? place)
        {
            if (place is not null) rows.Add(new(label, PublishedFigures.ValueOf(place, column, Definition.Unit)));
        }

        Add($"England, {year}", all.Find(year, PublishedFigures.EnglandCode));
        if (all.Find(year, code) is { } council)
        {
            Add($"{council.Region}, {year}", all.Places.FirstOrDefault(p => p.Year == year && p.Level == PublishedLevel.Region && p.Name == council.Region));
            Add($"{council.Name}, {year}", council);
        }

        foreach (var neighbour in all.NeighboursOf(code).Select(n => all.Find(year, n)).OfType<PublishedPlace>()) Add($"Neighbour: {neighbour.Name}, {year}", neighbour);
        Published = rows;
        return true;
    }

    private IEnumerable<IReadOnlyList<object?>> Table()
    {
        object Cell(decimal? number) => number is { } n ? n : Figure.Symbol;
        object Shown(Figure figure) => figure.TryGet(out var n) ? n : Figure.Symbol;
        object Share(Percentage share) => share.TryGet(out var percent) ? Math.Round((decimal)percent, 0) : Figure.Symbol;
        var isShare = Definition.Unit == IndicatorUnit.Percent;
        if (Dimension is null)
        {
            yield return [OwnField, "Number", Look.HasShares ? "Percent of all" : "", "Children", "Children heard", "Percent heard"];
            foreach (var value in Released!.By) yield return [value.Label, Shown(value.Figure), Look.HasShares ? Share(Look.Share(value)) : "", Shown(value.Children), Shown(value.Heard), Share(value.HeardShare)];
            yield return ["All", Shown(Slice.Count), "", Shown(Slice.Children), Shown(Slice.Heard), Share(NeedValue.Heard(Slice))];
            yield break;
        }

        yield return [Dimension.Name, "Number", isShare ? "Out of" : Look.Compares ? "Children who live here" : "", isShare ? "Percent" : Definition.Unit == IndicatorUnit.Mean ? "Average" : Look.Compares ? "Beside all children" : "", Look.Compares ? "Between" : "", "Children", "Children heard", "Percent heard", "In own words, percent of those heard"];
        foreach (var (group, slice) in (Rows ?? []).Append((new NeedGroup("", "All"), Slice)))
        {
            object? of = isShare ? Shown(slice.Whole) : Look.Compares ? group.Key.Length == 0 ? Look.EthnicPopulation!.All : Look.EthnicPopulation!.Of(group.Key) : "";
            var isOne = isShare || Definition.Unit == IndicatorUnit.Mean || (Look.Compares && group.Key.Length > 0);
            yield return [group.Label, Shown(slice.Count), of, isOne ? Cell(Look.RowValue(group, slice)) : "", Look.Rate(group, slice)?.Between ?? "", Shown(slice.Children), Shown(slice.Heard), Share(NeedValue.Heard(slice)), Share(NeedValue.OwnWords(slice))];
        }
    }

    private IEnumerable<IReadOnlyList<object?>> About()
    {
        yield return ["Indicator", $"{Key} {Definition.Name}, version {Indicator.Version.Number}"];
        yield return ["When", When];
        if (Filter is not null) yield return ["Children", $"{Filter.Dimension.Name}: {Filter.Group.Label}"];
        yield return ["Counted", Definition.Numerator];
        yield return ["Out of", Definition.Denominator];
        yield return ["From", Definition.Returns];
        if (NeedViews.KnownNote(Look) is { } known) yield return ["Known", known];
        yield return ["Defined by", Definition.DefinedBy];
        yield return ["Source", Definition.Source];
        yield return ["Whose voice shaped it", Definition.VoiceShaped];
        yield return ["Cannot tell", Definition.CannotTell];
        yield return ["Heard", $"Something a child said or showed was recorded {HeardWhen}"];
        if (Look.Compares) yield return ["Compared", Look.RowsNote];
        yield return ["Small numbers", Note];
    }

    /// <summary>Keys only: a file's name travels where its content does not.</summary>
    private string FileName(string extension) => $"{Key}-{NeedView.Iso(Day)}.{extension}";
}
