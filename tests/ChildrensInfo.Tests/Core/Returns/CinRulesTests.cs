using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Returns.CinCensus.Rules;
using Xunit;

namespace ChildrensInfo.Tests.Core.Returns;

/// <summary>Every rule on whole files: the valid file changed in one place so that it breaks the rule, and changed as far as it may be without.</summary>
public class CinRulesTests
{
    /// <param name="Fails">Makes the file break the rule.</param>
    /// <param name="Found">The values that are then found, in order.</param>
    /// <param name="Boundary">Goes as far as the rule allows.</param>
    private sealed record Case(string Rule, Action<CinFile> Fails, string?[] Found, Action<CinFile> Boundary);

    private static Case Rule(string rule, Action<CinFile> fails, string? found, Action<CinFile> boundary) => new(rule, fails, [found], boundary);

    private static void Nothing(CinFile file) => Assert.NotNull(file);

    private static readonly Case[] Cases =
    [
        // ---- header and whole return
        Rule("100", f => f.Set("ReferenceDate", "2026-03-30"), "2026-03-30", f => f.Set("ReferenceDate", "2026-03-31Z")),
        Rule("100", f => f.Remove("ReferenceDate"), null, Nothing),
        Rule("100", f => f.Set("ReferenceDate", "2025-03-31"), "2025-03-31", Nothing),
        new("1520", f => f.AddChild(upn: "B823000000001"), ["B823000000001", "B823000000001"], f => f.AddChild(upn: "D823000000002")),
        new("8510", f => f.AddChild(id: "Invented1").AddChild(id: "invented1"), ["Invented1", "Invented1", "invented1"], f => f.AddChild(id: "Invented10")),
        Rule("2883", f => f.Protection("2025-09-01", "2025-10-01"), "2 plans, 1 conferences", f => f.Protection("2025-09-01", "2025-10-01").Add("CINdetails", "<DateOfInitialCPC>2025-09-01</DateOfInitialCPC>")),
        Rule("2883", f => f.Set("DateOfInitialCPC", "2025-03-31"), "1 plans, 0 conferences", f => f.Set("CPPstartDate", "2025-03-31").Set("DateOfInitialCPC", "2025-03-31")),
        Rule("2886Q", f => Many(f, 49, without: 2), "2 of 50 children", f => Many(f, 49, without: 1)),
        Rule("2886Q", f => f.Remove("Sex"), "1 of 1 children", f => f.Unborn("2026-06-01")),
        Rule("2887Q", f => Disabilities(f, "MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "NONE"), "7 codes", f => Disabilities(f, "MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS")),
        Rule("2888Q", f => Disabilities(f, "MOB", "NONE"), "no child", f => Disabilities(f, "MOB", "HAND")),

        // ---- child identifiers
        Rule("1510", f => f.Set("UPN", "A823000000001"), "A823000000001", f => f.Set("UPN", "E82300000000D")),
        Rule("1530", f => f.Set("UPN", "B824000000001"), "B824000000001", f => f.Set("UPN", "B941000000001")),
        Rule("1540", f => f.Set("UPN", "B82300000O001"), "B82300000O001", f => f.Set("UPN", "B82399999999A")),
        Rule("1550", f => f.Set("UPN", "B82300000000I"), "B82300000000I", f => f.Set("UPN", "B82300000000Z")),
        Rule("1550", f => f.Set("UPN", "B8230000000011"), "B8230000000011", f => f.Set("UPN", "B823000000000")),
        Rule("1560Q", f => f.Add("ChildIdentifiers", "<FormerUPN>B82300000001</FormerUPN>"), "B82300000001", f => f.Add("ChildIdentifiers", "<FormerUPN>X98765432123B</FormerUPN>")),
        Rule("1570", f => f.Set("LAchildID", "123456789012345678901"), "123456789012345678901", f => f.Set("LAchildID", "12345678901234567890")),
        Rule("1580", f => f.Set("LAchildID", "Invented-1"), "Invented-1", f => f.Set("LAchildID", "aZ09")),
        Rule("4180", f => f.Set("Sex", "X"), "X", f => f.Set("Sex", "U")),
        Rule("4180", f => f.Remove("Sex"), null, f => f.Set("Sex", "M")),
        Rule("4180", f => f.Set("Sex", "1"), "1", f => f.Set("Sex", "F")),
        Rule("8500", f => f.Set("LAchildID", " "), null, f => f.Set("LAchildID", "0")),
        Rule("8520", f => f.Set("PersonBirthDate", "2026-04-01"), "2026-04-01", f => f.Set("PersonBirthDate", "2026-03-31")),
        Rule("8525Q", f => f.Remove("PersonBirthDate"), null, f => f.Unborn("2026-06-01")),
        Rule("8525Q", f => f.Add("ChildIdentifiers", "<ExpectedPersonBirthDate>2015-06-10</ExpectedPersonBirthDate>"), "2015-06-10", Nothing),
        Rule("8530Q", f => f.Unborn("2026-02-28"), "2026-02-28", f => f.Unborn("2026-03-01")),
        Rule("8530Q", f => f.Unborn("2027-01-01"), "2027-01-01", f => f.Unborn("2026-12-31")),
        Rule("8535Q", f => f.Died("2015-06-09"), "2015-06-09", f => f.Died("2015-06-10")),
        Rule("8545Q", f => f.Died("2025-03-31"), "2025-03-31", f => f.Died("2025-04-01")),
        Rule("8545Q", f => f.Died("2026-04-01"), "2026-04-01", f => f.Died("2026-03-31")),
        Rule("8590", f => f.Remove("CINdetails"), "Invented1", Nothing),
        Rule("8750", f => f.Unborn("2026-06-01", sex: "F"), "F", f => f.Unborn("2026-06-01", sex: "U")),
        Rule("8770Q", f => f.Remove("UPN").Set("PersonBirthDate", "2022-08-31"), null, f => f.Remove("UPN").Set("PersonBirthDate", "2022-09-01")),
        Rule("8770Q", f => f.Remove("UPN").Add("ChildIdentifiers", "<UPNunknown>UN1</UPNunknown>"), "UN1", f => f.Remove("UPN").Add("ChildIdentifiers", "<UPNunknown>UN2</UPNunknown>")),
        Rule("8770Q", f => f.Remove("UPN"), null, f => f.Remove("UPN").Set("ReferralNFA", "1")),
        Rule("8772", f => f.Add("ChildIdentifiers", "<UPNunknown>UN7</UPNunknown>"), "UN7", f => f.Add("ChildIdentifiers", "<UPNunknown>UN7</UPNunknown>").Set("ReferralNFA", "true")),
        Rule("8775Q", f => f.Set("PersonBirthDate", "2001-03-30"), "2001-03-30", f => f.Set("PersonBirthDate", "2001-03-31")),
        Rule("8775Q", f => f.Set("PersonBirthDate", "2000-05-05").Closed("2025-05-06"), "2000-05-05", f => f.Set("PersonBirthDate", "2000-05-05").Closed("2025-05-05")),

        // ---- characteristics
        Rule("4220", f => f.Set("Ethnicity", "WBRITISH"), "WBRITISH", f => f.Set("Ethnicity", "REFU")),
        Rule("4220", f => f.Remove("Ethnicity"), null, f => f.Set("Ethnicity", " NOBT ")),
        Rule("8540", f => f.Remove("Disabilities"), null, f => f.Remove("Disabilities").Set("ReferralNFA", "1")),
        Rule("8540", f => Disabilities(f, "AUT", "ZZZ"), "ZZZ", f => Disabilities(f, "NONE")),
        Rule("8540", f => f.Remove("Disabilities"), null, f => f.Unborn("2026-06-01")),
        Rule("8790", f => Disabilities(f, "NONE", "AUT"), "NONE AUT", f => Disabilities(f, "NONE")),
        Rule("8794", f => Disabilities(f, "AUT", "LD", "AUT"), "AUT LD AUT", f => Disabilities(f, "AUT", "LD")),

        // ---- CIN details
        Rule("2990", f => f.OnlyReferral().Closed("2025-06-30", "RC8").Enquiry("2025-05-20", null, "1"), "RC8", f => f.OnlyReferral().Closed("2025-06-30", "RC8").Assessment("2025-05-06", "2025-06-30", "3B")),
        Rule("2990", f => f.OnlyReferral().Closed("2025-06-30", "RC9").Add("CINdetails", "<DateOfInitialCPC>2025-06-10</DateOfInitialCPC>"), "RC9", f => f.OnlyReferral().Closed("2025-06-30", "RC7").Plan("2025-05-20", "2025-06-30")),
        Rule("2991Q", f => f.Remove("Assessments"), "2025-08-04", f => f.Remove("Assessments").Remove("Section47")),
        Rule("8555Q", f => f.Died("2025-05-05"), "2025-05-06", f => f.Died("2025-05-06")),
        Rule("8565", f => f.Closed("2025-08-20"), "2025-08-20", f => f.Closed("2025-08-21")),
        Rule("8565", f => f.OnlyReferral().Assessment("2025-05-06", "2025-06-13", "3B").Closed("2025-06-12"), "2025-06-12", f => f.OnlyReferral().Assessment("2025-05-06", "2025-06-12", "3B").Closed("2025-06-12")),
        Rule("8565", f => f.OnlyReferral().Plan("2025-05-20", "2025-07-01").Closed("2025-06-30"), "2025-06-30", f => f.OnlyReferral().Plan("2025-05-20", "2025-06-30").Closed("2025-06-30")),
        Rule("8565", f => f.Add("ChildProtectionPlans", "<CPPendDate>2026-02-02</CPPendDate>").Closed("2026-02-01"), "2026-02-01", f => f.Add("ChildProtectionPlans", "<CPPendDate>2026-02-02</CPPendDate>").Closed("2026-02-02")),
        Rule("8568", f => f.Remove("ReferralNFA"), null, f => f.Set("ReferralNFA", "false")),
        Rule("8568", f => f.Set("ReferralNFA", "2"), "2", f => f.Set("ReferralNFA", "1")),
        Rule("8569Q", f => f.OnlyReferral().Set("ReferralNFA", "1").Set("CINreferralDate", "2025-03-30"), "2025-03-30", f => f.OnlyReferral().Set("ReferralNFA", "1").Set("CINreferralDate", "2025-03-31")),
        Rule("8585Q", f => f.Closed("2026-03-01", "RC2"), "RC2", f => f.Closed("2026-03-01", "RC2").Died("2026-03-01")),
        Rule("8600", f => f.Set("CINreferralDate", "2026-04-01"), "2026-04-01", f => f.Set("CINreferralDate", "2026-03-31")),
        Rule("8600", f => f.Remove("CINreferralDate"), null, Nothing),
        Rule("8600", f => f.Set("CINreferralDate", "06/05/2025"), "06/05/2025", Nothing),
        Rule("8606", f => f.Set("PersonBirthDate", "2026-02-11"), "2025-05-06", f => f.Set("PersonBirthDate", "2026-02-10")),
        Rule("8606", f => f.Unborn("2026-02-11"), "2025-05-06", f => f.Unborn("2026-02-10")),
        Rule("8610", f => f.Remove("PrimaryNeedCode"), null, f => f.Remove("PrimaryNeedCode").Set("ReferralNFA", "1")),
        Rule("8620", f => f.Closed("2025-03-31"), "2025-03-31", f => f.Closed("2025-04-01")),
        Rule("8620", f => f.Closed("2026-04-01"), "2026-04-01", f => f.Closed("2026-03-31")),
        Rule("8630", f => f.Closed("2025-05-05"), "2025-05-05", f => f.Closed("2025-05-06")),
        Rule("8640", f => f.Closed("2026-03-01", "RC10"), "RC10", f => f.Closed("2026-03-01", "RC9")),
        Rule("8650", f => f.Set("PrimaryNeedCode", "N10"), "N10", f => f.Set("PrimaryNeedCode", "N0")),
        Rule("8805", f => f.Closed("2026-03-01", null), "2026-03-01", f => f.Closed("2026-03-01", "RC1")),
        Rule("8810", f => f.Add("CINdetails", "<ReasonForClosure>RC7</ReasonForClosure>"), "RC7", f => f.Closed("2026-03-01")),
        Rule("8815", f => f.AddEpisode(e => e.OnlyReferral().Set("CINreferralDate", "2026-03-02")), "2026-03-02", f => f.AddEpisode(e => e.OnlyReferral().Set("CINreferralDate", "2026-03-02").Set("ReferralNFA", "1"))),
        Rule("8816", f => f.AddEpisode(e => e.OnlyReferral().Set("CINreferralDate", "2025-05-07").Set("ReferralNFA", "1")), "2025-05-06", f => f.AddEpisode(e => e.OnlyReferral().Set("CINreferralDate", "2025-05-06").Set("ReferralNFA", "1"))),
        Rule("8820", f => f.Closed("2026-03-02").AddEpisode(e => e.OnlyReferral().Set("CINreferralDate", "2026-03-01")), "2026-03-01", f => f.Closed("2026-03-02").AddEpisode(e => e.OnlyReferral().Set("CINreferralDate", "2026-03-02"))),
        new("8820", f => f.AddEpisode(e => e.OnlyReferral()), ["2025-05-06", "2025-05-06"], f => f.Closed("2025-05-06").AddEpisode(e => e.OnlyReferral().Set("ReferralNFA", "1"))),
        Rule("8820", f => f.AddEpisode(e => e.OnlyReferral().Set("CINreferralDate", "2026-03-31")), "2026-03-31", f => f.Set("ReferralNFA", "1").AddEpisode(e => e.OnlyReferral().Set("CINreferralDate", "2026-03-31"))),
        Rule("8825Q", f => f.OnlyReferral().Closed("2025-06-30", "RC8"), "RC8", f => f.OnlyReferral().Closed("2025-06-30", "RC7")),
        Rule("8831", f => f.OnlyReferral().Set("ReferralNFA", "true").Enquiry("2025-05-20", null), "2025-05-06", f => f.OnlyReferral().Set("ReferralNFA", "true")),
        Rule("8831", f => f.OnlyReferral().Set("ReferralNFA", "1").Add("CINdetails", "<DateOfInitialCPC>2025-06-10</DateOfInitialCPC>"), "2025-05-06", f => f.OnlyReferral().Set("ReferralNFA", "0").Add("CINdetails", "<DateOfInitialCPC>2025-06-10</DateOfInitialCPC>")),
        Rule("8831", f => f.OnlyReferral().Set("ReferralNFA", "1").Assessment("2025-05-06", null), "2025-05-06", Nothing),
        Rule("8832", f => f.Set("ReferralNFA", "1"), "2025-08-21", f => f.Set("ReferralNFA", "1").Remove("ChildProtectionPlans")),
        Rule("8866", f => f.Set("ReferralSource", "5E"), "5E", f => f.Set("ReferralSource", "5D")),
        Rule("8866", f => f.Remove("ReferralSource").Set("CINreferralDate", "2013-04-01"), null, f => f.Remove("ReferralSource").Set("CINreferralDate", "2013-03-31")),
        Rule("8867", f => f.Remove("AssessmentAuthorisationDate").Closed("2026-03-01"), "2026-03-01", f => f.Closed("2026-03-01")),
        Rule("8868", f => f.Remove("DateOfInitialCPC").Closed("2026-03-01"), "2026-03-01", f => f.Remove("DateOfInitialCPC").Set("ICPCnotRequired", "true").Closed("2026-03-01")),

        // ---- assessments
        Rule("1103", f => f.Set("AssessmentActualStartDate", "2025-05-05"), "2025-05-05", f => f.Set("AssessmentActualStartDate", "2025-05-06")),
        Rule("8608", f => f.Set("AssessmentActualStartDate", "2025-06-13"), "2025-06-13", f => f.Set("AssessmentActualStartDate", "2025-06-12")),
        Rule("8614", f => f.Remove("AssessmentAuthorisationDate"), "3B 4B", f => f.Remove("AssessmentAuthorisationDate").Remove("FactorsIdentifiedAtAssessment")),
        // 45 working days before 31 March 2026, a Tuesday: nine weeks of weekdays, no bank holiday among them.
        Rule("8670Q", f => f.OnlyReferral().Assessment("2026-01-26", null), "2026-01-26", f => f.OnlyReferral().Assessment("2026-01-27", null)),
        Rule("8696", f => f.Set("AssessmentAuthorisationDate", "2026-04-01"), "2026-04-01", f => f.Set("AssessmentAuthorisationDate", "2026-03-31")),
        Rule("8696", f => f.Set("AssessmentAuthorisationDate", "2025-03-31"), "2025-03-31", f => f.Set("AssessmentAuthorisationDate", "2025-04-01")),
        Rule("8736", f => f.OnlyReferral().Assessment("2025-03-31", null), "2025-03-31", f => f.OnlyReferral().Assessment("2025-04-01", null)),
        Rule("8863Q", f => f.Assessment("2025-06-12", "2025-06-20", "3B"), "2025-06-12", f => f.Assessment("2025-06-13", "2025-06-20", "3B")),
        Rule("8863Q", f => f.Remove("AssessmentAuthorisationDate").Assessment("2026-03-31", null), "2026-03-31", f => f.Remove("AssessmentAuthorisationDate").Assessment("2026-04-01", null)),
        Rule("8869", f => f.Set("AssessmentFactors", "21"), "21 4B", f => Factors(f, "21")),
        Rule("8873Q", f => Factors(f, "21"), null, f => Factors(f, "21").Closed("2026-03-01", "RC8")),
        Rule("8873Q", f => Factors(f, "21").Closed("2026-03-01", "RC7"), "RC7", f => Factors(f, "21").Assessment("2025-07-01", "2025-07-20", "3B")),
        Rule("8896", f => f.Assessment("2026-03-01", null).Assessment("2026-03-20", null), "2026-03-20", f => f.Assessment("2026-03-01", null)),
        Rule("8897Q", f => f.Remove("FactorsIdentifiedAtAssessment").Set("AssessmentAuthorisationDate", "2025-06-12"), "2025-06-12", f => f.Remove("FactorsIdentifiedAtAssessment").Set("AssessmentAuthorisationDate", "2025-03-31")),
        Rule("8897Q", f => Factors(f).Set("AssessmentAuthorisationDate", "2025-04-01"), "2025-04-01", f => Factors(f).Set("AssessmentAuthorisationDate", "2025-03-31")),
        Rule("8897Q", f => Factors(f, "3B", "RB"), "3B RB", f => Factors(f, "24A")),
        Rule("8897Q", f => Factors(f), "2025-06-12", f => Factors(f, "20")),
        Rule("8898", f => Factors(f, "3B", "4B", "3B"), "3B 4B 3B", f => Factors(f, "3A", "3B", "3C")),
        Rule("8945Q", f => Factors(f, "18A"), "18A", f => Factors(f, "18B", "18C")),
        Rule("8950Q", f => Factors(f, "19A"), "19A", f => Factors(f, "19B", "19C")),

        // ---- section 47 enquiries
        Rule("1104", f => f.Set("DateOfInitialCPC", "2025-05-05"), "2025-05-05", f => f.Set("DateOfInitialCPC", "2025-05-06")),
        Rule("1104", f => f.Add("CINdetails", "<DateOfInitialCPC>2025-05-05</DateOfInitialCPC>"), "2025-05-05", f => f.Add("CINdetails", "<DateOfInitialCPC>2025-05-06</DateOfInitialCPC>")),
        Rule("2884", f => f.Add("CINdetails", "<DateOfInitialCPC>2025-08-21</DateOfInitialCPC>"), "2025-08-21", f => f.Add("CINdetails", "<DateOfInitialCPC>2025-08-22</DateOfInitialCPC>")),
        Rule("2889", f => f.Set("S47ActualStartDate", "2025-05-05"), "2025-05-05", f => f.Set("S47ActualStartDate", "2025-05-06")),
        Rule("8615", f => f.Set("S47ActualStartDate", "2025-08-22"), "2025-08-22", f => f.Set("S47ActualStartDate", "2025-08-21")),
        Rule("8615", f => f.Remove("S47ActualStartDate"), null, f => f.Remove("S47ActualStartDate").Remove("DateOfInitialCPC")),
        // 15 working days before 31 March 2026: 10 March.
        Rule("8675Q", f => f.OnlyReferral().Enquiry("2026-03-09", null), "2026-03-09", f => f.OnlyReferral().Enquiry("2026-03-10", null)),
        Rule("8675Q", f => f.OnlyReferral().Enquiry("2026-03-09", null, "false"), "2026-03-09", f => f.OnlyReferral().Enquiry("2026-03-09", null, "true")),
        Rule("8715", f => f.Set("DateOfInitialCPC", "2026-04-01"), "2026-04-01", f => f.Set("DateOfInitialCPC", "2026-03-31")),
        Rule("8715", f => f.Add("CINdetails", "<DateOfInitialCPC>2025-03-31</DateOfInitialCPC>"), "2025-03-31", f => f.Add("CINdetails", "<DateOfInitialCPC>2025-04-01</DateOfInitialCPC>")),
        Rule("8740", f => f.OnlyReferral().Enquiry("2025-03-31", null), "2025-03-31", f => f.OnlyReferral().Enquiry("2025-04-01", null)),
        Rule("8839", f => f.Enquiry("2026-03-11", null).Enquiry("2026-03-20", null), "2026-03-20", f => f.Enquiry("2026-03-11", null, "1").Enquiry("2026-03-20", null)),
        Rule("8870Q", f => f.Set("InitialCPCtarget", "2025-08-23"), "2025-08-23", f => f.Set("InitialCPCtarget", "2025-08-25")),
        Rule("8875", f => f.Set("DateOfInitialCPC", "2025-08-24"), "2025-08-24", f => f.Set("DateOfInitialCPC", "2025-08-25")),
        Rule("8875", f => f.Add("CINdetails", "<DateOfInitialCPC>2025-08-30</DateOfInitialCPC>"), "2025-08-30", f => f.Add("CINdetails", "<DateOfInitialCPC>2025-08-29</DateOfInitialCPC>")),
        Rule("8890", f => f.Enquiry("2025-08-21", null, "1"), "2025-08-21", f => f.Enquiry("2025-08-22", null, "1")),
        Rule("8890", f => f.Remove("DateOfInitialCPC").Enquiry("2026-03-31", null, "1"), "2026-03-31", f => f.Remove("DateOfInitialCPC").Set("ICPCnotRequired", "1").Enquiry("2026-03-31", null, "1")),

        // ---- child in need plans
        Rule("4000", f => f.Set("ReferralNFA", "1"), "2025-06-20", f => f.Set("ReferralNFA", "1").Remove("CINPlanDates")),
        Rule("4001", f => f.Plan("2026-03-01", null), "2026-03-01", f => f.Plan("2026-03-01", null).Add("ChildProtectionPlans", "<CPPendDate>2026-03-01</CPPendDate>")),
        Rule("4004", f => f.Plan("2026-02-01", null).Plan("2026-03-01", null), "2026-03-01", f => f.Plan("2026-03-01", null)),
        Rule("4008", f => f.Died("2025-06-19"), "2025-06-20", f => f.Died("2025-06-20")),
        Rule("4009Q", f => f.Died("2025-07-14"), "2025-07-15", f => f.Died("2025-07-15")),
        Rule("4010", f => f.Set("CINPlanStartDate", "2026-04-01"), "2026-04-01", f => f.Set("CINPlanStartDate", "2026-03-31")),
        Rule("4010", f => f.Remove("CINPlanStartDate"), null, Nothing),
        Rule("4011", f => f.Set("CINPlanEndDate", "2025-06-19"), "2025-06-19", f => f.Set("CINPlanEndDate", "2025-06-20")),
        Rule("4012Q", f => f.Set("CINPlanEndDate", "2025-06-20"), "2025-06-20", f => f.Set("CINPlanEndDate", "2025-06-21")),
        Rule("4013", f => f.Set("CINPlanEndDate", "2026-04-01"), "2026-04-01", f => f.Set("CINPlanEndDate", "2026-03-31")),
        Rule("4013", f => f.Set("CINPlanEndDate", "2025-03-31"), "2025-03-31", f => f.Set("CINPlanEndDate", "2025-04-01")),
        Rule("4014", f => f.Plan("2025-07-14", "2025-08-01"), "2025-07-14", f => f.Plan("2025-07-15", "2025-08-01")),
        Rule("4014", f => f.Remove("CINPlanEndDate").Plan("2026-03-31", null), "2026-03-31", f => f.Remove("CINPlanEndDate").Plan("2026-04-01", null)),
        Rule("4015", f => f.Set("CINPlanStartDate", "2025-05-05"), "2025-05-05", f => f.Set("CINPlanStartDate", "2025-05-06")),
        Rule("4016", f => f.Plan("2025-08-21", "2025-08-30"), "2025-08-21", f => f.Plan("2025-08-20", "2025-08-21")),
        Rule("4016", f => f.Add("ChildProtectionPlans", "<CPPendDate>2026-03-01</CPPendDate>").Plan("2026-02-28", null), "2026-02-28", f => f.Add("ChildProtectionPlans", "<CPPendDate>2026-03-01</CPPendDate>").Plan("2026-03-01", null)),
        Rule("4017", f => f.Set("CINPlanEndDate", "2025-08-22"), "2025-08-21", f => f.Set("CINPlanEndDate", "2025-08-21")),
        Rule("4017", f => f.Remove("CINPlanEndDate"), "2025-08-21", Nothing),

        // ---- child protection plans and reviews
        Rule("1105", f => f.Set("CPPstartDate", "2025-05-05"), "2025-05-05", f => f.Set("CPPstartDate", "2025-05-06")),
        Rule("2885", f => f.Set("CPPstartDate", "2025-08-22"), "2025-08-22", f => f.Remove("Section47").Add("CINdetails", "<DateOfInitialCPC>2025-08-21</DateOfInitialCPC>")),
        Rule("2885", f => f.Remove("Section47"), "2025-08-21", f => f.Remove("Section47").Set("CPPstartDate", "2025-03-31")),
        Rule("4003", f => f.Plan("2025-11-10", "2025-11-20"), "2025-11-10", f => f.Plan("2025-11-01", "2025-11-10")),
        Rule("4003", f => f.Plan("2026-02-16", null), "2026-02-16", f => f.Plan("2026-02-16", null).Add("ChildProtectionPlans", "<CPPendDate>2026-02-16</CPPendDate>")),
        Rule("8720", f => f.Set("CPPstartDate", "2026-04-01"), "2026-04-01", f => f.Set("CPPstartDate", "2026-03-31")),
        Rule("8720", f => f.Remove("CPPstartDate"), null, Nothing),
        Rule("8730", f => f.Set("NumberOfPreviousCPP", "-1"), "-1", f => f.Set("NumberOfPreviousCPP", "0")),
        Rule("8730", f => f.Remove("NumberOfPreviousCPP"), null, f => f.Set("NumberOfPreviousCPP", "12")),
        Rule("8840", f => f.Add("ChildProtectionPlans", "<CPPendDate>2025-08-21</CPPendDate>"), "2025-08-21", f => f.Add("ChildProtectionPlans", "<CPPendDate>2025-08-22</CPPendDate>")),
        Rule("8841", f => f.Set("CPPreviewDate", "2025-08-21"), "2025-08-21", f => f.Set("CPPreviewDate", "2025-08-22")),
        new("8841", f => f.Add("ChildProtectionPlans", "<Reviews><CPPreviewDate>2025-08-01</CPPreviewDate><CPPreviewDate>2025-08-02</CPPreviewDate></Reviews>"), ["2025-08-01", "2025-08-02"], Nothing),
        Rule("8842Q", f => f.Set("CPPreviewDate", ""), null, f => f.Remove("Reviews")),
        Rule("8842Q", f => f.Add("ChildProtectionPlans", "<Reviews/>"), null, f => f.Add("ChildProtectionPlans", "<Reviews><CPPreviewDate>2026-03-01</CPPreviewDate></Reviews>")),
        Rule("8905", f => f.Set("InitialCategoryOfAbuse", "XXX"), "XXX", f => f.Set("InitialCategoryOfAbuse", "MUL")),
        Rule("8905", f => f.Remove("InitialCategoryOfAbuse"), null, Nothing),
        Rule("8910", f => f.Set("LatestCategoryOfAbuse", "XXX"), "XXX", f => f.Set("LatestCategoryOfAbuse", "SAB")),
        Rule("8910", f => f.Remove("LatestCategoryOfAbuse"), null, Nothing),
        Rule("8915", f => f.Died("2025-08-20"), "2025-08-21", f => f.Died("2025-08-21")),
        Rule("8920", f => f.Add("ChildProtectionPlans", "<CPPendDate>2026-03-02</CPPendDate>").Died("2026-03-01"), "2026-03-02", f => f.Add("ChildProtectionPlans", "<CPPendDate>2026-03-01</CPPendDate>").Died("2026-03-01")),
        Rule("8925", f => f.Add("ChildProtectionPlans", "<CPPendDate>2025-08-20</CPPendDate>"), "2025-08-20", f => f.Add("ChildProtectionPlans", "<CPPendDate>2025-08-21</CPPendDate>")),
        Rule("8930", f => f.Add("ChildProtectionPlans", "<CPPendDate>2026-04-01</CPPendDate>"), "2026-04-01", f => f.Add("ChildProtectionPlans", "<CPPendDate>2026-03-31</CPPendDate>")),
        Rule("8935", f => f.Protection("2025-12-01", null), "2025-12-01", f => f.Protection("2025-12-01", "2025-12-20")),
        Rule("8940", f => f.Add("ChildProtectionPlans", "<CPPendDate>2025-12-02</CPPendDate>").Protection("2025-12-01", null), "2025-12-01", f => f.Add("ChildProtectionPlans", "<CPPendDate>2025-12-01</CPPendDate>").Protection("2025-12-01", null)),
        Rule("8940", f => f.Protection("2026-03-31", "2026-03-31"), "2026-03-31", Nothing),
    ];

    private static CinFile Disabilities(CinFile file, params string[] codes)
    {
        file.First("Disabilities").RemoveNodes();
        foreach (var code in codes) file.Add("Disabilities", $"<Disability>{code}</Disability>");
        return file;
    }

    private static CinFile Factors(CinFile file, params string[] codes)
    {
        file.First("FactorsIdentifiedAtAssessment").RemoveNodes();
        foreach (var code in codes) file.Add("FactorsIdentifiedAtAssessment", $"<AssessmentFactors>{code}</AssessmentFactors>");
        return file;
    }

    private static void Many(CinFile file, int more, int without)
    {
        for (var number = 0; number < more; number++)
        {
            var sex = number < without ? "U" : "M";
            file.AddChild(child => child.Set("Sex", sex), id: $"More{number}", upn: "");
        }
    }

    private static CinValidator Validate(Stream stream, int? year = 2026)
    {
        using var reader = new CinCensusReader(stream);
        return CinValidator.Run(reader, year);
    }

    public static TheoryData<int, string> Numbers => [.. Cases.Select((rule, number) => (number, rule.Rule))];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_file_that_breaks_the_rule_is_found_out_with_the_value_at_fault(int number, string rule)
    {
        var file = new CinFile();
        Cases[number].Fails(file);

        var validator = Validate(file.Stream());

        Assert.Equal(Cases[number].Found, validator.Findings.Where(finding => finding.Rule.Code == rule).Select(finding => finding.Value));
        Assert.Empty(validator.NotChecked);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_file_that_goes_as_far_as_the_rule_allows_passes(int number, string rule)
    {
        var file = new CinFile();
        Cases[number].Boundary(file);

        var validator = Validate(file.Stream());

        Assert.DoesNotContain(validator.Findings, finding => finding.Rule.Code == rule);
        Assert.Empty(validator.NotChecked);
    }

    [Fact]
    public void The_valid_file_passes_every_rule_but_the_one_that_asks_for_many_children()
    {
        var validator = Validate(new CinFile().Stream());

        Assert.Equal("2887Q", Assert.Single(validator.Findings).Rule.Code);
        Assert.Equal(109, validator.Rules.Count);
        Assert.Empty(validator.NotChecked);
    }

    [Fact]
    public void Every_rule_of_every_year_is_computed_and_has_its_cases()
    {
        Assert.Equal([105, 109, 109], CinYear.Supported.Select(year => CinRulePack.For(year).Count));
        var rules = CinRulePack.For(2026).Select(rule => rule.Code).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(rules, CinRules.OnChildren.Keys.Concat(CinRules.OnTheReturn.Keys).Order(StringComparer.Ordinal));
        Assert.Equal(rules, Cases.Select(rule => rule.Rule).Distinct().Order(StringComparer.Ordinal));
        Assert.All(CinRulePack.For(2026), rule => Assert.Equal(rule.Code.EndsWith('Q') ? Severity.Query : Severity.Error, rule.Severity));
        Assert.All(CinRulePack.For(2026), rule => Assert.NotEmpty(rule.Message));
    }

    [Fact]
    public void Findings_name_the_child_and_the_place_and_whole_return_rules_name_neither()
    {
        var validator = Validate(new CinFile().AddChild(child => child.Set("Ethnicity", "XXXX")).Stream());

        var finding = Assert.Single(validator.Findings, finding => finding.Rule.Code == "4220");
        Assert.Equal(("Invented2", 2, "XXXX"), (finding.Child, finding.Position, finding.Value));
        Assert.Equal(["Ethnicity"], finding.Rule.Fields);
        var whole = Assert.Single(validator.Findings, finding => finding.Rule.Code == "2887Q");
        Assert.Equal((null, null), (whole.Child, whole.Position));
    }

    [Fact]
    public void A_rule_that_stops_is_listed_as_not_checked_and_the_others_go_on()
    {
        using var reader = new CinCensusReader(new CinFile().AddChild().Stream());
        var children = new Dictionary<string, ChildRule>(CinRules.OnChildren)
        {
            ["8500"] = (child, _, _) => throw new InvalidOperationException(child.LAchildID.Value),
        };
        children.Remove("4220");
        var wholes = new Dictionary<string, Func<WholeReturnRule>>(CinRules.OnTheReturn) { ["100"] = () => new Stops() };
        var validator = new CinValidator(reader.Header, 2026, children, wholes);

        foreach (var child in reader.ReadChildren()) validator.Check(child);
        validator.Finish();

        Assert.Equal(["4220", "8500", "100"], validator.NotChecked.Select(rule => rule.Rule));
        Assert.All(validator.NotChecked, rule => Assert.DoesNotContain("Invented", rule.Reason, StringComparison.Ordinal));
        Assert.Contains("2 of 2 children", validator.NotChecked[1].Reason, StringComparison.Ordinal);
        Assert.Contains(validator.Findings, finding => finding.Rule.Code == "2887Q");
    }

    private sealed class Stops : WholeReturnRule
    {
        public override IEnumerable<ReturnFault> Finish(CinHeader header, CinYear year) => throw new InvalidOperationException("Invented");
    }

    [Fact]
    public void A_date_written_the_british_way_is_reported_and_not_guessed_at()
    {
        var validator = Validate(new CinFile().Closed("02/06/2025").Stream());

        var finding = Assert.Single(validator.Findings, finding => finding.Rule.Code == CinValidator.SchemaRule);
        Assert.Equal(("Invented1", "02/06/2025", "CINclosureDate"), (finding.Child, finding.Value, finding.Rule.Fields.Single()));
        Assert.DoesNotContain(validator.Findings, finding => finding.Rule.Code is "8620" or "8565" or "8805");
    }

    [Theory]
    [InlineData("1", null)]
    [InlineData("0", null)]
    [InlineData("9", null)]
    [InlineData("3", "4180")]
    public void Until_2024_sex_is_the_gender_code(string code, string? rule)
    {
        var file = new CinFile().Remove("Sex").Add("ChildIdentifiers", $"<GenderCurrent>{code}</GenderCurrent>").Set("ReferenceDate", "2024-03-31").Set("Year", "2024");

        var findings = Validate(file.Stream(), year: null).Findings.Where(finding => finding.Rule.Code == "4180").ToList();

        Assert.Equal(rule is null ? [] : [rule], findings.Select(finding => finding.Rule.Code));
        Assert.All(findings, finding => Assert.Equal(["GenderCurrent"], finding.Rule.Fields));
        Assert.Contains(Validate(file.Stream(), year: 2026).Findings, finding => finding.Rule.Code == "4180");
    }

    [Theory]
    [InlineData(2025, "Sex", "U", false)]
    [InlineData(2025, "Sex", "0", true)]
    [InlineData(2024, "GenderCurrent", "0", false)]
    [InlineData(2024, "GenderCurrent", "9", true)]
    public void An_unborn_child_has_no_sex_in_the_codes_of_its_year(int year, string element, string code, bool found)
    {
        var file = new CinFile().Unborn($"{year}-06-01").Remove("Sex").Add("ChildIdentifiers", $"<{element}>{code}</{element}>").Set("ReferenceDate", $"{year}-03-31");

        var rules = Validate(file.Stream(), year).Findings.Select(finding => finding.Rule.Code).ToList();

        Assert.Equal(found, rules.Contains("8750"));
        Assert.Equal(element == "Sex" && found, rules.Contains("4180"));
        Assert.Equal(year == 2025, CinRulePack.For(year).Any(rule => rule.Code == "1570"));
    }

    [Theory]
    [InlineData(2025, "2015-06-10", "UN1", true)]
    [InlineData(2025, "2021-08-31", null, true)]
    [InlineData(2025, "2021-09-01", null, false)]
    [InlineData(2024, "2015-06-10", "UN1", false)]
    [InlineData(2024, "2019-03-31", null, true)]
    [InlineData(2024, "2019-04-01", null, false)]
    public void A_missing_upn_is_asked_about_as_each_year_does(int year, string born, string? reason, bool found)
    {
        var file = new CinFile().Remove("UPN").Set("PersonBirthDate", born).Set("ReferenceDate", $"{year}-03-31");
        if (reason is not null) file.Add("ChildIdentifiers", $"<UPNunknown>{reason}</UPNunknown>");

        Assert.Equal(found, Validate(file.Stream(), year).Findings.Any(finding => finding.Rule.Code == "8770Q"));
    }

    [Theory]
    [InlineData("2026-03-31", "2026", 2026, "2025-04-01")]
    [InlineData("2024-03-31", "2023", 2024, "2023-04-01")]
    [InlineData("2022-07-21", "2025", 2025, "2022-04-01")]
    [InlineData("nonsense", "nonsense", 2026, "2025-04-01")]
    public void The_year_is_the_one_the_return_says_it_is_for(string reference, string year, int expected, string start)
    {
        using var reader = new CinCensusReader(new CinFile().Set("ReferenceDate", reference).Set("Year", year).Stream());

        var found = CinYear.For(reader.Header);

        Assert.Equal((expected, start), (found.Year, found.Start.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("2025-26", 2026)]
    [InlineData("2024/25", 2025)]
    [InlineData("2023-2024", 2024)]
    [InlineData("2026", 2026)]
    [InlineData("2025-27", null)]
    [InlineData("2019-20", null)]
    [InlineData("next", null)]
    public void A_year_is_named_as_people_name_it(string text, int? year)
    {
        Assert.Equal(year, CinYear.TryParse(text, out var parsed) ? parsed : null);
    }

    [Theory]
    [InlineData("CIN2rows.xml")]
    [InlineData("CIN_Census_2024.xml")]
    [InlineData("CIN_Census_2026.xml")]
    [InlineData("fake_CIN_data.xml")]
    public void Every_sample_is_checked_by_every_rule(string name)
    {
        using var file = CinFile.Sample(name);

        var validator = Validate(file);

        Assert.Empty(validator.NotChecked);
        Assert.Contains(validator.Findings, finding => finding.Rule.Code == "100");
        Assert.Contains(validator.Findings, finding => finding.Rule.Code == "4180");
    }

    [Fact]
    public void The_faults_of_a_known_sample_are_found()
    {
        using var file = CinFile.Sample("CIN_Census_2026.xml");

        var findings = Validate(file, year: 2026).Findings;

        // Worked out by hand from the file.
        string[] expected =
        [
            "100 2024-03-31", "1103 2023-12-25", "1104 2022-06-17", "1105 2022-02-17", "1510 A123456789123", "1530 A123456789123",
            "1570 child_fails_assessments", "1580 child_fails_assessments", "2887Q 2 codes", "2889 2022-06-02", "4013 2023-01-26", "4016 2023-01-24", "4180 1",
            "8565 2023-02-27", "8600 2024-10-24", "8608 2028-04-28", "8620 2023-02-27", "8620 2024-10-29", "8696 2020-09-19", "8715 2022-06-17", "8715 2022-12-06",
            "8897Q 2024-01-27", "8930 2023-03-14",
        ];
        Assert.Equal(expected, findings.Select(finding => $"{finding.Rule.Code} {finding.Value}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("2025-04-22", 1, "2025-04-17")] // over Easter
    [InlineData("2026-01-02", 1, "2025-12-31")]
    [InlineData("2025-12-29", 2, "2025-12-23")]
    [InlineData("2022-06-06", 1, "2022-06-01")] // the jubilee's four days
    [InlineData("2021-01-04", 3, "2020-12-29")]
    [InlineData("2026-03-31", 0, "2026-03-31")]
    public void Working_days_leave_out_weekends_and_bank_holidays(string from, int days, string to)
    {
        var before = WorkingDays.Before(DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture), days);

        Assert.Equal(to, before.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The list of https://www.gov.uk/bank-holidays for England and Wales.</summary>
    [Theory]
    [InlineData(2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26")]
    [InlineData(2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26")]
    [InlineData(2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26")]
    [InlineData(2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28")]
    [InlineData(2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28")]
    public void Bank_holidays_are_those_of_the_published_list(int year, string days)
    {
        var computed = Enumerable.Range(0, 365).Select(new DateOnly(year, 1, 1).AddDays).Where(WorkingDays.IsBankHoliday);

        Assert.Equal(days, string.Join(' ', computed.Select(day => day.ToString("MM-dd", System.Globalization.CultureInfo.InvariantCulture))));
    }
}
