using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Decisions;

public class ProjectModel(AppDbContext db, ProjectService projects, ExtractService extracts, IValidator<ReviewProject> review, IValidator<HoldProject> holding, ICurrentActor current) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public ReviewProject Input { get; set; } = new();

    [BindProperty]
    public HoldProject Hold { get; set; } = new();

    public ResearchProject Project { get; private set; } = null!;

    public string Owner { get; private set; } = "";

    public IReadOnlyList<(Variable Variable, string? Why)> Variables { get; private set; } = [];

    public IReadOnlyList<(ProjectStep Step, string By)> Steps { get; private set; } = [];

    public IReadOnlyList<Row> Extracts { get; private set; } = [];

    /// <summary>Whether this reviewer's yes is the one that is missing.</summary>
    public bool MayReview { get; private set; }

    /// <summary>Whether this reviewer may let a held project go on: not whoever held it.</summary>
    public bool MayResume { get; private set; }

    public DateOnly Today => projects.Today;

    public sealed record Row(Guid Id, DateTime RequestedAt, ExtractState State);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Version = Hold.Version = Project.Version;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(review, Input, nameof(Input), cancel)) return Page();
        var outcome = await projects.ReviewAsync(Id, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        var approved = await projects.ProjectsFor(current.Actor!).AnyAsync(p => p.Id == Id && p.State == ProjectState.Approved, cancel);
        TempData["Success"] = Input.Answer switch
        {
            ProjectStepKind.Approved when approved => "Both have said yes: the project is approved.",
            ProjectStepKind.Approved => "Your yes is on record. The project now waits for the other one.",
            ProjectStepKind.AskedBack => "The researcher has been asked.",
            _ => "The project is refused.",
        };
        return Redirect("/use/decisions");
    }

    public Task<IActionResult> OnPostSuspendAsync(CancellationToken cancel) => HoldAsync(projects.SuspendAsync, "The project is held. Nothing is built or downloaded until somebody else lets it go on.", cancel);

    public Task<IActionResult> OnPostResumeAsync(CancellationToken cancel) => HoldAsync(projects.ResumeAsync, "The project goes on.", cancel);

    public Task<IActionResult> OnPostCloseAsync(CancellationToken cancel) => HoldAsync(projects.CloseAsync, "The project is closed.", cancel);

    private async Task<IActionResult> HoldAsync(Func<Guid, HoldProject, Actor, CancellationToken, Task<Outcome?>> act, string done, CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(holding, Hold, nameof(Hold), cancel)) return Page();
        var outcome = await act(Id, Hold, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Hold))) return Page();
        TempData["Success"] = done;
        return Redirect($"/use/decisions/projects/{Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var project = await projects.ProjectsFor(current.Actor!).AsNoTracking().SingleOrDefaultAsync(p => p.Id == Id, cancel);
        if (project is null) return false;
        Project = project;
        Owner = await db.Users.Where(u => u.Id == project.OwnerId).Select(u => u.DisplayName).SingleAsync(cancel);
        Variables = [.. new VariableCatalogue(Today).Known([.. project.Variables.Select(v => v.Key)]).Select(v => (v, (string?)project.Variables.First(w => w.Key == v.Key).Why))];
        Steps = await projects.StepsAsync(Id, current.Actor!, cancel);
        MayReview = project.State == ProjectState.Submitted && !Steps.Any(s => s.Step.Round == project.Round && s.Step.Kind == ProjectStepKind.Approved && s.Step.ByRole == current.Actor!.Role);
        MayResume = project.State == ProjectState.Suspended && Steps.First(s => s.Step.Kind == ProjectStepKind.Suspended).Step.ById != current.Actor!.PersonId;
        Extracts = await extracts.ExtractsFor(current.Actor!).Where(e => e.ProjectId == Id).OrderByDescending(e => e.RequestedAt).Select(e => new Row(e.Id, e.RequestedAt, e.State)).ToListAsync(cancel);
        return true;
    }
}
