using System.Security.Cryptography;
using System.Text;

namespace ChildrensInfo.Core.Research;

/// <summary>
/// Codes that tell the children of one extract apart. The key is random, lives as long as this object and is wiped with it, so that nobody, the
/// council included, can work out a code again.
/// </summary>
public sealed class PersonCodes : IDisposable
{
    public const string Pattern = "^[A-Z2-7]{16}$";

    // In the order of its characters, so that numbers and what they are written as come in one order.
    private const string Alphabet = "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public string Of(Guid childId) => TextOf(NumberOf(childId));

    /// <summary>The first 80 bits of a keyed hash of our own id, never of a number that others know.</summary>
    public UInt128 NumberOf(Guid childId)
    {
        var hash = HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"child|{childId:N}"));
        return hash.Take(10).Aggregate(UInt128.Zero, (number, next) => (number << 8) | next);
    }

    public static string TextOf(UInt128 number) => string.Create(16, number, static (code, left) =>
    {
        for (var i = code.Length - 1; i >= 0; i--, left >>= 5) code[i] = Alphabet[(int)(left & 31)];
    });

    public void Dispose() => CryptographicOperations.ZeroMemory(key);
}
