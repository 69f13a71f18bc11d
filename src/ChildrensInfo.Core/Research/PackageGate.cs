using System.Collections;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Disclosure.Redaction;
using ChildrensInfo.Core.Shared;
using Parquet;

namespace ChildrensInfo.Core.Research;

/// <summary>What of a child must not be found in a file.</summary>
public sealed record ForbiddenValues(Guid ChildId, string LaChildId, string? Upn, string? GivenName, string? FamilyName, string? KnownAs, DateOnly? BornOn)
{
    /// <summary>The full names of those in the child's life; looked for where there are words.</summary>
    public IReadOnlyList<string> People { get; init; } = [];

    /// <summary>Where the child lives; looked for where there are words.</summary>
    public string? Ward { get; init; }
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

    /// <summary>What tells of the data is small beside it.</summary>
    private const int LargestPart = 16 * 1024 * 1024;

    /// <summary>The most rows of Parquet that stand in memory together.</summary>
    private const int LargestGroup = 100_000;

    /// <summary>A table or a file of words has no more rows, and is looked at whole.</summary>
    private const int MostTogether = 100_000;

    /// <param name="package">Can be read from any place.</param>
    /// <param name="variables">The register's variables that were asked for.</param>
    /// <param name="rows">How many rows there must be.</param>
    /// <param name="written">Dates the package speaks of itself, which may be some child's birthday.</param>
    /// <exception cref="PackageRefusedException">Anything at all is not as it must be.</exception>
    public static Task CheckAsync(
        Stream package, IReadOnlyList<Variable> variables, int rows, int k, int l, IReadOnlyCollection<HarmfulValue> harmful, IAsyncEnumerable<ForbiddenValues> forbidden,
        IReadOnlyCollection<DateOnly> written, CancellationToken cancel) =>
        CheckAsync(package, [VariableCatalogue.PersonColumn, .. variables.Select(v => v.Key)], rows, table => CheckRows(table, variables, rows, k, l, harmful), forbidden, written, cancel);

    /// <summary>As <see cref="CheckAsync(Stream, IReadOnlyList{Variable}, int, int, int, IReadOnlyCollection{HarmfulValue}, IAsyncEnumerable{ForbiddenValues}, IReadOnlyCollection{DateOnly}, CancellationToken)"/>, of a table of counts.</summary>
    /// <param name="threshold">The smallest number of children that may be shown.</param>
    public static Task CheckTableAsync(
        Stream package, IReadOnlyList<Variable> variables, bool hasMean, int rows, int threshold, IAsyncEnumerable<ForbiddenValues> forbidden, IReadOnlyCollection<DateOnly> written, CancellationToken cancel)
    {
        string[] header = [.. variables.Select(v => v.Key), "children", "children_flag", .. hasMean ? new[] { "mean", "mean_flag" } : []];
        return CheckAsync(package, header, rows, table => CheckCounts(Whole(table, rows), header, variables, rows, threshold), forbidden, written, cancel);
    }

