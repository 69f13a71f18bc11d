using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using CsCheck;
using Xunit;

namespace ChildrensInfo.Tests.Core.Consent;

/// <summary>The one decision that everything else rests on: as a table of cases, and as rules that hold for any history.</summary>
public class ConsentRulesTests
{
    private static readonly DateTime Start = new(2026, 3, 2, 10, 0, 0, DateTimeKind.Utc);
    private static readonly DateOnly BornTen = new(2016, 1, 1);
    private static readonly Guid Mother = Guid.NewGuid();
    private static readonly Guid Father = Guid.NewGuid();
    private static readonly Guid[] Scopes = [Guid.NewGuid(), Guid.NewGuid()];

    private static ConsentFact ByChild(ConsentEventType type, int day, Guid? scope = null, DateOnly? until = null) =>
        new(Guid.NewGuid(), type, scope is null ? ConsentScope.Purpose : ConsentScope.Project, scope, DecidedBy.ChildForSelf, null, ChildPosition.DecidedThemselves, until, Start.AddDays(day), null);

    private static ConsentFact Parent(ConsentEventType type, int day, Guid? who = null, ChildPosition? feels = ChildPosition.Assents) =>
        new(Guid.NewGuid(), type, ConsentScope.Purpose, null, DecidedBy.ParentalResponsibility, who ?? Mother, feels, null, Start.AddDays(day), null);

    /// <summary>"I want it", of a child too young to say yes.</summary>
    private static ConsentFact Wish(int day) => ByChild(ConsentEventType.Asked, day) with { ChildPosition = ChildPosition.Assents };

    private static ConsentFact Of(ConsentEventType type, int day, Guid? corrects = null) =>
        new(Guid.NewGuid(), type, ConsentScope.Purpose, null, null, null, null, null, Start.AddDays(day), corrects);

    private static readonly IReadOnlyList<AuthorityFact> BothParents =
        [new(DecidedBy.ParentalResponsibility, Mother, null, null), new(DecidedBy.ParentalResponsibility, Father, null, null)];

    /// <summary>As a page records it: each yes of the child's own with an assessment that found them able, and both parents holding responsibility.</summary>
    private static ConsentFacts FactsOf(IEnumerable<ConsentFact> events, DateOnly? born = null, int? ableOn = null) => new(born ?? BornTen)
    {
        Assessments = [.. events.Where(e => e.DecidedBy == DecidedBy.ChildForSelf && IsYes(e)).Select(e => new AssessmentFact(CompetenceOutcome.Competent, e.OccurredAt)),
            .. ableOn is { } able ? [new AssessmentFact(CompetenceOutcome.Competent, Start.AddDays(able))] : Array.Empty<AssessmentFact>()],
        Authorities = BothParents,
    };

    private static ConsentDecision Decide(ConsentFact[] events, int day = 100, Guid? scope = null, DateOnly? born = null, int? ableOn = null, Purpose purpose = Purpose.Audio, ConsentFacts? facts = null) =>
        ConsentRules.Decide(purpose, events, facts ?? FactsOf(events, born, ableOn), scope, Start.AddDays(day));

    /// <summary>From day 10 to day 20 the council tells about it and does not ask.</summary>
    [Theory]
    [InlineData(9, ConsentEventType.Told, 1, null, 0, false)]
    [InlineData(15, ConsentEventType.Told, 1, null, 0, true)]
    [InlineData(25, ConsentEventType.Told, 1, null, 0, false)]
    [InlineData(15, ConsentEventType.Asked, 1, null, 0, false)]
    [InlineData(15, ConsentEventType.Refused, 1, ConsentEventType.Told, 12, false)]
    [InlineData(15, ConsentEventType.Deferred, 1, ConsentEventType.Told, 12, false)]
    [InlineData(15, ConsentEventType.Told, 11, ConsentEventType.Withdrawn, 12, false)]
    [InlineData(15, ConsentEventType.Told, 11, ConsentEventType.Objected, 12, false)]
    [InlineData(15, ConsentEventType.Objected, 11, ConsentEventType.Told, 12, false)]
    [InlineData(15, ConsentEventType.Objected, 11, ConsentEventType.Told, 12, true, true)]
    [InlineData(25, ConsentEventType.Given, 1, ConsentEventType.Told, 12, true)]
    public void Told_is_enough_while_the_council_tells_and_nobody_says_no(int day, ConsentEventType first, int firstOn, ConsentEventType? second, int secondOn, bool allowed, bool ownWord = false)
    {
        // That a worker told them again lifts no objection; their own word does.
        ConsentFact Event(ConsentEventType type, int on) => type == ConsentEventType.Told && !ownWord ? Of(type, on) : ByChild(type, on);
        ConsentFact[] events = [Event(first, firstOn), .. second is { } other ? [Event(other, secondOn)] : Array.Empty<ConsentFact>()];
        var facts = FactsOf(events) with { Bases = [new(PurposeBasis.NoticeOnly, Start.AddDays(10)), new(PurposeBasis.Permission, Start.AddDays(20))] };
        Assert.Equal(allowed, Decide(events, day, purpose: Purpose.TranscribeMachine, facts: facts).Allowed);
        Assert.Equal(allowed, Decide([.. events.Reverse()], day, purpose: Purpose.TranscribeMachine, facts: facts).Allowed);
    }

