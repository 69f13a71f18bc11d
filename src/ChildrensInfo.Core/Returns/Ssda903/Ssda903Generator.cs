using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ChildrensInfo.Core.Returns.Ssda903;

/// <summary>A child whose time in care is to be invented.</summary>
/// <param name="Sex">M or F.</param>
public sealed record LookedAfterPerson(string Id, DateOnly BornOn, string Sex, string Ethnic, string? Upn = null);

/// <summary>
/// Invented returns on children looked after, for demonstration and for measuring. Nobody in them exists. The same people and seed make the same times in
/// care, of which a year's return shows what a council would send: so the returns of successive years agree with each other. The shares are rounded from
/// the Department for Education's "Children looked after in England" 2025 (Open Government Licence v3.0).
/// </summary>
public sealed class Ssda903Generator(IReadOnlyList<LookedAfterPerson> people, int seed, DateOnly asOf, double defectShare = 0)
{
    private static readonly string[] Ethnicities = ["WBRI", "WBRI", "WBRI", "WBRI", "WBRI", "WBRI", "WBRI", "WOTH", "MWBC", "MOTH", "BAFR", "APKN", "OOTH"];
    private static readonly string[] Needs = ["N1", "N1", "N1", "N1", "N1", "N1", "N4", "N5", "N5", "N8"];
    private static readonly string[] Places = ["U6", "U6", "U6", "U4", "U1", "U3", "K2"];
    private static readonly string[] TookPart = ["PN1", "PN1", "PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7"];
    private static readonly string[] Activities = ["F2", "F2", "F5", "F4", "G4", "G5", "F1"];
    private static readonly string[] Homes = ["B1", "D1", "E1", "K1", "R1", "T1", "U1", "V1"];

    private sealed record Stay(DateOnly From, DateOnly? To, string Reason, string LegalStatus, string Place, string Provider, string End, string Postcode, string Urn);

    private sealed record Life(LookedAfterPerson Person, string Need, string Home, IReadOnlyList<Stay> Stays)
    {
        public DateOnly From => Stays[0].From;
        public DateOnly? To => Stays[^1].To;
    }

    /// <summary>People to invent times in care for, where there are none already.</summary>
    public static IReadOnlyList<LookedAfterPerson> Invent(int count, int seed, DateOnly asOf)
    {
#pragma warning disable CA5394 // Invented children need no secrecy, and the same seed must give the same return.
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => new LookedAfterPerson(
            $"L{i:0000000}", asOf.AddDays(-random.Next(200, 17 * 365)), random.Next(2) == 0 ? "F" : "M", Ethnicities[random.Next(Ethnicities.Length)]))];
#pragma warning restore CA5394
    }

    /// <summary>The tables of a year's return.</summary>
    /// <param name="year">The year the collection ends in.</param>
    public IReadOnlyDictionary<Ssda903Table, string> Tables(int year)
    {
        var tables = Ssda903Tables.All.ToDictionary(table => table, table => new StringBuilder().AppendJoin(',', Ssda903Tables.Columns(table)).Append("\r\n"));
        for (var i = 0; i < people.Count; i++)
            if (Live(i) is { } life) Show(life, i, year, (table, cells) => tables[table].AppendJoin(',', cells).Append("\r\n"));
        return tables.ToDictionary(t => t.Key, t => t.Value.ToString());
    }

    /// <summary>The same as a zip, as it would be sent.</summary>
    public void Write(Stream output, int year)
    {
        using var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (table, text) in Tables(year))
        {
            using var entry = zip.CreateEntry($"{table}.csv", CompressionLevel.Fastest).Open();
            entry.Write(Encoding.UTF8.GetBytes(text));
        }
    }

