using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Shared;

namespace ChildrensInfo.Cli;

/// <summary>Makes a file of rows, one a child, anonymous to a stated degree: files in, files out, no database.</summary>
public static class AnonymiseCommand
{
    public const string Usage = """
        anonymise DATA.csv [--delimiter ';'] --hierarchy COLUMN=FILE.csv … [--sensitive COLUMN] --k 5 [--l 2]
                  --limit 0.05 --out OUT.csv --report REPORT.json [--keep-suppressed]
            Generalises the columns that have a hierarchy as little as will make every row look like k - 1 others, with l
            different values of each sensitive column among them, leaving out at most the limit's part of the rows.
            Columns not named are left out. k is at least 5, l at least 2, the limit at most 0.1. The delimiter is one
            character, or \t for a tab. Hierarchy files have one row a value, without a header: value;level1;…;*
            A heading, label or value that a spreadsheet would run as a formula gets an apostrophe before it; numbers do not.
            The rows are sorted by what stands in them, so that their order tells nothing. --keep-suppressed leaves the rows
            that are left out in place as *, and with them all in the order of DATA.csv, which may say who somebody is: it is
            for whoever holds DATA.csv.
            REPORT.json is for whoever holds DATA.csv, and does not go with OUT.csv: it tells of the rows that were left out.
            Ends with 0 when both files are written, 2 when the command or a file is wrong, 3 when no safe answer was found.
        """;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static int Run(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--delimiter", "--hierarchy", "--sensitive", "--k", "--l", "--limit", "--out", "--report"], "--keep-suppressed");
        // More hierarchies may follow the first without repeating the option.
        var hierarchyFiles = arguments.All("--hierarchy").Concat(arguments.Others.Where(o => o.Contains('=') && !File.Exists(o))).ToList();
        arguments.Others.RemoveAll(o => hierarchyFiles.Contains(o));
        var data = arguments.TheOneFile();
        var sensitive = arguments.All("--sensitive").ToList();
        var delimiter = arguments.Optional("--delimiter") switch
        {
            null => ',',
            // As it is typed where a tab cannot be.
            "\\t" => '\t',
            { Length: 1 } one when one[0] is not ('"' or '\r' or '\n') => one[0],
            _ => throw arguments.Bad("--delimiter is one character, or \\t for a tab."),
        };
        var rules = Rules(arguments, sensitive);
        var output = arguments.Required("--out");
        var report = arguments.Required("--report");
        arguments.RequireApart([data, .. hierarchyFiles.Select(text => text[(text.IndexOf('=') + 1)..]).Where(file => file.Length > 0)], output, report);
        var hierarchies = hierarchyFiles.Select(text => ReadHierarchy(arguments, text)).ToList();

        var (rows, columns) = ReadRows(data, delimiter, hierarchies, sensitive);
        var found = Generalisation.Find(rows, rules);
        var kept = arguments.Has("--keep-suppressed");
        FinishedFile.Write((output, stream => WriteRows(stream, delimiter, columns, rows, found, kept)), (report, stream => WriteReport(stream, columns, rows, rules, found)));
        return 0;
    }

    private static ClassRules Rules(Arguments arguments, List<string> sensitive)
    {
        var k = arguments.Whole("--k") ?? throw arguments.Bad("--k is missing.");
        var l = arguments.Whole("--l");
        var limit = arguments.Fraction("--limit") ?? 0.05;
        if (k < ClassRules.LowestK) throw arguments.Bad($"--k is at least {ClassRules.LowestK}.");
        if (l < ClassRules.LowestL) throw arguments.Bad($"--l is at least {ClassRules.LowestL}.");
        if (l is not null && sensitive.Count == 0) throw arguments.Bad("--l needs a --sensitive column.");
        if (limit > ClassRules.HighestLimit) throw arguments.Bad($"--limit is at most {ClassRules.HighestLimit.ToString(CultureInfo.InvariantCulture)}.");
        return new ClassRules(k, l ?? ClassRules.LowestL, limit);
    }

    private static Hierarchy ReadHierarchy(Arguments arguments, string text)
    {
        var equals = text.IndexOf('=');
        if (equals < 1 || equals == text.Length - 1) throw arguments.Bad("--hierarchy takes COLUMN=FILE.csv.");
        using var reader = Utf8File.Open(text[(equals + 1)..]);
        try
        {
            return Hierarchy.Read(text[..equals], reader);
        }
        catch (DecoderFallbackException)
        {
            throw new BadInputException($"The hierarchy of {text[..equals]} is not UTF-8.");
        }
    }

