using System.Security.Cryptography;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static ChildrensInfo.Tests.Journeys.OfflineVisits;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>A visit without a connection in another browser, from taking along to the receipt.</summary>
public class OfflineFirefoxJourneys(TestSite site, Browser browser)
{
    private const string Words = "I can sleep here. ŵ 😟";

    [Fact]
    public async Task Firefox_too_seals_words_and_a_voice_without_a_connection_and_sends_both()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        await using var visitor = await browser.OpenFirefoxAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await BeginVisitAsync(visitor, hearing);
        await page.GetByLabel("Their own words").FillAsync(Words);
        await page.GetByLabel("They typed or wrote them").CheckAsync();
        await SealAsync(page, "words");
        await visitor.Button("Record Their own voice").ClickAsync();
        await visitor.Button("Start recording").ClickAsync();
        await Expect(page.GetByText("Saved on this device up to")).ToBeVisibleAsync();
        await visitor.KeepPictureAsync("offline-firefox");
        await visitor.Button("Stop").ClickAsync();
        await Expect(visitor.Button("Discard this recording")).ToBeVisibleAsync();
        var sent = await SoundAsync(page, hearing);
        await SealAsync(page, "sound");
        await visitor.Button("End the visit").ClickAsync();
        await Expect(page.GetByText("On this device 3")).ToBeVisibleAsync();
        await ConnectAsync(page);
        await Expect(page.GetByText("Received by the council 3")).ToBeVisibleAsync();

        using var scope = site.As(hearing.World.Whole);
        var records = await scope.Db.VoiceRecords.Include(r => r.Words).Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.Id).ToListAsync();
        Assert.Equal([VoiceKind.TypedText, VoiceKind.Audio], records.Select(r => r.Kind));
        Assert.Equal(Words, await scope.Get<KeyRing>().OpenAsync(hearing.Child.Id, records[0].Words!.Sealed, records[0].Id, SealPart.Words, CancellationToken.None));
        await using var sound = await scope.Get<FileStore>().OpenAsync(await scope.Db.Files.SingleAsync(f => f.Id == records[1].FileId), CancellationToken.None);
        Assert.Equal(sent, Convert.ToHexStringLower(await SHA256.HashDataAsync(sound)));
    }
}
