namespace ChildrensInfo.Core.Returns.CinCensus.Rules;

/// <summary>Looks at one child and calls <paramref name="found"/> with the value at fault, once for each fault.</summary>
internal delegate void ChildRule(CinChild child, CinYear year, Action<string?> found);

/// <summary>
/// How each rule of the census is computed, from its published text; its wording, severity and fields are in the reference data
/// (<c>rules/cin.csv</c>). A date that cannot be read counts as missing where a rule asks for a date, and as given where a rule asks whether
/// something is there. "Within" a period that has ended leaves out the day it ended on, unless the rule says "on or between":
/// one plan may begin on the day another ends.
/// </summary>
internal static class CinRules
{
    public static IReadOnlyDictionary<string, ChildRule> OnChildren { get; } = new Dictionary<string, ChildRule>
    {
        // ---------------------------------------------------------------- child identifiers
        ["1510"] = Child((c, _) => c.UPN.Value is { } upn && Upn.HasRightCheckLetter(upn) == false, c => c.UPN),
        ["1530"] = Child((c, _) => c.UPN.Value is { } upn && !Upn.HasKnownAuthority(upn), c => c.UPN),
        ["1540"] = Child((c, _) => c.UPN.Value is { } upn && !Upn.HasDigits(upn), c => c.UPN),
        ["1550"] = Child((c, _) => c.UPN.Value is { } upn && !Upn.HasKnownEnd(upn), c => c.UPN),
        ["1560Q"] = Child((c, _) => c.FormerUPN.Value is { } upn && !Upn.IsWellFormed(upn), c => c.FormerUPN),
        ["1570"] = Child((c, _) => c.LAchildID.Value?.Length > 20, c => c.LAchildID),
        ["1580"] = Child((c, _) => c.LAchildID.Value is { } id && !id.All(char.IsAsciiLetterOrDigit), c => c.LAchildID),
        ["4180"] = Child((c, y) => !(y.Year >= 2025 ? CinCodes.Sex.Contains(c.Sex.Value) : CinCodes.Gender.Contains(c.GenderCurrent.Value)), c => c.Sex.Value ?? c.GenderCurrent.Value),
        ["8500"] = Child((c, _) => !c.LAchildID.IsGiven, _ => null),
        ["8520"] = Child((c, y) => c.PersonBirthDate.Value > y.End, c => c.PersonBirthDate),
        ["8525Q"] = Child((c, _) => c.PersonBirthDate.IsGiven == c.ExpectedPersonBirthDate.IsGiven, c => c.PersonBirthDate),
        ["8530Q"] = Child((c, y) => c.ExpectedPersonBirthDate.Value < y.End.AddDays(-30) || c.ExpectedPersonBirthDate.Value > y.End.AddMonths(9), c => c.ExpectedPersonBirthDate),
        ["8535Q"] = Child((c, _) => c.PersonDeathDate.Value < c.PersonBirthDate.Value, c => c.PersonDeathDate),
        ["8545Q"] = Child((c, y) => c.PersonDeathDate.Value is { } death && !y.Covers(death), c => c.PersonDeathDate),
        ["8590"] = Child((c, _) => c.CINdetails.Count == 0, c => c.LAchildID),
        ["8750"] = Child(
            (c, y) => c.ExpectedPersonBirthDate.IsGiven && !c.PersonBirthDate.IsGiven && (y.Year >= 2025 ? c.Sex.Value != "U" : c.GenderCurrent.Value != "0"),
            c => c.Sex.Value ?? c.GenderCurrent.Value),
        ["8770Q"] = Child(LacksUpnAtSchoolAge, c => c.UPNunknown),
        ["8772"] = Child((c, _) => c.UPNunknown.Value == "UN7" && c.CINdetails.Exists(d => d.ReferralNFA.Value == false), c => c.UPNunknown),
        ["8775Q"] = Child(
            (c, y) => c.PersonBirthDate.Value is { } birth && birth < y.End.AddYears(-25)
                && c.CINdetails.Exists(d => !d.CINclosureDate.IsGiven || d.CINclosureDate.Value > birth.AddYears(25)),
            c => c.PersonBirthDate),

        // ---------------------------------------------------------------- child characteristics, disabilities
        ["4220"] = Child((c, y) => !CinCodes.Ethnicity.Contains(c.Ethnicity.Value, y.Year), c => c.Ethnicity),
        ["8540"] = Child(
            (c, y) => c.PersonBirthDate.IsGiven && c.CINdetails.Exists(d => d.ReferralNFA.Value == false)
                && (c.Disability.Count == 0 || c.Disability.Exists(code => !CinCodes.Disability.Contains(code.Value, y.Year))),
            c => c.Disability.Find(code => !CinCodes.Disability.Contains(code.Value))),
        ["8790"] = Child((c, _) => c.Disability.Exists(code => code.Value == "NONE") && c.Disability.Exists(code => code.IsGiven && code.Value != "NONE"), c => Joined(c.Disability)),
        ["8794"] = Child((c, _) => HasTwice(c.Disability), c => Joined(c.Disability)),

        // ---------------------------------------------------------------- CIN details
        ["2990"] = Episode(
            (d, _, _) => d.ReasonForClosure.Value is "RC8" or "RC9"
                && (d.Section47.Count > 0 || d.ChildProtectionPlans.Count > 0 || d.CINPlanDates.Count > 0 || d.DateOfInitialCPC.IsGiven),
            d => d.ReasonForClosure),
        ["2991Q"] = Episode((d, _, _) => d.Section47.Count > 0 && d.Assessments.Count == 0, d => d.Section47[0].S47ActualStartDate),
        ["8555Q"] = Episode((d, c, _) => d.CINreferralDate.Value > c.PersonDeathDate.Value, d => d.CINreferralDate),
        ["8565"] = Episode((d, _, _) => d.CINclosureDate.Value is { } closed && LastActivity(d) > closed, d => d.CINclosureDate),
        ["8568"] = Episode((d, _, _) => d.ReferralNFA.Value is null, d => d.ReferralNFA),
        ["8569Q"] = Episode((d, _, y) => d.ReferralNFA.Value == true && d.CINreferralDate.Value < WorkingDays.Before(y.Start, 1), d => d.CINreferralDate),
        ["8585Q"] = Episode((d, c, _) => d.ReasonForClosure.Value == "RC2" && c.PersonDeathDate.Value is null, d => d.ReasonForClosure),
        ["8600"] = Episode((d, _, y) => d.CINreferralDate.Value is not { } referral || referral > y.End, d => d.CINreferralDate),
        ["8606"] = Episode((d, c, _) => d.CINreferralDate.Value < (c.PersonBirthDate.Value ?? c.ExpectedPersonBirthDate.Value)?.AddDays(-280), d => d.CINreferralDate),
        ["8610"] = Episode((d, _, _) => d.ReferralNFA.Value == false && !d.PrimaryNeedCode.IsGiven, _ => null),
        ["8620"] = Episode((d, _, y) => d.CINclosureDate.Value is { } closed && !y.Covers(closed), d => d.CINclosureDate),
        ["8630"] = Episode((d, _, _) => d.CINclosureDate.Value < d.CINreferralDate.Value, d => d.CINclosureDate),
        ["8640"] = Episode((d, _, y) => d.ReasonForClosure.IsGiven && !CinCodes.ReasonForClosure.Contains(d.ReasonForClosure.Value, y.Year), d => d.ReasonForClosure),
        ["8650"] = Episode((d, _, y) => d.PrimaryNeedCode.IsGiven && !CinCodes.PrimaryNeed.Contains(d.PrimaryNeedCode.Value, y.Year), d => d.PrimaryNeedCode),
        ["8805"] = Episode((d, _, _) => d.CINclosureDate.IsGiven && !d.ReasonForClosure.IsGiven, d => d.CINclosureDate),
        ["8810"] = Episode((d, _, _) => d.ReasonForClosure.IsGiven && !d.CINclosureDate.IsGiven, d => d.ReasonForClosure),
        ["8815"] = Child((c, _) => c.CINdetails.Count(IsOpen) > 1, c => c.CINdetails.FindLast(IsOpen)!.CINreferralDate),
        ["8816"] = (c, _, found) =>
        {
            if (c.CINdetails.Count < 2) return;
            var latest = c.CINdetails.Max(d => d.CINreferralDate.Value);
            foreach (var d in c.CINdetails)
                if (IsOpen(d) && d.CINreferralDate.Value < latest) found(d.CINreferralDate.ToString());
        },
        ["8820"] = (c, y, found) =>
        {
            if (c.CINdetails.Count < 2) return;
            var spans = new Spans();
            for (var item = 0; item < c.CINdetails.Count; item++)
            {
                var d = c.CINdetails[item];
                spans.Add(item, d.CINreferralDate.Value, d.CINclosureDate.Value ?? (IsOpen(d) ? y.StillOpen : DateOnly.MinValue));
            }
            for (var item = 0; item < c.CINdetails.Count; item++)
                if (spans.Hold(c.CINdetails[item].CINreferralDate.Value, except: item)) found(c.CINdetails[item].CINreferralDate.ToString());
        },
        ["8825Q"] = Episode((d, _, _) => d.ReasonForClosure.Value is "RC8" or "RC9" && d.Assessments.Count == 0, d => d.ReasonForClosure),
        ["8831"] = Episode(
            (d, _, _) => d.ReferralNFA.Value == true
                && (d.DateOfInitialCPC.IsGiven
                    || d.Assessments.Exists(a => a.AssessmentActualStartDate.IsGiven || a.AssessmentAuthorisationDate.IsGiven)
                    || d.Section47.Exists(s => s.S47ActualStartDate.IsGiven || s.DateOfInitialCPC.IsGiven)),
            d => d.CINreferralDate),
        ["8866"] = Episode(
            (d, _, y) => d.CINreferralDate.Value >= new DateOnly(2013, 4, 1) && !CinCodes.ReferralSource.Contains(d.ReferralSource.Value, y.Year),
            d => d.ReferralSource),
        ["8867"] = Episode((d, _, _) => d.CINclosureDate.IsGiven && d.Assessments.Exists(a => !a.AssessmentAuthorisationDate.IsGiven), d => d.CINclosureDate),
        ["8868"] = Episode((d, _, _) => d.CINclosureDate.IsGiven && d.Section47.Exists(IsOpen), d => d.CINclosureDate),

        // ---------------------------------------------------------------- assessments
        ["1103"] = Assessment((a, d, _) => a.AssessmentActualStartDate.Value < d.CINreferralDate.Value, a => a.AssessmentActualStartDate),
        ["8608"] = Assessment((a, _, _) => a.AssessmentActualStartDate.Value > a.AssessmentAuthorisationDate.Value, a => a.AssessmentActualStartDate),
        ["8614"] = Assessment((a, _, _) => !a.AssessmentAuthorisationDate.IsGiven && a.AssessmentFactors.Exists(code => code.IsGiven), a => Joined(a.AssessmentFactors)),
        ["8670Q"] = Assessment(
            (a, _, y) => !a.AssessmentAuthorisationDate.IsGiven && a.AssessmentActualStartDate.Value < WorkingDays.Before(y.End, 45),
            a => a.AssessmentActualStartDate),
        ["8696"] = Assessment((a, _, y) => a.AssessmentAuthorisationDate.Value is { } end && !y.Covers(end), a => a.AssessmentAuthorisationDate),
        ["8736"] = Assessment((a, _, y) => !a.AssessmentAuthorisationDate.IsGiven && !y.Covers(a.AssessmentActualStartDate.Value), a => a.AssessmentActualStartDate),
        ["8863Q"] = (c, y, found) =>
        {
            foreach (var d in c.CINdetails)
            {
                if (d.Assessments.Count < 2) continue;
                var spans = new Spans();
                for (var item = 0; item < d.Assessments.Count; item++)
                {
                    var a = d.Assessments[item];
                    spans.Add(item, a.AssessmentActualStartDate.Value, a.AssessmentAuthorisationDate.Value?.AddDays(1) ?? End(a.AssessmentAuthorisationDate, y));
                }
                for (var item = 0; item < d.Assessments.Count; item++)
                    if (spans.Hold(d.Assessments[item].AssessmentActualStartDate.Value, except: item)) found(d.Assessments[item].AssessmentActualStartDate.ToString());
            }
        },
        ["8869"] = Assessment((a, _, _) => a.AssessmentFactors.Exists(code => code.Value == "21") && a.AssessmentFactors.Exists(code => code.IsGiven && code.Value != "21"), a => Joined(a.AssessmentFactors)),
        ["8873Q"] = Episode(
            (d, _, _) => d.Assessments is [{ AssessmentAuthorisationDate.IsGiven: true } only] && only.AssessmentFactors.Exists(code => code.Value == "21")
                && d.ReasonForClosure.Value is not ("RC8" or "RC9"),
            d => d.ReasonForClosure),
        ["8896"] = Episode((d, _, _) => d.Assessments.Count(a => !a.AssessmentAuthorisationDate.IsGiven) > 1, d => d.Assessments.FindLast(a => !a.AssessmentAuthorisationDate.IsGiven)!.AssessmentActualStartDate),
        ["8897Q"] = Assessment(
            (a, _, y) => a.AssessmentAuthorisationDate.Value >= y.Start
                && (a.AssessmentFactors.Count == 0 || a.AssessmentFactors.Exists(code => !CinCodes.AssessmentFactors.Contains(code.Value, y.Year))),
            a => a.AssessmentFactors.Count == 0 ? a.AssessmentAuthorisationDate.ToString() : Joined(a.AssessmentFactors)),
        ["8898"] = Assessment((a, _, _) => HasTwice(a.AssessmentFactors), a => Joined(a.AssessmentFactors)),
        ["8945Q"] = Assessment((a, _, _) => a.AssessmentFactors.Exists(code => code.Value == "18A"), _ => "18A"),
        ["8950Q"] = Assessment((a, _, _) => a.AssessmentFactors.Exists(code => code.Value == "19A"), _ => "19A"),

        // ---------------------------------------------------------------- section 47 enquiries
        ["1104"] = Both(
            Enquiry((s, d, _) => s.DateOfInitialCPC.Value < d.CINreferralDate.Value, s => s.DateOfInitialCPC),
            Episode((d, _, _) => d.DateOfInitialCPC.Value < d.CINreferralDate.Value, d => d.DateOfInitialCPC)),
        ["2884"] = (c, _, found) =>
        {
            var above = c.CINdetails.Where(d => d.DateOfInitialCPC.Value is not null).Select(d => d.DateOfInitialCPC.Value).ToHashSet();
            if (above.Count == 0) return;
            foreach (var d in c.CINdetails)
                foreach (var s in d.Section47)
                    if (s.DateOfInitialCPC.Value is not null && above.Contains(s.DateOfInitialCPC.Value)) found(s.DateOfInitialCPC.ToString());
        },
        ["2889"] = Enquiry((s, d, _) => s.S47ActualStartDate.Value < d.CINreferralDate.Value, s => s.S47ActualStartDate),
        ["8615"] = Enquiry(
            (s, _, _) => s.DateOfInitialCPC.IsGiven && (s.S47ActualStartDate.Value is null || s.S47ActualStartDate.Value > s.DateOfInitialCPC.Value),
            s => s.S47ActualStartDate),
        ["8675Q"] = Enquiry(
            (s, _, y) => !s.DateOfInitialCPC.IsGiven && s.ICPCnotRequired.Value == false && s.S47ActualStartDate.Value < WorkingDays.Before(y.End, 15),
            s => s.S47ActualStartDate),
        ["8715"] = Both(
            Enquiry((s, _, y) => s.DateOfInitialCPC.Value is { } held && !y.Covers(held), s => s.DateOfInitialCPC),
            Episode((d, _, y) => d.DateOfInitialCPC.Value is { } held && !y.Covers(held), d => d.DateOfInitialCPC)),
        ["8740"] = Enquiry(
            (s, _, y) => !s.DateOfInitialCPC.IsGiven && s.ICPCnotRequired.Value == false && !y.Covers(s.S47ActualStartDate.Value),
            s => s.S47ActualStartDate),
        ["8839"] = Episode((d, _, _) => d.Section47.Count(IsOpen) > 1, d => d.Section47.FindLast(IsOpen)!.S47ActualStartDate),
        ["8870Q"] = Enquiry((s, _, _) => IsWeekend(s.InitialCPCtarget.Value), s => s.InitialCPCtarget),
        ["8875"] = Both(
            Enquiry((s, _, _) => IsWeekend(s.DateOfInitialCPC.Value), s => s.DateOfInitialCPC),
            Episode((d, _, _) => IsWeekend(d.DateOfInitialCPC.Value), d => d.DateOfInitialCPC)),
        ["8890"] = (c, y, found) =>
        {
            foreach (var d in c.CINdetails)
            {
                if (d.Section47.Count < 2) continue;
                var spans = new Spans();
                for (var item = 0; item < d.Section47.Count; item++)
                {
                    var s = d.Section47[item];
                    spans.Add(item, s.S47ActualStartDate.Value, s.DateOfInitialCPC.Value?.AddDays(1) ?? (IsOpen(s) ? y.StillOpen : DateOnly.MinValue));
                }
                for (var item = 0; item < d.Section47.Count; item++)
                    if (spans.Hold(d.Section47[item].S47ActualStartDate.Value, except: item)) found(d.Section47[item].S47ActualStartDate.ToString());
            }
        },

        // ---------------------------------------------------------------- child in need plans
        ["4000"] = Episode((d, _, _) => d.ReferralNFA.Value == true && d.CINPlanDates.Count > 0, d => d.CINPlanDates[0].CINPlanStartDate),
        ["4001"] = Episode(
            (d, _, _) => d.ChildProtectionPlans.Exists(p => !p.CPPendDate.IsGiven) && d.CINPlanDates.Exists(p => !p.CINPlanEndDate.IsGiven),
            d => d.CINPlanDates.Find(p => !p.CINPlanEndDate.IsGiven)!.CINPlanStartDate),
        ["4004"] = Episode((d, _, _) => d.CINPlanDates.Count(p => !p.CINPlanEndDate.IsGiven) > 1, d => d.CINPlanDates.FindLast(p => !p.CINPlanEndDate.IsGiven)!.CINPlanStartDate),
        ["4008"] = Plan((p, _, c, _) => p.CINPlanStartDate.Value > c.PersonDeathDate.Value, p => p.CINPlanStartDate),
        ["4009Q"] = Plan((p, _, c, _) => p.CINPlanEndDate.Value > c.PersonDeathDate.Value, p => p.CINPlanEndDate),
        ["4010"] = Plan((p, _, _, y) => p.CINPlanStartDate.Value is not { } start || start > y.End, p => p.CINPlanStartDate),
        ["4011"] = Plan((p, _, _, _) => p.CINPlanEndDate.Value < p.CINPlanStartDate.Value, p => p.CINPlanEndDate),
        ["4012Q"] = Plan((p, _, _, _) => p.CINPlanEndDate.Value is { } end && end == p.CINPlanStartDate.Value, p => p.CINPlanStartDate),
        ["4013"] = Plan((p, _, _, y) => p.CINPlanEndDate.Value is { } end && !y.Covers(end), p => p.CINPlanEndDate),
        ["4014"] = (c, y, found) =>
        {
            var plans = Plans(c);
            if (plans.Count < 2) return;
            var spans = SpansOf(plans, y);
            for (var item = 0; item < plans.Count; item++)
                if (spans.Hold(plans[item].CINPlanStartDate.Value, except: item)) found(plans[item].CINPlanStartDate.ToString());
        },
        ["4015"] = Plan((p, d, _, _) => p.CINPlanStartDate.Value < d.CINreferralDate.Value, p => p.CINPlanStartDate),
        ["4016"] = (c, y, found) =>
        {
            var plans = Plans(c);
            if (plans.Count == 0) return;
            var protection = SpansOf(ProtectionPlans(c), y);
            foreach (var plan in plans)
                if (protection.Hold(plan.CINPlanStartDate.Value)) found(plan.CINPlanStartDate.ToString());
        },
        ["4017"] = (c, y, found) =>
        {
            var plans = Plans(c);
            if (plans.Count == 0) return;
            var spans = SpansOf(plans, y);
            foreach (var protection in ProtectionPlans(c))
                if (spans.Hold(protection.CPPstartDate.Value)) found(protection.CPPstartDate.ToString());
        },

        // ---------------------------------------------------------------- child protection plans and reviews
        ["1105"] = Protection((p, d, _, _) => p.CPPstartDate.Value < d.CINreferralDate.Value, p => p.CPPstartDate),
        ["2885"] = (c, y, found) =>
        {
            foreach (var d in c.CINdetails)
            {
                if (d.ChildProtectionPlans.Count == 0) continue;
                var conferences = d.Section47.Where(s => s.DateOfInitialCPC.Value is not null).Select(s => s.DateOfInitialCPC.Value).ToHashSet();
                if (conferences.Count == 0) conferences.Add(d.DateOfInitialCPC.Value);
                foreach (var p in d.ChildProtectionPlans)
                    if (y.Covers(p.CPPstartDate.Value) && !conferences.Contains(p.CPPstartDate.Value)) found(p.CPPstartDate.ToString());
            }
        },
        ["4003"] = (c, y, found) =>
        {
            foreach (var d in c.CINdetails)
            {
                if (d.CINPlanDates.Count == 0 || d.ChildProtectionPlans.Count == 0) continue;
                var spans = SpansOf(d.CINPlanDates, y);
                foreach (var p in d.ChildProtectionPlans)
                    foreach (var review in p.CPPreviewDate)
                        if (review.Value is { } held && held != p.CPPendDate.Value && spans.Hold(held)) found(review.ToString());
            }
        },
        ["8720"] = Protection((p, _, _, y) => p.CPPstartDate.Value is not { } start || start > y.End, p => p.CPPstartDate),
        ["8730"] = Protection((p, _, _, _) => p.NumberOfPreviousCPP.Value is not >= 0, p => p.NumberOfPreviousCPP),
        ["8832"] = Episode((d, _, _) => d.ReferralNFA.Value == true && d.ChildProtectionPlans.Count > 0, d => d.ChildProtectionPlans[0].CPPstartDate),
        ["8840"] = Protection((p, _, _, _) => p.CPPendDate.Value is { } end && end == p.CPPstartDate.Value, p => p.CPPstartDate),
        ["8841"] = (c, _, found) =>
        {
            foreach (var d in c.CINdetails)
                foreach (var p in d.ChildProtectionPlans)
                    foreach (var review in p.CPPreviewDate)
                        if (review.Value <= p.CPPstartDate.Value) found(review.ToString());
        },
        ["8842Q"] = (c, _, found) =>
        {
            foreach (var d in c.CINdetails)
                foreach (var p in d.ChildProtectionPlans)
                {
                    for (var block = 0; block < p.ReviewsWithoutDate; block++) found(null);
                    foreach (var review in p.CPPreviewDate)
                        if (review.Value is null) found(review.ToString());
                }
        },
        ["8905"] = Protection((p, _, _, y) => !CinCodes.CategoryOfAbuse.Contains(p.InitialCategoryOfAbuse.Value, y.Year), p => p.InitialCategoryOfAbuse),
        ["8910"] = Protection((p, _, _, y) => !CinCodes.CategoryOfAbuse.Contains(p.LatestCategoryOfAbuse.Value, y.Year), p => p.LatestCategoryOfAbuse),
        ["8915"] = Protection((p, _, c, _) => p.CPPstartDate.Value > c.PersonDeathDate.Value, p => p.CPPstartDate),
        ["8920"] = Protection((p, _, c, _) => p.CPPendDate.Value > c.PersonDeathDate.Value, p => p.CPPendDate),
        ["8925"] = Protection((p, _, _, _) => p.CPPendDate.Value < p.CPPstartDate.Value, p => p.CPPendDate),
        ["8930"] = Protection((p, _, _, y) => p.CPPendDate.Value is { } end && !y.Covers(end), p => p.CPPendDate),
        ["8935"] = Child((c, _) => ProtectionPlans(c).Count(p => !p.CPPendDate.IsGiven) > 1, c => ProtectionPlans(c).FindLast(p => !p.CPPendDate.IsGiven)!.CPPstartDate),
        ["8940"] = (c, y, found) =>
        {
            var plans = ProtectionPlans(c);
            if (plans.Count < 2) return;
            var spans = SpansOf(plans, y);
            for (var item = 0; item < plans.Count; item++)
                if (spans.Hold(plans[item].CPPstartDate.Value, except: item)) found(plans[item].CPPstartDate.ToString());
        },
    };

