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

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The first 80 bits of a keyed hash of our own id, never of a number that others know.</summary>
    public string Of(Guid childId)
    {
        var hash = HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"child|{childId:N}"));
        var code = new char[16];
        for (var i = 0; i < code.Length; i++)
        {
            var bit = i * 5;
            var pair = (hash[bit / 8] << 8) | hash[(bit / 8) + 1];
            code[i] = Alphabet[(pair >> (11 - (bit % 8))) & 31];
        }

        return new string(code);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(key);
}
