namespace ChildrensInfo.Core.Data;

/// <summary>The wording, by age and language, with which each purpose is explained or asked. Every authority starts with these.</summary>
public sealed record WordingCatalogue(string Note, IReadOnlyList<PurposeWordings> Purposes)
{
    public static WordingCatalogue Load() => EmbeddedJson.Read<WordingCatalogue>("wordings.json");
}

/// <param name="Basis">NoticeOnly (people are told) or Permission (people are asked, and no answer is a no).</param>
public sealed record PurposeWordings(string Key, string Basis, PurposeName Name, int Version, IReadOnlyList<WordingText> Wordings);

/// <param name="AgeBand">4-7, 8-11, 12-17 or adult.</param>
/// <param name="Body">May hold {council}, {person} (who it would be shown to) and {use} (the one training or report).</param>
public sealed record WordingText(string AgeBand, string Language, string Body);

public sealed record PurposeName(string En, string Cy);
