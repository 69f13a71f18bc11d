using System.Net;
using System.Net.Sockets;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace ChildrensInfo.Tests.Support;

/// <summary>A browser without a screen: keeps cookies, fills forms as they were served, follows no redirect by itself.</summary>
public sealed class TestClient : IDisposable
{
    private readonly SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseCookies = true, CookieContainer = new CookieContainer() };

    public TestClient(Uri address, (string Name, string Value)? cookie)
    {
        if (cookie is { } held) Take(address, held);
        Http = new HttpClient(new Listener(this, handler)) { BaseAddress = address };
    }

    /// <param name="from">Speaks from another loopback address, so that limits by address can be tried.</param>
    public TestClient(Uri address, IPAddress from) : this(address, cookie: null) => handler.ConnectCallback = async (context, cancel) =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    };

    public HttpClient Http { get; }

    /// <summary>Told of every request and the bytes it was answered with.</summary>
    public Action<HttpRequestMessage, HttpResponseMessage, byte[]>? Heard { get; set; }

    /// <summary>What the browser holds for an address now.</summary>
    public IReadOnlyList<(string Name, string Value)> CookiesOf(Uri address) => [.. handler.CookieContainer.GetCookies(address).Select(c => (c.Name, c.Value))];

    /// <summary>Puts a cookie into it that another browser was given.</summary>
    public void Take(Uri address, (string Name, string Value) cookie) => handler.CookieContainer.Add(address, new Cookie(cookie.Name, cookie.Value, "/"));

    public Task<HttpResponseMessage> GetAsync(string path) => Http.GetAsync(path);

    /// <summary>The page at an address, parsed. Fails when the answer is not 200.</summary>
    public async Task<IHtmlDocument> PageAsync(string path)
    {
        using var response = await Http.GetAsync(path);
        if (response.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"GET answered {(int)response.StatusCode}, not 200.");
        return await ParseAsync(response);
    }

    public static async Task<IHtmlDocument> ParseAsync(HttpResponseMessage response)
    {
        var context = BrowsingContext.New(Configuration.Default);
        return (IHtmlDocument)await context.OpenAsync(async request => request.Content(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>
    /// Fetches the page, fills its form (hidden fields and antiforgery token as served) and sends it. A field set to null is left out. <paramref name="form"/>
    /// chooses among several forms on a page.
    /// </summary>
    public async Task<HttpResponseMessage> SubmitAsync(string path, IReadOnlyDictionary<string, string?> fields, string form = "main form[method=post]") =>
        await SubmitAsync(await PageAsync(path), path, fields, form);

    public async Task<HttpResponseMessage> SubmitAsync(IHtmlDocument page, string path, IReadOnlyDictionary<string, string?> fields, string form = "main form[method=post]")
    {
        var element = page.QuerySelector<IHtmlFormElement>(form) ?? throw new InvalidOperationException($"No form {form} on the page.");
        return await SubmitAsync(element, path, fields);
    }

    /// <summary>Sends a form of a page that was fetched before.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(IHtmlFormElement element, string path, IReadOnlyDictionary<string, string?> fields)
    {
        var values = Served(element);
        foreach (var (name, value) in fields)
        {
            values.RemoveAll(v => v.Key == name);
            if (value is not null) values.Add(new(name, value));
        }

        var action = element.GetAttribute("action") is { Length: > 0 } given ? given : path;
        return await Http.PostAsync(action, new FormUrlEncodedContent(values));
    }

    /// <summary>Sends a form that has to be accepted.</summary>
    /// <returns>Where it led.</returns>
    public async Task<string> DoneAsync(string path, string form, params (string Name, string Value)[] fields)
    {
        using var response = await SubmitAsync(path, fields.ToDictionary(f => f.Name, f => (string?)f.Value), form);
        if (response.StatusCode == HttpStatusCode.Redirect) return response.Headers.Location!.OriginalString;
        throw new InvalidOperationException($"{response.StatusCode} {form}: {(await ParseAsync(response)).QuerySelector(".govuk-error-summary")?.TextContent}");
    }

    /// <summary>Sends a form that has to be refused.</summary>
    /// <returns>What is said in the summary and beside the fields.</returns>
    public async Task<string> RefusedAsync(string path, string form, params (string Name, string Value)[] fields)
    {
        using var response = await SubmitAsync(path, fields.ToDictionary(f => f.Name, f => (string?)f.Value), form);
        if (response.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{form} was answered {(int)response.StatusCode}.");
        var page = await ParseAsync(response);
        return string.Join('\n', page.QuerySelectorAll(".govuk-error-summary, .govuk-error-message").Select(e => e.TextContent));
    }

    /// <summary>Sends a form with files, as served otherwise.</summary>
    public async Task<HttpResponseMessage> UploadAsync(string path, string field, byte[] bytes, string fileName, IReadOnlyDictionary<string, string?>? fields = null, string form = "main form[method=post]")
    {
        var element = (await PageAsync(path)).QuerySelector<IHtmlFormElement>(form) ?? throw new InvalidOperationException($"No form {form} on the page.");
        return await UploadAsync(element, path, field, bytes, fileName, fields);
    }

    /// <summary>Sends a form of a page that was fetched before, with a file.</summary>
    public async Task<HttpResponseMessage> UploadAsync(IHtmlFormElement element, string path, string field, byte[] bytes, string fileName, IReadOnlyDictionary<string, string?>? fields = null)
    {
        using var content = new MultipartFormDataContent();
        var values = Served(element);
        foreach (var (name, value) in fields ?? new Dictionary<string, string?>())
        {
            values.RemoveAll(v => v.Key == name);
            if (value is not null) values.Add(new(name, value));
        }

        foreach (var (name, value) in values) content.Add(new StringContent(value), name);
        content.Add(new ByteArrayContent(bytes), field, fileName);
        return await Http.PostAsync(element.GetAttribute("action") is { Length: > 0 } given ? given : path, content);
    }

    /// <summary>A token that this client may post with.</summary>
    public async Task<string> AntiforgeryTokenAsync(string path) =>
        (await PageAsync(path)).QuerySelector<IHtmlInputElement>("input[name=__RequestVerificationToken]")!.Value;

    public void Dispose()
    {
        Http.Dispose();
        handler.Dispose();
    }

    private sealed class Listener(TestClient client, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (client.Heard is not { } heard) return response;
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            heard(request, response, await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return response;
        }
    }

    private static List<KeyValuePair<string, string>> Served(IHtmlFormElement form)
    {
        var values = new List<KeyValuePair<string, string>>();
        foreach (var control in form.Elements)
        {
            switch (control)
            {
                case IHtmlInputElement { Type: "checkbox" or "radio", IsChecked: false }:
                case IHtmlInputElement { Type: "file" or "submit" or "button" }:
                    break;
                case IHtmlInputElement { Name.Length: > 0 } input:
                    values.Add(new(input.Name!, input.Value));
                    break;
                case IHtmlTextAreaElement { Name.Length: > 0 } area:
                    values.Add(new(area.Name!, area.Value));
                    break;
                case IHtmlSelectElement { Name.Length: > 0 } select:
                    values.Add(new(select.Name!, select.Value ?? ""));
                    break;
            }
        }

        return values;
    }
}
