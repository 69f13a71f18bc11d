using System.Text;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Core.Disclosure;

/// <summary>Whatever is wrong with a file or an option is one plain line to whoever typed the command, and leaves no file.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly CommandLine cli = new();

    public void Dispose() => cli.Dispose();

    [Theory]
    [InlineData("{\"id\": 1, \"text\": \"\u00ff\"}", "not UTF-8", "redact IN --out OUT")]
    [InlineData("{\"id\": 1, \"text\": \"Ann\", \"spans\": [{\"end\": 3}]}", "Line 1 has a span without", "redact IN --measure --out OUT")]
    [InlineData("{\"id\": 1, \"text\": \"Ann\", \"spans\": [7]}", "Line 1 has a span without", "redact IN --measure --out OUT")]
    [InlineData("{\"id\": 1, \"text\": \"Ann\"}", "--out needs a value", "redact IN --out=")]
    [InlineData("{\"id\": 1, \"text\": \"Ann\"}", "--out needs a value", "redact IN --out")]
    [InlineData("{\"rows\": [\"\u00ff\"], \"cols\": [\"X\"], \"counts\": [[30]]}", "not UTF-8", "protect IN --out OUT")]
    [InlineData("{\"rows\": [\"\\ud83d\"], \"cols\": [\"X\"], \"counts\": [[30]]}", "half of a character", "protect IN --out OUT")]
    [InlineData("\u00ef\u00bb\u00bf{\"id\": 1, \"text\": \"\u00ff\"}", "not UTF-8", "redact IN --out OUT")]
    [InlineData("\u00ef\u00bb\u00bf3;\u00ff", "not UTF-8", "anonymise OTHER --hierarchy age=IN --k 5 --out OUT --report REPORT")]
    [InlineData("{\"id\": 1, \"text\": \"Ann\"}", "would be written over", "redact IN --out IN")]
    [InlineData("{\"rows\": [\"A\"], \"cols\": [\"X\"], \"counts\": [[30]]}", "would be written over", "protect IN --out IN")]
    [InlineData("n\n30", "would be written over", "check IN --out IN")]
    [InlineData("3;*", "would be written over", "anonymise OTHER --hierarchy age=IN --k 5 --out OUT --report IN")]
    [InlineData("3;*", "would be written over", "anonymise IN --hierarchy age=OTHER --k 5 --out OUT --report OUT")]
    [InlineData("age\n3", "--hierarchy takes COLUMN=FILE.csv", "anonymise IN --hierarchy age= --k 5 --out OUT --report REPORT")]
    public async Task It_is_said_in_a_line(string input, string says, string command)
    {
        await File.WriteAllBytesAsync(cli.PathOf("in"), Encoding.Latin1.GetBytes(input), TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await CommandLine.RunHereAsync([], "", [.. command.Split(' ').Select(a => new[] { "IN", "OUT", "REPORT", "OTHER" }.Aggregate(a, (typed, file) => typed.Replace(file, cli.PathOf(file.ToLowerInvariant()), StringComparison.Ordinal)))]);

        Assert.Equal(2, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(["in"], cli.Files);
        Assert.Equal(input, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(cli.PathOf("in"), TestContext.Current.CancellationToken)));
    }
}
