using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace ChildrensInfo.Core.Keys;

/// <summary>An RSA key on a token, as its maker's library reaches it.</summary>
/// <param name="Library">The path of that library.</param>
/// <param name="Token">The label of the token.</param>
/// <param name="Key">The label of the private key.</param>
/// <param name="OaepHash"><c>SHA-256</c>, or <c>SHA-1</c> for a token that offers no other with RSA-OAEP. What was wrapped with the one is named apart from the other.</param>
public sealed record TokenKey(string Library, string Token, string Pin, string Key, string OaepHash)
{
    // Its members are printed otherwise, and one of them is secret.
    public override string ToString() => nameof(TokenKey);
}

/// <summary>
/// Has a hardware security module open and sign (PKCS#11: CKM_RSA_PKCS_OAEP, CKM_RSA_PKCS_PSS with SHA-256). Its private key never leaves it; wrapping and checking need
/// only the public one and are done here.
/// </summary>
public sealed class Pkcs11KeyProvider : IKeyProvider, IDisposable
{
    private const int Bits = 3072;

    private static readonly Pkcs11InteropFactories Factories = new();

    // A library counts its callers by process. It is never told that one has ended, because that would end the sessions of all.
    private static readonly ConcurrentDictionary<string, Lazy<IPkcs11Library>> Libraries = new();

    /// <summary>A connection to the module that was lost and can be made again.</summary>
    private static readonly HashSet<CKR> Lost =
    [
        CKR.CKR_SESSION_HANDLE_INVALID, CKR.CKR_SESSION_CLOSED, CKR.CKR_USER_NOT_LOGGED_IN, CKR.CKR_OBJECT_HANDLE_INVALID, CKR.CKR_KEY_HANDLE_INVALID,
        CKR.CKR_DEVICE_REMOVED, CKR.CKR_DEVICE_ERROR, CKR.CKR_TOKEN_NOT_PRESENT, CKR.CKR_TOKEN_NOT_RECOGNIZED,
    ];

    // The package asks Linux for "libdl", which since glibc 2.34 is there by its full name only unless a compiler is installed.
    static Pkcs11KeyProvider() => NativeLibrary.SetDllImportResolver(
        typeof(Pkcs11InteropFactories).Assembly, (name, _, _) => name == "libdl" && OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libdl.so.2", out var found) ? found : 0);

    private readonly TokenKey token;
    private readonly RSAEncryptionPadding padding;
    private readonly Lock gate = new();
    private readonly RSA publicKey = RSA.Create();
    private ISession? session;
    private IObjectHandle? privateKey;

    private Pkcs11KeyProvider(TokenKey token)
    {
        this.token = token;
        padding = token.OaepHash == "SHA-1" ? RSAEncryptionPadding.OaepSHA1 : RSAEncryptionPadding.OaepSHA256;
    }

    public string Kind => "a hardware token (PKCS#11)";

    public string CurrentKeyId { get; private set; } = "";

    /// <exception cref="KeySourceException">The library, the token or the key is not there, or does not do what is asked.</exception>
    public static Pkcs11KeyProvider Load(TokenKey token, string setting)
    {
        if (token.OaepHash is not ("SHA-256" or "SHA-1")) throw new KeySourceException($"{setting}__OaepHash is neither SHA-256 nor SHA-1.");
        var provider = new Pkcs11KeyProvider(token);
        try
        {
            provider.Begin();
            KeySource.Prove(provider);
            return provider;
        }
        catch (Exception error) when (error is Pkcs11Exception or UnmanagedException or CryptographicException or AttributeValueException)
        {
            provider.Dispose();
            throw new KeySourceException((error.InnerException ?? error) switch
            {
                UnmanagedException => $"the library in {setting}__Library is not one of PKCS#11 or is not there.",
                Pkcs11Exception { RV: CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_LOCKED or CKR.CKR_PIN_INVALID or CKR.CKR_PIN_LEN_RANGE or CKR.CKR_PIN_EXPIRED } refused => $"the token refuses {setting}__Pin ({refused.RV}).",
                Pkcs11Exception failed => $"the token in {setting} does not do what is asked of it ({failed.Method}: {failed.RV}); if it has no SHA-256 with RSA-OAEP, set {setting}__OaepHash to SHA-1.",
                _ => $"the token in {setting} cannot be used: {error.Message}",
            });
        }
    }

    /// <summary>Makes the key on the token, where no key has that label yet. It cannot be taken out of it.</summary>
    /// <returns>False when it is there already.</returns>
    /// <exception cref="KeySourceException">The token is not there or refuses.</exception>
    public static bool CreateKey(TokenKey token, string setting)
    {
        using var provider = new Pkcs11KeyProvider(token);
        try
        {
            using var open = provider.OpenSession(SessionType.ReadWrite);
            if (provider.Find(open).Count > 0) return false;
            var attributes = Factories.ObjectAttributeFactory;
            var id = RandomNumberGenerator.GetBytes(16);
            using var mechanism = Factories.MechanismFactory.Create(CKM.CKM_RSA_PKCS_KEY_PAIR_GEN);
            open.GenerateKeyPair(
                mechanism,
                [
                    attributes.Create(CKA.CKA_TOKEN, true), attributes.Create(CKA.CKA_LABEL, token.Key), attributes.Create(CKA.CKA_ID, id), attributes.Create(CKA.CKA_MODULUS_BITS, Bits),
                    attributes.Create(CKA.CKA_PUBLIC_EXPONENT, [1, 0, 1]), attributes.Create(CKA.CKA_ENCRYPT, true), attributes.Create(CKA.CKA_VERIFY, true),
                ],
                [
                    attributes.Create(CKA.CKA_TOKEN, true), attributes.Create(CKA.CKA_LABEL, token.Key), attributes.Create(CKA.CKA_ID, id), attributes.Create(CKA.CKA_PRIVATE, true),
                    attributes.Create(CKA.CKA_SENSITIVE, true), attributes.Create(CKA.CKA_EXTRACTABLE, false), attributes.Create(CKA.CKA_DECRYPT, true), attributes.Create(CKA.CKA_SIGN, true),
                ],
                out _,
                out _);
            return true;
        }
        catch (Exception error) when (error is Pkcs11Exception or UnmanagedException or CryptographicException)
        {
            throw new KeySourceException($"the token in {setting} makes no key: {error.Message}");
        }
    }

    public bool Holds(string keyId) => keyId == CurrentKeyId;

    public byte[] Wrap(ReadOnlySpan<byte> key) => publicKey.Encrypt(key, padding);

    public byte[] Unwrap(string keyId, byte[] wrapped)
    {
        if (!Holds(keyId)) throw new CryptographicException($"The key {keyId} is not that of the token.");
        var (hash, mask) = padding == RSAEncryptionPadding.OaepSHA1 ? (CKM.CKM_SHA_1, CKG.CKG_MGF1_SHA1) : (CKM.CKM_SHA256, CKG.CKG_MGF1_SHA256);
        return Ask((open, key) =>
        {
            using var parameters = Factories.MechanismParamsFactory.CreateCkRsaPkcsOaepParams((ulong)hash, (ulong)mask, (ulong)CKZ.CKZ_DATA_SPECIFIED, null);
            using var mechanism = Factories.MechanismFactory.Create(CKM.CKM_RSA_PKCS_OAEP, parameters);
            return open.Decrypt(mechanism, key, wrapped);
        });
    }

    public byte[] Sign(byte[] hash) => Ask((open, key) =>
    {
        using var parameters = Factories.MechanismParamsFactory.CreateCkRsaPkcsPssParams((ulong)CKM.CKM_SHA256, (ulong)CKG.CKG_MGF1_SHA256, SHA256.HashSizeInBytes);
        using var mechanism = Factories.MechanismFactory.Create(CKM.CKM_RSA_PKCS_PSS, parameters);
        return open.Sign(mechanism, key, hash);
    });

    public bool? IsSignedBy(string keyId, byte[] hash, byte[] signature) =>
        Holds(keyId) ? publicKey.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss) : null;

