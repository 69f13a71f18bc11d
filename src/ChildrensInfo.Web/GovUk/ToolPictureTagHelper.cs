using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Pages.Understand.Tools;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Use: &lt;tool-picture name="@item.Picture" shows="@item.Shows" /&gt; beside a label. One of the portal's own is not read out: the label says the same. Of one of the council's it is read out what it
/// shows. Without a known name it draws nothing.
/// </summary>
[HtmlTargetElement("tool-picture")]
public sealed class ToolPictureTagHelper : TagHelper
{
    public string? Name { get; set; }

    public string? Shows { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (ToolPicture.IdOf(Name) is { } own)
        {
            output.TagName = "img";
            output.TagMode = TagMode.SelfClosing;
            output.Attributes.SetAttribute("class", "picture");
            output.Attributes.SetAttribute("src", PictureEndpoint.AddressOf(own));
            output.Attributes.SetAttribute("alt", Shows ?? "");
            return;
        }

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
