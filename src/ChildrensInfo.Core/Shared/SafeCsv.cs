using System.Buffers;

namespace ChildrensInfo.Core.Shared;

/// <summary>Lines of CSV (RFC 4180) in which no cell is a formula: a spreadsheet shows what stands there and runs nothing, whoever wrote it.</summary>
public static class SafeCsv
{
    // A semicolon parts cells where a comma stands in numbers.
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",;\"\r\n\t");

    public static string Line(params IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    /// <summary>The text as it stands in a cell: with a quotation mark before what a spreadsheet would run.</summary>
    public static string Inert(string text) =>
        // Full-width signs too: some spreadsheets read them as the plain ones.
        text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠' ? "'" + text : text;

    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        text = Inert(text);
        return text.AsSpan().ContainsAny(NeedQuotes) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
