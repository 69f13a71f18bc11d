using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.Routing;
using Microsoft.AspNetCore.Mvc.TagHelpers;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Use: &lt;govuk-button&gt;Seal this record&lt;/govuk-button&gt;, or with href="@Url.Page(…)" a link that looks like one.
/// Options: variant (secondary, warning, inverse), start, handler (another handler of this page), type, allow-double-click.
/// </summary>
[HtmlTargetElement("govuk-button")]
public sealed class ButtonTagHelper(IUrlHelperFactory urls) : TagHelper
{
    public string? Href { get; set; }

    public string? Variant { get; set; }

    public bool Start { get; set; }

    public string? Handler { get; set; }

    public string Type { get; set; } = "submit";

    public bool AllowDoubleClick { get; set; }

    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagMode = TagMode.StartTagAndEndTag;
        output.TagName = Href is null ? "button" : "a";
        output.AddClass("govuk-button", HtmlEncoder.Default);
        if (Variant is not null) output.AddClass($"govuk-button--{Variant}", HtmlEncoder.Default);
        if (Start) output.AddClass("govuk-button--start", HtmlEncoder.Default);
        output.Attributes.SetAttribute("data-module", "govuk-button");
        if (Href is not null)
        {
            output.Attributes.SetAttribute("href", Href);
            output.Attributes.SetAttribute("role", "button");
            output.Attributes.SetAttribute("draggable", "false");
        }
        else
        {
            output.Attributes.SetAttribute("type", Type);
            if (Type == "submit" && !AllowDoubleClick) output.Attributes.SetAttribute("data-prevent-double-click", "true");
            if (Handler is not null) output.Attributes.SetAttribute("formaction", urls.GetUrlHelper(ViewContext).Page(null, Handler));
        }
        if (Start)
            output.PostContent.SetHtmlContent("<svg class=\"govuk-button__start-icon\" width=\"17.5\" height=\"19\" viewBox=\"0 0 33 40\" aria-hidden=\"true\" focusable=\"false\">"
                + "<path fill=\"currentColor\" d=\"M0 0h13l20 20-20 20H0l20-20z\"/></svg>");
    }
}

/// <summary>
/// Use: @section Back { &lt;govuk-back-link href="@Url.Page(…)"&gt;Back to the child's page&lt;/govuk-back-link&gt; }
/// Without content it reads "Back".
/// </summary>
[HtmlTargetElement("govuk-back-link", Attributes = "href")]
public sealed class BackLinkTagHelper : TagHelper
{
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "a";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass("govuk-back-link", HtmlEncoder.Default);
        output.Content.SetHtmlContent(content);
        if (content.IsEmptyOrWhiteSpace) output.Content.SetContent("Back");
    }
}

/// <summary>
/// Use: &lt;govuk-pagination page="Model.P" pages="Model.Pages" /&gt;; links keep the rest of the address and set ?p=….
/// Draws nothing for one page. Options: parameter (the name in the address), label.
/// </summary>
[HtmlTargetElement("govuk-pagination")]
public sealed class PaginationTagHelper : TagHelper
{
    public int Page { get; set; } = 1;

    public int Pages { get; set; }

    public string Parameter { get; set; } = "p";

    public string Label { get; set; } = "Pages";

    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (Pages <= 1)
        {
            output.SuppressOutput();
            return;
        }
        output.TagName = "nav";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "govuk-pagination");
        output.Attributes.SetAttribute("aria-label", Label);
        var html = output.Content;
        if (Page > 1) Step(html, "prev", Page - 1, "Previous", "M8 0 0 7l8 7V9h7V5H8z");
        html.AppendHtml("<ul class=\"govuk-pagination__list\">");
        var last = 0;
        foreach (var n in new[] { 1, Page - 1, Page, Page + 1, Pages }.Where(n => n >= 1 && n <= Pages).Distinct().Order())
        {
            if (n > last + 1) html.AppendHtml("<li class=\"govuk-pagination__item govuk-pagination__item--ellipsis\">…</li>");
            last = n;
            html.AddHtml(
                "<li class=\"govuk-pagination__item{0}\"><a class=\"govuk-link govuk-pagination__link\" href=\"{1}\" aria-label=\"Page {2}\"{3}>{2}</a></li>",
                n == Page ? " govuk-pagination__item--current" : "", Address(n), n.ToString(CultureInfo.InvariantCulture),
                new HtmlString(n == Page ? " aria-current=\"page\"" : ""));
        }
        html.AppendHtml("</ul>");
        if (Page < Pages) Step(html, "next", Page + 1, "Next", "M7 0l8 7-8 7V9H0V5h7z");
    }

    private void Step(TagHelperContent html, string direction, int page, string text, string arrow)
    {
        var icon = new HtmlContentBuilder().AddHtml(
            "<svg class=\"govuk-pagination__icon govuk-pagination__icon--{0}\" height=\"13\" width=\"15\" viewBox=\"0 0 15 14\" aria-hidden=\"true\" focusable=\"false\"><path d=\"{1}\"/></svg>",
            direction, arrow);
        html.AddHtml("<div class=\"govuk-pagination__{0}\"><a class=\"govuk-link govuk-pagination__link\" href=\"{1}\" rel=\"{0}\">", direction, Address(page));
        if (direction == "prev") html.AppendHtml(icon);
        html.AddHtml("<span class=\"govuk-pagination__link-title\">{0}<span class=\"govuk-visually-hidden\"> page</span></span>", text);
        if (direction == "next") html.AppendHtml(icon);
        html.AppendHtml("</a></div>");
    }

    private string Address(int page)
    {
        var request = ViewContext.HttpContext.Request;
        var query = new QueryBuilder(request.Query.Where(q => q.Key != Parameter)) { { Parameter, page.ToString(CultureInfo.InvariantCulture) } };
        return request.PathBase + request.Path + query.ToString();
    }
}

/// <summary>
/// Use: &lt;govuk-summary-list&gt;&lt;govuk-summary-row key="Place" href="…" action="Change"&gt;At home&lt;/govuk-summary-row&gt;&lt;/govuk-summary-list&gt;
/// Options of the list: plain (no lines between rows).
/// </summary>
[HtmlTargetElement("govuk-summary-list")]
public sealed class SummaryListTagHelper : TagHelper
{
    public bool Plain { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "dl";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass("govuk-summary-list", HtmlEncoder.Default);
        if (Plain) output.AddClass("govuk-summary-list--no-border", HtmlEncoder.Default);
    }
}

[HtmlTargetElement("govuk-summary-row", ParentTag = "govuk-summary-list", Attributes = "key")]
public sealed class SummaryRowTagHelper : TagHelper
{
    public string Key { get; set; } = "";

    public string? Href { get; set; }

    public string Action { get; set; } = "Change";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass("govuk-summary-list__row", HtmlEncoder.Default);
        if (Href is null) output.AddClass("govuk-summary-list__row--no-actions", HtmlEncoder.Default);
        output.Content.AddHtml("<dt class=\"govuk-summary-list__key\">{0}</dt><dd class=\"govuk-summary-list__value\">", Key);
        if (content.IsEmptyOrWhiteSpace) output.Content.AppendHtml("<span class=\"quiet\">Not given</span>");
        else output.Content.AppendHtml(content);
        output.Content.AppendHtml("</dd>");
        if (Href is not null)
            output.Content.AddHtml(
                "<dd class=\"govuk-summary-list__actions\"><a class=\"govuk-link\" href=\"{0}\">{1}<span class=\"govuk-visually-hidden\"> {2}</span></a></dd>",
                Href, Action, Key);
    }
}
