using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>Words that put a sealed record right, beside it and never in its place.</summary>
public class CorrectModel(AppDbContext db, KeyRing keys, KeptTrueService kept, DoNotTellService doNotTell, IValidator<CorrectVoice> validator, ICurrentActor current) : PageModel
{
    private const int VisitsOffered = 20;

    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid RecordId { get; set; }

    [BindProperty]
    public CorrectVoice Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public VoiceRecord Record { get; private set; } = null!;

    public string? Text { get; private set; }

    public IReadOnlyList<SelectListItem> Visits { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7(), SessionId = Record.SessionId };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Text = FormText.AsTyped(Input.Text);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await kept.CorrectAsync(ChildId, RecordId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Sealed beside it. What was recorded first stays.";
        return Redirect(ChildModel.AddressOf(ChildId, RecordId));
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords.AsNoTracking()).Include(r => r.Child).Include(r => r.Words)
            .SingleOrDefaultAsync(r => r.Id == RecordId && r.ChildId == ChildId && r.CorrectsId == null && r.Kind != VoiceKind.Declined, cancel);
        if (record?.Child is not { } child) return false;
        (Record, Child) = (record, child);
        Text = record.Words is { Sealed.Length: > 0 } words
            ? AnswerSheet.TextOf(record.Kind, record.ToolVersionId, await keys.OpenAsync(ChildId, words.Sealed, record.Id, SealPart.Words, cancel)) : null;
        Visits = [.. (await db.VoiceSessions.AsNoTracking().Where(s => s.ChildId == ChildId && s.OccurredOn >= record.HeardOn).OrderBy(s => s.OccurredOn).ThenBy(s => s.RecordedAt)
                .Take(VisitsOffered).Select(s => new { s.Id, s.OccurredOn, s.Place }).ToListAsync(cancel))
            .Select(s => new SelectListItem($"{Words.Day(s.OccurredOn)}, {Words.Of(s.Place)}{(s.Id == record.SessionId ? ": the visit it was recorded in" : "")}", s.Id.ToString()))];
        return true;
    }
}
