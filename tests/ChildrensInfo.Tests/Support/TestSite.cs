using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(TestSite))]
[assembly: CaptureConsole]
// One more than the usual machine has cores: most of a test is waiting for the site, the database or the browser.
[assembly: Xunit.v3.Parallelization(MaxThreads = 3)]

namespace ChildrensInfo.Tests.Support;

/// <summary>
/// The site as it is, on a real PostgreSQL and a real port: HTTP tests and the browser speak to the same one. The database is made
/// anew for each run; each test makes its own authority in it.
/// </summary>
public sealed class TestSite : IAsyncLifetime
{
    /// <summary>Where ASP.NET Core puts what it does not hold in memory, which it looks up once in a process: a folder of this run's own.</summary>
    public static readonly string SpoolFolder;
    private static readonly FileSystemWatcher SpoolWatcher;

    private readonly string folder;
    private readonly string[] serverSettings;
    private readonly Func<TestSite, Dictionary<string, string>> changes;
    private readonly Func<string, Task> migrate;
    private readonly string database = "t" + Guid.NewGuid().ToString("N");

    /// <summary>Migrated once for the run and copied for each that is wanted: making the tables takes seconds.</summary>
    private readonly string migrated = "t" + Guid.NewGuid().ToString("N");
    private EmbeddedPostgres? server;
    private Factory? factory;
    private Dictionary<string, string> settings = [];

    static TestSite()
    {
        SpoolFolder = Directory.CreateDirectory(Path.Combine(Repository.Root, ".data", "tests", "spool", Guid.NewGuid().ToString("N"))).FullName;
        Environment.SetEnvironmentVariable("ASPNETCORE_TEMP", SpoolFolder);
        SpoolWatcher = new FileSystemWatcher(SpoolFolder) { EnableRaisingEvents = true };
        SpoolWatcher.Created += (_, file) => Spooled.Enqueue(file.Name!);
    }

    public TestSite() : this(Path.Combine(Repository.Root, ".data", "tests"), ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"], _ => [])
    {
    }

    private TestSite(string folder, string[] serverSettings, Func<TestSite, Dictionary<string, string>> changes, Func<string, Task>? migrate = null)
    {
        (this.folder, this.serverSettings, this.changes) = (folder, serverSettings, changes);
        this.migrate = migrate ?? (migrator => Migrator.MigrateAsync(migrator, CancellationToken.None));
        LogFolder = Path.Combine(folder, "logs", Guid.NewGuid().ToString("N"));
    }

    /// <summary>Every file that was put into <see cref="SpoolFolder"/> during the run, however soon it was gone.</summary>
    public static ConcurrentQueue<string> Spooled { get; } = [];

    public Uri Address { get; private set; } = null!;

    public EmbeddedPostgres Server => server!;

    /// <summary>What another site on the same database and keys is set to.</summary>
    public IReadOnlyDictionary<string, string> Settings => settings;

    public IServiceProvider Services => factory!.Services;

    /// <summary>Every structured log line the site wrote during the run is in this folder.</summary>
    public string LogFolder { get; }

    public string SiteConnectionString => server!.ConnectionString(database, EmbeddedPostgres.SiteRole);

    public string MigratorConnectionString => server!.ConnectionString(database, EmbeddedPostgres.MigratorRole);

    public string SuperuserConnectionString => server!.SuperuserConnectionString(database);

    /// <summary>
    /// A site whose database server is its own, set as a council's would be and free to be stopped, for arranging and looking; it does no jobs.
    /// </summary>
    /// <param name="changes">Settings of the site that differ, said once its server is there.</param>
    /// <param name="migrate">Makes the tables, when another version's are wanted.</param>
    public static async Task<TestSite> ApartAsync(string folder, Func<TestSite, Dictionary<string, string>> changes, Func<string, Task>? migrate = null)
    {
        var site = new TestSite(folder, [], s => new([.. changes(s), new("Jobs:Run", "false")]), migrate);
        await site.InitializeAsync();
        return site;
    }

    public async ValueTask InitializeAsync()
    {
        server = await EmbeddedPostgres.StartAsync(folder, serverSettings, CancellationToken.None);
        await DropOldDatabasesAsync();
        await server.EnsureDatabaseAsync(migrated, CancellationToken.None);
        await migrate(server.ConnectionString(migrated, EmbeddedPostgres.MigratorRole) + ";Pooling=false");
        await server.EnsureDatabaseAsync(database, CancellationToken.None, migrated);
        var certificate = Path.Combine(folder, $"{Guid.NewGuid():N}.pfx");
        CertificateKeyProvider.CreateFile(certificate, TimeProvider.System);
        settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Portal"] = SiteConnectionString,
            ["Keys:CertificatePath"] = certificate,
            ["Keys:CookieKeysFolder"] = Path.Combine(folder, "cookies"),
            ["Logs:Folder"] = LogFolder,
        };
        foreach (var (name, value) in changes(this)) settings[name] = value;
        factory = new Factory(settings);
        factory.UseKestrel(0);
        factory.StartServer();
        Address = new UriBuilder(factory.ClientOptions.BaseAddress) { Host = "localhost" }.Uri;
    }

    /// <summary>A unit of work done for somebody, as a page would do it.</summary>
    public Scope As(Actor? actor) => new(Services, actor);

    /// <summary>A client that keeps cookies, does not follow redirects, and is signed in when a person is given.</summary>
    public TestClient ClientFor(AppUser? person) => new(Address, person is null ? null : CookieFor(person));

