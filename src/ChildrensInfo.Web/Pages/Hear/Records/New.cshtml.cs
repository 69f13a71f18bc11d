using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Pages.Hear.Kept;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Records;

/// <summary>
/// One thing somebody said in a visit, in whichever way they say it, then sealed. A photo comes with the form and stays in memory until it is kept
/// encrypted: a temporary file would hold it in the clear.
/// </summary>
[SecurityHeaders.MayUseMicrophone]
[RequestSizeLimit(LargestForm)]
[RequestFormLimits(MultipartBodyLengthLimit = LargestForm, MemoryBufferThreshold = LargestForm)]
public class NewModel(
    AppDbContext db, VoiceService voice, DoNotTellService doNotTell, VoiceMediaService media, RecordingService recordings, ToolService tools, ConsentService consent, RecipientNames recipients, OtherVoices others, IValidator<RecordVoice> validator, ICurrentActor current) : PageModel
{
    /// <summary>Twice the largest photo, so that one too large is told so beside the field.</summary>
    public const int LargestForm = 40 * 1024 * 1024;

    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid SessionId { get; set; }

    /// <summary>Which of the ways was chosen.</summary>
    [FromQuery(Name = "as")]
    public VoiceKind As { get; set; } = VoiceKind.TypedText;

    /// <summary>The version of the tool that is shown.</summary>
    [FromQuery(Name = "tool")]
    public Guid? ToolId { get; set; }

    /// <summary>The drawing or photo that is talked about.</summary>
    [FromQuery(Name = "about")]
    public Guid? AboutId { get; set; }

    /// <summary>The recording that an earlier page did not finish, to go on with.</summary>
    [FromQuery(Name = "recording")]
    public Guid? RecordingId { get; set; }

    [BindProperty]
    public RecordVoice Input { get; set; } = new();

    [BindProperty]
    public IFormFile? Photo { get; set; }

    public Child Child { get; private set; } = null!;

    public VoiceSession Session { get; private set; } = null!;

    public ConsentDecision Recording { get; private set; } = ConsentDecision.NothingKnown;

    public ConsentDecision Photographing { get; private set; } = ConsentDecision.NothingKnown;

    /// <summary>Of photos on which a person can be recognised.</summary>
    public ConsentDecision PhotographingPeople { get; private set; } = ConsentDecision.NothingKnown;

    /// <summary>Whether they were told that what they say is written down: it is, told or not.</summary>
    public ConsentDecision Keeping { get; private set; } = ConsentDecision.NothingKnown;

    /// <summary>What was not settled before this visit: asked about again in it, when the child is ready and not before.</summary>
    public IReadOnlyList<(Purpose Purpose, Guid? ScopeId, string? Recipient)> WhenReady { get; private set; } = [];

    /// <summary>The no is the child's own, and not somebody's for them: only then may the page say that the child said it.</summary>
    public bool ChildSaidNo { get; private set; }

    public ToolVersion? Version { get; private set; }

    public VoiceRecord? About { get; private set; }

    /// <summary>The drawing or photo that is talked about may be looked at now.</summary>
    public bool AboutIsShown { get; private set; }

    /// <summary>Tools made for a child of this age, then the others.</summary>
    public IReadOnlyList<OfferedTool> Tools { get; private set; } = [];

    public UnfinishedRecording? Unfinished { get; private set; }

    /// <summary>What was recorded before a yes for the visit ended with it can still be sealed.</summary>
    public bool MayGoOn { get; private set; }

    /// <summary>The others of this worker's in this visit that were not sealed.</summary>
    public IReadOnlyList<UnfinishedRecording> LeftHere { get; private set; } = [];

    public IReadOnlyList<SelectListItem> ParentsAndCarers { get; private set; } = [];

    /// <summary>Who may be heard on a recording of this visit.</summary>
    public Earshot Earshot { get; private set; } = new([], []);

    public IReadOnlyList<SelectListItem> LanguageItems { get; private set; } = [];

    /// <summary>Whose the draft kept in this browser is.</summary>
    public Guid PersonId => current.Actor!.PersonId;

    /// <summary>What this child is as a speaker, by their age on the day.</summary>
    public Speaker ChildAsSpeaker => VoiceService.SpeakerOf(Child, Session.OccurredOn);

    /// <summary>What stands between a child and the way chosen; null when nothing needs asking first.</summary>
    public (Purpose Purpose, ConsentDecision Decision)? AskedFirst => As switch
    {
        VoiceKind.Audio => (Purpose.Audio, Recording),
        VoiceKind.Photo => (Purpose.ImageWork, Photographing),
        _ => null,
    };

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7(), Language = Version?.Language ?? Child.PreferredLanguage, ToolVersionId = Version?.Id, ExplainsId = About?.Id, Subjects = [.. About?.Subjects ?? []] };
        if (As == VoiceKind.Declined) Input.Offered = Session.Offered;
        Input.Before.OthersHeard = [.. Earshot.Known];
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Kind = As;
        Input.ToolVersionId = Version?.Id;
        Input.ExplainsId = About?.Id;
        Input.Text = FormText.AsTyped(Input.Text);
        Input.Said = FormText.AsTyped(Input.Said);
        Input.Prompt = FormText.AsTyped(Input.Prompt);
        foreach (var answer in Input.Answers) answer.Words = FormText.AsTyped(answer.Words);
        if (As == VoiceKind.Photo && Photo is { Length: > 0 } photo && !await KeepPhotoAsync(photo, cancel)) return Page();

        // Beside the other questions that are open: what comes from a device is taken without it.
        if (As == VoiceKind.Photo && Input.ShowsPerson is null) ModelState.AddModelError($"{nameof(Input)}.{nameof(Input.ShowsPerson)}", VoiceMediaService.SayWhetherPerson);

        if (As == VoiceKind.Audio && Input.Before.AnybodyElseHeard is null) ModelState.AddModelError($"{nameof(Input)}.Before.{nameof(BeforeSealing.AnybodyElseHeard)}", OthersOnRecordingValidator.SayWhether);

        if (Version is { Tool: { } tool } version)
        {
            var (_, refusals) = ToolAnswers.Read(tool.Key, tool.Kind, version.Number, version.Title, version.Definition, Input.Answers, Input.Order, Input.Skipped, Input.Said);
            foreach (var refusal in refusals) ModelState.AddModelError(refusal.Field.Length == 0 ? "" : $"{nameof(Input)}.{refusal.Field}", refusal.Message);
        }

        if (Version is not null && Input.Provenance is null) ModelState.AddModelError($"{nameof(Input)}.{nameof(Input.Provenance)}", RecordVoiceValidator.SayWhoseHand);

        Input.Before.OthersDescribed = FormText.AsTyped(Input.Before.OthersDescribed);
        Input.Before.ForgetUnderNobody();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel))
        {
            Input.Before.GoBack(ModelState);
            return Page();
        }

        var outcome = await voice.RecordAsync(ChildId, SessionId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input)))
        {
            if (outcome.Refusal!.Message == VoiceService.SealedBefore)
            {
                ModelState.Remove($"{nameof(Input)}.{nameof(Input.Id)}");
                Input.Id = Guid.CreateVersion7();
            }

            return Page();
        }

        TempData["Success"] = "Sealed. Nobody can change it now.";
        return Redirect($"/hear/{ChildId}");
    }

    public async Task<IActionResult> OnPostDiscardAsync(CancellationToken cancel)
    {
        if (RecordingId is not { } fileId || await recordings.DiscardAsync(ChildId, SessionId, fileId, current.Actor!, cancel) is not { } outcome) return NotFound();
        if (outcome.IsDone)
        {
            TempData["Success"] = "Discarded. Nothing of the recording is left.";
            return Redirect($"/hear/{ChildId}/visits/{SessionId}/words/new?as=Audio");
        }

        if (!await LoadAsync(cancel)) return NotFound();
        ModelState.Clear();
        ModelState.AddModelError("", outcome.Refusal!.Message);
        return Page();
    }

    /// <summary>Keeps the photo before anything else is looked at: a question left open must not cost it.</summary>
    private async Task<bool> KeepPhotoAsync(IFormFile photo, CancellationToken cancel)
    {
        using var bytes = new MemoryStream((int)photo.Length);
        await photo.CopyToAsync(bytes, cancel);
        var kept = await media.KeepPhotoAsync(ChildId, FileKind.VoicePhoto, bytes.ToArray(), current.Actor!, cancel, SessionId, Input.ShowsPerson);
        if (kept is not { } answer || !ModelState.Accept(answer.Outcome, nameof(Input))) return false;
        ModelState.Remove($"{nameof(Input)}.{nameof(Input.FileId)}");
        Input.FileId = answer.FileId;
        return true;
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (!Enum.IsDefined(As)) As = VoiceKind.TypedText;
        var session = await db.VoiceSessions.AsNoTracking().Include(s => s.Child).SingleOrDefaultAsync(s => s.Id == SessionId && s.ChildId == ChildId, cancel);
        if (session?.Child is not { } child) return false;
        (Session, Child) = (session, child);
        if (AboutId is { } about)
        {
            About = await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords.AsNoTracking()).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers).SingleOrDefaultAsync(r => r.Id == about && r.ChildId == ChildId, cancel);
            if (About is null) return false;
        }

        var permissions = await consent.DecideAllNowAsync(ChildId, cancel);
        (Recording, Keeping) = (permissions.Of(Purpose.Audio, SessionId), permissions[Purpose.KeepRecord]);
        (Photographing, PhotographingPeople) = (permissions.Of(Purpose.ImageWork, SessionId), permissions.Of(Purpose.ImagePerson, SessionId));
        AboutIsShown = About is { FileId: not null, Kind: VoiceKind.Drawing or VoiceKind.Photo } && VoiceHolds.Of(About, permissions) == HoldState.None;
        var before = ConsentRules.StartOf(session.OccurredOn);
        var open = await db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == ChildId && e.Scope != ConsentScope.Session && e.OccurredAt < before && (e.Type == ConsentEventType.Deferred || e.Type == ConsentEventType.Asked))
            .Select(e => new { e.Id, e.Purpose, e.ScopeId }).ToListAsync(cancel);
        var whenReady = new List<(Purpose, Guid?, string?)>();
        foreach (var one in open.Where(e => permissions.Of(e.Purpose, e.ScopeId) is { Effects.Prompt: PromptEffect.WhenReady } decision && decision.EventId == e.Id).OrderBy(e => e.Purpose))
        {
            whenReady.Add((one.Purpose, one.ScopeId, await recipients.OfAsync(ChildId, one.Purpose, one.ScopeId, cancel)));
        }

        WhenReady = whenReady;
        var eventId = (AskedFirst?.Decision ?? Recording).EventId;
        ChildSaidNo = eventId is { } id && await db.ConsentEvents.AnyAsync(
            e => e.Id == id && e.ChildId == ChildId && (e.DecidedBy == DecidedBy.ChildForSelf || e.ChildPosition == ChildPosition.Dissents), cancel);
        var age = child.AgeOn(session.OccurredOn);
        Tools = [.. (await tools.OfferedAsync(child.PreferredLanguage, cancel)).OrderByDescending(t => t.Version.IsFor(age))];
        if (As.MayUseTool())
        {
            if (ToolId is null && As != VoiceKind.SymbolChoice) ToolId = Tools.FirstOrDefault(t => VoiceService.KindOf(t.Tool.Kind) == As)?.Version.Id;
            // The version that was shown is the one that was answered, though a newer one may have been made meanwhile.
            Version = ToolId is null ? null : await db.ToolVersions.AsNoTracking().Include(v => v.Tool).SingleOrDefaultAsync(v => v.Id == ToolId, cancel);
            if (Version is null ? As != VoiceKind.SymbolChoice : VoiceService.KindOf(Version.Tool!.Kind) != As) return false;
        }

        if (As == VoiceKind.Audio)
        {
            var left = await recordings.UnfinishedAsync(SessionId, current.Actor!, cancel);
            // What comes with the form is on its way to be sealed.
            var mine = left.SingleOrDefault(u => u.FileId == (Input.FileId ?? RecordingId));
            MayGoOn = mine is not null && Recording.AllowsWhatBegan(mine.BegunAt);
            Unfinished = MayGoOn && Input.FileId is null ? mine : null;
            LeftHere = [.. left.Where(u => u.FileId != Unfinished?.FileId && u.FileId != Input.FileId)];
        }

        var people = await db.Relationships.AsNoTracking().Where(r => r.ChildId == ChildId).OrderBy(r => r.Name).ToListAsync(cancel);
        if (As == VoiceKind.Audio) Earshot = await others.NearAsync(ChildId, SessionId, people, cancel);
        ParentsAndCarers = [.. people
            .Select(r => new SelectListItem($"{r.Name}, {Words.Of(r.Kind).ToLowerInvariant()}", r.Id.ToString()))];
        var known = Languages.Names.Select(l => new SelectListItem(l.Value, l.Key)).ToList();
        if (!Languages.Names.ContainsKey(child.PreferredLanguage)) known.Insert(0, new(child.PreferredLanguage, child.PreferredLanguage));
        LanguageItems = known;
        return true;
    }
}
