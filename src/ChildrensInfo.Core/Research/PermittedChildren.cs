using ChildrensInfo.Core.Consent;

namespace ChildrensInfo.Core.Research;

/// <summary>
/// The children whose permission stands, and how many of the others were not to be included. Of each child their id and one number are held, which is the codes of all variables
/// together: a million children take 24 MB (32 with a measure), however much is known of them.
/// </summary>
/// <param name="variables">What is known of each.</param>
/// <param name="measure">The number whose mean is wanted.</param>
public sealed class PermittedChildren(IReadOnlyList<Variable> variables, Measure? measure, DateOnly day)
{
    private readonly Dictionary<string, int>[] numbers = [.. variables.Select(v => v.Codes.Select((c, i) => (c.Value, i)).ToDictionary(c => c.Value, c => c.i, StringComparer.Ordinal))];
    private readonly List<Guid> ids = [];
    private readonly List<long> codes = [];
    private readonly List<double> measured = [];
    private readonly Dictionary<ConsentState, int> others = [];

    public IReadOnlyList<Variable> Variables => variables;

    public IReadOnlyList<Guid> Ids => ids;

    public int Count => ids.Count;

    /// <summary>How many are restricted, whatever was said about them.</summary>
    public int Restricted { get; private set; }

    public int OthersIn(ConsentState state) => others.GetValueOrDefault(state);

    public void Add(ChildFacts child)
    {
        // The register's code lists together have fewer combinations than a long has numbers.
        var packed = 0L;
        for (var v = 0; v < variables.Count; v++) packed = checked((packed * numbers[v].Count) + numbers[v][variables[v].Read(child, day)]);
        ids.Add(child.ChildId);
        codes.Add(packed);
        if (measure is not null) measured.Add(measure.Of(child, day));
    }

    /// <summary>Those of them who are also in a group.</summary>
    public PermittedChildren Only(IReadOnlySet<Guid> group)
    {
        var only = new PermittedChildren(variables, measure, day);
        for (var child = 0; child < ids.Count; child++)
        {
            if (!group.Contains(ids[child])) continue;
            only.ids.Add(ids[child]);
            only.codes.Add(codes[child]);
            if (measure is not null) only.measured.Add(measured[child]);
        }

        return only;
    }

    public void AddOther(ConsentDecision decision)
    {
        if (decision.IsRestricted) Restricted++;
        else others[decision.State] = OthersIn(decision.State) + 1;
    }

    /// <summary>The number, among a variable's codes, of the one a child has.</summary>
    public int CodeOf(int child, int variable)
    {
        var packed = codes[child];
        for (var v = variables.Count - 1; v > variable; v--) packed /= numbers[v].Count;
        return (int)(packed % numbers[variable].Count);
    }

    /// <summary>The codes of all variables together.</summary>
    public long CodesOf(int child) => codes[child];

    public string ValueOf(int child, int variable) => variables[variable].Codes[CodeOf(child, variable)].Value;

    public double MeasureOf(int child) => measured[child];

    public int IndexOf(Variable variable) => Enumerable.Range(0, variables.Count).First(v => variables[v].Key == variable.Key);
}
