using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ChildrensInfo.Tests.Support;

/// <summary>
/// Answers as Azure Key Vault does (learn.microsoft.com/rest/api/keyvault/keys, 7.4) and, on another address, as the service that tells a machine in Azure who it is
/// (IDENTITY_ENDPOINT). It holds to what they are documented to ask for, and answers 400, 401 or 403 to anything else.
/// </summary>
public sealed class FakeVault(WebApplication app, X509Certificate2 certificate, string certificateFile) : IAsyncDisposable
{
    public const string Key = "portal";
    private const string Token = "a token of the machine";
    private const string Header = "who asks";

    private readonly ConcurrentDictionary<string, RSA> versions = new();
    private string current = "";

    /// <summary>Set to have it answer so, whoever asks.</summary>
    public HttpStatusCode? AnswersOnly { get; set; }

    /// <summary>What was asked of it: get, unwrapkey, sign.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public string KeyAddress => $"{Address(Uri.UriSchemeHttps)}/keys/{Key}";

    public string CurrentKeyId => $"{KeyAddress}/{current}";

    /// <summary>What makes another process trust it and be that machine.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["SSL_CERT_FILE"] = certificateFile,
        ["IDENTITY_ENDPOINT"] = $"{Address(Uri.UriSchemeHttp)}/identity",
        ["IDENTITY_HEADER"] = Header,
    };

    public static async Task<FakeVault> StartAsync(CommandLine folder, CancellationToken cancel)
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = folder.Write("vault.pem", certificate.ExportCertificatePem());

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        });
        var app = builder.Build();
        var vault = new FakeVault(app, certificate, file);
        vault.AddVersion();
        app.MapGet("/identity", (HttpRequest asked) => asked.Headers["X-IDENTITY-HEADER"] == Header && asked.Query["resource"] == "https://localhost"
            ? Results.Json(new { access_token = Token, expires_on = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), resource = "https://localhost", token_type = "Bearer" })
            : Results.BadRequest());
        app.MapGet("/keys/portal/{version?}", (HttpRequest asked, string? version) => vault.Answer(asked, "get", version ?? vault.current, (rsa, id) =>
        {
            var open = rsa.ExportParameters(false);
            return new { key = new { kid = id, kty = "RSA", key_ops = new[] { "unwrapKey", "sign" }, n = Base64Url.EncodeToString(open.Modulus), e = Base64Url.EncodeToString(open.Exponent) } };
        }));
        app.MapPost("/keys/portal/{version}/{operation}", async (HttpRequest asked, string version, string operation) =>
        {
            var told = await JsonSerializer.DeserializeAsync<Dictionary<string, string>>(asked.Body, cancellationToken: asked.HttpContext.RequestAborted);
            var value = Base64Url.DecodeFromChars(told!["value"]);
            return (operation, told["alg"]) switch
            {
                ("unwrapkey", "RSA-OAEP-256") => vault.Answer(asked, operation, version, (rsa, id) => new { kid = id, value = Base64Url.EncodeToString(rsa.Decrypt(value, RSAEncryptionPadding.OaepSHA256)) }),
                ("sign", "PS256") => vault.Answer(asked, operation, version, (rsa, id) => new { kid = id, value = Base64Url.EncodeToString(rsa.SignHash(value, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)) }),
                _ => Results.BadRequest(),
            };
        });
        await app.StartAsync(cancel);
        return vault;
    }

    /// <summary>As a vault does when its key is rotated: the version before stays and opens what it wrapped.</summary>
    public void AddVersion()
    {
        current = Guid.NewGuid().ToString("N");
        versions[current] = RSA.Create(3072);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        certificate.Dispose();
        foreach (var one in versions.Values) one.Dispose();
    }

    private IResult Answer(HttpRequest asked, string operation, string version, Func<RSA, string, object> answer)
    {
        if (asked.Headers.Authorization != $"Bearer {Token}") return Results.Unauthorized();
        if (!asked.IsHttps || asked.Query["api-version"] != "7.4") return Results.BadRequest();
        Asked.Enqueue(operation);
        if (AnswersOnly is { } status) return Results.StatusCode((int)status);
        return versions.TryGetValue(version, out var rsa) ? Results.Json(answer(rsa, $"{KeyAddress}/{version}")) : Results.NotFound();
    }

    private string Address(string scheme)
    {
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(a => a.StartsWith(scheme + ":", StringComparison.Ordinal)));
        return $"{scheme}://localhost:{address.Port}";
    }
}
