using ChildrensInfo.Core.Children;

namespace ChildrensInfo.Core.Need;

/// <summary>
/// A row that came with a return on children looked after (SSDA903). Each kind has a key that stays the same from one edition of the return to
/// the next, by which a row is found again instead of doubled.
/// </summary>
public abstract class LookedAfterEvent : IAboutChild
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid AuthorityId { get; init; }

    public Guid ChildId { get; init; }

    /// <summary>The return that last said so.</summary>
    public Guid ReturnId { get; set; }
}

/// <summary>What the header and the UASC table say of the child. Its key is the child.</summary>
public class CareDetails : LookedAfterEvent
{
    /// <summary>MOTHER: 1 yes, 0 no.</summary>
    public bool? IsMother { get; set; }

    /// <summary>MC_DOB: when her first child was born.</summary>
    public DateOnly? MotherSinceOn { get; set; }

    /// <summary>Unaccompanied and asylum-seeking: has a row in the UASC table; null when no return had that table.</summary>
    public bool? IsUasc { get; set; }

    /// <summary>DUC: the day that status ceased.</summary>
    public DateOnly? UascCeasedOn { get; set; }
}

/// <summary>
/// An episode of being looked after: one placement under one legal status. A period of care is a run of them. Its key is the child, the day it
/// began (DECOM) and its number on that day.
/// </summary>
public class CareEpisode : LookedAfterEvent
{
    /// <summary>DECOM.</summary>
    public DateOnly StartedOn { get; init; }

    public int Ordinal { get; init; }

    /// <summary>RNE: S starts being looked after, P, L, T, B, U changes. List ssda903_rne.csv.</summary>
    public string? ReasonStarted { get; set; }

    /// <summary>LS. List ssda903_ls.csv; V3 and V4 are short breaks.</summary>
    public string? LegalStatus { get; set; }

    /// <summary>CIN: category of need, N1 to N8. List ssda903_cin.csv.</summary>
    public string? NeedCode { get; set; }

    /// <summary>PLACE. List ssda903_place.csv.</summary>
    public string? Placement { get; set; }

    /// <summary>PLACE_PROVIDER. List ssda903_place_provider.csv.</summary>
    public string? PlacementProvider { get; set; }

    /// <summary>DEC; null while it goes on.</summary>
    public DateOnly? EndedOn { get; set; }

    /// <summary>REC: X1 when another episode follows at once, E… when care ends. List ssda903_rec.csv.</summary>
    public string? ReasonEnded { get; set; }

    /// <summary>REASON_PLACE_CHANGE. List ssda903_reason_place_change.csv.</summary>
    public string? ReasonPlacementChanged { get; set; }

    /// <summary>HOME_POST.</summary>
    public string? HomePostcode { get; set; }

    /// <summary>PL_POST.</summary>
    public string? PlacementPostcode { get; set; }

    /// <summary>The straight line between the two, by the directory of postcodes when the return was loaded; null where one of them is not known.</summary>
    public double? MilesFromHome { get; set; }

    /// <summary>URN: Ofsted's number of the provider.</summary>
    public string? ProviderUrn { get; set; }
}

/// <summary>A review of a looked-after child's case. Its key is the child, the day and its number on that day.</summary>
public class CareReview : LookedAfterEvent
{
    /// <summary>REVIEW.</summary>
    public DateOnly ReviewedOn { get; init; }

    public int Ordinal { get; init; }

    /// <summary>REVIEW_CODE, PN0 to PN7: whether and how the child took part. List ssda903_review_code.csv.</summary>
    public string? ParticipationCode { get; set; }
}

/// <summary>OC2: strengths and difficulties, health and convictions of a child looked after for twelve months. Its key is the child and the year.</summary>
public class CareOutcome : LookedAfterEvent
{
    /// <summary>The year the collection ends in: 2026 for 2025-26.</summary>
    public int Year { get; init; }

    /// <summary>SDQ_SCORE, 0 to 40, as the main carer answered.</summary>
    public int? SdqScore { get; set; }

    /// <summary>SDQ_REASON: why there is no score. List ssda903_sdq_reason.csv.</summary>
    public string? SdqReason { get; set; }

    public bool? Convicted { get; set; }

    public bool? HealthChecked { get; set; }

    public bool? Immunised { get; set; }

