using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace ChildrensInfo.Core.Keys;

/// <summary>Where the outermost key lives: a certificate in a file, a council's own token, or its vault. The keys it wraps never leave unwrapped.</summary>
public interface IKeyProvider
{
    /// <summary>What kind of place it is, in the middle of a sentence.</summary>
    string Kind { get; }

    /// <summary>Names the key that wraps now; kept beside each wrapped key so that it can be found again in decades.</summary>
    string CurrentKeyId { get; }

    /// <summary>Whether a key of that name would be looked for here.</summary>
    bool Holds(string keyId);

    byte[] Wrap(ReadOnlySpan<byte> key);

    /// <exception cref="CryptographicException">The provider does not hold that key, or does not answer.</exception>
    byte[] Unwrap(string keyId, byte[] wrapped);

    /// <summary>Signs a hash of 32 bytes with the current key.</summary>
    /// <exception cref="CryptographicException">The provider does not answer.</exception>
    byte[] Sign(byte[] hash);

    /// <returns>Null when the provider does not hold that key and cannot tell.</returns>
    /// <exception cref="CryptographicException">The provider does not answer.</exception>
    bool? IsSignedBy(string keyId, byte[] hash, byte[] signature);
}

/// <summary>
/// All that are configured, as one. The first wraps and signs; those from before only open what they wrapped and tell what they signed: so a council's keys move from one
/// certificate to the next, or from a certificate to a vault, while the site runs.
/// </summary>
public sealed class KeyProviders : IKeyProvider, IDisposable
{
    private readonly List<IKeyProvider> all = [];

    /// <exception cref="KeySourceException">One of them does not open; the message says which and why.</exception>
    public KeyProviders(params IReadOnlyList<KeySource> sources)
    {
        if (sources.Count == 0) throw new KeySourceException(KeySource.NoneIsSet);
        foreach (var source in sources) all.Add(source.Open());
    }

    public string Kind => all[0].Kind;

    public string CurrentKeyId => all[0].CurrentKeyId;

    public bool Holds(string keyId) => all.Exists(p => p.Holds(keyId));

    public byte[] Wrap(ReadOnlySpan<byte> key) => all[0].Wrap(key);

    public byte[] Unwrap(string keyId, byte[] wrapped) =>
        (all.Find(p => p.Holds(keyId)) ?? throw new CryptographicException($"The key {keyId} is not one of those configured.")).Unwrap(keyId, wrapped);

    public byte[] Sign(byte[] hash) => all[0].Sign(hash);

    public bool? IsSignedBy(string keyId, byte[] hash, byte[] signature) => all.Find(p => p.Holds(keyId))?.IsSignedBy(keyId, hash, signature);

    public void Dispose()
    {
        foreach (var one in all.OfType<IDisposable>()) one.Dispose();
    }
}

/// <summary>A place of an outermost key as the settings name it; opened when asked.</summary>
/// <param name="Setting">Which setting names it, as an environment variable, for messages.</param>
/// <param name="Open">Opens it and proves that it wraps, opens and signs. Throws <see cref="KeySourceException"/>.</param>
/// <param name="Create">Makes the key where none is, and says whether it did. Null where that is done elsewhere.</param>
public sealed record KeySource(string Setting, Func<IKeyProvider> Open, Func<bool>? Create)
{
    public const string NoneIsSet = "set Keys__CertificatePath to the certificate that wraps the councils’ keys, or Keys__Pkcs11__Library or Keys__VaultKey to where that key is.";

    /// <summary>
    /// The key that wraps (<c>Keys:CertificatePath</c>, <c>Keys:Pkcs11:Library</c> or <c>Keys:VaultKey</c>), then those from before (<c>Keys:Earlier:0:…</c> and on, with
    /// the same names).
    /// </summary>
    public static IReadOnlyList<KeySource> From(IConfiguration settings) => [.. Current(settings), .. settings.GetSection("Keys:Earlier").GetChildren().SelectMany(Of)];

    public static IReadOnlyList<string> FaultsOf(IConfiguration settings) => Current(settings).Select(s => s.Setting).ToList() switch
    {
        [] => [NoneIsSet],
        [_] => [],
        [var one, .. var others] => [$"{one} and {string.Join(" and ", others)} both name the key that wraps. Keep one, and name the other in Keys__Earlier__0__… while keys are rotated."],
    };

    public static KeySource Certificate(string path, string? password, string setting = "Keys__CertificatePath") => new(
        setting, () => CertificateKeyProvider.Load(path, password, setting), () => CertificateKeyProvider.CreateFile(path, TimeProvider.System));

    private static IEnumerable<KeySource> Current(IConfiguration settings) => Of(settings.GetSection("Keys"));

    private static IEnumerable<KeySource> Of(IConfigurationSection section)
    {
        var prefix = section.Path.Replace(":", "__", StringComparison.Ordinal);
        if (section["CertificatePath"] is { Length: > 0 } path) yield return Certificate(path, section["CertificatePassword"], $"{prefix}__CertificatePath");
        if (section["Pkcs11:Library"] is { Length: > 0 } library)
        {
            var setting = $"{prefix}__Pkcs11";
            var token = new TokenKey(library, section["Pkcs11:Token"] ?? "", section["Pkcs11:Pin"] ?? "", section["Pkcs11:Key"] ?? "", section["Pkcs11:OaepHash"] ?? "SHA-256");
            yield return new(setting + "__Library", () => Pkcs11KeyProvider.Load(token, setting), () => Pkcs11KeyProvider.CreateKey(token, setting));
        }

        if (section["VaultKey"] is { Length: > 0 } vault) yield return new($"{prefix}__VaultKey", () => VaultKeyProvider.Load(vault, $"{prefix}__VaultKey"), Create: null);
    }

    /// <summary>Better found at the start than when a child's words are to be opened: a key that wraps and does not open, or does not sign.</summary>
    /// <exception cref="CryptographicException">It does not.</exception>
    internal static void Prove(IKeyProvider provider)
    {
        var key = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
        if (!provider.Unwrap(provider.CurrentKeyId, provider.Wrap(key)).AsSpan().SequenceEqual(key)) throw new CryptographicException("What it wrapped does not open.");
        if (provider.IsSignedBy(provider.CurrentKeyId, key, provider.Sign(key)) != true) throw new CryptographicException("What it signed is not signed.");
    }
}

/// <summary>A place of a key cannot be used. The message says which setting to look at and never what is secret in it.</summary>
public sealed class KeySourceException(string message) : Exception(message);
