using System.Globalization;
using System.Xml;

namespace ChildrensInfo.Core.Returns.CinCensus;

/// <summary>What invented returns to make.</summary>
public sealed record CinGeneratorOptions
{
    /// <summary>Children who appear in at least one of the years.</summary>
    public int Children { get; init; } = 1_000;
    public int Seed { get; init; } = 1;
    /// <summary>The last day anything has happened on; the 31 March on or after it ends the last year.</summary>
    public DateOnly AsOf { get; init; } = new(2026, 3, 31);
    /// <summary>Years of returns to spread the children over. With 1, every child is in the one return.</summary>
    public int Years { get; init; } = 1;
    /// <summary>Three digits; part of the ids and the UPNs.</summary>
    public string Authority { get; init; } = "823";
    /// <summary>The share of children whose record gets one fault.</summary>
    public double DefectShare { get; init; }
}

/// <summary>
/// Invented children in need returns, for demonstration and for measuring. Nobody in them exists. The same options make the same children, each
/// with a life of referrals, assessments and plans, of which a year's return shows what a census would: so the returns of successive
/// years agree with each other. The shares come from the Department for Education's "Characteristics of children in need" 2024 (Open
/// Government Licence v3.0), rounded. Without defects a return breaks none of the census's rules of the kind "error".
/// </summary>
public sealed class CinGenerator(CinGeneratorOptions options)
{
    private static readonly (string Code, int Weight)[] Needs =
        [("N1", 581), ("N2", 81), ("N3", 21), ("N4", 86), ("N5", 120), ("N6", 20), ("N7", 3), ("N8", 55), ("N9", 9), ("N0", 26)];
    private static readonly (string, int)[] Sources =
        [("1A", 40), ("1B", 10), ("1C", 10), ("1D", 21), ("2A", 203), ("2B", 17), ("3A", 15), ("3B", 29), ("3C", 10), ("3D", 19), ("3E", 35), ("3F", 39), ("4", 12),
         ("5A", 56), ("5B", 48), ("5C", 24), ("5D", 13), ("6", 285), ("7", 44), ("8", 42), ("9", 16), ("10", 12)];
    private static readonly (string, int)[] Ethnicities =
        [("WBRI", 609), ("WIRI", 2), ("WIRT", 2), ("WROM", 5), ("WOTH", 46), ("MWBC", 29), ("MWBA", 11), ("MWAS", 16), ("MOTH", 35), ("AIND", 10), ("APKN", 25),
         ("ABAN", 12), ("CHNE", 2), ("AOTH", 31), ("BAFR", 54), ("BCRB", 17), ("BOTH", 19), ("OOTH", 43), ("REFU", 8), ("NOBT", 24)];
    private static readonly (string, int)[] Factors =
        [("1A", 11), ("1B", 72), ("1C", 11), ("2A", 25), ("2B", 71), ("2C", 16), ("3A", 55), ("3B", 161), ("3C", 25), ("4A", 86), ("4B", 165), ("4C", 22), ("5A", 60),
         ("5B", 15), ("5C", 7), ("6A", 23), ("6B", 26), ("6C", 5), ("7A", 18), ("8E", 2), ("9A", 7), ("10A", 18), ("11A", 14), ("12A", 3), ("13A", 10), ("14A", 39),
         ("15A", 26), ("16A", 83), ("17A", 98), ("18B", 15), ("18C", 58), ("19B", 12), ("19C", 18), ("20", 94), ("22A", 1), ("23A", 2), ("24A", 16)];
    private static readonly (string, int)[] Categories = [("NEG", 49), ("EMO", 37), ("PHY", 8), ("SAB", 4), ("MUL", 2)];
    private static readonly (string, int)[] Closures = [("RC1", 7), ("RC3", 2), ("RC4", 8), ("RC5", 39), ("RC6", 7), ("RC7", 937)];
    private static readonly string[] Disabilities = ["MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA"];
    /// <summary>Youngest and oldest age in years at the end of the child's last year, and the share of children.</summary>
    private static readonly ((double, double) Ages, int Weight)[] AgeBands =
        [((-0.5, 0), 17), ((0, 1), 41), ((1, 5), 144), ((5, 10), 222), ((10, 16), 331), ((16, 17.9), 245)];
    /// <summary>Days an assessment takes: most within 45 working days, the limit.</summary>
    private static readonly ((int, int) Days, int Weight)[] AssessmentDays =
        [((0, 1), 15), ((2, 14), 114), ((15, 28), 173), ((29, 42), 160), ((43, 56), 202), ((57, 62), 181), ((63, 70), 60), ((71, 84), 46), ((85, 170), 49)];