    public static TheoryData<string, ConsentFact[], ConsentState, bool> Histories
    {
        get
        {
            var wrong = ByChild(ConsentEventType.Given, 1);
            return new()
            {
                { "nothing known", [], ConsentState.NotAsked, false },
                { "asked, no answer", [Of(ConsentEventType.Asked, 1)], ConsentState.Asked, false },
                { "thinking", [ByChild(ConsentEventType.Deferred, 1)], ConsentState.Deferred, false },
                { "thinking, then wanting it", [ByChild(ConsentEventType.Deferred, 1), Wish(2)], ConsentState.Asked, false },
                { "thinking, wanting it, then a mother's yes", [ByChild(ConsentEventType.Deferred, 1), Wish(2), Parent(ConsentEventType.Given, 3)], ConsentState.Given, true },
                { "a mother's yes while the child was thinking", [ByChild(ConsentEventType.Deferred, 1), Parent(ConsentEventType.Given, 2), Wish(3)], ConsentState.Asked, false },
                { "a mother's yes and a wish at once", [ByChild(ConsentEventType.Deferred, 1), Wish(2), Parent(ConsentEventType.Given, 2)], ConsentState.Asked, false },
                { "a worker's word that a child who thinks wants it", [ByChild(ConsentEventType.Deferred, 1), Wish(2) with { DecidedBy = null }, Parent(ConsentEventType.Given, 3)], ConsentState.Asked, false },
                { "a mother's yes after the child's no and later wish", [ByChild(ConsentEventType.Refused, 1), Wish(2), Parent(ConsentEventType.Given, 3)], ConsentState.Given, true },
                { "a mother's yes between the child's no and later wish", [ByChild(ConsentEventType.Refused, 1), Parent(ConsentEventType.Given, 2), Wish(3)], ConsentState.Asked, false },
                { "a worker's word that a child who said no wants it", [ByChild(ConsentEventType.Refused, 1), Wish(2) with { DecidedBy = null }, Parent(ConsentEventType.Given, 3)], ConsentState.Refused, false },
                { "a mother's yes after the child's stop and later wish", [Parent(ConsentEventType.Given, 1), ByChild(ConsentEventType.Withdrawn, 2), Wish(3), Parent(ConsentEventType.Renewed, 4)], ConsentState.Given, true },
                { "the child's wish after their stop", [Parent(ConsentEventType.Given, 1), ByChild(ConsentEventType.Withdrawn, 2), Wish(3)], ConsentState.Withdrawn, false },
                { "a mother's no and the child's wish", [Parent(ConsentEventType.Refused, 1), Wish(2)], ConsentState.Refused, false },
                { "a father's yes with nothing said of a child who did not want the mother's", [Parent(ConsentEventType.Given, 1, feels: ChildPosition.Dissents), Parent(ConsentEventType.Given, 2, Father, ChildPosition.NoViewExpressed)], ConsentState.Refused, false },
                { "a mother's second yes with nothing said of a child who did not want it", [Parent(ConsentEventType.Given, 1, feels: ChildPosition.Dissents), Parent(ConsentEventType.Given, 2, feels: ChildPosition.NotAsked)], ConsentState.Refused, false },
                { "a mother's second yes that the child wants now", [Parent(ConsentEventType.Given, 1, feels: ChildPosition.Dissents), Parent(ConsentEventType.Given, 2)], ConsentState.Given, true },
                { "a father's yes after the child wants what they did not", [Parent(ConsentEventType.Given, 1, feels: ChildPosition.Dissents), Wish(2), Parent(ConsentEventType.Given, 3, Father, ChildPosition.NoViewExpressed)], ConsentState.Given, true },
                { "the child's yes", [ByChild(ConsentEventType.Given, 1)], ConsentState.Given, true },
                { "the child's no", [ByChild(ConsentEventType.Refused, 1)], ConsentState.Refused, false },
                { "yes, then stop", [ByChild(ConsentEventType.Given, 1), ByChild(ConsentEventType.Withdrawn, 2)], ConsentState.Withdrawn, false },
                { "stop, then yes again", [ByChild(ConsentEventType.Given, 1), ByChild(ConsentEventType.Withdrawn, 2), ByChild(ConsentEventType.Renewed, 3)], ConsentState.Given, true },
                { "told in another order", [ByChild(ConsentEventType.Withdrawn, 2), ByChild(ConsentEventType.Given, 1)], ConsentState.Withdrawn, false },
                { "yes and no at once", [ByChild(ConsentEventType.Given, 1), ByChild(ConsentEventType.Refused, 1)], ConsentState.Refused, false },
                { "no and yes at once", [ByChild(ConsentEventType.Refused, 1), ByChild(ConsentEventType.Given, 1)], ConsentState.Refused, false },
                { "a mother's yes", [Parent(ConsentEventType.Given, 1)], ConsentState.Given, true },
                { "a mother's yes that the child does not want", [Parent(ConsentEventType.Given, 1, feels: ChildPosition.Dissents)], ConsentState.Refused, false },
                { "a mother's yes with nothing said of the child", [Parent(ConsentEventType.Given, 1, feels: null)], ConsentState.Refused, false },
                { "parents who disagree", [Parent(ConsentEventType.Refused, 1), Parent(ConsentEventType.Given, 2, Father)], ConsentState.Refused, false },
                { "a father's yes over the child's no", [ByChild(ConsentEventType.Refused, 1), Parent(ConsentEventType.Given, 2, Father)], ConsentState.Refused, false },
                { "an able child's yes beside a parent's no", [Parent(ConsentEventType.Refused, 1), ByChild(ConsentEventType.Given, 2)], ConsentState.Given, true },
                { "run out", [ByChild(ConsentEventType.Given, 1, until: ConsentRules.LocalDay(Start.AddDays(99)))], ConsentState.Expired, false },
                { "its last day", [ByChild(ConsentEventType.Given, 1, until: ConsentRules.LocalDay(Start.AddDays(100)))], ConsentState.Given, true },
                { "invalidated", [ByChild(ConsentEventType.Given, 1), Of(ConsentEventType.Invalidated, 2)], ConsentState.Invalidated, false },
                { "invalidated, then a new yes", [ByChild(ConsentEventType.Given, 1), Of(ConsentEventType.Invalidated, 2), ByChild(ConsentEventType.Given, 3)], ConsentState.Given, true },
                { "a no that what was invalidated does not take away", [ByChild(ConsentEventType.Refused, 1), Of(ConsentEventType.Invalidated, 2), Parent(ConsentEventType.Given, 3)], ConsentState.Refused, false },
                { "stopped, then thinking", [ByChild(ConsentEventType.Given, 1), ByChild(ConsentEventType.Withdrawn, 2), ByChild(ConsentEventType.Deferred, 3)], ConsentState.Withdrawn, false },
                { "a mother's stop, then the child thinking", [Parent(ConsentEventType.Given, 1), Parent(ConsentEventType.Withdrawn, 2), ByChild(ConsentEventType.Deferred, 3)], ConsentState.Withdrawn, false },
                { "thinking in the middle of a yes", [ByChild(ConsentEventType.Given, 1), ByChild(ConsentEventType.Deferred, 2)], ConsentState.Deferred, false },
                { "a no after a yes, time to think and a wish", [ByChild(ConsentEventType.Given, 1), ByChild(ConsentEventType.Refused, 2), ByChild(ConsentEventType.Deferred, 3), Wish(4)], ConsentState.Withdrawn, false },
                { "a mother's stop beside an able child's yes", [ByChild(ConsentEventType.Given, 1), Parent(ConsentEventType.Withdrawn, 2)], ConsentState.Given, true },
                { "a mother's stop beside an able child's yes that has run out", [ByChild(ConsentEventType.Given, 1, until: ConsentRules.LocalDay(Start.AddDays(50))), Parent(ConsentEventType.Withdrawn, 2)], ConsentState.Expired, false },
                { "entered in error", [wrong, Of(ConsentEventType.EnteredInError, 2, wrong.Id)], ConsentState.NotAsked, false },
                { "still to come", [ByChild(ConsentEventType.Given, 101)], ConsentState.NotAsked, false },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Histories))]
    public void Each_history_has_its_answer(string history, ConsentFact[] events, ConsentState state, bool allowed)
    {
        var decision = Decide(events);
        Assert.True((state, allowed) == (decision.State, decision.Allowed), $"{history}: {decision.State}, {decision.Allowed}");
    }

    [Fact]
    public void The_time_to_be_left_alone_counts_from_the_last_no_of_several()
    {
        DateTime? LeftAloneFrom(params ConsentFact[] events) => ConsentRules.SaidNoAt(events, Decide(events), null);
        var mistake = ByChild(ConsentEventType.Refused, 30);
        // Hers locks what is there, and so decides; his came later.
        Assert.Equal(Start.AddDays(20), LeftAloneFrom(Parent(ConsentEventType.Given, 1), Parent(ConsentEventType.Withdrawn, 2), Parent(ConsentEventType.Withdrawn, 20, Father) with { Wants = WithdrawWants.StopFromNow }));
        Assert.Equal(Start.AddDays(2), LeftAloneFrom(ByChild(ConsentEventType.Refused, 2), Parent(ConsentEventType.Refused, 20), Parent(ConsentEventType.Given, 25)));
        Assert.Equal(Start.AddDays(25), LeftAloneFrom(ByChild(ConsentEventType.Refused, 2), Parent(ConsentEventType.Given, 25, feels: ChildPosition.Dissents)));
        Assert.Equal(Start.AddDays(2), LeftAloneFrom(ByChild(ConsentEventType.Refused, 2), mistake, Of(ConsentEventType.EnteredInError, 31, mistake.Id), ByChild(ConsentEventType.Refused, 40, Scopes[0])));
        // A child who wants it since has brought it up; a wish from before that is none.
        Assert.Null(LeftAloneFrom(Parent(ConsentEventType.Given, 1), ByChild(ConsentEventType.Withdrawn, 2), Wish(3)));
        Assert.Equal(Start.AddDays(3), LeftAloneFrom(Wish(2), ByChild(ConsentEventType.Refused, 3)));
        Assert.Null(LeftAloneFrom(ByChild(ConsentEventType.Deferred, 2)));
    }

