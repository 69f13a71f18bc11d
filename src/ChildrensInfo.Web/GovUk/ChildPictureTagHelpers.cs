using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>Use: &lt;child-picture name="pencil" /&gt; beside words that say the same; it is only for the eye.</summary>
[HtmlTargetElement("child-picture")]
public sealed class ChildPictureTagHelper : TagHelper
{
    private static readonly Dictionary<string, string> Shapes = new()
    {
        ["pencil"] = "<path d='M10 46l4-12L38 10l8 8-24 24-12 4z'/><path d='M33 15l8 8'/>",
        ["voice"] = "<rect x='21' y='6' width='14' height='26' rx='7'/><path d='M13 26a15 15 0 0 0 30 0M28 41v9M19 50h18'/>",
        ["brush"] = "<path d='M46 8L25 29l4 4L50 12z'/><path d='M25 29c-8 0-9 8-9 11-2 4-6 5-8 5 6 4 21 4 21-12z'/>",
        ["quiet"] = "<circle cx='28' cy='28' r='19'/><path d='M19 23h2M35 23h2M20 36h16M28 31v10'/>",
        ["give"] = "<path d='M8 30h12l10-8h8c4 0 4 6 0 6H28'/><path d='M20 42h14l14-13c-3-5-7-2-9 0'/><path d='M8 26v20h8'/>",
        ["back"] = "<path d='M26 12L10 28l16 16M10 28h36'/>",
        ["ear"] = "<path d='M8 21v14h9l13 10V11L17 21zM37 20c4 4 4 12 0 16M43 14c8 8 8 20 0 28'/>",
        ["hide"] = "<path d='M5 28c12-18 34-18 46 0-12 18-34 18-46 0z'/><circle cx='28' cy='28' r='7'/><path d='M9 48L47 8'/>",
        ["tick"] = "<path d='M10 30l12 12 24-28'/>",
        ["unsure"] = "<path d='M18 20c0-14 22-13 20 1-1 7-10 8-10 16M28 46v1'/>",
        ["stop"] = "<path d='M14 14l28 28M42 14L14 42'/>",
        ["count"] = "<path d='M12 44V30M24 44V18M36 44V26M48 44V10'/>",
        ["quote"] = "<path d='M8 10h40v26H28l-10 10V36H8z'/><path d='M17 19h22M17 27h14'/>",
        ["study"] = "<circle cx='24' cy='24' r='15'/><path d='M35 35l13 13'/>",
        ["line"] = "<path d='M6 36h44M8 30v12M18 30v12M28 30v12M38 30v12M48 30v12'/><circle cx='38' cy='18' r='6'/>",
        ["board"] = "<path d='M8 8h16v16H8zM32 8h16v16H32zM8 32h16v16H8zM32 32h16v16H32z'/>",
        ["house"] = "<path d='M8 28L28 8l20 20M14 24v24h28V24M24 48V34h8v14'/>",
        ["people"] = "<circle cx='20' cy='19' r='9'/><path d='M4 48c0-20 32-20 32 0M36 11a8 8 0 0 1 0 16M42 32c6 2 10 8 10 16'/>",
        ["faces"] = "<circle cx='28' cy='28' r='20'/><path d='M20 23v1M36 23v1M18 34c5 6 15 6 20 0'/>",
    };

    public string Name { get; set; } = "";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "own__picture");
        output.Attributes.SetAttribute("viewBox", "0 0 56 56");
        output.Attributes.SetAttribute("aria-hidden", "true");
        output.Attributes.SetAttribute("focusable", "false");
        output.Content.SetHtmlContent(Shapes[Name]);
    }
}

/// <summary>Use: &lt;child-scene /&gt;. Hills and a sky: what a screen shows when it must show nothing.</summary>
[HtmlTargetElement("child-scene")]
public sealed class ChildSceneTagHelper : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("viewBox", "0 0 120 80");
        output.Attributes.SetAttribute("preserveAspectRatio", "xMidYMid slice");
        output.Attributes.SetAttribute("aria-hidden", "true");
        output.Attributes.SetAttribute("focusable", "false");
        output.Content.SetHtmlContent("<path fill='#cfe6f5' d='M0 0h120v80H0z'/><circle fill='#f6d365' cx='92' cy='20' r='9'/><path fill='#8fb9a8' d='M0 52c20-18 40-14 60 0s40 8 60-6v34H0z'/><path fill='#5f9480' d='M0 64c30-12 60 6 120-8v24H0z'/>");
    }
}
