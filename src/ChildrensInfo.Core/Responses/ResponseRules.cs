using ChildrensInfo.Core.Voice;

namespace ChildrensInfo.Core.Responses;

/// <summary>A step about to be taken, without its words.</summary>
/// <param name="HasWords">Whether words go with it.</param>
public sealed record Step(StepKind Kind, Guid By, DateOnly On, Decision? Decision = null, Reaction? Reaction = null, DateOnly? ReviewOn = null, bool HasWords = false);

/// <summary>Where an ask stands: what its steps so far come to.</summary>
public sealed record Progress(AskState State, bool IsAboutInformation, bool IsRightsRequest, DateOnly? DueOn)
{
    public Decision? Decision { get; init; }

    /// <summary>What was decided has been done.</summary>
    public bool Acted { get; init; }

    /// <summary>They know how it stands now: told since the last thing that was decided or done.</summary>
    public bool Told { get; init; }

    public Reaction? Reaction { get; init; }

    public Guid? DelayAskedBy { get; init; }

    public DateOnly? DelayUntil { get; init; }

    /// <summary>Where it stood before a delay was asked for.</summary>
    public AskState? BeforeDelay { get; init; }

    /// <summary>Something still has to happen by a day: always, until it is closed after they were told.</summary>
    public bool IsOpen => State != AskState.Closed || DueOn is not null;

    public bool IsOverdueOn(DateOnly today) => DueOn < today;
}

/// <summary>
/// Ask, heard, considered, decided, acted, told, how they took it, closed or reopened. It cannot be closed before the person who asked has
/// been told and has been asked how they take it, unless somebody else agreed why not yet and until when; and then it comes back on that day.
/// </summary>
public static class ResponseRules
{
    /// <summary>How long there is to answer, unless the law gives another time.</summary>
    public const int DaysToAnswer = 28;

    /// <summary>The furthest day on which "not yet" is looked at again.</summary>
    public const int LongestDelayDays = 92;

    /// <summary>When what was said about information is answered at the latest.</summary>
    public static DateOnly DueForInformation(DateOnly saidOn) => saidOn.AddDays(DaysToAnswer);

    /// <summary>
    /// The last day for a request under data protection law: the same day of the next month, or its last day when there is none
    /// (Information Commissioner's Office, right of access, "How long do we have to comply?"). The law lets a day that is no working day move on; this does not.
    /// </summary>
    public static DateOnly DueForRights(DateOnly saidOn) => saidOn.AddMonths(1);

    public static Progress Begin(bool isAboutInformation, bool isRightsRequest, DateOnly dueOn) => new(AskState.Heard, isAboutInformation, isRightsRequest, dueOn);

    /// <summary>Anything but a plain yes has to be explained, in words the person can read.</summary>
    public static bool NeedsReason(Decision decision) => decision is not (Decision.Done or Decision.NothingWanted);

    /// <summary>Decisions that promise something, which then has to be done; passing an ask on is something too.</summary>
    public static bool NeedsAction(Decision decision) =>
        decision is Decision.Done or Decision.Partly or Decision.NotOurs or Decision.Corrected or Decision.StatementAdded or Decision.AccessChanged;

    /// <summary>What can be decided on an ask of this kind.</summary>
    public static IReadOnlyList<Decision> Decisions(bool isAboutInformation) => isAboutInformation
        ? [Decision.Corrected, Decision.StatementAdded, Decision.Explained, Decision.AccessChanged, Decision.NotChanged, Decision.NotOurs, Decision.Waiting]
        : [Decision.Done, Decision.Partly, Decision.NotDone, Decision.NotOurs, Decision.Waiting, Decision.NothingWanted];

    /// <summary>Which kinds of step can come next; the details of each are for <see cref="Take"/>.</summary>
    public static IReadOnlyList<StepKind> Next(Progress now) => [.. Enum.GetValues<StepKind>().Where(kind => Follows(now, kind))];

