using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace ChildrensInfo.Tests.Core.Returns;

/// <summary>The command line as a nightly script sees it: in its own process, by its output and its exit code.</summary>
public class ValidateCommandTests
{
    private static async Task<(int Exit, string Out, string Error)> Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ChildrensInfo.Cli.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private static string Sample(string name) => Path.Combine(AppContext.BaseDirectory, "Samples", "cin", name);

    private static async Task<string> Written(string xml)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".xml");
        await File.WriteAllTextAsync(path, xml);
        return path;
    }

    [Fact]
    public async Task Each_file_is_one_line_of_json_and_a_refused_one_ends_with_2()
    {
        var cut = await Written(new CinFile().Xml[..900]);
        var sound = Sample("CIN2rows.xml");

        var (exit, output, error) = await Run("validate", "cin", sound, cut, "no-such-file.xml", "--year", "2025-26");

        Assert.Equal(2, exit);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        using var read = JsonDocument.Parse(lines[0]);
        var root = read.RootElement;
        Assert.Equal(["input", "status", "reason", "children", "findings", "notChecked"], root.EnumerateObject().Select(property => property.Name));
        Assert.Equal((sound, "read", 1), (root.GetProperty("input").GetString(), root.GetProperty("status").GetString(), root.GetProperty("children").GetInt32()));
        Assert.Equal(JsonValueKind.Null, root.GetProperty("reason").ValueKind);
        Assert.Equal(0, root.GetProperty("notChecked").GetArrayLength());
        var findings = root.GetProperty("findings").EnumerateArray().ToList();
        Assert.All(findings, finding => Assert.Equal(["rule", "severity", "child", "fields", "value", "message"], finding.EnumerateObject().Select(property => property.Name)));
        Assert.Contains(findings, finding => finding.GetProperty("rule").GetString() == "2887Q" && finding.GetProperty("severity").GetString() == "query" && finding.GetProperty("child").ValueKind == JsonValueKind.Null);
        Assert.Contains(findings, finding => finding.GetProperty("rule").GetString() == "8940" && finding.GetProperty("severity").GetString() == "error" && finding.GetProperty("child").GetString() == "DfEX0000001");

        using var refused = JsonDocument.Parse(lines[1]);
        Assert.Equal("refused", refused.RootElement.GetProperty("status").GetString());
        Assert.Contains("stops in the middle", refused.RootElement.GetProperty("reason").GetString(), StringComparison.Ordinal);
        using var missing = JsonDocument.Parse(lines[2]);
        Assert.Equal("There is no such file.", missing.RootElement.GetProperty("reason").GetString());
        Assert.Contains("1 children", error, StringComparison.Ordinal);
        File.Delete(cut);

        // A year without rules is judged by those of another, and that is said.
        Assert.DoesNotContain("It was judged by", error, StringComparison.Ordinal);
        var early = await Written(new CinFile().Set("Year", "2022").Set("ReferenceDate", "2022-03-31").Xml);
        Assert.Contains("The return is for 2021-22, for which there are no rules here. It was judged by the rules of 2025-26", (await Run("validate", "cin", early)).Error, StringComparison.Ordinal);
        File.Delete(early);
    }

    [Fact]
    public async Task All_files_read_ends_with_0_in_every_format_and_a_spreadsheet_takes_no_value_for_a_formula()
    {
        var path = await Written(new CinFile().Set("Ethnicity", "=cmd|' /C calc'!A0").Set("PrimaryNeedCode", "a,\"b\"").Xml);

        var csv = await Run("validate", "cin", path, "--format", "csv");
        var text = await Run("validate", "cin", path, "--format=text");

        Assert.Equal((0, 0), (csv.Exit, text.Exit));
        Assert.StartsWith("input,status,rule,severity,child,fields,value,message\r\n", csv.Out, StringComparison.Ordinal);
        Assert.Contains(",4220,error,Invented1,Ethnicity,'=cmd|' /C calc'!A0,", csv.Out, StringComparison.Ordinal);
        Assert.Contains(",\"a,\"\"b\"\"\",", csv.Out, StringComparison.Ordinal);
        Assert.Contains("4220 error, 1 times: Ethnicity is missing or invalid", text.Out, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public async Task Returns_on_children_looked_after_come_out_the_same_way()
    {
        var folder = Ssda903File.Valid().Change("h1.ETHNIC=WHIT").Written();
        var before = Ssda903File.LastYear().Written();
        var empty = Directory.CreateTempSubdirectory("ssda903").FullName;

        var (exit, output, error) = await Run("validate", "ssda903", folder, empty, "--year", "2025-26", "--previous", before);
        var alone = await Run("validate", "ssda903", folder);

        Assert.Equal((2, 0), (exit, alone.Exit));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var read = JsonDocument.Parse(lines[0]);
        Assert.Equal(("read", 4), (read.RootElement.GetProperty("status").GetString(), read.RootElement.GetProperty("children").GetInt32()));
        var findings = read.RootElement.GetProperty("findings").EnumerateArray().Select(f => $"{f.GetProperty("rule")} {f.GetProperty("severity")} {f.GetProperty("child")} {f.GetProperty("value")}");
        Assert.Equal(["103 error K1 WHIT", "204 error K1 WHIT"], findings);
        using var refused = JsonDocument.Parse(lines[1]);
        Assert.Equal("The folder holds no CSV table.", refused.RootElement.GetProperty("reason").GetString());
        using var without = JsonDocument.Parse(alone.Out);
        Assert.Contains(without.RootElement.GetProperty("notChecked").EnumerateArray(), rule => rule.GetProperty("rule").GetString() == "204");
        Assert.Contains("4 children, 2 findings by the rules of 2025-26", error, StringComparison.Ordinal);
        Assert.Contains("by its dates this is the return for 2025-26", alone.Error, StringComparison.Ordinal);

        // Nobody has to say which year it is: its dates do, as they do when it is loaded.
        var ofLastYear = await Run("validate", "ssda903", before);
        Assert.Contains("by its dates this is the return for 2024-25", ofLastYear.Error, StringComparison.Ordinal);
        Assert.Contains("findings by the rules of 2024-25", ofLastYear.Error, StringComparison.Ordinal);

        // A year without rules is not passed by none of them.
        var old = Ssda903File.Valid().Change("r1.REVIEW=01/05/2019").Change("-r2").Written();
        var ofOld = await Run("validate", "ssda903", old);
        Assert.Contains("The return is for 2019-20, for which there are no rules here. It was judged by the rules of 2025-26", ofOld.Error, StringComparison.Ordinal);
        Assert.Contains("findings by the rules of 2025-26", ofOld.Error, StringComparison.Ordinal);
        foreach (var used in new[] { folder, before, empty, old }) Directory.Delete(used, recursive: true);
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("validate", "ssda903")]
    [InlineData("validate", "cin", "x.xml", "--previous", "y")]
    [InlineData("validate", "cin")]
    [InlineData("validate", "cin", "x.xml", "--year", "1999-00")]
    [InlineData("validate", "cin", "x.xml", "--format", "pdf")]
    [InlineData("validate", "cin", "x.xml", "--fast")]
    public async Task A_wrong_command_says_how_it_is_used(params string[] arguments)
    {
        var (exit, output, error) = await Run(arguments);

        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("validate cin FILE", error, StringComparison.Ordinal);
    }
}
