namespace ChildrensInfo.Core.Returns.Ssda903;

/// <summary>The code lists of the return on children looked after.</summary>
public static class Ssda903Codes
{
    public static CodeList Sex { get; } = CodeList.Load("ssda903_sex");
    public static CodeList Ethnic { get; } = CodeList.Load("ssda903_ethnic");
    public static CodeList Rne { get; } = CodeList.Load("ssda903_rne");
    public static CodeList Ls { get; } = CodeList.Load("ssda903_ls");
    public static CodeList Cin { get; } = CodeList.Load("ssda903_cin");
    public static CodeList Place { get; } = CodeList.Load("ssda903_place");
    public static CodeList PlaceProvider { get; } = CodeList.Load("ssda903_place_provider");
    public static CodeList Rec { get; } = CodeList.Load("ssda903_rec");
    public static CodeList ReasonPlaceChange { get; } = CodeList.Load("ssda903_reason_place_change");
    public static CodeList Missing { get; } = CodeList.Load("ssda903_missing");
    public static CodeList ReviewCode { get; } = CodeList.Load("ssda903_review_code");
    public static CodeList SdqReason { get; } = CodeList.Load("ssda903_sdq_reason");
    public static CodeList InTouch { get; } = CodeList.Load("ssda903_in_touch");
    public static CodeList Activ { get; } = CodeList.Load("ssda903_activ");
    public static CodeList Accom { get; } = CodeList.Load("ssda903_accom");
    public static CodeList PrevPerm { get; } = CodeList.Load("ssda903_prev_perm");
    public static CodeList LaPerm { get; } = CodeList.Load("ssda903_la_perm");
    public static CodeList ReasonPlacedCeased { get; } = CodeList.Load("ssda903_reason_placed_ceased");
    public static CodeList SwReason { get; } = CodeList.Load("ssda903_sw_reason");
    public static CodeList LsAdoptr { get; } = CodeList.Load("ssda903_ls_adoptr");
    public static CodeList SexAdoptr { get; } = CodeList.Load("ssda903_sex_adoptr");
}
