using System.Security.Claims;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>Lends the device: at one tap from the page that has it in hand, or here, where the look is chosen and the PIN set.</summary>
public abstract class LendPage(ChildModeService modes, IValidator<HandOver> validator, UserManager<AppUser> users, SignInManager<AppUser> signIn, ICurrentActor current) : PageModel
{
    [BindProperty]
    public HandOver Input { get; set; } = new();

    /// <summary>Whose screen it becomes; null for a group.</summary>
    public Child? Child { get; protected set; }

    public bool HasPin { get; private set; }

    /// <summary>This page.</summary>
    protected abstract string Here { get; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        return await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel) ? await LendAsync(cancel) : Page();
    }

    /// <summary>One tap: what suits the child's age. Without a PIN there would be no way back, so that is asked for first.</summary>
    public async Task<IActionResult> OnPostAtOnceAsync(CancellationToken cancel)
    {
        ModelState.Clear();
        if (!await LoadAsync(cancel)) return NotFound();
        return HasPin ? await LendAsync(cancel) : Redirect(Here);
    }

    /// <summary>Finds what it is lent for.</summary>
    protected abstract Task<bool> FindAsync(CancellationToken cancel);

    /// <summary>The child's age on the day.</summary>
    protected abstract int? Age { get; }

    protected abstract Task<(Guid Id, Refusal? Refusal)?> StartAsync(Actor actor, CancellationToken cancel);

    private async Task<IActionResult> LendAsync(CancellationToken cancel)
    {
        if (await StartAsync(current.Actor!, cancel) is not var (id, refusal)) return NotFound();
        if (refusal is not null)
        {
            ModelState.AddModelError($"{nameof(Input)}.{refusal.Field}", refusal.Message);
            return Page();
        }

        await signIn.SignInWithClaimsAsync((await users.GetUserAsync(User))!, isPersistent: false, [User.FindFirst(SignInGate.Claim)!, new Claim(ChildModeGate.Claim, id.ToString())]);
        // What this browser could show again without asking: pages left behind, frozen ones included.
        Response.Headers["Clear-Site-Data"] = "\"cache\"";
        return Redirect(ChildModeGate.Home);
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (!await FindAsync(cancel)) return false;
        HasPin = await modes.HasPinAsync(current.Actor!, cancel);
        Input.Look ??= Core.Voice.ChildMode.LookFor(Age);
        Input.Language ??= Core.Voice.ChildMode.LanguageFor(Child?.PreferredLanguage);
        return true;
    }
}
