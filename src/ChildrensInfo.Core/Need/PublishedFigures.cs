using System.Collections.Frozen;
using System.Globalization;
using CsvHelper;

namespace ChildrensInfo.Core.Need;

public enum PublishedLevel
{
    England,
    Region,
    Council,
}

/// <summary>What the Department published of one place and year; figures it hides are null.</summary>
/// <param name="Year">The year to 31 March.</param>
public sealed record PublishedPlace(int Year, PublishedLevel Level, string Code, string Name, string Region, IReadOnlyDictionary<string, decimal?> Figures)
{
    public decimal? this[string column] => Figures.GetValueOrDefault(column);
}

/// <summary>
/// Published figures to stand beside a council's own, read once from the reference data (the README beside them says where they come from). They are national statistics
/// and are shown as they were published.
/// </summary>
public sealed class PublishedFigures
{
    public const string Source = "Department for Education, Children in need and Children looked after in England; Office for National Statistics, population (Open Government Licence v3.0)";

    private const string Population = "population";

    private static readonly Lazy<PublishedFigures> Loaded = new(Load);

    private readonly FrozenDictionary<(int Year, string Code), PublishedPlace> places;
    private readonly FrozenDictionary<string, string[]> neighbours;

    private PublishedFigures(IEnumerable<PublishedPlace> all, IEnumerable<(string Code, string[] Neighbours)> neighbours)
    {
        places = all.DistinctBy(p => (p.Year, p.Code)).ToFrozenDictionary(p => (p.Year, p.Code));
        this.neighbours = neighbours.ToFrozenDictionary(n => n.Code, n => n.Neighbours);
        Councils = [.. places.Values.Where(p => p.Level == PublishedLevel.Council && this.neighbours.ContainsKey(p.Code)).GroupBy(p => p.Code).Select(g => g.MaxBy(p => p.Year)!).OrderBy(p => p.Name, StringComparer.Ordinal)];
    }

    public static PublishedFigures All => Loaded.Value;

    public static string EnglandCode => "E92000001";

    /// <summary>Each council with statistical neighbours, as last published.</summary>
    public IReadOnlyList<PublishedPlace> Councils { get; }

    public IEnumerable<PublishedPlace> Places => places.Values;

    public PublishedPlace? Find(int year, string code) => places.GetValueOrDefault((year, code));

    /// <summary>The ten statistical neighbours of 2025, the nearest first.</summary>
    public IReadOnlyList<string> NeighboursOf(string code) => neighbours.GetValueOrDefault(code, []);

    /// <summary>The column as its unit is published: a rate or a percentage, else the count by the population.</summary>
    public static decimal? ValueOf(PublishedPlace place, string column, IndicatorUnit unit) => unit switch
    {
        IndicatorUnit.Rate => place[column + "_rate"] ?? RateOf(place[column], place[Population]),
        IndicatorUnit.Percent => place[column + "_percent"],
        _ => place[column],
    };

    /// <summary>For each 10,000 children, to one decimal as the Department rounds.</summary>
    public static decimal? RateOf(decimal? count, decimal? population) =>
        count is { } n && population is > 0 and { } of ? Math.Round(n * 10_000 / of, 1, MidpointRounding.AwayFromZero) : null;

    /// <summary>Of a whole, in percent to one decimal as the Department rounds.</summary>
    public static decimal? ShareOf(decimal? part, decimal? whole) => part is { } n && whole is > 0 and { } of ? Math.Round(n * 100 / of, 1, MidpointRounding.AwayFromZero) : null;

    /// <summary>The newest year to a day or before it for which there is anything in the column.</summary>
    public int? NewestYear(string column, IndicatorUnit unit, DateOnly day) =>
        places.Values.Where(p => p.Level == PublishedLevel.England && new DateOnly(p.Year, 3, 31) <= day && ValueOf(p, column, unit) is not null).Select(p => (int?)p.Year).Max();

    private static PublishedFigures Load()
    {
        using var figures = CsvReader.Create(Open("figures"));
        var all = new List<PublishedPlace>();
        string[] keys = ["year", "level", "code", "name", "region"];
        while (figures.Read())
        {
            var row = figures.Headers.Except(keys).ToDictionary(column => column, column => decimal.TryParse(figures.GetString(column), NumberStyles.Number, CultureInfo.InvariantCulture, out var n) ? n : (decimal?)null);
            all.Add(new(
                int.Parse(figures.GetString("year"), CultureInfo.InvariantCulture),
                figures.GetString("level") switch { "E" => PublishedLevel.England, "R" => PublishedLevel.Region, _ => PublishedLevel.Council },
                figures.GetString("code"), figures.GetString("name"), figures.GetString("region"), row));
        }

        using var near = CsvReader.Create(Open("neighbours"));
        var neighbours = new List<(string, string[])>();
        while (near.Read()) neighbours.Add((near.GetString("code"), [.. Enumerable.Range(1, 10).Select(i => near.GetString($"n{i}"))]));
        return new(all, neighbours);
    }

    private static Stream Open(string name) => typeof(PublishedFigures).Assembly.GetManifestResourceStream($"ChildrensInfo.Core.Data.Reference.published.{name}.csv")
        ?? throw new InvalidOperationException($"The published {name} are missing.");
}