    private readonly record struct OutColumn(string Name, bool IsSensitive, int Index);

    private sealed record Columns(IReadOnlyList<OutColumn> Kept, IReadOnlyList<string> LeftOut);

    private static (CodedRows Rows, Columns Columns) ReadRows(string path, char delimiter, List<Hierarchy> hierarchies, List<string> sensitive)
    {
        using var text = Utf8File.Open(path);
        var reader = new DelimitedReader(text, delimiter);
        try
        {
            if (!reader.Read()) throw new BadInputException($"{path} is empty.");
            var header = Enumerable.Range(0, reader.FieldCount).Select(i => reader[i].ToString()).ToList();
            var named = hierarchies.Select(h => h.Column).Concat(sensitive).ToList();
            foreach (var name in named)
            {
                if (header.Count(h => h == name) != 1) throw new BadInputException($"{path} has {(header.Contains(name) ? "more than one" : "no")} column {name}.");
                if (named.Count(n => n == name) > 1) throw new BadInputException($"Column {name} is named twice.");
            }

            var quasi = header.Select(name => hierarchies.FindIndex(h => h.Column == name)).ToArray();
            var secret = header.Select(name => sensitive.IndexOf(name)).ToArray();
            var rows = new CodedRows(hierarchies, sensitive);
            while (reader.Read())
            {
                if (reader.IsEmptyLine) continue;
                if (reader.FieldCount != header.Count) throw new BadInputException($"Line {reader.Line} has {reader.FieldCount} values where the header has {header.Count}.");
                for (var i = 0; i < quasi.Length; i++)
                {
                    if (quasi[i] >= 0)
                    {
                        if (!rows.TrySetQuasiIdentifier(quasi[i], reader[i])) throw new BadInputException($"Line {reader.Line} has a value in {header[i]} that is not in its hierarchy.");
                    }
                    else if (secret[i] >= 0) rows.SetSensitive(secret[i], reader[i]);
                }

                rows.Add();
            }

            var kept = header.Select((name, i) => new OutColumn(name, quasi[i] < 0, quasi[i] >= 0 ? quasi[i] : secret[i])).Where(c => c.Index >= 0).ToList();
            return (rows, new Columns(kept, header.Except(named).ToList()));
        }
        catch (DecoderFallbackException)
        {
            throw new BadInputException($"{path} is not UTF-8.");
        }
    }

    private static void WriteRows(Stream stream, char delimiter, Columns columns, CodedRows rows, Generalisation found, bool keepSuppressed)
    {
        // Every value that can stand in a column, with what follows it, as it will stand in the file.
        // An empty value that is all of its row would be a line with nothing on it.
        byte[] Ready(string value, int column)
        {
            var text = Harmless(value);
            return Encoding.UTF8.GetBytes((text.Length == 0 && columns.Kept.Count == 1 ? "\"\"" : Quoted(text, delimiter)) + (column == columns.Kept.Count - 1 ? "\r\n" : delimiter));
        }

        var values = columns.Kept.Select((column, i) => column.IsSensitive
            ? Enumerable.Range(0, rows.SensitiveCount(column.Index)).Select(code => Ready(rows.SensitiveText(column.Index, code), i)).ToArray()
            : Enumerable.Range(0, rows.QuasiIdentifiers[column.Index].LeafCount).Select(leaf => Ready(found.Text(column.Index, leaf), i)).ToArray()).ToArray();
        var leftOut = columns.Kept.SelectMany((_, i) => Ready("*", i)).ToArray();
        var longest = Math.Max(leftOut.Length, values.Sum(column => column.Max(v => v.Length)));
        foreach (var (column, i) in columns.Kept.Select((c, i) => (c, i))) stream.Write(Ready(column.Name, i));

        var buffer = new byte[Math.Max(1 << 16, longest)];
        var used = 0;
        var (begins, length) = (-1, 0);
        foreach (var (row, asBefore) in keepSuppressed ? Enumerable.Range(0, rows.Count).Select(row => (row, false)) : InOrderOfTexts(columns, rows, found))
        {
            if (buffer.Length - used < longest)
            {
                stream.Write(buffer, 0, used);
                (used, begins) = (0, -1);
            }

            if (asBefore && begins >= 0)
            {
                buffer.AsSpan(begins, length).CopyTo(buffer.AsSpan(used));
                used += length;
            }
            else if (found.IsKept(row))
            {
                begins = used;
                for (var i = 0; i < values.Length; i++)
                {
                    var column = columns.Kept[i];
                    var value = values[i][column.IsSensitive ? rows.SensitiveCodeOf(row, column.Index) : rows.LeafOf(row, column.Index)];
                    value.CopyTo(buffer, used);
                    used += value.Length;
                }

                length = used - begins;
            }
            else
            {
                leftOut.CopyTo(buffer, used);
                used += leftOut.Length;
            }
        }

        stream.Write(buffer, 0, used);
    }

