using ChildrensInfo.Core.Data;

namespace ChildrensInfo.Web.Development;

/// <summary>
/// Where the database is. In Development, with none configured, a private one is started in .data and filled with demo data; anywhere
/// else a missing connection string stops the start.
/// </summary>
public static class DatabaseStart
{
    /// <returns>The site's connection string, or null when there is none and the reason has been said.</returns>
    public static async Task<string?> FindAsync(WebApplicationBuilder builder)
    {
        if (PortalSettings.FaultOf(builder.Configuration) is { } fault)
        {
            await Console.Error.WriteLineAsync($"Not started: {fault}");
            return null;
        }

        builder.Configuration.AddSettingsFolder(builder.Configuration);
        if (builder.Configuration.GetConnectionString("Portal") is { Length: > 0 } configured) return configured;
        if (!builder.Environment.IsDevelopment())
        {
            await Console.Error.WriteLineAsync("No database: set ConnectionStrings__Portal to the site's PostgreSQL connection string.");
            return null;
        }

        try
        {
            var folder = Path.GetFullPath(Path.Combine(builder.Environment.ContentRootPath, "..", "..", ".data"));
            var database = await DevelopmentDatabase.StartAsync(folder, CancellationToken.None);
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Keys:CertificatePath"] = database.CertificatePath,
                ["Keys:CookieKeysFolder"] = Path.Combine(folder, "keys", "cookies"),
                ["Logs:Folder"] = Path.Combine(folder, "logs"),
            });
            // Made by the container's factory, so that the container stops the server when the site stops.
            builder.Services.AddSingleton(_ => database);
            return database.SiteConnectionString;
        }
        catch (InvalidOperationException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return null;
        }
    }

    /// <summary>Migrates and fills a development database; leaves any other alone.</summary>
    public static async Task PrepareAsync(WebApplication app)
    {
        if (app.Services.GetService<DevelopmentDatabase>() is not { } database) return;
        await Migrator.MigrateAsync(database.MigratorConnectionString, CancellationToken.None);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<DemoData>().EnsureAsync(Console.WriteLine, CancellationToken.None);
        }

        app.Lifetime.ApplicationStarted.Register(() =>
            Console.WriteLine($"Children's Information Portal: open {string.Join(" or ", app.Urls)} (Ctrl+C stops it)"));
    }
}
