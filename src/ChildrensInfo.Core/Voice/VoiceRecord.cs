using System.Text.Json;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Shared;

namespace ChildrensInfo.Core.Voice;

public enum Place
{
    Home,
    School,
    Car,
    Office,
    Online,
    Other,
}

public enum SeenAlone
{
    Yes,
    PartOfTheTime,
    No,
}

public enum DeviceHeldBy
{
    Child,
    Worker,
    Shared,
}

/// <summary>Whether the child could speak freely, as far as anybody can tell.</summary>
public enum SpokeFreely
{
    ChildSaysYes,
    ChildSaysNo,
    WorkerThinksYes,
    WorkerThinksNo,
    NotKnown,
}

/// <summary>How the child was told what the visit is for and who will know.</summary>
public enum ToldHow
{
    Spoken,
    EasyRead,
    Symbols,
    Video,
    InSign,
    NotTold,
}

/// <summary>Whether the child could say back, in their own way, what they were told.</summary>
public enum Understanding
{
    SaidItBack,
    CouldNot,
    NotTried,
}

/// <summary>What somebody who was there is to the child.</summary>
public enum PresentAs
{
    ParentOrCarer,
    BrotherOrSister,
    OtherFamily,
    OtherChild,
    SchoolOrNursery,
    HealthWorker,
    Interpreter,
    AnotherWorker,
    SomebodyElse,
}

/// <summary>Whether somebody who was there could hear what was said.</summary>
public enum InEarshot
{
    Yes,
    Partly,
    No,
    NotKnown,
}

/// <summary>Why a way that was offered was not used: a child to whom only what they cannot use was offered was not asked.</summary>
public enum NotUsedReason
{
    ChoseAnotherWay,
    DidNotWantIt,
    CouldNotUseIt,
    DidNotWork,
    NoTimeOrQuiet,
}

/// <summary>What the visit came to.</summary>
public enum VisitOutcome
{
    TookPart,
    TookPartABit,
    DidNotWantTo,
    NotAbleThisTime,
    StoppedByChild,
    StoppedForSafety,
}

/// <summary>The visit or contact in which somebody was heard.</summary>
public class VoiceSession : IAboutChild
{
    public const int PresentMost = 10;

    /// <summary>Made by the browser, so that a visit sent twice is one visit.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    public Guid PractitionerId { get; init; }

    public DateOnly OccurredOn { get; init; }

    public Place Place { get; init; }

    public SeenAlone SeenAlone { get; init; }

    /// <summary>Who else was there; nobody when it is empty.</summary>
    public List<PresentPerson> Present { get; init; } = [];

    /// <summary>The ways of saying it that were offered; empty when nobody wrote them down.</summary>
    public List<VoiceKind> Offered { get; init; } = [];

    /// <summary>Why not all that was offered was used; null when it was, or when nobody wrote it down.</summary>
    public NotUsedReason? NotUsedReason { get; init; }

    public VisitOutcome? Outcome { get; init; }

    public DeviceHeldBy? DeviceHeldBy { get; init; }

    public SpokeFreely? SpokeFreely { get; init; }

    public ToldHow? ToldHow { get; init; }

    public Understanding? Understanding { get; init; }

    public DateTime RecordedAt { get; init; }
}

/// <summary>
/// Somebody who was at a visit besides the child and the practitioner. What a child says before a person who hears it is not what they would say alone,
/// so it is told of each of them.
/// </summary>
public class PresentPerson : IAboutChild
{
    public const int WhoMaxLength = 500;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid SessionId { get; init; }

    /// <summary>In the order in which they were written down.</summary>
    public int Position { get; init; }

    /// <summary>Who, in the practitioner's words, sealed under the child's key; null when what they are to the child was enough.</summary>
    public byte[]? WhoSealed { get; init; }

    public PresentAs Role { get; init; }

    public InEarshot InEarshot { get; init; }
}

public enum Speaker
{
    Child,
    YoungPerson,
    ParentOrCarer,
    Practitioner,

    /// <summary>Children who spoke together, this child among them: nobody can say whose words are whose.</summary>
    Group,
}

/// <summary>Which slice of the cake the words speak about: voice belongs in every one.</summary>
public enum Layer
{
    Data,
    Information,
    InformationUse,
}

public enum SubjectMatter
{
    MyLife,
    MyHelp,
    APlan,
    MyInformation,
}

/// <summary>The ways of saying it.</summary>
public enum VoiceKind
{
    /// <summary>Typed, or written down word for word; which of them, the provenance says.</summary>
    TypedText,
    Audio,
    Drawing,