    [Fact]
    public void A_parents_yes_needs_asking_again_from_sixteen_and_once_the_child_was_found_able()
    {
        Assert.Equal(ConsentState.Given, Decide([Parent(ConsentEventType.Given, 1)], born: new(2010, 6, 11)).State);
        Assert.Equal(ConsentState.NeedsRefresh, Decide([Parent(ConsentEventType.Given, 1)], born: new(2010, 6, 10)).State);
        Assert.Equal((ConsentState.NeedsRefresh, RefreshCause.NotTheirs), StateOf(Decide([Parent(ConsentEventType.Given, 5)], ableOn: 4)));
        Assert.Equal(ConsentState.NeedsRefresh, Decide([Parent(ConsentEventType.Given, 5)], ableOn: 6).State);
        Assert.Equal(ConsentState.Given, Decide([ByChild(ConsentEventType.Given, 1)], born: new(2010, 1, 1)).State);
    }

    [Fact]
    public void A_no_for_one_project_outlives_a_later_yes_for_all_and_touches_no_other()
    {
        ConsentFact[] events = [ByChild(ConsentEventType.Refused, 1, Scopes[0]), ByChild(ConsentEventType.Given, 2)];
        Assert.False(Decide(events, scope: Scopes[0]).Allowed);
        Assert.True(Decide(events, scope: Scopes[1]).Allowed);
        Assert.True(Decide(events).Allowed);
        Assert.False(Decide([ByChild(ConsentEventType.Given, 1, Scopes[0]), ByChild(ConsentEventType.Withdrawn, 2)], scope: Scopes[0]).Allowed);
        Assert.False(Decide([ByChild(ConsentEventType.Given, 1, Scopes[0])]).Allowed);
    }

    [Theory]
    [InlineData(Purpose.KeepRecord, ConsentEventType.Told, ConsentState.Told, true)]
    [InlineData(Purpose.KeepRecord, ConsentEventType.Objected, ConsentState.Objected, true)]
    [InlineData(Purpose.Stats, ConsentEventType.Told, ConsentState.Told, true)]
    [InlineData(Purpose.Stats, ConsentEventType.Objected, ConsentState.Objected, false)]
    public void What_children_are_told_of_is_counted_unless_they_object(Purpose purpose, ConsentEventType type, ConsentState state, bool allowed)
    {
        var decision = Decide([Of(type, 1)], purpose: purpose);
        Assert.Equal((state, allowed), (decision.State, decision.Allowed));
        Assert.Equal(purpose == Purpose.KeepRecord, Decide([], purpose: purpose).Allowed);
    }

    // Any history: up to a dozen things said by the child, the mother or the father, about everything or one project, over sixty days.
    private static readonly Gen<ConsentFact> Event =
        Gen.Select(OneOf(
                ConsentEventType.Asked, ConsentEventType.Given, ConsentEventType.Given, ConsentEventType.Refused, ConsentEventType.Deferred, ConsentEventType.Withdrawn, ConsentEventType.Renewed, ConsentEventType.Invalidated),
            Gen.Int[0, 2], Gen.Int[0, 60], Gen.Int[0, 3], OneOf(Enum.GetValues<ChildPosition>()), Gen.Guid, Gen.Bool)
        .Select((type, who, day, scope, feels, id, lasts) => new ConsentFact(
            id, type, scope < 2 ? ConsentScope.Purpose : ConsentScope.Project, scope < 2 ? null : Scopes[scope - 2],
            who == 0 ? DecidedBy.ChildForSelf : DecidedBy.ParentalResponsibility, who switch { 0 => null, 1 => Mother, _ => Father },
            who == 0 ? ChildPosition.DecidedThemselves : feels, lasts ? null : ConsentRules.LocalDay(Start.AddDays(day + 20)), Start.AddDays(day), null));

    private static readonly Gen<ConsentFact[]> History = Event.Array[0, 12];

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static bool IsYes(ConsentFact e) => e.Type is ConsentEventType.Given or ConsentEventType.Renewed;

    private static bool IsWish(ConsentFact e) => e is { Type: ConsentEventType.Asked, DecidedBy: DecidedBy.ChildForSelf, ChildPosition: ChildPosition.Assents };

    private static bool IsAnswer(ConsentFact e) => IsYes(e) || e.Type is ConsentEventType.Refused or ConsentEventType.Deferred or ConsentEventType.Withdrawn or ConsentEventType.Objected;

    [Fact]
    public void Never_a_yes_while_the_childs_last_word_for_everything_is_a_no()
    {
        Gen.Select(History, Gen.Int[0, 80], Gen.Int[0, 1]).Sample((events, day, scope) =>
        {
            var at = Start.AddDays(day);
            var asked = Scopes[scope];
            var last = events.Where(e => e.DecidedBy == DecidedBy.ChildForSelf && e.Scope == ConsentScope.Purpose && IsAnswer(e) && e.OccurredAt <= at)
                .OrderBy(e => e.OccurredAt).ThenBy(e => IsYes(e) ? 0 : 1).LastOrDefault();
            if (last is null || IsYes(last)) return;
            Assert.False(Decide(events, day).Allowed);
        });
    }

    [Fact]
    public void Without_anybodys_yes_there_is_none()
    {
        Gen.Select(History, Gen.Int[0, 80]).Sample((events, day) =>
        {
            var decision = Decide(events, day, Scopes[0]);
            if (!decision.Allowed) return;
            var yes = events.Single(e => e.Id == decision.EventId);
            Assert.True(IsYes(yes) && yes.OccurredAt <= Start.AddDays(day));
            Assert.True(yes.ExpiresOn is null || yes.ExpiresOn >= ConsentRules.LocalDay(Start.AddDays(day)));
            Assert.True(yes.ScopeId is null || yes.ScopeId == Scopes[0]);
        });
    }

    [Fact]
    public void Withdrawing_ends_it_until_the_same_person_says_yes_again()
    {
        Gen.Select(History, Gen.Int[0, 20]).Sample((events, later) =>
        {
            var withdrawn = ByChild(ConsentEventType.Withdrawn, 60);
            var after = events.Append(withdrawn).ToArray();
            Assert.False(Decide(after, 60 + later).Allowed);
            Assert.False(Decide(after, 60 + later, Scopes[1]).Allowed);
            // Nobody else's yes brings it back.
            Assert.False(Decide([.. after, Parent(ConsentEventType.Given, 61), Parent(ConsentEventType.Renewed, 62, Father)], 80).Allowed);
        });
    }

