using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Admin.People;

public class IndexModel(AppDbContext db, ICurrentActor current, TimeProvider clock) : PageModel
{
    public const int PageSize = 25;

    [BindProperty]
    public string? Search { get; set; }

    public int P { get; private set; } = 1;

    public int Pages { get; private set; }

    public int Found { get; private set; }

    public bool Searched { get; private set; }

    public IReadOnlyList<Row> People { get; private set; } = [];

    public sealed record Row(Guid Id, string Name, string? Email, Role Role, string? Team, bool HasPassword, DateTime? LeftAt);

    public async Task OnGetAsync(int p, CancellationToken cancel)
    {
        var all = OfAuthority();
        Found = await all.CountAsync(cancel);
        Pages = Math.Max(1, (Found + PageSize - 1) / PageSize);
        P = Math.Clamp(p, 1, Pages);
        await ListAsync(all, (P - 1) * PageSize, PageSize, cancel);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (SearchText.Pattern(Search) is not { } pattern) return RedirectToPage();
        Searched = true;
        var matching = OfAuthority().Where(u => EF.Functions.ILike(u.DisplayName, pattern) || EF.Functions.ILike(u.Email!, pattern));
        Found = await matching.CountAsync(cancel);
        await ListAsync(matching, 0, SearchText.Shown, cancel);
        return Page();
    }

    /// <summary>People are not behind row-level security, so the authority is named here.</summary>
    private IQueryable<AppUser> OfAuthority() => db.Users.AsNoTracking().Where(u => u.AuthorityId == current.Actor!.AuthorityId);

    private async Task ListAsync(IQueryable<AppUser> people, int skip, int take, CancellationToken cancel)
    {
        People = await people.OrderBy(u => u.LeftAt != null).ThenBy(u => u.DisplayName).ThenBy(u => u.Id).Skip(skip).Take(take)
            .Select(u => new Row(u.Id, u.DisplayName, u.Email, u.Role, db.Teams.Where(t => t.Id == u.TeamId).Select(t => t.Name).SingleOrDefault(), u.PasswordHash != null, u.LeftAt))
            .ToListAsync(cancel);
        db.Add(AuditEntry.For(AuditActions.PersonListed, current.Actor, null, null, clock, $"shown: {People.Count}"));
        await db.SaveChangesAsync(cancel);
    }
}
