using ChildrensInfo.Core.Access;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Data;

/// <summary>
/// The database's servers. One, or several of which one takes what is written and the others follow it: then every question goes to the one that takes writing,
/// whichever that is just now, but for those that may be answered by one a moment behind.
/// </summary>
public sealed class DatabaseServers : IDisposable
{
    private readonly NpgsqlDataSource all;

    /// <param name="connectionString">Several hosts with a comma between: Host=one,two.</param>
    public DatabaseServers(string connectionString)
    {
        var hosts = new NpgsqlConnectionStringBuilder(connectionString).Host ?? "";
        if (!hosts.Contains(',', StringComparison.Ordinal))
        {
            all = Primary = NpgsqlDataSource.Create(connectionString);
            return;
        }

        var several = new NpgsqlDataSourceBuilder(connectionString).BuildMultiHost();
        all = several;
        Primary = several.WithTargetSession(TargetSessionAttributes.Primary);
        Standby = several.WithTargetSession(TargetSessionAttributes.PreferStandby);
    }

    public NpgsqlDataSource Primary { get; }

    /// <summary>One that follows where there is one that answers, the primary otherwise; null when there is only one server.</summary>
    public NpgsqlDataSource? Standby { get; }

    /// <summary>Lets go of every connection that is not in use.</summary>
    public void Clear() => all.Clear();

    public void Dispose() => all.Dispose();
}

/// <summary>
/// Where released figures are read: they change once a day, and may be asked of a server that is a moment behind. Nothing about one child is asked here, since a no, or a
/// restriction, holds from the moment it is written. Under the same filters and row-level security as everywhere.
/// </summary>
public sealed class StandbyReads(AppDbContext db, DatabaseServers servers) : IDisposable
{
    private AppDbContext? standby;

    public AppDbContext Db
    {
        get
        {
            // A job reads where it writes: what it makes is kept.
            if (servers.Standby is not { } source || db.Actor?.Reach == Reach.Whole || db.Database.CurrentTransaction is not null) return db;
            if (standby is not null) return standby;
            var options = new DbContextOptionsBuilder<AppDbContext>();
            options.UsePortal(source);
            return standby = new AppDbContext(options.Options, new WhoAsks(db));
        }
    }

    public void Dispose() => standby?.Dispose();

    private sealed class WhoAsks(AppDbContext db) : ICurrentActor
    {
        public Actor? Actor => db.Actor;
    }
}
