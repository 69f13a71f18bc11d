using System.Globalization;
using System.Linq.Expressions;
using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Rights;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Keys;

/// <summary>A rotation stopped, and everything still opens as it did. The message says why.</summary>
public sealed class KeyRotationException(string message) : Exception(message);

/// <summary>
/// Gives a council a new key while the site runs: what the keys before wrapped is wrapped anew, in small saves, and a key that wraps nothing any more is destroyed. It can be
/// stopped at any point and run again. Children's own keys stay, so nothing they protect is touched.
/// </summary>
public sealed class KeyRotation(AppDbContext db, AuthorityKeyCache authorityKeys, IKeyProvider provider, TimeProvider clock)
{
    /// <summary>How many are wrapped anew in one save: few enough that nobody waits for it.</summary>
    public const int AtOnce = 500;

    /// <summary>
    /// Makes the council's next key. Goes on with the newest when an earlier rotation was stopped before its end. From here on whatever is new is wrapped by it.
    /// </summary>
    /// <returns>The key that wraps, and whether a rotation goes on with it.</returns>
    /// <exception cref="KeyRotationException">A key of the council does not open; nothing was changed.</exception>
    public async Task<(AuthorityKey Key, bool GoesOn)> BeginAsync(Actor actor, CancellationToken cancel)
    {
        var keys = await db.AuthorityKeys.AsNoTracking().Where(k => k.AuthorityId == actor.AuthorityId).OrderByDescending(k => k.CreatedAt).ToListAsync(cancel);
        foreach (var key in keys) Open(key);
        if (keys.Count > 1 && keys[0].ProviderKeyId == provider.CurrentKeyId) return (keys[0], true);
        var next = authorityKeys.Make(actor.AuthorityId, clock, keys[0].CreatedAt);
        // What devices seal from now on is sealed to another pair. The pairs before are wrapped anew below and stay: what was sealed to them may lie on a device for as long as it is not sent.
        var pair = await db.DeviceKeys.AsNoTracking().Where(k => k.AuthorityId == actor.AuthorityId).OrderByDescending(k => k.CreatedAt).FirstOrDefaultAsync(cancel);
        if (pair is not null) db.Add(DeviceKey.Make(actor.AuthorityId, next.Id, Open(next), clock, pair.CreatedAt));
        db.AddRange(next, AuditEntry.For(AuditActions.KeysRotationBegan, actor, null, next.Id, clock));
        await db.SaveChangesAsync(cancel);
        return (next, false);
    }

