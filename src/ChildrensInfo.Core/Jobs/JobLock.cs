using System.Buffers.Binary;
using Npgsql;

namespace ChildrensInfo.Core.Jobs;

/// <summary>
/// The right to do one job, an advisory lock on a connection of its own: two sites beside each other, or a site and the command line, never do the same job
/// at once, and the job of one that was killed is free again.
/// </summary>
public sealed class JobLock : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private JobLock(NpgsqlConnection connection) => this.connection = connection;

    /// <returns>Null when somebody else is doing the job.</returns>
    public static Task<JobLock?> TryTakeAsync(NpgsqlDataSource database, Guid job, CancellationToken cancel) => TakeAsync(database, "select pg_try_advisory_lock($1)", job, cancel);

    /// <summary>Waits until whoever is doing the job has ended.</summary>
    public static async Task<JobLock> TakeAsync(NpgsqlDataSource database, Guid job, CancellationToken cancel) =>
        (await TakeAsync(database, "select pg_advisory_lock($1) is not null", job, cancel))!;

    public async ValueTask DisposeAsync()
    {
        await using (connection)
        {
            await using var unlock = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
            await unlock.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async Task<JobLock?> TakeAsync(NpgsqlDataSource database, string sql, Guid job, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        var taken = false;
        try
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            command.Parameters.Add(new() { Value = BinaryPrimitives.ReadInt64LittleEndian(job.ToByteArray().AsSpan(8)) });
            taken = (bool)(await command.ExecuteScalarAsync(cancel))!;
            return taken ? new(connection) : null;
        }
        finally
        {
            if (!taken) await connection.DisposeAsync();
        }
    }
}
