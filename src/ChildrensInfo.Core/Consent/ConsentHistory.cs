using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Consent;

/// <summary>What one child's events about one purpose, mistakes left out, come to at an instant.</summary>
internal sealed class ConsentHistory(List<ConsentFact> known, ConsentFacts facts, DateTime at)
{
    private readonly DateOnly today = ConsentRules.LocalDay(at);

    public ConsentDecision DecideNotice(Purpose purpose)
    {
        var told = known.FindAll(e => e.Type == ConsentEventType.Told);
        if (LastOf(known.FindAll(e => e.Type == ConsentEventType.Objected && !LetBe(e, told))) is { } objected)
        {
            return new(ConsentState.Objected, purpose == Purpose.KeepRecord, objected.Id, null) { InDoubtWith = DoubtOf(objected) };
        }

        return LastOf(told) is { } last ? new(ConsentState.Told, true, last.Id, null) : ConsentRules.NothingWritten(purpose);
    }

    /// <summary>Whether whoever objected has said since that they object no more. That somebody else has told them about it again lifts nothing.</summary>
    private bool LetBe(ConsentFact objection, List<ConsentFact> told) =>
        told.Exists(t => t.DecidedBy == objection.DecidedBy && t.DecidedByRelationshipId == objection.DecidedByRelationshipId && CertainlyAfter(t, objection));

    /// <summary>
    /// Of a permission that the council tells about and does not ask for: being told is enough, unless somebody who may decide says no, or said it while it was
    /// still asked. Who objected and says later that they let it be objects no more.
    /// </summary>
    public ConsentDecision DecideTold(Purpose purpose, Guid? scopeId)
    {
        var told = known.FindAll(e => e.Type == ConsentEventType.Told);
        var standing = known.FindAll(e => e.Type != ConsentEventType.Objected || !LetBe(e, told));
        var permission = new ConsentHistory(standing, facts, at).DecidePermission(purpose, scopeId);
        if (permission.Allowed || permission.State is not (ConsentState.NotAsked or ConsentState.Asked or ConsentState.Expired or ConsentState.NeedsRefresh)) return permission;
        return LastOf(told) is { } last ? new(ConsentState.Told, true, last.Id, null) : permission;
    }

    public ConsentDecision DecidePermission(Purpose purpose, Guid? scopeId)
    {
        var invalidations = known.FindAll(e => e.Type == ConsentEventType.Invalidated);
        var stops = StopsKnown();
        var decision = WithStops(stops, purpose, scopeId);
        if (invalidations.Count > 0 && !decision.Allowed && !invalidations.TrueForAll(i => YesSince(i, purpose, scopeId))) decision = decision with { IsQuarantined = true };
        foreach (var stop in stops)
        {
            var wants = WantsOf(stop);
            if (wants is not (WithdrawWants.TakeOut or WithdrawWants.DeleteRecording)) continue;
            // Of somebody whose stop decided nothing when they said what they want, nothing is taken out.
            var then = Until(OutcomeOf(stop)?.At ?? stop.OccurredAt);
            if (!RestsOn(then.WithStops(then.StopsKnown(), purpose, scopeId), stop)) continue;
            decision = wants == WithdrawWants.TakeOut
                ? decision with { TakenOutUntil = Later(decision.TakenOutUntil, stop.OccurredAt) }
                : decision with { DeletedUntil = Later(decision.DeletedUntil, stop.OccurredAt) };
        }

        return decision;

        static DateTime Later(DateTime? known, DateTime stop) => known > stop ? known.Value : stop;
    }

    /// <summary>
    /// Where it stands, but that what was taken back stays taken back until a yes counts again: "let me think", an older yes that runs out, or whoever stopped it
    /// leaving the child's life unlocks nothing.
    /// </summary>
    private ConsentDecision WithStops(List<ConsentFact> stops, Purpose purpose, Guid? scopeId)
    {
        var decision = Answer(purpose, scopeId);
        var isStopped = decision.State == ConsentState.Withdrawn;
        if (stops.Count == 0 || decision.Allowed || (isStopped && decision.Wants != WithdrawWants.StopFromNow)) return decision;
        var standing = stops.FindAll(s => RestsOn(Until(s.OccurredAt).Answer(purpose, scopeId), s) && !YesSince(s, purpose, scopeId)
            && !stops.Exists(later => later.DecidedBy == s.DecidedBy && later.DecidedByRelationshipId == s.DecidedByRelationshipId && CertainlyAfter(later, s)));
        var stop = LastOf(standing.FindAll(s => WantsOf(s) != WithdrawWants.StopFromNow)) ?? (isStopped ? null : LastOf(standing));
        return stop is null ? decision : Withdrawn(stop);
    }

