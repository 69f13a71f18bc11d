using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>Somebody asks, and is told what became of it.</summary>
public class AnswerJourneys(TestSite site, Browser browser)
{
    [Fact]
    public async Task An_ask_is_heard_decided_and_told_and_reopened_when_the_child_is_not_happy()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.SayAsync("I had pasta.\nCan I see my nan more?");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;
        await visitor.GoAsync(hearing.ChildPage);
        await visitor.TapToNextPageAsync(visitor.Link("This asks for something"));
        await visitor.LookWideAndNarrowAsync("ask-new");
        await page.GetByLabel("What they ask, in their own words").FillAsync("Can I see my nan more?");
        await visitor.Radio("What do they want?", "Something done").CheckAsync();
        await visitor.TapToNextPageAsync(visitor.Button("Write it down"));
        await visitor.LookAsync("ask-heard");

        await visitor.TapToNextPageAsync(visitor.Button("Say what was looked at"));
        await visitor.TapToNextPageAsync(visitor.Button("Write it down"));
        await visitor.TapToNextPageAsync(visitor.Button("Write down what was decided"));
        await visitor.Radio("The decision", "No, it will not be done").CheckAsync();
        await page.GetByLabel("The reason, in plain words").FillAsync("Following consultation with professional colleagues the proposed arrangements cannot currently be accommodated.");
        await visitor.TapToNextPageAsync(visitor.Button("Write it down"));
        await Expect(page.GetByText("These words are for readers of about 18 years")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("ask-hard-words");
        await page.GetByLabel("The reason, in plain words").FillAsync("Nan is ill. She must rest. You can ring her each week.");
        await visitor.TapToNextPageAsync(visitor.Button("Write it down"));
        await visitor.TapToNextPageAsync(visitor.Button("Write down that they were told"));
        await visitor.Radio("How?", "Face to face").CheckAsync();
        await page.GetByLabel("The words that were used").FillAsync("Nan is ill. You can ring her.");
        await visitor.Radio("How did Sam take it?", "Not happy with it").CheckAsync();
        await page.GetByText("Write down what they said to it, in their own words").TapAsync();
        await page.GetByLabel("Their own words").FillAsync("It is still not fair");
        await page.GetByLabel("I wrote them down word for word as they spoke").CheckAsync();
        await page.GetByLabel("If it is a visit of its own: where?").SelectOptionAsync("At home");
        await page.GetByLabel("And were they seen alone?").SelectOptionAsync("Seen alone");
        await visitor.LookWideAndNarrowAsync("ask-told");
        await visitor.TapToNextPageAsync(visitor.Button("Write it down"));
        await Expect(page.GetByText("Sam is not happy with the answer.")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("ask-not-happy");
        await visitor.TapToNextPageAsync(visitor.Button("Reopen it"));
        await page.GetByLabel("What has to be looked at again?").FillAsync("Sam wants to visit when she is well.");
        await visitor.TapToNextPageAsync(visitor.Button("Write it down"));
        await visitor.GoAsync("/hear/asks");
        await Expect(page.GetByText("Reopened")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("ask-list");
        await visitor.GoAsync(hearing.ChildPage);
        await visitor.LookWideAndNarrowAsync("ask-child");
    }

    [Fact]
    public async Task A_manager_agrees_that_a_child_is_told_later()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var ask = await hearing.AskAsync("Can I go home?");
        await hearing.StepAsync(ask, StepKind.Considered);
        await hearing.StepAsync(ask, StepKind.Decided, ("Decision", "NotDone"), ("Words", "It is not safe at home yet."));
        await hearing.StepAsync(ask, StepKind.CannotTell, ("Words", "The court meets first."));
        await using var visitor = await browser.OpenAsync(site, hearing.World.TeamManager, width: 820, height: 1180, touch: true);
        await visitor.GoAsync("/hear/asks");
        await Expect(visitor.Page.GetByText("Wait for you to agree (1)")).ToBeVisibleAsync();
        await visitor.LookAsync("ask-list-manager");
        await visitor.TapToNextPageAsync(visitor.Link("Sam"));
        await visitor.TapToNextPageAsync(visitor.Button("Answer for your team"));
        await visitor.LookWideAndNarrowAsync("ask-agree");
        await visitor.Page.GetByLabel("Yes, until that day").CheckAsync();
        await visitor.TapToNextPageAsync(visitor.Button("Write it down"));
        await Expect(visitor.Page.GetByText("A manager agreed to wait")).ToBeVisibleAsync();
        await visitor.LookAsync("ask-agreed");
    }

    [Fact]
    public async Task Words_about_information_stand_beside_it_until_they_are_answered()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var record = await hearing.SayAsync("I shouted because nobody listened");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/interpretation", new Dictionary<string, string?> { ["Input.Text"] = "Sam is aggressive.", ["Input.Kind"] = "Observation" })) { }
        var about = await hearing.SayAsync("You wrote that I am aggressive and it is not true", ("Input.Subjects", "MyInformation"));
        await visitor.GoAsync($"{hearing.ChildPage}/asks/new?record={about}");
        await page.GetByLabel("Does it speak of information?").SelectOptionAsync(new Microsoft.Playwright.SelectOptionValue { Index = 1 });
        await visitor.Radio("What do they want?", "Something done").CheckAsync();
        await page.GetByRole(Microsoft.Playwright.AriaRole.Checkbox, new() { Name = "Yes", Exact = true }).CheckAsync();
        await visitor.LookWideAndNarrowAsync("ask-information-new");
        await visitor.TapToNextPageAsync(visitor.Button("Write it down"));
        await Expect(page.GetByText("one calendar month")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("ask-information");
        await visitor.GoAsync(hearing.ChildPage);
        await Expect(page.Locator($"#record-{record} .about-this")).ToContainTextAsync("it is not true");
        await visitor.LookWideAndNarrowAsync("ask-information-child");
    }

    [Fact]
    public async Task Many_children_are_answered_by_one_who_writes_and_another_who_reads_it_first()
    {
        var world = await World.CreateAsync(site);
        await using (var lead = await browser.OpenAsync(site, world.DataLead, width: 820, height: 1180, touch: true))
        {
            await lead.GoAsync("/act/answers");
            await lead.LookAsync("answers-empty");
            await lead.TapToNextPageAsync(lead.Button("Write an answer"));
            foreach (var (label, text) in new[]
            {
                ("What is it about?", "Letters"), ("How many children said so?", "5"), ("How were they counted?", "At three meetings in May"), ("You said", "The letters are too long."),
                ("We did", "We made them one page. There are pictures now."), ("What could not change?", "The judge’s letter is still long."), ("Why could it not change?", "The court writes it."),
                ("Where else can children read it?", "On the wall of the hub"),
            })
            {
                await lead.Page.GetByLabel(label, new() { Exact = true }).FillAsync(text);
            }

            await lead.TapToNextPageAsync(lead.Button("Send to be read"));
            await Expect(lead.Page.GetByText("would point to who said it").First).ToBeVisibleAsync();
            await lead.LookWideAndNarrowAsync("answers-too-few");
            await lead.Page.GetByLabel("How many children said so?").FillAsync("42");
            await lead.TapToNextPageAsync(lead.Button("Send to be read"));
            await Expect(lead.Page.GetByText("It waits for somebody else to read it.")).ToBeVisibleAsync();
        }

        await using var manager = await browser.OpenAsync(site, world.TeamManager, width: 820, height: 1180, touch: true);
        await manager.GoAsync("/act/answers");
        await manager.TapToNextPageAsync(manager.Link("Letters"));
        await manager.LookWideAndNarrowAsync("answers-decide");
        await manager.Page.GetByLabel("Yes, publish it").CheckAsync();
        await manager.TapToNextPageAsync(manager.Button("Decide"));
        await manager.GoAsync("/act/you-said-we-did");
        await Expect(manager.Page.GetByText("42 of you said")).ToBeVisibleAsync();
        await manager.LookWideAndNarrowAsync("you-said-we-did");
        await Expect(manager.Button("Print")).ToBeVisibleAsync();
        await manager.Page.EmulateMediaAsync(new() { Media = Microsoft.Playwright.Media.Print });
        await Expect(manager.Button("Print")).ToBeHiddenAsync();
        await manager.LookAsync("you-said-print");
    }

    [Fact]
    public async Task Taking_part_is_shown_first_and_the_claim_stands_beside_what_was_felt()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;
        await visitor.GoAsync(hearing.ChildPage);
        await visitor.TapToNextPageAsync(visitor.Link("What Sam takes part in"));
        await visitor.TapToNextPageAsync(visitor.Button("Plan something"));
        await page.GetByLabel("What is it for?").FillAsync("To plan your room");
        await page.GetByLabel("What can change?").FillAsync("The colour\nWhere the bed stands");
        await page.GetByLabel("What cannot change?").FillAsync("Which room it is");
        await visitor.Radio("Which part is it about?", "What is done with it").CheckAsync();
        await visitor.LookWideAndNarrowAsync("taking-part-new");
        await visitor.TapToNextPageAsync(visitor.Button("Next"));
        await visitor.LookWideAndNarrowAsync("taking-part-planned");
        await visitor.TapToNextPageAsync(visitor.Button("Hand the device over"));
        await page.GetByLabel("Your PIN").FillAsync("4827");
        await visitor.LookWideAndNarrowAsync("taking-part-hand-over");
        await visitor.TapToNextPageAsync(visitor.Button("Hand it over"));
        await Expect(page.GetByText("This cannot change")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("taking-part-show");
        await visitor.TapToNextPageAsync(visitor.Button("I have seen this"));
        await visitor.TapToNextPageAsync(visitor.Link("How much of a say did you have?"));
        await visitor.LookWideAndNarrowAsync("taking-part-felt");
        Assert.Equal("", await page.EvaluateAsync<string>("[...document.querySelectorAll('a, button, .own__choice label')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 64).map(e => e.textContent.trim()).join()"));
        await page.GetByLabel("I was asked. Then grown-ups decided").CheckAsync();
        await visitor.TapToNextPageAsync(visitor.Button("This one"));
        await visitor.TapToNextPageAsync(visitor.Link("Give it back"));
        await page.GetByLabel("Worker’s PIN").FillAsync("4827");
        await visitor.TapToNextPageAsync(visitor.Button("Take it back"));
        // Back shows nothing of the child's screen.
        await page.EvaluateAsync("setTimeout(() => history.back())");
        await Expect(page.Locator("[data-own]")).ToHaveCountAsync(0);
        await page.WaitForTimeoutAsync(400);
        await Expect(page.Locator("[data-own]")).ToHaveCountAsync(0);
        await visitor.GoAsync($"{hearing.ChildPage}/taking-part");
        await visitor.TapToNextPageAsync(visitor.Link("To plan your room"));
        await page.GetByLabel("Who came?").FillAsync("Sam");
        await page.GetByLabel("Who is missing, and why?").FillAsync("Nobody");
        await page.GetByLabel("Adults began it. Children and adults decided together").CheckAsync();
        await page.GetByLabel("How can one see that?").FillAsync("The walls are green, as Sam said.");
        await page.GetByLabel("How were they thanked?").FillAsync("I said so.");
        await visitor.LookWideAndNarrowAsync("taking-part-held");
        await visitor.TapToNextPageAsync(visitor.Button("Write it down"));
        await Expect(page.GetByText("They do not say the same.")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("taking-part-beside");
        await visitor.GoAsync("/hear");
        await Expect(visitor.Link("Sam Thistlebrook took part in something")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("taking-part-home");
    }
}