    /// <summary>As the others, of what children said.</summary>
    /// <param name="age">The one column besides, at the detail it may have.</param>
    public static Task CheckWordsAsync(
        Stream package, ExtractColumn age, int rows, IAsyncEnumerable<ForbiddenValues> forbidden, IReadOnlyCollection<DateOnly> written, CancellationToken cancel)
    {
        string[] header = ["piece", age.Variable.Key, "words"];
        return CheckAsync(package, header, rows, read =>
        {
            var table = Whole(read, rows);
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

    /// <summary>
    /// What texts hold, each by itself, that must not be found of any of the children and of those in their life, as whole words; besides what is looked for in a whole file, a name made of everyday
    /// words where it is written as a name.
    /// </summary>
    /// <returns>The text by its place, and what stands in it; null when there is nothing.</returns>
    public static async Task<(int Text, string Found)?> TellsAsync(IReadOnlyList<string> texts, IAsyncEnumerable<ForbiddenValues> children, CancellationToken cancel)
    {
        var read = texts.Select(t => (Plain: Plain(t), AsWritten: $" {string.Join(' ', AsWritten(t))} ")).ToList();
        var hasDigits = texts.Any(t => t.Any(char.IsDigit));
        await foreach (var child in children.WithCancellation(cancel))
        {
            // Most of what is looked for are numbers and dates, and most of what is said holds none.
            foreach (var needle in NeedlesOf(child, []).Where(n => hasDigits || !n.Any(char.IsDigit)).Select(Plain).Where(n => n.Length > 2))
            {
                if (read.FindIndex(t => t.Plain.Contains(needle, StringComparison.Ordinal)) is >= 0 and var text) return (text, needle.Trim());
            }

            foreach (var name in NamesOf(child).Where(Redactor.IsEveryday))
            {
                if (read.FindIndex(t => t.AsWritten.Contains($" {string.Join(' ', AsWritten(name))} ", StringComparison.Ordinal)) is >= 0 and var text) return (text, name);
            }
        }

        return null;
    }

    private static async Task CheckAsync(
        Stream package, IReadOnlyList<string> header, int rows, Action<IEnumerable<string[]>> checkData, IAsyncEnumerable<ForbiddenValues> forbidden, IReadOnlyCollection<DateOnly> written, CancellationToken cancel)
    {
        await using var zip = await ZipArchive.CreateAsync(package, ZipArchiveMode.Read, leaveOpen: true, null, cancel);
        try
        {
            await CheckPartsAsync(zip, header, rows, checkData, forbidden, written, cancel);
        }
        catch (DecoderFallbackException)
        {
            throw new PackageRefusedException("not-utf-8");
        }
    }

    private static async Task CheckPartsAsync(
        ZipArchive zip, IReadOnlyList<string> header, int rows, Action<IEnumerable<string[]>> checkData, IAsyncEnumerable<ForbiddenValues> forbidden, IReadOnlyCollection<DateOnly> written, CancellationToken cancel)
    {
        Require(zip.Comment.Length == 0, "zip-comment");
        Require(zip.Entries.Select(e => e.FullName).SequenceEqual(["README.txt", "CITATION.cff", "data.csv", "data.parquet", "codebook.csv", "codebook.html", "datapackage.json", "report.json", "report.txt", "manifest.json"]), "zip-names");
        foreach (var entry in zip.Entries) Require(entry.LastWriteTime.DateTime == new DateTime(1980, 1, 1) && entry.Comment.Length == 0, "zip-times");
        var csv = zip.GetEntry("data.csv")!;
        var parts = new Dictionary<string, (long Length, string Sha256)>();
        foreach (var entry in zip.Entries) parts[entry.FullName] = await HashOfAsync(entry, cancel);

        using (var reader = TextOf(csv)) checkData(Parse(reader));
        using (var reader = TextOf(csv)) await CheckParquetAsync(zip.GetEntry("data.parquet")!, parts["data.parquet"].Length, Parse(reader), cancel);
        CheckDescriptor(await SmallAsync(zip.GetEntry("datapackage.json")!, cancel), parts, header);
        // Numbers the package says of itself may be some child's number.
        var own = parts.Values.Select(p => p.Length).Append(rows).Select(n => n.ToString(CultureInfo.InvariantCulture)).ToHashSet();
        await CheckNobodyAsync(zip, forbidden.SelectMany(child => NeedlesOf(child, written)).Where(n => !own.Contains(n)), cancel);
        CheckManifest(await SmallAsync(zip.GetEntry("manifest.json")!, cancel), parts);
    }

    /// <summary>
    /// Nothing that leads to anybody stands in any part. What could stand there is found by its words, in one pass that marks every word in a table of fixed size: of a needle whose
    /// words are not all marked nothing is held. The few others, chance ones among them, are then looked for word by word.
    /// </summary>
    private static async Task CheckNobodyAsync(ZipArchive zip, IAsyncEnumerable<string> needles, CancellationToken cancel)
    {
        var marked = new BitArray(1 << 26);
        foreach (var entry in zip.Entries)
        {
            using var reader = TextOf(entry);
            ForEachWord(reader, word => marked[Mark(word)] = true);
        }

        // By their first word, the words after it; each once, however many were born on one day.
        var suspects = new Dictionary<string, List<string[]>>(StringComparer.Ordinal);
        var known = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var needle in needles.WithCancellation(cancel))
        {
            if (!MayStandThere(Formed(needle)) || !known.Add(Plain(needle))) continue;
            string[] words = [.. Words(needle)];
            if (!suspects.TryGetValue(words[0], out var beginning)) suspects[words[0]] = beginning = [];
            beginning.Add(words[1..]);
        }

        if (suspects.Count == 0) return;
        var begins = suspects.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var entry in zip.Entries)
        {
            using var reader = TextOf(entry);
            // What began before this word and goes on: its words that are still to come.
            var (begun, going) = (new List<ArraySegment<string>>(), new List<ArraySegment<string>>());
            ForEachWord(reader, word =>
            {
                foreach (var rest in begun)
                {
                    if (word.SequenceEqual(rest[0])) Go(rest[1..]);
                }

                if (begins.TryGetValue(word, out var beginning)) beginning.ForEach(rest => Go(rest));
                (begun, going) = (going, begun);
                going.Clear();
            });

            void Go(ArraySegment<string> rest)
            {
                Require(rest.Count > 0, $"somebody-in-{entry.FullName}");
                going.Add(rest);
            }
        }

        // Of nearly every needle the first word already is not.
        bool MayStandThere(ReadOnlySpan<char> needle)
        {
            var hasWords = false;
            foreach (var word in new WordsOf(needle))
            {
                if (!marked[Mark(word)]) return false;
                hasWords = true;
            }

            return hasWords;
        }

        static int Mark(ReadOnlySpan<char> word) => string.GetHashCode(word, StringComparison.Ordinal) & ((1 << 26) - 1);
    }

    private static async Task<(long Length, string Sha256)> HashOfAsync(ZipArchiveEntry entry, CancellationToken cancel)
    {
        await using var stream = await entry.OpenAsync(cancel);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        var length = 0L;
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            length += read;
        }

        return (length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static async Task<byte[]> SmallAsync(ZipArchiveEntry entry, CancellationToken cancel)
    {
        Require(entry.Length <= LargestPart, "part-size");
        await using var stream = await entry.OpenAsync(cancel);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancel);
        return bytes.ToArray();
    }

    /// <summary>Every byte of the one part that is no text is looked at as if it were.</summary>
    private static StreamReader TextOf(ZipArchiveEntry entry) =>
        new(entry.Open(), entry.FullName == "data.parquet" ? Encoding.Latin1 : new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false, bufferSize: 64 * 1024);

    private static List<string[]> Whole(IEnumerable<string[]> read, int rows)
    {
        Require(rows < MostTogether, "row-count");
        var table = read.Take(rows + 2).ToList();
        Require(table.Count == rows + 1, "row-count");
        return table;
    }

    private static void CheckRows(IEnumerable<string[]> table, IReadOnlyList<Variable> variables, int rows, int k, int l, IReadOnlyCollection<HarmfulValue> harmful)
    {
        string[] header = [VariableCatalogue.PersonColumn, .. variables.Select(v => v.Key)];
        var quasi = Enumerable.Range(0, variables.Count).Where(c => variables[c].Role == VariableRole.QuasiIdentifier).ToList();
        var sensitive = Enumerable.Range(0, variables.Count).Where(c => variables[c].Role == VariableRole.Sensitive).ToList();
        var used = variables.Select(_ => new HashSet<string>(StringComparer.Ordinal)).ToList();
        var classes = new Dictionary<string, Alike>(StringComparer.Ordinal);
        var (count, before) = (-1, "");
        // What is wrong with a row is said after what is wrong with all of them.
        string? wrong = null;
        foreach (var row in table)
        {
            if (++count == 0)
            {
                Require(row.SequenceEqual(header), "columns");
                continue;
            }

            if (row.Length != header.Length) wrong ??= "row-width";
            else if (!Code().IsMatch(row[0])) wrong ??= "person-code";
            else if (string.CompareOrdinal(before, row[0]) >= 0) wrong ??= "person-order";
            if (wrong is not null) continue;
            before = row[0];
            for (var c = 0; c < variables.Count; c++) used[c].Add(row[c + 1]);
            var key = string.Join('\u001f', quasi.Select(c => row[c + 1]));
            if (!classes.TryGetValue(key, out var alike)) classes[key] = alike = new Alike(sensitive.Count, harmful.Count);
            alike.Rows++;
            for (var s = 0; s < sensitive.Count; s++) alike.Values[s].Add(row[sensitive[s] + 1]);
            foreach (var (bad, h) in harmful.Select((bad, h) => (bad, h))) alike.Harmful[h] += row[Array.IndexOf(header, bad.Column)] == bad.Value ? 1 : 0;
        }

        Require(count == rows, "row-count");
        if (wrong is not null) throw new PackageRefusedException(wrong);
        // Every cell of a column stands at one and the same level of its register entry, or a class could be told apart by detail.
        for (var c = 0; c < variables.Count; c++) Require(variables[c].Levels.Any(level => used[c].IsSubsetOf(level.Codes.Select(code => code.Value))), "unregistered-value");
        foreach (var alike in classes.Values)
        {
            Require(alike.Rows >= k, "class-size");
            foreach (var values in alike.Values) Require(values.Count >= l, "class-diversity");
            foreach (var (bad, h) in harmful.Select((bad, h) => (bad, h))) Require(alike.Harmful[h] <= Math.Max(2, alike.Rows * Math.Min(0.5, bad.Rate * 5)) + 1e-9, "class-harm");
        }
    }

    /// <summary>The rows that look alike.</summary>
    private sealed class Alike(int sensitive, int harmful)
    {
        public int Rows { get; set; }

        public HashSet<string>[] Values { get; } = [.. Enumerable.Range(0, sensitive).Select(_ => new HashSet<string>(StringComparer.Ordinal))];

        public int[] Harmful { get; } = new int[harmful];
    }

    private static void CheckCounts(List<string[]> table, string[] header, IReadOnlyList<Variable> variables, int rows, int threshold)
    {
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
    private static async Task CheckParquetAsync(ZipArchiveEntry entry, long length, IEnumerable<string[]> table, CancellationToken cancel)
    {
        using var rows = table.GetEnumerator();
        Require(rows.MoveNext(), "columns");
        await using var stream = new Rereadable(entry, length);
        await using var reader = await ParquetReader.CreateAsync(stream, cancellationToken: cancel);
        var fields = reader.Schema.DataFields;
        Require(reader.CustomMetadata.Count == 0, "parquet-shape");
        Require(fields.Select(f => f.Name).SequenceEqual(rows.Current), "parquet-columns");
        for (var g = 0; g < reader.RowGroupCount; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            Require(group.RowCount is > 0 and <= LargestGroup, "parquet-shape");
            var same = new List<string[]>((int)group.RowCount);
            while (same.Count < group.RowCount && rows.MoveNext()) same.Add(rows.Current);
            Require(same.Count == group.RowCount, "parquet-rows");
            for (var c = 0; c < fields.Length; c++)
            {
                var column = new string?[same.Count];
                await group.ReadAsync(fields[c], column.AsMemory(), cancellationToken: cancel);
                Require(column.SequenceEqual(same.Select(r => r[c])), "parquet-values");
            }
        }

        Require(!rows.MoveNext(), "parquet-rows");
    }

    private static void CheckManifest(byte[] bytes, Dictionary<string, (long Length, string Sha256)> parts)
    {
        using var manifest = JsonDocument.Parse(bytes);
        var files = manifest.RootElement.GetProperty("files").EnumerateArray().ToDictionary(f => f.GetProperty("path").GetString()!, f => f.GetProperty("sha256").GetString());
        Require(files.Keys.Append("manifest.json").Order(StringComparer.Ordinal).SequenceEqual(parts.Keys.Order(StringComparer.Ordinal)), "manifest-files");
        foreach (var (path, hash) in files) Require(hash == parts[path].Sha256, "manifest-hash");
    }

    private static void CheckDescriptor(byte[] bytes, Dictionary<string, (long Length, string Sha256)> parts, IReadOnlyList<string> header)
    {
        using var descriptor = JsonDocument.Parse(bytes);
        foreach (var resource in descriptor.RootElement.GetProperty("resources").EnumerateArray())
        {
            var part = parts[resource.GetProperty("path").GetString()!];
            Require(resource.GetProperty("bytes").GetInt64() == part.Length, "descriptor-bytes");
            Require(resource.GetProperty("hash").GetString() == "sha256:" + part.Sha256, "descriptor-hash");
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
        // What anybody could say leads to nobody, and would stop every file of words.
        foreach (var name in NamesOf(child).Where(n => !Redactor.IsEveryday(n))) yield return name;
        if (child.Ward is { Length: > 0 } ward && !Redactor.IsEveryday(ward)) yield return ward;
        if (child.BornOn is not { } born || written.Contains(born)) yield break;
        foreach (var format in new[] { "yyyy-MM-dd", "yyyyMMdd", "dd/MM/yyyy", "d MMMM yyyy" }) yield return born.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>A first or a family name alone may be a word: Rose, White. Together they are somebody, unless they only say what somebody is to the child.</summary>
    private static IEnumerable<string> NamesOf(ForbiddenValues child)
    {
        string[] own = child.FamilyName is { Length: > 0 } family ? [.. new[] { child.GivenName, child.KnownAs }.Where(n => n is { Length: > 0 }).Select(n => $"{n} {family}")] : [];
        return own.Concat(child.People.Where(p => p.Contains(' ', StringComparison.Ordinal) && !Redactor.NamesNobody(p)));
    }

    /// <summary>Lower case, words and numbers parted by one space, with a space at either end: whole words are then found by a plain search.</summary>
    private static string Plain(string text) => $" {string.Join(' ', Words(text))} ";

    private static List<string> Words(string text) => AsWritten(text.ToLowerInvariant());

    /// <summary>Small letters, and one form of what can be written in several.</summary>
    private static string Formed(string text) => WrittenText.InForm(text.ToLowerInvariant(), NormalizationForm.FormKC);

    private static List<string> AsWritten(string text)
    {
        var words = new List<string>();
        foreach (var word in new WordsOf(WrittenText.InForm(text, NormalizationForm.FormKC))) words.Add(word.ToString());
        return words;
    }

    /// <summary>Takes the words of a text of any length, as <see cref="Plain"/> would have them, and makes no string of any: a file of a million rows has some twenty million.</summary>
    private static void ForEachWord(TextReader reader, Action<ReadOnlySpan<char>> take)
    {
        var buffer = new char[64 * 1024];
        var filled = 0;
        while (true)
        {
            var read = reader.ReadBlock(buffer, filled, buffer.Length - filled);
            var isEnd = read < buffer.Length - filled;
            filled += read;
            // It is parted where nothing reaches across: before a plain sign that ends a word, after another plain character.
            var cut = filled;
            if (!isEnd)
            {
                for (cut--; cut > 0 && !(char.IsAscii(buffer[cut]) && !char.IsAsciiLetterOrDigit(buffer[cut]) && char.IsAscii(buffer[cut - 1])); cut--)
                {
                }

                Require(cut > 0, "endless-word");
            }

            var text = buffer.AsSpan(0, cut);
            // Plain characters have one form.
            var isPlain = Ascii.IsValid(text);
            if (isPlain) Ascii.ToLowerInPlace(text, out _);
            foreach (var word in new WordsOf(isPlain ? text : Formed(new string(text)))) take(word);
            if (isEnd) return;
            buffer.AsSpan(cut, filled - cut).CopyTo(buffer);
            filled -= cut;
        }
    }

    /// <summary>The words of a text one after the other: letters and numbers that nothing parts.</summary>
    private ref struct WordsOf(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> left = text;

        public ReadOnlySpan<char> Current { get; private set; }

        public readonly WordsOf GetEnumerator() => this;

        public bool MoveNext()
        {
            var from = 0;
            while (from < left.Length && !IsPart(left[from])) from++;
            var to = from;
            while (to < left.Length && IsPart(left[to])) to++;
            Current = left[from..to];
            left = left[to..];
            return to > from;
        }

        private static bool IsPart(char c) => char.IsLetter(c) || char.IsNumber(c);
    }

    /// <summary>A reader of RFC 4180 of its own.</summary>
    private static IEnumerable<string[]> Parse(TextReader text)
    {
        var row = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        int next;
        while ((next = text.Read()) >= 0)
        {
            var c = (char)next;
            if (quoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (text.Peek() == '"')
                {
                    field.Append((char)text.Read());
                }
                else
                {
                    quoted = false;
                }
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
                yield return [.. row];
                row.Clear();
            }
            else if (c != '\r')
            {
                field.Append(c);
                Require(field.Length <= LargestPart, "field-size");
            }
        }

        Require(!quoted && row.Count == 0 && field.Length == 0, "csv-end");
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

    /// <summary>A part of the package that can be read from any place, as Parquet is: from the beginning again for whatever lies before the place it is at.</summary>
    private sealed class Rereadable(ZipArchiveEntry entry, long length) : Stream
    {
        private Stream? from;
        private long at;

        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (from is null || Position < at)
            {
                from?.Dispose();
                (from, at) = (entry.Open(), 0);
            }

            var skipped = new byte[Math.Min(Position - at, 64 * 1024)];
            while (at < Position)
            {
                var passed = from.Read(skipped, 0, (int)Math.Min(skipped.Length, Position - at));
                if (passed == 0) return 0;
                at += passed;
            }

            var read = from.Read(buffer, offset, count);
            Position = at += read;
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => Position + offset, _ => length + offset };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            from?.Dispose();
            base.Dispose(disposing);
        }
    }
}
