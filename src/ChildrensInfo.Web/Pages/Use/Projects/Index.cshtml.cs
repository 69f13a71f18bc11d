using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Projects;

public class IndexModel(AppDbContext db, ProjectService projects, ExtractService extracts, ICurrentActor current) : PageModel
{
    public IReadOnlyList<Row> Projects { get; private set; } = [];

    public IReadOnlyList<Recall> Recalls { get; private set; } = [];

    public DateOnly Today => projects.Today;

    public sealed record Row(Guid Id, string Title, ProjectState State, DateOnly ExpiresOn, int Extracts);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Recalls = await extracts.RecallsAsync(current.Actor!, cancel);
        Projects = await projects.ProjectsFor(current.Actor!).OrderByDescending(p => p.CreatedAt)
            .Select(p => new Row(p.Id, p.Title, p.State, p.ExpiresOn, db.Extracts.Count(e => e.ProjectId == p.Id))).ToListAsync(cancel);
    }
}
