using ChildrensInfo.Core.Access;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Account;

public class SignOutModel(SignInManager<AppUser> signIn, SignInService signIns, ICurrentActor current) : PageModel
{
    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        // A copy of the cookie must not outlive the sign-out: what it names has ended.
        if (SignInGate.Of(User) is { } id) await signIns.EndAsync(id, current.Actor!, cancel);
        await signIn.SignOutAsync();
        Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return RedirectToPage("/Account/SignIn");
    }
}