    /// <summary>Wraps with the key whatever another still wraps.</summary>
    /// <param name="wrapped">Told how many each save wrapped.</param>
    /// <returns>How many there were; 0 when nothing is left.</returns>
    /// <exception cref="KeyRotationException">Something does not open with the key it names; it was left as it is.</exception>
    public async Task<int> RewrapAsync(AuthorityKey newest, Actor actor, CancellationToken cancel, Action<int>? wrapped = null)
    {
        var id = newest.Id;
        var to = Open(newest);
        var before = (await db.AuthorityKeys.AsNoTracking().Where(k => k.AuthorityId == actor.AuthorityId).ToListAsync(cancel)).ToDictionary(k => k.Id, Open);
        return await SweepAsync<ChildKey>(k => k.AuthorityKeyId != id, k => k.ChildId, nameof(ChildKey.WrappedKey), SealPart.WrappedKey)
            + await SweepAsync<StoredFile>(f => f.AuthorityKeyId != null && f.AuthorityKeyId != id, f => f.Id, nameof(StoredFile.WrappedKey), SealPart.WrappedKey)
            + await SweepAsync<SecondFactor>(f => f.AuthorityKeyId != id, f => f.PersonId, nameof(SecondFactor.WrappedKey), SealPart.WrappedKey)
            + await SweepAsync<DeviceKey>(k => k.AuthorityKeyId != id, k => k.Id, nameof(DeviceKey.WrappedKey), SealPart.WrappedKey)
            + await SweepAsync<PackEdition>(e => e.AuthorityKeyId != id, e => e.Id, nameof(PackEdition.WrappedKey), SealPart.WrappedKey)
            + await SweepAsync<InformationUseProject>(p => p.AuthorityKeyId != id, p => p.Id, nameof(InformationUseProject.WrappedKey), SealPart.WrappedKey)
            + await SweepAsync<ParticipationActivity>(a => a.AuthorityKeyId != null && a.AuthorityKeyId != id, a => a.Id, nameof(ParticipationActivity.Sealed), SealPart.Participation)
            + await SweepAsync<ParticipationStep>(s => s.AuthorityKeyId != null && s.AuthorityKeyId != id, s => s.Id, nameof(ParticipationStep.Sealed), SealPart.Participation)
            + await SweepAsync<Reflection>(r => r.AuthorityKeyId != id, r => r.Id, nameof(Reflection.Sealed), SealPart.Reflection)
            + await SweepAsync<ReflectionStep>(s => s.AuthorityKeyId != id, s => s.Id, nameof(ReflectionStep.Sealed), SealPart.Reflection)
            + await SweepAsync<DomainUse>(u => u.AuthorityKeyId != id, u => u.Id, nameof(DomainUse.Sealed), SealPart.DomainUse)
            + await SweepAsync<DutyNote>(n => n.AuthorityKeyId != id, n => n.Id, nameof(DutyNote.Sealed), SealPart.DutyNote);

        async Task<int> SweepAsync<T>(Expression<Func<T, bool>> byAnother, Expression<Func<T, Guid>> owner, string field, int part) where T : class
        {
            var ownerOf = owner.Compile();
            for (var sum = 0; ;)
            {
                db.ChangeTracker.Clear();
                var rows = await db.Set<T>().Where(byAnother).OrderBy(owner).Take(AtOnce).ToListAsync(cancel);
                if (rows.Count == 0) return sum;
                foreach (var row in rows)
                {
                    var entry = db.Entry(row);
                    var (key, held) = (entry.Property("AuthorityKeyId"), entry.Property(field));
                    held.CurrentValue = Reseal((Guid)key.CurrentValue!, (byte[])held.CurrentValue!, ownerOf(row), part);
                    key.CurrentValue = id;
                }

                db.Add(AuditEntry.For(AuditActions.KeysRewrapped, actor, null, id, clock, string.Create(CultureInfo.InvariantCulture, $"{typeof(T).Name} {rows.Count}")));
                try
                {
                    await db.SaveChangesAsync(cancel);
                    sum += rows.Count;
                    wrapped?.Invoke(rows.Count);
                }
                catch (DbUpdateConcurrencyException)
                {
                    // One of them was erased meanwhile. What is left is read again.
                }
            }
        }

        byte[] Reseal(Guid by, byte[] held, Guid owner, int part)
        {
            // The key of a file that was destroyed: there is nothing to wrap.
            if (held.Length == 0) return held;
            try
            {
                return Seal.Close(to, Seal.Open(before[by], held, owner, part), owner, part);
            }
            catch (Exception error) when (error is CryptographicException or KeyNotFoundException)
            {
                throw new KeyRotationException($"What belongs to {owner} does not open with the key {by} that it names. It was left as it is, and so is the key.");
            }
        }
    }

    /// <summary>How far the database has counted its transactions: what has begun to write by now may hold the key before.</summary>
    public async Task<ulong> MarkAsync(CancellationToken cancel) => ulong.Parse(
        await db.Database.SqlQuery<string>($"select pg_snapshot_xmax(pg_current_snapshot())::text as \"Value\"").SingleAsync(cancel), CultureInfo.InvariantCulture);

    /// <summary>Destroys every key but the newest, if nothing is left that one of them wraps and whoever had begun to write at the mark has ended.</summary>
    /// <returns>False when somebody who had begun before the mark has not ended: wrap again, then try again.</returns>
    /// <exception cref="KeyRotationException">Something that is not wrapped anew here names the old key: it would have to wait for ever.</exception>
    public async Task<bool> TryDestroyAsync(AuthorityKey newest, ulong mark, Actor actor, CancellationToken cancel)
    {
        var oldest = ulong.Parse(await db.Database.SqlQuery<string>($"select pg_snapshot_xmin(pg_current_snapshot())::text as \"Value\"").SingleAsync(cancel), CultureInfo.InvariantCulture);
        if (oldest < mark) return false;
        db.ChangeTracker.Clear();
        foreach (var old in await db.AuthorityKeys.Where(k => k.AuthorityId == actor.AuthorityId && k.Id != newest.Id).ToListAsync(cancel))
        {
            db.Remove(old);
            db.Add(AuditEntry.For(AuditActions.KeysRotated, actor, null, old.Id, clock));
        }

        try
        {
            await db.SaveChangesAsync(cancel);
            return true;
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation })
        {
            // Made with the key before while we looked; wrapped anew now. Where nothing was, trying again would never end.
            if (await RewrapAsync(newest, actor, cancel) > 0) return false;
            throw new KeyRotationException(
                $"Something in {((PostgresException)error.InnerException).TableName} still names the key before, and this program does not wrap it anew. Everything opens as it did. Run this again with the program that the site runs.");
        }
    }

    private byte[] Open(AuthorityKey key)
    {
        try
        {
            return authorityKeys.Open(key);
        }
        catch (CryptographicException)
        {
            throw new KeyRotationException(
                $"The council's key {key.Id} is wrapped by the key {key.ProviderKeyId}, which is not configured or does not open it. Nothing was changed. Name where that key is in Keys__Earlier__0__…, then run this again.");
        }
    }
}
