using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Decisions;

public class IndexModel(AppDbContext db, ProjectService projects, ExtractService extracts, OutputService outputs, ICurrentActor current) : PageModel
{
    public IReadOnlyList<WaitingRow> WaitingProjects { get; private set; } = [];

    public IReadOnlyList<WaitingRow> WaitingExtracts { get; private set; } = [];

    public IReadOnlyList<WaitingRow> WaitingOutputs { get; private set; } = [];

    /// <summary>With the other reviewer, or with the researcher.</summary>
    public IReadOnlyList<DecidedRow> WaitingForOthers { get; private set; } = [];

    public IReadOnlyList<DecidedRow> Decided { get; private set; } = [];

    public IReadOnlyList<Recall> Recalls { get; private set; } = [];

    public bool MayRelease => current.Actor!.Can(Capability.ApproveExtracts);

    public DateOnly Today => projects.Today;

    public sealed record WaitingRow(Guid Id, string Title, string Owner, DateTime At);

    public sealed record DecidedRow(Guid Id, string Title, ProjectState State, DateOnly ExpiresOn);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var role = current.Actor!.Role;
        var seen = projects.ProjectsFor(current.Actor);
        WaitingProjects = await seen.Where(p => p.State == ProjectState.Submitted
                && !db.ProjectSteps.Any(s => s.ProjectId == p.Id && s.Round == p.Round && s.Kind == ProjectStepKind.Approved && s.ByRole == role)).OrderBy(p => p.SubmittedAt)
            .Join(db.Users, p => p.OwnerId, u => u.Id, (p, u) => new WaitingRow(p.Id, p.Title, u.DisplayName, p.SubmittedAt!.Value)).ToListAsync(cancel);
        WaitingExtracts = await extracts.ExtractsFor(current.Actor).Where(e => e.State == ExtractState.Requested).OrderBy(e => e.RequestedAt)
            .Join(db.Users, e => e.RequestedById, u => u.Id, (e, u) => new WaitingRow(e.Id, e.Project!.Title, u.DisplayName, e.RequestedAt)).ToListAsync(cancel);
        WaitingOutputs = await outputs.OutputsFor(current.Actor).Where(o => o.State == OutputState.Submitted && o.SubmittedById != current.Actor!.PersonId).OrderBy(o => o.SubmittedAt)
            .Join(db.Users, o => o.SubmittedById, u => u.Id, (o, u) => new WaitingRow(o.Id, o.Title, u.DisplayName, o.SubmittedAt)).ToListAsync(cancel);
        Recalls = await extracts.RecallsAsync(current.Actor, cancel);
        WaitingForOthers = await seen.Where(p => p.State == ProjectState.AskedBack || (p.State == ProjectState.Submitted
                && db.ProjectSteps.Any(s => s.ProjectId == p.Id && s.Round == p.Round && s.Kind == ProjectStepKind.Approved && s.ByRole == role)))
            .OrderBy(p => p.SubmittedAt).Select(p => new DecidedRow(p.Id, p.Title, p.State, p.ExpiresOn)).ToListAsync(cancel);
        Decided = await seen.Where(p => p.DecidedAt != null && p.State != ProjectState.Submitted).OrderByDescending(p => p.DecidedAt)
            .Select(p => new DecidedRow(p.Id, p.Title, p.State, p.ExpiresOn)).ToListAsync(cancel);
    }
}
