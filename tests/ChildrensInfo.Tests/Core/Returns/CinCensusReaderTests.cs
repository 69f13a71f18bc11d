using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus;
using Xunit;

namespace ChildrensInfo.Tests.Core.Returns;

public class CinCensusReaderTests
{
    [Theory]
    [InlineData("CIN2rows.xml", 1)]
    [InlineData("CIN_Census_2024.xml", 2)]
    [InlineData("CIN_Census_2026.xml", 2)]
    [InlineData("fake_CIN_data.xml", 332)]
    public void Every_sample_is_read_to_its_end(string name, int children)
    {
        using var file = CinFile.Sample(name);
        using var reader = new CinCensusReader(file);

        var read = reader.ReadChildren().ToList();

        Assert.Equal(children, read.Count);
        Assert.Equal("CIN", reader.Header.Collection.Value);
        Assert.NotNull(reader.Header.ReferenceDate.Value);
        Assert.All(read, child => Assert.NotNull(child.LAchildID.Value));
        Assert.All(read, child => Assert.NotNull(child.PersonBirthDate.Value ?? child.ExpectedPersonBirthDate.Value));
        Assert.All(read, child => Assert.NotEmpty(child.CINdetails));
        Assert.Empty(reader.UnknownElements);
        Assert.Equal(Enumerable.Range(1, children), read.Select(child => child.Position));
    }

    [Fact]
    public void Every_block_and_field_of_a_return_is_read()
    {
        using var file = CinFile.Sample("CIN_Census_2026.xml");
        using var reader = new CinCensusReader(file);
        var child = reader.TryRead()!;
        var details = Assert.Single(child.CINdetails);

        Assert.Equal("201", reader.Header.LEA.Value);
        Assert.Equal(2023, reader.Header.Year.Value);
        Assert.Equal(("DfEX0000001", "A123456789123", "X98765432123B", "UN3", "1", "M"),
          (child.LAchildID.Value, child.UPN.Value, child.FormerUPN.Value, child.UPNunknown.Value, child.Sex.Value, child.SexCode));
        Assert.Equal(new DateOnly(2015, 3, 27), child.PersonBirthDate.Value);
        Assert.Equal("WBRI", child.Ethnicity.Value);
        Assert.Equal(["HAND", "HEAR"], child.Disability.Select(code => code.Value));
        Assert.Equal(1, reader.StrayText);

        Assert.Equal((new DateOnly(2022, 10, 6), "1A", "N4", new DateOnly(2023, 2, 27), "RC1", new DateOnly(2022, 12, 6), false),
          (details.CINreferralDate.Value!.Value, details.ReferralSource.Value, details.PrimaryNeedCode.Value, details.CINclosureDate.Value!.Value,
            details.ReasonForClosure.Value, details.DateOfInitialCPC.Value!.Value, details.ReferralNFA.Value!.Value));
        var assessment = Assert.Single(details.Assessments);
        Assert.Equal(new DateOnly(2028, 4, 28), assessment.AssessmentActualStartDate.Value);
        Assert.Equal(new DateOnly(2020, 9, 19), assessment.AssessmentAuthorisationDate.Value);
        Assert.Equal(["1C", "RB", "6B"], assessment.AssessmentFactors.Select(code => code.Value));
        var plan = Assert.Single(details.CINPlanDates);
        Assert.Equal((new DateOnly(2023, 1, 24), new DateOnly(2023, 1, 26)), (plan.CINPlanStartDate.Value!.Value, plan.CINPlanEndDate.Value!.Value));
        var enquiry = Assert.Single(details.Section47);
        Assert.Equal((new DateOnly(2022, 6, 2), new DateOnly(2022, 6, 23), new DateOnly(2022, 6, 17), false),
          (enquiry.S47ActualStartDate.Value!.Value, enquiry.InitialCPCtarget.Value!.Value, enquiry.DateOfInitialCPC.Value!.Value, enquiry.ICPCnotRequired.Value!.Value));
        var protection = Assert.Single(details.ChildProtectionPlans);
        Assert.Equal((new DateOnly(2022, 2, 17), new DateOnly(2023, 3, 14), "PHY", "PHY", 10),
          (protection.CPPstartDate.Value!.Value, protection.CPPendDate.Value!.Value, protection.InitialCategoryOfAbuse.Value,
            protection.LatestCategoryOfAbuse.Value, protection.NumberOfPreviousCPP.Value!.Value));
        Assert.Equal([new DateOnly(2023, 2, 15)], protection.CPPreviewDate.Select(review => review.Value!.Value));
        var stage = Assert.Single(details.PreProceedings);
        Assert.Equal((new DateOnly(2026, 9, 9), true, true, 3, "A", new DateOnly(2027, 2, 5)),
          (stage.PPStartDate.Value!.Value, stage.FGDMMeetingOffer.Value!.Value, stage.FGDMMeetingFac.Value!.Value, stage.ReviewMeetingsCount.Value!.Value,
            stage.PPOutcome.Value, stage.LetterInitCPDate.Value!.Value));
    }

