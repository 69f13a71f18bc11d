using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChildrensInfo.Cli;

/// <summary>
/// The portal's services for a command. Its settings are the site's; with none, in a clone of the project, the
/// development database in .data is used.
/// </summary>
public sealed class PortalHost : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private readonly DevelopmentDatabase? development;

    private PortalHost(ServiceProvider services, DevelopmentDatabase? development)
    {
        this.services = services;
        this.development = development;
    }

    public static async Task<PortalHost> StartAsync(IConfiguration settings)
    {
        var connection = settings.GetConnectionString("Portal");
        var keys = KeySource.From(settings);
        DevelopmentDatabase? development = null;
        if (connection is null)
        {
            development = await FindDevelopmentAsync() ?? throw new BadInputException("No database: set ConnectionStrings__Portal.");
            (connection, keys) = (development.SiteConnectionString, [KeySource.Certificate(development.CertificatePath, null)]);
        }
        else if (KeySource.FaultsOf(settings) is [var fault, ..])
        {
            throw new BadInputException("No key: " + fault);
        }

        var collection = new ServiceCollection();
        collection.AddPortalCore(connection);
        collection.AddLogging();
        collection.AddScoped<ICurrentActor>(_ => new FixedActor(null));
        collection.AddSingleton<IKeyProvider>(_ => new KeyProviders(keys));
        return new PortalHost(collection.BuildServiceProvider(), development);
    }

    /// <summary>The connection that may change tables: configured apart from the site's, which may not.</summary>
    public static async Task<(string ConnectionString, IAsyncDisposable? Database)> MigratorConnectionAsync(IConfiguration settings)
    {
        if (settings.GetConnectionString("Migrator") is { } configured) return (configured, null);
        if (settings.GetConnectionString("Portal") is null && await FindDevelopmentAsync() is { } development) return (development.MigratorConnectionString, development);
        throw new BadInputException("No database: set ConnectionStrings__Migrator to the connection string of the role that owns the tables.");
    }

    public AsyncServiceScope Scope() => services.CreateAsyncScope();

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        if (development is not null) await development.DisposeAsync();
    }

    private static async Task<DevelopmentDatabase?> FindDevelopmentAsync()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ChildrensInfo.sln"))) return await DevelopmentDatabase.StartAsync(Path.Combine(folder.FullName, ".data"), CancellationToken.None);
        }

        return null;
    }
}
