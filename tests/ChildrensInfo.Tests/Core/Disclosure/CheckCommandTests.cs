using System.Text.Json;
using ChildrensInfo.Tests.Support;
using Xunit;
using static ChildrensInfo.Tests.Support.Workbooks;

namespace ChildrensInfo.Tests.Core.Disclosure;

public sealed class CheckCommandTests : IDisposable
{
    private readonly CommandLine cli = new();

    public void Dispose() => cli.Dispose();

    [Theory]
    // Good tables, with nothing to say of them.
    [InlineData("need,F,M\nN1,40,30\nN2,20,25\nTotal,60,55", "")]
    [InlineData("need,n,mean age\nN1,40,7.5\nN2,20,9", "")]
    [InlineData("need,n,sum,largest,second_largest\nN1,40,400,30,20", "")]
    [InlineData("model,observations,parameters,r2\nA,200,4,0.31", "")]
    // One thing wrong in each.
    [InlineData("need,F,M\nN1,9,30\nN2,20,10", "1 F smallCount")]
    [InlineData("need,F,M\nN1,c,30\nN2,20,10\nTotal,24,40", "1 F workedOut")]
    [InlineData("need,F,M\nN1,40,0\nN2,20,10\nN3,20,10", "1 F allInOne")]
    [InlineData("need,n,% heard\nN1,40,100\nN2,40,55", "1 % heard allInOne")]
    // What follows from others: a part and the rest of a base, what is left of a total with nothing hidden, and two hidden numbers that are few together. Rounded numbers need not add up.
    [InlineData("need,n,% heard\nN1,40,5\nN2,40,97\nN3,40,50", "1 % heard workedOut,2 % heard workedOut")]
    [InlineData("need,n\nN1,40\nTotal,43", "2 n workedOut")]
    [InlineData("need,n\nN1,40\nN2,c\nN3,c\nTotal,47", "2 n workedOut,3 n workedOut")]
    [InlineData("need,n\nN1,40\nN2,c\nN3,c\nTotal,57", "")]
    [InlineData("need,n\nN1,40\nTotal,45", "")]
    [InlineData("need,n,mean age\nN1,c,7.5\nN2,20,9", "1 mean age noBase")]
    [InlineData("need,mean age\nN1,7.5", "1 mean age noBase")]
    [InlineData("need,n,sum,largest,second_largest\nN1,40,100,80,10", "1 sum dominance")]
    [InlineData("need,n,sum,largest,second_largest\nN1,40,400,300,80", "1 sum dominance,1 sum nearLargest")]
    [InlineData("model,observations,parameters\nA,24,15", "1 parameters saturated")]
    [InlineData("need,F,M\n=HYPERLINK(1),40,30\n@x,20,10", "1 need formula,2 need formula")]
    [InlineData("person,sex\nABCDEFGHIJKLMN23,F", "1 person rowOfPerson")]
    // Numbers as people write them are numbers: a thousand with its comma, a minus that is no formula.
    [InlineData("need,n,change (%)\nN1,\"1,040\",-3.5", "")]
    public async Task What_could_give_a_child_away_is_said_of_its_cell(string table, string findings)
    {
        cli.Write("in.csv", table);
        Assert.Equal((0, ""), await cli.RunAsync("check", "in.csv", "--out", "out.json"));
        using var json = JsonDocument.Parse(cli.Read("out.json"));
        Assert.Equal(findings, string.Join(',', json.RootElement.EnumerateArray().Select(f => $"{f.GetProperty("row").GetInt32()} {f.GetProperty("column").GetString()} {f.GetProperty("risk").GetString()}")));
    }

    [Fact]
    public async Task A_workbook_is_read_as_on_the_page_where_results_are_sent()
    {
        await File.WriteAllBytesAsync(cli.Write("in.xlsx", ""), Of(
            [("Table", "", Sheet("""<row r="1"><c r="A1" t="inlineStr"><is><t>need</t></is></c><c r="B1" t="inlineStr"><is><t>n</t></is></c></row><row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t>N1</t></is></c><c r="B2"><f>4+3</f><v>7</v></c></row>""")), ("Working", """state="hidden" """, Sheet(Row("Sorrel", "Thistlebrook")))]),
            TestContext.Current.CancellationToken);
        var (exitCode, error) = await cli.RunAsync("check", "in.xlsx", "--out", "out.json");
        Assert.True(exitCode == 0, error);
        Assert.Contains("Hidden sheets that were not looked at: 1", error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(cli.Read("out.json"));
        Assert.Equal(["1 n fromFormula", "1 n smallCount", "1 need wasHidden"], json.RootElement.EnumerateArray().Select(f => $"{f.GetProperty("row").GetInt32()} {f.GetProperty("column").GetString()} {f.GetProperty("risk").GetString()}").Order());

        await File.WriteAllBytesAsync(cli.Write("broken.xlsx", ""), [.. "PK"u8, 3, 4, 5], TestContext.Current.CancellationToken);
        (exitCode, error) = await cli.RunAsync("check", "broken.xlsx", "--out", "none.json");
        Assert.Equal(2, exitCode);
        Assert.Contains("cannot be read", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("need,n", "--k", "10")]
    [InlineData("need,n\nN1", "--k", "10")]
    [InlineData("need,n\nN1,40", "--k", "9")]
    [InlineData("need,n\nN1,40", "--delimiter", "\"")]
    public async Task What_is_no_table_and_a_threshold_below_the_floor_are_refused(string table, string option, string value)
    {
        cli.Write("in.csv", table);
        Assert.Equal(2, (await cli.RunAsync("check", "in.csv", option, value, "--out", "out.json")).Item1);
        Assert.Equal(["in.csv"], cli.Files);
    }
}
