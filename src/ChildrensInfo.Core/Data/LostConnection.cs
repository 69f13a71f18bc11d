using Npgsql;

namespace ChildrensInfo.Core.Data;

/// <summary>Faults that say nothing about the work itself: the same work begun again a moment later may well be done.</summary>
public static class LostConnection
{
    /// <returns>Whether the database server stopped, changed over, broke the work off to let other work through, or could not be reached. A full disk is no such fault.</returns>
    public static bool IsBehind(Exception? fault) => fault switch
    {
        null => false,
        // The server's own classes of faults (PostgreSQL manual, appendix A): 08 connection, 57P stopping or starting; 40001 and 40P01 are two at once in each other's way.
        PostgresException { SqlState: var state } => state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal)
            || state is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
        NpgsqlException { IsTransient: true } => true,
        // EF Core and Npgsql wrap what went wrong below them.
        _ => IsBehind(fault.InnerException),
    };
}