    [Fact]
    public void Review_dates_are_all_read_from_one_block_or_from_many()
    {
        var one = CinFile.Read(new CinFile().Stream()).Single().CINdetails.Single().ChildProtectionPlans.Single();
        var many = CinFile.Read(new CinFile().Add("ChildProtectionPlans", "<Reviews><CPPreviewDate>2026-03-09</CPPreviewDate></Reviews>")
          .Add("ChildProtectionPlans", "<Reviews/>").Stream()).Single().CINdetails.Single().ChildProtectionPlans.Single();

        Assert.Equal(["2025-11-10", "2026-02-16"], one.CPPreviewDate.Select(review => review.Raw));
        Assert.Equal(["2025-11-10", "2026-02-16", "2026-03-09"], many.CPPreviewDate.Select(review => review.Raw));
        Assert.Equal((0, 1), (one.ReviewsWithoutDate, many.ReviewsWithoutDate));
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData("yes", null)]
    [InlineData("", null)]
    public void A_flag_is_read_in_both_spellings(string text, bool? value)
    {
        var flag = CinFile.Read(new CinFile().Set("ReferralNFA", text).Stream()).Single().CINdetails.Single().ReferralNFA;

        Assert.Equal(value, flag.Value);
        Assert.Equal(text, flag.Raw);
    }

    [Theory]
    [InlineData("Sex", "M", "M")]
    [InlineData("Sex", "1", "M")]
    [InlineData("Sex", "2", "F")]
    [InlineData("Sex", "U", "U")]
    [InlineData("Sex", "9", "U")]
    [InlineData("Sex", "X", null)]
    [InlineData("GenderCurrent", "0", "U")]
    [InlineData("GenderCurrent", "1", "M")]
    [InlineData("GenderCurrent", "2", "F")]
    [InlineData("GenderCurrent", "9", "U")]
    public void Sex_is_understood_in_the_codes_of_every_year(string element, string code, string? sex)
    {
        var file = new CinFile().Remove("Sex").Add("ChildIdentifiers", $"<{element}>{code}</{element}>");

        Assert.Equal(sex, CinFile.Read(file.Stream()).Single().SexCode);
    }

    [Theory]
    [InlineData("2025-06-02", "2025-06-02")]
    [InlineData("2025-06-02Z", "2025-06-02")]
    [InlineData("2025-06-02+01:00", "2025-06-02")]
    [InlineData("2025-06-02T00:00:00", "2025-06-02")]
    [InlineData("2025-06-02T00:00:00.000", "2025-06-02")]
    [InlineData("2025-06-02T10:30:00", null)]
    [InlineData("02/06/2025", null)]
    [InlineData("2025-02-30", null)]
    [InlineData("2025-6-2", null)]
    [InlineData("20250602", null)]
    [InlineData("2025-06-02x", null)]
    public void A_date_is_year_month_day_or_it_is_not_guessed_at(string text, string? date)
    {
        var read = CinFile.Read(new CinFile().Set("CINreferralDate", text).Stream()).Single().CINdetails.Single().CINreferralDate;

        Assert.Equal(date is null ? null : DateOnly.Parse(date, CultureInfo.InvariantCulture), read.Value);
        Assert.Equal(text, read.Raw);
        Assert.Equal(date is null, read.IsUnreadable);
    }

    [Fact]
    public void Padding_is_taken_off_and_noted()
    {
        using var stream = new CinFile().Set("PrimaryNeedCode", " N4 \n").Set("CINreferralDate", "\t2025-05-06 ").Stream();
        using var reader = new CinCensusReader(stream);
        var details = reader.TryRead()!.CINdetails.Single();

        Assert.Equal(("N4", " N4 \n"), (details.PrimaryNeedCode.Value, details.PrimaryNeedCode.Raw));
        Assert.Equal(new DateOnly(2025, 5, 6), details.CINreferralDate.Value);
        Assert.Equal(1, reader.PaddedFields["PrimaryNeedCode"]);
        Assert.Equal(1, reader.PaddedFields["CINreferralDate"]);
    }

    [Fact]
    public void Missing_and_empty_fields_are_told_apart()
    {
        var child = CinFile.Read(new CinFile().Set("Ethnicity", "").Remove("Disabilities").Remove("UPN").Stream()).Single();

        Assert.Equal(("", null), (child.Ethnicity.Raw, child.Ethnicity.Value));
        Assert.Equal((null, null), (child.UPN.Raw, child.UPN.Value));
        Assert.Empty(child.Disability);
    }

