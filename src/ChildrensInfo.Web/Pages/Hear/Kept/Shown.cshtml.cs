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

/// <summary>Whether a child saw what a worker thinks of their words, and what they said to it.</summary>
public class ShownModel(AppDbContext db, KeyRing keys, KeptTrueService kept, DoNotTellService doNotTell, IValidator<ShowInterpretation> validator, ICurrentActor current) : PageModel
{
    private const int AnswersOffered = 20;

    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid Id { get; set; }

    [BindProperty]
    public ShowInterpretation Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public Interpretation Interpretation { get; private set; } = null!;

    public string Text { get; private set; } = "";

    /// <summary>What the child said since: by day and kind, never the words themselves.</summary>
    public IReadOnlyList<SelectListItem> Answers { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7() };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        // A field of a choice that was not made says nothing.
        if (Input.Saw != ChildSaw.Yes) Input.ResponseRecordId = null;
        Input.Why = Input.Saw == ChildSaw.NotAppropriate ? FormText.AsTyped(Input.Why) : null;
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await kept.ShowAsync(ChildId, Id, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Kept.";
        return Redirect(ChildModel.AddressOf(ChildId, Interpretation.VoiceRecordId));
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var readable = doNotTell.ReadableBy(current.Actor!, db.VoiceRecords.AsNoTracking()).Where(r => r.ChildId == ChildId);
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        var interpretation = await doNotTell.InterpretationsReadableBy(current.Actor!).AsNoTracking().SingleOrDefaultAsync(i => i.Id == Id && i.ChildId == ChildId, cancel);
        if (child is null || interpretation is null) return false;
        (Child, Interpretation) = (child, interpretation);
        Text = await keys.OpenAsync(ChildId, interpretation.Sealed, interpretation.Id, SealPart.Interpretation, cancel);
        Answers = [.. (await readable.Where(r => r.Id != interpretation.VoiceRecordId && r.CorrectsId == null && r.SealedAt >= interpretation.CreatedAt
                    && r.Kind != VoiceKind.Declined && (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson))
                .OrderByDescending(r => r.SealedAt).Take(AnswersOffered).ToListAsync(cancel))
            .Select(r => new SelectListItem($"{Words.Of(r.Kind, r.Speaker)}, {Words.Of(r.Subjects)}, {Words.Day(r.HeardOn)}", r.Id.ToString()))];
        return true;
    }
}
