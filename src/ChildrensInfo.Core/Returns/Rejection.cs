namespace ChildrensInfo.Core.Returns;

/// <summary>How much of a child's record a fault at loading leaves out. The rest of the record loads.</summary>
public enum LeftOut
{
    /// <summary>Only the value: the event it stands in loads without it.</summary>
    Value,
    /// <summary>One event: an assessment, a plan, an enquiry, a review.</summary>
    Event,
    /// <summary>One episode of need, with all that happened in it.</summary>
    Episode,
    /// <summary>The whole child.</summary>
    Child,
}

/// <param name="ChildId">The authority's own id of the child; null when the return gives none.</param>
/// <param name="Position">The child's place in the file, 1 for the first.</param>
/// <param name="Field">The statutory field name.</param>
/// <param name="Value">What the return says there.</param>
/// <param name="Reason">Plain English, for the data lead.</param>
public sealed record Rejection(string? ChildId, int Position, string Field, string? Value, string Reason, LeftOut LeftOut)
{
    /// <summary>The reason that the data lead can mend on the screen of the council's own codes (<see cref="CodeMap"/>).</summary>
    public const string UnknownCode = "This code is not in the Department’s code list.";

    /// <summary>A code, a number or an answer is not given any more: nobody takes one back by leaving it out.</summary>
    public const string NotGivenAndKept = "This was here before, and the return says nothing there. It stays as it was.";

    /// <summary>What is gone is what the return says: something ended by mistake goes on, a factor was not one. The value is the former.</summary>
    public const string GoneAndTakenBack = "This was here before, and the return no longer says it. It was taken back.";
}
