using System.Text.RegularExpressions;

namespace ChildrensInfo.Core.Data;

/// <summary>The invented words, names and visits from which a demonstration database is made. Nobody in them is real.</summary>
public sealed record DemoContent(IReadOnlyList<DemoVoice> Voices, DemoNames Names, DemoSessions Sessions)
{
    public static DemoContent Load() => new(
        EmbeddedJson.Read<DemoVoice[]>("demo.voices.json"),
        EmbeddedJson.Read<DemoNames>("demo.names.json"),
        EmbeddedJson.Read<DemoSessions>("demo.sessions.json"));
}

/// <summary>One thing somebody might say.</summary>
/// <param name="Text">Exactly as said, typed or seen: spelling and swearing are kept.</param>
/// <param name="Meaning">The English of a text in another language; never shown in the place of the words.</param>
/// <param name="Speaker">Child, YoungPerson, ParentOrCarer or Practitioner.</param>
/// <param name="Kind">TypedText, VerbatimQuote, SymbolChoice, SignOrGesture, ObservedNonVerbal or Declined.</param>
/// <param name="AgeFrom">Youngest age of the child it is by or about (for an adult speaker, the child's age, not the speaker's).</param>
/// <param name="Layer">Data, Information or InformationUse.</param>
/// <param name="Subjects">MyLife, MyHelp, APlan, MyInformation: one or more.</param>
/// <param name="Provenance">ChildsHand, VerbatimAtTheTime, WrittenUpLater, ViaInterpreter or ReportedByOther. ChildsHand on an adult's words means the speaker's own hand.</param>
/// <param name="Language">Language tag of <paramref name="Text"/>.</param>
/// <param name="Needs">Primary need codes of the children in need census (N1 to N9) for which it is believable.</param>
/// <param name="Response">What was done, in words for the person who said it.</param>
public sealed partial record DemoVoice(
    string Text,
    string? Meaning,
    string Speaker,
    string Kind,
    int AgeFrom,
    int AgeTo,
    string Layer,
    List<string> Subjects,
    string Provenance,
    string Language,
    IReadOnlyList<string> Themes,
    IReadOnlyList<string> Needs,
    DemoInterpretation? Interpretation,
    string? Response)
{
    /// <summary>Whether a worker who says "he" or "she" of the speaker could mean a child of that sex.</summary>
    public bool MayBeOf(string? sex)
    {
        if (Speaker is not ("Child" or "YoungPerson")) return true;
        var written = string.Join(' ', Kind == "ObservedNonVerbal" ? Text : "", Interpretation?.Text, Interpretation?.AlternativeReading);
        var first = Pronoun().Match(written).Value.ToUpperInvariant();
        return first.Length == 0 || sex is not ("M" or "F") || (first[0] == 'H' && first is not "HER" and not "HERSELF") == (sex == "M");
    }

    [GeneratedRegex(@"\b(he|she|him|his|her|himself|herself)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Pronoun();
}

/// <summary>What a careful worker thinks the words may mean, and what else they could mean.</summary>
public sealed record DemoInterpretation(string Text, string AlternativeReading);

public sealed record DemoNames(IReadOnlyList<string> Given, IReadOnlyList<string> Family, IReadOnlyList<DemoAuthority> Authorities);

/// <param name="Code">Three figures that no council in England or Wales uses in published data.</param>
public sealed record DemoAuthority(string Key, string Code, string Country, DemoBilingual Name, IReadOnlyList<string> Teams, IReadOnlyList<DemoStaff> Staff);

public sealed record DemoBilingual(string En, string? Cy);

/// <param name="Role">Practitioner, DataLead, Researcher or Administrator.</param>
/// <param name="Team">The practitioner's team; the others belong to none.</param>
public sealed record DemoStaff(string Role, string Name, string? Team);

public sealed record DemoSessions(
    IReadOnlyList<DemoPlace> Places,
    IReadOnlyList<DemoPresence> Presence,
    IReadOnlyList<DemoPurpose> Purposes,
    IReadOnlyList<DemoOutcome> Outcomes,
    IReadOnlyList<string> Notes,
    IReadOnlyList<string> NotHeardReasons);

public sealed record DemoPlace(string Place, string Detail, int AgeFrom, int AgeTo, int Weight);

/// <param name="SeenAlone">Yes, No, Part, or NotSeen when only an adult was met.</param>
/// <param name="Freely">Whether the child could speak freely: Yes, No or NotKnown.</param>
public sealed record DemoPresence(IReadOnlyList<string> Present, string SeenAlone, string Freely, int AgeFrom, int AgeTo, int Weight);

public sealed record DemoPurpose(string Key, string Text, int Weight);

public sealed record DemoOutcome(string Key, int Weight);
