using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Keys;

/// <summary>An authority's key, wrapped by the key provider. The newest one wraps what is new; older ones still open what is old.</summary>
public class AuthorityKey : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public required string ProviderKeyId { get; init; }

    public required byte[] WrappedKey { get; init; }

    public DateTime CreatedAt { get; init; }
}

/// <summary>A child's key, wrapped by their authority's. Without this row nothing the child said can be read again.</summary>
public class ChildKey : IAboutChild
{
    public Guid ChildId { get; init; }

    /// <summary>Which key it is, however it is wrapped: another one takes its place when what it sealed is destroyed.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid AuthorityKeyId { get; init; }

    public required byte[] WrappedKey { get; init; }
}
