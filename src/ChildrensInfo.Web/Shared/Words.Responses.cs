using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;

namespace ChildrensInfo.Web.Shared;

/// <summary>What is asked of us and what becomes of it.</summary>
public static partial class Words
{
    public static string Of(Wanted wanted) => wanted switch
    {
        Wanted.DoSomething => "Wants something done",
        Wanted.TellSomeone => "Wants somebody told",
        Wanted.JustBeHeard => "Wants to be heard, and no more",
        _ => "Does not know yet what they want",
    };

    public static string Of(AskState state) => state switch
    {
        AskState.Heard => "Heard",
        AskState.Considered => "Looked at",
        AskState.Decided => "Decided, not told yet",
        AskState.Acted => "Done, not told yet",
        AskState.CannotTellYet => "Waits for a manager",
        AskState.DelayAgreed => "Cannot be told yet",
        AskState.Told => "Told",
        AskState.Responded => "Told, and answered",
        AskState.Closed => "Closed",
        _ => "Reopened",
    };

    public static string ColourOf(AskState state) => state switch
    {
        AskState.Heard or AskState.Reopened => "yellow",
        AskState.Considered or AskState.Decided or AskState.Acted => "blue",
        AskState.CannotTellYet or AskState.DelayAgreed => "orange",
        AskState.Closed => "grey",
        _ => "green",
    };

    /// <summary>What was done, for the history of an ask.</summary>
    public static string Of(StepKind kind) => kind switch
    {
        StepKind.Heard => "Heard",
        StepKind.Considered => "Looked at",
        StepKind.Decided => "Decided",
        StepKind.Acted => "Done",
        StepKind.CannotTell => "Cannot be told yet: a manager was asked",
        StepKind.DelayAgreed => "A manager agreed to wait",
        StepKind.DelayRefused => "A manager did not agree to wait",
        StepKind.Told => "Told",
        StepKind.Responded => "How they took it",
        StepKind.Closed => "Closed",
        _ => "Reopened",
    };

    /// <summary>What one can do next, as a button says it.</summary>
    public static string ToDo(StepKind kind) => kind switch
    {
        StepKind.Considered => "Say what was looked at",
        StepKind.Decided => "Write down what was decided",
        StepKind.Acted => "Write down what was done",
        StepKind.CannotTell => "They cannot be told yet",
        StepKind.Told => "Write down that they were told",
        StepKind.Responded => "Write down how they took it",
        StepKind.Closed => "Close it",
        StepKind.Reopened => "Reopen it",
        _ => "Answer for your team",
    };

    public static string Of(Decision decision) => decision switch
    {
        Decision.Done => "Yes, it will be done",
        Decision.Partly => "Some of it",
        Decision.NotDone => "No, it will not be done",
        Decision.NotOurs => "It is not ours: passed on",
        Decision.Waiting => "Waiting",
        Decision.NothingWanted => "Heard. Nothing else was wanted",
        Decision.Corrected => "Corrected",
        Decision.StatementAdded => "Their own statement stands beside it",
        Decision.Explained => "Explained",
        Decision.AccessChanged => "Who can see it was changed",
        _ => "Not changed",
    };

    public static string Of(HowTold how) => how switch
    {
        HowTold.FaceToFace => "face to face",
        HowTold.Card => "with a card or letter",
        HowTold.Message => "in a message",
        _ => "with symbols or signs",
    };

    public static string Of(Reaction reaction) => reaction switch
    {
        Reaction.Happy => "Happy with it",
        Reaction.Ok => "It is OK",
        Reaction.NotHappy => "Not happy with it",
        Reaction.DidNotUnderstand => "Did not understand it",
        _ => "Could not be reached",
    };

    public static string OfForm(string? key) => key switch
    {
        InformationThing.VisitForm => "the form for a visit",
        InformationThing.WordsForm => "the form for what was said",
        _ => "the way permission is asked",
    };

    /// <summary>What words about information speak of, where no date or title is at hand.</summary>
    public static string Of(InformationThing thing) => thing.Kind switch
    {
        ThingKind.Record => "something that was written down",
        ThingKind.Interpretation => "what a worker thinks it means",
        ThingKind.Elsewhere => "a file or letter kept somewhere else",
        ThingKind.Figure => $"how children are counted: {NeedDimension.Fixed.FirstOrDefault(d => d.Key == thing.Key)?.Name.ToLowerInvariant() ?? $"indicator {thing.Key}"}",
        ThingKind.Dashboard => "the council’s figures about children",
        ThingKind.Form => OfForm(thing.Key),
        _ => "a research project",
    };

    /// <summary>Who asks, in a sentence about this child.</summary>
    public static string Asker(Speaker speaker, string name, string? relation = null) => speaker switch
    {
        Speaker.ParentOrCarer => relation ?? "A parent or carer",
        Speaker.Practitioner => "A practitioner",
        Speaker.Group => $"A group of children, {name} among them",
        _ => name,
    };

    /// <summary>How far a day is: "due in 3 days", "due today", "2 days late".</summary>
    public static string Due(DateOnly due, DateOnly today) => (due.DayNumber - today.DayNumber) switch
    {
        0 => "due today",
        1 => "due tomorrow",
        > 1 and var days => $"due in {days} days",
        -1 => "1 day late",
        var days => $"{-days} days late",
    };

    public static string Of(GroupAnswerState state) => state switch
    {
        GroupAnswerState.Waiting => "Waits for somebody to read it",
        GroupAnswerState.SentBack => "Sent back",
        GroupAnswerState.Published => "Published",
        _ => "Taken away",
    };

    public static string ColourOf(GroupAnswerState state) => state switch
    {
        GroupAnswerState.Waiting => "yellow",
        GroupAnswerState.SentBack => "orange",
        GroupAnswerState.Published => "green",
        _ => "grey",
    };

    /// <summary>A way of taking part, for workers.</summary>
    public static string Of(Degree degree) => degree switch
    {
        Degree.AssignedInformed => "Adults decided. Children took part and knew why",
        Degree.ConsultedInformed => "Adults decided. Children were asked first, and heard what came of it",
        Degree.AdultBegunShared => "Adults began it. Children and adults decided together",
        Degree.ChildBegunShared => "Children began it. Children and adults decided together",
        _ => "Children began it and decided",
    };
}
