using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Rights;

/// <summary>That something was said, for whoever has to name it and reads none of it.</summary>
public sealed record SaidFact(Guid Id, DateOnly HeardOn, Speaker Speaker, VoiceKind Kind);

/// <summary>That a statement was put beside a record, and none of its words.</summary>
/// <param name="BesideOn">The day of the record.</param>
public sealed record StatementFact(Guid Id, DateOnly BesideOn, DateOnly ReceivedOn, Speaker Speaker, DateTime PutAt, Guid PutById);

/// <summary>What is to be decided, and was, about the record of one child.</summary>
/// <param name="Notes">What was written of each, by its id.</param>
public sealed record DutiesOfChild(
    string ChildNumber, Retained Retained, IReadOnlyList<LegalHold> Holds, IReadOnlyList<Disposal> Disposals, IReadOnlyList<ErasureRequest> Erasures, IReadOnlyList<RectificationRequest> Rectifications, IReadOnlyList<Restriction> Restrictions,
    IReadOnlyList<RestrictionOpening> Openings, IReadOnlyList<(Guid Id, string Name)> Workers, IReadOnlyList<SaidFact> Said, IReadOnlyList<StatementFact> Statements, ILookup<Guid, DutyNoteRead> Notes)
{
    /// <summary>Those that stand.</summary>
    public IEnumerable<LegalHold> Standing => Holds.Where(h => h.LiftedAt is null);
}

/// <summary>One thing that waits for somebody of information governance.</summary>
/// <param name="Mine">The person who reads the list proposed it, so somebody else decides.</param>
public sealed record DutyWaiting(Guid ChildId, string ChildNumber, DisposalCause Cause, DateTime Since, bool Mine);

public enum RequestKind
{
    Access,
    Erasure,
    Rectification,
}

/// <summary>Somebody's request that is not answered yet.</summary>
public sealed record RequestDue(RequestKind Kind, Guid Id, Guid ChildId, string ChildNumber, Requester Requester, DateOnly DueOn);

/// <summary>What is to be done about records, of whichever child.</summary>
/// <param name="Due">The requests that wait for an answer, those due soonest first.</param>
/// <param name="Waiting">What waits for a second person.</param>
/// <param name="Holds">Those on every child.</param>
public sealed record DutiesOfAll(IReadOnlyList<RequestDue> Due, IReadOnlyList<DutyWaiting> Waiting, IReadOnlyList<LegalHold> Holds, ILookup<Guid, DutyNoteRead> Notes);

/// <summary>Reads what is to be decided about records. It opens reasons that governance wrote and no word of a child.</summary>
public sealed class DutyService(AppDbContext db, DutyNotes notes, RetentionService retention, TimeProvider clock)
{
    /// <summary>The child whose number it is, exactly: there is no list to look through.</summary>
    public async Task<Guid?> FindAsync(string? number, Actor actor, CancellationToken cancel)
    {
        var exact = number?.Trim() ?? "";
        return actor.Can(Capability.KeepDuties) ? await db.Children.AsNoTracking().Where(c => c.LaChildId == exact).Select(c => (Guid?)c.Id).SingleOrDefaultAsync(cancel) : null;
    }

    public async Task<DutiesOfAll> ListAsync(Actor actor, CancellationToken cancel)
    {
        using var acting = db.ActingAs(actor.AsJob());
        var access = await db.AccessRequests.AsNoTracking().Include(r => r.Child).Where(r => r.State == AccessState.Open || r.State == AccessState.ForRelease || r.State == AccessState.Building).ToListAsync(cancel);
        var erasures = await db.ErasureRequests.AsNoTracking().Include(r => r.Child).Where(r => r.Granted == null).ToListAsync(cancel);
        var rectifications = await db.RectificationRequests.AsNoTracking().Include(r => r.Child).Where(r => r.Answer == null).ToListAsync(cancel);
        var due = access.Select(r => new RequestDue(RequestKind.Access, r.Id, r.ChildId, r.Child!.LaChildId, r.Requester, r.DueOn))
            .Concat(erasures.Select(r => new RequestDue(RequestKind.Erasure, r.Id, r.ChildId, r.Child!.LaChildId, r.Requester, r.DueOn)))
            .Concat(rectifications.Select(r => new RequestDue(RequestKind.Rectification, r.Id, r.ChildId, r.Child!.LaChildId, r.Requester, r.DueOn)));
        var waiting = await db.Disposals.AsNoTracking().Where(d => d.State == DisposalState.Proposed).OrderBy(d => d.ProposedAt)
            .Select(d => new DutyWaiting(d.ChildId, d.Child!.LaChildId, d.Cause, d.ProposedAt, d.ProposedById == actor.PersonId)).ToListAsync(cancel);
        var holds = await db.LegalHolds.AsNoTracking().Where(h => h.ChildId == null).OrderBy(h => h.LiftedAt != null).ThenByDescending(h => h.PlacedAt).ToListAsync(cancel);
        var opened = await notes.ReadAsync([.. holds.Select(h => h.Id)], cancel);
        db.Add(AuditEntry.For(AuditActions.DutiesRead, actor, null, null, clock, "list"));
        await db.SaveChangesAsync(cancel);
        return new([.. due.OrderBy(r => r.DueOn).ThenBy(r => r.ChildNumber, StringComparer.Ordinal)], waiting, holds, opened);
    }

