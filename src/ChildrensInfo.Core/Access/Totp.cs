using OtpNet;

namespace ChildrensInfo.Core.Access;

/// <summary>
/// The codes of authenticator apps, as every app understands them (RFC 6238: SHA-1, 30 seconds, six digits). Identity's own check takes codes of the two minutes around now
/// and cannot say which step one is of, so a code that somebody looked over a shoulder would work again.
/// </summary>
public static class Totp
{
    /// <summary>As long as the hash, which RFC 4226 recommends.</summary>
    public const int KeyBytes = 20;

    public const int Digits = 6;

    /// <summary>One step each way: a code typed as the next one appears, and a telephone whose clock is a little fast.</summary>
    private static readonly VerificationWindow Drift = new(previous: 1, future: 1);

    /// <returns>The step that a code is of, later than the last one used; null when it is of none that counts now.</returns>
    public static long? StepOf(byte[] key, string code, DateTimeOffset now, long lastUsed) =>
        new OtpNet.Totp(key).VerifyTotp(now.UtcDateTime, code, out var step, Drift) && step > lastUsed ? step : null;

    /// <summary>A key as it is typed into an app that cannot see the picture: base 32, in fours.</summary>
    public static string Spelled(byte[] key) => string.Join(' ', Base32Encoding.ToString(key).TrimEnd('=').Chunk(4).Select(four => new string(four)));

    /// <summary>What the picture says to the app.</summary>
    public static string Address(string issuer, string account, byte[] key) => new OtpUri(OtpType.Totp, key, account, issuer).ToString();
}
