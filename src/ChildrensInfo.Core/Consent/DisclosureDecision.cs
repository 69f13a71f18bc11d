using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Consent;

/// <summary>Why the law lets something be told without permission.</summary>
public enum DisclosureBasis
{
    /// <summary>Reasonable cause to suspect significant harm (Children Act 1989, section 47).</summary>
    SignificantHarm,

    /// <summary>Promoting the welfare of children in need (Children Act 1989, section 17; Children Act 2004, section 11).</summary>
    Welfare,

    /// <summary>To prevent or detect a crime (Data Protection Act 2018, schedule 2, paragraph 2).</summary>
    Crime,

    /// <summary>An order of a court.</summary>
    CourtOrder,

    /// <summary>To protect somebody's life (UK GDPR, article 6(1)(d)).</summary>
    VitalInterests,
}

public enum DisclosureState
{
    /// <summary>Proposed by one person; nothing may be told yet.</summary>
    Proposed,
    Agreed,
    NotAgreed,
}

public enum ChildInformed
{
    Yes,
    NotYet,

    /// <summary>It would put somebody at risk; the reason is kept.</summary>
    NotSafe,
}

/// <summary>
/// That something a child said is told to somebody without permission, to keep somebody safe: one person's reasons and another's agreement. It stands beside the
/// permissions and changes none of them.
/// </summary>
public class DisclosureDecision : IAboutChild
{
    public const int TextMaxLength = 2_000;

    public const int RecipientMaxLength = 200;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>The records it is about.</summary>
    public List<Guid> VoiceRecordIds { get; init; } = [];

    /// <summary>What is told, to whom and why: sealed under the child's key.</summary>
    public required byte[] WhatSealed { get; init; }

    public required byte[] ToWhomSealed { get; init; }

    public required byte[] WhySealed { get; init; }

    public DisclosureBasis Basis { get; init; }

    public ChildInformed ChildInformed { get; init; }

    /// <summary>Why the child is not told, when they are not; sealed.</summary>
    public byte[]? NotInformedSealed { get; init; }

    public DateOnly ReviewOn { get; init; }

    public DateTime ProposedAt { get; init; }

    public Guid ProposedById { get; init; }

    public DisclosureState State { get; set; }

    /// <summary>A second person, never the first.</summary>
    public Guid? DecidedById { get; set; }

    public DateTime? DecidedAt { get; set; }

    public byte[]? DecisionReasonSealed { get; set; }

    public uint Version { get; init; }
}
