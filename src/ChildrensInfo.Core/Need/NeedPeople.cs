using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace ChildrensInfo.Core.Need;

/// <summary>
/// The children of an authority by the groups they were in on some days, and when they were heard. Children are numbered as in the temporary table
/// w_children of the open transaction.
/// </summary>
internal sealed class NeedPeople
{
    [Flags]
    private enum Hearing : byte
    {
        Weeks = 1,
        WeeksOwn = 2,
        Year = 4,
        YearOwn = 8,
        Lately = 16,
    }

    public const int HeardWithinDays = 12 * 7;
    public const int LatelyDays = 4 * 7;

    /// <summary>By day, dimension and child.</summary>
    private readonly byte[][][] groups;
    private readonly Hearing[][] hearing;

    private NeedPeople(Guid[] ids, IReadOnlyList<NeedDimension> dimensions, byte[][][] groups, Hearing[][] hearing)
    {
        Ids = ids;
        Dimensions = dimensions;
        this.groups = groups;
        this.hearing = hearing;
    }

    public Guid[] Ids { get; }

    public IReadOnlyList<NeedDimension> Dimensions { get; }

    public int GroupOf(int day, int dimension, int child) => groups[day][dimension][child];

    public (bool Heard, bool OwnWords, bool Lately) Heard(int day, int child, bool inYear)
    {
        var flags = hearing[day][child];
        return inYear ? (flags.HasFlag(Hearing.Year), flags.HasFlag(Hearing.YearOwn), flags.HasFlag(Hearing.Lately))
            : (flags.HasFlag(Hearing.Weeks), flags.HasFlag(Hearing.WeeksOwn), flags.HasFlag(Hearing.Lately));
    }

    /// <summary>The twelve months to a day begin here.</summary>
    public static DateOnly FirstOf(DateOnly day) => day.AddDays(1).AddYears(-1);

