using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Access;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Records;

/// <summary>What a recording says, typed while listening, or drafted by a machine and put right; the one page where drafts are seen.</summary>
public class TranscriptModel(
    AppDbContext db, TranscriptService transcripts, PurposeService purposes, IValidator<TypeTranscript> validator, ICurrentActor current, TimeProvider clock) : PageModel
{
    private Dictionary<Guid, string> names = [];

    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid RecordId { get; set; }

    [BindProperty]
    public TypeTranscript Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public VoiceRecord Record { get; private set; } = null!;

    public HoldState Hold { get; private set; }

    public IReadOnlyList<ReadTranscript> Versions { get; private set; } = [];

    public AcceptedTranscript? Accepted { get; private set; }

    public bool HasMachine { get; private set; }

    public ConsentDecision Permission { get; private set; } = ConsentDecision.NothingKnown;

    /// <summary>The council tells about the machine, and does not ask.</summary>
    public bool IsTold { get; private set; }

    /// <summary>The last time the machine was asked.</summary>
    public Job? Job { get; private set; }

    public bool IsDrafting => Job?.State is JobState.Waiting or JobState.Running;

    private string Here => $"/hear/{ChildId}/records/{RecordId}/transcript";

    public string NameOf(Guid person) => names.GetValueOrDefault(person, "a worker");

    /// <param name="from">The version to begin from.</param>
    public async Task<IActionResult> OnGetAsync(Guid? from, CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        var begun = Versions.FirstOrDefault(v => v.Id == from);
        Input = new() { Id = Guid.CreateVersion7(), FromId = begun?.Id, Text = begun?.Text };
        return Page();
    }

    /// <summary>How far the machine is, asked again and again while somebody waits: nothing of the record is opened for it.</summary>
    [ShowsNothingOfTheChild]
    public async Task<IActionResult> OnGetProgressAsync(CancellationToken cancel)
    {
        if (!await FindAsync(cancel)) return NotFound();
        Job = await LastJobAsync(cancel);
        return Partial("_Drafting", this);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Text = FormText.AsTyped(Input.Text);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        return Answer(await transcripts.TypeAsync(ChildId, RecordId, Input, current.Actor!, cancel), "Kept. It counts once somebody who has listened accepts it.");
    }

    public async Task<IActionResult> OnPostAcceptAsync(Guid versionId, CancellationToken cancel)
    {
        if (!await LoadForAnotherFormAsync(cancel)) return NotFound();
        return Answer(await transcripts.AcceptAsync(ChildId, RecordId, versionId, current.Actor!, cancel), "Accepted. It is shown under the recording.");
    }

    public async Task<IActionResult> OnPostDraftAsync(Guid draftId, CancellationToken cancel)
    {
        if (!await LoadForAnotherFormAsync(cancel)) return NotFound();
        return Answer(await transcripts.AskDraftAsync(ChildId, RecordId, draftId, current.Actor!, cancel), null);
    }

    private IActionResult Answer(Outcome? outcome, string? said)
    {
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        if (said is not null) TempData["Success"] = said;
        return Redirect(Here);
    }

    /// <summary>The forms beside the box send nothing of what is in it; only what they ask for is judged.</summary>
    private async Task<bool> LoadForAnotherFormAsync(CancellationToken cancel)
    {
        ModelState.Clear();
        Input = new() { Id = Guid.CreateVersion7() };
        return await LoadAsync(cancel);
    }

    private async Task<bool> FindAsync(CancellationToken cancel)
    {
        if (await transcripts.FindAsync(ChildId, RecordId, current.Actor!, cancel) is not var (record, hold)) return false;
        (Record, Child, Hold) = (record, record.Child!, hold);
        return true;
    }

    private Task<Job?> LastJobAsync(CancellationToken cancel) =>
        db.Jobs.AsNoTracking().Where(j => j.SubjectId == RecordId && j.Kind == JobKind.DraftTranscript).OrderByDescending(j => j.RequestedAt).FirstOrDefaultAsync(cancel);

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (!await FindAsync(cancel)) return false;
        if (Hold != HoldState.None) return true;
        Versions = await transcripts.VersionsAsync(Record, cancel);
        Accepted = (await transcripts.AcceptedAsync(ChildId, [RecordId], current.Actor!, cancel)).GetValueOrDefault(RecordId);
        IsTold = (await purposes.RulesAsync(Purpose.TranscribeMachine, clock.GetUtcNow().UtcDateTime, cancel)).Basis == PurposeBasis.NoticeOnly;
        (HasMachine, Permission) = await transcripts.MayDraftAsync(ChildId, RecordId, current.Actor!, cancel);
        Job = await LastJobAsync(cancel);
        var people = Versions.Select(v => v.AuthorId).Concat(Accepted is null ? [] : [Accepted.AcceptedById]).Distinct().ToList();
        names = await db.Users.Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return true;
    }
}
