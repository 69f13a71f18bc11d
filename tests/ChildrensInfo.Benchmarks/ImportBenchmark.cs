using System.Diagnostics;
using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Returns.Ssda903;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Benchmarks;

/// <summary>A portal without its site, on a PostgreSQL of its own under .data/benchmarks, with one council in it.</summary>
internal sealed class BenchmarkPortal : IAsyncDisposable
{
    private readonly EmbeddedPostgres server;

    private BenchmarkPortal(EmbeddedPostgres server, ServiceProvider services, string database, Actor actor)
    {
        (this.server, Services, Actor) = (server, services, actor);
        (ConnectionString, SiteConnectionString) = (server.SuperuserConnectionString(database), server.ConnectionString(database, EmbeddedPostgres.SiteRole));
    }

    public static string Folder { get; } = Path.GetFullPath(".data/benchmarks");

    public static string CertificatePath { get; } = Path.Combine(Folder, "keys.pfx");

    public ServiceProvider Services { get; }

    public string ConnectionString { get; }

    /// <summary>As the site connects, under row-level security.</summary>
    public string SiteConnectionString { get; }

    public Actor Actor { get; }

    public static async Task<BenchmarkPortal> StartAsync(string code)
    {
        var server = await EmbeddedPostgres.StartAsync(Folder, [], CancellationToken.None);
        var database = "b" + Guid.NewGuid().ToString("N");
        await server.EnsureDatabaseAsync(database, CancellationToken.None);
        await Migrator.MigrateAsync(server.ConnectionString(database, EmbeddedPostgres.MigratorRole), CancellationToken.None);
        CertificateKeyProvider.CreateFile(CertificatePath, TimeProvider.System);

        var authority = new LocalAuthority { Code = code, Name = "Benchmark Council", Nation = Nation.England };
        var person = Guid.CreateVersion7();
        var actor = Actor.For(person, authority.Id, Role.DataLead, null, "Dara Fenn").AsJob();
        var services = new ServiceCollection().AddLogging().AddSingleton<ICurrentActor>(new FixedActor(actor))
            .AddSingleton<IKeyProvider>(new KeyProviders(KeySource.Certificate(CertificatePath, null))).AddPortalCore(server.ConnectionString(database, EmbeddedPostgres.SiteRole)).BuildServiceProvider();
        using var scope = services.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        db.AddRange(authority, scope.ServiceProvider.GetRequiredService<AuthorityKeyCache>().Make(authority.Id, TimeProvider.System));
        db.Add(new AppUser { Id = person, AuthorityId = authority.Id, Role = Role.DataLead, DisplayName = "Dara Fenn", UserName = "dara@bench.example", NormalizedUserName = "DARA@BENCH.EXAMPLE", SecurityStamp = "x" });
        await db.SaveChangesAsync();
        return new BenchmarkPortal(server, services, database, actor);
    }

    public async Task<Return> ImportAsync(Action<Stream> write)
    {
        Guid handedIn, job;
        using (var scope = Services.CreateScope())
        {
            var path = Path.GetTempFileName();
            await using (var made = File.Create(path)) write(made);
            await using (var file = File.OpenRead(path))
            {
                handedIn = (await scope.ServiceProvider.GetRequiredService<ReturnService>().ReceiveAsync(Guid.CreateVersion7(), file, null, Actor, CancellationToken.None)).Id!.Value;
            }

            File.Delete(path);
            job = await scope.ServiceProvider.GetRequiredService<AppDbContext>().Jobs.Where(j => j.SubjectId == handedIn).Select(j => j.Id).SingleAsync();
        }

        GC.Collect();
        Watch.Restart();
        using (var scope = Services.CreateScope())
        {
            await scope.ServiceProvider.GetRequiredService<ReturnImporter>().RunAsync(handedIn, Actor, new JobProgress(Services.GetRequiredService<IServiceScopeFactory>(), Actor, job), CancellationToken.None);
        }

        Watch.Stop();
        using var after = Services.CreateScope();
        return await after.ServiceProvider.GetRequiredService<AppDbContext>().Returns.SingleAsync(r => r.Id == handedIn);
    }

    public Stopwatch Watch { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await using (var source = NpgsqlDataSource.Create(server.SuperuserConnectionString("postgres")))
        await using (var drop = source.CreateCommand($"drop database {new NpgsqlConnectionStringBuilder(ConnectionString).Database} with (force)"))
        {
            await drop.ExecuteNonQueryAsync();
        }

        await server.DisposeAsync();
    }
}

/// <summary>How long a stored return takes to load, beside a bare COPY of the same rows into tables without keys or rules.</summary>
internal static class ImportBenchmark
{
    private static readonly string[] Tables = ["children", "child_keys", "need_episodes", "need_assessments", "cin_plans", "section47s", "protection_plans"];

