using System.Buffers.Binary;
using System.Text;

namespace ChildrensInfo.Core.Voice;

/// <param name="Bytes">The same picture without what tells of the place, the camera and the time; null when it is refused.</param>
/// <param name="Refusal">What to say, with what to do instead.</param>
/// <param name="HadMetadata">Whether anything was taken out.</param>
public sealed record CleanedPicture(byte[]? Bytes, string ContentType, int Width, int Height, bool HadMetadata, string? Refusal);

/// <summary>
/// Takes out of a JPEG, PNG or WebP everything that is not the picture: EXIF with the place and the camera, XMP, comments, thumbnails, films and whatever
/// follows the end. The picture itself is copied byte for byte and never decoded here, so that no decoder can be attacked. Everything it does not
/// know is left out; a file that is not whole is refused.
/// </summary>
public static class PictureFile
{
    /// <summary>Above the largest that phones take today (48 million); a browser would need hundreds of megabytes to show more.</summary>
    public const long MaxPixels = 50_000_000;

    private const string Damaged = "This picture is damaged or not whole. Open it on the device to see whether it shows there, then take or save it again";
    private const string Moving = "This is a moving picture. Send a still picture instead, such as a photograph or a screenshot of one moment";

    private static readonly string[] HeifBrands = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"];
    private static readonly string[] PngKept = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "cICP", "iCCP"];

    public static CleanedPicture Clean(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12) return Refuse(Damaged);
        if (file is [0xFF, 0xD8, 0xFF, ..]) return Jpeg(file);
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])) return Png(file);
        if (file.StartsWith("RIFF"u8) && file[8..12].SequenceEqual("WEBP"u8)) return Webp(file);
        if (file.StartsWith("GIF8"u8)) return Refuse(Moving);
        if (file[4..8].SequenceEqual("ftyp"u8) && HeifBrands.Contains(Encoding.Latin1.GetString(file[8..12])))
        {
            return Refuse("This is a HEIC picture, which cannot be opened safely here. On an iPhone or iPad choose it from “Photo library” on this page, which sends a JPEG, or set Settings, Camera, Formats to “Most compatible” and take it again");
        }

        var text = Encoding.UTF8.GetString(file[..Math.Min(file.Length, 512)]).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (text.StartsWith('<')) return Refuse("This is a picture made of code (SVG), which can do harm when it is opened. Save it as a PNG or JPEG and send that");
        return Refuse("This is not a picture of a kind the portal can keep. Send a JPEG or PNG");
    }

    private static CleanedPicture Jpeg(ReadOnlySpan<byte> file)
    {
        using var kept = new MemoryStream(file.Length);
        kept.Write(file[..2]);
        var (width, height, orientation, dropped) = (0, 0, 1, false);
        var placed = false;
        var at = 2;
        while (true)
        {
            // Any number of FF may stand before a marker.
            while (at < file.Length && file[at] == 0xFF && at + 1 < file.Length && file[at + 1] == 0xFF) at++;
            if (at + 2 > file.Length || file[at] != 0xFF) return Refuse(Damaged);
            var marker = file[at + 1];
            if (marker == 0xD9)
            {
                if (!placed) return Refuse(Damaged);
                kept.Write([0xFF, 0xD9]);
                if (at + 2 < file.Length) dropped = true;
                return Done(kept, "image/jpeg", width, height, dropped);
            }

            if (at + 4 > file.Length) return Refuse(Damaged);
            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length) return Refuse(Damaged);
            var segment = file.Slice(at, 2 + length);
            var data = segment[4..];
            at += 2 + length;
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (data.Length < 6 || width != 0) return Refuse(Damaged);
                (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(data[1..]), BinaryPrimitives.ReadUInt16BigEndian(data[3..]));
                if (width == 0 || height == 0) return Refuse(Damaged);
                if (TooLarge(width, height) is { } refusal) return refusal;
                if (orientation > 1)
                {
                    // Phones write pictures lying down and say in the EXIF which way is up. That one number is put back, and nothing else.
                    kept.Write(Upright(orientation));
                    orientation = 1;
                }

                kept.Write(segment);
            }
            else if (marker == 0xE1)
            {
                if (data.StartsWith("Exif\0\0"u8)) orientation = Orientation(data[6..]);
                dropped = true;
            }
            else if (marker is 0xE0 && data.StartsWith("JFIF\0"u8) && data.Length >= 14)
            {
                // Without the small copy of the picture that may follow: it could show what was cut away.
                kept.Write([0xFF, 0xE0, 0, 16]);
                kept.Write(data[..12]);
                kept.Write([0, 0]);
                if (data.Length > 14) dropped = true;
            }
            else if ((marker is 0xE2 && data.StartsWith("ICC_PROFILE\0"u8)) || (marker is 0xEE && data.StartsWith("Adobe"u8)) || marker is 0xDB or 0xC4 or 0xCC or 0xDD)
            {
                kept.Write(segment);
            }
            else if (marker == 0xDA)
            {
                if (width == 0) return Refuse(Damaged);
                placed = true;
                kept.Write(segment);
                // The picture itself, up to the next marker that is neither a restart nor a stuffed zero.
                var from = at;
                while (at + 1 < file.Length && (file[at] != 0xFF || file[at + 1] is 0x00 or (>= 0xD0 and <= 0xD7))) at += file[at] == 0xFF ? 2 : 1;
                if (at + 1 >= file.Length) return Refuse(Damaged);
                kept.Write(file[from..at]);
            }
            else
            {
                dropped = true;
            }
        }
    }

    /// <summary>An EXIF segment that says which way is up.</summary>
    private static ReadOnlySpan<byte> Upright(int orientation) => (byte[])
    [
        0xFF, 0xE1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0,
        (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0,
    ];

    /// <returns>1 to 8; 1 when it says nothing that can be read.</returns>
    private static int Orientation(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 14) return 1;
        var little = tiff is [(byte)'I', (byte)'I', ..];
        int Short(ReadOnlySpan<byte> b) => little ? BinaryPrimitives.ReadUInt16LittleEndian(b) : BinaryPrimitives.ReadUInt16BigEndian(b);
        var directory = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > (uint)tiff.Length - 2) return 1;
        var rest = tiff[(int)directory..];
        var count = Short(rest);
        for (var i = 0; i < count && 2 + ((i + 1) * 12) <= rest.Length; i++)
        {
            var entry = rest.Slice(2 + (i * 12), 12);
            if (Short(entry) == 0x0112) return Short(entry[8..]) is var said and >= 1 and <= 8 ? said : 1;
        }

        return 1;
    }

    private static CleanedPicture Png(ReadOnlySpan<byte> file)
    {
        using var kept = new MemoryStream(file.Length);
        kept.Write(file[..8]);
        var (width, height, dropped, drawn) = (0, 0, false, false);
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12) return Refuse(Damaged);
            var chunk = file.Slice(at, 12 + (int)length);
            var name = Encoding.Latin1.GetString(chunk[4..8]);
            at += chunk.Length;
            if (width == 0 && (name != "IHDR" || length != 13)) return Refuse(Damaged);
            if (name is "acTL" or "fcTL" or "fdAT") return Refuse(Moving);
            if (name == "IHDR")
            {
                if (width != 0) return Refuse(Damaged);
                var (wide, high) = (BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]), BinaryPrimitives.ReadUInt32BigEndian(chunk[12..]));
                if (wide == 0 || high == 0 || wide > int.MaxValue || high > int.MaxValue) return Refuse(Damaged);
                (width, height) = ((int)wide, (int)high);
                if (TooLarge(width, height) is { } refusal) return refusal;
            }

            if (PngKept.Contains(name)) kept.Write(chunk);
            else dropped = true;
            if (name == "IDAT") drawn = true;
            if (name != "IEND") continue;
            if (!drawn) return Refuse(Damaged);
            return Done(kept, "image/png", width, height, dropped || at < file.Length);
        }

        return Refuse(Damaged);
    }

    private static CleanedPicture Webp(ReadOnlySpan<byte> file)
    {
        var size = BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        if (size < 4 || size > file.Length - 8) return Refuse(Damaged);
        var end = 8 + (int)size;
        using var kept = new MemoryStream(file.Length);
        kept.Write(file[..12]);
        var (width, height, dropped, drawn) = (0, 0, end < file.Length, false);
        for (var at = 12; at + 8 <= end;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            if (length > end - at - 8) return Refuse(Damaged);
            var name = Encoding.Latin1.GetString(file.Slice(at, 4));
            var data = file.Slice(at + 8, (int)length);
            var whole = file[at..Math.Min(end, at + 8 + (int)length + ((int)length & 1))];
            at += 8 + (int)length + ((int)length & 1);
            switch (name)
            {
                case "VP8X" when data.Length >= 10:
                    if ((data[0] & 0x02) != 0) return Refuse(Moving);
                    (width, height) = (1 + Int24(data[4..]), 1 + Int24(data[7..]));
                    var header = whole.ToArray();
                    // The flags for EXIF and XMP go with what they announce.
                    header[8] &= 0xF3;
                    kept.Write(header);
                    break;
                case "VP8 " when data.Length >= 10:
                    if (width == 0) (width, height) = (BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF);
                    drawn = true;
                    kept.Write(whole);
                    break;
                case "VP8L" when data.Length >= 5:
                    var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
                    if (width == 0) (width, height) = (1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));
                    drawn = true;
                    kept.Write(whole);
                    break;
                case "ALPH" or "ICCP":
                    kept.Write(whole);
                    break;
                case "ANIM" or "ANMF":
                    return Refuse(Moving);
                default:
                    dropped = true;
                    break;
            }

            if (width > 0 && TooLarge(width, height) is { } refusal) return refusal;
        }

        if (!drawn || width == 0 || height == 0) return Refuse(Damaged);
        var done = Done(kept, "image/webp", width, height, dropped);
        BinaryPrimitives.WriteUInt32LittleEndian(done.Bytes.AsSpan(4), (uint)done.Bytes!.Length - 8);
        return done;
    }

    private static int Int24(ReadOnlySpan<byte> b) => b[0] | (b[1] << 8) | (b[2] << 16);

    private static CleanedPicture? TooLarge(int width, int height) => (long)width * height <= MaxPixels ? null
        : Refuse($"This picture has {(long)width * height / 1_000_000:N0} million dots; up to {MaxPixels / 1_000_000} million can be kept. Take it again with a lower setting, or send a smaller copy");

    private static CleanedPicture Done(MemoryStream kept, string type, int width, int height, bool dropped) => new(kept.ToArray(), type, width, height, dropped, null);

    private static CleanedPicture Refuse(string why) => new(null, "", 0, 0, false, why);
}
