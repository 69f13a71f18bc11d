using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Need;

/// <summary>
/// How many children of each ethnic group live in a council's area, as one source says for one year. Never changed: a correction is a version with the next number and a
/// reason, and the newest of a year stands.
/// </summary>
public class EthnicPopulation : IBelongToAuthority
{
    public const int ReasonMaxLength = 500;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public int Year { get; init; }

    /// <summary>1 for the first of its year.</summary>
    public int Number { get; init; }

    public int Asian { get; init; }

    public int Black { get; init; }

    public int Mixed { get; init; }

    public int White { get; init; }

    public int Other { get; init; }

    public required string Source { get; init; }

    /// <summary>Why it was kept or changed.</summary>
    public required string Reason { get; init; }

    public Guid KeptById { get; init; }

    public DateTime KeptAt { get; init; }

    public int All => Asian + Black + Mixed + White + Other;

    /// <summary>Children of a group; null of the group that nobody can count, not known.</summary>
    public int? Of(string group) => group switch
    {
        "asian" => Asian,
        "black" => Black,
        "mixed" => Mixed,
        "white" => White,
        "other" => Other,
        _ => null,
    };

    /// <summary>The groups that are counted, with their children.</summary>
    public IEnumerable<(EthnicGroup Group, int Children)> Groups => EthnicGroup.All.Where(g => g != EthnicGroup.NotKnown).Select(g => (g, Of(g.Key)!.Value));
}