    /// <summary>Makes the tables of days and children that the facts are joined with, in the open transaction.</summary>
    /// <param name="among">Of no others; null for all.</param>
    public static async Task PrepareAsync(AppDbContext db, Guid authorityId, IReadOnlyList<DateOnly> days, CancellationToken cancel, Guid[]? among = null)
    {
        await db.Database.ExecuteSqlRawAsync("""
            create temp table w_days on commit drop as select i::int - 1 as i, (day + 1 - interval '1 year')::date as first_on, day from unnest(@days) with ordinality as d (day, i);
            create temp table w_children on commit drop as
                select (row_number() over (order by c.id))::int - 1 as idx, c.id as child_id, c.born_on, c.expected_birth_on, c.sex, c.ethnicity_code, c.disability_codes, c.ward,
                    cardinality(c.disability_codes) > 0 and c.disability_codes <> array['NONE'] as has_disability, 'COMM' = any (c.disability_codes) as has_communication,
                    coalesce(c.communication_needs, '') <> '' as communication_written
                from children c where c.authority_id = @authority and (@among is null or c.id = any (@among));
            create unique index on w_children (child_id);
            create temp table w_heard on commit drop as
                select c.idx, r.child_id, r.heard_on, bool_or(r.provenance in ('OwnHand', 'VerbatimAtTheTime', 'EnteredAsSaid', 'EnteredAsPointed', 'Recorded', 'ViaInterpreter')) as own_words
                from voice_records r join w_children c on c.child_id = r.child_id
                where r.authority_id = @authority and r.speaker in ('Child', 'YoungPerson') and r.not_heard_reason is null and r.correction_reason is distinct from 'Statement' and r.moved_at is null group by 1, 2, 3;
            create index on w_heard (child_id, heard_on);
            create temp table w_heard_by on commit drop as
                select d.i, h.idx, bool_or(h.heard_on > d.day - @weeks) as in_weeks from w_days d join w_heard h on h.heard_on between d.first_on and d.day group by 1, 2;
            analyze w_days;
            analyze w_children;
            analyze w_heard;
            analyze w_heard_by;
            """, [new NpgsqlParameter("weeks", HeardWithinDays), new NpgsqlParameter("authority", authorityId), new NpgsqlParameter("days", days.ToArray()), new NpgsqlParameter("among", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { Value = among ?? (object)DBNull.Value }], cancel);
    }

    public static async Task<NeedPeople> LoadAsync(AppDbContext db, Guid authorityId, IReadOnlyList<DateOnly> days, CancellationToken cancel)
    {
        var authority = new NpgsqlParameter("authority", authorityId);
        var children = await db.Database.SqlQueryRaw<ChildRow>("""
            select idx, child_id as child, born_on as born, expected_birth_on as expected, ward, coalesce(sex, 'U') as sex, ethnicity_code as ethnicity,
                case when cardinality(disability_codes) = 0 then 'none' when has_disability then 'yes' else 'no' end as disability
            from w_children order by idx
            """).ToListAsync(cancel);
        var spells = await db.Database.SqlQueryRaw<SpellRow>("""
            select c.idx, e.referred_on as began, e.closed_on as ended, coalesce(e.primary_need_code, 'none') as what
            from need_episodes e join w_children c on c.child_id = e.child_id
            where e.authority_id = @authority and not e.referral_nfa and coalesce(e.reason_for_closure, '') not in ('RC8', 'RC9') order by e.referred_on, e.ordinal
            """, authority.Clone()).ToListAsync(cancel);
        var plans = await db.Database.SqlQueryRaw<SpellRow>(
            "select c.idx, p.started_on as began, p.ended_on as ended, 'plan' as what from protection_plans p join w_children c on c.child_id = p.child_id where p.authority_id = @authority", authority.Clone()).ToListAsync(cancel);
        // What a court ordered or a family agreed: as workers keep it for permissions, and as the return on children looked after says. Of two, the order weighs more.
        var statuses = await db.Database.SqlQueryRaw<SpellRow>("""
            select c.idx, coalesce(s.from_on, date '1900-01-01') as began, s.to_on + 1 as ended, case when s.kind = 'Accommodated' then 'agreed' else 'order' end as what
            from legal_statuses s join w_children c on c.child_id = s.child_id where s.authority_id = @authority and s.kind in ('Accommodated', 'InterimCareOrder', 'CareOrder')
            union all
            select c.idx, e.started_on, e.ended_on, case when e.legal_status = 'V2' then 'agreed' else 'order' end
            from care_episodes e join w_children c on c.child_id = e.child_id where e.authority_id = @authority and e.legal_status not in ('V3', 'V4')
            order by what
            """, authority.Clone()).ToListAsync(cancel);
        var workers = await db.Database.SqlQueryRaw<SpellRow>("""
            select c.idx, a.started_on as began, a.ended_on as ended, coalesce(a.team_id, u.team_id)::text as what from allocations a join people u on u.id = a.practitioner_id
            join w_children c on c.child_id = a.child_id where a.authority_id = @authority and coalesce(a.team_id, u.team_id) is not null order by a.started_on, a.id
            """, authority.Clone()).ToListAsync(cancel);
        var heard = await db.Database.SqlQueryRaw<HeardRow>("select idx, heard_on as day, own_words as own from w_heard").ToListAsync(cancel);
        var teams = await db.Teams.AsNoTracking().OrderBy(t => t.Name).Select(t => new NeedGroup(t.Id.ToString(), t.Name)).ToListAsync(cancel);
        var wards = children.Select(c => c.Ward).OfType<string>().Distinct().Order(StringComparer.CurrentCulture).Select(w => new NeedGroup(WardKey(w), w)).DistinctBy(w => w.Key).Take(100).ToList();
        IReadOnlyList<NeedDimension> dimensions = [.. NeedDimension.Fixed, .. teams.Count > 0 ? [NeedDimension.Team(teams)] : Array.Empty<NeedDimension>(), .. wards.Count > 0 ? [NeedDimension.Ward(wards)] : Array.Empty<NeedDimension>()];
        var ids = new Guid[children.Count];
        foreach (var child in children) ids[child.Idx] = child.Child;

        var groups = new byte[days.Count][][];
        var hearing = new Hearing[days.Count][];
        for (var i = 0; i < days.Count; i++)
        {
            var (day, first) = (days[i], FirstOf(days[i]));
            byte[] Fill(NeedDimension dimension)
            {
                var of = new byte[children.Count];
                Array.Fill(of, (byte)(dimension.Groups.Count - 1));
                return of;
            }

            byte[] Fixed(NeedDimension dimension, Func<ChildRow, string?> key)
            {
                var of = Fill(dimension);
                var index = dimension.Groups.Select((g, n) => (g.Key, n)).ToDictionary(g => g.Key, g => (byte)g.n);
                foreach (var child in children)
                    if (key(child) is { } k && index.TryGetValue(k, out var at)) of[child.Idx] = at;
                return of;
            }

            // One still open on the day before one that was closed in the year, then the latest.
            byte[] Latest(NeedDimension dimension, List<SpellRow> rows)
            {
                var of = Fill(dimension);
                var index = dimension.Groups.Select((g, n) => (g.Key, n)).ToDictionary(g => g.Key, g => (byte)g.n);
                var open = new bool[children.Count];
                foreach (var row in rows)
                {
                    if (row.Began > day || row.Ended <= first) continue;
                    var isOpen = row.Ended is null || row.Ended > day;
                    if (open[row.Idx] && !isOpen) continue;
                    open[row.Idx] = isOpen;
                    of[row.Idx] = index.TryGetValue(row.What, out var at) ? at : (byte)(dimension.Groups.Count - 1);
                }

                return of;
            }

            byte[] Status()
            {
                var of = Fill(NeedDimension.Status);
                void Mark(IEnumerable<SpellRow> rows, string? key)
                {
                    foreach (var row in rows)
                        if (row.Began <= day && (row.Ended is null || row.Ended > day)) of[row.Idx] = (byte)NeedDimension.Status.IndexOf(key ?? row.What);
                }

                Mark(spells, "need");
                Mark(plans, "plan");
                Mark(statuses, null);
                return of;
            }

            groups[i] = [.. dimensions.Select(d => d.Key switch
            {
                "need" => Latest(d, spells),
                "age" => Fixed(d, c => AgeGroup(c, day)),
                "sex" => Fixed(d, c => c.Sex),
                "ethnicity" => Fixed(d, c => EthnicGroup.Of(c.Ethnicity).Key),
                "disability" => Fixed(d, c => c.Disability),
                "status" => Status(),
                NeedDimension.TeamKey => Latest(d, workers),
                _ => Fixed(d, c => c.Ward is null ? null : WardKey(c.Ward)),
            })];
            hearing[i] = new Hearing[children.Count];
            foreach (var row in heard)
            {
                if (row.Day > day) continue;
                if (row.Day > day.AddDays(-HeardWithinDays)) hearing[i][row.Idx] |= Hearing.Weeks | (row.Own ? Hearing.WeeksOwn : 0);
                if (row.Day >= first) hearing[i][row.Idx] |= Hearing.Year | (row.Own ? Hearing.YearOwn : 0);
                if (row.Day > day.AddDays(-LatelyDays)) hearing[i][row.Idx] |= Hearing.Lately;
            }
        }

        return new NeedPeople(ids, dimensions, groups, hearing);
    }

    /// <summary>What stands for a ward in an address.</summary>
    private static string WardKey(string name) => string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');

    private static string AgeGroup(ChildRow child, DateOnly day)
    {
        if (child.Born is not { } born) return child.Expected is null ? NeedDimension.Unknown : "unborn";
        return born > day ? "unborn" : born > day.AddYears(-1) ? "0" : born > day.AddYears(-5) ? "1" : born > day.AddYears(-10) ? "5" : born > day.AddYears(-16) ? "10" : "16";
    }

    internal sealed record ChildRow(int Idx, Guid Child, DateOnly? Born, DateOnly? Expected, string? Ward, string Sex, string? Ethnicity, string Disability);

    internal sealed record SpellRow(int Idx, DateOnly Began, DateOnly? Ended, string What);

    internal sealed record HeardRow(int Idx, DateOnly Day, bool Own);
}
