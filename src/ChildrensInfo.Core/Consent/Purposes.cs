namespace ChildrensInfo.Core.Consent;

public enum PurposeBasis
{
    /// <summary>The council's public task: the child is told, not asked.</summary>
    NoticeOnly,

    /// <summary>Denied until somebody who may decide says yes.</summary>
    Permission,
}

/// <summary>What each purpose rests on. The words it is put in are <see cref="Wording"/>, versioned and in several languages.</summary>
public static class Purposes
{
    /// <summary>How long a yes lasts unless a shorter time is agreed.</summary>
    public const int MonthsValid = 12;

    /// <summary>How long it lasts for a child under <see cref="YoungChildAge"/>.</summary>
    public const int MonthsValidForYoungChild = 6;

    public const int YoungChildAge = 8;

    /// <summary>From this birthday a young person decides for themselves, without an assessment.</summary>
    public const int DecidesFromAge = 16;

    /// <summary>Adults who decide for a child of this age or older must say why the child cannot.</summary>
    public const int AssessFromAge = 8;

    public static PurposeBasis BasisOf(Purpose purpose) => purpose is Purpose.KeepRecord or Purpose.Stats ? PurposeBasis.NoticeOnly : PurposeBasis.Permission;
}
