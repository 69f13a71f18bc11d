namespace ChildrensInfo.Core.Research;

/// <summary>
/// What a file tells of one child, in one line of names and codes ("age_band=5_9 sex=F"), so that two files can be compared without either being opened. Each line stands in memory once,
/// however many children have it.
/// </summary>
public sealed class Told(VariableCatalogue catalogue)
{
    private readonly Dictionary<(string Before, string Now), bool> known = [];

    /// <summary>The lines of children, by what each has in the columns of a file.</summary>
    /// <param name="measured">Whether the number is told besides whose mean a table gives.</param>
    public static Func<int, string> Of(PermittedChildren children, IReadOnlyList<ExtractColumn> columns, string? measured = null)
    {
        var places = columns.Select(c => (Column: c, At: children.IndexOf(c.Variable))).ToList();
        var lines = new Dictionary<(long Codes, double Measure), string>();
        return child =>
        {
            var key = (children.CodesOf(child), measured is null ? 0 : children.MeasureOf(child));
            if (lines.TryGetValue(key, out var line)) return line;
            line = string.Join(' ', places.Select(p => $"{p.Column.Variable.Key}={p.Column.Level.FromFinest[children.ValueOf(child, p.At)]}"));
            return lines[key] = measured is null ? line : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{line} mean.{measured}={key.Item2:R}");
        };
    }

    /// <summary>Whether two files tell nothing different of a child in what both tell: a coarser code agrees with each finer one that it holds.</summary>
    /// <param name="before">Null when it is not known.</param>
    public bool Agree(string? before, string now)
    {
        if (before is null || before == now) return true;
        if (known.TryGetValue((before, now), out var agree)) return agree;
        var codes = before.Split(' ').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        return known[(before, now)] = now.Split(' ').Select(p => p.Split('=', 2)).All(p => !codes.TryGetValue(p[0], out var other) || other == p[1] || LeavesOf(p[0], other).Intersect(LeavesOf(p[0], p[1])).Any());
    }

    /// <summary>The finest codes that a code stands for; none when the register does not know it.</summary>
    private IEnumerable<string> LeavesOf(string variable, string code) =>
        catalogue.Find(variable)?.Levels.SelectMany(l => l.FromFinest.Where(f => f.Value == code).Select(f => f.Key)) ?? [];
}
