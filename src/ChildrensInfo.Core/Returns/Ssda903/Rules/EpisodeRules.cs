using System.Text.RegularExpressions;

namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

internal static partial class Ssda903Rules
{
    [GeneratedRegex(@"^(GIR ?0AA|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][ABD-HJLNP-UW-Z]{2})\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Postcode();

    /// <summary>
    /// Areas that lie in Wales, Scotland, Northern Ireland or the islands. Where an area or district straddles the border it is left to England, except the
    /// Welsh districts of CH.
    /// </summary>
    [GeneratedRegex(@"^(AB|BT|CF|DD|DG|EH|FK|G[0-9]|GY|HS|IM|IV|JE|KA|KW|KY|LD|LL|ML|NP|PA|PH|SA|TD|ZE|CH[5678] ?[0-9])", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex OutsideEngland();

    private static Dictionary<string, ChildRule> EpisodeRules => new()
    {
        // ---------------------------------------------------------------- codes and dates
        ["141"] = Episode((e, _, _) => e.DECOM.Value is null, e => e.DECOM),
        ["142"] = Episode((e, _, _) => e.Next is not null && (!e.DEC.IsGiven || !e.REC.IsGiven), e => e.DECOM),
        ["143"] = Episode((e, _, y) => !Ssda903Codes.Rne.Contains(e.RNE.Value, y.Year), e => e.RNE),
        ["144"] = Episode((e, _, y) => !Ssda903Codes.Ls.Contains(e.LS.Value, y.Year), e => e.LS),
        ["145"] = Episode((e, _, y) => !Ssda903Codes.Cin.Contains(e.CIN.Value, y.Year), e => e.CIN),
        ["146"] = Episode((e, _, y) => !Ssda903Codes.Place.Contains(e.PLACE.Value, y.Year), e => e.PLACE),
        ["147"] = Episode((e, _, _) => e.DEC.IsUnreadable, e => e.DEC),
        ["148"] = Episode((e, _, _) => e.DEC.IsGiven != e.REC.IsGiven, e => e.DEC.IsGiven ? e.DEC.ToString() : e.REC.ToString()),
        ["149"] = Episode((e, _, y) => !IsValidOrBlank(e.REC, Ssda903Codes.Rec, y), e => e.REC),
        ["178"] = Episode(
            (e, _, y) => e.PLACE_PROVIDER.IsGiven && (!Ssda903Codes.PlaceProvider.Contains(e.PLACE_PROVIDER.Value, y.Year) || e.PLACE.Value is "T0" or "T1" or "T2" or "T3" || IsOther(e)),
            e => e.PLACE_PROVIDER),
        ["1009"] = Episode((e, _, y) => !IsValidOrBlank(e.REASON_PLACE_CHANGE, Ssda903Codes.ReasonPlaceChange, y), e => e.REASON_PLACE_CHANGE),
        ["353"] = Episode((e, _, _) => e.DECOM.Value < new DateOnly(1991, 10, 14), e => e.DECOM),
        ["354"] = Episode((e, _, y) => e.DECOM.Value > y.End, e => e.DECOM),
        ["355"] = Episode((e, _, _) => e.DECOM.Value is { } start && start == e.DEC.Value, e => e.DECOM),
        ["356"] = Episode((e, _, _) => e.DEC.Value < e.DECOM.Value, e => e.DEC),
        ["385"] = Episode((e, _, y) => e.DEC.Value > y.End, e => e.DEC),
        ["446"] = Episode((e, _, _) => e.LS.Value == "E1" && e.DECOM.Value < new DateOnly(2005, 12, 1), e => e.DECOM),

        // ---------------------------------------------------------------- provider, URN, postcodes
        ["213"] = Episode((e, _, _) => (e.IsTemporary || IsOther(e)) && e.PLACE_PROVIDER.IsGiven, e => e.PLACE_PROVIDER),
        ["214"] = Episode((e, _, _) => e.IsShortBreak && (e.PL_POST.IsGiven || e.URN.IsGiven), e => e.PL_POST.Value ?? e.URN.Value),
        // Rule 214 forbids it for short breaks; a placement outside England has none.
        ["218"] = Episode(
            (e, _, y) => !e.URN.IsGiven && !e.IsShortBreak && !HasNoUrn(e) && !(e.DEC.Value < y.Start) && !(e.PL_POST.Value is { } post && OutsideEngland().IsMatch(post)),
            e => e.PLACE),
        ["222"] = Episode((e, _, _) => HasNoUrn(e) && e.URN.IsGiven && e.URN.Value != "XXXXXXX", e => e.URN),
        ["392b"] = Episode((e, c, _) => !e.IsShortBreak && !c.IsUasc && c.LastYear?.IsUasc != true && (!e.HOME_POST.IsGiven || !e.PL_POST.IsGiven), e => e.HOME_POST.Value ?? e.PL_POST.Value),
        ["392c"] = (c, _, found) =>
        {
            foreach (var e in c.Episodes)
                if (new[] { e.HOME_POST, e.PL_POST }.FirstOrDefault(p => p.Value is { } post && !Postcode().IsMatch(post)).Value is { } wrong) found(wrong);
        },
        ["392d"] = Episode((e, _, _) => e.PLACE.Value != "P1" && e.HOME_POST.IsGiven && Compact(e.HOME_POST) == Compact(e.PL_POST), e => e.HOME_POST),
        ["398"] = Episode((e, _, _) => e.IsShortBreak && (e.HOME_POST.IsGiven || e.PL_POST.IsGiven), e => e.HOME_POST.Value ?? e.PL_POST.Value),
        ["526"] = Episode((e, _, _) => !e.IsTemporary && !IsOther(e) && !e.PLACE_PROVIDER.IsGiven, e => e.PLACE),
        ["527"] = Episode((e, _, _) => e.PLACE_PROVIDER.Value == "PR1" && e.PLACE.Value is "P1" or "R2" or "R5", e => e.PLACE),
        ["528"] = Episode((e, _, _) => e.PLACE_PROVIDER.Value == "PR2" && e.PLACE.Value is "P1" or "R2" or "R5", e => e.PLACE),
        ["529"] = Episode((e, _, _) => e.PLACE_PROVIDER.Value == "PR3" && (e.IsForAdoption || e.IsFoster || e.PLACE.Value is "P1" or "K1" or "K2"), e => e.PLACE),
        ["530"] = Episode((e, _, _) => e.PLACE_PROVIDER.Value == "PR4" && e.PLACE.Value == "P1", e => e.PLACE),
        ["531"] = Episode((e, _, _) => e.PLACE_PROVIDER.Value == "PR5" && e.PLACE.Value == "P1", e => e.PLACE),
        ["550"] = Episode((e, _, _) => e.PLACE_PROVIDER.Value == "PR0" && e.PLACE.Value != "P1", e => e.PLACE),

        // ---------------------------------------------------------------- why the placement changed
        ["225"] = Episode(
            (e, _, _) => e.REC.Value == "X1" && !e.REASON_PLACE_CHANGE.IsGiven && !e.IsTemporary && e.Next is { IsTemporary: false, RNE.Value: "P" or "B" or "T" or "U" },
            e => e.DEC),
        ["226"] = Episode((e, _, _) => e.IsTemporary && (e.REASON_PLACE_CHANGE.IsGiven || e.Previous?.REASON_PLACE_CHANGE.IsGiven == true), e => e.REASON_PLACE_CHANGE.Value ?? e.Previous?.REASON_PLACE_CHANGE.Value),
        ["233"] = Episode((e, _, _) => !e.DEC.IsGiven && e.REASON_PLACE_CHANGE.IsGiven, e => e.REASON_PLACE_CHANGE),
        ["234"] = Episode((e, c, _) => e.REASON_PLACE_CHANGE.Value == "CUSTOD" && HasReached(10, c.DOB, e.Next?.DECOM.Value ?? e.DEC.Value) == false, e => e.REASON_PLACE_CHANGE),

        // ---------------------------------------------------------------- one episode after another
        ["217"] = Episode(
            (e, _, _) => e.PLACE.Value is "A3" or "A5" && e.DECOM.Value >= new DateOnly(2015, 4, 1) && e.RNE.Value is not ("S" or "T" or "U"),
            e => e.RNE),
        ["336"] = Episode((e, _, _) => e.PLACE.Value is "A3" or "A5" && e.Previous is { IsFoster: false, IsForAdoption: false }, e => e.Previous!.PLACE),
        ["357"] = Child((c, y) => c.FirstEpisode is { } first && first.DECOM.Value >= y.Start && first.RNE.Value != "S", c => c.FirstEpisode!.RNE),
        ["380"] = Episode((e, _, _) => e.IsTemporary && e.RNE.Value is not ("P" or "B"), e => e.RNE),
        ["381"] = Episode((e, _, _) => e.IsTemporary && e.EndsCare, e => e.REC),
        ["383"] = Episode(
            (e, _, y) => e.Previous is { IsTemporary: true, Previous: { } before }
                && (e.RNE.Value != "P" || Differs(e.PLACE, before.PLACE) || (y.Year >= 2026 && Compact(e.PL_POST) != Compact(before.PL_POST))),
            e => e.PLACE),
        ["388"] = Episode(
            (e, _, _) => e.DEC.Value is { } end && (e.REC.Value == "X1" ? e.Next is null || e.Next.DECOM.Value != end : e.EndsCare && e.Next?.DECOM.Value == end),
            e => e.REC),
        ["431"] = Episode((e, _, _) => e.RNE.Value == "S" && e.DECOM.Value <= e.Previous?.DEC.Value, e => e.DECOM),
        ["432"] = Episode((e, _, _) => e.Previous?.EndsCare == true && e.RNE.Value != "S", e => e.RNE),
        ["433"] = Episode((e, _, _) => e.RNE.Value is "P" or "L" or "T" or "U" or "B" && e.Previous is { } before && before.DEC.Value != e.DECOM.Value, e => e.DECOM),
        ["434"] = Episode((e, _, _) => e.RNE.Value == "L" && e.Previous is { } before && (!Differs(e.LS, before.LS) || IsElsewhere(e, before)), e => e.LS),
        ["435"] = Episode((e, _, _) => e.RNE.Value is "P" or "T" && e.Previous is { } before && (Differs(e.LS, before.LS) || !IsElsewhere(e, before)), e => e.PLACE),
        ["436"] = Episode((e, _, _) => e.RNE.Value is "B" or "U" && e.Previous is { } before && (!Differs(e.LS, before.LS) || !IsElsewhere(e, before)), e => e.LS),
        ["437"] = Episode((e, _, _) => e.REC.Value is "E2" or "E15" && e.Next is not null, e => e.REC),
        ["501"] = Episode((e, _, _) => e.DECOM.Value < e.Previous?.DEC.Value, e => e.DECOM),
        ["504"] = Episode((e, _, _) => e.Previous is { REC.Value: "X1" } before && before.DEC.Value == e.DECOM.Value && Differs(e.CIN, before.CIN), e => e.CIN),
        ["199"] = Episode(
            (e, c, _) => c.LastYear?.Episodes.Exists(before => before.EndsInAdoption && before.DECOM.Value < e.DECOM.Value) == true
                || c.Episodes.Exists(before => before.EndsInAdoption && before.DECOM.Value < e.DECOM.Value),
            e => e.DECOM),

        // ---------------------------------------------------------------- age
        ["352"] = Episode((e, c, _) => e.RNE.Value == "S" && HasReached(18, c.DOB, e.DECOM.Value) == true, e => e.DECOM),
        ["358"] = Episode((e, c, _) => e.LS.Value is "J1" or "J2" or "J3" && HasReached(10, c.DOB, e.DECOM.Value) == false, e => e.LS),
        ["359"] = Episode((e, c, y) => !e.DEC.IsGiven && HasReached(18, c.DOB, y.End) == true && !(e.LS.Value == "V2" && e.PLACE.Value == "K2"), e => e.PLACE),
        ["371"] = YoungIn("K3", 16),
        ["372"] = YoungIn("R5", 10),
        ["373"] = YoungIn("S1", 4),
        ["374"] = YoungIn("P3", 14),
        ["386"] = Episode((e, c, _) => e.EndsInAdoption && HasReached(18, c.DOB, e.DEC.Value) == true, e => e.REC),
        ["387"] = Episode((e, c, _) => e.REC.Value is "E5" or "E6" && HasReached(14, c.DOB, e.DEC.Value) == false, e => e.REC),
        ["389"] = Episode((e, c, _) => e.REC.Value == "E7" && HasReached(16, c.DOB, e.DEC.Value) == false, e => e.REC),
        ["407"] = Episode((e, c, _) => e.REC.Value is "E45" or "E46" or "E47" or "E48" && HasReached(18, c.DOB, e.DEC.Value) == true, e => e.REC),
        ["460"] = Episode((e, c, _) => e.REC.Value == "E17" && HasReached(18, c.DOB, e.DEC.Value) == false, e => e.REC),

        // ---------------------------------------------------------------- how long
        ["361"] = LongerUnder("L1", 3),
        ["362"] = LongerUnder("L2", 21),
        ["363"] = LongerUnder("L3", 7),
        ["364"] = LongerUnder("J2", 21),
        ["365"] = Episode((e, _, y) => e.LS.Value == "V3" && (e.DEC.Value ?? y.End) > e.DECOM.Value?.AddDays(17), e => e.DECOM),
        ["366"] = Episode((e, _, _) => e.LS.Value == "V3" && e.RNE.Value != "S", e => e.RNE),
        ["367"] = (c, y, found) =>
        {
            var days = 0;
            foreach (var e in c.Episodes)
            {
                if (e.LS.Value != "V3" || e.DECOM.Value is not { } start) continue;
                var end = e.DEC.Value is { } ended && ended < y.End ? ended : y.End;
                days += Math.Max(0, end.DayNumber - (start > y.Start ? start : y.Start).DayNumber);
            }
            if (days > 75) found($"{days} days");
        },
        ["375"] = LongerIn("T1", 42),
        ["376"] = LongerIn("T3", 21),
        ["379"] = LongerIn("T4", 7),
        ["377"] = (c, _, found) =>
        {
            var holidays = c.Episodes.FindAll(e => e.PLACE.Value == "T3" && e.DECOM.Value is not null);
            for (var i = 2; i < holidays.Count; i++)
                if (holidays[i].DECOM.Value < holidays[i - 2].DECOM.Value!.Value.AddYears(1)) found(holidays[i].DECOM.ToString());
        },

        // ---------------------------------------------------------------- legal status, placement, reason ceased together
        ["378"] = Episode((e, _, _) => e.PLACE.Value == "P1" && e.LS.Value == "V2", e => e.LS),
        ["382"] = Episode((e, _, _) => e.IsShortBreak && e.IsTemporary, e => e.PLACE),
        ["384"] = Episode((e, _, _) => e.IsShortBreak && e.PLACE.Value is "U1" or "U4", e => e.PLACE),
        ["390"] = Episode((e, _, _) => e.EndsInAdoption && !e.IsForAdoption, e => e.PLACE),
        ["408"] = Episode((e, _, _) => e.PLACE.Value is "A5" or "A6" && e.LS.Value != "E1", e => e.LS),
        ["426"] = Episode((e, c, _) => e.IsShortBreak && c.Episodes.Exists(other => other.IsShortBreak && other.LS.Value != e.LS.Value), e => e.LS),
        ["516"] = Episode((e, _, _) => e.REC.Value is "E45" or "E46" && !e.IsFoster, e => e.PLACE),
        ["630"] = Episode(
            (e, c, y) => e.RNE.Value == "S" && e.DECOM.Value >= y.Start
                && !c.PrevPerm.Exists(p => p.PREV_PERM.Value == "Z1" || (p.PREV_PERM.IsGiven && p.LA_PERM.IsGiven && p.DATE_PERM.IsGiven)),
            e => e.RNE),
    };

    /// <summary>Other placements: one code until 2024-25, four from 2025-26.</summary>
    private static bool IsOther(EpisodeRow e) => e.PLACE.Value is "Z1" or "Z11" or "Z12" or "Z13" or "Z14";

    /// <summary>Placements that Ofsted does not register.</summary>
    private static bool HasNoUrn(EpisodeRow e) => e.IsTemporary || IsOther(e) || e.PLACE.Value is "H5" or "P1" or "P2" or "P3" or "R1" or "R2" or "R5";

    private static string? Compact(TextField postcode) => postcode.Value?.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();

    private static bool IsElsewhere(EpisodeRow e, EpisodeRow before) =>
        Differs(e.PLACE, before.PLACE) || Compact(e.PL_POST) != Compact(before.PL_POST) || Differs(e.URN, before.URN) || Differs(e.PLACE_PROVIDER, before.PLACE_PROVIDER);

    private static ChildRule YoungIn(string place, int age) => Episode((e, c, _) => e.PLACE.Value == place && HasReached(age, c.DOB, e.DECOM.Value) == false, e => e.DECOM);

    private static ChildRule LongerIn(string place, int days) => Episode((e, _, y) => e.PLACE.Value == place && (e.DEC.Value ?? y.End) > e.DECOM.Value?.AddDays(days), e => e.DECOM);

    /// <summary>Episodes that follow on each other under one legal status count as one; each of them is found.</summary>
    private static ChildRule LongerUnder(string status, int days) => (c, y, found) =>
    {
        for (var i = 0; i < c.Episodes.Count; i++)
        {
            var first = c.Episodes[i];
            if (first.LS.Value != status || first.DECOM.Value is not { } start) continue;
            var last = first;
            while (last.Next is { } next && next.LS.Value == status && next.DECOM.Value == last.DEC.Value)
            {
                last = next;
                i++;
            }
            if ((last.DEC.Value ?? y.End) <= start.AddDays(days)) continue;
            for (var e = first; ; e = e.Next!)
            {
                found(e.DECOM.ToString());
                if (e == last) break;
            }
        }
    };
}
