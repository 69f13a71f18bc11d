using System.Text.RegularExpressions;

namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

internal static partial class Ssda903Rules
{
    [GeneratedRegex(@"^([A-HJ-NP-RT-Z][0-9]{11}([0-9]|[A-Z])|UN[1-5])\z", RegexOptions.CultureInvariant)]
    private static partial Regex UpnOrUnknown();

    private static Dictionary<string, ChildRule> HeaderRules => new()
    {
        ["101"] = Header((h, _, y) => !Ssda903Codes.Sex.Contains(h.SEX.Value, y.Year), h => h.SEX),
        ["102"] = Header((h, _, _) => h.DOB.Value is null, h => h.DOB),
        ["103"] = Header((h, _, y) => !Ssda903Codes.Ethnic.Contains(h.ETHNIC.Value, y.Year), h => h.ETHNIC),
        ["105"] = Header((h, _, _) => h.UASC.Value is not ("0" or "1"), h => h.UASC),
        ["165"] = Header(
            (h, c, y) =>
            {
                if (h.MOTHER.IsGiven) return h.MOTHER.Value is not ("0" or "1") || h.IsMale;
                return h.IsFemale && c.Episodes.Exists(e => !e.IsShortBreak && InYear(e, y));
            },
            h => h.MOTHER),
        ["168"] = Header((h, _, _) => h.UPN.Value is { } upn && !UpnOrUnknown().IsMatch(upn), h => h.UPN),
        ["171"] = Header((h, _, _) => h.MC_DOB.IsUnreadable, h => h.MC_DOB),
        ["174"] = Header((h, _, _) => h.IsMale && h.MC_DOB.IsGiven, h => h.MC_DOB),
        // Four by the end of the August before the year began.
        ["209"] = Header((h, _, y) => h.UPN.Value == "UN1" && HasReached(4, h.DOB.Value, new DateOnly(y.Start.Year - 1, 8, 31)) == true, h => h.UPN),
        ["210"] = Header((h, c, y) => h.UPN.Value == "UN4" && PeriodAtEnd(c, y)?.Start < y.End.AddDays(-7), h => h.UPN),
        ["231"] = Header((h, c, y) => c.IsUasc && h.DOB.Value > y.End.AddYears(-11), h => h.DOB),
        ["232"] = Header((h, _, _) => h.SEX.Value == "U", h => h.SEX),
        ["301"] = Header((h, _, y) => h.DOB.Value > y.End, h => h.DOB),
        ["302"] = Child((c, _) => c.FirstEpisode?.DECOM.Value < c.DOB, c => c.FirstEpisode!.DECOM),
        ["351"] = Header((h, _, y) => h.DOB.Value?.AddYears(25) < y.Start, h => h.DOB),
        ["393"] = Header((h, c, _) => h.IsFemale && !h.MOTHER.IsGiven && c.Episodes.Exists(e => !e.IsShortBreak), _ => null),
        ["399"] = (c, _, found) =>
        {
            if (c.Episodes.Count == 0 || c.Episodes.Exists(e => !e.IsShortBreak)) return;
            if (c.Header?.MOTHER is { IsGiven: true } mother) found(mother.Value);
            foreach (var review in c.Reviews)
                if (review.REVIEW.IsGiven || review.REVIEW_CODE.IsGiven) found(review.REVIEW.ToString());
        },
        ["442"] = Header((h, c, _) => !h.UPN.IsGiven && c.Episodes.Exists(e => !e.IsShortBreak), _ => null),
        ["444"] = Header((_, c, _) => c.SharesUpn, h => h.UPN),
        ["607"] = Header((h, c, y) => h.IsFemale && !h.MOTHER.IsGiven && c.Episodes.Exists(e => e.EndsCare && !e.IsShortBreak && y.Covers(e.DEC.Value)), _ => null),
        ["611"] = Header((h, _, _) => h.MOTHER.Value == "1" && !h.MC_DOB.IsGiven, _ => null),
        ["612"] = Header((h, _, _) => h.IsFemale && h.MOTHER.Value is null or "0" && h.MC_DOB.IsGiven, h => h.MC_DOB),
        ["620"] = Header((h, _, y) => h.MOTHER.Value == "1" && HasReached(11, h.DOB.Value, y.Start) == false, h => h.DOB),
        ["621"] = Header((h, _, _) => h.MC_DOB.Value <= h.DOB.Value, h => h.MC_DOB),
        ["625"] = Header((h, c, y) => h.MC_DOB.Value > y.End || h.MC_DOB.Value > c.LastEpisode?.DEC.Value, h => h.MC_DOB),
        ["628"] = Header((h, c, _) => h.MOTHER.IsGiven && c.Episodes.Count == 0 && c.Oc3.Exists(o => o.IsGiven), h => h.MOTHER),
        ["EPI"] = Header((_, c, _) => c.Episodes.Count == 0 && c.Oc3.Count == 0, h => h.CHILD),

        // ---------------------------------------------------------------- unaccompanied asylum-seeking children
        ["104"] = Each(c => c.Uasc, (u, _, y) => u.DUC.IsUnreadable || u.DUC.Value < y.Start, u => u.DUC),
        ["303"] = Each(c => c.Uasc, (u, c, _) => u.DUC.IsGiven && !c.IsUasc, u => u.DUC),
        ["304"] = Each(c => c.Uasc, (u, c, _) => u.DUC.Value > (u.DOB.Value ?? c.DOB)?.AddYears(18), u => u.DUC),
        ["1014"] = Each(c => c.Uasc, (_, c, y) => !c.Episodes.Exists(e => InYear(e, y)) && c.Oc3.Exists(o => o.IsGiven), u => u.DUC),
    };
}
