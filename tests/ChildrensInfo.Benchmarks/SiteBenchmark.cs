using System.Diagnostics;
using System.Globalization;
using System.Net;
using ChildrensInfo.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Benchmarks;

/// <summary>
/// The site as a process of its own, with the demo councils in its database, and people who use it at once: each signs in by password and then does one thing after
/// another, with a pause in which a person would read. Beside each answer stands that of the health check, which asks nobody anything, in the same seconds on the same
/// machine; before that, what each costs alone. Then the same things without pauses, by turns as the site is and without what the audit log and row-level security cost the database: policies are
/// passed by and no line is written. What the program does for them stays on in both: it says with each question who asks, and makes and hashes each line.
/// </summary>
internal static class SiteBenchmark
{
    private const int ChildrenEach = 15;

    /// <summary>A person does something about this often.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>One in so many is a data lead and looks at figures.</summary>
    private const int LeadOneIn = 10;

    private const int ClientsWithoutPause = 8;

    /// <summary>Times each thing is done alone.</summary>
    private const int ForEach = 300;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(45);

    public static async Task<int> RunAsync(string[] args)
    {
        var people = args.Length == 0 ? 200 : int.Parse(args[0], CultureInfo.InvariantCulture);
        var seconds = args.Length < 2 ? 240 : int.Parse(args[1], CultureInfo.InvariantCulture);
        await using var portal = await BenchmarkPortal.StartAsync("825");
        using (var scope = portal.Services.CreateScope()) await scope.ServiceProvider.GetRequiredService<DemoData>().EnsureAsync(_ => { }, CancellationToken.None);
        await using var owner = NpgsqlDataSource.Create(portal.ConnectionString);
        var known = await ArrangeAsync(owner, people);

        var database = await DatabaseProcess.OfAsync(owner);
        using (var site = await BenchmarkSite.StartAsync(portal.SiteConnectionString, isWhole: true))
        {
            Console.WriteLine("what, one at a time  |  times | median | processor time of site | of database, each");
            await foreach (var (what, ask) in new Load(site.Address).SingleAsync(known))
            {
                await ask(ForEach);
                var (ours, theirs) = (site.ProcessorTime, database.ProcessorTime);
                var times = await ask(ForEach);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-20} | {times.Count,6} | {Median([.. times.Order()]),6:F1} | {(site.ProcessorTime - ours).TotalMilliseconds / times.Count,22:F1} | {(database.ProcessorTime - theirs).TotalMilliseconds / times.Count,8:F1}"));
            }
        }

