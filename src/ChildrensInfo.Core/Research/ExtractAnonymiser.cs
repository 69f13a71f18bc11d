using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Research;

/// <param name="Kept">Which of the children are in the file.</param>
internal sealed record Anonymised(IReadOnlyList<ExtractColumn> Columns, List<int> Kept, Generalisation Found);

/// <summary>
/// Puts the variables of an extract before the one engine that makes rows alike, the command line's own: for the file, and for what is told before there is one.
/// </summary>
internal static class ExtractAnonymiser
{
    /// <param name="variables">Those of the children's that are wanted.</param>
    /// <param name="without">Who is held back.</param>
    /// <param name="noFiner">The columns it had with fewer held back: where each child who is held back let in more detail, others would stand out by it, without end.</param>
    /// <exception cref="DisclosureRefusedException">It cannot be done without somebody standing out.</exception>
    public static Anonymised Anonymise(
        PermittedChildren children, IReadOnlyList<Variable> variables, IReadOnlySet<Guid> without, EarlierReleases earlier, int k, IReadOnlyList<ExtractColumn>? noFiner = null)
    {
        var quasi = variables.Where(v => v.Role == VariableRole.QuasiIdentifier)
            .Select(v => (Variable: v, At: children.IndexOf(v), Floor: Math.Max(earlier.FloorOf(v.Key)!.Value, noFiner?.First(c => c.Variable == v).LevelUsed ?? 0))).ToList();
        var texts = quasi.ConvertAll(q => q.Variable.Codes.Select(c => q.Variable.Levels[q.Floor].FromFinest[c.Value]).ToArray());
        var sensitive = variables.Where(v => v.Role == VariableRole.Sensitive).Select(v => (Variable: v, At: children.IndexOf(v))).ToList();
        var rows = new CodedRows([.. quasi.Select(q => HierarchyOf(q.Variable, q.Floor))], [.. sensitive.Select(s => s.Variable.Key)]);
        var among = new List<int>(children.Count);
        for (var child = 0; child < children.Count; child++)
        {
            if (without.Contains(children.Ids[child])) continue;
            for (var q = 0; q < quasi.Count; q++) rows.SetQuasiIdentifier(q, texts[q][children.CodeOf(child, quasi[q].At)]);
            for (var s = 0; s < sensitive.Count; s++) rows.SetSensitive(s, children.ValueOf(child, sensitive[s].At));
            rows.Add();
            among.Add(child);
        }

        var found = Find(rows, [.. sensitive.SelectMany(s => s.Variable.Harmful, (s, value) => (s.Variable.Key, value))], k);
        var columns = variables.Select(v => new ExtractColumn(v, quasi.FindIndex(x => x.Variable == v) is >= 0 and var q ? quasi[q].Floor + found.Levels[q] : 0)).ToList();
        return new Anonymised(columns, [.. among.Where((_, row) => found.IsKept(row))], found);
    }

    private static Generalisation Find(CodedRows rows, IReadOnlyList<(string Column, string Value)> harmful, int k)
    {
        try
        {
            return Generalisation.Find(rows, new ClassRules(k, ClassRules.LowestL, ResearchLimits.Limit, harmful));
        }
        catch (DisclosureRefusedException refused)
        {
            throw new DisclosureRefusedException($"No file can be made of these variables without somebody standing out. {refused.Message} Ask for fewer or other variables.");
        }
    }

    /// <summary>How common each harmful value is among those who are not held back: the engine and the last look go by the same.</summary>
    public static IReadOnlyList<HarmfulValue> HarmfulIn(PermittedChildren children, IReadOnlyList<Variable> variables, IReadOnlySet<Guid> without)
    {
        var among = Enumerable.Range(0, children.Count).Where(c => !without.Contains(children.Ids[c])).ToList();
        return [.. variables.Where(v => v.Role == VariableRole.Sensitive).SelectMany(v => v.Harmful.Select(value => new HarmfulValue(v.Key, value, among.Count(c => children.ValueOf(c, children.IndexOf(v)) == value) / (double)among.Count)))];
    }

    /// <summary>From a level upwards: what is finer than it is not asked about.</summary>
    private static Hierarchy HierarchyOf(Variable variable, int floor) => new(
        variable.Key,
        [.. variable.Codes.GroupBy(c => variable.Levels[floor].FromFinest[c.Value]).Select(g => (IReadOnlyList<string>)[.. variable.Levels.Skip(floor).Select(l => l.FromFinest[g.First().Value])])]);
}
