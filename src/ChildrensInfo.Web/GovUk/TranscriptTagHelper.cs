using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Use: &lt;transcript-text text="@t.Text" lang="cy" /&gt;
/// What a recording says, in writing; the words that were hard to hear, and those that are left out of copies, are marked for the eye and named for the ear. Where a passage is in the recording becomes a button (Scripts/passages.js).
/// </summary>
[HtmlTargetElement("transcript-text")]
public sealed class TranscriptTagHelper : TagHelper
{
    public string Text { get; set; } = "";

    public string? Lang { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "transcript__text");
        output.Attributes.SetAttribute("dir", "auto");
        if (!string.IsNullOrEmpty(Lang)) output.Attributes.SetAttribute("lang", Lang);
        foreach (var span in TranscriptText.Parse(Text))
        {
            if (span.Kept is { } why) output.Content.AddHtml("<mark class=\"transcript__kept\">{0}<span class=\"transcript__why\" lang=\"en\"> (left out of copies: {1})</span></mark>", span.Text, TranscriptText.Say(why));
            else if (span.At is { } seconds) output.Content.AddHtml("<span data-plays-from=\"{0}\">{1}</span>", seconds, span.Text);
            else if (span.IsUnsure) output.Content.AddHtml("<mark class=\"transcript__unsure\">{0}<span class=\"transcript__why\" lang=\"en\"> (unsure)</span></mark>", span.Text);
            else output.Content.Append(span.Text);
        }
    }
}
