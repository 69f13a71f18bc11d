using System.Security.Claims;
using ChildrensInfo.Core.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace ChildrensInfo.Web.Access;

/// <summary>A cookie is worth as much as the sign-in it names: asked of the database at each request, after the person's own stamp.</summary>
public static class SignInGate
{
    public const string Claim = "portal:sign-in";

    public static Guid? Of(ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(Claim), out var id) ? id : null;

    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        await SecurityStampValidator.ValidatePrincipalAsync(context);
        if (context.Principal is not { } user) return;
        var open = Of(user) is { } id && PortalClaims.ToActor(user) is { } actor
            && await context.HttpContext.RequestServices.GetRequiredService<SignInService>().UseAsync(id, actor, context.HttpContext.RequestAborted);
        if (open) return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>The claims are written anew at each request from what is known of the person; which sign-in it is, and that the device is lent to a child, must outlive that.</summary>
    public static void KeepClaims(SecurityStampRefreshingPrincipalContext context)
    {
        if (context.NewPrincipal?.Identity is not ClaimsIdentity identity) return;
        foreach (var kept in new[] { Claim, ChildModeGate.Claim })
        {
            if (context.CurrentPrincipal?.FindFirst(kept) is { } claim) identity.AddClaim(new System.Security.Claims.Claim(kept, claim.Value));
        }
    }

    /// <summary>What a browser says of itself, in two words that its owner would use.</summary>
    public static string DeviceOf(string? userAgent)
    {
        var text = userAgent ?? "";
        var browser = First(text, ("Edg", "Edge"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")) ?? "A browser";
        var system = First(text, ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "Chromebook"), ("Mac OS", "Mac"), ("Linux", "Linux"));
        return system is null ? browser : $"{browser} on {system}";
    }

    private static string? First(string text, params ReadOnlySpan<(string Sign, string Name)> known)
    {
        foreach (var (sign, name) in known)
        {
            if (text.Contains(sign, StringComparison.Ordinal)) return name;
        }

        return null;
    }
}