    /// <summary>A photograph of something the child made. Whether a person can be recognised on it is asked of each (<see cref="VoiceRecord.ShowsPerson"/>).</summary>
    Photo,

    /// <summary>An answer on a scale: of a tool.</summary>
    ScaleAnswer,

    /// <summary>Answers with another tool, such as Three Houses.</summary>
    ToolAnswer,

    /// <summary>Symbols chosen, on a board of ours or of the child's own.</summary>
    SymbolChoice,
    SignOrGesture,

    /// <summary>What somebody saw a child do who did not say it: a baby has a voice too.</summary>
    ObservedNonVerbal,

    /// <summary>Nothing was said, and why. Nobody was heard, but somebody tried.</summary>
    Declined,
}

public static class VoiceKinds
{
    /// <summary>What was said is in a stored file.</summary>
    public static bool IsFile(this VoiceKind kind) => kind is VoiceKind.Audio or VoiceKind.Drawing or VoiceKind.Photo;

    /// <summary>What was said may be the answers of a tool: then the words of the record are an <see cref="AnswerSheet"/>.</summary>
    public static bool MayUseTool(this VoiceKind kind) => kind is VoiceKind.ScaleAnswer or VoiceKind.ToolAnswer or VoiceKind.SymbolChoice;
}

/// <summary>Why nothing was said. It counts: whoever is easy to reach must not become the only voice.</summary>
public enum NotHeardReason
{
    DidNotWantTo,
    NotAbleThisTime,
    StoppedByChild,
    StoppedForSafety,
    NotOffered,
}

/// <summary>Who saw what a child did.</summary>
public enum Observer
{
    Practitioner,
    ParentOrCarer,
    SchoolOrNursery,
    HealthWorker,
    AnotherWorker,
}

/// <summary>Who stood between the speaker and the page, by role and never by name.</summary>
public enum InterpreterRole
{
    ProfessionalInterpreter,
    SignLanguageInterpreter,
    Intermediary,
    AnotherWorker,
    FamilyMember,
    MachineTranslation,
}

/// <summary>Where the words came from, from the closest to the speaker to the furthest.</summary>
public enum WordsProvenance
{
    OwnHand,
    VerbatimAtTheTime,

    /// <summary>Of a tool: the worker tapped or wrote it, as they said it.</summary>
    EnteredAsSaid,

    /// <summary>Of a tool: the worker tapped it, as they pointed.</summary>
    EnteredAsPointed,
    Recorded,
    ViaInterpreter,
    WrittenUpLater,
    ReportedByOther,
    Observed,
}

public static class WordsProvenances
{
    /// <summary>Whose hand answered with a tool.</summary>
    public static bool IsOfTool(this WordsProvenance provenance) => provenance is WordsProvenance.OwnHand or WordsProvenance.EnteredAsSaid or WordsProvenance.EnteredAsPointed;

    /// <summary>What only the answers of a tool come by.</summary>
    public static bool IsOnlyOfTool(this WordsProvenance provenance) => provenance.IsOfTool() && provenance != WordsProvenance.OwnHand;
}

/// <summary>How it was asked for: a child who was led may say what somebody wanted to hear.</summary>
public enum PromptedBy
{
    /// <summary>They spoke of it themselves.</summary>
    Nobody,
    OpenQuestion,

    /// <summary>Yes or no, or a choice.</summary>
    ClosedQuestion,

    /// <summary>The answer was in the question.</summary>
    LeadingQuestion,
}

/// <summary>How long after they were said the words were written up.</summary>
public enum WrittenUp
{
    WithinTheHour,
    SameDay,
    NextDay,
    LaterStill,
}

/// <summary>
/// One thing somebody said or drew: sealed. The words themselves are in <see cref="VoiceWords"/> or in a stored file, so that
/// counting who was heard never opens what was said. The database takes inserts only.
/// </summary>
public class VoiceRecord : IAboutChild
{
    public const int WordsMaxLength = 10_000;

    public const int PromptMaxLength = 500;

    public const int GroupMin = 2;

    public const int GroupMax = 500;

    /// <summary>Three hours, after which a recording ends by itself.</summary>
    public const int AudioMaxSeconds = 3 * 60 * 60;

    /// <summary>What is taken: a page that nobody looks at may notice late that the three hours are over, and what it recorded is not refused for that.</summary>
    public const int AudioTakenSeconds = AudioMaxSeconds + 60;

    /// <summary>Made by the browser, so that a record sent twice is one record.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    public Guid SessionId { get; init; }

    public VoiceSession? Session { get; init; }

    public Speaker Speaker { get; init; }

