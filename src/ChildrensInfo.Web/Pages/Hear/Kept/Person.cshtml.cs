using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>Says of a photo that is sealed whether a person can be recognised on it: of one from before that was asked, or where “no” was wrong.</summary>
public class PersonModel(AppDbContext db, KeptTrueService kept, DoNotTellService doNotTell, IValidator<AnswerPhoto> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid RecordId { get; set; }

    [BindProperty]
    public AnswerPhoto Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public VoiceRecord Record { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7() };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await kept.AnswerPhotoAsync(ChildId, RecordId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Kept. Whether the photo is shown, or deleted, goes by that.";
        return Redirect(ChildModel.AddressOf(ChildId, RecordId));
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords.AsNoTracking()).Include(r => r.Child)
            .SingleOrDefaultAsync(r => r.Id == RecordId && r.ChildId == ChildId && r.Kind == VoiceKind.Photo, cancel);
        if (record?.Child is not { } child) return false;
        (Record, Child) = (record, child);
        return true;
    }
}
