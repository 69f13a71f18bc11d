using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Use: &lt;line-chart title="Over three years" points="Model.Points" unit="children" /&gt; with points of <see cref="ChartPoint"/>, the oldest first. A summary
/// sentence, the line, and the same figures as a table. A small script adds a sentence about the point under the pointer or chosen with the arrow keys.
/// </summary>
[HtmlTargetElement("line-chart", Attributes = "points")]
public sealed class LineChartTagHelper : TagHelper
{
    public string Title { get; set; } = "";

    public IReadOnlyList<ChartPoint> Points { get; set; } = [];

    public string FigureHeader { get; set; } = "Children";

    public string LabelHeader { get; set; } = "To";

    public int Level { get; set; } = 2;

    public string? Note { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "section";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "chart");
        var id = $"line-{string.Concat(Title.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'))}";
        output.Attributes.SetAttribute("aria-labelledby", id);
        var html = output.Content;
        html.AddHtml("<h{0} class=\"chart__title\" id=\"{1}\">{2}</h{0}>", Math.Clamp(Level, 2, 6), id, Title);
        html.AddHtml("<p class=\"chart__summary\">{0}</p>", Sentence());
        if (!string.IsNullOrEmpty(Note)) html.AddHtml("<p class=\"chart__note chart__note--before\">{0}</p>", Note);
        if (Points.Count == 0) return;
        html.AppendHtml("<div class=\"chart__line\" data-chart>").AppendHtml(new HtmlString(ChartSvg.Line(Title, Points, "chart__svg"))).AppendHtml("</div>");
        html.AddHtml("<details class=\"govuk-details\"><summary class=\"govuk-details__summary\"><span class=\"govuk-details__summary-text\">The figures as a table<span class=\"govuk-visually-hidden\">: {0}</span></span></summary><div class=\"govuk-details__text\">", Title);
        html.AddHtml("<table class=\"govuk-table figures\"><caption class=\"govuk-visually-hidden\">{0}: the figures</caption><thead class=\"govuk-table__head\"><tr class=\"govuk-table__row\"><th scope=\"col\" class=\"govuk-table__header\">{1}</th><th scope=\"col\" class=\"govuk-table__header govuk-table__header--numeric\">{2}</th></tr></thead><tbody class=\"govuk-table__body\">", Title, LabelHeader, FigureHeader);
        foreach (var point in Points)
            html.AddHtml("<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\">{0}</th><td class=\"govuk-table__cell govuk-table__cell--numeric\">{1}</td></tr>", point.Label, Figures.Show(point.Text));
        html.AppendHtml("</tbody></table></div></details>");
    }

    private string Sentence()
    {
        var shown = Points.Where(p => p.Value is not null).ToList();
        if (shown.Count == 0) return "No figure can be shown, because small ones could be worked out.";
        var (first, last) = (shown[0], shown[^1]);
        if (shown.Count == 1) return $"{last.Label}: {last.Text}.";
        var way = last.Value > first.Value ? "up from" : last.Value < first.Value ? "down from" : "as";
        var hidden = Points.Count - shown.Count;
        return $"{last.Label}: {last.Text}, {way} {first.Text} ({first.Label}).{(hidden == 0 ? "" : hidden == 1 ? " One figure is not shown." : $" {hidden} figures are not shown.")}";
    }
}
