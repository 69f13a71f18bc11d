using CsvHelper;

namespace ChildrensInfo.Core.Returns.Safeguarding;

/// <summary>A column of the Standard Safeguarding Dataset.</summary>
/// <param name="RefersTo">The column of another table whose value it holds.</param>
internal sealed record SafeguardingField(string Name, bool IsDate, bool IsKey, (string Table, string Field)? RefersTo);

/// <summary>A table of the dataset.</summary>
internal sealed record SafeguardingTable(string Name, IReadOnlyList<SafeguardingField> Fields)
{
    public IReadOnlyList<string> Key { get; } = [.. Fields.Where(f => f.IsKey).Select(f => f.Name)];

    /// <summary>The column that holds the person's id; null where the person is known only through another table.</summary>
    public string? Person { get; } = Name == SafeguardingTables.PersonTable ? SafeguardingTables.PersonId
        : Fields.FirstOrDefault(f => f.Name.EndsWith("_person_id", StringComparison.Ordinal))?.Name;
}

/// <summary>The tables of the Standard Safeguarding Dataset and their columns, from the reference data (<c>ssd_fields.csv</c>).</summary>
internal static class SafeguardingTables
{
    public const string PersonTable = "ssd_person";
    public const string PersonId = "pers_person_id";

    /// <summary>Tables that are known and not loaded, and why.</summary>
    public static IReadOnlyDictionary<string, string> PassedOver { get; } = new Dictionary<string, string>
    {
        ["ssd_api_data_staging"] = "It is the dataset's own administration.",
        ["ssd_version_log"] = "It is the dataset's own administration.",
        ["ssd_s251_finance"] = "It has only placeholders so far.",
        ["ssd_voice_of_child"] = "It has only placeholders so far, and what children say is kept under Hear, sealed.",
    };

    public static IReadOnlyDictionary<string, SafeguardingTable> All { get; } = Load();

    /// <summary>The table most of whose columns these are, known by its key; null when they are no table's.</summary>
    public static SafeguardingTable? Recognise(IReadOnlyCollection<string> columns) =>
        All.Values.Where(t => t.Fields.Count(f => columns.Contains(f.Name)) is var found && found * 2 > t.Fields.Count)
            .OrderByDescending(t => t.Fields.Count(f => columns.Contains(f.Name))).FirstOrDefault();

    private static Dictionary<string, SafeguardingTable> Load()
    {
        using var stream = typeof(SafeguardingTables).Assembly.GetManifestResourceStream("ChildrensInfo.Core.Data.Reference.ssd_fields.csv")
            ?? throw new InvalidOperationException("The columns of the Standard Safeguarding Dataset are not in the reference data.");
        using var csv = CsvReader.Create(stream);
        var fields = new List<(string Table, SafeguardingField Field)>();
        while (csv.Read())
        {
            var refersTo = csv.GetString("refers_to").Split('.');
            fields.Add((csv.GetString("table"),
                new SafeguardingField(csv.GetString("field"), csv.GetString("type") == "date", csv.GetString("key") == "1", refersTo.Length == 2 ? (refersTo[0], refersTo[1]) : null)));
        }

        return fields.GroupBy(f => f.Table).ToDictionary(g => g.Key, g => new SafeguardingTable(g.Key, [.. g.Select(f => f.Field)]));
    }
}
