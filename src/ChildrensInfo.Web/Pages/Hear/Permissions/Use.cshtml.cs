using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>Names the one training or report that is to be asked about.</summary>
public class UseModel(AppDbContext db, NamedRecipientService named, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [BindProperty]
    public string? Use { get; set; }

    public Child Child { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel) || await named.NameAsync(ChildId, Purpose.TrainPublish, Use, current.Actor!, cancel) is not var (id, why)) return NotFound();
        if (id is { } use) return Redirect($"/hear/{ChildId}/permissions/ask?purpose={Purpose.TrainPublish}&recipient={use}");
        ModelState.AddModelError(nameof(Use), why!);
        return Page();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel) is not { } child) return false;
        Child = child;
        return true;
    }
}
