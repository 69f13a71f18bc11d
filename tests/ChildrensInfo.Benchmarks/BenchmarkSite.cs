using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChildrensInfo.Benchmarks;

/// <summary>The site as a process of its own, on the database of a benchmark, and the way in by password.</summary>
internal sealed partial class BenchmarkSite : IDisposable
{
    public const string SignIn = "/account/signin";

    private readonly Process process;

    private BenchmarkSite(string connection, bool isWhole)
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}");
        }

        process = Process.Start(new ProcessStartInfo("dotnet", [typeof(BenchmarkSite).Assembly.Location, "site-serve", Address.ToString(), connection, isWhole ? "whole" : "bare"]) { RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } said) Console.Error.WriteLine(said);
        };
        process.BeginOutputReadLine();
    }

    /// <param name="isWhole">False for a site that makes each line of the audit log and writes none.</param>
    public static async Task<BenchmarkSite> StartAsync(string connection, bool isWhole)
    {
        var site = new BenchmarkSite(connection, isWhole);
        if (await site.IsReadyAsync()) return site;
        site.Dispose();
        throw new InvalidOperationException("The site did not start.");
    }

    public Uri Address { get; }

    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        for (var i = 0; i < 300; i++)
        {
            try
            {
                using var answer = await http.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode) return true;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            if (process.HasExited) break;
            await Task.Delay(200);
        }

        return false;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>The site itself, in the process that the benchmark starts.</summary>
    public static async Task<int> ServeAsync(string[] args)
    {
        var (address, connection, isWhole) = (args[0], args[1], args[2] == "whole");
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = typeof(Portal).Assembly.GetName().Name, EnvironmentName = "Testing", ContentRootPath = Path.GetFullPath("src/ChildrensInfo.Web") });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = address,
            ["Keys:CertificatePath"] = BenchmarkPortal.CertificatePath,
            ["Keys:CookieKeysFolder"] = Path.Combine(BenchmarkPortal.Folder, "cookies"),
            ["Serilog:MinimumLevel:Default"] = "Warning",
        });
        builder.AddPortalLogging();
        builder.AddPortal(connection);
        if (!isWhole) builder.Services.ConfigureDbContext<AppDbContext>(options => options.AddInterceptors(new WithoutAudit()));
        var app = builder.Build();
        app.UsePortal();
        await app.RunAsync();
        return 0;
    }

    /// <summary>As a browser asks: it keeps what it is given, and follows nothing by itself.</summary>
    public static HttpClient Browser(Uri address) => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>What somebody with the demo password sends to sign in.</summary>
    public static async Task<FormUrlEncodedContent> SignInFormAsync(HttpClient browser, string email)
    {
        using var page = await browser.GetAsync(SignIn);
        var fields = Served(await page.Content.ReadAsStringAsync());
        (fields["Input.Email"], fields["Input.Password"]) = (email, DemoData.Password);
        return new(fields);
    }

    /// <summary>What the page's first form was served with, as a browser would send it back; there are no lists among what is asked here.</summary>
    public static Dictionary<string, string> Served(string page)
    {
        var form = Form().Match(page, Math.Max(0, page.IndexOf("<main", StringComparison.Ordinal))).Value;
        var fields = new Dictionary<string, string>();
        foreach (Match input in Input().Matches(form))
        {
            if (Attribute(input.Value, "type") is "checkbox" or "radio" && !input.Value.Contains("checked=", StringComparison.Ordinal)) continue;
            fields[Attribute(input.Value, "name")] = WebUtility.HtmlDecode(Attribute(input.Value, "value"));
        }

        return fields;
    }

    private static string Attribute(string tag, string name) => Regex.Match(tag, $@"\b{name}=""([^""]*)""").Groups[1].Value;

    [GeneratedRegex(@"<form[^>]*method=""post"".*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex(@"<input[^>]*name=[^>]*>")]
    private static partial Regex Input();

    /// <summary>Lets a line of the audit log be made, and not written.</summary>
    private sealed class WithoutAudit : SaveChangesInterceptor
    {
        public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
        {
            Drop(eventData.Context!);
            return result;
        }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Drop(eventData.Context!);
            return ValueTask.FromResult(result);
        }

        private static void Drop(DbContext context)
        {
            foreach (var line in context.ChangeTracker.Entries<AuditEntry>().Where(e => e.State == EntityState.Added).ToList()) line.State = EntityState.Detached;
        }
    }
}
