using System.Text.Json;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Core.Disclosure;

public sealed class AnonymiseCommandTests : IDisposable
{
    private const string Age = "3;0-9;*\n7;0-9;*\n12;10+;*\n;not known;*\n";
    private const string Area = "\"North; upper\";North;*\n\"North; lower\";North;*\nSouth;South;*\n";

    private readonly CommandLine cli = new();

    public AnonymiseCommandTests()
    {
        cli.Write("age.csv", Age);
        cli.Write("area.csv", Area);
    }

    public void Dispose() => cli.Dispose();

    [Fact]
    public async Task Rows_go_in_and_rows_that_look_alike_come_out()
    {
        // Sixty rows in four corners and three who stand out: a 12 in the south, an unknown age, twice.
        var lines = Enumerable.Range(0, 60).Select(i => $"Ann {i};{(i % 2 == 0 ? "-3" : "+7 or so")};\"North; {(i % 4 < 2 ? "upper" : "lower")}\";{(i / 4 % 2 == 0 ? "N1" : "=N2")}")
            .Append("Zed;12;South;N1").Append("Yan;;South;N1").Append("Xia;;South;N3");
        // A heading and a label that are formulas, and one that is a number.
        cli.Write("age.csv", Age.Replace("3;0-9", "-3;0-9", StringComparison.Ordinal).Replace("7;0-9", "+7 or so;0-9", StringComparison.Ordinal));
        cli.Write("data.csv", "name;age;area;@need\n" + string.Join("\n", lines));

        Assert.Equal((0, ""), await RunAsync("data.csv", "--delimiter", ";", "--hierarchy", "age=age.csv", "area=area.csv", "--sensitive", "@need", "--k", "5", "--l", "2"));

        var rows = cli.Read("out.csv").Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("age;area;'@need", rows[0]);
        Assert.Equal(60, rows.Length - 1);
        // By what stands in them, and not as they came in.
        string[] texts = ["'+7 or so;\"North; lower\";'=N2", "'+7 or so;\"North; lower\";N1", "'+7 or so;\"North; upper\";'=N2", "'+7 or so;\"North; upper\";N1", "-3;\"North; lower\";'=N2", "-3;\"North; lower\";N1", "-3;\"North; upper\";'=N2", "-3;\"North; upper\";N1"];
        Assert.Equal(texts, rows[1..].Distinct());
        Assert.Equal(rows[1..].OrderBy(r => Array.IndexOf(texts, r)), rows[1..]);
        Assert.All(rows[1..].GroupBy(r => r[..r.LastIndexOf(';')]), g => Assert.True(g.Count() >= 5 && g.Distinct().Count() == 2));
        using var report = JsonDocument.Parse(cli.Read("report.json"));
        var root = report.RootElement;
        Assert.Equal("""{"age":0,"area":0}""", root.GetProperty("levels").GetRawText().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(3, root.GetProperty("suppressed").GetInt32());
        Assert.Equal(4, root.GetProperty("classes").GetInt32());
        Assert.True(root.GetProperty("optimal").GetBoolean());
        Assert.Equal(3 / 63.0, root.GetProperty("loss").GetDouble(), 1e-12);
        Assert.Equal(1, root.GetProperty("risk").GetProperty("before").GetProperty("smallestClass").GetInt32());
        Assert.Equal(15, root.GetProperty("risk").GetProperty("after").GetProperty("smallestClass").GetInt32());
        Assert.Equal("name", root.GetProperty("columnsLeftOut")[0].GetString());
        Assert.DoesNotContain("Ann", cli.Read("out.csv") + cli.Read("report.json"), StringComparison.Ordinal);
        Assert.Equal(["age.csv", "area.csv", "data.csv", "out.csv", "report.json"], cli.Files);
    }

    [Fact]
    public async Task Rows_left_out_can_be_kept_in_place_as_stars()
    {
        // Between tabs, which are typed as \t, and with more different values than rows must be alike.
        cli.Write("data.csv", "age\tneed\r\n" + string.Concat(Enumerable.Range(0, 40).Select(i => i == 20 ? "12\tN9\r\n" : $"3\tN{i % 6}\r\n")));

        Assert.Equal((0, ""), await RunAsync("data.csv", "--delimiter", "\\t", "--hierarchy", "age=age.csv", "--sensitive", "need", "--k", "5", "--l", "6", "--keep-suppressed"));

        var rows = cli.Read("out.csv").Split("\r\n");
        // Where they were, and so all others too.
        Assert.Equal("*\t*", rows[21]);
        Assert.Equal(["3\tN3", "3\tN4"], rows[22..24]);
        Assert.DoesNotContain("N9", cli.Read("out.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_safe_answer_is_no_file()
    {
        cli.Write("data.csv", "age,need\n3,N1\n3,N1\n3,N1\n3,N1\n3,N1\n3,N1\n");

        var (exitCode, error) = await RunAsync("data.csv", "--hierarchy", "age=age.csv", "--sensitive", "need", "--k", "5");

        Assert.Equal(3, exitCode);
        Assert.Contains("different values", error, StringComparison.Ordinal);
        Assert.Equal(["age.csv", "area.csv", "data.csv"], cli.Files);
    }

    [Theory]
    [InlineData("age\n3\n4", "--k", "5", "not in its hierarchy")]
    [InlineData("age\n3\n7,1", "--k", "5", "Line 3 has 2 values")]
    [InlineData("age\n\n3\n\n4", "--k", "5", "Line 5 has a value")]
    [InlineData("age,need\n3,N1\n\"\"", "--k", "5", "Line 3 has 1 values")]
    [InlineData("age\n\"3", "--k", "5", "not closed")]
    [InlineData("years\n3", "--k", "5", "no column age")]
    [InlineData("", "--k", "5", "empty")]
    [InlineData("age\n3", "--k", "4", "--k")]
    [InlineData("age\n3", "--l", "2", "--l needs")]
    [InlineData("age\n3", "--limit", "0.2", "--limit")]
    [InlineData("age\n3", "--limit", "NaN", "--limit")]
    [InlineData("age\n3", "--weaker", "1", "Unknown option")]
    public async Task Bad_input_says_what_is_wrong_and_writes_nothing(string data, string option, string value, string reason)
    {
        cli.Write("data.csv", data);

        string[] k = option == "--k" ? [] : ["--k", "5"];
        var (exitCode, error) = await RunAsync(["data.csv", "--hierarchy", "age=age.csv", option, value, .. k]);

        Assert.Equal(2, exitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(["age.csv", "area.csv", "data.csv"], cli.Files);
    }

    [Fact]
    public async Task An_empty_line_is_nothing_and_an_empty_value_is_one()
    {
        cli.Write("data.csv", "\uFEFFage\n" + string.Concat(Enumerable.Repeat("\n3\n\"\"\n", 6)));

        Assert.Equal((0, ""), await RunAsync("data.csv", "--hierarchy", "age=age.csv", "--k", "5"));

        Assert.Equal("age\r\n" + string.Concat(Enumerable.Repeat("\"\"\r\n", 6)) + string.Concat(Enumerable.Repeat("3\r\n", 6)), cli.Read("out.csv"));
        cli.Write("out.csv", "before");
        var (exitCode, _) = await cli.RunAsync("anonymise", "data.csv", "--hierarchy", "age=age.csv", "--k", "5", "--out", "out.csv", "--report", "nowhere/report.json");
        // Where the report cannot be written the rows are not either.
        Assert.Equal((2, "before"), (exitCode, cli.Read("out.csv")));
        Assert.Equal(["age.csv", "area.csv", "data.csv", "out.csv", "report.json"], cli.Files);
    }

    [Fact]
    public async Task Rows_of_more_different_texts_than_one_number_can_count_are_sorted_too()
    {
        // 3,000 texts in each of six columns: more rows could be told apart than 64 bits can number.
        var random = new Random(7);
        var lines = Enumerable.Range(0, 3_000).Select(i => "3," + string.Join(',', Enumerable.Range(0, 6).Select(c => $"v{(c == 0 ? random.Next(400) : (i * 7 + c) % 3_000)}"))).ToList();
        cli.Write("data.csv", "age,a,b,c,d,e,f\n" + string.Concat(lines.Select(l => l + "\n")));

        Assert.Equal((0, ""), await RunAsync(["data.csv", "--hierarchy", "age=age.csv", "--k", "5", .. "abcdef".SelectMany(c => new[] { "--sensitive", $"{c}" })]));

        var expected = lines.OrderBy(l => l.Split(','), Comparer<string[]>.Create((x, y) => x.Zip(y, StringComparer.Ordinal.Compare).FirstOrDefault(d => d != 0))).ToList();
        Assert.Equal(expected, cli.Read("out.csv").Split("\r\n")[1..^1]);
    }

    private Task<(int ExitCode, string Error)> RunAsync(params string[] arguments) =>
        cli.RunAsync(["anonymise", .. arguments, "--out", "out.csv", "--report", "report.json"]);
}
