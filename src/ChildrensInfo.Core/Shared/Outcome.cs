namespace ChildrensInfo.Core.Shared;

/// <summary>Why a rule that needs the database refused, to be shown beside a field.</summary>
/// <param name="Field">The input's property; empty for the form as a whole.</param>
public sealed record Refusal(string Field, string Message);

/// <summary>What a write came to: done, or refused with a reason. A service returns null instead when there is nothing to see.</summary>
public sealed record Outcome(Refusal? Refusal)
{
    public static readonly Outcome Done = new((Refusal?)null);

    public bool IsDone => Refusal is null;

    public static Outcome Refused(string field, string message) => new(new Refusal(field, message));
}
