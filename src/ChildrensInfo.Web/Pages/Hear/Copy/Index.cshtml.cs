using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Copy;

/// <summary>Whom a copy of what was said is for.</summary>
public class IndexModel(AppDbContext db, NamedRecipientService named) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    public Child Child { get; private set; } = null!;

    [FromQuery]
    public string? To { get; set; }

    [FromQuery]
    public string? Service { get; set; }

    public List<Guid> There { get; } = [];

    /// <summary>A service that is on no list.</summary>
    [BindProperty]
    public string? Another { get; set; }

    public IReadOnlyList<SelectListItem> People { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Services { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotFound();

    /// <summary>Puts a service on this child's list, by its name.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await named.NameAsync(ChildId, Purpose.SharePro, Another, db.Actor!, cancel) is not var (id, why)) return NotFound();
        if (id is { } service) return Redirect($"/hear/{ChildId}/copy?to={CopyPage.ForService}&service={service}");
        ModelState.AddModelError(nameof(Another), why!);
        return await LoadAsync(cancel) ? Page() : NotFound();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        if (child is null) return false;
        Child = child;
        People = [.. (await db.Relationships.AsNoTracking().Where(r => r.ChildId == ChildId).OrderBy(r => r.Name).ToListAsync(cancel))
            .Select(r => new SelectListItem($"{r.Name}, {Words.Of(r.Kind).ToLowerInvariant()}", r.Id.ToString()))];
        Services = [.. Enum.GetValues<OutsideService>().Where(s => s != OutsideService.OtherService).Select(s => new SelectListItem(Words.Of(s), s.ToString())),
            .. (await named.OfAsync(ChildId, cancel)).Where(n => n.Value.Purpose == Purpose.SharePro).Select(n => new SelectListItem(n.Value.Name, n.Key.ToString())).OrderBy(i => i.Text, StringComparer.CurrentCulture)];
        return true;
    }
}
