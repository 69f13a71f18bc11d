using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>Somebody was told "stop" who does not work with the child: a stop can be told to any worker. Nothing is asked here, and no yes is taken.</summary>
public class StopModel(AppDbContext db, ConsentService consent, PurposeService purposes, RecipientNames recipients, ResearchRegister register, IValidator<RecordConsent> validator, ICurrentActor current, TimeProvider clock) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromQuery]
    public Purpose? Purpose { get; set; }

    /// <summary>What the card was limited to, as <see cref="RecipientNames.QueryOf"/> names it.</summary>
    [FromQuery]
    public Guid? Recipient { get; set; }

    [FromQuery]
    public Guid? Project { get; set; }

    [FromQuery]
    public Guid? Record { get; set; }

    [FromQuery]
    public Guid? Visit { get; set; }

    private Guid? ScopeId => Recipient ?? Project ?? Record ?? Visit;

    [BindProperty]
    public Guid Id { get; set; }

    /// <summary>Who said it: a person in the child's life by their id; null for the child.</summary>
    [BindProperty]
    public Guid? By { get; set; }

    /// <summary>The one research project they said stop to, though nobody had asked about it by itself; null for all of it.</summary>
    [BindProperty]
    public Guid? Only { get; set; }

    [BindProperty]
    public ConsentMethod? Method { get; set; }

    public Child Child { get; private set; } = null!;

    public string? RecipientName { get; private set; }

    /// <summary>Who else may decide; of what the child is told about, nobody.</summary>
    public IReadOnlyList<(Relationship Person, DecidedBy As)> Responsible { get; private set; } = [];

    /// <summary>The council's research that may be stopped by itself, where the card is of all of it.</summary>
    public IReadOnlyList<(Guid Id, string Title)> Projects { get; private set; } = [];

    public ConsentDecision Decision { get; private set; } = ConsentDecision.NothingKnown;

    private bool isTold;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        (Id, Method) = (Guid.CreateVersion7(), ConsentMethod.Spoken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        var by = Responsible.FirstOrDefault(r => r.Person.Id == By);
        if (By is not null && by.Person is null) ModelState.AddModelError(nameof(By), "Choose who said it");
        if (Only is not null && Projects.All(p => p.Id != Only)) ModelState.AddModelError(nameof(Only), "Choose what they said stop to");
        else if (Only is not null) Decision = await consent.DecideNowAsync(ChildId, Purpose!.Value, Only, cancel);
        var stop = new RecordConsent
        {
            Id = Id,
            Purpose = Purpose!.Value,
            RecipientId = Recipient,
            ProjectId = Project ?? Only,
            VoiceRecordId = Record,
            SessionId = Visit,
            Decision = isTold ? ConsentEventType.Objected : Decision.State is ConsentState.Given or ConsentState.NeedsRefresh or ConsentState.Expired ? ConsentEventType.Withdrawn : ConsentEventType.Refused,
            DecidedBy = By is null ? DecidedBy.ChildForSelf : by.As,
            DecidedByRelationshipId = By,
            Method = Method,
        };
        if (!await ModelState.ValidateAsync(validator, stop, "", cancel)) return Page();
        var outcome = await consent.RecordAsync(ChildId, stop, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, "")) return Page();
        var now = await consent.DecideNowAsync(ChildId, stop.Purpose, ScopeId ?? Only, cancel);
        TempData["Success"] = now.Allowed && !isTold ? "Recorded. It changes nothing yet: somebody else’s yes is the answer that counts."
            : now.State == ConsentState.Withdrawn && now.EventId == Id ? $"Recorded. It has stopped from now on. Whoever works with {Child.CalledName} asks what is to become of what is there."
            : "Recorded. The answer is no.";
        return Redirect($"/hear/{ChildId}/permissions");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (Purpose is not { } purpose || !Enum.IsDefined(purpose)) return false;
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel) is not { } child) return false;
        Child = child;
        RecipientName = await recipients.OfAsync(ChildId, purpose, ScopeId, cancel);
        if (Purposes.IsForOneRecipient(purpose) != Recipient is not null || (ScopeId is not null && RecipientName is null)) return false;
        var now = clock.GetUtcNow().UtcDateTime;
        isTold = (await purposes.RulesAsync(purpose, now, cancel)).Basis == PurposeBasis.NoticeOnly;
        Decision = await consent.DecideNowAsync(ChildId, purpose, ScopeId, cancel);
        if (ScopeId is null && Purposes.MayBeForOneProject(purpose)) Projects = [.. (await register.EntriesAsync(cancel)).Where(p => p.State != RegisterState.Ended).Select(p => (p.Id, p.Title))];
        if (!isTold) Responsible = await ConsentService.ResponsibleAsync(db, ChildId, purpose, ConsentRules.LocalDay(now), cancel);
        return true;
    }
}
