using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Rights;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern.Duties;

/// <summary>What was destroyed, how much, by which rule, by whom and when, to print. It holds no word of it.</summary>
public class CertificateModel(DutyService duties, AppDbContext db, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid Id { get; set; }

    public Disposal Disposal { get; private set; } = null!;

    public string Council { get; private set; } = "";

    public IReadOnlyDictionary<Guid, string> People { get; private set; } = new Dictionary<Guid, string>();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await duties.DoneAsync(ChildId, Id, current.Actor!, cancel) is not { } disposal) return NotFound();
        Disposal = disposal;
        Council = await db.Authorities.Where(a => a.Id == disposal.AuthorityId).Select(a => a.Name).SingleAsync(cancel);
        People = await db.Users.Where(u => u.AuthorityId == disposal.AuthorityId).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return Page();
    }
}
