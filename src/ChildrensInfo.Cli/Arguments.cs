using System.Globalization;

namespace ChildrensInfo.Cli;

/// <summary>What was typed after the command: files, options with a value (<c>--k 6</c> or <c>--k=6</c>) and flags.</summary>
public sealed class Arguments
{
    private readonly List<(string Name, string Value)> options = [];
    private readonly HashSet<string> flags = [];

    /// <exception cref="BadInputException">An option is unknown or lacks its value.</exception>
    public Arguments(string[] typed, string usage, string[] withValue, params string[] withoutValue)
    {
        Usage = usage;
        for (var i = 0; i < typed.Length; i++)
        {
            if (!typed[i].StartsWith("--", StringComparison.Ordinal))
            {
                Others.Add(typed[i]);
                continue;
            }

            var equals = typed[i].IndexOf('=');
            var name = equals < 0 ? typed[i] : typed[i][..equals];
            if (withoutValue.Contains(name) && equals < 0) flags.Add(name);
            else if (!withValue.Contains(name)) throw Bad($"Unknown option {name}.");
            else if ((equals >= 0 ? typed[i][(equals + 1)..] : ++i < typed.Length ? typed[i] : "") is { Length: > 0 } value) options.Add((name, value));
            else throw Bad($"{name} needs a value.");
        }
    }

    public string Usage { get; }

    /// <summary>What is not an option: files, mostly.</summary>
    public List<string> Others { get; } = [];

    public bool Has(string flag) => flags.Contains(flag);

    public IEnumerable<string> All(string name) => options.Where(o => o.Name == name).Select(o => o.Value);

    public string? Optional(string name)
    {
        var values = All(name).ToList();
        return values.Count > 1 ? throw Bad($"{name} is given twice.") : values.FirstOrDefault();
    }

    public string Required(string name) => Optional(name) ?? throw Bad($"{name} is missing.");

    public int? Whole(string name) => Optional(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Bad($"{name} takes a whole number.");

    public double? Fraction(string name) => Optional(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
        : throw Bad($"{name} takes a number such as 0.05.");

    public string TheOneFile() => Others.Count == 1 ? Others[0] : throw Bad("Name one file to read.");

    /// <summary>No file that is written takes the place of one that is read, or of another that is written.</summary>
    /// <exception cref="BadInputException">One would, by whatever name.</exception>
    public void RequireApart(IEnumerable<string> read, params string[] written)
    {
        static string Whole(string path) => (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
        var taken = read.Select(Whole).ToHashSet(StringComparer.Ordinal);
        foreach (var path in written)
        {
            if (!taken.Add(Whole(path)) || !taken.Add(Whole(FinishedFile.PartialOf(path)))) throw Bad($"{path} would be written over what is read, or twice. Name another file.");
        }
    }

    public BadInputException Bad(string message) => new(message + Environment.NewLine + Environment.NewLine + Usage);
}
