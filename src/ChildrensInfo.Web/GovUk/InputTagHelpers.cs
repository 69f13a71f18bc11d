using System.Globalization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Use: &lt;govuk-input asp-for="Input.Email" type="email" hint="…" autocomplete="username" width="20" /&gt;
/// Options: label, label-size, heading, hint, type, inputmode, width (2, 3, 4, 5, 10, 20, 30 or two-thirds, one-half, one-third), prefix, suffix.
/// </summary>
[HtmlTargetElement("govuk-input", Attributes = "asp-for")]
public sealed class InputTagHelper : FormFieldTagHelper
{
    public string? Type { get; set; }

    [HtmlAttributeName("inputmode")]
    public string? InputMode { get; set; }

    public string? Width { get; set; }

    public string? Prefix { get; set; }

    public string? Suffix { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var fromPage = StartGroup(output);
        var isNumber = For.Metadata.UnderlyingOrModelType == typeof(int) || For.Metadata.UnderlyingOrModelType == typeof(long);
        var css = "govuk-input" + Width switch
        {
            null => "",
            [>= '0' and <= '9', ..] => $" govuk-input--width-{Width}",
            _ => $" govuk-!-width-{Width}",
        };
        var input = Element("input", css, fromPage);
        input.TagRenderMode = TagRenderMode.SelfClosing;
        input.Attributes["type"] = Type ?? "text";
        if ((InputMode ?? (isNumber ? "numeric" : null)) is { } mode) input.Attributes["inputmode"] = mode;
        // A password is never sent back to the browser.
        if (Type != "password" && Value is { } value) input.Attributes["value"] = value;

        output.Content.SetHtmlContent(LabelHintAndError());
        if (Prefix is null && Suffix is null)
        {
            output.Content.AppendHtml(input);
            return;
        }
        output.Content.AppendHtml("<div class=\"govuk-input__wrapper\">");
        if (Prefix is not null) output.Content.AddHtml("<div class=\"govuk-input__prefix\" aria-hidden=\"true\">{0}</div>", Prefix);
        output.Content.AppendHtml(input);
        if (Suffix is not null) output.Content.AddHtml("<div class=\"govuk-input__suffix\" aria-hidden=\"true\">{0}</div>", Suffix);
        output.Content.AppendHtml("</div>");
    }
}

/// <summary>
/// Use: &lt;govuk-textarea asp-for="Input.Text" rows="8" maxlength="@VoiceRecord.MaxText" count="true" /&gt;
/// The maximum is shown and counted, never cut off by the browser: pasted words must not be lost without a message.
/// </summary>
[HtmlTargetElement("govuk-textarea", Attributes = "asp-for")]
public sealed class TextareaTagHelper : FormFieldTagHelper
{
    public int Rows { get; set; } = 5;

    [HtmlAttributeName("maxlength")]
    public int? MaxLength { get; set; }

    /// <summary>Show how many characters are left; needs maxlength.</summary>
    public bool Count { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var counted = Count && MaxLength is not null;
        if (counted) DescribedBy.Add($"{Id}-info");
        var fromPage = StartGroup(output, counted ? "govuk-character-count" : "");
        if (counted)
        {
            output.Attributes.SetAttribute("data-module", "govuk-character-count");
            output.Attributes.SetAttribute("data-maxlength", MaxLength!.Value.ToString(CultureInfo.InvariantCulture));
            output.Attributes.SetAttribute("data-threshold", "50");
        }
        var area = Element("textarea", "govuk-textarea" + (counted ? " govuk-js-character-count" : ""), fromPage);
        area.Attributes["rows"] = Rows.ToString(CultureInfo.InvariantCulture);
        // HTML drops one line break straight after the tag; without this one it would be the person's own.
        area.InnerHtml.AppendHtml("\n").AppendHtml(new ExactText(Value ?? ""));
        output.Content.SetHtmlContent(LabelHintAndError()).AppendHtml(area);
        if (counted)
            output.Content.AddHtml(
                "<div id=\"{0}-info\" class=\"govuk-hint govuk-character-count__message\">You can enter up to {1} characters</div>",
                Id, MaxLength!.Value.ToString("N0", CultureInfo.GetCultureInfo("en-GB")));
    }
}

/// <summary>
/// Use: &lt;govuk-select asp-for="Input.TeamId" asp-items="Model.Teams" empty="Choose a team" /&gt;
/// The empty choice has no value, so a nullable property stays null.
/// </summary>
[HtmlTargetElement("govuk-select", Attributes = "asp-for")]
public sealed class SelectTagHelper : FormFieldTagHelper
{
    [HtmlAttributeName("asp-items")]
    public IEnumerable<SelectListItem> Items { get; set; } = [];

    public string? Empty { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var select = Element("select", "govuk-select", StartGroup(output));
        var chosen = Value;
        if (Empty is not null) select.InnerHtml.AddHtml("<option value=\"\">{0}</option>", Empty);
        foreach (var item in Items)
        {
            var value = item.Value ?? item.Text;
            var option = new TagBuilder("option");
            option.Attributes["value"] = value;
            if (string.IsNullOrEmpty(chosen) ? item.Selected : value == chosen) option.Attributes["selected"] = "selected";
            if (item.Disabled) option.Attributes["disabled"] = "disabled";
            option.InnerHtml.Append(item.Text);
            select.InnerHtml.AppendHtml(option);
        }
        output.Content.SetHtmlContent(LabelHintAndError()).AppendHtml(select);
    }
}

/// <summary>
/// Use: &lt;govuk-file-upload asp-for="Return" accept=".xml" hint="…" /&gt; in a form with enctype="multipart/form-data".
/// The browser's own control: the design system's drop zone names its button in a way that speech users cannot say.
/// </summary>
[HtmlTargetElement("govuk-file-upload", Attributes = "asp-for")]
public sealed class FileUploadTagHelper : FormFieldTagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var input = Element("input", "govuk-file-upload", StartGroup(output));
        input.TagRenderMode = TagRenderMode.SelfClosing;
        input.Attributes["type"] = "file";
        output.Content.SetHtmlContent(LabelHintAndError()).AppendHtml(input);
    }
}
