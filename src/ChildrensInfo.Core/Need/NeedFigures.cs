using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Shared;
using Microsoft.EntityFrameworkCore;
using Outcome = ChildrensInfo.Core.Shared.Outcome;

namespace ChildrensInfo.Core.Need;

/// <summary>One indicator on the days there are, the oldest first, each with how many children there were for a rate.</summary>
public sealed record Trend(CurrentIndicator Indicator, IReadOnlyList<(DateOnly Day, Slice Slice, int? Population)> Points)
{
    public (DateOnly Day, Slice Slice, int? Population)? Newest => Points.Count == 0 ? null : Points[^1];

    /// <summary>Whether it is shown as rates: of one line either all are, each by the population of its own year, or none.</summary>
    public bool AreRates => Indicator.Definition.Unit == IndicatorUnit.Rate && Points.All(p => p.Population is not null);

    public IReadOnlyList<LinePoint> Line(bool asNumbers = false)
    {
        var unit = Indicator.Definition.Unit;
        var rates = AreRates && !asNumbers;
        return [.. Points.Select(p => (p.Day, Value: NeedValue.Of(unit, p.Slice, rates ? p.Population : null))).Select(p => new LinePoint(p.Day, p.Value, NeedValue.Show(unit, p.Value, rates)))];
    }
}

/// <summary>One figure on one day, as it is shown.</summary>
/// <param name="Value">Null when it is hidden.</param>
public sealed record LinePoint(DateOnly Day, decimal? Value, string Text);

/// <summary>How far the figures are.</summary>
/// <param name="CalculatedAt">Null when there are none yet.</param>
public sealed record FiguresState(IReadOnlyList<DateOnly> Days, DateTime? CalculatedAt, bool IsBeingCalculated, bool HasNeed)
{
    /// <summary>From which day to which the returns of each kind that are loaded say how it was.</summary>
    public IReadOnlyDictionary<ReturnKind, (DateOnly From, DateOnly To)> Known { get; init; } = new Dictionary<ReturnKind, (DateOnly From, DateOnly To)>();
}

/// <summary>
/// What pages, prints and files ask for figures about need. It reads what was released and nothing else, so whoever asks, and whichever way, is given the
/// same: a page cannot count children, it has nothing to count.
/// </summary>
public sealed class NeedFigures(AppDbContext db, StandbyReads reads, IndicatorService indicators, TimeProvider clock)
{
    private const string OnsEstimate = "Office for National Statistics, mid-year estimate (Open Government Licence v3.0)";

    private static readonly TimeSpan Fresh = TimeSpan.FromHours(24);

    /// <summary>Figures older than a day are worked out again when somebody looks, since what was heard and who objects changes daily.</summary>
    public async Task<FiguresState> StateAsync(Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var days = await db.IndicatorReleases.Select(r => r.Day).Distinct().OrderByDescending(d => d).ToListAsync(cancel);
        var at = await CalculatedAtAsync(cancel);
        var waits = await db.Jobs.AnyAsync(j => j.Kind == JobKind.CalculateIndicators && (j.State == JobState.Waiting || j.State == JobState.Running), cancel);
        var hasNeed = at is not null || await db.NeedEpisodes.AnyAsync(cancel);
        var stale = at is null || at < now - Fresh || !days.Contains(IndicatorCalculation.Days(ConsentRules.LocalDay(now))[0]);
        if (hasNeed && stale && !waits)
        {
            await indicators.AskToCalculateAsync(actor, cancel);
            waits = true;
        }

        return new(days, at, waits, hasNeed) { Known = await KnownAsync(cancel) };
    }

    private async Task<Dictionary<ReturnKind, (DateOnly From, DateOnly To)>> KnownAsync(CancellationToken cancel)
    {
        var loaded = await db.Returns.AsNoTracking().Where(r => r.State == ReturnState.Loaded && r.Kind != null && r.ReferenceOn != null).Select(r => new { Kind = r.Kind!.Value, On = r.ReferenceOn!.Value, r.UploadedAt }).ToListAsync(cancel);
        // A return of a year that is not over says how it was when it was made.
        return loaded.GroupBy(r => r.Kind).ToDictionary(g => g.Key, g => (g.Min(r => r.On.AddYears(-1).AddDays(1)), g.Max(r => ConsentRules.LocalDay(r.UploadedAt) is var day && day < r.On ? day : r.On)));
    }

    /// <returns>When the figures were worked out; null when there are none.</returns>
    public Task<DateTime?> CalculatedAtAsync(CancellationToken cancel) => db.IndicatorReleases.MaxAsync(r => (DateTime?)r.CalculatedAt, cancel);

