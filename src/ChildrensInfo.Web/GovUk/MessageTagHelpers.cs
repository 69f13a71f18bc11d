using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.TagHelpers;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Use: nothing, the layout draws it at the top of the page; or &lt;govuk-error-summary /&gt; to place it yourself.
/// Lists the errors of ModelState in the order of the fields on the page, each linked to its field.
/// </summary>
[HtmlTargetElement("govuk-error-summary")]
public sealed class ErrorSummaryTagHelper : TagHelper
{
    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.TagMode = TagMode.StartTagAndEndTag;
        var items = ViewContext.HttpContext.Items;
        if (ViewContext.ViewData.ModelState.ErrorCount == 0 || !items.TryAdd(typeof(ErrorSummaryTagHelper), true)) return;
        output.Content.SetHtmlContent(new Summary(ViewContext.ViewData.ModelState, FieldOrder.Of(ViewContext.HttpContext)));
    }

    /// <summary>Written when the whole page has been drawn, so that the fields below it are known.</summary>
    private sealed class Summary(ModelStateDictionary state, FieldOrder fields) : IHtmlContent
    {
        public void WriteTo(TextWriter writer, HtmlEncoder encoder)
        {
            var html = new HtmlContentBuilder();
            html.AppendHtml("<div class=\"govuk-error-summary\" data-module=\"govuk-error-summary\"><div role=\"alert\">"
                + "<h2 class=\"govuk-error-summary__title\">There is a problem</h2>"
                + "<div class=\"govuk-error-summary__body\"><ul class=\"govuk-list govuk-error-summary__list\">");
            foreach (var (key, entry) in state.Where(e => e.Value!.Errors.Count > 0).OrderBy(e => fields.PositionOf(e.Key)))
            {
                var message = entry!.Errors[0].ErrorMessage;
                if (fields.IdOf(key) is { } id) html.AddHtml("<li><a href=\"#{0}\">{1}</a></li>", id, message);
                else html.AddHtml("<li>{0}</li>", message);
            }
            html.AppendHtml("</ul></div></div></div>");
            html.WriteTo(writer, encoder);
        }
    }
}

/// <summary>
/// Use: &lt;govuk-notification-banner title="Important"&gt;…&lt;/govuk-notification-banner&gt;, or with success="true" after something was done.
/// After a redirect: TempData["Success"] = "Recorded." in the page model, and the layout shows it (no names or words in it).
/// </summary>
[HtmlTargetElement("govuk-notification-banner")]
public sealed class NotificationBannerTagHelper : TagHelper
{
    public string? Title { get; set; }

    public bool Success { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        var id = $"banner-{context.UniqueId}";
        output.Attributes.SetAttribute("class", "govuk-notification-banner" + (Success ? " govuk-notification-banner--success" : ""));
        output.Attributes.SetAttribute("role", Success ? "alert" : "region");
        output.Attributes.SetAttribute("aria-labelledby", id);
        output.Attributes.SetAttribute("data-module", "govuk-notification-banner");
        output.Content.AddHtml(
            "<div class=\"govuk-notification-banner__header\"><h2 class=\"govuk-notification-banner__title\" id=\"{0}\">{1}</h2></div>",
            id, Title ?? (Success ? "Done" : "Important"));
        // Plain text becomes the banner's heading line; markup is left as the page wrote it.
        var isText = !content.GetContent().Contains('<', StringComparison.Ordinal);
        output.Content.AppendHtml("<div class=\"govuk-notification-banner__content\">")
            .AppendHtml(isText ? "<p class=\"govuk-notification-banner__heading\">" : "")
            .AppendHtml(content)
            .AppendHtml(isText ? "</p></div>" : "</div>");
    }
}

/// <summary>
/// Use: &lt;govuk-inset-text&gt;…&lt;/govuk-inset-text&gt;
/// </summary>
[HtmlTargetElement("govuk-inset-text")]
public sealed class InsetTextTagHelper : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass("govuk-inset-text", HtmlEncoder.Default);
    }
}

/// <summary>
/// Use: &lt;govuk-warning-text&gt;If I am worried that you are not safe I will have to tell someone.&lt;/govuk-warning-text&gt;
/// </summary>
[HtmlTargetElement("govuk-warning-text")]
public sealed class WarningTextTagHelper : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass("govuk-warning-text", HtmlEncoder.Default);
        output.PreContent.SetHtmlContent("<span class=\"govuk-warning-text__icon\" aria-hidden=\"true\">!</span>"
            + "<strong class=\"govuk-warning-text__text\"><span class=\"govuk-visually-hidden\">Warning</span> ");
        output.PostContent.SetHtmlContent("</strong>");
    }
}

/// <summary>
/// Use: &lt;govuk-details summary="Why we ask"&gt;…&lt;/govuk-details&gt;; open="true" to start opened.
/// </summary>
[HtmlTargetElement("govuk-details")]
public sealed class DetailsTagHelper : TagHelper
{
    public string Summary { get; set; } = "";

    public bool Open { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "details";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass("govuk-details", HtmlEncoder.Default);
        if (Open) output.Attributes.SetAttribute("open", "open");
        output.PreContent.AddHtml("<summary class=\"govuk-details__summary\"><span class=\"govuk-details__summary-text\">{0}</span></summary>", Summary)
            .AppendHtml("<div class=\"govuk-details__text\">");
        output.PostContent.SetHtmlContent("</div>");
    }
}

/// <summary>
/// Use: &lt;govuk-tag colour="green"&gt;Received&lt;/govuk-tag&gt;
/// Colours: grey, green, teal, blue, purple, magenta, red, orange, yellow; none for the portal's own.
/// </summary>
[HtmlTargetElement("govuk-tag")]
public sealed class TagTagHelper : TagHelper
{
    public string? Colour { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "strong";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass("govuk-tag", HtmlEncoder.Default);
        if (Colour is not null) output.AddClass($"govuk-tag--{Colour}", HtmlEncoder.Default);
    }
}
