using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Voice;

namespace ChildrensInfo.Core.Responses;

/// <summary>A row that may be about one child. When it is, a save must carry an audit line about them, as for any row about a child.</summary>
public interface IMayBeAboutChild : IBelongToAuthority
{
    Guid? ChildId { get; }
}

/// <summary>
/// How much of a say children have in something. Ways of taking part, none above another: which is right depends on what it is for. The five that are more
/// than show, after Hart (1992) and Treseder (1997), in our own words.
/// </summary>
public enum Degree
{
    /// <summary>Adults decide what is done; the children are told why they are asked.</summary>
    AssignedInformed,

    /// <summary>Adults decide, and children are asked first and told what became of it.</summary>
    ConsultedInformed,

    /// <summary>Adults begin it, and children decide with them.</summary>
    AdultBegunShared,

    /// <summary>Children begin it, and adults decide with them.</summary>
    ChildBegunShared,

    /// <summary>Children begin it and decide.</summary>
    ChildBegunChildLed,
}

/// <summary>
/// Something children are asked to take part in: with one of them on a visit, or with a group. What can and what cannot change is written before anybody is asked.
/// All of what is typed is one sealed text, under the child's key or, for a group, under the council's.
/// </summary>
public class ParticipationActivity : IMayBeAboutChild
{
    public const int TextMaxLength = 1_000;
    public const int MostLines = 12;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>The child it is with; null for a group.</summary>
    public Guid? ChildId { get; init; }

    /// <summary>Which slice of the cake it is about: data, information or what is done with it.</summary>
    public Layer Layer { get; init; }

    public DateOnly PlannedFor { get; init; }

    /// <summary>The council's key that seals the text of a group; null when the child's key does.</summary>
    public Guid? AuthorityKeyId { get; init; }

    /// <summary>A sealed <see cref="ParticipationPlan"/>.</summary>
    public required byte[] Sealed { get; init; }

    public Guid PlannedById { get; init; }

    public DateTime PlannedAt { get; init; }

    public List<ParticipationStep> Steps { get; init; } = [];
}

public enum ParticipationStepKind
{
    /// <summary>They were shown what it is for, what can change and what cannot.</summary>
    Shown,

    /// <summary>One child said how much of a say they had.</summary>
    Felt,

    /// <summary>It took place: who came, who is missing and why, what the adult says of it.</summary>
    Held,

    /// <summary>They were told what came of it.</summary>
    Outcome,
}

/// <summary>One thing that happened in an activity. Written once.</summary>
public class ParticipationStep : IMayBeAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid? ChildId { get; init; }

    public Guid ActivityId { get; init; }

    public ParticipationActivity? Activity { get; init; }

    public ParticipationStepKind Kind { get; init; }

    /// <summary>What the child felt, or what the adult claims.</summary>
    public Degree? Degree { get; init; }

    /// <summary>By when they are told what came of it.</summary>
    public DateOnly? FeedbackDueOn { get; init; }

    /// <summary>The council's key that seals the account of a group; null when the child's key does, or there is none.</summary>
    public Guid? AuthorityKeyId { get; init; }

    /// <summary>A sealed <see cref="ParticipationAccount"/>, or null.</summary>
    public byte[]? Sealed { get; init; }

    public DateTime At { get; init; }

    public Guid ById { get; init; }
}

/// <summary>What is said before anybody is asked.</summary>
public sealed record ParticipationPlan(string Purpose, IReadOnlyList<string> Negotiable, IReadOnlyList<string> NotNegotiable, string Invited);

/// <summary>What is said afterwards; which of it depends on the step.</summary>
public sealed record ParticipationAccount(string? Came = null, string? Missing = null, string? Evidence = null, string? Thanks = null, string? Outcome = null);

/// <summary>What may follow what: nobody is asked before they were shown what can and what cannot change.</summary>
public static class ParticipationRules
{
    public static IReadOnlyList<ParticipationStepKind> Next(IReadOnlyCollection<ParticipationStepKind> taken, bool isGroup) =>
        [.. Enum.GetValues<ParticipationStepKind>().Where(kind => WhyNot(kind, taken, isGroup) is null)];

    /// <returns>Why the step cannot be taken; null when it can.</returns>
    public static string? WhyNot(ParticipationStepKind kind, IReadOnlyCollection<ParticipationStepKind> taken, bool isGroup) => kind switch
    {
        ParticipationStepKind.Shown => taken.Contains(kind) ? "They were shown it already" : null,
        _ when !taken.Contains(ParticipationStepKind.Shown) => "Show first what can change and what cannot",
        // Each child of a group says it once, and nobody is counted twice by a name, since none is kept.
        ParticipationStepKind.Felt => isGroup || !taken.Contains(kind) ? null : "It was said already",
        ParticipationStepKind.Held => taken.Contains(kind) ? "It was written down already" : null,
        _ => !taken.Contains(ParticipationStepKind.Held) ? "Write down first how it went" : taken.Contains(kind) ? "It was written down already" : null,
    };
}