    /// <param name="keys">Null for all.</param>
    public async Task<IReadOnlyDictionary<string, Trend>> TrendsAsync(IReadOnlyCollection<string>? keys, CancellationToken cancel)
    {
        var current = (await indicators.CurrentAsync(cancel)).Where(i => keys is null || keys.Contains(i.Key)).ToList();
        var wanted = current.Select(i => i.Key).ToList();
        var rows = (await reads.Db.IndicatorReleases.AsNoTracking().Where(r => wanted.Contains(r.Key)).OrderBy(r => r.Day).Select(r => new { r.Key, r.Day, r.VersionId, r.TotalJson }).ToListAsync(cancel)).ToLookup(r => r.Key);
        var populations = current.Exists(i => i.Definition.Unit == IndicatorUnit.Rate) ? await PopulationsAsync([.. rows.SelectMany(r => r).Select(r => r.Day).Distinct()], cancel) : [];
        return current.ToDictionary(i => i.Key, i => new Trend(i, [.. rows[i.Key].Select(r => (r.Day, ReleasedFigures.ReadTotal(r.TotalJson), populations.GetValueOrDefault(r.Day)?.Children))]));
    }

    public async Task<ReleasedFigures?> ViewAsync(string key, DateOnly day, CancellationToken cancel) =>
        await reads.Db.IndicatorReleases.AsNoTracking().Where(r => r.Key == key && r.Day == day).Select(r => r.FiguresJson).SingleOrDefaultAsync(cancel) is { } json ? ReleasedFigures.Read(json) : null;

    /// <summary>Finds what there is to see of a view.</summary>
    /// <returns>Nothing when there is no such indicator; not good when what is asked for is not among what can be.</returns>
    public async Task<(NeedLook? Look, bool IsGood)> LookAsync(NeedView view, Actor actor, CancellationToken cancel)
    {
        if (await indicators.FindAsync(view.Indicator, cancel) is not { } indicator) return (null, true);
        var state = await StateAsync(actor, cancel);
        if (view.Day is { } asked && !state.Days.Contains(asked)) return (null, false);
        if (state.Days.Count == 0) return (new() { View = view, Indicator = indicator, State = state }, true);
        var day = view.Day ?? state.Days[0];
        if (await ViewAsync(view.Indicator, day, cancel) is not { } released) return (new() { View = view, Indicator = indicator, State = state, Day = day }, true);
        if (!NeedFilter.TryParse(view.Group, released.Dimensions, out var filter)) return (null, false);
        var dimension = view.By is null ? DimensionOf(indicator, released, filter) : released.Dimensions.FirstOrDefault(d => d.Key == view.By);
        if (dimension is null && view.By is not null) return (null, false);
        return (new()
        {
            View = view,
            Indicator = indicator,
            State = state,
            Day = day,
            Released = released,
            Filter = filter,
            Dimension = dimension,
            Slice = released.Total(filter),
            PopulationOf = await PopulationAsync(day, cancel),
            LacksPostcodes = NeedsPostcodes(indicator.Definition) && !await db.PostcodeDirectories.AnyAsync(cancel),
            EthnicPopulation = indicator.Definition.Unit == IndicatorUnit.Ratio ? await EthnicPopulationAsync(day, cancel) : null,
            Rows = dimension is null ? null : released.Rows(dimension, filter),
        }, true);
    }

    /// <summary>What a view shows over three years: all children, the oldest day first; nothing of one group by itself, nor of what compares groups.</summary>
    public async Task<IReadOnlyList<LinePoint>> LineAsync(NeedLook look, CancellationToken cancel) =>
        look.Filter is null && look.Indicator.Definition.Unit != IndicatorUnit.Ratio && (await TrendsAsync([look.Indicator.Key], cancel)).TryGetValue(look.Indicator.Key, out var trend) ? trend.Line() : [];

    /// <summary>What children are shown by where nobody chose: the indicator's own field, or a dimension that can be seen with the group that was chosen.</summary>
    private static NeedDimension? DimensionOf(CurrentIndicator indicator, ReleasedFigures released, NeedFilter? filter)
    {
        if (filter is null && indicator.Definition.Unit == IndicatorUnit.Ratio) return released.Dimensions.First(d => d.Key == NeedDimension.Ethnicity.Key);
        if (filter is null && released.By.Count > 0) return null;
        var key = filter is not null && filter.Dimension.Key != released.Hub ? released.Hub : released.Hub == NeedDimension.Age.Key ? NeedDimension.Sex.Key : NeedDimension.Age.Key;
        return released.Dimensions.First(d => d.Key == key);
    }

