using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Access;

/// <summary>One time somebody is signed in on one device, from the password to the end. The cookie names it, and is worth nothing once it has ended.</summary>
public class SignIn : IBelongToAuthority
{
    public const int DeviceMaxLength = 60;

    /// <summary>Unused for this long, it ends: a device left on a kitchen table is nobody's for long.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(20);

    /// <summary>However much it is used, it ends after a working day.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(10);

    /// <summary>By how much a server's clock may have been ahead, and still what it wrote be believed: what was used later than that from now has ended, or it would lie open until then.</summary>
    public static readonly TimeSpan MostAhead = TimeSpan.FromHours(1);

    /// <summary>For how long somebody who showed who they are may do what is asked for again: change how they sign in, give roles, give out files.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(10);

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid PersonId { get; init; }

    public DateTime StartedAt { get; init; }

    /// <summary>To the minute, by the clock of the server where it was used last: what a clock that was ahead wrote is taken back.</summary>
    public DateTime SeenAt { get; set; }

    public DateTime? EndedAt { get; set; }

    /// <summary>When the person last showed who they are: here, or in the sign-in that this one took the place of.</summary>
    public DateTime ProvenAt { get; init; }

    /// <summary>In words by which its owner knows it, such as "Chrome on Android"; never the whole of what the browser says of itself.</summary>
    public string Device { get; init; } = "";

    /// <summary>The key of the provider that said who it is; null for our own password or passkey.</summary>
    public string? Provider { get; init; }

    /// <summary>The provider said that a second factor was shown there, which counts here.</summary>
    public bool SecondFactorThere { get; init; }

    /// <summary>How long it can still be used, however much it is.</summary>
    public TimeSpan LeftAt(DateTime now) => StartedAt + Longest - now;

    public bool IsFreshAt(DateTime now) => (now - ProvenAt).Duration() < FreshFor;

    public bool IsOpenAt(DateTime now) => EndedAt is null && SeenAt + Idle > now && SeenAt - MostAhead <= now && LeftAt(now) > TimeSpan.Zero;
}
