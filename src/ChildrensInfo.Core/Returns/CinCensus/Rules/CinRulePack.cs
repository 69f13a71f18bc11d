using System.Collections.Concurrent;
using System.Globalization;
using CsvHelper;

namespace ChildrensInfo.Core.Returns.CinCensus.Rules;

/// <summary>The rules of one collection year as the Department words them.</summary>
public static class CinRulePack
{
    private static readonly ConcurrentDictionary<int, IReadOnlyList<ReturnRule>> Packs = new();

    public static IReadOnlyList<ReturnRule> For(int year) => Packs.GetOrAdd(year, Load);

    private static List<ReturnRule> Load(int year)
    {
        using var stream = typeof(CinRulePack).Assembly.GetManifestResourceStream("ChildrensInfo.Core.Data.Reference.rules.cin.csv")
            ?? throw new InvalidOperationException("The rules of the children in need census are not in the reference data.");
        using var csv = CsvReader.Create(stream);
        var rules = new List<ReturnRule>();
        while (csv.Read())
        {
            var last = csv.GetString("last_year");
            if (csv.Parse<int>("first_year") > year || (last.Length > 0 && int.Parse(last, CultureInfo.InvariantCulture) < year)) continue;
            rules.Add(new ReturnRule(csv.GetString("code"), Enum.Parse<Severity>(csv.GetString("severity"), ignoreCase: true), csv.GetString("module"),
                csv.GetString("fields").Split('|'), csv.GetString("message")));
        }
        return rules;
    }
}
