namespace ChildrensInfo.Core.Returns.CinCensus;

/// <summary>
/// What keeps a child, an episode, an event or a value of a return from being loaded. These are not the Department's rules (see
/// <c>Rules</c>), which judge a return that was loaded: here only what would put something false or meaningless into the records is left out,
/// as little of it as can be, and listed. One instance per file, children in the file's order.
/// </summary>
public sealed class CinCensusCheck(CinHeader header, TimeProvider clock, CodeMap? codes = null)
{
    public const int MaxIdLength = 40;

    private readonly CodeMap codes = codes ?? CodeMap.None;

    /// <summary>Nobody whom a return speaks about was born before this; an earlier date is a slip or a system's empty date.</summary>
    public static readonly DateOnly Earliest = new(1980, 1, 1);

    private readonly HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly DateOnly today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    /// <summary>The last day an event may have happened on: the return's year end, or today when that is earlier.</summary>
    public DateOnly LastDay { get; } = LastDayOf(header, clock);

    public int ChildrenAccepted { get; private set; }
    public int ChildrenRejected { get; private set; }

    /// <param name="rejections">Receives a line for everything left out.</param>
    /// <returns>
    /// The child with only what may be loaded, or null when the whole child is left out. A value that is left out keeps its text, so that it is not taken for one that the return
    /// leaves blank. The child given stays as it was.
    /// </returns>
    public CinChild? Check(CinChild child, ICollection<Rejection> rejections)
    {
        var log = new Log(child, rejections);
        var accepted = MayLoad(child, log) ? Clean(child, log) : null;
        if (accepted is null) ChildrenRejected++;
        else ChildrenAccepted++;
        return accepted;
    }

    private bool MayLoad(CinChild child, Log log)
    {
        if (child.LAchildID.Value is not { } id)
            return log.Child("LAchildID", null, "The child has no LAchildID, so the record cannot be matched to a child.");
        if (id.Length > MaxIdLength)
            return log.Child("LAchildID", id, $"The LAchildID is longer than {MaxIdLength} characters.");
        if (!child.PersonBirthDate.IsGiven && !child.ExpectedPersonBirthDate.IsGiven)
            return log.Child("PersonBirthDate", null, "There is neither a date of birth nor an expected date of birth.");
        if (Fault(child.PersonBirthDate) is { } birth)
            return log.Child("PersonBirthDate", child.PersonBirthDate.Raw, birth);
        if (!child.PersonBirthDate.IsGiven && child.ExpectedPersonBirthDate.IsUnreadable)
            return log.Child("ExpectedPersonBirthDate", child.ExpectedPersonBirthDate.Raw, "This is not a date written year-month-day.");
        if (!child.PersonBirthDate.IsGiven && (child.ExpectedPersonBirthDate.Value < Earliest || child.ExpectedPersonBirthDate.Value > LastDay.AddMonths(10)))
            return log.Child("ExpectedPersonBirthDate", child.ExpectedPersonBirthDate.Raw, "No child known by the end of the return's year can be expected on this date.");
        // Last, so that a faulty first record does not take the id from a sound second one.
        if (!seen.Add(id))
            return log.Child("LAchildID", id, "The file holds this LAchildID more than once. The first record was kept.");
        return true;
    }

    private CinChild Clean(CinChild child, Log log)
    {
        var birth = child.PersonBirthDate.Value;
        var clean = child with
        {
            ExpectedPersonBirthDate = child.PersonBirthDate.IsGiven && child.ExpectedPersonBirthDate.IsUnreadable
            ? Without(child.ExpectedPersonBirthDate, "ExpectedPersonBirthDate", "This is not a date written year-month-day.", log)
            : child.ExpectedPersonBirthDate,
            PersonDeathDate = Fault(child.PersonDeathDate) is { } death ? Without(child.PersonDeathDate, "PersonDeathDate", death, log)
            : child.PersonDeathDate.Value < birth ? Without(child.PersonDeathDate, "PersonDeathDate", "The date of death is before the date of birth.", log)
            : child.PersonDeathDate,
            Ethnicity = Known(child.Ethnicity, "Ethnicity", log),
            Disability = [.. child.Disability.Select(code => Known(code, "Disability", log)).Where(code => code.IsGiven || code.IsUnreadable).Distinct()],
            CINdetails = [],
        };
        if (child.Sex.IsGiven && child.SexCode is null) clean.Sex = Known(child.Sex, "Sex", log);
        if (child.GenderCurrent.IsGiven && !child.Sex.IsGiven && child.SexCode is null) clean.GenderCurrent = Without(child.GenderCurrent, "GenderCurrent", log);

        foreach (var details in child.CINdetails)
            if (CleanEpisode(details, log) is { } episode) clean.CINdetails.Add(episode);
        return clean;
    }

