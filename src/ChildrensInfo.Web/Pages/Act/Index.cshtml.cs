using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Act;

/// <summary>The register of approved research, for everybody in the authority. It names nobody and counts nobody.</summary>
public class IndexModel(AppDbContext db, ResearchService research, ICurrentActor current) : PageModel
{
    public bool MayInvolve => current.Actor!.Can(Capability.InvolveChildren);

    public IReadOnlyList<Row> Projects { get; private set; } = [];

    public sealed record Row(Guid Id, string Title, string Question, string PublicBenefit, IReadOnlyList<string> Variables, DateTime ApprovedAt, DateOnly ExpiresOn, bool IsOver);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var projects = await db.ResearchProjects.AsNoTracking().Where(p => p.State == ProjectState.Approved || p.State == ProjectState.Closed)
            .OrderByDescending(p => p.DecidedAt).ToListAsync(cancel);
        var catalogue = new VariableCatalogue(research.Today);
        Projects = [.. projects.Select(p => new Row(
            p.Id, p.Title, p.Question, p.PublicBenefit, [.. catalogue.Known([.. p.Variables.Select(v => v.Key)]).Select(v => v.Title)], p.DecidedAt!.Value, p.ExpiresOn, !p.IsOpenOn(research.Today)))];
    }
}
