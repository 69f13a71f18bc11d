using System.Net;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

public class RelativeRateTests(TestSite site)
{
    private const string Page = "/understand/indicators/N39";

    private const string Populations = "/understand/population/ethnic-groups";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    // 50 where 25 would be expected: twice as often; Byar's interval of 48 and of 52.
    [InlineData(50, 1_000, 500, 20_000, "2.0", "1.4 to 2.7")]
    [InlineData(0, 2_000, 500, 20_000, "0.0", "0.0 to 0.1")]
    [InlineData(10, 600, 500, 20_000, "0.7", "0.2 to 1.4, few live here")]
    public void A_group_is_set_beside_all_children_by_how_many_live_here(long counted, int children, long all, int everybody, string value, string between)
    {
        var rate = RelativeRate.Of(Figure.Of(counted), children, Figure.Of(all), everybody)!;
        Assert.Equal(value, rate.Value.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(between, rate.Between);
    }

    [Fact]
    public void What_is_hidden_or_would_say_it_of_nearly_all_of_a_group_is_not_compared()
    {
        Assert.Null(RelativeRate.Of(Figure.Suppressed, 1_000, Figure.Of(500), 20_000));
        Assert.Null(RelativeRate.Of(Figure.Of(50), 1_000, Figure.Suppressed, 20_000));
        // All of them, or all but three; a group of nine; nobody at all.
        Assert.NotNull(RelativeRate.Of(Figure.Of(50), 60, Figure.Of(500), 20_000));
        Assert.Null(RelativeRate.Of(Figure.Of(50), 53, Figure.Of(500), 20_000));
        Assert.Null(RelativeRate.Of(Figure.Of(0), 9, Figure.Of(500), 20_000));
        Assert.Null(RelativeRate.Of(Figure.Of(50), 0, Figure.Of(500), 20_000));
        Assert.Null(RelativeRate.Of(Figure.Of(0), 1_000, Figure.Of(0), 20_000));
    }

    [Fact]
    public async Task Ethnic_groups_are_compared_once_somebody_has_said_how_many_live_here_and_the_page_says_what_is_missing_before()
    {
        var need = await AddChildrenAsync();
        using var client = site.ClientFor(need.World.DataLead);
        var before = await client.PageAsync(Page);
        var missing = before.QuerySelector(".govuk-inset-text")!;
        Assert.Contains("cannot be compared yet", missing.TextContent, StringComparison.Ordinal);
        Assert.Equal(Populations, missing.QuerySelector("a")!.GetAttribute("href"));
        Assert.Equal(["40"], Row(before, "Asian")[..1]);
        Assert.Contains("nobody has said yet", before.QuerySelector(".chart__note--before")!.TextContent, StringComparison.Ordinal);

        await KeepAsync(client, Good());
        var after = await client.PageAsync(Page);
        Assert.Null(after.QuerySelector(".govuk-inset-text"));
        // 250 have a recorded group and 10,000 live here: 25 of 1,000 would be expected, and 40 were counted.
        Assert.Equal(["1.6", "1.1 to 2.3"], Row(after, "Asian")[..2]);
        Assert.Equal(["1", "0.9 to 1.2"], Row(after, "White")[..2]);
        Assert.Equal(["0", "0.0 to 0.2, few live here"], Row(after, "Other")[..2]);
        // Three children are hidden, and so is what would tell them; nobody knows how many of a group that is not known live here.
        foreach (var group in new[] { "Black", "Mixed", "Not known" }) Assert.Equal(["c", ""], Row(after, group)[..2]);
        Assert.Contains("ONS, Census 2021", after.QuerySelector(".chart__note--before")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Asian or Asian British: 1,000", after.Body!.TextContent, StringComparison.Ordinal);
        // One of all children is 1 whatever happens, so there is no line of it.
        Assert.Null(after.QuerySelector("[data-chart]"));
        Assert.Contains("by ethnic group", (await client.PageAsync("/understand/indicators")).QuerySelectorAll("tr").Single(r => r.TextContent.Contains("N39", StringComparison.Ordinal)).TextContent, StringComparison.Ordinal);

        using var csv = await client.GetAsync($"{Page}?handler=csv");
        var lines = (await csv.Content.ReadAsStringAsync(Cancel)).Split("\r\n");
        Assert.Contains(lines, l => l.StartsWith("Asian or Asian British,40,1000,1.6,1.1 to 2.3,", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("\"Black, Black British, Caribbean or African\",c,300,c,,", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("All,270,10000,,,", StringComparison.Ordinal));

        // By anything else there are numbers, and it is said why.
        var bySex = await client.PageAsync($"{Page}?by=sex");
        Assert.Equal(["270"], Row(bySex, "Girls")[..1]);
        Assert.Contains("only of ethnic groups", bySex.QuerySelector(".chart__note--before")!.TextContent, StringComparison.Ordinal);
        // Of one need, its own ethnic groups beside all of that need.
        Assert.Equal(["1.6", "1.1 to 2.3"], Row(await client.PageAsync($"{Page}?by=ethnicity&group=need-N1"), "Asian")[..2]);
    }

    [Fact]
    public async Task An_edition_keeps_the_comparison_as_it_was_when_the_numbers_of_children_are_changed()
    {
        var need = await AddChildrenAsync();
        using var client = site.ClientFor(need.World.DataLead);
        await KeepAsync(client, Good());
        var pack = await PackTests.AddAsync(client, $"{Page}/pack", "Ethnic groups", "new", "Need");
        var edition = await PackTests.MakeAsync(site, need.World, pack);
        await KeepAsync(client, Good(("Input.Asian", "2000"), ("Input.White", "7000"), ("Input.Reason", "Asian and White children had been mixed up")));
        Assert.Equal("0.8", Row(await client.PageAsync(Page), "Asian")[0]);
        var page = await client.PageAsync($"/understand/packs/editions/{edition.Id}");
        Assert.Equal(["1.6", "1.1 to 2.3"], Row(page, "Asian")[..2]);
        Assert.Equal(["c", ""], Row(page, "Black")[..2]);
        Assert.Contains("ONS, Census 2021", page.QuerySelector(".pack-view .chart__note--before")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_numbers_are_checked_kept_as_versions_with_who_and_why_and_never_changed()
    {
        var need = await AddChildrenAsync();
        using var client = site.ClientFor(need.World.DataLead);
        foreach (var (field, value, message) in new[]
        {
            ("Input.Year", "2099", "Enter a year from 2000"), ("Input.Year", "", "Enter the year"), ("Input.Asian", "", "0 if none"), ("Input.Black", "-1", "from 0 to 2,000,000"), ("Input.Mixed", "some", "Mixed"),
            ("Input.Source", "", "Say where the numbers are from"), ("Input.Reason", " ", "Enter why they are kept"),
        })
        {
            using var refused = await client.SubmitAsync(Populations, Good((field, value)));
            var page = await TestClient.ParseAsync(refused);
            Assert.Contains(message, page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.OrdinalIgnoreCase);
            Assert.NotNull(page.QuerySelector(".govuk-error-message"));
            // Nothing typed is lost.
            Assert.Equal("600", page.QuerySelector("#Input_Other")!.GetAttribute("value"));
        }

        using (var few = await client.SubmitAsync(Populations, Good(("Input.Asian", "0"), ("Input.White", "80"), ("Input.Other", "0"))))
            Assert.Contains("Together these are 480 children", (await TestClient.ParseAsync(few)).QuerySelector("#Input_Asian-error")!.TextContent, StringComparison.Ordinal);
        // Far from how many live here by another source.
        using (var whole = await client.SubmitAsync("/understand/population", new Dictionary<string, string?> { ["Input.Year"] = "2021", ["Input.Children"] = "12000", ["Input.Source"] = "ONS" })) Assert.Equal(HttpStatusCode.Redirect, whole.StatusCode);
        using (var far = await client.SubmitAsync(Populations, Good()))
            Assert.Contains("12,000 lived here in the middle of 2021", (await TestClient.ParseAsync(far)).QuerySelector("#Input_Asian-error")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(await need.World.AuditAsync(AuditActions.EthnicPopulationKept));

        await KeepAsync(client, Good(("Input.White", "9500")));
        var draft = await client.PageAsync(Populations);
        Assert.Equal("9500", draft.QuerySelector("#Input_White")!.GetAttribute("value"));
        foreach (var _ in Enumerable.Range(0, 2))
            using (var twice = await client.SubmitAsync(draft, Populations, Good(("Input.White", "9600"), ("Input.Reason", "A table of the year after had been used")))) Assert.Equal(HttpStatusCode.Redirect, twice.StatusCode);
        var kept = await site.ReadAsync(need.World, db => db.EthnicPopulations.AsNoTracking().OrderBy(p => p.Number).ToListAsync(Cancel));
        Assert.Equal([(1, 9500), (2, 9600)], kept.Select(k => (k.Number, k.White)));
        Assert.All(kept, k => Assert.Equal(need.World.DataLead.Id, k.KeptById));
        Assert.Equal(2, (await need.World.AuditAsync(AuditActions.EthnicPopulationKept)).Count);
        Assert.Contains("A table of the year after", (await client.PageAsync(Populations)).QuerySelector(".versions li")!.TextContent, StringComparison.Ordinal);

        // A file is checked line by line in the same words; all of it is kept, or nothing.
        const string headings = "Year,Asian,Black,Mixed,White,Other,Source,Reason\r\n";
        foreach (var (file, messages) in new (string, string[])[]
        {
            ("", ["The file is empty"]), (headings, ["no line under the headings"]), ("year,asian,asian\r\n", ["two headings “asian”", "no heading “reason”"]), (headings + "2020,\"1,000", ["not closed"]),
            (headings + "2020,1000,300,100,8000,600,ONS,First\r\n\r\n2099,,some,-1,8000,600,,Second", ["Line 4: “black” is not a whole number", "Line 4: Enter a year from 2000", "Line 4: Enter how many Asian", "Line 4: Enter how many children of mixed", "Line 4: Say where"]),
            (headings + "2019,1000,300,100,8000,600,ONS, Census,First\r\n2020,1,1,1,1,1,ONS,x", ["Line 2: there are 9 values under 8 headings"]),
            (headings + "2019,1000,300,100,8000,600,ONS,First\r\n2019,1000,300,100,8000,600,ONS,Again", ["Line 3: the year 2019 is in line 2 already"]),
            (headings + "2019,1000,300,100,8000,600,ONS,First\r\n2021,1000,300,100,8000,600,ONS,Far", ["Line 3: Together these are 10,000 children, but 12,000 lived here"]),
        })
        {
            using var refused = await client.UploadAsync(Populations, "Numbers", System.Text.Encoding.UTF8.GetBytes(file), "numbers.csv", form: "#file");
            var page = await TestClient.ParseAsync(refused);
            Assert.Contains(messages[0], page.QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
            Assert.All(messages, message => Assert.Contains(message, page.Body!.TextContent, StringComparison.Ordinal));
        }

        using (var latin = await client.UploadAsync(Populations, "Numbers", [0xE9, 0x2C], "numbers.csv", form: "#file"))
            Assert.Contains("Save it as CSV (UTF-8)", (await TestClient.ParseAsync(latin)).QuerySelector("#Numbers-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, await site.ReadAsync(need.World, db => db.EthnicPopulations.CountAsync(Cancel)));
        using (var sent = await client.UploadAsync(Populations, "Numbers", System.Text.Encoding.UTF8.GetBytes("\uFEFF" + headings + "2019,\"1,000\",300,100,8000,600,\"ONS, estimates\",Earlier\r\n2020,1100,300,100,8000,600,ONS,Earlier too\r\n"), "numbers.csv", form: "#file")) Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        Assert.Equal([(2019, 1000, "ONS, estimates"), (2020, 1100, "ONS")], (await site.ReadAsync(need.World, db => db.EthnicPopulations.Where(p => p.Year < 2021).OrderBy(p => p.Year).ToListAsync(Cancel))).Select(p => (p.Year, p.Asian, p.Source)));
        Assert.Equal(4, (await need.World.AuditAsync(AuditActions.EthnicPopulationKept)).Count);

        using (var scope = site.As(World.ActorOf(need.World.DataLead)))
        {
            await Assert.ThrowsAsync<PostgresException>(() => scope.Db.EthnicPopulations.ExecuteUpdateAsync(s => s.SetProperty(p => p.White, 1), Cancel));
            await Assert.ThrowsAsync<PostgresException>(() => scope.Db.EthnicPopulations.ExecuteDeleteAsync(Cancel));
        }

        // Another council compares by nothing of it.
        var elsewhere = await World.CreateAsync(site);
        using var stranger = site.As(World.ActorOf(elsewhere.DataLead));
        Assert.Empty(await stranger.Db.EthnicPopulations.IgnoreQueryFilters().ToListAsync(Cancel));
        // Nobody else of the council keeps them, and nobody in another's name.
        using var practitioner = site.ClientFor(need.World.Practitioner);
        using var forbidden = await practitioner.GetAsync(Populations);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using var lead = site.As(World.ActorOf(need.World.DataLead));
        lead.Db.Add(new EthnicPopulation { AuthorityId = need.World.Authority.Id, Year = 2021, Number = 3, White = 9_000, Source = "ONS", Reason = "x", KeptById = need.World.Practitioner.Id, KeptAt = DateTime.UtcNow });
        await Assert.ThrowsAsync<DbUpdateException>(() => lead.Db.SaveChangesAsync(Cancel));
    }

    private async Task<NeedWorld> AddChildrenAsync()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(200, heard: 40);
        await need.AddAsync(40, ethnicity: "AIND");
        await need.AddAsync(3, ethnicity: "BCRB");
        await need.AddAsync(9, ethnicity: "MOTH");
        await need.AddAsync(20, ethnicity: "NOBT");
        await need.CalculateAsync();
        return need;
    }

    internal static Dictionary<string, string?> Good(params (string Field, string? Value)[] but)
    {
        var input = new Dictionary<string, string?>
        {
            ["Input.Year"] = "2021",
            ["Input.Asian"] = "1000",
            ["Input.Black"] = "300",
            ["Input.Mixed"] = "100",
            ["Input.White"] = "8000",
            ["Input.Other"] = "600",
            ["Input.Source"] = "ONS, Census 2021 (Open Government Licence v3.0)",
            ["Input.Reason"] = "The newest there is",
        };
        foreach (var (field, value) in but) input[field] = value;
        return input;
    }

    private static async Task KeepAsync(TestClient client, Dictionary<string, string?> input)
    {
        using var kept = await client.SubmitAsync(Populations, input);
        Assert.True(kept.StatusCode == HttpStatusCode.Redirect, (await TestClient.ParseAsync(kept)).QuerySelector(".govuk-error-summary")?.TextContent);
    }

    /// <summary>The cells of a row after its label.</summary>
    private static string[] Row(AngleSharp.Html.Dom.IHtmlDocument page, string label) =>
        [.. page.QuerySelectorAll("section.chart table tbody tr").First(r => r.QuerySelector("th")!.TextContent.StartsWith(label, StringComparison.Ordinal)).QuerySelectorAll("td").Select(c => c.TextContent.Trim())];
}
