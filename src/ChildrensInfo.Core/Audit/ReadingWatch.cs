using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Audit;

/// <summary>
/// Notices somebody who opens very many children’s records within an hour, while it happens. That is a line of the audit log, once an hour for each such person, and so a figure that an alarm can
/// stand on; who it is stands in the log alone.
/// </summary>
public sealed class ReadingWatch(AppDbContext db, TimeProvider clock)
{
    /// <summary>More than a team manager looks through in a morning, and far fewer than there are to take.</summary>
    public const int ManyChildren = 60;

    private static readonly TimeSpan Within = TimeSpan.FromHours(1);

    /// <returns>How many people of the council were noticed now who had not been within the hour.</returns>
    public async Task<int> LookAsync(Actor service, CancellationToken cancel)
    {
        using var acting = db.ActingAs(service);
        var since = clock.GetUtcNow().UtcDateTime - Within;
        var lines = db.AuditEntries.AsNoTracking().Where(a => a.At > since);
        var many = await lines.Where(a => a.ActorId != null && a.ActorId != Guid.Empty && a.ChildId != null && AuditActions.Opens.Contains(a.Action))
            .GroupBy(a => a.ActorId!.Value).Select(g => new { PersonId = g.Key, Children = g.Select(a => a.ChildId).Distinct().Count() }).Where(g => g.Children >= ManyChildren).ToListAsync(cancel);
        if (many.Count == 0) return 0;
        var said = await lines.Where(a => a.Action == AuditActions.ManyRead).Select(a => a.SubjectId).ToListAsync(cancel);
        var found = many.Where(m => !said.Contains(m.PersonId)).ToList();
        db.AddRange(found.Select(m => AuditEntry.For(AuditActions.ManyRead, service, null, m.PersonId, clock, $"{m.Children} children")));
        await db.SaveChangesAsync(cancel);
        return found.Count;
    }
}
