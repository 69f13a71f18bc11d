using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Research;

/// <summary>
/// Puts the variables of an extract before the one engine that makes rows alike, the command line's own: for the file, and for what is told before there is one.
/// </summary>
internal static class ExtractAnonymiser
{
    /// <exception cref="DisclosureRefusedException">It cannot be done without somebody standing out.</exception>
    public static (IReadOnlyList<ExtractColumn> Columns, List<(Guid ChildId, string[] Values)> Kept, Generalisation Found) Anonymise(
        List<ChildFacts> children, IReadOnlyList<Variable> variables, EarlierReleases earlier, IReadOnlyList<HarmfulValue> harmful, int k, DateOnly today)
    {
        var quasi = variables.Where(v => v.Role == VariableRole.QuasiIdentifier).Select(v => (Variable: v, Floor: earlier.FloorOf(v.Key)!.Value)).ToList();
        var sensitive = variables.Where(v => v.Role == VariableRole.Sensitive).ToList();
        var rows = new CodedRows([.. quasi.Select(q => HierarchyOf(q.Variable, q.Floor))], [.. sensitive.Select(v => v.Key)]);
        var values = new List<string[]>(children.Count);
        foreach (var child in children)
        {
            var read = variables.Select(v => v.Read(child, today)).ToArray();
            values.Add(read);
            for (var i = 0; i < variables.Count; i++)
            {
                if (quasi.FindIndex(x => x.Variable == variables[i]) is >= 0 and var q) rows.SetQuasiIdentifier(q, variables[i].Levels[quasi[q].Floor].FromFinest[read[i]]);
                else if (sensitive.IndexOf(variables[i]) is >= 0 and var s) rows.SetSensitive(s, read[i]);
            }

            rows.Add();
        }

        var found = Find(rows, harmful, k);
        var columns = variables.Select(v => new ExtractColumn(v, quasi.FindIndex(x => x.Variable == v) is >= 0 and var q ? quasi[q].Floor + found.Levels[q] : 0)).ToList();
        var kept = new List<(Guid, string[])>(children.Count);
        for (var row = 0; row < children.Count; row++)
        {
            if (found.IsKept(row)) kept.Add((children[row].ChildId, [.. columns.Select((c, i) => c.Level.FromFinest[values[row][i]])]));
        }

        return (columns, kept, found);
    }

    private static Generalisation Find(CodedRows rows, IReadOnlyList<HarmfulValue> harmful, int k)
    {
        try
        {
            return Generalisation.Find(rows, new ClassRules(k, ClassRules.LowestL, ResearchLimits.Limit, [.. harmful.Select(h => (h.Column, h.Value))]));
        }
        catch (DisclosureRefusedException refused)
        {
            throw new DisclosureRefusedException($"No file can be made of these variables without somebody standing out. {refused.Message} Ask for fewer or other variables.");
        }
    }

    public static IReadOnlyList<HarmfulValue> HarmfulIn(List<ChildFacts> children, IReadOnlyList<Variable> variables, DateOnly today) =>
        [.. variables.Where(v => v.Role == VariableRole.Sensitive).SelectMany(v => v.Harmful.Select(value => new HarmfulValue(v.Key, value, children.Count(c => v.Read(c, today) == value) / (double)children.Count)))];

    /// <summary>From a level upwards: what is finer than it is not asked about.</summary>
    private static Hierarchy HierarchyOf(Variable variable, int floor) => new(
        variable.Key,
        [.. variable.Codes.GroupBy(c => variable.Levels[floor].FromFinest[c.Value]).Select(g => (IReadOnlyList<string>)[.. variable.Levels.Skip(floor).Select(l => l.FromFinest[g.First().Value])])]);
}