    public void Dispose()
    {
        try
        {
            session?.Dispose();
        }
        catch (Pkcs11Exception error) when (Lost.Contains(error.RV))
        {
            // It was lost before, so nothing is open any more.
        }

        publicKey.Dispose();
    }

    /// <summary>One question at a time, as a session wants it; once more in a new session when the one before is lost.</summary>
    private byte[] Ask(Func<ISession, IObjectHandle, byte[]> question)
    {
        lock (gate)
        {
            try
            {
                return question(session!, privateKey!);
            }
            catch (Pkcs11Exception error) when (!Lost.Contains(error.RV))
            {
                throw new CryptographicException($"The token refuses ({error.Method}: {error.RV}).", error);
            }
            catch (Pkcs11Exception)
            {
                try
                {
                    Begin();
                    return question(session!, privateKey!);
                }
                catch (Pkcs11Exception error)
                {
                    throw new CryptographicException($"The token does not answer ({error.Method}: {error.RV}).", error);
                }
            }
        }
    }

    private void Begin()
    {
        session = OpenSession(SessionType.ReadOnly);
        privateKey = Find(session) switch
        {
            [var one] => one,
            [] => throw new CryptographicException("it holds no private key of that label."),
            _ => throw new CryptographicException("it holds several private keys of that label."),
        };
        var parts = session.GetAttributeValue(privateKey, [CKA.CKA_MODULUS, CKA.CKA_PUBLIC_EXPONENT]);
        var open = new RSAParameters { Modulus = parts[0].GetValueAsByteArray(), Exponent = parts[1].GetValueAsByteArray() };
        using var held = RSA.Create(open);
        // Named by what it is: another key that is given the same label is another key.
        var id = "pkcs11:" + Convert.ToHexString(SHA256.HashData(held.ExportSubjectPublicKeyInfo())) + (padding == RSAEncryptionPadding.OaepSHA1 ? ":SHA-1" : "");
        if (CurrentKeyId.Length > 0 && CurrentKeyId != id) throw new CryptographicException("The token holds another key than when the site was started.");
        if (CurrentKeyId.Length > 0) return;
        // Once: others wrap with it while a lost session is begun anew.
        publicKey.ImportParameters(open);
        CurrentKeyId = id;
    }

    private ISession OpenSession(SessionType type)
    {
        var library = Libraries.GetOrAdd(token.Library, path => new(() => Factories.Pkcs11LibraryFactory.LoadPkcs11Library(Factories, path, AppType.MultiThreaded))).Value;
        var slot = library.GetSlotList(SlotsType.WithTokenPresent).Find(s => s.GetTokenInfo().Label.TrimEnd() == token.Token)
            ?? throw new CryptographicException("no token of that label is there.");
        var open = slot.OpenSession(type);
        try
        {
            open.Login(CKU.CKU_USER, token.Pin);
        }
        catch (Pkcs11Exception error) when (error.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
        {
            // A process signs in once for all its sessions.
        }
        catch (Pkcs11Exception)
        {
            open.Dispose();
            throw;
        }

        return open;
    }

    private List<IObjectHandle> Find(ISession open) => open.FindAllObjects(
        [Factories.ObjectAttributeFactory.Create(CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY), Factories.ObjectAttributeFactory.Create(CKA.CKA_LABEL, token.Key)]);
}
