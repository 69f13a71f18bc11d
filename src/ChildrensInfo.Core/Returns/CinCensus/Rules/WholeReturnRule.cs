using System.Globalization;

namespace ChildrensInfo.Core.Returns.CinCensus.Rules;

/// <summary>A fault that needs more than one child to be seen. <c>Child</c> is null when it is the whole return's.</summary>
internal readonly record struct ReturnFault(string? Child, int? Position, string? Value);

/// <summary>A rule about the whole return: sees every child once and speaks at the end. One instance for each return.</summary>
internal abstract class WholeReturnRule
{
    public virtual void See(CinChild child, CinYear year) { }

    public abstract IEnumerable<ReturnFault> Finish(CinHeader header, CinYear year);

    protected static ReturnFault Whole(object? value) => new(null, null, Convert.ToString(value, CultureInfo.InvariantCulture));
}

internal sealed class ReferenceDateIsTheYearEnd : WholeReturnRule
{
    public override IEnumerable<ReturnFault> Finish(CinHeader header, CinYear year)
    {
        if (header.ReferenceDate.Value != year.YearEnd) yield return Whole(header.ReferenceDate);
    }
}

/// <summary>Every child that shares the value with another is named, the first one too.</summary>
internal sealed class NoTwoAlike(Func<CinChild, string?> value) : WholeReturnRule
{
    private readonly Dictionary<string, (string? Child, int Position)> first = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> reported = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ReturnFault> faults = [];

    public override void See(CinChild child, CinYear year)
    {
        if (value(child) is not { } text || first.TryAdd(text, (child.LAchildID.Value, child.Position))) return;
        if (reported.Add(text)) faults.Add(new ReturnFault(first[text].Child, first[text].Position, text));
        faults.Add(new ReturnFault(child.LAchildID.Value, child.Position, text));
    }

    public override IEnumerable<ReturnFault> Finish(CinHeader header, CinYear year) => faults;
}

internal sealed class NoMorePlansThanConferences : WholeReturnRule
{
    private int plans;
    private int conferences;

    public override void See(CinChild child, CinYear year)
    {
        foreach (var details in child.CINdetails)
        {
            plans += details.ChildProtectionPlans.Count(plan => year.Covers(plan.CPPstartDate.Value));
            conferences += details.Section47.Count(enquiry => year.Covers(enquiry.DateOfInitialCPC.Value)) + (year.Covers(details.DateOfInitialCPC.Value) ? 1 : 0);
        }
    }

    public override IEnumerable<ReturnFault> Finish(CinHeader header, CinYear year)
    {
        if (plans > conferences) yield return Whole($"{plans} plans, {conferences} conferences");
    }
}

/// <summary>At most 2 per cent of the children, those expected not counted, may be without a recorded sex.</summary>
internal sealed class FewWithoutSex : WholeReturnRule
{
    private int children;
    private int without;

    public override void See(CinChild child, CinYear year)
    {
        children++;
        if (child.ExpectedPersonBirthDate.IsGiven) return;
        if (year.Year >= 2025 ? child.Sex.Value is null or "U" : child.GenderCurrent.Value is null or "0") without++;
    }

    public override IEnumerable<ReturnFault> Finish(CinHeader header, CinYear year)
    {
        if (without * 100L > children * 2L) yield return Whole($"{without} of {children} children");
    }
}

internal sealed class ManyDisabilityCodes : WholeReturnRule
{
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    public override void See(CinChild child, CinYear year)
    {
        foreach (var code in child.Disability)
            if (code.Value is { } value and not "NONE" && CinCodes.Disability.Contains(value)) used.Add(value);
    }

    public override IEnumerable<ReturnFault> Finish(CinHeader header, CinYear year)
    {
        if (used.Count < 8) yield return Whole($"{used.Count} codes");
    }
}

internal sealed class SomeWithSeveralDisabilities : WholeReturnRule
{
    private bool any;

    public override void See(CinChild child, CinYear year) => any = any || child.Disability.Count(code => code.IsGiven && code.Value != "NONE") > 1;

    public override IEnumerable<ReturnFault> Finish(CinHeader header, CinYear year)
    {
        if (!any) yield return Whole("no child");
    }
}
