using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parquet;

namespace ChildrensInfo.Core.Research;

/// <summary>What of a child must not be found in a file.</summary>
public sealed record ForbiddenValues(Guid ChildId, string LaChildId, string? Upn, string? GivenName, string? FamilyName, string? KnownAs, DateOnly? BornOn)
{
    /// <summary>The full names of those in the child's life; looked for where there are words.</summary>
    public IReadOnlyList<string> People { get; init; } = [];
}

/// <summary>A value that may not make up much of any class, and the part of all children who have it.</summary>
public sealed record HarmfulValue(string Column, string Value, double Rate);

/// <summary>The finished file is not what it must be. The message is a code that holds nothing of what was found.</summary>
public sealed class PackageRefusedException(string message) : Exception(message);

/// <summary>
/// The last look at a finished package, as somebody who received it would look: it reads the bytes anew and shares no code with what wrote
/// them, and believes none of what the package says of itself.
/// </summary>
public static partial class PackageGate
{
    /// <summary>Shorter numbers stand in any text: years, counts.</summary>
    private const int ShortestNumber = 5;

    /// <param name="variables">The register's variables that were asked for.</param>
    /// <param name="rows">How many rows there must be.</param>
    /// <param name="written">Dates the package speaks of itself, which may be some child's birthday.</param>
    /// <exception cref="PackageRefusedException">Anything at all is not as it must be.</exception>
    public static Task CheckAsync(
        Stream package, IReadOnlyList<Variable> variables, int rows, int k, int l, IReadOnlyCollection<HarmfulValue> harmful, IReadOnlyCollection<ForbiddenValues> forbidden,
        IReadOnlyCollection<DateOnly> written, CancellationToken cancel) =>
        CheckAsync(package, [VariableCatalogue.PersonColumn, .. variables.Select(v => v.Key)], rows, table => CheckRows(table, variables, rows, k, l, harmful), forbidden, written, cancel);

    /// <summary>As <see cref="CheckAsync(Stream, IReadOnlyList{Variable}, int, int, int, IReadOnlyCollection{HarmfulValue}, IReadOnlyCollection{ForbiddenValues}, IReadOnlyCollection{DateOnly}, CancellationToken)"/>, of a table of counts.</summary>
    /// <param name="threshold">The smallest number of children that may be shown.</param>
    public static Task CheckTableAsync(
        Stream package, IReadOnlyList<Variable> variables, bool hasMean, int rows, int threshold, IReadOnlyCollection<ForbiddenValues> forbidden, IReadOnlyCollection<DateOnly> written, CancellationToken cancel)
    {
        string[] header = [.. variables.Select(v => v.Key), "children", "children_flag", .. hasMean ? new[] { "mean", "mean_flag" } : []];
        return CheckAsync(package, header, rows, table => CheckCounts(table, header, variables, rows, threshold), forbidden, written, cancel);
    }

    /// <summary>As the others, of what children said.</summary>
    /// <param name="age">The one column besides, at the detail it may have.</param>
    public static Task CheckWordsAsync(
        Stream package, ExtractColumn age, int rows, IReadOnlyCollection<ForbiddenValues> forbidden, IReadOnlyCollection<DateOnly> written, CancellationToken cancel)
    {
        string[] header = ["piece", age.Variable.Key, "words"];
        return CheckAsync(package, header, rows, table =>
        {
            Require(table.Count == rows + 1, "row-count");
            Require(table[0].SequenceEqual(header), "columns");
            var bands = age.Level.Codes.Select(code => code.Value).ToHashSet(StringComparer.Ordinal);
            var body = table.Skip(1).ToList();
            Require(body.TrueForAll(r => r.Length == header.Length && Code().IsMatch(r[0]) && bands.Contains(r[1])), "row-shape");
            for (var i = 1; i < body.Count; i++) Require(string.CompareOrdinal(body[i - 1][0], body[i][0]) < 0, "piece-order");
            Require(body.TrueForAll(r => r[2].Length > 0 && !Tells(r[2])), "words-tell");
        }, forbidden, written, cancel);
    }

    /// <summary>Whether words hold something by which anybody could be reached or found: looked for without what marks it for taking out.</summary>
    public static bool Tells(string words) => Reach().IsMatch(words);

