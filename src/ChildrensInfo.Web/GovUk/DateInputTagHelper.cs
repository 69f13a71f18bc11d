using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Use: &lt;govuk-date-input asp-for="Input.OccurredOn" hint="For example, 27 3 2026" /&gt; on a DateOnly? property with [Display(Name = "Date of visit")].
/// Three fields, read by <see cref="DateInputModelBinder"/>. Options: label, label-size, heading, hint, birthday (lets the browser fill in a date of birth).
/// </summary>
[HtmlTargetElement("govuk-date-input", Attributes = "asp-for")]
public sealed class DateInputTagHelper : FormFieldTagHelper
{
    public bool Birthday { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var day = For.Model as DateOnly?;
        if (day == default(DateOnly)) day = null;
        var typed = new DateParts(Typed("Day", day?.Day), Typed("Month", day?.Month), Typed("Year", day?.Year));
        // An error that is not about one part (such as "must be in the past") marks all three.
        var wrong = Error is null ? [] : typed.Wrong().ToArray() is { Length: > 0 } some ? some : DateParts.Names;
        var first = wrong.Length == 0 ? DateParts.Names[0] : wrong[0];

        StartGroup(output);
        var parts = new HtmlContentBuilder();
        parts.AddHtml("<div class=\"govuk-date-input\" id=\"{0}-date\">", Id);
        foreach (var part in DateParts.Names)
        {
            var input = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
            // The error summary links to the group's id, which sits on the first part that is wrong.
            var id = part == first ? Id : $"{Id}_{part}";
            input.Attributes["id"] = id;
            input.Attributes["name"] = $"{Name}.{part}";
            input.Attributes["type"] = "text";
            input.Attributes["inputmode"] = "numeric";
            if (Birthday) input.Attributes["autocomplete"] = "bday-" + part.ToLowerInvariant();
            if (typed[part] is { } value) input.Attributes["value"] = value;
            input.AddCssClass(part == "Year" ? "govuk-input--width-4" : "govuk-input--width-2");
            if (wrong.Contains(part)) input.AddCssClass("govuk-input--error");
            input.AddCssClass("govuk-input govuk-date-input__input");
            parts.AddHtml(
                "<div class=\"govuk-date-input__item\"><div class=\"govuk-form-group\"><label class=\"govuk-label govuk-date-input__label\" for=\"{0}\">{1}</label>{2}</div></div>",
                id, part, input);
        }
        parts.AppendHtml("</div>");
        output.Content.SetHtmlContent(Fieldset(parts, isGroup: true));
    }

    private string? Typed(string part, int? model) =>
        ModelState.TryGetValue($"{Name}.{part}", out var entry) ? entry.AttemptedValue : model?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Day, month and year as typed. A month may be a number or its English name.</summary>
public sealed record DateParts(string? Day, string? Month, string? Year)
{
    public static readonly string[] Names = ["Day", "Month", "Year"];

    private static readonly DateTimeFormatInfo English = CultureInfo.GetCultureInfo("en-GB").DateTimeFormat;

    public string? this[string part] => part switch { "Day" => Day, "Month" => Month, _ => Year };

    public bool IsEmpty => Names.All(p => string.IsNullOrWhiteSpace(this[p]));

    public DateOnly? Date =>
        Number(Day) is { } d && MonthNumber is { } m && YearNumber is { } y
        && m is >= 1 and <= 12 && d >= 1 && d <= DateTime.DaysInMonth(y, m) ? new DateOnly(y, m, d) : null;

    /// <summary>The parts to mark. Empty when the parts make a date; all three when each could be right but together they are no date.</summary>
    public IEnumerable<string> Wrong()
    {
        if (IsEmpty) return Names;
        var missing = Names.Where(p => string.IsNullOrWhiteSpace(this[p])).ToArray();
        if (missing.Length > 0) return missing;
        if (Date is not null) return [];
        var wrong = new List<string>();
        if (Number(Day) is not (>= 1 and <= 31)) wrong.Add("Day");
        if (MonthNumber is not (>= 1 and <= 12)) wrong.Add("Month");
        if (YearNumber is null) wrong.Add("Year");
        return wrong.Count > 0 ? wrong : Names;
    }

    /// <returns>Null when the parts make a date, or nothing was typed.</returns>
    public string? ErrorFor(string name)
    {
        if (IsEmpty || Date is not null) return null;
        var missing = Names.Where(p => string.IsNullOrWhiteSpace(this[p])).Select(p => "a " + p.ToLowerInvariant()).ToArray();
        if (missing.Length > 0) return $"{name} must include {string.Join(" and ", missing)}";
        return Wrong().SequenceEqual(["Year"]) && Number(Year) is not null
            ? $"{name} must have a year with 4 numbers"
            : $"{name} must be a real date";
    }

    private int? YearNumber => Year?.Trim() is { Length: 4 } && Number(Year) is >= 1 and var y ? y : null;

    private int? MonthNumber
    {
        get
        {
            if (Number(Month) is { } number) return number;
            var typed = Month?.Trim().TrimEnd('.') ?? "";
            if (typed.Length < 3) return null;
            var at = Array.FindIndex(English.MonthNames, m => m.Length > 0 && m.StartsWith(typed, StringComparison.OrdinalIgnoreCase));
            return at < 0 ? null : at + 1;
        }
    }

    private static int? Number(string? typed) =>
        int.TryParse(typed, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var n) ? n : null;
}

/// <summary>Reads the three fields of a date, or one ISO date from an address (…?on=2026-03-31), into a DateOnly.</summary>
public sealed class DateInputModelBinder : IModelBinder
{
    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var name = bindingContext.ModelName;
        var state = bindingContext.ModelState;
        var label = bindingContext.ModelMetadata.PlainName();
        var values = DateParts.Names.Select(p => bindingContext.ValueProvider.GetValue($"{name}.{p}")).ToArray();

        if (values.All(v => v == ValueProviderResult.None))
        {
            var whole = bindingContext.ValueProvider.GetValue(name);
            if (whole == ValueProviderResult.None || string.IsNullOrWhiteSpace(whole.FirstValue)) return Task.CompletedTask;
            state.SetModelValue(name, whole);
            if (DateOnly.TryParseExact(whole.FirstValue, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var on))
                bindingContext.Result = ModelBindingResult.Success(on);
            else
                state.TryAddModelError(name, $"{label} must be a real date");
            return Task.CompletedTask;
        }

        for (var i = 0; i < values.Length; i++)
            if (values[i] != ValueProviderResult.None)
                state.SetModelValue($"{name}.{DateParts.Names[i]}", values[i]);
        foreach (var part in DateParts.Names)
            state.MarkFieldValid($"{name}.{part}");

        var typed = new DateParts(values[0].FirstValue, values[1].FirstValue, values[2].FirstValue);
        if (typed.Date is { } date) bindingContext.Result = ModelBindingResult.Success(date);
        else if (typed.ErrorFor(label) is { } error) state.TryAddModelError(name, error);
        else if (bindingContext.ModelMetadata.IsReferenceOrNullableType) bindingContext.Result = ModelBindingResult.Success(null);
        else state.TryAddModelError(name, $"Enter {LowerFirst(label)}");
        return Task.CompletedTask;
    }

    private static string LowerFirst(string text) => text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..];
}

public sealed class DateInputModelBinderProvider : IModelBinderProvider
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
        context.Metadata.UnderlyingOrModelType == typeof(DateOnly) ? new DateInputModelBinder() : null;
}
