using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Returns.CinCensus;
using Xunit;

namespace ChildrensInfo.Tests.Core.Research;

public class VariableCatalogueTests
{
    private static readonly DateOnly Day = new(2026, 6, 1);

    private readonly VariableCatalogue catalogue = new(Day);

    [Theory]
    [InlineData("given_name")]
    [InlineData("born_on")]
    [InlineData("AGE_BAND")]
    [InlineData("")]
    public void A_column_that_is_not_in_the_register_cannot_leave(string key) =>
        Assert.Throws<InvalidOperationException>(() => catalogue.Choose([VariableCatalogue.Sex, key]));

    [Fact]
    public void Every_code_of_every_level_is_described_and_levels_nest_to_nothing_given()
    {
        foreach (var variable in catalogue.All)
        {
            Assert.NotEmpty(variable.Definition);
            Assert.NotEmpty(variable.Source);
            foreach (var level in variable.Levels)
            {
                Assert.Equal(variable.Codes.Select(c => c.Value).Order(), level.FromFinest.Keys.Order());
                Assert.Equal(level.Codes.Select(c => c.Value).Order(), level.FromFinest.Values.Distinct().Order());
                Assert.All(level.Codes, c => Assert.NotEmpty(c.Label));
            }

            if (variable.Role == VariableRole.QuasiIdentifier) Assert.Equal([VariableCatalogue.Everything], variable.Levels[^1].Codes.Select(c => c.Value));
            else Assert.Single(variable.Levels);
        }
    }

    [Fact]
    public void Every_census_code_is_read_into_the_register()
    {
        foreach (var code in CinCodes.Ethnicity.Codes) Read(VariableCatalogue.EthnicityGroup, Facts() with { EthnicityCode = code.Value });
        foreach (var code in CinCodes.Sex.Codes) Read(VariableCatalogue.Sex, Facts() with { Sex = code.Value });
        foreach (var code in CinCodes.Disability.Codes) Read(VariableCatalogue.Disability, Facts() with { DisabilityCodes = [code.Value] });
        foreach (var code in CinCodes.PrimaryNeed.Codes.Where(c => c.Value != "N9")) Read(VariableCatalogue.PrimaryNeed, Facts() with { PrimaryNeedCode = code.Value });
        Assert.Throws<InvalidOperationException>(() => Read(VariableCatalogue.PrimaryNeed, Facts() with { PrimaryNeedCode = "N9" }));
        Assert.Throws<InvalidOperationException>(() => Read(VariableCatalogue.PrimaryNeed, Facts() with { PrimaryNeedCode = "ＮI" }));
        Assert.Equal("not_known", Read(VariableCatalogue.EthnicityGroup, Facts() with { EthnicityCode = null }));
    }

    [Theory]
    [InlineData("2026-06-01", "under_1")]
    [InlineData("2025-06-02", "under_1")]
    [InlineData("2025-06-01", "1_4")]
    [InlineData("2021-06-02", "1_4")]
    [InlineData("2021-06-01", "5_9")]
    [InlineData("2016-06-01", "10_15")]
    [InlineData("2010-06-02", "10_15")]
    [InlineData("2010-06-01", "16_plus")]
    [InlineData("2026-06-02", "unborn")]
    public void Ages_fall_in_their_band_to_the_day(string born, string band) =>
        Assert.Equal(band, Read(VariableCatalogue.AgeBand, Facts() with { BornOn = DateOnly.Parse(born, System.Globalization.CultureInfo.InvariantCulture) }));

    [Theory]
    [InlineData("2026-05-01", null, "open_under_3m")]
    [InlineData("2026-03-01", null, "open_3_11m")]
    [InlineData("2025-06-01", null, "open_1y_plus")]
    [InlineData("2025-07-01", "2025-09-30", "closed_under_3m")]
    [InlineData("2025-07-01", "2025-10-01", "closed_3_11m")]
    [InlineData("2024-07-01", "2026-01-01", "closed_1y_plus")]
    [InlineData("2026-05-01", "2026-07-01", "open_under_3m")]
    public void Episodes_fall_in_their_length(string from, string? to, string expected) => Assert.Equal(
        expected,
        Read(VariableCatalogue.EpisodeLength, Facts() with { ReferredOn = DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture), ClosedOn = to is null ? null : DateOnly.Parse(to, System.Globalization.CultureInfo.InvariantCulture) }));

    [Theory]
    [InlineData("2026-04-01", "2026_27")]
    [InlineData("2026-03-31", "2025_26")]
    [InlineData("2023-04-01", "2023_24")]
    [InlineData("2023-03-31", "earlier")]
    public void Referrals_fall_in_their_financial_year(string on, string expected) =>
        Assert.Equal(expected, Read(VariableCatalogue.ReferralYear, Facts() with { ReferredOn = DateOnly.Parse(on, System.Globalization.CultureInfo.InvariantCulture) }));

    [Fact]
    public void Times_heard_are_counted_in_the_period_by_two_names()
    {
        var facts = Facts() with { TimesHeard = 4, TimesHeardInQuarter = 1 };
        Assert.Equal(("3_5", "1_2"), (Read(VariableCatalogue.TimesHeard, facts), Read(catalogue.In(VariableCatalogue.TimesHeard, ResearchPeriod.Quarter), facts)));
        Assert.Equal(VariableCatalogue.Sex, catalogue.In(VariableCatalogue.Sex, ResearchPeriod.Quarter));
        Assert.Equal(VariableCatalogue.TimesHeard, catalogue.Find(VariableCatalogue.TimesHeardInQuarter)!.ApprovedAs);
    }

    private string Read(string key, ChildFacts facts) => catalogue.Find(key)!.Read(facts, Day);

    private static ChildFacts Facts() => new(Guid.NewGuid(), new DateOnly(2016, 1, 1), null, "F", "WBRI", ["NONE"], new DateOnly(2026, 1, 1), null, "N1", 1, 0, null);
}
