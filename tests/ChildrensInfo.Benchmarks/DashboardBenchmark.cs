using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Returns.CinCensus;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// What a dashboard page asks (row-level security and mapping included), beside the same figures counted by hand from the tables as their owner without any of
/// that; the same pages by twenty people at once; and working out all indicators of one authority of many.
/// </summary>
internal static class DashboardBenchmark
{
    private const int People = 20;
    private const int ClicksEach = 25;
    private const int WarmClicks = 2;

    // Written apart from the engine, as somebody with psql would put it: children in need on a day by age.
    private const string ViewByHand = """
        select date_part('year', age($2, c.born_on)), count(*), count(*) filter (where e.child_id in (select child_id from voice_records where authority_id = $1 and speaker in ('Child', 'YoungPerson') and kind <> 'Declined' and moved_at is null and heard_on between $2::date - 83 and $2))
        from need_episodes e join children c on c.id = e.child_id
        where e.authority_id = $1 and not e.referral_nfa and e.referred_on <= $2 and (e.closed_on is null or e.closed_on > $2) and (e.reason_for_closure is null or e.reason_for_closure not in ('RC8', 'RC9'))
        group by 1
        """;

    private const string TrendByHand = """
        select d, (select count(*) from need_episodes where authority_id = $1 and not referral_nfa and referred_on <= d and (closed_on is null or closed_on > d)
            and (reason_for_closure is null or reason_for_closure not in ('RC8', 'RC9')))
        from unnest($2::date[]) d
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var children = args.Length == 0 ? 20_000 : int.Parse(args[0], CultureInfo.InvariantCulture);
        var councils = args.Length < 2 ? 20 : int.Parse(args[1], CultureInfo.InvariantCulture);
        await using var portal = await BenchmarkPortal.StartAsync("823");
        await portal.ImportAsync(file => new CinGenerator(new CinGeneratorOptions { Children = children, Authority = "823", AsOf = new DateOnly(2026, 3, 31), Years = 5 }).Write(file));
        await using var owner = new NpgsqlConnection(portal.ConnectionString);
        await owner.OpenAsync();
        // A third of the children heard once, over a year and a half.
        await RunAsync(owner, """
            insert into voice_sessions (id, authority_id, child_id, practitioner_id, occurred_on, place, seen_alone, recorded_at, offered)
            select gen_random_uuid(), c.authority_id, c.id, gen_random_uuid(), date '2026-03-31' - (random() * 500)::int, 'Home', 'Yes', now(), '{}' from children c where random() < 0.33
            """);
        await RunAsync(owner, """
            insert into voice_records (id, authority_id, child_id, session_id, speaker, layer, subjects, kind, provenance, language, heard_on, sealed_at, sealed_by_id, content_seal, offered, read_back, sensitivity)
            select gen_random_uuid(), s.authority_id, s.child_id, s.id, 'Child', 'Data', array['MyLife'], 'TypedText', 'OwnHand', 'en', s.occurred_on, now(), s.practitioner_id, '\x00', '{}', 'NotOffered', 'Normal' from voice_sessions s
            """);
        for (var i = 1; i < councils; i++) await CopyAsync(owner, portal.Actor.AuthorityId, i);
        await RunAsync(owner, "analyze");

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{councils} councils of {children} children, five years"));
        var figures = new Figures();
        using (var scope = portal.Services.CreateScope())
        {
            var watch = Stopwatch.StartNew();
            await scope.ServiceProvider.GetRequiredService<IndicatorCalculation>().RunAsync(portal.Actor, null, CancellationToken.None);
            figures.Under("all indicators of one council", watch.Elapsed.TotalSeconds, 20, "s");
        }

        var today = ChildrensInfo.Core.Consent.ConsentRules.LocalDay(TimeProvider.System.GetUtcNow().UtcDateTime);
        var days = IndicatorCalculation.Days(today);
        Console.WriteLine("question    ours ms   by hand ms   ratio");
        var view = await CompareAsync("view", () => AskAsync(portal, days[0]), () => ByHandAsync(owner, ViewByHand, portal, days[0]));
        var trend = await CompareAsync("trend", () => TrendAsync(portal), () => ByHandAsync(owner, TrendByHand, portal, days.ToArray()));
        figures.Under("a view, to its SQL by hand", view, 3, "times");
        figures.Under("a trend, to its SQL by hand", trend, 3, "times");

        var first = new ConcurrentBag<double>();
        var times = (await Task.WhenAll(Enumerable.Range(0, People).Select(async person =>
        {
            var mine = new List<double>();
            // The first clicks open connections, on which each question is planned once for as long as they are kept.
            for (var click = -WarmClicks; click < ClicksEach; click++)
            {
                var watch = Stopwatch.StartNew();
                await AskAsync(portal, days[(person + click + WarmClicks) % IndicatorCalculation.Quarters]);
                await TrendAsync(portal);
                if (click < 0) first.Add(watch.Elapsed.TotalMilliseconds);
                else mine.Add(watch.Elapsed.TotalMilliseconds);
            }

            return mine;
        }))).SelectMany(t => t).Order().ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{People} people clicking, figures of a page: median {times[times.Count / 2]:F0} ms, 95th percentile {times[times.Count * 95 / 100]:F0} ms; the first {WarmClicks} clicks of each, median {first.Order().ElementAt(first.Count / 2):F0} ms"));
        figures.Under("figures of a page, 95th percentile", times[times.Count * 95 / 100], 300, "ms");
        return figures.Ended();
    }

    private static async Task AskAsync(BenchmarkPortal portal, DateOnly day)
    {
        using var scope = portal.Services.CreateScope();
        var figures = scope.ServiceProvider.GetRequiredService<NeedFigures>();
        await figures.StateAsync(portal.Actor, CancellationToken.None);
        await figures.ViewAsync("N01", day, CancellationToken.None);
        await figures.AuditReadAsync("benchmark", false, portal.Actor, CancellationToken.None);
    }

    private static async Task TrendAsync(BenchmarkPortal portal)
    {
        using var scope = portal.Services.CreateScope();
        await scope.ServiceProvider.GetRequiredService<NeedFigures>().TrendsAsync(["N01", "N05", "N06", "N18", "N10", "N13", "N35", "V03", "N12"], CancellationToken.None);
    }

    /// <summary>Another council with the same children under other ids.</summary>
    private static async Task CopyAsync(NpgsqlConnection owner, Guid from, int number)
    {
        var to = Guid.CreateVersion7();
        await RunAsync(owner, $"insert into authorities (id, code, name, nation) values ('{to}', 'B{number:00}', 'Benchmark {number}', 'England')");
        // An id of the copy is the first one's, mixed with the council's number.
        string Id(string column) => $"md5({column}::text || '{number}')::uuid";
        foreach (var (table, ids) in new[] { ("files", new[] { "id" }), ("returns", ["id", "file_id"]), ("children", ["id"]), ("need_episodes", ["id", "child_id", "return_id"]), ("need_assessments", ["id", "child_id", "episode_id"]), ("cin_plans", ["id", "child_id", "episode_id"]), ("section47s", ["id", "child_id", "episode_id"]), ("protection_plans", ["id", "child_id", "episode_id"]), ("voice_sessions", ["id", "child_id"]), ("voice_records", ["id", "child_id", "session_id"]) })
        {
            var columns = new List<string>();
            await using (var list = new NpgsqlCommand("select column_name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' order by ordinal_position", owner))
            {
                list.Parameters.Add(new() { Value = table });
                await using var reader = await list.ExecuteReaderAsync();
                while (await reader.ReadAsync()) columns.Add(reader.GetString(0));
            }

            var values = columns.Select(c => c == "authority_id" ? $"'{to}'" : ids.Contains(c) ? Id(c) : c);
            await RunAsync(owner, $"insert into {table} ({string.Join(", ", columns)}) select {string.Join(", ", values)} from {table} where authority_id = '{from}'");
        }
    }

    private static async Task<double> CompareAsync(string name, Func<Task> ours, Func<Task> byHand)
    {
        var (a, b) = (await BestAsync(ours), await BestAsync(byHand));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10} {a,8:F0} {b,12:F0} {a / b,7:F2}"));
        return a / b;
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
