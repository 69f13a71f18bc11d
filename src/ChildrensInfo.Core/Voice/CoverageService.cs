using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <summary>
/// Of each team of the council, how many children have not been heard lately: numbers only, small ones protected, because a manager reaches the
/// children of their own team and no others.
/// </summary>
public sealed class CoverageService(AppDbContext db, TimeProvider clock)
{
    public const int HeardWithinDays = 84;

    private static readonly SmallNumbers Rule = SmallNumbers.Council;

    /// <returns>By team, the children allocated and of them those not heard lately; a child with workers of two teams counts in that of the latest.</returns>
    public async Task<ProtectedShares> ByTeamAsync(Actor actor, CancellationToken cancel)
    {
        if (!actor.Can(Capability.SeeTeamCoverage)) throw new UnauthorizedAccessException("Only for those who may see it.");
        using var acting = db.ActingAs(actor.AsJob());
        var since = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime).AddDays(-HeardWithinDays);
        var teams = await db.Teams.AsNoTracking().ToDictionaryAsync(t => t.Id, t => t.Name, cancel);
        var allocated = await db.Allocations.AsNoTracking().Where(a => a.EndedOn == null)
            .Join(db.Users, a => a.PractitionerId, u => u.Id, (a, u) => new { a.ChildId, a.StartedOn, a.Id, u.TeamId }).ToListAsync(cancel);
        var heard = await db.VoiceRecords.IgnoreQueryFilters(AppDbContext.ReadingLocks).Where(r => r.HeardOn >= since && r.MovedAt == null && r.NotHeardReason == null && r.CorrectionReason != CorrectionReason.Statement && (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson))
            .Select(r => r.ChildId).Distinct().ToHashSetAsync(cancel);
        var rows = allocated.GroupBy(a => a.ChildId).Select(c => c.OrderBy(a => a.StartedOn).ThenBy(a => a.Id).Last())
            .GroupBy(a => a.TeamId is { } team && teams.TryGetValue(team, out var name) ? name : "No team")
            .OrderBy(g => g.Key, StringComparer.CurrentCulture)
            .Select(g => (g.Key, (long)g.Count(), (long)g.Count(a => !heard.Contains(a.ChildId)))).ToList();
        return TableProtection.ProtectShares([new ShareList("Team", rows)], Rule)[0];
    }
}
