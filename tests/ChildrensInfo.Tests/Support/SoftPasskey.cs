using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ChildrensInfo.Tests.Support;

/// <summary>A passkey as a browser and a device would make and use it (WebAuthn, ES256, without attestation), for tests that need no screen.</summary>
public sealed class SoftPasskey : IDisposable
{
    private const byte Present = 0x01;
    private const byte Verified = 0x04;
    private const byte HoldsKey = 0x40;

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] id = RandomNumberGenerator.GetBytes(32);

    /// <summary>What a browser answers when it is asked to make one.</summary>
    public string Make(string options, Uri site)
    {
        using var asked = JsonDocument.Parse(options);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        // COSE: an elliptic key for ES256 on P-256.
        byte[] open = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] device = [.. About(asked.RootElement.GetProperty("rp").GetProperty("id").GetString()!, HoldsKey), .. new byte[16], 0, (byte)id.Length, .. id, .. open];
        byte[] attestation = [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x58, (byte)device.Length, .. device];
        return Answer(new { clientDataJSON = Url(Client("webauthn.create", asked.RootElement, site)), attestationObject = Url(attestation), transports = new[] { "internal" } });
    }

    /// <summary>What a browser answers when it is asked to sign with it.</summary>
    public string Sign(string options, Uri site, Guid holder)
    {
        using var asked = JsonDocument.Parse(options);
        var client = Client("webauthn.get", asked.RootElement, site);
        var device = About(asked.RootElement.GetProperty("rpId").GetString()!, 0);
        var signature = key.SignData([.. device, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Answer(new { clientDataJSON = Url(client), authenticatorData = Url(device), signature = Url(signature), userHandle = Url(Encoding.UTF8.GetBytes(holder.ToString())) });
    }

    public void Dispose() => key.Dispose();

    /// <summary>Like most devices it does not say how often it was used.</summary>
    private static byte[] About(string host, byte more) => [.. SHA256.HashData(Encoding.UTF8.GetBytes(host)), (byte)(Present | Verified | more), .. new byte[sizeof(uint)]];

    private static byte[] Client(string type, JsonElement asked, Uri site) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type, challenge = asked.GetProperty("challenge").GetString(), origin = site.GetLeftPart(UriPartial.Authority), crossOrigin = false });

    private string Answer(object response) => JsonSerializer.Serialize(new { id = Url(id), rawId = Url(id), type = "public-key", authenticatorAttachment = "platform", clientExtensionResults = new { }, response });

    private static string Url(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
