using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml;
using ChildrensInfo.Core.Disclosure;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace ChildrensInfo.Core.Research;

/// <summary>The one table of a workbook, and what the workbook did with it that a table in plain text does not show.</summary>
/// <param name="Table">The row of headings first.</param>
/// <param name="Marks">Cells that a formula worked out, and rows and columns that were hidden; these are marked at their first cell.</param>
public sealed record WorkbookTable(IReadOnlyList<string[]> Table, IReadOnlyList<OutputFinding> Marks, int HiddenSheets);

/// <summary>A workbook that cannot be taken. The message says what to send instead.</summary>
public sealed class WorkbookRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Reads the one sheet of an Excel workbook (.xlsx) as a table of values. A workbook can hold more than it shows, so nothing of it is kept but those values: no formula, no
/// hidden sheet, no picture, no name of who wrote it.
/// </summary>
public static partial class OutputWorkbook
{
    /// <summary>What a workbook may unpack to: a table that somebody can look at is a hundredth of it.</summary>
    private const long LargestUnpacked = 10L * 1024 * 1024;

    private const int MostParts = 200;

    private const int MostSheets = 30;

    private const string TooLarge = "This workbook unpacks to more than a table of results does. Copy the table into a new workbook and send that";

    private const string NotWhole = "This workbook cannot be read. Open it, save it again as an Excel workbook (.xlsx) and send that";

    /// <summary>A packed file, which may be a workbook.</summary>
    public static bool Looks(ReadOnlySpan<byte> file) => file is [(byte)'P', (byte)'K', 3, 4, ..];

    /// <exception cref="WorkbookRefusedException">It is no workbook with one table; the message says what to send instead.</exception>
    public static WorkbookTable Read(byte[] file)
    {
        try
        {
            Measure(file);
            using var document = SpreadsheetDocument.Open(new MemoryStream(file, writable: false), false, new OpenSettings { MaxCharactersInPart = LargestUnpacked });
            return Read(document);
        }
        catch (Exception broken) when (broken is InvalidDataException or OpenXmlPackageException or XmlException or IOException or FormatException or ArgumentException or InvalidOperationException or NotSupportedException or OverflowException)
        {
            throw new WorkbookRefusedException(NotWhole, broken);
        }
    }

