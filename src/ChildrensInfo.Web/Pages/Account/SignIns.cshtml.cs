using ChildrensInfo.Core.Access;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Account;

/// <summary>Where the person is signed in, so that a tablet left behind can be signed out from anywhere.</summary>
public class SignInsModel(SignInService signIns, ICurrentActor current) : PageModel
{
    public IReadOnlyList<SignIn> Open { get; private set; } = [];

    public Guid? Here => SignInGate.Of(User);

    public async Task OnGetAsync(CancellationToken cancel) => Open = await signIns.OpenAsync(current.Actor!.PersonId, cancel);

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel)
    {
        if (await signIns.EndElsewhereAsync(id, current.Actor!, cancel) == 0) return NotFound();
        TempData["Success"] = "That device is signed out.";
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostOthersAsync(CancellationToken cancel)
    {
        await signIns.EndAllAsync(current.Actor!.PersonId, Here, current.Actor!, cancel);
        TempData["Success"] = "Every other device is signed out.";
        return RedirectToPage();
    }
}
