using System.IO.Compression;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Tests.Support;
using Deque.AxeCore.Playwright;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace ChildrensInfo.Tests.Journeys;

public class UseJourneys(TestSite site)
{
    private static readonly string Pictures = Path.Combine(Repository.Root, ".data", "tests", "pictures");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_question_becomes_a_file_in_which_nobody_stands_out()
    {
        var world = await World.CreateAsync(site);
        await world.AddChildrenInNeedAsync(site, 300, i => i % 9 == 0 ? ConsentEventType.Refused : ConsentEventType.Given);
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "/usr/bin/chromium", Args = ["--no-sandbox"] });
        var researcher = await PageForAsync(chromium, world.Researcher);
        var lead = await PageForAsync(chromium, world.DataLead);

        await researcher.GotoAsync("/use/projects");
        await LookAsync(researcher, "use-empty");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Start a project" }).ClickAsync();
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Save as a draft" }).ClickAsync();
        await LookAsync(researcher, "use-new-errors");
        await researcher.GetByLabel("Title").FillAsync("Who waits longest to be heard, and does it differ between younger and older children in need?");
        await researcher.GetByLabel("What is the question?").FillAsync("Are younger children heard as soon as older ones?\nDoes it differ by primary need?");
        await researcher.GetByLabel("Who is better off when it is answered?").FillAsync("Teams learn whom they miss. Young people hear of it through the participation group.");
        foreach (var name in new[] { "Age band", "Sex", "Primary need", "Heard in the last 12 weeks" })
        {
            await researcher.GetByRole(AriaRole.Checkbox, new() { Name = name, Exact = true }).CheckAsync();
            await researcher.GetByLabel($"Why do you need “{name}”?").FillAsync("To compare groups of children.");
        }

        await FillDateAsync(researcher, DateOnly.FromDateTime(DateTime.UtcNow).AddMonths(10));
        await LookAsync(researcher, "use-new");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Save as a draft" }).ClickAsync();
        await LookAsync(researcher, "use-draft");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Send for a decision" }).ClickAsync();
        await Assertions.Expect(researcher.GetByRole(AriaRole.Main)).ToContainTextAsync("Waiting for a decision");

        await lead.GotoAsync("/use/decisions");
        await LookAsync(lead, "use-decisions");
        await lead.GetByRole(AriaRole.Link, new() { Name = "Who waits longest" }).ClickAsync();
        await LookAsync(lead, "use-decide-project");
        await lead.GetByRole(AriaRole.Radio, new() { Name = "Approve" }).CheckAsync();
        await lead.GetByLabel("Why?").FillAsync("It asks for no more than the question needs, and families will hear of it.");
        await lead.GetByRole(AriaRole.Button, new() { Name = "Decide" }).ClickAsync();
        await Assertions.Expect(lead.GetByRole(AriaRole.Main)).ToContainTextAsync("The project is approved");

        await researcher.ReloadAsync();
        await LookAsync(researcher, "use-approved");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Ask for an extract" }).ClickAsync();
        await Assertions.Expect(researcher.GetByRole(AriaRole.Main)).ToContainTextAsync("About 265 children could be included");
        await researcher.GetByLabel("What is this extract for?").FillAsync("A first look at the age groups.");
        await LookAsync(researcher, "use-request");
        await researcher.GetByRole(AriaRole.Button, new() { Name = "Ask for this extract" }).ClickAsync();
        await LookAsync(researcher, "use-requested");

        await lead.GotoAsync("/use/decisions");
        await lead.GetByRole(AriaRole.Link, new() { Name = "Who waits longest" }).First.ClickAsync();
        await LookAsync(lead, "use-decide-extract");
        await lead.GetByRole(AriaRole.Radio, new() { Name = "Approve" }).CheckAsync();
        await lead.GetByLabel("Why?").FillAsync("As the project said.");
        await lead.GetByRole(AriaRole.Button, new() { Name = "Decide" }).ClickAsync();

        var download = researcher.GetByRole(AriaRole.Button, new() { Name = "Download the extract" });
        for (var i = 0; i < 240 && !await download.IsVisibleAsync(); i++)
        {
            await Task.Delay(250, Cancel);
            await researcher.ReloadAsync();
        }

        await LookAsync(researcher, "use-ready");
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
        await LookAsync(lead, "use-decided");
        var extract = await site.ReadAsync(world, db => db.Extracts.SingleAsync(Cancel));
        await lead.GotoAsync($"/use/decisions/extracts/{extract.Id}");
        await LookAsync(lead, "use-extract-decided");
        await researcher.GotoAsync("/use/projects");
        await LookAsync(researcher, "use-projects");
        var practitioner = await PageForAsync(chromium, world.Practitioner);
        await practitioner.GotoAsync("/act");
        await LookAsync(practitioner, "act");
    }

    private async Task<IPage> PageForAsync(IBrowser browser, AppUser person)
    {
        var context = await browser.NewContextAsync(new() { BaseURL = site.Address.ToString(), ViewportSize = new() { Width = 1100, Height = 900 } });
        var (name, value) = site.CookieFor(person);
        await context.AddCookiesAsync([new() { Name = name, Value = value, Url = site.Address.ToString() }]);
        return await context.NewPageAsync();
    }

    private static async Task FillDateAsync(IPage page, DateOnly day)
    {
        await page.GetByLabel("Day", new() { Exact = true }).FillAsync($"{day.Day}");
        await page.GetByLabel("Month", new() { Exact = true }).FillAsync($"{day.Month}");
        await page.GetByLabel("Year", new() { Exact = true }).FillAsync($"{day.Year}");
    }

    /// <summary>Keeps a picture, wide and narrow, lets axe look at the page, and makes sure that nothing is wider than a small telephone.</summary>
    private static async Task LookAsync(IPage page, string name)
    {
        Directory.CreateDirectory(Pictures);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png"), FullPage = true });
        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, $"{name}: {string.Join("; ", found.Violations.Select(v => $"{v.Id} {string.Join(", ", v.Nodes.Select(n => n.Html))}"))}");
        await page.SetViewportSizeAsync(320, 700);
        var width = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}-320.png"), FullPage = true });
        await page.SetViewportSizeAsync(1100, 900);
        Assert.True(width <= 320, $"{name} is {width} pixels wide at 320");
    }
}
