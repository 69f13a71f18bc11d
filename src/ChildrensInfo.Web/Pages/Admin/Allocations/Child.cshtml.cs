using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Admin.Allocations;

public class ChildModel(ChildService children, AppDbContext db, ICurrentActor current) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid ChildId { get; set; }

    [BindProperty]
    public Guid? PractitionerId { get; set; }

    public string LaChildId { get; private set; } = "";

    public string? Name { get; private set; }

    public IReadOnlyList<Row> Allocations { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Practitioners { get; private set; } = [];

    public sealed record Row(Guid Id, string Practitioner, DateOnly StartedOn, DateOnly? EndedOn);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var outcome = await children.AllocateAsync(ChildId, PractitionerId, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, "")) return await LoadAsync(cancel) ? Page() : NotFound();
        TempData["Success"] = "The child is allocated. The practitioner can open their page now.";
        return RedirectToPage(new { ChildId });
    }

    public async Task<IActionResult> OnPostEndAsync(Guid allocationId, CancellationToken cancel)
    {
        if (await children.EndAllocationAsync(ChildId, allocationId, current.Actor!, cancel) is not { } outcome) return NotFound();
        if (!ModelState.Accept(outcome, "")) return await LoadAsync(cancel) ? Page() : NotFound();
        TempData["Success"] = "The allocation has ended. The practitioner can no longer open the child’s page.";
        return RedirectToPage(new { ChildId });
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().Where(c => c.Id == ChildId)
            .Select(c => new { c.LaChildId, c.GivenName, c.FamilyName, c.KnownAs }).SingleOrDefaultAsync(cancel);
        if (child is null) return false;
        LaChildId = child.LaChildId;
        Name = Words.NameOf(child.GivenName, child.FamilyName, child.KnownAs);
        Allocations = await db.Allocations.Where(a => a.ChildId == ChildId).Join(db.Users, a => a.PractitionerId, u => u.Id, (a, u) => new { a, u.DisplayName })
            .OrderBy(x => x.a.EndedOn != null).ThenByDescending(x => x.a.StartedOn).ThenBy(x => x.DisplayName)
            .Select(x => new Row(x.a.Id, x.DisplayName, x.a.StartedOn, x.a.EndedOn)).ToListAsync(cancel);
        Practitioners = await db.Users.Where(u => u.AuthorityId == current.Actor!.AuthorityId && u.Role == Role.Practitioner && u.LeftAt == null
                && !db.Allocations.Any(a => a.ChildId == ChildId && a.PractitionerId == u.Id && a.EndedOn == null))
            .OrderBy(u => u.DisplayName)
            .Select(u => new SelectListItem(u.DisplayName + (u.TeamId == null ? "" : " (" + db.Teams.Where(t => t.Id == u.TeamId).Select(t => t.Name).SingleOrDefault() + ")"), u.Id.ToString()))
            .ToListAsync(cancel);
        return true;
    }
}
