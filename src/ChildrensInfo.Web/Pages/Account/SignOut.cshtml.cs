using ChildrensInfo.Core.Access;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Account;

public class SignOutModel(SignInManager<AppUser> signIn, SignInService signIns, IdentityProviders providers, ICurrentActor current) : PageModel
{
    /// <summary>
    /// The browser has looked and keeps nothing for visits without a connection, of this person or of anybody. Only then is all of its storage emptied: what is
    /// sealed there and has not been sent would be lost, and it may be somebody else's.
    /// </summary>
    [BindProperty]
    public bool NothingKept { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        // A copy of the cookie must not outlive the sign-out: what it names has ended.
        var provider = providers.Find((HttpContext.Items[typeof(SignIn)] as SignIn)?.Provider);
        if (SignInGate.Of(User) is { } id) await signIns.EndAsync(id, current.Actor!, cancel);
        await signIn.SignOutAsync();
        Response.Headers["Clear-Site-Data"] = NothingKept ? "\"cache\", \"storage\"" : "\"cache\"";
        // It is theirs to end what is open at the provider: other services may hang on it.
        if (provider is not null && await SingleSignOn.EndOfAsync(HttpContext, provider) is not null) TempData[SingleSignOn.SignedOutKey] = provider.Key;
        return RedirectToPage("/Account/SignIn");
    }
}
