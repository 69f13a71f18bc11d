using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Pages.Hear.ChildMode;
using FluentValidation;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Act.TakingPart;

/// <summary>What the pages about taking part have in common, whether with one child (under /hear, with the child in the address) or with a group (under /act).</summary>
public abstract class TakingPartModel(AppDbContext db) : PageModel
{
    /// <summary>The child it is with; null for a group.</summary>
    [FromRoute]
    public Guid? ChildId { get; set; }

    public Child? Child { get; private set; }

    public bool IsGroup => ChildId is null;

    public string Home => IsGroup ? "/act/taking-part" : $"/hear/{ChildId}/taking-part";

    /// <summary>Who takes part, in a sentence.</summary>
    public string Who => Child?.CalledName ?? "they";

    protected async Task<bool> FindChildAsync(CancellationToken cancel)
    {
        if (ChildId is null) return true;
        Child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        return Child is not null;
    }
}

/// <summary>Every activity, newest first.</summary>
public class TakingPartListModel(AppDbContext db, ParticipationService participation) : TakingPartModel(db)
{
    public IReadOnlyList<ParticipationOpened> Activities { get; private set; } = [];

    public DateOnly Today => participation.Today;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await FindChildAsync(cancel)) return NotFound();
        Activities = await participation.OpenAsync(ChildId, cancel);
        return Page();
    }
}

/// <summary>What it is for, what can change and what cannot: written before anybody is asked.</summary>
public class TakingPartNewModel(AppDbContext db, ParticipationService participation, IValidator<PlanParticipation> validator, ICurrentActor current) : TakingPartModel(db)
{
    [BindProperty]
    public PlanParticipation Input { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await FindChildAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7(), PlannedFor = participation.Today, Invited = Child?.CalledName };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await FindChildAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await participation.PlanAsync(ChildId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        return ModelState.Accept(outcome, nameof(Input)) ? Redirect($"{Home}/{Input.Id}") : Page();
    }
}

/// <summary>One activity, found by its address.</summary>
public abstract class TakingPartOneModel(AppDbContext db, ParticipationService participation) : TakingPartModel(db)
{
    [FromRoute]
    public Guid Id { get; set; }

    public ParticipationOpened Activity { get; private set; } = null!;

    public DateOnly Today => participation.Today;

    public string Here => $"{Home}/{Id}";

    protected async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (!await FindChildAsync(cancel) || (await participation.OpenAsync(ChildId, cancel, Id)).SingleOrDefault() is not { } activity) return false;
        Activity = activity;
        return true;
    }
}

/// <summary>Lends the device to the child or to one after another of a group, for this activity and nothing else.</summary>
public class TakingPartHandOverModel(
    AppDbContext db, ChildModeService modes, IValidator<HandOver> validator, UserManager<AppUser> users, SignInManager<AppUser> signIn, ICurrentActor current) : LendPage(modes, validator, users, signIn, current)
{
    private readonly ChildModeService modes = modes;
    private DateOnly plannedFor;

    [FromRoute]
    public Guid? ChildId { get; set; }

    [FromRoute]
    public Guid Id { get; set; }

    public string Home => ChildId is null ? $"/act/taking-part/{Id}" : $"/hear/{ChildId}/taking-part/{Id}";

    protected override string Here => $"{Home}/hand-over";

    protected override int? Age => Child?.AgeOn(plannedFor);

    protected override async Task<bool> FindAsync(CancellationToken cancel)
    {
        if (await db.ParticipationActivities.AsNoTracking().SingleOrDefaultAsync(a => a.Id == Id && a.ChildId == ChildId, cancel) is not { } activity) return false;
        plannedFor = activity.PlannedFor;
        if (ChildId is { } childId) Child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == childId, cancel);
        return ChildId is null || Child is not null;
    }

    protected override Task<(Guid Id, Refusal? Refusal)?> StartAsync(Actor actor, CancellationToken cancel) => modes.StartForActivityAsync(ChildId, Id, Input, actor, cancel);
}

/// <summary>One activity: what was said before, how it went, what the adult claims beside what the child felt, and what came of it.</summary>
public class TakingPartDetailModel(AppDbContext db, ParticipationService participation, IValidator<AccountForParticipation> validator, ICurrentActor current) : TakingPartOneModel(db, participation)
{
    private readonly ParticipationService participation = participation;

    [BindProperty]
    public AccountForParticipation Input { get; set; } = new();

    /// <summary>How many children of a group chose each; null when so few did that it would point to one of them for anybody who was not there.</summary>
    public IReadOnlyList<(Degree Degree, int Children)>? Felt { get; private set; }

    public int FeltBy { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        CountFelt();
        Input = new() { Id = Guid.CreateVersion7(), FeedbackDueOn = Today.AddDays(ResponseRules.DaysToAnswer) };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        CountFelt();
        // Only what this page asks for.
        if (Input.Kind is not (ParticipationStepKind.Held or ParticipationStepKind.Outcome)) return BadRequest();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await participation.TakeAsync(ChildId, Id, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Written down.";
        return Redirect(Here);
    }

    private void CountFelt()
    {
        var felt = Activity.Steps.Where(s => s.Step.Kind == ParticipationStepKind.Felt).Select(s => s.Step.Degree!.Value).ToList();
        FeltBy = felt.Count;
        var mine = Activity.Activity.PlannedById == current.Actor!.PersonId;
        if (!IsGroup || mine || GroupAnswerService.TooFew(felt.Count) is null) Felt = [.. Enum.GetValues<Degree>().Select(d => (d, felt.Count(f => f == d))).Where(f => f.Item2 > 0)];
    }
}
