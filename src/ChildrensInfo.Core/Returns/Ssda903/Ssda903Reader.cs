using System.IO.Compression;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Returns.Ssda903;

/// <summary>
/// Reads a return on children looked after: a folder or a zip of CSV tables, known by their columns whatever the files are called, or one XML
/// file. A return is some tens of thousands of short rows, and its rules look across tables, so it is held whole. What cannot be
/// trusted to mean what it says is refused with a <see cref="ReturnRefusedException"/>.
/// </summary>
public static class Ssda903Reader
{
    /// <summary>Some fifty times the largest council's return.</summary>
    public const long MaxBytes = 128L << 20;

    public const int MaxValueLength = 1_000;
    private const int MaxFiles = 100;
    private const int MaxDepth = 16;
    private const int MaxParts = 20_000;

    /// <summary>Stays of deprivation of liberty, collected from 2026-27: known, and not judged yet.</summary>
    private const string LaterTableMark = "DOLO_START";

    /// <param name="path">A folder, a zip or an XML file.</param>
    public static Ssda903Return Read(string path)
    {
        if (Directory.Exists(path)) return ReadFolder(path);
        if (!File.Exists(path)) throw new ReturnRefusedException("There is no such folder or file.");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return Read(stream);
    }

    /// <param name="stream">A zip of tables or an XML file; can be sought in.</param>
    public static Ssda903Return Read(Stream stream)
    {
        try
        {
            if (stream.Length == 0) throw new ReturnRefusedException("The file is empty.");
            Span<byte> first = stackalloc byte[4];
            var length = stream.ReadAtLeast(first, 4, throwOnEndOfStream: false);
            stream.Position = 0;
            if (length == 4 && first is [0x50, 0x4B, 3, 4]) return ReadZip(stream);
            if (first[..length] is [0xEF, 0xBB, 0xBF, ..] or [(byte)'<', ..] or [(byte)' ', ..] or [(byte)'\r' or (byte)'\n', ..]) return ReadXml(stream);
            throw new ReturnRefusedException("This is neither a folder of CSV tables nor a zip of them nor an XML file. A CSV table is read with the others of its folder.");
        }
        catch (InvalidDataException bad)
        {
            throw new ReturnRefusedException("The zip file is damaged.", bad);
        }
    }

    /// <summary>Reads tables that are already open, under the names a refusal is to call them by.</summary>
    public static Ssda903Return ReadTables(IEnumerable<(string Name, Func<Stream> Open)> files)
    {
        var found = new Ssda903Return(isXml: false);
        var names = new Dictionary<Ssda903Table, string>();
        var budget = new ReadBudget("The tables are together", MaxBytes);
        foreach (var (name, open) in files)
        {
            using var stream = open();
            if (ReadTable(found, name, stream, names, budget) is { } table) names.Add(table, name);
        }
        return Finished(found);
    }