    /// <summary>Whether words hold what must not be found of a child and of those in their life, as whole words.</summary>
    public static bool Tells(string words, ForbiddenValues child)
    {
        var text = Plain(words);
        return NeedlesOf(child, []).Select(Plain).Any(needle => needle.Length > 2 && text.Contains(needle, StringComparison.Ordinal));
    }

    private static async Task CheckAsync(
        Stream package, IReadOnlyList<string> header, int rows, Action<List<string[]>> checkData, IReadOnlyCollection<ForbiddenValues> forbidden, IReadOnlyCollection<DateOnly> written, CancellationToken cancel)
    {
        using var zip = new ZipArchive(package, ZipArchiveMode.Read, leaveOpen: true);
        Require(zip.Comment.Length == 0, "zip-comment");
        Require(zip.Entries.Select(e => e.FullName).SequenceEqual(["README.txt", "data.csv", "data.parquet", "codebook.csv", "codebook.html", "datapackage.json", "report.json", "report.txt", "manifest.json"]), "zip-names");
        var parts = new Dictionary<string, byte[]>();
        foreach (var entry in zip.Entries)
        {
            Require(entry.LastWriteTime.DateTime == new DateTime(1980, 1, 1) && entry.Comment.Length == 0, "zip-times");
            await using var stream = await entry.OpenAsync(cancel);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, cancel);
            parts[entry.FullName] = bytes.ToArray();
        }

