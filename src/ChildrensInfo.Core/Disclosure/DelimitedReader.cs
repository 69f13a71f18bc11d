namespace ChildrensInfo.Core.Disclosure;

/// <summary>
/// Reads delimited text (RFC 4180, any delimiter) a row at a time without making a string of each field, which is what a
/// million rows of a few short codes would otherwise spend their time on.
/// </summary>
public sealed class DelimitedReader(TextReader reader, char delimiter)
{
    private const int LongestRow = 1 << 24;

    private char[] buffer = new char[1 << 16];
    private readonly List<(int Start, int Length)> fields = [];
    private int start;
    private int end;
    private bool finished;
    private long nextLine = 1;

    public int FieldCount => fields.Count;

    /// <summary>The number of the row last read, from 1.</summary>
    public long Row { get; private set; }

    /// <summary>The line on which the row last read begins, from 1: a field between quotation marks can go over several.</summary>
    public long Line { get; private set; }

    /// <summary>Whether the row last read is a line with nothing on it. One with two quotation marks has a value, which is empty.</summary>
    public bool IsEmptyLine { get; private set; }

    /// <summary>A field of the row last read, until the next is read.</summary>
    public ReadOnlySpan<char> this[int field] => buffer.AsSpan(fields[field].Start, fields[field].Length);

    /// <exception cref="InvalidDataException">A quoted field does not end, or a row is longer than 16 million characters.</exception>
    public bool Read()
    {
        var at = start;
        fields.Clear();
        if (!Available(ref at)) return false;
        Row++;
        Line = nextLine++;
        IsEmptyLine = buffer[at] is '\n' or '\r';
        while (true)
        {
            if (Available(ref at) && buffer[at] == '"') at = Quoted(at + 1);
            else at = Plain(at);
            if (!Available(ref at)) break;
            var stop = buffer[at++];
            if (stop == delimiter) continue;
            if (stop == '\r' && Available(ref at) && buffer[at] == '\n') at++;
            break;
        }

        start = at;
        return true;
    }

    private int Plain(int at)
    {
        var from = at - start;
        while (Available(ref at))
        {
            var c = buffer[at];
            if (c == delimiter || c == '\n' || c == '\r') break;
            at++;
        }

        fields.Add((start + from, at - start - from));
        return at;
    }

    private int Quoted(int at)
    {
        int from = at - start, write = from;
        while (true)
        {
            if (!Available(ref at)) throw new InvalidDataException($"Line {Line} has a quotation mark that is not closed.");
            var c = buffer[at++];
            if (c == '\n' || (c == '\r' && !(Available(ref at) && buffer[at] == '\n'))) nextLine++;
            if (c == '"')
            {
                if (!Available(ref at) || buffer[at] == delimiter || buffer[at] == '\n' || buffer[at] == '\r') break;
                if (buffer[at++] != '"') throw new InvalidDataException($"Line {Line} has text after a closing quotation mark.");
            }

            buffer[start + write++] = c;
        }

        fields.Add((start + from, write - from));
        return at;
    }

    /// <summary>Makes sure there is a character to read; the row so far is moved to the front of the buffer to make room.</summary>
    private bool Available(ref int at)
    {
        if (at < end) return true;
        if (finished) return false;
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            for (var i = 0; i < fields.Count; i++) fields[i] = (fields[i].Start - start, fields[i].Length);
            at -= start;
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            if (buffer.Length >= LongestRow) throw new InvalidDataException($"Line {Line} is too long.");
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = reader.Read(buffer, end, buffer.Length - end);
        if (read == 0)
        {
            finished = true;
            return false;
        }

        end += read;
        return true;
    }
}
