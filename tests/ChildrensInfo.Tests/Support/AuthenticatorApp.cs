namespace ChildrensInfo.Tests.Support;

/// <summary>An authenticator app, as somebody holds it in their hand.</summary>
public static class AuthenticatorApp
{
    private const int StepSeconds = 30;

    public static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    public static string CodeAt(byte[] key, long step) => new OtpNet.Totp(key).ComputeTotp(DateTimeOffset.FromUnixTimeSeconds(step * StepSeconds).UtcDateTime);
}
