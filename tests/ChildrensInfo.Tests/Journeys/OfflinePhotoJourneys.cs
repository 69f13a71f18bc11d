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
        // In another tab the child is taken along once more: an open visit goes by that.
        await page.EvaluateAsync("""
            async ([person, pin]) => {
              const { open, Store } = await import('/lib/offline/store.js');
              const { unlock } = await import('/lib/offline/keys.js');
              const db = await open(person);
              const store = new Store(db, person, (await unlock(db, pin)).key);
              const [child] = await store.taken();
              await store.take({ ...child, photographing: { ...child.photographing, says: 'As it was said since.' } });
              db.close();
            }
            """, new object[] { hearing.World.Practitioner.Id, Pin });
        await Expect(page.GetByText("As it was said since.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Photo Something they made" }).ClickAsync();
        var photo = Hearing.Png();
        await page.GetByLabel("Photo of something they made").SetInputFilesAsync(new FilePayload { Name = "made.png", MimeType = "image/png", Buffer = photo });
        await Expect(page.GetByText("The photo is saved on this device.")).ToBeVisibleAsync();
        // Whether a person is on it is asked of each photo; a yes to that needs its own.
        var form = page.Locator("[data-form=photo]");
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(form.GetByRole(AriaRole.Group, new() { Name = "Can a person be recognised on it?" }).GetByRole(AriaRole.Alert)).ToHaveTextAsync("Say whether a person can be recognised on it");
        await visitor.LookWideAndNarrowAsync("offline-photo");
        var onIt = form.Locator("input[name='Photo.ShowsPerson'][value=true]");
        await onIt.CheckAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(form.Locator("[data-fault]")).ToContainTextAsync("There is no permission for a photo on which a person can be recognised.");
        await page.GetByLabel("Photo of something they made").SetInputFilesAsync(new FilePayload { Name = "made.png", MimeType = "image/png", Buffer = photo });
        await Expect(onIt).Not.ToBeCheckedAsync();

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
        Assert.Equal((VoiceKind.Photo, false, false), (record.Kind, record.ShowsPerson, record.ArrivedUnpermitted));
        Assert.True(record.DeviceBegunAt < record.DeviceTime);
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

        // While one is sealed, and when it cannot be, nothing says that it is: what was said was of the one before.
        await page.GetByRole(AriaRole.Button, new() { Name = "Photo Something they made" }).ClickAsync();
        await page.GetByLabel("Photo of something they made").SetInputFilesAsync(new FilePayload { Name = "third.jpg", MimeType = "image/jpeg", Buffer = large });
        await Expect(page.GetByText("The photo is saved on this device.")).ToBeVisibleAsync();
        var form = page.Locator("[data-form=photo]");
        foreach (var label in new[] { "The child", "Their life", "What is so" }) await form.GetByLabel(label, new() { Exact = true }).CheckAsync();
        await NobodyOnItAsync(page);
        await Expect(page.GetByText("Sealed, and on this device. Nobody can change it now.")).ToBeVisibleAsync();
        await FillAsync(page, "this.name === 'pieces' && row.index > 0");
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(form.Locator("[data-fault]")).ToContainTextAsync("The device is too full to seal this. What was saved before stays saved here");
        // What was written of it until then takes no room: the three pieces are of the two that are sealed.
        Assert.Contains("\n3 pieces", await SealedWithPinAsync(page, hearing), StringComparison.Ordinal);
        await Expect(page.GetByText("Sealed, and on this device. Nobody can change it now.")).ToBeHiddenAsync();
        await MakeRoomAsync(page);
        await visitor.Button("Discard the photo").ClickAsync();

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
    public async Task After_a_no_no_photo_is_offered_and_why_is_said()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Refused);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        await BeginVisitAsync(visitor, hearing);
        await Expect(visitor.Page.GetByText("The answer is no. What Sam says can still be written down.")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("[data-way=photo]")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_child_is_asked_about_photos_says_yes_and_then_stop_and_the_stop_goes_before_what_was_taken()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await BeginVisitAsync(visitor, hearing);
        var way = page.GetByRole(AriaRole.Button, new() { Name = "Photo Something they made" });
        var ask = page.GetByRole(AriaRole.Button, new() { Name = "Ask, or stop it: photographing what they made" });
        var camera = page.GetByLabel("Photo of something they made");
        await way.ClickAsync();
        await Expect(page.GetByText("No photo is taken until there is a yes. Ask first, or let them draw it here.")).ToBeVisibleAsync();
        await Expect(camera).ToBeHiddenAsync();
        await ask.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Photograph what they made" })).ToBeFocusedAsync();
        await Expect(page.Locator("[data-wording]")).ToContainTextAsync("photo");
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes", Exact = true }).ClickAsync();
        await Expect(page.GetByText("A child under 16 can say yes only if they understand what it means.")).ToBeVisibleAsync();
        await page.GetByLabel("Yes, they understand it").CheckAsync();
        await page.GetByLabel("How do you know?").FillAsync("Said that the picture goes to the council and not to school.");
        await visitor.LookWideAndNarrowAsync("offline-photo-ask");
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, only for this visit" }).ClickAsync();
        await Expect(page.GetByText("The yes is sealed, and on this device.")).ToBeVisibleAsync();
        // It is a yes to this and to nothing else.
        await Expect(page.Locator("[data-permission]")).ToHaveTextAsync("Not asked yet.");
        await camera.SetInputFilesAsync(new FilePayload { Name = "made.png", MimeType = "image/png", Buffer = Hearing.Png() });
        await Expect(page.GetByText("The photo is saved on this device.")).ToBeVisibleAsync();
        await SealAsync(page, "photo");
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw With a finger or mouse" }).ClickAsync();
        await page.GetByRole(AriaRole.Img, new() { Name = "Drawing sheet" }).ClickAsync();
        await SealAsync(page, "drawing");
        await Expect(page.GetByLabel("Their own words")).ToBeVisibleAsync();

        // Stop is one press away, governs at once, and what was not sealed yet can only be discarded.
        await way.ClickAsync();
        await camera.SetInputFilesAsync(new FilePayload { Name = "second.png", MimeType = "image/png", Buffer = Hearing.Png() });
        await Expect(page.GetByText("The photo is saved on this device.")).ToBeVisibleAsync();
        // The day after, a yes for that visit is none any more.
        await page.Clock.SetSystemTimeAsync(DateTime.UtcNow.AddDays(1));
        await ask.ClickAsync();
        await Expect(page.Locator("[data-asked-permission]")).ToHaveTextAsync("The yes was for this visit and ended with it. Ask again first.");
        await page.Clock.SetSystemTimeAsync(DateTime.UtcNow);
        await page.GetByRole(AriaRole.Button, new() { Name = "No more: stop" }).ClickAsync();
        await Expect(page.GetByText("The no is sealed. Nothing changes about the help they get.")).ToBeVisibleAsync();
        await Expect(page.GetByText("There is no permission to photograph what they made any more. Discard the photo.")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("offline-photo-stopped");
        var form = page.Locator("[data-form=photo]");
        await NobodyOnItAsync(page);
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(form.Locator("[data-fault]")).ToHaveTextAsync("There is no permission to photograph what they made any more. Discard the photo.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Discard the photo" }).ClickAsync();
        await Expect(page.Locator("[data-way=photo]")).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        await Expect(page.GetByText("Sam: no to photos of what they make")).ToBeVisibleAsync();

        // What was decided for the visit comes after it. The no is refused on the way. It holds back the photo, and neither the drawing nor the visit.
        var sent = 0;
        await page.RouteAsync(new System.Text.RegularExpressions.Regex("/offline/[0-9a-f-]{36}$"), route =>
            ++sent == 3 ? route.FulfillAsync(new() { Status = 422, ContentType = "application/json", Body = """{"reason":"Not now."}""" }) : route.ContinueAsync());
        await ConnectAsync(page);
        await Expect(page.GetByText("Received by the council 3")).ToBeVisibleAsync();
        await Expect(page.GetByText("On this device 1")).ToBeVisibleAsync();
        await Expect(page.GetByText("Needs you 1")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(page.GetByText("Received by the council 5")).ToBeVisibleAsync();
        using var scope = site.As(hearing.World.Whole);
        var records = await scope.Db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.Id).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([(VoiceKind.Photo, true), (VoiceKind.Drawing, false)], records.Select(r => (r.Kind, r.ArrivedUnpermitted)));
        var decisions = await scope.Db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id).OrderBy(e => e.OccurredAt).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal([(Purpose.ImageWork, ConsentEventType.Given), (Purpose.ImageWork, ConsentEventType.Withdrawn)], decisions.Select(e => (e.Purpose, e.Type)));
        Assert.All(decisions, e => Assert.Equal((true, ConsentScope.Session, records[0].SessionId), (e.WordingHash is not null, e.Scope, e.ScopeId)));
        Assert.False((await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.ImageWork, null, TestContext.Current.CancellationToken)).Allowed);
    }

    [Fact]
    public async Task A_mother_says_yes_for_a_child_who_does_not_want_it_and_then_for_one_who_does()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.World.AddRelationshipAsync(hearing.Child);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await BeginVisitAsync(visitor, hearing);
        var way = page.Locator("[data-way=photo]");
        foreach (var (feels, is_) in new[] { ("Does not want it", false), ("Wants it too", true) })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Ask, or stop it: photographing what they made" }).ClickAsync();
            await page.GetByRole(AriaRole.Radio, new() { Name = "Mother", Exact = true }).CheckAsync();
            await page.GetByLabel("Not today").CheckAsync();
            await page.GetByLabel("How do you know?").FillAsync("Could not say back what the photo is for.");
            await page.GetByLabel(feels).CheckAsync();
            if (is_)
            {
                // Enter is no answer, and a no is not asked about again unless the child brings it up.
                await page.GetByLabel(feels).PressAsync("Enter");
                await Expect(page.GetByText("Choose what was decided")).ToBeVisibleAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "Yes", Exact = true }).ClickAsync();
                await Expect(page.GetByText("They said no. Do not ask again, unless the child brings it up")).ToBeVisibleAsync();
                await page.GetByLabel("They brought it up themselves").CheckAsync();
            }

            await page.GetByRole(AriaRole.Button, new() { Name = "Yes", Exact = true }).ClickAsync();
            await Expect(page.GetByText("The yes is sealed, and on this device.")).ToBeVisibleAsync();
            // The child's own no goes before an adult's yes.
            await (is_ ? Expect(way).ToBeVisibleAsync() : Expect(way).ToBeHiddenAsync());
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        await ConnectAsync(page);
        await Expect(page.GetByText("Received by the council 3")).ToBeVisibleAsync();
        var decisions = await site.ReadAsync(hearing.World, db => db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id).OrderBy(e => e.OccurredAt).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal([ChildPosition.Dissents, ChildPosition.Assents], decisions.Select(e => e.ChildPosition!.Value));
        Assert.All(decisions, e => Assert.Equal((Purpose.ImageWork, DecidedBy.ParentalResponsibility), (e.Purpose, e.DecidedBy!.Value)));
    }
}