    /// <summary>Everything by which something was taken back. "Let me think" takes nothing back.</summary>
    private List<ConsentFact> StopsKnown()
    {
        var made = known.FindAll(Made);
        return known.FindAll(e => IsDecision(e) && ConsentRules.Denies(e) && TakesBack(e, made));
    }

    /// <summary>A yes, or a stop: before each of them something may have been made.</summary>
    private static bool Made(ConsentFact e) => IsDecision(e) && (e.Type == ConsentEventType.Withdrawn || !ConsentRules.Denies(e));

    /// <summary>A no after a yes is taken back, whatever it was called: something may have been made in between.</summary>
    private static bool TakesBack(ConsentFact no, List<ConsentFact> made) =>
        no.Type == ConsentEventType.Withdrawn || (no.Type != ConsentEventType.Deferred && made.Exists(e => e.OccurredAt < no.OccurredAt));

    /// <summary>Whether a yes that counted when it was given has come after it.</summary>
    private bool YesSince(ConsentFact e, Purpose purpose, Guid? scopeId) => known.Exists(yes =>
    {
        if (!IsDecision(yes) || ConsentRules.Denies(yes) || !CertainlyAfter(yes, e)) return false;
        var from = yes.ValidFrom > yes.OccurredAt ? yes.ValidFrom.Value : yes.OccurredAt;
        return from <= at && Until(from).Answer(purpose, scopeId).Allowed;
    });

    /// <summary>What had been said by then.</summary>
    private ConsentHistory Until(DateTime then) => new(known.FindAll(e => e.OccurredAt <= then), facts, then);

    private static bool RestsOn(ConsentDecision decision, ConsentFact stop) => decision.State == ConsentState.Withdrawn && decision.EventId == stop.Id;

    /// <summary>What was said later of what is to become of what is there.</summary>
    private OutcomeFact? OutcomeOf(ConsentFact stop) => facts.Outcomes.Where(o => o.EventId == stop.Id && o.At <= at).MaxBy(o => o.At);

    private WithdrawWants? WantsOf(ConsentFact stop) => OutcomeOf(stop)?.Wants ?? stop.Wants;

    private ConsentDecision Withdrawn(ConsentFact stop) => new(ConsentState.Withdrawn, false, stop.Id, null) { Wants = WantsOf(stop), InDoubtWith = DoubtOf(stop) };

