using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Need;

/// <summary>
/// The one engine behind every figure about need: each definition becomes one question to the database for all days at once, what comes back is counted by
/// the groups children were in, made fit to show (<see cref="CubeProtection"/>), and only that is kept. All of an authority is one transaction.
/// </summary>
public sealed class IndicatorCalculation(AppDbContext db, ConsentService consent, DoNotTellService doNotTell, KeyRing keys, TimeProvider clock)
{
    /// <summary>Three years by quarters: the days that can be asked for, and no others.</summary>
    public const int Quarters = 12;

    /// <summary>Of so many days, the newest, two dimensions can be seen together.</summary>
    public const int QuartersWithPairs = 5;

    /// <summary>The ends of the last whole quarters, newest first.</summary>
    public static IReadOnlyList<DateOnly> Days(DateOnly today)
    {
        var start = new DateOnly(today.Year, ((today.Month - 1) / 3 * 3) + 1, 1);
        return [.. Enumerable.Range(0, Quarters).Select(i => start.AddMonths(-3 * i).AddDays(-1))];
    }

    public async Task RunAsync(Actor actor, JobProgress? progress, CancellationToken cancel)
    {
        if (actor.Reach != Reach.Whole) throw new UnauthorizedAccessException("Only as a job: it counts the whole authority.");
        var now = clock.GetUtcNow().UtcDateTime;
        var days = Days(ConsentRules.LocalDay(now));
        var catalogue = await IndicatorService.CurrentAsync(db, cancel);
        var counted = catalogue.Where(i => i.Definition.Counts is not null).ToList();

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        // One at a time for an authority: two at once would leave two answers to one question.
        await db.Database.ExecuteSqlRawAsync(
            "set local work_mem = '64MB'; set local jit = off; select pg_advisory_xact_lock(hashtextextended('indicators ' || @authority, 0))", [new NpgsqlParameter("authority", actor.AuthorityId.ToString())], cancel);
        await NeedPeople.PrepareAsync(db, actor.AuthorityId, days, cancel);
        await MakeFactsAsync(actor.AuthorityId, days, counted.Select(i => i.Definition.Counts!.Fact).Append("theme").ToHashSet(), cancel);
        var people = await NeedPeople.LoadAsync(db, actor.AuthorityId, days, cancel);
        var mentions = await MentionsAsync(people, cancel);
        await db.IndicatorReleases.ExecuteDeleteAsync(cancel);
        var done = 0;
        var unknown = await EmptyTablesAsync(actor.AuthorityId, counted, cancel);
        foreach (var indicator in counted)
        {
            if (NeedFacts.Find(indicator.Definition.Counts!.Fact)!.TablesOf(indicator.Definition.Counts).Any(unknown.Contains)) continue;
            var releases = await ReleaseAsync(indicator, days, people, mentions, cancel);
            db.AddRange(releases.Select((figures, i) => new IndicatorRelease
            {
                AuthorityId = actor.AuthorityId,
                Key = indicator.Key,
                VersionId = indicator.Version.Id,
                Day = days[i],
                CalculatedAt = now,
                TotalJson = figures.WriteTotal(),
                FiguresJson = figures.Write(),
            }));
            done++;
            if (progress is not null) await progress.ReportAsync(done, counted.Count, "Working out the figures", cancel);
        }

        db.Add(AuditEntry.For(AuditActions.IndicatorsCalculated, actor, null, null, clock, string.Create(CultureInfo.InvariantCulture, $"{counted.Count} indicators")));
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        db.ChangeTracker.Clear();
    }

