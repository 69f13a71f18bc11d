namespace ChildrensInfo.Core.Returns;

/// <summary>
/// A stream that counts what an XML reader takes between two nodes and stops it at <see cref="MaxNodeBytes"/>: a name, attribute or
/// comment is otherwise gathered whole in memory, however large.
/// </summary>
internal sealed class GuardedStream(Stream inner) : ForwardStream
{
    public const int MaxNodeBytes = 8 << 20;

    private readonly byte[] first = new byte[16];
    private int firstLength;
    private int firstTaken;
    private long sinceNode;

    /// <summary>Bytes handed on so far.</summary>
    public long Consumed { get; private set; }

    /// <summary>True while nothing but blanks has been handed on.</summary>
    public bool OnlyWhitespace { get; private set; } = true;

    public void NodeDone() => sinceNode = 0;

    /// <summary>The first bytes, which stay to be read.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        while (firstLength < count)
        {
            var read = inner.Read(first, firstLength, count - firstLength);
            if (read == 0) break;
            firstLength += read;
        }
        return first.AsSpan(0, Math.Min(count, firstLength));
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (firstTaken < firstLength)
        {
            read = Math.Min(buffer.Length, firstLength - firstTaken);
            first.AsSpan(firstTaken, read).CopyTo(buffer);
            firstTaken += read;
        }
        else
        {
            read = inner.Read(buffer);
        }
        Consumed += read;
        sinceNode += read;
        if (sinceNode > MaxNodeBytes) throw new NodeTooLongException();
        if (OnlyWhitespace && buffer[..read].ContainsAnyExcept(" \t\r\n\uFEFF"u8)) OnlyWhitespace = false;
        return read;
    }
}

internal sealed class NodeTooLongException : Exception;
