using System.Collections.Frozen;
using System.Collections.ObjectModel;
using CsvHelper;

namespace ChildrensInfo.Core.Returns;

/// <summary>One code of a list, with the first and last collection year whose schema carries it.</summary>
public sealed record Code(string Value, string Label, int FirstYear, int LastYear);

/// <summary>A statutory code list, read once from the reference data in this assembly (see the README beside it).</summary>
public sealed class CodeList
{
    /// <summary>The newest schema year in the reference data: a code seen there is taken to be still in use.</summary>
    private const int NewestYear = 2026;

    private readonly FrozenDictionary<string, Code> codes;

    private CodeList(string name, IReadOnlyList<Code> all)
    {
        Name = name;
        Codes = new ReadOnlyCollection<Code>([.. all]);
        codes = all.ToFrozenDictionary(code => code.Value, StringComparer.Ordinal);
    }

    public string Name { get; }

    /// <summary>In the order of the schema.</summary>
    public IReadOnlyList<Code> Codes { get; }

    public bool Contains(string? code) => code is not null && codes.ContainsKey(code);

    /// <param name="year">The year in which the collection ends: 2026 for 2025-26.</param>
    public bool Contains(string? code, int year) =>
      code is not null && codes.TryGetValue(code, out var found)
      && year >= found.FirstYear && (year <= found.LastYear || found.LastYear == NewestYear);

    /// <summary>The label, or the code itself where the source gives none or the code is unknown.</summary>
    public string Label(string code) => codes.TryGetValue(code, out var found) && found.Label.Length > 0 ? found.Label : code;

    /// <param name="name">The file's name without extension, such as <c>cin_primary_need</c>.</param>
    public static CodeList Load(string name)
    {
        using var stream = typeof(CodeList).Assembly.GetManifestResourceStream($"ChildrensInfo.Core.Data.Reference.codelists.{name}.csv")
          ?? throw new InvalidOperationException($"There is no code list {name} in the reference data.");
        using var csv = CsvReader.Create(stream);
        var codes = new List<Code>();
        while (csv.Read())
            codes.Add(new Code(csv.GetString("code"), csv.GetString("label"), csv.Parse<int>("first_year"), csv.Parse<int>("last_year")));
        return new CodeList(name, codes);
    }
}
