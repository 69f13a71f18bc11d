using System.Text.Json;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Research;

namespace ChildrensInfo.Cli;

/// <summary>Looks through a table of results before anybody takes it out of a safe setting: a file in, findings out, no database.</summary>
public static class CheckCommand
{
    public const string Usage = """
        check RESULTS.csv|RESULTS.xlsx [--delimiter ','] [--k 10] --out FINDINGS.json
            Says of each cell of a table of results what could give a child away: counts below k (10 at least), hidden
            counts that their total gives away, groups that are all in one place, sums that one or two make up,
            numbers of too few or nobody knows how many, saturated models, formulas, rows of single children.
            A column is known by its name: n, count, children, number, frequency or observations; sum; largest;
            second_largest; parameters; percent or %. A row of totals has the label Total.
            Of an Excel workbook, which has one sheet with one table, cells that a formula worked out and rows and
            columns that were hidden are said too, as on the page where results are sent.
            FINDINGS.json: [{"row": 1, "column": "n", "risk": "smallCount"}], rows counted from 1 below the headings.
            It never says that a table is safe: a person decides.
        """;

    private const int MostRows = 100_000;

    public static int Run(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--k", "--out", "--delimiter"]);
        var k = arguments.Whole("--k") ?? SmallNumbers.Research.Threshold + 1;
        if (k <= SmallNumbers.Research.Threshold) throw arguments.Bad($"--k is at least {SmallNumbers.Research.Threshold + 1}.");
        var delimiter = arguments.Optional("--delimiter") ?? ",";
        if (delimiter is not [not ('"' or '\r' or '\n')]) throw arguments.Bad("--delimiter is one character.");
        var output = arguments.Required("--out");
        var input = arguments.TheOneFile();
        arguments.RequireApart([input], output);
        var (table, marks, hiddenSheets) = Read(input, delimiter[0]);
        var findings = OutputCheck.Check(table, new SmallNumbers(k - 1)).Concat(marks);
        if (hiddenSheets > 0) Console.Error.WriteLine($"Hidden sheets that were not looked at: {hiddenSheets}.");
        FinishedFile.Write(output, stream => JsonSerializer.Serialize(
            stream, findings.Select(f => new { row = f.Row + 1, column = table[0][f.Column], risk = JsonNamingPolicy.CamelCase.ConvertName(f.Risk.ToString()) })));
        return 0;
    }

    private static WorkbookTable Read(string path, char delimiter)
    {
        using (var file = File.OpenRead(path))
        {
            var start = new byte[4];
            if (OutputWorkbook.Looks(start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false))))
            {
                if (file.Length > ResearchOutput.FileMaxBytes) throw new BadInputException("A workbook of results is 5 MB or smaller.");
                try
                {
                    return OutputWorkbook.Read(File.ReadAllBytes(path));
                }
                catch (WorkbookRefusedException refused)
                {
                    throw new BadInputException(refused.Message);
                }
            }
        }

        using var text = new StreamReader(path);
        var reader = new DelimitedReader(text, delimiter);
        var rows = new List<string[]>();
        while (reader.Read())
        {
            if (rows.Count > MostRows) throw new BadInputException($"A table of results has {MostRows} rows or fewer.");
            var row = new string[reader.FieldCount];
            for (var c = 0; c < row.Length; c++) row[c] = reader[c].ToString();
            rows.Add(row);
        }

        return new WorkbookTable(rows, [], 0);
    }
}
