using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;

namespace ChildrensInfo.Core.Research;

/// <summary>The time up to the day of a file in which what happened is counted. It ends on that day and no other, so that all files of a quarter are of the same children on the same day.</summary>
public sealed record ResearchPeriod(string Key, string Title, int Months)
{
    public static readonly ResearchPeriod Year = new("year", "The year before this quarter", 12);

    public static readonly ResearchPeriod Quarter = new("quarter", "The quarter before this one", 3);

    public static IReadOnlyList<ResearchPeriod> All { get; } = [Year, Quarter];

    public static ResearchPeriod? Find(string? key) => All.FirstOrDefault(p => p.Key == key);

    public DateOnly From(DateOnly day) => day.AddMonths(-Months);
}

/// <summary>
/// Which children a file is of. The list is short and fixed: who could describe a group of their own would describe everybody but one child. All are among the children who have had an
/// episode of need, because the permission and the variables are theirs.
/// </summary>
/// <param name="CountsInPeriod">Whether another period is another group.</param>
public sealed record ResearchPopulation(string Key, string Title, string Definition, bool CountsInPeriod)
{
    /// <summary>A case that is not one of need, recorded in the same return.</summary>
    internal const string NotInNeed = "N9";

    /// <summary>The one that was meant before there was a choice.</summary>
    public static readonly ResearchPopulation Usual = new(
        "in_need_period", "Children in need at some point in the period", "An episode of need was open on at least one day of the period.", true)
    {
        Among = InNeed,
    };

    public static readonly ResearchPopulation InNeedOnTheDay = new(
        "in_need_day", "Children in need on the day", "An episode of need was open on the day for which everything in the file is said.", false)
    {
        Among = (db, _, day) => InNeed(db, day.AddDays(1), day),
    };

    public static readonly ResearchPopulation Known = new(
        "known", "All children who were ever in need", "An episode of need is on record, however long ago it was closed.", false)
    {
        Among = (db, _, day) => InNeed(db, DateOnly.MinValue, day),
    };

    public static readonly ResearchPopulation LookedAfter = new(
        "looked_after", "Children looked after on the day", "A period of care, short breaks apart, was open on the day, and an episode of need is on record.", false)
    {
        Among = (db, _, day) => InNeed(db, DateOnly.MinValue, day).Where(c => db.CareEpisodes.Any(e =>
            e.ChildId == c.Id && e.StartedOn <= day && (e.EndedOn == null || e.EndedOn > day) && e.LegalStatus != "V3" && e.LegalStatus != "V4")),
    };

    public static readonly ResearchPopulation OnAPlan = new(
        "plan_period", "Children with a child protection plan at some point in the period", "A child protection plan was open on at least one day of the period.", true)
    {
        Among = (db, from, day) => InNeed(db, DateOnly.MinValue, day).Where(c => db.ProtectionPlans.Any(p => p.ChildId == c.Id && p.StartedOn <= day && (p.EndedOn == null || p.EndedOn >= from))),
    };

    public static readonly ResearchPopulation UnderTen = new(
        "under_10", "Children under 10, in need at some point in the period", "Not yet ten years old on the day; an unborn child and one whose birthday is not known are in none of the two age groups.", true)
    {
        Among = (db, from, day) => InNeed(db, from, day).Where(c => c.BornOn > day.AddYears(-10) && c.BornOn <= day),
    };

    public static readonly ResearchPopulation FromTen = new(
        "from_10", "Children of 10 and over, in need at some point in the period", "Ten years old or more on the day.", true)
    {
        Among = (db, from, day) => InNeed(db, from, day).Where(c => c.BornOn <= day.AddYears(-10)),
    };

    public static IReadOnlyList<ResearchPopulation> All { get; } = [Usual, InNeedOnTheDay, Known, LookedAfter, OnAPlan, UnderTen, FromTen];

    /// <summary>Every group of children that can be asked for, in the one order in which they are told of.</summary>
    public static IEnumerable<(ResearchPopulation Of, ResearchPeriod Over)> Groups => All.SelectMany(p => p.CountsInPeriod ? ResearchPeriod.All : [ResearchPeriod.Year], (p, period) => (p, period));

    /// <summary>The children themselves, from the beginning of a period to a day.</summary>
    public required Func<AppDbContext, DateOnly, DateOnly, IQueryable<Child>> Among { get; init; }

    public static ResearchPopulation? Find(string? key) => All.FirstOrDefault(p => p.Key == key);

    /// <summary>What is told of the same group by one name, whichever period it was asked for with.</summary>
    public static string GroupOf(string population, string period) => Find(population)?.CountsInPeriod == false ? population : $"{population}/{period}";

    private static IQueryable<Child> InNeed(AppDbContext db, DateOnly from, DateOnly day) => db.Children.Where(c => c.DiedOn == null && db.NeedEpisodes.Any(e =>
        e.ChildId == c.Id && !e.ReferralNfa && e.PrimaryNeedCode != NotInNeed && e.ReferredOn <= day && (e.ClosedOn == null || e.ClosedOn >= from)));
}
