using System.Net.Http.Headers;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>What most tests of hearing begin with: a practitioner, a child of theirs, and the steps of a visit.</summary>
public sealed class Hearing : IDisposable
{
    private readonly TestSite site;

    public Hearing(TestSite site, World world, Child child)
    {
        (this.site, World, Child) = (site, world, child);
        Client = site.ClientFor(world.Practitioner);
    }

    public World World { get; }

    public Child Child { get; }

    public TestClient Client { get; }

    public string ChildPage => $"/hear/{Child.Id}";

    public static async Task<Hearing> BeginAsync(TestSite site, int age = 9, string? givenName = null)
    {
        var world = await World.CreateAsync(site);
        return new(site, world, await world.AddChildAsync(world.Practitioner, age, givenName: givenName));
    }

    /// <summary>Another child of the same practitioner, or of nobody.</summary>
    public Task<Child> AnotherChildAsync(bool mine = true) => World.AddChildAsync(mine ? World.Practitioner : null);

    /// <summary>A visit today, through the page.</summary>
    public async Task<Guid> VisitAsync(Child? child = null)
    {
        using var answer = await Client.SubmitAsync($"/hear/{(child ?? Child).Id}/visits/new", new Dictionary<string, string?> { ["Input.Place"] = "Home", ["Input.SeenAlone"] = "Yes" });
        Assert.Equal(System.Net.HttpStatusCode.Redirect, answer.StatusCode);
        return Guid.Parse(answer.Headers.Location!.OriginalString.Split('/')[4]);
    }

    public string WordsPage(Guid session, VoiceKind kind = VoiceKind.TypedText, Child? child = null) => $"/hear/{(child ?? Child).Id}/visits/{session}/words/new?as={kind}";

    /// <summary>A good form of what was said.</summary>
    public static Dictionary<string, string?> Said(string? text, params (string Name, string? Value)[] instead)
    {
        var fields = new Dictionary<string, string?>
        {
            ["Input.Text"] = text,
            ["Input.Speaker"] = "Child",
            ["Input.Provenance"] = "VerbatimAtTheTime",
            ["Input.Subjects"] = "MyLife",
            ["Input.Layer"] = "Data",
            ["Input.Language"] = "en",
        };
        foreach (var (name, value) in instead) fields[name] = value;
        return fields;
    }

    public static Dictionary<string, string?> Sent(Guid fileId, long? durationMs = 4000, params (string Name, string? Value)[] instead)
    {
        return Said(null, [("Input.FileId", fileId.ToString()), ("Input.DurationMs", durationMs is null ? null : $"{durationMs}"), ("Input.Before.AnybodyElseHeard", "false"), .. instead]);
    }

    /// <summary>Records an answer about a purpose as the asking page would.</summary>
    public async Task DecideAsync(Purpose purpose, ConsentEventType decision, Child? child = null, Action<RecordConsent>? change = null)
    {
        using var scope = site.As(World.ActorOf(World.Practitioner));
        var input = new RecordConsent
        {
            Id = Guid.CreateVersion7(),
            Purpose = purpose,
            Decision = decision,
            DecidedBy = DecidedBy.ChildForSelf,
            Method = ConsentMethod.Spoken,
            RaisedByChild = true,
            Competence = CompetenceOutcome.Competent,
            CompetenceRationale = "Said back what it is for, who hears it and that no is fine.",
        };
        change?.Invoke(input);
        var outcome = await scope.Get<ConsentService>().RecordAsync((child ?? Child).Id, input, World.ActorOf(World.Practitioner), CancellationToken.None);
        Assert.True(outcome!.IsDone, outcome.Refusal?.Message);
    }

    /// <summary>Sends a piece of a drawing.</summary>
    public async Task<HttpResponseMessage> PutAsync(Guid fileId, int index, byte[] bytes, long? total = null, Guid? childId = null, string? token = null, TestClient? client = null)
    {
        client ??= Client;
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/hear/{childId ?? Child.Id}/media/{fileId}/{index}") { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        request.Headers.Add("X-Total-Length", $"{total ?? bytes.Length}");
        request.Headers.Add("RequestVerificationToken", token ?? await client.AntiforgeryTokenAsync("/hear"));
        return await client.Http.SendAsync(request);
    }

