namespace ChildrensInfo.Core.Shared;

/// <summary>Whose clock says when something was said or sealed.</summary>
public enum ClockSource
{
    Server,
    Device,
}

/// <summary>What a device without a connection says of when it sealed something.</summary>
/// <param name="SaidAt">When it was sealed, by the device's clock.</param>
/// <param name="SentAt">What the device's clock said when it sent: against the server's, how far it is wrong. Null when it came in a file, which cannot tell.</param>
/// <param name="OffsetMinutes">How far the device's time zone was from UTC.</param>
/// <param name="Sequence">Its number among what was sealed on the device; null from a form of the page that did not count.</param>
public sealed record DeviceClock(Guid DeviceId, DateTime SaidAt, DateTime? SentAt, short OffsetMinutes, int? Sequence = null)
{
    /// <summary>Device minus server, in milliseconds; null when nobody knows.</summary>
    public long? SkewAt(DateTime now) => SentAt is { } sent ? (long)(sent - now).TotalMilliseconds : null;
}
