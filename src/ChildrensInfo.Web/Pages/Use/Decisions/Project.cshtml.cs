using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Decisions;

public class ProjectModel(AppDbContext db, ResearchService research, IValidator<Decide> validator, ICurrentActor current) : DecidePageModel
{
    public ResearchProject Project { get; private set; } = null!;

    public IReadOnlyList<(Variable Variable, string? Why)> Variables { get; private set; } = [];

    public IReadOnlyList<Row> Extracts { get; private set; } = [];

    public DateOnly Today => research.Today;

    public sealed record Row(Guid Id, DateTime RequestedAt, ExtractState State);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Version = Project.Version;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await research.DecideProjectAsync(Id, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = Input.Approve == true ? "The project is approved." : "The project is refused.";
        return Redirect("/use/decisions");
    }

    public async Task<IActionResult> OnPostCloseAsync(uint version, CancellationToken cancel)
    {
        var outcome = await research.CloseAsync(Id, version, current.Actor!, cancel);
        if (outcome is null || !await LoadAsync(cancel)) return NotFound();
        if (!ModelState.Accept(outcome, "")) return Page();
        TempData["Success"] = "The project is closed.";
        return Redirect($"/use/decisions/projects/{Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var project = await research.ProjectsFor(current.Actor!).AsNoTracking().SingleOrDefaultAsync(p => p.Id == Id, cancel);
        if (project is null) return false;
        Project = project;
        Owner = await db.Users.Where(u => u.Id == project.OwnerId).Select(u => u.DisplayName).SingleAsync(cancel);
        Variables = [.. new VariableCatalogue(Today).Known([.. project.Variables.Select(v => v.Key)]).Select(v => (v, (string?)project.Variables.First(w => w.Key == v.Key).Why))];
        Extracts = await db.Extracts.Where(e => e.ProjectId == Id).OrderByDescending(e => e.RequestedAt).Select(e => new Row(e.Id, e.RequestedAt, e.State)).ToListAsync(cancel);
        return true;
    }
}
