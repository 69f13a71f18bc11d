namespace ChildrensInfo.Core.Returns;

/// <summary>What a return may unfold to, all of its tables together: a limit for each would be as many times the limit as there are tables.</summary>
/// <param name="what">What would be too large, in the words of a refusal.</param>
internal sealed class ReadBudget(string what, long most)
{
    private long read;

    public void Take(int count)
    {
        read += count;
        if (read > most) throw new ReturnRefusedException($"{what} larger than {most >> 20:N0} MB.");
    }
}

/// <summary>Stops a zip that unfolds without end and a file that grows under the reader.</summary>
internal sealed class CountedStream(Stream inner, ReadBudget budget) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        budget.Take(count);
        return count;
    }
}
