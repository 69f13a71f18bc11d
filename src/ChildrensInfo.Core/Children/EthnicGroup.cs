namespace ChildrensInfo.Core.Children;

/// <summary>
/// The five groups of the 2021 census of England and Wales (Office for National Statistics) into which the codes of the children in need census fall;
/// refused and not yet obtained stand together with what was never recorded.
/// </summary>
/// <param name="Key">What stands for it in an address or a column.</param>
/// <param name="Codes">The census's codes in it (cin_ethnicity.csv).</param>
public sealed record EthnicGroup(string Key, string Label, IReadOnlyList<string> Codes)
{
    public static readonly EthnicGroup NotKnown = new("none", "Not known or not recorded", []);

    public static readonly IReadOnlyList<EthnicGroup> All =
    [
        new("asian", "Asian or Asian British", ["AIND", "APKN", "ABAN", "AOTH", "CHNE"]),
        new("black", "Black, Black British, Caribbean or African", ["BCRB", "BAFR", "BOTH"]),
        new("mixed", "Mixed or multiple ethnic groups", ["MWBC", "MWBA", "MWAS", "MOTH"]),
        new("white", "White", ["WBRI", "WIRI", "WIRT", "WOTH", "WROM"]),
        new("other", "Other ethnic group", ["OOTH"]),
        NotKnown,
    ];

    private static readonly Dictionary<string, EthnicGroup> ByCode = All.SelectMany(g => g.Codes.Select(code => (code, g))).ToDictionary(StringComparer.Ordinal);

    public static EthnicGroup Of(string? code) => code is null ? NotKnown : ByCode.GetValueOrDefault(code, NotKnown);
}
