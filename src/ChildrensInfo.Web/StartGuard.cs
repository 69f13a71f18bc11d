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
/// than one that only looks safe. One line for each thing to mend.
/// </summary>
public static class StartGuard
{
    public static async Task<bool> AllowsAsync(WebApplicationBuilder builder, string connectionString)
    {
        if (builder.Environment.IsDevelopment() || builder.Environment.IsEnvironment("Testing")) return true;
        var faults = await FaultsAsync(builder.Configuration, connectionString, CancellationToken.None);
        foreach (var fault in faults) await Console.Error.WriteLineAsync($"Not started: {fault}");
        return faults.Count == 0;
    }

    public static async Task<IReadOnlyList<string>> FaultsAsync(IConfiguration configuration, string connectionString, CancellationToken cancel)
    {
        var faults = new List<string>();
        var hosts = (configuration["AllowedHosts"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (hosts.Length == 0 || hosts.Contains("*")) faults.Add("set AllowedHosts to the names the site is reached by, not *.");
        if (BehindProxy.FaultOf(configuration) is { } proxy) faults.Add(proxy);
        if (Certificate(configuration) is { } certificate) faults.Add(certificate);
        if (configuration["Keys:CookieKeysFolder"] is not { Length: > 0 } folder) faults.Add("set Keys__CookieKeysFolder to a folder that outlives the process.");
        else if (!Directory.Exists(folder)) faults.Add("the folder in Keys__CookieKeysFolder does not exist.");
        if (BreachedPasswords.FaultOf(configuration[BreachedPasswords.Setting]) is { } breached) faults.Add(breached);
        faults.AddRange(SecondFactorRule.FaultsOf(configuration));
        faults.AddRange(TranscriberCatalogue.FaultsOf(configuration));
        faults.AddRange(await DatabaseAsync(connectionString, cancel));
        return faults;
    }

    private static string? Certificate(IConfiguration configuration)
    {
        if (configuration["Keys:CertificatePath"] is not { Length: > 0 } path) return "set Keys__CertificatePath to the certificate that wraps the councils’ keys.";
        if (!File.Exists(path)) return "the certificate in Keys__CertificatePath is not there.";
        try
        {
            using var provider = new CertificateKeyProvider(path, configuration["Keys:CertificatePassword"]);
            return null;
        }
        catch (CryptographicException)
        {
            return "the certificate in Keys__CertificatePath cannot be opened; check Keys__CertificatePassword.";
        }
    }

    private static async Task<List<string>> DatabaseAsync(string connectionString, CancellationToken cancel)
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
        }
        catch (Exception error) when (error is NpgsqlException or ArgumentException)
        {
            faults.Add("the database in ConnectionStrings__Portal does not answer.");
        }

        return faults;
    }
}
