using ChildrensInfo.Core.Children;

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

/// <summary>The visit or contact in which somebody was heard.</summary>
public class VoiceSession : IAboutChild
{
    public const int PresentMaxLength = 500;

    /// <summary>Made by the browser, so that a visit sent twice is one visit.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    public Guid PractitionerId { get; init; }

    public DateOnly OccurredOn { get; init; }

    public Place Place { get; init; }

    public SeenAlone SeenAlone { get; init; }

    /// <summary>Who else was there, in the practitioner's words, sealed under the child's key; null when nobody was.</summary>
    public byte[]? PresentSealed { get; init; }

    public DateTime RecordedAt { get; init; }
}

public enum Speaker
{
    Child,
    YoungPerson,
    ParentOrCarer,
    Practitioner,
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

public enum VoiceKind
{
    TypedText,
    Audio,
    Drawing,
}

/// <summary>Where the words came from, from the closest to the speaker to the furthest.</summary>
public enum WordsProvenance
{
    OwnHand,
    VerbatimAtTheTime,
    Recorded,
    ViaInterpreter,
    WrittenUpLater,
    ReportedByOther,
    Observed,
}

/// <summary>
/// One thing somebody said or drew: sealed. The words themselves are in <see cref="VoiceWords"/> or in a stored file, so that
/// counting who was heard never opens what was said. The database takes inserts only.
/// </summary>
public class VoiceRecord : IAboutChild
{
    public const int WordsMaxLength = 10_000;

    /// <summary>Three hours, the longest recording taken.</summary>
    public const int AudioMaxSeconds = 3 * 60 * 60;

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

    public Layer Layer { get; init; }

    public SubjectMatter SubjectMatter { get; init; }

    public VoiceKind Kind { get; init; }

    public WordsProvenance Provenance { get; init; }

    public string Language { get; init; } = "en";

    public Guid? FileId { get; init; }

    public int? DurationSeconds { get; init; }

    /// <summary>The day it was said: the session's, kept here so that who was heard lately is one index away.</summary>
    public DateOnly HeardOn { get; init; }

    public DateTime SealedAt { get; init; }

    public Guid SealedById { get; init; }

    /// <summary>HMAC-SHA256 under the child's key over the words or the file's hash: shows a change, tells a guesser nothing.</summary>
    public required byte[] ContentSeal { get; init; }

    public VoiceWords? Words { get; init; }

    public List<Interpretation> Interpretations { get; init; } = [];
}

/// <summary>The own words of a record, sealed under the child's key.</summary>
public class VoiceWords : IAboutChild
{
    public Guid VoiceRecordId { get; init; }

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public required byte[] Sealed { get; init; }
}

/// <summary>What a worker thinks a record means. Never without the record, never shown as if it were the words.</summary>
public class Interpretation : IAboutChild
{
    public const int TextMaxLength = 4_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid VoiceRecordId { get; init; }

    public VoiceRecord? VoiceRecord { get; init; }

    public Guid AuthorId { get; init; }

    public required byte[] Sealed { get; init; }

    public DateTime CreatedAt { get; init; }
}
