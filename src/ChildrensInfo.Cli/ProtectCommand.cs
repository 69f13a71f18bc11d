using System.Text.Encodings.Web;
using System.Text.Json;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Cli;

/// <summary>Makes a table of counts fit to publish: a file in, a file out, no database.</summary>
public static class ProtectCommand
{
    public const string Usage = """
        protect TABLE.json --k 6 --out OUT.json
            Hides counts of children below k (6 at least), and what would give them away.
            TABLE.json: {"rows": ["…"], "cols": ["…"], "counts": [[12, 3]]}
            OUT.json:   the same with "c" for what is hidden, rowTotals, colTotals, total, flags for groups that are
                        all in one category, and publication: table, totalOnly or nothing.
        """;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static int Run(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--k", "--out"]);
        var k = arguments.Whole("--k") ?? SmallNumbers.LowestThreshold + 1;
        if (k <= SmallNumbers.LowestThreshold) throw arguments.Bad($"--k is at least {SmallNumbers.LowestThreshold + 1}.");
        var output = arguments.Required("--out");
        var input = arguments.TheOneFile();
        arguments.RequireApart([input], output);
        var table = Read(input);
        var safe = TableProtection.Protect(table, new SmallNumbers(k - 1));
        FinishedFile.Write(output, stream => JsonSerializer.Serialize(
            stream,
            new
            {
                rows = safe.Rows,
                cols = safe.Columns,
                counts = safe.Cells,
                rowTotals = safe.RowTotals,
                colTotals = safe.ColumnTotals,
                total = safe.Total,
                flags = safe.GroupDisclosures.Select(g => new
                {
                    kind = "group-disclosure",
                    axis = g.IsRow ? "row" : "col",
                    label = g.Group,
                    category = g.Category,
                }),
                publication = JsonNamingPolicy.CamelCase.ConvertName(safe.Publication.ToString()),
            },
            Json));
        return 0;
    }

    private static CountTable Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var json = JsonDocument.Parse(stream);
            var root = json.RootElement;
            var rows = Labels(root, "rows");
            var columns = Labels(root, "cols");
            if (!root.TryGetProperty("counts", out var lines) || lines.ValueKind != JsonValueKind.Array || lines.GetArrayLength() != rows.Count)
                throw new BadInputException("“counts” is a list with one list for each row.");
            var counts = new long[rows.Count, columns.Count];
            var r = 0;
            foreach (var line in lines.EnumerateArray())
            {
                if (line.ValueKind != JsonValueKind.Array || line.GetArrayLength() != columns.Count)
                    throw new BadInputException($"Row {r + 1} of “counts” is not a list of {columns.Count} numbers.");
                var c = 0;
                foreach (var cell in line.EnumerateArray())
                {
                    if (cell.ValueKind != JsonValueKind.Number || !cell.TryGetInt64(out counts[r, c]) || counts[r, c] < 0)
                        throw new BadInputException($"Row {r + 1}, column {c + 1} of “counts” is not a whole number of at least 0.");
                    c++;
                }

                r++;
            }

            return new CountTable(rows, columns, counts);
        }
        catch (JsonException bad)
        {
            throw new BadInputException($"{path} is not JSON (line {bad.LineNumber + 1}).");
        }
        catch (InvalidOperationException)
        {
            throw new BadInputException($"{path} holds a text that is not UTF-8, or half of a character.");
        }
        catch (ArgumentException)
        {
            throw new BadInputException("“counts” holds a number too large to be a count of children.");
        }
    }

    private static List<string> Labels(JsonElement root, string name)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array
            || list.EnumerateArray().Any(l => l.ValueKind != JsonValueKind.String))
            throw new BadInputException($"“{name}” is a list of texts.");
        return list.EnumerateArray().Select(l => l.GetString()!).ToList();
    }
}
