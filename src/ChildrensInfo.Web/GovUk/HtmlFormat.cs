using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Html;

namespace ChildrensInfo.Web.GovUk;

public static class HtmlFormat
{
    /// <summary>Appends markup with its arguments escaped (HTML arguments go in as they are); numbers never follow the machine's culture.</summary>
    public static IHtmlContentBuilder AddHtml(this IHtmlContentBuilder html, [StringSyntax(StringSyntaxAttribute.CompositeFormat)] string format, params object[] values) =>
        html.AppendFormat(CultureInfo.InvariantCulture, format, values);
}
