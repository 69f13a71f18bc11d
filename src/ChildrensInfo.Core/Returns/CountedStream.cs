namespace ChildrensInfo.Core.Returns;

/// <summary>Stops a zip that unfolds without end and a file that grows under the reader.</summary>
internal sealed class CountedStream(Stream inner, string name, long most) : ForwardStream
{
    private long read;

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        read += count;
        return read > most ? throw new ReturnRefusedException($"{name} is larger than {most >> 20:N0} MB.") : count;
    }
}
