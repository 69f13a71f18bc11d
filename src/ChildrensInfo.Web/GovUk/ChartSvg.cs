using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace ChildrensInfo.Web.GovUk;

/// <param name="Value">Null when it is suppressed.</param>
/// <param name="Text">The value as people read it.</param>
public sealed record ChartPoint(string Label, string ShortLabel, decimal? Value, string Text);

/// <summary>
/// Charts as SVG that stands by itself, without style sheet or script, so that what is on the page can also be kept as a picture. A hidden figure takes the same
/// room whatever it is. Dark, pale and hatched can be told apart in grey.
/// </summary>
public static class ChartSvg
{
    private const string Ink = "#1c2424";
    private const string Quiet = "#4c5a59";
    private const string Teal = "#1b6b66";
    private const string Grey = "#6c7a79";
    private const string Grid = "#d5dbd9";
    private const string Font = "font-family=\"arial, sans-serif\"";

    public static string Line(string title, IReadOnlyList<ChartPoint> points, string? css = null)
    {
        const int width = 760, height = 300, left = 64, right = 24, top = 24, bottom = 48;
        var svg = Start(width, height, title, css);
        var most = Nice(points.Max(p => p.Value) ?? 0);
        double X(int i) => points.Count < 2 ? left : left + (i * (double)(width - left - right) / (points.Count - 1));
        double Y(decimal value) => height - bottom - (most == 0 ? 0 : (double)(value / most) * (height - top - bottom));
        for (var tick = 0; tick <= 4; tick++)
        {
            var value = most * tick / 4;
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{left}\" x2=\"{width - right}\" y1=\"{Y(value):0.#}\" y2=\"{Y(value):0.#}\" stroke=\"{Grid}\" stroke-width=\"1\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left - 10}\" y=\"{Y(value) + 5:0.#}\" text-anchor=\"end\" font-size=\"15\" fill=\"{Quiet}\" {Font}>{value.ToString("#,0.#", CultureInfo.GetCultureInfo("en-GB"))}</text>");
        }

        // The line is broken where a figure is hidden: where it would be must not be guessed from its neighbours.
        var path = new StringBuilder();
        var drawing = false;
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i].Value is not { } value)
            {
                drawing = false;
                continue;
            }

            path.Append(CultureInfo.InvariantCulture, $"{(drawing ? 'L' : 'M')}{X(i):0.#} {Y(value):0.#}");
            drawing = true;
        }

        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"none\" stroke=\"{Teal}\" stroke-width=\"3\" stroke-linejoin=\"round\"/>");
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            var detail = Escape($"{point.Label}: {point.Text}");
            if (point.Value is { } value)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"chart__point\" cx=\"{X(i):0.#}\" cy=\"{Y(value):0.#}\" r=\"6\" fill=\"{Teal}\" stroke=\"#ffffff\" stroke-width=\"2\"><title>{detail}</title></circle>");
            }
            else
            {
                svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"chart__point\" x=\"{X(i) - 6:0.#}\" y=\"{height - bottom - 14}\" width=\"12\" height=\"14\" fill=\"none\" stroke=\"{Grey}\" stroke-dasharray=\"3 2\"><title>{detail}</title></rect>");
            }

            if (i % Math.Max(1, (points.Count + 5) / 6) == (points.Count - 1) % Math.Max(1, (points.Count + 5) / 6))
                svg.Append(CultureInfo.InvariantCulture, $"<text{(i >= points.Count - 1 || i < Math.Max(1, (points.Count + 5) / 6) ? "" : " class=\"chart__between\"")} x=\"{X(i):0.#}\" y=\"{height - bottom + 24}\" text-anchor=\"{(i == points.Count - 1 ? "end" : i == 0 ? "start" : "middle")}\" font-size=\"15\" fill=\"{Quiet}\" {Font}>{Escape(point.ShortLabel)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    public static string Bars(string title, IReadOnlyList<ChartPoint> points, string note)
    {
        const int width = 860, label = 330, row = 34, top = 52;
        var height = top + (points.Count * row) + 40;
        var svg = Start(width, height, title, null);
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/><text x=\"16\" y=\"32\" font-size=\"20\" font-weight=\"bold\" fill=\"{Ink}\" {Font}>{Escape(title)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<defs><pattern id=\"hidden\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><path d=\"M-2 2l4-4M0 8l8-8M6 10l4-4\" stroke=\"{Grey}\" stroke-width=\"1.5\"/></pattern></defs>");
        var most = points.Max(p => p.Value) ?? 0;
        for (var i = 0; i < points.Count; i++)
        {
            var (point, y) = (points[i], top + (i * row));
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{label - 12}\" y=\"{y + 17}\" text-anchor=\"end\" font-size=\"15\" fill=\"{Ink}\" {Font}>{Escape(Short(point.Label))}</text>");
            var length = point.Value is { } value ? most <= 0 ? 0 : (double)(value / most) * (width - label - 100) : 40;
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{label}\" y=\"{y}\" width=\"{length:0.#}\" height=\"24\" {(point.Value is null ? $"fill=\"url(#hidden)\" stroke=\"{Grey}\" stroke-dasharray=\"3 2\"" : $"fill=\"{Teal}\"")}/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{label + length + 8:0.#}\" y=\"{y + 17}\" font-size=\"15\" font-weight=\"bold\" fill=\"{Ink}\" {Font}>{Escape(point.Text)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"16\" y=\"{height - 14}\" font-size=\"13\" fill=\"{Quiet}\" {Font}>{Escape(note)}</text>");
        return svg.Append("</svg>").ToString();
    }

    /// <summary>A line of a few points without labels, beside a figure that has them.</summary>
    public static string Spark(IReadOnlyList<decimal?> values)
    {
        const int width = 160, height = 36;
        var (least, most) = (values.Min() ?? 0, values.Max() ?? 0);
        var path = new StringBuilder();
        var drawing = false;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value)
            {
                drawing = false;
                continue;
            }

            var x = values.Count < 2 ? 0 : 3 + (i * (width - 6.0) / (values.Count - 1));
            var y = most == least ? height / 2.0 : height - 4 - ((double)((value - least) / (most - least)) * (height - 8));
            path.Append(CultureInfo.InvariantCulture, $"{(drawing ? 'L' : 'M')}{x:0.#} {y:0.#}");
            drawing = true;
        }

        return string.Create(CultureInfo.InvariantCulture, $"<svg class=\"spark\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" aria-hidden=\"true\" focusable=\"false\"><path d=\"{path}\" fill=\"none\" stroke=\"{Teal}\" stroke-width=\"2.5\" stroke-linejoin=\"round\"/></svg>");
    }

    private static StringBuilder Start(int width, int height, string title, string? css) => new StringBuilder().Append(
        CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" {(css is null ? $"width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{Escape(title)}\"" : $"class=\"{css}\" aria-hidden=\"true\" focusable=\"false\"")}>");

    private static string Escape(string text) => HtmlEncoder.Default.Encode(text);

    private static string Short(string text) => text.Length <= 44 ? text : text[..43] + "…";

    /// <summary>A round number at or above, whose quarters are round too.</summary>
    private static decimal Nice(decimal most)
    {
        if (most <= 0) return 4;
        var power = 1m;
        while (power * 10 <= most) power *= 10;
        foreach (var step in (ReadOnlySpan<decimal>)[1, 1.2m, 1.6m, 2, 2.4m, 3.2m, 4, 6, 8, 10])
            if (step * power >= most) return step * power;
        return 10 * power;
    }
}
