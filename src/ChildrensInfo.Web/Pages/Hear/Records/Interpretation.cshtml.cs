using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Records;

/// <summary>What a worker thinks a sealed record means: a row of its own, below the words and never among them.</summary>
public class InterpretationModel(AppDbContext db, KeyRing keys, VoiceService voice, DoNotTellService doNotTell, IValidator<InterpretVoice> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid RecordId { get; set; }

    [BindProperty]
    public InterpretVoice Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public VoiceRecord Record { get; private set; } = null!;

    public string? Text { get; private set; }

    /// <summary>The version that the new one replaces.</summary>
    [FromQuery(Name = "supersedes")]
    public Guid? SupersedesId { get; set; }

    public string? Before { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7(), SupersedesId = SupersedesId };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Text = FormText.AsTyped(Input.Text);
        Input.BasedOn = FormText.AsTyped(Input.BasedOn);
        Input.Alternative = FormText.AsTyped(Input.Alternative);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await voice.InterpretAsync(ChildId, RecordId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Kept, below the words and apart from them.";
        return Redirect(ChildModel.AddressOf(ChildId, RecordId));
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords.AsNoTracking()).Include(r => r.Child).Include(r => r.Words)
            .SingleOrDefaultAsync(r => r.Id == RecordId && r.ChildId == ChildId && r.CorrectsId == null, cancel);
        if (record?.Child is not { } child) return false;
        (Record, Child) = (record, child);
        Text = record.Words is { Sealed.Length: > 0 } words ? await keys.OpenAsync(ChildId, words.Sealed, record.Id, SealPart.Words, cancel) : null;
        if (SupersedesId is not { } superseded) return true;
        var before = await db.Interpretations.AsNoTracking().SingleOrDefaultAsync(i => i.Id == superseded && i.VoiceRecordId == RecordId && i.ChildId == ChildId, cancel);
        if (before is null) return false;
        Before = await keys.OpenAsync(ChildId, before.Sealed, before.Id, SealPart.Interpretation, cancel);
        return true;
    }
}
