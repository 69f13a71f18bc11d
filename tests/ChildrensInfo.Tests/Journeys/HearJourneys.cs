using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>A practitioner hears a child, in a browser, with a microphone.</summary>
public class HearJourneys(TestSite site, Browser browser)
{
    [Fact]
    public async Task Asks_first_then_records_a_voice_loses_the_page_seals_what_there_is_and_plays_it_back()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.World.AddRelationshipAsync(hearing.Child);
        await using var opened = await browser.OpenAsync(site, hearing.World.Practitioner, touch: true);
        var (visitor, page) = (opened, opened.Page);
        await visitor.GoAsync("/hear");
        await visitor.LookAsync("hear-caseload");
        await visitor.TapToNextPageAsync(visitor.Link("Sam Thistlebrook"));
        await visitor.LookAsync("hear-child-empty");
        await StartVisitAsync(visitor);
        await visitor.TapToNextPageAsync(page.GetByRole(AriaRole.Navigation, new() { Name = "Ways to keep it" }).GetByRole(AriaRole.Link, new() { Name = "Record" }));
        await visitor.LookAsync("hear-ask-first");
        await visitor.TapToNextPageAsync(visitor.Button("Ask first").Or(visitor.Link("Ask first")).First);
        await visitor.LookAsync("hear-asking");
        await visitor.Radio("Can Sam decide this today?", "Yes, Sam understands it").CheckAsync();
        await page.GetByLabel("How do you know?").FillAsync("Said it is so that we remember it, and that no is fine.");
        await visitor.TapToNextPageAsync(visitor.Button("Yes"));

        await visitor.LookAsync("hear-recorder");
        await visitor.Button("Start recording").TapAsync();
        await Expect(page.GetByText("Recording", new() { Exact = true })).ToBeVisibleAsync();
        await page.WaitForTimeoutAsync(2500);
        await visitor.LookAsync("hear-recording");
        await visitor.Button("Pause").TapAsync();
        await visitor.Button("Carry on").TapAsync();
        // The device dies in the middle of it. What the council had by then is there when the form is opened again.
        await Expect(page.GetByText("Received by the council up to 0:0")).ToBeVisibleAsync();
        var form = new Uri(page.Url).PathAndQuery;
        page = await OfflineVisits.LoseAsync(page);
        visitor = new(page.Context, page);
        await visitor.GoAsync(form);
        await Expect(page.GetByText(new System.Text.RegularExpressions.Regex("A recording of [0-9]+ seconds from this visit was not finished"))).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("hear-not-finished");
        await visitor.TapToNextPageAsync(visitor.Link("Listen, then keep or discard it"));
        await Expect(page.GetByText("Recorded, not saved yet")).ToBeVisibleAsync();
        await Expect(page.GetByText("The page closed while it recorded, after 0:0")).ToBeVisibleAsync();
        await AnswerAsync(visitor, "Whose words are they?");
        await visitor.Radio("Can anybody else be heard on it?", "Nobody else").CheckAsync();
        await visitor.LookAsync("hear-recorded");
        await visitor.TapToNextPageAsync(visitor.Button("Seal"));
        await Expect(page.GetByText("Sealed. Nobody can change it now.")).ToBeVisibleAsync();
        await visitor.LookAsync("hear-child-audio");

