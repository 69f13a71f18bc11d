using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Admin.Allocations;

public class IndexModel(AppDbContext db, ICurrentActor current, TimeProvider clock) : PageModel
{
    public const int PageSize = 25;

    [BindProperty]
    public string? Search { get; set; }

    public int P { get; private set; } = 1;

    public int Pages { get; private set; }

    public int Found { get; private set; }

    public int Unallocated { get; private set; }

    public bool Searched { get; private set; }

    public IReadOnlyList<Row> Children { get; private set; } = [];

    public sealed record Row(Guid Id, string LaChildId, string? Name, IReadOnlyList<string> Practitioners);

    public async Task OnGetAsync(int p, CancellationToken cancel)
    {
        Found = await db.Children.CountAsync(cancel);
        Unallocated = await db.Children.CountAsync(c => !db.Allocations.Any(a => a.ChildId == c.Id && a.EndedOn == null), cancel);
        Pages = Math.Max(1, (Found + PageSize - 1) / PageSize);
        P = Math.Clamp(p, 1, Pages);
        await ListAsync(db.Children, (P - 1) * PageSize, PageSize, cancel);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (SearchText.Pattern(Search) is not { } pattern) return RedirectToPage();
        Searched = true;
        var matching = db.Children.Where(c => EF.Functions.ILike(c.LaChildId, pattern)
            || EF.Functions.ILike((c.GivenName ?? "") + " " + (c.FamilyName ?? ""), pattern)
            || EF.Functions.ILike((c.KnownAs ?? "") + " " + (c.FamilyName ?? ""), pattern));
        Found = await matching.CountAsync(cancel);
        await ListAsync(matching, 0, SearchText.Shown, cancel);
        return Page();
    }

    private async Task ListAsync(IQueryable<Child> children, int skip, int take, CancellationToken cancel)
    {
        var listed = await children.AsNoTracking()
            .OrderBy(c => db.Allocations.Any(a => a.ChildId == c.Id && a.EndedOn == null)).ThenBy(c => c.FamilyName).ThenBy(c => c.GivenName).ThenBy(c => c.LaChildId)
            .Skip(skip).Take(take)
            .Select(c => new { c.Id, c.LaChildId, c.GivenName, c.FamilyName, c.KnownAs }).ToListAsync(cancel);
        var ids = listed.Select(c => c.Id).ToList();
        var workers = (await db.Allocations.Where(a => ids.Contains(a.ChildId) && a.EndedOn == null)
            .Join(db.Users, a => a.PractitionerId, u => u.Id, (a, u) => new { a.ChildId, u.DisplayName }).ToListAsync(cancel)).ToLookup(a => a.ChildId, a => a.DisplayName);
        Children = [.. listed.Select(c => new Row(c.Id, c.LaChildId, Words.NameOf(c.GivenName, c.FamilyName, c.KnownAs), [.. workers[c.Id].Order(StringComparer.CurrentCulture)]))];
        db.Add(AuditEntry.For(AuditActions.ChildListed, current.Actor, null, null, clock, $"allocations, shown: {Children.Count}"));
        await db.SaveChangesAsync(cancel);
    }
}