    [Fact]
    public void An_unborn_child_is_read()
    {
        var child = CinFile.Read(new CinFile().Remove("PersonBirthDate").Add("ChildIdentifiers", "<ExpectedPersonBirthDate>2026-05-01</ExpectedPersonBirthDate>").Stream()).Single();

        Assert.True(child.IsUnborn);
        Assert.Equal(new DateOnly(2026, 5, 1), child.ExpectedPersonBirthDate.Value);
    }

    [Fact]
    public void Unknown_elements_are_counted_by_name_and_passed_over_with_all_they_hold()
    {
        using var stream = new CinFile()
          .Add("Child", "<SocialWorkers><SocialWorker><LAchildID>not this one</LAchildID></SocialWorker></SocialWorkers>")
          .Add("CINdetails", "<Extra/>").Add("CINdetails", "<Extra>text</Extra>").Stream();
        using var reader = new CinCensusReader(stream);
        var child = reader.ReadChildren().Single();

        Assert.Equal("Invented1", child.LAchildID.Value);
        Assert.Equal(new Dictionary<string, int> { ["SocialWorkers"] = 1, ["Extra"] = 2 }, reader.UnknownElements);
        Assert.Single(child.CINdetails.Single().ChildProtectionPlans);
    }

    [Fact]
    public void Comments_instructions_and_character_data_sections_do_no_harm()
    {
        var xml = new CinFile().Xml.Replace("<Ethnicity>WBRI</Ethnicity>", "<Ethnicity><!-- a -->W<![CDATA[BR]]>I<?x y?></Ethnicity>", StringComparison.Ordinal)
          .Replace("Invented1", "A&amp;B&#x31;", StringComparison.Ordinal);

        var child = CinFile.Read(CinFile.Of(xml)).Single();

        Assert.Equal("WBRI", child.Ethnicity.Value);
        Assert.Equal("A&B1", child.LAchildID.Value);
    }

