using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static ChildrensInfo.Tests.Journeys.OfflineVisits;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>A child draws where there is no connection, and says what it is.</summary>
public class OfflineDrawingJourneys(TestSite site, Browser browser)
{
    private const string Meaning = "That is me, and the tide is coming.";

    private const string Question = "What would you like to draw?";

    [Fact]
    public async Task Draws_loses_the_page_half_way_goes_on_and_says_what_it_is_and_the_council_has_it_byte_for_byte()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await BeginVisitAsync(visitor, hearing);
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw With a finger or mouse" }).ClickAsync();
        var paper = page.GetByRole(AriaRole.Img, new() { Name = "Drawing sheet" });
        await visitor.Button("Blue").ClickAsync();
        await visitor.Button("Thick").ClickAsync();
        await LineAsync(page, 40, 60, 300, 90);
        await LineAsync(page, 40, 120, 300, 150);
        await visitor.Button("Undo").ClickAsync();
        await visitor.Button("Red").ClickAsync();
        await LineAsync(page, 60, 200, 280, 160);
        await visitor.Button("Clear the sheet").ClickAsync();
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet, empty");
        await visitor.Button("Undo").ClickAsync();
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet with 2 lines");
        await page.Locator("[data-form=drawing]").GetByLabel("Their life", new() { Exact = true }).CheckAsync();
        await Expect(page.Locator("[data-drawing-kept]")).ToContainTextAsync("Saved on this device at");
        var before = await PixelsAsync(page);
        await visitor.LookWideAndNarrowAsync("offline-drawing");

        // A long line is under way when the tab dies without a last word: what of it is older than two seconds is there again.
        await paper.ScrollIntoViewIfNeededAsync();
        var box = (await paper.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + 50, box.Y + 220);
        await page.Mouse.DownAsync();
        for (var step = 0; step < 27; step++)
        {
            await page.Mouse.MoveAsync(box.X + 50 + (step * 8), box.Y + 220 + (step % 2 * 10));
            await page.WaitForTimeoutAsync(100);
        }

