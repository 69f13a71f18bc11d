using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>The site as a council runs it: another process, in Production, behind a proxy that ends TLS.</summary>
public class ProductionTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Behind_the_proxy_it_knows_people_sign_in_with_TLS_and_nobody_does_without()
    {
        await using var running = await Running.StartAsync(site, "127.0.0.1");
        using var page = await running.AskAsync(HttpMethod.Get, "/Account/SignIn", https: true);
        var html = await page.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("max-age=63072000; includeSubDomains", Assert.Single(page.Headers.GetValues("Strict-Transport-Security")));
        var form = Assert.Single(page.Headers.GetValues("Set-Cookie"), c => c.StartsWith("__Host-portal-form=", StringComparison.Ordinal));
        Assert.Contains("secure", form);

        var token = System.Text.RegularExpressions.Regex.Match(html, "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"").Groups[1].Value;
        var fields = new Dictionary<string, string> { ["Input.Email"] = "lea@nowhere.example", ["Input.Password"] = Running.Password, ["__RequestVerificationToken"] = token };
        using var signedIn = await running.AskAsync(HttpMethod.Post, "/Account/SignIn", https: true, fields, form.Split(';')[0]);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        Assert.Contains("secure", Assert.Single(signedIn.Headers.GetValues("Set-Cookie"), c => c.StartsWith("__Host-portal=", StringComparison.Ordinal)));

        using var plain = await running.AskAsync(HttpMethod.Get, "/account/signin?returnUrl=%2Fhear", https: false);
        Assert.Equal((HttpStatusCode.PermanentRedirect, "https://portal.example/account/signin?returnUrl=%2Fhear"), (plain.StatusCode, plain.Headers.Location?.OriginalString));
        using var sent = await running.AskAsync(HttpMethod.Post, "/Account/SignIn", https: false, fields, form.Split(';')[0]);
        Assert.Equal(HttpStatusCode.BadRequest, sent.StatusCode);
        Assert.False(sent.Headers.Contains("Set-Cookie"));
        using var other = await running.AskAsync(HttpMethod.Get, "/Account/SignIn", https: true, host: "evil.example");
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        using var well = await running.AskAsync(HttpMethod.Get, "/health/ready", https: false);
        Assert.Equal(HttpStatusCode.OK, well.StatusCode);
    }

    [Fact]
    public async Task Somebody_who_is_not_the_proxy_is_not_believed()
    {
        await using var running = await Running.StartAsync(site, "192.0.2.7");
        using var answer = await running.AskAsync(HttpMethod.Get, "/Account/SignIn", https: true);
        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
    }

    private sealed class Running(Process process, CommandLine command, int port) : IAsyncDisposable
    {
        public const string Password = "a password of some length";

        private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        public static async Task<Running> StartAsync(TestSite site, string proxy)
        {
            var database = await site.NewDatabaseAsync(Cancel);
            var command = new CommandLine();
            CertificateKeyProvider.CreateFile(command.PathOf("keys.pfx"), TimeProvider.System);
            var settings = new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = "Production",
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["AllowedHosts"] = "portal.example",
                ["Proxy__Networks"] = proxy,
                ["ConnectionStrings__Portal"] = database.Site,
                ["ConnectionStrings__Migrator"] = database.Migrator,
                ["Keys__CertificatePath"] = command.PathOf("keys.pfx"),
                ["Keys__CookieKeysFolder"] = Directory.CreateDirectory(command.PathOf("cookies")).FullName,
                ["Logs__Folder"] = command.PathOf("logs"),
            };
            foreach (var arguments in new[] { (string[])["create-authority", "--code", "977", "--name", "Nowhere Council"], ["create-user", "--authority", "977", "--email", "lea@nowhere.example", "--name", "Lea Moss", "--role", "Practitioner"] })
            {
                var (exit, output, error) = await command.RunAsync(settings, arguments[0] == "create-user" ? Password : "", arguments);
                Assert.True(exit == 0, error + output);
            }

            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ChildrensInfo.Web.dll"), "--urls", $"http://127.0.0.1:{port}"]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = command.PathOf("") };
            foreach (var (name, value) in settings) start.Environment[name] = value;
            var process = Process.Start(start)!;
            var said = process.StandardError.ReadToEndAsync(Cancel);
            _ = process.StandardOutput.ReadToEndAsync(Cancel);
            var running = new Running(process, command, port);
            for (var i = 0; i < 600; i++)
            {
                Assert.False(process.HasExited, process.HasExited ? await said : "");
                try
                {
                    using var well = await running.AskAsync(HttpMethod.Get, "/health/ready", https: false);
                    if (well.IsSuccessStatusCode) return running;
                }
                catch (HttpRequestException)
                {
                    // Not yet.
                }

                await Task.Delay(100, Cancel);
            }

            throw new InvalidOperationException("It did not start.");
        }

        /// <summary>As the proxy asks: over plain http, saying how the browser came.</summary>
        public async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, bool https, Dictionary<string, string>? fields = null, string? cookie = null, string host = "portal.example")
        {
            using var request = new HttpRequestMessage(method, path) { Content = fields is null ? null : new FormUrlEncodedContent(fields) };
            request.Headers.Host = host;
            request.Headers.Add("X-Forwarded-Proto", https ? "https" : "http");
            request.Headers.Add("X-Forwarded-For", "198.51.100.4");
            if (cookie is not null) request.Headers.Add("Cookie", cookie);
            return await http.SendAsync(request, Cancel);
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
            command.Dispose();
        }
    }
}
