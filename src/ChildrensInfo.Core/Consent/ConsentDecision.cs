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

/// <summary>Why a yes has to be asked for again.</summary>
public enum RefreshCause
{
    /// <summary>Whoever said yes was not, or is no longer, somebody who may decide.</summary>
    NotTheirs,
    TurnedSixteen,
    TurnedEighteen,
    CompetenceChanged,
    ResponsibilityOrStatusChanged,
    WordingChanged,

    /// <summary>For one person only: they must not be in contact with the child.</summary>
    NoContact,
}

/// <param name="Allowed">Whether the purpose may use the record at that instant. Everything not plainly allowed is denied.</param>
/// <param name="EventId">The event it rests on, for the log of uses and the manifest of an extract; null when there is none.</param>
/// <param name="ExpiresOn">The last day of a yes.</param>
public sealed record ConsentDecision(ConsentState State, bool Allowed, Guid? EventId, DateOnly? ExpiresOn)
{
    public static readonly ConsentDecision NothingKnown = new(ConsentState.NotAsked, false, null, null);

    /// <summary>Why it needs refreshing, when it does.</summary>
    public RefreshCause? Because { get; init; }

    /// <summary>What somebody who withdrew wants done with what is there; null until they said so.</summary>
    public WithdrawWants? Wants { get; init; }

    /// <summary>A yes was found that should not have been relied on, and none has been given since: what was made is quarantined, whatever else was said.</summary>
    public bool IsQuarantined { get; init; }

    /// <summary>Until when what was made is out of use for good, because that is what they wanted when they stopped it. A later yes is for what is made since.</summary>
    public DateTime? TakenOutUntil { get; init; }

    /// <summary>Until when the recordings and pictures made were to be deleted. Words that were written down of them stay.</summary>
    public DateTime? DeletedUntil { get; init; }

    /// <summary>Another event that may have come after the one it rests on: the clocks do not say, so the more protective counts until a person does.</summary>
    public Guid? InDoubtWith { get; init; }

    /// <summary>The record is restricted: whatever the permission says, no purpose may use it.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>The same permission of a record that is restricted. Every purpose is denied, those that are only told about and the keeping of the record too.</summary>
    public ConsentDecision Restricted => this with { Allowed = false, IsRestricted = true };

    /// <summary>The last day of a yes for one visit that ended with it.</summary>
    public DateOnly? EndedWithVisitOn { get; init; }

    /// <summary>Whether it may be kept now: there is a yes, or it was begun before a yes for the visit ended with it, and comes later. A yes that was taken back since covers nothing.</summary>
    /// <param name="begunBy">When it had certainly been begun.</param>
    public bool AllowsWhatBegan(DateTime begunBy) => Allowed || (EndedWithVisitOn is { } last && !IsRestricted && ConsentRules.LocalDay(begunBy) <= last);

    /// <summary>Whether somebody said no, or it should not have been relied on: the way to it is not shown, rather than shown and switched off.</summary>
    public bool SaidStop => State is ConsentState.Refused or ConsentState.Withdrawn or ConsentState.Objected or ConsentState.Invalidated;

    /// <summary>What every surface must do in this state.</summary>
    public ConsentEffects Effects => IsRestricted ? ConsentEffects.Restricted
        : IsQuarantined ? ConsentEffects.Of(State, Wants) with { View = ViewEffect.Quarantined }
        : ConsentEffects.Of(State, Wants);

    /// <summary>What the team may see of a recording or picture by when it was made.</summary>
    public ViewEffect ViewOf(DateTime madeAt) =>
        Effects.View == ViewEffect.Shown && (madeAt <= TakenOutUntil || madeAt <= DeletedUntil) ? ViewEffect.Locked : Effects.View;

    /// <summary>Whether writing that a person has checked stays though the help it was made with was taken back, as they were told when they were asked: not where they want it out, nor where the yes should not have been relied on.</summary>
    public bool KeepsChecked(DateTime madeAt) => Effects.View != ViewEffect.Quarantined && Wants != WithdrawWants.TakeOut && !(madeAt <= TakenOutUntil);

    /// <summary>Whether the words that were written down of it stay though it is locked itself: they wanted the recording deleted and nothing more.</summary>
    public bool KeepsWordsOf(DateTime madeAt) =>
        Effects.View != ViewEffect.Quarantined && !(madeAt <= TakenOutUntil) && (Effects.View == ViewEffect.Shown ? madeAt <= DeletedUntil : Wants == WithdrawWants.DeleteRecording);
}

