namespace ChildrensInfo.Core.Access;

/// <summary>
/// Passwords and PINs are slow to hash on purpose. Two are hashed at a time in this process and the others wait without holding a thread, so that a morning’s signing in, or somebody
/// who sends passwords by the hundred, leaves the processor to everybody else.
/// </summary>
public sealed class Hashing : IDisposable
{
    public const int AtOnce = 2;

    /// <summary>Some ten seconds of waiting: longer than that nobody stays.</summary>
    public const int MostWaiting = 150;

    public const string Busy = "Very many people are signing in just now. Nothing is wrong with what you entered: wait half a minute, then try again.";

    private readonly SemaphoreSlim turns = new(AtOnce);

    private int here;

    /// <returns>To be given back as soon as it is hashed; null when too many wait already.</returns>
    public async Task<IDisposable?> TurnAsync(CancellationToken cancel)
    {
        if (Interlocked.Increment(ref here) > AtOnce + MostWaiting)
        {
            Interlocked.Decrement(ref here);
            return null;
        }

        try
        {
            await turns.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref here);
            throw;
        }

        return new Turn(this);
    }

    public void Dispose() => turns.Dispose();

    private sealed class Turn(Hashing hashing) : IDisposable
    {
        public void Dispose()
        {
            Interlocked.Decrement(ref hashing.here);
            hashing.turns.Release();
        }
    }
}
