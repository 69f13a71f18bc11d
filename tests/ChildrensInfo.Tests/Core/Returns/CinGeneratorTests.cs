using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Returns.CinCensus.Rules;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChildrensInfo.Tests.Core.Returns;

public class CinGeneratorTests
{
    private static (byte[] Bytes, IReadOnlyList<(string ChildId, string Defect)> Defects) Make(CinGeneratorOptions options, DateOnly? year = null)
    {
        using var stream = new MemoryStream();
        var generator = new CinGenerator(options);
        var defects = year is { } date ? generator.Write(stream, date) : generator.Write(stream);
        return (stream.ToArray(), defects);
    }

    private static CinValidator Validate(byte[] bytes)
    {
        using var reader = new CinCensusReader(new MemoryStream(bytes));
        var validator = CinValidator.Run(reader);
        Assert.Empty(reader.UnknownElements);
        return validator;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_return_without_defects_breaks_no_rule_and_loads_whole(int seed)
    {
        var options = new CinGeneratorOptions { Children = 3_000, Seed = seed };
        var (bytes, _) = Make(options);

        var validator = Validate(bytes);
        using var reader = new CinCensusReader(new MemoryStream(bytes));
        var check = new CinCensusCheck(reader.Header, new FakeTimeProvider(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)));
        var rejected = new List<Rejection>();
        foreach (var child in reader.ReadChildren()) check.Check(child, rejected);

        Assert.Equal(3_000, validator.Children);
        Assert.Empty(validator.Findings.Where(finding => finding.Rule.Severity == Severity.Error).Select(finding => (finding.Rule.Code, finding.Child, finding.Value)));
        Assert.Empty(rejected);
    }

    [Fact]
    public void Successive_years_agree_about_the_same_children_and_each_is_a_sound_return()
    {
        var options = new CinGeneratorOptions { Children = 2_000, Seed = 3, Years = 3, AsOf = new DateOnly(2026, 11, 20) };
        var generator = new CinGenerator(options);
        Assert.Equal([new DateOnly(2025, 3, 31), new DateOnly(2026, 3, 31), new DateOnly(2027, 3, 31)], generator.ReferenceDates);

        var births = new Dictionary<string, DateOnly>();
        var referrals = new HashSet<(string, DateOnly)>();
        foreach (var year in generator.ReferenceDates)
        {
            var (bytes, _) = Make(options, year);
            var children = CinFile.Read(new MemoryStream(bytes));
            Assert.InRange(children.Count, 500, 2_000);
            foreach (var child in children)
            {
                var born = (child.PersonBirthDate.Value ?? child.ExpectedPersonBirthDate.Value)!.Value;
                Assert.Equal(born, births.GetValueOrDefault(child.LAchildID.Value!, born));
                births[child.LAchildID.Value!] = born;
                foreach (var details in child.CINdetails)
                {
                    Assert.True(details.CINreferralDate.Value <= options.AsOf);
                    referrals.Add((child.LAchildID.Value!, details.CINreferralDate.Value!.Value));
                }
            }
            // Of a year that is still running, the rules can only say that its latest collection is not this one.
            if (year <= new DateOnly(2026, 3, 31))
                Assert.Empty(Validate(bytes).Findings.Where(finding => finding.Rule.Severity == Severity.Error).Select(finding => (finding.Rule.Code, finding.Child, finding.Value)));
        }
        Assert.Equal(2_000, births.Count);
        Assert.InRange(referrals.Count, 2_001, 3_000);
    }

    [Fact]
    public void The_same_options_make_the_same_bytes_and_another_seed_makes_others()
    {
        var options = new CinGeneratorOptions { Children = 50, Seed = 9, DefectShare = 0.2 };

        Assert.Equal(Make(options).Bytes, Make(options).Bytes);
        Assert.NotEqual(Make(options).Bytes, Make(options with { Seed = 10 }).Bytes);
    }

    [Fact]
    public void Every_defect_put_in_is_found_by_its_rule_and_other_children_stay_sound()
    {
        var (bytes, defects) = Make(new CinGeneratorOptions { Children = 4_000, Seed = 5, DefectShare = 0.2 });

        var errors = Validate(bytes).Findings.Where(finding => finding.Rule.Severity == Severity.Error).ToList();
        var rules = errors.ToLookup(finding => finding.Child, finding => finding.Rule.Code);

        Assert.Equal(CinGenerator.Defects.Keys.Order(), defects.Select(defect => defect.Defect).Distinct().Order());
        Assert.All(defects, defect => Assert.Contains(CinGenerator.Defects[defect.Defect], rules[defect.ChildId]));
        Assert.Subset(defects.Select(defect => (string?)defect.ChildId).ToHashSet(), errors.Select(finding => finding.Child).ToHashSet());
    }

    [Fact]
    public void The_shares_are_those_of_the_published_figures()
    {
        var children = CinFile.Read(new MemoryStream(Make(new CinGeneratorOptions { Children = 10_000, Seed = 4 }).Bytes));
        var episodes = children.SelectMany(child => child.CINdetails).Where(details => details.ReferralNFA.Value == false).ToList();
        double Share(Func<CinDetails, bool> which) => episodes.Count(which) / (double)episodes.Count;

        Assert.InRange(Share(details => details.PrimaryNeedCode.Value == "N1"), 0.55, 0.61); // 58.1 % in 2024
        Assert.InRange(children.Count(child => child.Disability.Exists(code => code.Value != "NONE")) / 10_000.0, 0.12, 0.15); // 13.6 %
        var assessments = episodes.SelectMany(details => details.Assessments).Where(assessment => assessment.AssessmentAuthorisationDate.Value is not null).ToList();
        var inTime = assessments.Count(a => a.AssessmentAuthorisationDate.Value!.Value.DayNumber - a.AssessmentActualStartDate.Value!.Value.DayNumber <= 63) / (double)assessments.Count;
        Assert.InRange(inTime, 0.80, 0.90); // 84.5 % within 45 working days
    }
}
