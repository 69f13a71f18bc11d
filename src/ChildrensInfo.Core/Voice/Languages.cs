namespace ChildrensInfo.Core.Voice;

/// <summary>Languages offered first when somebody is heard, by their BCP 47 tag: the ones most spoken by families in England and Wales, and signing.</summary>
public static class Languages
{
    public static readonly IReadOnlyDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["en"] = "English",
        ["cy"] = "Welsh",
        ["bfi"] = "British Sign Language",
        ["sq"] = "Albanian",
        ["ar"] = "Arabic",
        ["bn"] = "Bengali",
        ["zh"] = "Chinese",
        ["prs"] = "Dari",
        ["fr"] = "French",
        ["gu"] = "Gujarati",
        ["ku"] = "Kurdish",
        ["lt"] = "Lithuanian",
        ["ps"] = "Pashto",
        ["fa"] = "Persian",
        ["pl"] = "Polish",
        ["pt"] = "Portuguese",
        ["pa"] = "Punjabi",
        ["ro"] = "Romanian",
        ["rom"] = "Romani",
        ["so"] = "Somali",
        ["es"] = "Spanish",
        ["ta"] = "Tamil",
        ["ti"] = "Tigrinya",
        ["tr"] = "Turkish",
        ["uk"] = "Ukrainian",
        ["ur"] = "Urdu",
        ["vi"] = "Vietnamese",
        ["und"] = "Another language",
    };

    public static string NameOf(string tag) => Names.GetValueOrDefault(tag, tag);
}
