namespace ChildrensInfo.Core.Authorities;

public enum Nation
{
    England,
    Wales,
}

/// <summary>A council: the tenant. <see cref="Code"/> is the three-digit code its returns carry as LEA.</summary>
public class LocalAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Code { get; init; }

    public required string Name { get; set; }

    public string? WelshName { get; set; }

    public Nation Nation { get; init; }
}

public class Team : IBelongToAuthority
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public required string Name { get; set; }
}

/// <summary>A row that one authority holds and no other may see.</summary>
public interface IBelongToAuthority
{
    Guid AuthorityId { get; }
}