    private static readonly string[] CareTables = ["children", "child_keys", "care_details", "care_episodes", "care_reviews", "care_outcomes", "care_leavers", "missing_episodes", "previous_permanences", "care_workers"];

    public static async Task<int> RunAsync(string[] args)
    {
        var sizes = args.Length == 0 ? [10_000, 28_000, 50_000, 100_000] : args.Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray();
        Console.WriteLine("children   load s   s per 10,000   again s   bare copy s   ratio   peak MB");
        var figures = new Figures();
        var perChild = new List<double>();
        foreach (var size in sizes)
        {
            await using var portal = await BenchmarkPortal.StartAsync("823");
            var generator = () => new CinGenerator(new CinGeneratorOptions { Children = size, Authority = "823" });
            var loaded = await portal.ImportAsync(file => generator().Write(file));
            if (loaded.ChildrenAdded != size) throw new InvalidOperationException($"{loaded.State}: {loaded.RefusedBecause} {loaded.ChildrenAdded} children.");
            var first = portal.Watch.Elapsed.TotalSeconds;
            var again = await portal.ImportAsync(file => generator().Write(file));
            if (again.ChildrenChanged + again.ChildrenAdded + again.EpisodesChanged + again.EpisodesAdded != 0) throw new InvalidOperationException("The second load changed something.");
            var second = portal.Watch.Elapsed.TotalSeconds;
            var bare = await BareCopyAsync(portal, Tables);
            var peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size,8} {first,8:F2} {first / size * 10_000,14:F2} {second,9:F2} {bare,13:F2} {first / bare,7:F1} {peak,9:F0}"));
            if (size == 10_000)
            {
                figures.Under("10,000 children", first, 10, "s");
                figures.Under("10,000 children", peak, 300, "MB");
            }

            if (size == 28_000) figures.Under("28,000 children", first, 30, "s");
            perChild.Add(first / size);
            // In step with the number of children, as noisy as machines are: a load that grew as its square would take ten times as long for each of ten times as many.
            if (size > sizes[0]) figures.Under(string.Create(CultureInfo.InvariantCulture, $"{size:#,0} children, each to one of {sizes[0]:#,0}"), perChild[^1] / perChild[0], 1.5, "times");
        }

        return figures.Ended();
    }

    /// <summary>The same for returns on children looked after; the floor is a bare COPY of what they load.</summary>
    public static async Task<int> LookedAfterAsync(string[] args)
    {
        var sizes = args.Length == 0 ? [5_000] : args.Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray();
        Console.WriteLine("children   load s   again s   bare copy s   ratio   peak MB");
        var figures = new Figures();
        var asOf = new DateOnly(2026, 3, 31);
        foreach (var size in sizes)
        {
            await using var portal = await BenchmarkPortal.StartAsync("823");
            var generator = new Ssda903Generator(Ssda903Generator.Invent(size, 7, asOf), 7, asOf, 0.05);
            var loaded = await portal.ImportAsync(file => generator.Write(file, 2026));
            if (loaded.State != ReturnState.Loaded) throw new InvalidOperationException($"{loaded.State}: {loaded.RefusedBecause}");
            var first = portal.Watch.Elapsed.TotalSeconds;
            var again = await portal.ImportAsync(file => generator.Write(file, 2026));
            if (again.ChildrenChanged + again.ChildrenAdded + again.EpisodesChanged + again.EpisodesAdded != 0) throw new InvalidOperationException("The second load changed something.");
            var second = portal.Watch.Elapsed.TotalSeconds;
            var bare = await BareCopyAsync(portal, CareTables);
            var peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{loaded.ChildrenRead,8} {first,8:F2} {second,9:F2} {bare,13:F2} {first / bare,7:F1} {peak,9:F0}"));
            if (size == 5_000) figures.Under("5,000 children", first, 5, "s");
        }

        return figures.Ended();
    }

    private static async Task<double> BareCopyAsync(BenchmarkPortal portal, string[] tables)
    {
        await using var connection = new NpgsqlConnection(portal.ConnectionString);
        await connection.OpenAsync();
        var rows = new List<(string Table, byte[] Bytes)>();
        foreach (var table in tables)
        {
            await using (var make = new NpgsqlCommand($"create table bare_{table} as select * from {table} limit 0", connection)) await make.ExecuteNonQueryAsync();
            await using var export = await connection.BeginRawBinaryCopyAsync($"copy {table} to stdout (format binary)");
            using var kept = new MemoryStream();
            await export.CopyToAsync(kept);
            rows.Add((table, kept.ToArray()));
        }

        var watch = Stopwatch.StartNew();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var (table, bytes) in rows)
        {
            await using var import = await connection.BeginRawBinaryCopyAsync($"copy bare_{table} from stdin (format binary)");
            await import.WriteAsync(bytes);
        }

        await transaction.CommitAsync();
        return watch.Elapsed.TotalSeconds;
    }
}
