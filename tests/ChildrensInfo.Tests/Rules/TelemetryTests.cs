using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>Figures and traces are off until asked for, and tell of nobody.</summary>
public partial class TelemetryTests(TestSite site)
{
    private const string Token = "a token of a test, longer than thirty-two";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Figures_are_nowhere_until_a_token_is_set_and_open_to_nobody_without_it()
    {
        using var usual = new HttpClient { BaseAddress = site.Address };
        Assert.Equal(HttpStatusCode.NotFound, (await FiguresAsync(usual, Token)).Status);

        var (address, stop) = site.StartAnother("Telemetry:MetricsToken", Token);
        await using (stop)
        {
            using var client = new HttpClient { BaseAddress = address };
            Assert.Equal(HttpStatusCode.NotFound, (await FiguresAsync(client, null)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await FiguresAsync(client, Token[1..])).Status);
            var world = await World.CreateAsync(site);
            var child = await world.AddChildAsync(world.Practitioner);
            using var practitioner = new TestClient(address, site.CookieFor(world.Practitioner));
            await practitioner.PageAsync($"/hear/{child.Id}");

            var (status, figures) = await FiguresAsync(client, Token);

            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains("portal_acts_total{", figures, StringComparison.Ordinal);
            Assert.Contains("action=\"child.read\"", figures, StringComparison.Ordinal);
            Assert.Contains("http_route=\"hear/{childId:guid}\"", figures, StringComparison.OrdinalIgnoreCase);
            AssertTellsOfNobody(figures, world);
        }
    }

    [Fact]
    public async Task Traces_say_which_page_and_never_whose()
    {
        await using var collector = await Collector.StartAsync();
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        var (address, stop) = site.StartAnother("Telemetry:OtlpEndpoint", collector.Address);
        await using (stop)
        {
            using var practitioner = new TestClient(address, site.CookieFor(world.Practitioner));
            await practitioner.PageAsync($"/hear/{child.Id}?after=1&who=somebody");
        }

        // A site that stops sends what is left; the factory does not wait for the last of it.
        var traces = await collector.UntilSentAsync("/v1/traces", "hear/{childId:guid}");
        Assert.Contains("postgresql", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("somebody", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("app_asks", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("select", traces, StringComparison.OrdinalIgnoreCase);
        AssertTellsOfNobody(traces, world);
        AssertTellsOfNobody(await collector.UntilSentAsync("/v1/metrics", "portal.acts"), world);
    }

    [Fact]
    public async Task Jobs_and_the_sealing_of_the_log_are_measured_under_the_names_that_the_runbook_has()
    {
        var measured = new ConcurrentQueue<(string Name, double Value, string Tags)>();
        var names = new ConcurrentBag<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name != PortalMeter.Name) return;
                names.Add(instrument.Name);
                listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}")))));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, "")));
        RuntimeHelpers.RunClassConstructor(typeof(PortalMeter).TypeHandle);
        listener.Start();
        var runbook = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/runbook.md"), Cancel);
        runbook = runbook[runbook.IndexOf("| Figure |", StringComparison.Ordinal)..runbook.IndexOf("## Alarms", StringComparison.Ordinal)];
        Assert.Equal(Metric().Matches(runbook).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal), names.Distinct().Order(StringComparer.Ordinal));

        // A job about nothing there is: how it ends does not matter, only that it is measured.
        var world = await World.CreateAsync(site);
        using (var asking = site.As(world.Whole))
        {
            asking.Db.Add(new Job { AuthorityId = world.Authority.Id, Kind = JobKind.BuildAccessPack, SubjectId = Guid.CreateVersion7(), RequestedById = world.InformationGovernance.Id, RequestedAt = DateTime.UtcNow });
            await asking.Db.SaveChangesAsync(Cancel);
        }

        var began = DateTimeOffset.UtcNow.AddSeconds(-1).ToUnixTimeSeconds();
        for (var i = 0; i < 300 && !(measured.Any(IsJob) && measured.Any(IsSeal)); i++) await Task.Delay(100, Cancel);
        Assert.Contains(measured, m => IsJob(m));
        Assert.Contains(measured, m => IsSeal(m));

        static bool IsJob((string Name, double Value, string Tags) m) => m.Name == "portal.job.duration" && m.Value >= 0 && m.Tags is "kind=BuildAccessPack outcome=Failed" or "kind=BuildAccessPack outcome=Done";
        bool IsSeal((string Name, double Value, string Tags) m) => m.Name == "portal.audit.looked_at" && m.Value >= began;
    }

    private static void AssertTellsOfNobody(string sent, World world)
    {
        Assert.NotEmpty(sent);
        // service.instance.id, which the library makes up at each start, is the one number of this form.
        var numbers = Guids().Matches(sent).Select(m => m.Value).Distinct().ToList();
        Assert.True(numbers.Count <= 1, string.Join(", ", numbers));
        foreach (var told in new[] { world.Practitioner.Id.ToString(), world.Authority.Id.ToString(), world.Practitioner.Email!, world.Practitioner.DisplayName, "Sorrel", "Thistlebrook", world.Authority.Name })
        {
            Assert.DoesNotContain(told, sent, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static async Task<(HttpStatusCode Status, string Body)> FiguresAsync(HttpClient client, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.SendAsync(request, Cancel);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }

    [GeneratedRegex(@"^\| `(portal\.[a-z_.]+)`", RegexOptions.Multiline)]
    private static partial Regex Metric();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.IgnoreCase)]
    private static partial Regex Guids();

    /// <summary>Keeps what a site sends to a collector of OpenTelemetry; texts stand in the bytes as they are.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Text)> sent = [];

        public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        /// <summary>All that came to a path, once the text is among it.</summary>
        public async Task<string> UntilSentAsync(string path, string text)
        {
            var patience = Stopwatch.StartNew();
            while (true)
            {
                var all = string.Concat(sent.Where(s => s.Path == path).Select(s => s.Text));
                if (all.Contains(text, StringComparison.OrdinalIgnoreCase)) return all;
                Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), $"{text} did not come to {path}; {all.Length} characters did");
                await Task.Delay(20, Cancel);
            }
        }

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
            var app = builder.Build();
            var collector = new Collector(app);
            app.MapPost("/{**path}", async (Microsoft.AspNetCore.Http.HttpRequest request) =>
            {
                using var bytes = new MemoryStream();
                await request.Body.CopyToAsync(bytes);
                collector.sent.Enqueue((request.Path, Encoding.Latin1.GetString(bytes.ToArray())));
            });
            await app.StartAsync(Cancel);
            return collector;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
