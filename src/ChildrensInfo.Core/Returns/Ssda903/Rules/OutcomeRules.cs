using System.Globalization;

namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

internal static partial class Ssda903Rules
{
    /// <summary>The tables OC2 (children looked after for twelve months) and OC3 (care leavers).</summary>
    private static Dictionary<string, ChildRule> OutcomeRules => new()
    {
        // ---------------------------------------------------------------- OC2: strengths and difficulties
        ["157"] = Oc2((o, c, y) => IsSdqAge(o, c, y) && AllYear(c, y) && !o.SDQ_SCORE.IsGiven && o.SDQ_REASON.Value == "SDQ1", o => o.SDQ_REASON),
        ["180"] = Oc2((o, _, _) => o.SDQ_SCORE.Value is { } score && !(int.TryParse(score, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 40), o => o.SDQ_SCORE),
        ["185"] = Oc2((o, c, y) => o.SDQ_SCORE.IsGiven && !AllYear(c, y), o => o.SDQ_SCORE),
        ["186"] = Oc2((o, c, y) => IsSdqAge(o, c, y) && AllYear(c, y) && !o.SDQ_SCORE.IsGiven, o => o.SDQ_REASON),
        ["188"] = Oc2((o, c, y) => HasReached(4, Birth(o, c), y.End) == false && (o.SDQ_SCORE.IsGiven || o.SDQ_REASON.IsGiven), o => o.SDQ_SCORE.Value ?? o.SDQ_REASON.Value),
        ["189"] = Oc2((o, c, y) => HasReached(17, Birth(o, c), y.Start) == true && (o.SDQ_SCORE.IsGiven || o.SDQ_REASON.IsGiven), o => o.SDQ_SCORE.Value ?? o.SDQ_REASON.Value),
        ["196"] = Oc2((o, _, y) => !IsValidOrBlank(o.SDQ_REASON, Ssda903Codes.SdqReason, y), o => o.SDQ_REASON),
        ["197a"] = Oc2((o, _, _) => o.SDQ_SCORE.IsGiven && o.SDQ_REASON.IsGiven, o => o.SDQ_REASON),
        ["197B"] = Oc2(
            (o, c, y) => (y.Covers(Birth(o, c)?.AddYears(4)) || y.Covers(Birth(o, c)?.AddYears(17))) && AllYear(c, y) && !o.SDQ_SCORE.IsGiven && !o.SDQ_REASON.IsGiven,
            _ => null),
        ["198"] = Oc2((o, c, y) => o.SDQ_REASON.IsGiven && !AllYear(c, y), o => o.SDQ_REASON),

        // ---------------------------------------------------------------- OC2: health, substance misuse, convictions
        ["158"] = Oc2((o, _, _) => o.INTERVENTION_RECEIVED.Value == "1" && o.INTERVENTION_OFFERED.IsGiven, o => o.INTERVENTION_OFFERED),
        ["159"] = Oc2((o, _, _) => o.SUBSTANCE_MISUSE.Value == "1" && o.INTERVENTION_RECEIVED.Value == "0" && !o.INTERVENTION_OFFERED.IsGiven, _ => null),
        ["181"] = Oc2((o, _, _) => o.YesNo.Any(IsNotYesNo), o => o.YesNo.First(IsNotYesNo)),
        ["182"] = Oc2((o, _, _) => o.LacksHealth && o.Others.Any(f => f.IsGiven), o => o.Others.First(f => f.IsGiven)),
        ["190"] = Oc2((o, c, y) => o.YesNo.Any(f => f.IsGiven) && !AllYear(c, y), o => o.YesNo.First(f => f.IsGiven)),
        ["191"] = Both(
            Oc2((o, c, y) => o.LacksHealth && AllYear(c, y), _ => null),
            Child((c, y) => c.Oc2.Count == 0 && AllYear(c, y), c => c.Id)),
        ["192"] = Oc2((o, _, _) => o.SUBSTANCE_MISUSE.Value == "1" && !o.INTERVENTION_RECEIVED.IsGiven, _ => null),
        ["193"] = Oc2((o, _, _) => o.SUBSTANCE_MISUSE.Value is null or "0" && (o.INTERVENTION_RECEIVED.IsGiven || o.INTERVENTION_OFFERED.IsGiven), o => o.INTERVENTION_OFFERED.Value ?? o.INTERVENTION_RECEIVED.Value),
        ["215"] = Oc2((o, c, _) => o.YesNo.Any(f => f.IsGiven) && c.Oc3.Exists(other => other.IsGiven), o => o.YesNo.First(f => f.IsGiven)),
        ["542"] = Oc2((o, c, y) => o.CONVICTED.IsGiven && HasReached(10, Birth(o, c), y.End) == false, o => o.CONVICTED),
        ["543"] = Oc2((o, c, y) => !o.CONVICTED.IsGiven && HasReached(10, Birth(o, c), y.End) == true && AllYear(c, y), _ => null),
        ["544"] = Oc2((o, _, _) => o.CONVICTED.IsGiven && o.LacksHealth, o => o.CONVICTED),
        ["545"] = Oc2((o, c, y) => !o.HEALTH_CHECK.IsGiven && HasReached(5, Birth(o, c), y.End) == false && AllYear(c, y), _ => null),
        ["546"] = Oc2((o, c, y) => o.HEALTH_CHECK.IsGiven && HasReached(5, Birth(o, c), y.End) == true && AllYear(c, y), o => o.HEALTH_CHECK),
        ["547"] = Oc2((o, _, _) => o.HEALTH_CHECK.IsGiven && o.LacksHealth, o => o.HEALTH_CHECK),

        // ---------------------------------------------------------------- OC3
        ["131"] = Oc3((o, _, y) => !Ssda903Codes.InTouch.Contains(o.IN_TOUCH.Value, y.Year), o => o.IN_TOUCH),
        // Of those who died or went home nothing more is asked (rule 344).
        ["132"] = Oc3((o, _, y) => !Ssda903Codes.Activ.Contains(o.ACTIV.Value, y.Year) && (o.ACTIV.IsGiven || !IsGone(o)), o => o.ACTIV),
        ["133"] = Oc3((o, _, y) => !Ssda903Codes.Accom.Contains(o.ACCOM.Value, y.Year) && (o.ACCOM.IsGiven || !IsGone(o)), o => o.ACCOM),
        ["153"] = Oc3((o, _, _) => o.IsGiven && !(o.IN_TOUCH.IsGiven && o.ACTIV.IsGiven && o.ACCOM.IsGiven) && !(IsGone(o) && !o.ACTIV.IsGiven && !o.ACCOM.IsGiven), o => o.IN_TOUCH),
        ["344"] = Oc3((o, _, _) => IsGone(o) && (o.ACTIV.Value is not (null or "0") || o.ACCOM.Value is not (null or "0")), o => o.ACTIV.Value ?? o.ACCOM.Value),
        ["345"] = Oc3((o, _, _) => o.IN_TOUCH.Value == "YES" && (o.ACTIV.Value == "0" || o.ACCOM.Value == "0"), o => o.ACTIV.Value == "0" ? o.ACTIV : o.ACCOM),
        ["347"] = Oc3((o, c, y) => o.ACCOM.Value is "T1" or "T2" && HasReached(18, Birth(o, c), y.Start) == false, o => o.ACCOM),
        ["391"] = Oc3((o, c, y) => o.IsGiven && HasReached(17, Birth(o, c), y.End) == false, o => o.DOB),
        ["1000"] = Oc3((_, c, _) => c.Episodes.Exists(e => e.REC.Value == "E2") || c.LastYear?.Episodes.Exists(e => e.REC.Value == "E2") == true, o => o.IN_TOUCH),
        ["1007"] = Oc3((o, c, y) => o.IsGiven && IsSeventeenOrEighteen(o, c, y) && c.Episodes.Exists(e => !e.DEC.IsGiven || !e.REC.IsGiven), o => o.IN_TOUCH),
        ["1011"] = Oc3((o, c, _) => o.IsGiven && c.LastEpisode?.REC.Value == "E3", o => o.IN_TOUCH),
        ["1016"] = Oc3((o, c, y) => o.IsGiven && IsSeventeenOrEighteen(o, c, y) && c.Episodes.Exists(e => HasReached(17, Birth(o, c), e.DEC.Value) == true), o => o.IN_TOUCH),
        ["3001"] = Oc3((o, c, y) => o.ACCOM.Value is "Z1" or "Z2" && y.Covers(Birth(o, c)?.AddYears(17)), o => o.ACCOM),
    };

    private static DateOnly? Birth(Ssda903Row row, LookedAfterChild c) => row.DOB.Value ?? c.DOB;

    /// <summary>Four or older when the year begins and under seventeen when it ends.</summary>
    private static bool IsSdqAge(Oc2Row o, LookedAfterChild c, Ssda903Year y) => HasReached(4, Birth(o, c), y.Start) == true && HasReached(17, Birth(o, c), y.End) == false;

    private static bool IsSeventeenOrEighteen(Oc3Row o, LookedAfterChild c, Ssda903Year y) => HasReached(17, Birth(o, c), y.End) == true && HasReached(19, Birth(o, c), y.End) == false;

    private static bool IsGone(Oc3Row o) => o.IN_TOUCH.Value is "DIED" or "RHOM";

    private static bool IsNotYesNo(TextField field) => field.Value is not (null or "0" or "1");
}
