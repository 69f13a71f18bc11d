using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ChildrensInfo.Tests.Support;

/// <summary>Closes for a council as the script of the offline page does, from the format as it is written down: not with the program's own code, which only opens.</summary>
public static class DeviceBox
{
    public static byte[] Close(Guid pair, byte[] publicKey, string place, byte[] plain)
    {
        using var council = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = publicKey[1..33], Y = publicKey[33..] } });
        using var once = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var q = once.ExportParameters(false).Q;
        byte[] point = [4, .. q.X!, .. q.Y!];
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, once.DeriveRawSecretAgreement(council.PublicKey), 32, point, "sealed on a device"u8.ToArray());
        var (nonce, closed, tag) = (RandomNumberGenerator.GetBytes(12), new byte[plain.Length], new byte[16]);
        using var aes = new AesGcm(key, 16);
        aes.Encrypt(nonce, plain, closed, tag, Encoding.UTF8.GetBytes(place));
        return [.. "CIP1"u8, .. pair.ToByteArray(bigEndian: true), .. point, .. nonce, .. closed, .. tag];
    }

    /// <summary>A file of what was not sent: a list with its mark, and the boxes in their order.</summary>
    public static byte[] File(byte[] mark, Guid pair, Guid device, Guid person, params (object Entry, byte[][] Boxes)[] items)
    {
        return File(mark, JsonSerializer.SerializeToUtf8Bytes(new { pair, device, person, savedAt = DateTime.UtcNow, items = items.Select(i => i.Entry) }), [.. items.SelectMany(i => i.Boxes)]);
    }

    public static byte[] File(byte[] mark, byte[] list, byte[][] boxes)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, list.Length);
        return [.. "CIPFILE1"u8, .. length, .. list, .. HMACSHA256.HashData(mark, list), .. boxes.SelectMany(box => box)];
    }

    public static object Part(byte[] box) => new { length = box.Length, sha256 = Convert.ToHexStringLower(SHA256.HashData(box)) };
}
