using System.Collections.Concurrent;
using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Keys;

/// <summary>A database of its own, a site on it that goes on working, and the command beside it: two processes with two certificates.</summary>
public class KeyRotationTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_are_rotated_while_people_read_and_write_and_nothing_is_left_that_the_key_before_opens()
    {
        using var command = new CommandLine();
        await using var council = await CouncilAsync(command, children: 1_100);
        var before = await council.OnlyKeyAsync();
        var errors = new ConcurrentQueue<Exception>();
        var (reads, writes) = (0, 0);
        using var done = new CancellationTokenSource();

        async Task GoOnAsync(Func<Task> work)
        {
            while (!done.IsCancellationRequested)
            {
                try
                {
                    await work();
                }
                catch (Exception error)
                {
                    errors.Enqueue(error);
                }
            }
        }

        var load = new[]
        {
            Task.Run(() => GoOnAsync(async () => { await council.ReadAsync(); Interlocked.Increment(ref reads); })),
            Task.Run(() => GoOnAsync(async () => { await council.ReadAsync(); Interlocked.Increment(ref reads); })),
            Task.Run(() => GoOnAsync(async () => { await council.WriteAsync(); Interlocked.Increment(ref writes); })),
        };
        // A site that opens with both certificates, as the runbook has it before the command is run.
        var (exit, output, error) = await CommandLine.RunHereAsync(council.Settings("new.pfx", "old.pfx"), "", "rotate-keys", "--authority", "981", "--wait", "2");
        await done.CancelAsync();
        await Task.WhenAll(load);

        Assert.True(exit == 0, error + output);
        Assert.Empty(errors);
        Assert.True(reads > 20 && writes > 5, $"{reads} reads, {writes} writes");
        await council.NothingOpensWithAsync(before);
        // Devices seal to another pair from now on.
        Assert.Equal(2, (await council.RowsAsync(db => db.DeviceKeys.IgnoreQueryFilters())).Count);
        // With the new certificate alone everything opens, and with the old one alone nothing.
        await using (var after = council.Process("new.pfx")) await council.EverythingOpensAsync(after);
        await using (var old = council.Process("old.pfx")) await Assert.ThrowsAsync<CryptographicException>(() => council.EverythingOpensAsync(old));

        var lines = await council.AuditAsync();
        Assert.Equal(1, lines.Count(l => l.Action == AuditActions.KeysRotationBegan));
        Assert.Equal(before.Id, Assert.Single(lines, l => l.Action == AuditActions.KeysRotated).SubjectId);
        Assert.True(lines.Where(l => l.Action == AuditActions.KeysRewrapped && l.Detail!.StartsWith("ChildKey ", StringComparison.Ordinal)).Sum(l => int.Parse(l.Detail!.Split(' ')[1], null)) >= 1_100);
    }

    [Fact]
    public async Task A_rotation_that_is_killed_leaves_everything_readable_and_goes_on_when_run_again()
    {
        using var command = new CommandLine();
        await using var council = await CouncilAsync(command, children: 620);
        var before = await council.OnlyKeyAsync();
        await using (var killed = council.Process("old.pfx"))
        {
            using var scope = new Scope(killed, council.Whole);
            var rotation = scope.Get<KeyRotation>();
            var (key, _) = await rotation.BeginAsync(council.Whole, Cancel);
            // After the first save, as a kill would leave it.
            await Assert.ThrowsAsync<OperationCanceledException>(() => rotation.RewrapAsync(key, council.Whole, Cancel, _ => throw new OperationCanceledException()));
        }

        Assert.Equal(2, (await council.RowsAsync(db => db.ChildKeys.IgnoreQueryFilters().Select(k => k.AuthorityKeyId))).Distinct().Count());
        await using (var between = council.Process("old.pfx")) await council.EverythingOpensAsync(between);
        // A key that is still needed cannot be destroyed, by nobody.
        await using (var owner = new NpgsqlConnection(council.Superuser))
        {
            await owner.OpenAsync(Cancel);
            await using var delete = new NpgsqlCommand($"delete from authority_keys where id = '{before.Id}'", owner);
            Assert.Contains((await Assert.ThrowsAsync<PostgresException>(() => delete.ExecuteNonQueryAsync(Cancel))).SqlState, new[] { PostgresErrorCodes.ForeignKeyViolation, PostgresErrorCodes.RestrictViolation });
        }

        // Nor can the site put other text in the place of what is sealed, go back to the key before, or wrap as anybody but a job of the whole council.
        foreach (var (reach, set) in new[] { (Reach.Whole, "sealed = sealed"), (Reach.Whole, "sealed = sealed || '\\x00', authority_key_id = (select id from authority_keys order by created_at desc limit 1)"), (Reach.Whole, "domain = 'Other', authority_key_id = (select id from authority_keys order by created_at desc limit 1)") })
        {
            await Assert.ThrowsAsync<PostgresException>(() => council.AsSiteAsync(reach, $"update domain_uses set {set}"));
        }

        Assert.Equal(0, await council.AsSiteAsync(Reach.Need, "update domain_uses set authority_key_id = authority_key_id"));
        Assert.Equal(0, await council.AsSiteAsync(Reach.Need, "update child_keys set authority_key_id = authority_key_id"));
        Assert.Equal(0, await council.AsSiteAsync(Reach.Need, "delete from authority_keys"));

        // What a later program keeps under the key, and this one does not know of, stops it: it does not wait for ever.
        async Task AsOwnerAsync(string sql)
        {
            await using var owner = new NpgsqlConnection(council.Superuser);
            await owner.OpenAsync(Cancel);
            await using var run = new NpgsqlCommand(sql, owner);
            await run.ExecuteNonQueryAsync(Cancel);
        }

        await AsOwnerAsync($"create table kept_later (authority_key_id uuid references authority_keys); insert into kept_later values ('{before.Id}')");
        var (exit, output, error) = await CommandLine.RunHereAsync(council.Settings("old.pfx"), "", "rotate-keys", "--wait", "0");
        Assert.Equal(1, exit);
        Assert.Contains("kept_later", error, StringComparison.Ordinal);
        await using (var still = council.Process("old.pfx")) await council.EverythingOpensAsync(still);
        await AsOwnerAsync("drop table kept_later");

        (exit, output, error) = await CommandLine.RunHereAsync(council.Settings("old.pfx"), "", "rotate-keys", "--wait", "0");
        Assert.True(exit == 0, error + output);
        Assert.Contains("goes on with a rotation that was stopped", output, StringComparison.Ordinal);
        await council.NothingOpensWithAsync(before);
        await using var after = council.Process("old.pfx");
        await council.EverythingOpensAsync(after);
    }

    [Fact]
    public async Task Without_the_certificate_a_rotation_says_which_one_is_missing_and_changes_nothing_and_so_does_the_site()
    {
        using var command = new CommandLine();
        await using var council = await CouncilAsync(command, children: 3);
        var before = await council.OnlyKeyAsync();

        var (exit, _, error) = await CommandLine.RunHereAsync(council.Settings("new.pfx"), "", "rotate-keys", "--wait", "0");

        Assert.Equal(1, exit);
        Assert.Contains(before.ProviderKeyId, error, StringComparison.Ordinal);
        Assert.Equal(before.WrappedKey, (await council.OnlyKeyAsync()).WrappedKey);
        Assert.DoesNotContain(await council.AuditAsync(), l => l.Action.StartsWith("keys.", StringComparison.Ordinal));

        async Task<IReadOnlyList<string>> FaultsAsync(params string[] certificates) => await ChildrensInfo.Web.StartGuard.FaultsAsync(
            new Microsoft.Extensions.Configuration.ConfigurationManager { ["AllowedHosts"] = "portal.example", ["Proxy:Networks"] = "127.0.0.1", ["Keys:CookieKeysFolder"] = Path.GetDirectoryName(command.PathOf("x")), ["Keys:CertificatePath"] = command.PathOf(certificates[0]), ["Keys:Earlier:0:CertificatePath"] = certificates.Length > 1 ? command.PathOf(certificates[1]) : null },
            council.Site, Cancel);
        Assert.Contains(before.ProviderKeyId, Assert.Single(await FaultsAsync("new.pfx")), StringComparison.Ordinal);
        Assert.Contains("Keys__Earlier__0__CertificatePath is not there", Assert.Single(await FaultsAsync("old.pfx", "gone.pfx")), StringComparison.Ordinal);
        Assert.Empty(await FaultsAsync("new.pfx", "old.pfx"));

        // A key that was altered is not written over: it may yet be mended from a backup.
        await using (var owner = new NpgsqlConnection(council.Superuser))
        {
            await owner.OpenAsync(Cancel);
            await using var alter = new NpgsqlCommand("set session_replication_role = replica; update child_keys set wrapped_key = set_byte(wrapped_key, 20, 255 - get_byte(wrapped_key, 20)) where child_id = (select min(child_id::text)::uuid from child_keys)", owner);
            await alter.ExecuteNonQueryAsync(Cancel);
        }

        var held = await council.RowsAsync(db => db.ChildKeys.IgnoreQueryFilters());
        (exit, _, error) = await CommandLine.RunHereAsync(council.Settings("new.pfx", "old.pfx"), "", "rotate-keys", "--wait", "0");
        Assert.Equal(1, exit);
        Assert.Contains("does not open with the key", error, StringComparison.Ordinal);
        Assert.Equal(held.Select(k => k.WrappedKey), (await council.RowsAsync(db => db.ChildKeys.IgnoreQueryFilters())).OrderBy(k => held.FindIndex(h => h.ChildId == k.ChildId)).Select(k => k.WrappedKey));
    }

    private async Task<Council> CouncilAsync(CommandLine command, int children)
    {
        CertificateKeyProvider.CreateFile(command.PathOf("old.pfx"), TimeProvider.System);
        CertificateKeyProvider.CreateFile(command.PathOf("new.pfx"), TimeProvider.System);
        var council = new Council(await site.NewDatabaseAsync(Cancel), command);
        await council.FillAsync(children);
        return council;
    }

    /// <summary>A council with something under every kind of key, and what was sealed before and meanwhile.</summary>
    private sealed class Council : IAsyncDisposable
    {
        private readonly (string Site, string Migrator, string Superuser) database;
        private readonly CommandLine command;
        private readonly ServiceProvider running;
        private readonly AppUser lead;
        private readonly LocalAuthority authority = new() { Code = "981", Name = "Turning Council", Nation = Nation.England };
        private readonly ConcurrentBag<(Guid Child, byte[] Sealed)> words = [];
        private readonly ConcurrentBag<Guid> files = [];

        /// <summary>What a device sealed before all this, and goes on holding.</summary>
        private byte[] onDevice = [];

        public Council((string Site, string Migrator, string Superuser) database, CommandLine command)
        {
            (this.database, this.command) = (database, command);
            lead = new AppUser { Id = Guid.CreateVersion7(), AuthorityId = authority.Id, Role = Role.DataLead, DisplayName = "Lena Turner", Email = "lena@turning.example", UserName = "lena@turning.example", SecurityStamp = "x" };
            // The new one wraps what is new and the old one still opens: nothing is wrapped by the new one before the command runs.
            running = Process("old.pfx", "new.pfx");
        }

        public string Superuser => database.Superuser;

        public string Site => database.Site;

        public Actor Whole => World.ActorOf(lead).AsJob();

        public ServiceProvider Process(params string[] certificates) => new ServiceCollection().AddLogging().AddSingleton<ICurrentActor>(new FixedActor(null))
            .AddSingleton<IKeyProvider>(_ => new KeyProviders([.. certificates.Select(c => KeySource.Certificate(command.PathOf(c), null))]))
            .AddPortalCore(database.Site).BuildServiceProvider();

        public Dictionary<string, string> Settings(params string[] certificates)
        {
            var settings = new Dictionary<string, string> { ["ConnectionStrings__Portal"] = database.Site, ["Keys__CertificatePath"] = command.PathOf(certificates[0]) };
            if (certificates.Length > 1) settings["Keys__Earlier__0__CertificatePath"] = command.PathOf(certificates[1]);
            return settings;
        }

        public async Task FillAsync(int children)
        {
            using var scope = new Scope(running, Whole);
            scope.Db.AddRange(authority, lead, scope.Get<AuthorityKeyCache>().Make(authority.Id, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
            var all = Enumerable.Range(0, children).Select(i => new Child { AuthorityId = authority.Id, LaChildId = $"T{i}", CreatedAt = DateTime.UtcNow }).ToList();
            scope.Db.AddRange(all);
            scope.Db.AddRange(await scope.Get<KeyRing>().NewForChildrenAsync(all.Select(c => c.Id), authority.Id, Cancel));
            scope.Db.Add(AuditEntry.For(AuditActions.DemoLoaded, Whole, null, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
            scope.Db.ChangeTracker.Clear();
            foreach (var child in all.Take(40)) words.Add((child.Id, await scope.Get<KeyRing>().SealAsync(child.Id, "before", child.Id, SealPart.Words, Cancel)));
            var device = await scope.Get<DeviceKeys>().CurrentAsync(authority.Id, Cancel);
            onDevice = DeviceBox.Close(device.Id, device.PublicKey, DeviceKeys.PlaceOf(lead.Id), [7]);
            await FileAsync(scope);
            var participation = scope.Get<ParticipationService>();
            await participation.PlanAsync(null, new PlanParticipation { Id = lead.Id, Layer = Layer.Data, PlannedFor = new DateOnly(2026, 11, 1), Purpose = "To ask", Negotiable = "Words", NotNegotiable = "Day", Invited = "All" }, World.ActorOf(lead), Cancel);
            foreach (var kind in new[] { ParticipationStepKind.Shown, ParticipationStepKind.Held })
            {
                await participation.TakeAsync(null, lead.Id, new AccountForParticipation { Id = Guid.CreateVersion7(), Kind = kind, Degree = Degree.ConsultedInformed, FeedbackDueOn = new DateOnly(2026, 12, 1), Came = "Nine", Missing = "Two", Evidence = "Notes", Thanks = "Cake" }, World.ActorOf(lead), Cancel);
            }

            var key = await scope.Get<KeyRing>().ForAuthorityAsync(authority.Id, Cancel);
            byte[] Closed(string json, int part) => Seal.Close(key.Key, System.Text.Encoding.UTF8.GetBytes(json), lead.Id, part);
            scope.Db.Add(new Reflection { Id = lead.Id, AuthorityId = authority.Id, IndicatorKey = "x", Address = "/", PictureJson = "{}", AuthorityKeyId = key.Id, Sealed = Closed("{}", SealPart.Reflection), WrittenById = lead.Id, WrittenAt = DateTime.UtcNow });
            scope.Db.Add(new ReflectionStep { Id = lead.Id, AuthorityId = authority.Id, ReflectionId = lead.Id, Kind = ReflectionStepKind.Answered, AuthorityKeyId = key.Id, Sealed = Closed("Yes", SealPart.Reflection), ById = lead.Id, At = DateTime.UtcNow });
            var ring = scope.Get<KeyRing>();
            var (codes, codesBy, codesWrapped) = await ring.NewOwnAsync(authority.Id, lead.Id, Cancel);
            scope.Db.Add(new SecondFactor { PersonId = lead.Id, AuthorityId = authority.Id, AuthorityKeyId = codesBy, WrappedKey = codesWrapped, AppKeySealed = Seal.Close(codes, [1, 2, 3], lead.Id, SealPart.AppKey) });
            var (_, _, wrapped) = await ring.NewOwnAsync(authority.Id, lead.Id, Cancel);
            using (var own = new Scope(running, World.ActorOf(lead)))
            {
                own.Db.AddRange(
                    new MonthlyPack { Id = lead.Id, AuthorityId = authority.Id, Title = "Pack", KeptById = lead.Id, CreatedAt = DateTime.UtcNow },
                    new InformationUseProject { Id = lead.Id, AuthorityId = authority.Id, Domain = "Health", AuthorityKeyId = codesBy, WrappedKey = wrapped, WrittenById = lead.Id, WrittenAt = DateTime.UtcNow });
                await own.Db.SaveChangesAsync(Cancel);
            }

            scope.Db.Add(new PackEdition { Id = lead.Id, AuthorityId = authority.Id, PackId = lead.Id, Month = new DateOnly(2026, 11, 1), Title = "Pack", ViewsJson = "[]", MadeAt = DateTime.UtcNow, AuthorityKeyId = codesBy, WrappedKey = wrapped });
            scope.Db.Add(new DomainUse { Id = lead.Id, AuthorityId = authority.Id, Domain = "Health", AuthorityKeyId = key.Id, Sealed = Closed("{}", SealPart.DomainUse), WrittenById = lead.Id, WrittenAt = DateTime.UtcNow });
            scope.Db.Add(new DutyNote { Id = lead.Id, AuthorityId = authority.Id, AboutId = lead.Id, Kind = DutyNoteKind.HoldPlaced, AuthorityKeyId = key.Id, Sealed = Closed("{}", SealPart.DutyNote), ById = lead.Id, At = DateTime.UtcNow });
            await scope.Db.SaveChangesAsync(Cancel);
        }

        /// <summary>As a page would: a unit of work of its own.</summary>
        public async Task ReadAsync()
        {
            using var scope = new Scope(running, Whole);
            foreach (var (child, text) in words.Take(10)) Assert.Contains(await scope.Get<KeyRing>().OpenAsync(child, text, child, SealPart.Words, Cancel), new[] { "before", "meanwhile" });
            foreach (var id in files.Take(2)) await ReadFileAsync(scope, id);
            Assert.Equal("To ask", Assert.Single(await scope.Get<ParticipationService>().OpenAsync(null, Cancel)).Plan.Purpose);
        }

        public async Task WriteAsync()
        {
            using var scope = new Scope(running, Whole);
            var child = new Child { AuthorityId = authority.Id, LaChildId = $"M{Guid.NewGuid():N}"[..16], CreatedAt = DateTime.UtcNow };
            scope.Db.AddRange(child, await scope.Get<KeyRing>().NewForChildAsync(child.Id, authority.Id, Cancel), AuditEntry.For(AuditActions.ChildCreated, Whole, child.Id, null, TimeProvider.System));
            var text = await scope.Get<KeyRing>().SealAsync(child.Id, "meanwhile", child.Id, SealPart.Words, Cancel);
            await scope.Db.SaveChangesAsync(Cancel);
            words.Add((child.Id, text));
            await FileAsync(scope);
        }

        public async Task EverythingOpensAsync(ServiceProvider process)
        {
            using var scope = new Scope(process, Whole);
            await scope.Get<KeyRing>().LoadAsync(await scope.Db.ChildKeys.Select(k => k.ChildId).ToListAsync(Cancel), Cancel);
            foreach (var (child, text) in words) await scope.Get<KeyRing>().OpenAsync(child, text, child, SealPart.Words, Cancel);
            foreach (var id in files) await ReadFileAsync(scope, id);
            Assert.Equal([7], await scope.Get<DeviceKeys>().OpenAsync(onDevice, DeviceKeys.PlaceOf(lead.Id), Cancel) ?? throw new CryptographicException("What a device sealed does not open."));
            var ring = scope.Get<KeyRing>();
            var factor = await scope.Db.SecondFactors.SingleAsync(Cancel);
            Assert.Equal([1, 2, 3], Seal.Open(await ring.OpenOwnAsync(factor.AuthorityKeyId, factor.WrappedKey, lead.Id, Cancel), factor.AppKeySealed!, lead.Id, SealPart.AppKey));
            var (edition, use) = (await scope.Db.PackEditions.SingleAsync(Cancel), await scope.Db.InformationUseProjects.SingleAsync(Cancel));
            await ring.OpenOwnAsync(edition.AuthorityKeyId, edition.WrappedKey, edition.Id, Cancel);
            await ring.OpenOwnAsync(use.AuthorityKeyId, use.WrappedKey, use.Id, Cancel);
            var activity = Assert.Single(await scope.Get<ParticipationService>().OpenAsync(null, Cancel));
            Assert.Equal(("To ask", "Nine"), (activity.Plan.Purpose, activity.Steps.Single(s => s.Step.Kind == ParticipationStepKind.Held).Account.Came));
            Assert.Equal("Yes", Assert.Single(Assert.Single(await scope.Get<ReflectionService>().OpenAsync(World.ActorOf(lead), Cancel)).Steps).Text);
        }

        public async Task<(Guid Id, string ProviderKeyId, byte[] WrappedKey, byte[] Key)> OnlyKeyAsync()
        {
            var row = Assert.Single(await RowsAsync(db => db.AuthorityKeys.IgnoreQueryFilters()));
            using var provider = new KeyProviders(KeySource.Certificate(command.PathOf("old.pfx"), null));
            return (row.Id, row.ProviderKeyId, row.WrappedKey, provider.Unwrap(row.ProviderKeyId, row.WrappedKey));
        }

        public async Task<int> AsSiteAsync(Reach reach, string sql)
        {
            await using var connection = new NpgsqlConnection(database.Site);
            await connection.OpenAsync(Cancel);
            await using var transaction = await connection.BeginTransactionAsync(Cancel);
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            RowSecurity.PutInFront(command, Whole with { Reach = reach });
            return Math.Max(0, await command.ExecuteNonQueryAsync(Cancel));
        }

        public async Task NothingOpensWithAsync((Guid Id, string ProviderKeyId, byte[] WrappedKey, byte[] Key) before)
        {
            Assert.NotEqual(before.Id, Assert.Single(await RowsAsync(db => db.AuthorityKeys.IgnoreQueryFilters())).Id);
            var held = (await RowsAsync(db => db.ChildKeys.IgnoreQueryFilters())).Select(k => (k.ChildId, k.WrappedKey, SealPart.WrappedKey))
                .Concat((await RowsAsync(db => db.DeviceKeys.IgnoreQueryFilters())).Select(k => (k.Id, k.WrappedKey, SealPart.WrappedKey)))
                .Concat((await RowsAsync(db => db.Files.IgnoreQueryFilters())).Select(f => (f.Id, f.WrappedKey, SealPart.WrappedKey)))
                .Concat((await RowsAsync(db => db.ParticipationActivities.IgnoreQueryFilters())).Select(a => (a.Id, a.Sealed, SealPart.Participation)))
                .Concat((await RowsAsync(db => db.ParticipationSteps.IgnoreQueryFilters().Where(s => s.Sealed != null))).Select(s => (s.Id, s.Sealed!, SealPart.Participation)))
                .Concat((await RowsAsync(db => db.Reflections.IgnoreQueryFilters())).Select(r => (r.Id, r.Sealed, SealPart.Reflection)))
                .Concat((await RowsAsync(db => db.ReflectionSteps.IgnoreQueryFilters())).Select(s => (s.Id, s.Sealed, SealPart.Reflection)))
                .Concat((await RowsAsync(db => db.DomainUses.IgnoreQueryFilters())).Select(u => (u.Id, u.Sealed, SealPart.DomainUse)))
                .Concat((await RowsAsync(db => db.DutyNotes.IgnoreQueryFilters())).Select(n => (n.Id, n.Sealed, SealPart.DutyNote))).ToList();
            Assert.Equal(5, held.Select(h => h.Item3).Distinct().Count());
            foreach (var (owner, bytes, part) in held) Assert.ThrowsAny<CryptographicException>(() => Seal.Open(before.Key, bytes, owner, part));
        }

        public async Task<List<T>> RowsAsync<T>(Func<AppDbContext, IQueryable<T>> of)
        {
            await using var db = new AppDbContext(new DbContextOptionsBuilder<AppDbContext>().UseNpgsql(database.Superuser).UsePortalConventions().Options, new FixedActor(null));
            return await of(db).ToListAsync(Cancel);
        }

        public Task<List<AuditEntry>> AuditAsync() => RowsAsync(db => db.AuditEntries.IgnoreQueryFilters());

        public ValueTask DisposeAsync() => running.DisposeAsync();

        private async Task FileAsync(Scope scope)
        {
            var file = await scope.Get<FileStore>().BeginAsync(Guid.CreateVersion7(), FileKind.Return, null, "text/plain", 3, Whole, Cancel);
            await scope.Get<FileStore>().PutChunkAsync(file, 0, new byte[] { 1, 2, 3 }, Cancel);
            await scope.Db.SaveChangesAsync(Cancel);
            files.Add(file.Id);
        }

        private static async Task ReadFileAsync(Scope scope, Guid id)
        {
            await using var content = await scope.Get<FileStore>().OpenAsync(await scope.Db.Files.AsNoTracking().SingleAsync(f => f.Id == id, Cancel), Cancel);
            var bytes = new byte[8];
            Assert.Equal(3, await content.ReadAsync(bytes, Cancel));
        }
    }
}
