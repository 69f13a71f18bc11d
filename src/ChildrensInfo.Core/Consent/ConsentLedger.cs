using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Consent;

/// <summary>
/// That a person looked at two events whose order the clocks leave in doubt, and says which came last. Until somebody does, the one that
/// protects more counts. Written once; a later word about the same two takes its place.
/// </summary>
public class ConsentOrder : IAboutChild
{
    public const int ReasonMaxLength = 1_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid FirstEventId { get; init; }

    public Guid LastEventId { get; init; }

    public required byte[] ReasonSealed { get; init; }

    public DateTime ResolvedAt { get; init; }

    public Guid ResolvedById { get; init; }
}

/// <summary>What was decided about what was there already when somebody said stop and did not say. Until then it is locked. The last one counts.</summary>
public class WithdrawalOutcome : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>The withdrawal.</summary>
    public Guid EventId { get; init; }

    public WithdrawWants Wants { get; init; }

    public DateTime DecidedAt { get; init; }

    public Guid DecidedById { get; init; }
}

/// <summary>
/// That the bytes of a recording or picture were taken out of the live database because somebody wanted that. Its record stays, and what was written
/// down of it. Copies of the database made before hold it until <see cref="BackupsUntil"/>.
/// </summary>
public class MediaErasure : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid VoiceRecordId { get; init; }

    public Guid FileId { get; init; }

    /// <summary>The withdrawal it was done for.</summary>
    public Guid EventId { get; init; }

    public DateTime ErasedAt { get; init; }

    public Guid ErasedById { get; init; }

    public DateOnly BackupsUntil { get; init; }
}

public enum ReceiptForm
{
    Printed,
    Shown,
    Sent,
    ReadAloud,
}

/// <summary>That somebody was given "my copy" of what was decided.</summary>
public class ConsentReceipt : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid EventId { get; init; }

    public ReceiptForm Form { get; init; }

    public DateTime IssuedAt { get; init; }

    public Guid IssuedById { get; init; }
}

/// <summary>Every way in which what a child said reaches somebody. A test names the decision that each place of the program asks for.</summary>
public enum VoiceSurface
{
    Page,
    Media,
    Thumbnail,
    Search,
    Print,
    Share,
    Dashboard,
    Quote,
    Transcriber,
    Extract,
    Network,
    CommandLine,
}

/// <summary>That a permission was relied on: for what, where, when and on which decision. Written in the same save as the use itself.</summary>
public class ConsentUse : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Purpose Purpose { get; init; }

    /// <summary>The session, record, recipient or project it was used for, when the purpose was asked for one.</summary>
    public Guid? ScopeId { get; init; }

    public VoiceSurface Surface { get; init; }

    /// <summary>The decision relied on.</summary>
    public Guid EventId { get; init; }

    public ConsentEvent? Event { get; init; }

    /// <summary>What was used: a record, a file, an extract.</summary>
    public Guid SubjectId { get; init; }

    public DateTime UsedAt { get; init; }

    public Guid UsedById { get; init; }
}
