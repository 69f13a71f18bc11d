using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Learning;

/// <summary>What a council says of a domain of need, sealed together under its key.</summary>
/// <param name="WrittenWhere">Where else it is written down, and in whose words.</param>
public sealed record DomainWords(string WrittenWhere, string UsedFor);

/// <summary>A row of the information map that only people can fill: the newest of a domain stands, earlier ones are kept.</summary>
public class DomainUse : IBelongToAuthority
{
    public const int TextMaxLength = 1_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>As indicators name it.</summary>
    public required string Domain { get; init; }

    public Guid AuthorityKeyId { get; init; }

    /// <summary>Sealed <see cref="DomainWords"/>.</summary>
    public required byte[] Sealed { get; init; }

    public Guid WrittenById { get; init; }

    public DateTime WrittenAt { get; init; }
}
