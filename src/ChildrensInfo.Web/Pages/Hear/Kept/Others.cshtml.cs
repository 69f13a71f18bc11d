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

/// <summary>Who else can be heard on a recording, and what they said about being on it.</summary>
public class OthersModel(AppDbContext db, KeptTrueService kept, KeptOfChild around, OtherVoices voices, DoNotTellService doNotTell, IValidator<AnswerThirdParty> validator, IValidator<NameThirdParty> naming,
    IValidator<AnswerRecording> answering, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid RecordId { get; set; }

    [BindProperty]
    public AnswerThirdParty Input { get; set; } = new();

    [BindProperty]
    public NameThirdParty Named { get; set; } = new();

    [BindProperty]
    public AnswerRecording Heard { get; set; } = new();

    /// <summary>Nobody has said yet whether anybody else can be heard.</summary>
    public bool IsOpen { get; private set; }

    public Earshot Earshot { get; private set; } = new([], []);

    public Child Child { get; private set; } = null!;

    public DateOnly HeardOn { get; private set; }

    public IReadOnlyList<KeptOfChild.Other> Others { get; private set; } = [];

    /// <summary>Those in the child's life who are not named yet.</summary>
    public IReadOnlyList<SelectListItem> People { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Choices => [.. Others.Select(o => new SelectListItem(o.Who, o.Id.ToString()))];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Begin();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        var input = Input;
        Begin();
        Input = input;
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await kept.AnswerAsync(ChildId, RecordId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "The answer is kept.";
        return Redirect($"/hear/{ChildId}/records/{RecordId}/others");
    }

    /// <summary>Whether there is anybody, where nobody was asked before: in child mode the child is not.</summary>
    public async Task<IActionResult> OnPostHeardAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        ModelState.Clear();
        Heard.OthersDescribed = FormText.AsTyped(Heard.OthersDescribed);
        Heard.ForgetUnderNobody();
        var heard = Heard;
        Begin();
        Heard = heard;
        if (!await ModelState.ValidateAsync(answering, Heard, nameof(Heard), cancel)) return Page();
        var outcome = await kept.AnswerRecordingAsync(ChildId, RecordId, Heard, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Heard))) return Page();
        TempData["Success"] = Heard.AnybodyElseHeard == true ? "Written down. The recording is held until they have said yes." : "Written down: nobody else can be heard on it.";
        return Redirect($"/hear/{ChildId}/records/{RecordId}/others");
    }

    /// <summary>Somebody who was not named before.</summary>
    public async Task<IActionResult> OnPostNameAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        ModelState.Clear();
        Named.Described = FormText.AsTyped(Named.Described);
        var named = Named;
        Begin();
        Named = named;
        if (!await ModelState.ValidateAsync(naming, Named, nameof(Named), cancel)) return Page();
        var outcome = await kept.NameAsync(ChildId, RecordId, Named, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Named))) return Page();
        TempData["Success"] = "Written down. The recording is held until they have said yes.";
        return Redirect($"/hear/{ChildId}/records/{RecordId}/others");
    }

    private void Begin()
    {
        Input = new() { Id = Guid.CreateVersion7(), VoiceId = Others.OrderBy(o => o.Allowed == true).FirstOrDefault()?.Id ?? Guid.Empty };
        Named = new() { Id = Guid.CreateVersion7() };
        Heard = new() { Id = Guid.CreateVersion7(), OthersHeard = [.. Earshot.Known.Where(id => People.Any(p => p.Value == $"{id}"))] };
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords.AsNoTracking()).Include(r => r.Child)
            .Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Relationship)
            .SingleOrDefaultAsync(r => r.Id == RecordId && r.ChildId == ChildId, cancel);
        if (record?.Child is not { } child || record.Kind != VoiceKind.Audio) return false;
        (Child, HeardOn, IsOpen) = (child, record.HeardOn, record.AnybodyElseHeard is null);
        var people = await db.Relationships.AsNoTracking().Where(r => r.ChildId == ChildId).OrderBy(r => r.Name).ToListAsync(cancel);
        if (IsOpen) Earshot = await voices.NearAsync(ChildId, record.SessionId, people, cancel);
        People = [.. people.Where(r => !record.ThirdPartyVoices.Exists(v => v.RelationshipId == r.Id))
            .Select(r => new SelectListItem($"{r.Name}, {Words.Of(r.Kind).ToLowerInvariant()}", r.Id.ToString()))];
        var others = new List<KeptOfChild.Other>();
        foreach (var voice in record.ThirdPartyVoices.OrderBy(v => v.Id)) others.Add(await around.OtherAsync(voice, cancel));
        Others = others;
        return true;
    }
}
