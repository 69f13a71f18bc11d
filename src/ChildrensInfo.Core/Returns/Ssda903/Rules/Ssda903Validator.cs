namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

/// <summary>
/// Checks a return on children looked after against the Department's rules of its collection year. A rule that could not be asked, for want of
/// a table, of last year's return or of reference data, or that stopped with an error, is listed under <see cref="NotChecked"/>, never
/// taken as kept.
/// </summary>
public sealed class Ssda903Validator
{
    /// <summary>Not one of the numbered rules: a value that none of them judges is not of the kind the return asks for.</summary>
    public const string SchemaRule = "schema";

    private const string NoLastYear = "It compares with last year's return, which was not given.";

    private readonly List<Finding> findings = [];
    private readonly List<NotChecked> notChecked = [];
    private readonly Dictionary<string, (int Times, int FirstPosition, string Fault)> stopped = [];
    private readonly Dictionary<string, ReturnRule> schemaRules = [];

    private Ssda903Validator(Ssda903Return read, int year)
    {
        Year = new Ssda903Year(year);
        Rules = [.. Ssda903RulePack.For(year).Select(packed => packed.Rule)];
        Children = read.ChildCount;
    }

    public Ssda903Year Year { get; }

    public IReadOnlyList<ReturnRule> Rules { get; }

    public int Children { get; }

    public IReadOnlyList<Finding> Findings => findings;

    public IReadOnlyList<NotChecked> NotChecked =>
        [.. notChecked, .. stopped.Select(pair => new NotChecked(pair.Key,
            $"The check stopped with an error on {pair.Value.Times} children, first at child {pair.Value.FirstPosition} of the return ({pair.Value.Fault})."))];

    /// <param name="year">The year the collection ends in: the tables do not say it, <see cref="Ssda903Year.Of"/> finds it by their dates.</param>
    /// <param name="lastYear">The return of the year before, for the rules that compare.</param>
    /// <param name="everyChild">Called after each child, for progress; may throw to stop.</param>
    public static Ssda903Validator Run(Ssda903Return read, int year, Ssda903Return? lastYear = null, Action<int>? everyChild = null) =>
        Run(read, year, lastYear, everyChild, Ssda903Rules.OnChildren);

    internal static Ssda903Validator Run(Ssda903Return read, int year, Ssda903Return? lastYear, Action<int>? everyChild, IReadOnlyDictionary<string, ChildRule> checks)
    {
        var validator = new Ssda903Validator(read, year);
        if (lastYear is not null) read.Join(lastYear);
        validator.Check(read, lastYear, everyChild, checks);
        return validator;
    }

    private void Check(Ssda903Return read, Ssda903Return? lastYear, Action<int>? everyChild, IReadOnlyDictionary<string, ChildRule> checks)
    {
        var running = new List<(ReturnRule Rule, ChildRule Check)>();
        foreach (var packed in Ssda903RulePack.For(Year.Year))
        {
            if (WhyNot(packed, read, lastYear) is { } reason) notChecked.Add(new NotChecked(packed.Rule.Code, reason));
            else if (checks.TryGetValue(packed.Rule.Code, out var check)) running.Add((packed.Rule, check));
            else notChecked.Add(new NotChecked(packed.Rule.Code, "There is no check for this rule yet."));
            if (Ssda903Rules.InPart.TryGetValue(packed.Rule.Code, out var rest)) notChecked.Add(new NotChecked(packed.Rule.Code, rest));
        }

        var twice = read.Children.Select(c => c.Header?.UPN.Value).Where(upn => upn?.Length == CinCensus.Rules.Upn.Length).GroupBy(upn => upn).Where(g => g.Count() > 1).Select(g => g.Key!).ToHashSet(StringComparer.Ordinal);
        var seen = 0;
        foreach (var child in read.Children)
        {
            child.SharesUpn = twice.Count > 0 && child.Header?.UPN.Value is { } upn && twice.Contains(upn);
            CheckSchema(child);
            ReturnRule current = null!;
            void Found(string? value) => findings.Add(new Finding(current, child.Id, child.Position, Shown(value)));
            Action<string?> found = Found;
            foreach (var (rule, check) in running)
            {
                current = rule;
                try
                {
                    check(child, Year, found);
                }
#pragma warning disable CA1031 // Whatever stops a rule, the others are still to be checked and this one is not to count as kept.
                catch (Exception fault)
                {
                    // The type of the error only: its message may quote the return.
                    stopped[rule.Code] = stopped.TryGetValue(rule.Code, out var before)
                        ? before with { Times = before.Times + 1 }
                        : (1, child.Position, fault.GetType().Name);
                }
#pragma warning restore CA1031
            }
            everyChild?.Invoke(++seen);
        }
    }

    private static string? WhyNot(PackedRule packed, Ssda903Return read, Ssda903Return? lastYear)
    {
        if (Ssda903Rules.NotFromTheFile.TryGetValue(packed.Rule.Code, out var reason)) return reason;
        if (Ssda903Rules.OnlyInXml.Contains(packed.Rule.Code) && !read.IsXml)
            return "The tables carry no UASC status: being in the UASC table is the status. The XML form is checked.";
        foreach (var table in packed.Tables)
            if (!read.Tables.Contains(table)) return $"The return has no {Ssda903Tables.Name(table)} table.";
        foreach (var table in packed.LastYear)
        {
            if (lastYear is null) return NoLastYear;
            if (!lastYear.Tables.Contains(table)) return $"Last year's return has no {Ssda903Tables.Name(table)} table.";
        }
        return null;
    }

    private void CheckSchema(LookedAfterChild child)
    {
        foreach (var table in Ssda903Tables.All)
        {
            foreach (var row in child.Rows(table))
            {
                if (!row.CHILD.IsGiven) Schema("CHILD", $"has no value in a row of the {Ssda903Tables.Name(table)} table", child, null);
                // The header's own date of birth is rule 102.
                if (table != Ssda903Table.Header && row.DOB.IsUnreadable) Schema("DOB", $"cannot be read in the {Ssda903Tables.Name(table)} table", child, row.DOB.Raw);
            }
        }
    }

    private void Schema(string field, string fault, LookedAfterChild child, string? value)
    {
        if (!schemaRules.TryGetValue(field + fault, out var rule))
            schemaRules[field + fault] = rule = new ReturnRule(SchemaRule, Severity.Error, "Schema", [field], $"{field} {fault}");
        findings.Add(new Finding(rule, child.Id, child.Position, Shown(value)));
    }

    private static string? Shown(string? value) => string.IsNullOrEmpty(value) ? null : value.Length > 200 ? value[..200] + "…" : value;
}
