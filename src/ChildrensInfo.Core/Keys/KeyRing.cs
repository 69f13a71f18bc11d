using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Keys;

/// <summary>
/// Seals and opens words for one unit of work: a key per child, wrapped by a key per authority, wrapped by the key provider.
/// Row-level security decides which children's keys it can fetch at all.
/// </summary>
public sealed class KeyRing(AppDbContext db, AuthorityKeyCache authorityKeys)
{
    /// <summary>What stands where a text was destroyed: nothing is left of it but that it was there.</summary>
    public const string Destroyed = "(destroyed)";

    private readonly Dictionary<Guid, (byte[] Key, Guid? Id)> childKeys = [];

    /// <exception cref="KeyErasedException">The child's key was erased, and with it everything sealed under it.</exception>
    public async Task<byte[]> ForChildAsync(Guid childId, CancellationToken cancel)
    {
        if (childKeys.TryGetValue(childId, out var known)) return known.Key;
        var row = await db.ChildKeys.AsNoTracking().SingleOrDefaultAsync(k => k.ChildId == childId, cancel) ?? throw new KeyErasedException();
        await HoldAsync(row, cancel);
        return childKeys[childId].Key;
    }

    /// <summary>The key of a child with which something is sealed now. What is saved next fails if the key was destroyed meanwhile: nobody could ever open it.</summary>
    /// <exception cref="KeyErasedException">As <see cref="ForChildAsync"/>.</exception>
    public async Task<byte[]> ToSealForAsync(Guid childId, CancellationToken cancel)
    {
        var key = await ForChildAsync(childId, cancel);
        if (childKeys[childId].Id is { } id) await db.SealedUnderAsync(childId, id, cancel);
        return key;
    }

    /// <summary>The key of a child who is new here, to be saved with them.</summary>
    public async Task<ChildKey> NewForChildAsync(Guid childId, Guid authorityId, CancellationToken cancel)
    {
        var (authorityKeyId, authorityKey) = await ForAuthorityAsync(authorityId, cancel);
        return Wrap(childId, authorityId, authorityKeyId, authorityKey, (childKeys[childId] = (Seal.NewKey(), null)).Key);
    }

    /// <summary>Another key for a child whose key is destroyed with what it sealed (destroy_words): what is said to us from then on has a key again. It is not used before that is done, and until then nobody seals anything for the child.</summary>
    public async Task<ChildKey> ReplacementAsync(Guid childId, Guid authorityId, CancellationToken cancel)
    {
        childKeys.Remove(childId);
        await db.NobodySealsAsync(childId, cancel);
        var (authorityKeyId, authorityKey) = await ForAuthorityAsync(authorityId, cancel);
        return Wrap(childId, authorityId, authorityKeyId, authorityKey, Seal.NewKey());
    }

    /// <summary>The keys of many new children, made one after the other as they are asked for and not kept.</summary>
    public async Task<IEnumerable<ChildKey>> NewForChildrenAsync(IEnumerable<Guid> childIds, Guid authorityId, CancellationToken cancel)
    {
        var (authorityKeyId, authorityKey) = await ForAuthorityAsync(authorityId, cancel);
        return childIds.Select(childId => Wrap(childId, authorityId, authorityKeyId, authorityKey, Seal.NewKey()));
    }

    /// <summary>The keys of many children in one question, for a caseload or a job.</summary>
    public async Task LoadAsync(IReadOnlyCollection<Guid> childIds, CancellationToken cancel)
    {
        foreach (var row in await db.ChildKeys.AsNoTracking().Where(k => childIds.Contains(k.ChildId)).ToListAsync(cancel)) await HoldAsync(row, cancel);
    }

    /// <summary>A key that came with another question, kept for this unit of work.</summary>
    public async Task HoldAsync(ChildKey row, CancellationToken cancel) => childKeys[row.ChildId] = (await UnwrapAsync(row, cancel), row.Id);

    /// <summary>Whether a child's key opens. It is not kept: a whole council's would be a lot to hold.</summary>
    public async Task<bool> OpensAsync(ChildKey row, CancellationToken cancel) => (await UnwrapAsync(row, cancel)).Length > 0;

    public async Task<byte[]> SealAsync(Guid childId, string text, Guid owner, int part, CancellationToken cancel) =>
        Seal.Close(await ToSealForAsync(childId, cancel), Encoding.UTF8.GetBytes(text), owner, part);

    /// <returns>The text; that it was destroyed, where nothing is left of it.</returns>
    public async Task<string> OpenAsync(Guid childId, byte[] sealedText, Guid owner, int part, CancellationToken cancel) =>
        sealedText.Length == 0 ? Destroyed : Encoding.UTF8.GetString(Seal.Open(await ForChildAsync(childId, cancel), sealedText, owner, part));

    /// <summary>What was said, as it was sealed; null where that is in a file, or was destroyed. Needs the words to be loaded. <see cref="AnswerSheet.TextOf(VoiceRecord, string?)"/> is what is read of it.</summary>
    public async Task<string?> SaidInAsync(VoiceRecord record, CancellationToken cancel) =>
        record.Words is { Sealed.Length: > 0 } words ? await OpenAsync(record.ChildId, words.Sealed, record.Id, SealPart.Words, cancel) : null;

