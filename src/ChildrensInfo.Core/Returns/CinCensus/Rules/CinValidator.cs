namespace ChildrensInfo.Core.Returns.CinCensus.Rules;

/// <summary>
/// Checks a children in need return, child by child as it is read, against the rules of its collection year. A rule that stops with an error
/// is listed under <see cref="NotChecked"/>, never taken as kept.
/// </summary>
public sealed class CinValidator
{
    /// <summary>
    /// Not one of the numbered rules: the value is not of the kind that the census's schema asks for, so the numbered rules could not
    /// judge it. Nothing unreadable is passed over in silence.
    /// </summary>
    public const string SchemaRule = "schema";

    private readonly CinHeader header;
    private readonly List<(ReturnRule Rule, ChildRule Check)> onChildren = [];
    private readonly List<(ReturnRule Rule, WholeReturnRule Check)> onTheReturn = [];
    private readonly Dictionary<string, (int Times, int FirstPosition, string Fault)> stopped = [];
    private readonly Dictionary<string, ReturnRule> schemaRules = [];
    private readonly List<NotChecked> notChecked = [];
    private readonly List<Finding> findings = [];
    private bool finished;

    /// <param name="year">The year the collection ends in; null for the one the return says it is for.</param>
    public CinValidator(CinHeader header, int? year = null)
        : this(header, year, CinRules.OnChildren, CinRules.OnTheReturn) { }

    internal CinValidator(CinHeader header, int? year, IReadOnlyDictionary<string, ChildRule> childRules, IReadOnlyDictionary<string, Func<WholeReturnRule>> returnRules)
    {
        this.header = header;
        Year = CinYear.For(header, year);
        Rules = CinRulePack.For(Year.Year);
        foreach (var rule in Rules)
        {
            if (childRules.TryGetValue(rule.Code, out var check)) onChildren.Add((rule, check));
            else if (returnRules.TryGetValue(rule.Code, out var make)) onTheReturn.Add((rule, make()));
            else notChecked.Add(new NotChecked(rule.Code, "There is no check for this rule yet."));
        }
        if (header.ReferenceDate.IsUnreadable) Schema("ReferenceDate", null, header.ReferenceDate.Raw);
    }

    public CinYear Year { get; }

    public IReadOnlyList<ReturnRule> Rules { get; }

    public int Children { get; private set; }

    /// <summary>Those that have not been taken yet.</summary>
    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>Complete once <see cref="Finish"/> was called.</summary>
    public IReadOnlyList<NotChecked> NotChecked =>
        [.. notChecked, .. stopped.Select(pair => new NotChecked(pair.Key,
            pair.Value.FirstPosition == 0
                ? $"The check stopped with an error ({pair.Value.Fault})."
                : $"The check stopped with an error on {pair.Value.Times} of {Children} children, first at child {pair.Value.FirstPosition} of the file ({pair.Value.Fault})."))];

    public void Check(CinChild child)
    {
        Children++;
        CheckSchema(child);
        ReturnRule current = null!;
        void Found(string? value) => findings.Add(new Finding(current, child.LAchildID.Value, child.Position, Shown(value)));
        Action<string?> found = Found;
        foreach (var (rule, check) in onChildren)
        {
            current = rule;
            try
            {
                check(child, Year, found);
            }
#pragma warning disable CA1031 // Whatever stops a rule, the others are still to be checked and this one is not to count as kept.
            catch (Exception fault)
            {
                Stopped(rule, child.Position, fault);
            }
            // See above.
#pragma warning restore CA1031
        }
        foreach (var (rule, check) in onTheReturn)
        {
            try
            {
                check.See(child, Year);
            }
#pragma warning disable CA1031
            catch (Exception fault)
            {
                Stopped(rule, child.Position, fault);
            }
#pragma warning restore CA1031
        }
    }

    /// <summary>To be called once, after the last child: the rules about the whole return speak now.</summary>
    public void Finish()
    {
        if (finished) return;
        finished = true;
        foreach (var (rule, check) in onTheReturn)
        {
            try
            {
                foreach (var fault in check.Finish(header, Year)) findings.Add(new Finding(rule, fault.Child, fault.Position, Shown(fault.Value)));
            }
#pragma warning disable CA1031
            catch (Exception fault)
            {
                Stopped(rule, 0, fault);
            }
#pragma warning restore CA1031
        }
    }