    /// <summary>What those who may decide said last.</summary>
    private ConsentDecision Answer(Purpose purpose, Guid? scopeId)
    {
        var invalidations = known.FindAll(e => e.Type == ConsentEventType.Invalidated);
        // What is struck out is a yes that should not have been relied on; a no is never struck out.
        var decisions = known.FindAll(e => IsDecision(e) && (ConsentRules.Denies(e) || !invalidations.Exists(i => !CertainlyAfter(e, i))));
        var made = decisions.FindAll(Made);
        EndByWish(decisions);
        if (decisions.Count == 0)
        {
            if (LastOf(invalidations) is { } invalid) return new(ConsentState.Invalidated, false, invalid.Id, null);
            var asked = LastOf(known.FindAll(e => e.Type == ConsentEventType.Asked));
            return asked is null ? ConsentDecision.NothingKnown : new(ConsentState.Asked, false, asked.Id, null);
        }

        // A no stands until the same person says otherwise: a parent cannot say yes over a child's no, nor one parent over the other's.
        List<ConsentFact> standing = decisions.Count == 1 ? decisions
            : [.. decisions.GroupBy(e => (e.DecidedBy, e.DecidedByRelationshipId)).SelectMany(of => Standing([.. of]))];
        // Nor is anybody bound by the no of somebody who holds nothing any more.
        standing.RemoveAll(e => ConsentRules.Denies(e) && HasEnded(e));
        if (Dissent(decisions) is { Count: > 0 } dissent) standing = [.. standing.Union(dissent)];
        if (standing.Count == 0) return ConsentDecision.NothingKnown;

        var childYes = standing.FindAll(e => e.DecidedBy == DecidedBy.ChildForSelf && !ConsentRules.Denies(e) && CauseToRefresh(e) is null);
        var childNo = standing.Exists(e => e.DecidedBy == DecidedBy.ChildForSelf && ConsentRules.Denies(e));
        // A child who is able to decide has decided; what others say beside it does not count.
        var deciding = childYes.Count > 0 && !childNo ? childYes : standing;
        if (deciding.FindAll(ConsentRules.Denies) is { Count: > 0 } noes)
        {
            // What was taken back goes before a no to what never was, or time to think; and of several, one who would leave it does not speak for one who has not said so.
            var takenBack = noes.FindAll(e => TakesBack(e, made));
            return LastOf(takenBack.FindAll(e => WantsOf(e) != WithdrawWants.StopFromNow)) is { } locks ? Withdrawn(locks)
                : LastOf(takenBack) is { } stop ? Withdrawn(stop) : No(LastOf(noes)!);
        }

        ConsentDecision? best = null;
        foreach (var yes in deciding.OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Id))
        {
            var answer = Yes(yes, purpose, scopeId);
            if (answer.Allowed) return answer;
            best ??= answer;
        }

