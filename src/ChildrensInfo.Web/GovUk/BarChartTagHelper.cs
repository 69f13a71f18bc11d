using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ChildrensInfo.Web.GovUk;

/// <param name="Label">What is counted.</param>
/// <param name="Figure">Null when it is suppressed: the chart is never given a number it must not show.</param>
/// <param name="Beside">A second figure for the table, as text, such as the share of these children who were heard.</param>
/// <param name="Href">Where the row's label leads, if anywhere.</param>
/// <param name="Share">Which part of all it is, as text; a chart where no row has one has no such column.</param>
/// <param name="Between">Between which two the figure lies, as text; a chart where no row has one has no such column.</param>
public sealed record BarRow(string Label, decimal? Figure, string? Beside = null, string? Href = null, string? Between = null, string? Share = null);

/// <summary>
/// Use: &lt;bar-chart title="Children in need by primary need" rows="Model.ByNeed" unit="children" label-header="Primary need" /&gt; with rows of <see cref="BarRow"/>.
/// A list of many rows draws the ten largest and folds the rest of the table away. Draws a summary sentence (summary="…" to write your own), the bars, and the same figures as a table. Options: figure-header, beside-header, suffix ("%"), max, level, note (how the figures were made, said before the bars).
/// </summary>
[HtmlTargetElement("bar-chart", Attributes = "rows")]
public sealed class BarChartTagHelper : TagHelper
{
    /// <summary>With as many rows as this the chart keeps to the largest, and the rest of the table is folded away.</summary>
    private const int Many = 21;

    private const int Largest = 10;

    public string Title { get; set; } = "";

    public IReadOnlyList<BarRow> Rows { get; set; } = [];

    public string? Summary { get; set; }

    public string Unit { get; set; } = "children";

    public string Suffix { get; set; } = "";

    public string LabelHeader { get; set; } = "Group";

    public string FigureHeader { get; set; } = "Children";

    public string? BesideHeader { get; set; }

    /// <summary>The length of a full bar; by default the largest figure. Set it to 100 for shares.</summary>
    public decimal? Max { get; set; }

    public int Level { get; set; } = 3;

    public string? Note { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "section";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "chart");
        // UniqueId is the same each time round a loop, so the title, which differs, is what tells charts apart.
        var id = $"chart-{string.Concat(Title.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'))}";
        output.Attributes.SetAttribute("aria-labelledby", id);
        var html = output.Content;
        html.AddHtml("<h{0} class=\"chart__title\" id=\"{1}\">{2}</h{0}>", Math.Clamp(Level, 2, 6), id, Title);
        html.AddHtml("<p class=\"chart__summary\">{0}</p>", Summary ?? Sentence());
        if (!string.IsNullOrEmpty(Note)) html.AddHtml("<p class=\"chart__note chart__note--before\">{0}</p>", Note);
        if (Rows.Count == 0) return;

        var (drawn, folded) = Parts();
        if (folded.Count > 0) html.AddHtml("<p class=\"chart__note chart__note--before\">The {0} largest are drawn. The other {1} are in the table, below them.</p>", drawn.Count, folded.Count);
        // The bars repeat what the sentence and the table say, so they are not read out.
        var most = Max ?? Rows.Max(r => r.Figure) ?? 0;
        html.AppendHtml("<div class=\"chart__bars\" aria-hidden=\"true\">");
        for (var i = 0; i < drawn.Count; i++)
        {
            var row = drawn[i];
            html.AddHtml("<div class=\"chart__row\"><span class=\"chart__label\">{0}</span>", row.Label);
            if (row.Figure is { } figure)
            {
                var share = most <= 0 ? 0 : Math.Clamp(100m * figure / most, 0, 100);
                html.AddHtml("<svg class=\"chart__bar\" focusable=\"false\"><rect class=\"chart__fill\" width=\"{0}%\" height=\"100%\"/></svg>",
                    share.ToString("0.##", CultureInfo.InvariantCulture));
            }
            else
            {
                // One fixed length for every hidden figure: its size must not be read off the page.
                html.AddHtml(
                    "<svg class=\"chart__bar\" focusable=\"false\"><defs><pattern id=\"{0}-{1}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
                    + "<path class=\"chart__hatch\" d=\"M-2 2l4-4M0 8l8-8M6 10l4-4\"/></pattern></defs>"
                    + "<rect class=\"chart__hidden\" x=\"1\" y=\"1\" width=\"40\" height=\"18\" fill=\"url(#{0}-{1})\"/></svg>",
                    id, i);
            }
            html.AddHtml("<span class=\"chart__value\">{0}</span></div>", Figures.Show(row.Figure, Suffix));
        }
        html.AppendHtml("</div>");
        Table(html, drawn, "the figures");
        if (folded.Count > 0)
        {
            html.AddHtml("<details class=\"govuk-details\"><summary class=\"govuk-details__summary\"><span class=\"govuk-details__summary-text\">The other {0}<span class=\"govuk-visually-hidden\">: {1}</span></span></summary><div class=\"govuk-details__text\">", folded.Count, Title);
            Table(html, folded, "the other figures");
            html.AppendHtml("</div></details>");
        }

