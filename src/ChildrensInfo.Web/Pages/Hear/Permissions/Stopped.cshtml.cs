using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>It has stopped. What is to become of what is there may be said now, later or never. Where somebody else's yes counts for all that, the page says so.</summary>
public class StoppedModel(AppDbContext db, ConsentService consent, WithdrawalService withdrawals, RecipientNames recipients, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid EventId { get; set; }

    public Child Child { get; private set; } = null!;

    public Purpose Purpose { get; private set; }

    public ConsentDecision Decision { get; private set; } = ConsentDecision.NothingKnown;

    /// <summary>Whether it is this answer that stops it.</summary>
    public bool Counts => Decision.State == ConsentState.Withdrawn && Decision.EventId == EventId;

    /// <summary>Who said the yes that counts instead.</summary>
    public string? Yes { get; private set; }

    public IReadOnlyList<ShareShown> Shares { get; private set; } = [];

    /// <summary>Until when copies of the database hold what was deleted.</summary>
    public DateOnly? BackupsUntil { get; private set; }

    public bool HasMedia => Purpose is Purpose.Audio or Purpose.ImageWork or Purpose.ImagePerson;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var stop = await db.ConsentEvents.AsNoTracking().Include(e => e.Child).SingleOrDefaultAsync(e => e.Id == EventId && e.ChildId == ChildId, cancel);
        if (stop?.Child is not { } child || !ConsentRules.Denies(ConsentFact.Of(stop))) return NotFound();
        (Child, Purpose) = (child, stop.Purpose);
        Decision = await consent.DecideNowAsync(ChildId, Purpose, stop.ScopeId, cancel);
        if (Counts)
        {
            Shares = await ShareShown.OfAsync(db, consent, recipients, ChildId, Purpose, stop.ScopeId, cancel);
            BackupsUntil = await db.MediaErasures.Where(e => e.EventId == EventId && e.ChildId == ChildId).MaxAsync(e => (DateOnly?)e.BackupsUntil, cancel);
        }
        else if (Decision is { Allowed: true, EventId: { } yes })
        {
            Yes = IndexModel.WhoDecided(await db.ConsentEvents.AsNoTracking().Include(e => e.DecidedByRelationship).SingleAsync(e => e.Id == yes && e.ChildId == ChildId, cancel), child);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(WithdrawWants? wants, CancellationToken cancel)
    {
        if (await withdrawals.DecideAsync(ChildId, EventId, wants, current.Actor!, cancel) is not { } outcome) return NotFound();
        TempData["Success"] = outcome.Refusal?.Message ?? "Recorded. Nothing changes about the help they get.";
        // What is deleted, and until when copies hold it, stands on this page.
        return Redirect(outcome.IsDone && wants == WithdrawWants.DeleteRecording ? $"/hear/{ChildId}/permissions/{EventId}/stopped" : $"/hear/{ChildId}/permissions");
    }
}
