using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Consent;

/// <param name="ChildNumber">The council's number for the child: who answers for information must be able to ask about one.</param>
public sealed record OverrideRow(
    Guid Id, string ChildNumber, int Records, DisclosureBasis Basis, DisclosureState State, ChildInformed Informed, DateTime ProposedAt, string ProposedBy, DateTime? DecidedAt, string? DecidedBy, DateOnly ReviewOn);

/// <summary>Something written about a permission that was marked as a mistake, or a yes found that it should not have been relied on.</summary>
/// <param name="Of">What was marked; null for a yes that should not have been relied on.</param>
/// <param name="Uses">How often the child's permission for the purpose was relied on before: what to look at for a breach.</param>
public sealed record PutRightRow(Guid Id, string ChildNumber, Purpose Purpose, ConsentEventType Type, ConsentEventType? Of, DateTime At, string By, int Uses)
{
    /// <summary>Of a yes that should not have been relied on: whether it is in the log of breaches, under the same id. Null of anything else, and once it was marked as a mistake itself.</summary>
    public bool? InLog { get; init; }
}

/// <summary>How often a purpose was relied on in a month, and for how many children.</summary>
public sealed record UseRow(Purpose Purpose, VoiceSurface Surface, int Year, int Month, int Uses, int Children);

/// <summary>
/// What information governance answers for: what was told without permission and why the law let it be, what was put right about permissions, and what
/// was used under which purpose. No words: what was told, to whom and why stays sealed.
/// </summary>
public sealed class GovernanceRegister(AppDbContext db, TimeProvider clock)
{
    public async Task<IReadOnlyList<OverrideRow>> OverridesAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.GovernInformation)) throw new UnauthorizedAccessException("Only for those who may see it.");
        using var acting = db.ActingAs(actor.AsJob());
        return await db.DisclosureDecisions.AsNoTracking().OrderByDescending(d => d.ProposedAt)
            .Select(d => new OverrideRow(
                d.Id, db.Children.Where(c => c.Id == d.ChildId).Select(c => c.LaChildId).Single(), d.VoiceRecordIds.Count, d.Basis, d.State, d.ChildInformed,
                d.ProposedAt, db.Users.Where(u => u.Id == d.ProposedById).Select(u => u.DisplayName).Single(),
                d.DecidedAt, db.Users.Where(u => u.Id == d.DecidedById).Select(u => u.DisplayName).SingleOrDefault(), d.ReviewOn)).ToListAsync(cancel);
    }

    public async Task<IReadOnlyList<PutRightRow>> PutRightAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.GovernInformation)) throw new UnauthorizedAccessException("Only for those who may see it.");
        using var acting = db.ActingAs(actor.AsJob());
        return await db.ConsentEvents.AsNoTracking().Where(e => e.Type == ConsentEventType.EnteredInError || e.Type == ConsentEventType.Invalidated).OrderByDescending(e => e.OccurredAt)
            .Select(e => new PutRightRow(
                e.Id, db.Children.Where(c => c.Id == e.ChildId).Select(c => c.LaChildId).Single(), e.Purpose, e.Type,
                db.ConsentEvents.Where(m => m.Id == e.CorrectsEventId).Select(m => (ConsentEventType?)m.Type).SingleOrDefault(), e.OccurredAt,
                db.Users.Where(u => u.Id == e.RecordedById).Select(u => u.DisplayName).Single(),
                db.ConsentUses.Count(u => u.ChildId == e.ChildId && u.Purpose == e.Purpose && (e.ScopeId == null || u.ScopeId == e.ScopeId) && u.UsedAt <= e.OccurredAt)
                    + db.ExtractChildren.Count(x => x.ChildId == e.ChildId && db.ConsentEvents.Any(y => y.Id == x.ConsentEventId && y.Purpose == e.Purpose)
                        && db.Extracts.Any(r => r.Id == x.ExtractId && r.ReleasedAt <= e.OccurredAt && (e.ScopeId == null || r.ProjectId == e.ScopeId))))
            {
                InLog = e.Type != ConsentEventType.Invalidated || db.ConsentEvents.Any(m => m.CorrectsEventId == e.Id) ? null : db.DataBreaches.Any(b => b.Id == e.Id),
            }).ToListAsync(cancel);
    }

    /// <summary>How many yeses were found that should not have been relied on and that nobody has looked at as a breach yet.</summary>
    public async Task<int> ToAssessAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.GovernInformation)) throw new UnauthorizedAccessException("Only for those who may see it.");
        using var acting = db.ActingAs(actor.AsJob());
        return await db.ConsentEvents.CountAsync(
            e => e.Type == ConsentEventType.Invalidated && !db.ConsentEvents.Any(m => m.CorrectsEventId == e.Id) && !db.DataBreaches.Any(b => b.Id == e.Id), cancel);
    }

    /// <summary>The yes that should not have been relied on which an entry in the log of breaches is about.</summary>
    public async Task<(Purpose Purpose, DateTime At)?> InvalidatedAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.GovernInformation)) return null;
        using var acting = db.ActingAs(actor.AsJob());
        return await db.ConsentEvents.AsNoTracking().Where(e => e.Id == id && e.Type == ConsentEventType.Invalidated).Select(e => new { e.Purpose, e.OccurredAt }).SingleOrDefaultAsync(cancel) is { } found
            ? (found.Purpose, found.OccurredAt) : null;
    }

    public async Task<IReadOnlyList<UseRow>> UsesAsync(CancellationToken cancel) =>
        [.. (await db.ConsentUses.AsNoTracking().GroupBy(u => new { u.Purpose, u.Surface, u.UsedAt.Year, u.UsedAt.Month })
                .Select(g => new { g.Key, Uses = g.Count(), Children = g.Select(u => u.ChildId).Distinct().Count() }).ToListAsync(cancel))
            .Concat((await (
                from included in db.ExtractChildren.AsNoTracking()
                join extract in db.Extracts on included.ExtractId equals extract.Id
                join given in db.ConsentEvents on included.ConsentEventId equals given.Id
                where extract.ReleasedAt != null
                group included.ChildId by new { given.Purpose, extract.ReleasedAt!.Value.Year, extract.ReleasedAt!.Value.Month } into g
                select new { g.Key, Uses = g.Count(), Children = g.Distinct().Count() }).ToListAsync(cancel))
                .Select(g => new { Key = new { g.Key.Purpose, Surface = VoiceSurface.Extract, g.Key.Year, g.Key.Month }, g.Uses, g.Children }))
            .Select(g => new UseRow(g.Key.Purpose, g.Key.Surface, g.Key.Year, g.Key.Month, g.Uses, g.Children))
            .OrderByDescending(u => u.Year).ThenByDescending(u => u.Month).ThenBy(u => u.Purpose).ThenBy(u => u.Surface)];

    /// <summary>Writes that a part of the register was read or taken away.</summary>
    public async Task AuditAsync(string action, string part, int lines, Actor actor, CancellationToken cancel)
    {
        db.Add(AuditEntry.For(action, actor, null, null, clock, action == AuditActions.RegisterExported ? $"{part}, {lines} lines" : part));
        await db.SaveChangesAsync(cancel);
    }
}