        var heard = await page.EvaluateAsync<double>("""
            async () => {
              const audio = document.querySelector('.words audio');
              audio.muted = true;
              await audio.play();
              await new Promise(done => audio.addEventListener('timeupdate', () => audio.currentTime > 1 && done()));
              audio.pause();
              return audio.currentTime;
            }
            """);
        Assert.True(heard > 1);
        Assert.NotEmpty(await hearing.World.AuditAsync(AuditActions.VoiceHeard, hearing.Child.Id));
        using var scope = site.As(hearing.World.Whole);
        var record = await scope.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id);
        Assert.InRange(record.DurationSeconds!.Value, 3, 30);
        Assert.Contains("lost", record.GapsJson);
        Assert.Equal("audio/webm", (await scope.Db.Files.SingleAsync(f => f.Id == record.FileId)).ContentType);

        // What can be said of it after it is sealed, and of the child.
        foreach (var later in new[] { $"records/{record.Id}/mark", $"records/{record.Id}/others", "facts" })
        {
            await visitor.GoAsync($"{hearing.ChildPage}/{later}");
            await visitor.LookWideAndNarrowAsync($"hear-{later.Split('/')[^1]}");
        }

        await visitor.GoAsync(hearing.ChildPage);

        // Changing one's mind: two taps from the child's page, and the recording is locked.
        await visitor.TapToNextPageAsync(visitor.Link("All permissions"));
        await visitor.LookAsync("hear-permissions");
        await visitor.TapToNextPageAsync(visitor.Link("Change or stop").First);
        await visitor.TapToNextPageAsync(visitor.Button("No more: stop"));
        await visitor.GoAsync(hearing.ChildPage);
        await Expect(page.GetByText("Locked.")).ToBeVisibleAsync();
        await visitor.LookAsync("hear-child-locked");
    }

    [Fact]
    public async Task Draws_and_seals()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, touch: true);
        var page = visitor.Page;
        await visitor.GoAsync(hearing.ChildPage);
        await StartVisitAsync(visitor);
        await visitor.TapToNextPageAsync(visitor.Link("Draw"));
        var paper = page.GetByRole(AriaRole.Img, new() { Name = "Drawing sheet" });
        await paper.ScrollIntoViewIfNeededAsync();
        var box = (await paper.BoundingBoxAsync())!;
        await visitor.Button("Blue").TapAsync();
        for (var line = 0; line < 4; line++)
        {
            await page.Mouse.MoveAsync(box.X + 40, box.Y + 40 + (line * 30));
            await page.Mouse.DownAsync();
            for (var step = 1; step <= 12; step++) await page.Mouse.MoveAsync(box.X + 40 + (step * 20), box.Y + 40 + (line * 30) + (step % 3 * 8));
            await page.Mouse.UpAsync();
        }

        await AnswerAsync(visitor, "Who drew it?");
        await visitor.LookAsync("hear-drawing");
        await visitor.TapToNextPageAsync(visitor.Button("Seal"));
        await Expect(page.GetByText("Sealed. Nobody can change it now.")).ToBeVisibleAsync();
        var picture = page.GetByRole(AriaRole.Img, new() { Name = "A drawing by Sam" });
        await picture.ScrollIntoViewIfNeededAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.words img').naturalWidth > 0");
        Assert.Equal(1600, await picture.EvaluateAsync<int>("i => i.naturalWidth"));
        await visitor.LookAsync("hear-child-drawing");
    }

    [Fact]
    public async Task Types_words_seals_with_a_double_click_and_says_what_they_may_mean()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, touch: true);
        var page = visitor.Page;
        await visitor.GoAsync(hearing.ChildPage);
        await StartVisitAsync(visitor);
        await visitor.TapToNextPageAsync(visitor.Button("Seal"));
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is a problem");
        await visitor.LookAsync("hear-words-errors");
        const string words = "I don't like it when you write \"aggressive\".\nI was scared 😟 <b>not</b> cross. Ŵyr, tân. أنا خائف";
        await page.GetByLabel("Their own words").FillAsync(words);
        await visitor.Radio("Where did the words come from?", "I wrote them down word for word as they spoke").CheckAsync();
        await AnswerAsync(visitor, "Whose words are they?");
        await visitor.LookAsync("hear-words");
        await visitor.Button("Seal").DblClickAsync();
        await Expect(page.GetByText("Sealed. Nobody can change it now.")).ToBeVisibleAsync();
        Assert.Equal(words, await page.Locator(".words__text").TextContentAsync());
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(1, await scope.Db.VoiceRecords.CountAsync(r => r.ChildId == hearing.Child.Id));

        await visitor.TapToNextPageAsync(visitor.Link("Say what you think this means"));
        await visitor.LookAsync("hear-interpretation-new");
        await visitor.Radio("What kind of reading is it?", "What was noticed").CheckAsync();
        await page.GetByLabel("What do you think it means?").FillAsync("Wants the word taken out of the plan.");
        await visitor.TapToNextPageAsync(visitor.Button("Keep"));
        await Expect(page.Locator(".interpretation")).ToContainTextAsync("Wants the word taken out");
        await visitor.LookAsync("hear-child-words");
    }

    [Fact]
    public async Task A_recording_stops_when_somebody_says_stop_meanwhile_and_is_not_kept()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var visit = await hearing.VisitAsync();
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 320, height: 800, touch: true);
        var page = visitor.Page;
        await page.AddInitScriptAsync("""
            const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async wanted => window.given = await ask(wanted);
            """);
        await visitor.GoAsync(hearing.WordsPage(visit, VoiceKind.Audio));
        await visitor.Button("Start recording").TapAsync();
        await Expect(page.GetByText("Recording", new() { Exact = true })).ToBeVisibleAsync();
        // It has asked once by then, and goes on.
        await page.WaitForResponseAsync(r => r.Url.Contains($"/media/permission?visit={visit}&file=", StringComparison.Ordinal) && r.Status == 204);
        await Expect(page.GetByText("Recording", new() { Exact = true })).ToBeVisibleAsync();

        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Withdrawn);
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "The recording has stopped, because somebody said stop." })).ToBeVisibleAsync(new() { Timeout = 15_000 });
        Assert.True(await page.EvaluateAsync<bool>("window.given.getAudioTracks().every(track => track.readyState === 'ended')"));
        await visitor.LookAsync("hear-recording-stopped");

        // Sent all the same, it is refused; what had come before the stop goes when it is discarded.
        await AnswerAsync(visitor, "Whose words are they?");
        var refused = page.WaitForResponseAsync(r => r.Request.Method == "PUT" && r.Status == 403);
        await visitor.Button("Seal").TapAsync();
        await refused;
        using var scope = site.As(hearing.World.Whole);
        Assert.False(await scope.Db.VoiceRecords.AnyAsync(r => r.ChildId == hearing.Child.Id));
        Assert.True(await scope.Db.Files.AnyAsync(f => f.ChildId == hearing.Child.Id && f.CompletedAt == null));
        await visitor.Button("Discard this recording").TapAsync();
        await visitor.Button("Yes, discard it").TapAsync();
        await Expect(page.GetByText("Ready to record")).ToBeVisibleAsync();
        Assert.False(await scope.Db.Files.AnyAsync(f => f.ChildId == hearing.Child.Id));
    }

    [Fact]
    public async Task A_no_hides_the_recorder()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Refused);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, touch: true);
        await visitor.GoAsync(hearing.ChildPage);
        await StartVisitAsync(visitor);
        await Expect(visitor.Page.GetByText("Sam said no to recording. You can still write down what they say.")).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Navigation, new() { Name = "Ways to keep it" }).GetByRole(AriaRole.Link)).ToHaveCountAsync(2);
        await visitor.LookAsync("hear-refused");
    }

    [Fact]
    public async Task Everything_fits_a_small_telephone()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch");
        await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing);
        var visit = await hearing.VisitAsync();
        await hearing.AnotherChildAsync();
        using (var sealing = await hearing.Client.SubmitAsync(hearing.WordsPage(visit), Hearing.Said(new string('w', 400)))) Assert.Equal(System.Net.HttpStatusCode.Redirect, sealing.StatusCode);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 320, height: 640, touch: true);
        foreach (var (address, picture) in new[]
        {
            ("/hear", "caseload"), (hearing.ChildPage, "child"), ($"{hearing.ChildPage}/visits/new", "visit"), (hearing.WordsPage(visit), "words"),
            ($"{hearing.ChildPage}/visits/{visit}/too", "too"), (hearing.WordsPage(visit, VoiceKind.Audio), "recorder"), (hearing.WordsPage(visit, VoiceKind.Drawing), "drawing"),
            ($"{hearing.ChildPage}/permissions", "permissions"), ($"{hearing.ChildPage}/permissions/ask?purpose=Audio&adult=true", "asking"),
        })
        {
            await visitor.GoAsync(address);
            await visitor.LookAsync($"hear-small-{picture}");
        }

        // Another child who was seen too: to their own form, with what is the same.
        await visitor.GoAsync($"{hearing.ChildPage}/visits/{visit}/too");
        await visitor.TapToNextPageAsync(visitor.Button("Sorrel Thistlebrook"));
        await visitor.LookAsync("hear-small-seen-too");
        await visitor.GoAsync($"{hearing.ChildPage}/permissions/ask?purpose=Audio&adult=true&visit={visit}");

        // All that opens on the form, open.
        foreach (var fold in new[] { "What they understood, part by part", "How long a yes counts", "Who asked, who else was there" }) await visitor.Page.GetByText(fold).TapAsync();
        await visitor.Radio("Who decided?", "A court, or somebody a court or a power of attorney named").CheckAsync();
        await visitor.LookAsync("hear-small-asking-open");
    }

    private static async Task StartVisitAsync(Visitor visitor)
    {
        await visitor.TapToNextPageAsync(visitor.Button("Record a visit").Or(visitor.Link("Record a visit")).First);
        await visitor.Radio("Where did you meet?", "At home").CheckAsync();
        await visitor.Radio("Did you see Sam alone?", "Yes").CheckAsync();
        await visitor.LookAsync("hear-visit");
        await visitor.TapToNextPageAsync(visitor.Button("Continue"));
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "What was said?" })).ToBeVisibleAsync();
    }

    private static async Task AnswerAsync(Visitor visitor, string whose)
    {
        await visitor.Radio(whose, "Sam").CheckAsync();
        await visitor.Checkbox("What is it about?", "Their life").CheckAsync();
        await visitor.Radio("Which part does it speak to?", "What is so").CheckAsync();
    }
}
