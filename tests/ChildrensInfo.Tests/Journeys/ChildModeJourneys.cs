using ChildrensInfo.Core.Access;
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

/// <summary>A child on a tablet says something alone, and gives the tablet back.</summary>
public class ChildModeJourneys(TestSite site, Browser browser)
{
    [Fact]
    public async Task A_child_writes_draws_hides_and_gives_the_tablet_back()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var visit = await hearing.VisitAsync();
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;
        // A browser without a screen has no voice: this one has two, of which one would send the words away.
        await page.AddInitScriptAsync("""
            window.SpeechSynthesisUtterance = function (text) { this.text = text; };
            const speech = {
              speaking: false, said: [],
              getVoices: () => [{ lang: 'en-GB', localService: false, name: 'far' }, { lang: 'en-GB', localService: true, name: 'near' }],
              addEventListener() {},
              speak(words) { this.speaking = true; this.said.push(`${words.voice.name}: ${words.text}`); this.now = words; words.onstart(); },
              cancel() { if (this.speaking) { this.speaking = false; this.now.onend(); } },
            };
            Object.defineProperty(window, 'speechSynthesis', { value: speech });
            """);
        await visitor.GoAsync(hearing.WordsPage(visit));
        await visitor.Button("Hand the device over").TapAsync();
        await page.GetByLabel("Your PIN").FillAsync("4827");
        await visitor.LookWideAndNarrowAsync("child-hand-over");
        await visitor.Button("Hand it over").TapAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "This is your place to say things" })).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("child-home");
        var small = await page.EvaluateAsync<string>("[...document.querySelectorAll('a, button, .own__choice label')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 64).map(e => e.textContent.trim()).join()");
        Assert.Equal("", small);

        await visitor.Link("Write").TapAsync();
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync("I want to see my dog");
        await visitor.LookWideAndNarrowAsync("child-write");

        // Somebody comes in: one key, and there is only a picture; it stays when the page is loaded again.
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("[data-cover]")).ToBeVisibleAsync();
        Assert.Equal("Picture", await page.TitleAsync());
        await page.ReloadAsync();
        await Expect(page.Locator("[data-cover]")).ToBeVisibleAsync();
        await visitor.LookAsync("child-covered");
        await page.Locator("[data-uncover]").TapAsync();
        // Where there are no keys, the button does it.
        await page.Locator("[data-hide]").TapAsync();
        await Expect(page.Locator("[data-cover]")).ToBeVisibleAsync();
        await page.Locator("[data-uncover]").TapAsync();
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync("I want to see my dog");
        await visitor.Button("Next").TapAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Is this what you meant?" })).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("child-read-back");
        // Read aloud by this device's own voice, the child's words among it, until it is told to stop.
        await visitor.Button("Read it to me").TapAsync();
        await Expect(page.Locator("[data-read-label]")).Not.ToHaveTextAsync("Read it to me");
        var said = await page.EvaluateAsync<string>("speechSynthesis.said.join('\\n')");
        Assert.Matches("^near: Is this what you meant[?].*I want to see my dog", said);
        await page.Locator("[data-read]").TapAsync();
        await Expect(page.Locator("[data-read-label]")).ToHaveTextAsync("Read it to me");
        Assert.False(await page.EvaluateAsync<bool>("speechSynthesis.speaking"));
        await visitor.Button("Yes, keep it").TapAsync();
        await Expect(page.GetByText("Kept, just as you made it.")).ToBeVisibleAsync();
        await visitor.LookAsync("child-kept");
        await page.GetByRole(AriaRole.Link, new() { Name = "Who must not know this?" }).TapAsync();
        await page.GetByText("Mum", new() { Exact = true }).TapAsync();
        await visitor.LookWideAndNarrowAsync("child-who");
        await visitor.Button("That is right").TapAsync();
        await Expect(page.GetByText("It is written down who must not know.")).ToBeVisibleAsync();

        await visitor.Link("Draw").TapAsync();
        var paper = page.GetByRole(AriaRole.Img, new() { Name = "Drawing sheet" });
        var box = (await paper.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + 50, box.Y + 50);
        await page.Mouse.DownAsync();
        for (var step = 1; step <= 10; step++) await page.Mouse.MoveAsync(box.X + 50 + (step * 20), box.Y + 50 + (step * 12));
        await page.Mouse.UpAsync();
        await visitor.LookWideAndNarrowAsync("child-draw");
        await visitor.Button("Yes, keep it").TapAsync();
        await Expect(page.GetByText("Kept, just as you made it.")).ToBeVisibleAsync();
        await visitor.Link("Write about your drawing").TapAsync();
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync("this is my dog");
        await visitor.Button("Next").TapAsync();
        // Changed after it was read back, and the page remembers that it was.
        await visitor.Button("Change it").TapAsync();
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync("this is my dog Rex");
        await visitor.Button("Next").TapAsync();
        await visitor.Button("Yes, keep it").TapAsync();
        await Expect(page.GetByText("Kept, just as you made it.")).ToBeVisibleAsync();

        // Three Houses, the last one first and under another name.
        await visitor.TapToNextPageAsync(visitor.Link("Three Houses"));
        await visitor.LookWideAndNarrowAsync("child-houses");
        await visitor.Button("House of dreams").TapAsync();
        await page.GetByLabel("What belongs in it?").FillAsync("Rex sleeps on my bed");
        await page.GetByLabel("You can call it something else").FillAsync("My castle");
        await visitor.LookWideAndNarrowAsync("child-house");
        await visitor.Button("Done with this one").TapAsync();
        await visitor.Button("House of worries").TapAsync();
        await page.GetByLabel("What belongs in it?").FillAsync("shouting");
        await visitor.Button("Done with this one").TapAsync();
        await visitor.Button("Next").TapAsync();
        await Expect(page.Locator(".own__given strong")).ToHaveTextAsync(["My castle", "House of worries", "House of good things"]);
        await visitor.LookWideAndNarrowAsync("child-houses-read-back");
        await visitor.Button("Yes, keep it").TapAsync();
        await Expect(page.GetByText("Kept, just as you made it.")).ToBeVisibleAsync();

        await visitor.TapToNextPageAsync(visitor.Link("Say it out loud"));
        await visitor.LookAsync("child-record");

        // Neither going back nor typing an address gets out.
        await visitor.GoAsync(hearing.ChildPage);
        Assert.EndsWith("/hear/my-say", page.Url);
        for (var i = 0; i < 4; i++)
        {
            await page.EvaluateAsync("setTimeout(() => history.back())");
            await page.WaitForTimeoutAsync(400);
            Assert.DoesNotContain("Thistlebrook", await StandingAsync(page));
        }

        await visitor.GoAsync("/hear");
        await Expect(page.Locator("[data-own]")).ToBeVisibleAsync();
        Assert.DoesNotContain("Thistlebrook", await StandingAsync(page));

        // What they begin and do not keep is still there when the page is loaded again, and asked about before the device goes back.
        await visitor.GoAsync("/hear/my-say/say?as=TypedText");
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync("nobody may read this yet");
        await visitor.GoAsync("/hear/my-say/say?as=Drawing");
        await paper.TapAsync(new() { Position = new() { X = 200, Y = 100 } });
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet with 1 line");
        await page.ReloadAsync();
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet with 1 line");
        await visitor.GoAsync("/hear/my-say/give-back");
        await Expect(page.GetByText("You began something and did not keep it.")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("child-begun");
        await page.GetByLabel("Worker’s PIN").FillAsync("1234");
        await visitor.Button("Take it back").TapAsync();
        await Expect(page.GetByText("That is not the PIN.")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("child-give-back");
        await page.GetByLabel("Worker’s PIN").FillAsync("4827");
        await visitor.Button("Take it back").TapAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sam Thistlebrook" })).ToBeVisibleAsync();
        await Expect(page.GetByText("I want to see my dog")).ToBeVisibleAsync();
        // Nobody answered: nothing of it can be read in this browser now, and the child finds it when they hold the device again.
        var left = await page.EvaluateAsync<string>("JSON.stringify([{ ...sessionStorage }, { ...localStorage }])");
        Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(left, "\"own [0-9a-f]{32} say "));
        Assert.DoesNotContain("may read", left);
        Assert.DoesNotContain("points", left);
        // Back leads to the answer of a form, which the browser kept no copy of.
        await page.EvaluateAsync("setTimeout(() => history.back())");
        await page.WaitForTimeoutAsync(400);
        await Expect(page.Locator("[data-own]")).ToHaveCountAsync(0);
        await visitor.GoAsync(hearing.WordsPage(visit));
        await visitor.TapToNextPageAsync(visitor.Button("Hand the device over"));
        await visitor.TapToNextPageAsync(visitor.Link("Yes, show it to me"));
        await Expect(paper).ToHaveAccessibleNameAsync("Drawing sheet with 1 line");
        await visitor.GoAsync("/hear/my-say/say?as=TypedText");
        await Expect(page.GetByLabel("Your words. Spelling does not matter.")).ToHaveValueAsync("nobody may read this yet");
        await visitor.GoAsync("/hear/my-say");
        await visitor.Button("No, throw it away").TapAsync();
        await Expect(visitor.Button("No, throw it away")).ToBeHiddenAsync();
        Assert.False(await page.EvaluateAsync<bool>("Object.keys(localStorage).some(k => k.startsWith('own '))"));

        // Their worker's sign-in ends. It goes behind the picture, once: whoever looks behind it is left in peace.
        await page.GetByRole(AriaRole.Link, new() { Name = "Write", Exact = true }).TapAsync();
        await page.GetByLabel("Your words. Spelling does not matter.").FillAsync("what I am writing now");
        using var scope = site.As(hearing.World.Whole);
        await scope.Get<SignInService>().EndAllAsync(hearing.World.Practitioner.Id, null, hearing.World.Whole, CancellationToken.None);
        await AskedAsync();
        await Expect(page.Locator("[data-cover]")).ToBeVisibleAsync();
        Assert.Equal("Picture", await page.TitleAsync());
        await page.Locator("[data-uncover]").TapAsync();
        await AskedAsync();
        await Expect(page.Locator("[data-cover]")).ToBeHiddenAsync();
        await Expect(page.GetByLabel("Your words. Spelling does not matter.")).ToHaveValueAsync("what I am writing now");
        Task AskedAsync() => page.EvaluateAsync("async () => { document.dispatchEvent(new Event('visibilitychange')); await fetch('/account/alive', { method: 'HEAD', redirect: 'manual' }).catch(() => {}); }");
        var kept = await scope.Db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.SealedAt).ToListAsync();
        Assert.Equal([VoiceKind.TypedText, VoiceKind.Drawing, VoiceKind.TypedText, VoiceKind.ToolAnswer], kept.Select(r => r.Kind));
        Assert.Equal((kept[1].Id, ReadBack.YesAfterChange), (kept[2].ExplainsId, kept[2].ReadBack));
        Assert.Equal(DoNotTellSaidBy.Child, await scope.Db.DoNotTells.Where(d => d.ChildId == hearing.Child.Id).Select(d => d.SaidBy).SingleAsync());
    }

    [Theory]
    [InlineData(5, "en", "young")]
    [InlineData(15, "en", "older")]
    [InlineData(9, "cy", "welsh")]
    public async Task It_suits_the_age_and_the_language(int age, string language, string picture)
    {
        using var hearing = await Hearing.BeginAsync(site, age, givenName: "Sam");
        var visit = await hearing.VisitAsync();
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;
        await visitor.GoAsync($"{hearing.ChildPage}/visits/{visit}/hand-over");
        await page.GetByLabel("Your PIN").FillAsync("4827");
        await visitor.Radio("Language of the screen", language == "cy" ? "Welsh" : "English").CheckAsync();
        await visitor.Button("Hand it over").TapAsync();
        await Expect(page.Locator("[data-own]")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync($"child-home-{picture}");
        var tools = await page.Locator("a.own__tile[href*='/answer']").EvaluateAllAsync<string[]>("tiles => tiles.map(t => t.getAttribute('href'))");
        Assert.NotEmpty(tools);
        await visitor.GoAsync("/hear/my-say/say?as=Drawing");
        await Expect(visitor.Button(language == "cy" ? "Dadwneud" : "Undo")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync($"child-draw-{picture}");
        // Pictures, numbers and symbols to point at, each large enough for a finger.
        var shown = 0;
        foreach (var tool in tools)
        {
            await visitor.GoAsync(tool);
            await visitor.LookWideAndNarrowAsync($"child-tool-{picture}-{++shown}");
            if (language == "cy") await StaysAsync(page);
            Assert.Equal("", await page.EvaluateAsync<string>("[...document.querySelectorAll('a, button, .choice__label, .own__choice label')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 64).map(e => e.textContent.trim()).join()"));
        }
    }

    /// <summary>What was pointed at is there again after the page was lost; opened anew, since a browser that loads a page again fills some of it in by itself.</summary>
    private static async Task StaysAsync(IPage page)
    {
        var board = page.Locator(".board button.choice__label").First;
        var choice = page.Locator(".choice__input:enabled").First;
        if (await board.CountAsync() > 0)
        {
            await board.TapAsync();
            await board.TapAsync();
            await page.GotoAsync(page.Url);
            await Expect(page.Locator(".answers__picked")).ToHaveCountAsync(2);
        }
        else if (await choice.CountAsync() > 0)
        {
            await choice.CheckAsync();
            await page.GotoAsync(page.Url);
            await Expect(choice).ToBeCheckedAsync();
        }
    }

    /// <summary>What is on the page once it stands still: on a busy machine going back takes longer than one waits for it.</summary>
    private static async Task<string> StandingAsync(IPage page)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await page.WaitForLoadStateAsync();
                return await page.ContentAsync();
            }
            catch (PlaywrightException moving) when (tries < 50 && moving.Message.Contains("navigating", StringComparison.Ordinal))
            {
                await page.WaitForTimeoutAsync(100);
            }
        }
    }
}
