using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Audit;

/// <summary>Each test on a database of its own, since the chain is one for the whole of it.</summary>
public class AuditChainTests(TestSite site)
{
    [Fact]
    public async Task Whatever_somebody_with_the_keys_to_the_database_does_to_a_sealed_line_or_a_seal_is_found()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var log = await LogAsync(cancel);
        Assert.Equal(new AuditVerdict(0, 0, 0, 0, null, null), await log.VerifyAsync());
        for (var seal = 0; seal < 3; seal++)
        {
            for (var save = 0; save < 6; save++) await log.WriteAsync(lines: 1 + (save % 3));
            await log.SealAllAsync(cancel);
        }

        await log.WriteAsync(lines: 2);
        var whole = await log.VerifyAsync();
        Assert.Null(whole.Break);
        Assert.Equal(36, whole.Lines);
        Assert.Equal(2, whole.Unsealed);
        Assert.Equal(3, whole.Last!.Number);
        await log.AsSuperuserAsync("create table lines_before as select * from audit_entries; create table seals_before as select * from audit_seals");

        // Any line, altered or taken away, with its own hash as it was.
        var ids = await log.IdsAsync();
        for (var i = 0; i < 36; i += 5)
        {
            var at = (Seal: (i / 12) + 1, Line: ids[i]);
            Assert.Equal((at.Seal, (Guid?)at.Line), await BrokenByAsync($"update audit_entries set action = 'child.changed' where id = '{at.Line}'"));
            Assert.Equal((at.Seal, (Guid?)null), await BrokenByAsync($"delete from audit_entries where id = '{at.Line}'"));
            Assert.Equal((at.Seal, (Guid?)null), await BrokenByAsync($"update audit_entries set written_in = (written_in::text::bigint + 1)::text::xid8 where id = '{at.Line}'"));
        }

        // A line made to agree with itself again, a line too many, two that changed places.
        var forged = AuditEntry.For(AuditActions.SignedOut, null, null, null, TimeProvider.System);
        var made = $"('{forged.Id}', '{forged.Action}', '{forged.At:yyyy-MM-dd HH:mm:ss.ffffff}+00', '\\x{Convert.ToHexString(forged.Hash)}')";
        var add = $"insert into audit_entries (id, action, at, hash, written_in) select made.id::uuid, made.action, made.at::timestamptz, made.hash::bytea, there.written_in from (values {made}) made (id, action, at, hash), audit_entries there where there.id = '{ids[14]}'";
        Assert.Equal((2, null), await BrokenByAsync(add));
        Assert.Equal((2, null), await BrokenByAsync($"{add}; delete from audit_entries where id = '{ids[14]}'"));
        Assert.Equal((1, null), await BrokenByAsync($"update audit_entries a set written_in = b.written_in from audit_entries b where (a.id, b.id) in (('{ids[0]}', '{ids[4]}'), ('{ids[4]}', '{ids[0]}'))"));
        Assert.Equal((null, (Guid?)ids[36]), await BrokenByAsync($"update audit_entries set detail = 'x' where id = '{ids[36]}'"));

        // Seals: one gone, one altered, one made anew without the key, the end cut off.
        Assert.Equal((3, null), await BrokenByAsync("delete from audit_seals where number = 2"));
        Assert.Equal((2, null), await BrokenByAsync("update audit_seals set lines = lines - 1 where number = 2"));
        Assert.Equal((2, null), await BrokenByAsync("update audit_seals set signature = (select signature from seals_before where number = 3) where number = 2"));
        Assert.Equal((2, null), await BrokenByAsync("update audit_seals set previous_hash = hash where number = 2"));
        const string cut = "delete from audit_entries a using audit_seals s where s.number = 3 and a.written_in >= s.from_transaction; delete from audit_seals where number = 3";
        Assert.Equal((3, null), await BrokenByAsync(cut, (3, whole.Last.Hash)));
        Assert.Null((await log.VerifyAsync((3, whole.Last.Hash))).Break);

