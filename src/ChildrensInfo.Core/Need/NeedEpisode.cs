using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Need;

/// <summary>A spell of need: CINdetails in the census. Its key is the child, the referral date and its number on that date.</summary>
public class NeedEpisode : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Child? Child { get; init; }

    public DateOnly ReferredOn { get; init; }

    /// <summary>0 for the first episode referred on a day, 1 for a second on the same day.</summary>
    public int Ordinal { get; init; }

    public string? ReferralSource { get; set; }

    public string? PrimaryNeedCode { get; set; }

    public DateOnly? ClosedOn { get; set; }

    public string? ReasonForClosure { get; set; }

    public DateOnly? InitialConferenceOn { get; set; }

    public bool ReferralNfa { get; set; }

    /// <summary>The return that last said so.</summary>
    public Guid ReturnId { get; set; }
}

public class NeedAssessment : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid EpisodeId { get; init; }

    public DateOnly StartedOn { get; init; }

    public int Ordinal { get; init; }

    public DateOnly? InternalReviewOn { get; set; }

    public DateOnly? AuthorisedOn { get; set; }

    public List<string> FactorCodes { get; set; } = [];
}

public class CinPlan : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid EpisodeId { get; init; }

    public DateOnly StartedOn { get; init; }

    public int Ordinal { get; init; }

    public DateOnly? EndedOn { get; set; }
}

public class Section47 : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid EpisodeId { get; init; }

    public DateOnly StartedOn { get; init; }

    public int Ordinal { get; init; }

    public DateOnly? ConferenceTargetOn { get; set; }

    public DateOnly? ConferenceOn { get; set; }

    public bool? ConferenceNotRequired { get; set; }
}

public class ProtectionPlan : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid EpisodeId { get; init; }

    public DateOnly StartedOn { get; init; }

    public int Ordinal { get; init; }

    public DateOnly? EndedOn { get; set; }

    public string? InitialCategoryOfAbuse { get; set; }

    public string? LatestCategoryOfAbuse { get; set; }

    public int? PreviousPlans { get; set; }

    public List<DateOnly> ReviewedOn { get; set; } = [];
}
