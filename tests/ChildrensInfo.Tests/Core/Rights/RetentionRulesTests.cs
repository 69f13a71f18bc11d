using ChildrensInfo.Core.Rights;
using Xunit;

namespace ChildrensInfo.Tests.Core.Rights;

/// <summary>Until when a record is kept, by the rules that come with the portal.</summary>
public class RetentionRulesTests
{
    private static readonly DateOnly Born = new(1940, 2, 29);

    private static DateOnly? Until(RetentionFacts facts) => RetentionRules.Of(facts, ShippedRetention.All).KeepUntil;

    private static RetentionFacts Facts(params RetainedStatus[] statuses) => new(Born, null, statuses.ToHashSet(), null, null, false);

    [Fact]
    public void A_looked_after_child_s_is_kept_until_the_seventy_fifth_birthday_and_15_years_after_a_death_as_a_child()
    {
        // There was no 29 February in 2015: nothing is kept a day too short.
        Assert.Equal(new DateOnly(2015, 3, 1), Until(Facts(RetainedStatus.LookedAfter)));
        Assert.Equal(new DateOnly(1971, 3, 1), Until(Facts(RetainedStatus.LookedAfter) with { DiedOn = new(1956, 3, 1) }));
        // The last day of being 17 is that of a child; the eighteenth birthday is not.
        Assert.Equal(new DateOnly(1973, 2, 28), Until(Facts(RetainedStatus.LookedAfter) with { DiedOn = new(1958, 2, 28) }));
        Assert.Equal(new DateOnly(2015, 3, 1), Until(Facts(RetainedStatus.LookedAfter) with { DiedOn = new(1958, 3, 1) }));
    }

    [Fact]
    public void The_rule_that_keeps_it_longest_counts_and_what_is_not_known_keeps_it()
    {
        Assert.Equal(new DateOnly(2052, 5, 6), Until(Facts(RetainedStatus.LookedAfter, RetainedStatus.Adopted, RetainedStatus.InNeed) with { AdoptedOn = new(1952, 5, 6) }));
        Assert.Equal(new DateOnly(2030, 1, 1), Until(Facts(RetainedStatus.LookedAfter, RetainedStatus.Protected) with { LastContactOn = new(1995, 1, 1) }));
        // Died as a child, and was on a plan as well: the longer of the two.
        Assert.Equal(new DateOnly(1990, 1, 1), Until(Facts(RetainedStatus.LookedAfter, RetainedStatus.Protected) with { DiedOn = new(1955, 1, 1), LastContactOn = new(1955, 1, 1) }));
        Assert.Null(Until(Facts(RetainedStatus.LookedAfter, RetainedStatus.Protected)));
        Assert.Null(Until(Facts(RetainedStatus.LookedAfter) with { BornOn = null }));
        Assert.Equal(new DateOnly(1965, 3, 1), Until(Facts()));
    }

    [Fact]
    public void It_is_due_after_its_last_day_and_never_while_somebody_works_with_the_child()
    {
        var over = RetentionRules.Of(Facts(RetainedStatus.LookedAfter), ShippedRetention.All);
        Assert.False(over.IsDueOn(new(2015, 3, 1)));
        Assert.True(over.IsDueOn(new(2015, 3, 2)));
        Assert.False(RetentionRules.Of(Facts(RetainedStatus.LookedAfter) with { IsOpen = true }, ShippedRetention.All).IsDueOn(new(2090, 1, 1)));
        Assert.All(ShippedRetention.All, r => Assert.True(r.Years > 0 && r.Source.Length > 20, r.Key));
    }
}
