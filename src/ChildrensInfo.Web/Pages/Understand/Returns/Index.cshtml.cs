using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Returns;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Understand.Returns;

public class IndexModel(AppDbContext db) : PageModel
{
    private const int PerPage = 25;

    [BindProperty(SupportsGet = true)]
    public int P { get; set; } = 1;

    public int Pages { get; private set; }

    public IReadOnlyList<Row> Rows { get; private set; } = [];

    /// <summary>Records that the newest returns no longer contain and nobody has decided about.</summary>
    public int Absent { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Absent = await db.ReturnAbsences.CountAsync(a => a.State == AbsenceState.Open, cancel);
        Pages = (await db.Returns.CountAsync(cancel) + PerPage - 1) / PerPage;
        P = Math.Clamp(P, 1, Math.Max(1, Pages));
        Rows = await (from r in db.Returns
                      orderby r.UploadedAt descending, r.Id descending
                      select new Row(
                          r.Id, r.UploadedAt, db.Users.Where(u => u.Id == r.UploadedById).Select(u => u.DisplayName).FirstOrDefault(), r.State,
                          db.Jobs.Where(j => j.SubjectId == r.Id && j.Kind == JobKind.LoadReturn).Select(j => (JobState?)j.State).FirstOrDefault(), r.ReferenceOn, r.ChildrenRead, r.ChildrenAdded, r.ChildrenChanged, r.RejectionCount, r.Kind, r.ErrorCount, r.QueryCount))
            .Skip((P - 1) * PerPage).Take(PerPage).ToListAsync(cancel);
    }

    public sealed record Row(
        Guid Id, DateTime UploadedAt, string? UploadedBy, ReturnState State, JobState? Job, DateOnly? ReferenceOn, int Read, int Added, int Changed, int Rejected, ReturnKind? Kind, int Errors, int Queries);
}
