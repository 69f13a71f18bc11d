using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern;

/// <summary>How a purpose is asked for in this council, who set that and why, from the first setting on.</summary>
public class PurposeModel(AppDbContext db, PurposeService purposes, IValidator<SetPurpose> validator, ICurrentActor current, TimeProvider clock) : PageModel
{
    [FromRoute]
    public Purpose Purpose { get; set; }

    [BindProperty]
    public SetPurpose Input { get; set; } = new();

    public IReadOnlyList<(PurposeSetting Setting, string By)> History { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        var rules = await purposes.RulesAsync(Purpose, clock.GetUtcNow().UtcDateTime, cancel);
        Input = new() { Basis = rules.Basis, MonthsValid = rules.MonthsValid, MonthsValidForYoungChild = rules.MonthsValidForYoungChild, CoolingDays = rules.CoolingDays, LocalText = rules.LocalText };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        (Input.LocalText, Input.Reason) = (FormText.AsTyped(Input.LocalText), FormText.AsTyped(Input.Reason));
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (!ModelState.Accept(await purposes.SetAsync(Purpose, Input, current.Actor!, cancel), nameof(Input))) return Page();
        TempData["Success"] = "Set. It holds from now on; what was decided before stays as it was.";
        return Redirect($"/govern/purposes/{Purpose}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (ModelState.TryGetValue(nameof(Purpose), out var read) && read.Errors.Count > 0 || !Enum.IsDefined(Purpose)) return false;
        var settings = await db.PurposeSettings.AsNoTracking().Where(s => s.Purpose == Purpose).OrderByDescending(s => s.SetAt).ToListAsync(cancel);
        var ids = settings.Select(s => s.SetById).ToList();
        var names = await db.Users.Where(u => ids.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        History = [.. settings.Select(s => (s, names.GetValueOrDefault(s.SetById, "")))];
        return true;
    }
}
