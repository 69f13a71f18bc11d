namespace ChildrensInfo.Core.Research;

/// <summary>The one file a researcher takes away.</summary>
public static class ExtractPackage
{
    /// <summary>A name that says nothing of anybody.</summary>
    public static string FileName(Guid extractId) => $"extract-{extractId.ToString("N")[^8..]}.zip";
}
