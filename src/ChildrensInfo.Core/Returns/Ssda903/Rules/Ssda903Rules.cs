using System.Collections.Frozen;

namespace ChildrensInfo.Core.Returns.Ssda903.Rules;

/// <summary>Looks at one child and calls <paramref name="found"/> with the value at fault, once for each row at fault.</summary>
internal delegate void ChildRule(LookedAfterChild child, Ssda903Year year, Action<string?> found);

/// <summary>
/// How each rule of the return is computed, from its published text; its wording, severity, tables and fields are in the reference data
/// (<c>rules/ssda903.csv</c>). A date that cannot be read has a rule of its own and counts as absent in comparisons. An age is reached on the
/// birthday; someone born on 29 February has it on the 28th in other years.
/// </summary>
internal static partial class Ssda903Rules
{
    private const string Postcodes = "It needs the national postcode directory, from which distance, placement authority and location are worked out. " + LoadedDirectory;

    private const string LoadedDirectory = "A directory that was loaded here serves for distances in figures, and not for rules yet.";
    private const string Providers = "It needs Ofsted's list of registered providers (URN, address, places and dates of registration).";

    private const string Liberty = "It is about the table of deprivation of liberty orders, collected from 2026-27, which is not read yet.";

    /// <summary>Rules about what the Department adds to the return from lists that are not in it, and about a table that is not read.</summary>
    public static FrozenDictionary<string, string> NotFromTheFile { get; } = new Dictionary<string, string>
    {
        ["164"] = Postcodes,
        ["169"] = Postcodes,
        ["179"] = Postcodes,
        ["392a"] = Postcodes,
        ["406"] = Postcodes,
        ["411"] = Postcodes,
        ["420"] = Postcodes,
        ["452"] = Postcodes,
        ["453"] = Postcodes,
        ["454"] = Postcodes,
        ["503G"] = Postcodes,
        ["503H"] = Postcodes,
        ["503J"] = Postcodes,
        ["1015"] = Postcodes,
        ["219"] = Providers,
        ["221"] = Providers,
        ["224"] = Providers,
        ["227"] = Providers,
        ["228"] = Providers,
        ["229"] = Providers,
        ["1008"] = Providers,
        ["700"] = Liberty,
        ["701"] = Liberty,
        ["702"] = Liberty,
        ["703"] = Liberty,
        ["704"] = Liberty,
        ["705"] = Liberty,
        ["706"] = Liberty,
        ["707"] = Liberty,
        ["708"] = Liberty,
        ["709"] = Liberty,
        ["710"] = Liberty,
    }.ToFrozenDictionary();

    /// <summary>Rules of which the file answers a part.</summary>
    public static FrozenDictionary<string, string> InPart { get; } = new Dictionary<string, string>
    {
        ["392c"] = "Only the form of the postcodes was checked. Whether they exist needs the national postcode directory. " + LoadedDirectory,
    }.ToFrozenDictionary();

    public static FrozenSet<string> OnlyInXml { get; } = new[] { "105", "205C", "303" }.ToFrozenSet();

    public static FrozenDictionary<string, ChildRule> OnChildren { get; } =
        HeaderRules.Concat(EpisodeRules).Concat(OutcomeRules).Concat(AdoptionRules).Concat(OtherRules).Concat(LastYearRules).Concat(IntegrityRules).ToFrozenDictionary();

    // -------------------------------------------------------------------- shapes of rules

    private static ChildRule Child(Func<LookedAfterChild, Ssda903Year, bool> fails, Func<LookedAfterChild, object?> value) => (c, y, found) =>
    {
        if (fails(c, y)) found(value(c)?.ToString());
    };

    private static ChildRule Each<T>(Func<LookedAfterChild, List<T>> rows, Func<T, LookedAfterChild, Ssda903Year, bool> fails, Func<T, object?> value) => (c, y, found) =>
    {
        foreach (var row in rows(c))
            if (fails(row, c, y)) found(value(row)?.ToString());
    };

    private static ChildRule Header(Func<HeaderRow, LookedAfterChild, Ssda903Year, bool> fails, Func<HeaderRow, object?> value) => Each(c => c.Headers, fails, value);

    private static ChildRule Episode(Func<EpisodeRow, LookedAfterChild, Ssda903Year, bool> fails, Func<EpisodeRow, object?> value) => Each(c => c.Episodes, fails, value);

    private static ChildRule Oc2(Func<Oc2Row, LookedAfterChild, Ssda903Year, bool> fails, Func<Oc2Row, object?> value) => Each(c => c.Oc2, fails, value);

    private static ChildRule Oc3(Func<Oc3Row, LookedAfterChild, Ssda903Year, bool> fails, Func<Oc3Row, object?> value) => Each(c => c.Oc3, fails, value);

    private static ChildRule Ad1(Func<AdoptionRow, LookedAfterChild, Ssda903Year, bool> fails, Func<AdoptionRow, object?> value) => Each(c => c.Ad1, fails, value);

    private static ChildRule Placed(Func<PlacedRow, LookedAfterChild, Ssda903Year, bool> fails, Func<PlacedRow, object?> value) => Each(c => c.Placed, fails, value);

    private static ChildRule Missing(Func<MissingRow, LookedAfterChild, Ssda903Year, bool> fails, Func<MissingRow, object?> value) => Each(c => c.Missing, fails, value);

    private static ChildRule SocialWorker(Func<SocialWorkerRow, LookedAfterChild, Ssda903Year, bool> fails, Func<SocialWorkerRow, object?> value) => Each(c => c.SocialWorkers, fails, value);

    private static ChildRule Both(ChildRule one, ChildRule other) => (c, y, found) =>
    {
        one(c, y, found);
        other(c, y, found);
    };

    // -------------------------------------------------------------------- what several rules ask

    /// <summary>On or after the birthday; null where either date is.</summary>
    private static bool? HasReached(int age, DateOnly? birth, DateOnly? on) => birth is { } born && on is { } day ? born.AddYears(age) <= day : null;

    /// <summary>Looked after through the whole year, and not in short breaks.</summary>
    private static bool AllYear(LookedAfterChild c, Ssda903Year y) => PeriodAtEnd(c, y) is { } period && period.Start <= y.Start;

    private static bool AtEnd(LookedAfterChild c, Ssda903Year y) => PeriodAtEnd(c, y) is not null;

    private static PeriodOfCare? PeriodAtEnd(LookedAfterChild c, Ssda903Year y) =>
        c.Episodes.Exists(e => e.IsShortBreak) ? null : c.Periods.LastOrDefault(p => p.Start <= y.End && (p.IsOpen || p.End > y.End));

    private static bool InYear(EpisodeRow e, Ssda903Year y) => e.DECOM.Value <= y.End && (e.DEC.Value ?? y.End) >= y.Start;

    private static bool IsValidOrBlank(TextField field, CodeList codes, Ssda903Year y) => !field.IsGiven || codes.Contains(field.Value, y.Year);

    private static bool Differs(TextField one, TextField other) => !string.Equals(one.Value, other.Value, StringComparison.OrdinalIgnoreCase);
}
