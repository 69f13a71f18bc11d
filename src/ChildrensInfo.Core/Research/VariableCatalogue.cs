using System.Text.RegularExpressions;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Returns.CinCensus;

namespace ChildrensInfo.Core.Research;

public enum VariableRole
{
    /// <summary>Somebody who knows the child may know this: it is generalised until every row looks like others.</summary>
    QuasiIdentifier,

    /// <summary>What nobody should learn of one child: each class holds at least two values of it.</summary>
    Sensitive,

    /// <summary>What nobody outside knows and nobody is hurt by.</summary>
    Harmless,
}

public sealed record VariableCode(string Value, string Label);

/// <summary>One step of detail of a variable: what each finest code becomes, and what the codes there mean.</summary>
public sealed record VariableLevel(string Title, IReadOnlyList<VariableCode> Codes, IReadOnlyDictionary<string, string> FromFinest);

/// <summary>What an extract may know of one child. Nothing else is read for it.</summary>
public sealed record ChildFacts(
    Guid ChildId, DateOnly? BornOn, DateOnly? ExpectedBirthOn, string? Sex, string? EthnicityCode, IReadOnlyList<string> DisabilityCodes,
    DateOnly ReferredOn, DateOnly? ClosedOn, string? PrimaryNeedCode, int Referrals, int TimesHeard, DateOnly? LastHeardOn, int TimesHeardInQuarter = 0);

/// <summary>A number of each child, whose mean a table may give.</summary>
/// <param name="Title">Of the mean, with its unit.</param>
public sealed record Measure(string Title, Func<ChildFacts, DateOnly, double> Of);

/// <summary>A variable a researcher may choose.</summary>
public sealed partial class Variable
{
    private readonly Func<ChildFacts, DateOnly, string> read;

    public Variable(string key, string title, string definition, string source, VariableRole role, IReadOnlyList<VariableLevel> levels, Func<ChildFacts, DateOnly, string> read)
    {
        // Plain letters and digits can be run as a formula by no spreadsheet and break no file.
        if (!Plain().IsMatch(key) || levels.SelectMany(l => l.Codes).Any(c => !Plain().IsMatch(c.Value) && c.Value != VariableCatalogue.Everything))
            throw new InvalidOperationException($"A code of the variable {key} is not plain.");
        (Key, Title, Definition, Source, Role, Levels, this.read) = (key, title, definition, source, role, levels, read);
    }

    public string Key { get; }

    public string Title { get; }

    public string Definition { get; }

    /// <summary>Where the council has it from.</summary>
    public string Source { get; }

    public VariableRole Role { get; }

    /// <summary>From the finest; only the finest unless the variable is a quasi-identifier.</summary>
    public IReadOnlyList<VariableLevel> Levels { get; }

    public IReadOnlyList<VariableCode> Codes => Levels[0].Codes;

    /// <summary>Values of a sensitive variable that could hurt whoever is thought to have them: they may not make up much of any class.</summary>
    public IReadOnlyList<string> Harmful { get; init; } = [];

    /// <summary>Whether nobody should learn it of a child from knowing which group of a table the child is in.</summary>
    public bool IsTelling { get; init; }

    /// <summary>What of it can be averaged in a table.</summary>
    public Measure? Measure { get; init; }

    /// <summary>The variable that counts the same in another period, under which this one is approved; its own key of any other.</summary>
    public string ApprovedAs { get => field ?? Key; init; }

    /// <summary>The period it counts in; null when it counts in none.</summary>
    public ResearchPeriod? Over { get; init; }

    /// <exception cref="InvalidOperationException">The value is none of the codes: nothing unknown leaves.</exception>
    public string Read(ChildFacts child, DateOnly day)
    {
        var value = read(child, day);
        return Levels[0].FromFinest.ContainsKey(value) ? value : throw new InvalidOperationException($"The variable {Key} has a value that is not in its code list.");
    }

    [GeneratedRegex("^[A-Za-z0-9_]{1,40}$")]
    private static partial Regex Plain();
}

