using System.Security.Cryptography;
using System.Text;

namespace ChildrensInfo.Core.Access;

/// <summary>
/// Looks a password up in a file of SHA-1 hashes of passwords that were stolen somewhere, one a line, sorted, as Have I Been Pwned gives it out (“HASH:count”). The file is tens of
/// gigabytes, so it is never read: some forty places of it are looked at. Nothing leaves the machine. Without a file nothing is found.
/// </summary>
public sealed class BreachedPasswords(string? path)
{
    public const string Setting = "Passwords:BreachedList";

    private const int HashLetters = 40;

    /// <summary>A hash, its count and the end of the line; longer lines are not such a file.</summary>
    private const int LineMaxBytes = 64;

    private const int Near = 4096;

    /// <returns>What is wrong with the file, for the start of the site; null when it will do, or none is wanted.</returns>
    public static string? FaultOf(string? path)
    {
        if (string.IsNullOrEmpty(path)) return null;
        if (!File.Exists(path)) return "the list of breached passwords in Passwords__BreachedList is not there.";
        using var file = File.OpenRead(path);
        var first = LineFrom(file, 0);
        var last = LineFrom(file, LastLineStart(file));
        return IsHash(first) && IsHash(last) && string.CompareOrdinal(first, last) <= 0
            ? null
            : "the list of breached passwords in Passwords__BreachedList does not hold SHA-1 hashes in capitals, one a line, sorted by hash.";
    }

    public bool Contains(string password)
    {
        if (string.IsNullOrEmpty(path)) return false;
#pragma warning disable CA5350 // What the list is made with. It is looked up and kept nowhere.
        var sought = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.RandomAccess);
        // The line, if it is there, begins at low or later and before high.
        var (low, high) = (0L, file.Length);
        while (high - low > Near)
        {
            var middle = low + (high - low) / 2;
            var start = NextLineStart(file, middle);
            if (start >= high || string.CompareOrdinal(sought, LineFrom(file, start)) < 0) high = middle + 1;
            else low = start;
        }

        var rest = new byte[high - low + LineMaxBytes];
        var read = RandomAccess.Read(file.SafeFileHandle, rest, low);
        return Encoding.ASCII.GetString(rest, 0, read).Split('\n').Any(line => line.StartsWith(sought, StringComparison.Ordinal));
    }

    private static long NextLineStart(FileStream file, long from)
    {
        Span<byte> bytes = stackalloc byte[LineMaxBytes];
        var read = RandomAccess.Read(file.SafeFileHandle, bytes, from);
        var end = bytes[..read].IndexOf((byte)'\n');
        return end < 0 ? file.Length : from + end + 1;
    }

    private static long LastLineStart(FileStream file)
    {
        var from = Math.Max(0, file.Length - LineMaxBytes);
        Span<byte> bytes = stackalloc byte[LineMaxBytes];
        var read = RandomAccess.Read(file.SafeFileHandle, bytes, from);
        var end = bytes[..read].TrimEnd("\r\n"u8).LastIndexOf((byte)'\n');
        return from + end + 1;
    }

    private static string LineFrom(FileStream file, long start)
    {
        Span<byte> bytes = stackalloc byte[HashLetters];
        var read = RandomAccess.Read(file.SafeFileHandle, bytes, start);
        return Encoding.ASCII.GetString(bytes[..read]);
    }

    private static bool IsHash(string text) => text.Length == HashLetters && text.All(c => c is (>= '0' and <= '9') or (>= 'A' and <= 'F'));
}
