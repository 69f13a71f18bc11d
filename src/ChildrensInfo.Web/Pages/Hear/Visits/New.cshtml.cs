using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Visits;

public class NewModel(AppDbContext db, VoiceService voice, ConsentService consent, IValidator<StartSession> validator, ICurrentActor current, TimeProvider clock) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromQuery]
    public Guid? Planned { get; set; }

    [BindProperty]
    public StartSession Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    /// <summary>Whether they were told that what they say is written down.</summary>
    public ConsentDecision Keeping { get; private set; } = ConsentDecision.NothingKnown;

    public DateOnly Today { get; private set; }

    public bool PresentIsOpen { get; private set; }

    /// <summary>Day, place and who was there come from another child's visit, and are to be looked through.</summary>
    public bool IsTakenOver { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7(), OccurredOn = Today, Present = [new()] };
        if (Planned is { } id && await db.PlannedVisits.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id && p.ChildId == ChildId && p.SessionId == null, cancel) is { } planned)
        {
            (Input.PlannedId, Input.Place) = (planned.Id, planned.Place);
            // A visit that was planned for a day gone by was most likely made then.
            if (planned.PlannedOn < Today) Input.OccurredOn = planned.PlannedOn;
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Again();
        var outcome = await voice.StartAsync(ChildId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Again();
        return Redirect($"/hear/{ChildId}/visits/{Input.Id}/words/new");
    }

    /// <summary>Room for one person more; nothing is kept yet.</summary>
    public async Task<IActionResult> OnPostAnotherAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (Input.Present.Count < VoiceSession.PresentMost) Input.Present.Add(new());
        PresentIsOpen = true;
        return Page();
    }

    /// <summary>The form of a child who was seen with another one (<see cref="TooModel"/>), filled in as far as it is the same; nothing is kept yet.</summary>
    public async Task<IActionResult> OnPostTooAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Id = Guid.CreateVersion7();
        IsTakenOver = true;
        return Again();
    }

    private PageResult Again()
    {
        if (Input.Present.Count == 0) Input.Present.Add(new());
        PresentIsOpen = Input.Present.Exists(p => !p.IsNobody);
        return Page();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        Today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        Child = (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel))!;
        if (Child is null) return false;
        Keeping = await consent.DecideNowAsync(ChildId, Purpose.KeepRecord, null, cancel);
        return true;
    }
}
