using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Access;
using Npgsql;

namespace ChildrensInfo.Web;

/// <summary>
/// Outside Development and tests the site refuses to start while something that protects children's words is missing: better no site
/// than one that only looks safe. One line for each thing to mend. Under those two names, in which it is less guarded, it refuses any database that may be a council's.
/// </summary>
public static class StartGuard
{
    /// <summary>Nobody can have such an address (RFC 2606): demonstration and test people do.</summary>
    private const string InventedSuffix = ".example";

    public static async Task<bool> AllowsAsync(WebApplicationBuilder builder, string connectionString)
    {
        var faults = builder.Environment.IsDevelopment() || builder.Environment.IsEnvironment("Testing")
            ? await LocalFaultsAsync(builder.Configuration, builder.Environment.EnvironmentName, CancellationToken.None)
            : await FaultsAsync(builder.Configuration, connectionString, CancellationToken.None);
        foreach (var fault in faults) await Console.Error.WriteLineAsync($"Not started: {fault}");
        return faults.Count == 0;
    }

    public static async Task<IReadOnlyList<string>> FaultsAsync(IConfiguration configuration, string connectionString, CancellationToken cancel)
    {
        var faults = new List<string>();
        var hosts = (configuration["AllowedHosts"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (hosts.Length == 0 || hosts.Contains("*")) faults.Add("set AllowedHosts to the names the site is reached by, not *.");
        if (BehindProxy.FaultOf(configuration) is { } proxy) faults.Add(proxy);
        var (keys, ofKeys) = Keys(configuration);
        faults.AddRange(ofKeys);
        if (configuration["Keys:CookieKeysFolder"] is not { Length: > 0 } folder) faults.Add("set Keys__CookieKeysFolder to a folder that outlives the process.");
        else if (FaultOfFolder(folder) is { } cookies) faults.Add($"the folder in Keys__CookieKeysFolder {cookies}.");
        if (configuration["Logs:Folder"] is { Length: > 0 } logs && FaultOfFolder(logs, isMade: true) is { } unwritten) faults.Add($"the folder in Logs__Folder {unwritten}.");
        if (configuration["Jobs:Run"] is { } jobs && !bool.TryParse(jobs, out _)) faults.Add("Jobs__Run is true or false.");
        if (configuration["Research:SmallestPopulation"] is { } smallest && !int.TryParse(smallest, NumberStyles.None, CultureInfo.InvariantCulture, out _)) faults.Add("Research__SmallestPopulation is a whole number.");
        if (BreachedPasswords.FaultOf(configuration[BreachedPasswords.Setting]) is { } breached) faults.Add(breached);
        if (Stopping.FaultOf(configuration) is { } stopping) faults.Add(stopping);
        faults.AddRange(SecondFactorRule.FaultsOf(configuration));
        faults.AddRange(IdentityProviders.FaultsOf(configuration, isLocal: false));
        faults.AddRange(Telemetry.FaultsOf(configuration));
        faults.AddRange(TranscriberCatalogue.FaultsOf(configuration));
        faults.AddRange(await DatabaseAsync(connectionString, ofKeys.Count == 0 ? keys : null, cancel));
        foreach (var one in keys.OfType<IDisposable>()) one.Dispose();
        return faults;
    }

    /// <summary>Whether the site can write there, by writing.</summary>
    /// <param name="isMade">The site makes it where it is missing.</param>
    private static string? FaultOfFolder(string folder, bool isMade = false)
    {
        if (!isMade && !Directory.Exists(folder)) return "does not exist";
        try
        {
            Directory.CreateDirectory(folder);
            using var tried = new FileStream(Path.Combine(folder, $".{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "cannot be written by the site";
        }
    }

    /// <summary>Whether a database that was named is one of invented people, on this machine. The one that Development starts by itself is not looked at.</summary>
    public static async Task<IReadOnlyList<string>> LocalFaultsAsync(IConfiguration configuration, string environment, CancellationToken cancel)
    {
        if (configuration.GetConnectionString("Portal") is not { Length: > 0 } connectionString) return [];
        var unguarded = $"the environment is {environment}, in which the site asks for no second factor and speaks without TLS. Set ASPNETCORE_ENVIRONMENT to Production.";
        try
        {
            var hosts = (new NpgsqlConnectionStringBuilder(connectionString).Host ?? "").Split(',', StringSplitOptions.TrimEntries);
            if (!Array.TrueForAll(hosts, IsHere)) return [$"the database is on another machine, and {unguarded}"];
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(cancel);
            await using (var tables = new NpgsqlCommand("select to_regclass('public.people') is not null", connection))
            {
                if (await tables.ExecuteScalarAsync(cancel) is not true) return [];
            }

            await using var real = new NpgsqlCommand("select exists (select from people where email is null or email not ilike $1)", connection) { Parameters = { new() { Value = "%" + InventedSuffix } } };
            return await real.ExecuteScalarAsync(cancel) is true ? [$"there are people in the database who are not invented, and {unguarded}"] : [];
        }
        catch (Exception error) when (error is NpgsqlException or ArgumentException)
        {
            return ["the database in ConnectionStrings__Portal does not answer."];
        }
    }

    /// <summary>A port comes after the name; a path is a socket of this machine.</summary>
    private static bool IsHere(string host)
    {
        var name = host.Count(c => c == ':') == 1 ? host[..host.IndexOf(':', StringComparison.Ordinal)] : host;
        return name.StartsWith('/') || string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    /// <summary>The places of keys that open, and what is wrong with those that do not.</summary>
    private static (List<IKeyProvider> Held, List<string> Faults) Keys(IConfiguration configuration)
    {
        var held = new List<IKeyProvider>();
        var faults = KeySource.FaultsOf(configuration).ToList();
        foreach (var source in KeySource.From(configuration))
        {
            try
            {
                held.Add(source.Open());
            }
            catch (KeySourceException fault)
            {
                faults.Add(fault.Message);
            }
        }

        return (held, faults);
    }

    private static async Task<List<string>> DatabaseAsync(string connectionString, List<IKeyProvider>? keys, CancellationToken cancel)
    {
        var faults = new List<string>();
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(cancel);
            await using (var role = new NpgsqlCommand(
                "select rolsuper, rolbypassrls, exists (select from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and pg_has_role(current_user, relowner, 'member')),"
                + " to_regclass('public.people') is not null from pg_roles where rolname = current_user", connection))
            {
                await using var row = await role.ExecuteReaderAsync(cancel);
                await row.ReadAsync(cancel);
                if (row.GetBoolean(0)) faults.Add("the site connects as a superuser, for whom row-level security does not count. Connect as portal_app.");
                if (!row.GetBoolean(0) && row.GetBoolean(1)) faults.Add("the site connects as a role with BYPASSRLS, for which row-level security does not count. Connect as portal_app.");
                if (!row.GetBoolean(0) && row.GetBoolean(2)) faults.Add("the site connects as a role that owns its tables and could switch row-level security off. Connect as portal_app.");
                if (!row.GetBoolean(3)) return [.. faults, "the database has no tables yet. Run the migrate command first."];
            }

            await using var demo = new NpgsqlCommand("select exists (select from people where email like '%' || $1)", connection);
            demo.Parameters.Add(new() { Value = DemoData.EmailSuffix });
            if (await demo.ExecuteScalarAsync(cancel) is true) faults.Add("there are demonstration people in the database, and their password is known to everybody. Use a database of its own.");
            if (faults.Count == 0)
            {
                // One that is ahead is served: while a new version takes over, the old one still answers.
                await using var known = new NpgsqlCommand("select count(*) from \"__EFMigrationsHistory\" where migration_id = any($1)", connection) { Parameters = { new() { Value = Migrator.Known.ToArray() } } };
                if (await known.ExecuteScalarAsync(cancel) is not long run || run < Migrator.Known.Count) faults.Add("the database is of an earlier version. Run the migrate command of this one first.");
            }

            if (keys is not null && faults.Count == 0)
            {
                var missing = (await KeysNeededAsync(connection, cancel)).Where(id => !keys.Exists(k => k.Holds(id)));
                faults.AddRange(missing.Select(id => $"keys of councils are wrapped by the key {id}, which is not configured. Without it nothing they protect can be read: name where it is in Keys__CertificatePath (or Keys__Pkcs11__…, Keys__VaultKey), or in Keys__Earlier__0__… while keys are rotated."));
            }
        }
        catch (Exception error) when (error is NpgsqlException or ArgumentException)
        {
            faults.Add("the database in ConnectionStrings__Portal does not answer.");
        }

        return faults;
    }

    /// <summary>By which keys the keys of all councils are wrapped. Asked council by council, because each one's rows are shown to nobody else.</summary>
    private static async Task<HashSet<string>> KeysNeededAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var councils = new List<Guid>();
        await using (var all = new NpgsqlCommand("select id from authorities", connection))
        await using (var rows = await all.ExecuteReaderAsync(cancel))
        {
            while (await rows.ReadAsync(cancel)) councils.Add(rows.GetGuid(0));
        }

        var needed = new HashSet<string>();
        foreach (var council in councils)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using var set = new NpgsqlCommand("select set_config('app.authority', $1, true)", connection, transaction) { Parameters = { new() { Value = council.ToString() } } };
            await set.ExecuteNonQueryAsync(cancel);
            await using var keys = new NpgsqlCommand("select distinct provider_key_id from authority_keys", connection, transaction);
            await using var rows = await keys.ExecuteReaderAsync(cancel);
            while (await rows.ReadAsync(cancel)) needed.Add(rows.GetString(0));
        }

        return needed;
    }
}
