using System.Globalization;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Voice;

public enum TranscriptMethod
{
    /// <summary>A person typed it while listening.</summary>
    TypedByPerson,

    /// <summary>A machine's draft as it came.</summary>
    Machine,

    /// <summary>A machine's draft that a person put right.</summary>
    MachineMended,
}

/// <summary>
/// One version of what a recording says, in writing: made from the recording, never in its place. Every version stays as it was made; which
/// one counts is said by the newest <see cref="TranscriptAcceptance"/>.
/// </summary>
public class Transcript : IAboutChild
{
    /// <summary>Three hours of quick speech are some 190,000 characters.</summary>
    public const int TextMaxLength = 200_000;

    public const int EngineMaxLength = 100;

    /// <summary>Made by the browser, so that a version sent twice is one; a machine's draft has the id of its job.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid VoiceRecordId { get; init; }

    public VoiceRecord? VoiceRecord { get; init; }

    public TranscriptMethod Method { get; init; }

    /// <summary>Which machine and version drafted it, as the council names it; null when a person did it all.</summary>
    public string? Engine { get; init; }

    /// <summary>Who typed or mended it; for a machine's draft, who asked for it.</summary>
    public Guid AuthorId { get; init; }

    public required byte[] Sealed { get; init; }

    public DateTime CreatedAt { get; init; }
}

/// <summary>That somebody who had listened said: this version is right. The highest number is the one that counts.</summary>
public class TranscriptAcceptance : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid VoiceRecordId { get; init; }

    public Guid TranscriptId { get; init; }

    public Transcript? Transcript { get; init; }

    /// <summary>From 1, one after the other for each recording: two people who accept at once do not both win.</summary>
    public int Number { get; init; }

    public Guid AcceptedById { get; init; }

    public DateTime AcceptedAt { get; init; }
}

/// <summary>Why a passage of a transcript is given to nobody but those who work with the child.</summary>
public enum PassageKept
{
    Name,
    Place,
    Somebody,
    Private,
}

/// <param name="IsUnsure">Whoever wrote it down was not sure that this was said.</param>
/// <param name="Kept">Why it is left out of what anybody else is given; null when it is not.</param>
/// <param name="At">For how many seconds the recording has played where this is written, when it says nothing but that.</param>
public sealed record TranscriptSpan(string Text, bool IsUnsure, PassageKept? Kept, int? At = null);

/// <summary>
/// How uncertain words are written in a transcript, [?like this?], what is left out of copies, [-name: like this-], and where in the recording a passage is, [12:05] or [1:12:05]. Anything that is not plainly such a mark stands as it was typed. The marks are part of
/// the version: it stays whole where the recording may be heard, with who marked it and when.
/// </summary>
public static partial class TranscriptText
{
    public static string Unsure(string text) => $"[?{text}?]";

    public static IReadOnlyList<TranscriptSpan> Parse(string text)
    {
        var spans = new List<TranscriptSpan>();
        Apart(KeptMark(), text, (kept, of) =>
        {
            if (kept is not null) spans.Add(new(kept.Groups[2].Value, false, WhyOf(kept)));
            else
            {
                Apart(Mark(), of, (unsure, some) =>
                {
                    if (unsure is not null) spans.Add(new(unsure.Groups[1].Value, true, null));
                    else Apart(TimeMark(), some, (time, words) => spans.Add(new(words, false, null, time is null ? null : SecondsOf(time))));
                });
            }
        });
        return spans;
    }

    /// <summary>Where in the recording a passage is, as it is written beside it.</summary>
    public static string At(int seconds) => seconds < 3600 ? $"[{seconds / 60}:{seconds % 60:00}]" : $"[{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}]";

    /// <summary>The words alone, without where each of them is in the recording: for whatever finds, quotes or gives them.</summary>
    public static string WithoutTimes(string text) => TimeAndSpace().Replace(text, "");

    /// <summary>What is given to anybody who does not work with the child: on paper, in a booklet, in a file of what is held.</summary>
    public static string Given(string text) => KeptMark().Replace(WithoutTimes(text), mark => $"[left out: {Say(WhyOf(mark))}]");

    /// <summary>What is given to the child whose words they are, when nobody else can be heard: all of it.</summary>
    public static string Whole(string text) => KeptMark().Replace(WithoutTimes(text), mark => mark.Groups[2].Value);

    /// <summary>Whether every mark of what is to be left out is one: a bracket forgotten would give it away.</summary>
    public static bool IsClosed(string text) => !LooseMark().IsMatch(KeptMark().Replace(text, ""));

    public static string Say(PassageKept why) => why switch
    {
        PassageKept.Name => "a name",
        PassageKept.Place => "a place",
        PassageKept.Somebody => "about somebody else",
        _ => "something private",
    };

    private static int SecondsOf(Match time) =>
        (((time.Groups["h"].Success ? int.Parse(time.Groups["h"].Value, CultureInfo.InvariantCulture) : 0) * 60) + int.Parse(time.Groups["m"].Value, CultureInfo.InvariantCulture)) * 60 + int.Parse(time.Groups["s"].Value, CultureInfo.InvariantCulture);

    private static PassageKept WhyOf(Match mark) => Enum.Parse<PassageKept>(mark.Groups[1].Value, ignoreCase: true);

    /// <summary>The marks and what stands between them, in order.</summary>
    private static void Apart(Regex marks, string text, Action<Match?, string> each)
    {
        var at = 0;
        foreach (Match mark in marks.Matches(text))
        {
            if (mark.Index > at) each(null, text[at..mark.Index]);
            each(mark, mark.Value);
            at = mark.Index + mark.Length;
        }

        if (at < text.Length) each(null, text[at..]);
    }

    [GeneratedRegex(@"\[-(name|place|somebody|private): ((?:(?!\[-|-\])[^\n])+)-\]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex KeptMark();

    private const string Time = @"\[(?:(?<h>[1-9][0-9]?):(?<m>[0-5][0-9])|(?<m>[0-5]?[0-9])):(?<s>[0-5][0-9])\]";

    [GeneratedRegex(Time)]
    private static partial Regex TimeMark();

    /// <summary>With the space after it, or the line that it stands on alone.</summary>
    [GeneratedRegex("^" + Time + @"[ \t]*\r?\n|" + Time + @"[ \t]?", RegexOptions.Multiline)]
    private static partial Regex TimeAndSpace();

    [GeneratedRegex(@"\[-|-\]")]
    private static partial Regex LooseMark();

    /// <summary>On one line, so that a bracket forgotten does not swallow the rest; without another mark's beginning inside it.</summary>
    [GeneratedRegex(@"\[\?((?:(?!\[\?|\?\])[^\n])+)\?\]")]
    private static partial Regex Mark();
}