/// <summary>
/// The register of what may leave: a column that is not here cannot be in an extract. Codes are those of the children in need census,
/// grouped; ages and durations are taken on the day the register is made for (<see cref="ExtractPopulation.DayOf"/>).
/// </summary>
public sealed class VariableCatalogue
{
    /// <summary>The code of a value generalised away.</summary>
    public const string Everything = "*";

    /// <summary>In a table: children of every code of the variable together.</summary>
    public const string AllTogether = "all";

    /// <summary>The column that tells rows apart. It is made for one extract and leads nowhere.</summary>
    public const string PersonColumn = "person";

    /// <summary>The column that tells pieces of words apart, made for one extract.</summary>
    public const string PieceColumn = "piece";

    public const string WordsColumn = "words";

    public const string AgeBand = "age_band";
    public const string Sex = "sex";
    public const string EthnicityGroup = "ethnicity_group";
    public const string Disability = "disability";
    public const string PrimaryNeed = "primary_need";
    public const string ReferralYear = "referral_year";
    public const string EpisodeLength = "episode_length";
    public const string Referrals = "referrals";
    public const string HeardLately = "heard_12_weeks";
    public const string TimesHeard = "times_heard";
    public const string TimesHeardInQuarter = "times_heard_quarter";

    private const int WeeksHeardLately = 12;
    private const string NotKnown = "not_known";

    private readonly IReadOnlyList<Variable> every;
    private readonly Dictionary<string, Variable> byKey;

    public VariableCatalogue(DateOnly day)
    {
        All = [Age(), SexOf(), Ethnicity(), DisabilityOf(), Need(), YearOfReferral(day), Length(), ReferralsOf(), Heard(), Times(ResearchPeriod.Year)];
        // In another period it is another variable: neither a table nor a comparison takes one for the other.
        every = [.. All, Times(ResearchPeriod.Quarter)];
        byKey = every.ToDictionary(v => v.Key, StringComparer.Ordinal);
    }

    /// <summary>Those a project asks for. What counts in a period stands here for the year.</summary>
    public IReadOnlyList<Variable> All { get; }

    public Variable? Find(string? key) => key is null ? null : byKey.GetValueOrDefault(key);

    /// <summary>Those of the keys that are in the register, to show what a project once asked for.</summary>
    public IReadOnlyList<Variable> Known(IReadOnlyCollection<string> keys) => [.. every.Where(v => keys.Contains(v.Key))];

    /// <summary>The key of what counts the same in a period.</summary>
    public string In(string key, ResearchPeriod period) => every.FirstOrDefault(v => v.ApprovedAs == byKey.GetValueOrDefault(key)?.ApprovedAs && v.Over == period)?.Key ?? key;

    /// <summary>The chosen variables in the register's order, whatever order they were asked for in.</summary>
    /// <exception cref="InvalidOperationException">One of them is not in the register.</exception>
    public IReadOnlyList<Variable> Choose(IReadOnlyCollection<string> keys)
    {
        if (keys.FirstOrDefault(k => !byKey.ContainsKey(k)) is not null) throw new InvalidOperationException("A column that is not in the register cannot leave.");
        return Known(keys);
    }

    private static Variable Age() => new(
        AgeBand, "Age band", "The child’s age on the first day of the quarter in which the extract is made, in the bands of the national statistics.", "Date of birth in the children in need census",
        VariableRole.QuasiIdentifier,
        Grouped(
            "Age band",
            [("unborn", "Unborn"), ("under_1", "Under 1"), ("1_4", "1 to 4"), ("5_9", "5 to 9"), ("10_15", "10 to 15"), ("16_plus", "16 and over"), (NotKnown, "Not known")],
            ("Two bands of age", [("0_9", "Unborn or 0 to 9", ["unborn", "under_1", "1_4", "5_9"]), ("10_plus", "10 and over", ["10_15", "16_plus"]), (NotKnown, "Not known", [NotKnown])])),
        (child, day) => new Child { LaChildId = "", BornOn = child.BornOn }.AgeOn(day) switch
        {
            // Born since that day, or not yet.
            null => child.BornOn is not null || child.ExpectedBirthOn is not null ? "unborn" : NotKnown,
            0 => "under_1",
            <= 4 => "1_4",
            <= 9 => "5_9",
            <= 15 => "10_15",
            _ => "16_plus",
        });

