using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Shared;
using Parquet;
using Parquet.Schema;

namespace ChildrensInfo.Core.Research;

/// <param name="Code">Made for this extract alone.</param>
/// <param name="Values">One for each column, at the detail of the file.</param>
public sealed record ExtractRow(string Code, IReadOnlyList<string> Values);

/// <summary>A column of the file: the variable, and how coarse it has become.</summary>
public sealed record ExtractColumn(Variable Variable, int LevelUsed)
{
    public VariableLevel Level => Variable.Levels[LevelUsed];

    /// <summary>Whether nothing of the variable is left.</summary>
    public bool IsGone => Level.Codes is [{ Value: VariableCatalogue.Everything }];
}

/// <summary>A column that is not in the register, because it was made for the file.</summary>
/// <param name="Type">Of a Frictionless field.</param>
public sealed record OwnColumn(string Key, string Title, string Definition, string Detail, string Type = "string")
{
    public object? Constraints { get; init; }

    /// <summary>What can stand in it, when that is a short list.</summary>
    public IReadOnlyList<VariableCode> Codes { get; init; } = [];
}

/// <summary>What the data of a file is: its rows, and the columns it has besides those of the register.</summary>
/// <param name="About">In one line.</param>
/// <param name="Before">The columns to the left of the register's.</param>
/// <param name="After">The columns to the right.</param>
/// <param name="More">What every column of the register can hold besides its own codes.</param>
/// <param name="Reading">What whoever reads it must know.</param>
/// <param name="Rows">In the order of the file. They are gone through twice, once for each form of it.</param>
public sealed record ExtractData(string About, IReadOnlyList<OwnColumn> Before, IReadOnlyList<OwnColumn> After, IReadOnlyList<VariableCode> More, IReadOnlyList<string> Reading, IEnumerable<string[]> Rows)
{
    /// <param name="rows">In the order of their codes.</param>
    public static ExtractData OfChildren(IEnumerable<ExtractRow> rows) => new(
        "one row for each child",
        [
            new OwnColumn(VariableCatalogue.PersonColumn, "Person code", "Tells rows apart within this file. It is random, was made for this file only, and leads to nobody: two extracts share no codes.", "One for each child")
            {
                Constraints = new { required = true, unique = true, pattern = PersonCodes.Pattern },
            },
        ],
        [], [],
        [
            "Load every column as text. A * means that the value is not given anywhere in the file; it is a value of its own and matches nothing.",
            "A child is in the file only while a permission for this research was valid. Families decide again; ask for a new extract rather than keep an old one.",
        ],
        rows.Select(r => (string[])[r.Code, .. r.Values]));

    public static ExtractData OfTable(ExtractTable table, IReadOnlyList<string[]> rows) => new(
        "one row for each figure, totals too", [],
        [
            new OwnColumn(ExtractTable.Count, "Children", "How many children, each counted once, rounded to the nearest 5. Empty where the number is not shown.", "Rounded", "integer"),
            Flag(ExtractTable.CountFlag, "Whether the number of children is shown", [Hidden]),
            .. table.Measure is null ? Array.Empty<OwnColumn>() :
            [
                new OwnColumn(ExtractTable.Mean, table.Measure.Title, "Of the children of the row, with one decimal. Empty where it is not shown.", "Rounded", "number"),
                Flag(ExtractTable.MeanFlag, "Whether the mean is shown", [Hidden, new VariableCode(ExtractTable.NotApplicable, "There is no child to take a mean of")]),
            ],
        ],
        [new VariableCode(VariableCatalogue.AllTogether, "Children of every code together")],
        [
            "A row that has the code “all” in a column is a total over that column. " + ReportTable.Note,
            "A c in a flag means that there is a number which is not shown: it is not a nought, and may be small or large.",
            "Only children whose permission for this research was valid are counted. Families decide again; ask for a new table rather than keep an old one.",
        ],
        rows);

