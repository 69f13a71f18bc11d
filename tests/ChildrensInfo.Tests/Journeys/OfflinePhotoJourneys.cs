using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static ChildrensInfo.Tests.Journeys.OfflineVisits;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>Something a child made is photographed where there is no connection.</summary>
public class OfflinePhotoJourneys(TestSite site, Browser browser)
{
    [Fact]
    public async Task Photographs_what_a_child_made_loses_the_page_and_sends_it_byte_for_byte()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await BeginVisitAsync(visitor, hearing);
        await page.GetByRole(AriaRole.Button, new() { Name = "Photo Something they made" }).ClickAsync();
        var photo = Hearing.Png();
        await page.GetByLabel("Photo of something they made").SetInputFilesAsync(new FilePayload { Name = "made.png", MimeType = "image/png", Buffer = photo });
        await Expect(page.GetByText("The photo is saved on this device.")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("offline-photo");

        page = await LoseAsync(page);
        await page.GotoAsync("/offline");
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.GetByAltText("The photo that was chosen")).ToBeVisibleAsync();
        Assert.True(await page.GetByAltText("The photo that was chosen").EvaluateAsync<bool>("picture => picture.decode().then(() => picture.naturalWidth > 0)"));
        await SealAsync(page, "photo");
        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        await Expect(page.GetByText("Sam: photo")).ToBeVisibleAsync();
        await page.Context.SetOfflineAsync(false);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send now" }).ClickAsync();
        await Expect(page.GetByText("Received by the council 2")).ToBeVisibleAsync();

        using var scope = site.As(hearing.World.Whole);
        var record = await scope.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id, TestContext.Current.CancellationToken);
        Assert.Equal((VoiceKind.Photo, false), (record.Kind, record.ArrivedUnpermitted));
        Assert.Equal(PictureFile.Clean(photo).Bytes, await (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{record.FileId}")).Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(photo, PictureFile.Clean(photo).Bytes);
    }

    [Fact]
    public async Task Without_a_yes_no_photo_is_offered_and_why_is_said()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Refused);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        await BeginVisitAsync(visitor, hearing);
        await Expect(visitor.Page.GetByText("The answer is no. You can still write down what Sam says. No photo can be taken here.")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("[data-way=photo]")).ToBeHiddenAsync();
    }
}
