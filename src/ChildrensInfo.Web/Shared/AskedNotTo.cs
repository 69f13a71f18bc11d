using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Shared;

/// <summary>
/// What we were asked to stop doing with what a child says, though it stays in the record: the mark that stands beside it wherever their team reads it. A recording or photo that was
/// stopped says so itself.
/// </summary>
public sealed class AskedNotTo(AppDbContext db, ConsentService consent, RecipientNames recipients, TimeProvider clock)
{
    /// <summary>What is done with everything the child says; whether one thing may be quoted is asked about that one, too.</summary>
    private static readonly Purpose[] UsesOfAll = [Purpose.ShareParent, Purpose.SharePro, Purpose.ResearchExtract, Purpose.ResearchWords, Purpose.TrainPublish];

    /// <param name="records">That the reader may read.</param>
    /// <returns>By the record, in words; nothing for one that is not the child's own, or of which nobody said stop.</returns>
    public async Task<ILookup<Guid, string>> OfAsync(IReadOnlyCollection<Guid> records, CancellationToken cancel)
    {
        var own = await db.VoiceRecords.AsNoTracking().Where(r => records.Contains(r.Id) && (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson) && r.Kind != VoiceKind.Declined)
            .Select(r => new { r.Id, r.ChildId }).ToListAsync(cancel);
        var children = own.Select(r => r.ChildId).Distinct().ToList();
        var asked = await db.ConsentEvents.AsNoTracking().Where(e => children.Contains(e.ChildId) && (UsesOfAll.Contains(e.Purpose) || e.Purpose == Purpose.QuoteService))
            .Select(e => new { e.ChildId, e.Purpose, e.ScopeId }).Distinct().ToListAsync(cancel);
        var mayBeQuoted = asked.Where(a => a.Purpose == Purpose.QuoteService).Select(a => a.ChildId).ToHashSet();
        List<(Guid ChildId, Purpose Purpose, Guid? ScopeId)> questions =
        [
            .. asked.Where(a => a.Purpose != Purpose.QuoteService).OrderBy(a => a.Purpose).Select(a => (a.ChildId, a.Purpose, a.ScopeId)),
            .. own.Where(r => mayBeQuoted.Contains(r.ChildId)).Select(r => (r.ChildId, Purpose.QuoteService, (Guid?)r.Id)),
        ];
        var decisions = await consent.DecideEachAsync(questions, clock.GetUtcNow().UtcDateTime, cancel);
        var marks = new List<(Guid ChildId, Guid? RecordId, string Mark)>();
        foreach (var ((childId, purpose, scopeId), _) in questions.Zip(decisions).Where(d => d.Second.State == ConsentState.Withdrawn))
        {
            var what = Words.Of(purpose).ToLowerInvariant();
            if (purpose == Purpose.QuoteService) marks.Add((childId, scopeId, what));
            else marks.Add((childId, null, await recipients.OfAsync(childId, purpose, scopeId, cancel) is { } to ? $"{what}: {to}" : what));
        }

        return own.SelectMany(r => marks.Where(m => m.ChildId == r.ChildId && (m.RecordId is null || m.RecordId == r.Id)).Select(m => (r.Id, m.Mark))).ToLookup(m => m.Id, m => m.Mark);
    }
}