    /// <summary>Pieces in the order of their codes, which are made for this file and lead nowhere.</summary>
    public static ExtractData OfWords(IEnumerable<ExtractRow> pieces) => new(
        "one row for each piece of what a child said",
        [
            new OwnColumn(VariableCatalogue.PieceColumn, "Piece", "Tells pieces apart within this file. It is random, and two pieces of one child have nothing in common.", "One for each piece")
            {
                Constraints = new { required = true, unique = true, pattern = PersonCodes.Pattern },
            },
        ],
        [new OwnColumn(VariableCatalogue.WordsColumn, "Words", "What the child said, in their own words, with what shows who said it taken out. Where an apostrophe stands before a first =, +, - or @ it is ours.", "Read by a person")],
        [],
        [
            ReportWords.Note,
            "A child’s permission to be studied and to be read was valid when the file was made. Families decide again; ask for a new extract rather than keep an old one.",
        ],
        [.. pieces.OrderBy(r => r.Code, StringComparer.Ordinal).Select(r => (string[])[r.Code, .. r.Values])]);

    private static readonly VariableCode Hidden = new(ExtractTable.Hidden, "Not shown, because it is small or a small one could be worked out from it");

    private static OwnColumn Flag(string key, string title, IReadOnlyList<VariableCode> codes) => new(key, title, "Says why the column before it is empty.", "Codes") { Codes = codes };

    public IReadOnlyList<string> HeaderOf(IReadOnlyList<ExtractColumn> columns) => [.. Before.Select(c => c.Key), .. columns.Select(c => c.Variable.Key), .. After.Select(c => c.Key)];
}

/// <summary>One of the two yeses to the project: whose, by id and role, and what it asks to be kept to.</summary>
public sealed record ProjectApproval(Guid ById, Role Role, DateTime At, string? Conditions);

/// <summary>Where the file comes from: ids, so that it can be traced inside the council, and nobody's name.</summary>
public sealed record ExtractProvenance(
    Guid ExtractId, Guid ProjectId, IReadOnlyList<ProjectApproval> Approvals, Guid? ExtractApprovedBy, DateTime? ExtractApprovedAt, string Council, string Title, string Question, string Purpose, DateOnly ExpiresOn, DateOnly DestroyOn, AnalysisPlace Place);

/// <summary>
/// The one file a researcher takes away: a zip of the rows, what each column means, and what was left out. The same rows make the same bytes.
/// </summary>
public static class ExtractPackage
{
    public const string ContentType = "application/zip";

    public const string Citation = "CITATION.cff";
    public const string Data = "data.csv";
    public const string Parquet = "data.parquet";
    public const string Codebook = "codebook.csv";
    public const string CodebookPage = "codebook.html";
    public const string Descriptor = "datapackage.json";
    public const string ReadMe = "README.txt";
    public const string ReportJson = "report.json";
    public const string ReportText = "report.txt";
    public const string Manifest = "manifest.json";

    public static readonly IReadOnlyList<string> Names = [ReadMe, Citation, Data, Parquet, Codebook, CodebookPage, Descriptor, ReportJson, ReportText, Manifest];

    /// <summary>The earliest a zip can say: when a file was put in says nothing that should leave.</summary>
    public static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>So many rows of the Parquet file stand together, and in memory.</summary>
    public const int RowsInGroup = 20_000;

    private const string Unknown = "not_known";

    private const string Licence = "No licence comes with it: it may be used for the named project only, as approved, and is passed on to nobody.";

    private static readonly JsonSerializerOptions Json = new(ExtractReport.Json) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>A name that says nothing of anybody.</summary>
    public static string FileName(Guid extractId) => $"extract-{extractId.ToString("N")[^8..]}.zip";

