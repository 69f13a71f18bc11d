using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static ChildrensInfo.Tests.Journeys.OfflineVisits;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>A child has the device where there is no connection, says something alone, and gives it back.</summary>
public class OfflineChildModeJourneys(TestSite site, Browser browser)
{
    private const string Password = "heron lantern biscuit velvet";
    private const string WorkersWords = "What Samphire told me in the car.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_child_writes_draws_speaks_and_answers_with_nothing_else_in_the_page_and_the_PIN_brings_the_visit_back()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Samphire");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.DecideAsync(Purpose.QuoteService, ConsentEventType.Given);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await AddOwnBoardAsync(site, hearing);
        await BeginVisitAsync(visitor, hearing);
        await page.GetByLabel("Their own words").FillAsync(WorkersWords);
        await visitor.LookWideAndNarrowAsync("offline-hand-over");
        await visitor.Button("Hand the device over").ClickAsync();
        await Expect(Home(page)).ToBeFocusedAsync();
        Assert.Equal("My say", await page.TitleAsync());
        await NothingElseAsync(page);
        await visitor.LookWideAndNarrowAsync("offline-child-home");

        // By keyboard alone, and hidden in between when somebody comes in.
        await visitor.Button("Write").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync(" ");
        await visitor.Button("Next").ClickAsync();
        await Expect(page.GetByText("There is nothing here yet.")).ToBeVisibleAsync();
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync("I want to see my dog");
        await visitor.Checkbox("What is it about?", "The help I get").CheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("[data-cover]")).ToBeVisibleAsync();
        Assert.Equal("Picture", await page.TitleAsync());
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("[data-cover]")).ToBeHiddenAsync();
        await visitor.LookWideAndNarrowAsync("offline-child-write");
        await visitor.Button("Next").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Is this what you meant?" })).ToBeFocusedAsync();
        await visitor.Button("Change it").ClickAsync();
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync("I want to see my dog Rex");
        await visitor.Button("Next").ClickAsync();
        await Expect(page.Locator(".own__words").First).ToHaveTextAsync("I want to see my dog Rex");
        await visitor.LookWideAndNarrowAsync("offline-child-read-back");
        // From whom it is kept lies with it before it is kept.
        await visitor.Button("Who must not know this?").ClickAsync();
        await visitor.Button("That is right").ClickAsync();
        await Expect(page.GetByText("Choose somebody, or go back.")).ToBeVisibleAsync();
        await page.GetByText("Mum", new() { Exact = true }).ClickAsync();
        await visitor.LookWideAndNarrowAsync("offline-child-who");
        await visitor.Button("That is right").ClickAsync();
        await Expect(page.GetByText("It is written down who must not know. Mum")).ToBeVisibleAsync();
        await visitor.LookAsync("offline-child-kept-from");
        await visitor.Button("Yes, keep it").ClickAsync();
        await Expect(page.GetByText("Kept, just as you made it.")).ToBeVisibleAsync();
        await NothingElseAsync(page, "Rex");

        await visitor.Button("Draw").ClickAsync();
        await visitor.Button("Yes, keep it").ClickAsync();
        await Expect(page.GetByText("There is no drawing yet.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Img, new() { Name = "Drawing sheet" }).ClickAsync();
        await visitor.LookWideAndNarrowAsync("offline-child-draw");
        await visitor.Button("I don’t want to answer. Keep it").ClickAsync();
        await visitor.Button("Write about your drawing").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What is your drawing about?" })).ToBeVisibleAsync();
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync("that is Rex");
        await visitor.Button("Next").ClickAsync();
        await visitor.Button("I am not sure. Keep it").ClickAsync();

        await visitor.Button("Say it out loud").ClickAsync();
        await visitor.LookWideAndNarrowAsync("offline-child-speak");
        await visitor.Button("Start recording").ClickAsync();
        await Expect(page.GetByText("Saved on this device up to")).ToBeVisibleAsync();
        await visitor.Button("Stop").ClickAsync();
        await visitor.Button("Yes, keep it").ClickAsync();
        await Expect(Home(page)).ToBeFocusedAsync();

        await visitor.Button("At the kennels").ClickAsync();
        await OwnPicturesAreDrawnAsync(page.Locator("[data-tool] img.picture"), "Our kennel", "Our bowl");
        await visitor.LookAsync("offline-child-own-pictures");
        await page.GetByRole(AriaRole.Button, new() { Name = "Back", Exact = true }).ClickAsync();

        // The last house first, and under another name.
        await visitor.Button("Three Houses").ClickAsync();
        await visitor.Button("Next").ClickAsync();
        await Expect(page.GetByText("There is nothing here yet.")).ToBeVisibleAsync();
        await visitor.Button("House of dreams").ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "What belongs in it?" }).FillAsync("Rex sleeps on my bed");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "You can call it something else" }).FillAsync("My castle");
        await visitor.LookWideAndNarrowAsync("offline-child-house");
        // Going back goes back in what they see.
        await page.EvaluateAsync("setTimeout(() => history.back())");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "My castle There is something in it" })).ToBeVisibleAsync();
        await visitor.Button("House of worries").ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "What belongs in it?" }).FillAsync("shouting");
        await visitor.Button("Done with this one").ClickAsync();
        await visitor.LookWideAndNarrowAsync("offline-child-houses");
        await visitor.Button("Next").ClickAsync();
        await Expect(page.Locator(".own__given strong")).ToHaveTextAsync(["My castle", "House of worries", "House of good things"]);
        await visitor.LookWideAndNarrowAsync("offline-child-houses-read-back");
        await visitor.Button("Yes, keep it").ClickAsync();
        await Expect(Home(page)).ToBeFocusedAsync();

        // All they say is kept from somebody too, and they say yes and no to what they are asked.
        await visitor.Button("Who must not know").ClickAsync();
        await Expect(page.GetByLabel("Mum", new() { Exact = true })).Not.ToBeCheckedAsync();
        await page.GetByText("Other workers", new() { Exact = true }).ClickAsync();
        await visitor.Button("That is right").ClickAsync();
        await Expect(page.GetByText("It is written down who must not know.")).ToBeVisibleAsync();
        await visitor.Button("Who may see what I say").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Who may see what I say" })).ToBeFocusedAsync();
        await visitor.LookWideAndNarrowAsync("offline-child-asked");
        await page.GetByRole(AriaRole.Button, new() { Name = "Mum Not talked about yet" }).ClickAsync();
        await visitor.LookWideAndNarrowAsync("offline-child-ask");
        await visitor.Button("Yes").ClickAsync();
        await Expect(page.GetByText("Until then it does not happen.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Mum Asked, not settled yet" }).ClickAsync();
        await visitor.Button("No").ClickAsync();
        await Expect(page.GetByText("You said no. That is fine.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Mum No" })).ToBeVisibleAsync();
        var quoted = await site.ReadAsync(hearing.World, db => db.Wordings.Where(w => w.Purpose == Purpose.QuoteService && w.AgeBand == AgeBand.From8To11 && w.Format == WordingFormat.Text && w.Language == "en").Select(w => w.Name).FirstAsync(Cancel));
        await page.GetByRole(AriaRole.Button, new() { Name = $"{quoted} Yes" }).ClickAsync();
        await visitor.Button("Stop").ClickAsync();
        await visitor.LookWideAndNarrowAsync("offline-child-wants");
        await visitor.Button("Do not use it any more").ClickAsync();
        await Expect(page.Locator("[data-own-answered]")).ToContainTextAsync("It has stopped.");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = $"{quoted} Stopped" })).ToBeVisibleAsync();
        await visitor.Button("Back").ClickAsync();

        // Something is begun and not kept when the page is lost. It stays closed.
        await visitor.Button("Write").ClickAsync();
        var before = await SavedAsync(page);
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync("And another thing");
        while (await SavedAsync(page) == before) await page.WaitForTimeoutAsync(50);
        page = await LoseAsync(page);
        await page.GotoAsync("/offline");
        await Expect(page.GetByLabel("Your PIN for visits")).ToBeVisibleAsync();
        await NothingElseAsync(page, "Rex", "another thing", "my castle");
        await OpenAsync(page);
        Assert.DoesNotContain(await page.Context.CookiesAsync(), c => c.Name == ChildModeGate.LentCookie);
        await AuthenticatorAsync(await page.Context.NewCDPSessionAsync(page), givesSecrets: true);
        await page.GetByText("Open with a passkey as well").ClickAsync();
        await AddPasskeyAsync(page);
        await Begun(page).GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync("And another thing");
        await Expect(page.GetByLabel("They typed or wrote them")).ToBeCheckedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Visits", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasNotText = "Begun by themselves" }).GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync(WorkersWords);

        // Given back by the passkey, besides the PIN; with a connection meanwhile, an address leads out of the sign-in and nowhere else.
        await HandOverAsync(page);
        await page.Context.SetOfflineAsync(false);
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(hearing.ChildPage);
        await Expect(other.GetByLabel("Password")).ToBeVisibleAsync();
        await other.CloseAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Img, new() { Name = "Drawing sheet" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Back", Exact = true }).ClickAsync();
        // What they began and did not keep is asked about before the device goes back.
        await page.GetByRole(AriaRole.Button, new() { Name = "Give it back" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, show it to me" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Draw it" })).ToBeFocusedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Back", Exact = true }).ClickAsync();
        await GiveBackAsync(page, "739153");
        await Expect(page.GetByText("That is not the PIN")).ToBeVisibleAsync();
        await NothingElseAsync(page);
        await new Visitor(page.Context, page).LookWideAndNarrowAsync("offline-child-give-back");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open with your passkey" }).ClickAsync();
        await Expect(page.GetByText("They began something by themselves and did not keep it.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync(WorkersWords);
        Assert.Equal("Visits - Children’s Information Portal", await page.TitleAsync());

        // The tenth wrong PIN closes the child's screen. What is left of it signs nobody out who signs in then.
        await HandOverAsync(page);
        await WrongPinsAsync(page, ChildMode.MostWrongPins - 1);
        await GiveBackAsync(page, "739153");
        await Expect(page.GetByText("That was wrong 10 times. Sign in with a connection first")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Your PIN for visits")).ToBeVisibleAsync();
        await NothingElseAsync(page);
        await Expect(Home(page)).ToHaveCountAsync(0);
        Assert.Contains(await page.Context.CookiesAsync(), c => c.Name == ChildModeGate.LentCookie);
        await World.GivePasswordAsync(site, hearing.World.Practitioner, Password);
        await page.GotoAsync("/account/signin?returnUrl=%2Foffline");
        await page.GetByLabel("Email address").FillAsync(hearing.World.Practitioner.Email!);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await WrongPinsAsync(page, ChildMode.MostWrongPins);
        await OpenAsync(page);
        await Expect(Begun(page)).ToHaveCountAsync(2);

        // The PIN gives it back. The tenth wrong one closes it while its worker is signed in too, who may go on trying.
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasNotText = "Begun by themselves" }).GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await HandOverAsync(page);
        var away = page.GetByRole(AriaRole.Button, new() { Name = "No, throw it away" });
        await page.GetByRole(AriaRole.Button, new() { Name = "Give it back" }).ClickAsync();
        await Expect(away).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Back", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Write", Exact = true }).ClickAsync();
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync("nobody may read this");
        await page.GetByRole(AriaRole.Button, new() { Name = "Back", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Give it back" }).ClickAsync();
        await Expect(page.GetByText("If you do not say, your worker can see it.")).ToBeVisibleAsync();
        await new Visitor(page.Context, page).LookWideAndNarrowAsync("offline-child-begun");
        await away.ClickAsync();
        await Expect(away).ToBeHiddenAsync();
        await NothingElseAsync(page, "nobody may read");
        await page.GetByRole(AriaRole.Button, new() { Name = "Back", Exact = true }).ClickAsync();
        await GiveBackAsync(page, Pin);
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync(WorkersWords);
        await HandOverAsync(page);
        await WrongPinsAsync(page, ChildMode.MostWrongPins - 1);
        await GiveBackAsync(page, "739153");
        await Expect(page.GetByText("That is not the PIN. Wait 15 minutes")).ToBeVisibleAsync();
        await NothingElseAsync(page);
        await Expect(Home(page)).ToHaveCountAsync(0);
        await WrongPinsAsync(page, ChildMode.MostWrongPins);
        await OpenAsync(page);
        await Expect(Begun(page)).ToHaveCountAsync(2);
        await ConnectAsync(page);
        await Expect(page.GetByText("Received by the council 10")).ToBeVisibleAsync();
        using var scope = site.As(hearing.World.Whole);
        var kept = await scope.Db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.Id).ToListAsync(Cancel);
        Assert.Equal([VoiceKind.TypedText, VoiceKind.Drawing, VoiceKind.TypedText, VoiceKind.Audio, VoiceKind.ToolAnswer], kept.Select(r => r.Kind));
        Assert.Equal((ReadBack.YesAfterChange, Speaker.Child, WordsProvenance.OwnHand), (kept[0].ReadBack, kept[0].Speaker, kept[0].Provenance));
        Assert.Equal((kept[1].Id, ReadBack.NotSure), (kept[2].ExplainsId, kept[2].ReadBack));
        // The child was not asked who else is heard: that is their worker's to say.
        Assert.Null(kept[3].AnybodyElseHeard);
        Assert.Equal(WordsProvenance.OwnHand, kept[4].Provenance);
        // What is kept from somebody altogether came before anything that was said.
        var rules = await scope.Db.DoNotTells.Where(d => d.ChildId == hearing.Child.Id).OrderBy(d => d.RecordedAt).ToListAsync(Cancel);
        Assert.Equal([(DoNotTellScope.Everything, (Guid?)null, DoNotTellRole.OtherPractitioners, (Guid?)null), (DoNotTellScope.Record, kept[0].Id, null, mother.Id)], rules.Select(r => (r.Scope, r.VoiceRecordId, r.Role, r.RelationshipId)));
        Assert.True(rules[0].RecordedAt < kept.Min(r => r.SealedAt));
        Assert.Equal(
            [(Purpose.ShareParent, ConsentEventType.Asked, (WithdrawWants?)null), (Purpose.ShareParent, ConsentEventType.Refused, null), (Purpose.QuoteService, ConsentEventType.Withdrawn, WithdrawWants.TakeOut)],
            (await scope.Db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id && e.ClockSource == ClockSource.Device).OrderBy(e => e.Id).ToListAsync(Cancel)).Select(e => (e.Purpose, e.Type, e.Wants)));
        await Expect(page.GetByText("It is locked there until you say whether anybody else can be heard on it")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task It_suits_the_age_and_the_language_and_what_was_not_allowed_is_not_there()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 5, givenName: "Samphire");
        using (var scope = site.As(hearing.World.Whole)) await scope.Db.Children.Where(c => c.Id == hearing.Child.Id).ExecuteUpdateAsync(c => c.SetProperty(one => one.PreferredLanguage, "cy"), Cancel);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, touch: true);
        var page = visitor.Page;
        await BeginVisitAsync(visitor, hearing);
        await visitor.Button("Hand the device over").ClickAsync();
        await Expect(page.GetByText("Bydd dy weithiwr yn ei ddarllen.")).ToBeVisibleAsync();
        Assert.Equal("cy", await page.Locator("html").GetAttributeAsync("lang"));
        await Expect(visitor.Button("Siarad")).ToBeHiddenAsync();
        await visitor.LookWideAndNarrowAsync("offline-child-young-welsh");
        var titles = await page.Locator(".own__tile:not([data-own])").AllInnerTextsAsync();
        Assert.NotEmpty(titles);
        for (var shown = 0; shown < titles.Count; shown++)
        {
            await page.Locator(".own__tile:not([data-own])").Nth(shown).ClickAsync();
            await Expect(page.Locator("#tool-ask")).ToBeFocusedAsync();
            await visitor.LookWideAndNarrowAsync($"offline-child-young-tool-{shown + 1}");
            Assert.Equal("", await page.EvaluateAsync<string>("[...document.querySelectorAll('a, button, .choice__label, .own__choice label')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 64).map(e => e.textContent.trim()).join()"));
            await visitor.Button("Dydw i ddim eisiau ateb hwn").ClickAsync();
            await Expect(page.GetByText("Fe wnest ti hepgor hwn")).ToBeVisibleAsync();
            await visitor.Button("Nôl").ClickAsync();
            await visitor.Button("Nôl").ClickAsync();
        }

        // Left alone it locks like any open visit.
        await LaterAsync(page, 6);
        await Expect(page.GetByText("Locked, because nobody touched it for five minutes.")).ToBeVisibleAsync();
        Assert.Equal("en", await page.Locator("html").GetAttributeAsync("lang"));
    }

    private static async Task HandOverAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Hand the device over" }).ClickAsync();
        await Expect(Home(page)).ToBeFocusedAsync();
    }

    private static async Task GiveBackAsync(IPage page, string pin)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Give it back" }).ClickAsync();
        await page.GetByLabel("Worker’s PIN for visits").FillAsync(pin);
        await page.GetByRole(AriaRole.Button, new() { Name = "Take it back" }).ClickAsync();
    }

    private static ILocator Home(IPage page) => page.GetByRole(AriaRole.Heading, new() { Name = "This is your place to say things" });

    private static ILocator Begun(IPage page) => page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Begun by themselves, and not kept." });

    /// <summary>Nothing of anybody stands in the page: not the name, not what was said before.</summary>
    private static async Task NothingElseAsync(IPage page, params string[] norThese)
    {
        var all = await page.EvaluateAsync<string>("`${document.title} ${location} ${JSON.stringify(history.state)} ${document.documentElement.outerHTML} ${[...document.querySelectorAll('input, textarea')].map(f => f.value).join(' ')}`");
        foreach (var readable in (string[])["Samphire", WorkersWords, .. norThese]) Assert.DoesNotContain(readable, all, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>When something of a visit came to the disk last.</summary>
    private static Task<double> SavedAsync(IPage page) => page.EvaluateAsync<double>("""
        async () => {
          const { open, people } = await import('/lib/offline/store.js');
          const db = await open((await people())[0]);
          const rows = await db.getAll('drafts');
          db.close();
          return Math.max(...rows.map(row => row.changedAt));
        }
        """);
}
