using AngleSharp.Dom;
using ChildrensInfo.Web.GovUk;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Xunit;

namespace ChildrensInfo.Tests.Pages.GovUk;

public class ShownTests
{
    private static readonly BarRow[] Rows = [new("Abuse or neglect", 200), new("Family in acute stress", 50), new("Low income", null), new("Absent parenting", null, "c"), new("None", 0)];

    [Fact]
    public async Task A_bar_is_as_long_as_its_figure()
    {
        var html = await new FormInTest().DrawAsync(new BarChartTagHelper { Title = "By need", Rows = Rows });
        Assert.Equal(["100%", "25%", "0%"], html.QuerySelectorAll(".chart__fill").Select(r => r.GetAttribute("width")!));
        Assert.Equal("Highest: Abuse or neglect, 200 children. Lowest shown: None, 0 children. 2 figures are not shown.", html.QuerySelector(".chart__summary")!.TextContent);
    }

    [Fact]
    public async Task A_suppressed_figure_is_a_stub_of_one_length_and_the_letter_c()
    {
        var html = await new FormInTest().DrawAsync(new BarChartTagHelper { Title = "By need", Rows = Rows, BesideHeader = "Heard" });
        var hidden = html.QuerySelectorAll(".chart__hidden").ToArray();
        Assert.Equal(2, hidden.Length);
        Assert.Single(hidden.Select(h => h.GetAttribute("width")).Distinct());
        // Without a percentage the stub cannot follow the scale of the chart either.
        Assert.DoesNotContain('%', hidden[0].GetAttribute("width")!);
        Assert.All(hidden, h => Assert.NotNull(html.GetElementById(h.GetAttribute("fill")![5..^1])));
        Assert.Equal(["200", "50", "c", "c", "0"], html.QuerySelectorAll(".chart__value").Select(v => v.TextContent));
        Assert.Equal(["200", "50", "c", "c", "0"], html.QuerySelectorAll("tbody tr td:nth-of-type(1)").Select(v => v.TextContent));
        Assert.Equal("c", html.QuerySelectorAll("tbody tr td:nth-of-type(2)")[3].TextContent);
        Assert.NotNull(html.QuerySelector(".chart__note"));
    }

    [Fact]
    public async Task A_long_list_draws_its_ten_largest_and_folds_the_rest_of_its_table_away()
    {
        BarRow[] rows = [.. Enumerable.Range(1, 21).Select(i => new BarRow($"Ward {i}", i == 21 ? null : i * 8 % 21 * 5, Beside: "10%"))];
        var html = await new FormInTest().DrawAsync(new BarChartTagHelper { Title = "By ward", Rows = rows, BesideHeader = "Heard" });
        var largest = rows.OrderByDescending(r => r.Figure).Take(10).Select(r => r.Label).ToHashSet();
        var drawn = rows.Select(r => r.Label).Where(largest.Contains).ToList();
        Assert.Equal(drawn, html.QuerySelectorAll(".chart__label").Select(l => l.TextContent));
        var tables = html.QuerySelectorAll("table");
        Assert.Equal(drawn, tables[0].QuerySelectorAll("tbody th").Select(l => l.TextContent));
        Assert.Equal(rows.Select(r => r.Label).Except(drawn), html.QuerySelectorAll("details table tbody th").Select(l => l.TextContent));
        Assert.Contains("The 10 largest are drawn. The other 11 are in the table", html.QuerySelector(".chart__note--before")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, html.QuerySelectorAll("[role=region], caption").Select(e => e.GetAttribute("aria-label") ?? e.TextContent).Distinct().Count());
        Assert.Equal("c", tables[1].QuerySelector("tbody tr:last-child td")!.TextContent);

        // One row fewer, and all of it is there as it was.
        html = await new FormInTest().DrawAsync(new BarChartTagHelper { Title = "By ward", Rows = rows[..20] });
        Assert.Equal((20, 20, 0), (html.QuerySelectorAll(".chart__label").Length, html.QuerySelectorAll("table tbody th").Length, html.QuerySelectorAll("details").Length));
    }

    [Fact]
    public async Task The_bars_are_silent_and_the_table_says_the_same()
    {
        var html = await new FormInTest().DrawAsync(new BarChartTagHelper { Title = "By need", Rows = Rows });
        Assert.Equal("true", html.QuerySelector(".chart__bars")!.GetAttribute("aria-hidden"));
        Assert.Equal(html.QuerySelectorAll(".chart__label").Select(l => l.TextContent), html.QuerySelectorAll("tbody th").Select(l => l.TextContent));
        Assert.Equal("By need", html.GetElementById(html.QuerySelector("section")!.GetAttribute("aria-labelledby")!)!.TextContent);
    }