    /// <summary>Of some children, those whom one indicator counts on one day, heard lately enough to be quoted beside it: for choosing words, never for a figure.</summary>
    internal async Task<IReadOnlyList<Guid>> HeardAsync(CurrentIndicator indicator, DateOnly day, NeedFilter? filter, Guid[] among, Actor actor, CancellationToken cancel)
    {
        if (actor.Reach != Reach.Whole || indicator.Definition.Counts is not { } count) return [];
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await NeedPeople.PrepareAsync(db, actor.AuthorityId, [day], cancel, among);
        await MakeFactsAsync(actor.AuthorityId, [day], new HashSet<string> { count.Fact }, cancel, among);
        var people = await NeedPeople.LoadAsync(db, actor.AuthorityId, [day], cancel);
        var rows = await RowsAsync(count, cancel);
        var dimension = filter is null ? -1 : people.Dimensions.Select((d, i) => (d.Key, i)).Where(d => d.Key == filter.Dimension.Key).Select(d => d.i).DefaultIfEmpty(-1).First();
        if (filter is not null && dimension < 0) return [];
        return [.. rows.Where(r => r.Count > 0 && (filter is null || people.Dimensions[dimension].Groups[people.GroupOf(0, dimension, r.Child)].Key == filter.Group.Key) && people.Heard(0, r.Child, HeardInYear(count)).Heard).Select(r => people.Ids[r.Child])];
    }

    /// <summary>Children of the year may have been heard at any time in it: most were no longer in need in its last weeks.</summary>
    internal static bool HeardInYear(IndicatorCount count) => count.Window != CountWindow.OpenOnDay;

    private async Task<IReadOnlyList<ReleasedFigures>> ReleaseAsync(CurrentIndicator indicator, IReadOnlyList<DateOnly> days, NeedPeople people, Mentions mentions, CancellationToken cancel)
    {
        var definition = indicator.Definition;
        var count = definition.Counts!;
        var fact = NeedFacts.Find(count.Fact)!;
        var inYear = HeardInYear(count);
        var dimensions = people.Dimensions;
        var hub = dimensions.Select((d, i) => (d.Key, i)).First(d => d.Key == fact.Hub).i;
        var lists = days.Select(_ => dimensions.Select(d => new CubeCount[d.Groups.Count]).ToArray()).ToArray();
        var pairs = days.Take(QuartersWithPairs).Select(_ => dimensions.Select(d => new CubeCount[dimensions[hub].Groups.Count, d.Groups.Count]).ToArray()).ToArray();
        var said = days.Take(QuartersWithPairs).Select(_ => new MentionCounts(dimensions)).ToArray();
        foreach (var row in await RowsAsync(count, cancel))
        {
            var (heard, own, lately) = people.Heard(row.Day, row.Child, inYear);
            var counts = row.Count > 0;
            var cell = new CubeCount(row.Count, row.Rest, counts ? 1 : 0, row.Rest > 0 ? 1 : 0, counts && heard ? 1 : 0, counts && own ? 1 : 0, counts && heard && lately ? 1 : 0, row.Sum);
            var at = people.GroupOf(row.Day, hub, row.Child);
            for (var d = 0; d < dimensions.Count; d++)
            {
                var group = people.GroupOf(row.Day, d, row.Child);
                lists[row.Day][d][group] += cell;
                if (row.Day < QuartersWithPairs && d != hub) pairs[row.Day][d][at, group] += cell;
            }

            if (row.Day < QuartersWithPairs && cell.Heard > 0) said[row.Day].Add(people, row.Day, row.Child, mentions.Of(row.Child, days[row.Day], inYear));
        }

        var by = count.By is null ? [] : await ByAsync(count, cancel);
        var field = fact.Field(count.By);
        var isShare = definition.Unit == IndicatorUnit.Percent;
        return [.. days.Select((_, i) =>
        {
            var cube = CubeProtection.Protect(
                isShare, definition.Unit == IndicatorUnit.Mean, fact.Hub, [.. dimensions.Select((d, n) => new CubeList(d.Key, lists[i][n]))],
                i < QuartersWithPairs ? [.. dimensions.Select((d, n) => new CubePair(d.Key, pairs[i][n])).Where(p => p.Key != fact.Hub)] : []);
            return new ReleasedFigures(
                dimensions, fact.Hub, inYear, cube, field is null ? [] : ByValue(field, [.. by.Where(r => r.Day == i)], cube.Total.Count), field?.Kind == FieldKind.Codes,
                i < QuartersWithPairs ? said[i].Protect() : new Dictionary<string, IReadOnlyList<IReadOnlyList<NamedFigure>>>());
        })];
    }