    public string Recording(Guid session, Guid fileId) => $"{ChildPage}/visits/{session}/recording/{fileId}";

    /// <summary>Sends what a recorder has since it sent last.</summary>
    public Task<HttpResponseMessage> AppendAsync(Guid session, Guid fileId, long offset, byte[] bytes, int ms = 4000, string? gaps = null, bool ended = false, string? path = null, TestClient? client = null) =>
        (client ?? Client).AppendAsync(path ?? Recording(session, fileId), offset, bytes, ms, gaps, ended);

    /// <summary>Records something in a visit, and does not seal it.</summary>
    /// <returns>The file.</returns>
    public async Task<Guid> RecordAsync(Guid session, byte[]? sound = null, string? token = null)
    {
        var fileId = Guid.CreateVersion7();
        using var recorded = await Client.RecordAsync(Recording(session, fileId), sound ?? Webm(), token);
        Assert.Equal(System.Net.HttpStatusCode.Created, recorded.StatusCode);
        return fileId;
    }

    /// <summary>Records or draws something, and seals it in a new visit.</summary>
    public async Task<(Guid FileId, Guid RecordId)> SealFileAsync(byte[] bytes, VoiceKind kind, params (string Name, string? Value)[] instead)
    {
        var visit = await VisitAsync();
        var fileId = kind == VoiceKind.Audio ? await RecordAsync(visit, bytes) : Guid.CreateVersion7();
        if (kind != VoiceKind.Audio)
        {
            using var received = await PutAsync(fileId, 0, bytes);
            Assert.Equal(System.Net.HttpStatusCode.Created, received.StatusCode);
        }

        var id = Guid.CreateVersion7();
        var fields = Sent(fileId, instead: instead);
        fields["Input.Id"] = id.ToString();
        using var answer = await Client.SubmitAsync(WordsPage(visit, kind), fields);
        Assert.Equal(ChildPage, answer.Headers.Location?.OriginalString);
        return (fileId, id);
    }

    /// <summary>A WebM file of the shape browsers write: a header, then clusters that begin at the given milliseconds, then filling.</summary>
    public static byte[] Webm(int length = 20_000, params int[] clusters)
    {
        using var file = new MemoryStream();
        file.Write([0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x86, 0x81, 0x01, 0x42, 0xF7, 0x81, 0x01, 0x42, 0xF2, 0x81, 0x04, 0x42, 0xF3, 0x81, 0x08, 0x42, 0x82, 0x84]);
        file.Write("webm"u8);
        file.Write([0x42, 0x87, 0x81, 0x04, 0x42, 0x85, 0x81, 0x02, 0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        file.Write([0x15, 0x49, 0xA9, 0x66, 0x88, 0x2A, 0xD7, 0xB1, 0x83, 0x0F, 0x42, 0x40]);
        foreach (var at in clusters.Length == 0 ? [0] : clusters)
        {
            file.Write([0x1F, 0x43, 0xB6, 0x75, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xE7, 0x84, (byte)(at >> 24), (byte)(at >> 16), (byte)(at >> 8), (byte)at]);
            var sound = new byte[Math.Max(16, (length - 100) / Math.Max(1, clusters.Length))];
            new Random(at + 7).NextBytes(sound);
            // Filling that could be read as the start of a cluster would make the test guess.
            for (var i = 0; i < sound.Length; i++) if (sound[i] == 0x1F) sound[i] = 0x20;
            file.Write(sound);
        }

        return file.ToArray();
    }

    /// <summary>The head of a WebM file in which nothing was recorded.</summary>
    public static byte[] SilentWebm() => Webm()[..60];

    /// <summary>A picture of one white dot.</summary>
    public static byte[] Png() => Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==");

    public void Dispose() => Client.Dispose();
}
