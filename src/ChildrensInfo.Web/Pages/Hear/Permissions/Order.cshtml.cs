using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>Two answers that may have come in either order: which was the last? Until a person says, the no counts.</summary>
public class OrderModel(AppDbContext db, ConsentCorrections corrections, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid EventId { get; set; }

    [FromRoute]
    public Guid OtherId { get; set; }

    [BindProperty]
    public OrderForm Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    /// <summary>The two, as their clocks have them.</summary>
    public IReadOnlyList<ConsentEvent> Two { get; private set; } = [];

    public sealed class OrderForm
    {
        /// <summary>Made with the form, so that a double click says it once.</summary>
        public Guid Id { get; set; }

        public Guid? LastId { get; set; }

        public string? Reason { get; set; }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Input = new() { Id = Guid.CreateVersion7() };
        return await LoadAsync(cancel) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Reason = FormText.AsTyped(Input.Reason);
        var outcome = Two.SingleOrDefault(e => e.Id == Input.LastId) is { } last
            ? await corrections.ResolveOrderAsync(ChildId, Input.Id, Two.Single(e => e.Id != last.Id).Id, last.Id, Input.Reason, current.Actor!, cancel)
            : Outcome.Refused(nameof(Input.LastId), "Choose which was said last");
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Recorded which was said last.";
        return Redirect(IndexModel.AddressOf(ChildId, Two[0]));
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        Two = await db.ConsentEvents.AsNoTracking().Include(e => e.Child).Include(e => e.DecidedByRelationship)
            .Where(e => e.ChildId == ChildId && (e.Id == EventId || e.Id == OtherId)).OrderBy(e => e.OccurredAt).ThenBy(e => e.Id).ToListAsync(cancel);
        if (Two is not [var one, var other] || one.Purpose != other.Purpose || one.Child is not { } child) return false;
        Child = child;
        return true;
    }
}
