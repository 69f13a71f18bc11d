using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Responses;

namespace ChildrensInfo.Core.Voice;

/// <summary>How the child's own screen speaks and looks.</summary>
public enum ChildModeLook
{
    From4To7,
    From8To11,
    From11To17,
}

/// <summary>
/// A time in which a child holds the worker's device: from handing it over until the worker's PIN. While it lasts, the browser it was begun in
/// answers with the child's own screen and nothing else. It is lent on a visit, or for one activity that a child or a group is asked to take part in.
/// </summary>
public class ChildMode : IMayBeAboutChild
{
    /// <summary>After so many wrong PINs the whole session ends, and only the worker's password opens it again.</summary>
    public const int MostWrongPins = 10;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>Whose visit or activity it is; null for an activity with a group.</summary>
    public Guid? ChildId { get; init; }

    public Child? Child { get; init; }

    /// <summary>The visit it is lent on; null when it is lent for an activity.</summary>
    public Guid? SessionId { get; init; }

    public VoiceSession? Session { get; init; }

    /// <summary>The activity it is lent for; null on a visit.</summary>
    public Guid? ActivityId { get; init; }

    public Guid PractitionerId { get; init; }

    public ChildModeLook Look { get; init; }

    /// <summary>The language of the screen: English or Welsh.</summary>
    public string Language { get; init; } = "en";

    public DateTime StartedAt { get; init; }

    public DateTime? EndedAt { get; set; }

    public int WrongPins { get; set; }

    /// <summary>Until when no PIN is looked at.</summary>
    public DateTime? WaitUntil { get; set; }

    /// <summary>So that PINs tried at once are counted one by one.</summary>
    public uint Version { get; init; }

    /// <summary>What suits a child of an age; for one whose age is not known, the middle one.</summary>
    public static ChildModeLook LookFor(int? age) => age switch
    {
        null => ChildModeLook.From8To11,
        < 8 => ChildModeLook.From4To7,
        < 11 => ChildModeLook.From8To11,
        _ => ChildModeLook.From11To17,
    };

    /// <summary>The languages the screen is written in.</summary>
    public static string LanguageFor(string? preferred) => preferred == "cy" ? "cy" : "en";

    /// <summary>How long to wait after so many wrong PINs: three are a slip of the finger, more are a guesser.</summary>
    public static TimeSpan WaitAfter(int wrongPins) => wrongPins < 3 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(900, 30 * (1 << (wrongPins - 3))));
}
