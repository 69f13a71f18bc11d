using System.Buffers.Binary;
using System.Text;
using ChildrensInfo.Core.Voice;
using CsCheck;
using Xunit;

namespace ChildrensInfo.Tests.Core.Voice;

/// <summary>Photographs as they come from phones, and as people who mean harm would send them.</summary>
public class PictureFileTests
{
    /// <summary>Where it was taken, as text in every place a camera can put it.</summary>
    public const string Where = "51.5074N 0.1278W";

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void A_jpeg_loses_its_place_camera_thumbnail_and_what_follows_its_end_and_stays_upright(int orientation)
    {
        var cleaned = PictureFile.Clean(Jpeg(640, 480, orientation));
        Assert.Null(cleaned.Refusal);
        Assert.Equal(("image/jpeg", 640, 480, true), (cleaned.ContentType, cleaned.Width, cleaned.Height, cleaned.HadMetadata));
        Assert.DoesNotContain(Where, Encoding.Latin1.GetString(cleaned.Bytes!), StringComparison.Ordinal);
        Assert.DoesNotContain("ftyp", Encoding.Latin1.GetString(cleaned.Bytes!), StringComparison.Ordinal);
        Assert.True(cleaned.Bytes!.AsSpan().IndexOf(Scan) > 0, "the picture itself is copied byte for byte");
        Assert.Equal([0xFF, 0xD9], cleaned.Bytes![^2..]);
        var text = Encoding.Latin1.GetString(cleaned.Bytes);
        Assert.Equal(orientation != 1, text.Contains("Exif", StringComparison.Ordinal));
        if (orientation != 1) Assert.Equal(orientation, cleaned.Bytes![text.IndexOf("Exif", StringComparison.Ordinal) + 25]);
        // Cleaned once, there is nothing more to find but which way is up.
        Assert.Equal(cleaned.Bytes, PictureFile.Clean(cleaned.Bytes).Bytes);
    }

