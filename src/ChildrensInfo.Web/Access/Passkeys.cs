using Microsoft.AspNetCore.Identity;

namespace ChildrensInfo.Web.Access;

/// <summary>What a passkey must be here, to stand for the password and the second factor together.</summary>
public static class Passkeys
{
    public static void Rules(IdentityPasskeyOptions options)
    {
        // A finger, a face or a PIN: whoever holds the device is asked who they are.
        options.UserVerificationRequirement = "required";
        // Found without an email address, so that the sign-in page asks for none and tells nobody who has one.
        options.ResidentKeyRequirement = "required";
        // Identity compares with the Origin header, which browsers leave out of forms of a page that sends no referrer.
        options.ValidateOrigin = context => ValueTask.FromResult(
            !context.CrossOrigin && Uri.TryCreate(context.Origin, UriKind.Absolute, out var origin)
            && (origin.Scheme == Uri.UriSchemeHttps || origin.IsLoopback)
            && string.Equals(origin.Authority, WithoutUsualPort(context.HttpContext.Request.Host), StringComparison.OrdinalIgnoreCase));
    }

    private static string WithoutUsualPort(HostString host) => host.Port is null or 443 ? host.Host : $"{host.Host}:{host.Port}";
}
