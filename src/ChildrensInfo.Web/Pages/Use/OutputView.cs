using System.Text;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Shared;

namespace ChildrensInfo.Web.Pages.Use;

/// <summary>Results as they are looked at, with what was found beside each cell of a table.</summary>
/// <param name="Table">The row of headings first; empty when it is no table.</param>
/// <param name="Found">What is said of each cell, its row from 0 below the headings, which are row -1.</param>
/// <param name="Picture">Where the picture is shown from; null when it is none or not shown.</param>
/// <param name="Earlier">What was found beside earlier releases; null when it was not looked for.</param>
public sealed record OutputView(OutputKind Kind, IReadOnlyList<string[]> Table, ILookup<(int Row, int Column), string> Found, string Text, string? Picture, EarlierComparison? Earlier)
{
    /// <summary>The releases beside which something was found, in the order in which they are numbered from 1, and what.</summary>
    public IReadOnlyList<IGrouping<EarlierRelease, EarlierFinding>> Releases { get; private init; } = [];

    /// <summary>How many hidden sheets there were in the workbook that it came in.</summary>
    public int HiddenSheets { get; private init; }

    public static OutputView Of(ResearchOutput output, byte[] bytes, string? picture = null)
    {
        var kind = output.Kind;
        var text = kind == OutputKind.Picture ? "" : Encoding.UTF8.GetString(bytes);
        var table = kind == OutputKind.Table ? OutputFile.TableOf(text) : [];
        return new OutputView(
            kind, table, (table.Count > 0 ? OutputCheck.Check(table, SmallNumbers.Research) : []).Concat(output.Marks).ToLookup(f => (f.Row, f.Column), f => Words.Of(f.Risk)),
            kind == OutputKind.Text ? text : "", picture, null)
        {
            HiddenSheets = output.HiddenSheets,
        };
    }

    /// <summary>The same with what was found beside earlier releases.</summary>
    public OutputView Beside(EarlierComparison earlier)
    {
        var numbers = ReleasesOf(earlier).Select((r, i) => (r.Key, i)).ToDictionary(r => r.Key, r => r.i + 1);
        return this with
        {
            Found = Found.SelectMany(f => f.Select(said => (f.Key, said))).Concat(earlier.Findings.Select(f => (Key: (f.Row, f.Column), said: Words.Of(f.Risk, numbers[f.Beside]) + (f.IsSum ? ", taken together" : "")))).ToLookup(f => f.Key, f => f.said),
            Earlier = earlier,
            Releases = ReleasesOf(earlier),
        };
    }

    private static IReadOnlyList<IGrouping<EarlierRelease, EarlierFinding>> ReleasesOf(EarlierComparison? earlier) => [.. (earlier?.Findings ?? []).GroupBy(f => f.Beside)];
}
