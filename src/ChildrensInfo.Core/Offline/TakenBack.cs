using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Shared;
using FluentValidation;

namespace ChildrensInfo.Core.Offline;

public enum TakenBackReason
{
    ChildChangedMind,
    WrongChild,
    ByMistake,
}

/// <summary>
/// That something sealed on a device was deleted there by whoever sealed it, before it was sent. It says when, of what kind and why, and nothing of what it held: nobody had heard or
/// read it yet but the child and their worker, and nobody will. That something is missing is kept, so that a child's wish can be seen and a habit too.
/// </summary>
public class TakenBack : IAboutChild
{
    public const int WhyMaxLength = 200;

    public const string NotKept = "It was deleted on the device before it was sent, so it is not kept.";

    public Guid Id { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>Whose it was, who also took it back.</summary>
    public Guid PersonId { get; init; }

    /// <summary>The id it would have borne here: what comes under it later is refused.</summary>
    public Guid ItemId { get; init; }

    public DeviceItemKind Kind { get; init; }

    /// <summary>The visit in which it was made. It may never have come, so it is no more than its number.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>Of a recording or a picture, what its pieces would be kept under: those that come later are refused too. A mark from before that was kept says none.</summary>
    public Guid? FileId { get; init; }

    public TakenBackReason Reason { get; init; }

    /// <summary>In the worker's own words, if they wanted to say more.</summary>
    public byte[]? WhySealed { get; init; }

    /// <summary>When, by the device's clock.</summary>
    public DateTime TakenBackAt { get; init; }

    public DateTime ReceivedAt { get; init; }

    /// <summary>It had come already, though the device did not know: it stands in the record.</summary>
    public bool HadArrived { get; init; }
}

/// <summary>What a device says of something it deleted.</summary>
public class TakeBack
{
    public Guid Id { get; set; }

    public Guid ItemId { get; set; }

    public DeviceItemKind Kind { get; set; }

    public Guid? SessionId { get; set; }

    /// <summary>Of a recording or a picture: some of it may have been sent before.</summary>
    public Guid? FileId { get; set; }

    public TakenBackReason? Reason { get; set; }

    public string? Why { get; set; }
}

public sealed class TakeBackValidator : AbstractValidator<TakeBack>
{
    public TakeBackValidator()
    {
        RuleFor(t => t.ItemId).NotEmpty().NotEqual(t => t.Id).WithMessage("It does not say what was deleted");
        // What was decided about a permission is put right beside what was written down: a no must not be gone without a trace.
        RuleFor(t => t.Kind).Must(k => k is DeviceItemKind.Visit or DeviceItemKind.Record).WithMessage("Only a visit, or something said in one, can be deleted before it is sent");
        RuleFor(t => t.Reason).NotNull().WithMessage("Choose why it is deleted").IsInEnum();
        RuleFor(t => t.Why).Must(w => WrittenText.Length(w) <= TakenBack.WhyMaxLength).WithMessage($"Keep why to {TakenBack.WhyMaxLength} characters or fewer")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
    }
}
