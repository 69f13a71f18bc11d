using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace ChildrensInfo.Web.GovUk;

/// <summary>
/// Somebody's words as HTML that reads back as the same characters. Encoders write the control characters U+0080 to U+009F as references, which HTML reads as other
/// characters (a next-line sign becomes an ellipsis); as themselves they stay what they are, and can do nothing.
/// </summary>
public sealed class ExactText(string text) : IHtmlContent
{
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is < '\u0080' or > '\u009F') continue;
            encoder.Encode(writer, text, from, i - from);
            writer.Write(text[i]);
            from = i + 1;
        }

        encoder.Encode(writer, text, from, text.Length - from);
    }
}