    /// <summary>Which parent or carer spoke; null for the child and the practitioner.</summary>
    public Guid? SpeakerRelationshipId { get; init; }

    public Relationship? SpeakerRelationship { get; init; }

    /// <summary>The child's age in whole years on the day of the visit.</summary>
    public int? AgeAtTime { get; init; }

    /// <summary>Of a group: how many took part, this child among them. The others are never named.</summary>
    public int? GroupSize { get; init; }

    public Layer Layer { get; init; }

    /// <summary>What it is about: often more than one thing. Empty when nothing was said.</summary>
    public List<SubjectMatter> Subjects { get; init; } = [];

    public VoiceKind Kind { get; init; }

    public WordsProvenance Provenance { get; init; }

    public string Language { get; init; } = "en";

    /// <summary>Who interpreted; null when nobody did.</summary>
    public InterpreterRole? Interpreter { get; init; }

    /// <summary>The language it was said or signed in, when <see cref="Language"/> is the interpreter's.</summary>
    public string? SpokenLanguage { get; init; }

    /// <summary>How it was asked for; null when nobody wrote it down. The question itself is with the words.</summary>
    public PromptedBy? PromptedBy { get; init; }

    /// <summary>How long after, for words written up from memory.</summary>
    public WrittenUp? WrittenUp { get; init; }

    /// <summary>Who saw it, for what was seen and not said; who told of it, for what somebody else reports.</summary>
    public Observer? Observer { get; init; }

    /// <summary>The version of the tool it was answered with, as it was shown then.</summary>
    public Guid? ToolVersionId { get; init; }

    public ToolVersion? ToolVersion { get; init; }

    /// <summary>The record this one explains: what a drawing or photo means, in the words of who made it. What corrects an explanation explains the same.</summary>
    public Guid? ExplainsId { get; init; }

    /// <summary>Why nothing was said, of a tool of which the child wanted nothing too. Without it somebody was heard.</summary>
    public NotHeardReason? NotHeardReason { get; init; }

    /// <summary>The ways that were offered before nothing was said.</summary>
    public List<VoiceKind> Offered { get; init; } = [];

    public Guid? FileId { get; init; }

    /// <summary>
    /// Of a photo: whether a person can be recognised on it, as it was sealed or as it was said since: only a <see cref="PhotoAnswer"/> changes it. Null where nobody has said, which counts as yes.
    /// </summary>
    public bool? ShowsPerson { get; init; }

    /// <summary>When that was said, where it was after the photo was sealed: it was not asked for then as what it is now.</summary>
    public DateTime? ShowsPersonSince { get; init; }

    /// <summary>
    /// Of a recording: whether anybody else can be heard on it, as its worker said before it was sealed or since: only a <see cref="RecordingAnswer"/> changes it, once. Null where nobody has said: it is held.
    /// </summary>
    public bool? AnybodyElseHeard { get; init; }

    public int? DurationSeconds { get; init; }

    /// <summary>Where a recording has holes, as the recorder noted them: a list of <see cref="RecordingGap"/>.</summary>
    public string? GapsJson { get; init; }

    /// <summary>The day it was said: the session's, kept here so that who was heard lately is one index away.</summary>
    public DateOnly HeardOn { get; init; }

    /// <summary>When the council had it, by the server's clock: later than it was sealed when that was done without a connection.</summary>
    public DateTime SealedAt { get; init; }

    public Guid SealedById { get; init; }

    public ClockSource ClockSource { get; init; }

    /// <summary>The device it was sealed on without a connection; null for the site itself.</summary>
    public Guid? DeviceId { get; init; }

    /// <summary>Its number among what was sealed on that device.</summary>
    public int? DeviceSequence { get; init; }

    /// <summary>When it was sealed by the device's clock, and how far from UTC its time zone was.</summary>
    public DateTime? DeviceTime { get; init; }

    public short? DeviceOffsetMinutes { get; init; }

    /// <summary>When the recording was begun there, or the photo taken, by that clock; null where the device did not say.</summary>
    public DateTime? DeviceBegunAt { get; init; }

    /// <summary>How far the device's clock was from the server's when it sent: device minus server. Null of a device when it came in a file: nobody knows.</summary>
    public long? ClockSkewMs { get; init; }

    /// <summary>When it was made, as far as anybody knows: on a device without a connection that was before the council had it.</summary>
    public DateTime MadeAt => DeviceTime < SealedAt ? DeviceTime.Value : SealedAt;

