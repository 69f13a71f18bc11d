using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Returns.Safeguarding;
using ChildrensInfo.Core.Returns.Ssda903;

namespace ChildrensInfo.Core.Returns;

/// <summary>Tells what kind of return a file is from its first bytes and the columns of its tables, whatever it is called.</summary>
internal static partial class ReturnFile
{
    private const int MaxTables = 100;

    /// <param name="content">Can be sought in; stands at the beginning afterwards.</param>
    /// <exception cref="ReturnRefusedException">It is a zip of tables of no known return.</exception>
    public static ReturnKind Recognise(Stream content)
    {
        var first = new byte[4096];
        var length = content.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        content.Position = 0;
        if (first.AsSpan(0, length).StartsWith("PK\u0003\u0004"u8)) return RecogniseTables(content);
        // Whatever is not on children looked after is for the census's reader to read or to refuse, with its reasons.
        return FirstElement().Match(Encoding.Latin1.GetString(first, 0, length)) is { Success: true } root && root.Groups[1].Value is "EXPSSDA903" or "SSDA903" ? ReturnKind.LookedAfter : ReturnKind.CinCensus;
    }

    /// <summary>The CSV tables in a zip, in the order of their names.</summary>
    public static IReadOnlyList<ZipArchiveEntry> Tables(ZipArchive zip)
    {
        var tables = zip.Entries.Where(entry => IsTable(entry.Name) && !entry.Name.StartsWith('.')).OrderBy(entry => entry.FullName, StringComparer.Ordinal).ToList();
        return tables.Count == 0 ? throw new ReturnRefusedException("The zip holds no CSV table.")
            : tables.Count > MaxTables ? throw new ReturnRefusedException($"The zip holds more than {MaxTables} tables.")
            : tables;
    }

    public static bool IsTable(string name) => Path.GetExtension(name).ToUpperInvariant() is ".CSV" or ".TXT" or ".TSV";

    private static ReturnKind RecogniseTables(Stream content)
    {
        try
        {
            using var zip = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
            foreach (var entry in Tables(zip))
            {
                using var stream = entry.Open();
                using var text = new StreamReader(stream, Encoding.UTF8);
                var reader = new DelimitedReader(text, ',');
                if (!reader.Read()) continue;
                var columns = new List<string>();
                for (var i = 0; i < reader.FieldCount; i++) columns.Add(reader[i].Trim().Trim('\uFEFF').Trim().ToString());
                if (SafeguardingTables.Recognise([.. columns.Select(c => c.ToLowerInvariant())]) is not null) return ReturnKind.Safeguarding;
            }

            // Its reader says what is wrong with tables that are none of its own.
            return ReturnKind.LookedAfter;
        }
        catch (InvalidDataException bad)
        {
            throw new ReturnRefusedException("The zip file is damaged.", bad);
        }
        finally
        {
            content.Position = 0;
        }
    }

    [GeneratedRegex(@"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")]
    private static partial Regex FirstElement();
}