    private static IReadOnlyList<ValueFigure> ByValue(FactField field, List<ByRow> rows, Figure total)
    {
        var known = field.Values.Count > 0 ? field.Values.Select(v => v.Value) : rows.Select(r => r.Value).OfType<string>().Order(StringComparer.Ordinal);
        // A code that the list does not have stands with the others unknown, so that the parts are the whole.
        var values = known.Select(v => (Value: v, Label: field.LabelOf(v), Rows: rows.Where(r => r.Value == v).ToList())).ToList();
        var rest = rows.Where(r => values.TrueForAll(v => v.Value != r.Value)).ToList();
        if (rest.Count > 0) values.Add(("other", "Any other", rest));
        var figures = CubeProtection.ProtectValues([.. values.Select(v => (v.Rows.Sum(r => r.Count), v.Rows.Sum(r => r.Children), v.Rows.Sum(r => r.Heard)))], field.Kind == FieldKind.Codes, total);
        return [.. values.Zip(figures, (v, figure) => new ValueFigure(v.Value, v.Label, figure.Count, figure.Children, figure.Heard))];
    }

    private async Task<List<CountRow>> RowsAsync(IndicatorCount count, CancellationToken cancel)
    {
        var parameters = new List<NpgsqlParameter>();
        var sql = NeedFacts.Sql(count, parameters);
        return await db.Database.SqlQueryRaw<CountRow>(sql, [.. parameters]).ToListAsync(cancel);
    }

    private async Task<HashSet<string>> EmptyTablesAsync(Guid authorityId, IEnumerable<CurrentIndicator> counted, CancellationToken cancel)
    {
        var empty = new HashSet<string>();
        foreach (var table in counted.Select(i => i.Definition.Counts!).SelectMany(c => NeedFacts.Find(c.Fact)!.TablesOf(c)).Distinct())
        {
#pragma warning disable EF1002 // Only the fixed texts of NeedFacts go into it.
            if (!await db.Database.SqlQueryRaw<bool>($"select exists (select from {table} where authority_id = @authority) as \"Value\"", new NpgsqlParameter("authority", authorityId)).SingleAsync(cancel)) empty.Add(table);
#pragma warning restore EF1002
        }

        return empty;
    }

    private async Task<List<ByRow>> ByAsync(IndicatorCount count, CancellationToken cancel)
    {
        var parameters = new List<NpgsqlParameter>();
        var sql = NeedFacts.BySql(count, parameters);
        return await db.Database.SqlQueryRaw<ByRow>(sql, [.. parameters]).ToListAsync(cancel);
    }

    private async Task MakeFactsAsync(Guid authorityId, IReadOnlyList<DateOnly> days, IReadOnlySet<string> wanted, CancellationToken cancel, Guid[]? among = null)
    {
        var (from, to) = (days[^1].AddYears(-3), days[0].AddDays(1));
        var working = 0;
        var calendar = new List<(DateOnly Day, int N)>();
        for (var day = from; day <= to; day = day.AddDays(1)) calendar.Add((day, WorkingDays.IsWorkingDay(day) ? ++working : working));
        await db.Database.ExecuteSqlRawAsync("""
            create temp table w_working_days on commit drop as select * from unnest(@days, @ns) as d (day, n);
            create unique index on w_working_days (day);
            analyze w_working_days;
            """, [new NpgsqlParameter("days", calendar.Select(c => c.Day).ToArray()), new NpgsqlParameter("ns", calendar.Select(c => c.N).ToArray())], cancel);
        if (wanted.Contains("care")) await db.Database.ExecuteSqlRawAsync(NeedFacts.CareTables, [new NpgsqlParameter("authority", authorityId)], cancel);
        // What was said may be counted only of children who were told so and do not object.
        if (wanted.Contains("answer") || wanted.Contains("theme")) await MakeSaidAsync(wanted, among, cancel);
        foreach (var fact in NeedFacts.All.Where(f => wanted.Contains(f.Key)))
        {
#pragma warning disable EF1002 // Only the fixed texts of NeedFacts go into it.
            await db.Database.ExecuteSqlRawAsync(
                $"create temp table {NeedFacts.TableOf(fact)} on commit drop as select c.idx, c.born_on, c.has_disability, c.has_communication, c.communication_written, x.* from ({fact.Sql}) x join w_children c on c.child_id = x.child_id; analyze {NeedFacts.TableOf(fact)}",
                [new NpgsqlParameter("authority", authorityId)], cancel);
#pragma warning restore EF1002
        }
    }

