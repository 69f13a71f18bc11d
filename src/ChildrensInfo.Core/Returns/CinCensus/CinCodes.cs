namespace ChildrensInfo.Core.Returns.CinCensus;

/// <summary>The code lists of the children in need census.</summary>
public static class CinCodes
{
    public static CodeList Sex { get; } = CodeList.Load("cin_sex");
    public static CodeList Gender { get; } = CodeList.Load("cin_gender");
    public static CodeList Ethnicity { get; } = CodeList.Load("cin_ethnicity");
    public static CodeList Disability { get; } = CodeList.Load("cin_disability");
    public static CodeList ReferralSource { get; } = CodeList.Load("cin_referral_source");
    public static CodeList PrimaryNeed { get; } = CodeList.Load("cin_primary_need");
    public static CodeList ReasonForClosure { get; } = CodeList.Load("cin_reason_for_closure");
    public static CodeList AssessmentFactors { get; } = CodeList.Load("cin_assessment_factors");
    public static CodeList CategoryOfAbuse { get; } = CodeList.Load("cin_category_of_abuse");
    public static CodeList UpnUnknown { get; } = CodeList.Load("cin_upn_unknown");
    public static CodeList YesNo { get; } = CodeList.Load("cin_yesno");
}
