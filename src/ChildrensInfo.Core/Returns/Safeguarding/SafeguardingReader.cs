using System.Globalization;
using System.IO.Compression;
using System.Text;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Returns.Safeguarding;

/// <summary>A row of a table of the dataset as it may be loaded: the filled columns, dates as yyyy-mm-dd.</summary>
/// <param name="Unsaid">The fields of which the row says nothing, neither a value nor that there is none: the file lacks the column, or what stands there could not be read.</param>
internal sealed record SafeguardingRowRead(SafeguardingTable Table, string Key, string? Person, IReadOnlyDictionary<string, string> Values, string[] Unsaid);

/// <summary>
/// Reads the tables of the Standard Safeguarding Dataset from a zip of CSV files, a row at a time. A table is known by its columns, whatever the
/// file is called.
/// </summary>
internal sealed class SafeguardingReader(Stream content)
{
    public const int MaxValueLength = 20_000;

    /// <summary>A key is looked up in an index, which takes no more than some 2,700 bytes.</summary>
    public const int MaxKeyLength = 500;

    /// <summary>What the tables may unfold to together.</summary>
    private const long MaxBytes = 4L << 30;

    private readonly List<Rejection> rejections = [];
    private readonly List<string> notes = [];
    private readonly HashSet<string> tables = [];

    /// <summary>What was odd but could be read past; without anything of what the tables say about a child.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>The tables met so far.</summary>
    public IReadOnlySet<string> Tables => tables;

    /// <returns>The rejections since the last call.</returns>
    public IReadOnlyList<Rejection> TakeRejections()
    {
        Rejection[] taken = [.. rejections];
        rejections.Clear();
        return taken;
    }

    public IEnumerable<SafeguardingRowRead> Read()
    {
        using var zip = Whole(() => new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true));
        var budget = new ReadBudget("The tables are together", MaxBytes);
        foreach (var entry in Whole(() => ReturnFile.Tables(zip)))
        {
            using var stream = new CountedStream(Whole(entry.Open), budget);
            foreach (var row in ReadTable(entry.Name, stream)) yield return row;
        }
    }

    private static T Whole<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (InvalidDataException bad)
        {
            throw new ReturnRefusedException("The zip file is damaged.", bad);
        }
    }

    private IEnumerable<SafeguardingRowRead> ReadTable(string name, Stream stream)
    {
        using var text = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
        var reader = new DelimitedReader(text, ',');
        if (!Next(reader, name)) throw new ReturnRefusedException($"{name} is empty.");
        var columns = new string[reader.FieldCount];
        for (var i = 0; i < columns.Length; i++) columns[i] = reader[i].Trim().Trim('\uFEFF').Trim().ToString().ToLowerInvariant();
        if (SafeguardingTables.Recognise(columns) is not { } table)
            throw new ReturnRefusedException($"{name} is none of the tables of the Standard Safeguarding Dataset: its first row does not name their columns.");
        if (columns.Where(c => c.Length > 0).GroupBy(c => c).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ReturnRefusedException($"{name} has the column {twice.Key} twice.");
        if (SafeguardingTables.PassedOver.TryGetValue(table.Name, out var reason))
        {
            notes.Add($"{table.Name} was passed over. {reason}");
            yield break;
        }

        if (!tables.Add(table.Name)) throw new ReturnRefusedException($"{name} is {table.Name}, and so is another of the files. Leave one of them out.");
        if (table.Key.Except(columns).ToList() is { Count: > 0 } absent)
            throw new ReturnRefusedException($"{name} is {table.Name} but lacks {string.Join(", ", absent)}, by which a row is known again.");
        var fields = columns.Select(column => table.Fields.FirstOrDefault(f => f.Name == column)).ToArray();
        var unknown = columns.Where((column, i) => column.Length > 0 && fields[i] is null).Count();
        if (unknown > 0) notes.Add($"{name}: passed over {unknown} column{(unknown == 1 ? "" : "s")} that {table.Name} does not have.");
        string[] missing = [.. table.Fields.Select(f => f.Name).Except(columns)];
        if (missing.Length > 0)
            notes.Add($"{name}: {missing.Length} column{(missing.Length == 1 ? " of" : "s of")} {table.Name} {(missing.Length == 1 ? "is" : "are")} not there. What was loaded of {(missing.Length == 1 ? "it" : "them")} before stays.");

        while (Next(reader, name))
        {
            if (reader.FieldCount == 1 && reader[0].IsWhiteSpace()) continue;
            if (reader.FieldCount != columns.Length)
                throw new ReturnRefusedException($"Row {reader.Row} of {name} has {reader.FieldCount} values where the first row names {columns.Length} columns.");
            if (RowOf(reader, table, fields, columns, missing, name) is { } row) yield return row;
        }
    }

    private SafeguardingRowRead? RowOf(DelimitedReader reader, SafeguardingTable table, SafeguardingField?[] fields, string[] columns, string[] missing, string name)
    {
        var values = new Dictionary<string, string>(fields.Length, StringComparer.Ordinal);
        var repeated = true;
        List<Rejection>? faults = null;
        for (var i = 0; i < fields.Length; i++)
        {
            var cell = reader[i].Trim();
            repeated &= cell.Equals(columns[i], StringComparison.OrdinalIgnoreCase);
            if (fields[i] is not { } field || cell.IsEmpty || cell is "NULL") continue;
            if (cell.Length > MaxValueLength) throw new ReturnRefusedException($"Row {reader.Row} of {name} has a value longer than {MaxValueLength:N0} characters.");
            if (cell.Contains('\0')) throw new ReturnRefusedException($"Row {reader.Row} of {name} holds characters that no text has.");
            if (!field.IsDate)
            {
                values[field.Name] = cell.ToString();
                continue;
            }

            if (Day(cell) is { } day) values[field.Name] = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            else (faults ??= []).Add(new Rejection(null, 0, field.Name, cell.ToString(), "This is not a date written year-month-day or day/month/year.", LeftOut.Value));
        }

        if (repeated) throw new ReturnRefusedException($"Row {reader.Row} of {name} repeats the names of the columns: two exports seem to have been put together.");
        var person = table.Person is { } column && values.TryGetValue(column, out var id) ? id : null;
        if (faults is not null) rejections.AddRange(faults.Select(f => f with { ChildId = person }));
        if (table.Key.FirstOrDefault(k => !values.ContainsKey(k)) is { } empty)
        {
            if (values.Count > 0) rejections.Add(new Rejection(person, 0, empty, null, $"The row of {table.Name} has nothing here, by which it would be known again.", LeftOut.Event));
            return null;
        }

        var key = string.Join('|', table.Key.Select(k => values[k]));
        if (key.Length > MaxKeyLength)
        {
            rejections.Add(new Rejection(person, 0, table.Key[0], key[..40] + "…", $"The row of {table.Name} is known by more than {MaxKeyLength} characters, so it is no key that a system gives.", LeftOut.Event));
            return null;
        }

        return new SafeguardingRowRead(table, key, person, values, faults is null ? missing : [.. missing, .. faults.Select(f => f.Field)]);
    }

    /// <summary>2026-03-31, 31/03/2026, and either with a time after it.</summary>
    private static DateOnly? Day(ReadOnlySpan<char> text)
    {
        if (text.Length > 10 && text[10] is ' ' or 'T') text = text[..10];
        return DateOnly.TryParseExact(text, ["yyyy-MM-dd", "dd/MM/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
    }

    private static bool Next(DelimitedReader reader, string name)
    {
        try
        {
            return reader.Read();
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
}
