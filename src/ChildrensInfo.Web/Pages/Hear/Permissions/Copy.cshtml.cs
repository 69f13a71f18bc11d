using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>"My copy": one decision, in the words it was asked in, for whoever made it to keep.</summary>
public class CopyModel(AppDbContext db, KeyRing keys, AskingService asking, RecipientNames recipients, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid EventId { get; set; }

    public ConsentEvent Decided { get; private set; } = null!;

    public Child Child { get; private set; } = null!;

    public CouncilNames Council { get; private set; } = null!;

    public WordingShown? Shown { get; private set; }

    /// <summary>Whom or what it is for, by name.</summary>
    public string? Recipient { get; private set; }

    public string Who { get; private set; } = "";

    public string By { get; private set; } = "";

    /// <summary>Who asked, when that was not who wrote it down.</summary>
    public string? AskedBy { get; private set; }

    public bool IsMistake { get; private set; }

    /// <summary>The last day of a yes.</summary>
    public DateOnly? LastDay { get; private set; }

    /// <summary>The language of the copy: that of the words, as far as the portal speaks it.</summary>
    public bool IsWelsh => Decided.Wording?.Language == "cy";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var decided = await db.ConsentEvents.AsNoTracking().Include(e => e.Child).Include(e => e.Wording).Include(e => e.DecidedByRelationship)
            .SingleOrDefaultAsync(e => e.Id == EventId && e.ChildId == ChildId && e.Type != ConsentEventType.EnteredInError, cancel);
        if (decided?.Child is not { } child) return NotFound();
        (Decided, Child) = (decided, child);
        Council = await CouncilNames.OfActorAsync(db, cancel);
        Recipient = await recipients.OfAsync(ChildId, decided.Purpose, decided.ScopeId, cancel, IsWelsh);
        Shown = decided switch
        {
            { Wording: { } wording, ShownSealed: { } kept } => WordingShown.Kept(wording, await keys.OpenAsync(ChildId, kept, decided.Id, SealPart.ConsentShown, cancel)),
            // Written down before what was shown was kept: today's names stand in it.
            { Wording: { } wording } => WordingShown.Of(wording, Council, Recipient),
            _ => null,
        };
        LastDay = decided.ExpiresOn is null ? null : ConsentRules.LastDay(decided.Scope, decided.ExpiresOn, await db.VoiceSessions.Where(s => s.Id == decided.ScopeId && s.ChildId == ChildId).Select(s => (DateOnly?)s.OccurredOn).SingleOrDefaultAsync(cancel), decided.OccurredAt);
        Who = decided.DecidedByRelationship?.Name ?? (decided.DecidedBy == DecidedBy.LocalAuthority ? Council.In(IsWelsh ? "cy" : "en") : child.CalledName);
        By = await db.Users.Where(u => u.Id == decided.RecordedById).Select(u => u.DisplayName).SingleAsync(cancel);
        AskedBy = decided.AskedById is null ? null : await db.Users.Where(u => u.Id == decided.AskedById).Select(u => u.DisplayName).SingleOrDefaultAsync(cancel);
        IsMistake = await db.ConsentEvents.AnyAsync(e => e.ChildId == ChildId && e.CorrectsEventId == EventId, cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(ReceiptForm? form, CancellationToken cancel)
    {
        if (form is not { } given || !await asking.IssueAsync(ChildId, EventId, given, current.Actor!, cancel)) return NotFound();
        TempData["Success"] = "Recorded that they have their copy.";
        return Redirect($"/hear/{ChildId}/permissions");
    }
}
