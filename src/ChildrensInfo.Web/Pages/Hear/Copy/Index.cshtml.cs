using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Copy;

/// <summary>Whom a copy of what was said is for.</summary>
public class IndexModel(AppDbContext db) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    public Child Child { get; private set; } = null!;

    public string? To { get; set; }

    public OutsideService? Service { get; set; }

    public List<Guid> There { get; } = [];

    public IReadOnlyList<SelectListItem> People { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Services { get; } = [.. Enum.GetValues<OutsideService>().Select(s => new SelectListItem(Words.Of(s), s.ToString()))];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        if (child is null) return NotFound();
        Child = child;
        People = [.. (await db.Relationships.AsNoTracking().Where(r => r.ChildId == ChildId).OrderBy(r => r.Name).ToListAsync(cancel))
            .Select(r => new SelectListItem($"{r.Name}, {Words.Of(r.Kind).ToLowerInvariant()}", r.Id.ToString()))];
        return Page();
    }
}
