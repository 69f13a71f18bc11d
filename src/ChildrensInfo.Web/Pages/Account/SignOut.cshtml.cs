using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Account;

public class SignOutModel(SignInManager<AppUser> signIn, UserManager<AppUser> users, AppDbContext db, ICurrentActor current, TimeProvider clock) : PageModel
{
    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        db.Add(AuditEntry.For(AuditActions.SignedOut, current.Actor, null, current.Actor?.PersonId, clock));
        // A copy of the cookie must not outlive the sign-out, so the stamp it carries is made void, in the same save as the line.
        if (await users.GetUserAsync(User) is { } person) await users.UpdateSecurityStampAsync(person);
        else await db.SaveChangesAsync(cancel);
        await signIn.SignOutAsync();
        Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return RedirectToPage("/Account/SignIn");
    }
}
