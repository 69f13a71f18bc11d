using System.Globalization;
using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Data;

/// <summary>What a database is at one moment, to hold a restored one against: how much there is, and every lock. It says nothing of anybody.</summary>
/// <param name="Migrations">All that were applied, in order.</param>
/// <param name="Rows">How many rows each table has.</param>
/// <param name="Locks">Grants, row-level security, policies, triggers, functions and constraints, a line each.</param>
/// <param name="LastSeal">The audit log's last seal, as NUMBER:HASH.</param>
/// <param name="Destroyed">What was destroyed, by numbers that only the portal knows: an older backup holds it still. Null in an inventory of an earlier version.</param>
public sealed record DatabaseInventory(
    DateTime MadeAt, IReadOnlyList<string> Migrations, IReadOnlyDictionary<string, long> Rows, IReadOnlyList<string> Locks, string? LastSeal, IReadOnlyList<string>? Destroyed = null)
{
    /// <summary>Everything that keeps rows in or people out, in an order of its own. What is long stands as its hash.</summary>
    private const string LocksQuery = """
        select line from (
            select 'table ' || relname || ': row security ' || relrowsecurity || ', forced ' || relforcerowsecurity || ', grants '
                || coalesce((select string_agg(g::text, ' ' order by g::text) from unnest(relacl) g), 'none') as line
            from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'S')
            union all select 'column ' || c.relname || '.' || a.attname || ': grants ' || (select string_agg(g::text, ' ' order by g::text) from unnest(a.attacl) g)
            from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace = 'public'::regnamespace and a.attacl is not null and not a.attisdropped
            union all select 'policy ' || tablename || ' ' || policyname || ' for ' || cmd || ' ' || md5(coalesce(qual, '') || '|' || coalesce(with_check, '') || '|' || roles::text)
            from pg_policies where schemaname = 'public'
            union all select 'trigger ' || c.relname || ' ' || t.tgname || ' ' || t.tgenabled::text || ' ' || md5(pg_get_triggerdef(t.oid))
            from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
            union all select 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') ' || md5(pg_get_functiondef(p.oid) || coalesce(p.proacl::text, ''))
            from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p') and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
            union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || md5(pg_get_constraintdef(oid))
            from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0
        ) locks order by line collate "C"
        """;

    private const string DestroyedQuery = """
        select case when voice_record_id is null then 'all that was kept' else 'record ' || voice_record_id end || ' of child ' || child_id || ' (disposal ' || id || ')' from disposals where state = 'Done'
        union all select 'recording ' || voice_record_id || ' of child ' || child_id || ' (erasure ' || id || ')' from media_erasures
        order by 1
        """;

    /// <param name="migrator">A connection that row-level security does not hold: it counts every council's rows.</param>
    public static async Task<DatabaseInventory> TakeAsync(NpgsqlDataSource migrator, TimeProvider clock, CancellationToken cancel)
    {
        await using var connection = await migrator.OpenConnectionAsync(cancel);
        // One view, so that the counts and the seal are of the same moment.
        await using var view = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var migrations = await ListAsync(connection, "select migration_id from \"__EFMigrationsHistory\" order by 1", cancel);
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in await ListAsync(connection, "select quote_ident(relname) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1", cancel))
        {
            await using var count = new NpgsqlCommand($"select count(*) from {table}", connection);
            rows[table.Trim('"')] = (long)(await count.ExecuteScalarAsync(cancel))!;
        }

        var locks = await ListAsync(connection, LocksQuery, cancel);
        var seal = await ListAsync(connection, "select number || ':' || encode(hash, 'hex') from audit_seals order by number desc limit 1", cancel);
        return new(clock.GetUtcNow().UtcDateTime, migrations, rows, locks, seal.SingleOrDefault(), await ListAsync(connection, DestroyedQuery, cancel));
    }

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        var list = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) list.Add(reader.GetString(0));
        return list;
    }
}

