namespace ChildrensInfo.Core.Returns;

/// <summary>Stops a zip that unfolds without end and a file that grows under the reader.</summary>
internal sealed class CountedStream(Stream inner, string name, long most) : Stream
{
    private long read;

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        read += count;
        return read > most ? throw new ReturnRefusedException($"{name} is larger than {most >> 20:N0} MB.") : count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