    /// <summary>The cookie a person would hold after signing in: the only thing tests cut short.</summary>
    public (string Name, string Value) CookieFor(AppUser person)
    {
        var now = DateTimeOffset.UtcNow;
        var signIn = new SignIn { AuthorityId = person.AuthorityId, PersonId = person.Id, StartedAt = now.UtcDateTime, SeenAt = now.UtcDateTime, ProvenAt = now.UtcDateTime, Device = "A test" };
        using (var own = As(World.ActorOf(person)))
        {
            own.Db.Add(signIn);
            own.Db.SaveChanges();
        }

        using var scope = Services.CreateScope();
        var principal = scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<AppUser>>().CreateAsync(person).GetAwaiter().GetResult();
        var options = scope.ServiceProvider.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ApplicationScheme);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(SignInGate.Claim, signIn.Id.ToString()));
        var ticket = new AuthenticationTicket(principal, new AuthenticationProperties { IssuedUtc = now, ExpiresUtc = now.AddHours(1) }, IdentityConstants.ApplicationScheme);
        return (options.Cookie.Name!, options.TicketDataFormat.Protect(ticket));
    }

    /// <summary>
    /// The same site again with another setting, on the same database and the same keys, so that a cookie from here is good there; without the jobs, which this one does.
    /// </summary>
    public (Uri Address, IAsyncDisposable Stop) StartAnother(string setting, string value) => StartAnother(new Dictionary<string, string> { [setting] = value });

    /// <param name="port">Where it is to be reached, when it must know that itself; any free one otherwise.</param>
    /// <param name="replace">What of its services is the test's own.</param>
    public (Uri Address, IAsyncDisposable Stop) StartAnother(IReadOnlyDictionary<string, string> changes, int port = 0, Action<IServiceCollection>? replace = null)
    {
        var another = new Factory(new Dictionary<string, string>([.. settings.Where(s => !changes.ContainsKey(s.Key)), .. changes]) { ["Jobs:Run"] = "false" }, replace);
        another.UseKestrel(port);
        another.StartServer();
        return (new UriBuilder(another.ClientOptions.BaseAddress) { Host = "localhost" }.Uri, another);
    }

    /// <summary>A migrated database with nobody in it, for what asks about a whole database; dropped by the next run.</summary>
    public Task<(string Site, string Migrator, string Superuser)> NewDatabaseAsync(CancellationToken cancel) => MakeDatabaseAsync(migrated, cancel);

    /// <summary>A database without a table, as a council's first day finds it.</summary>
    public Task<(string Site, string Migrator, string Superuser)> EmptyDatabaseAsync(CancellationToken cancel) => MakeDatabaseAsync(null, cancel);

    private async Task<(string Site, string Migrator, string Superuser)> MakeDatabaseAsync(string? like, CancellationToken cancel)
    {
        var name = "t" + Guid.NewGuid().ToString("N");
        await server!.EnsureDatabaseAsync(name, cancel, like);
        return (server.ConnectionString(name, EmbeddedPostgres.SiteRole), server.ConnectionString(name, EmbeddedPostgres.MigratorRole), server.SuperuserConnectionString(name));
    }

    public async ValueTask DisposeAsync()
    {
        if (factory is not null) await factory.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
    }

    /// <summary>Databases of runs that ended without tidying up.</summary>
    private async Task DropOldDatabasesAsync()
    {
        await using var connection = new NpgsqlConnection(server!.SuperuserConnectionString("postgres"));
        await connection.OpenAsync();
        var old = new List<string>();
        await using (var list = new NpgsqlCommand("select datname from pg_database d where datname ~ '^t[0-9a-f]{32}$' and not exists (select from pg_stat_activity a where a.datname = d.datname)", connection))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync()) old.Add(reader.GetString(0));
        }

        foreach (var name in old)
        {
            await using var drop = new NpgsqlCommand($"drop database if exists {name}", connection);
            await drop.ExecuteNonQueryAsync();
        }
    }

    private sealed class Factory(Dictionary<string, string> settings, Action<IServiceCollection>? replace = null) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Testing");
            // Styles and scripts, which only Development finds by itself when the site was not published.
            builder.UseStaticWebAssets();
            foreach (var (key, value) in settings) builder.UseSetting(key, value);
            builder.ConfigureTestServices(services =>
            {
                // Hundreds of passwords and PINs are made and tried in a run, and each would cost a fifth of a second. ProductionTests holds how often a council's are hashed.
                services.Configure<PasswordHasherOptions>(o => o.IterationCount = 1_000);
                replace?.Invoke(services);
            });
        }
    }
}

/// <summary>The folder the solution is in.</summary>
public static class Repository
{
    public static readonly string Root = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ChildrensInfo.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests are not inside the repository.");
    }
}

/// <summary>A service scope whose database answers to one actor.</summary>
public sealed class Scope : IDisposable
{
    private readonly IServiceScope scope;
    private readonly IDisposable? acting;

    public Scope(IServiceProvider services, Actor? actor)
    {
        scope = services.CreateScope();
        Db = Get<AppDbContext>();
        if (actor is not null) acting = Db.ActingAs(actor);
    }

    public AppDbContext Db { get; }

    public T Get<T>() where T : notnull => scope.ServiceProvider.GetRequiredService<T>();

    public void Dispose()
    {
        acting?.Dispose();
        scope.Dispose();
    }
}