    /// <summary>A text that was sealed under the key of a council, the current one or one before it.</summary>
    public async Task<string> OpenUnderAuthorityAsync(Guid authorityKeyId, byte[] sealedText, Guid owner, int part, CancellationToken cancel) =>
        Encoding.UTF8.GetString(Seal.Open(await AuthorityKeyAsync(authorityKeyId, cancel), sealedText, owner, part));

    /// <summary>A keyed fingerprint of content, kept in the clear: proves that it is unchanged and tells a guesser nothing.</summary>
    public async Task<byte[]> FingerprintAsync(Guid childId, byte[] content, CancellationToken cancel) =>
        HMACSHA256.HashData(await ForChildAsync(childId, cancel), content);

    /// <summary>Whether words open and are those that the fingerprint was made of. It gives none of them out.</summary>
    public async Task<bool> IsAsSealedAsync(Guid childId, byte[] sealedText, Guid owner, int part, byte[] fingerprint, CancellationToken cancel)
    {
        try
        {
            return (await FingerprintAsync(childId, Seal.Open(await ForChildAsync(childId, cancel), sealedText, owner, part), cancel)).AsSpan().SequenceEqual(fingerprint);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>The key that wraps what is new in an authority and belongs to no child.</summary>
    public async Task<(Guid Id, byte[] Key)> ForAuthorityAsync(Guid authorityId, CancellationToken cancel)
    {
        var row = await db.AuthorityKeys.AsNoTracking().Where(k => k.AuthorityId == authorityId).OrderByDescending(k => k.CreatedAt).FirstAsync(cancel);
        return (row.Id, authorityKeys.Open(row));
    }

    /// <summary>A named authority key, the current one or one before it.</summary>
    public async Task<byte[]> AuthorityKeyAsync(Guid id, CancellationToken cancel) =>
        await FindAuthorityKeyAsync(id, cancel) ?? throw new KeyErasedException();

    /// <summary>A key of its own for something that belongs to no child: when the council's key is changed, only this is wrapped anew, and what it sealed stays.</summary>
    public async Task<(byte[] Key, Guid AuthorityKeyId, byte[] WrappedKey)> NewOwnAsync(Guid authorityId, Guid owner, CancellationToken cancel)
    {
        var (authorityKeyId, authorityKey) = await ForAuthorityAsync(authorityId, cancel);
        var key = Seal.NewKey();
        return (key, authorityKeyId, Seal.Close(authorityKey, key, owner, SealPart.WrappedKey));
    }

    public async Task<byte[]> OpenOwnAsync(Guid authorityKeyId, byte[] wrappedKey, Guid owner, CancellationToken cancel) =>
        Seal.Open(await AuthorityKeyAsync(authorityKeyId, cancel), wrappedKey, owner, SealPart.WrappedKey);

    private static ChildKey Wrap(Guid childId, Guid authorityId, Guid authorityKeyId, byte[] authorityKey, byte[] key) => new()
    {
        ChildId = childId,
        AuthorityId = authorityId,
        AuthorityKeyId = authorityKeyId,
        WrappedKey = Seal.Close(authorityKey, key, childId, SealPart.WrappedKey),
    };

    private async Task<byte[]> UnwrapAsync(ChildKey row, CancellationToken cancel)
    {
        if (await FindAuthorityKeyAsync(row.AuthorityKeyId, cancel) is { } key) return Seal.Open(key, row.WrappedKey, row.ChildId, SealPart.WrappedKey);
        // It was wrapped anew, and the key before destroyed, between reading the one row and the other.
        row = await db.ChildKeys.AsNoTracking().SingleOrDefaultAsync(k => k.ChildId == row.ChildId, cancel) ?? throw new KeyErasedException();
        return Seal.Open(await AuthorityKeyAsync(row.AuthorityKeyId, cancel), row.WrappedKey, row.ChildId, SealPart.WrappedKey);
    }

    private async Task<byte[]?> FindAuthorityKeyAsync(Guid id, CancellationToken cancel) =>
        authorityKeys.Find(id) ?? (await db.AuthorityKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Id == id, cancel) is { } row ? authorityKeys.Open(row) : null);
}

/// <summary>Nothing that was sealed for this child can be opened again.</summary>
public sealed class KeyErasedException : Exception
{
    public KeyErasedException() : base("The key is erased.")
    {
    }
}

/// <summary>Authority keys opened by the provider once and kept in this process's memory.</summary>
public sealed class AuthorityKeyCache(IKeyProvider provider)
{
    private readonly ConcurrentDictionary<Guid, byte[]> keys = new();

    public byte[]? Find(Guid id) => keys.GetValueOrDefault(id);

    public byte[] Open(AuthorityKey row) => keys.GetOrAdd(row.Id, _ => provider.Unwrap(row.ProviderKeyId, row.WrappedKey));

    /// <summary>The first or next key of an authority, to be saved by the caller.</summary>
    /// <param name="after">When the one before was made: the newest wraps, so the next must be newer, whatever this machine's clock says.</param>
    public AuthorityKey Make(Guid authorityId, TimeProvider clock, DateTime? after = null) => new()
    {
        AuthorityId = authorityId,
        ProviderKeyId = provider.CurrentKeyId,
        WrappedKey = provider.Wrap(Seal.NewKey()),
        CreatedAt = after is { } before && before.AddMilliseconds(1) is var next && next > clock.GetUtcNow().UtcDateTime ? next : clock.GetUtcNow().UtcDateTime,
    };
}
