namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

internal static partial class Ssda903Rules
{
    /// <summary>The tables AD1 (children adopted) and of decisions that a child should be placed for adoption.</summary>
    private static Dictionary<string, ChildRule> AdoptionRules => new()
    {
        // ---------------------------------------------------------------- AD1
        ["112"] = Ad1((a, _, _) => a.DATE_INT.IsUnreadable, a => a.DATE_INT),
        ["113"] = Ad1((a, _, _) => a.DATE_MATCH.IsUnreadable, a => a.DATE_MATCH),
        ["114"] = Ad1((a, _, _) => a.FOSTER_CARE.Value is not (null or "0" or "1"), a => a.FOSTER_CARE),
        ["134"] = Ad1((a, c, _) => a.IsGiven && c.Oc3.Exists(o => o.IsGiven), a => a.DATE_INT),
        ["151"] = Ad1((a, _, _) => a.IsGiven && !a.IsComplete, a => a.DATE_INT),
        ["175"] = Ad1((a, _, _) => a.NB_ADOPTR.Value is not (null or "1" or "2"), a => a.NB_ADOPTR),
        ["176"] = Ad1((a, _, y) => !IsValidOrBlank(a.SEX_ADOPTR, Ssda903Codes.SexAdoptr, y), a => a.SEX_ADOPTR),
        ["177"] = Ad1((a, _, y) => !IsValidOrBlank(a.LS_ADOPTR, Ssda903Codes.LsAdoptr, y), a => a.LS_ADOPTR),
        ["187"] = Both(
            Oc3((o, c, y) => o.IsGiven && AllYear(c, y), o => o.IN_TOUCH),
            Ad1((a, c, y) => a.IsGiven && AllYear(c, y), a => a.DATE_INT)),
        ["331"] = Ad1((a, c, _) => c.Episodes.Exists(e => e.EndsInAdoption && a.DATE_MATCH.Value > e.DECOM.Value), a => a.DATE_MATCH),
        ["333"] = Ad1((a, _, _) => a.DATE_MATCH.Value is { } match && (a.DATE_INT.Value is not { } decided || decided > match), a => a.DATE_INT),
        ["334"] = Ad1((a, c, _) => a.DATE_INT.Value < c.Episodes.FindLast(e => e.RNE.Value == "S" && e.DECOM.Value is not null)?.DECOM.Value, a => a.DATE_INT),
        ["335"] = Ad1(
            (a, c, _) => c.Episodes.Exists(e => e.REC.Value is "E1" or "E11" or "E12"
                && ((a.FOSTER_CARE.Value == "0" && e.PLACE.Value is "A2" or "A3" or "A5")
                    || (a.FOSTER_CARE.Value == "1" && e.PLACE.Value is "A1" or "A4" or "A6"))),
            a => a.FOSTER_CARE),
        ["511"] = Ad1((a, _, _) => a.NB_ADOPTR.Value == "2" && a.SEX_ADOPTR.IsGiven && !a.IsCouple, a => a.SEX_ADOPTR),
        ["514"] = Ad1((a, _, _) => a.LS_ADOPTR.Value == "L0" && a.SEX_ADOPTR.Value is not ("M1" or "F1"), a => a.SEX_ADOPTR),
        ["517"] = Ad1((a, _, _) => a.LS_ADOPTR.Value == "L3" && a.SEX_ADOPTR.Value != "MF", a => a.SEX_ADOPTR),
        ["518"] = Ad1((a, _, _) => a.LS_ADOPTR.Value == "L4" && a.SEX_ADOPTR.Value is not ("MM" or "FF"), a => a.SEX_ADOPTR),
        ["519"] = Ad1((a, _, _) => a.LS_ADOPTR.Value == "L2" && !a.IsCouple, a => a.SEX_ADOPTR),
        ["520"] = Ad1((a, _, _) => a.LS_ADOPTR.Value == "L11" && a.SEX_ADOPTR.Value != "MF", a => a.SEX_ADOPTR),
        ["521"] = Ad1((a, c, _) => c.Episodes.Exists(e => e.IsForAdoption && a.DATE_INT.Value > e.DECOM.Value), a => a.DATE_INT),
        ["523"] = Ad1((a, c, _) => a.DATE_INT.Value is { } decided && LatestDecision(c)?.DATE_PLACED.Value is { } placed && decided != placed, a => a.DATE_INT),
        ["524"] = Ad1((a, _, _) => a.LS_ADOPTR.Value == "L12" && a.SEX_ADOPTR.Value is not ("MM" or "FF"), a => a.SEX_ADOPTR),
        ["525"] = Ad1((a, c, _) => a.IsGiven && LatestDecision(c)?.DATE_PLACED_CEASED.IsGiven == true, a => a.DATE_INT),
        ["582"] = Ad1((a, c, _) => a.DATE_MATCH.Value is { } match && c.Episodes.Exists(e => e.EndsInAdoption && e.DEC.Value == match), a => a.DATE_MATCH),
        ["601"] = Episode((e, c, y) => e.EndsInAdoption && y.Covers(e.DEC.Value) && !c.Ad1.Exists(a => a.IsComplete), e => e.REC),
        ["602"] = Ad1((a, c, y) => a.IsGiven && !c.Episodes.Exists(e => e.EndsInAdoption && y.Covers(e.DEC.Value)), a => a.CHILD),

        // ---------------------------------------------------------------- decisions to place for adoption
        ["115"] = Placed((p, _, _) => p.DATE_PLACED.IsUnreadable, p => p.DATE_PLACED),
        ["116"] = Placed((p, _, _) => p.DATE_PLACED_CEASED.IsUnreadable, p => p.DATE_PLACED_CEASED),
        ["117"] = Placed((p, c, y) => IsAfter(p.DATE_PLACED, c, y) || IsAfter(p.DATE_PLACED_CEASED, c, y), p => p.DATE_PLACED),
        ["118"] = Placed(
            (p, c, y) => p.DATE_PLACED_CEASED.Value < y.Start || p.DATE_PLACED_CEASED.Value < c.Episodes.Find(e => !e.IsShortBreak && e.DECOM.Value is not null)?.DECOM.Value,
            p => p.DATE_PLACED_CEASED),
        ["119"] = Placed((p, _, _) => p.DATE_PLACED_CEASED.IsGiven != p.REASON_PLACED_CEASED.IsGiven, p => p.DATE_PLACED_CEASED.IsGiven ? p.DATE_PLACED_CEASED.ToString() : p.REASON_PLACED_CEASED.ToString()),
        ["120"] = Placed((p, _, y) => !IsValidOrBlank(p.REASON_PLACED_CEASED, Ssda903Codes.ReasonPlacedCeased, y), p => p.REASON_PLACED_CEASED),
        ["184"] = Placed((p, c, _) => p.DATE_PLACED.Value < c.DOB, p => p.DATE_PLACED),
        ["522"] = Placed((p, _, _) => p.DATE_PLACED_CEASED.Value < p.DATE_PLACED.Value, p => p.DATE_PLACED),
        ["551"] = Episode((e, c, _) => e.IsForAdoption && !c.Placed.Exists(p => p.DATE_PLACED.IsGiven), e => e.PLACE),
        ["552"] = Child(
            (c, _) => LatestDecision(c)?.DATE_PLACED.Value > c.Episodes.Find(e => e.IsForAdoption && e.DECOM.Value is not null)?.DECOM.Value,
            c => LatestDecision(c)!.DATE_PLACED),
        ["553"] = Both(
            Episode((e, c, _) => e.LS.Value == "E1" && c.Placed.Count == 0, e => e.DECOM),
            Child((c, _) => c.Episodes.Exists(e => e.LS.Value == "E1" && !e.DEC.IsGiven) && LatestDecision(c) is { } latest && (latest.DATE_PLACED_CEASED.IsGiven || latest.REASON_PLACED_CEASED.IsGiven), c => LatestDecision(c)!.DATE_PLACED_CEASED)),
        ["554"] = Placed((p, c, _) => p.DATE_PLACED.Value > c.Episodes.Find(e => e.LS.Value == "E1" && e.DECOM.Value is not null)?.DECOM.Value, p => p.DATE_PLACED),
        ["557"] = Episode(
            (e, c, _) => (e.IsForAdoption || e.LS.Value is "D1" or "E1") && e.EndsCare && !e.EndsInAdoption
                && LatestDecision(c) is not { DATE_PLACED_CEASED.IsGiven: true, REASON_PLACED_CEASED.IsGiven: true },
            e => e.REC),
        ["558"] = Episode((e, c, _) => e.EndsInAdoption && LatestDecision(c)?.DATE_PLACED_CEASED.IsGiven == true, e => e.REC),
        ["563"] = Placed((p, _, _) => !p.DATE_PLACED.IsGiven && p.DATE_PLACED_CEASED.IsGiven && p.REASON_PLACED_CEASED.IsGiven, p => p.DATE_PLACED_CEASED),
        ["579"] = (c, _, found) =>
        {
            for (var i = 1; i < c.Placed.Count; i++)
            {
                var before = c.Placed[i - 1].DATE_PLACED_CEASED;
                if (c.Placed[i].DATE_PLACED.Value is { } decided && (!before.IsGiven || decided < before.Value)) found(c.Placed[i].DATE_PLACED.ToString());
            }
        },
        ["583"] = (c, _, found) =>
        {
            var dated = c.Placed.FindAll(p => p.DATE_PLACED.IsGiven);
            for (var i = 0; i < dated.Count - 1; i++)
                if (!dated[i].DATE_PLACED_CEASED.IsGiven) found(dated[i].DATE_PLACED.ToString());
        },
        ["1003"] = Placed((p, c, _) => p.DATE_PLACED.Value < c.Episodes.Find(e => e.RNE.Value == "S" && e.DECOM.Value is not null)?.DECOM.Value, p => p.DATE_PLACED),
    };

    /// <summary>A decision that was reversed and taken again is judged as it stands now.</summary>
    private static PlacedRow? LatestDecision(LookedAfterChild c) => c.Placed.FindLast(p => p.DATE_PLACED.Value is not null) ?? c.Placed.LastOrDefault();

    private static bool IsAfter(Field<DateOnly> decided, LookedAfterChild c, Ssda903Year y) =>
        decided.Value > y.End || decided.Value > c.Episodes.FindLast(e => e.REC.Value != "X1" && e.DECOM.Value is not null)?.DEC.Value;
}
