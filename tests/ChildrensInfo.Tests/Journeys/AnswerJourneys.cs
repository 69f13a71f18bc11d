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
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await visitor.GoAsync(hearing.ChildPage);
        await visitor.Link("This asks for something").ClickAsync();
        await visitor.LookWideAndNarrowAsync("ask-new");
        await page.GetByLabel("What they ask, in their own words").FillAsync("Can I see my nan more?");
        await visitor.Radio("What do they want?", "Something done").CheckAsync();
        await visitor.Button("Write it down").ClickAsync();
        await visitor.LookAsync("ask-heard");

        await visitor.Button("Say what was looked at").ClickAsync();
        await visitor.Button("Write it down").ClickAsync();
        await visitor.Button("Write down what was decided").ClickAsync();
        await visitor.Radio("The decision", "No, it will not be done").CheckAsync();
        await page.GetByLabel("The reason, in plain words").FillAsync("Following consultation with professional colleagues the proposed arrangements cannot currently be accommodated.");
        await visitor.Button("Write it down").ClickAsync();
        await Expect(page.GetByText("These words are for readers of about 18 years")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("ask-hard-words");
        await page.GetByLabel("The reason, in plain words").FillAsync("Nan is ill. She must rest. You can ring her each week.");
        await visitor.Button("Write it down").ClickAsync();
        await visitor.Button("Write down that they were told").ClickAsync();
        await visitor.Radio("How?", "Face to face").CheckAsync();
        await page.GetByLabel("The words that were used").FillAsync("Nan is ill. You can ring her.");
        await visitor.Radio("How did Sam take it?", "Not happy with it").CheckAsync();
        await visitor.LookWideAndNarrowAsync("ask-told");
        await visitor.Button("Write it down").ClickAsync();
        await Expect(page.GetByText("Sam is not happy with the answer.")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("ask-not-happy");
        await visitor.Button("Reopen it").ClickAsync();
        await page.GetByLabel("What has to be looked at again?").FillAsync("Sam wants to visit when she is well.");
        await visitor.Button("Write it down").ClickAsync();
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
        await using var visitor = await browser.OpenAsync(site, hearing.World.TeamManager);
        await visitor.GoAsync("/hear/asks");
        await Expect(visitor.Page.GetByText("Wait for you to agree (1)")).ToBeVisibleAsync();
        await visitor.LookAsync("ask-list-manager");
        await visitor.Link("Sam").ClickAsync();
        await visitor.Button("Answer for your team").ClickAsync();
        await visitor.LookWideAndNarrowAsync("ask-agree");
        await visitor.Page.GetByLabel("Yes, until that day").CheckAsync();
        await visitor.Button("Write it down").ClickAsync();
        await Expect(visitor.Page.GetByText("A manager agreed to wait")).ToBeVisibleAsync();
        await visitor.LookAsync("ask-agreed");
    }

    [Fact]
    public async Task Words_about_information_stand_beside_it_until_they_are_answered()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var record = await hearing.SayAsync("I shouted because nobody listened");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/interpretation", new Dictionary<string, string?> { ["Input.Text"] = "Sam is aggressive." })) { }
        var about = await hearing.SayAsync("You wrote that I am aggressive and it is not true", ("Input.SubjectMatter", "MyInformation"));
        await visitor.GoAsync($"{hearing.ChildPage}/asks/new?record={about}");
        await page.GetByLabel("Does it speak of information?").SelectOptionAsync(new Microsoft.Playwright.SelectOptionValue { Index = 1 });
        await visitor.Radio("What do they want?", "Something done").CheckAsync();
        await page.GetByRole(Microsoft.Playwright.AriaRole.Checkbox, new() { Name = "Yes", Exact = true }).CheckAsync();
        await visitor.LookWideAndNarrowAsync("ask-information-new");
        await visitor.Button("Write it down").ClickAsync();
        await Expect(page.GetByText("one calendar month")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("ask-information");
        await visitor.GoAsync(hearing.ChildPage);
        await Expect(page.Locator($"#record-{record} .about-this")).ToContainTextAsync("it is not true");
        await visitor.LookWideAndNarrowAsync("ask-information-child");
    }
}
