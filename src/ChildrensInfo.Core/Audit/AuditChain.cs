using System.Buffers.Binary;
using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Audit;

/// <summary>Where the log first does not hold.</summary>
/// <param name="Seal">The seal under which it breaks; null for a line that was not sealed yet.</param>
/// <param name="LineId">The line, when one can be named.</param>
public sealed record AuditBreak(long? Seal, Guid? LineId, string What);

/// <param name="Lines">Lines under seals that hold.</param>
/// <param name="Unsealed">Lines written since the last seal; each holds by its own hash only.</param>
/// <param name="OtherKeys">Seals signed with a key that is not configured here: their chain was checked, their signature could not be.</param>
public sealed record AuditVerdict(long Seals, long Lines, long Unsealed, long OtherKeys, AuditSeal? Last, AuditBreak? Break);

/// <summary>
/// Chains the audit log without making writers wait for each other. Lines carry the transaction that wrote them; a seal takes every line of the transactions that
/// have ended, so it can never gain or lose one later, and holds the hash of the seal before. Whoever alters, removes, adds or reorders a sealed line breaks its seal,
/// and cannot make a new one without the service's key.
/// </summary>
public sealed class AuditChain(AppDbContext db, NpgsqlDataSource database, IKeyProvider keys, TimeProvider clock)
{
    /// <summary>One seals at a time, whichever site it is.</summary>
    private static readonly Guid SealingLock = new("5ea1ed00-0000-4000-8000-a0d17c4a1b00");

    /// <summary>After every transaction there will ever be.</summary>
    private const ulong Ever = ulong.MaxValue >> 1;

    private static readonly byte[] BeforeTheFirst = new byte[SHA256.HashSizeInBytes];

    /// <summary>Seals what was written by transactions that have ended.</summary>
    /// <returns>Null when there is nothing to seal, or somebody else seals now.</returns>
    public async Task<AuditSeal?> SealAsync(CancellationToken cancel)
    {
        await using var ours = await JobLock.TryTakeAsync(database, SealingLock, cancel);
        if (ours is null) return null;
        using var acting = db.ActingAs(Actor.Runner);
        var last = await db.AuditSeals.AsNoTracking().OrderByDescending(s => s.Number).FirstOrDefaultAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await AskAsync(connection, cancel);
        long cluster;
        ulong ended;
        await using (var now = new NpgsqlCommand("select audit_cluster(), pg_snapshot_xmin(pg_current_snapshot())", connection))
        await using (var reader = await now.ExecuteReaderAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            (cluster, ended) = (reader.GetInt64(0), reader.GetFieldValue<ulong>(1));
        }

        // After a restore into another cluster, what the old one wrote and nobody sealed comes first, and whole: nothing there is still running.
        if (last is not null && last.Cluster != cluster && await SealAsync(connection, last, last.Cluster, Ever, cancel) is { } rest) return rest;
        return await SealAsync(connection, last, cluster, ended, cancel);
    }

    /// <summary>Reads every seal and every line, and says where the log first does not hold.</summary>
    /// <param name="expected">A seal's number and hash noted elsewhere, such as in the site's log: a chain that was cut short does not have it.</param>
    public async Task<AuditVerdict> VerifyAsync((long Number, byte[] Hash)? expected, CancellationToken cancel)
    {
        using var acting = db.ActingAs(Actor.Runner);
        await using var connection = await database.OpenConnectionAsync(cancel);
        // One snapshot: what is written and sealed meanwhile is not mistaken for a break.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await AskAsync(connection, cancel);
        var seals = await SealsAsync(connection, cancel);
        long lines = 0, otherKeys = 0, checkedSeals = 0;
        AuditSeal? previous = null;
        var ends = new Dictionary<long, ulong>();
        foreach (var run in Runs(seals))
        {
            await using var reader = new LineReader(await OpenAsync(connection, run[0].Cluster, run[0].FromTransaction, run[^1].ToTransaction, cancel));
            await reader.NextAsync(cancel);
            foreach (var seal in run)
            {
                var (found, known) = await CheckAsync(seal, previous, ends.GetValueOrDefault(seal.Cluster), reader, cancel);
                if (found is not null) return new(checkedSeals, lines, 0, otherKeys, previous, found);
                if (!known) otherKeys++;
                checkedSeals++;
                lines += seal.Lines;
                previous = seal;
                ends[seal.Cluster] = seal.ToTransaction;
            }
        }

        if (expected is { } noted && (seals.Find(s => s.Number == noted.Number) is not { } there || !there.Hash.AsSpan().SequenceEqual(noted.Hash)))
        {
            return new(checkedSeals, lines, 0, otherKeys, previous, new(noted.Number, null, "The seal that was noted elsewhere is not in the log: the end of the log was cut off or written anew."));
        }

        var (unsealed, broken) = await UnsealedAsync(connection, ends, cancel);
        return new(checkedSeals, lines, unsealed, otherKeys, previous, broken);
    }

