using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Need;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand;

/// <summary>Where permissions stand, as numbers: by purpose, and for one purpose by team, age and ethnic group.</summary>
public class PermissionsModel(ConsentCounts counts, NeedFigures figures, ICurrentActor current) : PageModel
{
    [FromQuery]
    public Purpose? Purpose { get; set; }

    public Figure Children { get; private set; }

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
        await figures.AuditReadAsync($"permissions {Purpose}", false, current.Actor!, cancel);
        return Page();
    }
}
