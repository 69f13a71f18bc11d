using System.Text;
using System.Xml.Linq;
using ChildrensInfo.Core.Returns.CinCensus;

namespace ChildrensInfo.Tests.Core.Returns;

/// <summary>A whole, valid children in need return of invented children, to be changed in one place by a test.</summary>
public sealed class CinFile
{
    private readonly XDocument document = XDocument.Parse("""
    <Message>
      <Header>
        <CollectionDetails><Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>
        <Source><SourceLevel>L</SourceLevel><LEA>823</LEA><SoftwareCode>Invented</SoftwareCode><Release>1</Release><SerialNo>001</SerialNo><DateTime>2026-05-01T09:00:00</DateTime></Source>
      </Header>
      <Children>
        <Child>
          <ChildIdentifiers>
            <LAchildID>Invented1</LAchildID><UPN>B823000000001</UPN>
            <PersonBirthDate>2015-06-10</PersonBirthDate><Sex>F</Sex>
          </ChildIdentifiers>
          <ChildCharacteristics>
            <Ethnicity>WBRI</Ethnicity>
            <Disabilities><Disability>AUT</Disability><Disability>LD</Disability></Disabilities>
          </ChildCharacteristics>
          <CINdetails>
            <CINreferralDate>2025-05-06</CINreferralDate><ReferralSource>1A</ReferralSource><PrimaryNeedCode>N1</PrimaryNeedCode>
            <Assessments>
              <AssessmentActualStartDate>2025-05-06</AssessmentActualStartDate>
              <AssessmentAuthorisationDate>2025-06-12</AssessmentAuthorisationDate>
              <FactorsIdentifiedAtAssessment><AssessmentFactors>3B</AssessmentFactors><AssessmentFactors>4B</AssessmentFactors></FactorsIdentifiedAtAssessment>
            </Assessments>
            <CINPlanDates><CINPlanStartDate>2025-06-20</CINPlanStartDate><CINPlanEndDate>2025-07-15</CINPlanEndDate></CINPlanDates>
            <Section47>
              <S47ActualStartDate>2025-08-04</S47ActualStartDate><InitialCPCtarget>2025-08-26</InitialCPCtarget>
              <DateOfInitialCPC>2025-08-21</DateOfInitialCPC><ICPCnotRequired>0</ICPCnotRequired>
            </Section47>
            <ReferralNFA>0</ReferralNFA>
            <ChildProtectionPlans>
              <CPPstartDate>2025-08-21</CPPstartDate>
              <InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>EMO</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP>
              <Reviews><CPPreviewDate>2025-11-10</CPPreviewDate><CPPreviewDate>2026-02-16</CPPreviewDate></Reviews>
            </ChildProtectionPlans>
          </CINdetails>
        </Child>
      </Children>
    </Message>
    """);

    public XElement Message => document.Root!;
    public XElement Header => Message.Element("Header")!;
    public XElement Children => Message.Element("Children")!;

    /// <summary>The first element of this name anywhere in the file.</summary>
    public XElement First(string name) => document.Descendants(name).First();

    public CinFile Set(string name, string value)
    {
        First(name).Value = value;
        return this;
    }

    public CinFile Remove(string name)
    {
        First(name).Remove();
        return this;
    }

    /// <summary>Puts xml at the end of the first element of this name.</summary>
    public CinFile Add(string parent, string xml)
    {
        First(parent).Add(XElement.Parse(xml));
        return this;
    }

    /// <summary>A second valid child, whose own id and UPN differ, changed in its turn.</summary>
    public CinFile AddChild(Action<CinFile>? change = null, string id = "Invented2", string upn = "D823000000002")
    {
        var other = new CinFile().Set("LAchildID", id).Set("UPN", upn);
        change?.Invoke(other);
        Children.Add(other.First("Child"));
        return this;
    }

    /// <summary>A second episode for the first child, changed in its turn.</summary>
    public CinFile AddEpisode(Action<CinFile> change)
    {
        var other = new CinFile();
        change(other);
        First("Child").Add(other.First("CINdetails"));
        return this;
    }

    public CinFile Unborn(string expected, string sex = "U") =>
        Remove("PersonBirthDate").Add("ChildIdentifiers", $"<ExpectedPersonBirthDate>{expected}</ExpectedPersonBirthDate>").Set("Sex", sex)
            .Remove("UPN").Add("ChildIdentifiers", "<UPNunknown>UN1</UPNunknown>").Remove("Disabilities");

    public CinFile Died(string date) => Add("ChildIdentifiers", $"<PersonDeathDate>{date}</PersonDeathDate>");

    public CinFile Closed(string date, string? reason = "RC7")
    {
        Add("CINdetails", $"<CINclosureDate>{date}</CINclosureDate>");
        return reason is null ? this : Add("CINdetails", $"<ReasonForClosure>{reason}</ReasonForClosure>");
    }

    /// <summary>Leaves of the first episode only the referral.</summary>
    public CinFile OnlyReferral() => Remove("Assessments").Remove("CINPlanDates").Remove("Section47").Remove("ChildProtectionPlans");

    public CinFile Assessment(string start, string? end, params string[] factors) => Add("CINdetails",
        $"<Assessments><AssessmentActualStartDate>{start}</AssessmentActualStartDate>"
        + (end is null ? "" : $"<AssessmentAuthorisationDate>{end}</AssessmentAuthorisationDate>")
        + (factors.Length == 0 ? "" : $"<FactorsIdentifiedAtAssessment>{string.Concat(factors.Select(code => $"<AssessmentFactors>{code}</AssessmentFactors>"))}</FactorsIdentifiedAtAssessment>")
        + "</Assessments>");

    public CinFile Plan(string start, string? end) => Add("CINdetails",
        $"<CINPlanDates><CINPlanStartDate>{start}</CINPlanStartDate>{(end is null ? "" : $"<CINPlanEndDate>{end}</CINPlanEndDate>")}</CINPlanDates>");

    public CinFile Enquiry(string start, string? conference, string notRequired = "0") => Add("CINdetails",
        $"<Section47><S47ActualStartDate>{start}</S47ActualStartDate>{(conference is null ? "" : $"<DateOfInitialCPC>{conference}</DateOfInitialCPC>")}<ICPCnotRequired>{notRequired}</ICPCnotRequired></Section47>");

    public CinFile Protection(string start, string? end, params string[] reviews) => Add("CINdetails",
        $"<ChildProtectionPlans><CPPstartDate>{start}</CPPstartDate>{(end is null ? "" : $"<CPPendDate>{end}</CPPendDate>")}<InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse><NumberOfPreviousCPP>0</NumberOfPreviousCPP>"
        + (reviews.Length == 0 ? "" : $"<Reviews>{string.Concat(reviews.Select(date => $"<CPPreviewDate>{date}</CPPreviewDate>"))}</Reviews>") + "</ChildProtectionPlans>");

    public string Xml => document.ToString(SaveOptions.DisableFormatting);

    public MemoryStream Stream() => Of(Xml);

    public static MemoryStream Of(string xml) => new(Encoding.UTF8.GetBytes(xml));

    public static FileStream Sample(string name) => File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Samples", "cin", name));

    public static List<CinChild> Read(Stream stream)
    {
        using var reader = new CinCensusReader(stream);
        return [.. reader.ReadChildren()];
    }
}
