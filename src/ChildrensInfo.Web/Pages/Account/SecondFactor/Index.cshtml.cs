using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Account.SecondFactor;

/// <summary>What the person signs in with beside their password; where whoever must have something is led until they have it.</summary>
public class IndexModel(SecondFactorService factors, SecondFactorRule rule, ProviderRule providers, AppDbContext db, ICurrentActor current) : PageModel
{
    private const string CodesKey = "RecoveryCodes";

    public SecondFactorService.State State { get; private set; } = null!;

    public bool IsWanted => rule.Requires(current.Actor!.Role);

    /// <summary>Their provider asked for a second step, which counts here.</summary>
    public bool IsShownThere => HttpContext.Items[typeof(SignIn)] is SignIn { SecondFactorThere: true };

    /// <summary>Whose account is their only way in; then there is no password to change.</summary>
    public string? OnlyWith { get; private set; }

    /// <summary>Shown once: the next time the page is opened they are gone.</summary>
    public IReadOnlyList<string> RecoveryCodes { get; private set; } = [];

    public static void KeepCodes(PageModel page, IReadOnlyList<string> codes)
    {
        if (codes.Count > 0) page.TempData[CodesKey] = string.Join(' ', codes);
    }

    public async Task OnGetAsync(CancellationToken cancel)
    {
        State = await factors.StateAsync(current.Actor!, cancel);
        OnlyWith = (await providers.OnlyOfAsync(await db.Users.AsNoTracking().SingleAsync(u => u.Id == current.Actor!.PersonId, cancel), cancel))?.Name;
        if (TempData[CodesKey] is string codes) RecoveryCodes = codes.Split(' ');
    }

    public async Task<IActionResult> OnPostCodesAsync(CancellationToken cancel)
    {
        if (!(await factors.StateAsync(current.Actor!, cancel)).IsOn) return NotFound();
        KeepCodes(this, await factors.NewRecoveryCodesAsync(current.Actor!, cancel));
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostRemoveAppAsync(CancellationToken cancel) =>
        await AnswerAsync(await factors.RemoveAppAsync(IsWanted, current.Actor!, cancel), "The app is removed. You are signed out on every other device.", cancel);

    public async Task<IActionResult> OnPostRemovePasskeyAsync(byte[]? id, CancellationToken cancel) =>
        id is not null && await factors.RemovePasskeyAsync(id, IsWanted, current.Actor!, cancel) is { } outcome
            ? await AnswerAsync(outcome, "The passkey is removed. You are signed out on every other device.", cancel)
            : NotFound();

    private async Task<IActionResult> AnswerAsync(Outcome outcome, string done, CancellationToken cancel)
    {
        if (!ModelState.Accept(outcome, ""))
        {
            State = await factors.StateAsync(current.Actor!, cancel);
            return Page();
        }

        await SignInGate.RenewAsync(HttpContext, current.Actor!, endOthers: true);
        TempData["Success"] = done;
        return RedirectToPage();
    }
}
