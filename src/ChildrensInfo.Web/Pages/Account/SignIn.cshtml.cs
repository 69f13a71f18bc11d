using System.Globalization;
using System.Security.Claims;
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
    SignInManager<AppUser> signIn, UserManager<AppUser> users, SignInService signIns, IValidator<SignInInput> validator, SignInLimits limits, AppDbContext db, TimeProvider clock, IWebHostEnvironment environment)
    : PageModel
{
    /// <summary>Verified against when there is no password to compare with, so that the answer takes as long.</summary>
    private static string? nobodysHash;

    [BindProperty]
    public SignInInput Input { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public IReadOnlyList<DemoPerson> DemoPeople { get; private set; } = [];

    public sealed record DemoPerson(string Email, string Name, Role Role, string Authority);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (User.Identity?.IsAuthenticated == true) return LocalRedirect("/");
        await ListDemoPeopleAsync(cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        await ListDemoPeopleAsync(cancel);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();

        var email = Input.Email!.Trim();
        if (limits.Begin(HttpContext.Connection.RemoteIpAddress, users.NormalizeEmail(email), out var wait) is not { } attempt)
        {
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return StatusCode(StatusCodes.Status429TooManyRequests);
        }

        var user = await users.FindByEmailAsync(email);
        var result = Microsoft.AspNetCore.Identity.SignInResult.Failed;
        if (user is { LeftAt: null, PasswordHash: not null } && !await users.IsLockedOutAsync(user))
        {
            result = await signIn.CheckPasswordSignInAsync(user, Input.Password!, lockoutOnFailure: true);
        }
        else
        {
            // As slow as the other way, whether nobody has that address, they left, have no password yet or are locked.
            nobodysHash ??= users.PasswordHasher.HashPassword(new AppUser(), Guid.NewGuid().ToString());
            users.PasswordHasher.VerifyHashedPassword(new AppUser(), nobodysHash, Input.Password!);
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
        var begun = await signIns.BeginAsync(user!, SignInGate.DeviceOf(Request.Headers.UserAgent), cancel);
        await signIn.SignInWithClaimsAsync(user!, isPersistent: false, [new Claim(SignInGate.Claim, begun.Id.ToString())]);
        // Only plain ASCII: anything else cannot stand in a Location header, and no page of ours is called so.
        return LocalRedirect(Url.IsLocalUrl(ReturnUrl) && ReturnUrl.All(c => c is > ' ' and <= '~') ? ReturnUrl : "/");
    }

    private async Task ListDemoPeopleAsync(CancellationToken cancel)
    {
        if (!environment.IsDevelopment()) return;
        DemoPeople = [.. (await db.Users.Where(u => u.LeftAt == null && u.PasswordHash != null && u.Email!.EndsWith(DemoData.EmailSuffix))
            .Join(db.Authorities, u => u.AuthorityId, a => a.Id, (u, a) => new { u.Email, u.DisplayName, u.Role, a.Code, a.Name }).ToListAsync(cancel))
            .OrderBy(p => p.Code).ThenBy(p => p.Role).ThenBy(p => p.Email).Select(p => new DemoPerson(p.Email!, p.DisplayName, p.Role, p.Name))];
    }
}
