using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Learning;

/// <summary>The words of a reflection, sealed together under the council's key.</summary>
public sealed record ReflectionWords(string Noticed, string NotKnown, string VoiceMissing, string WillDo);

/// <summary>
/// Thinking space: what people made of one view of the figures, beside the picture of it that they saw. Written once; others answer, and on the review
/// day somebody says what came of it.
/// </summary>
public class Reflection : IBelongToAuthority
{
    public const int TextMaxLength = 2_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>The indicator's key.</summary>
    public required string IndicatorKey { get; init; }

    /// <summary>Where the view is found as it is now.</summary>
    public required string Address { get; init; }

    public required string PictureJson { get; init; }

    public Guid AuthorityKeyId { get; init; }

    /// <summary>Sealed <see cref="ReflectionWords"/>.</summary>
    public required byte[] Sealed { get; init; }

    public DateOnly ReviewOn { get; init; }

    public Guid WrittenById { get; init; }

    public DateTime WrittenAt { get; init; }

    public List<ReflectionStep> Steps { get; init; } = [];

    public ViewPicture Picture => ViewPicture.Read(PictureJson);

    /// <summary>When it is to be looked at again; null when it was closed.</summary>
    public DateOnly? DueOn => Steps.Where(s => s.Kind == ReflectionStepKind.Reviewed).MaxBy(s => s.At) is { } last ? last.ReviewOn : ReviewOn;
}

public enum ReflectionStepKind
{
    /// <summary>Somebody answers.</summary>
    Answered,

    /// <summary>It was looked at again: what came of it, and when next.</summary>
    Reviewed,

    /// <summary>Children are asked to take part in what it is about.</summary>
    BecameTakingPart,

    /// <summary>The indicator is defined in another way because of it.</summary>
    BecameDefinition,
}

/// <summary>What was said or done about a reflection afterwards, written once.</summary>
public class ReflectionStep : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ReflectionId { get; init; }

    public Reflection? Reflection { get; init; }

    public ReflectionStepKind Kind { get; init; }

    public Guid AuthorityKeyId { get; init; }

    public required byte[] Sealed { get; init; }

    /// <summary>Of a review: when it is looked at next; null when it is closed.</summary>
    public DateOnly? ReviewOn { get; init; }

    public Guid? ActivityId { get; init; }

    public Guid? VersionId { get; init; }

    public Guid ById { get; init; }

    public DateTime At { get; init; }
}
