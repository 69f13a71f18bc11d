using System.Globalization;
using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Tests.Core.Need;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Understand;

public class DashboardTests(TestSite site)
{
    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.Researcher)]
    [InlineData(Role.Administrator)]
    public async Task Other_roles_are_refused(Role role)
    {
        var world = await World.CreateAsync(site);
        using var response = await site.ClientFor(world.PersonOf(role)).GetAsync("/understand");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task The_signed_out_are_led_to_sign_in()
    {
        using var response = await site.ClientFor(null).GetAsync("/understand");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
    }

    [Fact]
    public async Task Without_a_return_the_page_says_what_to_do()
    {
        var world = await World.CreateAsync(site);
        var page = await site.ClientFor(world.DataLead).PageAsync("/understand");
        Assert.NotNull(page.QuerySelector(".empty a[href='/understand/returns/upload']"));
    }

    [Theory]
    [InlineData("?on=2020-01-01")]
    [InlineData("?on=tomorrow")]
    [InlineData("?group=need-N1,need-N2")]
    [InlineData("?group=not-N1")]
    [InlineData("?group=age-7")]
    [InlineData("?measure=through-decade")]
    public async Task Only_the_fixed_days_and_groups_can_be_asked_for(string query)
    {
        var world = await World.CreateAsync(site);
        using var response = await site.ClientFor(world.DataLead).GetAsync("/understand" + query);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Figures_are_shown_with_the_share_heard_and_the_reading_is_audited()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(1204, heard: 0, need: "N1");
        await need.AddAsync(40, heard: 40, need: "N4", sex: "M");
        var page = await site.ClientFor(need.World.DataLead).PageAsync("/understand");
        Assert.Contains("1,244 children were in need. 3% of them had been heard", page.QuerySelector("main .govuk-body-l")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(page.QuerySelectorAll("td"), td => td.TextContent == "1,204");
        Assert.Equal(6, page.QuerySelectorAll("section.chart").Length);
        Assert.Equal(page.QuerySelectorAll("section.chart").Length, page.QuerySelectorAll("section.chart table").Length);
        var line = Assert.Single(await need.World.AuditAsync(AuditActions.DashboardRead));
        Assert.EndsWith(" all", line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_from_1_to_5_stands_in_no_cell_bar_or_sentence_of_any_view()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(60, heard: 25);
        await need.AddAsync(3, need: "N2", age: 12, sex: "M", ethnicity: "BAFR", disability: ["AUT"], heard: 2);
        await need.AddAsync(4, need: "N5", age: 16, sex: "M", ethnicity: "OOTH", heard: 1);
        await need.AddAsync(20, need: "N4", age: 2, sex: "M", ethnicity: "MWBC", heard: 9);
        using var client = site.ClientFor(need.World.DataLead);
        var views = NeedDimension.All.SelectMany(d => d.Groups.Select(g => "?group=" + new NeedFilter(d, g).Key)).Prepend("").ToList();
        foreach (var view in views)
        {
            var page = await client.PageAsync("/understand" + view);
            foreach (var cell in page.QuerySelectorAll("main td, .chart__value, .stat__figure"))
            {
                if (int.TryParse(cell.TextContent, NumberStyles.Integer | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number)) Assert.False(number is >= 1 and <= 5, view);
            }

            Assert.DoesNotMatch(@"\b[1-5] child", page.QuerySelector("main")!.TextContent);
        }

        var all = await client.PageAsync("/understand");
        var small = all.QuerySelector("section.chart")!.QuerySelectorAll("tbody tr").Where(r => r.QuerySelector("th")!.TextContent is "Child's disability" or "Family dysfunction").ToList();
        Assert.Equal(["c", "c"], small.Select(r => r.QuerySelector("td")!.TextContent));
    }

    [Fact]
    public async Task The_year_shows_no_exact_figure_in_any_view_and_says_that_it_is_rounded()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(61, heard: 26);
        await need.AddAsync(23, need: "N4", age: 2, sex: "M", ethnicity: "MWBC", heard: 9);
        // Gone before the day: a few more than it counts.
        await need.AddAsync(3, need: "N4", age: 2, sex: "M", ethnicity: "MWBC", closed: NeedWorld.Day.AddDays(-9));
        await need.AddAsync(4, need: "N2", age: 12, sex: "M", ethnicity: "BAFR", disability: ["AUT"], closed: NeedWorld.Day.AddDays(-9));
        using var client = site.ClientFor(need.World.DataLead);
        foreach (var view in NeedDimension.All.SelectMany(d => d.Groups.Select(g => "&group=" + new NeedFilter(d, g).Key)).Prepend(""))
        {
            var page = await client.PageAsync("/understand?measure=through-year" + view);
            var numbers = page.QuerySelectorAll("main td, .chart__value").Select(e => e.TextContent).Where(t => int.TryParse(t, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _)).ToList();
            Assert.All(numbers, number => Assert.True(int.Parse(number, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) % 5 == 0, view));
            Assert.All(page.QuerySelectorAll("section.chart"), chart => Assert.Contains("Rounded to the nearest 5", chart.TextContent, StringComparison.Ordinal));
            Assert.DoesNotMatch(@"\b(61|23|26|27|84|91) child", page.QuerySelector("main")!.TextContent);
        }

        var all = await client.PageAsync("/understand?measure=through-year");
        Assert.Contains("about 90 children were in need at some time", all.QuerySelector("main .govuk-body-l")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(all.QuerySelectorAll("main a"), a => a.GetAttribute("href")!.Contains("measure=through-year", StringComparison.Ordinal));
        Assert.Contains(await need.World.AuditAsync(AuditActions.DashboardRead), a => a.Detail!.StartsWith("through-year ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Words_are_quoted_only_with_permission_without_names_and_from_enough_children()
    {
        var need = await NeedWorld.CreateAsync(site);
        await need.AddAsync(30, heard: 8, mayQuote: true, age: 16, words: "Nobody told me why");
        await need.AddAsync(30, heard: 8, mayQuote: false, age: 16, words: "This is only for my worker", need: "N4");
        await need.AddAsync(30, heard: 8, mayQuote: true, age: 16, words: "My name is Sorrel", need: "N5");
        using var client = site.ClientFor(need.World.DataLead);
        var text = (await client.PageAsync("/understand")).QuerySelector("main")!.TextContent;
        Assert.Contains("Nobody told me why", text, StringComparison.Ordinal);
        Assert.Contains("aged 16 or over", text, StringComparison.Ordinal);
        Assert.DoesNotContain("only for my worker", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Sorrel", text, StringComparison.Ordinal);
        Assert.NotEmpty(await need.World.AuditAsync(AuditActions.VoiceQuoted));

        // A group of whom fewer than six were heard has no words, permitted or not.
        var few = await NeedWorld.CreateAsync(site);
        await few.AddAsync(30, heard: 5, mayQuote: true, age: 16, words: "Nobody told me why");
        Assert.DoesNotContain("Nobody told me why", (await site.ClientFor(few.World.DataLead).PageAsync("/understand")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }
}
