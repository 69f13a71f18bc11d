namespace ChildrensInfo.Core.Disclosure;

/// <summary>Which counts of children are too small to show.</summary>
public sealed class SmallNumbers
{
    /// <summary>The Department for Education hides 1 to 5; nothing here may hide less.</summary>
    public const int LowestThreshold = 5;

    public const int LowestBase = 10;

    public SmallNumbers(int threshold = LowestThreshold, int smallestBase = LowestBase)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, LowestThreshold);
        ArgumentOutOfRangeException.ThrowIfLessThan(smallestBase, LowestBase);
        Threshold = threshold;
        SmallestBase = smallestBase;
    }

    /// <summary>What councils publish: 1 to 5 hidden.</summary>
    public static SmallNumbers Council { get; } = new(5);

    /// <summary>What leaves for research: 1 to 9 hidden.</summary>
    public static SmallNumbers Research { get; } = new(9);

    /// <summary>The largest count that is hidden.</summary>
    public int Threshold { get; }

    /// <summary>The smallest denominator of a percentage.</summary>
    public int SmallestBase { get; }

    public bool IsSmall(long count) => count >= 1 && count <= Threshold;
}