    private static Ssda903Return ReadFolder(string folder)
    {
        var files = Directory.EnumerateFiles(folder).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal).Take(MaxFiles + 1).ToList();
        if (files.Count > MaxFiles) throw new ReturnRefusedException($"The folder holds more than {MaxFiles} files.");
        var tables = files.Where(ReturnFile.IsTable).ToList();
        var xml = files.Where(file => Path.GetExtension(file).Equals(".xml", StringComparison.OrdinalIgnoreCase)).ToList();
        if (tables.Count == 0 && xml.Count == 1) return Read(xml[0]);
        if (tables.Count == 0) throw new ReturnRefusedException("The folder holds no CSV table.");
        return ReadTables(tables.Select(file => (Path.GetFileName(file), (Func<Stream>)(() => new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16)))));
    }

    private static Ssda903Return ReadZip(Stream stream)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        return ReadTables(ReturnFile.Tables(zip).Select(entry => (entry.Name, (Func<Stream>)(() => entry.Open()))));
    }

    private static Ssda903Return Finished(Ssda903Return found)
    {
        foreach (var table in new[] { Ssda903Table.Header, Ssda903Table.Episodes })
        {
            if (!found.Tables.Contains(table))
                throw new ReturnRefusedException($"There is no {Ssda903Tables.Name(table)} table: none of the files has the columns {string.Join(", ", Ssda903Tables.Columns(table))}.");
        }
        if (found.ChildCount == 0) throw new ReturnRefusedException("The header table names no child.");
        found.Order();
        return found;
    }

    // ------------------------------------------------------------------ CSV

    private static Ssda903Table? ReadTable(Ssda903Return found, string name, Stream stream, Dictionary<Ssda903Table, string> names, ReadBudget budget)
    {
        using var guarded = new CountedStream(stream, budget);
        using var text = new StreamReader(guarded, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
        try
        {
            var reader = new DelimitedReader(text, ',');
            if (!reader.Read()) throw new ReturnRefusedException($"{name} is empty.");
            var columns = new string[reader.FieldCount];
            for (var i = 0; i < columns.Length; i++) columns[i] = reader[i].Trim().Trim('\uFEFF').Trim().ToString().ToUpperInvariant();
            if (columns is [""]) throw new ReturnRefusedException($"{name} has nothing in its first row, where the names of its columns should be.");
            if (columns.Any(column => column.Contains('\0'))) throw new ReturnRefusedException($"{name} is not UTF-8 (it looks like UTF-16). Save it as “CSV UTF-8”.");
            if (Ssda903Tables.Recognise(columns) is not { } table)
            {
                if (columns.Contains(LaterTableMark))
                {
                    found.Note($"{name}: deprivation of liberty orders are collected from 2026-27; the table was passed over.");
                    return null;
                }
                throw NotRecognised(name, columns);
            }
            if (names.TryGetValue(table, out var before)) throw new ReturnRefusedException($"Both {before} and {name} are the {Ssda903Tables.Name(table)} table. Leave one of them out.");
            foreach (var column in columns)
                if (column.Length > 0 && columns.Count(other => other == column) > 1) throw new ReturnRefusedException($"{name} has the column {Short(column)} twice.");
            if (Ssda903Tables.Columns(table).Except(columns).ToList() is { Count: > 0 } absent)
                throw new ReturnRefusedException($"{name} is the {Ssda903Tables.Name(table)} table but lacks the column{(absent.Count == 1 ? "" : "s")} {string.Join(", ", absent)}.");
            var unknown = columns.Except(Ssda903Tables.Columns(table)).ToList();
            if (unknown.Count > 0) found.Note($"{name}: passed over {unknown.Count} column{(unknown.Count == 1 ? "" : "s")} that the return does not have.");
            found.Add(table);
            ReadRows(found, table, name, reader, columns);
            return table;
        }
        catch (DecoderFallbackException bad)
        {
            throw new ReturnRefusedException($"{name} is not UTF-8. Save it as “CSV UTF-8”.", bad);
        }
        catch (InvalidDataException bad)
        {
            throw new ReturnRefusedException($"{name}: {bad.Message}", bad);
        }
    }

    private static void ReadRows(Ssda903Return found, Ssda903Table table, string name, DelimitedReader reader, string[] columns)
    {
        var place = columns.Select((column, index) => (column, index)).Where(c => c.column.Length > 0).ToDictionary(c => c.column, c => c.index, StringComparer.Ordinal);
        var row = new string?[columns.Length];
        string? Cell(string column) => place.TryGetValue(column, out var index) ? row[index] : null;
        while (reader.Read())
        {
            if (reader.FieldCount == 1 && reader[0].IsWhiteSpace()) continue;
            if (reader.FieldCount != columns.Length)
                throw new ReturnRefusedException($"Row {reader.Row} of {name} has {reader.FieldCount} values where the first row names {columns.Length} columns.");
            var blank = true;
            var repeated = true;
            for (var i = 0; i < row.Length; i++)
            {
                if (reader[i].Length > MaxValueLength) throw new ReturnRefusedException($"Row {reader.Row} of {name} has a value longer than {MaxValueLength:N0} characters.");
                if (reader[i].Contains('\0')) throw new ReturnRefusedException($"Row {reader.Row} of {name} holds characters that no text has.");
                row[i] = Known(reader[i]);
                blank &= row[i]!.Length == 0;
                repeated &= reader[i].Trim().Equals(columns[i], StringComparison.OrdinalIgnoreCase);
            }
            if (repeated) throw new ReturnRefusedException($"Row {reader.Row} of {name} repeats the names of the columns: two exports seem to have been put together.");
            if (!blank) found.Add(table, Cell);
        }
    }

    /// <summary>Most cells are empty or one of a few codes; nothing is made for those.</summary>
    private static string Known(ReadOnlySpan<char> text) => text.Length switch
    {
        0 => "",
        1 => text[0] switch { '0' => "0", '1' => "1", 'M' => "M", 'F' => "F", 'S' => "S", 'P' => "P", _ => text.ToString() },
        _ => text.ToString(),
    };

    private static ReturnRefusedException NotRecognised(string name, string[] columns)
    {
        foreach (var (delimiter, called) in new[] { (';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars") })
        {
            if (columns.SelectMany(column => column.Split(delimiter)).Select(column => column.Trim().Trim('"')).ToList() is var split && Ssda903Tables.Recognise(split) is { } table)
                return new ReturnRefusedException($"{name} looks like the {Ssda903Tables.Name(table)} table but is separated by {called}. Save it separated by commas.");
        }
        // Without a row of names the first row is a child, so what it says is not repeated here.
        return new ReturnRefusedException($"{name} is none of the tables of the return: its first row does not name their columns.");
    }

    // ------------------------------------------------------------------ XML

    private static Ssda903Return ReadXml(Stream stream)
    {
        var found = new Ssda903Return(isXml: true);
        foreach (var table in Ssda903Tables.All)
            if (table != Ssda903Table.SocialWorker) found.Add(table);
        using var counted = new CountedStream(stream, new ReadBudget("The file is", MaxBytes));
        using var guarded = new GuardedStream(counted);
        try
        {
            using var xml = XmlReader.Create(guarded, new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                MaxCharactersFromEntities = 1, // 0 would mean no limit
                MaxCharactersInDocument = MaxBytes,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
                IgnoreWhitespace = true,
            });
            xml.MoveToContent();
            if (xml.LocalName is not ("EXPSSDA903" or "SSDA903"))
                throw new ReturnRefusedException($"This is not a return on children looked after: its outermost element is <{Short(xml.LocalName)}>, not <EXPSSDA903>.");
            xml.Read();
            while (!xml.EOF)
            {
                // Between two children no more than one child's bytes may be taken.
                guarded.NodeDone();
                if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "CHILD") Add(found, ReadElement(xml));
                else if (xml.NodeType == XmlNodeType.Element) xml.Skip();
                else xml.Read();
            }
        }
        catch (XmlException bad)
        {
            var reason = bad.Message.Contains("DTD", StringComparison.Ordinal)
                ? "The file declares a document type, which no return needs, so it is not read."
                : $"The file is not whole or not well-formed XML (line {bad.LineNumber}).";
            throw new ReturnRefusedException(reason, bad) { Line = bad.LineNumber };
        }
        catch (NodeTooLongException bad)
        {
            throw new ReturnRefusedException($"One element of the file is larger than {GuardedStream.MaxNodeBytes >> 20} MB.", bad);
        }
        return Finished(found);
    }

    /// <summary>An element with what is in it; deeper than any return goes, it would take longer the deeper it is.</summary>
    private static XElement ReadElement(XmlReader xml)
    {
        var (top, parts) = (xml.Depth, 0);
        XElement? current = null;
        while (true)
        {
            if (xml.NodeType == XmlNodeType.Element)
            {
                if (xml.Depth - top > MaxDepth) throw new ReturnRefusedException("The file is nested deeper than any return is.");
                if (++parts > MaxParts) throw new ReturnRefusedException("A child of the file has more parts than any real child could.");
                var element = new XElement(XName.Get(xml.LocalName, xml.NamespaceURI));
                current?.Add(element);
                if (!xml.IsEmptyElement) current = element;
                else if (current is null) return Passed(xml, element);
            }
            else if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
            {
                current!.Add(new XText(xml.Value));
            }
            else if (xml.NodeType == XmlNodeType.EndElement)
            {
                if (current!.Parent is not { } parent) return Passed(xml, current);
                current = parent;
            }

            if (!xml.Read()) throw new XmlException("The file ends within a child.");
        }

        static XElement Passed(XmlReader xml, XElement element)
        {
            xml.Read();
            return element;
        }
    }

    private static void Add(Ssda903Return found, XElement child)
    {
        var header = child.Element("HEADER") ?? child;
        var id = Value(header, "CHILDID") ?? Value(header, "CHILD");
        var dob = Value(header, "DOB");
        Func<string, string?> In(XElement element) => column => column switch
        {
            "CHILD" => id,
            "DOB" => dob,
            "PLACE" => Value(element, "PLACE") ?? Value(element, "PL"),
            _ => Value(element, column),
        };

        found.Add(Ssda903Table.Header, In(header));
        void AddIf(Ssda903Table table, params string[] columns)
        {
            if (columns.Any(column => !string.IsNullOrWhiteSpace(Value(header, column)))) found.Add(table, In(header));
        }
        AddIf(Ssda903Table.UASC, "DUC");
        AddIf(Ssda903Table.OC3, "IN_TOUCH", "ACTIV", "ACCOM");
        AddIf(Ssda903Table.AD1, "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR");
        foreach (var element in child.Descendants().Where(element => element.HasElements))
        {
            Ssda903Table? table = element.Name.LocalName switch
            {
                "EPISODE" => Ssda903Table.Episodes,
                "AREVIEW" => Ssda903Table.Reviews,
                "OC2" => Ssda903Table.OC2,
                "PERMANENCE" => Ssda903Table.PrevPerm,
                "AMISSING" => Ssda903Table.Missing,
                "AD_PLACED" => Ssda903Table.PlacedAdoption,
                _ when element.Element("SW_DECOM") is not null => Ssda903Table.SocialWorker,
                _ => null,
            };
            if (table is not { } known) continue;
            found.Add(known);
            found.Add(known, In(element));
        }
    }

    private static string? Value(XElement element, string name) =>
        element.Element(name) is not { } found ? null
        : found.Value.Length > MaxValueLength ? throw new ReturnRefusedException($"{name} holds more than {MaxValueLength:N0} characters.")
        : found.Value;

    private static string Short(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
