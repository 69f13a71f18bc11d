using System.Buffers.Binary;
using System.Text;
using ChildrensInfo.Core.Files;

namespace ChildrensInfo.Core.Voice;

/// <summary>
/// The kinds of recording and picture that are kept, told from their first bytes. What the sender says it is counts for nothing. No
/// SVG: it can carry a script.
/// </summary>
public sealed record MediaType(string ContentType, VoiceKind Kind)
{
    private static readonly byte[] Ebml = [0x1A, 0x45, 0xDF, 0xA3];
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Brands of the ISO file format that hold sound; the same format also holds photographs.</summary>
    private static readonly string[] SoundBrands = ["isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "mp41", "mp42", "M4A ", "M4B ", "dash"];

    public long MaxBytes => Kind == VoiceKind.Audio ? StoredFile.AudioMaxBytes : StoredFile.ImageMaxBytes;

    /// <returns>Null when it is none of them.</returns>
    public static MediaType? Of(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith(Ebml) && start[..Math.Min(start.Length, 64)].IndexOf("webm"u8) > 0) return new("audio/webm", VoiceKind.Audio);
        if (start.StartsWith("OggS"u8)) return new("audio/ogg", VoiceKind.Audio);
        if (start.Length >= 12 && start[4..8].SequenceEqual("ftyp"u8) && SoundBrands.Contains(Encoding.Latin1.GetString(start[8..12]))) return new("audio/mp4", VoiceKind.Audio);
        if (start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..12].SequenceEqual("WAVE"u8)) return new("audio/wav", VoiceKind.Audio);
        // An ID3 tag, or a frame of MPEG audio layer III.
        if (start.StartsWith("ID3"u8) || (start.Length >= 4 && start[0] == 0xFF && (start[1] & 0xE6) == 0xE2 && (start[2] & 0xF0) is not (0 or 0xF0))) return new("audio/mpeg", VoiceKind.Audio);
        if (start.StartsWith(Png)) return new("image/png", VoiceKind.Drawing);
        if (start.Length >= 4 && start[0] == 0xFF && start[1] == 0xD8 && start[2] == 0xFF) return new("image/jpeg", VoiceKind.Photo);
        if (start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..12].SequenceEqual("WEBP"u8)) return new("image/webp", VoiceKind.Photo);
        return null;
    }

    /// <summary>The kind of a file that was told from its bytes before.</summary>
    public static MediaType Kept(StoredFile file) =>
        new(file.ContentType, file.ContentType.StartsWith("audio/", StringComparison.Ordinal) ? VoiceKind.Audio : file.ContentType == "image/png" ? VoiceKind.Drawing : VoiceKind.Photo);
}

/// <summary>How long a WebM recording runs, read from the end of the file: browsers write no length at its start.</summary>
public static class WebmLength
{
    /// <summary>Browsers begin a cluster at least every half minute; at speech's bit rates the last one is well within this.</summary>
    private const int TailBytes = 1024 * 1024;

    private static readonly byte[] Cluster = [0x1F, 0x43, 0xB6, 0x75];
    private static readonly byte[] TimecodeScale = [0x2A, 0xD7, 0xB1];
    private const byte Timecode = 0xE7;

    /// <param name="IsSilent">Nothing follows the header: no sound was ever written.</param>
    /// <param name="AtLeast">When its last part begins; null when that cannot be read.</param>
    public sealed record Reading(bool IsSilent, TimeSpan? AtLeast);

    /// <param name="content">Seekable.</param>
    public static async Task<Reading> ReadAsync(Stream content, CancellationToken cancel)
    {
        content.Position = 0;
        var head = new byte[(int)Math.Min(4096, content.Length)];
        await content.ReadExactlyAsync(head, cancel);
        var scale = 1_000_000UL;
        if (head.AsSpan().IndexOf(TimecodeScale) is >= 0 and var scaleAt && Number(head.AsSpan(scaleAt + TimecodeScale.Length)) is > 0 and var given) scale = given;

        var tail = new byte[(int)Math.Min(TailBytes, content.Length)];
        content.Position = content.Length - tail.Length;
        await content.ReadExactlyAsync(tail, cancel);
        var at = tail.AsSpan().LastIndexOf(Cluster);
        if (at < 0) return new(tail.Length == content.Length, null);

        // The cluster's size, of one to eight bytes, then its elements: the time comes first, or after a checksum of six bytes.
        var rest = tail.AsSpan(at + Cluster.Length);
        if (rest.IsEmpty || rest[0] == 0) return new(false, null);
        rest = rest[Math.Min(rest.Length, LengthOfSize(rest[0]))..];
        if (rest is [0xBF, 0x84, ..] && rest.Length > 6) rest = rest[6..];
        if (rest.IsEmpty || rest[0] != Timecode || Number(rest[1..]) is not { } ticks) return new(false, null);
        var seconds = ticks * (double)scale / 1e9;
        return new(false, seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue);
    }

    private static int LengthOfSize(byte first) => System.Numerics.BitOperations.LeadingZeroCount((uint)first) - 23;

    private static ulong? Number(ReadOnlySpan<byte> sized)
    {
        if (sized.IsEmpty || (sized[0] & 0x80) == 0) return null;
        var length = sized[0] & 0x7F;
        if (length is 0 or > 8 || sized.Length < 1 + length) return null;
        Span<byte> wide = stackalloc byte[8];
        wide.Clear();
        sized.Slice(1, length).CopyTo(wide[(8 - length)..]);
        return BinaryPrimitives.ReadUInt64BigEndian(wide);
    }
}
