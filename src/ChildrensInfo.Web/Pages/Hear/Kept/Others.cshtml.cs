using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>What others on a recording said about being on it.</summary>
public class OthersModel(AppDbContext db, KeptTrueService kept, KeptOfChild around, DoNotTellService doNotTell, IValidator<AnswerThirdParty> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid RecordId { get; set; }

    [BindProperty]
    public AnswerThirdParty Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public DateOnly HeardOn { get; private set; }

    public IReadOnlyList<KeptOfChild.Other> Others { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Choices => [.. Others.Select(o => new SelectListItem(o.Who, o.Id.ToString()))];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7(), VoiceId = (Others.FirstOrDefault(o => o.Allowed != true) ?? Others[0]).Id };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await kept.AnswerAsync(ChildId, RecordId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "The answer is kept.";
        return Redirect($"/hear/{ChildId}/records/{RecordId}/others");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords.AsNoTracking()).Include(r => r.Child)
            .Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Relationship)
            .SingleOrDefaultAsync(r => r.Id == RecordId && r.ChildId == ChildId, cancel);
        if (record?.Child is not { } child || record.ThirdPartyVoices.Count == 0) return false;
        (Child, HeardOn) = (child, record.HeardOn);
        var others = new List<KeptOfChild.Other>();
        foreach (var voice in record.ThirdPartyVoices.OrderBy(v => v.Id)) others.Add(await around.OtherAsync(voice, cancel));
        Others = others;
        return true;
    }
}
