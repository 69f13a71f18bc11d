using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Offline;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Devices;

/// <summary>How much waits on devices to be sent, in numbers: one’s own, those of one’s team, or of everybody one looks after. Of children and of what was said it knows nothing.</summary>
public class IndexModel(AppDbContext db, DeviceService devices, ICurrentActor current, TimeProvider clock) : PageModel
{
    public sealed record Row(Guid Id, string Person, DateTime SeenAt, DateTime? SentAt, int OnDevice, int Sending, int NeedsYou, bool IsLate)
    {
        public string Name => Id.ToString("N")[..8];
    }

    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public int Late => Rows.Count(r => r.IsLate);

    /// <summary>Whoever hears children sees only their own here.</summary>
    public bool OnlyMine => current.Actor!.Can(Capability.HearChildren);

    public bool MayRescue => current.Actor!.Can(Capability.LookAfterPeople);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var since = now.AddDays(-Device.ForgottenAfterDays);
        var known = await db.Devices.AsNoTracking().Where(d => d.GoneAt == null && (d.SeenAt >= since || d.OnDevice + d.Sending + d.NeedsYou > 0)).Join(db.Users, d => d.PersonId, u => u.Id, (d, u) => new { Device = d, u.DisplayName }).ToListAsync(cancel);
        // What waits longest stands first; then what has not been heard of for longest.
        Rows = [.. known.OrderBy(k => k.Device.Unsent > 0 ? k.Device.OldestAt ?? k.Device.SeenAt : DateTime.MaxValue).ThenBy(k => k.Device.SeenAt)
            .Select(k => new Row(k.Device.Id, k.DisplayName, k.Device.SeenAt, k.Device.SentAt, k.Device.OnDevice, k.Device.Sending, k.Device.NeedsYou, k.Device.IsLate(now)))];
        db.Add(AuditEntry.For(AuditActions.DevicesRead, current.Actor, null, null, clock, Rows.Count == 1 ? "1 device" : $"{Rows.Count} devices"));
        await db.SaveChangesAsync(cancel);
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel)
    {
        if (await devices.GoneAsync(id, current.Actor!, cancel) is null) return NotFound();
        TempData["Success"] = "That device is not shown any more. If it says something of itself again, it comes back.";
        return RedirectToPage();
    }
}
