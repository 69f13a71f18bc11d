namespace ChildrensInfo.Core.Disclosure;

/// <summary>What a class of rows that look alike must satisfy to be let out, and how much may be left out to get there.</summary>
public sealed class ClassRules
{
    public const int LowestK = 5;
    public const int LowestL = 2;
    public const double HighestLimit = 0.10;

    /// <param name="k">Rows in a class: at least 5 in a safe setting, 10 outside.</param>
    /// <param name="l">Different values of each sensitive column in a class.</param>
    /// <param name="limit">The part of the rows that may be left out.</param>
    /// <param name="harmful">Sensitive values (column, value) that may not make up too much of any class.</param>
    /// <param name="weights">How much each quasi-identifier matters, to choose between equal losses: the dearer stay finer.</param>
    public ClassRules(int k, int l = LowestL, double limit = 0.05, IReadOnlyList<(string Column, string Value)>? harmful = null, IReadOnlyList<double>? weights = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, LowestK);
        ArgumentOutOfRangeException.ThrowIfLessThan(l, LowestL);
        if (!(limit is >= 0 and <= HighestLimit)) throw new ArgumentOutOfRangeException(nameof(limit), $"The limit is between 0 and {HighestLimit}.");
        K = k;
        L = l;
        Limit = limit;
        Harmful = harmful ?? [];
        Weights = weights;
    }

    public int K { get; }

    public int L { get; }

    public double Limit { get; }

    public IReadOnlyList<(string Column, string Value)> Harmful { get; }

    public IReadOnlyList<double>? Weights { get; }

    /// <summary>How many of a class may have a harmful value that this part of all rows has.</summary>
    public static double HarmfulCap(long classSize, double overallRate) =>
        Math.Max(2, Math.Min(0.5, 5 * overallRate) * classSize);
}

/// <summary>There is no way to give what was asked for without giving somebody away. The message says why.</summary>
public class DisclosureRefusedException(string message) : Exception(message);

/// <summary>It could be released alone, and cannot beside what was released before.</summary>
public class DifferencingRefusedException(string message) : DisclosureRefusedException(message);
