using System.Globalization;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Use: &lt;own-words text="@record.Text" by="Child, written down word for word" on="@record.OccurredOn" lang="cy" provenance="record.Provenance" /&gt;
/// The person's own words exactly as given, never mixed with anybody else's. Content (audio, drawing, tags) goes under the words; small="true" for lists and tiles.
/// </summary>
[HtmlTargetElement("own-words")]
public sealed class OwnWordsTagHelper : TagHelper
{
    public string? Text { get; set; }

    public string Label { get; set; } = "In their own words";

    public string? By { get; set; }

    public DateOnly? On { get; set; }

    public string? Lang { get; set; }

    public bool Small { get; set; }

    /// <summary>Where the words came from. Whoever reads words is told how close they are to what was said.</summary>
    public WordsProvenance? Provenance { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "figure";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Small ? "words words--small" : "words");
        output.Content.AddHtml("<figcaption class=\"words__label\">{0}</figcaption>", Label);
        if (!string.IsNullOrEmpty(Text))
        {
            // dir="auto": Arabic or Urdu words run their own way inside an English page.
            var lang = string.IsNullOrEmpty(Lang) ? HtmlString.Empty : (IHtmlContent)new HtmlContentBuilder().AddHtml(" lang=\"{0}\"", Lang);
            output.Content.AddHtml("<blockquote class=\"words__text\" dir=\"auto\"{0}>{1}</blockquote>", lang, new ExactText(Text));
        }
        if (!content.IsEmptyOrWhiteSpace) output.Content.AppendHtml("<div class=\"words__more\">").AppendHtml(content).AppendHtml("</div>");
        Source.Append(output.Content, "words__source", By, On);
        if (Provenance is { } provenance) output.Content.AppendHtml(WordsClosenessTagHelper.Of(provenance));
    }
}

/// <summary>
/// Use: &lt;words-closeness provenance="record.Provenance" /&gt;, under words that are not in an own-words: how close they are to what was said.
/// </summary>
[HtmlTargetElement("words-closeness")]
public sealed class WordsClosenessTagHelper : TagHelper
{
    public WordsProvenance Provenance { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.Content.SetHtmlContent(Of(Provenance));
    }

    internal static IHtmlContent Of(WordsProvenance provenance)
    {
        var steps = Words.StepsOf(provenance);
        return new HtmlContentBuilder().AddHtml(
            "<p class=\"words__closeness\"><span class=\"words__steps\" aria-hidden=\"true\">{0}</span> {1}: {2}</p>",
            new string('●', steps) + new string('○', 5 - steps), Words.Of(provenance), Words.ClosenessOf(provenance));
    }
}

/// <summary>
/// Use: &lt;worker-interpretation text="@i.Text" by="Author's name" on="@i.WrittenOn" /&gt;, always below the words it is about.
/// Content goes under the text.
/// </summary>
[HtmlTargetElement("worker-interpretation")]
public sealed class WorkerInterpretationTagHelper : TagHelper
{
    public string? Text { get; set; }

    public string? By { get; set; }

    public DateOnly? On { get; set; }

    /// <summary>What kind of reading it is, in words.</summary>
    public string? Kind { get; set; }

    /// <summary>2 to 6; the level of the heading.</summary>
    public int Level { get; set; } = 3;

    /// <summary>Whether a newer one was written and is gone.</summary>
    public bool NewerIsGone { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "section";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "interpretation");
        output.Content.AddHtml("<h{0} class=\"interpretation__heading\">What the worker thinks this means</h{0}>", Math.Clamp(Level, 2, 6));
        if (Kind is not null) output.Content.AddHtml("<p class=\"interpretation__kind\">{0}</p>", Kind);
        if (!string.IsNullOrEmpty(Text)) output.Content.AddHtml("<p class=\"interpretation__text\" dir=\"auto\">{0}</p>", new ExactText(Text));
        if (NewerIsGone) output.Content.AddHtml("<p class=\"interpretation__part\">{0}</p>", Words.NewerIsGone);
        if (!content.IsEmptyOrWhiteSpace) output.Content.AppendHtml(content);
        Source.Append(output.Content, "interpretation__source", By, On);
    }
}

internal static class Source
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    public static void Append(TagHelperContent html, string css, string? by, DateOnly? on)
    {
        var day = on?.ToString("d MMMM yyyy", English);
        var parts = new[] { by, day }.Where(p => !string.IsNullOrWhiteSpace(p)).ToArray();
        if (parts.Length > 0) html.AddHtml("<p class=\"{0}\">{1}</p>", css, string.Join(" · ", parts));
    }
}

/// <summary>
/// Use: &lt;stat-tile figure="1,204" label="children in need on 31 March" detail="38% heard in the last 12 weeks" href="…" /&gt; inside &lt;ul class="stats"&gt;.
/// A suppressed figure is "c". Content goes under the detail, for instance an own-words with small="true".
/// </summary>
[HtmlTargetElement("stat-tile")]
public sealed class StatTileTagHelper : TagHelper
{
    public string Figure { get; set; } = "";

    public string Label { get; set; } = "";

    public string? Detail { get; set; }

    public string? Href { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "li";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "stat");
        output.Content.AppendHtml("<p class=\"stat__main\">");
        output.Content.AppendHtml("<span class=\"stat__figure\">").AppendHtml(Figures.Show(Figure)).AppendHtml("</span> ");
        if (Href is null) output.Content.AddHtml("<span class=\"stat__label\">{0}</span>", Label);
        else output.Content.AddHtml("<a class=\"govuk-link stat__label\" href=\"{0}\">{1}</a>", Href, Label);
        output.Content.AppendHtml("</p>");
        if (Detail is not null) output.Content.AddHtml("<p class=\"stat__detail\">{0}</p>", Detail);
        if (!content.IsEmptyOrWhiteSpace) output.Content.AppendHtml(content);
    }
}

/// <summary>
/// Use: &lt;empty-state title="Nothing recorded yet"&gt;&lt;p&gt;What to do next.&lt;/p&gt;&lt;/empty-state&gt;
/// </summary>
[HtmlTargetElement("empty-state")]
public sealed class EmptyStateTagHelper : TagHelper
{
    public string Title { get; set; } = "";

    /// <summary>2 to 6; the level of the heading.</summary>
    public int Level { get; set; } = 2;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "empty");
        output.PreContent.AddHtml("<h{0} class=\"empty__title\">{1}</h{0}>", Math.Clamp(Level, 2, 6), Title);
    }
}

public static class Figures
{
    /// <summary>What stands where a small number would: the Department for Education's symbol for a figure kept confidential.</summary>
    public const string Suppressed = "c";

    public static string Show(decimal? figure, string suffix = "") =>
        figure is null ? Suppressed : figure.Value.ToString("#,0.#", CultureInfo.GetCultureInfo("en-GB")) + suffix;

    /// <summary>A figure as HTML: "c" is explained to those who hear the page.</summary>
    public static IHtmlContent Show(string figure) => figure == Suppressed
        ? new HtmlString("<abbr class=\"suppressed\" title=\"Not shown because the number is small\">c</abbr>")
        : new HtmlContentBuilder().Append(figure);
}
