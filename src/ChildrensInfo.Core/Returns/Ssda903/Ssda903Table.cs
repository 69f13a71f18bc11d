namespace ChildrensInfo.Core.Returns.Ssda903;

/// <summary>The eleven tables of the return on children looked after, and their statutory columns.</summary>
public enum Ssda903Table
{
    Header,
    Episodes,
    Reviews,
    UASC,
    OC2,
    OC3,
    AD1,
    PlacedAdoption,
    PrevPerm,
    Missing,
    SocialWorker,
}

public static class Ssda903Tables
{
    public static IReadOnlyList<Ssda903Table> All { get; } = Enum.GetValues<Ssda903Table>();

    public static IReadOnlyList<string> Columns(Ssda903Table table) => table switch
    {
        Ssda903Table.Header => ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
        Ssda903Table.Episodes => ["CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN"],
        Ssda903Table.Reviews => ["CHILD", "DOB", "REVIEW", "REVIEW_CODE"],
        Ssda903Table.UASC => ["CHILD", "SEX", "DOB", "DUC"],
        Ssda903Table.OC2 =>
        [
            "CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE",
            "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED",
        ],
        Ssda903Table.OC3 => ["CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"],
        Ssda903Table.AD1 => ["CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"],
        Ssda903Table.PlacedAdoption => ["CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"],
        Ssda903Table.PrevPerm => ["CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"],
        Ssda903Table.Missing => ["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"],
        Ssda903Table.SocialWorker => ["CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON"],
        _ => throw new ArgumentOutOfRangeException(nameof(table)),
    };

    /// <summary>What a data lead calls the table.</summary>
    public static string Name(Ssda903Table table) => table switch
    {
        Ssda903Table.PlacedAdoption => "placed for adoption",
        Ssda903Table.PrevPerm => "previous permanence",
        Ssda903Table.SocialWorker => "social worker episodes",
        Ssda903Table.UASC or Ssda903Table.OC2 or Ssda903Table.OC3 or Ssda903Table.AD1 => table.ToString(),
        _ => table.ToString().ToLowerInvariant(),
    };

    /// <summary>
    /// The table of which a file has every column that no other table has; a column that all tables share, or that is merely absent,
    /// is for the reader to judge.
    /// </summary>
    public static Ssda903Table? Recognise(IReadOnlyCollection<string> columns)
    {
        foreach (var table in All)
            if (Marks(table).All(columns.Contains)) return table;
        return null;
    }

    private static string[] Marks(Ssda903Table table) => table switch
    {
        Ssda903Table.Header => ["ETHNIC", "SEX"],
        Ssda903Table.Episodes => ["DECOM", "LS"],
        Ssda903Table.Reviews => ["REVIEW", "REVIEW_CODE"],
        Ssda903Table.UASC => ["DUC"],
        Ssda903Table.OC2 => ["SDQ_SCORE"],
        Ssda903Table.OC3 => ["IN_TOUCH"],
        Ssda903Table.AD1 => ["DATE_INT"],
        Ssda903Table.PlacedAdoption => ["DATE_PLACED"],
        Ssda903Table.PrevPerm => ["PREV_PERM"],
        Ssda903Table.Missing => ["MIS_START"],
        _ => ["SW_ID"],
    };
}