/// <summary>What was looked at in a restored database, and what is wrong with it; a line each, about nobody.</summary>
public sealed record RestoreVerdict(IReadOnlyList<string> Looked, IReadOnlyList<string> Faults);

/// <summary>
/// Whether a restored database is one that a site could start on: as much in it as there was, every lock in place, every key opened by the certificate, words and files
/// readable and unchanged, the audit log whole. It connects as the site does, and shows nothing of what it opens.
/// </summary>
public sealed class RestoreCheck(AppDbContext db, KeyRing keys, FileStore files, AuditChain audit, NpgsqlDataSource site)
{
    /// <summary>A table with this trigger only grows.</summary>
    private const string OnlyGrows = " written_once ";

    private readonly List<string> looked = [];
    private readonly List<string> faults = [];

    /// <param name="found">The restored database's own inventory.</param>
    /// <param name="expected">The inventory made before it was backed up; null when there is none.</param>
    /// <param name="sample">How many of each council's newest records and files are opened, and as many of its others.</param>
    public async Task<RestoreVerdict> RunAsync(DatabaseInventory found, DatabaseInventory? expected, int sample, CancellationToken cancel)
    {
        var waiting = Migrator.Known.Except(found.Migrations).Count();
        Look(waiting == 0, $"{Number(found.Migrations.Count)} migrations", $"{Number(waiting)} migrations of this version were not applied: run migrate, or check with the version that made the backup");
        if (expected is not null) Compare(found, expected);
        await LockedOutAsync(cancel);
        foreach (var authority in await db.Authorities.AsNoTracking().OrderBy(a => a.Code).ToListAsync(cancel))
        {
            using (db.ActingAs(Actor.For(Guid.Empty, authority.Id, Role.Administrator, null, "Command line").AsJob())) await OpensAsync(authority.Id, $"Council {authority.Code}", sample, cancel);
        }

        var seal = expected?.LastSeal?.Split(':');
        var verdict = await audit.VerifyAsync(seal is null ? null : (long.Parse(seal[0], CultureInfo.InvariantCulture), Convert.FromHexString(seal[1])), cancel);
        Look(verdict.Break is null, $"audit log: {Number(verdict.Lines)} lines under {Number(verdict.Seals)} seals", $"the audit log does not hold: {verdict.Break?.What} (verify-audit says where)");
        return new(looked, faults);
    }

    private void Compare(DatabaseInventory found, DatabaseInventory expected)
    {
        foreach (var gone in expected.Locks.Except(found.Locks, StringComparer.Ordinal)) faults.Add($"missing or changed: {gone}");
        foreach (var extra in found.Locks.Except(expected.Locks, StringComparer.Ordinal)) faults.Add($"was not there before: {extra}");
        looked.Add($"locks: {Number(found.Locks.Count)}");
        foreach (var back in (expected.Destroyed ?? []).Except(found.Destroyed ?? [], StringComparer.Ordinal)) faults.Add($"was destroyed after what was restored, and is here again: {back}");
        foreach (var (table, before) in expected.Rows)
        {
            if (!found.Rows.TryGetValue(table, out var now)) faults.Add($"the table {table} is missing");
            else if (now < before && expected.Locks.Any(l => l.StartsWith($"trigger {table}{OnlyGrows}", StringComparison.Ordinal))) faults.Add($"{table} only ever grows and has {Number(now)} rows where there were {Number(before)}");
            else if (before > 0 && now == 0) faults.Add($"{table} is empty and had {Number(before)} rows");
            else if (now != before) looked.Add($"{table}: {Number(now)} rows, {Number(before)} when the inventory was made");
        }

        looked.Add($"rows: {Number(found.Rows.Values.Sum())} in {Number(found.Rows.Count)} tables");
    }

