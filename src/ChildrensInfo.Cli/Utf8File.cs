using System.Text;

namespace ChildrensInfo.Cli;

/// <summary>A text file that is UTF-8 or is refused. What marks the beginning is passed over here: a reader that looks for it takes another decoder when it finds it, which mends bad bytes silently.</summary>
public static class Utf8File
{
    /// <exception cref="DecoderFallbackException">When it is read: it is not UTF-8.</exception>
    public static StreamReader Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        var start = new byte[3];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || start is not [0xEF, 0xBB, 0xBF]) file.Position = 0;
        return new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
    }
}
