using ChildrensInfo.Core.Shared;
using FluentValidation;

namespace ChildrensInfo.Core.Voice;

/// <summary>What can be said to "Is this what you meant?".</summary>
public enum ReadBackAnswer
{
    Yes,

    /// <summary>Back to the words: nothing is sealed and nothing is lost.</summary>
    ChangeIt,
    NotSure,
    DidNotWant,
    NotOffered,
}

/// <summary>Whether anybody else can be heard on a recording, and who: asked of the worker before it is sealed, or after it where nobody was asked then.</summary>
public class OthersOnRecording
{
    /// <summary>Null where nobody has said: the recording is held until somebody does.</summary>
    public bool? AnybodyElseHeard { get; set; }

    /// <summary>Who can be heard, of those in the child's life.</summary>
    public List<Guid> OthersHeard { get; set; } = [];

    /// <summary>Others who can be heard, each on a line.</summary>
    public string? OthersDescribed { get; set; }

    public IReadOnlyList<string> Described => [.. (OthersDescribed ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    public bool NamesAnybody => OthersHeard.Count > 0 || Described.Count > 0;

    /// <summary>Whoever names people has said that there are some, in a form of a page that did not ask for that yet.</summary>
    public bool? AsKept => NamesAnybody ? true : AnybodyElseHeard;

    /// <summary>What was ticked and typed under the other answer is not part of “nobody else”.</summary>
    public void ForgetUnderNobody()
    {
        if (AnybodyElseHeard == false) (OthersHeard, OthersDescribed) = ([], null);
    }
}

public sealed class OthersOnRecordingValidator : AbstractValidator<OthersOnRecording>
{
    public const int MostOthers = 20;

    public const string SayWhether = "Say whether anybody else can be heard on it";

    public const string SayWho = "Say who can be heard";

    public OthersOnRecordingValidator()
    {
        RuleFor(b => b.OthersHeard).Must(o => o.Count <= MostOthers).WithMessage("Choose from the list");
        RuleFor(b => b.OthersDescribed).Must((b, _) => b.Described.Count <= MostOthers && b.Described.All(d => WrittenText.Length(d) <= ThirdPartyVoice.DescribedMaxLength))
            .WithMessage($"Describe each of them on a line of {ThirdPartyVoice.DescribedMaxLength} characters or fewer").Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept);
    }
}

/// <summary>The last things asked before something is sealed: part of the form of every way of saying it.</summary>
public class BeforeSealing : OthersOnRecording
{
    public ReadBackAnswer? ReadBack { get; set; }

    /// <summary>Who read it back, and how; null when it was not said.</summary>
    public ReadBackHow? ReadBackHow { get; set; }

    /// <summary>It was read back before, and changed.</summary>
    public bool Changed { get; set; }

    public Sensitivity? Sensitivity { get; set; }

    public ReadBack AsSealed => ReadBack switch
    {
        ReadBackAnswer.Yes => Changed ? Voice.ReadBack.YesAfterChange : Voice.ReadBack.Yes,
        ReadBackAnswer.NotSure => Voice.ReadBack.NotSure,
        ReadBackAnswer.DidNotWant => Voice.ReadBack.DidNotWant,
        _ => Voice.ReadBack.NotOffered,
    };

    /// <summary>What was not read back was read back in no way.</summary>
    public ReadBackHow? HowAsSealed => ReadBack is ReadBackAnswer.Yes or ReadBackAnswer.NotSure ? ReadBackHow : null;
}

public sealed class BeforeSealingValidator : AbstractValidator<BeforeSealing>
{
    public BeforeSealingValidator()
    {
        Include(new OthersOnRecordingValidator());
        RuleFor(b => b.ReadBack).IsInEnum().WithMessage("Choose what they answered")
            .NotEqual(ReadBackAnswer.ChangeIt).WithMessage("Nothing is sealed yet and nothing is lost. Change it above, then ask again");
        RuleFor(b => b.ReadBackHow).IsInEnum().WithMessage("Choose how it was read back");
        RuleFor(b => b.Sensitivity).IsInEnum().WithMessage("Choose from the list");
    }
}
