using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Rights;

public enum RectificationAnswer
{
    /// <summary>What was wrong is right now, where it is kept.</summary>
    PutRight,

    /// <summary>The record stays, and what they say of it stands beside it.</summary>
    StatementBeside,
    Refused,
}

/// <summary>Somebody's request that something that is held be put right (UK GDPR article 16), from the day it came to its one answer.</summary>
public class RectificationRequest : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    /// <summary>The record it is about; null for something else that is held, such as a name or a day.</summary>
    public Guid? VoiceRecordId { get; init; }

    public Requester Requester { get; init; }

    /// <summary>Who in the child's life asks.</summary>
    public Guid? RelationshipId { get; init; }

    public DateOnly ReceivedOn { get; init; }

    public Guid LoggedById { get; init; }

    public DateTime LoggedAt { get; init; }

    /// <summary>When it was said that it takes two months longer; why stands in a note.</summary>
    public DateTime? ExtendedAt { get; set; }

    /// <summary>Null until it is answered.</summary>
    public RectificationAnswer? Answer { get; set; }

    /// <summary>What was put beside the record as the answer.</summary>
    public Guid? StatementId { get; set; }

    public Guid? DecidedById { get; set; }

    public DateTime? DecidedAt { get; set; }

    public uint Version { get; init; }

    public DateOnly DueOn => RequestRules.DueOn(ReceivedOn, ExtendedAt);
}