    public static IReadOnlyDictionary<string, Func<WholeReturnRule>> OnTheReturn { get; } = new Dictionary<string, Func<WholeReturnRule>>
    {
        ["100"] = () => new ReferenceDateIsTheYearEnd(),
        ["1520"] = () => new NoTwoAlike(c => c.UPN.Value),
        ["8510"] = () => new NoTwoAlike(c => c.LAchildID.Value),
        ["2883"] = () => new NoMorePlansThanConferences(),
        ["2886Q"] = () => new FewWithoutSex(),
        ["2887Q"] = () => new ManyDisabilityCodes(),
        ["2888Q"] = () => new SomeWithSeveralDisabilities(),
    };

    // -------------------------------------------------------------------- what the rules ask

    /// <summary>
    /// Of school age is a child who is four by the end of the August after the year; not being of school age (UN1) is then no reason for having
    /// no UPN. Until 2023-24 any known reason would do.
    /// </summary>
    private static bool LacksUpnAtSchoolAge(CinChild c, CinYear y)
    {
        if (c.UPN.IsGiven || !c.CINdetails.Exists(d => d.ReferralNFA.Value == false)) return false;
        if (y.Year < 2025) return c.PersonBirthDate.Value <= y.End.AddYears(-5) && !CinCodes.UpnUnknown.Contains(c.UPNunknown.Value);
        return c.PersonBirthDate.Value <= new DateOnly(y.End.Year - 4, 8, 31)
            && (c.UPNunknown.Value == "UN1" || !CinCodes.UpnUnknown.Contains(c.UPNunknown.Value));
    }

