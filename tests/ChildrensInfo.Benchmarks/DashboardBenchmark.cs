using System.Diagnostics;
using System.Globalization;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Returns.CinCensus;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// The dashboard's questions as the site asks them (row-level security, mapping and protection included), beside the same questions put by hand
/// as the tables' owner without any of that.
/// </summary>
internal static class DashboardBenchmark
{
    // Written apart from NeedService, as somebody with psql would put it.
    private const string SnapshotByHand = """
        select n.need, n.age, n.sex, n.eth, n.dis, n.child_id in (select child_id from voice_records where authority_id = $1 and speaker in ('Child', 'YoungPerson') and kind <> 'Declined' and moved_at is null and heard_on between $2::date - 83 and $2) as heard, count(*)
        from (select distinct on (e.child_id) e.child_id, e.primary_need_code as need, date_part('year', age($2, c.born_on)) as age, c.sex, left(c.ethnicity_code, 1) as eth, c.disability_codes <> '{NONE}' as dis
            from need_episodes e join children c on c.id = e.child_id
            where e.authority_id = $1 and not e.referral_nfa and e.referred_on <= $2 and (e.closed_on is null or e.closed_on > $2) and (e.reason_for_closure is null or e.reason_for_closure not in ('RC8', 'RC9'))
            order by e.child_id, e.referred_on desc, e.ordinal desc) n
        group by 1, 2, 3, 4, 5, 6
        """;

    private const string TrendByHand = """
        select d, (select count(distinct child_id) from need_episodes where authority_id = $1 and not referral_nfa and referred_on <= d and (closed_on is null or closed_on > d)
            and (reason_for_closure is null or reason_for_closure not in ('RC8', 'RC9')))
        from unnest($2::date[]) d
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var children = args.Length == 0 ? 200_000 : int.Parse(args[0], CultureInfo.InvariantCulture);
        await using var portal = await BenchmarkPortal.StartAsync("823");
        await portal.ImportAsync(file => new CinGenerator(new CinGeneratorOptions { Children = children, Authority = "823", AsOf = new DateOnly(2026, 3, 31) }).Write(file));
        await using var owner = new NpgsqlConnection(portal.ConnectionString);
        await owner.OpenAsync();
        // A third of the children heard once, over a year and a half.
        await RunAsync(owner, """
            insert into voice_sessions (id, authority_id, child_id, practitioner_id, occurred_on, place, seen_alone, recorded_at, offered)
            select gen_random_uuid(), c.authority_id, c.id, gen_random_uuid(), date '2026-03-31' - (random() * 500)::int, 'Home', 'Yes', now(), '{}' from children c where random() < 0.33
            """);
        await RunAsync(owner, """
            insert into voice_records (id, authority_id, child_id, session_id, speaker, layer, subject_matter, kind, provenance, language, heard_on, sealed_at, sealed_by_id, content_seal, offered, read_back, sensitivity)
            select gen_random_uuid(), s.authority_id, s.child_id, s.id, 'Child', 'Data', 'MyLife', 'TypedText', 'OwnHand', 'en', s.occurred_on, now(), s.practitioner_id, '\x00', '{}', 'NotOffered', 'Normal' from voice_sessions s
            """);
        await RunAsync(owner, "analyze");

        var day = new DateOnly(2026, 3, 31);
        var today = new DateOnly(2026, 4, 20);
        using var scope = portal.Services.CreateScope();
        var need = scope.ServiceProvider.GetRequiredService<NeedService>();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{children} children\nquestion    ours ms   by hand ms   ratio"));
        await CompareAsync("snapshot", () => need.SnapshotAsync(NeedMeasure.OnDay, day, portal.Actor, CancellationToken.None), () => ByHandAsync(owner, SnapshotByHand, portal, day));
        await CompareAsync("trend", () => need.TrendAsync(today, portal.Actor, CancellationToken.None), () => ByHandAsync(owner, TrendByHand, portal, NeedService.Quarters(today).ToArray()));
        return 0;
    }

    private static async Task CompareAsync(string name, Func<Task> ours, Func<Task> byHand)
    {
        var (a, b) = (await BestAsync(ours), await BestAsync(byHand));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10} {a,8:F0} {b,12:F0} {a / b,7:F2}"));
    }

    private static async Task<double> BestAsync(Func<Task> run)
    {
        var best = double.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            await run();
            best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
        }

        return best;
    }

    private static async Task ByHandAsync(NpgsqlConnection connection, string sql, BenchmarkPortal portal, object second)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = portal.Actor.AuthorityId });
        command.Parameters.Add(new() { Value = second });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
