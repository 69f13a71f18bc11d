using System.Buffers.Binary;
using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
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

        await LeaveWorkForTheClockAsync(server);
        await using var running = await server.StartAsync();
        using var page = await running.AskAsync(HttpMethod.Get, "/Account/SignIn", https: true);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("max-age=63072000; includeSubDomains", Assert.Single(page.Headers.GetValues("Strict-Transport-Security")));
        // On files, redirects and every kind of fault too.
        foreach (var (path, status) in new[] { ("/lib/site.css", HttpStatusCode.OK), ("/hear", HttpStatusCode.Redirect), ("/nothing/here", HttpStatusCode.NotFound), ("/problem/500", HttpStatusCode.InternalServerError) })
        {
            using var other = await running.AskAsync(HttpMethod.Get, path, https: true);
            Assert.Equal((path, status), (path, other.StatusCode));
            Assert.True(other.Headers.TryGetValues("Strict-Transport-Security", out var kept), path);
            Assert.Equal(["max-age=63072000; includeSubDomains"], kept);
        }

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
        using var elsewhere = await running.AskAsync(HttpMethod.Get, "/Account/SignIn", https: true, host: "evil.example");
        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.StatusCode);
        foreach (var (name, value) in new[] { ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin") })
        {
            Assert.Equal((name, value), (name, string.Join(", ", elsewhere.Headers.TryGetValues(name, out var sentAlong) ? sentAlong : [])));
        }

        Assert.Contains("default-src 'none'", Assert.Single(elsewhere.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        using var well = await running.AskAsync(HttpMethod.Get, "/health/ready", https: false);
        Assert.Equal(HttpStatusCode.OK, well.StatusCode);

        // Meanwhile the site has done what was due by the clock when it started.
        for (var i = 0; !(await DoneByTheClockAsync(server)).SequenceEqual([AuditActions.ManyRead, AuditActions.MediaForgotten]); i++)
        {
            Assert.True(i < 300, string.Join(", ", await DoneByTheClockAsync(server)));
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Somebody_who_is_not_the_proxy_is_not_believed()
    {
        using var server = await ProductionServer.SetUpAsync(site, "192.0.2.7");
        await using var running = await server.StartAsync();
        using var answer = await running.AskAsync(HttpMethod.Get, "/Account/SignIn", https: true);
        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
    }

    /// <summary>A drawing that was sent a month ago and never sealed, and somebody who opens very many records.</summary>
    private static async Task LeaveWorkForTheClockAsync(ProductionServer server)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var super = NpgsqlDataSource.Create(server.Superuser);
        Guid person, authority;
        await using (var ask = super.CreateCommand("select id, authority_id from people"))
        await using (var row = await ask.ExecuteReaderAsync(cancel))
        {
            Assert.True(await row.ReadAsync(cancel));
            (person, authority) = (row.GetGuid(0), row.GetGuid(1));
        }

        var actor = Actor.For(person, authority, Role.Practitioner, null, "Lea Moss").AsJob();
        await using var services = new ServiceCollection().AddLogging().AddSingleton<ICurrentActor>(new FixedActor(actor))
            .AddSingleton<IKeyProvider>(new KeyProviders(KeySource.Certificate(server.Settings["Keys__CertificatePath"], null))).AddPortalCore(server.Settings["ConnectionStrings__Portal"]).BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        var (db, files) = (scope.ServiceProvider.GetRequiredService<AppDbContext>(), scope.ServiceProvider.GetRequiredService<FileStore>());
        var child = new Child { AuthorityId = authority, LaChildId = "977C1", GivenName = "Sorrel", BornOn = new(2017, 6, 10), CreatedAt = DateTime.UtcNow };
        db.AddRange(child, await scope.ServiceProvider.GetRequiredService<KeyRing>().NewForChildAsync(child.Id, authority, cancel));
        db.Add(AuditEntry.For(AuditActions.ChildCreated, actor, child.Id, null, TimeProvider.System));
        for (var i = 0; i < ReadingWatch.ManyChildren; i++) db.Add(AuditEntry.For(AuditActions.ChildRead, actor, Guid.NewGuid(), null, TimeProvider.System));
        await db.SaveChangesAsync(cancel);
        var file = await files.BeginAsync(Guid.CreateVersion7(), FileKind.VoiceMedia, child.Id, "image/png", 100, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.MediaReceived, actor, child.Id, file.Id, TimeProvider.System));
        await db.SaveChangesAsync(cancel);
        await using var age = super.CreateCommand("update files set created_at = now() - interval '31 days'");
        Assert.Equal(1, await age.ExecuteNonQueryAsync(cancel));
    }

    private static async Task<List<string>> DoneByTheClockAsync(ProductionServer server)
    {
        await using var super = NpgsqlDataSource.Create(server.Superuser);
        await using var ask = super.CreateCommand($"select distinct action from audit_entries where action in ('{AuditActions.ManyRead}', '{AuditActions.MediaForgotten}') order by action");
        await using var rows = await ask.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var actions = new List<string>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken)) actions.Add(rows.GetString(0));
        return actions;
    }
}
