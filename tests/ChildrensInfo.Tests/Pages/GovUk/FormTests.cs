using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using ChildrensInfo.Web.GovUk;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Xunit;

namespace ChildrensInfo.Tests.Pages.GovUk;

public class FormTests
{
    [Fact]
    public async Task An_input_is_described_by_its_hint_and_its_error()
    {
        var form = new FormInTest();
        form.State.AddModelError("Input.Place", "Enter where you met");
        var input = form.Field<InputTagHelper>("Input.Place");
        input.Hint = "Home, school, the car";
        var html = await form.DrawAsync(input, null, new TagHelperAttribute("autocomplete", "off"));

        var box = html.QuerySelector("input")!;
        Assert.Equal("Input.Place", box.GetAttribute("name"));
        Assert.Equal("off", box.GetAttribute("autocomplete"));
        Assert.Equal("Place", html.QuerySelector($"label[for='{box.Id}']")!.TextContent);
        var described = box.GetAttribute("aria-describedby")!.Split(' ').Select(id => html.GetElementById(id)!.TextContent).ToArray();
        Assert.Equal(["Home, school, the car", "Error: Enter where you met"], described);
        Assert.Contains("govuk-input--error", box.ClassList);
        Assert.Contains("govuk-form-group--error", html.QuerySelector(".govuk-form-group")!.ClassList);
    }