    /// <summary>A referral that led somewhere and has not been closed.</summary>
    private static bool IsOpen(CinDetails d) => !d.CINclosureDate.IsGiven && d.ReferralNFA.Value == false;

    /// <summary>An enquiry that has led neither to a conference nor to the decision that none is needed.</summary>
    private static bool IsOpen(CinSection47 s) => !s.DateOfInitialCPC.IsGiven && s.ICPCnotRequired.Value != true;

    private static DateOnly? LastActivity(CinDetails d)
    {
        DateOnly? last = d.DateOfInitialCPC.Value;
        void Or(DateOnly? date)
        {
            if (last is null || date > last) last = date ?? last;
        }
        foreach (var a in d.Assessments)
        {
            Or(a.AssessmentActualStartDate.Value);
            Or(a.AssessmentAuthorisationDate.Value);
        }
        foreach (var s in d.Section47)
        {
            Or(s.S47ActualStartDate.Value);
            Or(s.DateOfInitialCPC.Value);
        }
        foreach (var p in d.ChildProtectionPlans) Or(p.CPPendDate.Value);
        foreach (var p in d.CINPlanDates)
        {
            Or(p.CINPlanStartDate.Value);
            Or(p.CINPlanEndDate.Value);
        }
        return last;
    }

    private static bool IsWeekend(DateOnly? date) => date?.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static bool HasTwice(List<TextField> codes)
    {
        if (codes.Count < 2) return false;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return codes.Exists(code => code.Value is { } value && !seen.Add(value));
    }

