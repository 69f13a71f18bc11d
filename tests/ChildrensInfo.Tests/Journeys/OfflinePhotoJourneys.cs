using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>Something a child made is photographed where there is no connection.</summary>
public class OfflinePhotoJourneys(TestSite site, Browser browser)
{
    private const string Pin = "739152";

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

        // The tab dies without a last word.
        var again = await page.Context.NewPageAsync();
        try
        {
            await (await page.Context.NewCDPSessionAsync(page)).SendAsync("Page.crash").WaitAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        }
        catch (Exception gone) when (gone is PlaywrightException or TimeoutException)
        {
            // It does not answer any more, as it should not.
        }

        await page.CloseAsync();
        page = again;
        await page.GotoAsync("/offline");
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.GetByAltText("The photo that was chosen")).ToBeVisibleAsync();
        Assert.True(await page.GetByAltText("The photo that was chosen").EvaluateAsync<bool>("picture => picture.decode().then(() => picture.naturalWidth > 0)"));
        var form = page.Locator("[data-form=photo]");
        await form.GetByLabel("The child’s", new() { Exact = true }).CheckAsync();
        await form.GetByLabel("Their life", new() { Exact = true }).CheckAsync();
        await form.GetByLabel("What is so", new() { Exact = true }).CheckAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(page.GetByText("Sealed, and on this device. Nobody can change it now.")).ToBeVisibleAsync();
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

    private static async Task BeginVisitAsync(Visitor visitor, Hearing hearing)
    {
        var page = visitor.Page;
        await visitor.GoAsync(hearing.ChildPage);
        await visitor.Link("Take with me").ClickAsync();
        await page.GetByLabel("Choose a PIN for visits").FillAsync(Pin);
        await page.GetByLabel("The same PIN again").FillAsync(Pin);
        await visitor.Button("Take along").ClickAsync();
        await Expect(page.GetByText("On this device until")).ToBeVisibleAsync();
        await visitor.Link("Open visits").Or(visitor.Button("Open visits")).First.ClickAsync();
        await page.Context.SetOfflineAsync(true);
        await page.ReloadAsync();
        await OpenAsync(page);
        await visitor.Button("Start a visit").ClickAsync();
        await visitor.Radio("Where did you meet?", "At home").CheckAsync();
        await visitor.Radio("Did you see them alone?", "Yes").CheckAsync();
        await visitor.Button("Continue").ClickAsync();
        await Expect(page.GetByLabel("Their own words")).ToBeVisibleAsync();
    }

    private static async Task OpenAsync(IPage page)
    {
        await page.GetByLabel("Your PIN for visits").FillAsync(Pin);
        await page.GetByRole(AriaRole.Button, new() { Name = "Open", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What is on this device" })).ToBeVisibleAsync();
    }
}
