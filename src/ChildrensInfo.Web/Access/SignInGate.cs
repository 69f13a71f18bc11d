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

    /// <summary>Gives the browser the cookie of a sign-in, and ends the one that it had before, whoever's it was.</summary>
    public static async Task EnterAsync(SignInManager<AppUser> signIn, AppUser person, SignIn begun)
    {
        if ((await signIn.Context.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Principal is { } here && Of(here) is { } before && PortalClaims.ToActor(here) is { } was)
        {
            await signIn.Context.RequestServices.GetRequiredService<SignInService>().EndAsync(before, was, signIn.Context.RequestAborted);
        }

        await GiveAsync(signIn, person, begun);
    }

    /// <summary>They have shown all that they must: what went wrong before is forgotten.</summary>
    public static async Task UnlockAsync(UserManager<AppUser> users, AppUser person)
    {
        if (person.LockoutEnd is not null) await users.SetLockoutEndDateAsync(person, null);
        await users.ResetAccessFailedCountAsync(person);
    }

    private static Task GiveAsync(SignInManager<AppUser> signIn, AppUser person, SignIn begun)
    {
        signIn.Context.RequestServices.GetRequiredService<KnownDevices>().Remember(signIn.Context, person);
        // Left by the page for visits when it was lost in a child's hands. Whoever signs in has the device now; and an answer from a council's own account comes without that cookie, so it is not looked for.
        signIn.Context.Response.Cookies.Delete(ChildModeGate.LentCookie);
        return signIn.SignInWithClaimsAsync(person, isPersistent: false, [new Claim(Claim, begun.Id.ToString())]);
    }

    /// <summary>
    /// The person has shown again who they are, or changed how they do: the browser gets a new sign-in and its cookie in the place of the old one.
    /// </summary>
    /// <param name="endOthers">Also ends what is open on their other devices.</param>
    public static async Task RenewAsync(HttpContext context, Actor actor, bool endOthers)
    {
        var services = context.RequestServices;
        var (signIns, signIn) = (services.GetRequiredService<SignInService>(), services.GetRequiredService<SignInManager<AppUser>>());
        var person = await signIn.UserManager.FindByIdAsync(actor.PersonId.ToString());
        if (person is null || Of(context.User) is not { } id || await signIns.RenewAsync(id, actor, context.RequestAborted) is not { } renewed) return;
        if (endOthers) await signIns.EndAllAsync(actor.PersonId, renewed.Id, actor, context.RequestAborted);
        await GiveAsync(signIn, person, renewed);
    }

    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        await SecurityStampValidator.ValidatePrincipalAsync(context);
        var asked = MadeFor.IsAsked(context.Request);
        // Its answer may come after that of a page which lent the device or signed somebody else in, and must not bring the cookie of before back.
        if (asked) context.ShouldRenew = false;
        if (context.Principal is not { } user) return;
        if (Of(user) is { } id && PortalClaims.ToActor(user) is { } actor
            && await context.HttpContext.RequestServices.GetRequiredService<SignInService>().UseAsync(id, actor, context.HttpContext.RequestAborted, isUse: !MadeFor.IsNoUse(context.Request)) is { } open)
        {
            context.HttpContext.Items[typeof(SignIn)] = open;
            return;
        }

        context.RejectPrincipal();
        if (!asked) await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
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
