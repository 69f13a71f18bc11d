using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <summary>
/// Puts right what was written about a permission: beside it, with a reason and a name, never in its place. What would bring an older yes back is for the
/// child's own worker, and a no that the child tapped is for nobody.
/// </summary>
public sealed class ConsentCorrections(AppDbContext db, KeyRing keys, TimeProvider clock)
{
    private const string ForTheirOwnWorker = "You are covering for a colleague. What could turn a no into a yes is for the child’s own worker to put right";

    /// <summary>Marks an event as a mistake, for good and with a reason. Both stay; the state is worked out as if it had never been.</summary>
    /// <returns>Null when the child has no such event that the actor may see.</returns>
    public async Task<Outcome?> MarkAsMistakeAsync(Guid childId, Guid eventId, Guid markId, string? reason, Actor actor, CancellationToken cancel)
    {
        var mistaken = await db.ConsentEvents.AsNoTracking().SingleOrDefaultAsync(e => e.Id == eventId && e.ChildId == childId, cancel);
        if (mistaken is null) return null;
        if (mistaken.Type == ConsentEventType.EnteredInError) return Outcome.Refused("", "This is itself a mark. Record what is right instead");
        if (ConsentRules.Denies(ConsentFact.Of(mistaken)))
        {
            // What a child did on their own screen was not written down by anybody who could have mistaken them.
            if (mistaken is { Method: ConsentMethod.TappedByChild, Type: not ConsentEventType.Invalidated }) return Outcome.Refused("", "They said this themselves, on their own screen. If it was a slip, ask them again: a new answer counts");
            if (await CoverService.IsCoveringAsync(db, childId, actor, cancel)) return Outcome.Refused("", ForTheirOwnWorker);
        }

        if (Unsaid(reason, RecordConsent.WordsMaxLength)) return Outcome.Refused("Reason", $"Say what was wrong, in {RecordConsent.WordsMaxLength} characters or fewer");
        if (await db.ConsentEvents.AnyAsync(e => e.CorrectsEventId == eventId && e.ChildId == childId, cancel)) return Outcome.Done;
        return await MarkAsync(mistaken, ConsentEventType.EnteredInError, eventId, markId, reason!, AuditActions.ConsentCorrected, actor, cancel);
    }

    /// <summary>Says that a yes should not have been relied on. What was made under it is quarantined, and past uses are listed.</summary>
    /// <returns>Null when the child has no such yes that the actor may see.</returns>
    public async Task<Outcome?> InvalidateAsync(Guid childId, Guid eventId, Guid markId, string? reason, Actor actor, CancellationToken cancel)
    {
        var yes = await db.ConsentEvents.AsNoTracking().SingleOrDefaultAsync(e => e.Id == eventId && e.ChildId == childId && (e.Type == ConsentEventType.Given || e.Type == ConsentEventType.Renewed), cancel);
        if (yes is null) return null;
        if (Unsaid(reason, RecordConsent.WordsMaxLength)) return Outcome.Refused("Reason", $"Say why it should not have been relied on, in {RecordConsent.WordsMaxLength} characters or fewer");
        return await MarkAsync(yes, ConsentEventType.Invalidated, null, markId, reason!, AuditActions.ConsentRecorded, actor, cancel);
    }

    /// <summary>Says which of two events came last, where the clocks leave that in doubt.</summary>
    /// <param name="id">Made with the form, so that a double click says it once.</param>
    /// <returns>Null when the child has no two such events that the actor may see.</returns>
    public async Task<Outcome?> ResolveOrderAsync(Guid childId, Guid id, Guid firstId, Guid lastId, string? reason, Actor actor, CancellationToken cancel)
    {
        var two = await db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == childId && (e.Id == firstId || e.Id == lastId)).ToListAsync(cancel);
        if (two is not [var one, var other]) return null;
        if (one.Purpose != other.Purpose || !ConsentRules.InDoubt(ConsentFact.Of(one), ConsentFact.Of(other))) return Outcome.Refused("", "The clocks say which of these came first, so nobody can turn them round");
        if (!ConsentRules.Denies(ConsentFact.Of(one.Id == lastId ? one : other)) && await CoverService.IsCoveringAsync(db, childId, actor, cancel)) return Outcome.Refused("", ForTheirOwnWorker);
        if (Unsaid(reason, ConsentOrder.ReasonMaxLength)) return Outcome.Refused("Reason", $"Say how you know, in {ConsentOrder.ReasonMaxLength} characters or fewer");
        db.Add(new ConsentOrder
        {
            Id = id,
            AuthorityId = one.AuthorityId,
            ChildId = childId,
            FirstEventId = firstId,
            LastEventId = lastId,
            ReasonSealed = await keys.SealAsync(childId, reason!, id, SealPart.OrderReason, cancel),
            ResolvedAt = clock.GetUtcNow().UtcDateTime,
            ResolvedById = actor.PersonId,
        });
        db.Add(AuditEntry.For(AuditActions.ConsentOrdered, actor, childId, id, clock));
        return await SavedAsync(() => db.ConsentOrders.AnyAsync(o => o.Id == id && o.ChildId == childId, cancel), cancel);
    }

    private async Task<Outcome> MarkAsync(ConsentEvent of, ConsentEventType type, Guid? correctsId, Guid markId, string reason, string action, Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        db.Add(new ConsentEvent
        {
            Id = markId,
            AuthorityId = of.AuthorityId,
            ChildId = of.ChildId,
            Purpose = of.Purpose,
            Scope = of.Scope,
            ScopeId = of.ScopeId,
            Type = type,
            Method = of.Method,
            CorrectsEventId = correctsId,
            OccurredAt = now,
            RecordedAt = now,
            RecordedById = actor.PersonId,
            ReasonSealed = await keys.SealAsync(of.ChildId, reason, markId, SealPart.ConsentReason, cancel),
        });
        db.Add(AuditEntry.For(action, actor, of.ChildId, markId, clock, $"{of.Purpose} {type}"));
        return await SavedAsync(() => db.ConsentEvents.AnyAsync(e => e.Id == markId && e.ChildId == of.ChildId, cancel), cancel);
    }

    private async Task<Outcome> SavedAsync(Func<Task<bool>> isThere, CancellationToken cancel) =>
        await db.SaveOnceAsync(isThere, cancel) is null ? Outcome.Done : Outcome.Refused("", FormSaving.UsedBefore);

    private static bool Unsaid(string? reason, int most) => string.IsNullOrWhiteSpace(reason) || reason.Length > most;
}
