using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>What a request may look like at all, and what every answer carries, whatever is asked.</summary>
public partial class EdgeTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/account/signin", 200)]
    [InlineData("/privacy", 200)]
    [InlineData("/nothing/here", 404)]
    [InlineData("/problem/500", 500)]
    [InlineData("/lib/site.css", 200)]
    [InlineData("/health/live", 200)]
    [InlineData("/health/ready", 200)]
    [InlineData("/hear", 302)]
    [InlineData("/offline", 200)]
    public async Task Every_kind_of_answer_carries_the_security_headers(string path, int status)
    {
        using var client = site.ClientFor(null);
        client.Http.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");
        var response = await client.GetAsync(path);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        string Header(string name) => string.Join(", ", response.Headers.TryGetValues(name, out var values) ? values : []);
        var policy = Header("Content-Security-Policy");
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("base-uri 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.EndsWith("report-to policy; report-uri /policy-reports", policy);
        Assert.Equal("policy=\"/policy-reports\"", Header("Reporting-Endpoints"));
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header("Referrer-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Resource-Policy"));
        Assert.StartsWith(path == "/offline" ? "microphone=(self), camera=()" : "microphone=(), camera=()", Header("Permissions-Policy"));
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("X-Powered-By"));
        if (!path.StartsWith("/lib", StringComparison.Ordinal)) Assert.Contains("no-store", Header("Cache-Control"));
        if (response.Content.Headers.ContentType is { MediaType: "text/plain" or "text/html" } text) Assert.Equal("utf-8", text.CharSet);
        else Assert.False(path.StartsWith("/health", StringComparison.Ordinal), "It says what it is.");
    }

    [Fact]
    public async Task What_a_browser_was_kept_from_is_counted_by_its_rule_and_nothing_else_is_taken()
    {
        var counted = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var listener = new System.Diagnostics.Metrics.MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Name == "portal.policy.broken") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => { foreach (var tag in tags) counted.Enqueue($"{tag.Key}={tag.Value}"); });
        listener.Start();
        using var client = site.ClientFor(null);
        async Task<HttpStatusCode> SendAsync(string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/reports+json");
            using var answer = await client.Http.PostAsync("/policy-reports", content, Cancel);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("""[{"type":"csp-violation","body":{"effectiveDirective":"script-src-elem","documentURL":"https://portal.example/hear/1"}},{"type":"deprecation"},{"type":"csp-violation","body":{"effectiveDirective":"Sorrel"}}]"""));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("""{"csp-report":{"effective-directive":"img-src"}}"""));
        Assert.Equal(["rule=script-src-elem", "rule=other", "rule=img-src"], counted);
        foreach (var bad in new[] { "", "{", "7", "[7]", "[{}]", "{}", "null", """{"csp-report":7}""", """[{"type":7}]""", """{"csp-report":{"effective-directive":"img-src","effective-directive":"font-src"}}""", new string('[', 9_000) }) Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(bad));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SendAsync(new string(' ', 20_000)));
        Assert.Equal(3, counted.Count);
        var last = HttpStatusCode.OK;
        for (var i = 0; i <= ChildrensInfo.Web.PolicyReports.AMinute && last != HttpStatusCode.TooManyRequests; i++) last = await SendAsync("[]");
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    /// <summary>A page has a handful of them: one that renewed the sign-in would be fetched anew with every page, and asked of the database each time.</summary>
    [Fact]
    public async Task A_file_of_the_site_is_kept_by_the_browser_and_renews_nobodys_sign_in()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Practitioner);
        using (var page = await client.GetAsync("/hear")) Assert.True(page.Headers.Contains("Set-Cookie"));
        foreach (var path in new[] { "/lib/site.css", "/lib/site.js", "/lib/offline/service-worker.js" })
        {
            using var whole = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
            Assert.False(whole.Headers.Contains("Set-Cookie"));
            Assert.False(whole.Headers.CacheControl!.NoStore);
            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(whole.Headers.ETag!);
            using var same = await client.Http.SendAsync(again, Cancel);
            Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        }
    }

    /// <summary>Where the connection is poor, what keeps the words that are typed must not wait for one file to name the next.</summary>
    [Fact]
    public async Task Scripts_of_a_page_are_few_and_named_no_deeper_than_by_the_first()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Practitioner);
        var first = Source().Matches(await client.Http.GetStringAsync("/hear", Cancel)).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(["/lib/enhance", "/lib/site"], first.Select(f => f[..f.IndexOf('.', StringComparison.Ordinal)]));
        var (asked, last) = (first.ToHashSet(), first);
        for (var depth = 0; depth < 2; depth++)
        {
            var next = new List<string>();
            foreach (var script in last) next.AddRange(Import().Matches(await client.Http.GetStringAsync(script, Cancel)).Select(m => new Uri(new Uri(site.Address, script), m.Groups[1].Value).AbsolutePath));
            last = [.. next.Where(asked.Add)];
            if (depth == 0) Assert.NotEmpty(last);
        }

        Assert.Empty(last);
        Assert.InRange(asked.Count, 3, 5);
    }

    [Theory]
    [InlineData("TRACE", "/account/signin")]
    [InlineData("OPTIONS", "/account/signin")]
    [InlineData("DELETE", "/account/signin")]
    [InlineData("PATCH", "/account/signin")]
    [InlineData("FOO", "/account/signin")]
    [InlineData("PUT", "/account/signin")]
    [InlineData("POST", "/privacy")]
    public async Task Another_method_is_refused_in_plain_words(string method, string path)
    {
        using var client = site.ClientFor(null);
        var response = await client.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancel);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Contains("not possible here", (await TestClient.ParseAsync(response)).QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task An_address_that_is_not_there_says_so_to_whoever_is_signed_in()
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.Researcher);
        foreach (var path in new[] { "/nothing/here", "/hear/not-a-child", "/use/projects/x.css", "/.git/config", "/appsettings.json", "/privacy/x.css" })
        {
            var response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Contains("Page not found", (await TestClient.ParseAsync(response)).QuerySelector("h1")!.TextContent);
            Assert.Contains("default-src 'none'", string.Join("", response.Headers.GetValues("Content-Security-Policy")));
        }
    }

    /// <summary>Each is one request for us and may be two for a proxy before us, or the other way round.</summary>
    [Theory]
    [InlineData("X-A: b\r\n", 200)]
    [InlineData("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG", 400)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400)]
    [InlineData("X-A: b\nX-B: c\r\n", 400)]
    [InlineData("X-A : b\r\n", 400)]
    [InlineData("X-A: b\r\n c\r\n", 400)]
    [InlineData("Host: elsewhere.example\r\n", 400)]
    public async Task A_request_that_ends_elsewhere_for_somebody_else_is_refused(string rest, int status)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(site.Address.Host, site.Address.Port, Cancel);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /account/signin HTTP/1.1\r\nHost: {site.Address.Authority}\r\nConnection: close\r\n{rest}\r\n"), Cancel);
        using var answer = new StreamReader(stream);
        Assert.StartsWith($"HTTP/1.1 {status} ", await answer.ReadLineAsync(Cancel));
    }

    [Fact]
    public async Task Two_hundred_who_send_slowly_are_ended_and_nobody_waits_for_them()
    {
        var limits = site.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.True(limits.RequestHeadersTimeout <= TimeSpan.FromSeconds(30) && limits.MinRequestBodyDataRate is { BytesPerSecond: >= 240 } rate && rate.GracePeriod <= TimeSpan.FromSeconds(5));
        // The same site, which waits for the head of a request as long as for its rest.
        var (address, stop) = site.StartAnother(new Dictionary<string, string>(), replace: services => services.Configure<KestrelServerOptions>(k => k.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5)));
        await using var stopping = stop;
        var world = await World.CreateAsync(site);
        using var client = new TestClient(address, site.CookieFor(world.Practitioner));
        await client.PageAsync("/hear");
        async Task<TcpClient> BeginAsync(string begun)
        {
            var socket = new TcpClient();
            await socket.ConnectAsync(address.Host, address.Port, Cancel);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(begun.Replace("{host}", address.Authority, StringComparison.Ordinal)), Cancel);
            return socket;
        }

        // A byte now and then, so that the line is never silent.
        static async Task<string> GoOnAsync(TcpClient socket)
        {
            using var line = socket;
            var stream = socket.GetStream();
            var answer = new byte[15];
            var ended = stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, Cancel).AsTask();
            try
            {
                while (await Task.WhenAny(ended, Task.Delay(500, Cancel)) != ended) await stream.WriteAsync("a"u8.ToArray(), Cancel);
                return Encoding.ASCII.GetString(answer, 0, await ended);
            }
            catch (IOException)
            {
                // Ended by the site, which does not wait until its answer was read.
                return "";
            }
        }

        const string Head = "GET /account/signin HTTP/1.1\r\nHost: {host}\r\nX-A: ";
        const string Body = "POST /account/signin HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20000\r\n\r\nInput.Email=";
        var begun = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => BeginAsync(i % 2 == 0 ? Head : Body)));
        var slow = begun.Select(GoOnAsync).ToList();
        for (var i = 0; i < 5; i++) await client.PageAsync("/hear");
        Assert.Contains(slow, s => !s.IsCompleted);
        var answers = await Task.WhenAll(slow).WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        Assert.All(answers, a => Assert.Contains(a, new[] { "HTTP/1.1 408 Re", "HTTP/1.1 400 Ba", "" }));
        Assert.Contains("HTTP/1.1 408 Re", answers);
        await client.PageAsync("/hear");
    }

    [Fact]
    public async Task Another_host_name_is_refused()
    {
        using var client = site.ClientFor(null);
        var response = await client.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/hear") { Headers = { Host = "evil.example" } }, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused_in_plain_words()
    {
        using var client = site.ClientFor(null);
        var response = await client.Http.PostAsync("/account/signin", new FormUrlEncodedContent([new("Input.Email", "a@b.example"), new("Code", "x")]), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("send that again", (await TestClient.ParseAsync(response)).QuerySelector("h1")!.TextContent);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_and_the_site_stays_up()
    {
        using var client = site.ClientFor(null);
        // Whether it says how long it is or not.
        foreach (var isSaid in new[] { true, false })
        {
            using var large = new HttpRequestMessage(HttpMethod.Post, "/account/signin") { Content = new ByteArrayContent(new byte[40_000_000]) };
            large.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
            large.Headers.TransferEncodingChunked = !isSaid;
            try
            {
                using var response = await client.Http.SendAsync(large, Cancel);
                Assert.True(response.StatusCode is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.BadRequest, response.StatusCode.ToString());
            }
            catch (HttpRequestException)
            {
                // The server may close the connection while the rest is still being sent.
            }
        }

        using var fields = new FormUrlEncodedContent(Enumerable.Range(0, 10_000).Select(i => KeyValuePair.Create($"a{i}", "b")));
        using var parts = new MultipartFormDataContent();
        for (var i = 0; i < 10_000; i++) parts.Add(new StringContent("b"), $"a{i}");
        foreach (var many in new HttpContent[] { fields, parts })
        {
            using var response = await client.Http.PostAsync("/account/signin", many, Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task It_says_that_it_is_not_ready_while_its_database_does_not_answer_and_that_it_is_once_it_does()
    {
        var (database, _, superuser) = await site.NewDatabaseAsync(Cancel);
        var (address, stop) = site.StartAnother("ConnectionStrings:Portal", database);
        await using var stopping = stop;
        using var client = new HttpClient { BaseAddress = address };
        await SaysAsync(HttpStatusCode.OK);
        await SetAsync("false");
        await SaysAsync(HttpStatusCode.ServiceUnavailable);
        // It runs all the same: nobody is to start it anew for that.
        using (var live = await client.GetAsync("/health/live", Cancel)) Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        await SetAsync("true");
        await SaysAsync(HttpStatusCode.OK);

        async Task SaysAsync(HttpStatusCode status)
        {
            using var answer = await client.GetAsync("/health/ready", Cancel);
            Assert.Equal(status, answer.StatusCode);
        }

        async Task SetAsync(string answers)
        {
            var name = new NpgsqlConnectionStringBuilder(superuser).Database!;
            await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
            await connection.OpenAsync(Cancel);
            await using var batch = connection.CreateBatch();
            batch.BatchCommands.Add(new($"alter database \"{name}\" allow_connections {answers}"));
            batch.BatchCommands.Add(new($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"));
            await batch.ExecuteNonQueryAsync(Cancel);
        }
    }

    [Fact]
    public async Task A_line_of_the_log_cannot_be_forged_by_what_somebody_sends()
    {
        var sign = $"forged-{Guid.NewGuid():N}";
        var sent = $"{sign}\r\n{{\"@t\":\"2026-01-02T03:04:05Z\",\"@mt\":\"Signed in as somebody else\"}}\u2028\u001b[2J";
        site.Services.GetRequiredService<ILoggerFactory>().CreateLogger<EdgeTests>().Log(LogLevel.Error, default, sent, new InvalidOperationException(sent), (state, _) => state);
        List<string> lines = [];
        for (var i = 0; i < 100 && lines.Count == 0; i++)
        {
            if (i > 0) await Task.Delay(100, Cancel);
            foreach (var path in Directory.EnumerateFiles(site.LogFolder, "*", SearchOption.AllDirectories))
            {
                using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
                lines.AddRange((await reader.ReadToEndAsync(Cancel)).Split('\n').Where(l => l.Contains(sign, StringComparison.Ordinal) || l.TrimStart().StartsWith("{\"@t\":\"2026-01-02", StringComparison.Ordinal)));
            }
        }

        // One line, which reads back as what was sent.
        var line = Assert.Single(lines);
        Assert.DoesNotContain('\u001b', line);
        using var read = JsonDocument.Parse(line);
        Assert.Equal(sent, read.RootElement.GetProperty("State").GetString());
    }

    [Fact]
    public async Task Text_that_cannot_be_kept_is_refused_without_a_fault()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        using var client = site.ClientFor(world.Practitioner);
        var page = await client.PageAsync($"/hear/{child.Id}/people");
        var response = await client.SubmitAsync(page, $"/hear/{child.Id}/people", new Dictionary<string, string?> { ["Input.Name"] = "Mar\0igold", ["Input.Kind"] = "Mother", ["Input.HoldsParentalResponsibility"] = "true" });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("send that again", (await TestClient.ParseAsync(response)).QuerySelector("h1")!.TextContent);

        // Half a surrogate pair can only come in an encoding of 16 bits.
        using var multipart = new MultipartFormDataContent();
        foreach (var (name, value) in new[] { ("__RequestVerificationToken", page.QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value")!), ("Input.Id", Guid.NewGuid().ToString()), ("Input.Kind", "Mother"), ("Input.HoldsParentalResponsibility", "true") })
        {
            multipart.Add(new StringContent(value), name);
        }

        var lone = new ByteArrayContent([.. Encoding.Unicode.GetBytes("Mari"), 0x00, 0xD8, .. Encoding.Unicode.GetBytes("gold")]);
        lone.Headers.TryAddWithoutValidation("Content-Type", "text/plain; charset=utf-16");
        multipart.Add(lone, "Input.Name");
        Assert.True((int)(await client.Http.PostAsync($"/hear/{child.Id}/people", multipart, Cancel)).StatusCode < 500);
    }

    [Theory]
    [InlineData("plain", true)]
    [InlineData("", true)]
    [InlineData("Ŵyn 🦔 👩🏽‍🦽 \uFFFF", true)]
    [InlineData("a\0b", false)]
    public void Clean_text(string text, bool clean) => Assert.Equal(clean, CleanTextBinder.IsClean(text));

    [Fact]
    public void Half_a_surrogate_pair_is_no_text()
    {
        Assert.False(CleanTextBinder.IsClean("a" + (char)0xD83E));
        Assert.False(CleanTextBinder.IsClean((char)0xD83E + "a"));
        Assert.False(CleanTextBinder.IsClean((char)0xDD94 + "a"));
        Assert.False(CleanTextBinder.IsClean("🦔" + (char)0xDD94));
    }

    [GeneratedRegex("<script[^>]* src=\"([^\"]+)\"")]
    private static partial Regex Source();

    [GeneratedRegex("(?:from|import) ?[\"']([./][^\"']+)[\"']")]
    private static partial Regex Import();
}