    [Fact]
    public void A_png_and_a_webp_lose_theirs()
    {
        var png = PictureFile.Clean(Png(30, 20, ("eXIf", Where), ("tEXt", Where), ("iTXt", Where), ("tIME", "1234567")));
        Assert.Equal(("image/png", 30, 20, true), (png.ContentType, png.Width, png.Height, png.HadMetadata));
        Assert.DoesNotContain(Where, Encoding.Latin1.GetString(png.Bytes!), StringComparison.Ordinal);
        Assert.Equal(Png(30, 20), png.Bytes);
        Assert.False(PictureFile.Clean(png.Bytes!).HadMetadata);

        var webp = PictureFile.Clean(Webp(300, 200, ("EXIF", Where), ("XMP ", Where)));
        Assert.Equal(("image/webp", 300, 200, true), (webp.ContentType, webp.Width, webp.Height, webp.HadMetadata));
        Assert.DoesNotContain(Where, Encoding.Latin1.GetString(webp.Bytes!), StringComparison.Ordinal);
        Assert.Equal(webp.Bytes!.Length - 8, (int)BinaryPrimitives.ReadUInt32LittleEndian(webp.Bytes.AsSpan(4)));
        Assert.Equal(0, webp.Bytes[20] & 0x0C);
    }

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "a HEIC of an iPhone", [0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8], "HEIC" },
        { "an AVIF", [0, 0, 0, 24, .. "ftypavif"u8, 0, 0, 0, 0, .. "mif1avif"u8], "HEIC" },
        { "a moving GIF", [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0], "moving" },
        { "a moving PNG", Png(10, 10, ("acTL", "12345678")), "moving" },
        { "a moving WebP", Webp(10, 10, ("ANIM", "123456")), "moving" },
        { "a WebP that says it moves", [.. Webp(10, 10)[..20], 0x02, .. Webp(10, 10)[21..]], "moving" },
        { "an SVG with a script", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray(), "SVG" },
        { "an SVG behind a byte order mark", [0xEF, 0xBB, 0xBF, .. "\n <?xml version='1.0'?><svg/>"u8], "SVG" },
        { "a JPEG of a hundred million dots", Jpeg(10_000, 10_000), "100 million" },
        { "a PNG of a hundred million dots", Png(20_000, 5_000), "100 million" },
        { "a WebP of a hundred million dots", Webp(10_000, 10_000), "100 million" },
        { "a PNG wider than numbers go", Png(uint.MaxValue, 1), "damaged" },
        { "a JPEG cut off", Jpeg(640, 480)[..^40], "damaged" },
        { "a PNG cut off", Png(30, 20)[..^8], "damaged" },
        { "a JPEG without a picture", [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xD9, 0, 0], "damaged" },
        { "a text", "I am no picture at all"u8.ToArray(), "JPEG or PNG" },
        { "nothing", [], "damaged" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_kept_is_refused_with_what_to_do_instead(string what, byte[] bytes, string says)
    {
        var cleaned = PictureFile.Clean(bytes);
        Assert.Null(cleaned.Bytes);
        Assert.True(cleaned.Refusal!.Contains(says, StringComparison.OrdinalIgnoreCase), $"{what}: {cleaned.Refusal}");
    }

    [Fact]
    public void Nothing_that_is_sent_makes_it_stumble()
    {
        var good = new[] { Jpeg(640, 480, 6), Png(30, 20, ("eXIf", Where)), Webp(300, 200, ("EXIF", Where)) };
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 400]).Sample((which, at, value, cut) =>
        {
            var bytes = good[which].ToArray();
            bytes[at % bytes.Length] = value;
            var cleaned = PictureFile.Clean(bytes.AsSpan(0, bytes.Length - (cut % bytes.Length)));
            Assert.True(cleaned.Bytes is null != cleaned.Refusal is null);
            Assert.True((long)cleaned.Width * cleaned.Height <= PictureFile.MaxPixels);
        });
    }

    private static readonly byte[] Scan = [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56, 0x78, 0x9A];

    /// <summary>A JPEG built as phones build them: EXIF with the place, XMP, a comment, a thumbnail, two scans, and a film after its end.</summary>
    public static byte[] Jpeg(int width, int height, int orientation = 1)
    {
        using var file = new MemoryStream();
        void Segment(byte marker, params byte[] data)
        {
            file.Write([0xFF, marker, (byte)((data.Length + 2) >> 8), (byte)(data.Length + 2)]);
            file.Write(data);
        }

        file.Write([0xFF, 0xD8]);
        Segment(0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 72, 0, 72, 1, 1, 9, 9, 9]);
        Segment(0xE1, [.. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0, .. Encoding.Latin1.GetBytes(Where)]);
        Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Encoding.Latin1.GetBytes(Where)]);
        Segment(0xE2, [.. "MPF\0"u8, .. Encoding.Latin1.GetBytes(Where)]);
        Segment(0xED, Encoding.Latin1.GetBytes(Where));
        Segment(0xFE, Encoding.Latin1.GetBytes(Where));
        Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        Segment(0xC0, [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0]);
        Segment(0xC4, [0, .. new byte[16]]);
        Segment(0xDA, [1, 1, 0, 0, 63, 0]);
        file.Write(Scan);
        Segment(0xDA, [1, 1, 0, 0, 63, 0]);
        file.Write(Scan);
        file.Write([0xFF, 0xD9]);
        file.Write([0, 0, 0, 24, .. "ftypmp42"u8, .. Encoding.Latin1.GetBytes(Where)]);
        return file.ToArray();
    }

    public static byte[] Png(uint width, uint height, params (string Name, string Text)[] more)
    {
        using var file = new MemoryStream();
        void Chunk(string name, ReadOnlySpan<byte> data)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(length, (uint)data.Length);
            file.Write(length);
            file.Write(Encoding.Latin1.GetBytes(name));
            file.Write(data);
            file.Write([0, 0, 0, 0]);
        }

        file.Write([0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(header, width);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        Chunk("IHDR", header);
        foreach (var (name, text) in more) Chunk(name, Encoding.Latin1.GetBytes(text));
        Chunk("IDAT", [1, 2, 3]);
        Chunk("IEND", []);
        return file.ToArray();
    }

    private static byte[] Webp(int width, int height, params (string Name, string Text)[] more)
    {
        using var body = new MemoryStream();
        void Chunk(string name, byte[] data)
        {
            body.Write(Encoding.Latin1.GetBytes(name));
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)data.Length);
            body.Write(length);
            body.Write(data);
            if (data.Length % 2 == 1) body.WriteByte(0);
        }

        Chunk("VP8X", [0x0C, 0, 0, 0, (byte)(width - 1), (byte)((width - 1) >> 8), 0, (byte)(height - 1), (byte)((height - 1) >> 8), 0]);
        Chunk("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 7, 7]);
        foreach (var (name, text) in more) Chunk(name, Encoding.Latin1.GetBytes(text));
        var size = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(size, (uint)body.Length + 4);
        return [.. "RIFF"u8, .. size, .. "WEBP"u8, .. body.ToArray()];
    }
}