        var table = Parse(Decode(parts["data.csv"]));
        checkData(table);
        await CheckParquetAsync(parts["data.parquet"], table, cancel);
        CheckDescriptor(parts, header);
        // Numbers the package says of itself may be some child's number.
        var own = parts.Values.Select(p => p.Length).Append(rows).Select(n => n.ToString(CultureInfo.InvariantCulture)).ToHashSet();
        var needles = forbidden.SelectMany(child => NeedlesOf(child, written)).Where(n => !own.Contains(n)).Select(Plain).Where(n => n.Length > 2).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, bytes) in parts)
        {
            // Every byte of the one part that is no text is looked at as if it were.
            var text = Plain(name == "data.parquet" ? Encoding.Latin1.GetString(bytes) : Decode(bytes));
            foreach (var needle in needles) Require(!text.Contains(needle, StringComparison.Ordinal), $"somebody-in-{name}");
        }

        CheckManifest(parts);
    }

    private static void CheckRows(List<string[]> table, IReadOnlyList<Variable> variables, int rows, int k, int l, IReadOnlyCollection<HarmfulValue> harmful)
    {
        Require(table.Count == rows + 1, "row-count");
        Require(table[0].SequenceEqual([VariableCatalogue.PersonColumn, .. variables.Select(v => v.Key)]), "columns");
        var body = table.Skip(1).ToList();
        Require(body.TrueForAll(r => r.Length == table[0].Length), "row-width");
        Require(body.TrueForAll(r => Code().IsMatch(r[0])), "person-code");
        for (var i = 1; i < body.Count; i++) Require(string.CompareOrdinal(body[i - 1][0], body[i][0]) < 0, "person-order");
        for (var c = 0; c < variables.Count; c++)
        {
            // Every cell of a column stands at one and the same level of its register entry, or a class could be told apart by detail.
            var used = body.Select(r => r[c + 1]).ToHashSet(StringComparer.Ordinal);
            Require(variables[c].Levels.Any(level => used.IsSubsetOf(level.Codes.Select(code => code.Value))), "unregistered-value");
        }

        var quasi = Enumerable.Range(0, variables.Count).Where(c => variables[c].Role == VariableRole.QuasiIdentifier).ToList();
        var sensitive = Enumerable.Range(0, variables.Count).Where(c => variables[c].Role == VariableRole.Sensitive).ToList();
        foreach (var alike in body.GroupBy(r => string.Join('\u001f', quasi.Select(c => r[c + 1]))))
        {
            Require(alike.Count() >= k, "class-size");
            foreach (var c in sensitive) Require(alike.Select(r => r[c + 1]).Distinct().Count() >= l, "class-diversity");
            foreach (var bad in harmful)
            {
                var c = Array.IndexOf(table[0], bad.Column);
                var most = Math.Max(2, alike.Count() * Math.Min(0.5, bad.Rate * 5));
                Require(alike.Count(r => r[c] == bad.Value) <= most + 1e-9, "class-harm");
            }
        }
    }

    private static void CheckCounts(List<string[]> table, string[] header, IReadOnlyList<Variable> variables, int rows, int threshold)
    {
        Require(table.Count == rows + 1, "row-count");
        Require(table[0].SequenceEqual(header), "columns");
        var body = table.Skip(1).ToList();
        Require(body.TrueForAll(r => r.Length == header.Length), "row-width");
        for (var c = 0; c < variables.Count; c++)
        {
            var codes = variables[c].Codes.Select(code => code.Value).Append("all").ToHashSet(StringComparer.Ordinal);
            Require(body.TrueForAll(r => codes.Contains(r[c])), "unregistered-value");
        }

        Require(body.Select(r => string.Join('\u001f', r[..variables.Count])).Distinct().Count() == rows, "row-twice");
        foreach (var row in body)
        {
            var (count, flag) = (row[variables.Count], row[variables.Count + 1]);
            Require(count.Length == 0 ? flag == "c" : flag.Length == 0 && Whole().IsMatch(count), "count-shape");
            if (count.Length > 0) Require(int.Parse(count, CultureInfo.InvariantCulture) is var n && (n == 0 || (n >= threshold && n % 5 == 0)), "small-count");
            if (header.Length == variables.Count + 2) continue;
            var (mean, why) = (row[^2], row[^1]);
            Require(mean.Length == 0 ? why is "c" or "z" : why.Length == 0 && Decimal().IsMatch(mean), "mean-shape");
            if (mean.Length > 0) Require(count.Length > 0 && count != "0" && Array.IndexOf(row, "all", 0, variables.Count) < 0, "mean-of-hidden");
        }

        CheckSums(body, variables.Count, threshold);
    }

    /// <summary>From no total, its shown parts taken away, is it certain that what is left is a small number.</summary>
    private static void CheckSums(List<string[]> body, int columns, int threshold)
    {
        static bool IsAll(string value) => value == "all";
        foreach (var total in body.Where(r => r[columns].Length > 0))
        {
            // The parts of a total are the rows that split the same columns, one set of them at a time.
            foreach (var parts in body.Where(r => r != total && Enumerable.Range(0, columns).All(c => IsAll(total[c]) || r[c] == total[c]))
                .GroupBy(r => string.Concat(Enumerable.Range(0, columns).Select(c => IsAll(r[c]) ? '0' : '1'))))
            {
                var shown = parts.Where(r => r[columns].Length > 0).Select(r => int.Parse(r[columns], CultureInfo.InvariantCulture)).ToList();
                if (shown.Count == parts.Count()) continue;
                // Rounding moves a figure by two at most, and a nought by nothing.
                var left = int.Parse(total[columns], CultureInfo.InvariantCulture) - shown.Sum();
                var doubt = 2 * (shown.Count(n => n > 0) + 1);
                Require(left - doubt < 1 || left + doubt >= threshold, "sum-tells");
            }
        }
    }

    /// <summary>The other form of the data is the same table and holds nothing beside it.</summary>
    private static async Task CheckParquetAsync(byte[] bytes, List<string[]> table, CancellationToken cancel)
    {
        using var stream = new MemoryStream(bytes);
        await using var reader = await ParquetReader.CreateAsync(stream, cancellationToken: cancel);
        var fields = reader.Schema.DataFields;
        Require(reader.RowGroupCount == 1 && reader.CustomMetadata.Count == 0, "parquet-shape");
        Require(fields.Select(f => f.Name).SequenceEqual(table[0]), "parquet-columns");
        using var group = reader.OpenRowGroupReader(0);
        Require(group.RowCount == table.Count - 1, "parquet-rows");
        for (var c = 0; c < fields.Length; c++)
        {
            var column = new string?[table.Count - 1];
            await group.ReadAsync(fields[c], column.AsMemory(), cancellationToken: cancel);
            Require(column.SequenceEqual(table.Skip(1).Select(r => r[c])), "parquet-values");
        }
    }

    private static void CheckManifest(Dictionary<string, byte[]> parts)
    {
        using var manifest = JsonDocument.Parse(parts["manifest.json"]);
        var files = manifest.RootElement.GetProperty("files").EnumerateArray().ToDictionary(f => f.GetProperty("path").GetString()!, f => f.GetProperty("sha256").GetString());
        Require(files.Keys.Append("manifest.json").Order(StringComparer.Ordinal).SequenceEqual(parts.Keys.Order(StringComparer.Ordinal)), "manifest-files");
        foreach (var (path, hash) in files) Require(hash == Convert.ToHexStringLower(SHA256.HashData(parts[path])), "manifest-hash");
    }

    private static void CheckDescriptor(Dictionary<string, byte[]> parts, IReadOnlyList<string> header)
    {
        using var descriptor = JsonDocument.Parse(parts["datapackage.json"]);
        foreach (var resource in descriptor.RootElement.GetProperty("resources").EnumerateArray())
        {
            var bytes = parts[resource.GetProperty("path").GetString()!];
            Require(resource.GetProperty("bytes").GetInt64() == bytes.Length, "descriptor-bytes");
            Require(resource.GetProperty("hash").GetString() == "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes)), "descriptor-hash");
        }

        var fields = descriptor.RootElement.GetProperty("resources")[0].GetProperty("schema").GetProperty("fields").EnumerateArray().Select(f => f.GetProperty("name").GetString()).ToList();
        Require(fields.SequenceEqual(header), "descriptor-fields");
    }

    private static IEnumerable<string> NeedlesOf(ForbiddenValues child, IReadOnlyCollection<DateOnly> written)
    {
        yield return child.ChildId.ToString();
        yield return child.ChildId.ToString("N");
        if (child.LaChildId.Length >= ShortestNumber) yield return child.LaChildId;
        if (child.Upn is { Length: >= ShortestNumber } upn) yield return upn;
        // A first or a family name alone may be a word: Rose, White. Together they are somebody.
        if (child.FamilyName is { Length: > 0 } family)
        {
            if (child.GivenName is { Length: > 0 } given) yield return $"{given} {family}";
            if (child.KnownAs is { Length: > 0 } known) yield return $"{known} {family}";
        }

        foreach (var person in child.People.Where(p => p.Contains(' ', StringComparison.Ordinal))) yield return person;
        if (child.BornOn is not { } born || written.Contains(born)) yield break;
        foreach (var format in new[] { "yyyy-MM-dd", "yyyyMMdd", "dd/MM/yyyy", "d MMMM yyyy" }) yield return born.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>Lower case, words and numbers parted by one space, with a space at either end: whole words are then found by a plain search.</summary>
    private static string Plain(string text) => $" {string.Join(' ', Word().Matches(text.Normalize(NormalizationForm.FormKC).ToLowerInvariant()).Select(m => m.Value))} ";

    /// <summary>A reader of RFC 4180 of its own.</summary>
    private static List<string[]> Parse(string text)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"') field.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"') field.Append(text[++i]);
                else quoted = false;
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c == ',' || c == '\n')
            {
                row.Add(field.ToString());
                field.Clear();
                if (c == ',') continue;
                rows.Add([.. row]);
                row.Clear();
            }
            else if (c != '\r')
            {
                field.Append(c);
            }
        }

        Require(!quoted && row.Count == 0 && field.Length == 0, "csv-end");
        return rows;
    }

    private static string Decode(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new PackageRefusedException("not-utf-8");
        }
    }

    private static void Require(bool isSo, string code)
    {
        if (!isSo) throw new PackageRefusedException(code);
    }

    [GeneratedRegex("^[A-Z2-7]{16}$")]
    private static partial Regex Code();

    [GeneratedRegex("^(0|[1-9][0-9]{0,8})$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[0-9]{1,6}\.[0-9]$")]
    private static partial Regex Decimal();

    /// <summary>An e-mail address, a web address, a handle, a postcode of the United Kingdom, or seven digits in a row however they are parted.</summary>
    [GeneratedRegex(@"\S@[^\s@]+\.\S|https?:|www\.|(?<![\p{L}\p{N}])@\p{L}|(?<![\p{L}\p{N}])[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}(?![\p{L}\p{N}])|[0-9](?:[ ()\-./]{0,2}[0-9]){6}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Reach();

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
