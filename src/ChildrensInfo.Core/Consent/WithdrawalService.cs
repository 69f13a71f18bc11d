using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <summary>
/// What becomes of what is there when somebody takes a permission back: what they want done with it, and the deleting of recordings and pictures, at once or when a legal hold is lifted or a photo is found to be about it.
/// </summary>
public sealed class WithdrawalService(AppDbContext db, TimeProvider clock)
{
    private readonly ConsentFactsReader reader = new(db);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Writes down what somebody who said stop wants done with what is there. Until then it is locked.</summary>
    /// <returns>Null when the child has no such withdrawal that the actor may see.</returns>
    public async Task<Outcome?> DecideAsync(Guid childId, Guid eventId, WithdrawWants? wants, Actor actor, CancellationToken cancel)
    {
        var stop = await db.ConsentEvents.AsNoTracking().SingleOrDefaultAsync(e => e.Id == eventId && e.ChildId == childId, cancel);
        if (stop is null || !ConsentRules.Denies(ConsentFact.Of(stop))) return null;
        if (wants is not { } wanted || !Enum.IsDefined(wanted)) return Outcome.Refused("Wants", "Choose what they want done with what is kept");
        if (await db.MediaErasures.AnyAsync(e => e.EventId == eventId, cancel)) return Outcome.Refused("Wants", "The recording is already deleted");
        var decision = await StandingAsync(stop, cancel);
        if (!IsStoppedBy(decision, eventId)) return Outcome.Refused("Wants", "This is not the answer that counts now, so nothing was changed");
        if (wanted == WithdrawWants.DeleteRecording && !await MayEraseAsync(stop, cancel)) return Outcome.Refused("Wants", "A yes came after this, or may have: nothing was deleted. If they want it deleted, let them say stop again");
        var outcome = new WithdrawalOutcome { AuthorityId = stop.AuthorityId, ChildId = childId, EventId = eventId, Wants = wanted, DecidedAt = Now, DecidedById = actor.PersonId };
        db.Add(outcome);
        db.Add(AuditEntry.For(AuditActions.WithdrawalDecided, actor, childId, eventId, clock, wanted.ToString()));
        await using var both = await db.Database.BeginTransactionAsync(cancel);
        await db.SaveChangesAsync(cancel);
        if (wanted == WithdrawWants.DeleteRecording) await EraseAsync(stop, actor, cancel);
        await both.CommitAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>What stands now of what the stop was about.</summary>
    private async Task<ConsentDecision> StandingAsync(ConsentEvent stop, CancellationToken cancel) =>
        (await reader.ReadAsync([stop.ChildId], [stop.Purpose], cancel)).GetValueOrDefault(stop.ChildId)?.Decide(stop.Purpose, stop.ScopeId, Now) ?? ConsentDecision.NothingKnown;

    /// <summary>Whether what was made is stopped, and by this event: only then is what they want done with it to be done.</summary>
    private static bool IsStoppedBy(ConsentDecision decision, Guid eventId) => decision.State == ConsentState.Withdrawn && decision.EventId == eventId;

    /// <summary>
    /// Whether a stop is one to delete for: it decides, nobody has marked it as a mistake, and nothing says that whoever said it has said yes since. The database asks the last two again
    /// (erase_recording): what is deleted nobody brings back.
    /// </summary>
    private async Task<bool> MayEraseAsync(ConsentEvent stop, CancellationToken cancel)
    {
        var decision = await StandingAsync(stop, cancel);
        return IsStoppedBy(decision, stop.Id) && decision.InDoubtWith is null && !await db.ConsentEvents.AnyAsync(
            yes => yes.ChildId == stop.ChildId && yes.Purpose == stop.Purpose && yes.ScopeId == stop.ScopeId && (yes.Type == ConsentEventType.Given || yes.Type == ConsentEventType.Renewed)
                && yes.DecidedBy == stop.DecidedBy && yes.DecidedByRelationshipId == stop.DecidedByRelationshipId && yes.ChildPosition != null && yes.ChildPosition != ChildPosition.Dissents
                && yes.OccurredAt > stop.OccurredAt && !db.ConsentEvents.Any(m => m.CorrectsEventId == yes.Id && m.Type == ConsentEventType.EnteredInError), cancel);
    }

    /// <summary>
    /// Takes the bytes that had been made when somebody said stop out of the database, inside the caller's transaction. Records and what was written down of them stay.
    /// </summary>
    internal async Task EraseAsync(ConsentEvent stop, Actor actor, CancellationToken cancel)
    {
        if (!await MayEraseAsync(stop, cancel)) return;
        var records = (await db.VoiceRecords.AsNoTracking()
            .Where(r => r.ChildId == stop.ChildId && r.FileId != null && r.MovedAt == null
                // What came from a device later had been made before, or under no yes at all.
                && (r.SealedAt <= stop.OccurredAt || r.DeviceTime <= stop.OccurredAt || r.ArrivedUnpermitted) && !db.MediaErasures.Any(e => e.FileId == r.FileId)
                && (stop.Scope != ConsentScope.VoiceRecord || r.Id == stop.ScopeId) && (stop.Scope != ConsentScope.Session || r.SessionId == stop.ScopeId))
            .ToListAsync(cancel)).FindAll(r => r.StoppedBy.Contains(stop.Purpose));
        var until = ConsentRules.LocalDay(Now).AddDays(Purposes.DaysInBackups);
        var erasures = records.ConvertAll(r => new MediaErasure
        {
            AuthorityId = stop.AuthorityId,
            ChildId = stop.ChildId,
            VoiceRecordId = r.Id,
            FileId = r.FileId!.Value,
            EventId = stop.Id,
            ErasedAt = Now,
            ErasedById = actor.PersonId,
            BackupsUntil = until,
        });
        if (erasures.Count == 0) return;
        // What they want is written down, and it stays locked; it is done when the hold is lifted.
        if (await LegalHoldService.StandsAsync(db, stop.ChildId, cancel))
        {
            db.Add(AuditEntry.For(AuditActions.MediaKeptBack, actor, stop.ChildId, stop.Id, clock, erasures.Count.ToString(CultureInfo.InvariantCulture)));
            await db.SaveChangesAsync(cancel);
            return;
        }

        db.AddRange(erasures);
        db.AddRange(erasures.Select(e => AuditEntry.For(AuditActions.MediaErased, actor, e.ChildId, e.VoiceRecordId, clock, $"in backups until {until:yyyy-MM-dd}")));
        await db.SaveChangesAsync(cancel);
        foreach (var erasure in erasures) await db.Database.ExecuteSqlAsync($"select erase_recording({erasure.Id})", cancel);
    }

    /// <summary>
    /// Throws away what a computer wrote of recordings and nobody has checked, inside the caller's transaction, when whoever decides says stop to that help: so they were told when they were
    /// asked. What a person has checked stays. While a legal hold stands it is locked and stays; it goes when the hold is lifted.
    /// </summary>
    internal async Task ThrowAwayDraftsAsync(ConsentEvent stop, Actor actor, CancellationToken cancel)
    {
        var decision = await StandingAsync(stop, cancel);
        if (!decision.SaidStop || decision.EventId != stop.Id || decision.InDoubtWith is not null) return;
        // The database looks for holds itself: whoever writes down a stop may not see them.
        var thrown = await db.Database.SqlQuery<int>($"select throw_away_drafts({stop.Id}) as \"Value\"").SingleAsync(cancel);
        if (thrown == 0) return;
        db.Add(AuditEntry.For(AuditActions.DraftsThrownAway, actor, stop.ChildId, stop.Id, clock, thrown.ToString(CultureInfo.InvariantCulture)));
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>Deletes what somebody wanted deleted and a legal hold kept, inside the transaction that lifts it.</summary>
    /// <param name="childId">Null for every child.</param>
    internal async Task EraseKeptBackAsync(Guid? childId, Actor actor, CancellationToken cancel)
    {
        var stops = await WantingDeletion
            .Where(e => (childId == null || e.ChildId == childId)
                && !db.MediaErasures.Any(m => m.EventId == e.Id)
                && !db.LegalHolds.Any(h => h.LiftedAt == null && (h.ChildId == null || h.ChildId == e.ChildId)))
            .ToListAsync(cancel);
        foreach (var stop in stops) await EraseAsync(stop, actor, cancel);
        var ofDrafts = await db.ConsentEvents.AsNoTracking().Where(e => (childId == null || e.ChildId == childId) && e.Purpose == Purpose.TranscribeMachine && e.Type != ConsentEventType.Deferred
            && db.Transcripts.Any(t => t.ChildId == e.ChildId && t.Method != TranscriptMethod.TypedByPerson && !db.TranscriptAcceptances.Any(a => a.TranscriptId == t.Id))).ToListAsync(cancel);
        foreach (var stop in ofDrafts.Where(e => ConsentRules.Denies(ConsentFact.Of(e)))) await ThrowAwayDraftsAsync(stop, actor, cancel);
    }

    /// <summary>Deletes what a stop that stands wanted deleted and that only now is known to be about it, inside the caller's transaction.</summary>
    internal async Task EraseFoundOutAsync(Guid childId, Purpose purpose, Actor actor, CancellationToken cancel)
    {
        foreach (var stop in await WantingDeletion.Where(e => e.ChildId == childId && e.Purpose == purpose).ToListAsync(cancel)) await EraseAsync(stop, actor, cancel);
    }

    /// <summary>The stops by which somebody wanted what there was deleted, as they said it last.</summary>
    private IQueryable<ConsentEvent> WantingDeletion => db.ConsentEvents.AsNoTracking().Where(e =>
        (db.WithdrawalOutcomes.Where(o => o.EventId == e.Id).OrderByDescending(o => o.DecidedAt).ThenByDescending(o => o.Id).Select(o => (WithdrawWants?)o.Wants).FirstOrDefault() ?? e.Wants) == WithdrawWants.DeleteRecording);
}
