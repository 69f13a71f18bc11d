using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>Who reads what a child said beside those who work with them, and where the child takes back that they want an advocate: as easily as it was said.</summary>
public class AssignedModel(AssignmentService assignments, AppDbContext db, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    public Child Child { get; private set; } = null!;

    public IReadOnlyList<Row> Assigned { get; private set; } = [];

    public bool MayAssign => current.Actor!.Can(Capability.AssignPeople);

    public sealed record Row(Assignment Assignment, string Name);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel) is not { } child) return NotFound();
        Child = child;
        Assigned = await RowsAsync(db, ChildId, cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostTakeBackAsync(Guid assignmentId, CancellationToken cancel)
    {
        if (await assignments.EndAsync(ChildId, assignmentId, AssignmentEnd.ChildTookItBack, current.Actor!, cancel) is null) return NotFound();
        TempData["Success"] = "Written down. The advocate can no longer open the child’s page.";
        return RedirectToPage(new { ChildId });
    }

    /// <summary>Those of now first.</summary>
    public static async Task<IReadOnlyList<Row>> RowsAsync(AppDbContext db, Guid childId, CancellationToken cancel) =>
        [.. (await db.Assignments.AsNoTracking().Where(a => a.ChildId == childId).Join(db.Users, a => a.PersonId, u => u.Id, (a, u) => new { a, u.DisplayName })
            .OrderBy(x => x.a.EndedOn != null).ThenByDescending(x => x.a.AssignedAt).ToListAsync(cancel)).Select(x => new Row(x.a, x.DisplayName))];
}
