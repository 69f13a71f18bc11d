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

    private static ConsentFact Child(ConsentEventType type, int day, Guid? scope = null, DateOnly? until = null) =>
        new(Guid.NewGuid(), type, scope is null ? ConsentScope.Purpose : ConsentScope.Project, scope, DecidedBy.ChildForSelf, null, ChildPosition.DecidedThemselves, until, Start.AddDays(day), null);

    private static ConsentFact Parent(ConsentEventType type, int day, Guid? who = null, ChildPosition? feels = ChildPosition.Assents) =>
        new(Guid.NewGuid(), type, ConsentScope.Purpose, null, DecidedBy.ParentalResponsibility, who ?? Mother, feels, null, Start.AddDays(day), null);

    private static ConsentFact Of(ConsentEventType type, int day, Guid? corrects = null) =>
        new(Guid.NewGuid(), type, ConsentScope.Purpose, null, null, null, null, null, Start.AddDays(day), corrects);

    private static ConsentDecision Decide(IEnumerable<ConsentFact> events, int day = 100, Guid? scope = null, DateOnly? born = null, int? ableOn = null, Purpose purpose = Purpose.Audio) =>
        ConsentRules.Decide(purpose, events, new ConsentFacts(born ?? BornTen, ableOn is { } able ? Start.AddDays(able) : null), scope, Start.AddDays(day));

    public static TheoryData<string, ConsentFact[], ConsentState, bool> Histories
    {
        get
        {
            var wrong = Child(ConsentEventType.Given, 1);
            return new()
            {
                { "nothing known", [], ConsentState.NotAsked, false },
                { "asked, no answer", [Of(ConsentEventType.Asked, 1)], ConsentState.Asked, false },
                { "thinking", [Child(ConsentEventType.Deferred, 1)], ConsentState.Deferred, false },
                { "the child's yes", [Child(ConsentEventType.Given, 1)], ConsentState.Given, true },
                { "the child's no", [Child(ConsentEventType.Refused, 1)], ConsentState.Refused, false },
                { "yes, then stop", [Child(ConsentEventType.Given, 1), Child(ConsentEventType.Withdrawn, 2)], ConsentState.Withdrawn, false },
                { "stop, then yes again", [Child(ConsentEventType.Given, 1), Child(ConsentEventType.Withdrawn, 2), Child(ConsentEventType.Renewed, 3)], ConsentState.Given, true },
                { "told in another order", [Child(ConsentEventType.Withdrawn, 2), Child(ConsentEventType.Given, 1)], ConsentState.Withdrawn, false },
                { "yes and no at once", [Child(ConsentEventType.Given, 1), Child(ConsentEventType.Refused, 1)], ConsentState.Refused, false },
                { "no and yes at once", [Child(ConsentEventType.Refused, 1), Child(ConsentEventType.Given, 1)], ConsentState.Refused, false },
                { "a mother's yes", [Parent(ConsentEventType.Given, 1)], ConsentState.Given, true },
                { "a mother's yes that the child does not want", [Parent(ConsentEventType.Given, 1, feels: ChildPosition.Dissents)], ConsentState.Refused, false },
                { "a mother's yes with nothing said of the child", [Parent(ConsentEventType.Given, 1, feels: null)], ConsentState.Refused, false },
                { "parents who disagree", [Parent(ConsentEventType.Refused, 1), Parent(ConsentEventType.Given, 2, Father)], ConsentState.Refused, false },
                { "a father's yes over the child's no", [Child(ConsentEventType.Refused, 1), Parent(ConsentEventType.Given, 2, Father)], ConsentState.Refused, false },
                { "an able child's yes beside a parent's no", [Parent(ConsentEventType.Refused, 1), Child(ConsentEventType.Given, 2)], ConsentState.Given, true },
                { "run out", [Child(ConsentEventType.Given, 1, until: ConsentRules.LocalDay(Start.AddDays(99)))], ConsentState.Expired, false },
                { "its last day", [Child(ConsentEventType.Given, 1, until: ConsentRules.LocalDay(Start.AddDays(100)))], ConsentState.Given, true },
                { "invalidated", [Child(ConsentEventType.Given, 1), Of(ConsentEventType.Invalidated, 2)], ConsentState.Invalidated, false },
                { "invalidated, then a new yes", [Child(ConsentEventType.Given, 1), Of(ConsentEventType.Invalidated, 2), Child(ConsentEventType.Given, 3)], ConsentState.Given, true },
                { "a no that what was invalidated does not take away", [Child(ConsentEventType.Refused, 1), Of(ConsentEventType.Invalidated, 2), Parent(ConsentEventType.Given, 3)], ConsentState.Refused, false },
                { "entered in error", [wrong, Of(ConsentEventType.EnteredInError, 2, wrong.Id)], ConsentState.NotAsked, false },
                { "still to come", [Child(ConsentEventType.Given, 101)], ConsentState.NotAsked, false },
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
    public void A_parents_yes_needs_asking_again_from_sixteen_and_once_the_child_was_found_able()
    {
        Assert.Equal(ConsentState.Given, Decide([Parent(ConsentEventType.Given, 1)], born: new(2010, 6, 11)).State);
        Assert.Equal(ConsentState.NeedsRefresh, Decide([Parent(ConsentEventType.Given, 1)], born: new(2010, 6, 10)).State);
        Assert.Equal(ConsentState.Given, Decide([Parent(ConsentEventType.Given, 5)], ableOn: 4).State);
        Assert.Equal(ConsentState.NeedsRefresh, Decide([Parent(ConsentEventType.Given, 5)], ableOn: 6).State);
        Assert.Equal(ConsentState.Given, Decide([Child(ConsentEventType.Given, 1)], born: new(2010, 1, 1)).State);
    }

    [Fact]
    public void A_no_for_one_project_outlives_a_later_yes_for_all_and_touches_no_other()
    {
        ConsentFact[] events = [Child(ConsentEventType.Refused, 1, Scopes[0]), Child(ConsentEventType.Given, 2)];
        Assert.False(Decide(events, scope: Scopes[0]).Allowed);
        Assert.True(Decide(events, scope: Scopes[1]).Allowed);
        Assert.True(Decide(events).Allowed);
        Assert.False(Decide([Child(ConsentEventType.Given, 1, Scopes[0]), Child(ConsentEventType.Withdrawn, 2)], scope: Scopes[0]).Allowed);
        Assert.False(Decide([Child(ConsentEventType.Given, 1, Scopes[0])]).Allowed);
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

    private static bool IsAnswer(ConsentFact e) => IsYes(e) || e.Type is ConsentEventType.Refused or ConsentEventType.Deferred or ConsentEventType.Withdrawn;

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
            var withdrawn = Child(ConsentEventType.Withdrawn, 60);
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
            Assert.Equal(Decide(events, day, Scopes[1]), Decide(shuffled, day, Scopes[1]));
        });
    }
}
