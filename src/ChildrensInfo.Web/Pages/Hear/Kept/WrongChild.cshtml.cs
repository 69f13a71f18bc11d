using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>Moves a record to the child whose it is.</summary>
public class WrongChildModel(AppDbContext db, WrongChildService wrong, DoNotTellService doNotTell, IValidator<MoveRecord> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid RecordId { get; set; }

    [BindProperty]
    public MoveRecord Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public VoiceRecord Record { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> Children { get; private set; } = [];

    /// <summary>Whether the same was asked of us in other records, so that it moves only with them.</summary>
    public bool IsAskedElsewhere { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7() };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        // The second press of a double click finds nothing to load any more, and is shown the report of the first.
        if (await LoadAsync(cancel) && !await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (await wrong.MoveAsync(ChildId, RecordId, Input, current.Actor!, cancel) is not { } done) return NotFound();
        if (!ModelState.Accept(done.Outcome, nameof(Input)))
        {
            return await LoadAsync(cancel) ? Page() : NotFound();
        }

        TempData["Success"] = "Moved. Complete the breach report now, while you remember.";
        return Redirect($"/hear/{done.Report!.ChildId}/breaches/{done.Report.Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords.AsNoTracking()).Include(r => r.Child)
            .SingleOrDefaultAsync(r => r.Id == RecordId && r.ChildId == ChildId && r.CorrectsId == null, cancel);
        if (record?.Child is not { } child) return false;
        (Record, Child) = (record, child);
        IsAskedElsewhere = await wrong.IsAskedElsewhereAsync(ChildId, RecordId, cancel);
        Children = [.. (await db.Children.AsNoTracking().Where(c => c.Id != ChildId).ToListAsync(cancel)).OrderBy(c => c.DisplayName, StringComparer.CurrentCulture)
            .Select(c => new SelectListItem(c.BornOn is { } born ? $"{c.DisplayName}, born {Words.Day(born)}" : c.DisplayName, c.Id.ToString()))];
        return true;
    }
}
