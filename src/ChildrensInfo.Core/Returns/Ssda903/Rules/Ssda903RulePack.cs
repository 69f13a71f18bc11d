using System.Collections.Concurrent;
using System.Globalization;
using CsvHelper;

namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

/// <summary>A rule, and the tables of this year's and last year's return without which it says nothing.</summary>
internal sealed record PackedRule(ReturnRule Rule, IReadOnlyList<Ssda903Table> Tables, IReadOnlyList<Ssda903Table> LastYear);

/// <summary>The rules of one collection year as the Department words them.</summary>
internal static class Ssda903RulePack
{
    private const string Last = "_last";

    /// <summary>What some rules compare with and is not a table that is read: Ofsted's list, and the table of deprivation of liberty.</summary>
    private static readonly string[] NotRead = ["Providers", "DoLo", "DoLo_last"];

    private static readonly ConcurrentDictionary<int, IReadOnlyList<PackedRule>> Packs = new();

    public static IReadOnlyList<PackedRule> For(int year) => Packs.GetOrAdd(year, Load);

    private static List<PackedRule> Load(int year)
    {
        using var stream = typeof(Ssda903RulePack).Assembly.GetManifestResourceStream("ChildrensInfo.Core.Data.Reference.rules.ssda903.csv")
            ?? throw new InvalidOperationException("The rules of the return on children looked after are not in the reference data.");
        using var csv = CsvReader.Create(stream);
        var rules = new List<PackedRule>();
        while (csv.Read())
        {
            var last = csv.GetString("last_year");
            if (csv.Parse<int>("first_year") > year || (last.Length > 0 && int.Parse(last, CultureInfo.InvariantCulture) < year)) continue;
            var tables = csv.GetString("tables").Split('|');
            rules.Add(new PackedRule(
                new ReturnRule(csv.GetString("code"), Enum.Parse<Severity>(csv.GetString("severity"), ignoreCase: true), tables[0], csv.GetString("fields").Split('|'), csv.GetString("message")),
                [.. tables.Where(t => !NotRead.Contains(t) && !t.EndsWith(Last, StringComparison.Ordinal)).Select(Enum.Parse<Ssda903Table>)],
                [.. tables.Where(t => !NotRead.Contains(t) && t.EndsWith(Last, StringComparison.Ordinal)).Select(t => Enum.Parse<Ssda903Table>(t[..^Last.Length]))]));
        }
        return rules;
    }
}