    /// <summary>Writes the package as it is made: of the rows, no more than a group of them is in memory.</summary>
    public static async Task WriteAsync(Stream into, IReadOnlyList<ExtractColumn> columns, ExtractData holds, ExtractReport report, ExtractProvenance from, CancellationToken cancel)
    {
        string[] header = [.. holds.HeaderOf(columns)];
        var parts = new Dictionary<string, Written>();
        await using var zip = await ZipArchive.CreateAsync(into, ZipArchiveMode.Create, leaveOpen: true, null, cancel);
        await PutAsync(ReadMe, Bytes(Encoding.UTF8.GetBytes(ReadMeOf(columns, holds, report, from))));
        await PutAsync(Citation, Bytes(Encoding.UTF8.GetBytes(CitationOf(report, from))));
        await PutAsync(Data, stream => WriteCsvAsync(stream, columns, holds, cancel));
        await PutAsync(Parquet, stream => ParquetAsync(stream, header, holds.Rows, cancel));
        await PutAsync(Codebook, Bytes(CodebookOf(columns, holds)));
        await PutAsync(CodebookPage, Bytes(Encoding.UTF8.GetBytes(CodebookPageOf(columns, holds, report, from))));
        await PutAsync(Descriptor, Bytes(JsonSerializer.SerializeToUtf8Bytes(DescriptorOf(columns, holds, parts, report, from), Json)));
        await PutAsync(ReportJson, Bytes(Encoding.UTF8.GetBytes(report.ToJson())));
        await PutAsync(ReportText, Bytes(Encoding.UTF8.GetBytes(report.ToText())));
        await PutAsync(Manifest, Bytes(JsonSerializer.SerializeToUtf8Bytes(ManifestOf(columns, parts, report, from), Json)));

        Func<Stream, Task> Bytes(byte[] bytes) => stream => stream.WriteAsync(bytes, cancel).AsTask();

        async Task PutAsync(string name, Func<Stream, Task> write)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
            entry.LastWriteTime = NoTime;
            await using var stream = await entry.OpenAsync(cancel);
            await using var counted = new CountedStream(stream);
            await write(counted);
            parts[name] = counted.Finish();
        }
    }

    private static byte[] Csv(IEnumerable<string> header, IEnumerable<IEnumerable<string>> rows) =>
        Encoding.UTF8.GetBytes(string.Concat(rows.Prepend(header).Select(row => SafeCsv.Line(row))));

    /// <summary>The rows as they stand in <see cref="Data"/>.</summary>
    public static async Task WriteCsvAsync(Stream into, IReadOnlyList<ExtractColumn> columns, ExtractData holds, CancellationToken cancel)
    {
        await using var writer = new StreamWriter(into, new UTF8Encoding(false), bufferSize: 64 * 1024, leaveOpen: true);
        foreach (var row in holds.Rows.Prepend([.. holds.HeaderOf(columns)])) await writer.WriteAsync(SafeCsv.Line(row).AsMemory(), cancel);
    }

    /// <summary>The same table for programs. Uncompressed: the zip compresses, and the last look at it can read every byte.</summary>
    private static async Task ParquetAsync(Stream into, string[] header, IEnumerable<string[]> table, CancellationToken cancel)
    {
        var schema = new ParquetSchema(header.Select(name => new DataField(name, typeof(string), isNullable: false)));
        await using var writer = await ParquetWriter.CreateAsync(schema, into, new ParquetOptions { CompressionMethod = CompressionMethod.None }, cancellationToken: cancel);
        foreach (var rows in table.Chunk(RowsInGroup))
        {
            using var group = writer.CreateRowGroup();
            for (var c = 0; c < header.Length; c++) await group.WriteAsync(schema.DataFields[c], (IReadOnlyCollection<string>)Array.ConvertAll(rows, row => row[c]));
        }
    }

    private static byte[] CodebookOf(IReadOnlyList<ExtractColumn> columns, ExtractData holds)
    {
        static IEnumerable<IEnumerable<string>> Own(IReadOnlyList<OwnColumn> own) => own.SelectMany(c =>
            (c.Codes.Count == 0 ? [new VariableCode("", "")] : c.Codes).Select(code => (IEnumerable<string>)[c.Key, c.Title, c.Definition, "Made for this extract", c.Detail, code.Value, code.Label]));
        return Csv(
            ["column", "title", "definition", "source", "detail", "code", "label"],
            [
                .. Own(holds.Before),
                .. columns.SelectMany(c => c.Level.Codes.Concat(holds.More).Select(code => (IEnumerable<string>)[c.Variable.Key, c.Variable.Title, c.Variable.Definition, c.Variable.Source, c.Level.Title, code.Value, code.Label])),
                .. Own(holds.After),
            ]);
    }

    /// <summary>The codebook for people: a page that needs nothing but itself.</summary>
    private static string CodebookPageOf(IReadOnlyList<ExtractColumn> columns, ExtractData holds, ExtractReport report, ExtractProvenance from)
    {
        static string Text(string text) => WebUtility.HtmlEncode(text);
        var page = new StringBuilder($"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Codebook: {Text(from.Title)}</title></head>
            <body>
            <h1>Codebook</h1>
            <p>{Text(from.Title)}, {Text(from.Council)}</p>
            <p>{Text(ParametersOf(report))} {Text(Licence)} Whom to ask: the data lead of {Text(from.Council)}.</p>

            """);
        foreach (var own in holds.Before) Own(own);
        foreach (var column in columns)
        {
            page.Append(CultureInfo.InvariantCulture, $"""
                <h2>{Text(column.Variable.Key)}: {Text(column.Variable.Title)}</h2>
                <p>{Text(column.Variable.Definition)} From: {Text(column.Variable.Source)}.</p>
                <table><caption>Codes, at the detail of this file: {Text(column.Level.Title)}</caption>
                <tr><th scope="col">Code</th><th scope="col">Means</th></tr>

                """);
            foreach (var code in column.Level.Codes.Concat(holds.More)) page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(code.Value)}</td><td>{Text(code.Label)}</td></tr>\n");
            page.Append("</table>\n");
        }

        foreach (var own in holds.After) Own(own);

        void Own(OwnColumn own)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(own.Key)}: {Text(own.Title)}</h2>\n<p>{Text(own.Definition)}</p>\n");
            foreach (var code in own.Codes) page.Append(CultureInfo.InvariantCulture, $"<p>{Text(code.Value)}: {Text(code.Label)}.</p>\n");
        }

        return page.Append("</body>\n</html>\n").Replace("\r\n", "\n").ToString();
    }

    /// <summary>What the package rests on, and the SHA-256 of everything else in it.</summary>
    private static object ManifestOf(IReadOnlyList<ExtractColumn> columns, Dictionary<string, Written> parts, ExtractReport report, ExtractProvenance from) => new
    {
        extract = from.ExtractId,
        project = new { id = from.ProjectId, from.Title, from.Council, place = report.Place.ToString(), from.ExpiresOn, from.DestroyOn },
        approvals = from.Approvals.Select(a => new { of = "project", by = a.ById, role = a.Role.ToString(), on = Iso(ConsentRules.LocalDay(a.At)), a.Conditions })
            .Append(new { of = "extract", by = from.ExtractApprovedBy ?? Guid.Empty, role = nameof(Role.DataLead), on = Iso(from.ExtractApprovedAt is { } at ? ConsentRules.LocalDay(at) : report.MadeOn), Conditions = (string?)null }),
        permission = new { purpose = report.Words is null ? "Research without knowing who it is" : "Research without knowing who it is, and reading what was said", validAt = "the moment of release", children = report.Table is { } table ? table.Children : report.Words is { } words ? words.Children : (object)report.Rows, notIncluded = report.NotIncluded },
        population = new { of = report.Population, period = report.Period, report.From, to = report.ValuesOn },
        report.ValuesOn,
        report.Software,
        report.Snapshot,
        parametersSha256 = ParametersSha256Of(columns, report),
        files = parts.Select(p => new { path = p.Key, bytes = p.Value.Length, sha256 = p.Value.Sha256 }),
    };

    private static object DescriptorOf(IReadOnlyList<ExtractColumn> columns, ExtractData holds, Dictionary<string, Written> parts, ExtractReport report, ExtractProvenance from) => new Dictionary<string, object>
    {
        ["$schema"] = "https://datapackage.org/profiles/2.0/datapackage.json",
        ["name"] = FileName(from.ExtractId)[..^4],
        ["id"] = from.ExtractId,
        ["title"] = from.Title,
        ["description"] = report.Tier,
        ["created"] = Iso(report.MadeOn) + "T00:00:00Z",
        ["licenses"] = new[] { new { name = "other-closed", title = Licence } },
        ["contributors"] = new[] { new { title = from.Council, roles = new[] { "publisher" } } },
        ["provenance"] = new
        {
            from.ProjectId,
            projectApprovedBy = from.Approvals.Select(a => a.ById),
            from.ExtractApprovedBy,
            permission = "Each child's permission for research was valid when the file was released",
            report.Software,
            report.Snapshot,
            parametersSha256 = ParametersSha256Of(columns, report),
            parameters = report.Table is { } table ? (object)new { table.Threshold, table.RoundedTo, report.From, to = report.ValuesOn } : report.Words is not null ? new { smallestChildren = report.K, mostOfOne = ResearchLimits.MostWordsOfOne, report.From, to = report.ValuesOn } : new { report.K, report.L, report.Limit, report.From, to = report.ValuesOn },
        },
        ["resources"] = new object[]
        {
            Resource("data", Data, parts, char.ToUpperInvariant(holds.About[0]) + holds.About[1..] + ".", SchemaOf(columns, holds, typed: true)),
            Resource("data-parquet", Parquet, parts, "The same rows as data.csv.", SchemaOf(columns, holds, typed: false)),
            Resource("codebook", Codebook, parts, "What every code in the data means.", new Dictionary<string, object>
            {
                ["$schema"] = "https://datapackage.org/profiles/2.0/tableschema.json",
                ["fields"] = new[]
                {
                    new { name = "column", type = "string", description = "The column of data.csv" }, new { name = "title", type = "string", description = "What it is called" },
                    new { name = "definition", type = "string", description = "What it means" }, new { name = "source", type = "string", description = "Where the council has it from" },
                    new { name = "detail", type = "string", description = "How coarse it is in this file" }, new { name = "code", type = "string", description = "A code that can stand in the column" },
                    new { name = "label", type = "string", description = "What the code means" },
                },
                ["missingValues"] = new[] { "" },
            }),
        },
    };

    /// <param name="typed">Whether the file says of a column that it holds numbers; the other form of the data is text throughout.</param>
    private static Dictionary<string, object> SchemaOf(IReadOnlyList<ExtractColumn> columns, ExtractData holds, bool typed)
    {
        object Own(OwnColumn own) => new { name = own.Key, type = typed ? own.Type : "string", title = own.Title, description = own.Definition, constraints = own.Constraints, categories = own.Codes.Count > 0 ? own.Codes : null };
        return new()
        {
            ["$schema"] = "https://datapackage.org/profiles/2.0/tableschema.json",
            ["fields"] = (object[])[.. holds.Before.Select(Own), .. columns.Select(c => Field(c, holds.More)), .. holds.After.Select(Own)],
            ["primaryKey"] = holds.Before.Count > 0 ? holds.Before.Select(c => c.Key) : columns.Select(c => c.Variable.Key),
            ["missingValues"] = holds.After.Count > 0
                ? new[] { new VariableCode("", "Not shown, or none"), new VariableCode(Unknown, "Not known") }
                : [new VariableCode(VariableCatalogue.Everything, "Not given, so that nobody stands out"), new VariableCode(Unknown, "Not known")],
        };
    }

    private static Dictionary<string, object> Resource(string name, string path, Dictionary<string, Written> parts, string description, object schema) => new()
    {
        ["name"] = name,
        ["type"] = "table",
        ["path"] = path,
        ["description"] = description,
        ["format"] = path == Parquet ? "parquet" : "csv",
        ["mediatype"] = path == Parquet ? "application/vnd.apache.parquet" : "text/csv",
        ["encoding"] = "utf-8",
        ["bytes"] = parts[path].Length,
        ["hash"] = "sha256:" + parts[path].Sha256,
        ["schema"] = schema,
    };

    private static object Field(ExtractColumn column, IReadOnlyList<VariableCode> more) => new
    {
        name = column.Variable.Key,
        type = "string",
        title = column.Variable.Title,
        description = column.Variable.Definition,
        column.Variable.Source,
        detail = column.Level.Title,
        categories = column.Level.Codes.Concat(more).Where(c => c.Value is not (VariableCatalogue.Everything or Unknown)).ToList() is { Count: > 0 } codes ? codes : null,
    };

    private static string ReadMeOf(IReadOnlyList<ExtractColumn> columns, ExtractData holds, ExtractReport report, ExtractProvenance from)
    {
        string[] lines =
        [
            from.Title,
            "",
            report.Tier,
            "",
            $"Council: {from.Council}",
            $"Question: {from.Question}",
            $"This extract is for: {from.Purpose}",
            $"May be used until: {Iso(from.ExpiresOn)}. Every copy is destroyed by: {Iso(from.DestroyOn)}. Say so on the extract's page.",
            .. from.Approvals.Where(a => a.Conditions is not null).Select(a => $"On condition that: {a.Conditions}"),
            "",
            "IN THIS FILE",
            $"{Citation}: how to cite it, for programs (Citation File Format).",
            $"{Data}: {holds.About}, {holds.HeaderOf(columns).Count} columns (UTF-8, commas, RFC 4180).",
            $"{Parquet}: the same rows for programs (Apache Parquet).",
            $"{CodebookPage} and {Codebook}: what every code means.",
            $"{Descriptor}: the same for programs (Frictionless Data Package 2.0), with the SHA-256 of each table.",
            $"{ReportText} and {ReportJson}: what was made coarser, what was left out, and why.",
            $"{Manifest}: the project, who agreed, permissions, and the SHA-256 of each file.",
            "",
            "HOW IT WAS MADE",
            $"Of whom: {report.Population}. The period: {report.Period}, from {Iso(report.From)}.",
            .. report.ValuesOn is { } day ? [$"{(report.Words is null ? "Everything in it is said of each child as it was" : "Age bands are as they were")} on {Iso(day)}."] : Array.Empty<string>(),
            ParametersOf(report),
            "",
            "READING IT",
            .. holds.Reading,
            "",
            "RULES",
            Licence,
            "Use it for this question only. Do not try to find anybody, and do not join it to other data about people.",
            "Publish no count of fewer than 10 children.",
            "If you think that you recognise somebody, stop and tell the council's data lead.",
            $"Whom to ask: the data lead of {from.Council}, who approved it. Their name is on the extract's page and not in a file that leaves.",
            "",
            "CITE AS",
            $"{from.Council} ({report.MadeOn.Year.ToString(CultureInfo.InvariantCulture)}). {from.Title}. Research extract {FileName(from.ExtractId)[8..^4]}.",
        ];
        return string.Join("\r\n", lines) + "\r\n";
    }

    /// <summary>A text in quotes of JSON is one of YAML too, whatever people typed in it.</summary>
    private static string CitationOf(ExtractReport report, ExtractProvenance from) => string.Join('\n',
    [
        "cff-version: 1.2.0",
        "message: Cite this extract as below.",
        "type: dataset",
        $"title: {JsonSerializer.Serialize(from.Title)}",
        "authors:",
        $"  - name: {JsonSerializer.Serialize(from.Council)}",
        $"date-released: \"{Iso(report.MadeOn)}\"",
        $"version: \"Research extract {FileName(from.ExtractId)[8..^4]}\"",
        "",
    ]);

    /// <summary>
    /// By which two files that were made alike are known: the SHA-256 of what was asked of them, one to a line and in this order. Nothing goes into it but what stands in the package, so that anybody can
    /// work it out.
    /// </summary>
    private static string ParametersSha256Of(IReadOnlyList<ExtractColumn> columns, ExtractReport report) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n',
    [
        report.Tier, report.Population ?? "", report.Period ?? "", Iso(report.From), report.ValuesOn is { } day ? Iso(day) : "", ParametersOf(report), report.Table?.Only ?? "", report.Table?.Mean ?? "",
        .. columns.Select(c => $"{c.Variable.Key} {c.LevelUsed.ToString(CultureInfo.InvariantCulture)}"), report.Software,
    ]))));

    private static string ParametersOf(ExtractReport report) => report switch
    {
        { Table: { } table } => $"Numbers of children under {table.Threshold} are hidden, and what is shown is rounded to the nearest {table.RoundedTo}.",
        { Words: not null } => $"The words are of at least {report.K} children, {ResearchLimits.MostWordsOfOne} pieces of each at the most.",
        _ => string.Create(CultureInfo.InvariantCulture, $"At least {report.K} rows are alike{(report.L is { } values ? $", with {values} different values of each sensitive column" : "")}, and at most {report.Limit * 100:0.#}% of the rows may be left out to get there."),
    };

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record Written(long Length, string Sha256);

    /// <summary>Passes on what is written into it, and knows how much it was and its SHA-256.</summary>
    private sealed class CountedStream(Stream into) : Stream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long length;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => length;
        public override long Position { get => length; set => throw new NotSupportedException(); }

        public Written Finish() => new(length, Convert.ToHexStringLower(hash.GetHashAndReset()));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            hash.AppendData(buffer.Span);
            length += buffer.Length;
            return into.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count)
        {
            hash.AppendData(buffer, offset, count);
            length += count;
            into.Write(buffer, offset, count);
        }

        public override void Flush() => into.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => into.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
