using System.Text;
using System.Xml.Linq;
using ChildrensInfo.Core.Keys;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace ChildrensInfo.Web.Access;

/// <summary>On disk the keys of cookies are as safe as the keys of words: each is sealed under a key of its own, which the council's key provider wraps.</summary>
public sealed class CookieKeySeal(IKeyProvider keys) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var key = Seal.NewKey();
        return new(
            new XElement(
                "sealed",
                new XAttribute("by", keys.CurrentKeyId),
                new XAttribute("wrapped", Convert.ToBase64String(keys.Wrap(key))),
                Convert.ToBase64String(Seal.Close(key, Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)), Guid.Empty, SealPart.CookieKey))),
            typeof(CookieKeyOpener));
    }
}

/// <summary>Made by name, from what the file says, with the services of the site.</summary>
public sealed class CookieKeyOpener(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var key = services.GetRequiredService<IKeyProvider>().Unwrap(encryptedElement.Attribute("by")!.Value, Convert.FromBase64String(encryptedElement.Attribute("wrapped")!.Value));
        return XElement.Parse(Encoding.UTF8.GetString(Seal.Open(key, Convert.FromBase64String(encryptedElement.Value), Guid.Empty, SealPart.CookieKey)));
    }
}
