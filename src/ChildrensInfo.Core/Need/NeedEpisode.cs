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

/// <summary>
/// Work before care proceedings and family group decision making: in the census from 2026. Its key is the episode, the day the letter-before-proceedings
/// stage began, which may be missing, and its number on that day.
/// </summary>
public class PreProceedings : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    public Guid EpisodeId { get; init; }

    /// <summary>PPStartDate.</summary>
    public DateOnly? StartedOn { get; init; }

    public int Ordinal { get; init; }

    /// <summary>LBPSentDate: the letter before proceedings was sent.</summary>
    public DateOnly? LetterSentOn { get; set; }

    /// <summary>FGDMMeetingOffer: a family group decision making meeting was offered.</summary>
    public bool? FamilyMeetingOffered { get; set; }

    /// <summary>FGDMMeetingFac: it was held.</summary>
    public bool? FamilyMeetingHeld { get; set; }

    /// <summary>InitialPPMeetingDate.</summary>
    public DateOnly? FirstMeetingOn { get; set; }

    /// <summary>ReviewMeetingsCount.</summary>
    public int? ReviewMeetings { get; set; }

    /// <summary>StepDecisionDate.</summary>
    public DateOnly? DecidedOn { get; set; }

    /// <summary>PPOutcome.</summary>
    public string? Outcome { get; set; }

    /// <summary>CourtAppDate.</summary>
    public DateOnly? CourtAppliedOn { get; set; }

    /// <summary>LetterInitCPDate.</summary>
    public DateOnly? CourtLetterSentOn { get; set; }
}
