using System.Globalization;
using ChildrensInfo.Core.Disclosure;

namespace ChildrensInfo.Core.Need;

/// <summary>
/// How often children of one group are counted beside all children: the rate of the group over the rate of all. Made from shown figures and from how many children live
/// here, so it tells nothing that they do not.
/// </summary>
/// <param name="Value">1 is as often as all children, 2 twice as often.</param>
/// <param name="Low">Between this and <paramref name="High"/> the true one would lie 19 times in 20.</param>
/// <param name="IsSmall">Whether so few children of the group live here that one family can move it.</param>
public sealed record RelativeRate(decimal Value, decimal Low, decimal High, bool IsSmall)
{
    /// <summary>Fewer children than this, or fewer expected than <see cref="FewExpected"/>, are said to be few.</summary>
    public const int FewChildren = 1_000;

    private const int FewExpected = 10;

    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    /// <param name="group">How many of the group are counted.</param>
    /// <param name="children">How many children of the group live here.</param>
    /// <param name="all">How many are counted of all groups that are known.</param>
    /// <param name="everybody">How many children of all these groups live here.</param>
    /// <returns>Null when a figure is hidden, or there is nobody to compare.</returns>
    public static RelativeRate? Of(Figure group, int children, Figure all, int everybody)
    {
        // The same rule as for every share: neither few, nor all but few, nor a share of few.
        if (group.ShareOf(Figure.Of(children), SmallNumbers.Council).IsSuppressed || !group.TryGet(out var counted) || !all.TryGet(out var whole) || whole <= 0) return null;
        var expected = (double)whole * children / everybody;
        var (least, most) = group.StandsFor!.Value;
        var (low, high) = Byar(least, most);
        return new(Round(counted / expected), Round(low / expected), Round(high / expected), children < FewChildren || expected < FewExpected);
    }

    /// <summary>Such as 0.8 to 1.6.</summary>
    public string Between => string.Create(English, $"{Low:0.0} to {High:0.0}{(IsSmall ? ", few live here" : "")}");

    /// <summary>Byar's interval for a count (Breslow and Day, 1987), of the lowest and the highest number that the shown one may stand for.</summary>
    private static (double Low, double High) Byar(double least, double most)
    {
        const double z = 1.959964;
        static double Cube(double x) => x * x * x;
        var low = least == 0 ? 0 : least * Cube(1 - (1 / (9 * least)) - (z / (3 * Math.Sqrt(least))));
        return (low, (most + 1) * Cube(1 - (1 / (9 * (most + 1))) + (z / (3 * Math.Sqrt(most + 1)))));
    }

    private static decimal Round(double value) => Math.Round((decimal)value, 1, MidpointRounding.AwayFromZero);
}