    private CinDetails? CleanEpisode(CinDetails details, Log log)
    {
        if (!details.CINreferralDate.IsGiven)
            return log.Episode("CINreferralDate", details.CINreferralDate.Raw, "The episode has no referral date.");
        if (Fault(details.CINreferralDate) is { } referral)
            return log.Episode("CINreferralDate", details.CINreferralDate.Raw, referral);
        if (Fault(details.CINclosureDate) is { } closure)
            return log.Episode("CINclosureDate", details.CINclosureDate.Raw, closure);
        if (details.CINclosureDate.Value < details.CINreferralDate.Value)
            return log.Episode("CINclosureDate", details.CINclosureDate.Raw, $"The episode closes before its referral date, {details.CINreferralDate}.");
        if (details.ReferralNFA.IsUnreadable)
            return log.Episode("ReferralNFA", details.ReferralNFA.Raw, "This is neither yes (1, true) nor no (0, false), so it is not known whether the referral led to anything.");

        var clean = details with
        {
            ReferralSource = Known(details.ReferralSource, "ReferralSource", log),
            PrimaryNeedCode = Known(details.PrimaryNeedCode, "PrimaryNeedCode", log),
            ReasonForClosure = Known(details.ReasonForClosure, "ReasonForClosure", log),
            DateOfInitialCPC = Fault(details.DateOfInitialCPC) is { } conference
            ? Without(details.DateOfInitialCPC, "DateOfInitialCPC", conference, log)
            : details.DateOfInitialCPC,
            Assessments = [],
            CINPlanDates = [],
            Section47 = [],
            ChildProtectionPlans = [],
            PreProceedings = [.. details.PreProceedings.Select(stage => CleanPreProceedings(stage, log))],
        };
        foreach (var assessment in details.Assessments)
        {
            if (!Happened("AssessmentActualStartDate", assessment.AssessmentActualStartDate, "AssessmentAuthorisationDate", assessment.AssessmentAuthorisationDate, log)) continue;
            clean.Assessments.Add(assessment with
            {
                AssessmentFactors = [.. assessment.AssessmentFactors
          .Select(code => Known(code, "AssessmentFactors", log)).Where(code => code.IsGiven || code.IsUnreadable).Distinct()],
                AssessmentInternalReviewDate = assessment.AssessmentInternalReviewDate.IsUnreadable
                ? Without(assessment.AssessmentInternalReviewDate, "AssessmentInternalReviewDate", "This is not a date written year-month-day.", log)
                : assessment.AssessmentInternalReviewDate,
            });
        }
        foreach (var plan in details.CINPlanDates)
            if (Happened("CINPlanStartDate", plan.CINPlanStartDate, "CINPlanEndDate", plan.CINPlanEndDate, log)) clean.CINPlanDates.Add(plan);
        foreach (var enquiry in details.Section47)
        {
            if (!Happened("S47ActualStartDate", enquiry.S47ActualStartDate, "DateOfInitialCPC", enquiry.DateOfInitialCPC, log)) continue;
            clean.Section47.Add(enquiry.InitialCPCtarget.IsUnreadable
              ? enquiry with { InitialCPCtarget = Without(enquiry.InitialCPCtarget, "InitialCPCtarget", "This is not a date written year-month-day.", log) }
              : enquiry);
        }
        foreach (var plan in details.ChildProtectionPlans)
        {
            if (!Happened("CPPstartDate", plan.CPPstartDate, "CPPendDate", plan.CPPendDate, log)) continue;
            var reviews = new List<Field<DateOnly>>();
            foreach (var review in plan.CPPreviewDate)
            {
                var wrong = Fault(review) ?? (review.Value < plan.CPPstartDate.Value ? $"The review is before the plan starts, {plan.CPPstartDate}." : null);
                if (wrong is not null) log.Event("CPPreviewDate", review.Raw, wrong);
                if (review.IsGiven) reviews.Add(wrong is null ? review : review with { Value = null });
            }
            clean.ChildProtectionPlans.Add(plan with
            {
                CPPreviewDate = reviews,
                InitialCategoryOfAbuse = Known(plan.InitialCategoryOfAbuse, "InitialCategoryOfAbuse", log),
                LatestCategoryOfAbuse = Known(plan.LatestCategoryOfAbuse, "LatestCategoryOfAbuse", log),
                NumberOfPreviousCPP = plan.NumberOfPreviousCPP.IsUnreadable || plan.NumberOfPreviousCPP.Value < 0
                ? Without(plan.NumberOfPreviousCPP, "NumberOfPreviousCPP", "This is not a number of plans.", log)
                : plan.NumberOfPreviousCPP,
            });
        }
        return clean;
    }