    private async Task MakeSaidAsync(IReadOnlySet<string> wanted, Guid[]? among, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        // A figure is a way of telling, too: what somebody must not be told is not counted by what it says.
        var said = doNotTell.FreeOfRules(db.VoiceRecords.AsNoTracking()).Where(r => r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson);
        if (among is not null) said = said.Where(r => among.Contains(r.ChildId));
        var records = await said
            .Where(r => r.ToolVersionId != null && r.Kind != VoiceKind.Declined && r.Corrections.Count == 0)
            .Select(r => new { r.Id, r.ChildId, r.HeardOn, r.Kind, r.ToolVersionId, r.Words!.Sealed }).ToListAsync(cancel);
        var codings = await db.VoiceCodings.AsNoTracking().Where(c => c.RemovedAt == null)
            .Join(said, c => c.VoiceRecordId, r => r.Id, (c, r) => new { Coding = c, r.HeardOn }).ToListAsync(cancel);
        var children = records.Select(r => r.ChildId).Concat(codings.Select(c => c.Coding.ChildId)).Distinct().ToList();
        var may = (await consent.DecideManyAsync(children, Purpose.Stats, null, now, cancel)).Where(d => d.Value.Allowed).Select(d => d.Key).ToHashSet();

        var answers = new List<(Guid ChildId, DateOnly HeardOn, string Tool, ToolAnswer Answer)>();
        if (wanted.Contains("answer"))
        {
            var open = records.Where(r => may.Contains(r.ChildId)).ToList();
            await keys.LoadAsync([.. open.Select(r => r.ChildId).Distinct()], cancel);
            foreach (var record in open)
            {
                var sheet = AnswerSheet.Of(record.Kind, record.ToolVersionId, await keys.OpenAsync(record.ChildId, record.Sealed, record.Id, SealPart.Words, cancel));
                if (sheet is null) continue;
                // Skipped is not zero, and only numbers leave the sheet.
                answers.AddRange(sheet.Answers.Where(a => !a.Skipped && a.Value is not null).Select(a => (record.ChildId, record.HeardOn, sheet.Tool, a)));
            }
        }

        var themes = codings.Where(c => may.Contains(c.Coding.ChildId)).ToList();
        await db.Database.ExecuteSqlRawAsync("""
            create temp table w_answers on commit drop as select * from unnest(@a, @b, @c, @d, @e, @f, @g) as t (child_id, heard_on, tool, item, value, lowest, highest);
            create temp table w_themes on commit drop as select * from unnest(@h, @i, @j, @k, @l, @m, @n) as t (child_id, heard_on, theme, coded_by, priority, direction, views);
            """,
            [
                new NpgsqlParameter("a", answers.Select(a => a.ChildId).ToArray()), new NpgsqlParameter("b", answers.Select(a => a.HeardOn).ToArray()), new NpgsqlParameter("c", answers.Select(a => a.Tool).ToArray()),
                new NpgsqlParameter("d", answers.Select(a => a.Answer.Item).ToArray()), new NpgsqlParameter("e", answers.Select(a => a.Answer.Value!.Value).ToArray()),
                new NpgsqlParameter("f", answers.Select(a => a.Answer.Min ?? 0).ToArray()), new NpgsqlParameter("g", answers.Select(a => a.Answer.Max ?? 0).ToArray()),
                new NpgsqlParameter("h", themes.Select(t => t.Coding.ChildId).ToArray()), new NpgsqlParameter("i", themes.Select(t => t.HeardOn).ToArray()), new NpgsqlParameter("j", themes.Select(t => t.Coding.Theme).ToArray()),
                new NpgsqlParameter("k", themes.Select(t => t.Coding.CodedBy.ToString()).ToArray()), new NpgsqlParameter("l", themes.Select(t => t.Coding.Priority.ToString()).ToArray()),
                new NpgsqlParameter("m", themes.Select(t => t.Coding.Direction.ToString()).ToArray()), new NpgsqlParameter("n", themes.Select(t => t.Coding.Views.ToString()).ToArray()),
            ], cancel);
    }

