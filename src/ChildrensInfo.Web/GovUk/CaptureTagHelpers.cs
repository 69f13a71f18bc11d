using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Use in a form: &lt;voice-recorder upload-url="…/media" asp-file-id="Input.AudioFileId" asp-duration="Input.DurationMs" asp-gaps="Input.Gaps" /&gt; and recorder.js in @section Scripts.
/// Pieces go to PUT {upload-url}/{fileId}/{index}. Options: title, max-minutes, fallback (the sentence shown while scripts are off). asp-gaps is JSON text, [{"fromMs","toMs","why"}].
/// </summary>
[HtmlTargetElement("voice-recorder", Attributes = "upload-url,asp-file-id")]
public sealed class VoiceRecorderTagHelper : CaptureTagHelper
{
    public VoiceRecorderTagHelper()
    {
        Title = "Record their voice";
        Fallback = "Recording needs scripts, and they are not running in this browser. You can type the words instead.";
    }

    [HtmlAttributeName("asp-duration")]
    public ModelExpression? Duration { get; set; }

    [HtmlAttributeName("asp-gaps")]
    public ModelExpression? Gaps { get; set; }

    public int MaxMinutes { get; set; } = 180;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        Start(output, "data-recorder");
        output.Attributes.SetAttribute("data-max-minutes", MaxMinutes);
        HiddenField(output, "data-duration-field", Duration);
        HiddenField(output, "data-gaps-field", Gaps);
    }
}

/// <summary>
/// Use in a form: &lt;drawing-pad upload-url="…/media" asp-file-id="Input.DrawingFileId" /&gt; and drawing.js in @section Scripts.
/// The picture is a PNG, 1600 by 1200. Options: title, fallback.
/// </summary>
[HtmlTargetElement("drawing-pad", Attributes = "upload-url,asp-file-id")]
public sealed class DrawingPadTagHelper : CaptureTagHelper
{
    public DrawingPadTagHelper()
    {
        Title = "Draw";
        Fallback = "Drawing here needs scripts, and they are not running in this browser. You can draw on paper instead.";
    }

    public override void Process(TagHelperContext context, TagHelperOutput output) => Start(output, "data-drawing");
}

public abstract class CaptureTagHelper : TagHelper
{
    public string Title { get; set; } = "";

    public string Fallback { get; set; } = "";

    public string UploadUrl { get; set; } = "";

    [HtmlAttributeName("asp-file-id")]
    public ModelExpression FileId { get; set; } = null!;

    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    protected void Start(TagHelperOutput output, string kind)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "capture");
        output.Attributes.SetAttribute(kind, "");
        output.Attributes.SetAttribute("data-upload-url", UploadUrl);
        output.Content.AddHtml("<h2 class=\"capture__title\">{0}</h2>", Title);
        // The script takes this sentence away when it takes over.
        output.Content.AddHtml("<p class=\"govuk-body\" data-capture-fallback>{0}</p>", Fallback);
        var name = HiddenField(output, "data-file-id-field", FileId)!;
        var error = ViewContext.ViewData.ModelState.TryGetValue(name, out var entry) && entry.Errors.Count > 0 ? entry.Errors[0].ErrorMessage : null;
        var id = FormFieldTagHelper.IdOf(name) + "-capture";
        output.Attributes.SetAttribute("id", id);
        output.Attributes.SetAttribute("tabindex", "-1");
        FieldOrder.Of(ViewContext.HttpContext).Add(name, id);
        if (error is not null)
            output.Content.AddHtml("<p class=\"govuk-error-message\"><span class=\"govuk-visually-hidden\">Error:</span> {0}</p>", error);
    }

    protected string? HiddenField(TagHelperOutput output, string attribute, ModelExpression? field)
    {
        if (field is null) return null;
        var name = ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(field.Name);
        var value = ViewContext.ViewData.ModelState.TryGetValue(name, out var entry) ? entry.AttemptedValue : field.Model?.ToString();
        output.Content.AddHtml("<input type=\"hidden\" id=\"{0}\" name=\"{1}\" value=\"{2}\"/>", FormFieldTagHelper.IdOf(name), name, value ?? "");
        output.Attributes.SetAttribute(attribute, name);
        return name;
    }
}
