using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern.Wordings;

/// <summary>What families are read for one purpose, and what is being written.</summary>
public class IndexModel(AppDbContext db, TimeProvider clock) : PageModel
{
    [FromQuery]
    public Purpose? Purpose { get; set; }

    public IReadOnlyList<Wording> InForce { get; private set; } = [];

    public IReadOnlyList<DraftRow> Drafts { get; private set; } = [];

    public sealed record DraftRow(Guid Id, Purpose Purpose, string Language, WordingFormat Format, AgeBand AgeBand, WordingDraftState State, DateTime WrittenAt, string By);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!ModelState.IsValid) return NotFound();
        Purpose ??= Core.Consent.Purpose.KeepRecord;
        InForce = [.. WordingService.InForce(await db.Wordings.AsNoTracking().Where(w => w.Purpose == Purpose).ToListAsync(cancel), clock.GetUtcNow().UtcDateTime)
            .OrderBy(w => w.AgeBand).ThenBy(w => w.Format).ThenBy(w => w.Language != "en").ThenBy(w => w.Language, StringComparer.Ordinal)];
        Drafts = await db.WordingDrafts.AsNoTracking().Where(d => d.State != WordingDraftState.Approved && d.State != WordingDraftState.Discarded)
            .OrderBy(d => d.State != WordingDraftState.Waiting).ThenByDescending(d => d.WrittenAt)
            .Select(d => new DraftRow(d.Id, d.Purpose, d.Language, d.Format, d.AgeBand, d.State, d.WrittenAt, db.Users.Where(u => u.Id == d.WrittenById).Select(u => u.DisplayName).Single())).ToListAsync(cancel);
        return Page();
    }
}
