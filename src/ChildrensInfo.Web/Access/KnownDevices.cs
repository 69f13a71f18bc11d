using ChildrensInfo.Core.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace ChildrensInfo.Web.Access;

/// <summary>
/// A browser remembers, sealed, who has signed in on it. Somebody who guesses elsewhere, or from the same building, can then lock out nobody who comes back to a device of
/// their own: tries there are counted by the device and not by the address. It opens nothing: the password and the second step are asked for as ever.
/// </summary>
public sealed class KnownDevices(IDataProtectionProvider protection, IOptions<AntiforgeryOptions> forms)
{
    public static readonly TimeSpan Lasts = TimeSpan.FromDays(90);

    /// <summary>People who share a device; who signed in longest ago is forgotten first.</summary>
    private const int MostPeople = 5;

    private const string Name = "portal-known";

    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector(Name).ToTimeLimitedDataProtector();

    private string Cookie => forms.Value.Cookie.Name!.StartsWith("__Host-", StringComparison.Ordinal) ? $"__Host-{Name}" : Name;

    /// <returns>What tries on this device are counted by; null when the person has not signed in here lately, or their password or role is another since.</returns>
    public string? Of(HttpContext context, AppUser? person) =>
        person?.SecurityStamp is { } stamp ? Read(context).Find(e => e.Person == person.Id.ToString("N") && e.Stamp == stamp).Device : null;

    /// <summary>Remembers that the person has signed in here.</summary>
    public void Remember(HttpContext context, AppUser person)
    {
        var id = person.Id.ToString("N");
        List<(string Person, string Stamp, string Device)> known = [(id, person.SecurityStamp ?? "", Of(context, person) ?? Guid.NewGuid().ToString("N")), .. Read(context).Where(e => e.Person != id)];
        context.Response.Cookies.Append(Cookie, protector.Protect(string.Join('|', known.Take(MostPeople).Select(e => $"{e.Person},{e.Stamp},{e.Device}")), Lasts), new CookieOptions
        {
            HttpOnly = true,
            Secure = Cookie != Name || context.Request.IsHttps,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            MaxAge = Lasts,
            IsEssential = true,
        });
    }

    private List<(string Person, string Stamp, string Device)> Read(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { } sealedText) return [];
        try
        {
            return [.. protector.Unprotect(sealedText).Split('|').Select(e => e.Split(',')).Where(e => e.Length == 3).Select(e => (e[0], e[1], e[2]))];
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // Altered, too old, or sealed with a key that is gone: a device like any other.
            return [];
        }
    }
}
