using System.IO.Compression;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Pages.Use;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace ChildrensInfo.Tests.Journeys;

public class UseJourneys(TestSite site, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Results_in_a_workbook_are_looked_at_beside_what_was_released()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved);
        using (var http = site.ClientFor(world.Researcher))
        using (var reviewer = site.ClientFor(world.InformationGovernance))
        {
            await EarlierResultsTests.ReleaseAsync(reviewer, await EarlierResultsTests.SendAsync(http, project, "primary_need,F,M\nN1,40,33\nN4,c,c\nTotal,60,58", "Who is heard, by need and sex"));
        }

        await using var researching = await browser.OpenAsync(site, world.Researcher);
        var researcher = researching.Page;
        await researcher.GotoAsync($"/use/projects/{project.Id}/outputs/new");
        await researcher.GetByLabel("What does it show?").FillAsync("Who is heard, by need and sex, three months later");
        await researcher.GetByRole(AriaRole.Radio, new() { Name = "A table", Exact = true }).CheckAsync();
        await researcher.GetByLabel("How was it made").FillAsync("Counted from the second extract.");
        var file = researcher.GetByLabel("The file");
        await file.SetInputFilesAsync(new FilePayload { Name = "results.xlsm", MimeType = "application/octet-stream", Buffer = Workbooks.Of([("T", "", Workbooks.Sheet(Workbooks.Row("need", "n")))], main: "application/vnd.ms-excel.sheet.macroEnabled.main+xml") });
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Send for review" }).ClickAsync();
        await Assertions.Expect(researcher.GetByRole(AriaRole.Main)).ToContainTextAsync("This workbook has macros in it");
        await researching.LookWideAndNarrowAsync("use-output-refused");
        var sheet = Workbooks.Sheet(
            Workbooks.Row("Primary need", "Female", "Male", "All") + Workbooks.Row("N1", "41", "33", "74") + Workbooks.Row("N4", "20", "27", "47") +
            """<row hidden="1"><c t="inlineStr"><is><t>N8</t></is></c><c><v>3</v></c><c><v>0</v></c><c><f>B4+C4</f><v>3</v></c></row>""");
        await file.SetInputFilesAsync(new FilePayload { Name = "results.xlsx", MimeType = "application/octet-stream", Buffer = Workbooks.Of([("Results", "", sheet), ("Working", """state="hidden" """, Workbooks.Sheet(Workbooks.Row("x")))]) });
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Send for review" }).ClickAsync();
        await Assertions.Expect(researcher.GetByRole(AriaRole.Main)).ToContainTextAsync("a hidden sheet, which was not kept");
        await researching.LookWideAndNarrowAsync("use-output-sent");

        await using var deciding = await browser.OpenAsync(site, world.DataLead);
        await deciding.Page.GotoAsync("/use/decisions");
        await deciding.Page.GetByRole(AriaRole.Link, new() { Name = "three months later" }).ClickAsync();
        await Assertions.Expect(deciding.Page.GetByRole(AriaRole.Cell, new() { Name = "41" })).ToContainTextAsync("Fewer than 10 children apart from release 1");
        await deciding.LookWideAndNarrowAsync("use-output-decide");
    }

    [Fact]
    public async Task A_table_that_was_refused_leads_to_the_one_that_is_offered()
    {
        var world = await World.CreateAsync(site);
        var project = await world.AddProjectAsync(site, ProjectState.Approved, variables: [VariableCatalogue.AgeBand, VariableCatalogue.Sex, VariableCatalogue.Referrals]);
        var refused = await world.AddRefusedTableAsync(site, project);
        await using var researching = await browser.OpenAsync(site, world.Researcher);
        await researching.Page.GotoAsync($"/use/projects/{project.Id}/extracts/{refused.Id}");
        await researching.LookWideAndNarrowAsync("use-table-offered");
        await researching.Page.GetByRole(AriaRole.Button, new() { Name = "Ask for that table" }).ClickAsync();
        await Assertions.Expect(researching.Page.GetByLabel("For a table: a mean beside the counts?")).ToHaveValueAsync("");
        await Assertions.Expect(researching.Page.GetByLabel("For a table: which children?")).ToHaveValueAsync("sex=F");
        await researching.Page.GetByRole(AriaRole.Button, new() { Name = "Ask for this extract" }).ClickAsync();
        await Assertions.Expect(researching.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("Asked for. A data lead will decide.");
    }

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

        await researcher.GetByLabel("What is it about, for a young person?").FillAsync("We look at who is heard first, and who has to wait. We want to find out if some children are missed.");
        await researcher.GetByLabel("How did children and families shape it?").FillAsync("The young people’s group asked for it.");
        await researcher.GetByLabel("How will they hear what came of it?").FillAsync("At the group’s next meeting.");
        await researcher.GetByLabel("Ethics reference").FillAsync("University committee, CH-2031");
        await researcher.GetByLabel("Who will work with the data?").FillAsync("Two analysts of the university, both trained.");
        await researcher.GetByRole(AriaRole.Radio, new() { Name = "A safe setting: a room" }).CheckAsync();
        await researcher.GetByLabel("Which place is that?").FillAsync("The university’s safe room");
        await researcher.GetByLabel("What is kept when it ends, where and why?").FillAsync("Nothing but the published tables.");
        await FillDateAsync(researcher, "When does the project end?", World.Today.AddMonths(10));
        await FillDateAsync(researcher, "By when is every copy destroyed?", World.Today.AddMonths(10));
        await researching.LookWideAndNarrowAsync("use-new");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Save as a draft" }).ClickAsync();
        await researching.LookWideAndNarrowAsync("use-draft");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Send for a decision" }).ClickAsync();
        await Assertions.Expect(researcher.GetByRole(AriaRole.Main)).ToContainTextAsync("Waiting for a decision");

        await lead.GotoAsync("/use/decisions");
        await deciding.LookWideAndNarrowAsync("use-decisions");
        await lead.GetByRole(AriaRole.Link, new() { Name = "Who waits longest" }).ClickAsync();
        await deciding.LookWideAndNarrowAsync("use-decide-project");
        await ReviewAsync(lead, "It asks for no more than the question needs, and families will hear of it.");
        await Assertions.Expect(lead.GetByRole(AriaRole.Main)).ToContainTextAsync("waits for the other one");
        await deciding.LookWideAndNarrowAsync("use-decisions-other");
        await using (var governing = await browser.OpenAsync(site, world.InformationGovernance))
        {
            await governing.Page.GotoAsync("/use/decisions");
            await governing.Page.GetByRole(AriaRole.Link, new() { Name = "Who waits longest" }).ClickAsync();
            await governing.LookWideAndNarrowAsync("use-govern-project");
            await ReviewAsync(governing.Page, "The room is one we know.", "Show us each table before you publish it.");
            await Assertions.Expect(governing.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("the project is approved");
            await governing.Page.GetByRole(AriaRole.Link, new() { Name = "Who waits longest" }).ClickAsync();
            await governing.LookWideAndNarrowAsync("use-running-project");
        }

        await researcher.ReloadAsync();
        await researching.LookWideAndNarrowAsync("use-approved");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Ask for an extract" }).ClickAsync();
        await Assertions.Expect(researcher.GetByRole(AriaRole.Main)).ToContainTextAsync("About 265 children");
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

        var link = researcher.GetByRole(AriaRole.Button, new() { Name = "Make a link to fetch it" });
        for (var i = 0; i < 240 && !await link.IsVisibleAsync(); i++)
        {
            await Task.Delay(250, Cancel);
            await researcher.ReloadAsync();
        }

        await researching.LookWideAndNarrowAsync("use-ready");
        await link.ClickAsync();
        await researching.LookWideAndNarrowAsync("use-link");
        var file = await researcher.RunAndWaitForDownloadAsync(() => researcher.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync());
        await researcher.ReloadAsync();
        await researching.LookWideAndNarrowAsync("use-link-used");
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
        await lead.GotoAsync("/use/decisions/extracts");
        await deciding.LookWideAndNarrowAsync("use-extracts");

        // A family says stop: the holder destroys the file, says so, and asks for another.
        await world.DecideAsync(site, await site.ReadAsync(world, db => db.ExtractChildren.Select(c => c.ChildId).FirstAsync(Cancel)), ConsentEventType.Withdrawn);
        await lead.GotoAsync("/use/decisions");
        await deciding.LookWideAndNarrowAsync("use-notify");
        await researcher.GotoAsync("/use/projects");
        await researching.LookWideAndNarrowAsync("use-projects");
        await researcher.GotoAsync($"/use/projects/{extract.ProjectId}/extracts/{extract.Id}");
        await researching.LookWideAndNarrowAsync("use-recalled");
        await FillDateAsync(researcher, "On which day was it destroyed?", World.Today);
        await researcher.GetByLabel("How, and by whom?").FillAsync("Erased from the safe room’s disk.");
        await researcher.GetByLabel("No copy is left").CheckAsync();
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Certify that it is destroyed" }).ClickAsync();
        await researching.LookWideAndNarrowAsync("use-destroyed");
        await using var reading = await browser.OpenAsync(site, world.Practitioner);
        await reading.GoAsync("/act");
        await reading.LookWideAndNarrowAsync("act");
        await reading.GoAsync("/research");
        await reading.LookWideAndNarrowAsync("research");
        await reading.GoAsync($"/research/{world.Authority.Code}");
        await reading.LookWideAndNarrowAsync("research-council");
    }

    private static async Task ReviewAsync(IPage page, string reason, string? conditions = null)
    {
        foreach (var name in new[] { "Safe project", "Safe people", "Safe data", "Safe setting", "Safe output" }) await page.GetByRole(AriaRole.Checkbox, new() { Name = name, Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "Approve" }).CheckAsync();
        if (conditions is not null) await page.GetByLabel("On which conditions? (optional)").FillAsync(conditions);
        await page.GetByLabel("Why, or what do you ask?").FillAsync(reason);
        await page.GetByRole(AriaRole.Button, new() { Name = "Decide" }).ClickAsync();
    }

    private static async Task FillDateAsync(IPage page, string question, DateOnly day)
    {
        var group = page.GetByRole(AriaRole.Group, new() { Name = question });
        await group.GetByLabel("Day", new() { Exact = true }).FillAsync($"{day.Day}");
        await group.GetByLabel("Month", new() { Exact = true }).FillAsync($"{day.Month}");
        await group.GetByLabel("Year", new() { Exact = true }).FillAsync($"{day.Year}");
    }
}
