using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;

namespace ChildrensInfo.Web.Shared;

/// <summary>
/// A spreadsheet in the Office Open XML format (ECMA-376) with nothing in it but texts and numbers: no formula can hide in a cell, and no author or path in the file.
/// </summary>
public static class Workbook
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006/relationships";
    private static readonly DateTimeOffset AnyDay = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="sheets">Rows of cells: a decimal or long is a number, all else text.</param>
    public static byte[] Write(params IReadOnlyList<(string Name, IReadOnlyList<IReadOnlyList<object?>> Rows)> sheets)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            var types = new StringBuilder();
            var list = new StringBuilder();
            var links = new StringBuilder();
            for (var i = 1; i <= sheets.Count; i++)
            {
                types.Append(CultureInfo.InvariantCulture, $"<Override PartName=\"/xl/worksheets/sheet{i}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>");
                list.Append(CultureInfo.InvariantCulture, $"<sheet name=\"{Escape(sheets[i - 1].Name)}\" sheetId=\"{i}\" r:id=\"r{i}\"/>");
                links.Append(CultureInfo.InvariantCulture, $"<Relationship Id=\"r{i}\" Type=\"{Relations}/worksheet\" Target=\"worksheets/sheet{i}.xml\"/>");
            }

            Add(zip, "[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
                + $"<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{types}</Types>");
            Add(zip, "_rels/.rels", $"<Relationships xmlns=\"{Package}\"><Relationship Id=\"r1\" Type=\"{Relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
            Add(zip, "xl/workbook.xml", $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Relations}\"><sheets>{list}</sheets></workbook>");
            Add(zip, "xl/_rels/workbook.xml.rels", $"<Relationships xmlns=\"{Package}\">{links}</Relationships>");
            for (var i = 1; i <= sheets.Count; i++) Add(zip, $"xl/worksheets/sheet{i}.xml", Sheet(sheets[i - 1].Rows));
        }

        return bytes.ToArray();
    }

    private static string Sheet(IReadOnlyList<IReadOnlyList<object?>> rows)
    {
        var xml = new StringBuilder($"<worksheet xmlns=\"{Main}\"><sheetData>");
        foreach (var row in rows)
        {
            xml.Append("<row>");
            foreach (var cell in row)
            {
                if (cell is decimal or long or int) xml.Append(CultureInfo.InvariantCulture, $"<c><v>{cell}</v></c>");
                else xml.Append(CultureInfo.InvariantCulture, $"<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{Escape(cell?.ToString() ?? "")}</t></is></c>");
            }

            xml.Append("</row>");
        }

        return xml.Append("</sheetData></worksheet>").ToString();
    }

    private static void Add(ZipArchive zip, string name, string xml)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = AnyDay;
        using var writer = new StreamWriter(entry.Open(), new UTF8Encoding(false));
        writer.Write("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>" + xml);
    }

    private static string Escape(string text) => SecurityElement.Escape(new string([.. text.Where(c => c >= ' ' || c is '\t' or '\n')]))!;
}
