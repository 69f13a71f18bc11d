namespace ChildrensInfo.Core.Consent;

/// <summary>
/// Where every permission of one child stands at one instant: for the purpose as such, and for one visit or record. Read once, so that a page that shows many records asks once.
/// </summary>
public sealed class ChildPermissions
{
    /// <summary>Of a child of whom nothing is known: everything is denied.</summary>
    public static readonly ChildPermissions None = new(null, default);

    private readonly ConsentFactsReader.Known? known;
    private readonly DateTime at;
    private readonly Dictionary<(Purpose Purpose, Guid? ScopeId), ConsentDecision> decided = [];

    internal ChildPermissions(ConsentFactsReader.Known? known, DateTime at) => (this.known, this.at) = (known, at);

    public ConsentDecision this[Purpose purpose] => Of(purpose, null);

    /// <param name="scopeId">The session, record, recipient or project it is asked for; null for the purpose as such.</param>
    public ConsentDecision Of(Purpose purpose, Guid? scopeId)
    {
        if (known is null) return ConsentDecision.NothingKnown;
        if (!decided.TryGetValue((purpose, scopeId), out var decision)) decided.Add((purpose, scopeId), decision = known.Decide(purpose, scopeId, at));
        return decision;
    }
}
