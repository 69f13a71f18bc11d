using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace ChildrensInfo.Core.Keys;

/// <summary>Where the outermost key lives: a file with a certificate, or a council's own vault. The keys it wraps never leave unwrapped.</summary>
public interface IKeyProvider
{
    /// <summary>Names the key that wraps now; kept beside each wrapped key so that it can be found again in decades.</summary>
    string CurrentKeyId { get; }

    byte[] Wrap(ReadOnlySpan<byte> key);

    /// <exception cref="CryptographicException">The provider does not hold that key.</exception>
    byte[] Unwrap(string keyId, byte[] wrapped);

    /// <summary>Signs a hash of 32 bytes with the current key.</summary>
    byte[] Sign(byte[] hash);

    /// <returns>Null when the provider does not hold that key and cannot tell.</returns>
    bool? IsSignedBy(string keyId, byte[] hash, byte[] signature);
}

/// <summary>
/// Wraps with the RSA key of a certificate in a file (RSA-OAEP, SHA-256) and signs with it (RSA-PSS). The default. Certificates from before only open what they
/// wrapped and tell what they signed: so a council's keys move from one certificate to the next while the site runs.
/// </summary>
public sealed class CertificateKeyProvider : IKeyProvider, IDisposable
{
    private readonly X509Certificate2 certificate;
    private readonly Dictionary<string, X509Certificate2> all = [];

    public CertificateKeyProvider(params IReadOnlyList<CertificateFile> files)
    {
        foreach (var file in files)
        {
            var loaded = X509CertificateLoader.LoadPkcs12FromFile(file.Path, file.Password);
            if (!loaded.HasPrivateKey) throw new CryptographicException("The key certificate holds no private key.");
            if (!all.TryAdd(loaded.Thumbprint, loaded)) loaded.Dispose();
        }

        certificate = all.Values.First();
    }

    public string CurrentKeyId => certificate.Thumbprint;

    public byte[] Wrap(ReadOnlySpan<byte> key)
    {
        using var rsa = certificate.GetRSAPublicKey()!;
        return rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256);
    }

    public byte[] Unwrap(string keyId, byte[] wrapped)
    {
        if (!all.TryGetValue(keyId, out var held)) throw new CryptographicException($"The key certificate {keyId} is not one of those configured.");
        using var rsa = held.GetRSAPrivateKey()!;
        return rsa.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256);
    }

    public byte[] Sign(byte[] hash)
    {
        using var rsa = certificate.GetRSAPrivateKey()!;
        return rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }

    public bool? IsSignedBy(string keyId, byte[] hash, byte[] signature)
    {
        if (!all.TryGetValue(keyId, out var held)) return null;
        using var rsa = held.GetRSAPublicKey()!;
        return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }

    /// <summary>Makes a certificate for a development machine, readable by its owner only.</summary>
    public static void CreateFile(string path, TimeProvider clock)
    {
        using var rsa = RSA.Create(3072);
        var request = new CertificateRequest("CN=Children's Information Portal development keys", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(clock.GetUtcNow().AddDays(-1), clock.GetUtcNow().AddYears(20));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(made.Export(X509ContentType.Pkcs12));
    }

    public void Dispose()
    {
        foreach (var one in all.Values) one.Dispose();
    }
}

/// <param name="Setting">Which setting names it, for messages.</param>
public sealed record CertificateFile(string Path, string? Password, string Setting = "Keys:CertificatePath")
{
    /// <summary>The certificates that are configured: the one that wraps first, then those from before (<c>Keys:Earlier:0:CertificatePath</c> and on).</summary>
    public static IReadOnlyList<CertificateFile> From(IConfiguration settings)
    {
        var current = settings["Keys:CertificatePath"] is { Length: > 0 } path ? [new CertificateFile(path, settings["Keys:CertificatePassword"])] : Array.Empty<CertificateFile>();
        return
        [
            .. current,
            .. settings.GetSection("Keys:Earlier").GetChildren().Where(e => e["CertificatePath"] is { Length: > 0 })
                .Select(e => new CertificateFile(e["CertificatePath"]!, e["CertificatePassword"], $"{e.Path}:CertificatePath")),
        ];
    }
}
