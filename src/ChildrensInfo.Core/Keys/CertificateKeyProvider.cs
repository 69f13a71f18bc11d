using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ChildrensInfo.Core.Keys;

/// <summary>Wraps with the RSA key of a certificate in a file (RSA-OAEP, SHA-256) and signs with it (RSA-PSS). The default.</summary>
public sealed class CertificateKeyProvider : IKeyProvider, IDisposable
{
    private readonly X509Certificate2 certificate;

    private CertificateKeyProvider(X509Certificate2 certificate) => this.certificate = certificate;

    public string Kind => "a certificate in a file";

    public string CurrentKeyId => certificate.Thumbprint;

    /// <exception cref="KeySourceException">The file is not there, does not open or holds no key.</exception>
    public static CertificateKeyProvider Load(string path, string? password, string setting)
    {
        try
        {
            var loaded = X509CertificateLoader.LoadPkcs12FromFile(path, password);
            if (loaded.HasPrivateKey && loaded.GetRSAPublicKey() is not null) return new(loaded);
            loaded.Dispose();
            throw new KeySourceException($"the certificate in {setting} holds no private RSA key.");
        }
        catch (CryptographicException)
        {
            throw new KeySourceException(File.Exists(path) ? $"the certificate in {setting} cannot be opened; check {setting.Replace("Path", "Password", StringComparison.Ordinal)}." : $"the certificate in {setting} is not there.");
        }
    }

    public bool Holds(string keyId) => keyId == certificate.Thumbprint;

    public byte[] Wrap(ReadOnlySpan<byte> key)
    {
        using var rsa = certificate.GetRSAPublicKey()!;
        return rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256);
    }

    public byte[] Unwrap(string keyId, byte[] wrapped)
    {
        if (!Holds(keyId)) throw new CryptographicException($"The key {keyId} is not that of the certificate.");
        using var rsa = certificate.GetRSAPrivateKey()!;
        return rsa.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256);
    }

    public byte[] Sign(byte[] hash)
    {
        using var rsa = certificate.GetRSAPrivateKey()!;
        return rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }

    public bool? IsSignedBy(string keyId, byte[] hash, byte[] signature)
    {
        if (!Holds(keyId)) return null;
        using var rsa = certificate.GetRSAPublicKey()!;
        return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }

    /// <summary>Makes a certificate of its own, readable by its owner only.</summary>
    /// <returns>False when a file is there already.</returns>
    public static bool CreateFile(string path, TimeProvider clock)
    {
        if (File.Exists(path)) return false;
        using var rsa = RSA.Create(3072);
        var request = new CertificateRequest("CN=Children's Information Portal development keys", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(clock.GetUtcNow().AddDays(-1), clock.GetUtcNow().AddYears(20));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(made.Export(X509ContentType.Pkcs12));
        return true;
    }

    public void Dispose() => certificate.Dispose();
}
