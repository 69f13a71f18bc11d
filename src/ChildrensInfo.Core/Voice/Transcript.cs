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

/// <param name="IsUnsure">Whoever wrote it down was not sure that this was said.</param>
public sealed record TranscriptSpan(string Text, bool IsUnsure);

/// <summary>How uncertain words are written in a transcript: [?like this?]. Anything that is not plainly such a mark stands as it was typed.</summary>
public static partial class TranscriptText
{
    public static string Unsure(string text) => $"[?{text}?]";

    public static IReadOnlyList<TranscriptSpan> Parse(string text)
    {
        var spans = new List<TranscriptSpan>();
        var at = 0;
        foreach (Match mark in Mark().Matches(text))
        {
            if (mark.Index > at) spans.Add(new(text[at..mark.Index], false));
            spans.Add(new(mark.Groups[1].Value, true));
            at = mark.Index + mark.Length;
        }

        if (at < text.Length) spans.Add(new(text[at..], false));
        return spans;
    }

    /// <summary>On one line, so that a bracket forgotten does not swallow the rest; without another mark's beginning inside it.</summary>
    [GeneratedRegex(@"\[\?((?:(?!\[\?|\?\])[^\n])+)\?\]")]
    private static partial Regex Mark();
}
