using System.IO.Compression;
using System.Text;

namespace ChildrensInfo.Tests.Support;

/// <summary>Makes Excel workbooks from their parts, as they should be and as somebody might send them.</summary>
public static class Workbooks
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006";
    private const string Type = "application/vnd.openxmlformats-officedocument.spreadsheetml.";

    /// <summary>A workbook of plain cells: numbers as numbers, other text in the sheet itself.</summary>
    public static byte[] Of(params string[][] rows) => Of([("Results", "", Sheet(string.Concat(rows.Select(Row))))]);

    /// <param name="sheets">The name of each, further attributes of it such as its state, and the whole of its part.</param>
    /// <param name="more">Further parts, or others in the place of those that would be there.</param>
    /// <param name="main">What the main part says it is.</param>
    public static byte[] Of((string Name, string Attributes, string Xml)[] sheets, (string Path, string Content)[]? more = null, string main = Type + "sheet.main+xml")
    {
        var parts = new Dictionary<string, string>
        {
            ["[Content_Types].xml"] = $"""<Types xmlns="{Package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override PartName="/xl/workbook.xml" ContentType="{main}"/>{string.Concat(sheets.Select((_, i) => $"""<Override PartName="/xl/worksheets/sheet{i + 1}.xml" ContentType="{Type}worksheet+xml"/>"""))}<Override PartName="/xl/macrosheets/m.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{Type}sharedStrings+xml"/><Override PartName="/xl/styles.xml" ContentType="{Type}styles+xml"/></Types>""",
            ["_rels/.rels"] = $"""<Relationships xmlns="{Package}/relationships"><Relationship Id="r1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
            ["xl/workbook.xml"] = $"""<workbook xmlns="{Main}" xmlns:r="{Office}"><sheets>{string.Concat(sheets.Select((s, i) => $"""<sheet name="{s.Name}" sheetId="{i + 1}" r:id="s{i + 1}" {s.Attributes}/>"""))}</sheets></workbook>""",
            ["xl/_rels/workbook.xml.rels"] = $"""<Relationships xmlns="{Package}/relationships">{string.Concat(sheets.Select((_, i) => $"""<Relationship Id="s{i + 1}" Type="{Office}/worksheet" Target="worksheets/sheet{i + 1}.xml"/>"""))}<Relationship Id="t" Type="{Office}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="y" Type="{Office}/styles" Target="styles.xml"/></Relationships>""",
            ["xl/sharedStrings.xml"] = $"""<sst xmlns="{Main}"><si><t>need</t></si><si><r><t>Neg</t></r><r><t>lect</t></r><rPh sb="0" eb="1"><t>aloud</t></rPh></si></sst>""",
            ["xl/styles.xml"] = $"""<styleSheet xmlns="{Main}"><numFmts count="1"><numFmt numFmtId="170" formatCode="&quot;year&quot;\ 0"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>""",
        };
        for (var i = 0; i < sheets.Length; i++) parts[$"xl/worksheets/sheet{i + 1}.xml"] = sheets[i].Xml;
        foreach (var (path, content) in more ?? []) parts[path] = content;
        return Zip(parts.Select(p => (p.Key, Encoding.UTF8.GetBytes(p.Value))));
    }

    public static string Sheet(string rows, string before = "") => $"""<worksheet xmlns="{Main}">{before}<sheetData>{rows}</sheetData></worksheet>""";

    public static string Row(params string[] cells) => $"<row>{string.Concat(cells.Select(c => double.TryParse(c, System.Globalization.CultureInfo.InvariantCulture, out _) ? $"<c><v>{c}</v></c>" : $"""<c t="inlineStr"><is><t>{c}</t></is></c>"""))}</row>";

    public static byte[] Zip(IEnumerable<(string Path, byte[] Content)> parts)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in parts)
            {
                using var stream = zip.CreateEntry(path).Open();
                stream.Write(content);
            }
        }

        return bytes.ToArray();
    }
}
