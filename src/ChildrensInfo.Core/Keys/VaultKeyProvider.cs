using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace ChildrensInfo.Core.Keys;

/// <summary>
/// Has a key in Azure Key Vault or a managed HSM open and sign (<c>RSA-OAEP-256</c>, <c>PS256</c>). The private key never leaves the vault; wrapping and checking need only the
/// public one and are done here. Versions before the current one still open what they wrapped, for as long as the vault keeps them.
/// Requests and answers: learn.microsoft.com/rest/api/keyvault/keys, version 7.4.
/// </summary>
public sealed class VaultKeyProvider : IKeyProvider
{
    private const string Version = "?api-version=7.4";

    private readonly HttpPipeline pipeline;
    private readonly string address;
    private readonly ConcurrentDictionary<string, RSAParameters> publicKeys = new();

    private VaultKeyProvider(Uri named)
    {
        // …/keys/NAME, and perhaps a version of it, which is then the one that wraps.
        address = new Uri(named, string.Concat(named.Segments.Take(3))).AbsoluteUri.TrimEnd('/');
        // Who the site is: the variables AZURE_… of a registered app, or the identity of the machine it runs on.
        var credential = new ChainedTokenCredential(new EnvironmentCredential(), new WorkloadIdentityCredential(), new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned));
        var service = named.Host[(named.Host.IndexOf('.', StringComparison.Ordinal) + 1)..];
        pipeline = HttpPipelineBuilder.Build(new VaultOptions { Retry = { MaxRetries = 2, NetworkTimeout = TimeSpan.FromSeconds(15) } }, new BearerTokenAuthenticationPolicy(credential, $"https://{service}/.default"));
        CurrentKeyId = "";
    }

    public string Kind => "a key vault";

    public string CurrentKeyId { get; private set; }

    /// <param name="named">https://NAME.vault.azure.net/keys/NAME.</param>
    /// <exception cref="KeySourceException">It is no such address, or the vault does not answer or does not let the site use the key.</exception>
    public static VaultKeyProvider Load(string named, string setting)
    {
        if (!Uri.TryCreate(named, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps || uri.Segments is not ["/", "keys/", _] and not ["/", "keys/", _, _] || uri.Query.Length > 0)
        {
            throw new KeySourceException($"{setting} is not the address of a key: https://NAME.vault.azure.net/keys/NAME.");
        }

        var provider = new VaultKeyProvider(uri);
        try
        {
            provider.CurrentKeyId = provider.Read(named.TrimEnd('/'));
            KeySource.Prove(provider);
            return provider;
        }
        catch (CryptographicException error)
        {
            throw new KeySourceException($"the key in {setting} cannot be used: {error.Message}");
        }
    }

    public bool Holds(string keyId) => keyId.StartsWith(address + "/", StringComparison.Ordinal) && keyId[(address.Length + 1)..].All(char.IsAsciiLetterOrDigit);

    public byte[] Wrap(ReadOnlySpan<byte> key)
    {
        using var rsa = PublicKey(CurrentKeyId);
        return rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256);
    }

    public byte[] Unwrap(string keyId, byte[] wrapped)
    {
        if (!Holds(keyId)) throw new CryptographicException($"The key {keyId} is not that of the vault.");
        return Ask(keyId, "unwrapkey", "RSA-OAEP-256", wrapped);
    }

    public byte[] Sign(byte[] hash) => Ask(CurrentKeyId, "sign", "PS256", hash);

    public bool? IsSignedBy(string keyId, byte[] hash, byte[] signature)
    {
        if (!Holds(keyId)) return null;
        using var rsa = PublicKey(keyId);
        return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }

    private RSA PublicKey(string keyId)
    {
        if (!publicKeys.ContainsKey(keyId)) Read(keyId);
        return RSA.Create(publicKeys[keyId]);
    }

    /// <returns>The id of the key with its version, whose public part is known from then on.</returns>
    private string Read(string from)
    {
        using var answer = Send(RequestMethod.Get, from, null);
        var told = answer.RootElement.GetProperty("key");
        if (told.GetProperty("kty").GetString() is not ("RSA" or "RSA-HSM")) throw new CryptographicException("it is no RSA key.");
        var id = told.GetProperty("kid").GetString()!;
        if (!Holds(id)) throw new CryptographicException("the vault answers for another key.");
        publicKeys[id] = new() { Modulus = Bytes(told.GetProperty("n")), Exponent = Bytes(told.GetProperty("e")) };
        return id;
    }

    private byte[] Ask(string keyId, string operation, string algorithm, byte[] value)
    {
        using var answer = Send(RequestMethod.Post, $"{keyId}/{operation}", JsonSerializer.SerializeToUtf8Bytes(new { alg = algorithm, value = Base64Url.EncodeToString(value) }));
        return Bytes(answer.RootElement.GetProperty("value"));
    }

    private JsonDocument Send(RequestMethod method, string to, byte[]? body)
    {
        using var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new(to + Version));
        if (body is not null)
        {
            message.Request.Headers.Add(HttpHeader.Names.ContentType, "application/json");
            message.Request.Content = RequestContent.Create(body);
        }

        try
        {
            pipeline.Send(message, CancellationToken.None);
        }
        catch (Exception error) when (error is RequestFailedException or AuthenticationFailedException or HttpRequestException or OperationCanceledException or AggregateException)
        {
            throw new CryptographicException(error is AuthenticationFailedException ? "the site could not sign in to the vault." : "the vault does not answer.", error);
        }

        if (message.Response.Status != (int)HttpStatusCode.OK)
        {
            throw new CryptographicException(message.Response.Status switch
            {
                (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden => "the vault does not allow it; the site needs get, unwrapKey and sign.",
                (int)HttpStatusCode.NotFound => "the vault has no such key.",
                var status => $"the vault answers {status}.",
            });
        }

        try
        {
            return JsonDocument.Parse(message.Response.Content);
        }
        catch (JsonException error)
        {
            throw new CryptographicException("the vault does not answer as a vault does.", error);
        }
    }

    private static byte[] Bytes(JsonElement text) => Base64Url.DecodeFromChars(text.GetString());

    private sealed class VaultOptions : ClientOptions
    {
    }
}
