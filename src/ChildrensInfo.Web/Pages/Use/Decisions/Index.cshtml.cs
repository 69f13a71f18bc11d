using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Decisions;

public class IndexModel(AppDbContext db, ResearchService research, ICurrentActor current) : PageModel
{
    public IReadOnlyList<WaitingRow> WaitingProjects { get; private set; } = [];

    public IReadOnlyList<WaitingRow> WaitingExtracts { get; private set; } = [];

    public IReadOnlyList<DecidedRow> Decided { get; private set; } = [];

    public IReadOnlyList<Recall> Recalls { get; private set; } = [];

    public DateOnly Today => research.Today;

    public sealed record WaitingRow(Guid Id, string Title, string Owner, DateTime At);

    public sealed record DecidedRow(Guid Id, string Title, ProjectState State, DateOnly ExpiresOn);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var projects = research.ProjectsFor(current.Actor!);
        WaitingProjects = await projects.Where(p => p.State == ProjectState.Submitted).OrderBy(p => p.SubmittedAt)
            .Join(db.Users, p => p.OwnerId, u => u.Id, (p, u) => new WaitingRow(p.Id, p.Title, u.DisplayName, p.SubmittedAt!.Value)).ToListAsync(cancel);
        WaitingExtracts = await research.ExtractsFor(current.Actor!).Where(e => e.State == ExtractState.Requested).OrderBy(e => e.RequestedAt)
            .Join(db.Users, e => e.RequestedById, u => u.Id, (e, u) => new WaitingRow(e.Id, e.Project!.Title, u.DisplayName, e.RequestedAt)).ToListAsync(cancel);
        Recalls = await research.RecallsAsync(current.Actor!, cancel);
        Decided = await projects.Where(p => p.DecidedAt != null && p.State != ProjectState.Submitted).OrderByDescending(p => p.DecidedAt)
            .Select(p => new DecidedRow(p.Id, p.Title, p.State, p.ExpiresOn)).ToListAsync(cancel);
    }
}