    /// <summary>
    /// The rows that are let out, sorted by what will stand in them: those that stay in the order of the file that was read are the same there. Each is one number, made of the place of each of its texts
    /// among those of its column, so that a million rows are read through once from end to end and sorted as numbers.
    /// </summary>
    /// <returns>Each row, and whether it reads as the one before it.</returns>
    private static IEnumerable<(int Row, bool AsBefore)> InOrderOfTexts(Columns columns, CodedRows rows, Generalisation found)
    {
        var order = Enumerable.Range(0, rows.Count).Where(found.IsKept).ToArray();
        var numbers = new ulong[order.Length];
        var room = 1UL;
        foreach (var column in columns.Kept)
        {
            var texts = column.IsSensitive
                ? Enumerable.Range(0, rows.SensitiveCount(column.Index)).Select(code => rows.SensitiveText(column.Index, code)).ToArray()
                : Enumerable.Range(0, rows.QuasiIdentifiers[column.Index].LeafCount).Select(leaf => found.Text(column.Index, leaf)).ToArray();
            var places = texts.Distinct().Order(StringComparer.Ordinal).Select((text, place) => (text, place)).ToDictionary(t => t.text, t => (ulong)t.place, StringComparer.Ordinal);
            var placeOf = Array.ConvertAll(texts, text => places[text]);
            var width = (ulong)Math.Max(1, places.Count);
            if (room > ulong.MaxValue / width) room = CountUp(numbers, order);
            for (var i = 0; i < order.Length; i++) numbers[i] = (numbers[i] * width) + placeOf[column.IsSensitive ? rows.SensitiveCodeOf(order[i], column.Index) : rows.LeafOf(order[i], column.Index)];
            room *= width;
        }

        Array.Sort(numbers, order);
        for (var i = 0; i < order.Length; i++) yield return (order[i], i > 0 && numbers[i] == numbers[i - 1]);
    }

    /// <summary>Puts in the place of each number how many smaller ones there are, where the next column would not fit any more.</summary>
    private static ulong CountUp(ulong[] numbers, int[] order)
    {
        Array.Sort(numbers, order);
        var (smaller, before) = (0UL, numbers.Length > 0 ? numbers[0] : 0);
        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] != before) (smaller, before) = (smaller + 1, numbers[i]);
            numbers[i] = smaller;
        }

        return smaller + 1;
    }

    private static string Quoted(string value, char delimiter) =>
        value.Contains(delimiter) || value.AsSpan().IndexOfAny('"', '\r', '\n') >= 0 ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    /// <summary>A text that a spreadsheet would run as a formula is given an apostrophe before it, whether a heading, a label or a value; numbers are left alone.</summary>
    private static string Harmless(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? text : SafeCsv.Inert(text);

    private static void WriteReport(Stream stream, Columns columns, CodedRows rows, ClassRules rules, Generalisation found)
    {
        var names = rows.QuasiIdentifiers.Select(h => h.Column).ToList();
        JsonSerializer.Serialize(
            stream,
            new
            {
                levels = names.Select((name, q) => (name, Value: found.Levels[q])).ToDictionary(p => p.name, p => p.Value),
                loss = found.Loss,
                suppressed = found.Suppressed,
                classes = found.ClassCount,
                optimal = true,
                rows = rows.Count,
                k = rules.K,
                l = rows.SensitiveColumns.Count > 0 ? rules.L : (int?)null,
                limit = rules.Limit,
                lossByColumn = names.Select((name, q) => (name, Value: found.LossByColumn[q])).ToDictionary(p => p.name, p => p.Value),
                risk = new { before = found.Before, after = found.After },
                leftOut = found.LeftOutByGroup().Where(g => g.LeftOut > 0).Select(g => new { column = g.Column, value = g.Value, rows = g.Rows, suppressed = g.LeftOut }),
                columnsLeftOut = columns.LeftOut,
                lattice = found.Lattice,
                @checked = found.Checked,
            },
            Json);
    }
}
