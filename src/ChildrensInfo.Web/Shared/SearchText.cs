namespace ChildrensInfo.Web.Shared;

/// <summary>
/// A search box. What is typed is somebody's name, so it travels in the body of a POST and never in an address, where histories and proxies keep it.
/// </summary>
public static class SearchText
{
    /// <summary>How many results are shown; more than that is a reason to type more, not to turn pages.</summary>
    public const int Shown = 50;

    public const int MaxLength = 100;

    /// <summary>The text as an ILIKE pattern that finds it anywhere, whatever signs are in it. Null when there is nothing to look for.</summary>
    public static string? Pattern(string? typed)
    {
        var text = (typed ?? "").Trim();
        if (text.Length == 0) return null;
        if (text.Length > MaxLength) text = text[..MaxLength];
        return $"%{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
    }
}
