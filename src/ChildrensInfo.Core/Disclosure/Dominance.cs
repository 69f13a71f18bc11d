namespace ChildrensInfo.Core.Disclosure;

/// <summary>Whether a sum or a mean says nearly what one of those behind it has.</summary>
public static class Dominance
{
    /// <summary>How many of the largest may not have most of the sum between them.</summary>
    public const int Largest = 2;

    /// <summary>The most that they may have.</summary>
    public const double MostOfSum = 0.85;

    /// <summary>How near whoever has the second largest may come to the largest, as a part of it.</summary>
    public const double Near = 0.1;

    /// <param name="values">Nought or more each.</param>
    /// <returns>True also when all have the same: the mean is then what each of them has.</returns>
    public static bool Tells(IReadOnlyCollection<double> values)
    {
        var largest = values.OrderDescending().Take(Largest).ToList();
        var sum = values.Sum();
        return values.Count <= Largest || values.Min() == largest[0] || largest.Sum() > MostOfSum * sum || sum - largest.Sum() < Near * largest[0];
    }
}
