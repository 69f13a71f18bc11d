using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ChildrensInfo.Core.Shared;
using Microsoft.Extensions.Configuration;

namespace ChildrensInfo.Core.Voice;

/// <summary>One council's own machine that turns speech into writing.</summary>
/// <param name="Address">The full address that recordings are sent to.</param>
/// <param name="Model">What it is asked for.</param>
/// <param name="Engine">What readers are told drafted the text: the machine and its version.</param>
public sealed record TranscriberSettings(Uri Address, string Model, string Engine, string ResponseFormat, string? ApiKey, TimeSpan Timeout)
{
    /// <summary>Never the key.</summary>
    public override string ToString() => Engine;
}

/// <summary>
/// Which councils have a machine for it: none, unless it is set up under the council's own code, so that on a site of several councils no
/// recording can reach another one's machine.
/// </summary>
public sealed class TranscriberCatalogue
{
    public const string Section = "Transcriber";

    private readonly ConcurrentDictionary<string, TranscriberSettings> councils = new();

    public TranscriberSettings? Of(string councilCode) => councils.GetValueOrDefault(councilCode);

    public void Set(string councilCode, TranscriberSettings settings) => councils[councilCode] = settings;

    /// <exception cref="InvalidOperationException">A setting would send recordings where they must not go.</exception>
    public static TranscriberCatalogue From(IConfiguration configuration)
    {
        var catalogue = new TranscriberCatalogue();
        foreach (var council in configuration.GetSection(Section).GetChildren())
        {
            if (string.IsNullOrWhiteSpace(council["BaseUrl"])) continue;
            if (FaultOf(council) is { } fault) throw new InvalidOperationException($"Not started: {fault}");
            var model = council["Model"] is { Length: > 0 } m ? m : "whisper-1";
            catalogue.Set(council.Key, new TranscriberSettings(
                new Uri(new Uri(council["BaseUrl"]!.TrimEnd('/') + "/"), "v1/audio/transcriptions"), model, council["Engine"] is { Length: > 0 } e ? e : model,
                council["ResponseFormat"] is { Length: > 0 } f ? f : "verbose_json", council["ApiKey"], TimeSpan.FromMinutes(council.GetValue("TimeoutMinutes", 60))));
        }

        return catalogue;
    }

    /// <summary>One line for each setting that must be mended before the site may start.</summary>
    public static IEnumerable<string> FaultsOf(IConfiguration configuration) =>
        configuration.GetSection(Section).GetChildren().Where(c => !string.IsNullOrWhiteSpace(c["BaseUrl"])).Select(FaultOf).OfType<string>();

    private static string? FaultOf(IConfigurationSection council)
    {
        var key = $"{Section}__{council.Key}__";
        if (!Uri.TryCreate(council["BaseUrl"], UriKind.Absolute, out var address) || address.UserInfo.Length > 0 || address.Query.Length > 0
            || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            || (!address.IsLoopback && IPAddress.TryParse(address.DnsSafeHost, out var number) && !OutwardAddress.Is(number)))
        {
            return $"{key}BaseUrl must begin with https://, or be an http:// address of this same machine: recordings of children are sent there.";
        }

        if (council["ResponseFormat"] is { Length: > 0 } format && format is not ("json" or "verbose_json")) return $"{key}ResponseFormat must be json or verbose_json.";
        if (council["Engine"]?.Length > Transcript.EngineMaxLength || council["Model"]?.Length > Transcript.EngineMaxLength)
        {
            return $"{key}Engine and {key}Model can have up to {Transcript.EngineMaxLength} characters.";
        }

        return int.TryParse(council["TimeoutMinutes"] ?? "60", NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 1 and <= 600
            ? null
            : $"{key}TimeoutMinutes must be a number from 1 to 600.";
    }
}

public enum TranscriberFault
{
    NotReached,
    TookTooLong,

    /// <summary>It will not take what was sent: a wrong key, a wrong model, a format it cannot read.</summary>
    Refused,

    /// <summary>It broke.</summary>
    Failed,

    /// <summary>Whatever answered, it was not a transcriber: a sign-in page, a redirect, half an answer.</summary>
    NotATranscript,
    Empty,
    TooMuch,
}

/// <summary>The draft, or why there is none.</summary>
public sealed record TranscriberAnswer(string? Text, TranscriberFault? Fault);

/// <summary>Where the outside world begins: a machine that turns speech into writing.</summary>
public interface ITranscriber
{
    /// <param name="audio">Seekable; read once, as it is sent.</param>
    /// <param name="language">The tag of the language that was spoken.</param>
    Task<TranscriberAnswer> TranscribeAsync(TranscriberSettings to, Stream audio, string contentType, string language, CancellationToken cancel);
}

/// <summary>Any endpoint that speaks as OpenAI's does, such as whisper.cpp's server. It follows no redirect, keeps no cookie and logs nothing.</summary>
public sealed class OpenAiTranscriber : ITranscriber, IDisposable
{
    /// <summary>Three hours word by word, with times and probabilities.</summary>
    private const int AnswerMaxBytes = 32 * 1024 * 1024;

