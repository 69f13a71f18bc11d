using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.ChildMode;

/// <summary>
/// One thing the child is asked, on their own screen: yes, no and let me think are one tap each and look the same, and stopping is the same tap as
/// giving. Who answers is never asked of the form.
/// </summary>
public class PermissionModel(AppDbContext db, ConsentService consent, WithdrawalService withdrawals, AskingService asking, PurposeService purposes, WordingService wordings, RecipientNames recipients, ICurrentActor current, TimeProvider clock) : ChildModePage
{
    [FromQuery]
    public Purpose Of { get; set; }

    /// <summary>Whom or what it is for, of a purpose that is asked for one person, service, training or report.</summary>
    [FromQuery]
    public Guid? Person { get; set; }

    [FromQuery]
    public WordingFormat Format { get; set; }

    /// <summary>A stop that was said just now: what is to become of what is there may be said too.</summary>
    [FromQuery]
    public Guid? Stopped { get; set; }

    public Guid Id { get; private set; }

    /// <summary>This question, in the address.</summary>
    public string Question => Person is { } person ? $"of={Of}&person={person}" : $"of={Of}";

    public Wording Wording { get; private set; } = null!;

    public WordingShown Shown { get; private set; } = null!;

    /// <summary>The other ways in which it can be put, in the language of the screen. What leads out of the portal is for the worker's page.</summary>
    public IReadOnlyList<Wording> Others { get; private set; } = [];

    public ConsentDecision Decision { get; private set; } = ConsentDecision.NothingKnown;

    public bool HasMedia { get; private set; }

    public string? Problem { get; private set; }

    private bool IsTold { get; set; }

    /// <summary>A yes may be for this visit alone.</summary>
    public bool MayBeForVisit => Purposes.MayBeForOneVisit(Of) && Decision.State != ConsentState.Given;

    /// <summary>What is asked about, where a yes for this visit counts too.</summary>
    private Guid? AskedId => Purposes.MayBeForOneVisit(Of) ? SessionId : Person;

    /// <summary>The yes that stands is for this visit alone, and so is what takes it back.</summary>
    private bool standsForVisit;

    /// <summary>Whom it is for, as the words call them.</summary>
    private string? called;

    /// <summary>Where it stands, as a key of the child's words.</summary>
    public string Mine => "state-" + Decision.State;

    /// <summary>What the child may answer now, and its picture.</summary>
    public IReadOnlyList<(ConsentEventType Answer, string Picture)> Answers => IsTold
        ? Decision.State == ConsentState.Objected ? [(ConsentEventType.Told, "tick")] : Of != Purpose.KeepRecord ? [(ConsentEventType.Told, "tick"), (ConsentEventType.Objected, "stop")] : [(ConsentEventType.Told, "tick")]
        : Decision.State == ConsentState.Given
            ? [(ConsentEventType.Withdrawn, "stop"), (ConsentEventType.Deferred, "unsure")]
            : [(ConsentEventType.Given, "tick"), (ConsentEventType.Refused, "stop"), (ConsentEventType.Deferred, "unsure")];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return Redirect(Access.ChildModeGate.Home);
        Id = Guid.CreateVersion7();
        if (Stopped is { } id && !await db.ConsentEvents.AnyAsync(e => e.Id == id && e.ChildId == ChildId && e.Purpose == Of && (e.ScopeId == Person || e.ScopeId == SessionId) && e.Type == ConsentEventType.Withdrawn && e.RecordedAt >= Mode.StartedAt, cancel)) Stopped = null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, Guid wordingId, string? seen, ConsentEventType? answer, bool thisVisit, CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return Redirect(Access.ChildModeGate.Home);
        Id = id;
        var forVisit = thisVisit && MayBeForVisit;
        if (forVisit) answer = ConsentEventType.Given;
        if (answer is null)
        {
            ModelState.Clear();
            return Page();
        }

        var outcome = await asking.AnswerAsync(ChildId, new() { Id = id, Purpose = Of, RecipientId = Person, SessionId = forVisit || (standsForVisit && answer != ConsentEventType.Given) ? SessionId : null, WordingId = wordingId, Recipient = called, Seen = seen, Answer = answer }, current.Actor!, cancel);
        if (outcome is null) return Redirect(Access.ChildModeGate.Home);
        if (outcome.Value.Recorded is not { } recorded)
        {
            Problem = "trouble";
            ModelState.Clear();
            return Page();
        }

        return Redirect(recorded == ConsentEventType.Withdrawn ? $"/hear/my-say/permission?{Question}&stopped={id}" : $"/hear/my-say/permissions?answered={recorded}");
    }

    public async Task<IActionResult> OnPostWantsAsync(WithdrawWants? wants, CancellationToken cancel)
    {
        if (!await LoadAsync(cancel) || Stopped is not { } stopped) return Redirect(Access.ChildModeGate.Home);
        if (wants is not { } chosen) return Redirect($"/hear/my-say/permission?{Question}&stopped={stopped}");
        await withdrawals.DecideAsync(ChildId, stopped, chosen, current.Actor!, cancel);
        return Redirect("/hear/my-say/permissions?answered=Withdrawn");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (Person is null ? !Purposes.AskedInGeneral.Contains(Of) : !Purposes.IsForOneRecipient(Of)) return false;
        var person = Person is null ? null
            : Of == Purpose.ShareParent ? (await ChildAsks.KinAsync(db, ChildId, Words, cancel)).SingleOrDefault(k => k.Person.Id == Person && k.Person.NoContactSince is null).Shown
            : await recipients.OfAsync(ChildId, Of, Person, cancel);
        if (Person is not null && person is null) return false;
        called = person;
        var offered = (await wordings.OfferedAsync(Of, ChildAsks.BandOf(Mode.Look), cancel)).Where(w => w.Link is null).ToList();
        if (WordingService.Choose(offered, Mode.Language, Format) is not { } wording) return false;
        IsTold = (await purposes.RulesAsync(Of, clock.GetUtcNow().UtcDateTime, cancel)).Basis == PurposeBasis.NoticeOnly;
        Wording = wording;
        Format = wording.Format;
        Others = [.. offered.Where(o => o.Language == wording.Language && o.Format != wording.Format)];
        Shown = WordingShown.Of(wording, await CouncilNames.OfActorAsync(db, cancel), person);
        Decision = await consent.DecideNowAsync(ChildId, Of, AskedId, cancel);
        standsForVisit = Purposes.MayBeForOneVisit(Of) && Decision.Allowed && !(await consent.DecideNowAsync(ChildId, Of, null, cancel)).Allowed;
        HasMedia = Of is Purpose.Audio or Purpose.ImageWork or Purpose.ImagePerson;
        return true;
    }
}
