namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

internal static partial class Ssda903Rules
{
    /// <summary>Whether the tables agree with each other about who the children are.</summary>
    private static Dictionary<string, ChildRule> IntegrityRules
    {
        get
        {
            var rules = new Dictionary<string, ChildRule>();
            void For(int first, Func<Ssda903Table, ChildRule> rule, params Ssda903Table[] tables)
            {
                for (var i = 0; i < tables.Length; i++) rules.Add($"INT{first + i:00}", rule(tables[i]));
            }
            For(1, IsInHeader, Ssda903Table.AD1, Ssda903Table.PlacedAdoption, Ssda903Table.Episodes, Ssda903Table.Missing, Ssda903Table.OC2, Ssda903Table.OC3, Ssda903Table.PrevPerm, Ssda903Table.Reviews, Ssda903Table.UASC);
            For(11, HasSameBirth, Ssda903Table.AD1, Ssda903Table.PlacedAdoption, Ssda903Table.Missing, Ssda903Table.OC2, Ssda903Table.OC3, Ssda903Table.PrevPerm, Ssda903Table.Reviews, Ssda903Table.UASC);
            rules.Add("INT21", Each(c => c.Uasc, (u, c, _) => c.Header is { } h && u.SEX.IsGiven && h.SEX.IsGiven && Differs(u.SEX, h.SEX), u => u.SEX));
            For(31, IsThereOnce, Ssda903Table.AD1, Ssda903Table.Header, Ssda903Table.OC2, Ssda903Table.OC3, Ssda903Table.PrevPerm, Ssda903Table.UASC);
            return rules;
        }
    }

    private static ChildRule IsInHeader(Ssda903Table table) => (c, _, found) =>
    {
        if (c.Headers.Count > 0) return;
        foreach (var row in c.Rows(table)) found(row.CHILD.Value);
    };

    private static ChildRule HasSameBirth(Ssda903Table table) => (c, _, found) =>
    {
        if (c.DOB is not { } birth) return;
        foreach (var row in c.Rows(table))
            if (row.DOB.Value is { } other && other != birth) found(row.DOB.ToString());
    };

    private static ChildRule IsThereOnce(Ssda903Table table) => (c, _, found) =>
    {
        if (c.Rows(table).Take(2).Count() < 2) return;
        foreach (var row in c.Rows(table)) found(row.CHILD.Value);
    };
}