        await Expect(page.Locator("[data-drawing-kept]")).ToContainTextAsync("Saved on this device at");
        await Expect(page.Locator("[data-kept]")).ToContainTextAsync("Saved on this device at");
        page = await LoseAsync(page);
        await page.AddInitScriptAsync("""
            // What the sheet makes a picture of is what is to arrive.
            const toBlob = HTMLCanvasElement.prototype.toBlob;
            HTMLCanvasElement.prototype.toBlob = function (done, ...more) {
              toBlob.call(this, async blob => {
                window.sealedPicture = btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), b => String.fromCharCode(b)).join(''));
                done(blob);
              }, ...more);
            };
            """);
        await page.GotoAsync("/offline");
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.Locator("[data-drawing-kept]")).ToHaveTextAsync("The drawing is back. Saved on this device.");
        paper = page.GetByRole(AriaRole.Img, new() { Name = "Drawing sheet" });
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet with 3 lines");
        await Expect(page.Locator("[data-form=drawing]").GetByLabel("Their life", new() { Exact = true })).ToBeCheckedAsync();
        Assert.NotEqual(before, await PixelsAsync(page));
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet with 2 lines");
        Assert.Equal(before, await PixelsAsync(page));
        // What was undone stays undone.
        await Expect(page.Locator("[data-drawing-kept]")).ToContainTextAsync("Saved on this device at");
        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        await Expect(page.GetByText("There is a drawing that is not sealed. Seal it, or clear the sheet.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Lock", Exact = true }).ClickAsync();
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet with 2 lines");
        Assert.Equal(before, await PixelsAsync(page));

        var form = page.Locator("[data-form=drawing]");
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(form.GetByText("Choose who drew it")).ToBeVisibleAsync();
        await form.GetByLabel("The child", new() { Exact = true }).CheckAsync();
        await form.GetByLabel("What is so", new() { Exact = true }).CheckAsync();
        // What they were asked is sealed with it; a question of nobody is none.
        await form.GetByText("What they were asked").ClickAsync();
        await form.GetByLabel("The question, word for word").FillAsync(Question);
        await form.Locator("input[name='Drawing.PromptedBy'][value=Nobody]").CheckAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(form.GetByText("You say that nobody asked.")).ToBeVisibleAsync();
        await form.Locator("input[name='Drawing.PromptedBy'][value=OpenQuestion]").CheckAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(page.GetByText("Sealed, and on this device. Nobody can change it now.")).ToBeVisibleAsync();
        var made = Convert.FromBase64String(await page.EvaluateAsync<string>("window.sealedPicture"));

        // What they say about it goes with it, also when the page is left before it is sealed.
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep what Sam says about it" }).ClickAsync();
        await Expect(page.GetByLabel("Their own words")).ToBeFocusedAsync();
        await page.GetByLabel("Their own words").FillAsync(Meaning);
        await page.GetByLabel("I wrote them down word for word as they spoke").CheckAsync();
        await Expect(page.Locator("[data-kept]")).ToContainTextAsync("Saved on this device at");
        await page.ReloadAsync();
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync(Meaning);
        await Expect(page.GetByLabel("Is it about something they made here?").First.Locator("option:checked")).ToContainTextAsync("The drawing of");
        await SealAsync(page, "words");
        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        await Expect(page.GetByText("Sam: drawing")).ToBeVisibleAsync();
        // Of what was drawn nothing but the sealed picture is left.
        Assert.Equal("0 1", await page.EvaluateAsync<string>("""
            async () => {
              const { open, people } = await import('/lib/offline/store.js');
              const db = await open((await people())[0]);
              const left = `${await db.count('segments')} ${await db.count('pieces')}`;
              db.close();
              return left;
            }
            """));
        await ConnectAsync(page);
        await Expect(page.GetByText("Received by the council 3")).ToBeVisibleAsync();

        using var scope = site.As(hearing.World.Whole);
        var drawing = await scope.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id && r.Kind == VoiceKind.Drawing, TestContext.Current.CancellationToken);
        Assert.Equal(PromptedBy.OpenQuestion, drawing.PromptedBy);
        Assert.Contains(Question, (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelectorAll(".record__asked q").Select(q => q.TextContent));
        Assert.Equal(drawing.Id, (await scope.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id && r.Kind == VoiceKind.TypedText, TestContext.Current.CancellationToken)).ExplainsId);
        var shown = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Contains(Meaning, shown.QuerySelector(".meaning")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(made, await (await hearing.Client.GetAsync(shown.QuerySelector(".words img")!.GetAttribute("src")!)).Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_drawing_deleted_before_it_is_sent_leaves_what_was_said_about_it_and_one_refused_holds_it_back()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await BeginVisitAsync(visitor, hearing);
        async Task DrawAsync()
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Draw With a finger or mouse" }).ClickAsync();
            await LineAsync(page, 40, 60, 300, 90);
            await SealAsync(page, "drawing");
        }

        await DrawAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep what Sam says about it" }).ClickAsync();
        await visitor.LookWideAndNarrowAsync("offline-drawing-explain");
        await page.GetByLabel("Their own words").FillAsync("The first is our boat.");
        await page.GetByLabel("They typed or wrote them").CheckAsync();
        await SealWhileLockingAsync(page, hearing);

        // Of the second they tell aloud.
        await DrawAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Record Their own voice" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start recording" }).ClickAsync();
        await Expect(page.GetByText("Saved on this device up to")).ToBeVisibleAsync();
        // The device is full in the middle of it: the recording stops, and what there is of it can be sealed.
        await FillAsync(page);
        await Expect(page.GetByText("The device is full, so the recording has stopped. What was recorded until then is kept.")).ToBeVisibleAsync();
        await MakeRoomAsync(page);
        await page.Locator("[data-form=sound]").GetByLabel("Is it about something they made here?").SelectOptionAsync(new SelectOptionValue { Index = 2 });
        await SealAsync(page, "sound");

        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        var drawings = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Sam: drawing" });
        await Expect(drawings).ToHaveCountAsync(2);
        // The newest stands first.
        await drawings.Last.GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await page.GetByLabel("The child changed their mind").CheckAsync();
        await page.Locator("[data-form=takeback]").GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await Expect(page.GetByText("A drawing, deleted")).ToBeVisibleAsync();

        // Their visit is refused. What was said in it waits, says so, and can be put with another.
        var visits = 0;
        await page.RouteAsync("**/offline/*", route => route.Request.Method == "PUT" && route.Request.Url.Contains(hearing.ChildPage, StringComparison.Ordinal) && visits++ == 0
            ? route.FulfillAsync(new() { Status = 422, ContentType = "application/json", Body = """{"reason":"The date of the visit must be after the child was born"}""" }) : route.ContinueAsync());
        await ConnectAsync(page);
        await Expect(page.GetByText("Its visit needs you, and it goes after that: or put it with another visit.")).ToHaveCountAsync(3);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Put it with another visit" })).ToHaveCountAsync(3);
        await visitor.LookWideAndNarrowAsync("offline-visit-refused");
        await page.UnrouteAsync("**/offline/*");

        // On its way the other is refused as no picture: it needs somebody, and what is said about it waits for it.
        await page.RouteAsync("**/offline-media/**", route => route.FulfillAsync(new() { Status = 415, ContentType = "application/json", Body = """{"reason":"This is not a recording or a picture of a kind the portal can keep."}""" }));
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Sam: visit on" }).GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(drawings.GetByText("Needs you.")).ToBeVisibleAsync();
        await Expect(page.GetByText("On this device 1")).ToBeVisibleAsync();
        await Expect(drawings.GetByText("This is not a recording or a picture of a kind the portal can keep.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Received by the council 3")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("offline-drawing-parked");
        await page.UnrouteAsync("**/offline-media/**");
        await drawings.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(page.GetByText("Received by the council 5")).ToBeVisibleAsync();

        var records = await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.Id).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal([(VoiceKind.TypedText, null), (VoiceKind.Drawing, null), (VoiceKind.Audio, records[1].Id)], records.Select(r => (r.Kind, r.ExplainsId)));
        await visitor.GoAsync(hearing.ChildPage);
        await visitor.LookWideAndNarrowAsync("offline-drawing-received");
    }

    /// <summary>
    /// Seals words while the page locks: locking waits for a line of the next drawing, which is slow to the disk, and so ends in the middle of the sealing. They are sealed, and the locked page does not
    /// have the draft again by that: with one, it would say that it saves what is typed.
    /// </summary>
    private static async Task SealWhileLockingAsync(IPage page, Hearing hearing)
    {
        var words = page.Locator("[data-form=words]");
        foreach (var label in new[] { "The child’s", "Their life", "What is so" }) await words.GetByLabel(label, new() { Exact = true }).CheckAsync();
        await Expect(page.Locator("[data-kept]")).ToContainTextAsync("Saved on this device at");
        await page.EvaluateAsync("""
            () => {
              // That the disk has it is heard late: of the line when the sealing has begun, of the sealing when the page is locked.
              const { addEventListener } = EventTarget.prototype;
              const locked = () => document.querySelector('#pin').checkVisibility();
              const when = (is, then) => is() ? then() : setTimeout(() => when(is, then), 10);
              IDBTransaction.prototype.addEventListener = function (type, hear, ...more) {
                const seals = this.objectStoreNames.contains('outbox');
                if (window.sealing || type !== 'complete' || this.mode !== 'readwrite' || !(seals || this.objectStoreNames.contains('segments'))) return addEventListener.call(this, type, hear, ...more);
                window.sealing = seals;
                addEventListener.call(this, type, event => when(seals ? locked : () => window.sealing, () => hear(event)), ...more);
              };
            }
            """);
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw With a finger or mouse" }).ClickAsync();
        await page.GetByRole(AriaRole.Img, new() { Name = "Drawing sheet" }).ClickAsync();
        var left = await page.EvaluateAsync<string>("""
            async person => {
              document.querySelector('.device__lock').click();
              // Locking has begun, and waits.
              await new Promise(done => setTimeout(done));
              document.querySelector('[data-form=words]').requestSubmit();
              for (let tries = 0; !document.querySelector('#pin').checkVisibility(); tries++) {
                if (tries > 1000) throw new Error('It does not lock');
                await new Promise(done => setTimeout(done, 10));
              }
              const db = await (await import('/lib/offline/idb.js')).openDB(`visits of ${person}`);
              // Behind whatever is still being written.
              const rows = await db.transaction(['outbox'], 'readwrite').store.getAll();
              db.close();
              document.querySelector('[data-form=words]').dispatchEvent(new Event('input'));
              return `${rows.filter(row => row.kind === 'Record').length} sealed ${document.querySelector('[data-kept]').textContent}`;
            }
            """, hearing.World.Practitioner.Id);
        Assert.Equal("2 sealed ", left);
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync("");
    }

    private static async Task LineAsync(IPage page, float fromX, float fromY, float toX, float toY)
    {
        var paper = page.GetByRole(AriaRole.Img, new() { Name = "Drawing sheet" });
        await paper.ScrollIntoViewIfNeededAsync();
        var box = (await paper.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + fromX, box.Y + fromY);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + toX, box.Y + toY, new() { Steps = 6 });
        await page.Mouse.UpAsync();
    }

    private static Task<string> PixelsAsync(IPage page) => page.EvaluateAsync<string>("document.querySelector('[data-offline-drawing] canvas').toDataURL()");
}