    /// <summary>By when it was certainly begun: where a device's clock is not believed, when the council had it.</summary>
    public DateTime CertainlyBegunBy => DeviceTime is { } said ? ConsentRules.CertainlyBegunBy(said, DeviceBegunAt, ClockSkewMs, DurationSeconds, SealedAt) : SealedAt;

    /// <summary>The permission that it needs; null when it needs none.</summary>
    public Purpose? RestsOn => VoiceMediaService.PermissionFor(Kind, ShowsPerson);

    /// <summary>The permissions that lock and delete it when they are taken back: the one it needs, and of a photo that was sealed as something they made and nothing more, that one for good.</summary>
    public IReadOnlyList<Purpose> StoppedBy => RestsOn is not { } purpose ? []
        : Kind == VoiceKind.Photo && purpose == Purpose.ImagePerson && (ShowsPerson is null || ShowsPersonSince is not null) ? [purpose, Purpose.ImageWork] : [purpose];

    /// <summary>When it was sealed here nobody was asked for what it needs now: it waits for a yes.</summary>
    public bool WasNotAskedFor => MovedFromId is not null || ArrivedUnpermitted || (Kind == VoiceKind.Photo && (ShowsPerson is null || ShowsPersonSince is not null));

    /// <summary>HMAC-SHA256 under the child's key over the words or the file's hash: shows a change, tells a guesser nothing.</summary>
    public required byte[] ContentSeal { get; init; }

    public ReadBack ReadBack { get; init; }

    public ReadBackHow? ReadBackHow { get; init; }

    /// <summary>As it was sealed, or as it was marked since: only a <see cref="SensitivityMark"/> raises it.</summary>
    public Sensitivity Sensitivity { get; init; }

    /// <summary>The first record, which this one stands beside; null for a first one.</summary>
    public Guid? CorrectsId { get; init; }

    public CorrectionReason? CorrectionReason { get; init; }

    /// <summary>
    /// It was recorded on a device without a connection, and when it came there was no permission: somebody said stop meanwhile, or it ended. It is kept
    /// and held until there is one.
    /// </summary>
    public bool ArrivedUnpermitted { get; init; }

    /// <summary>Where it stood under the wrong child before it was moved here.</summary>
    public Guid? MovedFromId { get; init; }

    /// <summary>When it was moved to the child whose it is. What is left is a mark without words; only <c>move_voice_away</c> in the database sets it.</summary>
    public DateTime? MovedAt { get; init; }

    public Guid? MovedById { get; init; }

    /// <summary>When its words and its file were destroyed (<see cref="Rights.Disposal"/>). That it was said stays; only <c>destroy_words</c> in the database sets it.</summary>
    public DateTime? DestroyedAt { get; init; }

    public VoiceWords? Words { get; init; }

    public List<VoiceRecord> Corrections { get; init; } = [];

    public List<ThirdPartyVoice> ThirdPartyVoices { get; init; } = [];
}

/// <param name="ToMs">Null when the recording ended there.</param>
/// <param name="Why">A code of the recorder: muted, or lost with the microphone or the page.</param>
public sealed record RecordingGap(long FromMs, long? ToMs, string Why)
{
    /// <summary>What was kept as JSON.</summary>
    public static List<RecordingGap> Read(string? kept) => kept is null ? [] : JsonSerializer.Deserialize<List<RecordingGap>>(kept, JsonSerializerOptions.Web)!;
}

/// <summary>
/// The own words of a record, sealed under the child's key; of a tool's answers the <see cref="AnswerSheet"/>. What is to be read, searched or printed is
/// <see cref="AnswerSheet.TextOf"/> of it.
/// </summary>
public class VoiceWords : IAboutChild
{
    public Guid VoiceRecordId { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>Empty where what was said is in a file, and only what was asked is here; and where it was destroyed.</summary>
    public required byte[] Sealed { get; init; }

    /// <summary>What they were asked, word for word; null when nobody asked or wrote it down. Sealed, since a question can give away as much as an answer.</summary>
    public byte[]? PromptSealed { get; init; }
}

/// <summary>
/// What a worker thinks a record means, or several: a pattern is read over two or three visits. Never without a record, never shown as if it were the words, and only to whoever may read
/// all that it rests on.
/// </summary>
public class Interpretation : IAboutChild
{
    public const int TextMaxLength = 4_000;

    public const int BasedOnMaxLength = 2_000;

    public const int FurtherMost = 20;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>The record under which it was written.</summary>
    public Guid VoiceRecordId { get; init; }

    public VoiceRecord? VoiceRecord { get; init; }

    /// <summary>What else was said that it rests on.</summary>
    public List<InterpretationVoice> Further { get; init; } = [];

    public Guid AuthorId { get; init; }

