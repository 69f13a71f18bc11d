using System.Data.Common;
using ChildrensInfo.Core.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using NpgsqlTypes;

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
        if (eventData.Context is AppDbContext { Actor: { } actor } context)
        {
            using var command = connection.CreateCommand();
            command.Transaction = result;
            command.CommandText = SealsOf(context);
            PutInFront(command, actor);
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
        if (eventData.Context is AppDbContext { Actor: { } actor } context)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = result;
            command.CommandText = SealsOf(context);
            PutInFront(command, actor);
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

    /// <summary>Tells who is asking before the command asks. As parameters, so that one prepared statement of a connection serves everybody: with each person's ids in its text, the many would push each other and the questions themselves out.</summary>
    public static void PutInFront(DbCommand command, Actor actor)
    {
        // A procedure (WhoIsAsking.sql), because it answers no rows and, unlike SET LOCAL, is not warned about in an implicit transaction.
        command.CommandText = "call app_asks(@app_authority, @app_actor, @app_reach); " + command.CommandText;
        Add("app_authority", actor.AuthorityId.ToString());
        Add("app_actor", actor.PersonId.ToString());
        Add("app_reach", actor.Reach.ToString());

        void Add(string name, string value) => command.Parameters.Add(new NpgsqlParameter<string>(name, NpgsqlDbType.Text) { TypedValue = value });
    }

    private static void Prefix(DbCommand command, CommandEventData eventData)
    {
        if (command.Transaction is not null || eventData.Context is not AppDbContext { Actor: { } actor } context) return;
        if (eventData.CommandSource == CommandSource.SaveChanges) command.CommandText = SealsOf(context) + command.CommandText;
        PutInFront(command, actor);
    }

    /// <summary>That what was sealed is sealed under keys that stand, and will until the transaction ends. Only ids go into the text, so there is nothing to escape.</summary>
    public static string SealsOf(Guid childId, Guid keyId) => $"call app_seals('{childId}', '{keyId}'); ";

    private static string SealsOf(AppDbContext context) => string.Concat(context.Seals.Select(s => SealsOf(s.Key, s.Value)));
}
