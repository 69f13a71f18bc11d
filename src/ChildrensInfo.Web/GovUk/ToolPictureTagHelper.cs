using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Use: &lt;tool-picture name="@item.Picture" /&gt; beside a label that says the same: the picture itself is not read out. Without a known name it draws nothing.
/// </summary>
[HtmlTargetElement("tool-picture")]
public sealed class ToolPictureTagHelper : TagHelper
{
    public string? Name { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (Pictures.Find(Name) is not { } picture)
        {
            output.SuppressOutput();
            return;
        }

        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "picture");
        output.Attributes.SetAttribute("viewBox", "0 0 64 64");
        output.Attributes.SetAttribute("aria-hidden", "true");
        output.Attributes.SetAttribute("focusable", "false");
        // Of our own drawing, shipped with the portal: nobody types into it.
        output.Content.SetHtmlContent(picture.Svg);
    }
}
