using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Keys;
using Xunit;

namespace ChildrensInfo.Tests.Support;

/// <summary>A council's server as its IT sets it up: a database, a key, one council and one practitioner, everything by command and in Production.</summary>
public sealed class ProductionServer : IDisposable
{
    public const string Email = "lea@nowhere.example";
    public const string Password = "a password of some length";

    private ProductionServer(Dictionary<string, string> settings, string superuser) => (Settings, Superuser) = (settings, superuser);

    public CommandLine Command { get; } = new();

    /// <summary>What the site and the commands are started with from here on.</summary>
    public Dictionary<string, string> Settings { get; }

    public string Superuser { get; }

    /// <param name="proxy">From which networks the site believes who asks.</param>
    public static async Task<ProductionServer> SetUpAsync(TestSite site, string proxy = "127.0.0.1")
    {
        var database = await site.NewDatabaseAsync(TestContext.Current.CancellationToken);
        var server = new ProductionServer(
            new()
            {
                ["DOTNET_ENVIRONMENT"] = "Production",
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["AllowedHosts"] = "portal.example",
                ["Proxy__Networks"] = proxy,
                ["ConnectionStrings__Portal"] = database.Site,
                ["ConnectionStrings__Migrator"] = database.Migrator,
            },
            database.Superuser);
        server.Settings["Keys__CertificatePath"] = server.Command.PathOf("keys.pfx");
        server.Settings["Keys__CookieKeysFolder"] = Directory.CreateDirectory(server.Command.PathOf("cookies")).FullName;
        server.Settings["Logs__Folder"] = server.Command.PathOf("logs");
        CertificateKeyProvider.CreateFile(server.Settings["Keys__CertificatePath"], TimeProvider.System);
        await server.DoAsync("create-authority", "--code", "977", "--name", "Nowhere Council");
        await server.DoAsync("create-user", "--authority", "977", "--email", Email, "--name", "Lea Moss", "--role", "Practitioner");
        return server;
    }

    /// <summary>A command that must succeed.</summary>
    private async Task DoAsync(params string[] arguments)
    {
        var (exit, output, error) = await CommandLine.RunHereAsync(Settings, Password, arguments);
        Assert.True(exit == 0, error + output);
    }

    public async Task<ProductionSite> StartAsync()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ChildrensInfo.Web.dll"), "--urls", $"http://127.0.0.1:{port}"]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Command.PathOf("") };
        foreach (var (name, value) in Settings) start.Environment[name] = value;
        var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var running = new ProductionSite(process, port);
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

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException("It did not start.");
    }

    public void Dispose() => Command.Dispose();
}

/// <summary>The site of such a server in another process, behind a proxy that ends TLS.</summary>
public sealed partial class ProductionSite(Process process, int port) : IAsyncDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

    /// <summary>As the proxy asks: over plain http, saying how the browser came.</summary>
    public async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, bool https, Dictionary<string, string>? fields = null, string? cookie = null, string host = "portal.example")
    {
        using var request = new HttpRequestMessage(method, path) { Content = fields is null ? null : new FormUrlEncodedContent(fields) };
        request.Headers.Host = host;
        request.Headers.Add("X-Forwarded-Proto", https ? "https" : "http");
        request.Headers.Add("X-Forwarded-For", "198.51.100.4");
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>What the practitioner types on the page of signing in, and the cookie of that form.</summary>
    public static async Task<(Dictionary<string, string> Fields, string Cookie)> FillInAsync(HttpResponseMessage page)
    {
        var token = FormToken().Match(await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Groups[1].Value;
        var form = Assert.Single(page.Headers.GetValues("Set-Cookie"), c => c.StartsWith("__Host-portal-form=", StringComparison.Ordinal));
        return (new() { ["Input.Email"] = ProductionServer.Email, ["Input.Password"] = ProductionServer.Password, ["__RequestVerificationToken"] = token }, form.Split(';')[0]);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