    private static Variable SexOf() => new(
        Sex, "Sex", "The child’s sex as recorded in the census.", "Children in need census, Sex", VariableRole.QuasiIdentifier,
        Grouped("Sex", [("F", "Female"), ("M", "Male"), ("U", "Unknown")]),
        (child, _) => child.Sex is "F" or "M" ? child.Sex : "U");

    private static Variable Ethnicity() => new(
        EthnicityGroup, "Ethnicity group", "The 18 ethnicity codes of the census in five groups. Refused and not yet obtained are not known.", "Children in need census, Ethnicity",
        VariableRole.QuasiIdentifier,
        Grouped(
            "Ethnicity group",
            [.. EthnicGroup.All.Where(g => g != EthnicGroup.NotKnown).Select(g => (g.Key, g.Label)), (NotKnown, "Not known")]),
        (child, _) => EthnicGroup.Of(child.EthnicityCode) is var group && group == EthnicGroup.NotKnown ? NotKnown : group.Key);

    private static Variable DisabilityOf() => new(
        Disability, "Disability", "Whether any disability is recorded.", "Children in need census, Disabilities", VariableRole.QuasiIdentifier,
        Grouped("Disability", [("yes", "A disability is recorded"), ("no", "Recorded as none"), ("not_recorded", "Nothing is recorded")]),
        (child, _) => child.DisabilityCodes.Count == 0 ? "not_recorded" : child.DisabilityCodes.All(c => c == "NONE") ? "no" : "yes")
    { IsTelling = true };

    private static Variable Need()
    {
        var codes = CinCodes.PrimaryNeed.Codes.Where(c => c.Value is not "N9").Select(c => (c.Value, c.Label)).Append((NotKnown, "Not known")).ToArray();
        return new Variable(
            PrimaryNeed, "Primary need", "The main reason for which the child’s latest episode of need was opened.", "Children in need census, PrimaryNeedCode", VariableRole.QuasiIdentifier,
            Grouped(
                "Primary need", codes,
                ("Groups of primary need",
                [
                    ("abuse", "Abuse, neglect and exploitation (N1)", ["N1"]),
                    ("health", "The child’s or a parent’s disability or illness (N2, N3)", ["N2", "N3"]),
                    ("family", "Family in acute stress, family dysfunction or absent parenting (N4, N5, N8)", ["N4", "N5", "N8"]),
                    ("other", "Behaviour, low income or not stated (N6, N7, N0)", ["N6", "N7", "N0", NotKnown]),
                ])),
            (child, _) => child.PrimaryNeedCode ?? NotKnown)
        { IsTelling = true };
    }

    private static Variable YearOfReferral(DateOnly day)
    {
        var current = day.Month >= 4 ? day.Year : day.Year - 1;
        static string Year(int first) => $"{first}_{(first + 1) % 100:00}";
        (string, string)[] codes = [.. Enumerable.Range(0, 4).Select(back => (Year(current - back), $"April {current - back} to March {current - back + 1}")), ("earlier", $"Before April {current - 3}")];
        return new Variable(
            ReferralYear, "Year of referral", "The financial year, April to March, in which the latest episode of need began.", "Children in need census, CINreferralDate",
            VariableRole.QuasiIdentifier,
            Grouped(
                "Year of referral", codes,
                ("This and last year, or before",
                [
                    ("recent", $"Since April {current - 1}", [Year(current), Year(current - 1)]),
                    ("before", $"Before April {current - 1}", [Year(current - 2), Year(current - 3), "earlier"]),
                ])),
            (child, _) =>
            {
                var year = child.ReferredOn.Month >= 4 ? child.ReferredOn.Year : child.ReferredOn.Year - 1;
                return year >= current - 3 ? Year(Math.Min(year, current)) : "earlier";
            });
    }

