using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
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
        await ConnectAsync(page);
        await Expect(page.GetByText("Received by the council 2")).ToBeVisibleAsync();

        using var scope = site.As(hearing.World.Whole);
        var record = await scope.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id, TestContext.Current.CancellationToken);
        Assert.Equal((VoiceKind.Photo, false), (record.Kind, record.ArrivedUnpermitted));
        Assert.Equal(PictureFile.Clean(photo).Bytes, await (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{record.FileId}")).Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(photo, PictureFile.Clean(photo).Bytes);
    }

    [Fact]
    public async Task A_photo_that_was_refused_is_put_with_another_visit_and_one_is_deleted_before_it_is_sent()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await BeginVisitAsync(visitor, hearing);
        // The first as telephones take them, with seconds of film behind the picture: it goes in two pieces.
        byte[] large = [.. PictureFileTests.Jpeg(640, 480), .. new byte[StoredFile.ChunkBytes]];
        foreach (var (name, bytes) in new[] { ("large.jpg", large), ("small.png", Hearing.Png()) })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Photo Something they made" }).ClickAsync();
            await page.GetByLabel("Photo of something they made").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "image/jpeg", Buffer = bytes });
            await Expect(page.GetByText("The photo is saved on this device.")).ToBeVisibleAsync();
            await SealAsync(page, "photo");
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        // The newest stands first.
        var photos = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Sam: photo" });
        await photos.First.GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await page.GetByLabel("The child changed their mind").CheckAsync();
        await page.Locator("[data-form=takeback]").GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await Expect(page.GetByText("A photo, deleted")).ToBeVisibleAsync();
        await Expect(photos).ToHaveCountAsync(1);
        await visitor.Button("Start a visit").ClickAsync();
        await visitor.Radio("Where did you meet?", "At school or nursery").CheckAsync();
        await visitor.Radio("Did you see them alone?", "Yes").CheckAsync();
        await visitor.Button("Continue").ClickAsync();
        await visitor.Button("End the visit").ClickAsync();

        // It is refused where it was sealed, in the middle of it.
        await page.RouteAsync("**/offline-media/*/1", route => route.FulfillAsync(new() { Status = 422, ContentType = "application/json", Body = """{"reason":"What arrived is not what was sealed."}""" }));
        await ConnectAsync(page);
        await Expect(photos.GetByText("Needs you.")).ToBeVisibleAsync();
        await Expect(photos.GetByText("What arrived is not what was sealed. It stays on this device.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Received by the council 3")).ToBeVisibleAsync();
        await page.UnrouteAsync("**/offline-media/*/1");
        await photos.GetByRole(AriaRole.Button, new() { Name = "Put it with another visit" }).ClickAsync();
        await page.GetByLabel("Sam: visit on").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Put it with this visit" }).ClickAsync();
        await Expect(page.GetByText("Received by the council 4")).ToBeVisibleAsync();

        using var scope = site.As(hearing.World.Whole);
        var school = await scope.Db.VoiceSessions.SingleAsync(s => s.ChildId == hearing.Child.Id && s.Place == Place.School, TestContext.Current.CancellationToken);
        var record = await scope.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id, TestContext.Current.CancellationToken);
        Assert.Equal((VoiceKind.Photo, school.Id), (record.Kind, record.SessionId));
        Assert.Equal(PictureFile.Clean(large).Bytes, await (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{record.FileId}")).Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(record.FileId, (await scope.Db.Files.SingleAsync(f => f.ChildId == hearing.Child.Id, TestContext.Current.CancellationToken)).Id);
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
