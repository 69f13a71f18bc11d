using ChildrensInfo.Core.Access;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Account;

public class ChoosePassword
{
    public string? Password { get; set; }
}

public sealed class ChoosePasswordValidator : AbstractValidator<ChoosePassword>
{
    public ChoosePasswordValidator() => RuleFor(i => i.Password).NotEmpty().WithMessage("Enter a password");
}

/// <summary>Where the link leads that an administrator hands over.</summary>
public class WelcomeModel(PeopleService people, IValidator<ChoosePassword> validator) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Person { get; set; }

    [BindProperty(SupportsGet = true)]
    public string Code { get; set; } = "";

    [BindProperty]
    public ChoosePassword Input { get; set; } = new();

    public bool Works { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel) => Works = ModelState.IsValid && await people.LinkWorksAsync(Person, Code, cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        Works = await people.LinkWorksAsync(Person, Code, cancel);
        if (!Works || !await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await people.ChoosePasswordAsync(Person, Code, Input.Password!, cancel);
        Works = outcome is not null;
        if (outcome is null || !ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Your password is set. Sign in with it.";
        return RedirectToPage("/Account/SignIn");
    }
}