/// <summary>Who holds authority over a child's decisions from one day to another.</summary>
/// <param name="By">Parental responsibility, the council under an order, or delegated authority.</param>
/// <param name="RelationshipId">Whose it is; null for the council.</param>
public sealed record AuthorityFact(DecidedBy By, Guid? RelationshipId, DateOnly? FromOn, DateOnly? ToOn) : IHoldsForATime;

/// <summary>That parental responsibility or legal status changed, by its day and by when the council came to know.</summary>
public sealed record ChangeFact(DateOnly On, DateTime KnownAt);

public sealed record AssessmentFact(CompetenceOutcome Outcome, DateTime At);

public sealed record OrderFact(Guid FirstEventId, Guid LastEventId, DateTime At);

/// <summary>From when to when other words stood in the place of a wording; to no end while they stand.</summary>
public sealed record ReplacedFact(DateTime From, DateTime? Until);

public sealed record BasisFact(PurposeBasis Basis, DateTime At);

public sealed record OutcomeFact(Guid EventId, WithdrawWants Wants, DateTime At);

/// <summary>What the decision needs to know of the child besides the events. Empty facts deny: nobody holds anything.</summary>
public sealed record ConsentFacts(DateOnly? BornOn)
{
    /// <summary>Of the purpose that is decided about.</summary>
    public IReadOnlyList<AssessmentFact> Assessments { get; init; } = [];

    public IReadOnlyList<AuthorityFact> Authorities { get; init; } = [];

    public IReadOnlyList<ChangeFact> Changes { get; init; } = [];

    public IReadOnlyList<OrderFact> Orders { get; init; } = [];

    public IReadOnlyList<OutcomeFact> Outcomes { get; init; } = [];

    /// <summary>Since when each person must not be in contact with the child.</summary>
    public IReadOnlyDictionary<Guid, DateTime> NoContact { get; init; } = System.Collections.Frozen.FrozenDictionary<Guid, DateTime>.Empty;

    /// <summary>When other words, which say something else, stood in the place of each wording.</summary>
    public IReadOnlyDictionary<Guid, ReplacedFact> WordsReplaced { get; init; } = System.Collections.Frozen.FrozenDictionary<Guid, ReplacedFact>.Empty;

    /// <summary>The last day of each project.</summary>
    public IReadOnlyDictionary<Guid, DateOnly> ProjectEnds { get; init; } = System.Collections.Frozen.FrozenDictionary<Guid, DateOnly>.Empty;

    /// <summary>The day the council's work with the child ended, when it has.</summary>
    public DateOnly? CaseClosedOn { get; init; }

    /// <summary>When the council set whether it tells about this purpose or asks; where it never did, the catalogue holds.</summary>
    public IReadOnlyList<BasisFact> Bases { get; init; } = [];

    public PurposeBasis BasisAt(Purpose purpose, DateTime at)
    {
        BasisFact? last = null;
        foreach (var set in Bases)
        {
            if (set.At <= at && (last is null || set.At > last.At)) last = set;
        }

        return last?.Basis ?? Purposes.BasisOf(purpose);
    }
}

/// <summary>The part of an event that the decision looks at.</summary>
public sealed record ConsentFact(
    Guid Id, ConsentEventType Type, ConsentScope Scope, Guid? ScopeId, DecidedBy? DecidedBy, Guid? DecidedByRelationshipId,
    ChildPosition? ChildPosition, DateOnly? ExpiresOn, DateTime OccurredAt, Guid? CorrectsEventId)
{
    public Guid? DeviceId { get; init; }

    /// <summary>How far its device's clock was wrong; null when nobody knows, and of what was not written on one.</summary>
    public long? ClockSkewMs { get; init; }

    /// <summary>Whether its clock is not believed about what came first.</summary>
    public bool IsOfDoubtfulClock => ClockSkewMs is { } skew ? Math.Abs(skew) > ConsentRules.DoubtfulSkew.TotalMilliseconds : DeviceId is not null;

    public DateTime? ValidFrom { get; init; }

    /// <summary>The words that were shown.</summary>
    public Guid? WordingId { get; init; }

    /// <summary>The day of the visit that it is limited to.</summary>
    public DateOnly? VisitOn { get; init; }

    public bool EndsWithCase { get; init; }

    public bool EndsWithProject { get; init; }

    public WithdrawWants? Wants { get; init; }

    public static ConsentFact Of(ConsentEvent e) => new(e.Id, e.Type, e.Scope, e.ScopeId, e.DecidedBy, e.DecidedByRelationshipId, e.ChildPosition, e.ExpiresOn, e.OccurredAt, e.CorrectsEventId)
    {
        DeviceId = e.DeviceId,
        ClockSkewMs = e.ClockSkewMs,
    };
}