    [Fact]
    public void What_is_said_later_never_changes_what_held_before()
    {
        Gen.Select(History, History, Gen.Int[0, 59]).Sample((events, more, day) =>
        {
            var later = more.Where(e => e.OccurredAt > Start.AddDays(day));
            var before = Decide(events, day, Scopes[0]);
            Assert.Equal(before, Decide([.. events, .. later], day, Scopes[0]));
            // Nor does being found able, or saying which came last, later.
            var facts = FactsOf(events);
            var since = facts with
            {
                Assessments = [.. facts.Assessments, new(CompetenceOutcome.NotCompetent, Start.AddDays(day).AddTicks(1))],
                Orders = [.. events.Zip(events.Skip(1)).Select(two => new OrderFact(two.First.Id, two.Second.Id, Start.AddDays(day).AddTicks(1)))],
            };
            Assert.Equal(before, Decide(events, day, Scopes[0], facts: since));
        });
    }

    [Fact]
    public void A_mistake_is_as_if_it_had_never_been_written_and_order_of_writing_does_not_matter()
    {
        Gen.Select(History, Event, Gen.Int[0, 80], Gen.Int[0, 1000]).Sample((events, mistake, day, seed) =>
        {
            var struckOut = new ConsentFact(Guid.NewGuid(), ConsentEventType.EnteredInError, ConsentScope.Purpose, null, null, null, null, null, mistake.OccurredAt, mistake.Id);
            var shuffled = events.Append(mistake).Append(struckOut).ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(Decide(events, day, Scopes[1]), Decide(shuffled, day, Scopes[1], facts: FactsOf(events)));
        });
    }

    private static (ConsentState, RefreshCause?) StateOf(ConsentDecision decision) => (decision.State, decision.Because);

    private static AuthorityFact Parental(Guid who, DateOnly? from = null, DateOnly? to = null) => new(DecidedBy.ParentalResponsibility, who, from, to);

    private static ConsentFact By(DecidedBy who, int day, Guid? relation = null) =>
        new(Guid.NewGuid(), ConsentEventType.Given, ConsentScope.Purpose, null, who, relation, ChildPosition.Assents, null, Start.AddDays(day), null);

    [Fact]
    public void Only_who_holds_authority_says_yes_and_only_while_they_hold_it()
    {
        var day = ConsentRules.LocalDay(Start);
        ConsentFacts Facts(params AuthorityFact[] held) => new(BornTen) { Authorities = held };
        var mothers = By(DecidedBy.ParentalResponsibility, 10, Mother);
        Assert.Equal((ConsentState.NeedsRefresh, RefreshCause.NotTheirs), StateOf(Decide([mothers], facts: Facts())));
        Assert.Equal((ConsentState.NeedsRefresh, RefreshCause.NotTheirs), StateOf(Decide([mothers], facts: Facts(Parental(Father)))));
        Assert.Equal((ConsentState.NeedsRefresh, RefreshCause.NotTheirs), StateOf(Decide([mothers], facts: Facts(Parental(Mother, day.AddDays(11))))));
        Assert.True(Decide([mothers], 50, facts: Facts(Parental(Mother, day.AddDays(10), day.AddDays(50)))).Allowed);
        Assert.Equal((ConsentState.NeedsRefresh, RefreshCause.ResponsibilityOrStatusChanged), StateOf(Decide([mothers], 51, facts: Facts(Parental(Mother, day.AddDays(10), day.AddDays(50))))));

        // The council under an order; a carer for what was handed over; a court; nobody else.
        Assert.False(Decide([By(DecidedBy.LocalAuthority, 10)], facts: Facts(Parental(Mother))).Allowed);
        Assert.True(Decide([By(DecidedBy.LocalAuthority, 10)], facts: Facts(new AuthorityFact(DecidedBy.LocalAuthority, null, day, null))).Allowed);
        Assert.False(Decide([By(DecidedBy.LocalAuthority, 10)], facts: Facts(new AuthorityFact(DecidedBy.LocalAuthority, null, day, day.AddDays(99)))).Allowed);
        Assert.False(Decide([By(DecidedBy.DelegatedAuthority, 10, Father)], facts: Facts(new AuthorityFact(DecidedBy.DelegatedAuthority, Mother, day, null))).Allowed);
        Assert.True(Decide([By(DecidedBy.DelegatedAuthority, 10, Mother)], facts: Facts(new AuthorityFact(DecidedBy.DelegatedAuthority, Mother, day, null))).Allowed);
        Assert.True(Decide([By(DecidedBy.CourtOrAttorney, 10)], facts: Facts()).Allowed);
        Assert.False(Decide([By(DecidedBy.SomebodyElse, 10)], facts: Facts(Parental(Mother))).Allowed);

        // A no of somebody whose authority has ended binds nobody; of somebody who is not known to have had any it does.
        var fathers = Parent(ConsentEventType.Refused, 5, Father);
        Assert.Equal(ConsentState.Refused, Decide([fathers, mothers], facts: Facts(Parental(Mother))).State);
        Assert.Equal(ConsentState.Refused, Decide([fathers, mothers], facts: Facts(Parental(Mother), Parental(Father))).State);
        Assert.Equal(ConsentState.Given, Decide([fathers, mothers], facts: Facts(Parental(Mother), Parental(Father, null, day.AddDays(9)))).State);
        // That the child did not want it is no word of his, and does not go with him.
        var dissent = Parent(ConsentEventType.Given, 5, Father, ChildPosition.Dissents);
        Assert.Equal(ConsentState.Refused, Decide([dissent, mothers with { ChildPosition = ChildPosition.NotAsked }], facts: Facts(Parental(Mother), Parental(Father, null, day.AddDays(9)))).State);
        Assert.Equal(ConsentState.Given, Decide([dissent, mothers], facts: Facts(Parental(Mother), Parental(Father, null, day.AddDays(9)))).State);
    }