    private static string Joined(List<TextField> codes) => string.Join(' ', codes.Take(20));

    private static List<CinPlan> Plans(CinChild c) => c.CINdetails.Count == 1 ? c.CINdetails[0].CINPlanDates : [.. c.CINdetails.SelectMany(d => d.CINPlanDates)];

    private static List<CinProtectionPlan> ProtectionPlans(CinChild c) =>
        c.CINdetails.Count == 1 ? c.CINdetails[0].ChildProtectionPlans : [.. c.CINdetails.SelectMany(d => d.ChildProtectionPlans)];

    /// <summary>What has no end goes on until the reference date; of an end that cannot be read nothing is said, so the span is left out.</summary>
    private static DateOnly End(Field<DateOnly> end, CinYear y) => end.Value ?? (end.IsGiven ? DateOnly.MinValue : y.StillOpen);

    private static Spans SpansOf(List<CinPlan> plans, CinYear y)
    {
        var spans = new Spans();
        for (var item = 0; item < plans.Count; item++) spans.Add(item, plans[item].CINPlanStartDate.Value, End(plans[item].CINPlanEndDate, y));
        return spans;
    }

    private static Spans SpansOf(List<CinProtectionPlan> plans, CinYear y)
    {
        var spans = new Spans();
        for (var item = 0; item < plans.Count; item++) spans.Add(item, plans[item].CPPstartDate.Value, End(plans[item].CPPendDate, y));
        return spans;
    }

