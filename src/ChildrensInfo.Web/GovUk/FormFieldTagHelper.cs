using System.Collections;
using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// What every field of a form has: a label, a hint, an error, and the aria-describedby that ties them together.
/// Attributes a field does not know (autocomplete, lang, data-…) are passed on to the input itself.
/// </summary>
public abstract class FormFieldTagHelper : TagHelper
{
    [HtmlAttributeName("asp-for")]
    public ModelExpression For { get; set; } = null!;

    /// <summary>Default: the property's [Display(Name)], which error messages use too.</summary>
    public string? Label { get; set; }

    /// <summary>s, m, l or xl; none for body size.</summary>
    public string? LabelSize { get; set; }

    /// <summary>The label is also the page's h1.</summary>
    public bool Heading { get; set; }

    public string? Hint { get; set; }

    [HtmlAttributeNotBound, ViewContext]
    public ViewContext ViewContext { get; set; } = null!;

    protected string Name { get; private set; } = "";

    protected string Id { get; private set; } = "";

    protected string? Error { get; private set; }

    protected string LabelText => Label ?? For.Metadata.PlainName();

    protected ModelStateDictionary ModelState => ViewContext.ViewData.ModelState;

    /// <summary>The ids that describe the field, in the order in which they should be read out.</summary>
    protected List<string> DescribedBy { get; } = [];

    public override void Init(TagHelperContext context)
    {
        Name = ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);
        Id = IdOf(Name);
        Error = ModelState.TryGetValue(Name, out var entry) && entry.Errors.Count > 0 ? entry.Errors[0].ErrorMessage : null;
        if (Hint is not null) DescribedBy.Add($"{Id}-hint");
        if (Error is not null) DescribedBy.Add($"{Id}-error");
        FieldOrder.Of(ViewContext.HttpContext).Add(Name, Id);
    }

    public static string IdOf(string name) => TagBuilder.CreateSanitizedId(name, "_");

    /// <summary>What was typed, if the form came back with an error; otherwise the model's value.</summary>
    protected string? Value =>
        ModelState.TryGetValue(Name, out var entry) && entry.AttemptedValue is { } typed ? typed : AsText(For.Model);

    protected HashSet<string> Values
    {
        get
        {
            if (ModelState.TryGetValue(Name, out var entry) && entry.RawValue is not null)
                return entry.RawValue is string[] many ? [.. many] : [entry.AttemptedValue ?? ""];
            return For.Model switch
            {
                null => [],
                bool yes => yes ? ["true"] : [],
                IEnumerable list and not string => [.. list.Cast<object?>().Select(AsText).OfType<string>()],
                var one => [AsText(one)!],
            };
        }
    }

    protected static string? AsText(object? value) => value switch
    {
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>Turns the output into the form group and gives back the attributes that belong on the input.</summary>
    protected TagHelperAttribute[] StartGroup(TagHelperOutput output, string extraClass = "")
    {
        var forInput = output.Attributes.ToArray();
        output.Attributes.Clear();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        var css = "govuk-form-group" + (Error is null ? "" : " govuk-form-group--error") + (extraClass.Length == 0 ? "" : " " + extraClass);
        output.Attributes.SetAttribute("class", css);
        return forInput;
    }

    protected HtmlContentBuilder LabelHintAndError()
    {
        var html = new HtmlContentBuilder();
        if (Heading) html.AppendHtml("<h1 class=\"govuk-label-wrapper\">");
        html.AddHtml("<label class=\"{0}\" for=\"{1}\">{2}</label>", Sized("govuk-label"), Id, LabelText);
        if (Heading) html.AppendHtml("</h1>");
        html.AppendHtml(HintAndError());
        return html;
    }

    protected HtmlContentBuilder HintAndError()
    {
        var html = new HtmlContentBuilder();
        if (Hint is not null) html.AddHtml("<div id=\"{0}-hint\" class=\"govuk-hint\">{1}</div>", Id, Hint);
        if (Error is not null)
            html.AddHtml("<p id=\"{0}-error\" class=\"govuk-error-message\"><span class=\"govuk-visually-hidden\">Error:</span> {1}</p>", Id, Error);
        return html;
    }

    /// <summary>The fieldset around a group of inputs, with legend, hint and error, and the inputs inside.</summary>
    protected TagBuilder Fieldset(IHtmlContent inputs, bool isGroup = false)
    {
        var fieldset = new TagBuilder("fieldset");
        fieldset.AddCssClass("govuk-fieldset");
        if (isGroup) fieldset.Attributes["role"] = "group";
        Describe(fieldset);
        fieldset.InnerHtml.AddHtml("<legend class=\"{0}\">", Sized("govuk-fieldset__legend"));
        if (Heading) fieldset.InnerHtml.AddHtml("<h1 class=\"govuk-fieldset__heading\">{0}</h1>", LabelText);
        else fieldset.InnerHtml.Append(LabelText);
        fieldset.InnerHtml.AppendHtml("</legend>").AppendHtml(HintAndError()).AppendHtml(inputs);
        return fieldset;
    }

    /// <summary>An input element with its id, name, class and descriptions; the page's own attributes win.</summary>
    protected TagBuilder Element(string tag, string css, IEnumerable<TagHelperAttribute> fromPage)
    {
        var element = new TagBuilder(tag);
        element.Attributes["id"] = Id;
        element.Attributes["name"] = Name;
        foreach (var attribute in fromPage.Where(a => a.Name != "class"))
            element.Attributes[attribute.Name] = attribute.Value?.ToString() ?? "";
        foreach (var attribute in fromPage.Where(a => a.Name == "class"))
            element.AddCssClass(attribute.Value?.ToString() ?? "");
        if (Error is not null) element.AddCssClass($"{css.Split(' ')[0]}--error");
        element.AddCssClass(css);
        Describe(element);
        return element;
    }

    private void Describe(TagBuilder element)
    {
        if (DescribedBy.Count > 0) element.Attributes["aria-describedby"] = string.Join(' ', DescribedBy);
    }

    private string Sized(string css) => LabelSize is null ? css : $"{css} {css}--{LabelSize}";
}

/// <summary>The fields of the page in the order they are drawn, so that the error summary lists them in that order.</summary>
public sealed class FieldOrder
{
    private readonly List<(string Name, string Id)> fields = [];

    public static FieldOrder Of(HttpContext context)
    {
        if (context.Items[typeof(FieldOrder)] is FieldOrder order) return order;
        order = new FieldOrder();
        context.Items[typeof(FieldOrder)] = order;
        return order;
    }

    public void Add(string name, string id) => fields.Add((name, id));

    public int PositionOf(string name) => fields.FindIndex(f => f.Name == name) is >= 0 and var at ? at : int.MaxValue;

    /// <returns>Null when no such field is on the page: there is nothing to link to.</returns>
    public string? IdOf(string name) => fields.Find(f => f.Name == name).Id;
}

public static class PlainNames
{
    /// <summary>The name people read: [Display(Name)], or the property's name as words ("DateOfVisit" → "Date of visit").</summary>
    public static string PlainName(this ModelMetadata metadata)
    {
        if (metadata.DisplayName is { } given) return given;
        var name = metadata.PropertyName ?? metadata.ParameterName ?? "This";
        var words = new System.Text.StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1])) words.Append(' ');
            words.Append(i == 0 ? name[i] : char.ToLowerInvariant(name[i]));
        }
        return words.ToString();
    }
}
