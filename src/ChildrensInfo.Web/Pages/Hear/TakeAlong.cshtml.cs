using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Offline;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>Chooses which children's minimum goes along to visits where there is no connection. What is taken is fetched by the script, child by child.</summary>
public class TakeAlongModel(AppDbContext db, TimeProvider clock) : PageModel
{
    public sealed record Row(Guid Id, string Name, int? Age, DateOnly? PlannedOn, bool IsChosen);

    /// <summary>The child from whose page somebody came.</summary>
    [FromQuery]
    public Guid? Child { get; set; }

    public IReadOnlyList<Row> Children { get; private set; } = [];

    public string Email => User.Identity!.Name!;

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var actor = db.Actor!;
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        var soon = today.AddDays(OfflineService.HoursTaken / 24);
        var mine = db.AllocatedTo(actor.PersonId);
        var children = await db.Children.AsNoTracking().Where(c => mine.Contains(c.Id))
            .Select(c => new { Child = c, PlannedOn = db.PlannedVisits.Where(p => p.ChildId == c.Id && p.SessionId == null && p.CalledOffAt == null && p.PlannedOn <= soon).Min(p => (DateOnly?)p.PlannedOn) })
            .ToListAsync(cancel);
        Children = [.. children.Select(c => new Row(c.Child.Id, c.Child.DisplayName, c.Child.AgeOn(today), c.PlannedOn, c.Child.Id == Child || (Child is null && c.PlannedOn is not null)))
            .OrderByDescending(c => c.IsChosen).ThenBy(c => c.Name, StringComparer.CurrentCulture)];
        db.Add(AuditEntry.For(AuditActions.ChildListed, actor, null, null, clock, children.Count == 1 ? "1 child" : $"{children.Count} children"));
        await db.SaveChangesAsync(cancel);
    }
}