/// <summary>
/// Works out a permission from its events: a pure function, so that the same answer comes wherever it is asked. Rules in
/// docs/decisions, "What a permission rests on".
/// </summary>
public static class ConsentRules
{
    /// <summary>A device whose clock is further off than this is not believed about what came first.</summary>
    public static readonly TimeSpan DoubtfulSkew = TimeSpan.FromMinutes(5);

    /// <summary>Two devices that say something within this time may have said it the other way round.</summary>
    public static readonly TimeSpan TwoDevices = TimeSpan.FromHours(1);

    /// <summary>Whose days and hours count, by the name that .NET and PostgreSQL both know.</summary>
    public const string TimeZone = "Europe/London";

    public static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <summary>The day it is in England and Wales at an instant.</summary>
    public static DateOnly LocalDay(DateTime utc) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), London));

    /// <summary>The instant at which a day begins in England and Wales.</summary>
    public static DateTime StartOf(DateOnly day) => TimeZoneInfo.ConvertTimeToUtc(day.ToDateTime(TimeOnly.MinValue), London);

    /// <summary>By when something sealed on a device was certainly begun: by its clock where that is believed, and otherwise when it arrived.</summary>
    /// <param name="begunAt">When it was begun by the device's clock, where it says so: it may have lain there for days before it was sealed.</param>
    public static DateTime CertainlyBegunBy(DateTime sealedAt, DateTime? begunAt, long? skewMs, int? seconds, DateTime arrivedAt)
    {
        if (skewMs is not { } skew || Math.Abs(skew) > DoubtfulSkew.TotalMilliseconds || sealedAt >= arrivedAt) return arrivedAt;
        var atLatest = sealedAt.AddSeconds(-(seconds ?? 0));
        return begunAt < atLatest ? begunAt.Value : atLatest;
    }

    /// <summary>
    /// The last day of a yes. One for a visit ends with the day of the visit; said later than that, as when it is asked about what came from a device, with the day on which it was said.
    /// </summary>
    /// <param name="visitOn">The day of the visit it is limited to; of a visit that is not known, null.</param>
    public static DateOnly? LastDay(ConsentScope scope, DateOnly? expiresOn, DateOnly? visitOn, DateTime occurredAt)
    {
        if (scope != ConsentScope.Session) return expiresOn;
        var said = LocalDay(occurredAt);
        var end = visitOn > said ? visitOn.Value : said;
        return expiresOn < end ? expiresOn : end;
    }

    /// <param name="events">Every event of this child and purpose, in any order.</param>
    /// <param name="scopeId">The session, record, recipient or project it is asked for; null for the purpose as such.</param>
    public static ConsentDecision Decide(Purpose purpose, IEnumerable<ConsentFact> events, ConsentFacts facts, Guid? scopeId, DateTime at)
    {
        var all = events as IReadOnlyList<ConsentFact> ?? [.. events];
        if (all.Count == 0) return NothingWritten(purpose);
        List<ConsentFact>? known = null;
        var mistakes = all.Any(e => e.Type == ConsentEventType.EnteredInError);
        foreach (var e in all)
        {
            if (e.OccurredAt > at || e.Type == ConsentEventType.EnteredInError || (e.Scope != ConsentScope.Purpose && (scopeId is null || e.ScopeId != scopeId))) continue;
            // A mistake is as if it had never been written, whenever somebody noticed.
            if (mistakes && all.Any(m => m.Type == ConsentEventType.EnteredInError && m.CorrectsEventId == e.Id)) continue;
            (known ??= []).Add(e);
        }

        if (known is null) return NothingWritten(purpose);
        var history = new ConsentHistory(known, facts, at);
        if (Purposes.BasisOf(purpose) == PurposeBasis.NoticeOnly) return history.DecideNotice(purpose);
        return facts.BasisAt(purpose, at) == PurposeBasis.NoticeOnly ? history.DecideTold(purpose, scopeId) : history.DecidePermission(purpose, scopeId);
    }

    /// <summary>The answer for somebody of whom nothing is written about a purpose.</summary>
    public static ConsentDecision NothingWritten(Purpose purpose) =>
        // Writing down what a child says is a duty, told or not; counting waits until the child was told.
        purpose == Purpose.KeepRecord ? new(ConsentState.NotAsked, true, null, null) : ConsentDecision.NothingKnown;

    /// <summary>Anything but a yes, and a yes of somebody else that the child did not want.</summary>
    public static bool Denies(ConsentFact e) =>
        e.Type is not (ConsentEventType.Given or ConsentEventType.Renewed or ConsentEventType.Told)
        || (e.Type != ConsentEventType.Told && e.DecidedBy != DecidedBy.ChildForSelf && e.ChildPosition is null or ChildPosition.Dissents);

    /// <summary>"I want it", in the child's own name: of a child who does not decide alone it is no yes.</summary>
    public static bool IsWish(ConsentFact e) => e is { Type: ConsentEventType.Asked, DecidedBy: DecidedBy.ChildForSelf, ChildPosition: ChildPosition.Assents };

    /// <summary>The child's own no or "let me think", or that they did not want what somebody else said yes to.</summary>
    public static bool IsNoOfChild(ConsentFact e) => e.DecidedBy == DecidedBy.ChildForSelf
        ? e.Type is ConsentEventType.Refused or ConsentEventType.Withdrawn or ConsentEventType.Objected or ConsentEventType.Deferred
        : e is { Type: ConsentEventType.Given or ConsentEventType.Renewed, ChildPosition: ChildPosition.Dissents };

    /// <summary>
    /// When the last no was said that is still to be left alone: of several who said no the latest, whoever's decides. Null where it is no no that denies, and from when the child brings it
    /// up themselves.
    /// </summary>
    /// <param name="events">As in <see cref="Decide"/>.</param>
    public static DateTime? SaidNoAt(IReadOnlyCollection<ConsentFact> events, ConsentDecision decision, Guid? scopeId)
    {
        if (decision.State is not (ConsentState.Refused or ConsentState.Withdrawn)) return null;
        var said = events.Where(e => (e.Scope == ConsentScope.Purpose || (scopeId is not null && e.ScopeId == scopeId))
            && e.Type is ConsentEventType.Asked or ConsentEventType.Given or ConsentEventType.Renewed or ConsentEventType.Refused or ConsentEventType.Withdrawn or ConsentEventType.Objected
            && !events.Any(m => m.Type == ConsentEventType.EnteredInError && m.CorrectsEventId == e.Id)).ToList();
        bool IsNo(ConsentFact e) => e.Type != ConsentEventType.Asked && Denies(e);
        // Who has said yes since is not left alone for what they said before.
        var no = said.Where(e => IsNo(e) && !said.Exists(yes => !Denies(yes) && yes.DecidedBy == e.DecidedBy && yes.DecidedByRelationshipId == e.DecidedByRelationshipId && yes.OccurredAt > e.OccurredAt)).MaxBy(e => e.OccurredAt);
        return no is null || said.Exists(w => IsWish(w) && w.OccurredAt > no.OccurredAt) ? null : no.OccurredAt;
    }

    /// <summary>
    /// Whether the clocks leave open which of two events came first: the same instant; a device whose clock is more than five minutes off, or of which nobody knows how far it
    /// is off, against anything not written on it; two devices within an hour.
    /// </summary>
    public static bool InDoubt(ConsentFact a, ConsentFact b)
    {
        if (a.OccurredAt == b.OccurredAt) return true;
        if (a.DeviceId == b.DeviceId)
        {
            // One came in a file and the other did not: whether the clock was set between them nobody knows.
            if (a.DeviceId is not null && a.ClockSkewMs is null != b.ClockSkewMs is null) return true;
            return Math.Abs((a.ClockSkewMs ?? 0) - (b.ClockSkewMs ?? 0)) > DoubtfulSkew.TotalMilliseconds;
        }

        return a.IsOfDoubtfulClock || b.IsOfDoubtfulClock || (a.OccurredAt - b.OccurredAt).Duration() <= TwoDevices;
    }
}
