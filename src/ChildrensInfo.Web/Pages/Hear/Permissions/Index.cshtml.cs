using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>What a child and those responsible for them were told and asked, and where each answer stands.</summary>
public class IndexModel(AppDbContext db, KeyRing keys, ConsentService consent, PurposeService purposes, RecipientNames recipients, TimeProvider clock) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    public Child Child { get; private set; } = null!;

    public bool MayAsk => db.Actor!.Can(Capability.HearChildren);

    /// <summary>Who sees the child without working with them writes down a stop they are told.</summary>
    public bool MayStop => db.Actor!.Can(Capability.TakeStops);

    public IReadOnlyList<Card> Cards { get; private set; } = [];

    /// <summary>Why a card asks for what it asks for, in this council's own words.</summary>
    public IReadOnlyDictionary<Purpose, PurposeRules> Rules { get; private set; } = new Dictionary<Purpose, PurposeRules>();

    /// <param name="Last">What the state rests on; null when nothing was decided yet.</param>
    /// <param name="Recipient">Whom or what it is for, when it is asked for one person, service, use, project, visit or record.</param>
    public sealed record Card(Purpose Purpose, Guid? ScopeId, string? Recipient, ConsentDecision Decision, Line? Last, DateOnly? AskAgainFrom, IReadOnlyList<Line> History, IReadOnlyList<Used> Uses)
    {
        /// <summary>To whom what was made went before it was stopped; told only while it is.</summary>
        public IReadOnlyList<ShareShown> Shares { get; init; } = [];

        /// <summary>Until when copies of the database hold what was deleted.</summary>
        public DateOnly? BackupsUntil { get; init; }

        /// <summary>What is there is locked, and what is to become of it may be said still.</summary>
        public bool MaySayWants => Decision.State == ConsentState.Withdrawn && Decision.Effects.View != ViewEffect.Shown && BackupsUntil is null;
    }

    /// <summary>One event, with the mark that it was a mistake when there is one. Nothing is ever taken away.</summary>
    /// <param name="Reason">Why it was put right, of a mark that puts something right.</param>
    public sealed record Line(ConsentEvent Event, string? Who, string RecordedBy, bool IsMistake, WithdrawWants? Wants, string? Reason)
    {
        /// <summary>The words with the names in them, as they were shown then; null where they were not kept.</summary>
        public string? Shown { get; init; }

        /// <summary>Who asked, when that was not who wrote it down.</summary>
        public string? AskedBy { get; init; }

        public bool IsMark => Event.Type is ConsentEventType.EnteredInError or ConsentEventType.Invalidated;

        public bool MayBePutRight => !IsMistake && Event.Type != ConsentEventType.EnteredInError;
    }

    /// <summary>What a permission was relied on for: how, when last, and how often.</summary>
    public sealed record Used(VoiceSurface Surface, DateTime LastAt, int Times);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        if (child is null) return NotFound();
        Child = child;
        Council = await CouncilNames.OfActorAsync(db, cancel);
        Rules = await purposes.AllRulesAsync(cancel);
        var decisions = await consent.DecideAllNowAsync(ChildId, cancel);
        var events = await db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == ChildId).Include(e => e.DecidedByRelationship).Include(e => e.Wording)
            .OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Id).ToListAsync(cancel);
        var people = events.Select(e => e.RecordedById).Concat(events.Select(e => e.AskedById).OfType<Guid>()).Distinct().ToList();
        var names = await db.Users.Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        var mistakes = events.Select(e => e.CorrectsEventId).OfType<Guid>().ToHashSet();
        var wants = (await db.WithdrawalOutcomes.AsNoTracking().Where(o => o.ChildId == ChildId).ToListAsync(cancel)).GroupBy(o => o.EventId).ToDictionary(g => g.Key, g => g.MaxBy(o => o.DecidedAt)!.Wants);
        var narrow = events.Where(e => e.ScopeId is not null).Select(e => (e.Purpose, e.ScopeId)).Distinct().ToList();
        var uses = (await db.ConsentUses.AsNoTracking().Where(u => u.ChildId == ChildId).GroupBy(u => new { u.Purpose, u.ScopeId, u.Surface })
            .Select(g => new { g.Key, At = g.Max(u => u.UsedAt), Times = g.Count() }).ToListAsync(cancel)).Select(u => (u.Key.Purpose, u.Key.ScopeId, Used: new Used(u.Key.Surface, u.At, u.Times)))
            .Concat((await (
                from included in db.ExtractChildren.AsNoTracking()
                join extract in db.Extracts on included.ExtractId equals extract.Id
                join given in db.ConsentEvents on included.ConsentEventId equals given.Id
                where included.ChildId == ChildId && extract.ReleasedAt != null
                select new { given.Purpose, given.ScopeId, extract.ReleasedAt }).ToListAsync(cancel)).Select(e => (e.Purpose, e.ScopeId, Used: new Used(VoiceSurface.Extract, e.ReleasedAt!.Value, 1))))
            // What it was used for is the same card; what was asked about by itself has one of its own.
            .GroupBy(u => (u.Purpose, Recipient: narrow.Contains((u.Purpose, u.ScopeId)) ? u.ScopeId : null, u.Used.Surface))
            .ToLookup(g => (g.Key.Purpose, g.Key.Recipient), g => new Used(g.Key.Surface, g.Max(u => u.Used.LastAt), g.Sum(u => u.Used.Times)));
        var erased = (await db.MediaErasures.AsNoTracking().Where(e => e.ChildId == ChildId).Select(e => new { e.EventId, e.BackupsUntil }).ToListAsync(cancel)).ToLookup(e => e.EventId, e => (DateOnly?)e.BackupsUntil);
        var lines = new Dictionary<Guid, Line>();
        foreach (var e in events)
        {
            var line = new Line(e, WhoDecided(e, child), names.GetValueOrDefault(e.RecordedById, ""), mistakes.Contains(e.Id), e.Wants ?? (wants.TryGetValue(e.Id, out var said) ? said : null), null);
            if (line.IsMark && e.ReasonSealed is { } reason) line = line with { Reason = await keys.OpenAsync(ChildId, reason, e.Id, SealPart.ConsentReason, cancel) };
            if (e.AskedById is { } asker) line = line with { AskedBy = names.GetValueOrDefault(asker) };
            if (e.ShownSealed is { } shown) line = line with { Shown = await keys.OpenAsync(ChildId, shown, e.Id, SealPart.ConsentShown, cancel) };
            lines.Add(e.Id, line);
        }

        var cards = new List<Card>();
        foreach (var (purpose, scope) in Purposes.AskedInGeneral.Select(p => (p, (Guid?)null)).Concat(narrow))
        {
            var decision = decisions.Of(purpose, scope);
            cards.Add(new(
                purpose, scope, await recipients.OfAsync(ChildId, purpose, scope, cancel), decision, decision.EventId is { } id ? lines.GetValueOrDefault(id) : null,
                AskAgainFrom(decision, purpose, scope, events), [.. events.Where(e => e.Purpose == purpose && e.ScopeId == scope).Select(e => lines[e.Id])], [.. uses[(purpose, scope)].OrderBy(u => u.Surface)])
            {
                Shares = decision.Effects.Share == ShareEffect.NoAndListEarlier ? await ShareShown.OfAsync(db, consent, recipients, ChildId, purpose, scope, cancel) : [],
                BackupsUntil = decision.EventId is { } stop ? erased[stop].Max() : null,
            });
        }

        Cards = cards;
        return Page();
    }

    public CouncilNames Council { get; private set; } = null!;

    private DateOnly? AskAgainFrom(ConsentDecision decision, Purpose purpose, Guid? scopeId, List<ConsentEvent> events) =>
        ConsentRules.SaidNoAt([.. events.Where(e => e.Purpose == purpose).Select(ConsentFact.Of)], decision, scopeId) is { } no
        && Rules[purpose].AskAgainFrom(no) is var from && from > ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime) ? from : null;

    /// <summary>Where the card of a permission stands.</summary>
    public static string AddressOf(Guid childId, ConsentEvent e) => $"/hear/{childId}/permissions#{e.Purpose}{(e.ScopeId is { } scope ? $"-{scope}" : "")}";

    public static string? WhoDecided(ConsentEvent e, Child child) => e.DecidedBy switch
    {
        Core.Consent.DecidedBy.ChildForSelf => child.CalledName,
        null => e.Type is ConsentEventType.Told or ConsentEventType.Asked ? child.CalledName : null,
        Core.Consent.DecidedBy.LocalAuthority => "The council",
        Core.Consent.DecidedBy.CourtOrAttorney => "A court, or somebody it named",
        Core.Consent.DecidedBy.SomebodyElse => "Somebody else",
        _ => e.DecidedByRelationship is { } relation ? $"{relation.Name}, {Words.Of(relation.Kind).ToLowerInvariant()}" : "A parent or carer",
    };
}
