using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChildrensInfo.Tests.Core.Returns;

public class CinCensusCheckTests
{
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));

    private static (List<CinChild> Loaded, List<Rejection> Rejected) Check(CinFile file, TimeProvider? clock = null)
    {
        using var reader = new CinCensusReader(file.Stream());
        var check = new CinCensusCheck(reader.Header, clock ?? Clock);
        var rejected = new List<Rejection>();
        var loaded = new List<CinChild>();
        foreach (var child in reader.ReadChildren())
            if (check.Check(child, rejected) is { } accepted) loaded.Add(accepted);
        Assert.Equal(loaded.Count, check.ChildrenAccepted);
        return (loaded, rejected);
    }

    [Fact]
    public void A_sound_return_loads_whole()
    {
        var (loaded, rejected) = Check(new CinFile());

        Assert.Empty(rejected);
        var child = Assert.Single(loaded);
        var details = Assert.Single(child.CINdetails);
        Assert.Equal((2, 1, 1, 1, 1, 2), (child.Disability.Count, details.Assessments.Count, details.CINPlanDates.Count, details.Section47.Count,
          details.ChildProtectionPlans.Count, details.ChildProtectionPlans[0].CPPreviewDate.Count));
    }

    [Theory]
    [InlineData("LAchildID", "", LeftOut.Child, "no LAchildID")]
    [InlineData("LAchildID", "12345678901234567890123456789012345678901", LeftOut.Child, "longer than 40")]
    [InlineData("PersonBirthDate", "", LeftOut.Child, "neither a date of birth")]
    [InlineData("PersonBirthDate", "10/06/2015", LeftOut.Child, "not a date")]
    [InlineData("PersonBirthDate", "1899-12-30", LeftOut.Child, "before 1980")]
    [InlineData("PersonBirthDate", "2026-04-01", LeftOut.Child, "after the end of the return's year")]
    [InlineData("CINreferralDate", "", LeftOut.Episode, "no referral date")]
    [InlineData("CINreferralDate", "2026-04-01", LeftOut.Episode, "after the end of the return's year")]
    [InlineData("CINreferralDate", "2025-02-29", LeftOut.Episode, "not a date")]
    [InlineData("ReferralNFA", "maybe", LeftOut.Episode, "neither yes")]
    [InlineData("AssessmentAuthorisationDate", "2025-05-05", LeftOut.Event, "before the start, 2025-05-06")]
    [InlineData("AssessmentActualStartDate", "2027-01-01", LeftOut.Event, "after the end")]
    [InlineData("CINPlanStartDate", "", LeftOut.Event, "no start date")]
    [InlineData("S47ActualStartDate", "06/05/2025", LeftOut.Event, "not a date")]
    [InlineData("CPPstartDate", "2026-05-01", LeftOut.Event, "after the end")]
    [InlineData("CPPreviewDate", "2025-08-20", LeftOut.Event, "before the plan starts")]
    [InlineData("Ethnicity", "XXXX", LeftOut.Value, "not in the Department’s code list")]
    [InlineData("Disability", "ZZ", LeftOut.Value, "not in the Department’s code list")]
    [InlineData("Sex", "Q", LeftOut.Value, "not in the Department’s code list")]
    [InlineData("PrimaryNeedCode", "N99", LeftOut.Value, "not in the Department’s code list")]
    [InlineData("ReferralSource", "99", LeftOut.Value, "not in the Department’s code list")]
    [InlineData("AssessmentFactors", "RB", LeftOut.Value, "not in the Department’s code list")]
    [InlineData("InitialCategoryOfAbuse", "BAD", LeftOut.Value, "not in the Department’s code list")]
    [InlineData("NumberOfPreviousCPP", "-1", LeftOut.Value, "not a number")]
    [InlineData("InitialCPCtarget", "soon", LeftOut.Value, "not a date")]
    public void Only_what_cannot_be_loaded_is_left_out_and_listed(string field, string value, LeftOut leftOut, string reason)
    {
        var (loaded, rejected) = Check(new CinFile().Set(field, value));

        var rejection = Assert.Single(rejected);
        Assert.Equal((field, value, leftOut, 1), (rejection.Field, rejection.Value ?? "", rejection.LeftOut, rejection.Position));
        Assert.Contains(reason, rejection.Reason, StringComparison.Ordinal);
        Assert.Equal(leftOut == LeftOut.Child ? 0 : 1, loaded.Count);
        if (leftOut != LeftOut.Child) Assert.Equal(leftOut == LeftOut.Episode ? 0 : 1, loaded[0].CINdetails.Count);
        if (leftOut is LeftOut.Event or LeftOut.Value) Assert.DoesNotContain(field, Written(loaded[0], value), StringComparer.Ordinal);
    }

    /// <summary>The fields whose value is still in what would be loaded. The text of one that is left out stands beside it, for it is not blank.</summary>
    private static IEnumerable<string> Written(CinChild child, string value)
    {
        var details = child.CINdetails.Single();
        (string, string?)[] all =
        [
            ("Ethnicity", child.Ethnicity.Value), ("Sex", child.Sex.Value), .. child.Disability.Select(code => ("Disability", code.Value)),
            ("PrimaryNeedCode", details.PrimaryNeedCode.Value), ("ReferralSource", details.ReferralSource.Value),
            .. details.Assessments.SelectMany(a => a.AssessmentFactors.Select(code => ("AssessmentFactors", code.Value))
                .Append(("AssessmentActualStartDate", Read(a.AssessmentActualStartDate))).Append(("AssessmentAuthorisationDate", Read(a.AssessmentAuthorisationDate)))),
            .. details.CINPlanDates.Select(plan => ("CINPlanStartDate", Read(plan.CINPlanStartDate))),
            .. details.Section47.SelectMany(s => new[] { ("S47ActualStartDate", Read(s.S47ActualStartDate)), ("InitialCPCtarget", Read(s.InitialCPCtarget)) }),
            .. details.ChildProtectionPlans.SelectMany(p => p.CPPreviewDate.Select(review => ("CPPreviewDate", Read(review)))
                .Append(("CPPstartDate", Read(p.CPPstartDate))).Append(("InitialCategoryOfAbuse", p.InitialCategoryOfAbuse.Value)).Append(("NumberOfPreviousCPP", Read(p.NumberOfPreviousCPP)))),
        ];
        return all.Where(pair => pair.Item2 == value).Select(pair => pair.Item1);

        static string? Read<T>(Field<T> field) where T : struct => field.Value is null ? null : field.Raw;
    }

    [Fact]
    public void An_episode_that_closes_before_its_referral_is_left_out_and_the_childs_others_load()
    {
        var file = new CinFile().Add("CINdetails", "<CINclosureDate>2025-05-05</CINclosureDate>");
        file.First("Child").Add(new CinFile().First("CINdetails"));

        var (loaded, rejected) = Check(file);

        Assert.Equal(("CINclosureDate", LeftOut.Episode), (rejected.Single().Field, rejected.Single().LeftOut));
        Assert.Single(loaded.Single().CINdetails);
    }

    [Fact]
    public void Closing_on_the_day_of_referral_and_the_last_day_of_the_year_are_no_fault()
    {
        Assert.Empty(Check(new CinFile().Add("CINdetails", "<CINclosureDate>2025-05-06</CINclosureDate>")).Rejected);
        Assert.Empty(Check(new CinFile().Set("PersonBirthDate", "2026-03-31")).Rejected);
    }

    [Fact]
    public void The_second_child_with_an_id_is_left_out()
    {
        var file = new CinFile();
        file.Children.Add(new CinFile().Set("LAchildID", "INVENTED1").First("Child"));

        var (loaded, rejected) = Check(file);

        Assert.Equal(1, loaded.Single().Position);
        Assert.Equal((2, LeftOut.Child, "LAchildID"), (rejected.Single().Position, rejected.Single().LeftOut, rejected.Single().Field));
    }

    [Fact]
    public void A_faulty_first_record_does_not_take_the_id_from_a_sound_second_one()
    {
        var file = new CinFile().Set("PersonBirthDate", "soon");
        file.Children.Add(new CinFile().First("Child"));

        Assert.Equal(2, Check(file).Loaded.Single().Position);
    }

    [Theory]
    [InlineData("2026-12-31", 0)]
    [InlineData("2027-03-31", 1)]
    [InlineData("soon", 1)]
    public void An_expected_child_loads_when_the_date_is_within_reach(string expected, int rejections)
    {
        var file = new CinFile().Remove("PersonBirthDate").Add("ChildIdentifiers", $"<ExpectedPersonBirthDate>{expected}</ExpectedPersonBirthDate>");

        var (loaded, rejected) = Check(file);

        Assert.Equal(rejections, rejected.Count);
        Assert.Equal(1 - rejections, loaded.Count);
    }

    [Fact]
    public void Today_bounds_a_return_whose_year_is_still_running()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 2, 16, 0, 0, 0, TimeSpan.Zero));

        Assert.Empty(Check(new CinFile(), clock).Rejected);
        clock = new FakeTimeProvider(new DateTimeOffset(2026, 2, 15, 0, 0, 0, TimeSpan.Zero));
        var rejection = Check(new CinFile(), clock).Rejected.Single();
        Assert.Equal(("CPPreviewDate", "The date is in the future."), (rejection.Field, rejection.Reason));
    }

    [Fact]
    public void What_is_left_out_does_not_change_the_child_that_was_read()
    {
        using var reader = new CinCensusReader(new CinFile().Set("PrimaryNeedCode", "N99").Stream());
        var child = reader.TryRead()!;

        new CinCensusCheck(reader.Header, Clock).Check(child, new List<Rejection>());

        Assert.Equal("N99", child.CINdetails.Single().PrimaryNeedCode.Value);
    }

    [Fact]
    public void The_code_lists_are_those_of_the_census()
    {
        Assert.Equal((20, 13, 22, 10, 9, 5, 7), (CinCodes.Ethnicity.Codes.Count, CinCodes.Disability.Codes.Count, CinCodes.ReferralSource.Codes.Count,
          CinCodes.PrimaryNeed.Codes.Count, CinCodes.ReasonForClosure.Codes.Count, CinCodes.CategoryOfAbuse.Codes.Count, CinCodes.UpnUnknown.Codes.Count));
        Assert.Equal("Abuse, neglect and exploitation", CinCodes.PrimaryNeed.Label("N1"));
        Assert.Equal("UN1", CinCodes.UpnUnknown.Label("UN1"));
        Assert.True(CinCodes.ReasonForClosure.Contains("RC9", 2026));
        Assert.False(CinCodes.ReasonForClosure.Contains("RC9", 2022));
        Assert.False(CinCodes.PrimaryNeed.Contains("n1"));
    }
}