    [Fact]
    public void What_changes_about_the_child_or_the_words_is_asked_again_from_that_day()
    {
        var day = ConsentRules.LocalDay(Start);
        var yes = By(DecidedBy.ParentalResponsibility, 10, Mother);
        ConsentFacts Changed(int on, int knownAt) => new(BornTen) { Authorities = BothParents, Changes = [new(day.AddDays(on), Start.AddDays(knownAt))] };
        Assert.True(Decide([yes], facts: Changed(9, 9)).Allowed);
        Assert.True(Decide([yes], 19, facts: Changed(20, 90)).Allowed);
        // From the day it changed, though nobody knew for seventy days more.
        Assert.Equal((ConsentState.NeedsRefresh, RefreshCause.ResponsibilityOrStatusChanged), StateOf(Decide([yes], 20, facts: Changed(20, 90))));
        // On the same day what was known first counts.
        Assert.True(Decide([yes], 11, facts: Changed(10, 9)).Allowed);
        Assert.False(Decide([yes], 12, facts: Changed(10, 11)).Allowed);
        // A child's own decision is theirs whoever holds responsibility.
        ConsentFact[] own = [ByChild(ConsentEventType.Given, 10)];
        Assert.True(Decide(own, facts: FactsOf(own) with { Changes = [new(day.AddDays(20), Start.AddDays(20))] }).Allowed);
        Assert.Equal((ConsentState.NeedsRefresh, RefreshCause.CompetenceChanged),
            StateOf(Decide(own, facts: FactsOf(own) with { Assessments = [new(CompetenceOutcome.Competent, Start.AddDays(10)), new(CompetenceOutcome.NotCompetent, Start.AddDays(30))] })));
        // Not able today is not unable for good.
        Assert.True(Decide(own, facts: FactsOf(own) with { Assessments = [new(CompetenceOutcome.Competent, Start.AddDays(10)), new(CompetenceOutcome.NotToday, Start.AddDays(30))] }).Allowed);
        Assert.Equal((ConsentState.NeedsRefresh, RefreshCause.NotTheirs), StateOf(Decide(own, facts: new(BornTen) { Authorities = BothParents })));

        var words = Guid.NewGuid();
        ConsentFact[] shown = [yes with { WordingId = words }];
        ConsentFacts Replaced(int on, int? until = null) => FactsOf(shown) with { WordsReplaced = new Dictionary<Guid, ReplacedFact> { [words] = new(Start.AddDays(on), until is { } end ? Start.AddDays(end) : null) } };
        Assert.True(Decide(shown, 29, facts: Replaced(30)).Allowed);
        Assert.Equal((ConsentState.NeedsRefresh, RefreshCause.WordingChanged), StateOf(Decide(shown, 30, facts: Replaced(30))));
        Assert.True(Decide([yes], 30, facts: Replaced(30)).Allowed);
        // Until nobody is asked with the others any more: then it was these words that everybody is asked with.
        Assert.False(Decide(shown, 39, facts: Replaced(30, until: 40)).Allowed);
        Assert.True(Decide(shown, 40, facts: Replaced(30, until: 40)).Allowed);

        ConsentFact[] ends = [yes with { EndsWithCase = true }];
        Assert.Equal(ConsentState.Expired, Decide(ends, facts: FactsOf(ends) with { CaseClosedOn = day.AddDays(40) }).State);
        Assert.True(Decide(ends, facts: FactsOf(ends) with { CaseClosedOn = day.AddDays(5) }).Allowed);
        var project = Scopes[0];
        // A yes for one visit ends with its day where people live, whatever date was written with it: in summer that is an hour before midnight by universal time.
        var met = new DateOnly(2026, 7, 1);
        var visit = Scopes[1];
        ConsentFact[] forVisit = [ByChild(ConsentEventType.Given, 0) with { Scope = ConsentScope.Session, ScopeId = visit, VisitOn = met, ExpiresOn = met.AddYears(1), OccurredAt = new(2026, 7, 1, 9, 0, 0, DateTimeKind.Utc) }];
        ConsentDecision ForVisit(DateTime at, params ConsentFact[] more) => ConsentRules.Decide(Purpose.Audio, [.. forVisit, .. more], FactsOf([.. forVisit, .. more]), visit, at);
        var (before, after) = (new DateTime(2026, 7, 1, 22, 59, 59, DateTimeKind.Utc), new DateTime(2026, 7, 1, 23, 0, 0, DateTimeKind.Utc));
        Assert.Equal((true, met), (ForVisit(before).Allowed, ForVisit(before).ExpiresOn));
        Assert.Equal((ConsentState.Expired, met, met), (ForVisit(after).State, ForVisit(after).ExpiresOn, ForVisit(after).EndedWithVisitOn));
        // What was begun before that and comes later is taken, and nothing begun after it; nor anything once they took it back.
        Assert.Equal((true, false), (ForVisit(after.AddDays(30)).AllowsWhatBegan(before), ForVisit(after.AddDays(30)).AllowsWhatBegan(after)));
        Assert.False(ForVisit(after.AddDays(30), ByChild(ConsentEventType.Withdrawn, 0) with { OccurredAt = after.AddDays(1) }).AllowsWhatBegan(before));
        Assert.False(ForVisit(after).Restricted.AllowsWhatBegan(before));
        // Said later than the visit it counts on the day it was said; and a later yes to everything counts for the visit too.
        var late = ByChild(ConsentEventType.Given, 0) with { Scope = ConsentScope.Session, ScopeId = visit, VisitOn = met, OccurredAt = after.AddDays(9) };
        Assert.Equal((true, false), (ForVisit(late.OccurredAt.AddHours(2), late).Allowed, ForVisit(late.OccurredAt.AddDays(1), late).Allowed));
        Assert.True(ForVisit(after.AddDays(9), ByChild(ConsentEventType.Given, 0) with { OccurredAt = after.AddDays(8) }).Allowed);
        Assert.False(ForVisit(after.AddDays(9), ByChild(ConsentEventType.Given, 0) with { OccurredAt = Start }).Allowed);
        // A device's clock is believed within five minutes; it says when a recording began, or its length does. That it began later than that counts for nothing.
        var arrived = after.AddHours(10);
        DateTime BegunBy(DateTime sealedAt, DateTime? begun, long? skew) => ConsentRules.CertainlyBegunBy(sealedAt, begun, skew, 120, arrived);
        Assert.Equal((after.AddSeconds(-90), arrived, arrived), (BegunBy(after.AddSeconds(30), null, 1_000), BegunBy(before, before, 301_000), BegunBy(before, before, null)));
        Assert.Equal((before, after.AddSeconds(-90), arrived), (BegunBy(after.AddHours(9), before, 1_000), BegunBy(after.AddSeconds(30), after.AddSeconds(29), 1_000), BegunBy(arrived.AddHours(1), before, 1_000)));
        // Said on a device before the visit it counts until the end of the visit's day, and not beyond a day that was agreed.
        Assert.Equal((met, met, met.AddDays(9), met.AddDays(-3), met.AddDays(1)), (
            ConsentRules.LastDay(ConsentScope.Session, met.AddYears(1), met, before.AddDays(-9)), ConsentRules.LastDay(ConsentScope.Session, null, met, before), ConsentRules.LastDay(ConsentScope.Session, null, met, before.AddDays(9)),
            ConsentRules.LastDay(ConsentScope.Session, met.AddDays(-3), met, before.AddDays(-9)), ConsentRules.LastDay(ConsentScope.Purpose, met.AddDays(1), met, before)));
        // With the council's work it ends for what was begun, too.
        ConsentFact[] endsWithWork = [forVisit[0] with { EndsWithCase = true }];
        Assert.False(ConsentRules.Decide(Purpose.Audio, endsWithWork, FactsOf(endsWithWork) with { CaseClosedOn = met }, visit, after).AllowsWhatBegan(before));

        ConsentFact[] forProject = [yes with { Scope = ConsentScope.Project, ScopeId = project, EndsWithProject = true }];
        Assert.Equal(ConsentState.Expired, Decide(forProject, scope: project).State);
        Assert.True(Decide(forProject, scope: project, facts: FactsOf(forProject) with { ProjectEnds = new Dictionary<Guid, DateOnly> { [project] = day.AddDays(100) } }).Allowed);
        Assert.False(Decide([yes with { Scope = ConsentScope.Recipient, ScopeId = Father }], scope: Father, purpose: Purpose.ShareParent,
            facts: FactsOf([yes]) with { NoContact = new Dictionary<Guid, DateTime> { [Father] = Start.AddDays(50) } }).Allowed);
    }