    /// <summary>No recording is as long: what says that it begins later says nothing.</summary>
    private const int LongestSeconds = 24 * 3600;

    // Below these Whisper itself takes a passage for a bad guess or for no speech (its settings logprob_threshold and no_speech_threshold).
    private const double UnsureBelow = -1.0;
    private const double NoSpeechAbove = 0.6;

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // A machine that was named as this one is this one; any other is off it, whatever its name leads to.
        ConnectCallback = (context, cancel) => OutwardAddress.ConnectAsync(context, context.InitialRequestMessage.RequestUri!.IsLoopback ? IPAddress.IsLoopback : OutwardAddress.Is, cancel),
    })
    { Timeout = System.Threading.Timeout.InfiniteTimeSpan };

    public async Task<TranscriberAnswer> TranscribeAsync(TranscriberSettings to, Stream audio, string contentType, string language, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(to.Timeout);
        try
        {
            using var request = Request(to, audio, contentType, language);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if ((int)response.StatusCode >= 500) return Fault(TranscriberFault.Failed);
            if (response.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest) return Fault(TranscriberFault.NotATranscript);
            if (!response.IsSuccessStatusCode) return Fault(TranscriberFault.Refused);
            using var answer = new MemoryStream();
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = await body.ReadAsync(buffer, limit.Token)) > 0)
            {
                if (answer.Length + read > AnswerMaxBytes) return Fault(TranscriberFault.TooMuch);
                answer.Write(buffer, 0, read);
            }

            return Read(answer.GetBuffer().AsMemory(0, (int)answer.Length));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Fault(TranscriberFault.TookTooLong);
        }
        catch (Exception error) when (error is HttpRequestException or IOException && !cancel.IsCancellationRequested)
        {
            return Fault(TranscriberFault.NotReached);
        }
    }

    public void Dispose() => http.Dispose();

    private static HttpRequestMessage Request(TranscriberSettings to, Stream audio, string contentType, string language)
    {
        var file = new StreamContent(audio);
        file.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        var form = new MultipartFormDataContent
        {
            { new StringContent(to.Model), "model" },
            { new StringContent(to.ResponseFormat), "response_format" },
            // The name says nothing of anybody; some servers tell the kind of sound from its end.
            { file, "file", "recording." + (contentType == "audio/mpeg" ? "mp3" : contentType[(contentType.IndexOf('/', StringComparison.Ordinal) + 1)..]) },
        };
        // Two letters, as the endpoint expects; for a language it has no such code for, it must find out by itself.
        if (language.Split('-')[0] is { Length: 2 } spoken) form.Add(new StringContent(spoken), "language");
        var request = new HttpRequestMessage(HttpMethod.Post, to.Address) { Content = form };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (to.ApiKey is { Length: > 0 } key) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }

    private static TranscriberAnswer Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, SentJson.Document);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return Fault(TranscriberFault.NotATranscript);
            var text = Segments(json.RootElement) ?? (json.RootElement.TryGetProperty("text", out var whole) && whole.ValueKind == JsonValueKind.String ? whole.GetString()! : null);
            if (text is null || !WrittenText.CanBeKept(text)) return Fault(TranscriberFault.NotATranscript);
            text = text.Trim();
            if (text.Length == 0) return Fault(TranscriberFault.Empty);
            return WrittenText.Length(text) > Transcript.TextMaxLength ? Fault(TranscriberFault.TooMuch) : new(text, null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not JSON, or text in it that is no text.
            return Fault(TranscriberFault.NotATranscript);
        }
    }

    /// <summary>A line for each passage, with where it begins when the machine says so; those it doubts itself marked as unsure. Null when the answer has no passages.</summary>
    private static string? Segments(JsonElement root)
    {
        if (!root.TryGetProperty("segments", out var segments) || segments.ValueKind != JsonValueKind.Array || segments.GetArrayLength() == 0) return null;
        var lines = new StringBuilder();
        foreach (var segment in segments.EnumerateArray())
        {
            if (segment.ValueKind != JsonValueKind.Object || !segment.TryGetProperty("text", out var said) || said.ValueKind != JsonValueKind.String) return null;
            var line = said.GetString()!.Trim().ReplaceLineEndings(" ");
            if (line.Length == 0) continue;
            if (Number(segment, "start") is >= 0 and < LongestSeconds and var start) lines.Append(TranscriptText.At((int)start)).Append(' ');
            lines.Append(Number(segment, "avg_logprob") < UnsureBelow || Number(segment, "no_speech_prob") > NoSpeechAbove ? TranscriptText.Unsure(line) : line).Append('\n');
        }

        return lines.ToString();
    }

    private static double? Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : null;

    private static TranscriberAnswer Fault(TranscriberFault fault) => new(null, fault);
}