    /// <summary>What it unpacks to, counted while it is unpacked: what a packed file says of its own size is not believed.</summary>
    private static void Measure(byte[] file)
    {
        using var zip = new ZipArchive(new MemoryStream(file, writable: false));
        if (zip.Entries.Count > MostParts) throw new WorkbookRefusedException(TooLarge);
        var left = LargestUnpacked;
        var buffer = new byte[1 << 16];
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                if ((left -= read) < 0) throw new WorkbookRefusedException(TooLarge);
            }
        }
    }

    private static WorkbookTable Read(SpreadsheetDocument document)
    {
        if (document.DocumentType != SpreadsheetDocumentType.Workbook || document.GetAllParts().Any(p => p is VbaProjectPart or MacroSheetPart or InternationalMacroSheetPart))
        {
            throw new WorkbookRefusedException("This workbook has macros in it. Save it as an Excel workbook without them (.xlsx) and send that");
        }

        var workbook = document.WorkbookPart ?? throw new WorkbookRefusedException(NotWhole);
        var sheets = workbook.Workbook?.Sheets?.Elements<Sheet>().ToList() ?? [];
        if (sheets.Count > MostSheets) throw new WorkbookRefusedException(TooLarge);
        var shown = sheets.FindAll(s => s.State is null || s.State.Value == SheetStateValues.Visible);
        var values = new Values(workbook);
        var read = shown.Select(s => s.Id?.Value is { } id && workbook.GetPartById(id) is WorksheetPart part ? new Grid(part, values) : null).OfType<Grid>().Where(s => s.HasAnything).ToList();
        if (read.Count != 1) throw new WorkbookRefusedException(read.Count == 0 ? "No sheet of this workbook has anything in it that is shown" : "This workbook has several sheets. Send each table by itself, in a workbook with one sheet");
        var (table, marks) = read[0].Table();
        return new WorkbookTable(table, marks, sheets.Count - shown.Count);
    }

    /// <summary>What all sheets share: their texts, and how their numbers are shown.</summary>
    private sealed class Values
    {
        private readonly List<string> texts = [];
        private readonly List<uint> formats = [];
        private readonly Dictionary<uint, string> codes = [];

        public Values(WorkbookPart workbook)
        {
            if (workbook.SharedStringTablePart is { } shared)
            {
                using var reader = OpenXmlReader.Create(shared);
                while (reader.Read())
                {
                    if (reader.ElementType == typeof(SharedStringItem) && reader.IsStartElement && reader.LoadCurrentElement() is SharedStringItem item) texts.Add(TextOf(item));
                }
            }

            var styles = workbook.WorkbookStylesPart?.Stylesheet;
            foreach (var format in styles?.CellFormats?.Elements<CellFormat>() ?? []) formats.Add(format.NumberFormatId?.Value ?? 0);
            foreach (var code in styles?.NumberingFormats?.Elements<NumberingFormat>() ?? [])
            {
                if (code.NumberFormatId is { } id) codes[id.Value] = Shown().Replace(code.FormatCode?.Value ?? "", "");
            }
        }

        public string Of(Cell cell)
        {
            var text = cell.CellValue?.Text ?? "";
            var type = cell.DataType?.Value;
            if (type == CellValues.InlineString) return cell.InlineString is { } inline ? TextOf(inline) : "";
            if (type == CellValues.SharedString) return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < texts.Count ? texts[i] : throw new WorkbookRefusedException(NotWhole);
            if (type == CellValues.Boolean) return text == "1" ? "TRUE" : "FALSE";
            if ((type is not null && type != CellValues.Number) || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) || !double.IsFinite(n)) return text;
            var format = cell.StyleIndex?.Value is { } style && style < formats.Count ? formats[(int)style] : 0;
            var code = codes.GetValueOrDefault(format, "");
            if (format is 9 or 10 || code.Contains('%', StringComparison.Ordinal)) return Written(n, 100) + "%";
            return (format is >= 14 and <= 22 || code.AsSpan().IndexOfAny("yYdD") >= 0) && n is >= 0 and < 2_958_466 ? DateTime.FromOADate(n).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Written(n);
        }

        /// <summary>Every digit that it has, in the way people write numbers.</summary>
        private static string Written(double n, int times = 1) => Math.Abs(n) < 1e15 ? ((decimal)n * times).ToString("0.############################", CultureInfo.InvariantCulture) : n.ToString("R", CultureInfo.InvariantCulture);

        /// <summary>Without what only says how it is read aloud.</summary>
        private static string TextOf(RstType text) => text.Text?.Text ?? string.Concat(text.Elements<Run>().Select(r => r.Text?.Text));
    }

    private sealed class Grid
    {
        private readonly Dictionary<(int Row, int Column), string> cells = [];
        private readonly HashSet<(int Row, int Column)> formulas = [];
        private readonly HashSet<int> hiddenRows = [];
        private readonly List<(uint From, uint To)> hiddenColumns = [];

        public Grid(WorksheetPart part, Values values)
        {
            using var reader = OpenXmlReader.Create(part);
            var (row, column) = (0, 0);
            while (reader.Read())
            {
                if (!reader.IsStartElement) continue;
                if (reader.ElementType == typeof(Column) && reader.LoadCurrentElement() is Column { Min: { } from, Max: { } to } given && (given.Hidden?.Value == true || given.Width?.Value == 0)) hiddenColumns.Add((from, to));
                else if (reader.ElementType == typeof(Row))
                {
                    var said = reader.Attributes.ToDictionary(a => a.LocalName, a => a.Value);
                    (row, column) = (said.TryGetValue("r", out var r) ? int.Parse(r!, NumberStyles.None, CultureInfo.InvariantCulture) : row + 1, 0);
                    if (said.GetValueOrDefault("hidden") is "1" or "true" || said.GetValueOrDefault("ht") == "0") hiddenRows.Add(row);
                }
                else if (reader.ElementType == typeof(Cell) && reader.LoadCurrentElement() is Cell cell)
                {
                    column = cell.CellReference?.Value is { } place ? ColumnOf(place) : column + 1;
                    if (cell.CellFormula is not null) formulas.Add((row, column));
                    if (values.Of(cell).Trim() is { Length: > 0 } value) cells[(row, column)] = value;
                    if (cells.Count > (ResearchOutput.MostRows + 1) * ResearchOutput.MostColumns) throw new WorkbookRefusedException(OutputFile.TooMany);
                }
            }
        }

        public bool HasAnything => cells.Count > 0;

        /// <summary>What stands in the sheet, without the empty rows and the empty margin around it.</summary>
        public (IReadOnlyList<string[]> Table, IReadOnlyList<OutputFinding> Marks) Table()
        {
            var rows = cells.Keys.Select(c => c.Row).Distinct().Order().ToList();
            var (first, last) = (cells.Keys.Min(c => c.Column), cells.Keys.Max(c => c.Column));
            if (rows.Count > ResearchOutput.MostRows + 1 || last - first >= ResearchOutput.MostColumns) throw new WorkbookRefusedException(OutputFile.TooMany);
            var columns = Enumerable.Range(first, last - first + 1).ToList();
            if (columns.Exists(c => !cells.ContainsKey((rows[0], c))))
            {
                throw new WorkbookRefusedException("The first row of the sheet is not a row of headings, one above each column. Take titles and notes out of the sheet");
            }

            List<OutputFinding> marks =
            [
                .. columns.Where(c => hiddenColumns.Exists(h => h.From <= c && c <= h.To)).Select(c => new OutputFinding(OutputCount.Heading, c - first, OutputRisk.WasHidden)),
                .. rows.Select((r, i) => (r, i)).Where(r => hiddenRows.Contains(r.r)).Select(r => new OutputFinding(r.i - 1, 0, OutputRisk.WasHidden)),
                .. rows.SelectMany((r, i) => columns.Where(c => formulas.Contains((r, c))).Select(c => new OutputFinding(i - 1, c - first, OutputRisk.FromFormula))),
            ];
            return ([.. rows.Select(r => (string[])[.. columns.Select(c => cells.GetValueOrDefault((r, c), ""))])], [.. marks.Distinct()]);
        }

        /// <summary>Of a place as in "AB12", from 1.</summary>
        private static int ColumnOf(string place)
        {
            var letters = place.TakeWhile(char.IsAsciiLetterUpper).ToList();
            return letters.Count is 0 or > 3 ? throw new WorkbookRefusedException(NotWhole) : letters.Aggregate(0, (n, letter) => (n * 26) + (letter - 'A' + 1));
        }
    }

    /// <summary>What a format writes as it stands, and its colours and conditions.</summary>
    [GeneratedRegex("""
        "[^"]*"|\[[^\]]*\]|\\.
        """)]
    private static partial Regex Shown();
}