    [Fact]
    public async Task Charts_of_nothing_and_of_small_numbers_only_say_so()
    {
        var form = new FormInTest();
        Assert.Equal("There is nothing to show.", (await form.DrawAsync(new BarChartTagHelper { Title = "t" })).QuerySelector(".chart__summary")!.TextContent);
        var small = await form.DrawAsync(new BarChartTagHelper { Title = "t", Rows = [new("a", null)] });
        Assert.Equal("No figure can be shown, because small ones could be worked out.", small.QuerySelector(".chart__summary")!.TextContent);
    }

    [Fact]
    public async Task Own_words_are_exact_and_marked_apart_from_an_interpretation()
    {
        const string said = "  I dont kick off <b>😠</b>\n\nI was scared";
        var form = new FormInTest();
        var words = await form.DrawAsync(new OwnWordsTagHelper { Text = said, By = "Child", On = new(2026, 3, 27), Lang = "cy" });
        var quote = words.QuerySelector("figure.words blockquote")!;
        Assert.Equal(said, quote.TextContent);
        Assert.Equal(("auto", "cy"), (quote.GetAttribute("dir"), quote.GetAttribute("lang")));
        Assert.Equal("In their own words", words.QuerySelector("figcaption")!.TextContent);
        Assert.Equal("Child · 27 March 2026", words.QuerySelector(".words__source")!.TextContent);

        var meaning = await form.DrawAsync(new WorkerInterpretationTagHelper { Text = said });
        Assert.Null(meaning.QuerySelector(".words, blockquote"));
        Assert.Equal("What the worker thinks this means", meaning.QuerySelector("section.interpretation h3")!.TextContent);
    }

    [Fact]
    public async Task Pages_keep_the_rest_of_the_address()
    {
        var form = new FormInTest();
        form.View.HttpContext.Request.Path = "/Hear";
        form.View.HttpContext.Request.QueryString = new QueryString("?team=a%26b&p=4");
        var html = await form.DrawAsync(new PaginationTagHelper { Page = 4, Pages = 12, ViewContext = form.View });
        Assert.Equal(["1", "…", "3", "4", "5", "…", "12"], html.QuerySelectorAll("li").Select(li => li.TextContent));
        Assert.Equal("/Hear?team=a%26b&p=5", html.QuerySelector("a[rel=next]")!.GetAttribute("href"));
        Assert.Equal("Page 4", html.QuerySelector("[aria-current]")!.GetAttribute("aria-label"));
        Assert.DoesNotContain("<a", await form.HtmlAsync(new PaginationTagHelper { Page = 1, Pages = 1, ViewContext = form.View }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_with_nothing_in_it_says_so()
    {
        var html = await new FormInTest().DrawAsync(new SummaryRowTagHelper { Key = "Interpreter", Href = "/change" });
        Assert.Equal("Not given", html.QuerySelector("dd")!.TextContent);
        Assert.Equal("Change Interpreter", html.QuerySelector("a")!.TextContent);
    }

    /// <summary>The content security policy allows no inline style or script, and a self-closed div swallows the rest of the page.</summary>
    [Fact]
    public async Task No_tag_helper_writes_inline_style_or_script_or_leaves_itself_open()
    {
        var form = new FormInTest();
        form.State.AddModelError("Input.Place", "Wrong");
        Task<IHtmlContent> Content(TagHelperContext _) => Task.FromResult<IHtmlContent>(new HtmlString("<p>text</p>"));
        TagHelper[] all =
        [
            form.Field<InputTagHelper>("Input.Place"), form.Field<TextareaTagHelper>("Input.Place"), form.Field<SelectTagHelper>("Input.Place"),
            form.Field<DateInputTagHelper>("Input.OccurredOn"), form.Field<RadiosTagHelper>("Input.Alone"), form.Field<CheckboxesTagHelper>("Input.Present"),
            form.Field<FileUploadTagHelper>("Input.Note"), new ErrorSummaryTagHelper { ViewContext = form.View }, new NotificationBannerTagHelper { Success = true },
            new InsetTextTagHelper(), new WarningTextTagHelper(), new DetailsTagHelper { Summary = "s" }, new TagTagHelper { Colour = "green" },
            new BackLinkTagHelper(), new PaginationTagHelper { Page = 2, Pages = 3, ViewContext = form.View }, new SummaryListTagHelper(),
            new SummaryRowTagHelper { Key = "k" }, new OwnWordsTagHelper { Text = "t" }, new WorkerInterpretationTagHelper { Text = "t" },
            new StatTileTagHelper { Figure = "c", Label = "l" }, new EmptyStateTagHelper { Title = "t" }, new BarChartTagHelper { Rows = Rows },
            new VoiceRecorderTagHelper { ViewContext = form.View, FileId = form.For("Input.Note") }, new DrawingPadTagHelper { ViewContext = form.View, FileId = form.For("Input.Note") },
        ];
        foreach (var helper in all)
        {
            var html = await form.HtmlAsync(helper, helper is ChoicesTagHelper ? null : Content);
            Assert.DoesNotContain(" style=", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<written", html, StringComparison.Ordinal);
            Assert.Matches("</[a-z0-9]+>$", html);
        }
    }
}
