using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>A practitioner keeps a record true, and keeps it from those who must not be told.</summary>
public class KeptTrueJourneys(TestSite site, Browser browser)
{
    [Fact]
    public async Task Reads_back_puts_right_and_moves_from_the_wrong_child()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.World.AddChildAsync(hearing.World.Practitioner, givenName: "Rowan");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;
        await visitor.GoAsync(hearing.WordsPage(await hearing.VisitAsync()));
        await page.GetByLabel("Their own words").FillAsync("I want to live with my ant.");
        await visitor.Radio("Where did the words come from?", "I wrote them down word for word as they spoke").CheckAsync();
        await visitor.Radio("Whose words are they?", "Sam").CheckAsync();
        await visitor.Checkbox("What is it about?", "Their life").CheckAsync();
        await visitor.Radio("Which part does it speak to?", "What is so").CheckAsync();
        await visitor.Radio("“Is this what you meant?”", "Change it").CheckAsync();
        await visitor.LookWideAndNarrowAsync("kept-read-back");
        await visitor.Button("Seal").TapAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("nothing is lost");
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync("I want to live with my ant.");
        await page.GetByLabel("Their own words").FillAsync("I want to live with my ant and uncle.");
        await visitor.Radio("“Is this what you meant?”", "Yes").CheckAsync();
        await visitor.Button("Seal").TapAsync();
        await Expect(page.GetByText("they changed it, and then it was what they meant")).ToBeVisibleAsync();

        await visitor.Link("Put it right").TapAsync();
        await visitor.Radio("Why?", "The worker had written it down wrongly").CheckAsync();
        await page.GetByLabel("What should stand beside it?").FillAsync("I want to live with my aunt and uncle.");
        await visitor.Radio("Where did the words come from?", "I wrote them down word for word as they spoke").CheckAsync();
        await visitor.Radio("“Is this what you meant?”", "Yes").CheckAsync();
        await visitor.LookWideAndNarrowAsync("kept-correct");
        await visitor.Button("Seal beside it").TapAsync();
        await Expect(page.Locator(".words__text")).ToHaveCountAsync(2);
        await visitor.Link("Say what you think this means").TapAsync();
        await visitor.Radio("What kind of reading is it?", "What it might mean").CheckAsync();
        await page.GetByLabel("What do you think it means?").FillAsync("Does not feel settled where they are.");
        await page.GetByLabel("What is it based on?").FillAsync("Looked away when asked about home.");
        await visitor.LookWideAndNarrowAsync("kept-interpretation");
        await visitor.TapToNextPageAsync(visitor.Button("Keep"));
        await visitor.LookWideAndNarrowAsync("kept-child");

        await visitor.Link("This is the wrong child").TapAsync();
        await page.GetByLabel("Whose is it?").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await visitor.LookWideAndNarrowAsync("kept-wrong-child");
        await visitor.Button("Move it and open a breach report").TapAsync();
        await Expect(page.GetByText("Who might have seen it")).ToBeVisibleAsync();
        await page.GetByLabel("What happened?").FillAsync("Two tabs were open.");
        await page.GetByLabel("What was done about it?").FillAsync("Moved within the hour, told the data protection officer.");
        await visitor.Radio("Was Rowan told?", "Yes").CheckAsync();
        await visitor.LookWideAndNarrowAsync("kept-breach");
        await visitor.Button("Complete the report").TapAsync();
        await Expect(page.GetByText("The breach report is complete.")).ToBeVisibleAsync();
        await visitor.GoAsync(hearing.ChildPage);
        await Expect(page.Locator(".words__text")).ToHaveCountAsync(0);
        await visitor.LookWideAndNarrowAsync("kept-tombstone");
    }

    [Fact]
    public async Task Keeps_it_from_mum_and_prints_what_she_may_have()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 12, givenName: "Sam");
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.SayAsync("I like the dog. أحب الكلب.");
        var secret = await hearing.SayAsync("Dad rang me. Don’t tell Mum.");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;
        await visitor.GoAsync(hearing.ChildPage);
        await page.Locator($"#record-{secret}").GetByRole(AriaRole.Link, new() { Name = "Do not tell somebody" }).TapAsync();
        await visitor.Radio("Who must not be told?", "Marigold Thistlebrook, mother").CheckAsync();
        await visitor.Radio("Why?", "Afraid of what would happen").CheckAsync();
        await visitor.Radio("Who said so?", "The child").CheckAsync();
        await visitor.LookWideAndNarrowAsync("do-not-tell");
        await visitor.Button("Keep it from them").TapAsync();
        await Expect(page.GetByText("Kept from them from now on.")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("do-not-tell-rules");

        await visitor.GoAsync($"{hearing.ChildPage}/copy");
        await visitor.LookWideAndNarrowAsync("copy-for");
        await visitor.Radio("Who is it for?", "Marigold Thistlebrook, mother").CheckAsync();
        await visitor.Button("See what is in it").TapAsync();
        await Expect(page.GetByText("there is nothing to print")).ToBeVisibleAsync();
        await visitor.LookAsync("copy-nothing");
        await visitor.TapToNextPageAsync(visitor.Link("Ask Sam"));
        await visitor.LookAsync("copy-ask");
        await visitor.Radio("Can Sam decide this today?", "Yes, Sam understands it").CheckAsync();
        await page.GetByLabel("How do you know?").FillAsync("Said who would see it and that no is fine.");
        await visitor.Button("Yes").TapAsync();
        await visitor.Radio("Who is it for?", "Marigold Thistlebrook, mother").CheckAsync();
        await visitor.Button("See what is in it").TapAsync();
        await Expect(page.GetByText("Somebody who would read it must not be told")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("copy-check");
        await visitor.TapToNextPageAsync(visitor.Button("Read it through"));
        await visitor.LookWideAndNarrowAsync("copy-read");
        await visitor.Button("Make the copy").TapAsync();
        await Expect(page.GetByText("I like the dog.")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("copy-made");
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(visitor.Button("Print")).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Sections" })).ToBeHiddenAsync();
        await visitor.KeepPictureAsync("copy-print");
        Assert.DoesNotContain("Dad rang me", await page.ContentAsync());
        Assert.Equal(mother.Id, Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceCopied, hearing.Child.Id)).SubjectId);
    }
}
