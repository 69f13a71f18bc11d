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

/// <summary>What is wrong with something that was written down.</summary>
public enum Wrong
{
    /// <summary>It was never said: the wrong answer, the wrong child.</summary>
    Mistake,

    /// <summary>It was said, and should not have been relied on.</summary>
    NotToBeReliedOn,
}

/// <summary>Marks one thing written down about a permission as a mistake, such a mark too, or a yes as one that should not have been relied on. Nothing is taken away.</summary>
public class PutRightModel(AppDbContext db, ConsentCorrections corrections, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid EventId { get; set; }

    [BindProperty]
    public PutRightForm Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public ConsentEvent Written { get; private set; } = null!;

    public bool IsYes => Written.Type is ConsentEventType.Given or ConsentEventType.Renewed;

    public sealed class PutRightForm
    {
        /// <summary>Made with the form, so that a double click marks once.</summary>
        public Guid Id { get; set; }

        public Wrong? What { get; set; }

        public string? Reason { get; set; }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7() };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Reason = FormText.AsTyped(Input.Reason);
        var outcome = Input.What switch
        {
            Wrong.Mistake => await corrections.MarkAsMistakeAsync(ChildId, EventId, Input.Id, Input.Reason, current.Actor!, cancel),
            Wrong.NotToBeReliedOn when IsYes => await corrections.InvalidateAsync(ChildId, EventId, Input.Id, Input.Reason, current.Actor!, cancel),
            _ => Outcome.Refused(IsYes ? nameof(Input.What) : "", "Choose what is wrong with it"),
        };
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = Input.What == Wrong.Mistake
            ? "Marked as a mistake. It stays in the history, and counts for nothing."
            : "Recorded that it should not have been relied on. What was made under it is locked.";
        return Redirect(IndexModel.AddressOf(ChildId, Written));
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var written = await db.ConsentEvents.AsNoTracking().Include(e => e.Child).Include(e => e.DecidedByRelationship)
            .SingleOrDefaultAsync(e => e.Id == EventId && e.ChildId == ChildId && e.Type != ConsentEventType.EnteredInError, cancel);
        if (written?.Child is not { } child) return false;
        (Written, Child) = (written, child);
        return true;
    }
}
