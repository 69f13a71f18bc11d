using System.Buffers.Binary;
using System.Net;
using ChildrensInfo.Tests.Support;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>The site as a council runs it: another process, in Production, behind a proxy that ends TLS.</summary>
public class ProductionTests(TestSite site)
{
    [Fact]
    public async Task Behind_the_proxy_it_knows_people_sign_in_with_TLS_and_nobody_does_without()
    {
        using var server = await ProductionServer.SetUpAsync(site);
        // How often a password is hashed stands in the hash (version, function, count): OWASP asks for 210,000 of PBKDF2 with SHA-512.
        await using (var connection = new NpgsqlConnection(server.Superuser))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var ask = new NpgsqlCommand("select password_hash from people", connection);
            var hash = Convert.FromBase64String((string)(await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
            Assert.Equal((1, 2u, 210_000u), (hash[0], BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)), BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5))));
        }

        await using var running = await server.StartAsync();
        using var page = await running.AskAsync(HttpMethod.Get, "/Account/SignIn", https: true);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("max-age=63072000; includeSubDomains", Assert.Single(page.Headers.GetValues("Strict-Transport-Security")));
        var form = Assert.Single(page.Headers.GetValues("Set-Cookie"), c => c.StartsWith("__Host-portal-form=", StringComparison.Ordinal));
        Assert.Contains("secure", form);

        var (fields, cookie) = await ProductionSite.FillInAsync(page);
        using var signedIn = await running.AskAsync(HttpMethod.Post, "/Account/SignIn", https: true, fields, cookie);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        Assert.Contains("secure", Assert.Single(signedIn.Headers.GetValues("Set-Cookie"), c => c.StartsWith("__Host-portal=", StringComparison.Ordinal)));

        using var plain = await running.AskAsync(HttpMethod.Get, "/account/signin?returnUrl=%2Fhear", https: false);
        Assert.Equal((HttpStatusCode.PermanentRedirect, "https://portal.example/account/signin?returnUrl=%2Fhear"), (plain.StatusCode, plain.Headers.Location?.OriginalString));
        using var sent = await running.AskAsync(HttpMethod.Post, "/Account/SignIn", https: false, fields, cookie);
        Assert.Equal(HttpStatusCode.BadRequest, sent.StatusCode);
        Assert.False(sent.Headers.Contains("Set-Cookie"));
        using var other = await running.AskAsync(HttpMethod.Get, "/Account/SignIn", https: true, host: "evil.example");
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        using var well = await running.AskAsync(HttpMethod.Get, "/health/ready", https: false);
        Assert.Equal(HttpStatusCode.OK, well.StatusCode);
    }

    [Fact]
    public async Task Somebody_who_is_not_the_proxy_is_not_believed()
    {
        using var server = await ProductionServer.SetUpAsync(site, "192.0.2.7");
        await using var running = await server.StartAsync();
        using var answer = await running.AskAsync(HttpMethod.Get, "/Account/SignIn", https: true);
        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
    }
}