    [Fact]
    public async Task A_password_is_never_sent_back()
    {
        var form = new FormInTest();
        await form.BindAsync(("Place", "correct horse"));
        var input = form.Field<InputTagHelper>("Input.Place");
        input.Type = "password";
        Assert.DoesNotContain("correct horse", await form.HtmlAsync(input), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n  starts with a line break")]
    [InlineData("</textarea><script>alert(1)</script>")]
    [InlineData("ŵŷ أختي 👩‍👧‍👦 & &amp; \"'")]
    public async Task Words_come_back_exactly_as_typed(string words)
    {
        var form = new FormInTest(new VisitInput { Place = words });
        var area = form.Field<TextareaTagHelper>("Input.Place");
        area.MaxLength = 10_000;
        area.Count = true;
        var html = await form.DrawAsync(area);

        var box = (IHtmlTextAreaElement)html.QuerySelector("textarea")!;
        Assert.Equal(words, box.Value);
        Assert.False(box.HasAttribute("maxlength"), "the browser would cut pasted words off without a message");
        Assert.Null(html.QuerySelector("script"));
        Assert.Equal("You can enter up to 10,000 characters", html.GetElementById(box.GetAttribute("aria-describedby")!)!.TextContent);
    }

    [Theory]
    [InlineData("27", "3", "2026", "2026-03-27")]
    [InlineData(" 1 ", "march", "2026", "2026-03-01")]
    [InlineData("29", "Feb", "2028", "2028-02-29")]
    public async Task A_date_is_read_from_its_three_fields(string day, string month, string year, string expected)
    {
        var form = new FormInTest();
        var input = await form.BindAsync(("OccurredOn.Day", day), ("OccurredOn.Month", month), ("OccurredOn.Year", year));
        Assert.Equal(DateOnly.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), input.OccurredOn);
        Assert.True(form.State.IsValid);
    }

    [Theory]
    [InlineData("31", "2", "2026", "Date of visit must be a real date", "Day", "Month", "Year")]
    [InlineData("29", "2", "2026", "Date of visit must be a real date", "Day", "Month", "Year")]
    [InlineData("12", "13", "2026", "Date of visit must be a real date", "Month")]
    [InlineData("twelve", "1", "2026", "Date of visit must be a real date", "Day")]
    [InlineData("12", "", "2026", "Date of visit must include a month", "Month")]
    [InlineData("", "", "2026", "Date of visit must include a day and a month", "Day", "Month")]
    [InlineData("12", "1", "26", "Date of visit must have a year with 4 numbers", "Year")]
    public async Task A_date_that_is_none_is_kept_as_typed_and_its_wrong_parts_are_marked(string day, string month, string year, string error, params string[] wrong)
    {
        var form = new FormInTest();
        var input = await form.BindAsync(("OccurredOn.Day", day), ("OccurredOn.Month", month), ("OccurredOn.Year", year));
        Assert.Null(input.OccurredOn);
        Assert.Equal(error, Assert.Single(form.State["Input.OccurredOn"]!.Errors).ErrorMessage);

        var html = await form.DrawAsync(form.Field<DateInputTagHelper>("Input.OccurredOn"));
        var boxes = html.QuerySelectorAll<IHtmlInputElement>("input").ToArray();
        Assert.Equal([day, month, year], boxes.Select(b => b.Value));
        Assert.Equal(wrong, boxes.Where(b => b.ClassList.Contains("govuk-input--error")).Select(b => b.Name!.Split('.')[^1]));

        var summary = await form.DrawAsync(new ErrorSummaryTagHelper { ViewContext = form.View });
        var link = summary.QuerySelector("a")!.GetAttribute("href")![1..];
        Assert.Equal($"Input.OccurredOn.{wrong[0]}", html.GetElementById(link)!.GetAttribute("name"));
    }

    [Fact]
    public async Task No_date_at_all_is_null_and_left_to_the_validator()
    {
        var form = new FormInTest();
        var input = await form.BindAsync(("OccurredOn.Day", ""), ("OccurredOn.Month", ""), ("OccurredOn.Year", " "));
        Assert.Null(input.OccurredOn);
        Assert.True(form.State.IsValid);
    }

    [Fact]
    public async Task A_date_in_an_address_is_read_as_one_value()
    {
        var form = new FormInTest();
        Assert.Equal(new DateOnly(2026, 3, 31), (await form.BindAsync(("OccurredOn", "2026-03-31"))).OccurredOn);
        var other = new FormInTest();
        await other.BindAsync(("OccurredOn", "31/03/2026"));
        Assert.Equal("Date of visit must be a real date", other.State["Input.OccurredOn"]!.Errors[0].ErrorMessage);
    }

    [Fact]
    public async Task An_empty_box_is_empty_text_or_null_as_the_property_says()
    {
        var input = await new FormInTest().BindAsync(("Place", ""), ("Note", ""));
        Assert.Equal("", input.Place);
        Assert.Null(input.Note);
    }

    [Fact]
    public async Task Radios_show_the_choice_and_hide_what_is_not_chosen()
    {
        var form = new FormInTest(new VisitInput { Alone = SeenAlone.Yes });
        var html = await form.DrawAsync(form.Field<RadiosTagHelper>("Input.Alone"), group => FormInTest.Choices(group,
            (new() { Value = "Yes" }, "Yes"),
            (new() { Value = "No", Label = "No", Hint = "Say why" }, "<input name='why'>")));

        var radios = html.QuerySelectorAll<IHtmlInputElement>("input[type=radio]").ToArray();
        Assert.Equal([true, false], radios.Select(r => r.IsChecked));
        Assert.Equal("Input_Alone", radios[0].Id);
        var revealed = html.GetElementById(radios[1].GetAttribute("data-reveals")!)!;
        Assert.NotNull(revealed.QuerySelector("[name=why]"));
        Assert.Contains("govuk-radios__conditional--hidden", revealed.ClassList);
        Assert.Equal("Say why", html.GetElementById(radios[1].GetAttribute("aria-describedby")!)!.TextContent);
        Assert.Equal("Alone", html.QuerySelector("legend")!.TextContent);
    }

    [Fact]
    public async Task Checkboxes_tick_what_the_list_holds_and_one_box_shows_a_yes()
    {
        var form = new FormInTest(new VisitInput { Present = ["Mother", "Carer"], Told = true });
        var html = await form.DrawAsync(form.Field<CheckboxesTagHelper>("Input.Present"), group => FormInTest.Choices(group,
            (new() { Value = "Mother" }, "Mother"), (new() { Value = "Teacher" }, "Teacher"), (new() { Value = "Carer" }, "Carer")));
        Assert.Equal([true, false, true], html.QuerySelectorAll<IHtmlInputElement>("input").Select(b => b.IsChecked));

        var told = await form.DrawAsync(form.Field<CheckboxesTagHelper>("Input.Told"), group => FormInTest.Choices(group, (new() { Value = "true" }, "I have told them")));
        Assert.True(told.QuerySelector<IHtmlInputElement>("input")!.IsChecked);
    }

    [Fact]
    public async Task A_select_keeps_the_choice_and_offers_none()
    {
        var form = new FormInTest(new VisitInput { Place = "b" });
        var select = form.Field<SelectTagHelper>("Input.Place");
        select.Items = [new("First", "a"), new("Second", "b")];
        select.Empty = "Choose";
        var html = await form.DrawAsync(select);
        Assert.Equal(["", "a", "b"], html.QuerySelectorAll<IHtmlOptionElement>("option").Select(o => o.Value));
        Assert.Equal("b", html.QuerySelector<IHtmlSelectElement>("select")!.Value);
    }

    [Fact]
    public async Task The_error_summary_follows_the_page_and_links_only_to_what_is_there()
    {
        var form = new FormInTest();
        form.State.AddModelError("Input.Alone", "Choose whether the child was seen alone");
        form.State.AddModelError("Input.Place", "Enter where you met");
        form.State.AddModelError("", "This visit was already recorded");
        await form.HtmlAsync(form.Field<InputTagHelper>("Input.Place"));
        await form.HtmlAsync(form.Field<RadiosTagHelper>("Input.Alone"));

        var html = await form.DrawAsync(new ErrorSummaryTagHelper { ViewContext = form.View });
        Assert.Equal(["Enter where you met", "Choose whether the child was seen alone", "This visit was already recorded"],
            html.QuerySelectorAll("li").Select(li => li.TextContent));
        Assert.Equal(["#Input_Place", "#Input_Alone"], html.QuerySelectorAll("a").Select(a => a.GetAttribute("href")!));
        // The layout's own summary does not repeat it.
        Assert.Equal("", await form.HtmlAsync(new ErrorSummaryTagHelper { ViewContext = form.View }));
    }

    [Fact]
    public async Task A_recorder_keeps_the_file_of_a_form_that_comes_back()
    {
        var form = new FormInTest();
        await form.BindAsync(("Note", "0199c1f2-0000-7000-8000-000000000001"));
        var html = await form.DrawAsync(new VoiceRecorderTagHelper { ViewContext = form.View, FileId = form.For("Input.Note"), UploadUrl = "/x/media" });
        var root = html.QuerySelector("[data-recorder]")!;
        Assert.Equal("/x/media", root.GetAttribute("data-upload-url"));
        Assert.Equal("0199c1f2-0000-7000-8000-000000000001", root.QuerySelector<IHtmlInputElement>($"input[name='{root.GetAttribute("data-file-id-field")}']")!.Value);
        Assert.NotNull(root.QuerySelector("[data-capture-fallback]"));
    }
}
