namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

internal static partial class Ssda903Rules
{
    /// <summary>Rules that compare with the return of the year before. They are asked only when it was given.</summary>
    private static Dictionary<string, ChildRule> LastYearRules => new()
    {
        // ---------------------------------------------------------------- header
        ["202"] = Header((h, c, _) => c.LastYear?.Header is { } before && (h.IsMale != before.IsMale || h.IsFemale != before.IsFemale), h => h.SEX),
        ["203"] = Header((h, c, _) => c.LastYear?.Header is { } before && h.DOB.Value != before.DOB.Value, h => h.DOB),
        ["204"] = Header((h, c, _) => c.LastYear?.Header is { } before && Differs(h.ETHNIC, before.ETHNIC), h => h.ETHNIC),
        ["207"] = Header((h, c, _) => c.LastYear?.Header?.MOTHER.Value == "1" && h.MOTHER.Value != "1" && c.Episodes.Count > 0, h => h.MOTHER),
        ["208"] = Header((h, c, _) => c.LastYear?.Header is { } before && !MayFollow(before.UPN.Value, h.UPN.Value), h => h.UPN),
        ["624"] = Header((h, c, _) => c.LastYear?.Header?.MC_DOB is { IsGiven: true } before && h.MC_DOB.Value != before.Value, h => h.MC_DOB),
        ["626"] = Header((h, c, y) => c.LastYear?.Header?.MOTHER.Value == "0" && h.MOTHER.Value == "1" && h.MC_DOB.Value < y.Start, h => h.MC_DOB),

        // ---------------------------------------------------------------- unaccompanied asylum-seeking children
        ["205A"] = Header((_, c, y) => c.LastYear is { IsUasc: true } before && !c.IsUasc && (Duc(c) is not null || !(Duc(before) >= y.Start.AddYears(-1) && Duc(before) < y.Start)), h => h.CHILD),
        ["205B"] = Header(
            (_, c, y) => c.IsUasc && c.LastYear is { IsUasc: true } before && (!(y.Covers(Duc(c)) || Duc(c) == Duc(before)) || Duc(before) != c.DOB?.AddYears(18)),
            _ => null),
        ["205C"] = Header((_, c, _) => !c.IsUasc && c.LastYear is not { IsUasc: true } && (Duc(c) is not null || (c.LastYear is { } before && Duc(before) is not null)), h => h.UASC),
        ["205D"] = Header((_, c, _) => c.IsUasc && c.LastYear is { Header: not null, IsUasc: false }, h => h.CHILD),

        // ---------------------------------------------------------------- episodes
        ["502"] = First((first, before) => first.DECOM.Value != before.DECOM.Value, e => e.DECOM),
        ["503A"] = First((first, before) => Differs(first.RNE, before.RNE), e => e.RNE),
        ["503B"] = First((first, before) => Differs(first.LS, before.LS), e => e.LS),
        ["503C"] = First((first, before) => Differs(first.CIN, before.CIN), e => e.CIN),
        // In 2024-25 alone H5 became K3 without the child moving.
        ["503D"] = (c, y, found) => First((first, before) => Differs(first.PLACE, before.PLACE) && !(y.Year == 2025 && before.PLACE.Value == "H5" && first.PLACE.Value == "K3"), e => e.PLACE)(c, y, found),
        ["503E"] = First((first, before) => Differs(first.PLACE_PROVIDER, before.PLACE_PROVIDER), e => e.PLACE_PROVIDER),
        ["503F"] = First((first, before) => Differs(first.URN, before.URN), e => e.URN),
        ["562"] = Child((c, y) => c.FirstEpisode?.DECOM.Value < y.Start && c.LastYear?.LastEpisode is { } before && before.DECOM.Value != c.FirstEpisode.DECOM.Value, c => c.FirstEpisode!.DECOM),
        ["NoE"] = Child((c, y) => c.FirstEpisode?.DECOM.Value < y.Start && c.LastYear is null or { Episodes.Count: 0 }, c => c.FirstEpisode!.DECOM),

        // ---------------------------------------------------------------- adoption, missing
        ["559"] = Placed((p, c, y) => p.DATE_PLACED.Value < y.Start && c.LastYear?.Placed.Exists(before => before.DATE_PLACED.IsGiven) != true, p => p.DATE_PLACED),
        ["560"] = Child(
            (c, _) => Decided(c.LastYear) is { DATE_PLACED_CEASED.IsGiven: false } before && c.Placed.Count > 0 && !c.Placed.Exists(p => p.DATE_PLACED.Value == before.DATE_PLACED.Value),
            c => c.Placed[0].DATE_PLACED),
        ["561"] = Placed(
            (p, c, _) => p.DATE_PLACED.Value is { } placed && c.LastYear?.Placed.Exists(before => before.DATE_PLACED.Value == placed && (before.DATE_PLACED_CEASED.IsGiven || before.REASON_PLACED_CEASED.IsGiven)) == true,
            p => p.DATE_PLACED),
        ["584"] = Placed(
            (p, c, _) => Decided(c.LastYear) is { } before && (before.DATE_PLACED_CEASED.IsGiven || before.REASON_PLACED_CEASED.IsGiven) && !(p.DATE_PLACED.Value > before.DATE_PLACED.Value),
            p => p.DATE_PLACED),
        ["576"] = Child(
            (c, _) => c.LastYear?.Missing.Find(m => m.MIS_START.IsGiven && !m.MIS_END.IsGiven) is { } open && !c.Missing.Exists(m => m.MIS_START.Value == open.MIS_START.Value),
            c => c.LastYear!.Missing.Find(m => m.MIS_START.IsGiven && !m.MIS_END.IsGiven)!.MIS_START),

        // ---------------------------------------------------------------- care leavers
        ["348"] = Oc3((o, c, _) => o.IN_TOUCH.Value != "DIED" && c.LastYear?.Oc3.Exists(before => before.IN_TOUCH.Value == "DIED") == true, o => o.IN_TOUCH),
        ["1001"] = Oc3((o, c, y) => o.IsGiven && (WasAdopted(c) || (HasReached(20, Birth(o, c), y.End) == false && !WasInCareLongEnough(c, o, y))), o => o.IN_TOUCH),
        ["1002"] = Oc3((_, c, _) => c.Episodes.Count == 0 && c.LastYear is null or { Episodes.Count: 0 }, o => o.IN_TOUCH),
        ["1010"] = Oc3((_, c, _) => c.Episodes.Count == 0 && c.LastYear?.LastEpisode is { DEC.IsGiven: false }, o => o.IN_TOUCH),
    };

