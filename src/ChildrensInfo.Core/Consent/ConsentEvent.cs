using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Shared;

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

    /// <summary>Beside <see cref="ResearchExtract"/>: what was said is read by researchers, with what shows who said it taken out.</summary>
    ResearchWords,
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

    /// <summary>A court, or somebody a court or a power of attorney named.</summary>
    CourtOrAttorney,

    /// <summary>Anybody else. Heard and written down, never a yes.</summary>
    SomebodyElse,
}

/// <summary>How senior whoever decides for the council is, when it shares parental responsibility under a care order.</summary>
public enum DecisionGrade
{
    SocialWorker,
    TeamManager,
    ServiceManager,
    HeadOfService,
    Director,
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
    SignLanguage,
    AudioClip,
    PaperScan,

    /// <summary>Concluded from what somebody did. Never enough for a permission: the database refuses it.</summary>
    Inferred,
}

/// <summary>What ends a yes before its last day, agreed when it was given. The rules that hold for every yes are not repeated here.</summary>
public enum ExpiryCause
{
    TurnsSixteen,
    CompetenceReassessed,
    ResponsibilityChanges,
    LegalStatusChanges,
    CaseClosed,
    ProjectEnds,
}

/// <summary>What somebody who says stop wants done with what is there already.</summary>
public enum WithdrawWants
{
    /// <summary>Nothing new; what is there stays.</summary>
    StopFromNow,

    /// <summary>Nothing new, and what is there is used for nothing more.</summary>
    TakeOut,

    /// <summary>The recording or picture is deleted; words that were written down stay.</summary>
    DeleteRecording,
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

    /// <summary>
    /// The words with the names in them, exactly as they were shown, sealed under the child's key: a council or a person may be called something else later. Null of what was written
    /// down before this was kept, and where it was asked in no words of the portal's.
    /// </summary>
    public byte[]? ShownSealed { get; init; }

    /// <summary>From when a yes counts, when that is later than when it was said.</summary>
    public DateTime? ValidFrom { get; init; }

    /// <summary>The last day of a yes, as days are in London.</summary>
    public DateOnly? ExpiresOn { get; init; }

    public List<ExpiryCause> ExpiresWhen { get; init; } = [];

    /// <summary>When it was said: what the order of events goes by.</summary>
    public DateTime OccurredAt { get; init; }

    /// <summary>When the council received it: later than <see cref="OccurredAt"/> when it was written down offline.</summary>
    public DateTime RecordedAt { get; init; }

    public ClockSource ClockSource { get; init; }

    /// <summary>The device it was written down on offline; null for the site itself.</summary>
    public Guid? DeviceId { get; init; }

    /// <summary>What the device's clock said, and how far from UTC its time zone was.</summary>
    public DateTime? DeviceTime { get; init; }

    public short? DeviceOffsetMinutes { get; init; }

    /// <summary>How far the device's clock was from the server's when it sent: device minus server. Null of a device when it came in a file: nobody knows.</summary>
    public long? ClockSkewMs { get; init; }

    public Guid RecordedById { get; init; }

    /// <summary>For <see cref="ConsentEventType.EnteredInError"/>: the event that was a mistake.</summary>
    public Guid? CorrectsEventId { get; init; }

    /// <summary>The decision this one takes the place of, as it stood when this was written down. Said for readers; the order decides.</summary>
    public Guid? SupersedesEventId { get; init; }

    /// <summary>For the council under a care order: how senior whoever decided is.</summary>
    public DecisionGrade? Grade { get; init; }

    /// <summary>Why the child was not asked how they feel about it; sealed.</summary>
    public byte[]? ChildPositionReasonSealed { get; init; }

    /// <summary>Whether it was the child who brought it up: then nobody waits for the time in which they are not asked again.</summary>
    public bool RaisedByChild { get; init; }

    /// <summary>Who asked, when that was not who wrote it down.</summary>
    public Guid? AskedById { get; init; }

    /// <summary>The language it was talked about in, which may not be the language of the words shown.</summary>
    public string? LanguageUsed { get; init; }

    public bool InterpreterPresent { get; init; }

    /// <summary>Who else was there, sealed: somebody may have pressed.</summary>
    public byte[]? PresentSealed { get; init; }

    /// <summary>A signature, an audio clip or a scan of the paper, and its SHA-256 as it was then.</summary>
    public Guid? EvidenceFileId { get; init; }

    public byte[]? EvidenceHash { get; init; }

    /// <summary>Why: of a withdrawal never asked for, of a mistake or of what should not have been relied on always. Sealed.</summary>
    public byte[]? ReasonSealed { get; init; }

    /// <summary>What is to be done with what is there, when they said so at once; otherwise <see cref="WithdrawalOutcome"/> says it later.</summary>
    public WithdrawWants? Wants { get; init; }

    /// <summary>What the child or adult said about it, sealed under the child's key.</summary>
    public byte[]? WordsSealed { get; init; }
}

public enum CompetenceOutcome
{
    Competent,
    NotCompetent,

    /// <summary>It comes and goes: not on this day.</summary>
    NotToday,
    NotAssessed,
}

/// <summary>Whether a child understands one part of what they are asked.</summary>
public enum Understands
{
    Yes,
    WithSupport,
    No,
}

public enum FreeFromPressure
{
    Yes,
    No,
    NotSure,
}

/// <summary>
/// Whether the child could decide this, on this day (Gillick v West Norfolk and Wisbech AHA [1986] AC 112): per decision, never a label on the
/// child. Written once; a new look at it is a new assessment.
/// </summary>
public class CompetenceAssessment : IAboutChild
{
    public const int RationaleMinLength = 20;

    public const int RationaleMaxLength = 2_000;

    public const int WordsMaxLength = 1_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Purpose Purpose { get; init; }

    /// <summary>The day as days are in London, for readers; the order of things goes by <see cref="AssessedAt"/>.</summary>
    public DateOnly AssessedOn { get; init; }

    public DateTime AssessedAt { get; init; }

    public Guid AssessorId { get; init; }

    public CompetenceOutcome Outcome { get; init; }

    public Understands? WhatItIs { get; init; }

    public Understands? WhatFor { get; init; }

    public Understands? WhoWillSee { get; init; }

    public Understands? CanSayNo { get; init; }

    public Understands? WhatMayHappen { get; init; }

    public FreeFromPressure? FreeFromPressure { get; init; }

    /// <summary>What the child said that shows it, sealed.</summary>
    public byte[]? ChildWordsSealed { get; init; }

    /// <summary>What helped them to understand: symbols, signs, an interpreter, more time. Sealed.</summary>
    public byte[]? SupportSealed { get; init; }

    public required byte[] RationaleSealed { get; init; }

    /// <summary>Somebody else who was asked, and what they thought. Sealed.</summary>
    public byte[]? SecondOpinionSealed { get; init; }

    public DateOnly? ReviewOn { get; init; }
}
