using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Development;

/// <summary>
/// Where the database is. In Development, with none configured, a private one is started in .data and filled with demo data; anywhere
/// else a missing connection string stops the start.
/// </summary>
public static class DatabaseStart
{
    private const string DatabaseName = "portal";

    /// <returns>The site's connection string, or null when there is none and the reason has been said.</returns>
    public static async Task<string?> FindAsync(WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetConnectionString("Portal") is { Length: > 0 } configured) return configured;
        if (!builder.Environment.IsDevelopment())
        {
            await Console.Error.WriteLineAsync("No database: set ConnectionStrings__Portal to the site's PostgreSQL connection string.");
            return null;
        }

        var folder = Path.GetFullPath(Path.Combine(builder.Environment.ContentRootPath, "..", "..", ".data"));
        EmbeddedPostgres server;
        try
        {
            server = await EmbeddedPostgres.StartAsync(Path.Combine(folder, "postgres"), [], CancellationToken.None);
            await server.EnsureDatabaseAsync(DatabaseName, CancellationToken.None);
        }
        catch (InvalidOperationException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return null;
        }

        var certificate = Path.Combine(folder, "keys", "authority-keys.pfx");
        if (!File.Exists(certificate)) CertificateKeyProvider.CreateFile(certificate, TimeProvider.System);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Migrator"] = server.ConnectionString(DatabaseName, EmbeddedPostgres.MigratorRole),
            ["Keys:CertificatePath"] = certificate,
            ["Keys:CookieKeysFolder"] = Path.Combine(folder, "keys", "cookies"),
            ["Logs:Folder"] = Path.Combine(folder, "logs"),
        });
        // Made here, owned by the container, so that the server stops when the site does.
        builder.Services.AddSingleton(_ => server);
        return server.ConnectionString(DatabaseName, EmbeddedPostgres.SiteRole);
    }

    /// <returns>False when the site should not start; the reason has been said.</returns>
    public static async Task<bool> PrepareAsync(WebApplication app)
    {
        if (app.Services.GetService<EmbeddedPostgres>() is null) return true;
        await Migrator.MigrateAsync(app.Configuration.GetConnectionString("Migrator")!, CancellationToken.None);
        app.Lifetime.ApplicationStarted.Register(() =>
            Console.WriteLine($"Children's Information Portal: open {string.Join(" or ", app.Urls)} (stop with Ctrl+C)"));
        return true;
    }
}
