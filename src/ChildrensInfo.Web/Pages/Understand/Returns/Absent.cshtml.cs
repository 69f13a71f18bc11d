using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Understand.Returns;

/// <summary>What was loaded before and the newest return no longer contains: it stays until the data lead agrees to remove it.</summary>
public class AbsentModel(AppDbContext db, AbsenceService absences, ICurrentActor current, TimeProvider clock) : PageModel
{
    private const int PerPage = 50;

    public const string NothingChosen = "Choose at least one";

    [BindProperty(SupportsGet = true)]
    public int P { get; set; } = 1;

    [BindProperty]
    public List<Guid> Chosen { get; set; } = [];

    public int Pages { get; private set; }

    public int Total { get; private set; }

    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var open = db.ReturnAbsences.Where(a => a.State == AbsenceState.Open);
        Total = await open.CountAsync(cancel);
        Pages = (Total + PerPage - 1) / PerPage;
        P = Math.Clamp(P, 1, Math.Max(1, Pages));
        Rows = await (from a in open
                      join c in db.Children on a.ChildId equals c.Id
                      orderby c.LaChildId, a.StartedOn, a.Id
                      select new Row(a.Id, c.LaChildId, a.TableName, a.StartedOn)).Skip((P - 1) * PerPage).Take(PerPage).ToListAsync(cancel);
        if (Rows.Count == 0) return;
        await db.AuditReturnReadAsync(null, "no longer in the return", Rows.Select(r => r.LaChildId), current.Actor, clock, cancel);
    }

    public Task<IActionResult> OnPostRemoveAsync(CancellationToken cancel) => DecideAsync(absences.RemoveAsync, cancel);

    public Task<IActionResult> OnPostKeepAsync(CancellationToken cancel) => DecideAsync(absences.KeepAsync, cancel);

    private async Task<IActionResult> DecideAsync(Func<IReadOnlyList<Guid>, Actor, CancellationToken, Task<Outcome>> decide, CancellationToken cancel)
    {
        if (Chosen.Count == 0) ModelState.AddModelError(nameof(Chosen), NothingChosen);
        if (ModelState.IsValid && ModelState.Accept(await decide(Chosen, current.Actor!, cancel), "")) return RedirectToPage(new { P });
        await OnGetAsync(cancel);
        return Page();
    }

    public sealed record Row(Guid Id, string LaChildId, string TableName, DateOnly? StartedOn);
}
