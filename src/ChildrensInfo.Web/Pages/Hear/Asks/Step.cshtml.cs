using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Pages.Hear.Kept;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Asks;

/// <summary>The next step of an ask, whichever it is.</summary>
public class StepModel(AppDbContext db, ResponseService responses, AsksOfChild asks, IValidator<TakeStep> validator, ICurrentActor current) : PageModel
{
    /// <summary>The index is a rough measure: a year more is no news.</summary>
    private const int YearsOfDoubt = 1;

    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid AskId { get; set; }

    [FromQuery]
    public StepKind Kind { get; set; }

    [BindProperty]
    public TakeStep Input { get; set; } = new();

    /// <summary>The hint about hard words was seen.</summary>
    [BindProperty]
    public bool KeepWords { get; set; }

    public Child Child { get; private set; } = null!;

    public AsksOfChild.Row Ask { get; private set; } = null!;

    /// <summary>Set when the words read older than the reader is.</summary>
    public int? ReadsLike { get; private set; }

    public int? ReaderAge { get; private set; }

    public IReadOnlyList<SelectListItem> Records { get; private set; } = [];

    /// <summary>This worker's latest visits, in which they may have said it.</summary>
    public IReadOnlyList<SelectListItem> Visits { get; private set; } = [];

    /// <summary>A group's words, and a practitioner's, are recorded in a visit, where it is asked how many and whose.</summary>
    public bool MayWriteSaid => Kind is StepKind.Told or StepKind.Responded && Ask.Ask.Speaker is Core.Voice.Speaker.Child or Core.Voice.Speaker.YoungPerson or Core.Voice.Speaker.ParentOrCarer;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!ResponseRules.Next(Ask.Progress).Contains(Kind)) return Redirect(Ask.Link);
        Input = new()
        {
            Id = Guid.CreateVersion7(),
            After = Ask.Steps[^1].Step.Number,
            On = Kind == StepKind.Told ? Ask.Today : null,
            ReviewOn = Kind == StepKind.CannotTell ? Ask.Today.AddDays(ResponseRules.DaysToAnswer) : null,
        };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Kind = Kind;
        Input.Words = FormText.AsTyped(Input.Words);
        Input.Said = FormText.AsTyped(Input.Said);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel))
        {
            Input.Before.GoBack(ModelState);
            return Page();
        }

        // Said once, before it is sealed, and never in the way of who means the words as they are.
        if (!KeepWords && IsForReading && ReadingAge.Of(Input.Words) is { } age && ReaderAge is { } reader && age > reader + YearsOfDoubt)
        {
            ReadsLike = age;
            return Page();
        }

        var outcome = await responses.TakeAsync(ChildId, AskId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Written down.";
        return Redirect(Ask.Link);
    }

    /// <summary>The index is made for English; a parent or a practitioner is not asked their age.</summary>
    private bool IsForReading => Kind is StepKind.Decided or StepKind.Told && Ask.Ask.Language == "en" && Ask.Ask.Speaker is Core.Voice.Speaker.Child or Core.Voice.Speaker.YoungPerson or Core.Voice.Speaker.Group;

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel) is not { } child) return false;
        if ((await asks.LoadAsync(child, cancel, AskId)).SingleOrDefault() is not { } ask) return false;
        (Child, Ask) = (child, ask);
        ReaderAge = child.AgeOn(ask.Today);
        if (Kind is StepKind.Told or StepKind.Responded or StepKind.Reopened)
        {
            Records = [.. (await asks.RecordsAsync(child, null, cancel)).Where(r => !ask.Records.Contains(r.Id)).Select(r => new SelectListItem($"{Web.Shared.Words.Day(r.HeardOn)}: “{AsksOfChild.Excerpt(r.Text)}”", r.Id.ToString()))];
        }

        if (MayWriteSaid)
        {
            Visits = [.. (await db.VoiceSessions.AsNoTracking().Where(s => s.ChildId == ChildId && s.PractitionerId == current.Actor!.PersonId && s.OccurredOn >= ask.Ask.SaidOn)
                    .OrderByDescending(s => s.OccurredOn).ThenByDescending(s => s.RecordedAt).Take(10).Select(s => new { s.Id, s.OccurredOn, s.Place }).ToListAsync(cancel))
                .Select(s => new SelectListItem($"The visit on {Web.Shared.Words.Day(s.OccurredOn)}, {Web.Shared.Words.Of(s.Place)}", s.Id.ToString()))];
        }

        return true;
    }
}
