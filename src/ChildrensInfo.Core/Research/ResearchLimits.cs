namespace ChildrensInfo.Core.Research;

/// <summary>The settings of an authority's extracts, with floors that no setting can go below.</summary>
public sealed class ResearchLimits
{
    public const int LowestPopulation = 50;

    public const int UsualPopulation = 200;

    /// <summary>How many rows look alike at least, in a place from which nothing leaves without a check, and anywhere else.</summary>
    public const int KInSafeSetting = 5;

    public const int KOutside = 10;

    /// <summary>The part of the rows that may be left out to get there.</summary>
    public const double Limit = 0.05;

    /// <summary>Counts told to a researcher before anything is built are rounded to this, and hidden below twice this.</summary>
    public const int RoundTo = 5;

    /// <summary>Fewer children than this are too few for a table: next to nothing in it could be shown.</summary>
    public const int SmallestForTable = LowestPopulation;

    /// <summary>Words of fewer children than this would point to who said them.</summary>
    public const int SmallestForWords = 10;

    /// <summary>The newest so many pieces of one child, so that nobody speaks for all.</summary>
    public const int MostWordsOfOne = 3;

    /// <summary>More pieces than a person reads with care.</summary>
    public const int MostWords = 300;

    /// <summary>No project or setting makes it smaller.</summary>
    public static int KFor(AnalysisPlace place) => place == AnalysisPlace.SafeSetting ? KInSafeSetting : KOutside;

    public ResearchLimits(int smallestPopulation = UsualPopulation) => SmallestPopulation = Math.Max(LowestPopulation, smallestPopulation);

    /// <summary>Fewer children than this are too few for a file of rows, however it is coarsened.</summary>
    public int SmallestPopulation { get; }
}
