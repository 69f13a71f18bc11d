using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Access;

/// <summary>
/// What somebody has beside their password: an authenticator app, and codes on paper for the day it is lost. Passkeys stand in Identity's own table. Nothing here
/// can be used by whoever reads the database alone.
/// </summary>
public class SecondFactor : IBelongToAuthority
{
    /// <summary>How many recovery codes are given at a time.</summary>
    public const int RecoveryCodeCount = 10;

    public Guid PersonId { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid AuthorityKeyId { get; init; }

    /// <summary>The key that seals the app's key and under which the recovery codes are hashed, wrapped by the council's.</summary>
    public required byte[] WrappedKey { get; init; }

    /// <summary>The key shared with the app, sealed; null for somebody who has passkeys only.</summary>
    public byte[]? AppKeySealed { get; set; }

    public DateTime? AppAddedAt { get; set; }

    /// <summary>Of the newest code that was used: neither it nor one before it works again.</summary>
    public long LastStep { get; set; }

    /// <summary>Keyed hashes of the recovery codes that are left.</summary>
    public List<byte[]> RecoveryCodes { get; init; } = [];

    /// <summary>Two tries at once must not use one code twice.</summary>
    public uint Version { get; private set; }
}

/// <summary>Why an administrator took a second factor off.</summary>
public enum TakeOffReason
{
    Lost,
    Stolen,
    Replaced,
    CodesUsedUp,
}
