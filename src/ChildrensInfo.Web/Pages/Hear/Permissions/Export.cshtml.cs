using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>A child's permissions as other systems read them. For the child's own worker; every download is written down.</summary>
public class ExportModel(AppDbContext db, ConsentExport export, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    public Child Child { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel) is not { } child) return NotFound();
        Child = child;
        return Page();
    }

    public async Task<IActionResult> OnPostFhirAsync(CancellationToken cancel) =>
        await export.FhirAsync(ChildId, current.Actor!, cancel) is { } bundle ? File(bundle, "application/fhir+json", "consents.fhir.json") : NotFound();

    public async Task<IActionResult> OnPostReceiptAsync(CancellationToken cancel) =>
        await export.ReceiptAsync(ChildId, current.Actor!, cancel) is { } receipt ? File(receipt, "application/json", "consent-receipt.json") : NotFound();
}
