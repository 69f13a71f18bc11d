using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>A day of a practitioner and of a team manager, in a browser.</summary>
public class DayJourneys(TestSite site, Browser browser)
{
    [Fact]
    public async Task The_simplest_visit_takes_three_screens_then_it_is_found_told_over_time_and_printed()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;
        await visitor.GoAsync("/hear");
        await visitor.LookWideAndNarrowAsync("day-home");

        // Counted from the click on the first page to the page that says it is sealed.
        var screens = new List<string>();
        page.FrameNavigated += (_, frame) =>
        {
            if (frame == page.MainFrame) screens.Add(frame.Url);
        };
        await page.GetByRole(AriaRole.Link, new() { Name = "Record a visit" }).First.TapAsync();
        await visitor.Radio("Where did you meet?", "At home").CheckAsync();
        await visitor.Radio("Did you see Sam alone?", "Yes").CheckAsync();
        await visitor.Button("Continue").TapAsync();
        await page.GetByLabel("Their own words").FillAsync("I want my bicycle back from Dad’s");
        await visitor.Radio("Whose words are they?", "Sam").CheckAsync();
        await page.Locator("input[name='Input.Provenance'][value=VerbatimAtTheTime]").CheckAsync();
        await visitor.Checkbox("What is it about?", "Their life").CheckAsync();
        await visitor.Radio("Which part does it speak to?", "What is so").CheckAsync();
        await visitor.Button("Seal").TapAsync();
        await Expect(page.GetByText("Sealed. Nobody can change it now.")).ToBeVisibleAsync();
        Assert.InRange(screens.Distinct().Count(), 1, 3);

        await visitor.GoAsync("/hear/search");
        await page.GetByLabel("Words to look for").FillAsync("bicycles");
        await visitor.Button("Search").TapAsync();
        await Expect(page.Locator("mark")).ToHaveTextAsync("bicycle");
        Assert.DoesNotContain("bicycle", page.Url, StringComparison.OrdinalIgnoreCase);
        await visitor.LookWideAndNarrowAsync("day-search");

        await visitor.GoAsync($"{hearing.ChildPage}/timeline");
        await visitor.LookWideAndNarrowAsync("day-timeline");

        await visitor.GoAsync($"{hearing.ChildPage}/booklet");
        await visitor.LookWideAndNarrowAsync("day-booklet-choose");
        await visitor.Radio("What is it for?", "For Sam to keep").CheckAsync();
        await visitor.Radio("May somebody in Sam’s family see it?", "No").CheckAsync();
        await visitor.Button("Make the booklet").TapAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "My words" })).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("day-booklet");
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(page.Locator(".masthead")).ToBeHiddenAsync();
        await Expect(page.Locator(".booklet-note")).ToBeHiddenAsync();
        await Expect(page.Locator(".booklet__words")).ToBeVisibleAsync();
        await visitor.KeepPictureAsync("day-booklet-printed");
        await page.EmulateMediaAsync(new() { Media = Media.Screen });

        await visitor.GoAsync($"{hearing.ChildPage}/visits/plan");
        await visitor.LookWideAndNarrowAsync("day-plan");
        var day = DateTime.UtcNow.AddDays(4);
        await page.GetByLabel("Day").FillAsync($"{day.Day}");
        await page.GetByLabel("Month").FillAsync($"{day.Month}");
        await page.GetByLabel("Year").FillAsync($"{day.Year}");
        await visitor.Radio("Where do you mean to meet?", "At home").CheckAsync();
        await visitor.Button("Plan it").TapAsync();
        await Expect(page.GetByText("Visits planned")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("day-home-planned");
    }

    [Fact]
    public async Task Somebody_covers_the_worker_and_the_manager_are_told_and_the_manager_ends_it()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var coverer = await browser.OpenAsync(site, hearing.World.OtherPractitioner, width: 820, height: 1180, touch: true);
        await coverer.GoAsync("/hear");
        await coverer.TapToNextPageAsync(coverer.Link("Cover for a colleague"));
        await coverer.LookWideAndNarrowAsync("day-cover");
        await coverer.Page.GetByLabel("The child’s number").FillAsync(hearing.Child.LaChildId);
        await coverer.Page.GetByLabel("Why do you need to open it?").FillAsync("Their worker is ill and the child has rung");
        await coverer.Button("Open the record").TapAsync();
        await Expect(coverer.Page.GetByText("You are covering for a colleague.")).ToBeVisibleAsync();
        await coverer.LookWideAndNarrowAsync("day-covering");

        await using var manager = await browser.OpenAsync(site, hearing.World.TeamManager, width: 820, height: 1180, touch: true);
        await manager.GoAsync("/hear");
        await Expect(manager.Page.GetByText("Olive Marsh opened the record of Sam Thistlebrook to cover.")).ToBeVisibleAsync();
        await manager.LookWideAndNarrowAsync("day-manager");
        await manager.TapToNextPageAsync(manager.Link("Who has not been heard"));
        await manager.LookWideAndNarrowAsync("day-team");
        await manager.GoAsync("/hear");
        await manager.Button("End this access now").TapAsync();
        await Expect(manager.Page.GetByText("It is closed now.")).ToBeVisibleAsync();
        Assert.Equal(404, (await coverer.Page.GotoAsync(hearing.ChildPage))!.Status);
    }

    /// <summary>A manager assigns, the reviewing officer reads, and the worker writes down that the child wants no advocate any more.</summary>
    [Fact]
    public async Task A_reviewing_officer_reads_and_an_advocate_is_for_as_long_as_the_child_wants_one()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), Hearing.Said("I want to see my nan more"))) { }
        await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);

        await using var manager = await browser.OpenAsync(site, hearing.World.TeamManager, width: 820, height: 1180, touch: true);
        await manager.GoAsync($"/admin/allocations/{hearing.Child.Id}/assigned");
        await manager.LookWideAndNarrowAsync("assigned-nobody");
        await manager.Page.GetByLabel("Reviewing officer", new() { Exact = true }).SelectOptionAsync("Rowan Dell");
        await manager.Page.GetByLabel("Reviews how they are looked after").CheckAsync();
        await manager.TapToNextPageAsync(manager.Button("Assign the reviewing officer"));
        await hearing.World.AssignAsync(hearing.Child, hearing.World.Advocate);

        await using var officer = await browser.OpenAsync(site, hearing.World.ReviewingOfficer, width: 820, height: 1180, touch: true);
        await officer.GoAsync("/hear");
        await officer.LookWideAndNarrowAsync("assigned-home");
        await officer.TapToNextPageAsync(officer.Link("Sam Thistlebrook"));
        await officer.LookWideAndNarrowAsync("assigned-child");

        await using var worker = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        await worker.GoAsync($"{hearing.ChildPage}/assigned");
        await worker.LookWideAndNarrowAsync("assigned-for-worker");
        await worker.TapToNextPageAsync(worker.Page.GetByRole(AriaRole.Button, new() { Name = "Sam does not want this advocate any more" }));
        await Expect(worker.Page.GetByText("the child took it back")).ToBeVisibleAsync();
    }
}
