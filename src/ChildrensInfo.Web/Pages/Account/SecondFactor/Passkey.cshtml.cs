using System.Net.Mime;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Account.SecondFactor;

public class AddPasskey
{
    public const int NameMaxLength = 60;

    public string? Name { get; set; }

    /// <summary>What the browser made, as JSON.</summary>
    public string? Credential { get; set; }
}

public sealed class AddPasskeyValidator : AbstractValidator<AddPasskey>
{
    public AddPasskeyValidator()
    {
        RuleFor(i => i.Name).NotEmpty().WithMessage("Enter a name for it").MaximumLength(AddPasskey.NameMaxLength).WithMessage($"Name must be {AddPasskey.NameMaxLength} characters or fewer");
        RuleFor(i => i.Credential).NotEmpty().OverridePropertyName(nameof(AddPasskey.Name)).WithMessage("Your browser made no passkey. Try again, or set up an authenticator app instead.");
    }
}

public class PasskeyModel(SecondFactorService factors, SignInManager<AppUser> signIn, IValidator<AddPasskey> validator, ICurrentActor current) : PageModel
{
    [BindProperty]
    public AddPasskey Input { get; set; } = new();

    public void OnGet()
    {
    }

    /// <summary>What the browser is asked to make. It stands for ten minutes in a cookie of its own.</summary>
    public async Task<IActionResult> OnPostOptionsAsync()
    {
        var person = await signIn.UserManager.FindByIdAsync(current.Actor!.PersonId.ToString());
        return Content(await signIn.MakePasskeyCreationOptionsAsync(new() { Id = person!.Id.ToString(), Name = person.Email!, DisplayName = person.DisplayName }), MediaTypeNames.Application.Json);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (await MadeAsync() is not { } passkey)
        {
            ModelState.AddModelError("Input.Name", "That passkey could not be added. Try again, or set up an authenticator app instead.");
            return Page();
        }

        var codes = await factors.AddPasskeyAsync(passkey, Input.Name!.Trim(), current.Actor!, cancel);
        await SignInGate.RenewAsync(HttpContext, current.Actor!, endOthers: true);
        IndexModel.KeepCodes(this, codes);
        TempData["Success"] = "The passkey is added. You can sign in with it from now on.";
        return RedirectToPage("Index");
    }

    /// <returns>Null when it was not made for this person by this browser just now.</returns>
    private async Task<UserPasskeyInfo?> MadeAsync()
    {
        try
        {
            var made = await signIn.PerformPasskeyAttestationAsync(Input.Credential!);
            return made.Succeeded && made.UserEntity.Id == current.Actor!.PersonId.ToString() ? made.Passkey : null;
        }
        catch (InvalidOperationException)
        {
            // No question stands open: its cookie is gone, altered or too old.
            return null;
        }
    }
}
