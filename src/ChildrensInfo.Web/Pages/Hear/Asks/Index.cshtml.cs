using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Hear.Asks;

/// <summary>What waits for an answer: a practitioner's own children, or a manager's team. No words, so that a list can be open on a desk.</summary>
public class IndexModel(AppDbContext db, ResponseService responses, ICurrentActor current, TimeProvider clock) : PageModel
{
    public DateOnly Today => responses.Today;

    public bool ForTeam => current.Actor!.Can(Capability.AgreeForTeam);

    public IReadOnlyList<OpenAsk> WaitForManager { get; private set; } = [];

    public IReadOnlyList<OpenAsk> Overdue { get; private set; } = [];

    public IReadOnlyList<OpenAsk> Open { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var asks = await responses.OpenAsksAsync(current.Actor!, cancel);
        WaitForManager = [.. asks.Where(a => a.WaitsForManager)];
        Overdue = [.. asks.Where(a => a.IsOverdue && !a.WaitsForManager)];
        Open = [.. asks.Where(a => !a.IsOverdue && !a.WaitsForManager)];
        db.Add(AuditEntry.For(AuditActions.AskListed, db.Actor, null, null, clock, $"{asks.Count}"));
        await db.SaveChangesAsync(cancel);
    }
}
