using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>One radio or checkbox. Revealed is what appears when it is chosen.</summary>
public sealed record Choice(string Value, IHtmlContent Label, string? Hint, IHtmlContent? Revealed, bool Exclusive, bool Disabled)
{
    public static readonly Choice Divider = new("", HtmlString.Empty, null, null, false, false);
}

/// <summary>
/// Use: &lt;govuk-radios asp-for="Input.Alone" inline="true"&gt;&lt;govuk-radio value="Yes"&gt;Yes&lt;/govuk-radio&gt;…&lt;/govuk-radios&gt;, or asp-items="…".
/// Options: label (the legend), label-size, heading, hint, inline, small. A bool? property takes the values true and false.
/// </summary>
[HtmlTargetElement("govuk-radios", Attributes = "asp-for")]
public sealed class RadiosTagHelper : ChoicesTagHelper
{
    protected override string Kind => "radios";

    protected override string InputType => "radio";
}

/// <summary>
/// Use: &lt;govuk-checkboxes asp-for="Input.Present"&gt;&lt;govuk-checkbox value="Mother" hint="…"&gt;Mother&lt;/govuk-checkbox&gt;…&lt;/govuk-checkboxes&gt;
/// For a list, or for one bool with a single checkbox of value "true". Options as for radios.
/// </summary>
[HtmlTargetElement("govuk-checkboxes", Attributes = "asp-for")]
public sealed class CheckboxesTagHelper : ChoicesTagHelper
{
    protected override string Kind => "checkboxes";

    protected override string InputType => "checkbox";
}

public abstract class ChoicesTagHelper : FormFieldTagHelper
{
    [HtmlAttributeName("asp-items")]
    public IEnumerable<SelectListItem> Items { get; set; } = [];

    public bool Inline { get; set; }

    public bool Small { get; set; }

    protected abstract string Kind { get; }

    protected abstract string InputType { get; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var choices = Items.Select(i => new Choice(i.Value ?? i.Text, new HtmlContentBuilder().Append(i.Text), null, null, false, i.Disabled)).ToList();
        context.Items[typeof(Choice)] = choices;
        await output.GetChildContentAsync();

        var css = $"govuk-{Kind}";
        var chosen = Values;
        // A bool's model binder reads "true" as well as "True"; so does this.
        bool IsChosen(string value) => chosen.Contains(value) || (For.Metadata.UnderlyingOrModelType == typeof(bool) && chosen.Contains(value, StringComparer.OrdinalIgnoreCase));
        var list = new TagBuilder("div");
        list.AddCssClass(css + (Inline ? $" {css}--inline" : "") + (Small ? $" {css}--small" : ""));
        // Radios have a reveal of our own (site.js): the design system's puts aria-expanded on a radio, which ARIA does not allow.
        var revealedBy = InputType == "radio" ? "data-reveals" : "data-aria-controls";
        if (InputType == "checkbox") list.Attributes["data-module"] = css;
        var number = 0;
        foreach (var choice in choices)
        {
            if (choice == Choice.Divider)
            {
                list.InnerHtml.AddHtml("<div class=\"{0}__divider\">or</div>", css);
                continue;
            }
            number++;
            // The first has the group's id, which is where the error summary leads.
            var id = number == 1 ? Id : $"{Id}-{number}";
            var input = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
            input.AddCssClass($"{css}__input");
            input.Attributes["id"] = id;
            input.Attributes["name"] = Name;
            input.Attributes["type"] = InputType;
            input.Attributes["value"] = choice.Value;
            if (IsChosen(choice.Value)) input.Attributes["checked"] = "checked";
            if (choice.Disabled) input.Attributes["disabled"] = "disabled";
            if (choice.Exclusive) input.Attributes["data-behaviour"] = "exclusive";
            if (choice.Hint is not null) input.Attributes["aria-describedby"] = $"{id}-item-hint";
            if (choice.Revealed is not null) input.Attributes[revealedBy] = $"{id}-reveals";
            list.InnerHtml.AddHtml("<div class=\"{0}__item\">{1}<label class=\"govuk-label {0}__label\" for=\"{2}\">{3}</label>", css, input, id, choice.Label);
            if (choice.Hint is not null)
                list.InnerHtml.AddHtml("<div id=\"{0}-item-hint\" class=\"govuk-hint {1}__hint\">{2}</div>", id, css, choice.Hint);
            list.InnerHtml.AppendHtml("</div>");
            if (choice.Revealed is not null)
                list.InnerHtml.AddHtml("<div class=\"{0}__conditional{1}\" id=\"{2}-reveals\">{3}</div>",
                    css, IsChosen(choice.Value) ? "" : $" {css}__conditional--hidden", id, choice.Revealed);
        }
        StartGroup(output);
        output.Content.SetHtmlContent(Fieldset(list));
    }
}

/// <summary>
/// Use: &lt;govuk-radio value="Other" label="Somebody else" hint="…"&gt; fields to reveal when chosen &lt;/govuk-radio&gt;
/// Without label="…" the content is the label: &lt;govuk-checkbox value="true"&gt;I have told them&lt;/govuk-checkbox&gt;. Options: hint, exclusive, disabled.
/// </summary>
[HtmlTargetElement("govuk-radio", Attributes = "value")]
[HtmlTargetElement("govuk-checkbox", Attributes = "value")]
public sealed class ChoiceTagHelper : TagHelper
{
    public string Value { get; set; } = "";

    public string? Label { get; set; }

    public string? Hint { get; set; }

    /// <summary>"None of these": choosing it clears the others.</summary>
    public bool Exclusive { get; set; }

    public bool Disabled { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        // Kept apart from the output, which is suppressed: the group draws it.
        var kept = new HtmlContentBuilder();
        content.CopyTo(kept);
        var choices = (List<Choice>)context.Items[typeof(Choice)];
        choices.Add(Label is null
            ? new(Value, kept, Hint, null, Exclusive, Disabled)
            : new(Value, new HtmlContentBuilder().Append(Label), Hint, content.IsEmptyOrWhiteSpace ? null : kept, Exclusive, Disabled));
        output.SuppressOutput();
    }
}

/// <summary>
/// Use: &lt;govuk-or /&gt; between radios or checkboxes draws the word "or".
/// </summary>
[HtmlTargetElement("govuk-or", TagStructure = TagStructure.WithoutEndTag)]
public sealed class OrTagHelper : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ((List<Choice>)context.Items[typeof(Choice)]).Add(Choice.Divider);
        output.SuppressOutput();
    }
}