        async Task<(long? Seal, Guid? Line)> BrokenByAsync(string sql, (long, byte[])? expected = null)
        {
            // Triggers stand aside for whoever is above the database.
            await log.AsSuperuserAsync($"set session_replication_role = replica; {sql}");
            var verdict = await log.VerifyAsync(expected);
            await log.AsSuperuserAsync("""
                set session_replication_role = replica;
                delete from audit_entries; insert into audit_entries select * from lines_before;
                delete from audit_seals; insert into audit_seals select * from seals_before
                """);
            Assert.True(verdict.Break is not null, sql);
            return (verdict.Break!.Seal, verdict.Break.LineId);
        }
    }

    [Fact]
    public async Task A_line_whose_transaction_ends_late_is_sealed_later_and_breaks_nothing()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var log = await LogAsync(cancel);
        await log.WriteAsync(lines: 1);
        await using var connection = new NpgsqlConnection(log.Site);
        await connection.OpenAsync(cancel);
        await using var slow = await connection.BeginTransactionAsync(cancel);
        var late = AuditEntry.For(AuditActions.SignedOut, null, null, null, TimeProvider.System);
        await using (var insert = new NpgsqlCommand("insert into audit_entries (id, action, at, hash) values ($1, $2, $3, $4)", connection))
        {
            foreach (var value in new object[] { late.Id, late.Action, late.At, late.Hash }) insert.Parameters.Add(new() { Value = value });
            await insert.ExecuteNonQueryAsync(cancel);
        }

        await log.WriteAsync(lines: 3);
        await log.SealAsync();
        Assert.InRange((await log.VerifyAsync()).Lines, 0, 1);
        await slow.CommitAsync(cancel);
        await log.SealAllAsync(cancel);
        var verdict = await log.VerifyAsync();
        Assert.Null(verdict.Break);
        Assert.Equal(5, verdict.Lines);
    }

    [Fact]
    public async Task Many_write_while_two_seal_and_every_line_is_under_one_seal()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var log = await LogAsync(cancel);
        var writing = Enumerable.Range(0, 6).Select(async _ =>
        {
            for (var save = 0; save < 25; save++) await log.WriteAsync(lines: 2);
        }).ToList();
        while (writing.Exists(w => !w.IsCompleted)) await Task.WhenAll(log.SealAsync(), log.SealAsync());
        await Task.WhenAll(writing);
        await log.SealAllAsync(cancel);
        var verdict = await log.VerifyAsync();
        Assert.Null(verdict.Break);
        Assert.Equal(300, verdict.Lines);
    }

    [Fact]
    public async Task After_a_restore_into_another_cluster_the_chain_goes_on_from_where_it_was()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var log = await LogAsync(cancel);
        await log.WriteAsync(lines: 2);
        await log.SealAllAsync(cancel);
        await log.WriteAsync(lines: 3);
        await log.AsSuperuserAsync("create or replace function audit_cluster() returns bigint language sql stable as 'select 7::bigint'");
        await log.WriteAsync(lines: 4);
        await log.SealAllAsync(cancel);
        await log.AsSuperuserAsync("create or replace function audit_cluster() returns bigint language sql stable as 'select system_identifier from pg_control_system()'");
        await log.WriteAsync(lines: 5);
        await log.SealAllAsync(cancel);
        var verdict = await log.VerifyAsync();
        Assert.Null(verdict.Break);
        Assert.Equal((4, 14), (verdict.Seals, verdict.Lines));
    }

    [Fact]
    public async Task The_site_can_neither_change_a_seal_nor_say_which_transaction_wrote_a_line()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var log = await LogAsync(cancel);
        await log.WriteAsync(lines: 1);
        await log.SealAllAsync(cancel);
        foreach (var sql in new[]
        {
            "update audit_seals set lines = 0", "delete from audit_seals", "truncate audit_seals", "delete from audit_entries", "update audit_entries set detail = 'x'",
            "insert into audit_entries (id, action, at, hash, written_in) values (gen_random_uuid(), 'account.signed-out', now(), '\\x', '1')",
            "insert into audit_seals select number + 1, cluster, from_transaction, to_transaction, lines, lines_hash, previous_hash, hash, sealed_at, key_id, signature from audit_seals",
        })
        {
            await using var connection = new NpgsqlConnection(log.Site);
            await connection.OpenAsync(cancel);
            // As the administrator of a council would reach it.
            await using var command = new NpgsqlCommand($"select set_config('app.authority', '{Guid.NewGuid()}', false), set_config('app.reach', 'Whole', false); {sql}", connection);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(cancel));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        // Nor does the owner of the tables.
        foreach (var sql in new[] { "update audit_seals set lines = 0", "delete from audit_seals", "truncate audit_seals" })
        {
            await using var connection = new NpgsqlConnection(log.Migrator);
            await connection.OpenAsync(cancel);
            await using var command = new NpgsqlCommand(sql, connection);
            await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(cancel));
        }

        Assert.Null((await log.VerifyAsync()).Break);
    }

    private async Task<Log> LogAsync(CancellationToken cancel)
    {
        var database = await site.NewDatabaseAsync(cancel);
        return new Log(database, site.Services.GetRequiredService<IKeyProvider>());
    }

    private sealed class Log((string Site, string Migrator, string Superuser) database, IKeyProvider keys) : IAsyncDisposable
    {
        private static readonly Actor Nobody = new(Guid.NewGuid(), Guid.NewGuid(), Role.Administrator, null, "", Reach.Register);

        private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddSingleton<ICurrentActor>(new FixedActor(null)).AddSingleton(keys)
            .AddPortalCore(database.Site).BuildServiceProvider();

        public string Site => database.Site;

        public string Migrator => database.Migrator;

        public async Task WriteAsync(int lines)
        {
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            using var acting = db.ActingAs(Nobody);
            for (var i = 0; i < lines; i++) db.Add(AuditEntry.For(AuditActions.PersonListed, Nobody, null, null, TimeProvider.System, i.ToString(CultureInfo.InvariantCulture)));
            await db.SaveChangesAsync();
        }

        public async Task<AuditSeal?> SealAsync()
        {
            await using var scope = services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<AuditChain>().SealAsync(CancellationToken.None);
        }

        /// <summary>
        /// Under one seal, or one for each cluster there was. Transactions of other tests in the same cluster may still run, and what came after them would wait for a second one, so they are
        /// waited for first.
        /// </summary>
        public async Task SealAllAsync(CancellationToken cancel)
        {
            await using var connection = new NpgsqlConnection(database.Superuser);
            await connection.OpenAsync(cancel);
            await using var ended = new NpgsqlCommand("select pg_snapshot_xmin(pg_current_snapshot()) > (select max(written_in::text::numeric)::text::xid8 from audit_entries)", connection);
            while (await ended.ExecuteScalarAsync(cancel) is not true) await Task.Delay(20, cancel);
            while ((await VerifyAsync()).Unsealed > 0)
            {
                if (await SealAsync() is null) await Task.Delay(20, cancel);
            }
        }

        public async Task<AuditVerdict> VerifyAsync((long, byte[])? expected = null)
        {
            await using var scope = services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<AuditChain>().VerifyAsync(expected, CancellationToken.None);
        }

        public async Task<List<Guid>> IdsAsync()
        {
            await using var connection = new NpgsqlConnection(database.Superuser);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("select id from audit_entries order by written_in, id", connection);
            await using var reader = await command.ExecuteReaderAsync();
            var ids = new List<Guid>();
            while (await reader.ReadAsync()) ids.Add(reader.GetGuid(0));
            return ids;
        }

        public async Task AsSuperuserAsync(string sql)
        {
            await using var connection = new NpgsqlConnection(database.Superuser);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        public ValueTask DisposeAsync() => services.DisposeAsync();
    }
}
