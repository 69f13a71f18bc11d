using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ChildrensInfo.Core.Keys;

/// <summary>
/// AES-256-GCM: one byte of format, a random nonce of 12, the ciphertext, a tag of 16. What it belongs to (an id and a name) is
/// authenticated with it, so that a sealed text moved to another row does not open.
/// </summary>
public static class Seal
{
    public const int KeyBytes = 32;
    private const byte Format = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    public const int Overhead = 1 + NonceBytes + TagBytes;

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    public static byte[] Close(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain, Guid owner, int part)
    {
        var sealedBytes = new byte[Overhead + plain.Length];
        sealedBytes[0] = Format;
        var nonce = sealedBytes.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        Span<byte> context = stackalloc byte[20];
        Context(context, owner, part);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(1 + NonceBytes, plain.Length), sealedBytes.AsSpan(1 + NonceBytes + plain.Length), context);
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">It was altered, moved, or sealed under another key.</exception>
    public static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> sealedBytes, Guid owner, int part)
    {
        if (sealedBytes.Length < Overhead || sealedBytes[0] != Format) throw new CryptographicException("Not a sealed value of a known format.");
        var plain = new byte[sealedBytes.Length - Overhead];
        using var aes = new AesGcm(key, TagBytes);
        Span<byte> context = stackalloc byte[20];
        Context(context, owner, part);
        aes.Decrypt(sealedBytes.Slice(1, NonceBytes), sealedBytes.Slice(1 + NonceBytes, plain.Length), sealedBytes[^TagBytes..], plain, context);
        return plain;
    }

    private static void Context(Span<byte> context, Guid owner, int part)
    {
        owner.TryWriteBytes(context, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(context[16..], part);
    }
}

/// <summary>Which field of a row a sealed text is: part of what is authenticated with it.</summary>
public static class SealPart
{
    public const int Words = -1;
    public const int Interpretation = -2;
    public const int Present = -3;
    public const int ConsentWords = -4;
    public const int Rationale = -5;
    public const int WrappedKey = -6;
    public const int Prompt = -7;
    public const int AppKey = -8;
    public const int CookieKey = -9;
    public const int DoNotTellWords = -20;
    public const int DoNotTellEnd = -21;
    public const int ThirdParty = -22;
    public const int PermissionSaidBy = -23;
    public const int BasedOn = -24;
    public const int Alternative = -25;
    public const int ShowingWhy = -26;
    public const int BreachHappened = -27;
    public const int BreachDone = -28;
    public const int Transcript = -60;
    public const int ConsentReason = -70;
    public const int ConsentPosition = -71;
    public const int ConsentPresent = -72;
    public const int CompetenceWords = -73;
    public const int CompetenceSupport = -74;
    public const int SecondOpinion = -75;
    public const int OrderReason = -76;
    public const int DisclosureWhat = -77;
    public const int DisclosureToWhom = -78;
    public const int DisclosureWhy = -79;
    public const int DisclosureNotInformed = -80;
    public const int DisclosureDecision = -81;
    public const int ConsentShown = -82;
    public const int RecipientName = -83;
    public const int CoverReason = -50;
    public const int Ask = -40;
    public const int AskElsewhere = -41;
    public const int AskStep = -42;
    public const int Participation = -43;
    public const int Reflection = -44;
    public const int DomainUse = -45;
    public const int Foreword = -46;
    public const int InformationUse = -47;
    public const int AccessIdentity = -90;
    public const int AccessExtension = -91;
    public const int AccessHarm = -92;
    public const int DutyNote = -93;
    public const int TakenBackWhy = -94;
}
