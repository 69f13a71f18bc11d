using System.Text.Json;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Core.Disclosure;

public sealed class ProtectCommandTests : IDisposable
{
    private readonly CommandLine cli = new();

    public void Dispose() => cli.Dispose();

    [Fact]
    public async Task A_table_goes_in_and_a_safe_one_comes_out()
    {
        cli.Write("in.json", """{"rows": ["North", "South", "<West>"], "cols": ["N1", "N2", "Ŵ"], "counts": [[3, 20, 0], [40, 12, 0], [70, 80, 0]]}""");

        Assert.Equal((0, ""), await cli.RunAsync("protect", "in.json", "--k", "6", "--out", "out.json"));

        Assert.Equal(
            """{"rows":["North","South","<West>"],"cols":["N1","N2","Ŵ"],"counts":[["c","c",0],["c","c",0],[70,80,0]],"rowTotals":[23,52,150],"colTotals":[113,112,0],"total":225,"flags":[],"publication":"table"}""",
            cli.Read("out.json"));
        Assert.Equal(["in.json", "out.json"], cli.Files);
    }

    [Fact]
    public async Task A_group_all_in_one_category_is_flagged()
    {
        cli.Write("in.json", """{"rows": ["A", "B"], "cols": ["X", "Y"], "counts": [[30, 0], [40, 50]]}""");

        await cli.RunAsync("protect", "in.json", "--k=7", "--out=out.json");

        using var json = JsonDocument.Parse(cli.Read("out.json"));
        Assert.Equal(
            """[{"kind":"group-disclosure","axis":"row","label":"A","category":"X"},{"kind":"group-disclosure","axis":"col","label":"Y","category":"B"}]""",
            json.RootElement.GetProperty("flags").GetRawText());
    }

    [Theory]
    [InlineData("--k", "5")]
    [InlineData("--k", "-6")]
    [InlineData("--k", "six")]
    [InlineData("--colour", "red")]
    public async Task A_wrong_option_is_refused(string option, string value)
    {
        cli.Write("in.json", """{"rows": ["A"], "cols": ["X"], "counts": [[30]]}""");

        var (exitCode, error) = await cli.RunAsync("protect", "in.json", option, value, "--out", "out.json");

        Assert.Equal(2, exitCode);
        Assert.Contains(option, error, StringComparison.Ordinal);
        Assert.Equal(["in.json"], cli.Files);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"rows": ["A"], "cols": ["X"]}""")]
    [InlineData("""{"rows": ["A"], "cols": ["X"], "counts": [[1, 2]]}""")]
    [InlineData("""{"rows": ["A"], "cols": ["X"], "counts": [[1], [2]]}""")]
    [InlineData("""{"rows": ["A"], "cols": ["X"], "counts": [[-1]]}""")]
    [InlineData("""{"rows": ["A"], "cols": ["X"], "counts": [[1.5]]}""")]
    [InlineData("""{"rows": ["A"], "cols": ["X"], "counts": [["c"]]}""")]
    [InlineData("""{"rows": ["A"], "cols": ["X"], "counts": [[1e30]]}""")]
    [InlineData("""{"rows": ["A"], "cols": ["X"], "counts": [[9000000000000000000]]}""")]
    public async Task A_table_that_is_not_one_is_refused(string text)
    {
        cli.Write("in.json", text);

        var (exitCode, error) = await cli.RunAsync("protect", "in.json", "--out", "out.json");

        Assert.Equal(2, exitCode);
        Assert.NotEmpty(error);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(["in.json"], cli.Files);
    }

    [Fact]
    public async Task A_missing_file_and_an_unknown_command_are_refused()
    {
        Assert.Equal(2, (await cli.RunAsync("protect", "nowhere.json", "--out", "out.json")).ExitCode);
        Assert.Equal(2, (await cli.RunAsync("protekt")).ExitCode);
        Assert.Equal(0, (await cli.RunAsync("help")).ExitCode);
    }
}