    /// <summary>The first episode of this year beside the one that was open when last year ended.</summary>
    private static ChildRule First(Func<EpisodeRow, EpisodeRow, bool> fails, Func<EpisodeRow, object?> value) => (c, _, found) =>
    {
        if (c.FirstEpisode is { } first && c.LastYear?.LastEpisode is { DEC.IsGiven: false } before && fails(first, before)) found(value(first)?.ToString());
    };

    private static DateOnly? Duc(LookedAfterChild c) => c.Uasc.Count > 0 ? c.Uasc[0].DUC.Value : null;

    private static PlacedRow? Decided(LookedAfterChild? c) => c?.Placed.FindLast(p => p.DATE_PLACED.Value is not null);

    /// <summary>A number once known stays; a reason for not knowing it may become the number or, from UN1 or nothing, another reason.</summary>
    private static bool MayFollow(string? before, string? now)
    {
        if (string.Equals(before, now, StringComparison.OrdinalIgnoreCase)) return true;
        if (before is not null and not ("UN1" or "UN2" or "UN3" or "UN4" or "UN5")) return false;
        return now switch
        {
            null => false,
            "UN1" => before is null,
            "UN2" or "UN3" or "UN4" or "UN5" => before is null or "UN1",
            _ => true,
        };
    }

    private static bool WasAdopted(LookedAfterChild c) => (c.LastEpisode ?? c.LastYear?.LastEpisode)?.EndsInAdoption == true;

    /// <summary>Thirteen weeks since the fourteenth birthday and a day since the sixteenth, short breaks left out.</summary>
    private static bool WasInCareLongEnough(LookedAfterChild c, Oc3Row o, Ssda903Year y)
    {
        if (Birth(o, c) is not { } birth) return true;
        var sinceFourteen = 0;
        var sinceSixteen = 0;
        var counted = new HashSet<DateOnly>();
        foreach (var e in c.Episodes.Concat(c.LastYear?.Episodes ?? []))
        {
            // What both years say counts as this year says it.
            if (e.IsShortBreak || e.DECOM.Value is not { } start || !counted.Add(start)) continue;
            var end = e.DEC.Value ?? y.End;
            sinceFourteen += Days(start, end, birth.AddYears(14));
            sinceSixteen += Days(start, end, birth.AddYears(16));
        }
        return sinceFourteen >= 91 && sinceSixteen >= 1;
    }

    private static int Days(DateOnly start, DateOnly end, DateOnly from) => Math.Max(0, end.DayNumber - (start > from ? start : from).DayNumber);
}