        if (Rows.Any(r => r.Figure is null || r.Beside == Figures.Suppressed || r.Share == Figures.Suppressed))
            html.AppendHtml("<p class=\"chart__note\"><strong>c</strong> = not shown, because a number so small, or one next to it, could point to a child.</p>");
    }

    /// <summary>What is drawn and what is folded away, each in the order in which it came. By what is shown only: a figure that is not is among the largest of nothing.</summary>
    private (IReadOnlyList<BarRow> Drawn, IReadOnlyList<BarRow> Folded) Parts()
    {
        if (Rows.Count < Many) return (Rows, []);
        var largest = Enumerable.Range(0, Rows.Count).OrderByDescending(i => Rows[i].Figure).Take(Largest).ToHashSet();
        return ([.. Rows.Where((_, i) => largest.Contains(i))], [.. Rows.Where((_, i) => !largest.Contains(i))]);
    }

    private void Table(TagHelperContent html, IReadOnlyList<BarRow> rows, string what)
    {
        // Two figures beside a long label are more than a phone is wide.
        var hasBetween = Rows.Any(r => r.Between is not null);
        var hasShare = Rows.Any(r => r.Share is not null);
        var isWide = hasBetween || hasShare || !string.IsNullOrEmpty(BesideHeader);
        if (isWide) html.AddHtml("<div class=\"wide-table\" role=\"region\" aria-label=\"{0}: {1}\" tabindex=\"0\">", Title, what);
        html.AddHtml("<table class=\"govuk-table figures\"><caption class=\"govuk-visually-hidden\">{0}: {1}</caption>", Title, what);
        html.AddHtml("<thead class=\"govuk-table__head\"><tr class=\"govuk-table__row\"><th scope=\"col\" class=\"govuk-table__header\">{0}</th>"
            + "<th scope=\"col\" class=\"govuk-table__header govuk-table__header--numeric\">{1}</th>", LabelHeader, FigureHeader);
        if (hasShare) html.AppendHtml("<th scope=\"col\" class=\"govuk-table__header govuk-table__header--numeric\">Part of all</th>");
        if (hasBetween) html.AppendHtml("<th scope=\"col\" class=\"govuk-table__header govuk-table__header--numeric\">Between</th>");
        if (!string.IsNullOrEmpty(BesideHeader))
            html.AddHtml("<th scope=\"col\" class=\"govuk-table__header govuk-table__header--numeric\">{0}</th>", BesideHeader);
        html.AppendHtml("</tr></thead><tbody class=\"govuk-table__body\">");
        foreach (var row in rows)
        {
            html.AppendHtml("<tr class=\"govuk-table__row\"><th scope=\"row\" class=\"govuk-table__header\">");
            if (row.Href is null) html.Append(row.Label);
            else html.AddHtml("<a class=\"govuk-link\" href=\"{0}\">{1}</a>", row.Href, row.Label);
            html.AddHtml("</th><td class=\"govuk-table__cell govuk-table__cell--numeric\">{0}</td>", Figures.Show(Figures.Show(row.Figure, Suffix)));
            if (hasShare) html.AddHtml("<td class=\"govuk-table__cell govuk-table__cell--numeric\">{0}</td>", Figures.Show(row.Share ?? ""));
            if (hasBetween) html.AddHtml("<td class=\"govuk-table__cell govuk-table__cell--numeric\">{0}</td>", row.Between ?? "");
            if (!string.IsNullOrEmpty(BesideHeader))
                html.AddHtml("<td class=\"govuk-table__cell govuk-table__cell--numeric\">{0}</td>", Figures.Show(row.Beside ?? ""));
            html.AppendHtml("</tr>");
        }
        html.AppendHtml(isWide ? "</tbody></table></div>" : "</tbody></table>");
    }

    private string Sentence()
    {
        var shown = Rows.Where(r => r.Figure is not null).OrderByDescending(r => r.Figure).ToArray();
        var hidden = Rows.Count - shown.Length;
        if (Rows.Count == 0) return "There is nothing to show.";
        if (shown.Length == 0) return "No figure can be shown, because small ones could be worked out.";
        string Of(BarRow row) => $"{row.Label}, {Figures.Show(row.Figure, Suffix)}{(Suffix.Length == 0 && Unit.Length > 0 ? " " + Unit : "")}";
        var text = shown.Length == 1 ? $"{Of(shown[0])}." : $"Highest: {Of(shown[0])}. Lowest shown: {Of(shown[^1])}.";
        return hidden switch
        {
            0 => text,
            1 => text + " One figure is not shown.",
            _ => text + $" {hidden} figures are not shown.",
        };
    }
}
