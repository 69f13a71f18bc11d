using ChildrensInfo.Core.Authorities;

namespace ChildrensInfo.Core.Rights;

/// <summary>What was lost, seen or changed, in kinds.</summary>
public enum BreachData
{
    Words,
    Recordings,
    Names,
    HealthOrNeeds,
    FamilyOrAddress,
    Permissions,
    Other,
}

/// <summary>How likely it is that people come to harm by it (UK GDPR articles 33 and 34).</summary>
public enum BreachRisk
{
    /// <summary>No risk is likely: nobody outside is told, and why not is written down.</summary>
    Unlikely,

    /// <summary>The Information Commissioner’s Office is told.</summary>
    Likely,

    /// <summary>The people it is about are told too.</summary>
    High,
}

/// <summary>
/// A breach of personal data in the one log a council keeps of them (UK GDPR article 33(5)): when it became known, what became of it, who was told and who closed it. What was written of it stands in notes.
/// </summary>
public class DataBreach : IBelongToAuthority
{
    /// <summary>Within how long the Information Commissioner’s Office is told, from when it became known (article 33(1)).</summary>
    public const int HoursToTell = 72;

    public const int MostPeople = 10_000_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    /// <summary>Words that stood under the wrong child, when it began with those.</summary>
    public Guid? ReportId { get; init; }

    public DateTime KnownAt { get; init; }

    /// <summary>About how many people it is about.</summary>
    public int People { get; set; }

    public List<BreachData> Data { get; set; } = [];

    /// <summary>Null until it was looked at.</summary>
    public BreachRisk? Risk { get; set; }

    /// <summary>When the Information Commissioner’s Office was told; null when it was not, or not yet.</summary>
    public DateTime? ToldIcoAt { get; set; }

    /// <summary>That it is not told, because no risk is likely.</summary>
    public bool NotTold { get; set; }

    public DateTime? ToldPeopleAt { get; set; }

    public Guid LoggedById { get; init; }

    public DateTime LoggedAt { get; init; }

    /// <summary>Who looked at it last, and so cannot close it.</summary>
    public Guid? LookedAtById { get; set; }

    public Guid? ClosedById { get; set; }

    public DateTime? ClosedAt { get; set; }

    public uint Version { get; init; }

    /// <summary>Until when the Information Commissioner’s Office is to be told: hours as they pass, over weekends and the changing of clocks.</summary>
    public DateTime TellBy => KnownAt.AddHours(HoursToTell);

    /// <summary>Whether it is still to be decided or done.</summary>
    public bool ClockRuns => ClosedAt is null && ToldIcoAt is null && !NotTold;
}