#pragma warning disable CA5394
    private Life? Live(int number)
    {
        var person = people[number];
        var random = new Random(unchecked((seed * 397) ^ (number * 7919)));
        var earliest = person.BornOn.AddDays(7);
        var from = Later(earliest, asOf.AddDays(-random.Next(5, 1_800)));
        var adult = person.BornOn.AddYears(18);
        if (from >= adult.AddDays(-60) || from > asOf) return null;
        var home = Postcode(random);
        var status = Pick(random, "C2", "C2", "C1", "V2", "V2", "E1");
        var stays = new List<Stay>();
        var ceases = random.Next(3) == 0;
        var parts = 1 + Math.Min(4, (int)(-Math.Log(1 - random.NextDouble()) / 1.1));
        for (var (part, start) = (0, from); ; part++)
        {
            var stop = start.AddDays(random.Next(60, 500));
            var last = part == parts - 1;
            var end = last && !ceases ? adult : stop < adult ? stop : adult;
            stays.Add(new(start, end, part == 0 ? "S" : "P", status, Pick(random, Places), random.Next(2) == 0 ? "PR1" : "PR4",
                last || end == adult ? (end == adult ? "E7" : Pick(random, "E4A", "E4A", "E13", "E45")) : "X1", Postcode(random), $"SC{random.Next(1, 999_999):000000}"));
            if (last || end == adult) break;
            start = stop;
        }

        return new(person, Pick(random, Needs), home, stays);
    }

    private void Show(Life life, int number, int year, Action<Ssda903Table, string[]> add)
    {
        var (begins, ends) = (new DateOnly(year - 1, 4, 1), new DateOnly(year, 3, 31));
        var known = ends < asOf ? ends : asOf;
        var random = new Random(unchecked((seed * 31) ^ (number * 104_729) ^ year));
        var (id, birth) = (life.Person.Id, life.Person.BornOn);
        var leaver = life.To is { } left && left < begins && left >= birth.AddYears(16) && Birthday(birth, begins, known) is >= 17 and <= 21;
        var inYear = life.From <= known && (life.To is not { } to || to >= begins);
        if (!inYear && !leaver) return;

        var spoilt = random.NextDouble() < defectShare;
        add(Ssda903Table.Header, [id, life.Person.Sex, On(birth), spoilt && random.Next(2) == 0 ? "XXXX" : life.Person.Ethnic, life.Person.Upn ?? "UN1", life.Person.Sex == "F" && birth.AddYears(12) < known ? "0" : "", ""]);
        if (leaver)
        {
            add(Ssda903Table.OC3, random.Next(8) == 0 ? [id, On(birth), Pick(random, "NO", "REFU"), "", ""] : [id, On(birth), "YES", Pick(random, Activities), Pick(random, Homes)]);
            return;
        }

        foreach (var stay in life.Stays)
        {
            if (stay.From > known || stay.To < begins) continue;
            var over = stay.To <= known;
            add(Ssda903Table.Episodes,
            [
                id, On(stay.From), stay.Reason, stay.LegalStatus, spoilt ? "N9" : life.Need, stay.Place, stay.Provider, over ? On(stay.To!.Value) : "", over ? stay.End : "",
                over && stay.End == "X1" ? "CARPL" : "", life.Home, stay.Postcode, stay.Urn,
            ]);
        }

        var last = life.To is { } ended && ended < known ? ended : known;
        for (var review = life.From.AddDays(20); review <= last; review = review.AddDays(review < life.From.AddDays(60) ? 85 : 175))
        {
            var code = birth.AddYears(4) <= review ? TookPart[unchecked((number * 7) + (review.DayNumber / 175)) % TookPart.Length] : "PN0";
            if (review >= begins) add(Ssda903Table.Reviews, [id, On(birth), On(review), code]);
        }

        var stillThere = life.To is null || life.To > ends;
        if (known == ends && stillThere && life.From <= begins)
        {
            var asked = birth.AddYears(4) <= begins && birth.AddYears(17) > ends;
            var score = asked && random.Next(5) > 0 ? Math.Clamp((int)(14.5 + (7 * Normal(random))), 0, 40).ToString(CultureInfo.InvariantCulture) : "";
            add(Ssda903Table.OC2,
            [
                id, On(birth), score, score.Length > 0 || !asked ? "" : Pick(random, "SDQ1", "SDQ2", "SDQ3", "SDQ4"), birth.AddYears(10) <= ends ? Yes(random, 2) : "", birth.AddYears(5) > ends ? Yes(random, 85) : "",
                Yes(random, 82), Yes(random, 79), Yes(random, 89), Yes(random, 3), "", "",
            ]);
        }

        if (birth.AddYears(11) < begins && random.Next(9) == 0)
        {
            var away = Later(begins, life.From).AddDays(random.Next(0, 300));
            if (away <= last) add(Ssda903Table.Missing, [id, On(birth), random.Next(3) == 0 ? "A" : "M", On(away), away.AddDays(2) <= last ? On(away.AddDays(random.Next(0, 3))) : ""]);
        }

        add(Ssda903Table.PrevPerm, [id, On(birth), "Z1", "", ""]);
        var worker = 0;
        for (var from = life.From; from <= last; from = from.AddDays(430), worker++)
        {
            var until = from.AddDays(430);
            if (until < begins) continue;
            add(Ssda903Table.SocialWorker, [id, On(birth), $"SW{(unchecked(number * 17) + (worker * 31)) % 300:00000}", On(from), until <= last ? On(until) : "", worker == 0 ? "FCONTA" : "OTHERS"]);
        }

        if (birth.AddYears(14) < life.From && number % 12 == 0) add(Ssda903Table.UASC, [id, life.Person.Sex, On(birth), On(birth.AddYears(18))]);
    }

    private static string Postcode(Random random) => $"CM{random.Next(1, 24)} {random.Next(1, 9)}{Pick(random, "AA", "BB", "DD", "EH")}";

    private static string Pick(Random random, params string[] of) => of[random.Next(of.Length)];

    private static string Yes(Random random, int percent) => random.Next(100) < percent ? "1" : "0";

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
#pragma warning restore CA5394

    /// <summary>The age reached on the birthday that lies between the two days; null when none does.</summary>
    private static int? Birthday(DateOnly birth, DateOnly from, DateOnly to)
    {
        for (var age = from.Year - birth.Year; age <= to.Year - birth.Year; age++)
            if (birth.AddYears(age) is var day && day >= from && day <= to) return age;
        return null;
    }

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    private static string On(DateOnly date) => date.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);
}
