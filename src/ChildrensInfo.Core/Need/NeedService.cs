using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Need;

/// <param name="Day">The last day of a quarter.</param>
public sealed record NeedPoint(DateOnly Day, Figure Children);

/// <summary>Counts the children in need of the actor's council. It gives out nothing that may not be shown.</summary>
public sealed class NeedService(AppDbContext db, TimeProvider clock)
{
    /// <summary>A child counts as heard when they said or drew something that was recorded in so many days, or in the year where the year is measured.</summary>
    public const int HeardWithinDays = 12 * 7;

    public const int MonthsToChoose = 12;

    public const int QuartersInTrend = 12;

    /// <summary>
    /// The spell of need that each child was in at some time from @first to @day (the same day, when only that day counts): one still open on @day before one that
    /// was closed, then the latest. A referral with no further action is none, nor is one that was
    /// closed after assessment with nothing to follow (RC8) or only early help (RC9): so the Department counts.
    /// </summary>
    internal const string OpenEpisodes = """
        open_episodes as (
            select distinct on (e.child_id) e.child_id, e.primary_need_code from need_episodes e
            where e.authority_id = @authority and not e.referral_nfa and e.referred_on <= @day and (e.closed_on is null or e.closed_on > greatest(@first, e.referred_on))
                and coalesce(e.reason_for_closure, '') not in ('RC8', 'RC9')
            order by e.child_id, (e.closed_on is null or e.closed_on > @day) desc, e.referred_on desc, e.ordinal desc)
        """;

    internal const string HeardRecords = """
        r.authority_id = @authority and r.speaker in ('Child', 'YoungPerson') and r.kind <> 'Declined' and r.moved_at is null and r.heard_on > @since and r.heard_on <= @day
        """;

    internal static readonly string SnapshotSql = $"""
        with {OpenEpisodes}, heard as (select distinct r.child_id from voice_records r where {HeardRecords})
        select {string.Join(", ", NeedDimension.All.Select(d => $"{d.Sql} as {d.Key}"))}, h.child_id is not null as heard, count(*) as children
        from open_episodes o join children c on c.authority_id = @authority and c.id = o.child_id left join heard h on h.child_id = o.child_id
        group by 1, 2, 3, 4, 5, 6
        """;

    internal const string TrendSql = """
        select d.day, count(distinct e.child_id) as children
        from unnest(@days) d (day) left join need_episodes e on e.authority_id = @authority and not e.referral_nfa and e.referred_on <= d.day
            and (e.closed_on is null or e.closed_on > d.day) and coalesce(e.reason_for_closure, '') not in ('RC8', 'RC9')
        group by d.day order by d.day
        """;

    /// <summary>The days that can be asked for, newest first: the ends of the last twelve whole months.</summary>
    public static IReadOnlyList<DateOnly> Days(DateOnly today) =>
        [.. Enumerable.Range(0, MonthsToChoose).Select(i => new DateOnly(today.Year, today.Month, 1).AddMonths(-i).AddDays(-1))];

    /// <summary>The ends of the last twelve whole quarters, oldest first.</summary>
    public static IReadOnlyList<DateOnly> Quarters(DateOnly today)
    {
        var start = new DateOnly(today.Year, ((today.Month - 1) / 3 * 3) + 1, 1);
        return [.. Enumerable.Range(0, QuartersInTrend).Select(i => start.AddMonths(-3 * i).AddDays(-1)).Reverse()];
    }

    public Task<bool> HasEpisodesAsync(CancellationToken cancel) => db.NeedEpisodes.AnyAsync(cancel);

    public async Task<NeedSnapshot> SnapshotAsync(NeedMeasure measure, DateOnly day, Actor actor, CancellationToken cancel)
    {
        var onDay = NeedSnapshot.Of(await CellsAsync(NeedMeasure.OnDay, day, actor, cancel));
        return measure == NeedMeasure.OnDay ? onDay : NeedSnapshot.ThroughYear(await CellsAsync(measure, day, actor, cancel), onDay);
    }

    private async Task<IReadOnlyCollection<NeedCell>> CellsAsync(NeedMeasure measure, DateOnly day, Actor actor, CancellationToken cancel)
    {
        // The planner cannot know how few groups there are, and would sort every child on disk for want of room to count them.
        await using var room = await db.Database.BeginTransactionAsync(cancel);
        await db.Database.ExecuteSqlRawAsync("set local work_mem = '32MB'", cancel);
        var rows = await db.Database.SqlQueryRaw<CellRow>(SnapshotSql, Parameters(measure, day, actor)).ToListAsync(cancel);
        return [.. rows.Select(r => new NeedCell(
            NeedDimension.PrimaryNeed.IndexOf(r.Need), NeedDimension.Age.IndexOf(r.Age), NeedDimension.Sex.IndexOf(r.Sex),
            NeedDimension.Ethnicity.IndexOf(r.Ethnicity), NeedDimension.Disability.IndexOf(r.Disability), r.Heard, r.Children))];
    }

    public async Task<IReadOnlyList<NeedPoint>> TrendAsync(DateOnly today, Actor actor, CancellationToken cancel)
    {
        var rows = await db.Database.SqlQueryRaw<TrendRow>(
            TrendSql, new NpgsqlParameter("authority", actor.AuthorityId), new NpgsqlParameter("days", Quarters(today).ToArray())).ToListAsync(cancel);
        return [.. rows.Select(r => new NeedPoint(r.Day, SmallNumbers.Council.IsSmall(r.Children) ? Figure.Suppressed : Figure.Of(r.Children)))];
    }

    public async Task AuditReadAsync(NeedMeasure measure, DateOnly day, NeedFilter? filter, Actor actor, CancellationToken cancel)
    {
        db.Add(AuditEntry.For(AuditActions.DashboardRead, actor, null, null, clock, $"{measure.Key} {day:yyyy-MM-dd} {filter?.Key ?? "all"}"));
        await db.SaveChangesAsync(cancel);
    }

    internal static object[] Parameters(NeedMeasure measure, DateOnly day, Actor actor) =>
    [
        new NpgsqlParameter("authority", actor.AuthorityId),
        new NpgsqlParameter("day", day),
        new NpgsqlParameter("first", measure.First(day)),
        // Children of the year may have been heard at any time in it: most were no longer in need in its last weeks.
        new NpgsqlParameter("since", measure == NeedMeasure.OnDay ? day.AddDays(-HeardWithinDays) : measure.First(day).AddDays(-1)),
    ];

    internal sealed record CellRow(string Need, string Age, string Sex, string Ethnicity, string Disability, bool Heard, long Children);

    internal sealed record TrendRow(DateOnly Day, long Children);
}