    private CinPreProceedings CleanPreProceedings(CinPreProceedings stage, Log log)
    {
        Field<DateOnly> Day(Field<DateOnly> given, string field) => Fault(given) is { } fault ? Without(given, field, fault, log) : given;
        return stage with
        {
            PPStartDate = Day(stage.PPStartDate, nameof(stage.PPStartDate)),
            LBPSentDate = Day(stage.LBPSentDate, nameof(stage.LBPSentDate)),
            InitialPPMeetingDate = Day(stage.InitialPPMeetingDate, nameof(stage.InitialPPMeetingDate)),
            StepDecisionDate = Day(stage.StepDecisionDate, nameof(stage.StepDecisionDate)),
            CourtAppDate = Day(stage.CourtAppDate, nameof(stage.CourtAppDate)),
            LetterInitCPDate = Day(stage.LetterInitCPDate, nameof(stage.LetterInitCPDate)),
        };
    }

    private bool Happened(string startName, Field<DateOnly> start, string endName, Field<DateOnly> end, Log log)
    {
        if (!start.IsGiven) return log.Event(startName, start.Raw, "There is no start date.");
        if (Fault(start) is { } startFault) return log.Event(startName, start.Raw, startFault);
        if (Fault(end) is { } endFault) return log.Event(endName, end.Raw, endFault);
        if (end.Value < start.Value) return log.Event(endName, end.Raw, $"This is before the start, {start}.");
        return true;
    }

    private string? Fault(Field<DateOnly> date)
    {
        if (date.IsUnreadable) return "This is not a date written year-month-day.";
        if (date.Value < Earliest) return $"The date is before {Earliest.Year}.";
        if (date.Value > LastDay)
            return LastDay == today ? "The date is in the future." : $"The date is after the end of the return's year, {LastDay:yyyy-MM-dd}.";
        return null;
    }

    private TextField Known(TextField code, string field, Log log) =>
        code.Value is null ? code
        : codes.Find(field, code.Value) is { } known ? new TextField(code.Raw, known)
        : Without(code, field, log);

    private static TextField Without(TextField code, string field, Log log)
    {
        log.Value(field, code.Raw, Rejection.UnknownCode);
        return code with { Value = null };
    }

    private static Field<T> Without<T>(Field<T> value, string field, string reason, Log log) where T : struct
    {
        log.Value(field, value.Raw, reason);
        return value with { Value = null };
    }

    private static DateOnly LastDayOf(CinHeader header, TimeProvider clock)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return header.YearEnd is { } end && end < today ? end : today;
    }

    private sealed class Log(CinChild child, ICollection<Rejection> rejections)
    {
        public bool Child(string field, string? value, string reason) => Add(field, value, reason, LeftOut.Child);
        public bool Event(string field, string? value, string reason) => Add(field, value, reason, LeftOut.Event);
        public void Value(string field, string? value, string reason) => Add(field, value, reason, LeftOut.Value);

        public CinDetails? Episode(string field, string? value, string reason)
        {
            Add(field, value, reason, LeftOut.Episode);
            return null;
        }

        private bool Add(string field, string? value, string reason, LeftOut leftOut)
        {
            rejections.Add(new Rejection(child.LAchildID.Value, child.Position, field, value, reason, leftOut));
            return false;
        }
    }
}
