using ChildrensInfo.Core.Responses;
using CsCheck;
using Xunit;

namespace ChildrensInfo.Tests.Core.Responses;

/// <summary>What may follow what: as the way an ask should go, and as promises that hold whatever is tried, in whatever order.</summary>
public class ResponseRulesTests
{
    private static readonly DateOnly Start = new(2026, 3, 2);
    private static readonly Guid[] People = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];

    private static Step Of(StepKind kind, int day = 0, Decision? decision = null, Reaction? reaction = null, int? review = null, bool words = true, int by = 0) =>
        new(kind, People[by], Start.AddDays(day), decision, reaction, review is { } r ? Start.AddDays(r) : null, words);

    private static Progress Begin(bool information = false, bool rights = false) => ResponseRules.Begin(information, rights, Start.AddDays(28));

    /// <summary>Takes every step that the rules let, and drops the others.</summary>
    private static (Progress End, List<(Step Step, Progress After)> Taken) Try(Progress begin, IEnumerable<Step> steps)
    {
        var (now, taken) = (begin, new List<(Step, Progress)>());
        foreach (var step in steps)
        {
            if (ResponseRules.Take(now, step).After is not { } after) continue;
            taken.Add((step, after));
            now = after;
        }

        return (now, taken);
    }

    /// <summary>Any step at all, by any of three people; days go forward and sometimes leap over a review.</summary>
    private static readonly Gen<Step[]> AnySteps = Gen.Select(
            Gen.Enum<StepKind>(), Gen.Int[0, 40], Gen.Enum<Decision>().Nullable(), Gen.Enum<Reaction>().Nullable(), Gen.Int[-5, 120].Nullable(), Gen.Bool, Gen.Int[0, 2])
        .Array[0, 60].Select(all =>
        {
            var day = 0;
            return all.Select(s => Of(s.Item1, day += s.Item2 / 8, s.Item3, s.Item4, s.Item5 is { } ahead ? day + ahead : null, s.Item6, s.Item7)).ToArray();
        });

    /// <summary>Steps that are likely to get far: each is one the rules offer next.</summary>
    private static Step[] Likely(int seed, bool information)
    {
        var random = new Random(seed);
        var (now, steps, day) = (Begin(information), new List<Step>(), 0);
        for (var i = 0; i < 40; i++)
        {
            var next = ResponseRules.Next(now);
            if (next.Count == 0) break;
            day += random.Next(6);
            var decisions = ResponseRules.Decisions(information);
            var step = Of(
                next[random.Next(next.Count)], day, decisions[random.Next(decisions.Count)], (Reaction)random.Next(5), day + random.Next(1, 30), random.Next(4) > 0, random.Next(3));
            steps.Add(step);
            now = ResponseRules.Take(now, step).After ?? now;
        }

        return [.. steps];
    }

    private static void HoldsItsPromises(bool information, Step[] steps)
    {
        var (_, taken) = Try(Begin(information), steps);
        for (var i = 0; i < taken.Count; i++)
        {
            var (step, after) = taken[i];
            // An ask that is not over has a day on which somebody is late.
            Assert.True(after.DueOn is not null || after.State == AskState.Closed);
            if (step.Kind != StepKind.Closed) continue;

            // Closed: read from the steps alone, since it was last reopened.
            var since = taken.Take(i).Select(t => t.Step).ToList();
            var reopened = since.FindLastIndex(s => s.Kind == StepKind.Reopened);
            since = since[(reopened + 1)..];
            var decided = since.FindLastIndex(s => s.Kind == StepKind.Decided);
            var acted = since.FindLastIndex(s => s.Kind == StepKind.Acted);
            var told = since.FindLastIndex(s => s.Kind == StepKind.Told);
            var answered = since.FindLastIndex(s => s.Kind == StepKind.Responded);
            var asked = since.FindLastIndex(s => s.Kind == StepKind.CannotTell);
            var agreed = since.FindLastIndex(s => s.Kind == StepKind.DelayAgreed);
            Assert.True(decided >= 0 && since[decided].Decision != Decision.Waiting);
            if (ResponseRules.NeedsAction(since[decided].Decision!.Value)) Assert.True(acted > decided);
            if (ResponseRules.NeedsReason(since[decided].Decision!.Value)) Assert.True(since[decided].HasWords);
            var wasTold = told > Math.Max(decided, acted) && since[told].HasWords && answered > told
                && since[answered].Reaction is Reaction.Happy or Reaction.Ok or Reaction.NotHappy;
            var wasAgreed = agreed > asked && asked > told && since[agreed].By != since[asked].By && since[asked].HasWords && since[asked].ReviewOn > step.On;
            Assert.True(wasTold || wasAgreed);
            if (wasTold && !wasAgreed) Assert.Null(after.DueOn);
            else Assert.Equal(since[asked].ReviewOn, after.DueOn);
            if (wasTold && !wasAgreed && since[answered].Reaction == Reaction.NotHappy) Assert.True(step.HasWords);
        }
    }

    [Fact]
    public void Nothing_reaches_closed_without_being_told_or_somebody_elses_agreement() =>
        Gen.Select(Gen.Bool, AnySteps).Sample((information, steps) => HoldsItsPromises(information, steps), iter: 20_000);

    [Fact]
    public void Nor_does_anything_that_goes_the_way_the_pages_offer()
    {
        var closed = 0;
        for (var seed = 0; seed < 5_000; seed++)
        {
            var steps = Likely(seed, seed % 2 == 0);
            HoldsItsPromises(seed % 2 == 0, steps);
            closed += Try(Begin(seed % 2 == 0), steps).Taken.Count(t => t.After.State == AskState.Closed);
        }

        // The promise above would hold of asks that never close.
        Assert.True(closed > 1_000, $"{closed}");
    }

    [Fact]
    public void A_step_that_is_refused_says_why_and_one_that_is_taken_was_offered() =>
        Gen.Select(Gen.Bool, AnySteps).Sample((information, steps) =>
        {
            var now = Begin(information);
            foreach (var step in steps)
            {
                var offered = ResponseRules.Next(now).Contains(step.Kind);
                var (after, refusal) = ResponseRules.Take(now, step);
                Assert.Equal(after is null, !string.IsNullOrEmpty(refusal));
                if (after is null) continue;
                Assert.True(offered, $"{step.Kind} after {now.State}");
                now = after;
            }
        }, iter: 5_000);

    [Fact]
    public void What_the_steps_come_to_is_the_same_when_read_again() =>
        Gen.Select(Gen.Bool, AnySteps).Sample((information, steps) =>
        {
            var (end, taken) = Try(Begin(information), steps);
            Assert.Equal(end, ResponseRules.After(Begin(information), taken.Select(t => t.Step)));
        }, iter: 2_000);

    [Fact]
    public void The_plain_way_from_heard_to_closed()
    {
        Step[] steps =
        [
            Of(StepKind.Considered, 1, words: false), Of(StepKind.Decided, 2, Decision.Done, words: false), Of(StepKind.Acted, 3), Of(StepKind.Told, 4),
            Of(StepKind.Responded, 4, reaction: Reaction.Happy), Of(StepKind.Closed, 5, words: false),
        ];
        var end = ResponseRules.After(Begin(), steps);
        Assert.Equal(AskState.Closed, end.State);
        Assert.False(end.IsOpen);
        Assert.Equal([StepKind.Reopened], ResponseRules.Next(end));
        var again = ResponseRules.After(end, [Of(StepKind.Reopened, 9)]);
        Assert.Equal(AskState.Reopened, again.State);
        Assert.Equal(Start.AddDays(9 + ResponseRules.DaysToAnswer), again.DueOn);
        Assert.Null(again.Decision);
    }

    [Theory]
    [InlineData(Reaction.NotReached)]
    [InlineData(Reaction.DidNotUnderstand)]
    public void Who_was_not_reached_or_did_not_understand_has_not_been_told(Reaction reaction)
    {
        var now = ResponseRules.After(Begin(), [Of(StepKind.Considered), Of(StepKind.Decided, 1, Decision.NotDone), Of(StepKind.Told, 2), Of(StepKind.Responded, 2, reaction: reaction)]);
        Assert.NotNull(ResponseRules.WhyNotClosed(now));
        Assert.DoesNotContain(StepKind.Closed, ResponseRules.Next(now));
        Assert.Contains(StepKind.Told, ResponseRules.Next(now));
        Assert.Contains(StepKind.CannotTell, ResponseRules.Next(now));
    }

    [Fact]
    public void Not_happy_offers_to_reopen_and_closing_needs_a_reason()
    {
        var now = ResponseRules.After(Begin(), [Of(StepKind.Considered), Of(StepKind.Decided, 1, Decision.NotDone), Of(StepKind.Told, 2), Of(StepKind.Responded, 2, reaction: Reaction.NotHappy)]);
        Assert.Contains(StepKind.Reopened, ResponseRules.Next(now));
        Assert.NotNull(ResponseRules.Take(now, Of(StepKind.Closed, 3, words: false)).Refusal);
        Assert.Equal(AskState.Closed, ResponseRules.Take(now, Of(StepKind.Closed, 3)).After!.State);
    }

    [Fact]
    public void Nobody_agrees_to_their_own_delay_and_a_delay_comes_back()
    {
        var asked = ResponseRules.After(Begin(), [Of(StepKind.Considered), Of(StepKind.Decided, 1, Decision.NotDone), Of(StepKind.CannotTell, 2, review: 20, by: 0)]);
        Assert.NotNull(ResponseRules.Take(asked, Of(StepKind.DelayAgreed, 3, by: 0)).Refusal);
        Assert.NotNull(ResponseRules.Take(asked, Of(StepKind.DelayRefused, 3, by: 0)).Refusal);
        Assert.NotNull(ResponseRules.Take(asked, Of(StepKind.Closed, 3)).Refusal);
        var agreed = ResponseRules.Take(asked, Of(StepKind.DelayAgreed, 3, by: 1)).After!;
        Assert.NotNull(ResponseRules.Take(agreed, Of(StepKind.Closed, 20)).Refusal);
        var closed = ResponseRules.Take(agreed, Of(StepKind.Closed, 4)).After!;
        Assert.True(closed.IsOpen);
        Assert.True(closed.IsOverdueOn(Start.AddDays(21)));
        Assert.Contains(StepKind.Told, ResponseRules.Next(closed));
        var refused = ResponseRules.Take(asked, Of(StepKind.DelayRefused, 3, by: 1)).After!;
        Assert.Equal(AskState.Decided, refused.State);
    }

    [Fact]
    public void A_delay_does_not_move_the_day_of_the_law()
    {
        var agreed = ResponseRules.After(Begin(information: true, rights: true),
            [Of(StepKind.Considered), Of(StepKind.Decided, 1, Decision.Explained), Of(StepKind.CannotTell, 2, review: 60), Of(StepKind.DelayAgreed, 3, by: 1)]);
        Assert.Equal(Start.AddDays(28), agreed.DueOn);
    }

    [Theory]
    [InlineData("2026-01-31", "2026-02-28")]
    [InlineData("2028-01-31", "2028-02-29")]
    [InlineData("2026-03-02", "2026-04-02")]
    [InlineData("2026-12-15", "2027-01-15")]
    public void A_rights_request_has_a_calendar_month(string said, string due) =>
        Assert.Equal(DateOnly.Parse(due, System.Globalization.CultureInfo.InvariantCulture), ResponseRules.DueForRights(DateOnly.Parse(said, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Answers_to_words_about_information_are_their_own()
    {
        var plain = ResponseRules.After(Begin(), [Of(StepKind.Considered)]);
        var information = ResponseRules.After(Begin(information: true), [Of(StepKind.Considered)]);
        Assert.NotNull(ResponseRules.Take(plain, Of(StepKind.Decided, 1, Decision.Corrected)).Refusal);
        Assert.NotNull(ResponseRules.Take(information, Of(StepKind.Decided, 1, Decision.Done)).Refusal);
        Assert.NotNull(ResponseRules.Take(information, Of(StepKind.Decided, 1, Decision.NotChanged, words: false)).Refusal);
        Assert.NotNull(ResponseRules.Take(information, Of(StepKind.Decided, 1, Decision.NotChanged)).After);
    }
}