    /// <returns>Where the ask then stands, or why the step cannot be taken.</returns>
    public static (Progress? After, string? Refusal) Take(Progress now, Step step)
    {
        if (!Follows(now, step.Kind)) return (null, "This cannot be done now. Look at how it stands");
        switch (step.Kind)
        {
            case StepKind.Considered:
                return (now with { State = AskState.Considered }, null);

            case StepKind.Decided:
                if (step.Decision is not { } decision || !Decisions(now.IsAboutInformation).Contains(decision)) return (null, "Choose what was decided");
                if (NeedsReason(decision) && !step.HasWords) return (null, "Give the reason in plain words");
                return (now with { State = AskState.Decided, Decision = decision, Acted = false, Told = false, Reaction = null }, null);

            case StepKind.Acted:
                if (!step.HasWords) return (null, "Say what was done");
                return (now with { State = AskState.Acted, Acted = true, Told = false, Reaction = null }, null);

            case StepKind.CannotTell:
                if (!step.HasWords) return (null, "Say why they cannot be told yet");
                if (step.ReviewOn is not { } review || review <= step.On || review > step.On.AddDays(LongestDelayDays)) return (null, $"Choose a day to look at it again, within {LongestDelayDays} days");
                return (now with
                {
                    State = AskState.CannotTellYet,
                    DelayAskedBy = step.By,
                    DelayUntil = review,
                    BeforeDelay = now.State == AskState.DelayAgreed ? now.BeforeDelay : now.State,
                }, null);

            case StepKind.DelayAgreed:
                if (step.By == now.DelayAskedBy) return (null, "Somebody else has to agree to this");
                if (now.DelayUntil <= step.On) return (null, "The day to look at it again has come. Ask for a new one");
                // The law's day is not a manager's to move.
                return (now with { State = AskState.DelayAgreed, DueOn = now.IsRightsRequest ? now.DueOn : now.DelayUntil }, null);

            case StepKind.DelayRefused:
                if (step.By == now.DelayAskedBy) return (null, "Somebody else has to decide this");
                if (!step.HasWords) return (null, "Say why they should be told now");
                return (now with { State = now.BeforeDelay!.Value, DelayAskedBy = null, DelayUntil = null, BeforeDelay = null }, null);

            case StepKind.Told:
                if (!step.HasWords) return (null, "Write down the words that were used");
                // Told while it was closed under a delay: then only their answer is missing, and today is when to ask.
                return (now with { State = AskState.Told, Told = true, Reaction = null, DelayAskedBy = null, DelayUntil = null, BeforeDelay = null, DueOn = now.DueOn ?? step.On }, null);

            case StepKind.Responded:
                if (step.Reaction is not { } reaction) return (null, "Choose how they took it");
                return (now with { State = AskState.Responded, Reaction = reaction, Told = reaction != Responses.Reaction.NotReached }, null);

            case StepKind.Closed:
                return Close(now, step);

            case StepKind.Reopened:
                if (!step.HasWords) return (null, "Say what has to be looked at again");
                return (Begin(now.IsAboutInformation, now.IsRightsRequest, step.On.AddDays(DaysToAnswer)) with { State = AskState.Reopened }, null);

            default:
                return (null, "This cannot be done now. Look at how it stands");
        }
    }

    /// <summary>What the steps that were taken come to, in their order.</summary>
    public static Progress After(Progress begin, IEnumerable<Step> steps)
    {
        var now = begin;
        foreach (var step in steps) now = Take(now, step).After ?? throw new InvalidOperationException($"{step.Kind} cannot follow {now.State}.");
        return now;
    }

    private static bool Follows(Progress now, StepKind kind) => kind switch
    {
        StepKind.Considered => now.State is AskState.Heard or AskState.Reopened,
        // "Waiting" is an answer for now only: it is decided again when the waiting is over.
        StepKind.Decided => now.State == AskState.Considered
            || (now.Decision == Decision.Waiting && now.State is AskState.Decided or AskState.Told or AskState.Responded or AskState.DelayAgreed),
        StepKind.Acted => now is { Decision: { } decision, Acted: false } && NeedsAction(decision) && now.State is AskState.Decided or AskState.Told or AskState.Responded,
        StepKind.CannotTell => now.State is AskState.Considered or AskState.Decided or AskState.Acted or AskState.DelayAgreed
            || (now.State == AskState.Responded && now.Reaction is Responses.Reaction.NotReached or Responses.Reaction.DidNotUnderstand),
        StepKind.DelayAgreed or StepKind.DelayRefused => now.State == AskState.CannotTellYet,
        StepKind.Told => now.Decision is not null && (now.State is AskState.Decided or AskState.Acted or AskState.CannotTellYet or AskState.DelayAgreed or AskState.Responded
            || (now.State == AskState.Closed && !now.Told)),
        StepKind.Responded => now.State == AskState.Told,
        StepKind.Closed => WhyNotClosed(now) is null,
        StepKind.Reopened => now.State == AskState.Closed || now is { State: AskState.Responded, Reaction: Responses.Reaction.NotHappy },
        _ => false,
    };

    /// <summary>What is still missing before it can be closed; null when nothing is.</summary>
    public static string? WhyNotClosed(Progress now)
    {
        if (now.State == AskState.Closed) return "It is closed";
        if (now.Decision is not { } decision) return "Nothing is decided yet";
        if (decision == Decision.Waiting) return "It is still being waited for";
        if (NeedsAction(decision) && !now.Acted) return "What was decided has not been done yet";
        if (now.State == AskState.DelayAgreed) return null;
        if (!now.Told) return "They have not been told";
        return now.State != AskState.Responded ? "How they took it is not known yet"
            : now.Reaction == Responses.Reaction.DidNotUnderstand ? "They did not understand what they were told" : null;
    }

    private static (Progress? After, string? Refusal) Close(Progress now, Step step)
    {
        if (now.State == AskState.DelayAgreed)
        {
            return now.DelayUntil > step.On ? (now with { State = AskState.Closed }, null) : (null, "The day to look at it again has come: tell them, or ask for a new day");
        }

        return now.Reaction == Responses.Reaction.NotHappy && !step.HasWords
            ? (null, "They were not happy. Reopen it, or say why it is closed")
            : (now with { State = AskState.Closed, DueOn = null }, null);
    }
}
