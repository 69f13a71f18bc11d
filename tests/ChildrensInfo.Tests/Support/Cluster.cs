using System.Diagnostics;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Support;

/// <summary>The files of a database server, for tests that copy one while it is used.</summary>
public static class Cluster
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<object?> AskAsync(NpgsqlConnection on, string sql) => new NpgsqlCommand(sql, on).ExecuteScalarAsync(Cancel);

    /// <summary>As the server's manual says: files that change or go while they are copied are mended from the log, and what is only this server's stays behind.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from)) Directory.CreateDirectory(folder.Replace(from, to, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(from, file);
            if (name is "postmaster.pid" or "postmaster.opts" or "server.log" || name.StartsWith("pg_wal/", StringComparison.Ordinal) || name.StartsWith("pg_replslot/", StringComparison.Ordinal)) continue;
            try
            {
                File.Copy(file, Path.Combine(to, name));
            }
            catch (FileNotFoundException)
            {
                // Gone since it was listed.
            }
        }
    }

    /// <summary>The server runs as somebody else when the tests run as root, and asks that its folder is its own and nobody else's.</summary>
    public static async Task OwnAsync(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!Environment.IsPrivilegedProcess) return;
        using var process = Process.Start(new ProcessStartInfo("chown", ["-R", "nobody", folder]))!;
        await process.WaitForExitAsync(Cancel);
        Assert.Equal(0, process.ExitCode);
    }
}
