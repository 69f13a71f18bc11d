using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Account;

public class CodeInput
{
    public string? Code { get; set; }
}

public sealed class CodeInputValidator : AbstractValidator<CodeInput>
{
    public CodeInputValidator() => RuleFor(i => i.Code).NotEmpty().WithMessage("Enter the code that your app shows");
}

/// <summary>The second step of signing in, for whoever has given their password just now.</summary>
public class CodeModel(
    SignInManager<AppUser> signIn, UserManager<AppUser> users, SignInService signIns, SecondFactorService factors, IValidator<CodeInput> validator, SignInLimits limits, KnownDevices devices, AppDbContext db, TimeProvider clock)
    : PageModel
{
    [BindProperty]
    public CodeInput Input { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public async Task<IActionResult> OnGetAsync() => await SecondStep.PersonAsync(HttpContext, users) is null ? RedirectToPage("/Account/SignIn") : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await SecondStep.PersonAsync(HttpContext, users) is not { } person) return RedirectToPage("/Account/SignIn");
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        // Counted apart from passwords: whoever knows one must not start the count again with it.
        var device = devices.Of(HttpContext, person);
        if (limits.Begin(HttpContext.Connection.RemoteIpAddress, $"code {person.NormalizedEmail}", out var wait, device) is not { } attempt)
        {
            Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return StatusCode(StatusCodes.Status429TooManyRequests);
        }

        // As with the password: on a device of their own its few tries count, and not the lock that others can bring about.
        if ((device is null && await users.IsLockedOutAsync(person)) || !await factors.UseCodeAsync(person, Input.Code!, cancel))
        {
            await users.AccessFailedAsync(person);
            var actor = Actor.For(person.Id, person.AuthorityId, person.Role, person.TeamId, person.DisplayName);
            db.Add(AuditEntry.For(AuditActions.SignInRefused, actor, null, person.Id, clock, await users.IsLockedOutAsync(person) ? "code, locked" : "code"));
            await db.SaveChangesAsync(cancel);
            ModelState.Remove("Input.Code");
            Input.Code = null;
            ModelState.AddModelError("Input.Code", "That code does not work. Enter the one that your app shows now; each works once. After several tries, wait 15 minutes.");
            return Page();
        }

        attempt.Succeeded();
        await SignInGate.UnlockAsync(users, person);
        var provider = await SecondStep.ProviderAsync(HttpContext);
        await SecondStep.EndAsync(HttpContext);
        await SignInGate.EnterAsync(signIn, person, await signIns.BeginAsync(person, SignInGate.DeviceOf(Request.Headers.UserAgent), cancel, provider));
        return LocalRedirect(SignInModel.WayBack(Url, ReturnUrl));
    }
}