    /// <summary>The site's role, saying nothing of who asks, must see no child.</summary>
    private async Task LockedOutAsync(CancellationToken cancel)
    {
        await using var command = site.CreateCommand(
            "select (select rolsuper or rolbypassrls from pg_roles where rolname = current_user)"
            + " or exists (select from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and pg_has_role(current_user, relowner, 'member'))"
            + " or exists (select from children) or exists (select from voice_words) or exists (select from child_keys)");
        Look(await command.ExecuteScalarAsync(cancel) is false, "the site's role sees nothing of itself", "the site's role can see children without saying who asks");
    }

    private async Task OpensAsync(Guid authorityId, string council, int sample, CancellationToken cancel)
    {
        var closed = 0;
        var total = 0;
        foreach (var key in await db.AuthorityKeys.AsNoTracking().Where(k => k.AuthorityId == authorityId).ToListAsync(cancel))
        {
            if (await FailsAsync(async () => (await keys.AuthorityKeyAsync(key.Id, cancel)).Length > 0)) closed++;
        }

        Look(closed == 0, $"{council}: its key opens", $"{council}: {Number(closed)} of its keys cannot be opened with this certificate");
        // Nothing below it can open then.
        if (closed > 0) return;

        await foreach (var key in db.ChildKeys.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancel))
        {
            total++;
            if (await FailsAsync(() => keys.OpensAsync(key, cancel))) closed++;
        }

        Look(closed == 0, $"{council}: {Number(total)} children's keys open", $"{council}: the keys of {Number(closed)} of {Number(total)} children do not open");
        var records = db.VoiceRecords.AsNoTracking().Include(r => r.Words).Where(r => r.Words != null && r.FileId == null);
        var words = await SampleAsync(records.OrderByDescending(r => r.SealedAt), records.OrderBy(r => r.ContentSeal), r => r.Id, sample, cancel);
        var changed = 0;
        foreach (var record in words)
        {
            if (await FailsAsync(async () => await keys.IsAsSealedAsync(record.ChildId, record.Words!.Sealed, record.Id, SealPart.Words, record.ContentSeal, cancel))) changed++;
        }

        Look(changed == 0, $"{council}: {Number(words.Count)} records open and are as they were sealed", $"{council}: {Number(changed)} of {Number(words.Count)} records do not open or were changed");
        var stored = db.Files.AsNoTracking().Where(f => f.CompletedAt != null && f.Sha256 != null && f.WrappedKey.Length > 0 && !db.MediaErasures.Any(e => e.FileId == f.Id));
        var whole = await SampleAsync(stored.OrderByDescending(f => f.CreatedAt), stored.OrderBy(f => f.Sha256), f => f.Id, sample, cancel);
        var broken = 0;
        foreach (var file in whole)
        {
            if (await FailsAsync(async () => (await HashAsync(file, cancel)).AsSpan().SequenceEqual(file.Sha256))) broken++;
        }

        Look(broken == 0, $"{council}: {Number(whole.Count)} files open whole", $"{council}: {Number(broken)} of {Number(whole.Count)} files do not open or are not whole");
    }

    private async Task<byte[]> HashAsync(StoredFile file, CancellationToken cancel)
    {
        await using var content = await files.OpenAsync(file, cancel);
        return await SHA256.HashDataAsync(content, cancel);
    }

    /// <summary>The newest, and as many of the others in an order that has nothing to do with age.</summary>
    private static async Task<List<T>> SampleAsync<T>(IQueryable<T> newest, IQueryable<T> mixed, Func<T, Guid> id, int sample, CancellationToken cancel) =>
        [.. (await newest.Take(sample).ToListAsync(cancel)).Concat(await mixed.Take(sample).ToListAsync(cancel)).DistinctBy(id)];

    private static async Task<bool> FailsAsync(Func<Task<bool>> opens)
    {
        try
        {
            return !await opens();
        }
        catch (Exception closed) when (closed is CryptographicException or KeyErasedException or IOException)
        {
            return true;
        }
    }

    private void Look(bool holds, string what, string fault)
    {
        if (holds) looked.Add(what);
        else faults.Add(fault);
    }

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
