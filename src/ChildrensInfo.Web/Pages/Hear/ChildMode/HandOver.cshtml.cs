using System.Security.Claims;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>Lends the device to the child of a visit: at one tap from the visit, or here, where the look is chosen and the PIN set.</summary>
public class HandOverModel(
    AppDbContext db, ChildModeService modes, IValidator<HandOver> validator, UserManager<AppUser> users, SignInManager<AppUser> signIn, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid SessionId { get; set; }

    [BindProperty]
    public HandOver Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public VoiceSession Session { get; private set; } = null!;

    public bool HasPin { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        return await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel) ? await StartAsync(cancel) : Page();
    }

    /// <summary>One tap: what suits the child's age. Without a PIN there would be no way back, so that is asked for first.</summary>
    public async Task<IActionResult> OnPostAtOnceAsync(CancellationToken cancel)
    {
        ModelState.Clear();
        if (!await LoadAsync(cancel)) return NotFound();
        return HasPin ? await StartAsync(cancel) : Redirect($"/hear/{ChildId}/visits/{SessionId}/hand-over");
    }

    private async Task<IActionResult> StartAsync(CancellationToken cancel)
    {
        if (await modes.StartAsync(ChildId, SessionId, Input, current.Actor!, cancel) is not var (id, refusal)) return NotFound();
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
        var session = await db.VoiceSessions.AsNoTracking().Include(s => s.Child).SingleOrDefaultAsync(s => s.Id == SessionId && s.ChildId == ChildId, cancel);
        if (session?.Child is not { } child) return false;
        (Session, Child) = (session, child);
        HasPin = await modes.HasPinAsync(current.Actor!, cancel);
        Input.Look ??= Core.Voice.ChildMode.LookFor(child.AgeOn(session.OccurredOn));
        Input.Language ??= Core.Voice.ChildMode.LanguageFor(child.PreferredLanguage);
        return true;
    }
}
