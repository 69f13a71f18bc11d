using System.Text;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace ChildrensInfo.Tests.Journeys;

public class UnderstandJourneys(TestSite site, Browser browser)
{
    [Theory]
    [InlineData(1200)]
    [InlineData(320)]
    public async Task A_return_is_loaded_and_need_is_seen(int width)
    {
        var world = await World.CreateAsync(site);
        await using var visitor = await browser.OpenAsync(site, world.DataLead, width);
        var page = visitor.Page;
        var main = page.GetByRole(AriaRole.Main);

        await visitor.GoAsync("/understand");
        await visitor.LookAsync($"understand-empty-{width}");
        await visitor.Button("Load a return").ClickAsync();
        await visitor.Button("Load the return").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Choose");
        await visitor.LookAsync($"understand-upload-{width}");

        // The year's end that has passed: a return of a year still going on would be refused.
        var day = NeedWorld.Day;
        var end = new DateOnly(day.Month > 3 || day is { Month: 3, Day: 31 } ? day.Year : day.Year - 1, 3, 31);
        using var made = new MemoryStream();
        Assert.NotEmpty(new CinGenerator(new CinGeneratorOptions { Children = 300, AsOf = end, DefectShare = .05 }).Write(made));
        // The councils of tests have codes that are no number, from which no pupil number can be made.
        var file = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(made.ToArray()).Replace("<LEA>823</LEA>", $"<LEA>{world.Authority.Code}</LEA>", StringComparison.Ordinal));
        await page.GetByLabel("The return").SetInputFilesAsync(new FilePayload { Name = "return.xml", MimeType = "application/xml", Buffer = file });
        await visitor.Button("Load the return").ClickAsync();
        await page.WaitForURLAsync("**/understand/returns/*-*");

        // The page finishes by itself; nobody reloads it.
        await Assertions.Expect(main).ToContainTextAsync("children read", new() { Timeout = 60_000 });
        await Assertions.Expect(main).ToContainTextAsync("300 children are new here");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What was left out" })).ToBeVisibleAsync();
        await visitor.LookAsync($"understand-return-{width}");

        await visitor.Button("See need in your area").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("children were in need");
        await visitor.LookAsync($"understand-day-{width}");

        await page.GetByLabel("In need", new() { Exact = true }).SelectOptionAsync("through-year");
        await visitor.Button("Show").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Rounded to the nearest 5");
        await page.GetByLabel("Day", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Index = 2 });
        await page.GetByLabel("Children", new() { Exact = true }).SelectOptionAsync("need-N1");
        await visitor.Button("Show").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Primary need: Abuse");
        Assert.True(await page.Locator(".chart__fill").CountAsync() > 0, "Every figure of the largest need is hidden.");
        Assert.Contains("measure=through-year", page.Url, StringComparison.Ordinal);
        Assert.Equal("through-year", await page.GetByLabel("In need", new() { Exact = true }).InputValueAsync());
        await page.GetByText("What this cannot tell you").ClickAsync();
        await visitor.LookAsync($"understand-year-need-{width}");

        await visitor.Link("Show all children").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("in need at some time. ");
        await visitor.LookAsync($"understand-year-{width}");
        await visitor.Link("Returns that were loaded").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Returns", Exact = true })).ToBeVisibleAsync();
        await visitor.LookAsync($"understand-returns-{width}");
    }
}