    private async Task<AuditSeal?> SealAsync(NpgsqlConnection connection, AuditSeal? last, long cluster, ulong to, CancellationToken cancel)
    {
        var from = await db.AuditSeals.Where(s => s.Cluster == cluster).OrderByDescending(s => s.Number).Select(s => s.ToTransaction).FirstOrDefaultAsync(cancel);
        if (to <= from) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long lines = 0;
        ulong? end = null;
        await using (var reader = new LineReader(await OpenAsync(connection, cluster, from, to, cancel)))
        {
            while (await reader.NextAsync(cancel))
            {
                Append(hash, reader.Transaction, reader.Line!);
                lines++;
                if (to == Ever) end = reader.Transaction + 1;
            }
        }

        if (lines == 0) return null;
        to = end ?? to;
        var number = (last?.Number ?? 0) + 1;
        var previous = last?.Hash ?? BeforeTheFirst;
        var at = new DateTime(clock.GetUtcNow().UtcTicks / 10 * 10, DateTimeKind.Utc);
        var linesHash = hash.GetHashAndReset();
        var sealHash = AuditSeal.HashOf(number, cluster, from, to, lines, linesHash, previous, at);
        var seal = new AuditSeal
        {
            Number = number,
            Cluster = cluster,
            FromTransaction = from,
            ToTransaction = to,
            Lines = lines,
            LinesHash = linesHash,
            PreviousHash = previous,
            Hash = sealHash,
            SealedAt = at,
            KeyId = keys.CurrentKeyId,
            Signature = keys.Sign(sealHash),
        };
        db.Add(seal);
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear();
        return seal;
    }

    private async Task<(AuditBreak? Break, bool KeyIsKnown)> CheckAsync(AuditSeal seal, AuditSeal? previous, ulong sealedTo, LineReader reader, CancellationToken cancel)
    {
        if (seal.Number != (previous?.Number ?? 0) + 1) return (new(seal.Number, null, $"Seal {(previous?.Number ?? 0) + 1} is missing."), false);
        if (!seal.PreviousHash.AsSpan().SequenceEqual(previous?.Hash ?? BeforeTheFirst)) return (new(seal.Number, null, "The seal does not follow from the one before it."), false);
        if (seal.FromTransaction != sealedTo) return (new(seal.Number, null, "The seal leaves out a stretch after the one before it."), false);
        if (!seal.Hash.AsSpan().SequenceEqual(AuditSeal.HashOf(seal.Number, seal.Cluster, seal.FromTransaction, seal.ToTransaction, seal.Lines, seal.LinesHash, seal.PreviousHash, seal.SealedAt)))
        {
            return (new(seal.Number, null, "The seal was altered."), false);
        }

        var signed = keys.IsSignedBy(seal.KeyId, seal.Hash, seal.Signature);
        if (signed == false) return (new(seal.Number, null, "The seal was not signed with the service’s key."), false);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long lines = 0;
        AuditBreak? altered = null;
        for (; reader.Line is { } line && reader.Transaction < seal.ToTransaction; await reader.NextAsync(cancel))
        {
            if (altered is null && !line.IsIntact()) altered = new(seal.Number, line.Id, "The line does not say what it said when it was written.");
            Append(hash, reader.Transaction, line);
            lines++;
        }

        if (altered is not null) return (altered, false);
        if (lines < seal.Lines) return (new(seal.Number, null, $"{seal.Lines - lines} of {seal.Lines} lines are missing."), false);
        if (lines > seal.Lines) return (new(seal.Number, null, $"{lines - seal.Lines} lines were added to the {seal.Lines} that were sealed."), false);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(seal.LinesHash) ? (null, signed is not null) : (new(seal.Number, null, "A line was put in another’s place."), false);
    }

