using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Rights;

/// <summary>Who asks for what is held on a child.</summary>
public enum Requester
{
    Child,

    /// <summary>Somebody in the child's life, for the child.</summary>
    Relation,

    /// <summary>Somebody who acts for the child: what holds for the child holds for them.</summary>
    Solicitor,
}

/// <summary>How it is known that they are who they say, and may ask.</summary>
public enum IdentityCheck
{
    KnownToWorker,
    SeenInPerson,
    Documents,
    WrittenAuthority,
}

public enum AccessState
{
    /// <summary>Somebody looks through what is held.</summary>
    Open,

    /// <summary>A second person is to look through it and release it.</summary>
    ForRelease,
    Building,
    Ready,
    Destroyed,
}

/// <summary>
/// Somebody's request for everything held on a child (UK GDPR article 15): from the day it came, through the choices of one person and the release by another, to the
/// file and its destruction.
/// </summary>
public class AccessRequest : IAboutChild
{
    public const int NoteMaxLength = 1_000;

    /// <summary>How long the file can be fetched before the portal destroys it.</summary>
    public const int DaysKept = 30;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    public Requester Requester { get; init; }

    /// <summary>Who in the child's life asks.</summary>
    public Guid? RelationshipId { get; init; }

    public Relationship? Relationship { get; init; }

    public DateOnly ReceivedOn { get; init; }

    public IdentityCheck Identity { get; init; }

    /// <summary>What was seen, and that they may ask; sealed under the child's key.</summary>
    public required byte[] IdentityNoteSealed { get; init; }

    /// <summary>When it was said that it takes two months longer, and why; sealed.</summary>
    public DateTime? ExtendedAt { get; set; }

    public byte[]? ExtensionReasonSealed { get; set; }

    /// <summary>Whether something is left out because it would be likely to cause somebody serious harm (Data Protection Act 2018, Schedule 3); null until it was asked.</summary>
    public bool? HarmFound { get; set; }

    /// <summary>Who was asked about it and what they said; sealed.</summary>
    public byte[]? HarmNoteSealed { get; set; }

    public AccessState State { get; set; }

    public Guid LoggedById { get; init; }

    public DateTime LoggedAt { get; init; }

    public Guid? SentById { get; set; }

    public DateTime? SentAt { get; set; }

    public Guid? ReleasedById { get; set; }

    public DateTime? ReleasedAt { get; set; }

    public Guid? FileId { get; set; }

    public DateOnly? DestroyOn { get; set; }

    public DateTime? DestroyedAt { get; set; }

    public uint Version { get; init; }

    public DateOnly DueOn => RequestRules.DueOn(ReceivedOn, ExtendedAt);
}

/// <summary>Why something that is marked is let in or left out.</summary>
public enum AccessReason
{
    /// <summary>Whoever it is about said yes.</summary>
    TheyAgreed,

    /// <summary>It is reasonable without asking them: they know it, gave it themselves, or it is about the child above all.</summary>
    ReasonableWithout,

    /// <summary>A worker's name or work: theirs to answer for.</summary>
    Professional,

    /// <summary>It is somebody else's, who has not agreed.</summary>
    SomebodyElses,

    /// <summary>It would be likely to cause somebody serious harm.</summary>
    SeriousHarm,
}

/// <summary>What was chosen about one thing that is marked. Written once; the last one counts.</summary>
public class AccessChoice : IAboutChild
{
    public const int ItemMaxLength = 80;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid RequestId { get; init; }

    /// <summary>The kind and id of what is held.</summary>
    public required string Item { get; init; }

    public bool LetIn { get; init; }

    public AccessReason Reason { get; init; }

    public Guid ById { get; init; }

    public DateTime At { get; init; }

    public static bool LetsIn(AccessReason reason) => reason is AccessReason.TheyAgreed or AccessReason.ReasonableWithout or AccessReason.Professional;
}
