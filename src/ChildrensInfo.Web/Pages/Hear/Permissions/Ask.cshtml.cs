using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>What shows that it was decided, besides what the worker writes down.</summary>
public enum Proof
{
    None,
    Signature,
    Recording,
    Paper,
}

/// <summary>For how long a yes counts.</summary>
public enum Lasts
{
    Usual,
    Today,
    Visit,
    Until,
}

/// <summary>
/// Asks a child, or somebody responsible for them, in words for their age and language, and keeps the answer. A photo of what was signed stays in memory until it is kept encrypted.
/// </summary>
[SecurityHeaders.MayUseMicrophone]
[RequestSizeLimit(Records.NewModel.LargestForm)]
[RequestFormLimits(MultipartBodyLengthLimit = Records.NewModel.LargestForm, MemoryBufferThreshold = Records.NewModel.LargestForm)]
public class AskModel(AppDbContext db, ConsentService consent, AskingService asking, PurposeService purposes, WordingService wordings, RecipientNames recipients, ResearchRegister register, DoNotTellService doNotTell, VoiceMediaService media, IValidator<RecordConsent> validator, ICurrentActor current, TimeProvider clock) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromQuery]
    public Purpose? Purpose { get; set; }

    /// <summary>A parent or carer is asked instead of the child.</summary>
    [FromQuery]
    public bool Adult { get; set; }

    /// <summary>The visit during which it is asked, to go back to.</summary>
    [FromQuery]
    public Guid? Visit { get; set; }

    /// <summary>Whom or what it is for: a person in the child's life, what a service is kept under, or one training or report.</summary>
    [FromQuery]
    public Guid? Recipient { get; set; }

    /// <summary>One research project it is about; null for all research, and for what is not research.</summary>
    [FromQuery]
    public Guid? Project { get; set; }

    /// <summary>The research that can be asked about by itself.</summary>
    public IReadOnlyList<RegisterEntry> Projects { get; private set; } = [];

    /// <summary>One thing that was said, to which the answer may be another than to the rest.</summary>
    [FromQuery]
    public Guid? Record { get; set; }

    /// <summary>What the decision is limited to.</summary>
    private Guid? ScopeId => Recipient ?? Project ?? Record;

    /// <summary>A yes may be for the visit during which it is asked, and nothing else.</summary>
    public bool MayBeForVisit => Visit is not null && Purposes.MayBeForOneVisit(Purpose!.Value);

    /// <summary>What is asked about, where a yes for the visit counts too.</summary>
    private Guid? AskedId => ScopeId ?? (MayBeForVisit ? Visit : null);

    /// <summary>The yes that stands is for this visit alone, and so is what takes it back.</summary>
    private bool standsForVisit;

    [BindProperty]
    public Lasts Lasts { get; set; }

    /// <summary>A yes ends, too, when the council's work with the child does.</summary>
    [BindProperty]
    public bool EndsWithCase { get; set; }

    /// <summary>The last day of a yes when nothing else is agreed.</summary>
    public DateOnly UsualEnd { get; private set; }

    /// <summary>The name of that person, service, use or project, to be read out.</summary>
    public string? RecipientName { get; private set; }

    /// <summary>It is asked for where a copy is made, and that is where it goes on.</summary>
    public bool IsForCopy => Recipient is not null && Purpose != Core.Consent.Purpose.TrainPublish;

    /// <summary>The words to ask with, as they stand on the page.</summary>
    public WordingShown? Shown { get; private set; }

    /// <summary>The language to ask in; by default the child's.</summary>
    [FromQuery]
    public string? Language { get; set; }

    /// <summary>How to put it; by default in plain text.</summary>
    [FromQuery]
    public WordingFormat Format { get; set; }

    /// <summary>Which proof is kept with the answer.</summary>
    [FromQuery]
    public Proof Proof { get; set; }

    /// <summary>The child brought it up, though it is early to ask again.</summary>
    [FromQuery]
    public bool Raised { get; set; }

    /// <summary>Somebody else says no while nobody is asked again: a no is heard at any time.</summary>
    [FromQuery]
    public bool AnotherNo { get; set; }

    /// <summary>The child, who objected before, says that they let it be. That a worker has told them again says nothing of the kind.</summary>
    [BindProperty]
    public bool LetsItBe { get; set; }

    /// <summary>The child, who said no before and does not decide alone, says that they want it now.</summary>
    [BindProperty]
    public bool WantsIt { get; set; }

    /// <summary>Others of the team: one of them may have asked, where this person only writes it down.</summary>
    public IReadOnlyList<SelectListItem> Askers { get; private set; } = [];

    /// <summary>It is the child's own no that counts, which nobody else can lift.</summary>
    public bool ChildSaysNo { get; private set; }

    /// <summary>A scan of the signed paper.</summary>
    [BindProperty]
    public IFormFile? Paper { get; set; }

    /// <summary>From when they may be asked again; null when they may be asked now.</summary>
    public DateOnly? AskAgainFrom { get; private set; }

    /// <summary>Whether the yes itself may be recorded: nobody records somebody who has not said yes to that.</summary>
    public bool MayRecord { get; private set; }

    [BindProperty]
    public RecordConsent Input { get; set; } = new();

    /// <summary>Carers who may decide about this purpose because whoever holds responsibility handed it over.</summary>
    private IReadOnlyList<(Relationship Person, DecidedBy As)> responsible = [];

    public Child Child { get; private set; } = null!;

    public int? Age { get; private set; }

    public ConsentDecision Decision { get; private set; } = ConsentDecision.NothingKnown;

    public Wording? Wording { get; private set; }

    /// <summary>The other ways in which it can be put to them.</summary>
    public IReadOnlyList<Wording> Offered { get; private set; } = [];

    public CouncilNames Council { get; private set; } = null!;

    /// <summary>As <see cref="By"/>: the council, which shares parental responsibility under a care order.</summary>
    public const string ByCouncil = "council";

    /// <summary>As <see cref="By"/>: a court, or whom it named.</summary>
    public const string ByCourt = "court";

    public static IReadOnlyList<SelectListItem> Grades { get; } = [.. Enum.GetValues<DecisionGrade>().Select(g => new SelectListItem(Words.Of(g), g.ToString()))];

    public static IReadOnlyList<SelectListItem> Understanding { get; } = [.. Enum.GetValues<Understands>().Select(u => new SelectListItem(Words.Of(u), u.ToString()))];

    public static IReadOnlyList<SelectListItem> Pressure { get; } = [.. Enum.GetValues<FreeFromPressure>().Select(f => new SelectListItem(Words.Of(f), f.ToString()))];

    /// <summary>Which adult decided: a person in the child's life by their id, <see cref="ByCouncil"/> or <see cref="ByCourt"/>.</summary>
    [BindProperty]
    public string? By { get; set; }

    /// <summary>A care order gives the council a say.</summary>
    public bool CouncilMayDecide { get; private set; }

    /// <summary>Whether something of the parts of the assessment was filled in, so that it is not hidden when the form comes back.</summary>
    public bool HasCompetenceDetail => Input is not { WhatItIs: null, WhatFor: null, WhoWillSee: null, CanSayNo: null, WhatMayHappen: null, FreeFromPressure: null, CompetenceWords: null, Support: null, SecondOpinion: null, ReviewOn: null }
        || !ModelState.IsValid && new[] { nameof(Input.ReviewOn), nameof(Input.CompetenceWords), nameof(Input.Support) }.Any(f => ModelState[$"{nameof(Input)}.{f}"]?.Errors.Count > 0);

    public static IReadOnlyList<SelectListItem> LanguageItems { get; } = [.. Languages.Names.Where(l => l.Key != "und").Select(l => new SelectListItem(l.Value, l.Key))];

    public IReadOnlyList<SelectListItem> Responsible { get; private set; } = [];

    /// <summary>The council tells, and does not ask.</summary>
    public bool IsTold { get; private set; }

    /// <summary>Whether a yes needs somebody to have thought about whether the child can decide this.</summary>
    public bool NeedsCompetence => !IsTold && (Adult ? Age is null or >= Purposes.AssessFromAge : Age is null or < Purposes.DecidesFromAge);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7(), Method = ConsentMethod.Spoken, WordingId = Wording?.Id };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Purpose = Purpose!.Value;
        (Input.RecipientId, Input.Recipient, Input.ProjectId) = (Recipient, RecipientName, Project);
        if (LetsItBe && IsTold) Input.Decision = ConsentEventType.Told;
        var wantsIt = WantsIt && ChildSaysNo && NeedsCompetence && !Adult;
        if (wantsIt) Input.Decision = ConsentEventType.Asked;
        (Input.DecidedBy, Input.DecidedByRelationshipId) = Input.Decision == ConsentEventType.Told && !LetsItBe ? (null, null) : Decider();
        Input.RaisedByChild = Raised;
        Input.Words = FormText.AsTyped(Input.Words);
        Input.Present = FormText.AsTyped(Input.Present);
        Input.CompetenceRationale = FormText.AsTyped(Input.CompetenceRationale);
        Input.CompetenceWords = FormText.AsTyped(Input.CompetenceWords);
        Input.Support = FormText.AsTyped(Input.Support);
        Input.SecondOpinion = FormText.AsTyped(Input.SecondOpinion);
        Input.ChildPositionReason = FormText.AsTyped(Input.ChildPositionReason);
        // A reason is asked of a court's yes alone: nobody else has to say why.
        Input.Reason = Input.DecidedBy == DecidedBy.CourtOrAttorney ? FormText.AsTyped(Input.Reason) : null;
        Limit();
        // What is recorded are the words that were on this page; a page without them records nothing.
        if (Input.WordingId is null) ModelState.AddModelError("", "The words to ask with are missing. Open the page again");
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Again();
        if (wantsIt) return await WantAsync(cancel);
        if (Paper is { Length: > 0 } paper && !await KeepPaperAsync(paper, cancel)) return Page();
        var outcome = await consent.RecordAsync(ChildId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Again();
        var now = await consent.DecideNowAsync(ChildId, Input.Purpose, AskedId, cancel);
        var stopped = now.State == ConsentState.Withdrawn && now.EventId == Input.Id;
        TempData["Success"] = Input.Decision switch
        {
            _ when stopped => "Recorded. It has stopped from now on.",
            ConsentEventType.Given when now.Allowed => "The yes is recorded.",
            ConsentEventType.Given when Adult && await IsOfChildAsync(now, cancel) => $"Recorded. {Child.CalledName} does not want it, so the answer is still no, until {Child.CalledName} wants it.",
            ConsentEventType.Given => "Recorded. The answer is still no.",
            ConsentEventType.Refused => "The no is recorded. Nothing changes about the help they get.",
            ConsentEventType.Deferred => "Recorded. They can take their time.",
            _ => "Recorded.",
        };
        // What is to become of what is there is asked after it has stopped, never before. A stop beside a yes that counts is told there, too.
        if (stopped || Input.Decision == ConsentEventType.Withdrawn) return Redirect($"/hear/{ChildId}/permissions/{Input.Id}/stopped");
        if (Record is { } record) return Redirect(ChildModel.AddressOf(ChildId, record));
        if (IsForCopy) return Redirect($"/hear/{ChildId}/copy");
        return Redirect(Visit is { } visit && Input.Decision == ConsentEventType.Given
            ? $"/hear/{ChildId}/visits/{visit}/words/new?as={(Purpose is Core.Consent.Purpose.ImageWork or Core.Consent.Purpose.ImagePerson ? VoiceKind.Photo : VoiceKind.Audio)}"
            : Visit is { } back ? $"/hear/{ChildId}/visits/{back}/words/new" : $"/hear/{ChildId}/permissions");
    }

    /// <summary>How long a yes counts. A no has no end, and no date that cannot be read stands in its way.</summary>
    private void Limit()
    {
        var forVisit = MayBeForVisit && (Input.Decision == ConsentEventType.Given ? Lasts == Lasts.Visit : standsForVisit);
        (Input.SessionId, Input.VoiceRecordId, Input.ValidFrom, Input.ExpiresWhen) = (forVisit ? Visit : null, Record, null, []);
        if (Input.Decision != ConsentEventType.Given)
        {
            foreach (var date in new[] { nameof(Input.ExpiresOn), nameof(Input.ReviewOn) }) foreach (var key in ModelState.Keys.Where(k => k.StartsWith($"{nameof(Input)}.{date}", StringComparison.Ordinal)).ToList()) ModelState.Remove(key);
            (Input.ExpiresOn, Input.ReviewOn) = (null, null);
            return;
        }

        if (EndsWithCase) Input.ExpiresWhen = [ExpiryCause.CaseClosed];
        if (Lasts == Lasts.Until)
        {
            if (Input.ExpiresOn is null && ModelState.IsValid) ModelState.AddModelError($"{nameof(Input)}.{nameof(Input.ExpiresOn)}", "Enter the last day");
            return;
        }

        foreach (var key in ModelState.Keys.Where(k => k.StartsWith($"{nameof(Input)}.{nameof(Input.ExpiresOn)}", StringComparison.Ordinal)).ToList()) ModelState.Remove(key);
        Input.ExpiresOn = Lasts == Lasts.Today ? ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime) : null;
    }

    private async Task<IActionResult> WantAsync(CancellationToken cancel)
    {
        var kept = await asking.WantAsync(ChildId, new() { Id = Input.Id, Purpose = Input.Purpose, RecipientId = Recipient, ProjectId = Project, VoiceRecordId = Record, WordingId = Input.WordingId, Recipient = RecipientName, Seen = Input.Seen, Method = Input.Method!.Value, Words = Input.Words }, current.Actor!, cancel);
        if (kept is not var (recorded, why)) return NotFound();
        if (recorded is null)
        {
            ModelState.AddModelError("", why!);
            return Again();
        }

        TempData["Success"] = $"Recorded. {Child.CalledName} says no to it no more. Somebody who may decide for {Child.CalledName} can say yes now.";
        return Redirect($"/hear/{ChildId}/permissions/ask{Request.QueryString.Add("adult", "true")}");
    }

    /// <summary>Whether it is what the child said, or did not want, that denies.</summary>
    private async Task<bool> IsOfChildAsync(ConsentDecision decision, CancellationToken cancel) =>
        decision.State is ConsentState.Refused or ConsentState.Withdrawn or ConsentState.Deferred && decision.EventId is { } id
        && await db.ConsentEvents.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id && e.ChildId == ChildId, cancel) is { } e && ConsentRules.IsNoOfChild(ConsentFact.Of(e));

    private (DecidedBy? By, Guid? Person) Decider() => !Adult ? (DecidedBy.ChildForSelf, null)
        : By switch
        {
            ByCouncil => (DecidedBy.LocalAuthority, null),
            ByCourt => (DecidedBy.CourtOrAttorney, null),
            _ when Guid.TryParse(By, out var person) => (responsible.FirstOrDefault(r => r.Person.Id == person) is { Person: not null } found ? found.As : DecidedBy.ParentalResponsibility, person),
            _ => (null, null),
        };

    /// <summary>The form with its errors; who decided is one question on it, and two fields behind it.</summary>
    private PageResult Again()
    {
        foreach (var field in new[] { nameof(Input.DecidedBy), nameof(Input.DecidedByRelationshipId) })
        {
            foreach (var error in ModelState[$"{nameof(Input)}.{field}"]?.Errors.ToList() ?? []) ModelState.AddModelError(nameof(By), error.ErrorMessage);
            ModelState.Remove($"{nameof(Input)}.{field}");
        }

        return Page();
    }

    private async Task<bool> KeepPaperAsync(IFormFile paper, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        await paper.CopyToAsync(bytes, cancel);
        var kept = await media.KeepPhotoAsync(ChildId, FileKind.ConsentEvidence, bytes.ToArray(), current.Actor!, cancel);
        if (kept is not var (fileId, outcome)) return false;
        // The service names the field of a record; here it is another.
        if (outcome.Refusal is { } refusal) ModelState.AddModelError(nameof(Paper), refusal.Message);
        Input.EvidenceFileId = fileId;
        return outcome.IsDone;
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (Purpose is not { } purpose || (!Purposes.AskedInGeneral.Contains(purpose) && !Purposes.IsForOneRecipient(purpose))) return false;
        if (Purposes.IsForOneRecipient(purpose) != Recipient is not null || (Project is not null && !Purposes.MayBeForOneProject(purpose)) || (Record is not null && !Purposes.MayBeForOneRecord(purpose))) return false;
        if (Record is { } record && !await doNotTell.ReadableBy(current.Actor!, db.VoiceRecords).AnyAsync(r => r.Id == record && r.ChildId == ChildId, cancel)) return false;
        if (Visit is { } visit && !await db.VoiceSessions.AnyAsync(s => s.Id == visit && s.ChildId == ChildId, cancel)) return false;
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        if (child is null) return false;
        Child = child;
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        Age = child.AgeOn(today);
        var rules = await purposes.RulesAsync(purpose, clock.GetUtcNow().UtcDateTime, cancel);
        IsTold = rules.Basis == PurposeBasis.NoticeOnly;
        UsualEnd = ConsentService.UsualEnd(child, rules, today);
        Adult = Adult && !IsTold;
        RecipientName = await recipients.OfAsync(ChildId, purpose, ScopeId, cancel);
        if (ScopeId is not null && RecipientName is null) return false;
        if (Purposes.MayBeForOneProject(purpose)) Projects = [.. (await register.EntriesAsync(cancel)).Where(p => p.State != RegisterState.Ended && (purpose != Core.Consent.Purpose.ResearchWords || p.ReadsWords))];
        Council = await CouncilNames.OfActorAsync(db, cancel);
        Decision = await consent.DecideNowAsync(ChildId, purpose, AskedId, cancel);
        standsForVisit = MayBeForVisit && Decision.Allowed && !(await consent.DecideNowAsync(ChildId, purpose, null, cancel)).Allowed;
        ChildSaysNo = await IsOfChildAsync(Decision, cancel);
        AskAgainFrom = !Raised && await consent.AskAgainFromAsync(ChildId, purpose, AskedId, cancel) is { } from && from > ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime) ? from : null;
        Askers = [.. await ConsentService.Askers(db, current.Actor!).OrderBy(u => u.DisplayName).Select(u => new SelectListItem(u.DisplayName, u.Id.ToString())).ToListAsync(cancel)];
        MayRecord = (await consent.DecideNowAsync(ChildId, Core.Consent.Purpose.Audio, null, cancel)).Allowed;
        Language ??= child.PreferredLanguage;
        Offered = await wordings.OfferedAsync(purpose, Adult ? AgeBand.Adult : Purposes.BandOf(Age), cancel);
        Wording = WordingService.Choose(Offered, Language, Format);
        Shown = Wording is null ? null : WordingShown.Of(Wording, Council, RecipientName);
        responsible = await ConsentService.ResponsibleAsync(db, ChildId, purpose, today, cancel);
        CouncilMayDecide = (await db.LegalStatuses.AsNoTracking().Where(s => s.ChildId == ChildId && (s.FromOn == null || s.FromOn <= today) && (s.ToOn == null || s.ToOn >= today)).Select(s => s.Kind).ToListAsync(cancel))
            .Exists(LegalStatus.SharesResponsibility);
        Responsible = [.. responsible.Select(r => new SelectListItem($"{r.Person.Name}, {Words.Of(r.Person.Kind).ToLowerInvariant()}", r.Person.Id.ToString()))];
        return true;
    }
}
