using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Understand.Tools;

public class IndexModel(AppDbContext db, ToolService tools, ICurrentActor current) : PageModel
{
    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public sealed record Row(Guid Id, string Title, ToolKind Kind, int AgeFrom, int AgeTo, bool IsOwn, bool IsRetired, IReadOnlyList<(string Language, int Number)> Versions);

    public async Task OnGetAsync(CancellationToken cancel) =>
        Rows = [.. (await db.Tools.AsNoTracking().Include(t => t.Versions).ToListAsync(cancel))
            // An authority's own stands in the place of the shipped one.
            .GroupBy(t => t.Key).Select(g => g.OrderBy(t => t.AuthorityId is null).First())
            .Select(t =>
            {
                var newest = t.Versions.GroupBy(v => v.Language).Select(g => g.OrderByDescending(v => v.Number).First()).OrderByDescending(v => v.Language == "en").ThenBy(v => v.Language, StringComparer.Ordinal).ToList();
                return new Row(t.Id, newest[0].Title, t.Kind, newest[0].AgeFrom, newest[0].AgeTo, t.AuthorityId is not null, t.RetiredAt is not null, [.. newest.Select(v => (v.Language, v.Number))]);
            })
            .OrderBy(r => r.Kind).ThenBy(r => r.Title, StringComparer.CurrentCulture)];

    public async Task<IActionResult> OnPostRetireAsync(Guid id, bool retire, CancellationToken cancel)
    {
        if (!await tools.RetireAsync(id, retire, current.Actor!, cancel)) return NotFound();
        TempData["Success"] = retire ? "It is no longer offered. What was answered with it stays as it is." : "It is offered again.";
        return Redirect("/understand/tools");
    }
}
