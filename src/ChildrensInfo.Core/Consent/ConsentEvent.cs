using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Consent;

/// <summary>What a family can be told of or asked for. The keys are fixed; the wording is local and versioned.</summary>
public enum Purpose
{
    KeepRecord,
    Audio,
    ImageWork,
    ImagePerson,
    TranscribeMachine,
    ShareParent,
    SharePro,
    Stats,
    QuoteService,
    ResearchExtract,
    ResearchContact,
    TrainPublish,
}

public enum ConsentEventType
{
    Told,
    Asked,
    Given,
    Refused,
    Deferred,
    Withdrawn,
    Renewed,
    Objected,
    Invalidated,
    EnteredInError,
}

public enum ConsentScope
{
    /// <summary>Every use of the purpose from now on.</summary>
    Purpose,
    Session,
    VoiceRecord,
    Recipient,
    Project,
}

public enum DecidedBy
{
    ChildForSelf,
    ParentalResponsibility,
    LocalAuthority,
    DelegatedAuthority,
}

/// <summary>What the child felt when somebody else decided.</summary>
public enum ChildPosition
{
    DecidedThemselves,
    Assents,
    Dissents,
    NoViewExpressed,
    NotAsked,
}

public enum ConsentMethod
{
    Spoken,
    TappedByChild,
    Signature,
    SymbolOrSign,
    Phone,
}

/// <summary>
/// One thing that was told, asked or decided. Append-only: the database refuses a change. The state of a permission is always worked
/// out from these (<see cref="ConsentService"/>), never stored.
/// </summary>
public class ConsentEvent : IAboutChild
{
    /// <summary>Made by the browser, so that a decision sent twice is one decision.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    public Purpose Purpose { get; init; }

    public ConsentScope Scope { get; init; }

    /// <summary>The session, record, recipient or project that the decision is limited to.</summary>
    public Guid? ScopeId { get; init; }

    public ConsentEventType Type { get; init; }

    public DecidedBy? DecidedBy { get; init; }

    /// <summary>Which holder of parental responsibility or delegated authority decided.</summary>
    public Guid? DecidedByRelationshipId { get; init; }

    public Relationship? DecidedByRelationship { get; init; }

    public ChildPosition? ChildPosition { get; init; }

    public Guid? CompetenceAssessmentId { get; init; }

    public ConsentMethod Method { get; init; }

    public Guid? WordingId { get; init; }

    public Wording? Wording { get; init; }

    /// <summary>The hash of the words shown, pinned here so that nobody ever appears to have agreed to others.</summary>
    public byte[]? WordingHash { get; init; }

    public DateOnly? ExpiresOn { get; init; }

    /// <summary>When it was said.</summary>
    public DateTime OccurredAt { get; init; }

    public DateTime RecordedAt { get; init; }

    public Guid RecordedById { get; init; }

    /// <summary>For <see cref="ConsentEventType.EnteredInError"/>: the event that was a mistake.</summary>
    public Guid? CorrectsEventId { get; init; }

    /// <summary>What the child or adult said about it, sealed under the child's key.</summary>
    public byte[]? WordsSealed { get; init; }
}

public enum CompetenceOutcome
{
    Competent,
    NotCompetent,
    NotToday,
}

/// <summary>Whether the child could decide this, on this day: per decision, never a label on the child.</summary>
public class CompetenceAssessment : IAboutChild
{
    public const int RationaleMinLength = 20;

    public const int RationaleMaxLength = 2_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Purpose Purpose { get; init; }

    public DateOnly AssessedOn { get; init; }

    public Guid AssessorId { get; init; }

    public CompetenceOutcome Outcome { get; init; }

    public required byte[] RationaleSealed { get; init; }
}

public enum WordingFormat
{
    Text,
    EasyRead,
}

public enum AgeBand
{
    From4To7,
    From8To11,
    From12To17,
    Adult,
}

/// <summary>The exact words a purpose was put in. Never changed once made; a change is a new version.</summary>
public class Wording
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Purpose Purpose { get; init; }

    public int Number { get; init; }

    public required string Language { get; init; }

    public WordingFormat Format { get; init; }

    public AgeBand AgeBand { get; init; }

    public required string Name { get; init; }

    public required string Body { get; init; }

    public required byte[] BodyHash { get; init; }

    public DateTime EffectiveFrom { get; init; }
}
