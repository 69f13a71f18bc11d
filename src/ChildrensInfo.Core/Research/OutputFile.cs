using System.Text;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;

namespace ChildrensInfo.Core.Research;

/// <param name="Bytes">As it may be kept; null when it is refused.</param>
/// <param name="Refusal">What to say, with what to do instead.</param>
public sealed record KeptOutput(OutputKind Kind, string ContentType, byte[]? Bytes, string? Refusal)
{
    /// <summary>Of a workbook, as of a <see cref="WorkbookTable"/>.</summary>
    public IReadOnlyList<OutputFinding> Marks { get; init; } = [];

    public int HiddenSheets { get; init; }
}

/// <summary>
/// Decides what a file of results is from its content, never from its name or what the sender says, and keeps what cannot do harm: a table with no formula in it, a picture
/// without what stands around it, plain text.
/// </summary>
public static class OutputFile
{
    public const string Csv = "text/csv";

    public const string PlainText = "text/plain";

    public static readonly string TooMany = $"A table has {ResearchOutput.MostRows} rows and {ResearchOutput.MostColumns} columns or fewer, so that somebody can look at every cell";

    public static KeptOutput Read(ReadOnlySpan<byte> file, OutputKind kind)
    {
        if (file.IsEmpty) return Refuse(kind, "The file is empty");
        if (file.Length > ResearchOutput.FileMaxBytes) return Refuse(kind, "Results can be up to 5 MB. Send fewer rows or a smaller picture");
        if (file is [0xD0, 0xCF, 0x11, 0xE0, ..]) return Refuse(kind, "This is an old or locked workbook or document. Save a table as an Excel workbook (.xlsx) without a password, or as CSV, and send that");
        var isPacked = OutputWorkbook.Looks(file);
        if (isPacked && kind != OutputKind.Table) return Refuse(kind, "This is a workbook or another packed file, which can hold more than it shows. Send a table as a table");
        if (kind == OutputKind.Picture)
        {
            var picture = PictureFile.Clean(file);
            return new KeptOutput(kind, picture.ContentType, picture.Bytes, picture.Refusal);
        }

        if (isPacked)
        {
            try
            {
                var workbook = OutputWorkbook.Read(file.ToArray());
                return KeepTable(workbook.Table) with { Marks = workbook.Marks, HiddenSheets = workbook.HiddenSheets };
            }
            catch (WorkbookRefusedException refused)
            {
                return Refuse(kind, refused.Message);
            }
        }

        if (TextOf(file) is not { } text) return Refuse(kind, kind == OutputKind.Table ? "This is not a table in plain text. Save it as CSV (UTF-8) or as an Excel workbook (.xlsx) and send that" : "This is not plain text. Save it as text (UTF-8) and send that");
        if (kind == OutputKind.Text) return new KeptOutput(kind, PlainText, Encoding.UTF8.GetBytes(text), null);
        try
        {
            return KeepTable(TableOf(text));
        }
        catch (InvalidDataException bad)
        {
            return Refuse(kind, NotChecked(bad));
        }
    }

    private static KeptOutput KeepTable(IReadOnlyList<string[]> table)
    {
        try
        {
            OutputCheck.Check(table, SmallNumbers.Research);
            return table.Count > ResearchOutput.MostRows + 1 || table[0].Length > ResearchOutput.MostColumns
                ? Refuse(OutputKind.Table, TooMany)
                : new KeptOutput(OutputKind.Table, Csv, Encoding.UTF8.GetBytes(string.Concat(table.Select(row => SafeCsv.Line(row)))), null);
        }
        catch (InvalidDataException bad)
        {
            return Refuse(OutputKind.Table, NotChecked(bad));
        }
    }

    private static string NotChecked(InvalidDataException bad) => $"This is not a table that can be checked. {bad.Message}";

    /// <summary>A table as it was kept.</summary>
    /// <param name="most">How many rows are read at most; the headings and one more than may be, unless more is asked for.</param>
    public static IReadOnlyList<string[]> TableOf(string text, int most = ResearchOutput.MostRows + 2)
    {
        var reader = new DelimitedReader(new StringReader(text), ',');
        var rows = new List<string[]>();
        while (rows.Count < most && reader.Read())
        {
            var row = new string[reader.FieldCount];
            for (var c = 0; c < row.Length; c++) row[c] = reader[c].ToString();
            rows.Add(row);
        }

        return rows;
    }

    private static string? TextOf(ReadOnlySpan<byte> file)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file).TrimStart('\uFEFF');
            return text.Any(c => char.IsControl(c) && c is not ('\r' or '\n' or '\t')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static KeptOutput Refuse(OutputKind kind, string refusal) => new(kind, "", null, refusal);
}
