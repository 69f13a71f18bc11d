using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Offline;

public enum DeviceItemKind
{
    /// <summary>What was told, asked or decided about a permission. It goes first: what follows rests on it.</summary>
    Consent,
    Visit,
    Record,

    /// <summary>That something was deleted on the device before it was sent.</summary>
    TakenBack,

    /// <summary>Whom a child does not want told anything they say. It goes before what was said.</summary>
    DoNotTell,
}

/// <summary>
/// That something sealed on a device without a connection is with the council: the only thing a device believes. It is written in the same
/// transaction as the visit, record or decision itself and bears its id, so that what is sent again is answered again and kept once.
/// </summary>
public class DeviceReceipt : IAboutChild
{
    /// <summary>The id that the device gave the visit, record or decision.</summary>
    public Guid Id { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>Whose it is: who sealed it, and nobody else may send it.</summary>
    public Guid PersonId { get; init; }

    public Guid DeviceId { get; init; }

    public DeviceItemKind Kind { get; init; }

    /// <summary>Of the very bytes that were sealed: other bytes under the same id are refused.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>When it was sealed, and when it was sent, by the device's clock.</summary>
    public DateTime SealedAt { get; init; }

    public DateTime SentAt { get; init; }

    public DateTime ReceivedAt { get; init; }
}
