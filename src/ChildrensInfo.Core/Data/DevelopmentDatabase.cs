using ChildrensInfo.Core.Keys;

namespace ChildrensInfo.Core.Data;

/// <summary>The private database of a developer's clone, in its .data folder, with the keys that go with it.</summary>
public sealed class DevelopmentDatabase : IAsyncDisposable
{
    private const string Name = "portal";
    private readonly EmbeddedPostgres server;

    private DevelopmentDatabase(EmbeddedPostgres server, string folder)
    {
        this.server = server;
        Folder = folder;
    }

    public string Folder { get; }

    public string SiteConnectionString => server.ConnectionString(Name, EmbeddedPostgres.SiteRole);

    public string MigratorConnectionString => server.ConnectionString(Name, EmbeddedPostgres.MigratorRole);

    public string CertificatePath => Path.Combine(Folder, "keys", "authority-keys.pfx");

    /// <exception cref="InvalidOperationException">The server was not restored or did not start; the message says what to do.</exception>
    public static async Task<DevelopmentDatabase> StartAsync(string folder, CancellationToken cancel)
    {
        var server = await EmbeddedPostgres.StartAsync(Path.Combine(folder, "postgres"), [], cancel);
        await server.EnsureDatabaseAsync(Name, cancel);
        var database = new DevelopmentDatabase(server, folder);
        CertificateKeyProvider.CreateFile(database.CertificatePath, TimeProvider.System);
        return database;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