        if (seconds == 0) return 0;
        var figures = new Figures();
        using (var site = await BenchmarkSite.StartAsync(portal.SiteConnectionString, isWhole: true))
        {
            var load = new Load(site.Address);
            await load.RunAsync(known, TimeSpan.FromSeconds(seconds));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{people} people, one thing each every {Pause.TotalSeconds:F0} s or so, for {seconds} s; times in ms"));
            Console.WriteLine("what                 |  times | median | 95th % | failed | median to the health check's");
            var floor = Median(load.Times[What.Health].Order().ToList());
            foreach (var (what, times) in load.Times)
            {
                var sorted = times.Order().ToList();
                if (sorted.Count == 0) continue;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-20} | {sorted.Count,6} | {Median(sorted),6:F0} | {sorted[sorted.Count * 95 / 100],6:F0} | {load.Failed[what],6} | {Median(sorted) / floor,6:F1}"));
                if (what is What.Health or What.WordsForm || people < 200) continue;
                figures.Under($"{what}, 95th percentile", sorted[sorted.Count * 95 / 100], 500, "ms");
                figures.Under($"{what}, failed", load.Failed[what], 1, "times");
            }
        }

        // By turns, because the machine is not the same from minute to minute; the best of each.
        var (whole, bare) = (0.0, 0.0);
        for (var turn = 0; turn < 3; turn++)
        {
            whole = Math.Max(whole, await ThroughputAsync(portal.SiteConnectionString, true, known));
            bare = Math.Max(bare, await ThroughputAsync(portal.ConnectionString, false, known));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"without pauses, {ClientsWithoutPause} people: {whole:F0} pages a second as the site is, {bare:F0} with no line written and row-level security passed by"));
        Console.WriteLine("What stays on in both: the call that says who asks (app_asks), and making and hashing each line of the audit log.");
        figures.Under("audit log and row-level security in the database cost", (1 - (whole / bare)) * 100, 25, "%");
        return figures.Ended();
    }

    private static double Median(List<double> sorted) => sorted.Count == 0 ? 0 : sorted[sorted.Count / 2];

    /// <summary>People of the first demo council's kind, each with children of their own to see.</summary>
    private static async Task<List<Person>> ArrangeAsync(NpgsqlDataSource owner, int people)
    {
        var columns = new List<string>();
        await using (var list = owner.CreateCommand("select column_name from information_schema.columns where table_schema = 'public' and table_name = 'people' and is_generated = 'NEVER'"))
        await using (var rows = await list.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync()) columns.Add(rows.GetString(0));
        }

        var copied = columns.Select(c => c switch
        {
            "id" => "gen_random_uuid()",
            "email" or "user_name" => "'person' || n || '@load.example'",
            "normalized_email" or "normalized_user_name" => "'PERSON' || n || '@LOAD.EXAMPLE'",
            _ => "p." + c,
        });
        string People(string role, string which) => $"insert into people ({string.Join(", ", columns)}) select {string.Join(", ", copied)} from (select * from people where password_hash is not null and role = '{role}' order by id limit 1) p cross join generate_series(1, {people}) n where {which}";
        await using var batch = owner.CreateBatch();
        batch.BatchCommands.Add(new(People("Practitioner", $"n % {LeadOneIn} <> 0")));
        batch.BatchCommands.Add(new(People("DataLead", $"n % {LeadOneIn} = 0")));
        batch.BatchCommands.Add(new($"""
            insert into allocations (id, authority_id, child_id, practitioner_id, started_on)
            select gen_random_uuid(), p.authority_id, c.id, p.id, current_date from people p cross join lateral (
                select id from children where authority_id = p.authority_id order by md5(id::text || p.id::text) limit {ChildrenEach}) c
            where p.email like '%@load.example' and p.role = 'Practitioner'
            """));
        batch.BatchCommands.Add(new("analyze"));
        await batch.ExecuteNonQueryAsync();

        var known = new List<Person>();
        await using var read = owner.CreateCommand("""
            select p.email, array_agg(a.child_id) filter (where a.id is not null) from people p left join allocations a on a.practitioner_id = p.id where p.email like '%@load.example' group by p.email order by p.email
            """);
        await using var found = await read.ExecuteReaderAsync();
        while (await found.ReadAsync()) known.Add(new Person(found.GetString(0), found.IsDBNull(1) ? [] : found.GetFieldValue<Guid[]>(1)));
        return known;
    }

    private static async Task<double> ThroughputAsync(string connection, bool isWhole, List<Person> known)
    {
        using var site = await BenchmarkSite.StartAsync(connection, isWhole);
        var load = new Load(site.Address);
        return await load.WithoutPauseAsync([.. known.Where(p => p.Children.Length > 0).Take(ClientsWithoutPause)], Round);
    }

    private enum What
    {
        SignIn,
        Caseload,
        ChildPage,
        WordsForm,
        Seal,
        Dashboard,
        Health,
    }

    private sealed record Person(string Email, Guid[] Children);

    /// <summary>The processes of the database server, as Linux lists them; elsewhere there is no telling.</summary>
    private sealed class DatabaseProcess(int postmaster)
    {
        public TimeSpan ProcessorTime
        {
            get
            {
                var time = TimeSpan.Zero;
                // By number, not by name: the name of such a process says what it is doing.
                foreach (var process in Process.GetProcesses())
                {
                    using (process)
                    {
                        try
                        {
                            // Its parent stands fourth in the line, after a name in brackets.
                            if (process.Id == postmaster || File.ReadAllText($"/proc/{process.Id}/stat").Split(") ")[^1].Split(' ')[1] == $"{postmaster}") time += process.TotalProcessorTime;
                        }
                        catch (Exception gone) when (gone is IOException or InvalidOperationException)
                        {
                            // Another process, which ended between being listed and looked at.
                        }
                    }
                }

                return time;
            }
        }

        public static async Task<DatabaseProcess> OfAsync(NpgsqlDataSource owner)
        {
            await using var folder = owner.CreateCommand("show data_directory");
            return new(int.Parse((await File.ReadAllLinesAsync(Path.Combine((string)(await folder.ExecuteScalarAsync())!, "postmaster.pid")))[0], CultureInfo.InvariantCulture));
        }
    }

    private sealed class Load(Uri address)
    {
        public Dictionary<What, List<double>> Times { get; } = Enum.GetValues<What>().ToDictionary(w => w, _ => new List<double>());

        public Dictionary<What, int> Failed { get; } = Enum.GetValues<What>().ToDictionary(w => w, _ => 0);

        public async Task RunAsync(List<Person> people, TimeSpan time)
        {
            // Warm, as a site is that was not started this minute: what is used much is compiled a second time, which takes a processor for a while.
            await WithoutPauseAsync([.. people.Where(p => p.Children.Length > 0).Take(4), people.First(p => p.Children.Length == 0)], Warm);
            foreach (var list in Times.Values) list.Clear();
            using var end = new CancellationTokenSource(time);
            await Task.WhenAll([.. people.Select((person, i) => LiveAsync(person, time * 0.8, new Random(i), end.Token)), HealthAsync(end.Token)]);
        }

        /// <summary>Each thing alone: so many times, one after another; how long each took.</summary>
        public async IAsyncEnumerable<(What What, Func<int, Task<List<double>>> Ask)> SingleAsync(List<Person> people)
        {
            using var worker = await SignInAsync(people.First(p => p.Children.Length > 0), new Random(1));
            using var lead = await SignInAsync(people.First(p => p.Children.Length == 0), new Random(2));
            var child = worker.Person.Children[0];
            yield return (What.Health, times => ManyAsync(What.Health, times, () => TimeAsync(What.Health, () => worker.Http.GetAsync("/health/live"))));
            yield return (What.SignIn, times => ManyAsync(What.SignIn, times / 5, async () => (await SignInAsync(worker.Person, new Random(3))).Dispose()));
            yield return (What.Caseload, times => ManyAsync(What.Caseload, times, () => TimeAsync(What.Caseload, () => worker.Http.GetAsync("/hear"))));
            yield return (What.ChildPage, times => ManyAsync(What.ChildPage, times, () => TimeAsync(What.ChildPage, () => worker.Http.GetAsync($"/hear/{child}"))));
            yield return (What.Seal, times => ManyAsync(What.Seal, times, () => SayAsync(worker, child)));
            yield return (What.Dashboard, times => ManyAsync(What.Dashboard, times, () => TimeAsync(What.Dashboard, () => lead.Http.GetAsync("/understand"))));
        }

        private async Task<List<double>> ManyAsync(What what, int times, Func<Task> ask)
        {
            Times[what].Clear();
            for (var i = 0; i < times; i++) await ask();
            return Times[what];
        }

        /// <returns>Pages a second.</returns>
        public async Task<double> WithoutPauseAsync(List<Person> people, TimeSpan time)
        {
            var sessions = new List<Session>();
            foreach (var person in people) sessions.Add(await SignInAsync(person, new Random(sessions.Count)));
            // What is compiled and cached at the first times.
            await RoundAsync(TimeSpan.FromSeconds(10));
            var pages = await RoundAsync(time);
            foreach (var session in sessions) session.Dispose();
            return pages / time.TotalSeconds;

            async Task<int> RoundAsync(TimeSpan round)
            {
                var done = 0;
                var until = Stopwatch.GetTimestamp() + (long)(round.TotalSeconds * Stopwatch.Frequency);
                await Task.WhenAll(sessions.Select(async session =>
                {
                    while (Stopwatch.GetTimestamp() < until)
                    {
                        await DoAsync(session);
                        Interlocked.Increment(ref done);
                    }
                }));
                return done;
            }
        }

        /// <param name="arrival">Everybody has come by then: a password takes a tenth of a second or more of a processor, and a council does not sign in at one stroke.</param>
        private async Task LiveAsync(Person person, TimeSpan arrival, Random random, CancellationToken end)
        {
            try
            {
                await Task.Delay(arrival * random.NextDouble(), end);
                using var session = await SignInAsync(person, random);
                while (true)
                {
                    await Task.Delay(Pause * -Math.Log(1 - random.NextDouble()), end);
                    await DoAsync(session);
                }
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // The time is over.
            }
        }

        private async Task HealthAsync(CancellationToken end)
        {
            using var http = new HttpClient { BaseAddress = address };
            while (!end.IsCancellationRequested)
            {
                await TimeAsync(What.Health, () => http.GetAsync("/health/live", CancellationToken.None));
                await Task.Delay(500, CancellationToken.None);
            }
        }

        private async Task<Session> SignInAsync(Person person, Random random)
        {
            var session = new Session(address, person, random);
            var form = await BenchmarkSite.SignInFormAsync(session.Http, person.Email);
            await TimeAsync(What.SignIn, () => session.Http.PostAsync(BenchmarkSite.SignIn, form), HttpStatusCode.Redirect);
            return session;
        }

        /// <summary>The next thing somebody does: mostly look at a child, sometimes at all, now and then write down what was said.</summary>
        private async Task DoAsync(Session session)
        {
            if (session.Person.Children.Length == 0)
            {
                await TimeAsync(What.Dashboard, () => session.Http.GetAsync("/understand"));
                return;
            }

            var child = session.Person.Children[session.Random.Next(session.Person.Children.Length)];
            switch (session.Random.Next(10))
            {
                case < 4:
                    await TimeAsync(What.Caseload, () => session.Http.GetAsync("/hear"));
                    break;
                case < 8:
                    await TimeAsync(What.ChildPage, () => session.Http.GetAsync($"/hear/{child}"));
                    break;
                default:
                    await SayAsync(session, child);
                    break;
            }
        }

        private async Task SayAsync(Session session, Guid child)
        {
            if (!session.Visits.TryGetValue(child, out var visit))
            {
                var begin = $"/hear/{child}/visits/new";
                if (await TimeAsync(What.WordsForm, () => session.Http.GetAsync(begin)) is not { } page) return;
                var asked = BenchmarkSite.Served(page);
                (asked["Input.Place"], asked["Input.SeenAlone"]) = ("Home", "Yes");
                using var begun = await session.Http.PostAsync(begin, new FormUrlEncodedContent(asked));
                if (begun.StatusCode != HttpStatusCode.Redirect) throw new InvalidOperationException($"A visit was answered {(int)begun.StatusCode}: {await begun.Content.ReadAsStringAsync()}");
                visit = session.Visits[child] = begun.Headers.Location!.OriginalString.Split('/')[4];
            }

            var path = $"/hear/{child}/visits/{visit}/words/new?as=TypedText";
            var fields = BenchmarkSite.Served(await TimeAsync(What.WordsForm, () => session.Http.GetAsync(path)) ?? "");
            foreach (var (name, value) in new[]
            {
                ("Input.Text", $"I like it when we go out. {session.Random.Next()}"), ("Input.Speaker", "Child"), ("Input.Provenance", "VerbatimAtTheTime"), ("Input.Subjects", "MyLife"), ("Input.Layer", "Data"), ("Input.Language", "en"),
            }) fields[name] = value;
            await TimeAsync(What.Seal, () => session.Http.PostAsync(path, new FormUrlEncodedContent(fields)), HttpStatusCode.Redirect);
        }

        /// <returns>What was answered, or null when it failed.</returns>
        private async Task<string?> TimeAsync(What what, Func<Task<HttpResponseMessage>> ask, HttpStatusCode expected = HttpStatusCode.OK)
        {
            var start = Stopwatch.GetTimestamp();
            string? body = null;
            try
            {
                using var answer = await ask();
                var read = await answer.Content.ReadAsStringAsync();
                if (answer.StatusCode == expected) body = read;
            }
            catch (HttpRequestException)
            {
                // Counted below.
            }

            lock (Times)
            {
                Times[what].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (body is null) Failed[what]++;
            }

            return body;
        }
    }

    private sealed class Session(Uri address, Person person, Random random) : IDisposable
    {
        public HttpClient Http { get; } = BenchmarkSite.Browser(address);

        public Person Person => person;

        public Random Random => random;

        public Dictionary<Guid, string> Visits { get; } = [];

        public void Dispose() => Http.Dispose();
    }
}
