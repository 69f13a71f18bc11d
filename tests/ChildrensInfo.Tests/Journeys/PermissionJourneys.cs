using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>A child of six and their mother are asked, think, say yes and say stop. Saying stop never takes more taps than saying yes.</summary>
public class PermissionJourneys(TestSite site, Browser browser)
{
    [Fact]
    public async Task A_child_of_six_thinks_wants_it_and_stops_it_and_their_mother_says_yes_and_stop()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 6, givenName: "Sam");
        await hearing.World.AddRelationshipAsync(hearing.Child);
        var visit = await hearing.VisitAsync();
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, 820, 1180);
        var page = visitor.Page;
        var taps = 0;
        async Task TapAsync(ILocator what)
        {
            taps++;
            await what.ClickAsync();
        }

        int Taps()
        {
            var counted = taps;
            taps = 0;
            return counted;
        }

        async Task<ConsentState> StateAsync()
        {
            using var scope = site.As(World.ActorOf(hearing.World.Practitioner));
            return (await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.Audio, null, CancellationToken.None)).State;
        }

        async Task HandOverAsync(bool first)
        {
            await visitor.GoAsync($"{hearing.ChildPage}/visits/{visit}/hand-over");
            if (first) await page.GetByLabel("Your PIN").FillAsync("4827");
            await visitor.Button("Hand it over").ClickAsync();
            await Expect(page.Locator("[data-own]")).ToBeVisibleAsync();
        }

        async Task TakeBackAsync()
        {
            await visitor.GoAsync("/hear/my-say/give-back");
            await page.GetByLabel("Worker’s PIN").FillAsync("4827");
            await visitor.Button("Take it back").ClickAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sam Thistlebrook" })).ToBeVisibleAsync();
        }

        // The child, on their own screen.
        await HandOverAsync(first: true);
        await TapAsync(visitor.Link("My yes and no"));
        await visitor.LookWideAndNarrowAsync("child-permissions");
        await TapAsync(page.Locator("a[href$='of=Audio']"));
        await Expect(page.Locator(".wording")).ToContainTextAsync("Can I record your voice?");
        await visitor.LookWideAndNarrowAsync("child-permission");
        var sizes = await page.EvaluateAsync<string>("[...new Set([...document.querySelectorAll('.own__answers--equal button')].map(b => `${Math.round(b.getBoundingClientRect().width)}x${Math.round(b.getBoundingClientRect().height)} ${getComputedStyle(b).backgroundColor}`))].join()");
        Assert.DoesNotContain(",", sizes.Replace(", ", " ", StringComparison.Ordinal));
        await TapAsync(visitor.Button("Let me think"));
        await Expect(page.GetByText("You can think about it as long as you like.")).ToBeVisibleAsync();
        Assert.Equal(3, Taps());
        Assert.Equal(ConsentState.Deferred, await StateAsync());
        await visitor.GoAsync("/hear/my-say");
        await TapAsync(visitor.Link("My yes and no"));
        await TapAsync(page.Locator("a[href$='of=Audio']"));
        await TapAsync(visitor.Button("Yes"));
        await Expect(page.GetByText("Your worker asks a grown-up who looks after you too.")).ToBeVisibleAsync();
        await visitor.LookAsync("child-permission-wanted");
        var toGive = Taps();
        Assert.Equal(ConsentState.Asked, await StateAsync());
        await TakeBackAsync();

        // The mother, with the worker.
        await visitor.GoAsync($"{hearing.ChildPage}/permissions");
        var card = page.Locator("#Audio");
        await TapAsync(card.GetByRole(AriaRole.Link, new() { Name = "Ask again" }));
        await TapAsync(visitor.Link("Ask somebody with parental responsibility"));
        await visitor.LookWideAndNarrowAsync("ask-parent");
        await TapAsync(visitor.Radio("Who decided?", "Marigold Thistlebrook, mother"));
        await TapAsync(visitor.Radio("How does Sam feel about it?", "Sam wants it too"));
        // Enter is no answer.
        await visitor.Radio("How does Sam feel about it?", "Sam wants it too").PressAsync("Enter");
        await Expect(page.GetByText("Choose what was decided").First).ToBeVisibleAsync();
        Assert.Equal(ConsentState.Asked, await StateAsync());
        await TapAsync(visitor.Button("Yes"));
        await Expect(card.Locator(".card__state")).ToHaveTextAsync("Yes");
        var toGiveForChild = Taps();
        Assert.Equal(ConsentState.Given, await StateAsync());
        await visitor.LookWideAndNarrowAsync("permissions");
        await TapAsync(card.GetByRole(AriaRole.Link, new() { Name = "Change or stop" }));
        await TapAsync(visitor.Link("Ask somebody with parental responsibility"));
        await TapAsync(visitor.Radio("Who decided?", "Marigold Thistlebrook, mother"));
        await TapAsync(visitor.Button("No more: stop"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "It has stopped" })).ToBeVisibleAsync();
        Assert.InRange(Taps(), 1, toGiveForChild);
        Assert.Equal(ConsentState.Withdrawn, await StateAsync());
        await visitor.LookWideAndNarrowAsync("permission-stopped");
        await visitor.Link("Give them their copy").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "My copy" })).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("permission-copy");

        // Early, and nobody is asked; the child brings it up, the mother says yes again, and the child says stop alone.
        await visitor.GoAsync($"{hearing.ChildPage}/permissions/ask?purpose=Audio&adult=true");
        await Expect(page.GetByText("not asked again before")).ToBeVisibleAsync();
        await visitor.Link("Sam has brought it up: go on").ClickAsync();
        await visitor.Radio("Who decided?", "Marigold Thistlebrook, mother").CheckAsync();
        await visitor.Radio("How does Sam feel about it?", "Sam wants it too").CheckAsync();
        await visitor.Button("Yes").ClickAsync();
        await Expect(card.Locator(".card__state")).ToHaveTextAsync("Yes");
        await HandOverAsync(first: false);
        await TapAsync(visitor.Link("My yes and no"));
        await TapAsync(page.Locator("a[href$='of=Audio']"));
        await TapAsync(visitor.Button("Stop"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What about what is there already?" })).ToBeVisibleAsync();
        Assert.InRange(Taps(), 1, toGive);
        Assert.Equal(ConsentState.Withdrawn, await StateAsync());
        await visitor.LookWideAndNarrowAsync("child-permission-stopped");
        await visitor.Button("Delete it").ClickAsync();
        await Expect(page.GetByText("Nothing changes about the help you get.").First).ToBeVisibleAsync();
        using var check = site.As(hearing.World.Whole);
        Assert.Equal(WithdrawWants.DeleteRecording, await check.Db.WithdrawalOutcomes.Where(o => o.ChildId == hearing.Child.Id).Select(o => o.Wants).SingleAsync());
    }

    [Fact]
    public async Task Information_governance_reads_what_somebody_else_wrote_as_each_age_would_see_it()
    {
        var world = await World.CreateAsync(site);
        var second = await world.AddPersonAsync(ChildrensInfo.Core.Access.Role.InformationGovernance, "Ewan Tarn");
        await using var writer = await browser.OpenAsync(site, world.InformationGovernance);
        await writer.GoAsync("/govern");
        await writer.LookWideAndNarrowAsync("govern");
        await writer.GoAsync("/govern/purposes/TranscribeMachine");
        await writer.LookWideAndNarrowAsync("govern-purpose");
        await writer.GoAsync("/govern/register");
        await writer.LookWideAndNarrowAsync("govern-register");
        await writer.GoAsync("/govern/wordings?purpose=Audio");
        await writer.LookWideAndNarrowAsync("govern-wordings");
        await writer.Page.GetByRole(AriaRole.Row, new() { Name = "Children of 4 to 7 Plain text English" }).GetByRole(AriaRole.Link).ClickAsync();
        await writer.LookWideAndNarrowAsync("govern-wording");
        await writer.Link("Write the next version").ClickAsync();
        await writer.Radio("Does it change what people agree to?", "No, it says the same better, or it is the first").CheckAsync();
        await writer.Page.GetByLabel("What changed, and why?").FillAsync("Shorter, as the children asked.");
        await writer.Button("Preview").ClickAsync();
        await writer.LookWideAndNarrowAsync("govern-write");
        await writer.Button("Send to be read").ClickAsync();
        await Expect(writer.Page.GetByText("It waits for somebody else of information governance to read it.")).ToBeVisibleAsync();
        await using var reader = await browser.OpenAsync(site, second);
        await reader.GoAsync("/govern");
        await reader.Link("1 wording waits").ClickAsync();
        await reader.Link("Record their voice: Children of 4 to 7").ClickAsync();
        await reader.LookWideAndNarrowAsync("govern-draft");
        await reader.Radio("May people be asked with these words?", "Yes, from now on").CheckAsync();
        await reader.Checkbox("What do they say?", "Who asks, why, what will be done, that no changes nothing, and that it can be stopped at any time").CheckAsync();
        await reader.Button("Decide").ClickAsync();
        await Expect(reader.Link("The wording it became")).ToBeVisibleAsync();
    }
}