    private static Variable Length() => new(
        EpisodeLength, "Episode open or closed, and for how long", "Whether the latest episode of need is open, and its length so far or until it closed.",
        "Children in need census, CINreferralDate and CINclosureDate", VariableRole.Sensitive,
        Finest(
            "Length of episode",
            [("open_under_3m", "Open, under 3 months"), ("open_3_11m", "Open, 3 to 11 months"), ("open_1y_plus", "Open, a year or more"), ("closed_under_3m", "Closed within 3 months"), ("closed_3_11m", "Closed after 3 to 11 months"), ("closed_1y_plus", "Closed after a year or more")]),
        (child, day) =>
        {
            var isClosed = child.ClosedOn <= day;
            var end = isClosed ? child.ClosedOn!.Value : day;
            var band = end < child.ReferredOn.AddMonths(3) ? "under_3m" : end < child.ReferredOn.AddYears(1) ? "3_11m" : "1y_plus";
            return (isClosed ? "closed_" : "open_") + band;
        })
    {
        IsTelling = true,
        Measure = new Measure("Mean weeks for which the latest episode was or has been open", (child, day) => ((child.ClosedOn is { } closed && closed <= day ? closed : day).DayNumber - child.ReferredOn.DayNumber) / 7.0),
    };

    private static Variable ReferralsOf() => new(
        Referrals, "Number of referrals", "How many referrals that led to an episode of need the council has on record for the child.", "Children in need census, CINreferralDate",
        VariableRole.Sensitive,
        Finest("Number of referrals", [("1", "One"), ("2", "Two"), ("3", "Three"), ("4_plus", "Four or more")]),
        (child, _) => child.Referrals switch { <= 1 => "1", 2 => "2", 3 => "3", _ => "4_plus" })
    {
        // Of a family that came back again and again, people think the worst.
        Harmful = ["4_plus"],
        IsTelling = true,
        Measure = new Measure("Mean number of referrals", (child, _) => child.Referrals),
    };

    private static Variable Heard() => new(
        HeardLately, "Heard in the last 12 weeks", "Whether the portal holds something the child or young person said, drew or showed in the last 12 weeks. What it was is never in an extract.",
        "Voice records", VariableRole.Harmless,
        Finest("Heard in the last 12 weeks", [("yes", "Yes"), ("no", "No")]),
        (child, day) => child.LastHeardOn >= day.AddDays(-7 * WeeksHeardLately) ? "yes" : "no");

    private static Variable Times(ResearchPeriod period)
    {
        var isYear = period == ResearchPeriod.Year;
        var span = isYear ? "year" : "quarter";
        int Of(ChildFacts child) => isYear ? child.TimesHeard : child.TimesHeardInQuarter;
        return new Variable(
            isYear ? TimesHeard : TimesHeardInQuarter, $"Times heard in a {span}", $"On how many days of the last {period.Months} months something the child or young person said, drew or showed was recorded.", "Voice records", VariableRole.Harmless,
            Finest("Times heard", [("0", "None"), ("1_2", "One or two"), ("3_5", "Three to five"), ("6_plus", "Six or more")]),
            (child, _) => Of(child) switch { 0 => "0", <= 2 => "1_2", <= 5 => "3_5", _ => "6_plus" })
        {
            ApprovedAs = TimesHeard,
            Over = period,
            Measure = new Measure($"Mean number of days heard in a {span}", (child, _) => Of(child)),
        };
    }

    private static IReadOnlyList<VariableLevel> Finest(string title, (string Value, string Label)[] codes) =>
        [new(title, [.. codes.Select(c => new VariableCode(c.Value, c.Label))], codes.ToDictionary(c => c.Value, c => c.Value))];

    /// <summary>The finest codes, any coarser groups of them, and everything as one.</summary>
    private static IReadOnlyList<VariableLevel> Grouped(
        string title, (string Value, string Label)[] codes, params (string Title, (string Value, string Label, string[] Of)[] Groups)[] coarser) =>
    [
        .. Finest(title, codes),
        .. coarser.Select(level => new VariableLevel(
            level.Title, [.. level.Groups.Select(g => new VariableCode(g.Value, g.Label))],
            level.Groups.SelectMany(g => g.Of.Select(leaf => (leaf, g.Value))).ToDictionary(p => p.leaf, p => p.Value))),
        new("Not given", [new(Everything, "Not given: generalised away so that nobody stands out")], codes.ToDictionary(c => c.Value, _ => Everything)),
    ];
}
