using System.Globalization;
using System.Net.Mime;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Account;

public class SignInInput
{
    public string? Email { get; set; }

    public string? Password { get; set; }
}

public sealed class SignInInputValidator : AbstractValidator<SignInInput>
{
    public SignInInputValidator()
    {
        RuleFor(i => i.Email).NotEmpty().WithMessage("Enter your email address");
        RuleFor(i => i.Password).NotEmpty().WithMessage("Enter your password");
    }
}

public class SignInModel(
    SignInManager<AppUser> signIn, UserManager<AppUser> users, SignInService signIns, IValidator<SignInInput> validator, SignInLimits limits, KnownDevices devices, Hashing hashing, IdentityProviders providers, ProviderRule rule, AppDbContext db, TimeProvider clock, IWebHostEnvironment environment)
    : PageModel
{
    /// <summary>Verified against when there is no password to compare with, so that the answer takes as long.</summary>
    private static string? nobodysHash;

    [BindProperty]
    public SignInInput Input { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>Asked by somebody whose sign-in ends soon, before it does.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Again { get; set; }

    public IReadOnlyList<IdentityProvider> Providers => providers.All;

    /// <summary>Whose account is still open in this browser after signing out here.</summary>
    public IdentityProvider? StillOpen { get; private set; }

    public IReadOnlyList<DemoPerson> DemoPeople { get; private set; } = [];

    public sealed record DemoPerson(string Email, string Name, Role Role, string Authority);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (User.Identity?.IsAuthenticated == true && !Again) return LocalRedirect("/");
        StillOpen = providers.Find(TempData[SingleSignOn.SignedOutKey] as string);
        await ListDemoPeopleAsync(cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        await ListDemoPeopleAsync(cancel);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();

        var email = Input.Email!.Trim();
        var user = await users.FindByEmailAsync(email);
        // Whoever signs in with their council's account only is to a password as somebody who left.
        var byPassword = user is { LeftAt: null, PasswordHash: not null } && await rule.OnlyOfAsync(user, cancel) is null;
        var device = devices.Of(HttpContext, user);
        if (limits.Begin(HttpContext.Connection.RemoteIpAddress, users.NormalizeEmail(email), out var wait, device) is not { } attempt)
        {
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return StatusCode(StatusCodes.Status429TooManyRequests);
        }

        var result = await CheckAsync(user, byPassword, device is not null, cancel);
        if (result is null)
        {
            attempt.NotMade();
            ModelState.AddModelError("", Hashing.Busy);
            Input.Password = null;
            Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Page();
        }

        if (!result.Succeeded)
        {
            var actor = user is null ? null : Actor.For(user.Id, user.AuthorityId, user.Role, user.TeamId, user.DisplayName);
            db.Add(AuditEntry.For(AuditActions.SignInRefused, actor, null, user?.Id, clock, user is not null && await users.IsLockedOutAsync(user) ? "locked" : null));
            await db.SaveChangesAsync(cancel);
            // The same words whether the address, the password or a lock refused it: none of them is the guesser's business.
            ModelState.AddModelError("Input.Email", "That email address and password do not match. After several tries, wait 15 minutes.");
            Input.Password = null;
            return Page();
        }

        attempt.Succeeded();
        if (user!.TwoFactorEnabled)
        {
            await SecondStep.BeginAsync(HttpContext, user);
            return RedirectToPage("/Account/Code", new { ReturnUrl = WayBack(Url, ReturnUrl) });
        }

        var begun = await signIns.BeginAsync(user, SignInGate.DeviceOf(Request.Headers.UserAgent), cancel);
        await SignInGate.EnterAsync(signIn, user, begun);
        return LocalRedirect(WayBack(Url, ReturnUrl));
    }

    /// <param name="known">The device is one on which they have signed in before.</param>
    /// <returns>Null when it could not be looked at now.</returns>
    private async Task<Microsoft.AspNetCore.Identity.SignInResult?> CheckAsync(AppUser? user, bool byPassword, bool known, CancellationToken cancel)
    {
        using var turn = await hashing.TurnAsync(cancel);
        if (turn is null) return null;
        if (byPassword && user is not null && known)
        {
            // Whoever guesses elsewhere can lock everybody else out, and not the person who comes back to their own device: here the few tries of the device count.
            if (!await users.CheckPasswordAsync(user, Input.Password!)) return Microsoft.AspNetCore.Identity.SignInResult.Failed;
            // Of whoever has a second factor the code says so.
            if (!user.TwoFactorEnabled) await SignInGate.UnlockAsync(users, user);
            return Microsoft.AspNetCore.Identity.SignInResult.Success;
        }

        if (byPassword && user is not null && !await users.IsLockedOutAsync(user)) return await signIn.CheckPasswordSignInAsync(user, Input.Password!, lockoutOnFailure: true);
        // As slow as the other way, whether nobody has that address, they left, have no password yet or are locked.
        nobodysHash ??= users.PasswordHasher.HashPassword(new AppUser(), Guid.NewGuid().ToString());
        users.PasswordHasher.VerifyHashedPassword(new AppUser(), nobodysHash, Input.Password!);
        return Microsoft.AspNetCore.Identity.SignInResult.Failed;
    }

    /// <summary>What the browser is asked to sign. Whoever is signed in, and shows again that it is them, is asked for a passkey of their own; to nobody else it names anybody.</summary>
    public async Task<IActionResult> OnPostPasskeyOptionsAsync() => Content(await signIn.MakePasskeyRequestOptionsAsync(await users.GetUserAsync(User)), MediaTypeNames.Application.Json);

    /// <summary>A passkey stands for the password and the second factor: whoever holds it was asked for a finger, a face or a PIN.</summary>
    public async Task<IActionResult> OnPostPasskeyAsync([FromForm] string? credential, CancellationToken cancel)
    {
        ModelState.Clear();
        await ListDemoPeopleAsync(cancel);
        // By address only: which account it is of is not known before it has been checked, and nobody guesses one.
        if (limits.Begin(HttpContext.Connection.RemoteIpAddress, $"passkey {HttpContext.TraceIdentifier}", out var wait) is not { } attempt)
        {
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return StatusCode(StatusCodes.Status429TooManyRequests);
        }

        if (await HolderAsync(credential) is not { } held)
        {
            db.Add(AuditEntry.For(AuditActions.SignInRefused, null, null, null, clock, "passkey"));
            await db.SaveChangesAsync(cancel);
            ModelState.AddModelError("", "That passkey did not work here. Try again, or sign in with your password.");
            return Page();
        }

        attempt.Succeeded();
        // How often it has been used stands with it, so that a copy of it is noticed.
        await users.AddOrUpdatePasskeyAsync(held.Person, held.Passkey);
        await SecondStep.EndAsync(HttpContext);
        await SignInGate.EnterAsync(signIn, held.Person, await signIns.BeginAsync(held.Person, SignInGate.DeviceOf(Request.Headers.UserAgent), cancel));
        return LocalRedirect(WayBack(Url, ReturnUrl));
    }

    private async Task<(AppUser Person, UserPasskeyInfo Passkey)?> HolderAsync(string? credential)
    {
        if (string.IsNullOrEmpty(credential)) return null;
        try
        {
            var answer = await signIn.PerformPasskeyAssertionAsync(credential);
            return answer is { Succeeded: true, User: { LeftAt: null, TwoFactorEnabled: true } person, Passkey: { } passkey } && await rule.OnlyOfAsync(person, HttpContext.RequestAborted) is null ? (person, passkey) : null;
        }
        catch (InvalidOperationException)
        {
            // No question stands open: its cookie is gone, altered or too old.
            return null;
        }
    }

    /// <summary>Where sign-in leads. Only plain ASCII: anything else cannot stand in a Location header, and no page of ours is called so.</summary>
    public static string WayBack(IUrlHelper url, string? returnUrl) => url.IsLocalUrl(returnUrl) && returnUrl.All(c => c is > ' ' and <= '~') ? returnUrl : "/";

    private async Task ListDemoPeopleAsync(CancellationToken cancel)
    {
        if (!environment.IsDevelopment()) return;
        DemoPeople = [.. (await db.Users.Where(u => u.LeftAt == null && u.PasswordHash != null && u.Email!.EndsWith(DemoData.EmailSuffix))
            .Join(db.Authorities, u => u.AuthorityId, a => a.Id, (u, a) => new { u.Email, u.DisplayName, u.Role, a.Code, a.Name }).ToListAsync(cancel))
            .OrderBy(p => p.Code).ThenBy(p => p.Role).ThenBy(p => p.Email).Select(p => new DemoPerson(p.Email!, p.DisplayName, p.Role, p.Name))];
    }
}
