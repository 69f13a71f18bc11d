using System.Text;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Research;

namespace ChildrensInfo.Web.Pages.Use;

/// <summary>Results as they are looked at, with what was found beside each cell of a table.</summary>
/// <param name="Table">The row of headings first; empty when it is no table.</param>
/// <param name="Picture">Where the picture is shown from; null when it is none or not shown.</param>
public sealed record OutputView(OutputKind Kind, IReadOnlyList<string[]> Table, ILookup<(int Row, int Column), OutputRisk> Findings, string Text, string? Picture)
{
    public static OutputView Of(OutputKind kind, byte[] bytes, string? picture)
    {
        var text = kind == OutputKind.Picture ? "" : Encoding.UTF8.GetString(bytes);
        var table = kind == OutputKind.Table ? OutputFile.TableOf(text) : [];
        return new OutputView(
            kind, table, (table.Count > 0 ? OutputCheck.Check(table, SmallNumbers.Research) : []).ToLookup(f => (f.Row, f.Column), f => f.Risk), kind == OutputKind.Text ? text : "", picture);
    }
}
