using System.Globalization;

namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

internal static partial class Ssda903Rules
{
    /// <summary>From this day on every change of social worker has its reason.</summary>
    private static readonly DateOnly ReasonsFrom = new(2023, 4, 1);

    /// <summary>Reviews, previous permanence, missing periods, social workers.</summary>
    private static Dictionary<string, ChildRule> OtherRules => new()
    {
        // ---------------------------------------------------------------- reviews
        ["166"] = Each(c => c.Reviews, (r, _, _) => r.REVIEW.Value is null, r => r.REVIEW),
        ["167"] = Each(c => c.Reviews, (r, _, y) => r.REVIEW.IsGiven ? !Ssda903Codes.ReviewCode.Contains(r.REVIEW_CODE.Value, y.Year) : r.REVIEW_CODE.IsGiven, r => r.REVIEW_CODE),
        ["440"] = Each(c => c.Reviews, (r, c, _) => r.REVIEW_CODE.Value == "PN0" && HasReached(4, Birth(r, c), r.REVIEW.Value) == true, r => r.REVIEW),
        ["441"] = Each(
            c => c.Reviews,
            (r, c, _) => r.REVIEW_CODE.Value is "PN1" or "PN2" or "PN3" or "PN4" or "PN5" or "PN6" or "PN7" && HasReached(4, Birth(r, c), r.REVIEW.Value) == false,
            r => r.REVIEW),

        // ---------------------------------------------------------------- previous permanence
        ["631"] = Each(c => c.PrevPerm, (p, _, y) => !IsValidOrBlank(p.PREV_PERM, Ssda903Codes.PrevPerm, y), p => p.PREV_PERM),
        ["632"] = Each(
            c => c.PrevPerm,
            (p, c, _) => p.DATE_PERM.Value is { } text && (!TryEarliest(text, out var date) || date >= c.FirstEpisode?.DECOM.Value),
            p => p.DATE_PERM),
        ["633"] = Each(c => c.PrevPerm, (p, _, y) => !IsValidOrBlank(p.LA_PERM, Ssda903Codes.LaPerm, y), p => p.LA_PERM),
        ["634"] = Each(
            c => c.PrevPerm,
            (p, c, _) => (p.PREV_PERM.IsGiven || p.LA_PERM.IsGiven || p.DATE_PERM.IsGiven) && c.LastEpisode?.DECOM.Value < new DateOnly(2016, 4, 1),
            p => p.PREV_PERM),
        ["635"] = Each(c => c.PrevPerm, (p, _, _) => p.PREV_PERM.Value is null or "Z1" && (p.LA_PERM.IsGiven || p.DATE_PERM.IsGiven), p => p.LA_PERM.Value ?? p.DATE_PERM.Value),

        // ---------------------------------------------------------------- missing and away
        ["564"] = Missing((m, _, _) => m.MISSING.Value is "M" or "A" && !m.MIS_START.IsGiven, m => m.MISSING),
        ["565"] = Missing((m, _, _) => m.MIS_START.IsGiven && !m.MISSING.IsGiven, m => m.MIS_START),
        ["566"] = Missing((m, _, _) => m.MIS_END.IsGiven && !m.MISSING.IsGiven, m => m.MIS_END),
        ["567"] = Missing((m, _, _) => m.MIS_END.Value < m.MIS_START.Value, m => m.MIS_END),
        ["570"] = Missing((m, _, y) => m.MIS_START.Value > y.End, m => m.MIS_START),
        ["571"] = Missing((m, _, y) => m.MIS_END.Value is { } end && !y.Covers(end), m => m.MIS_END),
        ["574"] = (c, _, found) =>
        {
            for (var i = 1; i < c.Missing.Count; i++)
            {
                var before = c.Missing[i - 1].MIS_END;
                if (c.Missing[i].MIS_START.Value is { } start && (!before.IsGiven || start < before.Value)) found(c.Missing[i].MIS_START.ToString());
            }
        },
        ["575"] = Missing((m, c, _) => !m.MIS_END.IsGiven && c.Episodes.Exists(e => m.MIS_START.Value >= e.DECOM.Value && m.MIS_START.Value <= e.DEC.Value), m => m.MIS_START),
        ["577"] = Missing(
            (m, c, _) => m.MIS_START.Value is { } start && c.Periods.Count > 0 && c.Periods.All(p =>
                m.MIS_END.IsGiven ? m.MIS_END.Value > p.End || m.MIS_END.Value < p.Start : p.End is not null || start < p.Start),
            m => m.MIS_START),
        ["578"] = Missing((m, c, _) => m.MIS_START.Value is { } start && c.Periods.Count > 0 && c.Periods.All(p => start < p.Start || start > p.End), m => m.MIS_START),
        ["580"] = Episode((e, c, _) => e.DEC.Value is { } end && e.EndsCare && e.REC.Value != "E8" && c.DOB?.AddYears(18) == end && c.Missing.Exists(m => m.MIS_END.Value == end), e => e.REC),
        ["581"] = Missing((m, c, _) => m.MIS_START.Value is { } start && c.Episodes.Count > 0 && !c.Episodes.Exists(e => start >= e.DECOM.Value && (!e.DEC.IsGiven || start <= e.DEC.Value)), m => m.MIS_START),
        ["586"] = Missing((m, c, _) => m.MIS_START.Value < Birth(m, c), m => m.MIS_START),
        ["1004"] = Missing((m, _, _) => m.MIS_START.Value is null, m => m.MIS_START),
        ["1005"] = Missing((m, _, _) => m.MIS_END.IsUnreadable, m => m.MIS_END),
        ["1006"] = Missing((m, _, y) => !IsValidOrBlank(m.MISSING, Ssda903Codes.Missing, y), m => m.MISSING),

        // ---------------------------------------------------------------- social workers
        ["SW01aSTG1"] = SocialWorker((s, _, _) => s.SW_DECOM.Value < ReasonsFrom && !s.SW_ID.IsGiven, s => s.SW_DECOM),
        ["SW01bSTG1"] = SocialWorker((s, _, _) => !s.SW_DECOM.IsGiven || (s.SW_DECOM.Value >= ReasonsFrom && (!s.SW_ID.IsGiven || !s.SW_REASON.IsGiven)), s => s.SW_DECOM),
        ["SW02STG1"] = SocialWorker((s, _, _) => s.SW_ID.Value is { } id && !id.StartsWith("SW", StringComparison.Ordinal) && !id.StartsWith("XX", StringComparison.Ordinal), s => s.SW_ID),
        ["SW04STG1"] = SocialWorker((s, _, _) => s.SW_DECOM.IsUnreadable, s => s.SW_DECOM),
        ["SW05STG1"] = SocialWorker((s, _, _) => s.SW_DEC.IsUnreadable, s => s.SW_DEC),
        ["SW06STG2"] = SocialWorker((s, _, y) => s.SW_DECOM.Value > y.End, s => s.SW_DECOM),
        ["SW07STG2"] = SocialWorker((s, _, y) => s.SW_DEC.Value is { } end && (end < y.Start.AddYears(-1) || end > y.End), s => s.SW_DEC),
        ["SW08STG2"] = (c, _, found) =>
        {
            for (var i = 1; i < c.SocialWorkers.Count; i++)
                if (c.SocialWorkers[i].SW_DECOM.Value is not null && !c.SocialWorkers[i - 1].SW_DEC.IsGiven) found(c.SocialWorkers[i].SW_DECOM.ToString());
        },
        ["SW09STG2"] = SocialWorker((s, _, _) => s.SW_DECOM.Value is { } start && start == s.SW_DEC.Value, s => s.SW_DECOM),
        ["SW10STG2"] = (c, _, found) =>
        {
            for (var i = 1; i < c.SocialWorkers.Count; i++)
                if (c.SocialWorkers[i].SW_DECOM.Value < c.SocialWorkers[i - 1].SW_DEC.Value) found(c.SocialWorkers[i].SW_DECOM.ToString());
        },
        ["SW11bSTG2"] = Child((c, y) => AtEnd(c, y) && c.SocialWorkers.Count > 0 && c.SocialWorkers[^1].SW_DEC.Value < y.End, c => c.SocialWorkers[^1].SW_DEC),
        // From the first day of the year, or of being looked after if that came later, somebody must have been there.
        ["SW12STG2"] = Child(
            (c, y) => PeriodAtEnd(c, y) is { } period && !c.SocialWorkers.Exists(s => s.SW_DECOM.Value <= (period.Start > y.Start ? period.Start : y.Start)),
            c => c.SocialWorkers.Count > 0 ? c.SocialWorkers[0].SW_DECOM.ToString() : null),
        ["SW13STG1"] = SocialWorker((s, _, y) => !IsValidOrBlank(s.SW_REASON, Ssda903Codes.SwReason, y), s => s.SW_REASON),
        ["SW17STG2"] = Child((c, _) => c.SocialWorkers.Count > 0 && c.SocialWorkers[^1].SW_DEC.IsGiven, c => c.SocialWorkers[^1].SW_DEC),

        // ---------------------------------------------------------------- care leavers who were not looked after in the year
        ["1012"] = Child(
            (c, _) => c.Headers.Count > 0 && c.Episodes.Count == 0 && c.Placed.Count + c.Missing.Count + c.Reviews.Count + c.Ad1.Count + c.PrevPerm.Count + c.Oc2.Count > 0,
            c => c.Id),
    };

    /// <summary>
    /// A date of which the day, or the day and the month, or all may be ZZ. What is not known is taken as early as it can be, so that nothing is
    /// called too late that may not be.
    /// </summary>
    private static bool TryEarliest(string text, out DateOnly? date)
    {
        date = null;
        if (text == "ZZ/ZZ/ZZZZ") return true;
        var parts = text.Split('/');
        if (parts.Length != 3 || (parts[1] == "ZZ" && parts[0] != "ZZ")) return false;
        var written = $"{(parts[0] == "ZZ" ? "01" : parts[0])}/{(parts[1] == "ZZ" ? "01" : parts[1])}/{parts[2]}";
        if (!DateOnly.TryParseExact(written, "dd/MM/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var found)) return false;
        date = found;
        return true;
    }
}