    public bool? TeethChecked { get; set; }

    public bool? HealthAssessed { get; set; }

    public bool? SubstanceMisuse { get; set; }

    public bool? InterventionReceived { get; set; }

    public bool? InterventionOffered { get; set; }
}

/// <summary>OC3: a care leaver on their birthday in the year. Its key is the child and the year.</summary>
public class CareLeaver : LookedAfterEvent
{
    /// <summary>The year the collection ends in.</summary>
    public int Year { get; init; }

    /// <summary>IN_TOUCH. List ssda903_in_touch.csv.</summary>
    public string? InTouch { get; set; }

    /// <summary>ACTIV. List ssda903_activ.csv.</summary>
    public string? Activity { get; set; }

    /// <summary>ACCOM: a letter, and 1 suitable or 2 not. List ssda903_accom.csv.</summary>
    public string? Accommodation { get; set; }
}

/// <summary>AD1: an adopted child. Its key is the child and the year.</summary>
public class CareAdoption : LookedAfterEvent
{
    /// <summary>The year the collection ends in.</summary>
    public int Year { get; init; }

    /// <summary>DATE_INT: the council decided that the child should be placed for adoption.</summary>
    public DateOnly? DecidedOn { get; set; }

    /// <summary>DATE_MATCH.</summary>
    public DateOnly? MatchedOn { get; set; }

    /// <summary>FOSTER_CARE: by the child's foster carer.</summary>
    public bool? ByFosterCarer { get; set; }

    /// <summary>NB_ADOPTR.</summary>
    public int? Adopters { get; set; }

    /// <summary>SEX_ADOPTR. List ssda903_sex_adoptr.csv.</summary>
    public string? AdoptersSex { get; set; }

    /// <summary>LS_ADOPTR. List ssda903_ls_adoptr.csv.</summary>
    public string? AdoptersLegalStatus { get; set; }
}

/// <summary>A decision that a child should be placed for adoption, and its end. Its key is the child, the day of the decision and its number on that day.</summary>
public class AdoptionPlan : LookedAfterEvent
{
    /// <summary>DATE_PLACED.</summary>
    public DateOnly DecidedOn { get; init; }

    public int Ordinal { get; init; }

    /// <summary>DATE_PLACED_CEASED.</summary>
    public DateOnly? CeasedOn { get; set; }

    /// <summary>REASON_PLACED_CEASED. List ssda903_reason_placed_ceased.csv.</summary>
    public string? ReasonCeased { get; set; }
}

/// <summary>An earlier permanent home that broke down before the child was looked after. Its key is the child, the date as the return writes it and its number.</summary>
public class PreviousPermanence : LookedAfterEvent
{
    /// <summary>DATE_PERM as the return writes it, dd/mm/yyyy with ZZ for what is not known; empty when there is none.</summary>
    public required string OrderedOn { get; init; }

    public int Ordinal { get; init; }

    /// <summary>PREV_PERM. List ssda903_prev_perm.csv.</summary>
    public string? Kind { get; set; }

    /// <summary>LA_PERM: the council, or where else.</summary>
    public string? Authority { get; set; }
}

/// <summary>A time in which a looked-after child was missing or away without authorisation. Its key is the child, the day it began and its number on that day.</summary>
public class MissingEpisode : LookedAfterEvent
{
    /// <summary>MIS_START.</summary>
    public DateOnly StartedOn { get; init; }

    public int Ordinal { get; init; }

    /// <summary>MISSING: M missing, A away. List ssda903_missing.csv.</summary>
    public string? Kind { get; set; }

    /// <summary>MIS_END.</summary>
    public DateOnly? EndedOn { get; set; }
}

/// <summary>A time with one social worker. Its key is the child, the day it began and its number on that day.</summary>
public class CareWorker : LookedAfterEvent
{
    /// <summary>SW_DECOM.</summary>
    public DateOnly StartedOn { get; init; }

    public int Ordinal { get; init; }

    /// <summary>SW_ID: the worker's registration with Social Work England.</summary>
    public string? WorkerId { get; set; }

    /// <summary>SW_DEC.</summary>
    public DateOnly? EndedOn { get; set; }

    /// <summary>SW_REASON. List ssda903_sw_reason.csv.</summary>
    public string? ReasonStarted { get; set; }
}
