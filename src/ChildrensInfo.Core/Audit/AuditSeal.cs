using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ChildrensInfo.Core.Audit;

/// <summary>
/// A seal over every audit line whose transaction ended in one stretch of the database's own count of transactions, chained to the seal before it and signed with
/// the service's key. The database takes inserts only.
/// </summary>
public class AuditSeal
{
    /// <summary>1, 2, 3 and on, without a gap.</summary>
    public long Number { get; init; }

    /// <summary>PostgreSQL's own name for the cluster that counted the transactions: a restored copy counts from the start again.</summary>
    public long Cluster { get; init; }

    /// <summary>The first transaction of the stretch.</summary>
    public ulong FromTransaction { get; init; }

    /// <summary>The first transaction after the stretch. Every one before it had ended when the seal was made, so that the stretch can never gain a line.</summary>
    public ulong ToTransaction { get; init; }

    public long Lines { get; init; }

    /// <summary>SHA-256 over transaction, id and hash of each line, in that order.</summary>
    public required byte[] LinesHash { get; init; }

    /// <summary>Of the seal before; 32 zero bytes for the first.</summary>
    public required byte[] PreviousHash { get; init; }

    /// <summary>SHA-256 over everything above and <see cref="SealedAt"/>.</summary>
    public required byte[] Hash { get; init; }

    public DateTime SealedAt { get; init; }

    /// <summary>Which key signed <see cref="Hash"/>.</summary>
    public required string KeyId { get; init; }

    public required byte[] Signature { get; init; }

    public static byte[] HashOf(long number, long cluster, ulong from, ulong to, long lines, byte[] linesHash, byte[] previousHash, DateTime sealedAt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // What is hashed begins with what it is, so that nothing else this key signs can be taken for a seal.
        hash.AppendData("audit seal 1"u8);
        Span<byte> numbers = stackalloc byte[48];
        BinaryPrimitives.WriteInt64BigEndian(numbers, number);
        BinaryPrimitives.WriteInt64BigEndian(numbers[8..], cluster);
        BinaryPrimitives.WriteUInt64BigEndian(numbers[16..], from);
        BinaryPrimitives.WriteUInt64BigEndian(numbers[24..], to);
        BinaryPrimitives.WriteInt64BigEndian(numbers[32..], lines);
        BinaryPrimitives.WriteInt64BigEndian(numbers[40..], (sealedAt - DateTime.UnixEpoch).Ticks / 10);
        hash.AppendData(numbers);
        hash.AppendData(linesHash);
        hash.AppendData(previousHash);
        return hash.GetHashAndReset();
    }
}