    /// <summary>How many children there were for a rate on a day: published of the mid-year before, or as the council keeps it, whichever is of the newer year; of one year, the council's.</summary>
    public async Task<(int Year, int Children, string Source)?> PopulationAsync(DateOnly day, CancellationToken cancel) => (await PopulationsAsync([day], cancel))[day];

    private async Task<Dictionary<DateOnly, (int Year, int Children, string Source)?>> PopulationsAsync(IReadOnlyCollection<DateOnly> days, CancellationToken cancel)
    {
        var kept = await db.Populations.AsNoTracking().OrderByDescending(p => p.Year).ToListAsync(cancel);
        var code = await CouncilCodeAsync(db.Actor!, cancel);
        return days.ToDictionary(d => d, On);

        (int Year, int Children, string Source)? On(DateOnly day)
        {
            // The Department divides the year to 31 March Y by mid-year Y-1.
            var yearEnd = day.Month > 3 ? day.Year : day.Year - 1;
            var own = kept.Find(p => p.Year <= yearEnd);
            for (var year = yearEnd + 1; year >= yearEnd - 4 && (own is null || year - 1 > own.Year); year--)
            {
                if (PublishedFigures.All.Find(year, code)?["population"] is { } children) return (year - 1, (int)children, OnsEstimate);
            }

            return own is null ? null : (own.Year, own.Children, own.Source);
        }
    }

    /// <summary>How many children lived here in the middle of one year, of that year and no other.</summary>
    internal async Task<(int Children, string Source)?> PopulationInAsync(int year, Actor actor, CancellationToken cancel)
    {
        if (await db.Populations.AsNoTracking().SingleOrDefaultAsync(p => p.Year == year, cancel) is { } own) return (own.Children, own.Source);
        return PublishedFigures.All.Find(year + 1, await CouncilCodeAsync(actor, cancel))?["population"] is { } children ? ((int)children, OnsEstimate) : null;
    }

    /// <summary>Which definitions want something that nobody has given yet: where postcodes are, or how many children of each ethnic group live here.</summary>
    public async Task<Func<IndicatorDefinition, bool>> LackingAsync(CancellationToken cancel)
    {
        var (postcodes, groups) = (await db.PostcodeDirectories.AnyAsync(cancel), await db.EthnicPopulations.AnyAsync(cancel));
        return definition => (!postcodes && NeedsPostcodes(definition)) || (!groups && definition.Unit == IndicatorUnit.Ratio);
    }

    private static bool NeedsPostcodes(IndicatorDefinition definition) => definition.Counts?.Uses(NeedFacts.DistanceKey) == true;

    /// <summary>What ethnic groups are compared by on a day: the newest version of the newest year begun by then.</summary>
    private Task<EthnicPopulation?> EthnicPopulationAsync(DateOnly day, CancellationToken cancel) =>
        db.EthnicPopulations.AsNoTracking().Where(p => p.Year <= day.Year).OrderByDescending(p => p.Year).ThenByDescending(p => p.Number).FirstOrDefaultAsync(cancel);

    public async Task<string> CouncilCodeAsync(Actor actor, CancellationToken cancel) => await db.Authorities.Where(a => a.Id == actor.AuthorityId).Select(a => a.Code).SingleAsync(cancel);

    public async Task<Outcome> KeepPopulationAsync(int? year, int? children, string? source, Actor actor, CancellationToken cancel)
    {
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        if (year is null || year < 2000 || year > today.Year) return Outcome.Refused("Year", $"Enter a year from 2000 to {today.Year}");
        if (children is null or < 1_000 or > 2_000_000) return Outcome.Refused("Children", "Enter how many children there are, from 1,000 to 2,000,000");
        if (string.IsNullOrWhiteSpace(source) || !WrittenText.CanBeKept(source) || WrittenText.Length(source) > Population.SourceMaxLength) return Outcome.Refused("Source", $"Say where the number is from, in {Population.SourceMaxLength} characters or fewer");
        var row = await db.Populations.SingleOrDefaultAsync(p => p.Year == year, cancel);
        if (row is null)
        {
            row = new Population { AuthorityId = actor.AuthorityId, Year = year.Value, Source = source.Trim() };
            db.Add(row);
        }

        (row.Children, row.Source) = (children.Value, source.Trim());
        db.Add(AuditEntry.For(AuditActions.PopulationKept, actor, null, row.Id, clock, $"{year}"));
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }

    /// <param name="view">An address's own words: an indicator's key, a day, a group. Never a name.</param>
    public async Task AuditReadAsync(string view, bool downloaded, Actor actor, CancellationToken cancel)
    {
        db.Add(AuditEntry.For(downloaded ? AuditActions.FiguresDownloaded : AuditActions.DashboardRead, actor, null, null, clock, view));
        await db.SaveChangesAsync(cancel);
    }
}
