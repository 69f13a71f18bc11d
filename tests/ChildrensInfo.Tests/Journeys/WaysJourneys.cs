using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>The ways of saying it beside words, voice and drawing, on a tablet and a small telephone, and what goes wrong on the way.</summary>
public class WaysJourneys(TestSite site, Browser browser)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_with_faces_a_scale_houses_and_symbols_on_a_tablet_by_touch()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var visit = await hearing.VisitAsync();
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;

        async Task ChooseAsync(string way)
        {
            await visitor.GoAsync(hearing.WordsPage(visit));
            await page.GetByText("Other ways of saying it").TapAsync();
            await visitor.Link(way).First.TapAsync();
        }

        async Task SealAsync(string picture)
        {
            await visitor.Radio("Who answered?", "Sam").CheckAsync();
            await visitor.Radio("Who tapped or wrote it?", "They did themselves").CheckAsync();
            await visitor.Checkbox("What is it about?", "Their life").CheckAsync();
            await visitor.Radio("Which part does it speak to?", "What is so").CheckAsync();
            await visitor.LookAsync($"ways-{picture}");
            await visitor.Button("Seal").TapAsync();
            await Expect(page.GetByText("Sealed. Nobody can change it now.")).ToBeVisibleAsync();
        }

        await visitor.GoAsync(hearing.WordsPage(visit));
        await page.GetByText("Other ways of saying it").TapAsync();
        await visitor.LookAsync("ways-all");

        await ChooseAsync("Feelings");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Worried" }).TapAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Mixed up" }).TapAsync();
        await SealAsync("faces");

        await ChooseAsync("Scaling, 1 to 10");
        var scale = page.GetByRole(AriaRole.Group, new() { Name = "How safe do you feel where you live?" });
        await scale.GetByRole(AriaRole.Radio, new() { Name = "7", Exact = true }).TapAsync();
        await page.GetByRole(AriaRole.Group, new() { Name = "How much do people listen to you?" }).GetByRole(AriaRole.Radio, new() { Name = "Skip this" }).TapAsync();
        await visitor.Button("Seal").TapAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Choose a number from 1 to 10, or choose skip");
        await visitor.LookAsync("ways-scale-errors");
        await page.GetByRole(AriaRole.Group, new() { Name = "How are things going altogether?" }).GetByRole(AriaRole.Radio, new() { Name = "4", Exact = true }).TapAsync();
        await SealAsync("scale");

        await ChooseAsync("Three Houses");
        var dreams = page.GetByRole(AriaRole.Group, new() { Name = "House of dreams" });
        await dreams.GetByLabel("What belongs in it").FillAsync("a goldfish called Brian");
        await dreams.GetByLabel("Their own name for it").FillAsync("The maybe house");
        await dreams.GetByLabel("Done").SelectOptionAsync("first");
        await SealAsync("houses");

        await ChooseAsync("Symbol board");
        foreach (var symbol in new[] { "Home", "Dog", "Sad", "Home" }) await visitor.Button(symbol).TapAsync();
        await visitor.Button("Take the last one back").TapAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Said so far" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
        await SealAsync("symbols");
        await visitor.LookAsync("ways-child");

        using var scope = site.As(hearing.World.Whole);
        var kinds = await scope.Db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.SealedAt).Select(r => r.Kind).ToListAsync(Cancel);
        Assert.Equal([VoiceKind.ToolAnswer, VoiceKind.ScaleAnswer, VoiceKind.ToolAnswer, VoiceKind.SymbolChoice], kinds);
    }

    [Fact]
    public async Task Every_way_fits_a_small_telephone_and_a_photo_from_a_phone_is_shown_upright_without_its_place()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        var visit = await hearing.VisitAsync();
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 320, height: 640, touch: true);
        var page = visitor.Page;
        List<(string Title, string Address)> tools;
        using (var scope = site.As(hearing.World.Whole))
        {
            tools = [.. (await scope.Get<ToolService>().OfferedAsync("en", Cancel)).Select(t => (t.Tool.Key, $"{hearing.WordsPage(visit, VoiceService.KindOf(t.Tool.Kind))}&tool={t.Version.Id}"))];
        }

        foreach (var (title, address) in tools.Concat(new[] { VoiceKind.SymbolChoice, VoiceKind.SignOrGesture, VoiceKind.ObservedNonVerbal, VoiceKind.Declined }.Select(k => (k.ToString(), hearing.WordsPage(visit, k)))))
        {
            await visitor.GoAsync(address);
            await visitor.LookAsync($"ways-small-{title}");
        }

        // A picture as a browser draws it, with the EXIF of a phone held upright put in front: orientation 6 and a place.
        await visitor.GoAsync(hearing.WordsPage(visit, VoiceKind.Photo));
        var drawn = Convert.FromBase64String(await page.EvaluateAsync<string>("""
            () => {
              const canvas = document.createElement('canvas');
              canvas.width = 400; canvas.height = 200;
              const pen = canvas.getContext('2d');
              pen.fillStyle = '#fbe3a0'; pen.fillRect(0, 0, 400, 200);
              pen.fillStyle = '#7b3fa0'; pen.fillRect(20, 20, 100, 160);
              return canvas.toDataURL('image/jpeg').split(',')[1];
            }
            """));
        byte[] exif = [.. "Exif\0\0MM\0*\0\0\0\u0008\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0\u0006\0\0\0\0\0\0"u8, .. "51.5074N"u8];
        byte[] photo = [0xFF, 0xD8, 0xFF, 0xE1, (byte)((exif.Length + 2) >> 8), (byte)(exif.Length + 2), .. exif, .. drawn[2..]];
        await page.GetByLabel("Photo of something they made").SetInputFilesAsync(new FilePayload { Name = "IMG_0001.jpg", MimeType = "image/jpeg", Buffer = photo });
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "The photo that was chosen" })).ToBeVisibleAsync();
        await visitor.LookAsync("ways-small-photo");
        await visitor.Radio("Can a person be recognised on it?", "No").CheckAsync();
        await visitor.Radio("Who made it?", "Sam").CheckAsync();
        await visitor.Checkbox("What is it about?", "Their life").CheckAsync();
        await visitor.Radio("Which part does it speak to?", "What is so").CheckAsync();
        await visitor.Button("Seal").TapAsync();
        await Expect(page.GetByText("Sealed. Nobody can change it now.")).ToBeVisibleAsync();
        var shown = page.GetByRole(AriaRole.Img, new() { Name = "A photo of something made by Sam" });
        await shown.ScrollIntoViewIfNeededAsync();
        await Expect(shown).ToHaveJSPropertyAsync("complete", true);
        // Turned by the one number that was kept.
        Assert.Equal("200 400", await shown.EvaluateAsync<string>("i => `${i.naturalWidth} ${i.naturalHeight}`"));
        var address2 = (await shown.GetAttributeAsync("src"))!;
        using (var file = await hearing.Client.GetAsync(address2)) Assert.DoesNotContain("51.5074N", System.Text.Encoding.Latin1.GetString(await file.Content.ReadAsByteArrayAsync(Cancel)), StringComparison.Ordinal);
        await visitor.LookAsync("ways-small-child");
        // “No” was wrong, and nobody was asked about people.
        await page.GetByRole(AriaRole.Link, new() { Name = "A person can be recognised on it" }).ClickAsync();
        await visitor.LookWideAndNarrowAsync("ways-person");
        await visitor.Radio("Can a person be recognised on it?", "Yes").CheckAsync();
        await visitor.Button("Keep the answer").ClickAsync();
        await Expect(page.GetByText("There is no yes to it, so this photo is kept but cannot be shown.")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("ways-person-locked");
    }

    [Fact]
    public async Task A_microphone_lost_in_mid_sentence_keeps_what_was_said_and_goes_to_no_other_child()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var other = await hearing.AnotherChildAsync();
        var (visit, visitToOther) = (await hearing.VisitAsync(), await hearing.VisitAsync(other));
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180);
        var page = visitor.Page;
        // The script keeps the stream to itself; this hands out one that the test can break, as a cable does.
        await page.AddInitScriptAsync("""
            const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async wanted => {
              if (window.denies) throw new DOMException('no', 'NotAllowedError');
              return window.given = await ask(wanted);
            };
            """);
        await visitor.GoAsync(hearing.WordsPage(visit, VoiceKind.Audio));
        await Expect(page.GetByText("One recording can be up to 3 hours long.")).ToBeVisibleAsync();
        await page.EvaluateAsync("() => { window.denies = true; }");
        await visitor.Button("Start recording").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "was not allowed to use the microphone" })).ToBeVisibleAsync();
        await visitor.LookAsync("trouble-denied");

        await page.EvaluateAsync("() => { window.denies = false; }");
        await visitor.Button("Start recording").ClickAsync();
        await Expect(page.GetByText("Recording", new() { Exact = true })).ToBeVisibleAsync();
        await page.WaitForTimeoutAsync(2500);
        await page.EvaluateAsync("() => { const track = window.given.getAudioTracks()[0]; track.stop(); track.dispatchEvent(new Event('ended')); }");
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "What was recorded until then is kept" })).ToBeVisibleAsync();
        await visitor.LookAsync("trouble-lost");

        // Going to another child now is asked about; what was recorded stays with the first.
        var asked = 0;
        page.Dialog += async (_, dialog) =>
        {
            asked++;
            await dialog.DismissAsync();
        };
        try
        {
            await page.GotoAsync(hearing.WordsPage(visitToOther, VoiceKind.Audio, other), new() { Timeout = 3_000 });
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            // Staying is what was chosen.
        }

        Assert.Equal(1, asked);
        Assert.Contains(hearing.Child.Id.ToString(), page.Url, StringComparison.Ordinal);
        await visitor.Radio("Whose words are they?", "Sam").CheckAsync();
        await visitor.Checkbox("What is it about?", "Their life").CheckAsync();
        await visitor.Radio("Which part does it speak to?", "What is so").CheckAsync();
        await visitor.Radio("Can anybody else be heard on it?", "These people").CheckAsync();
        await visitor.LookWideAndNarrowAsync("hear-others");
        await visitor.Radio("Can anybody else be heard on it?", "Nobody else").CheckAsync();
        await visitor.Button("Seal").ClickAsync();
        await Expect(page.GetByText("It broke off at 0:0")).ToBeVisibleAsync();
        await visitor.LookAsync("trouble-kept");
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(hearing.Child.Id, (await scope.Db.VoiceRecords.SingleAsync(r => r.Kind == VoiceKind.Audio && (r.ChildId == hearing.Child.Id || r.ChildId == other.Id), Cancel)).ChildId);
    }

    [Fact]
    public async Task A_microphone_taken_back_in_mid_sentence_and_three_hours_end_a_recording_that_is_kept()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var visit = await hearing.VisitAsync();
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 320, height: 800);
        var page = visitor.Page;
        async Task RecordAsync()
        {
            await visitor.GoAsync(hearing.WordsPage(visit, VoiceKind.Audio));
            await visitor.Button("Start recording").ClickAsync();
            await Expect(page.GetByText("Recording", new() { Exact = true })).ToBeVisibleAsync();
        }

        async Task SealAsync(string ended)
        {
            await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = ended })).ToBeVisibleAsync();
            await Expect(page.GetByText("Recorded, not saved yet")).ToBeVisibleAsync();
            await visitor.Radio("Whose words are they?", "Sam").CheckAsync();
            await visitor.Checkbox("What is it about?", "Their life").CheckAsync();
            await visitor.Radio("Which part does it speak to?", "What is so").CheckAsync();
            await visitor.Radio("Can anybody else be heard on it?", "Nobody else").CheckAsync();
            await visitor.Button("Seal").ClickAsync();
            await Expect(page.GetByText("Sealed. Nobody can change it now.")).ToBeVisibleAsync();
        }

        // The clock goes on by three hours; nobody presses stop.
        await RecordAsync();
        await page.EvaluateAsync("() => { const now = performance.now.bind(performance); performance.now = () => now() + (3 * 3_600_000); }");
        await SealAsync("This is as long as one recording can be, so it has stopped. It is kept.");
        // The browser takes the microphone back, as when somebody presses “Block” beside the address. The sound itself goes on, silent.
        await RecordAsync();
        // Something has to have been said by then, however busy the machine is: with nothing yet, nothing is kept.
        await Expect(page.GetByText("Received by the council up to 0:")).ToBeVisibleAsync();
        var control = await page.Context.Browser!.NewBrowserCDPSessionAsync();
        var target = (await (await page.Context.NewCDPSessionAsync(page)).SendAsync("Target.getTargetInfo"))!.Value.GetProperty("targetInfo");
        await control.SendAsync("Browser.setPermission", new Dictionary<string, object>
        {
            ["permission"] = new Dictionary<string, object> { ["name"] = "microphone" },
            ["setting"] = "denied",
            ["browserContextId"] = target.GetProperty("browserContextId").GetString()!,
        });
        await SealAsync("The microphone is no longer allowed after 0:");
        await visitor.LookAsync("trouble-taken-back");

        using var scope = site.As(hearing.World.Whole);
        var records = await scope.Db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.SealedAt).ToListAsync(Cancel);
        Assert.Equal(2, records.Count);
        Assert.InRange(records[0].DurationSeconds!.Value, VoiceRecord.AudioMaxSeconds, VoiceRecord.AudioTakenSeconds);
        Assert.InRange(records[1].DurationSeconds!.Value, 1, 30);
        var gap = Assert.Single(RecordingGap.Read(records[1].GapsJson));
        Assert.Equal(("lost", null), (gap.Why, gap.ToMs));
        foreach (var record in records)
        {
            using var played = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{record.FileId}");
            Assert.True(played.IsSuccessStatusCode && (await played.Content.ReadAsByteArrayAsync(Cancel)).Length > 100);
        }
    }

    [Fact]
    public async Task Words_typed_and_not_sealed_come_back_to_the_same_child_and_to_no_other_and_go_when_sealed()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var other = await hearing.AnotherChildAsync();
        var (visit, visitToOther) = (await hearing.VisitAsync(), await hearing.VisitAsync(other));
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();
        const string words = "She said: I hear them at night. أسمعهم ليلا";
        await visitor.GoAsync(hearing.WordsPage(visit));
        await page.GetByLabel("Their own words").FillAsync(words);
        await visitor.GoAsync(hearing.WordsPage(visitToOther, child: other));
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync("");
        // Nor in another way of saying it.
        await visitor.GoAsync(hearing.WordsPage(visit, VoiceKind.SignOrGesture));
        await Expect(page.Locator("textarea[name='Input.Text']")).ToHaveValueAsync("");
        await visitor.GoAsync(hearing.WordsPage(visit));
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync(words);
        await visitor.LookAsync("draft-back");
        await visitor.Radio("Where did the words come from?", "They typed or wrote them").CheckAsync();
        await visitor.Radio("Whose words are they?", "Sam").CheckAsync();
        await visitor.Checkbox("What is it about?", "Their life").CheckAsync();
        await visitor.Radio("Which part does it speak to?", "What is so").CheckAsync();
        await visitor.Button("Seal").ClickAsync();
        await Expect(page.GetByText("Sealed. Nobody can change it now.")).ToBeVisibleAsync();
        // The page's script comes after the page.
        var kept = -1;
        for (var tries = 0; tries < 100 && kept != 0; tries++)
        {
            kept = await page.EvaluateAsync<int>("Object.keys(sessionStorage).filter(k => k.startsWith('kept')).length");
            if (kept != 0) await Task.Delay(100, Cancel);
        }

        Assert.Equal(0, kept);
        await visitor.GoAsync(hearing.WordsPage(visit));
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task A_drawing_can_be_rubbed_out_cleared_and_brought_back_with_a_finger()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;
        await visitor.GoAsync(hearing.WordsPage(await hearing.VisitAsync(), VoiceKind.Drawing));
        var paper = page.GetByRole(AriaRole.Img, new() { Name = "Drawing sheet" });
        await paper.ScrollIntoViewIfNeededAsync();
        await visitor.Button("Rubber").TapAsync();
        await paper.TapAsync(new() { Position = new() { X = 100, Y = 100 } });
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet, empty");
        await visitor.Button("Pink").TapAsync();
        await visitor.Button("Thick").TapAsync();
        await paper.TapAsync(new() { Position = new() { X = 200, Y = 100 } });
        await paper.TapAsync(new() { Position = new() { X = 300, Y = 100 } });
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet with 2 lines");
        await visitor.Button("Clear the sheet").TapAsync();
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet, empty");
        await visitor.Button("Undo").TapAsync();
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet with 2 lines");
        await visitor.Button("Undo").TapAsync();
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet with 1 line");
        // The page is lost, and the line is not; it can be undone as before.
        await page.ReloadAsync();
        await Expect(page.GetByText("What you had drawn here and not sent is back.")).ToBeVisibleAsync();
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet with 1 line");
        await visitor.LookAsync("ways-drawing-tablet");
        await visitor.Button("Undo").TapAsync();
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet, empty");
    }

    [Fact]
    public async Task A_data_lead_makes_a_tool_and_sees_it_first()
    {
        var world = await World.CreateAsync(site);
        await using var visitor = await browser.OpenAsync(site, world.DataLead);
        var page = visitor.Page;
        await visitor.GoAsync("/understand/tools");
        await visitor.LookWideAndNarrowAsync("tools");
        await visitor.Link("Add a tool").Or(visitor.Button("Add a tool")).First.ClickAsync();
        await visitor.LookAsync("tools-new");
        await visitor.Radio("What kind of tool is it?", "Scale").CheckAsync();
        await page.GetByLabel("Its name").FillAsync("How football was");
        await page.GetByLabel("What the child is asked").FillAsync("How was it?");
        await page.GetByLabel("Youngest age").FillAsync("6");
        await page.GetByLabel("Oldest age").FillAsync("12");
        await page.GetByLabel("Lowest number").FillAsync("1");
        await page.GetByLabel("Highest number").FillAsync("5");
        await page.GetByLabel("Words at the high end").FillAsync("Brilliant");
        await page.GetByLabel("1. Words").FillAsync("Training");
        // A picture of the council's own: one too large is not even sent, and one that is not lives on though something else is wrong.
        await page.GetByText("A picture of your own for 1", new() { Exact = true }).ClickAsync();
        var chosen = page.GetByLabel("Choose a picture for 1", new() { Exact = true });
        await chosen.SetInputFilesAsync(new FilePayload { Name = "large.png", MimeType = "image/png", Buffer = new byte[ToolPicture.MaxBytes + 1] });
        await Expect(page.GetByText("It can have up to 500 kB. Save a smaller copy and choose that.")).ToBeVisibleAsync();
        await chosen.SetInputFilesAsync(new FilePayload { Name = "pitch.png", MimeType = "image/png", Buffer = Hearing.Png() });
        await Expect(page.Locator("img.photo-chosen[src]")).ToBeVisibleAsync();
        await page.GetByLabel("What your picture for 1 shows", new() { Exact = true }).FillAsync("Our pitch");
        await visitor.Button("Preview").ClickAsync();
        await Expect(page.Locator(".govuk-error-summary")).ToContainTextAsync("Enter the words at the low end");
        await Expect(page.GetByLabel("Picture for 1", new() { Exact = true }).Locator("option:checked")).ToHaveTextAsync("Your own: Our pitch");
        await visitor.LookWideAndNarrowAsync("tools-own-picture");
        await page.GetByLabel("Words at the low end").FillAsync("Rubbish");
        await visitor.Button("Preview").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "As a child will see it" })).ToBeVisibleAsync();
        Assert.True(await page.Locator(".preview img.picture[alt='Our pitch']").EvaluateAsync<bool>("async image => { await image.decode(); return image.naturalWidth > 0; }"));
        await visitor.LookWideAndNarrowAsync("tools-preview");
        await visitor.Button("Add this tool").ClickAsync();
        await Expect(page.GetByText("Added. Practitioners are offered it from now on.")).ToBeVisibleAsync();
    }
}
