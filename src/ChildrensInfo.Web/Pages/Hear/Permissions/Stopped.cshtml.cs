using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>It has stopped. What is to become of what is there may be said now, later or never.</summary>
public class StoppedModel(AppDbContext db, ConsentService consent, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid EventId { get; set; }

    public Child Child { get; private set; } = null!;

    public Purpose Purpose { get; private set; }

    public bool HasMedia => Purpose is Purpose.Audio or Purpose.ImageWork or Purpose.ImagePerson;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var stop = await db.ConsentEvents.AsNoTracking().Include(e => e.Child).SingleOrDefaultAsync(e => e.Id == EventId && e.ChildId == ChildId && e.Type == ConsentEventType.Withdrawn, cancel);
        if (stop?.Child is not { } child) return NotFound();
        (Child, Purpose) = (child, stop.Purpose);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(WithdrawWants? wants, CancellationToken cancel)
    {
        if (await consent.DecideWithdrawalAsync(ChildId, EventId, wants, current.Actor!, cancel) is not { } outcome) return NotFound();
        TempData["Success"] = outcome.Refusal?.Message ?? "Recorded. Nothing changes about the help they get.";
        return Redirect($"/hear/{ChildId}/permissions");
    }
}
