using System.Text;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Pages.Understand;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace ChildrensInfo.Tests.Journeys;

public class UnderstandJourneys(TestSite site, Browser browser)
{
    [Fact]
    public async Task A_return_is_loaded_and_need_is_seen()
    {
        var world = await World.CreateAsync(site);
        await using var visitor = await browser.OpenAsync(site, world.DataLead);
        var page = visitor.Page;
        var main = page.GetByRole(AriaRole.Main);

        await visitor.GoAsync("/understand");
        await visitor.LookWideAndNarrowAsync("understand-empty");
        await visitor.Button("Load a return").ClickAsync();
        await visitor.Button("Load the return").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Choose");
        await visitor.LookWideAndNarrowAsync("understand-upload");

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
        await visitor.LookWideAndNarrowAsync("understand-return");

        var need = await NeedWorld.InAsync(site, world);
        var heard = await need.AddAsync(30, heard: 30);
        await PackTests.SayAsync(site, need, heard, "home", CodedBy.Child);
        await PackTests.SayAsync(site, need, heard.Take(14), "school", CodedBy.Worker);
        using (var scope = site.As(world.Whole)) await scope.Get<IndicatorCalculation>().RunAsync(world.Whole, null, default);
        // Nothing is worked out again while somebody writes about it.
        while (await site.ReadAsync(world, db => db.Jobs.AnyAsync(j => j.State == JobState.Waiting || j.State == JobState.Running))) await Task.Delay(100, TestContext.Current.CancellationToken);
        await visitor.Button("See need in your area").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("children were in need");
        await visitor.LookWideAndNarrowAsync("understand-overview");

        await visitor.Link("Who is not heard").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Between");
        await visitor.LookWideAndNarrowAsync("understand-heard");
        await visitor.GoAsync("/understand/flow");
        await Assertions.Expect(main).ToContainTextAsync("How many went on");
        await visitor.LookWideAndNarrowAsync("understand-flow");

        await visitor.GoAsync("/understand/indicators");
        await visitor.LookWideAndNarrowAsync("understand-indicators");
        await page.GetByRole(AriaRole.Link, new() { Name = "Children in need at any time in the year", Exact = true }).ClickAsync();
        await page.GetByLabel("By", new() { Exact = true }).SelectOptionAsync("age");
        await page.GetByLabel("To", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Index = 2 });
        await page.GetByLabel("Children", new() { Exact = true }).SelectOptionAsync("need-N1");
        await visitor.Button("Show").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Primary need: Abuse");
        Assert.True(await page.Locator(".chart__fill").CountAsync() > 0, "Every figure of the largest need is hidden.");
        Assert.Contains("group=need-N1", page.Url, StringComparison.Ordinal);
        // A bookmark, and the way back and forth, are the same view.
        await page.GoBackAsync();
        await Assertions.Expect(main).Not.ToContainTextAsync("Primary need: Abuse");
        await page.GoForwardAsync();
        await Assertions.Expect(page.GetByLabel("By", new() { Exact = true })).ToHaveValueAsync("age");
        await page.GetByText("What this cannot tell you").ClickAsync();
        await visitor.LookWideAndNarrowAsync("understand-view");
        // The chart as a picture is one: its first bytes say so, and that it is as wide as it should be.
        var saved = await page.RunAndWaitForDownloadAsync(() => visitor.Button("This chart as a picture (PNG)").ClickAsync());
        Assert.Equal("N02.png", saved.SuggestedFilename);
        var png = await File.ReadAllBytesAsync(await saved.PathAsync(), TestContext.Current.CancellationToken);
        Assert.True(png.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]));
        Assert.InRange(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), 1000, 5000);

        await visitor.Link("Think about this").ClickAsync();
        await page.GetByLabel("What did you notice?").FillAsync("More of them are under five than last year.");
        await visitor.Button("Keep it").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Say what you do not know");
        await visitor.LookWideAndNarrowAsync("understand-reflect");
        await page.GetByLabel("What do you not know?").FillAsync("Whether more are referred, or fewer leave.");
        await page.GetByLabel("Whose voice is missing?").FillAsync("Children too young to speak.");
        await page.GetByLabel("What will you do?").FillAsync("Ask the nurseries what they see.");
        await visitor.Button("Keep it").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("The picture then");
        await visitor.Radio("What are you adding?", "We looked at it again").CheckAsync();
        await page.GetByLabel("What do you want to say?").FillAsync("The nurseries see it too.");
        await visitor.Button("Add it").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Say whether it is done with");
        await visitor.LookWideAndNarrowAsync("understand-reflection-errors");
        await visitor.Radio("Is it done with?", "Yes, close it").CheckAsync();
        await visitor.Button("Add it").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Looked at again and closed");
        await visitor.LookWideAndNarrowAsync("understand-reflection");
        await visitor.GoAsync("/understand/reflections");
        await visitor.LookWideAndNarrowAsync("understand-reflections");
        await visitor.GoAsync("/understand/indicators/N01?by=age&group=need-N1");
        await visitor.Link("Put it in a monthly pack").ClickAsync();
        await page.GetByLabel("What is the pack called?").FillAsync("Need, for the partnership");
        await visitor.LookWideAndNarrowAsync("understand-pack-add");
        await visitor.Button("Put it in").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Need, for the partnership" })).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("understand-pack");
        await visitor.GoAsync("/understand/indicators/N39");
        await Assertions.Expect(main).ToContainTextAsync("Ethnic groups cannot be compared yet");
        await visitor.LookWideAndNarrowAsync("understand-compared-missing");
        await visitor.Link("Say how many").ClickAsync();
        await page.GetByLabel("Of which year").FillAsync("2021");
        await visitor.Button("Keep them").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("0 if none");
        await visitor.LookWideAndNarrowAsync("understand-groups-errors");
        foreach (var (group, children) in new[] { ("Asian or Asian British", "4000"), ("Black, Black British, Caribbean or African", "1500"), ("Mixed or multiple ethnic groups", "2500"), ("White", "21000"), ("Other ethnic group", "800") })
            await page.GetByLabel(group, new() { Exact = true }).FillAsync(children);
        await page.GetByLabel("Where the numbers are from").FillAsync("ONS, Census 2021 (Open Government Licence v3.0)");
        await page.GetByLabel("Why they are kept").FillAsync("The newest there is");
        await visitor.Button("Keep them").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("29,800 children of 2021");
        await visitor.LookWideAndNarrowAsync("understand-groups");
        await visitor.GoAsync("/understand/indicators/N39");
        await Assertions.Expect(main).ToContainTextAsync("1 is as often as all children");
        await visitor.LookWideAndNarrowAsync("understand-compared");
        foreach (var view in new[] { "N39", "N01" })
        {
            await visitor.GoAsync($"/understand/indicators/{view}");
            await visitor.Link("Put it in a monthly pack").ClickAsync();
            await visitor.Radio("In which pack?", "Need, for the partnership").CheckAsync();
            await visitor.Button("Put it in").ClickAsync();
        }

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Need, for the partnership" })).ToBeVisibleAsync();
        var edition = await PackTests.MakeAsync(site, world, Guid.Parse(page.Url.Split('/')[^1]));
        await visitor.GoAsync("/understand/packs");
        await visitor.LookWideAndNarrowAsync("understand-packs");
        await visitor.GoAsync($"/understand/packs/editions/{edition.Id}");
        await page.GetByLabel("Write the foreword").FillAsync("Look at the youngest first.");
        await visitor.Button("Publish this edition").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Published by");
        await visitor.LookWideAndNarrowAsync("understand-edition");
        // On paper each view begins a sheet.
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Assertions.Expect(page.Locator("#view-3 ~ .chart [data-chart] ~ details table")).ToBeVisibleAsync();
        // Paper is wide, and nobody touches it.
        await visitor.LookAsync("understand-edition-print");
        Assert.Equal("page", await page.Locator(".pack-view").First.EvaluateAsync<string>("e => getComputedStyle(e).breakBefore"));
        await page.EmulateMediaAsync(new() { Media = Media.Screen });
        await visitor.GoAsync("/understand/reflections");
        await page.Locator("ul.reflections a").First.ClickAsync();
        await visitor.Link("Begin one from this").ClickAsync();
        await page.GetByLabel("What is the question?").FillAsync("Do the youngest say what they need?");
        await visitor.Button("Keep it").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Say who takes part, by role");
        await visitor.LookWideAndNarrowAsync("understand-use-new");
        await page.GetByLabel("Whose voice shaped it?").FillAsync("Nobody’s yet.");
        await page.GetByLabel("Who takes part?").FillAsync("Two nursery workers.");
        await visitor.Button("Keep it").ClickAsync();
        await visitor.Radio("What are you adding?", "What is being done").CheckAsync();
        await page.GetByLabel("What do you want to say?").FillAsync("They write down what they see.");
        await visitor.Button("Add it").ClickAsync();
        await visitor.Radio("What are you adding?", "It is over: what we learned in all").CheckAsync();
        await visitor.Button("Add it").ClickAsync();
        await Assertions.Expect(main).ToContainTextAsync("Say whether children were told");
        await visitor.LookWideAndNarrowAsync("understand-use-errors");
        await visitor.GoAsync("/understand/information-use");
        await visitor.LookWideAndNarrowAsync("understand-use-list");
        await visitor.GoAsync("/understand/map");
        await visitor.LookWideAndNarrowAsync("understand-map");
        await page.GetByRole(AriaRole.Link, new() { Name = "Say what it is used for" }).First.ClickAsync();
        await visitor.LookWideAndNarrowAsync("understand-map-say");

        await visitor.GoAsync("/understand/indicators/N01?against=301");
        await Assertions.Expect(main).ToContainTextAsync("England, 2024");
        await page.Locator("[data-chart]").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Assertions.Expect(page.Locator(".chart__detail").First).ToContainTextAsync(Words(NeedWorld.Day));
        await visitor.LookWideAndNarrowAsync("understand-beside");
        await visitor.Link("Who defined it, its versions and what is said about it").ClickAsync();
        await visitor.LookWideAndNarrowAsync("understand-about");
        await visitor.Link("Make a new version").ClickAsync();
        await visitor.LookWideAndNarrowAsync("understand-change");
        await visitor.GoAsync("/understand");
        await visitor.Link("Returns that were loaded").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Returns", Exact = true })).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("understand-returns");
    }

    private static string Words(DateOnly day) => day.ToString("d MMMM yyyy", System.Globalization.CultureInfo.GetCultureInfo("en-GB"));
}