    /// <summary>Hands the findings over as they come, so that a return with very many does not fill the memory.</summary>
    public IReadOnlyList<Finding> TakeFindings()
    {
        Finding[] taken = [.. findings];
        findings.Clear();
        return taken;
    }

    /// <summary>Reads and checks a whole return.</summary>
    /// <param name="everyChild">Called after each child, for progress; may throw to stop.</param>
    public static CinValidator Run(CinCensusReader reader, int? year = null, Action<int>? everyChild = null)
    {
        var validator = new CinValidator(reader.Header, year);
        while (reader.TryRead() is { } child)
        {
            validator.Check(child);
            everyChild?.Invoke(validator.Children);
        }
        validator.Finish();
        return validator;
    }

    // The type of the error only: its message may quote the return.
    private void Stopped(ReturnRule rule, int position, Exception fault) =>
        stopped[rule.Code] = stopped.TryGetValue(rule.Code, out var before)
            ? before with { Times = before.Times + 1 }
            : (1, position, fault.GetType().Name);

    private static string? Shown(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private void Schema(string field, CinChild? child, string? value)
    {
        if (!schemaRules.TryGetValue(field, out var rule))
        {
            rule = new ReturnRule(SchemaRule, Severity.Error, "Schema", [field],
                field is "ICPCnotRequired" ? "This is neither yes (1, true) nor no (0, false)."
                : field is "UPNunknown" ? "This reason for an unknown UPN is not in the code list (UN1 to UN7)."
                : "This is not a date written year-month-day, such as 2026-03-31. Rules about it were checked as if it were missing.");
            schemaRules[field] = rule;
        }
        findings.Add(new Finding(rule, child?.LAchildID.Value, child?.Position, value?.Trim()));
    }

    private void CheckSchema(CinChild child)
    {
        void Date(string field, Field<DateOnly> date)
        {
            if (date.IsUnreadable) Schema(field, child, date.Raw);
        }
        Date("PersonBirthDate", child.PersonBirthDate);
        Date("ExpectedPersonBirthDate", child.ExpectedPersonBirthDate);
        Date("PersonDeathDate", child.PersonDeathDate);
        if (child.UPNunknown.IsGiven && !CinCodes.UpnUnknown.Contains(child.UPNunknown.Value)) Schema("UPNunknown", child, child.UPNunknown.Raw);
        foreach (var details in child.CINdetails)
        {
            Date("CINreferralDate", details.CINreferralDate);
            Date("CINclosureDate", details.CINclosureDate);
            Date("DateOfInitialCPC", details.DateOfInitialCPC);
            foreach (var assessment in details.Assessments)
            {
                Date("AssessmentActualStartDate", assessment.AssessmentActualStartDate);
                Date("AssessmentInternalReviewDate", assessment.AssessmentInternalReviewDate);
                Date("AssessmentAuthorisationDate", assessment.AssessmentAuthorisationDate);
            }
            foreach (var plan in details.CINPlanDates)
            {
                Date("CINPlanStartDate", plan.CINPlanStartDate);
                Date("CINPlanEndDate", plan.CINPlanEndDate);
            }
            foreach (var enquiry in details.Section47)
            {
                Date("S47ActualStartDate", enquiry.S47ActualStartDate);
                Date("InitialCPCtarget", enquiry.InitialCPCtarget);
                Date("DateOfInitialCPC", enquiry.DateOfInitialCPC);
                if (enquiry.ICPCnotRequired.IsUnreadable) Schema("ICPCnotRequired", child, enquiry.ICPCnotRequired.Raw);
            }
            foreach (var plan in details.ChildProtectionPlans)
            {
                Date("CPPstartDate", plan.CPPstartDate);
                Date("CPPendDate", plan.CPPendDate);
                foreach (var review in plan.CPPreviewDate) Date("CPPreviewDate", review);
            }
        }
    }
}
