using System.Globalization;
using System.Net;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Xunit;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>
/// How soon the page for visits can be used without a connection, and how fast what was sealed goes, beside a plain upload of as many bytes by the same browser over the same line to a server that throws
/// them away. It takes minutes and wants the machine for itself, so it runs only when it is named: <c>./test '*OfflineThroughput'</c>; VISITS and MEGABITS, 0 for no line at all, change what is sent.
/// </summary>
public class OfflineThroughput(TestSite site, Browser browser)
{
    private const int Recording = 2 * 1024 * 1024;

    /// <summary>As much of a plain upload as sending reaches, whatever the line.</summary>
    private const double PlainAtLeast = 0.7;

    private const double UsableWithinMs = 2_000;

    [Fact]
    public async Task The_page_can_be_used_within_two_seconds_without_a_connection()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await OfflineVisits.BeginVisitAsync(visitor, hearing);
        for (var time = 0; time < 3; time++)
        {
            await page.ReloadAsync();
            var locked = await page.EvaluateAsync<double>(Shown("lock", "performance.now()"));
            var opened = await page.EvaluateAsync<double>($"() => {{ const from = performance.now(); document.querySelector('#pin').value = '{OfflineVisits.Pin}'; document.querySelector('[data-form=unlock]').requestSubmit(); return {Shown("home", "performance.now() - from")}; }}");
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"There after {locked:F0} ms, open {opened:F0} ms after the PIN"));
            Assert.True(locked + opened < UsableWithinMs, $"It took {locked:F0} ms and {opened:F0} ms.");
        }

        static string Shown(string screen, string says) => $"new Promise(done => {{ const look = () => document.querySelector('[data-screen={screen}]')?.checkVisibility() ? done({says}) : setTimeout(look, 5); look(); }})";
    }

    [Fact]
    public async Task Sending_is_held_up_by_the_line_and_not_by_the_page_or_the_site()
    {
        var visits = int.Parse(Environment.GetEnvironmentVariable("VISITS") ?? "50", CultureInfo.InvariantCulture);
        var megabits = (Environment.GetEnvironmentVariable("MEGABITS") ?? "10 50").Split(' ').Select(m => int.Parse(m, CultureInfo.InvariantCulture));
        await using var sink = await SinkAsync();
        var says = TestContext.Current.TestOutputHelper!;
        var slow = new List<int>();
        says.WriteLine("Mbit/s |  MB | Plain s | Sending s | Plain / sending | of it s: pieces | items | on the device");
        foreach (var line in megabits)
        {
            using var hearing = await Hearing.BeginAsync(site, age: 16);
            await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
            await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
            var page = visitor.Page;
            await OfflineSchedules.OpenAsync(page, hearing, isNew: true);
            await page.EvaluateAsync("async () => window.store.keepCouncil((await (await fetch('/hear/offline/token')).json()).council)");
            var random = new Random(1);
            for (var i = 0; i < visits; i++)
            {
                var (visit, record, file) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
                await OfflineSchedules.SealAsync(page, "Visit", new { id = visit, childId = hearing.Child.Id, visit = new { id = visit, occurredOn = "2026-01-05", place = "Home", seenAlone = "Yes" } });
                await OfflineSchedules.RecordAsync(page, file, Recording, random);
                await OfflineSchedules.SealAsync(page, "Record", new { id = record, childId = hearing.Child.Id, sessionId = visit, record = OfflineSchedules.Said(record, "Audio", null, file, 4000) }, recording: file);
            }

            await using var other = await browser.OpenAsync(site, null);
            await other.Page.GotoAsync(sink.Urls.Single());
            var plain = await TimedAsync(other.Page, line, "async () => { await fetch('/', { method: 'PUT', body: crypto.getRandomValues(new Uint8Array(65536)).buffer }); const start = performance.now(); for (let i = 0; i < VISITS; i++) await fetch('/', { method: 'PUT', body: new Uint8Array(SIZE) }); return (performance.now() - start) / 1000; }"
                .Replace("VISITS", $"{visits}", StringComparison.Ordinal).Replace("SIZE", $"{Recording}", StringComparison.Ordinal));
            var sending = await TimedAsync(page, line, "async () => { const start = performance.now(); await window.outbox.sync(window.store, { now: true }); return (performance.now() - start) / 1000; }");
            var pieces = await AskedAsync(page, "/offline-media/");
            var items = await AskedAsync(page, "/offline/");
            Assert.Equal(0, await page.EvaluateAsync<int>("async () => (await window.store.outbox()).filter(r => r.state !== 'received').length"));
            says.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line,6} | {visits * Recording / 1_000_000,3} | {plain,7:F1} | {sending,9:F1} | {plain / sending,15:P0} | {pieces,15:F1} | {items,5:F1} | {sending - pieces - items,13:F1}"));
            if (line > 0 && plain / sending < PlainAtLeast) slow.Add(line);
        }

        Assert.Empty(slow);
    }

    /// <summary>Takes what it is sent, and keeps nothing.</summary>
    private static async Task<WebApplication> SinkAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapGet("/", () => Results.Content("<!DOCTYPE html><title>Plain</title>", "text/html"));
        app.MapPut("/", async (HttpRequest request) => { await request.Body.CopyToAsync(Stream.Null); });
        await app.StartAsync();
        return app;
    }

    /// <summary>How long the page waited for answers from such addresses, all in all; it asks for one thing at a time.</summary>
    private static Task<double> AskedAsync(IPage page, string address) =>
        page.EvaluateAsync<double>("address => performance.getEntriesByType('resource').filter(r => r.name.includes('/hear/') && r.name.includes(address) && !r.name.includes('/hear/offline/token')).reduce((sum, r) => sum + r.duration, 0) / 1000", address);

    private static async Task<double> TimedAsync(IPage page, int megabits, string script)
    {
        var network = await page.Context.NewCDPSessionAsync(page);
        await network.SendAsync("Network.enable");
        if (megabits > 0) await network.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object> { ["offline"] = false, ["latency"] = 30, ["downloadThroughput"] = megabits * 125_000, ["uploadThroughput"] = megabits * 125_000 });
        return await page.EvaluateAsync<double>(script);
    }
}