    public static TheoryData<string, string> Encodings => new()
  {
    { "utf-8", "utf-8" },
    { "utf-16", "utf-16" },
    { "utf-16BE", "utf-16" },
    { "iso-8859-1", "iso-8859-1" },
    { "windows-1252", "windows-1252" },
  };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_return_is_read_in_the_encoding_it_declares(string encoding, string declared)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var encoder = Encoding.GetEncoding(encoding);
        var xml = $"<?xml version=\"1.0\" encoding=\"{declared}\"?>" + new CinFile().Set("SoftwareCode", "Siân").Xml;
        foreach (var mark in new[] { encoder.GetPreamble(), declared == "utf-16" ? encoder.GetPreamble() : [] })
        {
            using var stream = new MemoryStream([.. mark, .. encoder.GetBytes(xml)]);
            using var reader = new CinCensusReader(stream);
            Assert.Equal("Siân", reader.Header.SoftwareCode.Value);
            Assert.Single(reader.ReadChildren());
        }
    }

    [Fact]
    public void Namespaces_do_not_hide_the_elements()
    {
        var xml = new CinFile().Xml.Replace("<Message>", "<Message xmlns=\"http://example.org/cin\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">", StringComparison.Ordinal);

        Assert.Equal("Invented1", CinFile.Read(CinFile.Of(xml)).Single().LAchildID.Value);
    }

    // ---------------------------------------------------------------- refusals

    public static TheoryData<string, byte[], string> Refused
    {
        get
        {
            var good = new CinFile().Xml;
            byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
            return new()
      {
        { "empty", [], "The file is empty." },
        { "blank", Bytes("\uFEFF  \r\n "), "The file is empty." },
        { "text", Bytes("LAchildID,Sex\n1,F\n"), "The file is not XML" },
        { "zip", [0x50, 0x4B, 3, 4, 0, 0, 0], "a zip archive or an Excel" },
        { "pdf", Bytes("%PDF-1.7 "), "This is a PDF" },
        { "binary", [0, 1, 2, 3, 4, 5, 6, 7, 255, 254], "not" },
        { "other root", Bytes("<EXPSSDA903><CHILD/></EXPSSDA903>"), "outermost element is <EXPSSDA903>" },
        { "other collection", Bytes(good.Replace("<Collection>CIN<", "<Collection>CLA<", StringComparison.Ordinal)), "return of the collection \"CLA\"" },
        { "no children element", Bytes("<Message><Header/></Message>"), "no <Children> element" },
        { "declared type", Bytes("<!DOCTYPE Message><Message/>"), "document type (DTD)" },
        { "billion laughs", Bytes("<!DOCTYPE m [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]><Message>&c;</Message>"), "document type (DTD)" },
        { "external entity", Bytes("<!DOCTYPE m [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Message>&a;</Message>"), "document type (DTD)" },
        { "undeclared entity", Bytes(good.Replace("WBRI", "&nbsp;", StringComparison.Ordinal)), "not well-formed" },
        { "mismatched tags", Bytes(good.Replace("</Ethnicity>", "</Ethnic>", StringComparison.Ordinal)), "not well-formed" },
        { "two documents", Bytes(good + good), "not well-formed" },
        { "control character", Bytes(good.Replace("WBRI", "W\u0001", StringComparison.Ordinal)), "not well-formed" },
        { "declared utf-8, written latin-1", Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + good.Replace("Invented<", "Siân<", StringComparison.Ordinal)), "encoding" },
        { "declared utf-16, written utf-8", Bytes("<?xml version=\"1.0\" encoding=\"utf-16\"?>" + good), "encoding" },
        { "unheard-of encoding", Bytes("<?xml version=\"1.0\" encoding=\"klingon\"?>" + good), "encoding" },
        { "endless value", Bytes(good.Replace("WBRI", new string('W', 1_001), StringComparison.Ordinal)), "The value of Ethnicity is longer than 1,000 characters" },
        { "nested", Bytes("<Message><Children><Child>" + string.Concat(Enumerable.Repeat("<a>", 80_000)) + string.Concat(Enumerable.Repeat("</a>", 80_000)) + "</Child></Children></Message>"), "more than 64 deep" },
        { "nested values", Bytes("<Message><Children><Child><ChildIdentifiers><UPN>" + string.Concat(Enumerable.Repeat("<UPN>", 80_000))), "more than 64 deep" },
        { "endless child", Bytes(good.Replace("<Disability>LD</Disability>", string.Concat(Enumerable.Repeat("<Disability>LD</Disability>", 5_001)), StringComparison.Ordinal)), "more than 5,000 episodes" },
        { "one long name", Bytes("<Message><" + new string('a', 9 << 20) + "/></Message>"), "longer than 8 MB" },
        { "one long attribute", Bytes("<Message a=\"" + new string('a', 9 << 20) + "\"><Children/></Message>"), "longer than 8 MB" },
      };
        }
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Refused))]
    public void What_is_not_a_sound_return_is_refused_with_a_plain_reason(string what, byte[] bytes, string reason)
    {
        using var stream = new MemoryStream(bytes);

        var refusal = Assert.Throws<ReturnRefusedException>(() => CinFile.Read(stream));

        Assert.True(refusal.Message.Contains(reason, StringComparison.Ordinal), $"{what}: {refusal.Message}");
        Assert.Null(refusal.InnerException);
        Assert.DoesNotContain("WBRI", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_and_never_taken_for_whole()
    {
        var whole = Encoding.UTF8.GetBytes(new CinFile().Xml);
        for (var length = 1; length < whole.Length; length += 7)
        {
            using var stream = new MemoryStream(whole, 0, length);
            var refusal = Assert.Throws<ReturnRefusedException>(() => CinFile.Read(stream));
            if (length > 2) Assert.Contains("stops in the middle", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_cut_file_says_where_and_which_child_was_the_last_whole_one()
    {
        using var file = CinFile.Sample("fake_CIN_data.xml");
        var lines = new StreamReader(file).ReadToEnd().Split('\n');
        var cut = string.Join('\n', lines[..100]);
        using var reader = new CinCensusReader(CinFile.Of(cut));

        var read = new List<CinChild>();
        var refusal = Assert.Throws<ReturnRefusedException>(() => { while (reader.TryRead() is { } child) read.Add(child); });

        Assert.Equal(100, refusal.Line);
        Assert.Equal(read.Count, refusal.CompleteChildren);
        Assert.InRange(read.Count, 1, 20);
        Assert.Contains($"number {read.Count} (LAchildID {read[^1].LAchildID})", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("line 100", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reader_holds_on_to_no_child_it_has_handed_out()
    {
        var file = new CinFile();
        var child = file.First("Child");
        for (var n = 2; n <= 500; n++) file.Children.Add(child);
        using var reader = new CinCensusReader(file.Stream());

        var handedOut = ReadAll(reader);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.Equal(500, handedOut.Count);
        Assert.InRange(handedOut.Count(reference => reference.IsAlive), 0, 2);
        GC.KeepAlive(reader);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> ReadAll(CinCensusReader reader) => [.. reader.ReadChildren().Select(child => new WeakReference(child))];
}
