namespace ChildrensInfo.Core.Returns.Ssda903;

/// <summary>A whole return on children looked after, read.</summary>
public sealed class Ssda903Return
{
    // As in the census, a number is the same with small letters and with capitals.
    private readonly Dictionary<string, LookedAfterChild> byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<LookedAfterChild> children = [];
    private readonly HashSet<Ssda903Table> tables = [];
    private readonly List<string> notes = [];

    internal Ssda903Return(bool isXml) => IsXml = isXml;

    /// <summary>The XML form says in so many words whether a child is unaccompanied; the tables only imply it.</summary>
    public bool IsXml { get; }

    /// <summary>In the order in which the return first names them.</summary>
    public IReadOnlyList<LookedAfterChild> Children => children;

    public IReadOnlySet<Ssda903Table> Tables => tables;

    /// <summary>What was odd but could be read past; without anything of what the return says about a child.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Children who have a row in the header.</summary>
    public int ChildCount => children.Count(c => c.Headers.Count > 0);

    public LookedAfterChild? Find(string? id) => id is not null && byId.TryGetValue(id, out var child) ? child : null;

    internal void Add(Ssda903Table table) => tables.Add(table);

    internal void Note(string note) => notes.Add(note);

    internal void Add(Ssda903Table table, Func<string, string?> cell)
    {
        var id = cell("CHILD")?.Trim();
        LookedAfterChild? child = null;
        if (string.IsNullOrEmpty(id) || !byId.TryGetValue(id, out child))
        {
            child = new LookedAfterChild(string.IsNullOrEmpty(id) ? null : id, children.Count + 1);
            children.Add(child);
            if (child.Id is { } key) byId.Add(key, child);
        }
        child.Add(table, cell);
    }

    internal void Order()
    {
        foreach (var child in children) child.Order();
    }

    /// <summary>Puts beside each child what the return of the year before says of it.</summary>
    public void Join(Ssda903Return lastYear)
    {
        foreach (var child in children) child.LastYear = lastYear.Find(child.Id);
    }
}
