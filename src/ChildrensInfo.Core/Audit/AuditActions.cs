namespace ChildrensInfo.Core.Audit;

/// <summary>Every action the audit log can name. docs/audit.md lists them in words, and a test keeps them equal.</summary>
public static class AuditActions
{
    public const string SignedIn = "account.signed-in";
    public const string SignInRefused = "account.sign-in-refused";
    public const string SignedOut = "account.signed-out";
    public const string AccessRefused = "access.refused";
    public const string ChildRead = "child.read";
    public const string ChildListed = "child.listed";
    public const string ChildCreated = "child.created";
    public const string ChildChanged = "child.changed";
    public const string ChildAllocated = "child.allocated";
    public const string AllocationEnded = "child.allocation-ended";
    public const string BreakGlassOpened = "child.break-glass";
    public const string BreakGlassEnded = "child.break-glass-ended";
    public const string NoticeRead = "child.notice-read";
    public const string RelationshipAdded = "child.relationship-added";
    public const string DoNotTellRecorded = "child.do-not-tell";
    public const string DoNotTellEnded = "child.do-not-tell-ended";
    public const string SessionStarted = "session.started";
    public const string VoiceRecorded = "voice.recorded";
    public const string VoiceCorrected = "voice.corrected";
    public const string VoiceMoved = "voice.moved";
    public const string VoiceReceived = "voice.moved-here";
    public const string BreachCompleted = "voice.breach-reported";
    public const string ThirdPartyDecided = "voice.third-party-decided";
    public const string VoiceCopied = "voice.copied";
    public const string VisitPlanned = "session.planned";
    public const string VisitCalledOff = "session.called-off";
    public const string VoiceSearched = "voice.searched";
    public const string BookletMade = "voice.booklet-made";
    public const string VoiceHeard = "voice.played";
    public const string MediaReceived = "voice.media-received";
    public const string MediaRefused = "voice.media-refused";
    public const string VoiceQuoted = "voice.quoted";
    public const string TranscriptTyped = "transcript.typed";
    public const string TranscriptAsked = "transcript.asked";
    public const string TranscriptDrafted = "transcript.drafted";
    public const string TranscriptFailed = "transcript.failed";
    public const string TranscriptAccepted = "transcript.accepted";
    public const string InterpretationAdded = "interpretation.added";
    public const string InterpretationShown = "interpretation.shown";
    public const string AskRaised = "ask.raised";
    public const string AskStepTaken = "ask.step-taken";
    public const string AskListed = "ask.listed";
    public const string ConsentRecorded = "consent.recorded";
    public const string CompetenceAssessed = "consent.competence-assessed";
    public const string ReturnUploaded = "return.uploaded";
    public const string ReturnLoaded = "return.loaded";
    public const string ReturnRefused = "return.refused";
    public const string ReturnStopAsked = "return.stop-asked";
    public const string ReturnStopped = "return.stopped";
    public const string ReturnRead = "return.read";
    public const string CoverageRead = "team.coverage-read";
    public const string DashboardRead = "dashboard.read";
    public const string ProjectCreated = "project.created";
    public const string ProjectChanged = "project.changed";
    public const string ProjectSubmitted = "project.submitted";
    public const string ProjectClosed = "project.closed";
    public const string ProjectDecided = "project.decided";
    public const string ExtractRequested = "extract.requested";
    public const string ExtractDecided = "extract.decided";
    public const string ExtractBuilt = "extract.built";
    public const string ExtractFailed = "extract.failed";
    public const string ExtractDownloaded = "extract.downloaded";
    public const string PersonCreated = "person.created";
    public const string PersonChanged = "person.changed";
    public const string PersonLeft = "person.left";
    public const string PersonListed = "person.listed";
    public const string LinkMade = "person.link-made";
    public const string PasswordChosen = "account.password-chosen";
    public const string AuditRead = "audit.read";
    public const string DemoLoaded = "demo.loaded";

    /// <summary>Actions whose one line stands for a save about many children: it names the return, extract or demo run.</summary>
    public static readonly IReadOnlySet<string> AboutManyChildren = new HashSet<string> { ReturnLoaded, ExtractBuilt, DemoLoaded };
}
