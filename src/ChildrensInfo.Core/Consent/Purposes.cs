namespace ChildrensInfo.Core.Consent;

public enum PurposeBasis
{
    /// <summary>The council's public task: the child is told, not asked.</summary>
    NoticeOnly,

    /// <summary>Denied until somebody who may decide says yes.</summary>
    Permission,
}

/// <summary>What each purpose rests on. The words it is put in are <see cref="Wording"/>, versioned and in several languages.</summary>
public static class Purposes
{
    /// <summary>How long a yes lasts unless a shorter time is agreed.</summary>
    public const int MonthsValid = 12;

    /// <summary>How long it lasts for a child under <see cref="YoungChildAge"/>.</summary>
    public const int MonthsValidForYoungChild = 6;

    public const int YoungChildAge = 8;

    /// <summary>From this birthday a young person decides for themselves, without an assessment.</summary>
    public const int DecidesFromAge = 16;

    /// <summary>From this birthday everything said before is asked again, of an adult.</summary>
    public const int AdultAge = 18;

    /// <summary>How long nobody asks again who was told no, unless the child brings it up.</summary>
    public const int DaysBeforeAskingAgain = 90;

    /// <summary>How long copies of the database hold what was deleted from it. Whoever runs the service keeps none longer.</summary>
    public const int DaysInBackups = 35;

    /// <summary>Adults who decide for a child of this age or older must say why the child cannot.</summary>
    public const int AssessFromAge = 8;

    /// <summary>Purposes asked for as such. The others are for one recipient or one publication, and are asked for where that is chosen.</summary>
    public static readonly IReadOnlyList<Purpose> AskedInGeneral =
    [
        Purpose.KeepRecord, Purpose.Stats, Purpose.Audio, Purpose.QuoteService, Purpose.ResearchExtract, Purpose.ResearchWords,
        Purpose.ImageWork, Purpose.ImagePerson, Purpose.TranscribeMachine, Purpose.ResearchContact,
    ];

    /// <summary>Showing what was said is asked for each person, each service, and each training or report: a yes for one is no yes for another.</summary>
    public static bool IsForOneRecipient(Purpose purpose) => purpose is Purpose.ShareParent or Purpose.SharePro or Purpose.TrainPublish;

    /// <summary>May be asked for one research project, or for all: extracts are decided project by project.</summary>
    public static bool MayBeForOneProject(Purpose purpose) => purpose is Purpose.ResearchExtract or Purpose.ResearchWords;

    /// <summary>What is made at a visit: a yes may be for that visit and for nothing else.</summary>
    public static bool MayBeForOneVisit(Purpose purpose) => purpose is Purpose.Audio or Purpose.ImageWork or Purpose.ImagePerson;

    /// <summary>What is done with one thing that was said: somebody may say yes, or no, to that one.</summary>
    public static bool MayBeForOneRecord(Purpose purpose) => purpose is Purpose.QuoteService or Purpose.TranscribeMachine;

    /// <summary>The wording for a child of an age; for one whose age is not known, the middle one.</summary>
    public static AgeBand BandOf(int? age) => age switch
    {
        null => AgeBand.From8To11,
        < 8 => AgeBand.From4To7,
        < 12 => AgeBand.From8To11,
        < 18 => AgeBand.From12To17,
        _ => AgeBand.Adult,
    };

    public static PurposeBasis BasisOf(Purpose purpose) => purpose is Purpose.KeepRecord or Purpose.Stats ? PurposeBasis.NoticeOnly : PurposeBasis.Permission;

    /// <summary>A council may tell about it instead of asking, once its data protection impact assessment says so. It is denied until the child was told, and a no still denies.</summary>
    public static bool MayBeTold(Purpose purpose) => purpose == Purpose.TranscribeMachine;
}
