using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>Asks a child, or somebody responsible for them, in words for their age and language, and keeps the answer.</summary>
public class AskModel(AppDbContext db, ConsentService consent, IValidator<RecordConsent> validator, ICurrentActor current, TimeProvider clock) : PageModel
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

    /// <summary>Whom showing it is for: a person in the child's life, or what a service is kept under.</summary>
    [FromQuery]
    public Guid? Recipient { get; set; }

    /// <summary>The name of that person or service, to be read out.</summary>
    public string? RecipientName { get; private set; }

    /// <summary>The language to ask in; by default the child's.</summary>
    [FromQuery]
    public string? Language { get; set; }

    [BindProperty]
    public RecordConsent Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public int? Age { get; private set; }

    public ConsentDecision Decision { get; private set; } = ConsentDecision.NothingKnown;

    public Wording? Wording { get; private set; }

    public string Council { get; private set; } = "";

    public IReadOnlyList<SelectListItem> Responsible { get; private set; } = [];

    public bool IsTold => Purposes.BasisOf(Purpose!.Value) == PurposeBasis.NoticeOnly;

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
        Input.RecipientId = Recipient;
        Input.DecidedBy = Adult ? DecidedBy.ParentalResponsibility : DecidedBy.ChildForSelf;
        Input.Words = FormText.AsTyped(Input.Words);
        Input.CompetenceRationale = FormText.AsTyped(Input.CompetenceRationale);
        // What is recorded are the words that were on this page; a page without them records nothing.
        if (Input.WordingId is null) ModelState.AddModelError("", "The words to ask with are missing. Open the page again");
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await consent.RecordAsync(ChildId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = Input.Decision switch
        {
            ConsentEventType.Given => "The yes is recorded.",
            ConsentEventType.Refused => "The no is recorded. Nothing changes about the help they get.",
            ConsentEventType.Withdrawn => "Recorded. It has stopped from now on.",
            ConsentEventType.Deferred => "Recorded. They can take their time.",
            _ => "Recorded.",
        };
        if (Recipient is not null) return Redirect($"/hear/{ChildId}/copy");
        return Redirect(Visit is { } visit && Input.Decision == ConsentEventType.Given
            ? $"/hear/{ChildId}/visits/{visit}/words/new?as=Audio"
            : Visit is { } back ? $"/hear/{ChildId}/visits/{back}/words/new" : $"/hear/{ChildId}/permissions");
    }

    /// <summary>A wording as it is read out: with the council's name in it.</summary>
    public static string Filled(string body, string council, string? person = null) =>
        body.Replace("{council}", council, StringComparison.Ordinal).Replace("{person}", person, StringComparison.Ordinal);

    public static async Task<string> CouncilAsync(AppDbContext db, CancellationToken cancel)
    {
        var authorityId = db.Actor?.AuthorityId;
        return await db.Authorities.Where(a => a.Id == authorityId).Select(a => a.Name).SingleAsync(cancel);
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (Purpose is not { } purpose || (!Purposes.AskedInGeneral.Contains(purpose) && !Purposes.IsForOneRecipient(purpose))) return false;
        if (Purposes.IsForOneRecipient(purpose) != Recipient is not null) return false;
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        if (child is null) return false;
        Child = child;
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        Age = child.AgeOn(today);
        Adult = Adult && !IsTold;
        RecipientName = purpose switch
        {
            Core.Consent.Purpose.ShareParent => await db.Relationships.Where(r => r.Id == Recipient && r.ChildId == ChildId).Select(r => r.Name).SingleOrDefaultAsync(cancel),
            Core.Consent.Purpose.SharePro => Enum.GetValues<OutsideService>().Where(s => CopyRecipient.ScopeOf(s) == Recipient).Select(s => Words.Of(s)).SingleOrDefault(),
            _ => "",
        };
        if (RecipientName is null) return false;
        Council = await CouncilAsync(db, cancel);
        Decision = await consent.DecideNowAsync(ChildId, purpose, Recipient, cancel);
        Language ??= child.PreferredLanguage;
        Wording = await consent.WordingAsync(purpose, Adult ? AgeBand.Adult : Purposes.BandOf(Age), Language, cancel);
        if (Wording?.Language == "cy" && await db.Authorities.Where(a => a.Id == child.AuthorityId).Select(a => a.WelshName).SingleAsync(cancel) is { } welsh) Council = welsh;
        Responsible = [.. (await db.Relationships.AsNoTracking().Where(r => r.ChildId == ChildId && r.Responsibilities.Any(p => (p.FromOn == null || p.FromOn <= today) && (p.ToOn == null || p.ToOn >= today))).OrderBy(r => r.Name).ToListAsync(cancel))
            .Select(r => new SelectListItem($"{r.Name}, {Words.Of(r.Kind).ToLowerInvariant()}", r.Id.ToString()))];
        return true;
    }
}
