using System.IO.Compression;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace ChildrensInfo.Tests.Journeys;

public class UseJourneys(TestSite site, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_question_becomes_a_file_in_which_nobody_stands_out()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 300, i => i % 9 == 0 ? ConsentEventType.Refused : ConsentEventType.Given);
        await using var researching = await browser.OpenAsync(site, world.Researcher);
        await using var deciding = await browser.OpenAsync(site, world.DataLead);
        var (researcher, lead) = (researching.Page, deciding.Page);

        await researcher.GotoAsync("/use/projects");
        await researching.LookWideAndNarrowAsync("use-empty");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Start a project" }).ClickAsync();
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Save as a draft" }).ClickAsync();
        await researching.LookWideAndNarrowAsync("use-new-errors");
        await researcher.GetByLabel("Title").FillAsync("Who waits longest to be heard, and does it differ between younger and older children in need?");
        await researcher.GetByLabel("What is the question?").FillAsync("Are younger children heard as soon as older ones?\nDoes it differ by primary need?");
        await researcher.GetByLabel("Who is better off when it is answered?").FillAsync("Teams learn whom they miss. Young people hear of it through the participation group.");
        foreach (var name in new[] { "Age band", "Sex", "Primary need", "Heard in the last 12 weeks" })
        {
            await researcher.GetByRole(AriaRole.Checkbox, new() { Name = name, Exact = true }).CheckAsync();
            await researcher.GetByLabel($"Why do you need “{name}”?").FillAsync("To compare groups of children.");
        }

        await FillDateAsync(researcher, DateOnly.FromDateTime(DateTime.UtcNow).AddMonths(10));
        await researching.LookWideAndNarrowAsync("use-new");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Save as a draft" }).ClickAsync();
        await researching.LookWideAndNarrowAsync("use-draft");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Send for a decision" }).ClickAsync();
        await Assertions.Expect(researcher.GetByRole(AriaRole.Main)).ToContainTextAsync("Waiting for a decision");

        await lead.GotoAsync("/use/decisions");
        await deciding.LookWideAndNarrowAsync("use-decisions");
        await lead.GetByRole(AriaRole.Link, new() { Name = "Who waits longest" }).ClickAsync();
        await deciding.LookWideAndNarrowAsync("use-decide-project");
        await lead.GetByRole(AriaRole.Radio, new() { Name = "Approve" }).CheckAsync();
        await lead.GetByLabel("Why?").FillAsync("It asks for no more than the question needs, and families will hear of it.");
        await lead.GetByRole(AriaRole.Button, new() { Name = "Decide" }).ClickAsync();
        await Assertions.Expect(lead.GetByRole(AriaRole.Main)).ToContainTextAsync("The project is approved");

        await researcher.ReloadAsync();
        await researching.LookWideAndNarrowAsync("use-approved");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Ask for an extract" }).ClickAsync();
        await Assertions.Expect(researcher.GetByRole(AriaRole.Main)).ToContainTextAsync("About 265 children could be included");
        await researcher.GetByLabel("What is this extract for?").FillAsync("A first look at the age groups.");
        await researching.LookWideAndNarrowAsync("use-request");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Ask for this extract" }).ClickAsync();
        await researching.LookWideAndNarrowAsync("use-requested");

        await lead.GotoAsync("/use/decisions");
        await lead.GetByRole(AriaRole.Link, new() { Name = "Who waits longest" }).First.ClickAsync();
        await deciding.LookWideAndNarrowAsync("use-decide-extract");
        await lead.GetByRole(AriaRole.Radio, new() { Name = "Approve" }).CheckAsync();
        await lead.GetByLabel("Why?").FillAsync("As the project said.");
        await lead.GetByRole(AriaRole.Button, new() { Name = "Decide" }).ClickAsync();

        var download = researcher.GetByRole(AriaRole.Button, new() { Name = "Download the extract" });
        for (var i = 0; i < 240 && !await download.IsVisibleAsync(); i++)
        {
            await Task.Delay(250, Cancel);
            await researcher.ReloadAsync();
        }

        await researching.LookWideAndNarrowAsync("use-ready");
        var file = await researcher.RunAndWaitForDownloadAsync(() => download.ClickAsync());
        Assert.Matches("^extract-[0-9a-f]{8}\\.zip$", file.SuggestedFilename);
        await using (var stream = await file.CreateReadStreamAsync())
        {
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, Cancel);
            using var zip = new ZipArchive(bytes);
            using var rows = new StreamReader(zip.GetEntry("data.csv")!.Open());
            Assert.Equal("person,age_band,sex,primary_need,heard_12_weeks", await rows.ReadLineAsync(Cancel));
        }

        await lead.GotoAsync("/use/decisions");
        await deciding.LookWideAndNarrowAsync("use-decided");
        var extract = await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel));
        await lead.GotoAsync($"/use/decisions/extracts/{extract.Id}");
        await deciding.LookWideAndNarrowAsync("use-extract-decided");
        await researcher.GotoAsync("/use/projects");
        await researching.LookWideAndNarrowAsync("use-projects");
        await using var reading = await browser.OpenAsync(site, world.Practitioner);
        await reading.GoAsync("/act");
        await reading.LookWideAndNarrowAsync("act");
    }

    private static async Task FillDateAsync(IPage page, DateOnly day)
    {
        await page.GetByLabel("Day", new() { Exact = true }).FillAsync($"{day.Day}");
        await page.GetByLabel("Month", new() { Exact = true }).FillAsync($"{day.Month}");
        await page.GetByLabel("Year", new() { Exact = true }).FillAsync($"{day.Year}");
    }
}
