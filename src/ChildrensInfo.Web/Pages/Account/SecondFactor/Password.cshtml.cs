using ChildrensInfo.Core.Access;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Account.SecondFactor;

/// <summary>Somebody chooses another password. The old one is not asked for here: who they are is, when it was not shown lately (<see cref="StepUp"/>).</summary>
public class PasswordModel(PeopleService people, IValidator<ChoosePassword> validator, ICurrentActor current) : PageModel
{
    [BindProperty]
    public ChoosePassword Input { get; set; } = new();

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (!ModelState.Accept(await people.ChangePasswordAsync(Input.Password!, current.Actor!, cancel), nameof(Input))) return Page();
        await SignInGate.RenewAsync(HttpContext, current.Actor!, endOthers: true);
        TempData["Success"] = "Your password is changed. You are signed out on every other device.";
        return RedirectToPage("Index");
    }
}
