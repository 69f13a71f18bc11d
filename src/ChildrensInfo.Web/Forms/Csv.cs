using System.Buffers;

namespace ChildrensInfo.Web.Forms;

public static class Csv
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n;\t'");

    /// <summary>
    /// A cell that a spreadsheet takes for text whatever is in it: what begins like a formula gets an apostrophe in front, because a value
    /// that somebody else wrote must not be run by whoever opens the file.
    /// </summary>
    public static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠') text = "'" + text;
        return text.AsSpan().ContainsAny(NeedQuotes) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