    // -------------------------------------------------------------------- shapes of rules

    private static ChildRule Child(Func<CinChild, CinYear, bool> fails, Func<CinChild, object?> value) => (c, y, found) =>
    {
        if (fails(c, y)) found(value(c)?.ToString());
    };

    private static ChildRule Episode(Func<CinDetails, CinChild, CinYear, bool> fails, Func<CinDetails, object?> value) => (c, y, found) =>
    {
        foreach (var d in c.CINdetails)
            if (fails(d, c, y)) found(value(d)?.ToString());
    };

    private static ChildRule Assessment(Func<CinAssessment, CinDetails, CinYear, bool> fails, Func<CinAssessment, object?> value) => (c, y, found) =>
    {
        foreach (var d in c.CINdetails)
            foreach (var a in d.Assessments)
                if (fails(a, d, y)) found(value(a)?.ToString());
    };

    private static ChildRule Enquiry(Func<CinSection47, CinDetails, CinYear, bool> fails, Func<CinSection47, object?> value) => (c, y, found) =>
    {
        foreach (var d in c.CINdetails)
            foreach (var s in d.Section47)
                if (fails(s, d, y)) found(value(s)?.ToString());
    };

    private static ChildRule Plan(Func<CinPlan, CinDetails, CinChild, CinYear, bool> fails, Func<CinPlan, object?> value) => (c, y, found) =>
    {
        foreach (var d in c.CINdetails)
            foreach (var p in d.CINPlanDates)
                if (fails(p, d, c, y)) found(value(p)?.ToString());
    };

    private static ChildRule Protection(Func<CinProtectionPlan, CinDetails, CinChild, CinYear, bool> fails, Func<CinProtectionPlan, object?> value) => (c, y, found) =>
    {
        foreach (var d in c.CINdetails)
            foreach (var p in d.ChildProtectionPlans)
                if (fails(p, d, c, y)) found(value(p)?.ToString());
    };

    private static ChildRule Both(ChildRule one, ChildRule other) => (c, y, found) =>
    {
        one(c, y, found);
        other(c, y, found);
    };
}
