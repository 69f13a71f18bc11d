using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>What a record is about, as the child or a worker names it. The sealed words are not opened here.</summary>
public class ThemesModel(AppDbContext db, VoiceCodingService coding, KeptOfChild around, DoNotTellService doNotTell, IValidator<CodeVoice> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid RecordId { get; set; }

    [BindProperty]
    public CodeVoice Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public VoiceRecord Record { get; private set; } = null!;

    public IReadOnlyList<VoiceCoding> Named { get; private set; } = [];

    public Guid PersonId => current.Actor!.PersonId;

    public IReadOnlyList<SelectListItem> ThemeItems { get; } = [new("", ""), .. Themes.All.Select(t => new SelectListItem(t.Label, t.Key))];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (await coding.CodeAsync(ChildId, RecordId, Input, current.Actor!, cancel) is not { } outcome) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Named. The words stay sealed as they are.";
        return Redirect($"/hear/{ChildId}/records/{RecordId}/themes");
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(cancel) || await coding.RemoveAsync(ChildId, RecordId, id, current.Actor!, cancel) is not { } outcome) return NotFound();
        return await AnswerAsync(outcome, "Taken away.", cancel);
    }

    public async Task<IActionResult> OnPostSecondAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(cancel) || await coding.SecondAsync(ChildId, RecordId, id, current.Actor!, cancel) is not { } outcome) return NotFound();
        return await AnswerAsync(outcome, "Kept: two of you read it so.", cancel);
    }

    private async Task<IActionResult> AnswerAsync(Outcome outcome, string done, CancellationToken cancel)
    {
        if (!outcome.IsDone)
        {
            // As it stands now, after what somebody else did.
            await LoadAsync(cancel);
            ModelState.Clear();
            ModelState.AddModelError("", outcome.Refusal!.Message);
            return Page();
        }

        TempData["Success"] = done;
        return Redirect($"/hear/{ChildId}/records/{RecordId}/themes");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords.AsNoTracking()).Include(r => r.Child).SingleOrDefaultAsync(r => r.Id == RecordId && r.ChildId == ChildId && r.MovedAt == null, cancel);
        if (record?.Child is not { } child) return false;
        (Child, Record) = (child, record);
        Named = (await around.NamedAsync([RecordId], cancel)).GetValueOrDefault(RecordId, []);
        return true;
    }
}
