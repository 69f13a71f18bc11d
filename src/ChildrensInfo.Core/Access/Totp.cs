using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ChildrensInfo.Core.Access;

/// <summary>
/// The codes of authenticator apps: RFC 6238 with what every app understands (SHA-1, 30 seconds, six digits). Identity's own check takes codes of the two minutes around now
/// and cannot say which step one is of, so a code that somebody looked over a shoulder would work again.
/// </summary>
public static class Totp
{
    /// <summary>As long as the hash, which RFC 4226 recommends.</summary>
    public const int KeyBytes = 20;

    public const int Digits = 6;

    private const int StepSeconds = 30;

    /// <summary>One step each way: a code typed as the next one appears, and a telephone whose clock is a little fast.</summary>
    private const int Drift = 1;

    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    /// <returns>The step that a code is of, later than the last one used; null when it is of none that counts now.</returns>
    public static long? StepOf(ReadOnlySpan<byte> key, string code, DateTimeOffset now, long lastUsed)
    {
        long? found = null;
        var typed = Encoding.UTF8.GetBytes(code);
        for (var step = StepAt(now) - Drift; step <= StepAt(now) + Drift; step++)
        {
            // Each is compared, and wholly, so that the time it takes tells nothing.
            if (CryptographicOperations.FixedTimeEquals(typed, Encoding.UTF8.GetBytes(CodeAt(key, step))) && step > lastUsed) found ??= step;
        }

        return found;
    }

    public static string CodeAt(ReadOnlySpan<byte> key, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // What authenticator apps compute. As a keyed hash of a counter SHA-1 is not known to be weak.
        HMACSHA1.HashData(key, counter, hash);
#pragma warning restore CA5350
        var value = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xf)..]) & 0x7fff_ffff;
        return (value % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>A key as it is typed into an app that cannot see the picture: base 32, in fours.</summary>
    public static string Spelled(ReadOnlySpan<byte> key)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < key.Length * 8; bit += 5)
        {
            var two = (key[bit / 8] << 8) | (bit / 8 + 1 < key.Length ? key[bit / 8 + 1] : 0);
            if (bit > 0 && bit % 20 == 0) text.Append(' ');
            text.Append(Base32[(two >> (11 - bit % 8)) & 31]);
        }

        return text.ToString();
    }

    /// <summary>What the picture says to the app.</summary>
    public static string Address(string issuer, string account, ReadOnlySpan<byte> key) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(account)}?secret={Spelled(key).Replace(" ", "", StringComparison.Ordinal)}&issuer={Uri.EscapeDataString(issuer)}";
}
