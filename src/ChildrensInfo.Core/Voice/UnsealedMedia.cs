using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Rights;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <summary>
/// Recordings, pictures and proofs that were sent and never became part of a record or a decision: somebody closed the page, or thought better of it. Nobody can play them, and nothing says
/// why they should be kept.
/// </summary>
public sealed class UnsealedMedia(AppDbContext db, TimeProvider clock)
{
    /// <summary>
    /// Longer than any page is left open with something recorded on it, and longer than most holidays. A device loses nothing by it: it keeps what it has no receipt for, and sends it again
    /// from the beginning when the server has lost some of it.
    /// </summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>Of one person at a time: five of the longest recordings.</summary>
    public const long MostBytes = 5 * StoredFile.AudioMaxBytes;

    /// <summary>A child may read it.</summary>
    public const string TooMuch = "There is no room for more just now.";

    private const int AtOnce = 200;

    public async Task<bool> IsTooMuchAsync(Actor actor, long more, CancellationToken cancel) =>
        await Unsealed().Where(f => f.OwnerId == actor.PersonId).SumAsync(f => f.Length, cancel) + more > MostBytes;

    /// <summary>
    /// Hands what was recorded of a child and never sealed to somebody who works with them now, where whoever recorded it does so no more: they cannot open it, and in a month what was said would be gone. The
    /// caller saves it with the allocation, and answers to the whole council as this does.
    /// </summary>
    /// <param name="workers">Who works with the child.</param>
    /// <returns>How many recordings.</returns>
    public static async Task<int> PassOnAsync(AppDbContext db, Guid childId, IReadOnlyCollection<Guid> workers, Guid to, DateTime now, CancellationToken cancel)
    {
        var left = await db.Files.Where(f => f.ChildId == childId && f.SessionId != null && f.CompletedAt == null && f.WrappedKey.Length > 0 && !workers.Contains(f.OwnerId)
            && !db.BreakGlasses.Any(b => b.ChildId == childId && b.PersonId == f.OwnerId && b.EndedAt == null && b.ExpiresAt > now)).ToListAsync(cancel);
        foreach (var file in left) file.OwnerId = to;
        return left.Count;
    }

    /// <summary>
    /// The same in one council, for whoever ended working with a child without anybody being given them: a cover is over, or they left or have another role, while somebody else works with the child.
    /// </summary>
    /// <returns>How many recordings.</returns>
    public async Task<int> PassOnAsync(Actor service, CancellationToken cancel)
    {
        using var acting = db.ActingAs(service);
        var now = clock.GetUtcNow().UtcDateTime;
        var children = await db.Files.Where(f => f.ChildId != null && f.SessionId != null && f.CompletedAt == null && f.WrappedKey.Length > 0
                && !db.Allocations.Any(a => a.ChildId == f.ChildId && a.PractitionerId == f.OwnerId && a.EndedOn == null) && db.Allocations.Any(a => a.ChildId == f.ChildId && a.EndedOn == null)
                && !db.BreakGlasses.Any(b => b.ChildId == f.ChildId && b.PersonId == f.OwnerId && b.EndedAt == null && b.ExpiresAt > now))
            .Select(f => f.ChildId!.Value).Distinct().Order().Take(AtOnce).ToListAsync(cancel);
        var passed = 0;
        foreach (var childId in children)
        {
            var workers = await ChildService.WorkersAsync(db, childId, null, cancel);
            if (workers.Count == 0) continue;
            var ofChild = await PassOnAsync(db, childId, workers, workers[0], now, cancel);
            db.Add(AuditEntry.For(AuditActions.MediaPassedOn, service, childId, workers[0], clock, $"{ofChild}"));
            try
            {
                await db.SaveChangesAsync(cancel);
                passed += ofChild;
            }
            catch (DbUpdateConcurrencyException)
            {
                // It is being sealed this very moment, or another site was faster.
            }

            db.ChangeTracker.Clear();
        }

        return passed;
    }

    /// <summary>Removes what has waited too long in one council, each with its line; nothing of a child over whom a legal hold stands.</summary>
    /// <returns>How many went.</returns>
    public async Task<int> ForgetAsync(Actor service, CancellationToken cancel)
    {
        using var acting = db.ActingAs(service);
        var before = clock.GetUtcNow().UtcDateTime - KeptFor;
        var due = await Unsealed().AsNoTracking().Where(f => f.CreatedAt < before && !db.LegalHolds.Any(h => h.LiftedAt == null && (h.ChildId == null || h.ChildId == f.ChildId)))
            .OrderBy(f => f.CreatedAt).Take(AtOnce).ToListAsync(cancel);
        var gone = 0;
        foreach (var file in due)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            if (await LegalHoldService.StandsAsync(db, file.ChildId!.Value, cancel)) continue;
            db.Remove(file);
            db.Add(AuditEntry.For(AuditActions.MediaForgotten, service, file.ChildId, file.Id, clock, file.ContentType));
            try
            {
                await db.SaveChangesAsync(cancel);
                await transaction.CommitAsync(cancel);
                gone++;
            }
            catch (DbUpdateException)
            {
                // It was sealed this very moment, or another site was faster.
            }

            db.ChangeTracker.Clear();
        }

        return gone;
    }

    /// <summary>What was sent and is part of no record or decision, of those the actor may see.</summary>
    public IQueryable<StoredFile> Unsealed() => db.Files.Where(f =>
        (f.Kind == FileKind.VoiceMedia || f.Kind == FileKind.VoicePhoto || f.Kind == FileKind.ConsentEvidence) && f.WrappedKey.Length > 0
        && !db.VoiceRecords.IgnoreQueryFilters(AppDbContext.ReadingLocks).Any(r => r.FileId == f.Id) && !db.ConsentEvents.IgnoreQueryFilters(AppDbContext.ReadingLocks).Any(e => e.EvidenceFileId == f.Id));
}
