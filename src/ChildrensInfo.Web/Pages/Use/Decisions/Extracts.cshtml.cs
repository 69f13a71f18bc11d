using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Decisions;

/// <summary>Every extract the council has been asked for: who holds it, how many children are in it, how easily one could be found, what became of it.</summary>
public class ExtractsModel(AppDbContext db, ExtractService extracts, ICurrentActor current) : PageModel
{
    public IReadOnlyList<Row> Rows { get; private set; } = [];

    /// <summary>How many releases each new one is reckoned against.</summary>
    public int Released { get; private set; }

    /// <param name="IsDue">Whether every copy should be gone by now and no certificate says so.</param>
    public sealed record Row(Guid Id, string Title, string Researcher, ExtractState State, DateTime RequestedAt, ExtractReport? Report, int Downloads, bool IsDue, DateOnly DestroyOn, DateOnly? DestroyedOn);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var today = extracts.Today;
        Released = await EarlierReleases.CountAsync(db, cancel);
        var found = await extracts.ExtractsFor(current.Actor!).AsNoTracking().OrderByDescending(e => e.RequestedAt).Select(e => new
        {
            e.Id,
            e.Project!.Title,
            e.State,
            e.RequestedAt,
            e.ReportJson,
            e.Project.DestroyOn,
            e.DestroyedOn,
            Researcher = db.Users.Where(u => u.Id == e.RequestedById).Select(u => u.DisplayName).First(),
            Downloads = db.AuditEntries.Count(a => a.Action == AuditActions.ExtractDownloaded && a.SubjectId == e.Id),
        }).ToListAsync(cancel);
        Rows = [.. found.Select(e => new Row(
            e.Id, e.Title, e.Researcher, e.State, e.RequestedAt, ExtractReport.Read(e.ReportJson), e.Downloads, e.State == ExtractState.Ready && e.DestroyOn < today, e.DestroyOn, e.DestroyedOn))];
    }
}