    [Fact]
    public void Days_begin_at_midnight_in_London()
    {
        // Born on 29 February 2012: sixteen on the very day in 2028, at midnight in winter.
        var leap = new DateOnly(2012, 2, 29);
        var yes = By(DecidedBy.ParentalResponsibility, 0, Mother);
        ConsentDecision At(DateOnly born, DateTime at) => ConsentRules.Decide(Purpose.Audio, [yes], new(born) { Authorities = BothParents }, null, at);
        Assert.True(At(leap, new(2028, 2, 28, 23, 59, 59, DateTimeKind.Utc)).Allowed);
        Assert.Equal((ConsentState.NeedsRefresh, RefreshCause.TurnedSixteen), StateOf(At(leap, new(2028, 2, 29, 0, 0, 0, DateTimeKind.Utc))));
        // In a year without that day they are older on 1 March.
        var leap2016 = new DateOnly(2016, 2, 29);
        Assert.Equal(17, Child.AgeOn(leap2016, new(2034, 2, 28)));
        Assert.Equal(18, Child.AgeOn(leap2016, new(2034, 3, 1)));
        ConsentFact[] own = [ByChild(ConsentEventType.Given, 1)];
        ConsentDecision Own(DateTime at) => ConsentRules.Decide(Purpose.Audio, own, FactsOf(own, leap2016), null, at);
        Assert.True(Own(new(2034, 2, 28, 23, 59, 59, DateTimeKind.Utc)).Allowed);
        Assert.Equal((ConsentState.NeedsRefresh, RefreshCause.TurnedEighteen), StateOf(Own(new(2034, 3, 1, 0, 0, 0, DateTimeKind.Utc))));
        // In summer midnight in London is an hour before midnight in UTC.
        Assert.True(At(new(2010, 7, 15), new(2026, 7, 14, 22, 59, 59, DateTimeKind.Utc)).Allowed);
        Assert.False(At(new(2010, 7, 15), new(2026, 7, 14, 23, 0, 0, DateTimeKind.Utc)).Allowed);
        ConsentFact[] until = [ByChild(ConsentEventType.Given, 1, until: new(2026, 7, 14))];
        Assert.True(ConsentRules.Decide(Purpose.Audio, until, FactsOf(until), null, new(2026, 7, 14, 22, 59, 59, DateTimeKind.Utc)).Allowed);
        Assert.Equal(ConsentState.Expired, ConsentRules.Decide(Purpose.Audio, until, FactsOf(until), null, new(2026, 7, 14, 23, 0, 0, DateTimeKind.Utc)).State);

        // The hour from one to two comes twice on 25 October 2026: yes in the first, no in the second, though a clock on the wall says the no came first.
        var first = new DateTime(2026, 10, 25, 0, 50, 0, DateTimeKind.Utc);
        ConsentFact[] twice = [ByChild(ConsentEventType.Given, 1) with { OccurredAt = first }, ByChild(ConsentEventType.Withdrawn, 1) with { OccurredAt = first.AddMinutes(20) }];
        Assert.Equal(ConsentState.Given, ConsentRules.Decide(Purpose.Audio, twice, FactsOf(twice), null, first.AddMinutes(19)).State);
        Assert.Equal(ConsentState.Withdrawn, ConsentRules.Decide(Purpose.Audio, twice, FactsOf(twice), null, first.AddMinutes(20)).State);
        Assert.Equal(new DateOnly(2026, 10, 25), ConsentRules.LocalDay(first));
        Assert.Equal(new DateTime(2026, 10, 24, 23, 0, 0, DateTimeKind.Utc), ConsentRules.StartOf(new(2026, 10, 25)));
        Assert.Equal(new DateTime(2026, 10, 26, 0, 0, 0, DateTimeKind.Utc), ConsentRules.StartOf(new(2026, 10, 26)));
    }

    [Fact]
    public void Where_clocks_leave_the_order_open_the_more_protective_counts_until_somebody_says()
    {
        var (tablet, phone) = (Guid.NewGuid(), Guid.NewGuid());
        var no = ByChild(ConsentEventType.Withdrawn, 1) with { DeviceId = tablet, ClockSkewMs = 0 };
        ConsentFact Yes(TimeSpan after, Guid? device, long? skew = 0) => ByChild(ConsentEventType.Given, 1) with { OccurredAt = no.OccurredAt + after, DeviceId = device, ClockSkewMs = skew };
        foreach (var (yes, counts) in new[]
        {
            (Yes(TimeSpan.FromMinutes(1), tablet), true), (Yes(TimeSpan.FromMinutes(60), phone), false), (Yes(TimeSpan.FromMinutes(61), phone), true), (Yes(TimeSpan.FromMinutes(30), null), false),
            (Yes(TimeSpan.FromDays(3), phone, 300_000), true), (Yes(TimeSpan.FromDays(3), phone, -300_001), false), (Yes(TimeSpan.FromDays(3), tablet, 300_001), false), (Yes(TimeSpan.Zero, tablet), false),
            // From a file: how far its device's clock was wrong nobody knows.
            (Yes(TimeSpan.FromDays(3), phone, null), false), (Yes(TimeSpan.FromMinutes(1), tablet, null), false), (Yes(TimeSpan.FromDays(3), null, null), true),
        })
        {
            ConsentFact[] both = [yes, no];
            var decision = Decide(both);
            Assert.Equal(counts, decision.Allowed);
            if (counts) continue;
            Assert.Equal((no.Id, (Guid?)yes.Id), (decision.EventId, decision.InDoubtWith));
            var facts = FactsOf(both) with { Orders = [new(no.Id, yes.Id, Start.AddDays(50))] };
            Assert.False(Decide(both, 49, facts: facts).Allowed);
            Assert.True(Decide(both, 50, facts: facts).Allowed);
            // Said again, the other way: the later word about the order counts.
            Assert.False(Decide(both, 60, facts: facts with { Orders = [.. facts.Orders, new(yes.Id, no.Id, Start.AddDays(60))] }).Allowed);
        }

        // What the clocks do say nobody can turn round.
        ConsentFact[] certain = [ByChild(ConsentEventType.Given, 1), ByChild(ConsentEventType.Withdrawn, 2)];
        Assert.False(Decide(certain, facts: FactsOf(certain) with { Orders = [new(certain[1].Id, certain[0].Id, Start.AddDays(3))] }).Allowed);
    }

    [Fact]
    public void What_is_to_become_of_what_is_kept_is_known_from_when_they_said_it()
    {
        ConsentFact[] stopped = [ByChild(ConsentEventType.Given, 1), ByChild(ConsentEventType.Withdrawn, 2)];
        Assert.Equal(ViewEffect.Locked, Decide(stopped).Effects.View);
        var facts = FactsOf(stopped) with { Outcomes = [new(stopped[1].Id, WithdrawWants.StopFromNow, Start.AddDays(5)), new(stopped[1].Id, WithdrawWants.TakeOut, Start.AddDays(9))] };
        Assert.Equal(ViewEffect.Locked, Decide(stopped, 4, facts: facts).Effects.View);
        Assert.Equal(ViewEffect.Shown, Decide(stopped, 5, facts: facts).Effects.View);
        Assert.Equal(ViewEffect.Locked, Decide(stopped, 9, facts: facts).Effects.View);
        // What they wanted out stays out when they say yes to going on, and what is made since is not touched by it.
        ConsentFact[] again = [.. stopped, ByChild(ConsentEventType.Given, 20)];
        foreach (var wants in Enum.GetValues<WithdrawWants>())
        {
            var later = Decide(again, facts: FactsOf(again) with { Outcomes = [new(stopped[1].Id, wants, Start.AddDays(9))] });
            Assert.Equal((true, wants == WithdrawWants.StopFromNow ? ViewEffect.Shown : ViewEffect.Locked, ViewEffect.Shown), (later.Allowed, later.ViewOf(Start.AddDays(2)), later.ViewOf(Start.AddDays(21))));
            Assert.Equal(wants == WithdrawWants.DeleteRecording, later.KeepsWordsOf(Start.AddDays(2)));
        }

        // Time to think unlocks nothing. Nor does a stop of whoever decides nothing take anything out.
        ConsentFact[] thinks = [.. stopped, ByChild(ConsentEventType.Deferred, 20)];
        Assert.Equal((WithdrawWants.TakeOut, ViewEffect.Locked), (Decide(thinks, facts: FactsOf(thinks) with { Outcomes = facts.Outcomes }).Wants, Decide(thinks).Effects.View));
        ConsentFact[] hers = [ByChild(ConsentEventType.Given, 1), Parent(ConsentEventType.Withdrawn, 2) with { Wants = WithdrawWants.TakeOut }];
        Assert.Equal(ViewEffect.Shown, Decide(hers).ViewOf(Start.AddDays(1)));
        // One who would leave it does not speak for another who has not said so.
        ConsentFact[] both = [Parent(ConsentEventType.Given, 1), Parent(ConsentEventType.Withdrawn, 2), Parent(ConsentEventType.Withdrawn, 3, Father) with { Wants = WithdrawWants.StopFromNow }];
        Assert.Equal((both[1].Id, ViewEffect.Locked), (Decide(both).EventId, Decide(both).Effects.View));
        // A yes that should not have been relied on stays a reason to lock until there is another, whatever else is said.
        foreach (var type in new[] { ConsentEventType.Refused, ConsentEventType.Deferred, ConsentEventType.Asked })
        {
            ConsentFact[] quarantined = [ByChild(ConsentEventType.Given, 1), Of(ConsentEventType.Invalidated, 2), ByChild(type, 3)];
            Assert.Equal(ViewEffect.Quarantined, Decide(quarantined).Effects.View);
            Assert.Equal(ViewEffect.Shown, Decide([.. quarantined, ByChild(ConsentEventType.Given, 4)]).Effects.View);
        }

        // A no to going on is a no to what was made before, too.
        Assert.Equal(ConsentState.Withdrawn, Decide([ByChild(ConsentEventType.Given, 1), ByChild(ConsentEventType.Refused, 2)]).State);
    }

