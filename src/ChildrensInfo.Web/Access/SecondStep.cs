using System.Security.Claims;
using ChildrensInfo.Core.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace ChildrensInfo.Web.Access;

/// <summary>Between the password and the code: a cookie that says whose password was right and opens nothing but the page that asks for the code.</summary>
public static class SecondStep
{
    public const string Scheme = "SecondStep";

    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(10);

    private const string Stamp = "portal:stamp";

    private const string Provider = "portal:provider";

    /// <param name="provider">The key of the provider that said who it is, in the place of a password.</param>
    public static Task BeginAsync(HttpContext context, AppUser person, string? provider = null) => context.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, person.Id.ToString()), new(Stamp, person.SecurityStamp ?? ""), .. provider is null ? [] : new[] { new Claim(Provider, provider) }], Scheme)));

    public static Task EndAsync(HttpContext context) => context.SignOutAsync(Scheme);

    /// <returns>The provider that said who it is; null when it was the password.</returns>
    public static async Task<string?> ProviderAsync(HttpContext context) => (await context.AuthenticateAsync(Scheme)).Principal?.FindFirstValue(Provider);

    /// <returns>Null when nobody has given their password here, or not lately, or what was known of them has changed since.</returns>
    public static async Task<AppUser?> PersonAsync(HttpContext context, UserManager<AppUser> users)
    {
        var step = (await context.AuthenticateAsync(Scheme)).Principal;
        return step?.FindFirstValue(ClaimTypes.NameIdentifier) is { } id && await users.FindByIdAsync(id) is { LeftAt: null, TwoFactorEnabled: true } person && person.SecurityStamp == step.FindFirstValue(Stamp)
            ? person
            : null;
    }
}

/// <summary>
/// Tells Identity that whoever has a second factor has one, so that a right password alone does not make it forget how many codes were wrong.
/// </summary>
public sealed class AuthenticatorCodes(SecondFactorService factors) : IUserTwoFactorTokenProvider<AppUser>
{
    public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<AppUser> manager, AppUser user) => Task.FromResult(user.TwoFactorEnabled);

    /// <summary>The app makes them.</summary>
    public Task<string> GenerateAsync(string purpose, UserManager<AppUser> manager, AppUser user) => Task.FromResult("");

    public Task<bool> ValidateAsync(string purpose, string token, UserManager<AppUser> manager, AppUser user) => factors.UseCodeAsync(user, token, CancellationToken.None);
}
