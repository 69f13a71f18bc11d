using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ChildrensInfo.Core.Audit;

/// <summary>
/// Refuses a save that touches a child's rows without an audit line about that child, or that changes a line already written. A
/// forgotten line then fails in the first test that saves, not in front of a commissioner.
/// </summary>
public sealed class AuditGuard : SaveChangesInterceptor
{
    public static readonly AuditGuard Instance = new();

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Check(eventData.Context!);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Check(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Count(eventData.Context!);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Count(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    private static void Count(DbContext db)
    {
        foreach (var action in ((AppDbContext)db).ActsBeingSaved) PortalMeter.Acts.Add(1, new KeyValuePair<string, object?>("action", action));
        ((AppDbContext)db).ActsBeingSaved = [];
    }

    private static void Check(DbContext db)
    {
        var entries = db.ChangeTracker.Entries().Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList();
        if (entries.Any(e => e.Entity is AuditEntry && e.State != EntityState.Added))
        {
            throw new InvalidOperationException("An audit line is written once and never changed.");
        }

        var lines = entries.Select(e => e.Entity).OfType<AuditEntry>().ToList();
        ((AppDbContext)db).ActsBeingSaved = [.. lines.Select(a => a.Action)];
        if (lines.Any(a => AuditActions.AboutManyChildren.Contains(a.Action))) return;
        var audited = lines.Select(a => a.ChildId).ToHashSet();
        var silent = entries.FirstOrDefault(e => (e.Entity is IAboutChild about && !audited.Contains(about.ChildId))
            || (e.Entity is IMayBeAboutChild { ChildId: { } childId } && !audited.Contains(childId)));
        if (silent is not null)
        {
            throw new InvalidOperationException($"A save of {silent.Metadata.ClrType.Name} carries no audit line about its child.");
        }
    }
}