    // Histories from several devices with clocks that are right, wrong or very wrong.
    private static readonly Guid?[] Devices = [null, Guid.NewGuid(), Guid.NewGuid()];

    private static readonly Gen<ConsentFact> EventFromADevice =
        Gen.Select(Event, Gen.Int[0, 2], OneOf(0L, 0L, 120_000L, -400_000L), Gen.Int[0, 90], OneOf<ConsentEventType?>(null, null, null, null, null, null, null, ConsentEventType.Told, ConsentEventType.Objected), OneOf<WithdrawWants?>(null, null, WithdrawWants.StopFromNow, WithdrawWants.TakeOut, WithdrawWants.DeleteRecording))
        .Select((e, device, skew, minutes, instead, wants) =>
            e with
            {
                Type = instead ?? e.Type,
                Wants = (instead ?? e.Type) is ConsentEventType.Withdrawn or ConsentEventType.Refused or ConsentEventType.Objected ? wants : null,
                // Whatever a child asks for on their own screen they want.
                ChildPosition = instead is null && e is { Type: ConsentEventType.Asked, DecidedBy: DecidedBy.ChildForSelf } ? ChildPosition.Assents : e.ChildPosition,
                DeviceId = Devices[device],
                ClockSkewMs = device == 0 ? 0 : skew,
                OccurredAt = e.OccurredAt.AddMinutes(minutes),
            });

    /// <summary>A history of which some events are marked as mistakes, and what of it counts.</summary>
    private static readonly Gen<(ConsentFact[] Written, ConsentFact[] Counting)> HistoryWithMistakes =
        Gen.Select(EventFromADevice.Array[0, 10], Gen.Int[0, 3].Array[10]).Select((events, dice) =>
        {
            var mistakes = events.Where((_, i) => dice[i] == 0 && dice[(i + 1) % 10] == 1).ToList();
            return ((ConsentFact[])[.. events, .. mistakes.Select(m => Of(ConsentEventType.EnteredInError, 70, m.Id))], events.Except(mistakes).ToArray());
        });

    private static readonly Gen<ConsentFacts> AnyFacts =
        Gen.Select(Gen.Int[0, 20], Gen.Int[-10, 40], Gen.Int[0, 90], Gen.Bool, Gen.Select(Gen.Int[0, 3], Gen.Int[0, 70]).Array[0, 4], Gen.Int[0, 70].Array[0, 2]).Select((age, from, length, father, assessed, changes) =>
        {
            var day = ConsentRules.LocalDay(Start);
            return new ConsentFacts(day.AddYears(-age).AddDays(30))
            {
                Authorities = father ? [Parental(Mother, day.AddDays(from), day.AddDays(from + length)), Parental(Father)] : [Parental(Mother)],
                Assessments = [.. assessed.Select(a => new AssessmentFact((CompetenceOutcome)a.Item1, Start.AddDays(a.Item2)))],
                Changes = [.. changes.Select(c => new ChangeFact(day.AddDays(c), Start.AddDays(c + 3)))],
            };
        });

    [Fact]
    public void No_history_yields_a_yes_where_the_last_word_of_whoever_may_decide_is_none()
    {
        var yeses = 0;
        Gen.Select(HistoryWithMistakes, AnyFacts, Gen.Int[0, 80], Gen.Int[0, 1], Gen.Int).Sample((history, facts, day, scope, seed) =>
        {
            var (events, counting) = history;
            var (at, asked) = (Start.AddDays(day), Scopes[scope]);
            var decision = ConsentRules.Decide(Purpose.ResearchExtract, events, facts, asked, at);
            var arrived = events.ToArray();
            new Random(seed).Shuffle(arrived);
            Assert.Equal(decision, ConsentRules.Decide(Purpose.ResearchExtract, arrived, facts, asked, at));
            Assert.Equal(decision.State == ConsentState.Given, decision.Allowed);
            if (!decision.Allowed) return;

            Interlocked.Increment(ref yeses);
            var known = counting.Where(e => e.OccurredAt <= at && (e.ScopeId is null || e.ScopeId == asked)).ToList();
            var yes = known.Single(e => e.Id == decision.EventId);
            var (then, today) = (ConsentRules.LocalDay(yes.OccurredAt), ConsentRules.LocalDay(at));
            var (ageThen, ageNow) = (Child.AgeOn(facts.BornOn, then), Child.AgeOn(facts.BornOn, today));
            Assert.True(IsYes(yes) && !(yes.ExpiresOn < today) && !(ageThen < 18 && ageNow >= 18));

            // Nothing the same person said may have come after it and be a no; a no for everything counts for the project too.
            Assert.DoesNotContain(known, e => e.DecidedBy == yes.DecidedBy && e.DecidedByRelationshipId == yes.DecidedByRelationshipId && IsAnswer(e) && ConsentRules.Denies(e)
                && (e.OccurredAt > yes.OccurredAt || ConsentRules.InDoubt(e, yes)));
            Assert.DoesNotContain(known, e => e.Type == ConsentEventType.Invalidated && (e.OccurredAt > yes.OccurredAt || ConsentRules.InDoubt(e, yes)));
            // Nor does the child's last word say no, whoever decided. It may be that they want it, and then the yes came after the wish.
            foreach (var no in known.Where(e => e.DecidedBy == DecidedBy.ChildForSelf && IsAnswer(e) && !IsYes(e)))
            {
                Assert.Contains(known, e => e.DecidedBy == DecidedBy.ChildForSelf && e.OccurredAt > no.OccurredAt && !ConsentRules.InDoubt(e, no)
                    && (IsYes(e) || (IsWish(e) && e.OccurredAt < yes.OccurredAt && !ConsentRules.InDoubt(e, yes))));
            }

            var able = facts.Assessments.Where(a => a.Outcome != CompetenceOutcome.NotAssessed && a.At <= yes.OccurredAt).OrderBy(a => a.At).ThenBy(a => a.Outcome).LastOrDefault()?.Outcome;
            if (yes.DecidedBy == DecidedBy.ChildForSelf)
            {
                Assert.True(ageThen >= 16 || able == CompetenceOutcome.Competent);
                Assert.DoesNotContain(facts.Assessments, a => a.Outcome == CompetenceOutcome.NotCompetent && a.At > yes.OccurredAt && a.At <= at);
                return;
            }

            // Nor has the child not wanted another adult's, or an earlier, yes, and nobody says that they want it since.
            foreach (var dissent in known.Where(e => IsYes(e) && e.DecidedBy != DecidedBy.ChildForSelf && e.ChildPosition == ChildPosition.Dissents))
            {
                Assert.Contains(known, e => e.OccurredAt > dissent.OccurredAt && !ConsentRules.InDoubt(e, dissent)
                    && (IsWish(e) || (IsYes(e) && (e.DecidedBy == DecidedBy.ChildForSelf || e.ChildPosition == ChildPosition.Assents))));
            }

            Assert.True(yes.ChildPosition is not (null or ChildPosition.Dissents) && able != CompetenceOutcome.Competent && !(ageNow >= 16));
            Assert.Contains(facts.Authorities, a => a.RelationshipId == yes.DecidedByRelationshipId && a.Covers(then));
            Assert.Contains(facts.Authorities, a => a.RelationshipId == yes.DecidedByRelationshipId && a.Covers(today));
            Assert.DoesNotContain(facts.Changes, c => c.On > then && c.On <= today);
            Assert.DoesNotContain(facts.Assessments, a => a.Outcome == CompetenceOutcome.Competent && a.At > yes.OccurredAt && a.At <= at);
            // And the other parent, who holds responsibility still, has not said no last. That their yes was not wanted was the child's word, which was looked at above.
            foreach (var other in known.Where(e => e.DecidedBy == DecidedBy.ParentalResponsibility && e.DecidedByRelationshipId != yes.DecidedByRelationshipId && IsAnswer(e) && ConsentRules.Denies(e) && !(IsYes(e) && e.ChildPosition == ChildPosition.Dissents)
                && facts.Authorities.Any(a => a.RelationshipId == e.DecidedByRelationshipId && a.Covers(today))))
            {
                Assert.Contains(known, e => e.DecidedByRelationshipId == other.DecidedByRelationshipId && IsAnswer(e) && e.OccurredAt > other.OccurredAt && !ConsentRules.InDoubt(e, other));
            }
        }, iter: 20_000);
        // Otherwise nothing was put to the test.
        Assert.True(yeses > 500, $"{yeses}");
    }