    /// <summary>The faults a child's record may be given, and the rule each breaks.</summary>
    public static IReadOnlyDictionary<string, string> Defects { get; } = new Dictionary<string, string>
    {
        ["unknown need"] = "8650",
        ["unknown source"] = "8866",
        ["unknown ethnicity"] = "4220",
        ["unknown sex"] = "4180",
        ["no referral flag"] = "8568",
        ["closed before referral"] = "8630",
        ["closed without reason"] = "8805",
        ["disability twice"] = "8794",
        ["no primary need"] = "8610",
        ["assessment ends before it starts"] = "8608",
        ["factor twice"] = "8898",
    };

    private readonly DateOnly lastYearEnd = YearEnd(options.AsOf);

    /// <summary>The year ends of the returns that can be written, earliest first.</summary>
    public IReadOnlyList<DateOnly> ReferenceDates { get; } =
        [.. Enumerable.Range(0, options.Years).Select(year => YearEnd(options.AsOf).AddYears(year - options.Years + 1))];

    /// <summary>Writes the return of the last year.</summary>
    public IReadOnlyList<(string ChildId, string Defect)> Write(Stream output) => Write(output, lastYearEnd);

    /// <returns>The faults put in: nothing when <see cref="CinGeneratorOptions.DefectShare"/> is 0.</returns>
    public IReadOnlyList<(string ChildId, string Defect)> Write(Stream output, DateOnly referenceDate)
    {
        if (!ReferenceDates.Contains(referenceDate)) throw new ArgumentOutOfRangeException(nameof(referenceDate), "There is no return for this year.");
        var defects = new List<(string, string)>();
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, IndentChars = " ", CloseOutput = false });
        xml.WriteStartElement("Message");
        xml.WriteStartElement("Header");
        xml.WriteStartElement("CollectionDetails");
        Element(xml, "Collection", "CIN");
        Element(xml, "Year", referenceDate.Year.ToString(CultureInfo.InvariantCulture));
        Element(xml, "ReferenceDate", referenceDate);
        xml.WriteEndElement();
        xml.WriteStartElement("Source");
        Element(xml, "SourceLevel", "L");
        Element(xml, "LEA", options.Authority);
        Element(xml, "SoftwareCode", "Invented return");
        Element(xml, "Release", "1");
        Element(xml, "SerialNo", "001");
        Element(xml, "DateTime", $"{(referenceDate < options.AsOf ? referenceDate : options.AsOf):yyyy-MM-dd}T09:00:00");
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteStartElement("Children");
        for (var number = 0; number < options.Children; number++)
        {
            var child = Invent(number);
            var inYear = InYear(child, referenceDate);
            if (inYear.Count == 0) continue;
            var random = new Random(HashCode(options.Seed, number, referenceDate.Year));
            if (random.NextDouble() < options.DefectShare && Spoil(random, child, inYear) is { } defect) defects.Add((child.Id, defect));
            WriteChild(xml, child, inYear, referenceDate);
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
        return defects;
    }

    private static DateOnly YearEnd(DateOnly date) => new(date.Month > 3 ? date.Year + 1 : date.Year, 3, 31);

    // Not System.HashCode, which differs from run to run.
    private static int HashCode(int seed, int number, int year) => unchecked((((seed * 486187739) + number) * 16777619) ^ (year * 374761393));

    // ------------------------------------------------------------------ a life

    private sealed class Life
    {
        public required string Id { get; init; }
        public required string Upn { get; init; }
        public required DateOnly Born { get; init; }
        public required string SexAtBirth { get; set; }
        public required string Ethnicity { get; set; }
        public required List<string> Disabilities { get; init; }
        public List<Episode> Episodes { get; } = [];
    }

    private sealed record Episode
    {
        public DateOnly Referral { get; init; }
        public string Source { get; init; } = "";
        public string? Need { get; init; }
        public string? Nfa { get; init; }
        public DateOnly? Closed { get; init; }
        public string? Reason { get; init; }
        public List<(DateOnly Start, DateOnly? End, List<string> Factors)> Assessments { get; init; } = [];
        public List<(DateOnly Start, DateOnly? End)> Plans { get; init; } = [];
        public List<(DateOnly Start, DateOnly? Conference, bool NotRequired)> Enquiries { get; init; } = [];
        public List<(DateOnly Start, DateOnly? End, string First, string Latest, int Previous, List<DateOnly> Reviews)> Protection { get; init; } = [];
    }

    private Life Invent(int number)
    {
        var random = new Random(HashCode(options.Seed, number, 0));
        // The child's last year; in the years before it, the child is in the return only if known already.
        var yearEnd = options.Years == 1 ? lastYearEnd : ReferenceDates[random.Next(options.Years)];
        var end = yearEnd < options.AsOf ? yearEnd : options.AsOf;
        var start = yearEnd.AddYears(-1).AddDays(1);
        var isLastYear = yearEnd == lastYearEnd;

        var (youngest, oldest) = Pick(random, AgeBands);
        var born = end.AddDays(-(int)((youngest + (random.NextDouble() * (oldest - youngest))) * 365.25));
        var unborn = born > end;
        var body = $"{options.Authority}{number:D9}";
        var life = new Life
        {
            Id = $"{options.Authority}C{number:D7}",
            Upn = UpnCheck(body) + body,
            Born = born,
            SexAtBirth = random.Next(1000) switch { < 553 => "M", < 997 => "F", _ => "U" },
            Ethnicity = Pick(random, Ethnicities),
            Disabilities = random.Next(1000) < 863
                ? ["NONE"]
                : [.. Disabilities.OrderBy(_ => random.Next()).Take(random.Next(100) switch { < 55 => 1, < 80 => 2, < 92 => 3, _ => 4 })],
        };

        // Referral: most within the year, the others long-running.
        var back = random.Next(100) switch { < 62 => random.Next(0, end.DayNumber - start.DayNumber + 1), < 76 => random.Next(366, 730), _ => random.Next(731, 2500) };
        var nfa = random.Next(100) < 6;
        if (nfa) back = Math.Min(back, random.Next(0, end.DayNumber - start.DayNumber + 1));
        var referral = end.AddDays(-back);
        if (unborn && born.DayNumber - referral.DayNumber > 250) referral = born.AddDays(-random.Next(190, 250));
        if (!unborn && referral < born) referral = born.AddDays(random.Next(0, Math.Max(1, Math.Min(60, end.DayNumber - born.DayNumber))));
        var again = !unborn && random.Next(100) < 12;

        var episode = Follow(random, referral, nfa, end, start, isLastYear, mustClose: again);
        life.Episodes.Add(episode);
        // A second referral within the year after the first one closed: a quarter of referrals in England are re-referrals within 12 months.
        if (again && (episode.Closed ?? (nfa ? referral : null)) is { } closed)
        {
            var second = closed.AddDays(random.Next(15, 300));
            if (second >= start && second <= end) life.Episodes.Add(Follow(random, second, random.Next(100) < 6, end, start, isLastYear, mustClose: false));
        }
        // Every child is in the return of its last year.
        if (life.Episodes.TrueForAll(known => known.Closed < start))
            life.Episodes[^1] = life.Episodes[^1] with { Closed = start.AddDays(random.Next(0, end.DayNumber - start.DayNumber + 1)), Reason = Pick(random, Closures) };
        return life;
    }

    /// <summary>What follows a referral until <paramref name="end"/>, after which nothing is known.</summary>
    private static Episode Follow(Random random, DateOnly referral, bool nfa, DateOnly end, DateOnly yearStart, bool staysOpen, bool mustClose)
    {
        if (nfa) return new Episode { Referral = referral, Source = Pick(random, Sources), Nfa = "1" };

        var episode = new Episode { Referral = referral, Source = Pick(random, Sources), Need = Pick(random, Needs), Nfa = "0" };
        var (shortest, longest) = Pick(random, AssessmentDays);
        var assessed = referral.AddDays(random.Next(shortest, longest + 1));
        var factors = Enumerable.Range(0, random.Next(100) switch { < 25 => 1, < 50 => 2, < 70 => 3, < 85 => 4, < 95 => 5, _ => 7 })
            .Select(_ => Pick(random, Factors)).Distinct().Order(StringComparer.Ordinal).ToList();
        if (assessed > end)
        {
            // A year that is over is never left with an assessment begun long before its end and still open.
            var began = referral < end.AddDays(-50) ? end.AddDays(-random.Next(1, 50)) : referral;
            episode.Assessments.Add((began, null, []));
            return episode;
        }
        episode.Assessments.Add((referral, assessed, factors));

        var last = assessed;
        var path = random.Next(100);
        if (path >= 54)
        {
            // An enquiry begins while the assessment is under way; a third of enquiries lead to a conference, most conferences to a plan.
            var began = referral.AddDays(random.Next(0, Math.Max(1, assessed.DayNumber - referral.DayNumber)));
            var conference = Weekday(began.AddDays(random.Next(100) switch { < 9 => random.Next(5, 11), < 79 => random.Next(13, 20), _ => random.Next(20, 27) }));
            var held = random.Next(100) < 36 && conference >= referral;
            episode.Enquiries.Add((began, held ? conference : null, !held));
            if (held && conference > last) last = conference;
            if (held && random.Next(100) < 86)
            {
                var length = random.Next(100) switch { < 20 => random.Next(30, 91), < 45 => random.Next(91, 181), < 85 => random.Next(181, 365), _ => random.Next(365, 800) };
                var ended = conference.AddDays(length);
                var reviews = new List<DateOnly>();
                for (var review = Weekday(conference.AddDays(random.Next(75, 91))); review <= ended && review <= end; review = Weekday(review.AddDays(random.Next(150, 180))))
                    reviews.Add(review);
                var category = Pick(random, Categories);
                episode.Protection.Add((conference, ended, category, random.Next(10) == 0 ? Pick(random, Categories) : category, random.Next(100) < 24 ? random.Next(1, 3) : 0, reviews));
                if (ended > last) last = ended;
            }
        }
        if (path is >= 40 and < 54 || (episode.Protection.Count > 0 && random.Next(2) == 0))
        {
            var from = last.AddDays(random.Next(1, 11));
            var to = from.AddDays(random.Next(30, 420));
            episode.Plans.Add((from, to));
            last = to;
        }

        // Open for as long as something goes on; long-running needs stay open beyond that.
        var nothingFollowed = episode.Plans.Count == 0 && episode.Enquiries.Count == 0;
        if (nothingFollowed && assessed >= yearStart && (mustClose || random.Next(100) < 85))
            return episode with { Closed = assessed, Reason = random.Next(4) == 0 ? "RC9" : "RC8" };
        var closed = last.AddDays(random.Next(1, 15));
        if (!mustClose && random.Next(100) < 45) closed = closed.AddDays(random.Next(30, 1_500));
        // Half the children known in a year are still known at its end, many of them for years.
        if (staysOpen && !mustClose && closed < yearStart && random.Next(100) < 70) return episode;
        // A child whose last year is over is closed in it, or the child would have to be in the next return too.
        if (!staysOpen && closed > end && last < end) closed = end;
        if (closed < yearStart) closed = last >= yearStart ? closed : yearStart.AddDays(random.Next(0, Math.Max(1, end.DayNumber - yearStart.DayNumber)));
        return episode with { Closed = closed, Reason = Pick(random, Closures) };
    }

    /// <summary>What a return of one year shows of a life: nothing that ended before it, nothing that happened after it.</summary>
    private List<Episode> InYear(Life life, DateOnly referenceDate)
    {
        var start = referenceDate.AddYears(-1).AddDays(1);
        var end = referenceDate < options.AsOf ? referenceDate : options.AsOf;
        var shown = new List<Episode>();
        if (life.Born > end.AddDays(270)) return shown;
        foreach (var episode in life.Episodes)
        {
            if (episode.Referral > end || episode.Closed < start || (episode.Nfa == "1" && episode.Referral < start)) continue;
            var closed = episode.Closed <= end ? episode.Closed : null;
            shown.Add(episode with
            {
                Closed = closed,
                Reason = closed is null ? null : episode.Reason,
                Assessments = [.. episode.Assessments.Where(a => a.Start <= end && !(a.End < start) && (a.End is not null || a.Start >= start))
                    .Select(a => a.End <= end ? a : (a.Start, null, []))],
                Plans = [.. episode.Plans.Where(plan => plan.Start <= end && !(plan.End < start)).Select(plan => (plan.Start, plan.End <= end ? plan.End : null))],
                Enquiries = [.. episode.Enquiries.Where(enquiry => enquiry.Start <= end && !(enquiry.Conference < start) && (enquiry.Conference is not null || enquiry.Start >= start))
                    .Select(enquiry => (enquiry.Start, enquiry.Conference <= end ? enquiry.Conference : null, enquiry.NotRequired))],
                Protection = [.. episode.Protection.Where(plan => plan.Start <= end && !(plan.End < start))
                    .Select(plan => plan with { End = plan.End <= end ? plan.End : null, Reviews = [.. plan.Reviews.Where(review => review >= start && review <= end)] })],
            });
        }
        return shown;
    }

    // ------------------------------------------------------------------ faults

    private static string? Spoil(Random random, Life life, List<Episode> shown)
    {
        var defect = Defects.Keys.ElementAt(random.Next(Defects.Count));
        var episode = shown[0];
        switch (defect)
        {
            case "unknown need" when episode.Nfa == "0": shown[0] = episode with { Need = "N99" }; break;
            case "no primary need" when episode.Nfa == "0": shown[0] = episode with { Need = null }; break;
            case "unknown source": shown[0] = episode with { Source = "99" }; break;
            case "unknown ethnicity": life.Ethnicity = "XXXX"; break;
            case "unknown sex": life.SexAtBirth = "X"; break;
            case "no referral flag": shown[0] = episode with { Nfa = null }; break;
            case "closed before referral" when episode.Closed is not null: shown[0] = episode with { Closed = episode.Referral.AddDays(-3) }; break;
            case "closed without reason" when episode.Closed is not null: shown[0] = episode with { Reason = null }; break;
            case "disability twice" when life.Disabilities is not ["NONE"]: life.Disabilities.Add(life.Disabilities[0]); break;
            case "assessment ends before it starts" when episode.Assessments is [{ End: not null } only]:
                shown[0] = episode with { Assessments = [(only.Start, only.Start.AddDays(-2), only.Factors)] };
                break;
            case "factor twice" when episode.Assessments is [{ Factors: [var first, ..] } only]: only.Factors.Add(first); break;
            default: return null;
        }
        return defect;
    }

    // ------------------------------------------------------------------ writing

    private void WriteChild(XmlWriter xml, Life life, List<Episode> shown, DateOnly referenceDate)
    {
        var end = referenceDate < options.AsOf ? referenceDate : options.AsOf;
        var unborn = life.Born > end;
        // Of school age: four by the end of the August after the year, as rule 8770Q counts.
        var ofSchoolAge = life.Born <= new DateOnly(referenceDate.Year - 4, 8, 31);
        xml.WriteStartElement("Child");
        xml.WriteStartElement("ChildIdentifiers");
        Element(xml, "LAchildID", life.Id);
        if (ofSchoolAge) Element(xml, "UPN", life.Upn);
        else Element(xml, "UPNunknown", "UN1");
        Element(xml, unborn ? "ExpectedPersonBirthDate" : "PersonBirthDate", life.Born);
        var sex = unborn && life.SexAtBirth != "X" ? "U" : life.SexAtBirth;
        if (referenceDate.Year >= 2025) Element(xml, "Sex", sex);
        else Element(xml, "GenderCurrent", sex switch { "M" => "1", "F" => "2", "U" => "0", _ => sex });
        xml.WriteEndElement();
        xml.WriteStartElement("ChildCharacteristics");
        Element(xml, "Ethnicity", life.Ethnicity);
        if (!unborn)
        {
            xml.WriteStartElement("Disabilities");
            foreach (var disability in life.Disabilities) Element(xml, "Disability", disability);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        foreach (var episode in shown) WriteEpisode(xml, episode);
        xml.WriteEndElement();
    }

    private static void WriteEpisode(XmlWriter xml, Episode episode)
    {
        xml.WriteStartElement("CINdetails");
        Element(xml, "CINreferralDate", episode.Referral);
        Element(xml, "ReferralSource", episode.Source);
        Element(xml, "PrimaryNeedCode", episode.Need);
        Element(xml, "CINclosureDate", episode.Closed);
        Element(xml, "ReasonForClosure", episode.Reason);
        foreach (var (start, end, factors) in episode.Assessments)
        {
            xml.WriteStartElement("Assessments");
            Element(xml, "AssessmentActualStartDate", start);
            Element(xml, "AssessmentAuthorisationDate", end);
            if (factors.Count > 0)
            {
                xml.WriteStartElement("FactorsIdentifiedAtAssessment");
                foreach (var factor in factors) Element(xml, "AssessmentFactors", factor);
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        foreach (var (start, end) in episode.Plans)
        {
            xml.WriteStartElement("CINPlanDates");
            Element(xml, "CINPlanStartDate", start);
            Element(xml, "CINPlanEndDate", end);
            xml.WriteEndElement();
        }
        foreach (var (start, conference, notRequired) in episode.Enquiries)
        {
            xml.WriteStartElement("Section47");
            Element(xml, "S47ActualStartDate", start);
            if (!notRequired) Element(xml, "InitialCPCtarget", Weekday(start.AddDays(21)));
            Element(xml, "DateOfInitialCPC", conference);
            Element(xml, "ICPCnotRequired", notRequired ? "1" : "0");
            xml.WriteEndElement();
        }
        Element(xml, "ReferralNFA", episode.Nfa);
        foreach (var (start, end, first, latest, previous, reviews) in episode.Protection)
        {
            xml.WriteStartElement("ChildProtectionPlans");
            Element(xml, "CPPstartDate", start);
            Element(xml, "CPPendDate", end);
            Element(xml, "InitialCategoryOfAbuse", first);
            Element(xml, "LatestCategoryOfAbuse", latest);
            Element(xml, "NumberOfPreviousCPP", previous.ToString(CultureInfo.InvariantCulture));
            if (reviews.Count > 0)
            {
                xml.WriteStartElement("Reviews");
                foreach (var review in reviews) Element(xml, "CPPreviewDate", review);
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void Element(XmlWriter xml, string name, string? value)
    {
        if (value is not null) xml.WriteElementString(name, value);
    }

    private static void Element(XmlWriter xml, string name, DateOnly? date) =>
        Element(xml, name, date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    private static DateOnly Weekday(DateOnly date) => date.DayOfWeek switch
    {
        DayOfWeek.Saturday => date.AddDays(2),
        DayOfWeek.Sunday => date.AddDays(1),
        _ => date,
    };

    private static char UpnCheck(string body) => Rules.Upn.CheckLetter(body);

    private static T Pick<T>(Random random, (T Value, int Weight)[] choices)
    {
        var total = 0;
        foreach (var (_, weight) in choices) total += weight;
        var at = random.Next(total);
        foreach (var (value, weight) in choices)
            if ((at -= weight) < 0) return value;
        return choices[^1].Value;
    }
}
