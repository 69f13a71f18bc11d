using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace ChildrensInfo.Web.Access;

/// <summary>
/// Slows down guessing: fixed windows that count failed tries from one address, and from one address at one account. A try counts until it
/// succeeds, so that a whole council may sign in from behind one address, and tries sent at once are counted too. The limit at one account is
/// below Identity's lock, so that somebody who guesses at one address cannot lock the real person out at another.
/// Kept in this process: with several, each counts for itself, and Identity's lock in the database stands behind them all.
/// </summary>
public sealed class SignInLimits(TimeProvider clock)
{
    public const int TriesFromAddress = 30;

    public const int TriesAtAccount = 5;

    private const int SweepAbove = 10_000;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, Count> counts = new();

    /// <param name="device">What a device is counted by on which the person has signed in before (<see cref="KnownDevices"/>); then it counts instead of the address.</param>
    /// <returns>A try that counts as failed until it is said to have succeeded; null when there are none left, and then how long to wait.</returns>
    public Try? Begin(IPAddress? address, string account, out TimeSpan wait, string? device = null)
    {
        var now = clock.GetUtcNow();
        if (counts.Count > SweepAbove)
        {
            foreach (var (key, count) in counts)
            {
                if (count.Ends <= now) counts.TryRemove(key, out _);
            }
        }

        var from = device ?? (address is null ? "" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        // The account's name itself is not kept in memory; one of two that share a hash code would wait a little for nothing.
        var at = string.Create(CultureInfo.InvariantCulture, $"{from}|{account.GetHashCode(StringComparison.Ordinal)}");
        var byAddress = Take(from, now);
        var byAccount = Take(at, now);
        var refused = byAddress.Tries > TriesFromAddress ? byAddress : byAccount.Tries > TriesAtAccount ? byAccount : null;
        wait = refused is null ? TimeSpan.Zero : refused.Ends - now;
        return refused is null ? new Try(this, from, at) : null;
    }

    private Count Take(string key, DateTimeOffset now) =>
        counts.AddOrUpdate(key, _ => new Count(1, now + Window), (_, count) => count.Ends <= now ? new Count(1, now + Window) : count with { Tries = count.Tries + 1 });

    private void GiveBack(string key)
    {
        while (counts.TryGetValue(key, out var count))
        {
            if (counts.TryUpdate(key, count with { Tries = Math.Max(0, count.Tries - 1) }, count)) return;
        }
    }

    private sealed record Count(int Tries, DateTimeOffset Ends);

    public sealed class Try(SignInLimits limits, string from, string at)
    {
        /// <summary>It was not looked at, and so is not counted.</summary>
        public void NotMade()
        {
            limits.GiveBack(from);
            limits.GiveBack(at);
        }

        /// <summary>The right person: what they mistyped before is forgotten at this account, and this try at this address.</summary>
        public void Succeeded()
        {
            limits.GiveBack(from);
            limits.counts.TryRemove(at, out _);
        }
    }
}