    private async Task<Mentions> MentionsAsync(NeedPeople people, CancellationToken cancel) => new(
        people, await db.Database.SqlQueryRaw<MentionRow>("select idx as child, from_on as said, theme, coded_by = 'Child' as named, views = 'Differ' as differs from w_theme").ToListAsync(cancel));

    internal sealed record CountRow(int Day, int Child, long Count, long Rest, double Sum);

    internal sealed record ByRow(int Day, string? Value, long Count, long Children, long Heard);

    internal sealed record MentionRow(int Child, DateOnly Said, string Theme, bool Named, bool Differs);

    /// <summary>What each child spoke of and when.</summary>
    private sealed class Mentions
    {
        private readonly List<MentionRow>?[] rows;

        public Mentions(NeedPeople people, List<MentionRow> all)
        {
            rows = new List<MentionRow>?[people.Ids.Length];
            foreach (var row in all) (rows[row.Child] ??= []).Add(row);
        }

        public HashSet<string>? Of(int child, DateOnly day, bool inYear)
        {
            if (rows[child] is not { } said) return null;
            var since = inYear ? NeedPeople.FirstOf(day).AddDays(-1) : day.AddDays(-NeedPeople.HeardWithinDays);
            var of = new HashSet<string>();
            foreach (var row in said)
            {
                if (row.Said <= since || row.Said > day) continue;
                of.Add(row.Theme);
                if (row.Named) of.Add(ByChildPrefix + row.Theme);
                of.Add(ViewsCodedKey);
                if (row.Differs) of.Add(ViewsDifferKey);
            }

            return of;
        }
    }

    /// <summary>Before a theme that the child named.</summary>
    public const string ByChildPrefix = "child:";

    /// <summary>Children whose view and whose worker's differ somewhere.</summary>
    public const string ViewsDifferKey = "views-differ";

    private const string ViewsCodedKey = "coded";

    private sealed class MentionCounts(IReadOnlyList<NeedDimension> dimensions)
    {
        private readonly Dictionary<string, long[][]> counts = [];
        private readonly long[][] heard = [.. dimensions.Select(d => new long[d.Groups.Count])];

        public void Add(NeedPeople people, int day, int child, HashSet<string>? of)
        {
            for (var d = 0; d < dimensions.Count; d++) heard[d][people.GroupOf(day, d, child)]++;
            foreach (var key in of ?? [])
            {
                if (!counts.TryGetValue(key, out var lists)) counts[key] = lists = [.. dimensions.Select(d => new long[d.Groups.Count])];
                for (var d = 0; d < dimensions.Count; d++) lists[d][people.GroupOf(day, d, child)]++;
            }
        }

        /// <summary>By dimension and group, the themes that may be shown, the commonest first; those of all under an empty key.</summary>
        public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<NamedFigure>>> Protect()
        {
            var result = new Dictionary<string, List<NamedFigure>[]> { [""] = [[]] };
            foreach (var dimension in dimensions) result[dimension.Key] = [.. dimension.Groups.Select(_ => new List<NamedFigure>())];
            foreach (var (key, lists) in counts.Where(c => c.Key != ViewsCodedKey))
            {
                var label = key == ViewsDifferKey ? "The child’s and the worker’s views differ" : Themes.Find(key.StartsWith(ByChildPrefix, StringComparison.Ordinal) ? key[ByChildPrefix.Length..] : key)?.Label ?? key;
                for (var d = 0; d < dimensions.Count; d++)
                {
                    var (total, groups) = CubeProtection.ProtectMentions([.. lists[d].Zip(heard[d])]);
                    if (d == 0) result[""][0].Add(new(key, label, total));
                    for (var g = 0; g < groups.Count; g++) result[dimensions[d].Key][g].Add(new(key, label, groups[g]));
                }
            }

            return result.ToDictionary(r => r.Key, r => (IReadOnlyList<IReadOnlyList<NamedFigure>>)[.. r.Value.Select(list => (IReadOnlyList<NamedFigure>)[.. list
                .Where(f => !f.Figure.IsSuppressed && f.Figure.TryGet(out var n) && n > 0).OrderByDescending(f => f.Figure.TryGet(out var n) ? n : 0).ThenBy(f => f.Label, StringComparer.Ordinal)])]);
        }
    }
}
