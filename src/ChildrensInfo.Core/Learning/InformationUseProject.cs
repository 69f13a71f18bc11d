using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Need;

namespace ChildrensInfo.Core.Learning;

/// <summary>
/// An Information Use Project: a council’s piece of work with a question about one domain of need, in which something is tried, learned and told. Its text is in its
/// versions and what happened in its steps; both are written once.
/// </summary>
public class InformationUseProject : IBelongToAuthority
{
    public const int TextMaxLength = 2_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>The reflection it was made from; null when it was made on its own.</summary>
    public Guid? ReflectionId { get; init; }

    /// <summary>As the information map names it.</summary>
    public required string Domain { get; init; }

    /// <summary>The key of the indicator it is about; null when it is about the domain as a whole.</summary>
    public string? IndicatorKey { get; init; }

    public Guid AuthorityKeyId { get; init; }

    /// <summary>The project's own key, which seals its versions and steps, wrapped by the council's.</summary>
    public required byte[] WrappedKey { get; init; }

    public Guid WrittenById { get; init; }

    public DateTime WrittenAt { get; init; }

    public List<InformationUseVersion> Versions { get; init; } = [];

    public List<InformationUseStep> Steps { get; init; } = [];

    public InformationUseVersion Newest => Versions.MaxBy(v => v.Number)!;

    public InformationUseStage Stage => InformationUseRules.StageOf([.. Steps.Select(s => s.Kind)]);

    /// <summary>When it is to be looked at again; null when it has ended.</summary>
    public DateOnly? DueOn => Stage == InformationUseStage.Ended ? null
        : Steps.Where(s => s.ReviewOn is not null).MaxBy(s => s.At) is { } last && last.At > Newest.WrittenAt ? last.ReviewOn : Newest.ReviewOn;

    /// <summary>Whether children have still to be told: it ended before they were.</summary>
    public bool WaitsToBeTold => Steps.Exists(s => s is { Kind: InformationUseStepKind.Ended, ToldOn: null }) && !Steps.Exists(s => s.Kind == InformationUseStepKind.Told);

    /// <summary>The step that says other councils may read of it; null when they may not.</summary>
    public InformationUseStep? Shared => Steps.Where(s => s.Kind is InformationUseStepKind.Shared or InformationUseStepKind.NotShared).MaxBy(s => s.At) is { Kind: InformationUseStepKind.Shared } step ? step : null;
}

/// <summary>What is asked and tried, sealed together under the council’s key.</summary>
/// <param name="TakesPart">By role, never by a child’s name.</param>
public sealed record InformationUseWords(string Question, string VoiceShaped, string VoiceMissing, string WillTry, string TakesPart, string? Reason);

/// <summary>The text of a project, as it stood from one day on.</summary>
public class InformationUseVersion : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ProjectId { get; init; }

    public InformationUseProject? Project { get; init; }

    public int Number { get; init; }

    public DateOnly StartsOn { get; init; }

    public DateOnly ReviewOn { get; init; }

    /// <summary>Sealed <see cref="InformationUseWords"/>.</summary>
    public required byte[] Sealed { get; init; }

    public Guid WrittenById { get; init; }

    public DateTime WrittenAt { get; init; }
}

public enum InformationUseStage
{
    Planned,
    Doing,
    Reviewed,
    Ended,
}

public enum InformationUseStepKind
{
    /// <summary>It has begun, or goes on: what is being done.</summary>
    Doing,

    /// <summary>It was looked at: what was learned so far, and when next.</summary>
    Reviewed,

    /// <summary>It is over: what was learned, what changed, and what children were told or why not yet.</summary>
    Ended,

    /// <summary>Children were told after it had ended.</summary>
    Told,

    /// <summary>The Learning Network may read a text about it.</summary>
    Shared,

    /// <summary>The Learning Network may not read of it any more.</summary>
    NotShared,
}

/// <summary>What is said at a step, sealed together; which of it depends on the step.</summary>
/// <param name="Text">What is done, what was learned, or what other councils may read.</param>
/// <param name="Data">What changed in what is recorded.</param>
/// <param name="Information">What changed in what is made of it.</param>
/// <param name="Use">What changed in what is done with it.</param>
/// <param name="Told">What children were told, or why they are not told yet.</param>
public sealed record InformationUseAccount(string? Text, string? Data = null, string? Information = null, string? Use = null, string? Told = null);

/// <summary>One thing that happened in a project. Written once.</summary>
public class InformationUseStep : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ProjectId { get; init; }

    public InformationUseProject? Project { get; init; }

    public InformationUseStepKind Kind { get; init; }

    /// <summary>Sealed <see cref="InformationUseAccount"/>.</summary>
    public required byte[] Sealed { get; init; }

    /// <summary>Of a review: when it is looked at next.</summary>
    public DateOnly? ReviewOn { get; init; }

    /// <summary>When children were told; null when they were not.</summary>
    public DateOnly? ToldOn { get; init; }

    /// <summary>Of an end: that children are not told yet, and the account says why.</summary>
    public bool IsNotTold { get; init; }

    public Guid ById { get; init; }

    public DateTime At { get; init; }
}

/// <summary>What may follow what.</summary>
public static class InformationUseRules
{
    public static InformationUseStage StageOf(IReadOnlyCollection<InformationUseStepKind> taken) =>
        taken.Contains(InformationUseStepKind.Ended) ? InformationUseStage.Ended
        : taken.Contains(InformationUseStepKind.Reviewed) ? InformationUseStage.Reviewed
        : taken.Contains(InformationUseStepKind.Doing) ? InformationUseStage.Doing
        : InformationUseStage.Planned;

    public static IReadOnlyList<InformationUseStepKind> Next(InformationUseProject project) => [.. Enum.GetValues<InformationUseStepKind>().Where(kind => WhyNot(kind, project) is null)];

    /// <returns>Why the step cannot be taken; null when it can.</returns>
    public static string? WhyNot(InformationUseStepKind kind, InformationUseProject project) => kind switch
    {
        InformationUseStepKind.Doing => project.Stage == InformationUseStage.Ended ? "It has ended. Begin another project" : null,
        InformationUseStepKind.Reviewed or InformationUseStepKind.Ended => project.Stage switch
        {
            InformationUseStage.Planned => "Say first what is being done",
            InformationUseStage.Ended => "It has ended. Begin another project",
            _ => null,
        },
        InformationUseStepKind.Told => project.WaitsToBeTold ? null : project.Stage == InformationUseStage.Ended ? "They were told already" : "Say what children were told when it ends",
        InformationUseStepKind.NotShared => project.Shared is null ? "It is not shared" : null,
        _ => null,
    };
}
