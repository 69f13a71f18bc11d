using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Data;

/// <summary>The drill of docs/runbook.md, on servers of its own: a backup taken while the portal is used, its log, and a restore to a moment before an accident.</summary>
public sealed class RestoreDrillTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_council_is_back_as_it_was_at_a_moment_and_whatever_is_wrong_with_a_restored_database_is_named()
    {
        using var command = new CommandLine();
        var archive = Directory.CreateDirectory(command.PathOf("archive")).FullName;
        await Cluster.OwnAsync(archive);
        await using var server = await EmbeddedPostgres.StartAsync(command.PathOf("live"), ["archive_mode=on", $"archive_command='cp %p {archive}/%f'"], Cancel);
        await server.EnsureDatabaseAsync("portal", Cancel);
        await Migrator.MigrateAsync(server.ConnectionString("portal", EmbeddedPostgres.MigratorRole), Cancel);
        var certificate = command.PathOf("key.pfx");
        CertificateKeyProvider.CreateFile(certificate, TimeProvider.System);
        await using var council = await Council.MakeAsync(server.ConnectionString("portal", EmbeddedPostgres.SiteRole), certificate);
        await council.SayAsync("I like it when Nan comes.");
        // A word may lie in a sound as in a text, and in a drawing's own details.
        await council.KeepAsync("image/png", [.. RandomNumberGenerator.GetBytes(150_000), .. "Drawn by her own hand"u8, .. RandomNumberGenerator.GetBytes(50_000)]);
        await council.KeepAsync("audio/webm", [.. RandomNumberGenerator.GetBytes(10_000), .. "Spoken in her own voice"u8]);
        await council.WriteForewordAsync("Written before the figures.");
        await council.SealAsync();
        var inventory = command.PathOf("inventory.json");
        Assert.Contains("tables", (await DoneAsync(server, "inventory", "--out", inventory)).Output);
        Assert.DoesNotContain("Sorrel", command.Read("inventory.json"));

        // The backup, with the server's own means, and people at work meanwhile.
        await using var super = NpgsqlDataSource.Create(server.SuperuserConnectionString("portal"));
        string label;
        var taken = command.PathOf("taken");
        await using (var backup = await super.OpenConnectionAsync(Cancel))
        {
            await Cluster.AskAsync(backup, "select pg_backup_start('drill', true)");
            await council.SayAsync("Said while the backup runs.");
            Cluster.Copy(Path.Combine(command.PathOf("live"), "cluster"), taken);
            label = (string)(await Cluster.AskAsync(backup, "select labelfile from pg_backup_stop(false)"))!;
        }

        await council.SayAsync("Said after it.");
        var moment = (DateTime)(await AskAsync(super, "select clock_timestamp()"))!;
        await council.SayAsync("Said after the moment.");
        var last = (string)(await AskAsync(super, "select pg_walfile_name(pg_switch_wal())"))!;
        for (var i = 0; i < 300 && !File.Exists(Path.Combine(archive, last)); i++) await Task.Delay(100, Cancel);

        await File.WriteAllTextAsync(Path.Combine(taken, "backup_label"), label, Cancel);
        // As a server's own settings are: the copy must not do by them what the server does.
        await File.AppendAllTextAsync(Path.Combine(taken, "postgresql.auto.conf"), $"archive_mode = on\narchive_command = 'cp %p {archive}/%f'\nsynchronous_standby_names = 'second'\n", Cancel);
        var archived = Directory.GetFiles(archive).Order(StringComparer.Ordinal).ToList();

        // The restore, elsewhere. The settings name the living server, and it is not the one that is looked at.
        var restored = Directory.CreateDirectory(command.PathOf("restored")).FullName;
        var cluster = Path.Combine(restored, "cluster");
        string[] whole = ["restore", "--backup", taken, "--log", archive, "--against", inventory];
        string[] toMoment = [.. whole, "--until", At(moment)];
        var (output, error) = await DoneAsync(server, [.. toMoment, "--to", cluster]);
        Assert.Equal("", error);
        Assert.Contains("Council 976: 1 children's keys open", output);
        Assert.Contains("Council 976: 3 records open and are as they were sealed", output);
        Assert.Contains("Council 976: 2 files open whole", output);
        Assert.Contains("audit log: ", output);
        Assert.Contains("voice_words: 3 rows, 1 when the inventory was made", output);
        Assert.Contains("The restored database holds.", output);
        Assert.Contains("It took 0 h", output);
        Assert.Contains("Its server is stopped.", output);
        Assert.False(File.Exists(Path.Combine(cluster, "postmaster.pid")));
        Assert.Equal(archived, Directory.GetFiles(archive).Order(StringComparer.Ordinal));

        // What is missing or does not fit is said, and no server is left behind.
        Assert.Contains("is not empty", await RefusedAsync([.. toMoment, "--to", cluster]));
        Assert.Contains("before the end of this base backup", await RefusedAsync([.. whole, "--until", At(moment.AddHours(-1)), "--to", command.PathOf("too-early")]));
        Assert.False(File.Exists(Path.Combine(command.PathOf("too-early"), "postmaster.pid")));
        Assert.Contains("a moment with its zone", await RefusedAsync([.. whole, "--until", "2026-03-01 09:30", "--to", command.PathOf("no-zone")]));
        var between = archived.Select(Path.GetFileName).Last(f => f!.Length == 24 && string.CompareOrdinal(f, last) < 0)!;
        File.Move(Path.Combine(archive, between), command.PathOf(between));
        Assert.Contains($"the part that ends in {between[8..16]}{between[16..]} is missing", await RefusedAsync([.. whole, "--to", command.PathOf("gap")]));
        Assert.Matches("a part of it is missing", await RefusedAsync([.. toMoment, "--to", command.PathOf("gap-before")]));
        Assert.False(File.Exists(Path.Combine(command.PathOf("gap-before"), "postmaster.pid")));
        File.Move(command.PathOf(between), Path.Combine(archive, between));

        // As one file, to the end of the log, with the key of another portal; and the server goes on where that was asked.
        var other = command.PathOf("other.pfx");
        CertificateKeyProvider.CreateFile(other, TimeProvider.System);
        await System.Formats.Tar.TarFile.CreateFromDirectoryAsync(taken, command.PathOf("base.tar"), includeBaseDirectory: false, Cancel);
        var kept = Directory.CreateDirectory(command.PathOf("kept")).FullName;
        var (exit, said, wrong) = await CommandLine.RunHereAsync(SettingsOf(server, other), "", "restore", "--backup", command.PathOf("base.tar"), "--log-command", $"cp {archive}/%f %p", "--to", Path.Combine(kept, "cluster"), "--keep");
        File.Copy(Path.Combine(command.PathOf("live"), "password"), Path.Combine(kept, "password"));
        await using (var going = await EmbeddedPostgres.StartAsync(kept, [], Cancel))
        {
            Assert.Contains($"It goes on at 127.0.0.1:{going.Port}", said);
            await using var all = NpgsqlDataSource.Create(going.SuperuserConnectionString("portal"));
            Assert.Equal(4L, await AskAsync(all, "select count(*) from voice_words"));
            await going.StopAtOnceAsync(Cancel);
        }

        Assert.Equal(3, exit);
        Assert.Contains("Council 976: 1 of its keys cannot be opened with this certificate", wrong);
        Assert.Contains("Do not start a site on this database.", said);

        File.Copy(Path.Combine(command.PathOf("live"), "password"), Path.Combine(restored, "password"));
        await using var again = await EmbeddedPostgres.StartAsync(restored, ["archive_mode=off", "synchronous_standby_names="], Cancel);
        await using var above = NpgsqlDataSource.Create(again.SuperuserConnectionString("portal"));
        Assert.Equal(3L, await AskAsync(above, "select count(*) from voice_words"));

        // Whoever has the backup and the log, and not the certificate, reads no word in them; a name, which is not sealed, shows that they were looked through.
        byte[][] words = [.. new[] { "Nan comes", "the backup runs", "Said after it", "Said after the moment", "Drawn by her", "Spoken in her", "Written before the" }.Select(System.Text.Encoding.UTF8.GetBytes)];
        var nameSeen = false;
        foreach (var path in new[] { restored, archive }.SelectMany(f => Directory.EnumerateFiles(f, "*", SearchOption.AllDirectories)))
        {
            byte[] bytes;
            try
            {
                bytes = await File.ReadAllBytesAsync(path, Cancel);
            }
            catch (IOException)
            {
                // The server that runs on them tidied it away.
                continue;
            }

            nameSeen |= bytes.AsSpan().IndexOf("Sorrel"u8) >= 0;
            Assert.DoesNotContain(words, w => bytes.AsSpan().IndexOf(w) >= 0);
        }

        Assert.True(nameSeen);
        Assert.Contains("The restored database holds.", (await DoneAsync(again, "check-restore", "--against", inventory)).Output);

        // What was destroyed since is named, so that it can be destroyed again.
        await AskAsync(super, """
            set session_replication_role = replica;
            insert into disposals (id, authority_id, child_id, cause, rule_key, kept_until, state, proposed_by_id, proposed_at, decided_by_id, decided_at, records, backups_until)
            select gen_random_uuid(), authority_id, id, 'Retention', 'looked-after', current_date, 'Done', gen_random_uuid(), now(), gen_random_uuid(), now(), 4, current_date from children
            """);
        var later = command.PathOf("later.json");
        await DoneAsync(server, "inventory", "--out", later);
        Assert.Matches("was destroyed after what was restored, and is here again: all that was kept of child [0-9a-f-]{36}", await FaultsAsync(certificate, later));

        // What can go wrong with a restore, or be done to it, all at once.
        await AskAsync(above, """
            set session_replication_role = replica;
            alter table interpretations no force row level security;
            drop policy own_authority on research_outputs;
            drop trigger written_once on consent_events;
            grant update on voice_words to portal_app;
            drop table device_receipts;
            update voice_words set sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1) where voice_record_id = (select voice_record_id from voice_words limit 1);
            delete from file_pieces where index = 2;
            update child_keys set wrapped_key = set_byte(wrapped_key, 20, get_byte(wrapped_key, 20) # 1);
            delete from audit_entries where id in (select id from audit_entries order by at limit 4);
            alter role portal_app bypassrls;
            """);
        var faults = await FaultsAsync(certificate);
        foreach (var named in new[]
        {
            "missing or changed: table interpretations: row security true, forced true", "missing or changed: policy research_outputs own_authority", "missing or changed: trigger consent_events written_once",
            "was not there before: table voice_words", "the table device_receipts is missing", "the keys of 1 of 1 children do not open", "3 of 3 records do not open or were changed", "2 of 2 files do not open or are not whole",
            "audit_entries only ever grows", "the audit log does not hold", "can see children without saying who asks",
        })
        {
            Assert.Contains(named, faults);
        }

        await AskAsync(above, "set session_replication_role = replica; delete from \"__EFMigrationsHistory\" where migration_id = (select max(migration_id) from \"__EFMigrationsHistory\"); delete from child_keys; delete from authority_keys");
        faults = await FaultsAsync(certificate);
        Assert.Contains("1 migrations of this version were not applied", faults);
        Assert.Contains("child_keys is empty and had 1 rows", faults);

        Dictionary<string, string> SettingsOf(EmbeddedPostgres of, string key) => new()
        {
            ["ConnectionStrings__Portal"] = of.ConnectionString("portal", EmbeddedPostgres.SiteRole),
            ["ConnectionStrings__Migrator"] = of.ConnectionString("portal", EmbeddedPostgres.MigratorRole),
            ["Keys__CertificatePath"] = key,
        };

        async Task<(string Output, string Error)> DoneAsync(EmbeddedPostgres of, params string[] arguments)
        {
            var (exit, said, wrong) = await CommandLine.RunHereAsync(SettingsOf(of, certificate), "", arguments);
            Assert.True(exit == 0, $"{exit}: {wrong}{said}");
            return (said, wrong);
        }

        async Task<string> RefusedAsync(string[] arguments)
        {
            var (code, _, why) = await CommandLine.RunHereAsync(SettingsOf(server, certificate), "", arguments);
            Assert.True(code == 2, $"{code}: {why}");
            return why;
        }

        static string At(DateTime moment) => moment.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "Z";

        async Task<string> FaultsAsync(string key, string? against = null)
        {
            var (exit, said, wrong) = await CommandLine.RunHereAsync(SettingsOf(again, key), "", "check-restore", "--against", against ?? inventory);
            Assert.True(exit == 3, $"{exit}: {wrong}{said}");
            Assert.Contains("Do not start a site on this database.", said);
            return wrong;
        }
    }

    private static Task<object?> AskAsync(NpgsqlDataSource on, string sql) => on.CreateCommand(sql).ExecuteScalarAsync(Cancel);

    /// <summary>One council with one child, by the portal's own services.</summary>
    private sealed class Council(ServiceProvider services, Actor actor, Guid childId, Guid sessionId) : IAsyncDisposable
    {
        public static async Task<Council> MakeAsync(string connection, string certificate)
        {
            var authority = new LocalAuthority { Code = "976", Name = "Nowhere Council", Nation = Nation.England };
            var actor = Actor.For(Guid.CreateVersion7(), authority.Id, Role.DataLead, null, "Lea Moss").AsJob();
            var services = new ServiceCollection().AddLogging().AddSingleton<ICurrentActor>(new FixedActor(actor))
                .AddSingleton<IKeyProvider>(new KeyProviders(KeySource.Certificate(certificate, null))).AddPortalCore(connection).BuildServiceProvider();
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            db.AddRange(authority, scope.ServiceProvider.GetRequiredService<AuthorityKeyCache>().Make(authority.Id, TimeProvider.System));
            db.Add(new AppUser { Id = actor.PersonId, AuthorityId = authority.Id, Role = Role.DataLead, DisplayName = "Lea Moss", UserName = "lea@nowhere.example", NormalizedUserName = "LEA@NOWHERE.EXAMPLE", SecurityStamp = "x" });
            await db.SaveChangesAsync(Cancel);
            var today = World.Today;
            var child = new Child { AuthorityId = authority.Id, LaChildId = "976C1", GivenName = "Sorrel", BornOn = today.AddYears(-9), CreatedAt = DateTime.UtcNow };
            var session = new VoiceSession { AuthorityId = authority.Id, ChildId = child.Id, PractitionerId = actor.PersonId, OccurredOn = today, Place = Place.Home, SeenAlone = SeenAlone.Yes, RecordedAt = DateTime.UtcNow };
            db.AddRange(child, session, await scope.ServiceProvider.GetRequiredService<KeyRing>().NewForChildAsync(child.Id, authority.Id, Cancel));
            db.Add(AuditEntry.For(AuditActions.ChildCreated, actor, child.Id, null, TimeProvider.System));
            await db.SaveChangesAsync(Cancel);
            return new Council(services, actor, child.Id, session.Id);
        }

        public async Task SayAsync(string words)
        {
            await using var scope = services.CreateAsyncScope();
            var outcome = await scope.ServiceProvider.GetRequiredService<VoiceService>().RecordAsync(
                childId, sessionId,
                new RecordVoice
                {
                    Id = Guid.CreateVersion7(),
                    Kind = VoiceKind.TypedText,
                    Speaker = Speaker.Child,
                    Subjects = [SubjectMatter.MyLife],
                    Layer = Layer.Data,
                    Provenance = WordsProvenance.VerbatimAtTheTime,
                    Language = "en",
                    Text = words,
                },
                actor, Cancel);
            Assert.True(outcome!.IsDone);
        }

        public async Task KeepAsync(string contentType, byte[] bytes)
        {
            await using var scope = services.CreateAsyncScope();
            var (db, files) = (scope.ServiceProvider.GetRequiredService<AppDbContext>(), scope.ServiceProvider.GetRequiredService<FileStore>());
            var file = await files.BeginAsync(Guid.CreateVersion7(), FileKind.VoiceMedia, childId, contentType, bytes.Length, actor, Cancel);
            db.Add(AuditEntry.For(AuditActions.MediaReceived, actor, childId, file.Id, TimeProvider.System));
            using var content = new MemoryStream(bytes);
            await files.WriteAsync(file, content, bytes.Length, Cancel);
            db.Add(AuditEntry.For(AuditActions.MediaReceived, actor, childId, file.Id, TimeProvider.System));
            await db.SaveChangesAsync(Cancel);
        }

        public async Task WriteForewordAsync(string text)
        {
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            // A person begins a pack and writes in it; a job makes what it shows.
            var lead = Actor.For(actor.PersonId, actor.AuthorityId, Role.DataLead, null, "Lea Moss");
            var pack = new MonthlyPack { AuthorityId = actor.AuthorityId, Title = "Need", KeptById = actor.PersonId, CreatedAt = DateTime.UtcNow };
            var id = Guid.CreateVersion7();
            using (db.ActingAs(lead))
            {
                db.Add(pack);
                db.Add(AuditEntry.For(AuditActions.PackMade, lead, null, pack.Id, TimeProvider.System));
                await db.SaveChangesAsync(Cancel);
            }

            var (_, keyId, wrapped) = await scope.ServiceProvider.GetRequiredService<KeyRing>().NewOwnAsync(actor.AuthorityId, id, Cancel);
            db.Add(new PackEdition { Id = id, AuthorityId = actor.AuthorityId, PackId = pack.Id, Month = new(2026, 1, 1), Title = "Need", ViewsJson = PackEdition.Write([]), MadeAt = DateTime.UtcNow, AuthorityKeyId = keyId, WrappedKey = wrapped });
            db.Add(AuditEntry.For(AuditActions.EditionMade, actor, null, id, TimeProvider.System));
            await db.SaveChangesAsync(Cancel);
            db.ChangeTracker.Clear();
            using (db.ActingAs(lead)) Assert.True((await scope.ServiceProvider.GetRequiredService<PackService>().WriteForewordAsync(id, new() { Text = text }, publish: false, lead, Cancel))!.IsDone);
        }

        public async Task SealAsync()
        {
            await using var scope = services.CreateAsyncScope();
            Assert.NotNull(await scope.ServiceProvider.GetRequiredService<AuditChain>().SealAsync(Cancel));
        }

        public ValueTask DisposeAsync() => services.DisposeAsync();
    }
}
