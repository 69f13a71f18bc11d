using System.Security.Cryptography;
using System.Text;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Offline;

/// <summary>
/// A council's pair of keys for devices (P-256): what is sealed on a device is closed with the public half, and from then on the device cannot read it either. The private half is
/// sealed under the council's key. The newest pair closes; earlier ones go on opening, since what was closed with them may lie on a device for as long as there is no connection.
/// </summary>
public class DeviceKey : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>The point, uncompressed: 65 bytes.</summary>
    public required byte[] PublicKey { get; init; }

    public Guid AuthorityKeyId { get; init; }

    public required byte[] WrappedKey { get; init; }

    public DateTime CreatedAt { get; init; }

    /// <param name="after">When the one before was made: the newest closes, whatever this machine's clock says.</param>
    public static DeviceKey Make(Guid authorityId, Guid authorityKeyId, ReadOnlySpan<byte> authorityKey, TimeProvider clock, DateTime? after = null)
    {
        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var made = pair.ExportParameters(includePrivateParameters: true);
        var id = Guid.CreateVersion7();
        var now = clock.GetUtcNow().UtcDateTime;
        try
        {
            return new()
            {
                Id = id,
                AuthorityId = authorityId,
                PublicKey = [DeviceKeys.Uncompressed, .. made.Q.X!, .. made.Q.Y!],
                AuthorityKeyId = authorityKeyId,
                WrappedKey = Seal.Close(authorityKey, made.D, id, SealPart.WrappedKey),
                CreatedAt = after?.AddMilliseconds(1) is { } next && next > now ? next : now,
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(made.D);
        }
    }
}

/// <summary>
/// Opens what was closed on a device. A box is the text "CIP1", the id of the pair (16 bytes), a public point made for this box alone (65), a nonce (12), and AES-256-GCM with its tag.
/// The key is HKDF-SHA256 of what the two points share, salted with the point; where the box belongs is authenticated with it. Scripts/offline/keys.js closes them.
/// </summary>
public sealed class DeviceKeys(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    public const byte Uncompressed = 4;
    private const int IdBytes = 16;
    private const int CoordinateBytes = 32;
    private const int PointBytes = 1 + (2 * CoordinateBytes);
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private static readonly byte[] Format = "CIP1"u8.ToArray();
    private static readonly byte[] Use = "sealed on a device"u8.ToArray();

    /// <summary>How much longer a box is than what is in it.</summary>
    public static readonly int Overhead = Format.Length + IdBytes + PointBytes + NonceBytes + TagBytes;

    /// <summary>Where a box belongs: one put in another place does not open.</summary>
    public static string PlaceOf(Guid itemId) => $"item {itemId}";

    public static string PlaceOf(Guid fileId, int index) => $"sound {fileId} {index}";

    /// <summary>The pair that closes now; the council's first is made when it is first asked for.</summary>
    public async Task<DeviceKey> CurrentAsync(Guid authorityId, CancellationToken cancel)
    {
        if (await db.DeviceKeys.AsNoTracking().Where(k => k.AuthorityId == authorityId).OrderByDescending(k => k.CreatedAt).FirstOrDefaultAsync(cancel) is { } known) return known;
        var (authorityKeyId, authorityKey) = await keys.ForAuthorityAsync(authorityId, cancel);
        var made = DeviceKey.Make(authorityId, authorityKeyId, authorityKey, clock);
        db.Add(made);
        await db.SaveChangesAsync(cancel);
        return made;
    }

    /// <returns>Null when it is no box, was closed for another council, was altered, or belongs in another place.</returns>
    public async Task<byte[]?> OpenAsync(ReadOnlyMemory<byte> box, string place, CancellationToken cancel)
    {
        if (box.Length < Overhead || !box.Span.StartsWith(Format)) return null;
        var id = new Guid(box.Span.Slice(Format.Length, IdBytes), bigEndian: true);
        if (await db.DeviceKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Id == id, cancel) is not { } pair) return null;
        var number = await keys.OpenOwnAsync(pair.AuthorityKeyId, pair.WrappedKey, pair.Id, cancel);
        try
        {
            return Open(box.Span, number, place);
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(number);
        }
    }

    /// <summary>
    /// With what a person's devices mark a file of what they could not send: anybody can close a box for the council, and a file is brought by somebody else than who is in it, so
    /// the file has to show that a device made it on which that person was signed in.
    /// </summary>
    /// <returns>Null when there is no such pair in this council.</returns>
    public async Task<byte[]?> MarkKeyAsync(Guid pairId, Guid personId, CancellationToken cancel)
    {
        if (await db.DeviceKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Id == pairId, cancel) is not { } pair) return null;
        var number = await keys.OpenOwnAsync(pair.AuthorityKeyId, pair.WrappedKey, pair.Id, cancel);
        try
        {
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, number, Seal.KeyBytes, info: Encoding.UTF8.GetBytes($"marks the files of {personId}"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(number);
        }
    }

    private static byte[] Open(ReadOnlySpan<byte> box, byte[] number, string place)
    {
        var point = box.Slice(Format.Length + IdBytes, PointBytes);
        if (point[0] != Uncompressed) throw new CryptographicException("Not a point of a known form.");
        using var mine = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = number });
        using var once = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = point.Slice(1, CoordinateBytes).ToArray(), Y = point[(1 + CoordinateBytes)..].ToArray() },
        });
        var shared = mine.DeriveRawSecretAgreement(once.PublicKey);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, Seal.KeyBytes, point.ToArray(), Use);
        try
        {
            var nonce = box.Slice(Format.Length + IdBytes + PointBytes, NonceBytes);
            var closed = box[(Format.Length + IdBytes + PointBytes + NonceBytes)..];
            var plain = new byte[closed.Length - TagBytes];
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(nonce, closed[..^TagBytes], closed[^TagBytes..], plain, Encoding.UTF8.GetBytes(place));
            return plain;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(shared);
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
