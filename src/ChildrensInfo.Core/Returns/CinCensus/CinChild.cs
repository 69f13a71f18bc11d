using System.Globalization;

namespace ChildrensInfo.Core.Returns.CinCensus;

/// <summary>What a children in need return says about itself. Field names here and below are the census's own.</summary>
public sealed record CinHeader
{
    public TextField Collection { get; set; }
    public Field<int> Year { get; set; }
    public Field<DateOnly> ReferenceDate { get; set; }
    public TextField SourceLevel { get; set; }
    public TextField LEA { get; set; }
    public TextField SoftwareCode { get; set; }
    public TextField Release { get; set; }
    public TextField SerialNo { get; set; }
    public TextField DateTime { get; set; }

    /// <summary>When the return was made; null when it does not say so in a way that can be read.</summary>
    public DateTime? PreparedAt => System.DateTime.TryParseExact(
        DateTime.Value, ["yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss"], CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    /// <summary>The 31 March on which the return's year ends; null when the header gives neither a reference date nor a year.</summary>
    public DateOnly? YearEnd =>
      ReferenceDate.Value is { } date ? new DateOnly(date.Month > 3 ? date.Year + 1 : date.Year, 3, 31)
      : Year.Value is >= 1990 and <= 2100 and { } year ? new DateOnly(year, 3, 31)
      : null;
}

/// <summary>One child of a children in need return, with every block the census defines.</summary>
public sealed record CinChild
{
    /// <summary>1 for the first child of the file.</summary>
    public int Position { get; init; }
    public int Line { get; init; }

    public TextField LAchildID { get; set; }
    public TextField UPN { get; set; }
    public TextField FormerUPN { get; set; }
    public TextField UPNunknown { get; set; }
    public Field<DateOnly> PersonBirthDate { get; set; }
    public Field<DateOnly> ExpectedPersonBirthDate { get; set; }
    public Field<DateOnly> PersonDeathDate { get; set; }
    /// <summary>M, F or U from 2025; 1 and 2 are met in files of that year too.</summary>
    public TextField Sex { get; set; }
    /// <summary>0, 1, 2 or 9, before 2025.</summary>
    public TextField GenderCurrent { get; set; }
    public TextField Ethnicity { get; set; }
    public List<TextField> Disability { get; set; } = [];
    public List<CinDetails> CINdetails { get; set; } = [];

    /// <summary>
    /// M, F or U whichever of the two fields and codes the return uses; null when neither is given or the code is unknown. Not recorded,
    /// unborn (0) and indeterminate (9) are all U, as in the list that replaced them.
    /// </summary>
    public string? SexCode => (Sex.Value ?? GenderCurrent.Value) switch
    {
        "M" or "m" or "1" => "M",
        "F" or "f" or "2" => "F",
        "U" or "u" or "0" or "9" => "U",
        _ => null,
    };

    /// <summary>A child expected and not yet born when the return was made.</summary>
    public bool IsUnborn => !PersonBirthDate.IsGiven && ExpectedPersonBirthDate.IsGiven;
}

/// <summary>One episode of need: from referral to closure.</summary>
public sealed record CinDetails
{
    public int Line { get; init; }
    public Field<DateOnly> CINreferralDate { get; set; }
    public TextField ReferralSource { get; set; }
    public TextField PrimaryNeedCode { get; set; }
    public Field<DateOnly> CINclosureDate { get; set; }
    public TextField ReasonForClosure { get; set; }
    public Field<DateOnly> DateOfInitialCPC { get; set; }
    public Field<bool> ReferralNFA { get; set; }
    public List<CinAssessment> Assessments { get; set; } = [];
    public List<CinPlan> CINPlanDates { get; set; } = [];
    public List<CinSection47> Section47 { get; set; } = [];
    public List<CinProtectionPlan> ChildProtectionPlans { get; set; } = [];
    public List<CinPreProceedings> PreProceedings { get; set; } = [];
}

public sealed record CinAssessment
{
    public Field<DateOnly> AssessmentActualStartDate { get; set; }
    public Field<DateOnly> AssessmentInternalReviewDate { get; set; }
    public Field<DateOnly> AssessmentAuthorisationDate { get; set; }
    public List<TextField> AssessmentFactors { get; set; } = [];
}

public sealed record CinPlan
{
    public Field<DateOnly> CINPlanStartDate { get; set; }
    public Field<DateOnly> CINPlanEndDate { get; set; }
}

public sealed record CinSection47
{
    public Field<DateOnly> S47ActualStartDate { get; set; }
    public Field<DateOnly> InitialCPCtarget { get; set; }
    public Field<DateOnly> DateOfInitialCPC { get; set; }
    public Field<bool> ICPCnotRequired { get; set; }
}

public sealed record CinProtectionPlan
{
    public Field<DateOnly> CPPstartDate { get; set; }
    public Field<DateOnly> CPPendDate { get; set; }
    public TextField InitialCategoryOfAbuse { get; set; }
    public TextField LatestCategoryOfAbuse { get; set; }
    public Field<int> NumberOfPreviousCPP { get; set; }
    /// <summary>Every review date, whether the file holds them in one Reviews block or in a block each.</summary>
    public List<Field<DateOnly>> CPPreviewDate { get; set; } = [];
    /// <summary>Reviews blocks in which no review date element was found.</summary>
    public int ReviewsWithoutDate { get; set; }
}

/// <summary>Pre-proceedings and family group decision making: in files from 2026, with no rules yet.</summary>
public sealed record CinPreProceedings
{
    public Field<DateOnly> PPStartDate { get; set; }
    public Field<DateOnly> LBPSentDate { get; set; }
    public Field<bool> FGDMMeetingOffer { get; set; }
    public Field<bool> FGDMMeetingFac { get; set; }
    public Field<DateOnly> InitialPPMeetingDate { get; set; }
    public Field<int> ReviewMeetingsCount { get; set; }
    public Field<DateOnly> StepDecisionDate { get; set; }
    public TextField PPOutcome { get; set; }
    public Field<DateOnly> CourtAppDate { get; set; }
    public Field<DateOnly> LetterInitCPDate { get; set; }
}
