using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace ChildrensInfo.Cli;

/// <summary>The whole of a restore, from what was kept to the verdict: what a drill rehearses is what is done on the day.</summary>
public static class RestoreCommand
{
    public const string Usage = """
          restore --backup BASE --log FOLDER|--log-command COMMAND --to EMPTY [--until 2026-03-01T09:30:00Z] [--against FILE.json] [--sample 20] [--binaries FOLDER] [--keep]
              Unpacks a base backup into an empty folder, brings it up to date, or to a moment, from the archived log on a server of its own that only this
              machine reaches, looks at it as check-restore does, says how long it took, and stops the server (exit 3 when it does not hold).
              --backup: what pg_basebackup made, its folder or its base.tar or base.tar.gz. --log-command: with %f and %p, as restore_command.
              --binaries: where pg_ctl is. --keep: the server goes on. ConnectionStrings__Portal and __Migrator say roles, passwords and database, not where.
        """;

    /// <summary>A copy reaches nobody: it archives nothing, follows nothing, loads nothing that works by itself, and waits for no second server.</summary>
    private static readonly string[] Alone =
    [
        "archive_mode=off", "archive_command=", "primary_conninfo=", "primary_slot_name=", "synchronous_standby_names=", "shared_preload_libraries=", "max_logical_replication_workers=0", "ssl=off", "hot_standby=off",
        "recovery_end_command=", "archive_cleanup_command=", "recovery_target_timeline=latest", "logging_collector=off", "log_destination=stderr", "log_line_prefix=", "lc_messages=C", "external_pid_file=",
    ];

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var began = Stopwatch.StartNew();
        var arguments = new Arguments(args, Usage, ["--backup", "--log", "--log-command", "--to", "--until", "--against", "--sample", "--binaries"], "--keep");
        var (backup, to, sample) = (arguments.Required("--backup"), Path.GetFullPath(arguments.Required("--to")), arguments.Whole("--sample") ?? 20);
        var (log, command) = (arguments.Optional("--log") is { } named ? Path.GetFullPath(named) : null, arguments.Optional("--log-command"));
        if (log is null == command is null) throw arguments.Bad("Say where the archived log is: --log or --log-command.");
        if (log is not null && !Directory.Exists(log)) throw new BadInputException("There is no folder of the archived log where --log says.");
        var until = Moment(arguments);
        var expected = InventoryCommand.Read(arguments.Optional("--against"));
        foreach (var name in new[] { "Portal", "Migrator" })
            if (terminal.Settings.GetConnectionString(name) is not { Length: > 0 }) throw new BadInputException($"Set ConnectionStrings__{name}: its role, its password and the name of the database are needed; where it points is not asked.");
        if (KeySource.FaultsOf(terminal.Settings) is [var fault, ..]) throw new BadInputException("No key: " + fault);
        if (File.Exists(to) || (Directory.Exists(to) && Directory.EnumerateFileSystemEntries(to).Any())) throw new BadInputException("The folder in --to is not empty. Nothing was touched.");
        if (arguments.Optional("--binaries") is { } bin && !File.Exists(Path.Combine(bin, OperatingSystem.IsWindows() ? "pg_ctl.exe" : "pg_ctl"))) throw new BadInputException("There is no pg_ctl in the folder in --binaries.");