        return best!;
    }

    /// <summary>
    /// A child who said no, did not want what somebody else said yes to, or took time to think, and then says themselves that they want it, has changed their mind, though they may not
    /// be able to say yes. That opens nothing: only a yes from after it counts. What somebody else writes of the child ends nothing.
    /// </summary>
    private void EndByWish(List<ConsentFact> decisions)
    {
        var wants = known.FindAll(ConsentRules.IsWish);
        if (wants.Count == 0) return;
        var ended = decisions.FindAll(no => ConsentRules.IsNoOfChild(no) && wants.Exists(w => Ends(w, no)));
        decisions.RemoveAll(e => ended.Contains(e) || (!ConsentRules.Denies(e) && !ended.TrueForAll(no => wants.Exists(w => Ends(w, no) && CertainlyAfter(e, w)))));

        bool Ends(ConsentFact want, ConsentFact no) => want.ScopeId == no.ScopeId && CertainlyAfter(want, no);
    }

    /// <summary>What the child did not want stays so, whatever becomes of the adult who had said yes and whatever else they say, until an adult's yes says that the child wants it, or the child does.</summary>
    private List<ConsentFact> Dissent(List<ConsentFact> decisions) => decisions.FindAll(d => d.DecidedBy != DecidedBy.ChildForSelf && ConsentRules.IsNoOfChild(d)
        && !decisions.Exists(e => !ConsentRules.Denies(e) && (e.DecidedBy == DecidedBy.ChildForSelf || e.ChildPosition == ChildPosition.Assents) && (e.ScopeId is not null || d.ScopeId is null) && CertainlyAfter(e, d)));

    private ConsentDecision Yes(ConsentFact yes, Purpose purpose, Guid? scopeId)
    {
        var last = LastDayOf(yes);
        if (CauseToRefresh(yes) is { } cause) return new(ConsentState.NeedsRefresh, false, yes.Id, last) { Because = cause };
        if (yes.ValidFrom > at) return new(ConsentState.Asked, false, yes.Id, last);
        var caseIsOver = yes.EndsWithCase && facts.CaseClosedOn is { } closed && closed <= today && closed >= ConsentRules.LocalDay(yes.OccurredAt);
        // A project that is not known has ended.
        var projectIsOver = yes.EndsWithProject && !(yes.ScopeId is { } project && facts.ProjectEnds.TryGetValue(project, out var end) && end >= today);
        if (last < today || caseIsOver || projectIsOver)
        {
            return new(ConsentState.Expired, false, yes.Id, last) { EndedWithVisitOn = yes.Scope == ConsentScope.Session && !caseIsOver ? last : null };
        }

        if (purpose == Purpose.ShareParent && scopeId is { } person && facts.NoContact.TryGetValue(person, out var since) && since <= at)
        {
            return new(ConsentState.NeedsRefresh, false, yes.Id, last) { Because = RefreshCause.NoContact };
        }

        return new(ConsentState.Given, true, yes.Id, last);
    }

    private static DateOnly? LastDayOf(ConsentFact yes) => ConsentRules.LastDay(yes.Scope, yes.ExpiresOn, yes.VisitOn, yes.OccurredAt);

    private ConsentDecision No(ConsentFact no)
    {
        if (no.Type == ConsentEventType.Deferred)
        {
            var asked = LastOf(known.FindAll(e => e.Type == ConsentEventType.Asked && CertainlyAfter(e, no)));
            return asked is null ? new(ConsentState.Deferred, false, no.Id, null) { InDoubtWith = DoubtOf(no) } : new(ConsentState.Asked, false, asked.Id, null);
        }

        return new(ConsentState.Refused, false, no.Id, null) { InDoubtWith = DoubtOf(no) };
    }

    /// <summary>
    /// One person's decisions that stand: every no that nothing said certainly later has overtaken, or else the last yes that came certainly after each no.
    /// What was said for one thing goes before what was said for everything: a no to one project outlives a later general yes.
    /// </summary>
    private List<ConsentFact> Standing(List<ConsentFact> ofOnePerson)
    {
        var noes = ofOnePerson.FindAll(ConsentRules.Denies);
        var narrow = ofOnePerson.FindAll(e => e.Scope != ConsentScope.Purpose);
        var standing = noes.FindAll(no => !(no.Scope == ConsentScope.Purpose ? ofOnePerson : narrow).Exists(e => e.Id != no.Id && CertainlyAfter(e, no)));
        if (standing.Count > 0) return standing;
        var yeses = ofOnePerson.FindAll(yes => !ConsentRules.Denies(yes) && noes.TrueForAll(no => CertainlyAfter(yes, no)));
        // A visit that is over leaves a later yes to everything to count for it too.
        var ofScope = yeses.FindAll(e => e.Scope != ConsentScope.Purpose && !(e.Scope == ConsentScope.Session && LastDayOf(e) < today));
        // Where people's words about the order go round in a circle, everything stands, and a no among it denies.
        return yeses.Count == 0 ? ofOnePerson : Unovertaken(ofScope.Count > 0 ? ofScope : yeses);
    }

    private List<ConsentFact> Unovertaken(List<ConsentFact> events)
    {
        if (events.Count < 2) return events;
        var last = events.FindAll(e => !events.Exists(other => other.Id != e.Id && CertainlyAfter(other, e)));
        return last.Count == 0 ? events : last;
    }

    private bool CertainlyAfter(ConsentFact later, ConsentFact earlier)
    {
        OrderFact? said = null;
        foreach (var order in facts.Orders)
        {
            if (order.At <= at && (said is null || order.At > said.At)
                && ((order.FirstEventId == earlier.Id && order.LastEventId == later.Id) || (order.FirstEventId == later.Id && order.LastEventId == earlier.Id))) said = order;
        }

        // Nobody can turn round two events that the clocks put in order.
        if (ConsentRules.InDoubt(later, earlier)) return said is not null && said.LastEventId == later.Id;
        return later.OccurredAt > earlier.OccurredAt;
    }

    private Guid? DoubtOf(ConsentFact no) =>
        LastOf(known.FindAll(e => e.Id != no.Id && !ConsentRules.Denies(e) && e.DecidedBy == no.DecidedBy && e.DecidedByRelationshipId == no.DecidedByRelationshipId
            && ConsentRules.InDoubt(e, no) && !CertainlyAfter(no, e) && !CertainlyAfter(e, no)))?.Id;

    private RefreshCause? CauseToRefresh(ConsentFact yes)
    {
        var then = ConsentRules.LocalDay(yes.OccurredAt);
        var (ageThen, age) = (Child.AgeOn(facts.BornOn, then), Child.AgeOn(facts.BornOn, today));
        if (yes.WordingId is { } words && facts.WordsReplaced.TryGetValue(words, out var replaced) && replaced.From <= at && !(replaced.Until <= at)) return RefreshCause.WordingChanged;
        if (age >= Purposes.AdultAge && ageThen < Purposes.AdultAge) return RefreshCause.TurnedEighteen;
        if (yes.DecidedBy == DecidedBy.ChildForSelf)
        {
            if (!(ageThen >= Purposes.DecidesFromAge) && LastAssessment(yes.OccurredAt)?.Outcome != CompetenceOutcome.Competent) return RefreshCause.NotTheirs;
            return facts.Assessments.Any(a => a.Outcome == CompetenceOutcome.NotCompetent && a.At > yes.OccurredAt && a.At <= at) ? RefreshCause.CompetenceChanged : null;
        }

        if (!Holds(yes, then)) return RefreshCause.NotTheirs;
        // A court, or whom it named, decides for a young person who cannot; nobody else does.
        if (yes.DecidedBy != DecidedBy.CourtOrAttorney && age >= Purposes.DecidesFromAge) return ageThen >= Purposes.DecidesFromAge ? RefreshCause.NotTheirs : RefreshCause.TurnedSixteen;
        // From the day the child is found able to decide, it is theirs.
        if (LastAssessment(yes.OccurredAt)?.Outcome == CompetenceOutcome.Competent) return RefreshCause.NotTheirs;
        if (facts.Assessments.Any(a => a.Outcome == CompetenceOutcome.Competent && a.At > yes.OccurredAt && a.At <= at)) return RefreshCause.CompetenceChanged;
        foreach (var change in facts.Changes)
        {
            if (change.On <= today && (change.On > then || (change.On == then && change.KnownAt > yes.OccurredAt && change.KnownAt <= at))) return RefreshCause.ResponsibilityOrStatusChanged;
        }

        return Holds(yes, today) ? null : RefreshCause.ResponsibilityOrStatusChanged;
    }

    private AssessmentFact? LastAssessment(DateTime until)
    {
        AssessmentFact? last = null;
        foreach (var a in facts.Assessments)
        {
            // Found able and not able at one instant: not able.
            if (a.At <= until && a.Outcome != CompetenceOutcome.NotAssessed && (last is null || a.At > last.At || (a.At == last.At && a.Outcome > last.Outcome))) last = a;
        }

        return last;
    }

    private bool Holds(ConsentFact e, DateOnly day)
    {
        if (e.DecidedBy == DecidedBy.CourtOrAttorney) return true;
        if (e.DecidedBy is null or DecidedBy.SomebodyElse || (e.DecidedBy != DecidedBy.LocalAuthority && e.DecidedByRelationshipId is null)) return false;
        foreach (var a in facts.Authorities)
        {
            if (a.By == e.DecidedBy && (a.By == DecidedBy.LocalAuthority || a.RelationshipId == e.DecidedByRelationshipId) && a.Covers(day)) return true;
        }

        return false;
    }

    /// <summary>Whether whoever said it held authority once and holds none now. Somebody who is not known to have held any is still heard.</summary>
    private bool HasEnded(ConsentFact e) =>
        e.DecidedBy is DecidedBy.ParentalResponsibility or DecidedBy.LocalAuthority or DecidedBy.DelegatedAuthority && !Holds(e, today)
        && facts.Authorities.Any(a => a.By == e.DecidedBy && (a.By == DecidedBy.LocalAuthority || a.RelationshipId == e.DecidedByRelationshipId) && a.ToOn < today);

    /// <summary>The latest; of several at one instant the more protective.</summary>
    private static ConsentFact? LastOf(List<ConsentFact> events)
    {
        ConsentFact? last = null;
        foreach (var e in events)
        {
            if (last is null || (e.OccurredAt, ConsentRules.Denies(e), e.Id).CompareTo((last.OccurredAt, ConsentRules.Denies(last), last.Id)) > 0) last = e;
        }

        return last;
    }

    private static bool IsDecision(ConsentFact e) => e.Type is ConsentEventType.Given or ConsentEventType.Renewed or ConsentEventType.Refused
        or ConsentEventType.Deferred or ConsentEventType.Withdrawn or ConsentEventType.Objected;
}
