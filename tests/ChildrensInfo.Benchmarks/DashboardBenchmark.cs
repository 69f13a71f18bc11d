using System.Diagnostics;
using System.Globalization;
using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Returns.CinCensus;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// The dashboard's pages as a browser asks the site for them, beside the same figures counted by hand from the tables as their owner without any of that; the same
/// pages by twenty people who click at once; and working out all indicators of one authority of many.
/// </summary>
internal static class DashboardBenchmark
{
    private const int People = 20;
    private const int ClicksEach = 25;
    private const int WarmClicks = 8;

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

        var today = ConsentRules.LocalDay(TimeProvider.System.GetUtcNow().UtcDateTime);
        var days = IndicatorCalculation.Days(today);

        using (var scope = portal.Services.CreateScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            var hash = new PasswordHasher<AppUser>().HashPassword(new(), DemoData.Password);
            db.AddRange(Enumerable.Range(0, People).Select(i => new AppUser
            {
                Id = Guid.CreateVersion7(),
                AuthorityId = portal.Actor.AuthorityId,
                Role = Role.DataLead,
                DisplayName = "Dara Fenn",
                Email = EmailOf(i),
                NormalizedEmail = EmailOf(i).ToUpperInvariant(),
                UserName = EmailOf(i),
                NormalizedUserName = EmailOf(i).ToUpperInvariant(),
                PasswordHash = hash,
                SecurityStamp = "x",
            }));
            await db.SaveChangesAsync();
        }

        using var site = await BenchmarkSite.StartAsync(portal.SiteConnectionString, isWhole: true);
        await PagesAsync(site, days, figures, [
            ("/understand", () => ByHandAsync(owner, TrendByHand, portal, days.ToArray())),
            ("/understand/indicators/N01", IndicatorByHandAsync),
            ("/understand/indicators/N01?by=ethnicity", IndicatorByHandAsync),
            ("/understand/heard", () => ByHandAsync(owner, ViewByHand, portal, days[0])),
        ]);
        return figures.Ended();

        async Task IndicatorByHandAsync()
        {
            await ByHandAsync(owner, ViewByHand, portal, days[0]);
            await ByHandAsync(owner, TrendByHand, portal, days.ToArray());
        }
    }

    private static string EmailOf(int person) => string.Create(CultureInfo.InvariantCulture, $"lead{person}@bench.example");

    /// <summary>The pages as a browser asks for them: each alone beside its figures by hand, then people who click on, each a moment after the page is there.</summary>
    private static async Task PagesAsync(BenchmarkSite site, IReadOnlyList<DateOnly> days, Figures figures, IReadOnlyList<(string Path, Func<Task> ByHand)> pages)
    {
        var people = new List<HttpClient>();
        for (var i = 0; i < People; i++)
        {
            people.Add(BenchmarkSite.Browser(site.Address));
            using var signedIn = await people[i].PostAsync(BenchmarkSite.SignIn, await BenchmarkSite.SignInFormAsync(people[i], EmailOf(i)));
            if (signedIn.StatusCode != HttpStatusCode.Redirect) throw new InvalidOperationException($"Signing in was answered {(int)signedIn.StatusCode}.");
        }

        // What is called much is compiled a second time, and each connection plans each question once for as long as it is kept.
        await ClickAsync(TimeSpan.Zero, WarmClicks);
        Console.WriteLine("page                                        ours ms   by hand ms   ratio");
        foreach (var (path, byHand) in pages) figures.Under($"{path}, to its SQL by hand", await CompareAsync(path, () => AskAsync(people[0], path), byHand), 3, "times");
        foreach (var (how, pause) in new[] { ("a second after each page", TimeSpan.FromSeconds(1)), ("without a pause", TimeSpan.Zero) })
        {
            var times = await ClickAsync(pause, ClicksEach);
            var most = times[times.Count * 95 / 100];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{People} people clicking {how}: median {times[times.Count / 2]:F0} ms, 95th percentile {most:F0} ms"));
            if (pause > TimeSpan.Zero) figures.Under($"pages for {People} people, {how}, 95th percentile", most, 300, "ms");
        }

        foreach (var person in people) person.Dispose();

        async Task<List<double>> ClickAsync(TimeSpan pause, int clicks) => [.. (await Task.WhenAll(people.Select(async (http, person) =>
        {
            var mine = new List<double>();
            var random = new Random(person);
            for (var click = 0; click < clicks; click++)
            {
                // People do not click in step.
                await Task.Delay(pause * (0.5 + random.NextDouble()));
                var path = pages[(person + click) % pages.Count].Path;
                if (path.EndsWith("N01", StringComparison.Ordinal)) path += $"?on={days[(person + click) % days.Count]:yyyy-MM-dd}";
                var watch = Stopwatch.StartNew();
                await AskAsync(http, path);
                mine.Add(watch.Elapsed.TotalMilliseconds);
            }

            return mine;
        }))).SelectMany(t => t).Order()];
    }

    private static async Task AskAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path);
        var page = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode != HttpStatusCode.OK || !page.Contains("<svg", StringComparison.Ordinal)) throw new InvalidOperationException($"{path} was answered {(int)answer.StatusCode}, without a picture or with.");
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
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-43} {a,8:F0} {b,12:F0} {a / b,7:F2}"));
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
