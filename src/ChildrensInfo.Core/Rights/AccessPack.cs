using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Research;

namespace ChildrensInfo.Core.Rights;

/// <summary>What is given: whose, when, and how much is not in it.</summary>
/// <param name="LeftOut">How many things are left out for one of the reasons the law gives. Of what must not be told to whoever asks nothing is said, not even that there is any.</param>
/// <param name="Looks">Who has looked; null when it is not said, because it would tell somebody else who works on what.</param>
public sealed record AccessGiven(string Council, string Child, DateOnly ReceivedOn, DateOnly MadeOn, int LeftOut, IReadOnlyList<HeldItem> Items, IReadOnlyList<HeldLook>? Looks);

/// <summary>The one file that is given: a story to read or print, the same for programs, and recordings, drawings and photos as they are.</summary>
public static class AccessPack
{
    public const string ContentType = ExtractPackage.ContentType;
    public const string ReadMe = "README.txt";
    public const string Story = "story.html";
    public const string Data = "held.json";

    /// <summary>Words stay as they were said, in whatever script.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>A name that says nothing of anybody.</summary>
    public static string FileName(Guid requestId) => $"information-held-{requestId.ToString("N")[^8..]}.zip";

    /// <summary>Writes the zip, a file at a time.</summary>
    /// <param name="open">Opens one recording, drawing or photo.</param>
    public static async Task WriteAsync(Stream to, AccessGiven given, Func<StoredFile, Task<Stream>> open, CancellationToken cancel)
    {
        var media = given.Items.SelectMany(i => i.Files).DistinctBy(f => f.Id).Select((file, n) => (file, Name: string.Create(CultureInfo.InvariantCulture, $"media/{n + 1:000}{EndingOf(file.ContentType)}"))).ToDictionary(m => m.file.Id, m => (m.file, m.Name));
        string NameOf(StoredFile file) => media[file.Id].Name;
        using var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true);
        await AddAsync(ReadMe, new MemoryStream(Encoding.UTF8.GetBytes(ReadMeOf(given))));
        await AddAsync(Story, new MemoryStream(Encoding.UTF8.GetBytes(StoryOf(given, NameOf))));
        await AddAsync(Data, new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new
        {
            given.Council,
            given.Child,
            given.ReceivedOn,
            given.MadeOn,
            given.LeftOut,
            held = given.Items.Select(i => new { i.Item, i.Kind, i.Of, i.On, lines = i.Lines, files = i.Files.Count == 0 ? null : i.Files.Select(f => new { name = NameOf(f), f.ContentType, f.Length, sha256 = f.Sha256 is { } hash ? Convert.ToHexStringLower(hash) : null }) }),
            whoHasLooked = given.Looks,
        }, Json)));
        foreach (var (file, name) in media.Values) await AddAsync(name, await open(file));

        async Task AddAsync(string name, Stream content)
        {
            await using var from = content;
            var entry = zip.CreateEntry(name, name.StartsWith("media/", StringComparison.Ordinal) ? CompressionLevel.NoCompression : CompressionLevel.Optimal);
            entry.LastWriteTime = ExtractPackage.NoTime;
            await using var stream = await entry.OpenAsync(cancel);
            await from.CopyToAsync(stream, cancel);
        }
    }

    private static string ReadMeOf(AccessGiven given) => $"""
        What {given.Council} holds here about {given.Child}

        You asked on {Day(given.ReceivedOn)}. This was made on {Day(given.MadeOn)}.

        {Story}   Everything, to read or to print. Open it with any web browser.
        {Data}    The same for programs.
        media/       Recordings, drawings and photos, exactly as they are kept.

        {LeftOutOf(given)}

        If something is wrong, tell your worker or the council: you can have it put right, or your own words put beside it.
        If you are not content with this answer, ask the council to look again. You can also complain to the
        Information Commissioner’s Office: ico.org.uk, or 0303 123 1113.

        Keep this file safe. Whoever has it can read it.

        """.ReplaceLineEndings("\r\n");

    private static string LeftOutOf(AccessGiven given) => given.LeftOut == 0
        ? "Nothing was left out because of other people or because of serious harm."
        : string.Create(CultureInfo.InvariantCulture, $"Things left out because they are somebody else’s, or because giving them could cause somebody serious harm: {given.LeftOut}. The law asks the council to do that (Data Protection Act 2018, Schedules 2 and 3).");

    private static string StoryOf(AccessGiven given, Func<StoredFile, string> nameOf)
    {
        static string Text(string text) => WebUtility.HtmlEncode(text);
        var here = given.Items.Select(i => i.Item).ToHashSet();
        var under = given.Items.Where(i => i.Of is not null && here.Contains(i.Of)).ToLookup(i => i.Of!);
        var page = new StringBuilder($$"""
            <!DOCTYPE html>
            <html lang="en-GB">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>What is held about {{Text(given.Child)}}</title>
            <style>
            body { font: 1.1rem/1.5 Arial, sans-serif; max-width: 42rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
            blockquote { margin: .5rem 0; padding: .5rem 1rem; border-left: .4rem solid #1d70b8; white-space: pre-wrap; }
            .thinks { padding: .5rem 1rem; border: 2px dashed #505a5f; white-space: pre-wrap; }
            .under { margin-left: 1.5rem; }
            article { break-inside: avoid; border-top: 1px solid #b1b4b6; padding: .5rem 0; }
            img { max-width: 100%; }
            dt { font-weight: bold; } dd { margin: 0 0 .5rem; white-space: pre-wrap; }
            </style></head>
            <body><main>
            <h1>What is held about {{Text(given.Child)}}</h1>
            <p>{{Text(given.Council)}} keeps this in the Children’s Information Portal. You asked on {{Day(given.ReceivedOn)}}. This was made on {{Day(given.MadeOn)}}.</p>
            <p>Words that somebody said are shown exactly as they were said, with a line beside them. What a worker <em>thinks</em> is in a box of its own: it is not what anybody said.</p>
            <p>{{Text(LeftOutOf(given))}}</p>

            """);
        foreach (var section in given.Items.Where(i => i.Of is null || !here.Contains(i.Of)).GroupBy(i => i.Kind))
        {
            page.Append(CultureInfo.InvariantCulture, $"<section><h2>{Text(section.Key)}</h2>\n");
            foreach (var item in section.OrderBy(i => i.On ?? DateOnly.MinValue).ThenBy(i => i.Item, StringComparer.Ordinal)) Item(item, 3);
            page.Append("</section>\n");
        }

        if (given.Looks is { } looks)
        {
            page.Append("<section><h2>Who has looked</h2>\n<ul>\n");
            foreach (var look in looks) page.Append(CultureInfo.InvariantCulture, $"<li>{Day(look.On)}: {Text(look.Who)}. {Text(look.Did)}.</li>\n");
            page.Append("</ul></section>\n");
        }

        return page.Append("</main></body>\n</html>\n").ToString();

        void Item(HeldItem item, int level)
        {
            page.Append(CultureInfo.InvariantCulture, $"<article{(level > 3 ? " class=\"under\"" : "")}><h{level}>{(level > 3 ? Text(item.Kind) + (item.On is null ? "" : ", ") : "")}{(item.On is { } on ? Day(on) : level > 3 ? "" : Text(item.Kind))}</h{level}>\n");
            foreach (var line in item.Lines.Where(l => l.Voice == HeldVoice.OwnWords)) page.Append(CultureInfo.InvariantCulture, $"<p>{Text(line.Label)}:</p><blockquote>{Text(line.Text)}</blockquote>\n");
            var thinks = item.Lines.Where(l => l.Voice == HeldVoice.Interpretation).ToList();
            if (thinks.Count > 0) page.Append(CultureInfo.InvariantCulture, $"<div class=\"thinks\"><strong>What a worker thinks</strong>\n{string.Join("\n", thinks.Select(l => $"{Text(l.Label)}: {Text(l.Text)}"))}</div>\n");
            var facts = item.Lines.Where(l => l.Voice == HeldVoice.Fact).ToList();
            if (facts.Count > 0) page.Append(CultureInfo.InvariantCulture, $"<dl>{string.Concat(facts.Select(l => $"<dt>{Text(l.Label)}</dt><dd>{Text(l.Text)}</dd>"))}</dl>\n");
            foreach (var file in item.Files)
            {
                page.Append(file.ContentType.StartsWith("image/", StringComparison.Ordinal) ? $"<p><img src=\"{nameOf(file)}\" alt=\"A picture that is kept here\"></p>\n" : $"<p><a href=\"{nameOf(file)}\">Recording: {nameOf(file)}</a></p>\n");
            }

            foreach (var more in under[item.Item].OrderBy(i => i.On ?? DateOnly.MinValue).ThenBy(i => i.Item, StringComparer.Ordinal)) Item(more, Math.Min(level + 1, 6));
            page.Append("</article>\n");
        }
    }

    private static string EndingOf(string contentType) => contentType.Split(';')[0] switch
    {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/webp" => ".webp",
        "audio/webm" or "video/webm" => ".webm",
        "audio/mp4" or "video/mp4" => ".m4a",
        "audio/ogg" => ".ogg",
        "audio/wav" or "audio/x-wav" => ".wav",
        "audio/mpeg" => ".mp3",
        "application/pdf" => ".pdf",
        _ => ".bin",
    };

    private static string Day(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