    public InterpretationKind Kind { get; init; }

    /// <summary>How sure the author is; null when they did not say.</summary>
    public Confidence? Confidence { get; init; }

    public required byte[] Sealed { get; init; }

    /// <summary>What it is based on: what was seen and heard. Sealed.</summary>
    public byte[]? BasedOnSealed { get; init; }

    /// <summary>Another way to read it. Sealed.</summary>
    public byte[]? AlternativeSealed { get; init; }

    /// <summary>The version before, which stays to be read.</summary>
    public Guid? SupersedesId { get; init; }

    public DateTime CreatedAt { get; init; }

    public List<InterpretationShowing> Showings { get; init; } = [];

    /// <summary>Whether the child saw it, as it was said last. Needs the showings to be loaded, as the two below.</summary>
    public InterpretationShowing? LastShowing => Showings.OrderBy(s => s.RecordedAt).ThenBy(s => s.Id).LastOrDefault();

    /// <summary>What the child said to it last: a record of their own.</summary>
    public Guid? Answer => LastShowing?.ResponseRecordId;

    /// <summary>Nobody found that it is not right to show the child.</summary>
    public bool IsForTheChild => LastShowing?.Saw != ChildSaw.NotAppropriate;

    /// <summary>All that it rests on, the first said first. Needs the records to be loaded.</summary>
    public IEnumerable<VoiceRecord> Under() => Further.Select(v => v.VoiceRecord!).Prepend(VoiceRecord!).OrderBy(r => r.HeardOn).ThenBy(r => r.Id);
}

/// <summary>A further record that an interpretation rests on, besides the one under which it was written.</summary>
public class InterpretationVoice : IAboutChild
{
    public Guid InterpretationId { get; init; }

    public Guid VoiceRecordId { get; init; }

    public VoiceRecord? VoiceRecord { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }
}

/// <summary>Which of what workers think a newer version replaced, whoever may read that, and which stand again because every newer one is gone: with another child's words, or destroyed with what it rested on.</summary>
/// <param name="newer">Every version that followed one, which one, and whether it is gone.</param>
public sealed class Versions(IEnumerable<(Guid Id, Guid Before, bool IsGone)> newer)
{
    private readonly Dictionary<Guid, (Guid Id, bool IsGone)> after = newer.ToDictionary(n => n.Before, n => (n.Id, n.IsGone));
    private readonly Dictionary<Guid, Guid> before = newer.ToDictionary(n => n.Id, n => n.Before);

    private HashSet<Guid>? replaced;

    /// <summary>Those of which there is a newer version that is not gone.</summary>
    public IReadOnlySet<Guid> Replaced => replaced ??= [.. after.Keys.Where(id => After(id).Any(n => !n.IsGone))];

    /// <summary>Whether it is the one to go by though a newer one was written.</summary>
    public bool StandsAgain(Guid id) => after.ContainsKey(id) && !Replaced.Contains(id);

    /// <summary>The newest that was written of it, gone or not: what a newer one follows.</summary>
    public Guid NewestOf(Guid id) => After(id).Select(n => n.Id).LastOrDefault(id);

    /// <summary>The versions before it, the newest first.</summary>
    public IEnumerable<Guid> Before(Guid id)
    {
        while (before.TryGetValue(id, out id)) yield return id;
    }

    private IEnumerable<(Guid Id, bool IsGone)> After(Guid id)
    {
        for (; after.TryGetValue(id, out var next); id = next.Id) yield return next;
    }
}

/// <summary>What workers think of what one child said, as far as somebody may read all that it rests on.</summary>
/// <param name="readable">With what each rests on and who was shown it, the first written first.</param>
public sealed class Readings(IReadOnlyList<Interpretation> readable, Versions versions)
{
    private readonly ILookup<Guid, Interpretation> under = readable.Where(i => !versions.Replaced.Contains(i.Id)).SelectMany(i => i.Under().Select(r => (RecordId: r.Id, Interpretation: i))).ToLookup(u => u.RecordId, u => u.Interpretation);

    /// <summary>The versions to go by under a record, the first written first.</summary>
    public IEnumerable<Interpretation> Of(Guid recordId) => under[recordId];

    /// <summary>The versions that it replaced, the newest first.</summary>
    public IEnumerable<Interpretation> Before(Interpretation interpretation) => versions.Before(interpretation.Id).Select(id => readable.FirstOrDefault(i => i.Id == id)).OfType<Interpretation>();

    /// <summary>Whether a newer version of it is gone.</summary>
    public bool StandsAgain(Interpretation interpretation) => versions.StandsAgain(interpretation.Id);
}