        using var end = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        EmbeddedPostgres? server = null;
        var keep = false;
        try
        {
            await UnpackAsync(backup, to, end.Token);
            if (log is not null) LookForGap(log, to, until);
            Prepare(to, command ?? CopyFrom(log!), until);
            end.Token.ThrowIfCancellationRequested();
            server = await StartAsync(to, arguments.Optional("--binaries"));
            var settings = At(terminal.Settings, server.Port);
            var reached = await PromotedAsync(server, settings.GetConnectionString("Migrator")!, to, end.Token);
            terminal.Out.WriteLine(reached is { } last ? $"Restored. The last change in it was made at {last:yyyy-MM-dd HH:mm:ss} UTC." : "Restored. The log had no change after the base backup.");
            var exit = await CheckRestoreCommand.LookAsync(terminal, settings, expected, sample).WaitAsync(end.Token);
            terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"It took {(int)began.Elapsed.TotalHours} h {began.Elapsed.Minutes} min {began.Elapsed.Seconds} s from the beginning to here."));
            keep = arguments.Has("--keep");
            terminal.Out.WriteLine(keep ? $"It goes on at 127.0.0.1:{server.Port}, in {to}, until pg_ctl stops it." : $"Its server is stopped. Delete {to} when it is not needed: it is a copy of everything.");
            return exit;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            terminal.Error.WriteLine($"Broken off. Delete what is in {to}.");
            return 1;
        }
        finally
        {
            if (server is not null && !keep)
            {
                NpgsqlConnection.ClearAllPools();
                // At once when something went wrong: who waits for the log would be waited for.
                if (server.HasServer && end.IsCancellationRequested) await server.StopAtOnceAsync(CancellationToken.None);
                else if (server.HasServer) await server.DisposeAsync();
            }
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            end.Cancel();
        }
    }

    private static DateTime? Moment(Arguments arguments) => arguments.Optional("--until") is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf(':', StringComparison.Ordinal)) && text.Contains(':', StringComparison.Ordinal) ? moment.UtcDateTime
        : throw arguments.Bad("--until takes a moment with its zone, such as 2026-03-01T09:30:00Z.");

    private static async Task UnpackAsync(string backup, string to, CancellationToken cancel)
    {
        string? tar = null;
        if (Directory.Exists(backup) && !File.Exists(Path.Combine(backup, "PG_VERSION"))) tar = Array.Find([Path.Combine(backup, "base.tar"), Path.Combine(backup, "base.tar.gz")], File.Exists);
        else if (File.Exists(backup)) tar = backup;
        else if (!Directory.Exists(backup)) throw new BadInputException("There is no base backup where --backup says.");
        Directory.CreateDirectory(to);
        // Closed to everybody else before anything lies in it.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (tar is not null)
        {
            await ExtractAsync(tar, to, cancel);
            foreach (var log in new[] { "pg_wal.tar", "pg_wal.tar.gz" }.Select(n => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(tar))!, n)).Where(File.Exists)) await ExtractAsync(log, Path.Combine(to, "pg_wal"), cancel);
        }
        else if (File.Exists(Path.Combine(backup, "PG_VERSION")))
        {
            Copy(Path.GetFullPath(backup), to, cancel);
        }

        if (!File.Exists(Path.Combine(to, "PG_VERSION"))) throw new BadInputException("That is no base backup: there is neither a PG_VERSION nor a base.tar (or base.tar.gz) in it.");
        if (!File.Exists(Path.Combine(to, "backup_label"))) throw new BadInputException("That is no base backup: it has no backup_label. A folder copied without pg_basebackup cannot be brought to one moment.");
        var spaces = Path.Combine(to, "pg_tblspc");
        if (File.Exists(Path.Combine(to, "tablespace_map")) || (Directory.Exists(spaces) && Directory.EnumerateFileSystemEntries(spaces).Any())) throw new BadInputException("The backup has tablespaces of its own, outside its folder. The portal makes none; restore it by hand.");
    }

    private static async Task ExtractAsync(string tar, string to, CancellationToken cancel)
    {
        Directory.CreateDirectory(to);
        await using var file = File.OpenRead(tar);
        await using Stream content = tar.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        await TarFile.ExtractToDirectoryAsync(content, to, overwriteFiles: false, cancel);
    }

    private static void Copy(string from, string to, CancellationToken cancel)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            cancel.ThrowIfCancellationRequested();
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    /// <summary>Without a moment the server ends where the log does, and a part that is missing looks to it like the end.</summary>
    private static void LookForGap(string log, string to, DateTime? until)
    {
        if (until is not null) return;
        var label = File.ReadLines(Path.Combine(to, "backup_label")).First();
        var first = label[(label.LastIndexOf(' ') + 1)..].TrimEnd(')');
        var waiting = Path.Combine(to, "pg_wal");
        var files = new[] { log, waiting }.Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f)).Where(f => IsPart(Path.GetFileName(f))).ToList();
        if (!IsPart(first) || files.Count == 0) throw new BadInputException("There is no part of a log where --log says.");
        var perFile = 0x1_0000_0000 / Math.Max(1, new FileInfo(files[0]).Length);
        var there = files.Select(f => Number(Path.GetFileName(f))).ToHashSet();
        for (var number = Number(first); number <= there.Max(); number++)
        {
            if (!there.Contains(number)) throw new BadInputException(string.Create(CultureInfo.InvariantCulture, $"The archived log has a gap: the part that ends in {number / perFile:X8}{number % perFile:X8} is missing, and what comes after it cannot be restored. With --until a moment before it can be reached."));
        }

        if (!there.Contains(Number(first))) throw new BadInputException("The archived log ends before the base backup begins.");

        // A name is the timeline, then the file's number in two halves of which the second counts only so far (PostgreSQL manual, pg_walfile_name).
        long Number(string name) => long.Parse(name[8..16], NumberStyles.HexNumber, CultureInfo.InvariantCulture) * perFile + long.Parse(name[16..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        static bool IsPart(string name) => name.Length == 24 && name.All(char.IsAsciiHexDigit);
    }

    private static string CopyFrom(string log) => OperatingSystem.IsWindows()
        ? $"copy \"{log.Replace("%", "%%", StringComparison.Ordinal)}\\%f\" \"%p\""
        : $"cp '{log.Replace("%", "%%", StringComparison.Ordinal).Replace("'", "'\\''", StringComparison.Ordinal)}/%f' \"%p\"";

    private static void Prepare(string to, string command, DateTime? until)
    {
        foreach (var left in new[] { "postmaster.pid", "postmaster.opts", "standby.signal" }) File.Delete(Path.Combine(to, left));
        // Where settings are kept outside the cluster, as Debian does, the backup has none.
        if (!File.Exists(Path.Combine(to, "postgresql.conf"))) File.WriteAllText(Path.Combine(to, "postgresql.conf"), "");
        File.WriteAllText(Path.Combine(to, "pg_hba.conf"), "# Of a restored copy: this machine only, by password.\nhost all all 127.0.0.1/32 scram-sha-256\n");
        var moment = until is { } at ? $"recovery_target_time = '{at.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}+00'\nrecovery_target_action = 'promote'\n" : "";
        File.AppendAllText(Path.Combine(to, "postgresql.auto.conf"), $"\nrestore_command = '{command.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'\n{moment}");
        File.WriteAllText(Path.Combine(to, "recovery.signal"), "");
    }

    private static async Task<EmbeddedPostgres> StartAsync(string to, string? binaries)
    {
        try
        {
            return await EmbeddedPostgres.StartRestoredAsync(to, binaries, [.. Alone, $"hba_file={Quoted(Path.Combine(to, "pg_hba.conf"))}"]);
        }
        catch (InvalidOperationException) when (Ended(to) is { } why)
        {
            throw new BadInputException(why);
        }
        catch (InvalidOperationException none)
        {
            throw new BadInputException(binaries is null ? "Say with --binaries where PostgreSQL's programs are, of the version the backup is of. " + none.Message : none.Message);
        }
    }

    /// <summary>pg_ctl hands the server's options to a shell.</summary>
    private static string Quoted(string path) => OperatingSystem.IsWindows() ? $"\"{path}\"" : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Until it takes writing, as only a database that is where it was to come does.</summary>
    private static async Task<DateTime?> PromotedAsync(EmbeddedPostgres server, string migrator, string to, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(migrator);
        while (true)
        {
            try
            {
                await using var ask = source.CreateCommand("select pg_is_in_recovery(), pg_last_xact_replay_timestamp()");
                await using var row = await ask.ExecuteReaderAsync(cancel);
                await row.ReadAsync(cancel);
                if (!row.GetBoolean(0)) return row.IsDBNull(1) ? null : row.GetDateTime(1);
            }
            catch (PostgresException starting) when (starting.SqlState == PostgresErrorCodes.CannotConnectNow)
            {
                // It reads the log.
            }
            catch (NpgsqlException lost) when (lost is not PostgresException)
            {
                if (!server.HasServer) throw new BadInputException(Ended(to) ?? "The server of the restored copy ended and said nothing.");
            }

            await Task.Delay(200, cancel);
        }
    }

    /// <returns>Why the server gave up, in words for whoever restores, and its own; what it told those who came too early is not why.</returns>
    private static string? Ended(string to)
    {
        var file = Path.Combine(to, "server.log");
        if (!File.Exists(file) || File.ReadLines(file).LastOrDefault(l => l.StartsWith("FATAL:", StringComparison.Ordinal) && !l.Contains("the database system is", StringComparison.Ordinal)) is not { } fatal) return null;
        var said = fatal["FATAL:".Length..].Trim();
        var means = said.Contains("before consistent recovery point", StringComparison.Ordinal) ? "The moment is before the end of this base backup: take the one before it."
            : said.Contains("before configured recovery target", StringComparison.Ordinal) ? "The archived log ends before that moment: a part of it is missing, or nothing was written after it."
            : said.Contains("checkpoint record", StringComparison.Ordinal) || said.Contains("ended before", StringComparison.Ordinal) ? "The archived log has not what the base backup itself needs: a part of it is missing."
            : "The server of the restored copy gave up.";
        return $"{means} It said: {said}";
    }

    /// <summary>The portal's own settings, but for where: never the server that they name.</summary>
    private static IConfiguration At(IConfiguration settings, int port)
    {
        string Here(string name)
        {
            var connection = new NpgsqlConnectionStringBuilder(settings.GetConnectionString(name));
            foreach (var ofAnother in new[] { "Target Session Attributes", "SSL Negotiation", "Channel Binding" }) connection.Remove(ofAnother);
            (connection.Host, connection.Port, connection.SslMode) = ("127.0.0.1", port, SslMode.Disable);
            return connection.ConnectionString;
        }

        return new ConfigurationBuilder().AddConfiguration(settings).AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Portal"] = Here("Portal"), ["ConnectionStrings:Migrator"] = Here("Migrator") }).Build();
    }
}
