using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Projects;

public class ExtractModel(AppDbContext db, ResearchService research, ICurrentActor current) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid ProjectId { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public Extract Extract { get; private set; } = null!;

    public IReadOnlyList<Variable> Variables { get; private set; } = [];

    public ExtractReport? Report { get; private set; }

    public bool MayDownload { get; private set; }

    public string Progress { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var extract = await research.ExtractsFor(current.Actor!).AsNoTracking().Include(e => e.Project).SingleOrDefaultAsync(e => e.Id == Id && e.ProjectId == ProjectId, cancel);
        if (extract is null) return NotFound();
        Extract = extract;
        Variables = new VariableCatalogue(research.Today).Known(extract.Variables);
        MayDownload = extract.State == ExtractState.Ready && extract.Project!.IsOpenOn(research.Today);
        Report = ExtractReport.Read(extract.ReportJson);
        if (extract.State == ExtractState.Approved)
        {
            var job = await db.Jobs.AsNoTracking().Where(j => j.Kind == JobKind.BuildExtract && j.SubjectId == Id).OrderByDescending(j => j.RequestedAt)
                .Select(j => new { j.State, j.Message }).FirstOrDefaultAsync(cancel);
            Progress = job switch
            {
                { State: JobState.Running, Message: { } message } => $"{message}.",
                { State: JobState.Failed, Message: { } message } => message,
                { State: JobState.Failed or JobState.Cancelled } => "The work stopped. Ask for another extract.",
                _ => "Waiting for its turn.",
            };
        }

        return Page();
    }
}
