using System.Reflection;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Voice;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ChildrensInfo.Core.Data;

/// <summary>Brings a database up to date. Connects as the migrator, never as the site.</summary>
public static class Migrator
{
    /// <summary>The migrations of this version, in their order.</summary>
    public static IReadOnlyList<string> Known { get; } =
        [.. typeof(Migrator).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Migration))).Select(t => t.GetCustomAttribute<MigrationAttribute>()!.Id).Order(StringComparer.Ordinal)];

    public static async Task MigrateAsync(string migratorConnectionString, CancellationToken cancel)
    {
        await using var db = Create(migratorConnectionString);
        await db.Database.MigrateAsync(cancel);
        await ShippedWordings.AddMissingAsync(db, TimeProvider.System, cancel);
        await ShippedTools.AddMissingAsync(db, TimeProvider.System, cancel);
        await ShippedIndicators.AddMissingAsync(db, TimeProvider.System, cancel);
    }

    internal static AppDbContext Create(string connectionString) => new(
        new DbContextOptionsBuilder<AppDbContext>().UseNpgsql(connectionString).UsePortalConventions()
            // Asked before a change is taken (`dotnet ef migrations has-pending-model-changes`): whoever starts a portal need not wait for it.
            .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning)).Options,
        new FixedActor(null));

    /// <summary>Runs a script that stands beside the migrations as it was written: row-level security, grants, triggers.</summary>
    internal static void Script(this MigrationBuilder migration, string name)
    {
        using var stream = typeof(Migrator).Assembly.GetManifestResourceStream($"ChildrensInfo.Core.Data.Migrations.{name}")
            ?? throw new InvalidOperationException($"No script {name}.");
        using var reader = new StreamReader(stream);
        migration.Sql(reader.ReadToEnd());
    }
}

/// <summary>For `dotnet ef`, which compares the model with its snapshot and needs no server.</summary>
public sealed class DesignTimeFactory : IDesignTimeDbContextFactory<AppDbContext>
{
    public AppDbContext CreateDbContext(string[] args) => Migrator.Create("Host=localhost");
}
