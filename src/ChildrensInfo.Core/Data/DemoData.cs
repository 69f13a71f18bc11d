namespace ChildrensInfo.Core.Data;

/// <summary>Invented authorities, people, children and words for development and training, the same at each load but for the dates.</summary>
public sealed class DemoData
{
    public const string EmailSuffix = "@demo.example";

    /// <summary>Shown on the sign-in page of a development site, and known nowhere else.</summary>
    public const string Password = "kind words matter";
}
