using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Learning;

/// <summary>Knows of every council which packs are due, and asks for their editions. A site that was down on the first of the month asks when it is up again.</summary>
public sealed class PackCalendar(AppDbContext db, NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Sites beside each other ask once.</summary>
    private static readonly Guid Lock = new("5c0c2d5e-6a2f-4f0a-9d61-1b7f0a3e8c44");

    private static readonly TimeSpan TriedAgainAfter = TimeSpan.FromHours(1);

    /// <returns>How many editions were asked for.</returns>
    public async Task<int> AskAsync(CancellationToken cancel)
    {
        await using var ours = await JobLock.TryTakeAsync(database, Lock, cancel);
        if (ours is null) return 0;
        using var acting = db.ActingAs(Actor.Runner);
        var now = clock.GetUtcNow().UtcDateTime;
        var due = (await db.MonthlyPacks.AsNoTracking().Where(p => p.StoppedAt == null).ToListAsync(cancel)).Where(p => p.IsDue(now)).ToList();
        if (due.Count == 0) return 0;
        var ids = due.Select(p => p.Id).ToList();
        var since = now - TriedAgainAfter;
        var asked = await db.Jobs.Where(j => j.Kind == JobKind.MakeEdition && ids.Contains(j.SubjectId) && (j.State == JobState.Waiting || j.State == JobState.Running || j.RequestedAt > since))
            .Select(j => j.SubjectId).ToListAsync(cancel);
        var waiting = due.Where(p => !asked.Contains(p.Id)).ToList();
        db.AddRange(waiting.Select(p => new Job { AuthorityId = p.AuthorityId, Kind = JobKind.MakeEdition, SubjectId = p.Id, RequestedById = p.KeptById, RequestedAt = now }));
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear();
        return waiting.Count;
    }
}
