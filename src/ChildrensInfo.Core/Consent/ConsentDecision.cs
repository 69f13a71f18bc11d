using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Consent;

public enum ConsentState
{
    NotAsked,
    Told,
    Objected,
    Asked,
    Deferred,
    Given,
    Refused,
    Withdrawn,
    Expired,
    NeedsRefresh,
    Invalidated,
}

/// <param name="Allowed">Whether the purpose may use the record at that instant. Everything not plainly allowed is denied.</param>
/// <param name="EventId">The event it rests on, for the manifest of an extract; null when there is none.</param>
/// <param name="ExpiresOn">The last day of a yes.</param>
public sealed record ConsentDecision(ConsentState State, bool Allowed, Guid? EventId, DateOnly? ExpiresOn)
{
    public static readonly ConsentDecision NothingKnown = new(ConsentState.NotAsked, false, null, null);
}

/// <summary>What the decision needs to know of the child besides the events.</summary>
/// <param name="CompetentSince">When the child was last found able to decide this purpose; null when never.</param>
public sealed record ConsentFacts(DateOnly? BornOn, DateTime? CompetentSince);

/// <summary>The part of an event that the decision looks at.</summary>
public sealed record ConsentFact(
    Guid Id, ConsentEventType Type, ConsentScope Scope, Guid? ScopeId, DecidedBy? DecidedBy, Guid? DecidedByRelationshipId,
    ChildPosition? ChildPosition, DateOnly? ExpiresOn, DateTime OccurredAt, Guid? CorrectsEventId)
{
    public static ConsentFact Of(ConsentEvent e) => new(
        e.Id, e.Type, e.Scope, e.ScopeId, e.DecidedBy, e.DecidedByRelationshipId, e.ChildPosition, e.ExpiresOn, e.OccurredAt, e.CorrectsEventId);
}

