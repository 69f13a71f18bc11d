using System.Net;
using System.Security.Cryptography;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Tests.Support;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Keys;

/// <summary>Councils' keys wrapped by a token and by a vault, as a council's IT would have it: settings, commands, and the site in Production. In processes of their own: a token's library and a cloud's identity read the environment.</summary>
public class KeyProviderTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_move_from_a_certificate_to_a_token_and_the_site_runs_on_it()
    {
        using var server = await ProductionServer.SetUpAsync(site);
        var token = await SoftToken.MakeAsync(server.Command, Cancel);
        var certificate = server.Settings["Keys__CertificatePath"];
        server.Settings.Remove("Keys__CertificatePath");
        Set(server, token.Settings("Keys"));
        Assert.Contains("A key was made", await DoneAsync(server, "create-key"), StringComparison.Ordinal);
        Assert.Contains("there already", await DoneAsync(server, "create-key"), StringComparison.Ordinal);
        // Without the certificate the keys it wrapped do not open, and nothing is changed.
        Assert.Contains("Keys__Earlier__0__", await FailAsync(server, 1, "rotate-keys", "--wait", "0"), StringComparison.Ordinal);

        server.Settings["Keys__Earlier__0__CertificatePath"] = certificate;
        await DoneAsync(server, "rotate-keys", "--wait", "0");
        server.Settings.Remove("Keys__Earlier__0__CertificatePath");

        var id = Assert.Single(await KeyIdsAsync(server));
        Assert.StartsWith("pkcs11:", id, StringComparison.Ordinal);
        await using (var running = await server.StartAsync())
        {
            await SignInAsync(running);
            await SealedByAsync(server, id);
            // The keys of cookies, on disk: sealed by the token too, and no key of theirs in the clear.
            var cookies = Directory.GetFiles(server.Settings["Keys__CookieKeysFolder"]).Select(File.ReadAllText).ToList();
            Assert.All(cookies, c => Assert.Contains($"by=\"{id}\"", c, StringComparison.Ordinal));
            Assert.All(cookies, c => Assert.DoesNotContain("<masterKey", c, StringComparison.Ordinal));
        }

        Assert.DoesNotContain("not configured here", await DoneAsync(server, "verify-audit"), StringComparison.Ordinal);
        // A key of the same name on another token is another key: the site does not begin with it.
        using var elsewhere = new CommandLine();
        Set(server, (await SoftToken.MakeAsync(elsewhere, Cancel)).Settings("Keys"));
        await DoneAsync(server, "create-key");
        Assert.Contains(id, await FailAsync(server, 1, "rotate-keys", "--wait", "0"), StringComparison.Ordinal);
        Assert.Contains("not configured here", await DoneAsync(server, "verify-audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_cannot_be_used_is_said_so_in_one_line_that_names_the_setting()
    {
        using var command = new CommandLine();
        var token = await SoftToken.MakeAsync(command, Cancel);
        var (made, _, why) = await command.RunAsync(token.Settings("Keys"), ["create-key"]);
        Assert.True(made == 0, why);
        foreach (var (setting, value, told) in new[]
        {
            ("Pin", "0000", "refuses Keys__Pkcs11__Pin"), ("Token", "another", "no token of that label"), ("Key", "another", "no private key of that label"), ("Library", "/nowhere/module.so", "is not there"),
            ("OaepHash", "MD5", "neither SHA-256 nor SHA-1"), ("OaepHash", "SHA-256", "set Keys__Pkcs11__OaepHash to SHA-1"),
        })
        {
            var settings = token.Settings("Keys");
            settings["ConnectionStrings__Portal"] = "Host=127.0.0.1;Database=nowhere";
            settings["Keys__Pkcs11__" + setting] = value;

            var (exit, _, error) = await command.RunAsync(settings, ["verify-audit"]);

            Assert.Equal(2, exit);
            Assert.Contains(told, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
            Assert.DoesNotContain(SoftToken.Pin, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_session_that_a_token_loses_is_begun_anew()
    {
        using var folder = new CommandLine();
        var token = await SoftToken.MakeAsync(folder, Cancel);
        var place = token.Here();
        Assert.True(Pkcs11KeyProvider.CreateKey(place, "Keys__Pkcs11"));
        using var provider = Pkcs11KeyProvider.Load(place, "Keys__Pkcs11");
        var (key, hash) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
        var wrapped = provider.Wrap(key);
        // Twice: the session in the place of the lost one can be lost too.
        for (var time = 0; time < 2; time++)
        {
            token.LoseSessions();
            Assert.Equal(key, provider.Unwrap(provider.CurrentKeyId, wrapped));
            token.LoseSessions();
            Assert.True(provider.IsSignedBy(provider.CurrentKeyId, hash, provider.Sign(hash)));
        }

        // What the token refuses is refused once, in words.
        Assert.Contains("refuses", Assert.Throws<CryptographicException>(() => provider.Unwrap(provider.CurrentKeyId, new byte[7])).Message, StringComparison.Ordinal);
        // And whoever is done with one that is lost is not stopped by it.
        token.LoseSessions();
    }

    [Fact]
    public async Task Keys_move_from_a_certificate_to_a_vault_and_to_the_next_version_of_its_key()
    {
        using var server = await ProductionServer.SetUpAsync(site);
        await using var vault = await FakeVault.StartAsync(server.Command, Cancel);
        Set(server, vault.Settings);
        server.Settings["Keys__VaultKey"] = vault.KeyAddress;
        // Two keys that wrap: which of them is meant?
        Assert.Contains("Keys__CertificatePath and Keys__VaultKey", await FailAsync(server, 2, "rotate-keys", "--wait", "0"), StringComparison.Ordinal);
        Assert.Empty(vault.Asked);

        server.Settings.Remove("Keys__CertificatePath", out var certificate);
        server.Settings["Keys__Earlier__0__CertificatePath"] = certificate!;
        await DoneAsync(server, "rotate-keys", "--wait", "0");
        server.Settings.Remove("Keys__Earlier__0__CertificatePath");
        Assert.Equal([vault.CurrentKeyId], await KeyIdsAsync(server));
        await using (var running = await server.StartAsync())
        {
            await SignInAsync(running);
            await SealedByAsync(server, vault.CurrentKeyId);
        }

        // The vault's key is rotated: what the version before wrapped and signed still holds, and moves on by the same command.
        var before = vault.CurrentKeyId;
        vault.AddVersion();
        Assert.DoesNotContain("not configured here", await DoneAsync(server, "verify-audit"), StringComparison.Ordinal);
        await DoneAsync(server, "rotate-keys", "--wait", "0");
        Assert.Equal([vault.CurrentKeyId], await KeyIdsAsync(server));
        Assert.NotEqual(before, vault.CurrentKeyId);

        foreach (var (status, told) in new[] { (HttpStatusCode.Forbidden, "the site needs get, unwrapKey and sign"), (HttpStatusCode.NotFound, "no such key"), (HttpStatusCode.ServiceUnavailable, "503") })
        {
            vault.AnswersOnly = status;
            Assert.Contains(told, await FailAsync(server, 2, "verify-audit"), StringComparison.Ordinal);
        }

        server.Settings["IDENTITY_ENDPOINT"] = "http://127.0.0.1:9/identity";
        Assert.Contains("could not sign in to the vault", await FailAsync(server, 2, "verify-audit"), StringComparison.Ordinal);
        server.Settings["Keys__VaultKey"] = vault.KeyAddress.Replace("https", "http", StringComparison.Ordinal);
        Assert.Contains("Keys__VaultKey is not the address of a key", await FailAsync(server, 2, "verify-audit"), StringComparison.Ordinal);
    }

    private static void Set(ProductionServer server, Dictionary<string, string> settings)
    {
        foreach (var (name, value) in settings) server.Settings[name] = value;
    }

    private static async Task<string> DoneAsync(ProductionServer server, params string[] arguments)
    {
        var (exit, output, error) = await server.Command.RunAsync(server.Settings, arguments);
        Assert.True(exit == 0, $"{exit}: {error}{output}");
        return output;
    }

    private static async Task<string> FailAsync(ProductionServer server, int expected, params string[] arguments)
    {
        var (exit, output, error) = await server.Command.RunAsync(server.Settings, arguments);
        Assert.True(exit == expected, $"{exit}: {error}{output}");
        return error;
    }

    private static async Task SignInAsync(ProductionSite running)
    {
        using var page = await running.AskAsync(HttpMethod.Get, "/Account/SignIn", https: true);
        var (fields, cookie) = await ProductionSite.FillInAsync(page);
        using var signedIn = await running.AskAsync(HttpMethod.Post, "/Account/SignIn", https: true, fields, cookie);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
    }

    private static async Task<List<string>> KeyIdsAsync(ProductionServer server) => await TextsAsync(server, "select provider_key_id from authority_keys");

    /// <summary>The audit log of the running site is sealed every few seconds; waits for a seal that a key signed.</summary>
    private static async Task SealedByAsync(ProductionServer server, string keyId)
    {
        for (var i = 0; !(await TextsAsync(server, "select key_id from audit_seals")).Contains(keyId); i++)
        {
            Assert.True(i < 300, "The audit log was not sealed.");
            await Task.Delay(100, Cancel);
        }
    }

    private static async Task<List<string>> TextsAsync(ProductionServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.Superuser);
        await connection.OpenAsync(Cancel);
        await using var ask = new NpgsqlCommand(sql, connection);
        await using var rows = await ask.ExecuteReaderAsync(Cancel);
        var texts = new List<string>();
        while (await rows.ReadAsync(Cancel)) texts.Add(rows.GetString(0));
        return texts;
    }
}