    private static async Task<(long Count, AuditBreak? Break)> UnsealedAsync(NpgsqlConnection connection, Dictionary<long, ulong> ends, CancellationToken cancel)
    {
        long count = 0;
        await using var list = new NpgsqlCommand("select distinct cluster from audit_entries", connection);
        var clusters = new List<long>();
        await using (var found = await list.ExecuteReaderAsync(cancel))
        {
            while (await found.ReadAsync(cancel)) clusters.Add(found.GetInt64(0));
        }

        foreach (var cluster in clusters)
        {
            await using var reader = new LineReader(await OpenAsync(connection, cluster, ends.GetValueOrDefault(cluster), Ever, cancel));
            for (; await reader.NextAsync(cancel); count++)
            {
                if (!reader.Line!.IsIntact()) return (count, new(null, reader.Line.Id, "The line does not say what it said when it was written."));
            }
        }

        return (count, null);
    }

    private static async Task<List<AuditSeal>> SealsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select number, cluster, from_transaction, to_transaction, lines, lines_hash, previous_hash, hash, sealed_at, key_id, signature from audit_seals order by number", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var seals = new List<AuditSeal>();
        while (await reader.ReadAsync(cancel))
        {
            seals.Add(new AuditSeal
            {
                Number = reader.GetInt64(0),
                Cluster = reader.GetInt64(1),
                FromTransaction = reader.GetFieldValue<ulong>(2),
                ToTransaction = reader.GetFieldValue<ulong>(3),
                Lines = reader.GetInt64(4),
                LinesHash = reader.GetFieldValue<byte[]>(5),
                PreviousHash = reader.GetFieldValue<byte[]>(6),
                Hash = reader.GetFieldValue<byte[]>(7),
                SealedAt = reader.GetDateTime(8),
                KeyId = reader.GetString(9),
                Signature = reader.GetFieldValue<byte[]>(10),
            });
        }

        return seals;
    }

    /// <summary>Seals of one cluster after each other, whose lines can be read in one go.</summary>
    private static IEnumerable<List<AuditSeal>> Runs(List<AuditSeal> seals)
    {
        for (var start = 0; start < seals.Count;)
        {
            var end = start;
            while (end < seals.Count && seals[end].Cluster == seals[start].Cluster) end++;
            yield return seals[start..end];
            start = end;
        }
    }

    private static void Append(IncrementalHash hash, ulong transaction, AuditEntry line)
    {
        Span<byte> name = stackalloc byte[24];
        BinaryPrimitives.WriteUInt64BigEndian(name, transaction);
        line.Id.TryWriteBytes(name[8..], bigEndian: true, out _);
        hash.AppendData(name);
        hash.AppendData(line.Hash);
    }

    private static async Task AskAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        RowSecurity.PutInFront(command, Actor.Runner);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<NpgsqlDataReader> OpenAsync(NpgsqlConnection connection, long cluster, ulong from, ulong to, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            select written_in, id, authority_id, actor_id, actor_role, action, child_id, subject_id, detail, at, hash from audit_entries
            where cluster = $1 and written_in >= $2 and written_in < $3 order by written_in, id
            """,
            connection)
        { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = cluster });
        command.Parameters.Add(new() { Value = from, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8 });
        command.Parameters.Add(new() { Value = to, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8 });
        return await command.ExecuteReaderAsync(cancel);
    }

    /// <summary>One line after the other as the database sends them: a log of millions is never in memory.</summary>
    private sealed class LineReader(NpgsqlDataReader reader) : IAsyncDisposable
    {
        public ulong Transaction { get; private set; }

        public AuditEntry? Line { get; private set; }

        public async Task<bool> NextAsync(CancellationToken cancel)
        {
            if (!await reader.ReadAsync(cancel))
            {
                Line = null;
                return false;
            }

            Transaction = reader.GetFieldValue<ulong>(0);
            Line = new AuditEntry
            {
                Id = reader.GetGuid(1),
                AuthorityId = GuidAt(2),
                ActorId = GuidAt(3),
                ActorRole = reader.IsDBNull(4) ? null : Enum.Parse<Role>(reader.GetString(4)),
                Action = reader.GetString(5),
                ChildId = GuidAt(6),
                SubjectId = GuidAt(7),
                Detail = reader.IsDBNull(8) ? null : reader.GetString(8),
                At = reader.GetDateTime(9),
                Hash = reader.GetFieldValue<byte[]>(10),
            };
            return true;
        }

        public ValueTask DisposeAsync() => reader.DisposeAsync();

        private Guid? GuidAt(int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);
    }
}
