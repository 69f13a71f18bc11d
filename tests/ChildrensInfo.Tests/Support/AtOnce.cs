using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Support;

/// <summary>Two people who press a button at the same moment.</summary>
public static class AtOnce
{
    /// <summary>
    /// Lets both look at how it stands before either saves: nobody can write the table until both wait to. Then they save in whichever order the database takes them.
    /// </summary>
    public static async Task<HttpResponseMessage[]> SaveAsync(TestSite site, string table, params Func<Task<HttpResponseMessage>>[] posts)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(cancel);
        Task<HttpResponseMessage>[] sent;
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            await using var hold = new NpgsqlCommand($"lock table {table} in share mode", connection);
            await hold.ExecuteNonQueryAsync(cancel);
            sent = [.. posts.Select(p => p())];
            await using var waiting = new NpgsqlCommand(
                """
                with recursive waits(pid) as (
                    select pid from pg_locks where locktype = 'relation' and relation = @table::regclass and not granted
                    union select a.pid from pg_stat_activity a, waits w where w.pid = any(pg_blocking_pids(a.pid)))
                select count(*) from waits
                """, connection);
            waiting.Parameters.AddWithValue("table", table);
            for (var tries = 0; tries < 600 && (long)(await waiting.ExecuteScalarAsync(cancel))! < posts.Length; tries++)
            {
                Assert.False(sent.All(s => s.IsCompleted), "Nobody waited to save");
                await Task.Delay(20, cancel);
            }

            await transaction.CommitAsync(cancel);
        }

        return await Task.WhenAll(sent);
    }
}
