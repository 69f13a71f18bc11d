using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Data;

/// <summary>
/// The site as another process, on a server of its own, while people record, read, load returns, look at figures and have extracts built; and then what holds it up is
/// taken away. Whatever was acknowledged is there once and unchanged, nothing else is there by half, the audit log holds, jobs come to an end, and no council ever sees
/// another's words. It takes minutes and runs when it is named: every fault once by <c>./test '*FaultTests'</c>, many times by <c>FAULTS=20 ./test '*FaultTests'</c>.
/// </summary>
public class FaultTests
{
    /// <summary>Of each council, beside whoever records sound.</summary>
    private const int Recorders = 1;

    private const int ChildrenInReturn = 300;
    private const string Ours = "Said at Ashgrove";
    private const string Theirs = "Said at Birchmoor";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_fails_under_it_what_was_acknowledged_is_there_and_nothing_is_there_by_half()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("FAULTS") ?? "1", CultureInfo.InvariantCulture);
        using var command = new CommandLine();
        await using var disk = await SmallDisk.TryMountAsync(command.PathOf("disk"));
        // Two servers to the site from the start, though the second is not there yet.
        var second = SiteProcess.FreePort();
        await using var site = await TestSite.ApartAsync(disk?.Folder ?? command.PathOf("disk"), s => new() { ["ConnectionStrings:Portal"] = Hosts(s, s.Server.Port, second) });
        var (here, there) = (await World.CreateAsync(site), await World.CreateAsync(site));
        var load = new Load(site, here, there);
        await load.ArrangeAsync();
        await using var wire = new Wire(() => site.Server.Port);
        var clock = OwnClock.TryMake(command.PathOf("clock"));
        await using var portal = new SiteProcess(site, Hosts(site, wire.Port, second), command.PathOf("site-logs"), clock);
        var back = new List<(string Fault, double Seconds)>();
        var fullDisks = new List<(DateTime From, DateTime To)>();
        await portal.StartAsync();

        using (var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel))
        {
            var people = load.Begin(portal.Address, end.Token);
            for (var round = 0; round < rounds; round++)
            {
                await TryAsync("the site is killed", () => portal.KillAsync(), portal.StartAsync);
                await TryAsync("the database is stopped at once", () => site.Server.StopAtOnceAsync(Cancel), () => site.Server.StartAgainAsync(Cancel));
                await TryAsync("the network is cut", () => wire.CutAsync(), () => wire.MendAsync());
                await TryAsync("the network says nothing", () => wire.HushAsync(), () => wire.MendAsync());
                if (clock is not null)
                {
                    await TryAsync("the clock of the site is ahead, and set right", () => WorkAtAsync(clock, "+15m"), () => clock.SetAsync("+0"));
                    await TryAsync("the clock of the site is behind, and set right", () => WorkAtAsync(clock, "-15m"), () => clock.SetAsync("+0"));
                }

                if (disk is not null)
                {
                    var full = DateTime.UtcNow;
                    await TryAsync("the disk is full", () => disk.FillAsync(), async () => { disk.Free(); await site.Server.StartAgainAsync(Cancel); });
                    fullDisks.Add((full, DateTime.UtcNow));
                }
            }

            // A second server follows, figures are read there, and then it is the only one. Of those that were to be worked out on a full disk there may be none.
            // Npgsql dates what it knows of a server by the clock: while that was ahead it may have found no second one, and believes so until then. A start forgets it.
            await portal.KillAsync();
            await portal.StartAsync();
            await load.CalculateAsync();
            await using var standby = await FollowAsync(site, disk?.Folder ?? command.PathOf("disk"), command.PathOf("second"), second);
            await load.UntilBusyAsync();
            await using (var follower = NpgsqlDataSource.Create(standby.SuperuserConnectionString("postgres")))
            {
                await using var readers = follower.CreateCommand($"select count(*) from pg_stat_activity where usename = '{EmbeddedPostgres.SiteRole}' and query like '%indicator_releases%'");
                for (var i = 0; i < 300 && await readers.ExecuteScalarAsync(Cancel) is 0L; i++) await Task.Delay(100, Cancel);
                Assert.NotEqual(0L, await readers.ExecuteScalarAsync(Cancel));
                await TryAsync("the first server is lost and the second takes over", () => site.Server.StopAtOnceAsync(Cancel), async () =>
                {
                    await using var promote = follower.CreateCommand("select pg_promote()");
                    await promote.ExecuteNonQueryAsync(Cancel);
                });
            }

            await end.CancelAsync();
            await people;
            await load.JobsEndAsync();
            await load.LookAsync(fullDisks, clock is not null, standby);
        }

        var told = string.Create(
            CultureInfo.InvariantCulture,
            $"{back.Count} faults{(disk is null ? ", the full disk not among them, since no small disk could be made here" : "")}{(clock is null ? ", nor the clock, since libfaketime is not installed" : "")}; {load.Acknowledged.Count} things acknowledged, {load.Unanswered.Count} requests not answered; back after at most {back.Max(b => b.Seconds):F1} s ({back.MaxBy(b => b.Seconds).Fault})");
        TestContext.Current.TestOutputHelper!.WriteLine(told);
        Assert.True(load.Acknowledged.Count >= rounds * 10, told);
        Assert.NotEmpty(load.Unanswered);

        // Not only set, but worked by.
        async Task WorkAtAsync(OwnClock own, string wrong)
        {
            await own.SetAsync(wrong);
            await Task.Delay(TimeSpan.FromSeconds(1.5), Cancel);
            await load.UntilBusyAsync();
        }

        async Task TryAsync(string fault, Func<Task> begin, Func<Task> mend)
        {
            await load.UntilBusyAsync();
            await load.AddJobAsync();
            await begin();
            // People go on trying meanwhile.
            await Task.Delay(TimeSpan.FromSeconds(1.5), Cancel);
            await mend();
            var since = Stopwatch.StartNew();
            await load.UntilBusyAsync();
            back.Add((fault, since.Elapsed.TotalSeconds));
        }
    }

    /// <summary>With BEFORE, a folder with an earlier version's published web and cli, that version runs on tables of its own until this one's are made beside it; without it this version takes over from itself.</summary>
    [Fact]
    public async Task A_new_version_takes_over_from_the_old_under_load_and_nobody_is_refused()
    {
        using var command = new CommandLine();
        var before = Environment.GetEnvironmentVariable("BEFORE") is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;
        await using var site = await TestSite.ApartAsync(command.PathOf("server"), _ => [], before is null ? null : async migrator =>
        {
            var (exitCode, _, error) = await command.RunAsync(new() { ["ConnectionStrings__Migrator"] = migrator }, ["migrate"], Path.Combine(before, "cli", "ChildrensInfo.Cli.dll"));
            Assert.True(exitCode == 0, error);
        });
        var (here, there) = (await World.CreateAsync(site), await World.CreateAsync(site));
        var load = new Load(site, here, there);
        await load.ArrangeAsync();
        await using var blue = new SiteProcess(site, site.SiteConnectionString, command.PathOf("blue-logs"), null, before is null ? null : Path.Combine(before, "web"));
        await using var green = new SiteProcess(site, site.SiteConnectionString, command.PathOf("green-logs"), null);
        await blue.StartAsync();
        // As a proxy does that asks who is ready, and sends nobody to who is not.
        var to = blue.Address.Port;
        await using var proxy = new Wire(() => Volatile.Read(ref to));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var asking = AskAsync();
        var people = load.Begin(new UriBuilder(blue.Address) { Port = proxy.Port }.Uri, end.Token, anew: true);
        await load.UntilBusyAsync();
        var known = await MigrationsAsync();
        Assert.Equal(0, (await CommandLine.RunHereAsync(new() { ["ConnectionStrings__Migrator"] = site.MigratorConnectionString }, "", "migrate")).ExitCode);
        TestContext.Current.TestOutputHelper!.WriteLine($"{before ?? "itself"}: {await MigrationsAsync() - known} migrations while people worked");
        await load.UntilBusyAsync();
        // Both are up for a while; the old one is told to stop, is asked no more as soon as it says so, and ends by itself.
        await green.StartAsync();
        await load.UntilBusyAsync();
        await blue.StopAsync();
        Assert.True(blue.SaidItStops);
        Assert.Equal(green.Address.Port, Volatile.Read(ref to));
        await load.UntilBusyAsync();
        await end.CancelAsync();
        await people;
        await asking;
        await load.JobsEndAsync();
        await load.LookAsync([], wrongClock: false, site.Server);
        Assert.Empty(load.Unanswered);

        async Task<long> MigrationsAsync()
        {
            await using var migrator = NpgsqlDataSource.Create(site.MigratorConnectionString);
            return (long)(await migrator.CreateCommand("select count(*) from \"__EFMigrationsHistory\"").ExecuteScalarAsync(Cancel))!;
        }

        async Task AskAsync()
        {
            while (!end.IsCancellationRequested)
            {
                if (!await blue.IsReadyAsync() && await green.IsReadyAsync())
                {
                    Volatile.Write(ref to, green.Address.Port);
                    return;
                }

                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    private static string Hosts(TestSite site, int first, int second) => new NpgsqlConnectionStringBuilder(site.SiteConnectionString) { Host = $"127.0.0.1:{first},127.0.0.1:{second}" }.ConnectionString;

    /// <summary>A copy of a server that follows it, which then acknowledges nothing that the copy has not.</summary>
    private static async Task<EmbeddedPostgres> FollowAsync(TestSite site, string first, string folder, int port)
    {
        var cluster = Path.Combine(Directory.CreateDirectory(folder).FullName, "cluster");
        await using var super = NpgsqlDataSource.Create(site.Server.SuperuserConnectionString("postgres"));
        await using (var backup = await super.OpenConnectionAsync(Cancel))
        {
            await Cluster.AskAsync(backup, "select pg_backup_start('follow', true)");
            Cluster.Copy(Path.Combine(first, "cluster"), cluster);
            await File.WriteAllTextAsync(Path.Combine(cluster, "backup_label"), (string)(await Cluster.AskAsync(backup, "select labelfile from pg_backup_stop(false)"))!, Cancel);
        }

        var upstream = new NpgsqlConnectionStringBuilder(site.SuperuserConnectionString);
        await File.WriteAllTextAsync(Path.Combine(cluster, "standby.signal"), "", Cancel);
        await File.AppendAllTextAsync(Path.Combine(cluster, "postgresql.auto.conf"), $"\nprimary_conninfo = 'host=127.0.0.1 port={upstream.Port} user={upstream.Username} password={upstream.Password} application_name=second'\n", Cancel);
        File.Copy(Path.Combine(first, "password"), Path.Combine(folder, "password"));
        await Cluster.OwnAsync(cluster);
        var standby = await EmbeddedPostgres.StartAsync(folder, [], Cancel, port);
        await using (var both = await super.OpenConnectionAsync(Cancel))
        {
            await Cluster.AskAsync(both, "alter system set synchronous_standby_names = 'second'");
            await Cluster.AskAsync(both, "select pg_reload_conf()");
            // From here on a commit waits for the second server, and not a moment before.
            for (var i = 0; i < 300 && await Cluster.AskAsync(both, "select count(*) from pg_stat_replication where sync_state = 'sync'") is 0L; i++) await Task.Delay(100, Cancel);
            Assert.Equal(1L, await Cluster.AskAsync(both, "select count(*) from pg_stat_replication where sync_state = 'sync'"));
        }

        return standby;
    }

    /// <summary>People of two councils at work, and what they were told.</summary>
    private sealed class Load(TestSite site, World here, World there)
    {
        /// <summary>Between one thing and the next: nobody here waits for a person to think, and the other tests need the machine too.</summary>
        private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(400);

        private readonly Dictionary<World, Child> children = [];
        private readonly ConcurrentDictionary<Guid, (World Of, string What)> tried = new();
        private ResearchProject project = null!;
        private byte[] census = null!;
        private readonly ConcurrentQueue<string> unanswered = new();

        /// <summary>What the site said was there: the words of a record, or the hash of a recording.</summary>
        public ConcurrentDictionary<Guid, string> Acknowledged { get; } = new();

        /// <summary>What was not answered as it should be: when, whose, and what came instead.</summary>
        public IReadOnlyCollection<string> Unanswered => unanswered;

        public async Task ArrangeAsync()
        {
            foreach (var world in new[] { here, there })
            {
                children[world] = await world.AddChildAsync(world.Practitioner);
                await world.DecideAsync(site, children[world].Id, ConsentEventType.Given, purpose: Purpose.Audio);
            }

            await here.AddChildrenInNeedAsync(site, 60);
            project = await here.AddProjectAsync(site, ProjectState.Approved);
            using var file = new MemoryStream();
            new CinGenerator(new CinGeneratorOptions { Children = ChildrenInReturn, Authority = here.Authority.Code, AsOf = new DateOnly(2026, 3, 31) }).Write(file);
            census = file.ToArray();
        }

        /// <param name="anew">Each request on a connection of its own, as a proxy passes them on that keeps none open.</param>
        public Task Begin(Uri address, CancellationToken stop, bool anew = false)
        {
            var people = new List<Task> { RepeatAsync(here.DataLead, LoadReturnAsync), RepeatAsync(here.DataLead, LookAtFiguresAsync), RepeatAsync(there.Practitioner, ReadAsync), RepeatAsync(here.Practitioner, RecordSoundAsync) };
            for (var i = 0; i < Recorders; i++) people.AddRange([RepeatAsync(here.Practitioner, (c, s) => SayAsync(c, here, s)), RepeatAsync(there.Practitioner, (c, s) => SayAsync(c, there, s))]);
            return Task.WhenAll(people);

            async Task RepeatAsync(ChildrensInfo.Core.Access.AppUser person, Func<TestClient, CancellationToken, Task> work)
            {
                using var client = new TestClient(address, site.CookieFor(person));
                client.Http.Timeout = TimeSpan.FromSeconds(20);
                client.Http.DefaultRequestHeaders.ConnectionClose = anew;
                while (!stop.IsCancellationRequested)
                {
                    try
                    {
                        await work(client, stop);
                        await Task.Delay(Breath, CancellationToken.None);
                    }
                    catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or IOException or NotAnsweredException || fault is InvalidOperationException && fault.Message.StartsWith("GET answered 5", StringComparison.Ordinal))
                    {
                        Miss(fault);
                        await Task.Delay(100, CancellationToken.None);
                    }
                }
            }
        }

        private void Miss(Exception fault) => unanswered.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {fault.GetType().Name} {fault.Message} {fault.InnerException?.Message}");

        /// <summary>Waits until some more things were acknowledged: the site does its work.</summary>
        public async Task UntilBusyAsync()
        {
            var enough = Acknowledged.Count + 6;
            for (var i = 0; i < 1200 && Acknowledged.Count < enough; i++) await Task.Delay(100, Cancel);
            Assert.True(Acknowledged.Count >= enough, "Nothing is acknowledged any more.");
        }

        /// <summary>An extract to be built while the fault comes.</summary>
        public async Task AddJobAsync()
        {
            // What this process held to the server is of before the last fault.
            site.Services.GetRequiredService<DatabaseServers>().Clear();
            var extract = await here.AddExtractAsync(site, project, ExtractState.Approved, VariableCatalogue.Sex);
            using var scope = site.As(here.Whole);
            scope.Db.Add(new Job { AuthorityId = here.Authority.Id, Kind = JobKind.BuildExtract, SubjectId = extract.Id, RequestedById = here.DataLead.Id, RequestedAt = DateTime.UtcNow });
            await scope.Db.SaveChangesAsync(Cancel);
        }

        public async Task CalculateAsync()
        {
            site.Services.GetRequiredService<DatabaseServers>().Clear();
            var job = new Job { AuthorityId = here.Authority.Id, Kind = JobKind.CalculateIndicators, SubjectId = here.Authority.Id, RequestedById = here.DataLead.Id, RequestedAt = DateTime.UtcNow };
            using (var scope = site.As(here.Whole))
            {
                scope.Db.Add(job);
                await scope.Db.SaveChangesAsync(Cancel);
            }

            for (var i = 0; i < 3000; i++)
            {
                var now = await site.ReadAsync(here, db => db.Jobs.AsNoTracking().SingleAsync(j => j.Id == job.Id, Cancel));
                if (now.State == JobState.Done) return;
                Assert.NotEqual((JobState.Failed, now.Message), (now.State, now.Message));
                await Task.Delay(100, Cancel);
            }

            Assert.Fail("The figures are not worked out.");
        }

        public async Task JobsEndAsync()
        {
            site.Services.GetRequiredService<DatabaseServers>().Clear();
            for (var i = 0; i < 1200; i++)
            {
                if (!await site.ReadAsync(here, db => db.Jobs.AnyAsync(j => j.State == JobState.Waiting || j.State == JobState.Running, Cancel))) return;
                await Task.Delay(100, Cancel);
            }

            Assert.Fail("Jobs do not come to an end.");
        }

        /// <param name="fullDisks">When there was no room: a job that needs some fails then, and says so.</param>
        /// <param name="wrongClock">Whether the site’s clock went wrong: then some was recorded a quarter of an hour too early, and some too late.</param>
        public async Task LookAsync(IReadOnlyList<(DateTime From, DateTime To)> fullDisks, bool wrongClock, EmbeddedPostgres server)
        {
            foreach (var world in new[] { here, there })
            {
                using var scope = site.As(world.Whole);
                var keys = scope.Get<KeyRing>();
                var records = await scope.Db.VoiceRecords.AsNoTracking().Include(r => r.Words).ToListAsync(Cancel);
                var lines = (await scope.Db.AuditEntries.AsNoTracking().Where(a => a.Action == AuditActions.VoiceRecorded).Select(a => a.SubjectId).ToListAsync(Cancel)).ToHashSet();
                var files = await scope.Db.Files.AsNoTracking().Where(f => f.Kind == FileKind.VoiceMedia).ToListAsync(Cancel);
                Assert.All(records, r => Assert.Contains(r.Id, lines));
                if (wrongClock) Assert.True(records.Max(r => r.SealedAt) - records.Min(r => r.SealedAt) > TimeSpan.FromMinutes(20));
                Assert.Equal(lines.Count, records.Count);
                Assert.All(tried.Where(t => t.Value.Of == world && Acknowledged.ContainsKey(t.Key)), t => Assert.True(records.Exists(r => r.Id == t.Key) || files.Exists(f => f.Id == t.Key), "Something acknowledged is not there."));
                foreach (var record in records)
                {
                    Assert.Equal(world, tried[record.Id].Of);
                    if (record.FileId is null) Assert.Equal(tried[record.Id].What, await keys.OpenAsync(record.ChildId, record.Words!.Sealed, record.Id, SealPart.Words, Cancel));
                    else Assert.NotNull(files.Single(f => f.Id == record.FileId).CompletedAt);
                }

                foreach (var file in files.Where(f => f.CompletedAt is not null || Acknowledged.ContainsKey(f.Id)))
                {
                    await using var content = await scope.Get<FileStore>().OpenAsync(file, Cancel);
                    Assert.Equal(tried[file.Id].What, Convert.ToHexString(await SHA256.HashDataAsync(content, Cancel)));
                }
            }

            using (var scope = site.As(here.Whole))
            {
                var failed = await scope.Db.Jobs.AsNoTracking().Where(j => j.State != JobState.Done).ToListAsync(Cancel);
                Assert.All(failed, j => Assert.True(j.State == JobState.Failed && fullDisks.Any(full => full.From <= j.FinishedAt && j.FinishedAt <= full.To), $"{j.Kind} {j.State}: {j.Message}"));
                // A return is there with all its children or none: loaded again, it adds nobody.
                Assert.Contains(await scope.Db.NeedEpisodes.Where(e => !scope.Db.Children.Any(c => c.Id == e.ChildId && c.GivenName != null)).Select(e => e.ChildId).Distinct().CountAsync(Cancel), (int[])[0, ChildrenInReturn]);
                foreach (var extract in await scope.Db.Extracts.AsNoTracking().Where(e => e.State == ExtractState.Ready).ToListAsync(Cancel)) Assert.True(await scope.Db.Files.AnyAsync(f => f.Id == extract.FileId && f.CompletedAt != null, Cancel));
            }

            using var whole = site.As(null);
            await using var migrator = NpgsqlDataSource.Create(server.ConnectionString(new NpgsqlConnectionStringBuilder(site.MigratorConnectionString).Database!, EmbeddedPostgres.MigratorRole));
            var verdict = await whole.Get<RestoreCheck>().RunAsync(await DatabaseInventory.TakeAsync(migrator, TimeProvider.System, Cancel), null, 1000, Cancel);
            Assert.Empty(verdict.Faults);
        }

        private async Task SayAsync(TestClient client, World world, CancellationToken stop)
        {
            var visit = await VisitAsync(client, world);
            while (!stop.IsCancellationRequested)
            {
                var id = Guid.CreateVersion7();
                var words = $"{(world == here ? Ours : Theirs)}, {id}";
                tried[id] = (world, words);
                var (path, fields) = ($"/hear/{children[world].Id}/visits/{visit}/words/new?as={VoiceKind.TypedText}", Hearing.Said(words, ("Input.Id", id.ToString())));
                // Sent again until it is answered, as a person would whose page did not come.
                while (!stop.IsCancellationRequested)
                {
                    try
                    {
                        using var answer = await client.SubmitAsync(path, fields);
                        if (answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.OriginalString == $"/hear/{children[world].Id}")
                        {
                            Acknowledged[id] = words;
                            await Task.Delay(Breath, CancellationToken.None);
                            break;
                        }

                        if ((int)answer.StatusCode < 500) Assert.Fail($"Words were answered with {(int)answer.StatusCode}.");
                        Miss(new NotAnsweredException((int)answer.StatusCode));
                    }
                    catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or IOException || fault is InvalidOperationException && fault.Message.StartsWith("GET answered 5", StringComparison.Ordinal))
                    {
                        Miss(fault);
                    }

                    await Task.Delay(100, CancellationToken.None);
                }
            }
        }

        private async Task RecordSoundAsync(TestClient client, CancellationToken stop)
        {
            var visit = await VisitAsync(client, here);
            while (!stop.IsCancellationRequested)
            {
                var bytes = Hearing.Webm(60_000, Random.Shared.Next(1, 100_000));
                var (file, record) = (Guid.CreateVersion7(), Guid.CreateVersion7());
                tried[file] = (here, Convert.ToHexString(SHA256.HashData(bytes)));
                tried[record] = (here, "");
                using var received = await client.RecordAsync($"/hear/{children[here].Id}/visits/{visit}/recording/{file}", bytes);
                if (received.StatusCode != HttpStatusCode.Created) throw new NotAnsweredException((int)received.StatusCode);
                Acknowledged[file] = tried[file].What;
                var fields = Hearing.Sent(file);
                fields["Input.Id"] = record.ToString();
                var path = $"/hear/{children[here].Id}/visits/{visit}/words/new?as={VoiceKind.Audio}";
                var page = await client.PageAsync(path);
                // While the site’s clock is behind, the yes lies ahead of it: nothing can be recorded, and the one form on the page lends the device.
                if (page.QuerySelector("form[data-ask-before-leaving]") is null) throw new NotAnsweredException((int)HttpStatusCode.OK);
                using var sealing = await client.SubmitAsync(page, path, fields, "form[data-ask-before-leaving]");
                if (sealing.StatusCode != HttpStatusCode.Redirect) throw new NotAnsweredException((int)sealing.StatusCode);
                // Led anywhere else, it says nothing of a record; and nobody here is signed out or asked for more.
                Assert.Equal($"/hear/{children[here].Id}", sealing.Headers.Location!.OriginalString);
                Acknowledged[record] = "";
                await Task.Delay(Breath, CancellationToken.None);
            }
        }

        /// <summary>Their own child's page says nothing of ours, and our child's page is not there for them.</summary>
        private async Task ReadAsync(TestClient client, CancellationToken stop)
        {
            using var own = await client.Http.GetAsync($"/hear/{children[there].Id}", CancellationToken.None);
            Assert.DoesNotContain(Ours, await own.Content.ReadAsStringAsync(CancellationToken.None));
            using var other = await client.Http.GetAsync($"/hear/{children[here].Id}", CancellationToken.None);
            Assert.True(other.StatusCode == HttpStatusCode.NotFound || (int)other.StatusCode >= 500, $"Another council's child was answered with {(int)other.StatusCode}.");
            Assert.DoesNotContain(Ours, await other.Content.ReadAsStringAsync(CancellationToken.None));
            if ((int)own.StatusCode >= 500) throw new NotAnsweredException((int)own.StatusCode);
        }

        private async Task LookAtFiguresAsync(TestClient client, CancellationToken stop) => await client.PageAsync("/understand");

        private async Task LoadReturnAsync(TestClient client, CancellationToken stop)
        {
            const string upload = "/understand/returns/upload";
            using var answer = await client.UploadAsync(upload, "ReturnFile", census, "return.xml");
            if (answer.StatusCode != HttpStatusCode.Redirect) throw new NotAnsweredException((int)answer.StatusCode);
            var path = answer.Headers.Location!.OriginalString;
            while (!stop.IsCancellationRequested && (await client.PageAsync(path)).QuerySelector("[data-progress-url]") is not null) await Task.Delay(500, CancellationToken.None);
        }

        private async Task<string> VisitAsync(TestClient client, World world)
        {
            using var answer = await client.SubmitAsync($"/hear/{children[world].Id}/visits/new", new Dictionary<string, string?> { ["Input.Place"] = "Home", ["Input.SeenAlone"] = "Yes" });
            if (answer.StatusCode != HttpStatusCode.Redirect) throw new NotAnsweredException((int)answer.StatusCode);
            return answer.Headers.Location!.OriginalString.Split('/')[4];
        }
    }

    private sealed class NotAnsweredException(int status) : Exception($"Answered {status}.");

    /// <summary>What lies between the site and its database, or between people and the site.</summary>
    private sealed class Wire : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly ConcurrentDictionary<TcpClient, bool> held = new();
        private readonly CancellationTokenSource end = new();
        private readonly Func<int> to;
        private volatile bool isCut;
        private volatile TaskCompletionSource? hush;

        /// <param name="to">The port that whoever comes now is put through to.</param>
        public Wire(Func<int> to)
        {
            this.to = to;
            listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        /// <summary>Ends what is held, and whatever is begun.</summary>
        public Task CutAsync()
        {
            isCut = true;
            foreach (var one in held.Keys) one.Dispose();
            return Task.CompletedTask;
        }

        /// <summary>Keeps everything open and passes nothing on.</summary>
        public Task HushAsync()
        {
            hush = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.CompletedTask;
        }

        public Task MendAsync()
        {
            isCut = false;
            hush?.TrySetResult();
            hush = null;
            return Task.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            await end.CancelAsync();
            listener.Dispose();
            await CutAsync();
            end.Dispose();
        }

        private async Task AcceptAsync()
        {
            while (!end.IsCancellationRequested)
            {
                TcpClient one;
                try
                {
                    one = await listener.AcceptTcpClientAsync(end.Token);
                }
                catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException or SocketException)
                {
                    return;
                }

                if (isCut) one.Dispose();
                else _ = PassAsync(one);
            }
        }

        private async Task PassAsync(TcpClient one)
        {
            var server = new TcpClient();
            held[one] = held[server] = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, to());
                await Task.WhenAny(CopyAsync(one.GetStream(), server.GetStream()), CopyAsync(server.GetStream(), one.GetStream()));
            }
            catch (Exception over) when (over is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Either end is gone, and so is the other below.
            }
            finally
            {
                held.TryRemove(one, out _);
                held.TryRemove(server, out _);
                one.Dispose();
                server.Dispose();
            }
        }

        private async Task CopyAsync(NetworkStream from, NetworkStream into)
        {
            var buffer = new byte[16_384];
            while (await from.ReadAsync(buffer) is var read and > 0)
            {
                if (hush is { } silence) await silence.Task;
                await into.WriteAsync(buffer.AsMemory(0, read));
            }
        }
    }

    /// <summary>A disk of its own for the database, small enough to be filled.</summary>
    private sealed class SmallDisk(string folder) : IAsyncDisposable
    {
        private string Filling => Path.Combine(folder, "filling");

        public string Folder => folder;

        /// <returns>Null where this machine or its person may not make one.</returns>
        public static async Task<SmallDisk?> TryMountAsync(string folder)
        {
            Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return null;
            return await RunAsync("mount", "-t", "tmpfs", "-o", "size=700m", "tmpfs", folder) ? new SmallDisk(folder) : null;
        }

        public async Task FillAsync()
        {
            await using var file = File.Create(Filling, 0);
            var megabyte = new byte[1 << 20];
            try
            {
                while (true) await file.WriteAsync(megabyte, Cancel);
            }
            catch (IOException)
            {
                // Full.
            }
        }

        public void Free() => File.Delete(Filling);

        public async ValueTask DisposeAsync() => await RunAsync("umount", "-l", folder);

        private static async Task<bool> RunAsync(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode == 0;
        }
    }

    /// <summary>What time it is to the site alone; the database and the people go on by the right one.</summary>
    private sealed class OwnClock(string library, string file)
    {
        private static readonly string[] Libraries = ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];

        /// <returns>Null where libfaketime is not installed; ./test installs it where it may.</returns>
        public static OwnClock? TryMake(string file)
        {
            if (Array.Find(Libraries, File.Exists) is not { } library) return null;
            File.WriteAllText(file, "+0");
            return new(library, file);
        }

        /// <param name="by">How far it goes wrong: +15m.</param>
        public Task SetAsync(string by) => File.WriteAllTextAsync(file, by, Cancel);

        public void GiveTo(ProcessStartInfo start)
        {
            start.Environment["LD_PRELOAD"] = library;
            start.Environment["FAKETIME_TIMESTAMP_FILE"] = file;
            start.Environment["FAKETIME_CACHE_DURATION"] = "1";
            // What measures how long something takes is not set by anybody.
            start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
            // Nor does the library mend waits by that clock, which it would end at once, so that whoever waits asks again without end.
            start.Environment["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
        }
    }

    /// <summary>The site in a process of its own, always at one address.</summary>
    private sealed class SiteProcess : IAsyncDisposable
    {
        private readonly ProcessStartInfo start;
        private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
        private Process? process;

        /// <param name="folder">Where its program is, when it is another than this.</param>
        public SiteProcess(TestSite site, string connection, string logs, OwnClock? clock, string? folder = null)
        {
            folder ??= AppContext.BaseDirectory;
            Address = new Uri($"http://localhost:{FreePort()}/");
            start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "ChildrensInfo.Web.dll"), "--urls", Address.AbsoluteUri]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
            // Each is over before code measured as it runs has paid for the measuring.
            start.Environment["DOTNET_TieredPGO"] = "0";
            start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = "Testing";
            foreach (var (name, value) in site.Settings) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
            start.Environment["ConnectionStrings__Portal"] = connection;
            start.Environment["Logs__Folder"] = logs;
            clock?.GiveTo(start);
            start.Environment["Jobs__Run"] = "true";
            start.Environment["Stopping__WaitSeconds"] = "5";
        }

        public Uri Address { get; }

        public static int FreePort()
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        public async Task StartAsync()
        {
            process = Process.Start(start)!;
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var said = process.StandardError.ReadToEndAsync(CancellationToken.None);
            for (var i = 0; i < 600; i++)
            {
                Assert.False(process.HasExited, process.HasExited ? await said : "");
                if (await IsReadyAsync()) return;
                await Task.Delay(100, Cancel);
            }

            Assert.Fail("The site did not start.");
        }

        /// <summary>Whether its last answer said so, and kept no connection for the next.</summary>
        public bool SaidItStops { get; private set; }

        public async Task<bool> IsReadyAsync()
        {
            try
            {
                using var well = await http.GetAsync(new Uri(Address, "/health/ready"), Cancel);
                SaidItStops = !well.IsSuccessStatusCode && well.Headers.ConnectionClose == true;
                return well.IsSuccessStatusCode;
            }
            catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
            {
                return false;
            }
        }

        /// <summary>As systemd and containers do: told to stop, and waited for.</summary>
        public async Task StopAsync()
        {
            using (var told = Process.Start("kill", ["-TERM", process!.Id.ToString(CultureInfo.InvariantCulture)])) await told.WaitForExitAsync(Cancel);
            await process.WaitForExitAsync(Cancel);
            Assert.Equal(0, process.ExitCode);
            process.Dispose();
            process = null;
        }

        public async Task KillAsync()
        {
            process!.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
            process = null;
        }

        public async ValueTask DisposeAsync()
        {
            if (process is not null) await KillAsync();
            http.Dispose();
        }
    }
}
