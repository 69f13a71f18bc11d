using System.Text.Json;
using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Use in a form: &lt;voice-recorder upload-url="…/media" asp-file-id="Input.AudioFileId" asp-duration="Input.DurationMs" asp-gaps="Input.Gaps" /&gt; and recorder.js in @section Scripts.
/// With permission-url, what is said is sent while it is being said, to PUT {upload-url}/{fileId}/{offset}, and unfinished is a recording to go on with; without, pieces go with the form to
/// PUT {upload-url}/{fileId}/{index}. Options: title, max-minutes, fallback (the sentence shown while scripts are off). asp-gaps is JSON text, [{"fromMs","toMs","why"}].
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

    /// <summary>Asked while it records: whether it may go on.</summary>
    public string? PermissionUrl { get; set; }

    public UnfinishedRecording? Unfinished { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        Start(output, "data-recorder");
        if (PermissionUrl is not null)
        {
            output.Attributes.SetAttribute("data-meanwhile", "");
            output.Attributes.SetAttribute("data-permission-url", PermissionUrl);
        }

        if (Unfinished is { } left)
        {
            var said = left.HasEnded ? null : $"The page closed while it recorded, after {left.Ms / 60_000}:{left.Ms / 1000 % 60:00}. Everything until then is here, and the gap is noted.";
            output.Attributes.SetAttribute("data-unfinished", JsonSerializer.Serialize(new { left.FileId, left.Ms, left.Gaps, Type = left.ContentType, said }, JsonSerializerOptions.Web));
        }

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

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        Start(output, "data-drawing");
        output.Content.AppendHtml("<textarea data-strokes hidden></textarea>");
    }
}

/// <summary>
/// Use in a multipart form: &lt;photo-input asp-for="Input.FileId" file="Photo" /&gt; and photo.js in @section Scripts. The id of a photo that is kept already goes with the
/// form, so that it need not be chosen again. Works without scripts.
/// </summary>
[HtmlTargetElement("photo-input", Attributes = "asp-for,file")]
public sealed class PhotoInputTagHelper : FormFieldTagHelper
{
    /// <summary>The name of the form's file.</summary>
    public string File { get; set; } = "";

    /// <summary>On the page for visits without a connection, whose own script keeps it: the camera is opened at once, so that no copy lies among the device's pictures.</summary>
    public bool OnDevice { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        Label ??= "Photo of something they made";
        LabelSize ??= "m";
        Hint ??= "A model, a poster, a page of a diary. Leave people out of it if you can. JPEG, PNG or WebP, up to 20 MB. The place it was taken is removed.";
        if (!DescribedBy.Contains($"{Id}-hint")) DescribedBy.Insert(0, $"{Id}-hint");
        StartGroup(output);
        output.Attributes.SetAttribute(OnDevice ? "data-offline-photo" : "data-photo", "");
        var described = string.Join(' ', DescribedBy);
        output.Content.SetHtmlContent(LabelHintAndError());
        if (Value is { Length: > 0 } kept)
        {
            output.Content.AddHtml("<p class=\"govuk-body\" data-photo-kept><strong>A photo is kept with this form.</strong> Choosing another replaces it.</p>");
            output.Content.AddHtml("<input type=\"hidden\" name=\"{0}\" value=\"{1}\"/>", Name, kept);
        }

        // Without heic in the list, iPhones and iPads send a JPEG of their own accord.
        output.Content.AddHtml(
            "<input class=\"govuk-file-upload\" type=\"file\" id=\"{0}\" name=\"{1}\" accept=\"image/jpeg,image/png,image/webp\" aria-describedby=\"{2}\"", Id, File, described);
        output.Content.AddHtml(OnDevice ? " capture=\"environment\"/>" : "/>");
    }
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
