using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Data;

namespace ChildrensInfo.Core.Rights;

public enum RetainedType
{
    CaseRecord,

    /// <summary>What an adoption agency keeps about an adoption.</summary>
    AdoptionRecord,
}

/// <summary>What a child was in law at any time: each that they ever were counts.</summary>
public enum RetainedStatus
{
    LookedAfter,
    Adopted,
    Protected,
    InNeed,
    EarlyHelp,

    /// <summary>None of the others is known.</summary>
    Other,
}

/// <summary>From which event a period runs.</summary>
public enum RetentionAnchor
{
    Birth,

    /// <summary>The death of somebody who was not yet 18. It takes the place of the rule that counts from the birth.</summary>
    Death,
    Adoption,
    Eighteen,

    /// <summary>The last day on which the council had to do with the child.</summary>
    LastContact,
}

/// <summary>How long a kind of record is kept.</summary>
/// <param name="IsLaw">The law says so: a council may keep it longer and never shorter.</param>
/// <param name="Source">The law or, where there is none, on what it rests.</param>
public sealed record RetentionRule(string Key, RetainedType Type, RetainedStatus Status, RetentionAnchor Anchor, int Years, bool IsLaw, string Source);

/// <summary>The rules that come with the portal. The file says where each comes from.</summary>
public sealed record ShippedRetention(string Note, IReadOnlyList<ShippedRetentionRule> Rules)
{
    private static readonly Lazy<IReadOnlyList<RetentionRule>> Loaded = new(() => [.. EmbeddedJson.Read<ShippedRetention>("retention.json").Rules
        .Select(r => new RetentionRule(r.Key, Enum.Parse<RetainedType>(r.Type), Enum.Parse<RetainedStatus>(r.Status), Enum.Parse<RetentionAnchor>(r.Anchor), r.Years, r.IsLaw, r.Source))]);

    public static IReadOnlyList<RetentionRule> All => Loaded.Value;
}

public sealed record ShippedRetentionRule(string Key, string Type, string Status, string Anchor, int Years, bool IsLaw, string Source);

/// <summary>That an authority keeps a kind of record for another time than the portal's rule says, and why. A change is another one; none is ever changed.</summary>
public class RetentionSetting : IBelongToAuthority
{
    public const int ReasonMaxLength = 1_000;
    public const int KeyMaxLength = 40;
    public const int MostYears = 150;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public required string RuleKey { get; init; }

    public int Years { get; init; }

    /// <summary>The schedule or minute it rests on. About rules and never about a child.</summary>
    public required string Reason { get; init; }

    public Guid SetById { get; init; }

    public DateTime SetAt { get; init; }
}

/// <summary>What of a child's life the periods are counted from.</summary>
/// <param name="IsOpen">The council still works with them: no period runs.</param>
public sealed record RetentionFacts(DateOnly? BornOn, DateOnly? DiedOn, IReadOnlySet<RetainedStatus> Statuses, DateOnly? AdoptedOn, DateOnly? LastContactOn, bool IsOpen);

/// <summary>One rule that applies, and what it comes to.</summary>
/// <param name="KeepUntil">The last day of the period; null when the day it counts from is not known.</param>
public sealed record RetentionAnswer(RetentionRule Rule, DateOnly? CountsFrom, DateOnly? KeepUntil);

/// <param name="KeepUntil">The latest of all that apply; null while it cannot be said, and then it is kept.</param>
public sealed record Retained(IReadOnlyList<RetentionAnswer> Answers, DateOnly? KeepUntil, bool IsOpen)
{
    /// <summary>Whether the last day is over. Whatever cannot be worked out is not due.</summary>
    public bool IsDueOn(DateOnly today) => !IsOpen && KeepUntil is { } last && today > last;

    /// <summary>The rule that keeps it longest.</summary>
    public RetentionAnswer? Longest => KeepUntil is null ? null : Answers.First(a => a.KeepUntil == KeepUntil);
}

/// <summary>Works out until when a record is kept: a pure function.</summary>
public static class RetentionRules
{
    public const int Adult = 18;

    /// <param name="rules">Those in force in the authority.</param>
    public static Retained Of(RetentionFacts facts, IReadOnlyList<RetentionRule> rules)
    {
        var statuses = facts.Statuses.Count == 0 ? new HashSet<RetainedStatus> { RetainedStatus.Other } : facts.Statuses;
        var diedAsChild = facts.DiedOn is { } died && facts.BornOn is { } born && died < Anniversary(born, Adult);
        var answers = rules.Where(r => statuses.Contains(r.Status))
            .Where(r => r.Anchor != RetentionAnchor.Death || diedAsChild)
            .Where(r => r.Anchor != RetentionAnchor.Birth || !diedAsChild || !rules.Any(d => d.Status == r.Status && d.Anchor == RetentionAnchor.Death))
            .Select(r => FromOf(r.Anchor, facts) is { } from ? new RetentionAnswer(r, from, Anniversary(from, r.Years)) : new RetentionAnswer(r, null, null)).ToList();
        var unknown = answers.Count == 0 || answers.Exists(a => a.KeepUntil is null);
        return new(answers, unknown ? null : answers.Max(a => a.KeepUntil), facts.IsOpen);
    }

    /// <summary>The same day some years on. What began on 29 February has its anniversary on 1 March where there is no such day: nothing is kept a day too short.</summary>
    public static DateOnly Anniversary(DateOnly day, int years) => day is { Month: 2, Day: 29 } && !DateTime.IsLeapYear(day.Year + years) ? new(day.Year + years, 3, 1) : day.AddYears(years);

    private static DateOnly? FromOf(RetentionAnchor anchor, RetentionFacts facts) => anchor switch
    {
        RetentionAnchor.Birth => facts.BornOn,
        RetentionAnchor.Death => facts.DiedOn,
        RetentionAnchor.Adoption => facts.AdoptedOn,
        RetentionAnchor.Eighteen => facts.BornOn is { } born ? Anniversary(born, Adult) : null,
        _ => facts.LastContactOn,
    };
}
