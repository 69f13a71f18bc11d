using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand;

/// <summary>Where permissions stand, as numbers: by purpose, and for one purpose by team, age and ethnic group.</summary>
public class PermissionsModel(AppDbContext db, ConsentCounts counts, ICurrentActor current, TimeProvider clock) : PageModel
{
    [FromQuery]
    public Purpose? Purpose { get; set; }

    public int? Children { get; private set; }

    public IReadOnlyList<PurposeStates> ByPurpose { get; private set; } = [];

    public StatesByGroup? ByGroup { get; private set; }

    /// <summary>The columns of the table by purpose: every state that any of them can stand in.</summary>
    public IReadOnlyList<ConsentState> States { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Purpose ??= Core.Consent.Purpose.Audio;
        if (!ModelState.IsValid || !Purposes.AskedInGeneral.Contains(Purpose.Value)) return NotFound();
        (Children, ByPurpose) = await counts.ByPurposeAsync(cancel);
        States = [.. ByPurpose.SelectMany(p => p.States.Keys).Distinct().Order()];
        ByGroup = await counts.ByGroupAsync(Purpose.Value, cancel);
        db.Add(AuditEntry.For(AuditActions.DashboardRead, current.Actor!, null, null, clock, $"permissions {Purpose}"));
        await db.SaveChangesAsync(cancel);
        return Page();
    }
}