    /// <returns>Null when there is no such child before the actor.</returns>
    public async Task<DutiesOfChild?> OfChildAsync(Guid childId, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.KeepDuties)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        if (await db.Children.AsNoTracking().Where(c => c.Id == childId).Select(c => c.LaChildId).SingleOrDefaultAsync(cancel) is not { } number) return null;
        var holds = await db.LegalHolds.AsNoTracking().Where(h => h.ChildId == childId || (h.ChildId == null && h.LiftedAt == null)).OrderBy(h => h.LiftedAt != null).ThenByDescending(h => h.PlacedAt).ToListAsync(cancel);
        var disposals = await db.Disposals.AsNoTracking().Where(d => d.ChildId == childId).OrderByDescending(d => d.ProposedAt).ToListAsync(cancel);
        var erasures = await db.ErasureRequests.AsNoTracking().Where(e => e.ChildId == childId).OrderByDescending(e => e.ReceivedOn).ThenByDescending(e => e.LoggedAt).ToListAsync(cancel);
        var rectifications = await db.RectificationRequests.AsNoTracking().Where(r => r.ChildId == childId).OrderByDescending(r => r.ReceivedOn).ThenByDescending(r => r.LoggedAt).ToListAsync(cancel);
        var restrictions = await db.Restrictions.AsNoTracking().Where(r => r.ChildId == childId).OrderBy(r => r.LiftedAt != null).ThenByDescending(r => r.PlacedAt).ToListAsync(cancel);
        var openings = await db.RestrictionOpenings.AsNoTracking().Where(o => o.ChildId == childId).OrderByDescending(o => o.OpenedAt).ToListAsync(cancel);
        var workers = await db.Allocations.AsNoTracking().Where(a => a.ChildId == childId && a.EndedOn == null).Join(db.Users, a => a.PractitionerId, u => u.Id, (a, u) => new { u.Id, u.DisplayName }).OrderBy(u => u.DisplayName).ToListAsync(cancel);
        var said = await Kept(db, childId).OrderByDescending(r => r.HeardOn).ThenBy(r => r.Id).Select(r => new SaidFact(r.Id, r.HeardOn, r.Speaker, r.Kind)).ToListAsync(cancel);
        var statements = await db.VoiceRecords.IgnoreQueryFilters(AppDbContext.ReadingLocks).AsNoTracking().Where(r => r.ChildId == childId && r.CorrectionReason == CorrectionReason.Statement && r.MovedAt == null)
            .Join(db.VoiceRecords.IgnoreQueryFilters(AppDbContext.ReadingLocks), s => s.CorrectsId, f => f.Id, (s, f) => new { Statement = s, f.HeardOn }).OrderByDescending(s => s.Statement.SealedAt).ThenBy(s => s.Statement.Id)
            .Select(s => new StatementFact(s.Statement.Id, s.HeardOn, s.Statement.HeardOn, s.Statement.Speaker, s.Statement.SealedAt, s.Statement.SealedById)).ToListAsync(cancel);
        var opened = await notes.ReadAsync([.. holds.Select(h => h.Id), .. statements.Select(s => s.Id), .. disposals.Select(d => d.Id), .. erasures.Select(e => e.Id), .. rectifications.Select(r => r.Id), .. restrictions.Select(r => r.Id)], cancel);
        db.Add(AuditEntry.For(AuditActions.DutiesRead, actor, childId, null, clock));
        await db.SaveChangesAsync(cancel);
        return new(number, (await retention.OfChildAsync(childId, cancel))!, holds, disposals, erasures, rectifications, restrictions, openings, [.. workers.Select(w => (w.Id, w.DisplayName))], said, statements, opened);
    }

    /// <summary>What stands by itself and is kept, restricted or not: what can be named here without a word of it being read.</summary>
    internal static IQueryable<VoiceRecord> Kept(AppDbContext db, Guid childId) => db.VoiceRecords.IgnoreQueryFilters(AppDbContext.ReadingLocks).AsNoTracking()
        .Where(r => r.ChildId == childId && r.DestroyedAt == null && r.MovedAt == null && r.CorrectsId == null && r.ExplainsId == null);

    /// <summary>A disposal that is done, for its certificate.</summary>
    public async Task<Disposal?> DoneAsync(Guid childId, Guid id, Actor actor, CancellationToken cancel) => actor.Can(Capability.KeepDuties)
        ? await db.Disposals.AsNoTracking().Include(d => d.Child).SingleOrDefaultAsync(d => d.Id == id && d.ChildId == childId && d.State == DisposalState.Done, cancel) : null;

    /// <summary>What was destroyed of the child’s record, newest first, and in which ways it had been said; for whoever reaches the child.</summary>
    public async Task<IReadOnlyList<(Disposal Disposal, IReadOnlyList<VoiceKind> Kinds)>> DestroyedAsync(Guid childId, CancellationToken cancel)
    {
        var done = await db.Disposals.AsNoTracking().Where(d => d.ChildId == childId && d.State == DisposalState.Done).OrderByDescending(d => d.DecidedAt).ToListAsync(cancel);
        if (done.Count == 0) return [];
        var gone = (await db.VoiceRecords.IgnoreQueryFilters(AppDbContext.ReadingLocks).AsNoTracking().Where(r => r.ChildId == childId && r.DestroyedAt != null).Select(r => new { r.DestroyedAt, r.Kind }).ToListAsync(cancel)).ToLookup(r => r.DestroyedAt, r => r.Kind);
        return [.. done.Select(d => (d, (IReadOnlyList<VoiceKind>)[.. gone[d.DecidedAt].Distinct().Order()]))];
    }
}
