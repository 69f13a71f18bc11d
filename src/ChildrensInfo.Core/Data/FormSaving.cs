using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Shared;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Data;

/// <summary>What every form needs that may come twice at once, late, or altered.</summary>
public static class FormSaving
{
    public const string UsedBefore = "This form was used before, so nothing was saved. Open the page again";

    /// <summary>Saves what was added. A double click saves once: the second finds the first there and is as good as done.</summary>
    /// <param name="isThere">Whether what is being saved stands there already, from this very form.</param>
    /// <returns>Null when it stands there; otherwise the name of the constraint that something else has taken, and nothing is saved.</returns>
    public static async Task<string?> SaveOnceAsync(this AppDbContext db, Func<Task<bool>> isThere, CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
            return null;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } taken)
        {
            db.ChangeTracker.Clear();
            return await isThere() ? null : taken.ConstraintName ?? "";
        }
    }

    /// <summary>Saves what was changed. What somebody else did meanwhile is told in words, never overwritten, and nothing is saved.</summary>
    public static async Task<Outcome> SaveOrRefuseAsync(this AppDbContext db, CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
            return Outcome.Done;
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("", "Somebody changed this while you had it open. Look at it as it is now, then try again");
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return Outcome.Refused("", "This form was sent before. Open it again to send another");
        }
    }

    /// <summary>Refuses an id that the page never offered, and writes that it was tried. Whatever was about to be saved is not.</summary>
    /// <param name="what">What the id was given for, for the audit log; never its content.</param>
    public static async Task<Outcome> RefuseForgedAsync(
        this AppDbContext db, Guid childId, Guid? forgedId, Actor actor, string field, string message, string what, TimeProvider clock, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        db.Add(AuditEntry.For(AuditActions.AccessRefused, actor, childId, forgedId, clock, $"{what} does not belong to the child"));
        await db.SaveChangesAsync(cancel);
        return Outcome.Refused(field, message);
    }
}
