using System.Data.Common;
using ChildrensInfo.Core.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace ChildrensInfo.Core.Data;

/// <summary>
/// Tells PostgreSQL who is asking, inside the transaction and never on the connection: behind a pooler a session setting would serve
/// the next person. A command outside a transaction carries the setting in front of itself, in the same implicit transaction.
/// </summary>
public sealed class RowSecurity : DbCommandInterceptor, IDbTransactionInterceptor
{
    public static readonly RowSecurity Instance = new();

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Prefix(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Prefix(command, eventData);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result)
    {
        Prefix(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        Prefix(command, eventData);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Prefix(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Prefix(command, eventData);
        return ValueTask.FromResult(result);
    }

    public DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        if (SettingsFor(eventData.Context) is { } settings)
        {
            using var command = connection.CreateCommand();
            command.Transaction = result;
            command.CommandText = settings + SealsOf(eventData.Context);
            command.ExecuteNonQuery();
        }

        return result;
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => (eventData.Context as AppDbContext)?.Seals.Clear();

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        TransactionCommitted(transaction, eventData);
        return Task.CompletedTask;
    }

    public async ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        if (SettingsFor(eventData.Context) is { } settings)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = result;
            command.CommandText = settings + SealsOf(eventData.Context);
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException destroyed) when (destroyed.SqlState == PostgresErrorCodes.ForeignKeyViolation)
            {
                // It has failed before anybody holds it.
                await result.DisposeAsync();
                throw new DbUpdateConcurrencyException(destroyed.MessageText, destroyed);
            }
        }

        return result;
    }

    private static void Prefix(DbCommand command, CommandEventData eventData)
    {
        if (command.Transaction is null && SettingsFor(eventData.Context) is { } settings)
        {
            command.CommandText = settings + (eventData.CommandSource == CommandSource.SaveChanges ? SealsOf(eventData.Context) : "") + command.CommandText;
        }
    }

    /// <summary>Only ids and a fixed word go into the text, so there is nothing to escape.</summary>
    private static string? SettingsFor(DbContext? context) => context is AppDbContext { Actor: { } actor } ? SettingsFor(actor) : null;

    /// <summary>That what was sealed is sealed under keys that stand, and will until the transaction ends.</summary>
    public static string SealsOf(Guid childId, Guid keyId) => $"call app_seals('{childId}', '{keyId}'); ";

    private static string SealsOf(DbContext? context) => context is AppDbContext { Seals: { Count: > 0 } seals } ? string.Concat(seals.Select(s => SealsOf(s.Key, s.Value))) : "";

    /// <summary>A procedure (WhoIsAsking.sql), because it answers no rows and, unlike SET LOCAL, is not warned about in an implicit transaction.</summary>
    public static string SettingsFor(Actor actor) => $"call app_asks('{actor.AuthorityId}', '{actor.PersonId}', '{actor.Reach}'); ";
}
