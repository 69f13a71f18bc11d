using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Projects;

public class DetailModel(ProjectService projects, ExtractService extracts, OutputService outputs, ICurrentActor current) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public ResearchProject Project { get; private set; } = null!;

    public IReadOnlyList<(Variable Variable, string? Why)> Variables { get; private set; } = [];

    public IReadOnlyList<Row> Extracts { get; private set; } = [];

    public IReadOnlyList<OutputRow> Outputs { get; private set; } = [];

    public IReadOnlyList<(ProjectStep Step, string By)> Steps { get; private set; } = [];

    public DateOnly Today => projects.Today;

    public sealed record OutputRow(Guid Id, string Title, OutputState State);

    public sealed record Row(Guid Id, DateTime RequestedAt, ExtractState State);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotFound();

    /// <summary>Nothing is sent here without saying what is to be done.</summary>
    public IActionResult OnPost() => NotFound();

    public async Task<IActionResult> OnPostSubmitAsync(uint version, CancellationToken cancel) =>
        await AnswerAsync(await projects.SubmitAsync(Id, version, current.Actor!, cancel), "Sent. A data lead and information governance will each decide.", cancel);

    public async Task<IActionResult> OnPostCloseAsync(uint version, CancellationToken cancel) =>
        await AnswerAsync(await projects.CloseAsync(Id, new HoldProject { Version = version }, current.Actor!, cancel), "The project is closed.", cancel);

    private async Task<IActionResult> AnswerAsync(Outcome? outcome, string done, CancellationToken cancel)
    {
        if (outcome is null || !await LoadAsync(cancel)) return NotFound();
        if (!ModelState.Accept(outcome, "")) return Page();
        TempData["Success"] = done;
        return Redirect($"/use/projects/{Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var project = await projects.ProjectsFor(current.Actor!).AsNoTracking().SingleOrDefaultAsync(p => p.Id == Id, cancel);
        if (project is null) return false;
        Project = project;
        Steps = await projects.StepsAsync(Id, current.Actor!, cancel);
        var catalogue = new VariableCatalogue(Today);
        Variables = [.. catalogue.Known([.. project.Variables.Select(v => v.Key)]).Select(v => (v, (string?)project.Variables.First(w => w.Key == v.Key).Why))];
        Extracts = await extracts.ExtractsFor(current.Actor!).Where(e => e.ProjectId == Id).OrderByDescending(e => e.RequestedAt)
            .Select(e => new Row(e.Id, e.RequestedAt, e.State)).ToListAsync(cancel);
        Outputs = await outputs.OutputsFor(current.Actor!).Where(o => o.ProjectId == Id).OrderByDescending(o => o.SubmittedAt).Select(o => new OutputRow(o.Id, o.Title, o.State)).ToListAsync(cancel);
        return true;
    }
}
