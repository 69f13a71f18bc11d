using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static ChildrensInfo.Tests.Journeys.OfflineVisits;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>The whole browser is killed, not a page of it, and started again on what it left on the disk.</summary>
public partial class OfflineKilledJourneys(TestSite site, Browser browser)
{
    private const string Words = "I want to stay where Nan is. ŵ 😟";

    [Fact]
    public async Task A_browser_that_is_killed_while_it_records_and_while_it_sends_loses_nothing_that_it_said_was_saved()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            string said, sent;
            await using (var visitor = await browser.OpenOnAsync(folder.FullName, site, hearing.World.Practitioner))
            {
                await BeginVisitAsync(visitor, hearing);
                await visitor.Page.GetByLabel("Their own words").FillAsync(Words);
                await Expect(visitor.Page.Locator("[data-kept]")).ToContainTextAsync("Saved on this device at");
                await visitor.Button("Record Their own voice").ClickAsync();
                await visitor.Button("Start recording").ClickAsync();
                await Expect(visitor.Button("Pause")).ToBeVisibleAsync();
                await GoOnAsync(visitor);
                await Expect(visitor.Page.GetByText("The page closed in the first seconds of a recording, and nothing of it was saved.")).ToBeVisibleAsync();
                await visitor.Button("Record Their own voice").ClickAsync();
                await visitor.Button("Start recording").ClickAsync();
                var saved = visitor.Page.GetByText("Saved on this device up to");
                await Expect(saved).ToBeVisibleAsync();
                said = await saved.InnerTextAsync();
                await visitor.KillAsync();
            }

            await using (var visitor = await browser.OpenOnAsync(folder.FullName, site, hearing.World.Practitioner, offline: true))
            {
                // What was taken along is gone, as when somebody signs out and in again: nobody said no by that, so what was recorded is sealed, and the council sees whether it may be heard.
                await visitor.GoAsync("/offline");
                await visitor.Page.EvaluateAsync("async person => { const db = await (await import('/lib/offline/store.js')).open(person); await db.clear('taken'); db.close(); }", hearing.World.Practitioner.Id);
                await GoOnAsync(visitor);
                await Expect(visitor.Page.GetByText("Nobody said no, but there is no permission on this device now. Seal the recording")).ToBeVisibleAsync();
                var gap = visitor.Page.GetByText("The page closed while it recorded, after 0:");
                await Expect(gap).ToBeVisibleAsync();
                Assert.True(SecondsIn(await gap.InnerTextAsync()) >= SecondsIn(said), "Less is there than the page said was saved");
                sent = await SoundAsync(visitor.Page, hearing);
                await SealAsync(visitor.Page, "sound");
                await visitor.Button("Write Words typed here").ClickAsync();
                await Expect(visitor.Page.GetByLabel("Their own words")).ToHaveValueAsync(Words);
                await visitor.Page.GetByLabel("I wrote them down word for word as they spoke").CheckAsync();
                await SealAsync(visitor.Page, "words");
                await visitor.Button("End the visit").ClickAsync();
                await SendAndKillAsync(visitor, $"{hearing.ChildPage}/offline-media/");
            }

            // What it was sending has come, and nothing told it so. And once more, with the record that the sound belongs to.
            await using (var visitor = await browser.OpenOnAsync(folder.FullName, site, hearing.World.Practitioner, offline: true))
            {
                await visitor.GoAsync("/offline");
                await OpenAsync(visitor.Page);
                await Expect(visitor.Page.GetByText("On this device 2")).ToBeVisibleAsync();
                await SendAndKillAsync(visitor, $"{hearing.ChildPage}/offline/");
            }

            await using (var visitor = await browser.OpenOnAsync(folder.FullName, site, hearing.World.Practitioner))
            {
                await visitor.GoAsync("/offline");
                await OpenAsync(visitor.Page);
                await Expect(visitor.Page.GetByText("Received by the council 3")).ToBeVisibleAsync();
            }

            using var scope = site.As(hearing.World.Whole);
            Assert.Equal(1, await scope.Db.VoiceSessions.CountAsync(s => s.ChildId == hearing.Child.Id));
            var records = await scope.Db.VoiceRecords.Include(r => r.Words).Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.Id).ToListAsync();
            Assert.Equal([VoiceKind.Audio, VoiceKind.TypedText], records.Select(r => r.Kind));
            Assert.Contains("lost", records[0].GapsJson);
            await using var sound = await scope.Get<FileStore>().OpenAsync(await scope.Db.Files.SingleAsync(f => f.ChildId == hearing.Child.Id), CancellationToken.None);
            Assert.Equal(sent, Convert.ToHexStringLower(await SHA256.HashDataAsync(sound)));
            Assert.Equal(Words, await scope.Get<KeyRing>().OpenAsync(hearing.Child.Id, records[1].Words!.Sealed, records[1].Id, SealPart.Words, CancellationToken.None));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task GoOnAsync(Visitor visitor)
    {
        await visitor.GoAsync("/offline");
        await OpenAsync(visitor.Page);
        await visitor.Button("Go on").ClickAsync();
    }

    /// <summary>The connection is there again, and the browser dies when the council has what goes to this address and has not said so yet.</summary>
    private static async Task SendAndKillAsync(Visitor visitor, string address)
    {
        var came = new TaskCompletionSource();
        await visitor.Page.RouteAsync(url => url.Contains(address, StringComparison.Ordinal), async route =>
        {
            await route.FetchAsync();
            came.TrySetResult();
        });
        await visitor.Page.Context.SetOfflineAsync(false);
        await came.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await visitor.KillAsync();
    }

    private static int SecondsIn(string text) => int.Parse(Clock().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"0:(\d\d)")]
    private static partial Regex Clock();
}
