using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Account;

public class SignOutModel(SignInManager<AppUser> signIn, AppDbContext db, ICurrentActor current, TimeProvider clock) : PageModel
{
    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        db.Add(AuditEntry.For(AuditActions.SignedOut, current.Actor, null, current.Actor?.PersonId, clock));
        await db.SaveChangesAsync(cancel);
        await signIn.SignOutAsync();
        Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return RedirectToPage("/Account/SignIn");
    }
}