/// <summary>
/// Works out a permission from its events: a pure function, so that the same answer comes wherever it is asked. Rules in
/// docs/words.md, "Permission".
/// </summary>
public static class ConsentRules
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    /// <summary>The day it is in England and Wales at an instant.</summary>
    public static DateOnly LocalDay(DateTime utc) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), London));

    /// <summary>Whether what was kept under the permission before must not be played or shown: somebody has asked to stop.</summary>
    public static bool LocksWhatIsKept(ConsentState state) => state is ConsentState.Withdrawn or ConsentState.Refused or ConsentState.Objected or ConsentState.Invalidated;

    /// <param name="events">Every event of this child and purpose, in any order.</param>
    /// <param name="scopeId">The session, record, recipient or project it is asked for; null for the purpose as such.</param>
    public static ConsentDecision Decide(Purpose purpose, IEnumerable<ConsentFact> events, ConsentFacts facts, Guid? scopeId, DateTime at)
    {
        var all = events.ToList();
        var mistakes = all.Where(e => e.Type == ConsentEventType.EnteredInError).Select(e => e.CorrectsEventId).ToHashSet();
        var known = all.Where(e => e.OccurredAt <= at && e.Type != ConsentEventType.EnteredInError && !mistakes.Contains(e.Id)
            && (e.Scope == ConsentScope.Purpose || (scopeId is not null && e.ScopeId == scopeId))).ToList();
        return Purposes.BasisOf(purpose) == PurposeBasis.NoticeOnly ? DecideNotice(purpose, known) : DecidePermission(known, facts, at);
    }

    private static ConsentDecision DecideNotice(Purpose purpose, List<ConsentFact> known)
    {
        var last = Latest(known, e => e.Type is ConsentEventType.Told or ConsentEventType.Objected);
        // Writing down what a child says is a duty, told or not; counting waits until the child was told.
        if (last is null) return new(ConsentState.NotAsked, purpose == Purpose.KeepRecord, null, null);
        return last.Type == ConsentEventType.Objected
            ? new(ConsentState.Objected, purpose == Purpose.KeepRecord, last.Id, null)
            : new(ConsentState.Told, true, last.Id, null);
    }

    private static ConsentDecision DecidePermission(List<ConsentFact> known, ConsentFacts facts, DateTime at)
    {
        var invalidated = Latest(known, e => e.Type == ConsentEventType.Invalidated);
        // What is struck out is a yes that should not have been relied on; no is never struck out.
        var decisions = known.Where(e => IsDecision(e) && (Denies(e) || invalidated is null || e.OccurredAt > invalidated.OccurredAt)).ToList();
        if (decisions.Count == 0)
        {
            if (invalidated is not null) return new(ConsentState.Invalidated, false, invalidated.Id, null);
            var asked = Latest(known, e => e.Type == ConsentEventType.Asked);
            return asked is null ? ConsentDecision.NothingKnown : new(ConsentState.Asked, false, asked.Id, null);
        }

        // A no stands until the same person says otherwise: a parent cannot say yes over a child's no, nor one parent over the other's.
        var standing = decisions.GroupBy(e => (e.DecidedBy, e.DecidedByRelationshipId)).SelectMany(Standing).ToList();
        var child = standing.Where(e => e.DecidedBy == DecidedBy.ChildForSelf).ToList();
        // A child found able to decide has decided; what others say beside it no longer counts.
        var deciding = child.Exists(e => !Denies(e)) ? child : standing;
        if (Latest(deciding, Denies) is { } no) return new(StateOf(no), false, no.Id, null);

        var yes = Latest(deciding, _ => true)!;
        if (NeedsRefresh(yes, facts, at)) return new(ConsentState.NeedsRefresh, false, yes.Id, yes.ExpiresOn);
        return yes.ExpiresOn < LocalDay(at)
            ? new(ConsentState.Expired, false, yes.Id, yes.ExpiresOn)
            : new(ConsentState.Given, true, yes.Id, yes.ExpiresOn);
    }

    /// <summary>
    /// One person's decisions that stand: their latest for everything, and for the narrower scope their latest there unless a later no for
    /// everything overtook it. A no to one project outlives a later general yes.
    /// </summary>
    private static IEnumerable<ConsentFact> Standing(IEnumerable<ConsentFact> ofOnePerson)
    {
        var events = ofOnePerson.ToList();
        var general = Latest(events, e => e.Scope == ConsentScope.Purpose);
        var narrow = Latest(events, e => e.Scope != ConsentScope.Purpose);
        if (narrow is null) return [general!];
        if (general is null || Denies(narrow)) return [narrow];
        return Denies(general) && general.OccurredAt >= narrow.OccurredAt ? [general] : [narrow];
    }

    private static bool NeedsRefresh(ConsentFact yes, ConsentFacts facts, DateTime at)
    {
        if (yes.DecidedBy == DecidedBy.ChildForSelf) return false;
        // A parent's yes ends when the young person may decide: at sixteen, or when found able to decide this.
        if (facts.CompetentSince is { } able && able > yes.OccurredAt && able <= at) return true;
        return facts.BornOn is { } born && new Child { LaChildId = "", BornOn = born }.AgeOn(LocalDay(at)) >= Purposes.DecidesFromAge;
    }

    private static bool IsDecision(ConsentFact e) => e.Type is ConsentEventType.Given or ConsentEventType.Renewed or ConsentEventType.Refused
        or ConsentEventType.Deferred or ConsentEventType.Withdrawn or ConsentEventType.Objected;

    /// <summary>Anything but a yes, and a yes of somebody else that the child did not want.</summary>
    private static bool Denies(ConsentFact e) =>
        e.Type is not (ConsentEventType.Given or ConsentEventType.Renewed)
        || (e.DecidedBy != DecidedBy.ChildForSelf && e.ChildPosition is null or ChildPosition.Dissents);

    private static ConsentState StateOf(ConsentFact no) => no.Type switch
    {
        ConsentEventType.Deferred => ConsentState.Deferred,
        ConsentEventType.Withdrawn => ConsentState.Withdrawn,
        _ => ConsentState.Refused,
    };

    /// <summary>The latest; of several at one instant the more protective.</summary>
    private static ConsentFact? Latest(IEnumerable<ConsentFact> events, Func<ConsentFact, bool> which) =>
        events.Where(which).OrderBy(e => e.OccurredAt).ThenBy(e => Denies(e) ? 1 : 0).ThenBy(e => e.Id).LastOrDefault();
}
