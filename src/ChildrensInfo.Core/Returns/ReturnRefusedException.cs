namespace ChildrensInfo.Core.Returns;

/// <summary>
/// A return that cannot be read at all or not to its end. The message is written for the data lead who sent it and carries
/// nothing of what the file says about a child, so it may be shown, logged and kept.
/// </summary>
public sealed class ReturnRefusedException : Exception
{
    public ReturnRefusedException() { }
    public ReturnRefusedException(string message) : base(message) { }
    public ReturnRefusedException(string message, Exception inner) : base(message, inner) { }

    /// <summary>The line at which reading stopped, where there is one.</summary>
    public int? Line { get; init; }

    /// <summary>How many children had been read whole before reading stopped: the last of them is at this position in the file.</summary>
    public int CompleteChildren { get; init; }
}