    [Fact]
    public void No_history_shows_what_was_taken_back_or_quarantined_without_a_new_yes()
    {
        var (locked, quarantined, takenOut) = (0, 0, 0);
        Gen.Select(HistoryWithMistakes, AnyFacts, Gen.Int[0, 80], Gen.Int[0, 1]).Sample((history, facts, day, scope) =>
        {
            var at = Start.AddDays(day);
            var decision = ConsentRules.Decide(Purpose.ResearchExtract, history.Written, facts, Scopes[scope], at);
            var known = history.Counting.Where(e => e.OccurredAt <= at && (e.ScopeId is null || e.ScopeId == Scopes[scope])).ToList();
            foreach (var bad in known.Where(e => e.Type == ConsentEventType.Invalidated || (e.Type == ConsentEventType.Withdrawn && e.DecidedBy == DecidedBy.ChildForSelf)))
            {
                // What the child wanted out stays out, whatever is said later; of two events at one instant nobody knows which one decided.
                if (bad.Wants == WithdrawWants.TakeOut && !known.Exists(e => e.Id != bad.Id && e.OccurredAt == bad.OccurredAt))
                {
                    Assert.NotEqual(ViewEffect.Shown, decision.ViewOf(bad.OccurredAt));
                    Interlocked.Increment(ref takenOut);
                }

                if (known.Exists(e => IsYes(e) && !ConsentRules.Denies(e) && e.OccurredAt > bad.OccurredAt)) continue;
                Assert.False(decision.Allowed);
                if (bad.Type == ConsentEventType.Invalidated)
                {
                    Assert.Equal(ViewEffect.Quarantined, decision.Effects.View);
                    Interlocked.Increment(ref quarantined);
                }
                else if (bad.Wants != WithdrawWants.StopFromNow && !known.Exists(e => e.DecidedBy == bad.DecidedBy && e.Wants == WithdrawWants.StopFromNow && e.OccurredAt >= bad.OccurredAt))
                {
                    Assert.NotEqual(ViewEffect.Shown, decision.Effects.View);
                    Interlocked.Increment(ref locked);
                }
            }
        }, iter: 20_000);
        // Otherwise nothing was put to the test.
        Assert.True(locked > 200 && quarantined > 200 && takenOut > 100, $"{locked}, {quarantined}, {takenOut}");
    }

    [Fact]
    public void Every_state_has_its_row_and_every_cell_is_the_one_in_the_table()
    {
        static string Row(ConsentState state, WithdrawWants? wants = null)
        {
            var e = ConsentEffects.Of(state, wants);
            return $"{state}: {e.Capture} {e.View} {e.Share} {e.Dashboard} {e.ExtractCode ?? "-"} {e.Prompt}";
        }

        Assert.Equal(
        [
            "NotAsked: AskFirst Shown No OutNotAsked not_asked AskGently",
            "Told: On Shown AskedSeparately Counted - None",
            "Objected: On Shown AskedSeparately OutObjected objected None",
            "Asked: AskFirst Shown No OutNotAsked asked WhenReady",
            "Deferred: AskFirst Shown No OutNotAsked deferred WhenReady",
            "Given: On Shown NamedRecipient Quoted - BeforeItExpires",
            "Refused: Absent Shown No OutRefused refused CoolingOff",
            "Withdrawn: Off Locked NoAndListEarlier OutAtNextPublication withdrawn TellWhatCanBeUndone",
            "Expired: Off Shown No QuotesDropped expired Renew",
            "NeedsRefresh: Off Shown No QuotesDropped needs_refresh AskWhoMayDecideNow",
            "Invalidated: Off Quarantined NoAndListEarlier OutWithCorrection invalidated AssessBreach",
        ], Enum.GetValues<ConsentState>().Select(s => Row(s)));
        Assert.Equal("Withdrawn: Off Shown NoAndListEarlier OutAtNextPublication withdrawn TellWhatCanBeUndone", Row(ConsentState.Withdrawn, WithdrawWants.StopFromNow));
        Assert.Equal(ViewEffect.Locked, ConsentEffects.Of(ConsentState.Withdrawn, WithdrawWants.TakeOut).View);
        Assert.Equal(ViewEffect.Locked, ConsentEffects.Of(ConsentState.Withdrawn, WithdrawWants.DeleteRecording).View);
        // Superseded follows the newer; entered in error is as if it had never been.
        var mistake = ByChild(ConsentEventType.Withdrawn, 3);
        Assert.Equal(Decide([ByChild(ConsentEventType.Refused, 2)]).Effects, Decide([Of(ConsentEventType.Asked, 1), ByChild(ConsentEventType.Refused, 2)]).Effects);
        Assert.Equal(ConsentState.Given, Decide([ByChild(ConsentEventType.Given, 2), mistake, Of(ConsentEventType.EnteredInError, 4, mistake.Id)]).State);
    }
}
