using System.Globalization;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Need;

/// <summary>
/// One look at the figures: what is measured, on which day, of which children, by what. Its address is all there is to it, so it can be bookmarked, sent on and pinned.
/// </summary>
/// <param name="Indicator">The indicator's key.</param>
/// <param name="Day">Null for the newest.</param>
/// <param name="By">The key of a dimension.</param>
/// <param name="Group">The key of a <see cref="NeedFilter"/>.</param>
public sealed record NeedView(string Indicator, DateOnly? Day, string? By, string? Group)
{
    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>From the root of the site.</summary>
    public string Address
    {
        get
        {
            string?[] parts = [Day is { } day ? $"on={Iso(day)}" : null, By is null ? null : $"by={Uri.EscapeDataString(By)}", Group is null ? null : $"group={Uri.EscapeDataString(Group)}"];
            var query = string.Join('&', parts.Where(p => p is not null));
            return $"/understand/indicators/{Indicator}{(query.Length > 0 ? "?" + query : "")}";
        }
    }

    /// <summary>What the audit log says of it: keys only.</summary>
    public string Detail => $"{Indicator} {(Day is { } day ? Iso(day) : "newest")} {By ?? "-"} {Group ?? "all"}";
}

/// <summary>What a slice says, in the unit of its indicator; from shown figures only.</summary>
public static class NeedValue
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    /// <param name="population">Children of the council; null for a group, whose rate would need the population of the group.</param>
    /// <returns>Null when it is hidden.</returns>
    public static decimal? Of(IndicatorUnit unit, Slice slice, int? population) => unit switch
    {
        IndicatorUnit.Percent => slice.Count.ShareOf(slice.Whole, SmallNumbers.Council).TryGet(out var percent) ? Math.Round((decimal)percent, 0, MidpointRounding.AwayFromZero) : null,
        IndicatorUnit.Mean => (decimal?)slice.Mean,
        IndicatorUnit.Rate when population is { } children => PublishedFigures.RateOf(Number(slice.Count), children),
        _ => Number(slice.Count),
    };

    public static decimal? Number(Figure figure) => figure.TryGet(out var number) ? number : null;

    public static string Show(IndicatorUnit unit, decimal? value, bool perPopulation) => value is not { } number ? Figure.Symbol : unit switch
    {
        IndicatorUnit.Percent => number.ToString("0", English) + "%",
        IndicatorUnit.Mean => number.ToString("#,0.0", English),
        IndicatorUnit.Rate when perPopulation => number.ToString("#,0.0", English),
        _ => number.ToString("#,0", English),
    };

    /// <summary>The share of the children behind a slice who were heard.</summary>
    public static Percentage Heard(Slice slice) => slice.Heard.ShareOf(slice.Children, SmallNumbers.Council);

    /// <summary>Of those heard, of how many there are their own words.</summary>
    public static Percentage OwnWords(Slice slice) => slice.OwnWords.ShareOf(slice.Heard, SmallNumbers.Council);

    public static Percentage Lately(Slice slice) => slice.Lately.ShareOf(slice.Heard, SmallNumbers.Council);

    /// <summary>
    /// Between which shares the true one of a larger population would lie, 19 times in 20: Wilson's score interval (E. B. Wilson, 1927), which stays honest
    /// where few or nearly all were heard. From the lowest share that the shown figures may stand for to the highest, in percent: they are rounded, each by itself.
    /// </summary>
    public static (double Low, double High)? Interval(Figure having, Figure whole)
    {
        if (having.ShareOf(whole, SmallNumbers.Council).IsSuppressed || having.StandsFor is not { } k || whole.StandsFor is not { } n) return null;
        return (Wilson(Math.Min(k.Least, n.Most), n.Most).Low, Wilson(Math.Min(k.Most, n.Least), n.Least).High);
    }

    private static (double Low, double High) Wilson(double k, double n)
    {
        const double z = 1.959964;
        var (p, z2) = (k / n, z * z);
        var centre = (p + (z2 / (2 * n))) / (1 + (z2 / n));
        var half = z / (1 + (z2 / n)) * Math.Sqrt((p * (1 - p) / n) + (z2 / (4 * n * n)));
        return (100 * Math.Max(0, centre - half), 100 * Math.Min(1, centre + half));
    }
}
