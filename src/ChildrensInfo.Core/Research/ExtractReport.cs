using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChildrensInfo.Core.Consent;

namespace ChildrensInfo.Core.Research;

/// <param name="Detail">What the column still says.</param>
/// <param name="Level">0 for the finest.</param>
public sealed record ReportColumn(string Key, string Title, string Role, string Detail, int Level, int Levels);

/// <param name="Children">A rounded number, or that there are too few to say.</param>
/// <param name="Code">The same in one word (<see cref="ConsentEffects.ExtractCode"/>), for a program that reads the manifest; null in reports that were made before it stood there.</param>
public sealed record ReportExclusion(string State, string Children, string? Code = null);

/// <param name="Children">A rounded number, or that there are too few to say.</param>
public sealed record ReportLeftOut(string Column, string Group, string Children);

/// <summary>What a finished table is.</summary>
/// <param name="Children">How many it counts, rounded.</param>
/// <param name="Threshold">The smallest number of children that is not hidden.</param>
/// <param name="Hidden">How many of its figures are.</param>
/// <param name="Only">Of which children it is, in words; null when of all.</param>
/// <param name="Mean">Of what it has means, in words.</param>
public sealed record ReportTable(string Children, int Threshold, int RoundedTo, int Figures, int Hidden, string? Only, string? Mean)
{
    public const string Note = "Small numbers are hidden, and so are others from which they could be worked out, by somebody who solves all the equations that the totals make too. What is shown is rounded, each figure and each total from its own number, so parts need not add up to their total.";
}

/// <param name="To">Null when there is no more above.</param>
/// <param name="Groups">How many groups of rows that look alike are of such a size.</param>
public sealed record ReportSize(int From, int? To, int Groups);

/// <summary>How alike the rows were before and are in the file, and what that cost.</summary>
/// <param name="SmallestBefore">Rows in the smallest group before anything was made coarser.</param>
/// <param name="MeanChanceBefore">The mean chance then of picking the right row.</param>
/// <param name="Loss">By column, in percent, how much of its detail is gone; 100 when nothing is left of it.</param>
/// <param name="Most">By column that nobody should learn, in percent, the largest part of any group, alike in all else that describes them, that has one and the same value: with such certainty it is learnt of somebody whose group is known. Null in a report from before it was told.</param>
public sealed record ReportAlike(int SmallestBefore, double MeanChanceBefore, IReadOnlyList<ReportSize> Sizes, IReadOnlyDictionary<string, int> Loss, IReadOnlyDictionary<string, int>? Most = null)
{
    /// <summary>The columns by their titles, as it is told.</summary>
    public string MostOf(IReadOnlyList<ReportColumn> columns) => string.Join(", ", columns.Where(c => Most!.ContainsKey(c.Key)).Select(c => $"{c.Title}: {Most![c.Key]}%"));
}

/// <summary>What a finished file of words is.</summary>
/// <param name="Children">Of how many it holds something, rounded.</param>
/// <param name="Looked">How many pieces a person looked at, rounded: less those in the file it would tell how few were left out.</param>
/// <param name="NotKept">How many of them do not leave, by why, as counts of children are told.</param>
/// <param name="Hidden">How many places were taken out, by what stood there: anybody can count them in the file.</param>
public sealed record ReportWords(string Children, string Looked, IReadOnlyDictionary<string, string> NotKept, IReadOnlyDictionary<string, int> Hidden)
{
    public const string Note = "A program marked names, places, numbers and dates; a person then read each piece, took out more, or left the piece out. What was taken out stands as [NAME], [PLACE] and the like.";
}

/// <summary>
/// What a finished extract is, what was made coarser and who is not in it. It goes into the package, so every number in it may leave: a count
/// of children is rounded, and small ones are not told.
/// </summary>
public sealed record ExtractReport(
    string Tier, DateOnly MadeOn, DateOnly From, string Software, int K, int? L, double Limit, int Rows, int Groups, int SmallestClass, double MeanChance, string LeftOut,
    string AloneBefore, int PercentInSmallClasses, AnalysisPlace Place, IReadOnlyList<ReportLeftOut> LeftOutOf,
    IReadOnlyList<ReportColumn> Columns, IReadOnlyList<ReportExclusion> NotIncluded, ReportTable? Table = null, ReportWords? Words = null,
    DateOnly? ValuesOn = null, ReportAlike? Alike = null, string? Population = null, string? Period = null, string? Snapshot = null)
{
    /// <summary>What a table is, and what it is not.</summary>
    public const string TierOne = "A table of counts in which small numbers are hidden and all are rounded (tier 1). It holds no rows of children. It is made for the named project; what is published from it says so.";

    /// <summary>Never just "anonymous": what it is, and what it is not.</summary>
    public const string TierTwo = "Coded rows in which every child looks like others (tier 2). It holds no names, numbers, dates of birth or words. It is about real children, so it is for the named project only.";

    /// <summary>Words are never anonymous.</summary>
    public const string TierThree = "What children said, with what shows who said it taken out (tier 3). It is personal data: somebody who knows a child may still recognise a story. It is for the named project only, in its safe setting only.";

    /// <summary>6 and 7 too: as “about 5” they would stand for two numbers only, and one report taken from another would tell of the child between them.</summary>
    private const int HiddenUpTo = 7;

    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static ExtractReport? Read(string? json) =>
        json is null || JsonSerializer.Deserialize<ExtractReport>(json, Json) is not { } report ? null
        // A report from before these were in it.
        : report with
        {
            Population = report.Population ?? ResearchPopulation.Usual.Title,
            Period = report.Period ?? ResearchPeriod.Year.Title,
            LeftOutOf = report.LeftOutOf ?? [],
            AloneBefore = report.AloneBefore ?? "Not kept",
            Words = report.Words is { } words ? words with { Looked = words.Looked ?? "Not kept", NotKept = words.NotKept ?? new Dictionary<string, string>() } : null,
        };

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>A count of children as it may be told.</summary>
    public static string Told(int children) => children switch
    {
        0 => "None",
        <= HiddenUpTo => $"Fewer than {HiddenUpTo + 1}",
        _ => "About " + (Math.Round(children / 5.0, MidpointRounding.AwayFromZero) * 5).ToString("#,0", CultureInfo.InvariantCulture),
    };

    public string ToText()
    {
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append("\r\n");
        Line("WHAT THIS FILE IS, AND WHAT WAS LEFT OUT");
        Line();
        Line(Tier);
        Line();
        var day = ValuesOn ?? MadeOn;
        Line($"Made on {Iso(MadeOn)}. Of whom: {Population}.");
        Line($"The period in which what happened is counted: {Period}, {Iso(From)} to {Iso(day)}.");
        Line($"{(Words is null ? "Everything in it is said of each child as it was" : "Age bands are as they were")} on {Iso(day)}, the first day of a quarter, so that two files of one quarter differ by nobody who grew older.");
        if (Table is { } table)
        {
            TableLines(table, Line);
            return text.ToString();
        }

        if (Words is { } words)
        {
            WordsLines(words, Line);
            return text.ToString();
        }

        Line($"Rows: {Number(Rows)}, one for each child.");
        Line($"Every row is alike at least {SmallestClass - 1} others in the columns that describe the child (the rule is {K} rows alike).");
        Line($"There are {Number(Groups)} such groups; the chance of picking the right row of a known child is at most 1 in {SmallestClass}, and 1 in {(1 / MeanChance).ToString("0.#", CultureInfo.InvariantCulture)} on average.");
        if (L is { } values) Line($"In every group each sensitive column has at least {values} different values.");
        Line($"Rows left out because they stood out: {LeftOut.ToLowerInvariant()} (at most {(Limit * 100).ToString("0.#", CultureInfo.InvariantCulture)}% may be). They are not marked in the file, and results do not speak for them.");
        foreach (var group in LeftOutOf) Line($"  of {group.Column}, {group.Group}: {group.Children.ToLowerInvariant()}");
        if (LeftOutOf.Count > 0) Line("A child is counted once in each column. Where one group is left out more than others, results speak less for it.");
        Line();
        Line("HOW EASILY SOMEBODY IS FOUND");
        Line($"Before anything was made coarser, children whom no other child looked like: {AloneBefore.ToLowerInvariant()}. In this file: none.");
        Line($"Rows in groups of fewer than 10: {PercentInSmallClasses}%.");
        if (Alike is { } alike)
        {
            Line($"Before: the smallest group had {Number(alike.SmallestBefore)}, and the chance of picking the right row was 1 in {(1 / alike.MeanChanceBefore).ToString("0.#", CultureInfo.InvariantCulture)} on average.");
            Line($"Groups by how many rows look alike: {string.Join(", ", alike.Sizes.Select(s => $"{s.From}{(s.To is { } to ? $" to {to}" : " and more")}: {Number(s.Groups)}"))}.");
            if (alike.Most is { Count: > 0 }) Line($"The largest part of any group, alike in all else that describes them, that has one and the same value: {alike.MostOf(Columns)}. Who knows all else of a child learns it with such certainty.");
        }

        Line(Place == AnalysisPlace.SafeSetting ? "It is made for a safe setting and may not be taken out of it." : "It is made for work outside a safe setting, so more children look alike.");
        Line();
        Line("DETAIL OF EACH COLUMN");
        foreach (var column in Columns) Line($"- {column.Title} ({column.Key}): {column.Detail}{(Alike?.Loss.TryGetValue(column.Key, out var lost) == true ? $". Detail lost: {lost}%" : "")}");
        Line();
        Excluded(Line);
        Line("WHAT IT CANNOT PROMISE");
        Line("It holds no estimate of how many in the population share a row: the council's records are the population.");
        Line("Who knows that a child is in it, and much about them, may still learn what their group has in common.");
        Line("The council's records hold every child it helps, so a child alone in a group would be alone in the area: that is why groups of fewer are never in the file.");
        Line("Families who said yes are not a sample of all families. Compare what you find with published totals before you speak for all children.");
        Line($"Made by {Software}.");
        return text.ToString();
    }

    private void TableLines(ReportTable table, Action<string> line)
    {
        line($"Children counted: {table.Children.ToLowerInvariant()}, each of them once.");
        if (table.Only is { } only) line($"Only children of whom this holds: {only}.");
        line($"Figures: {Number(table.Figures)}, of which hidden: {Number(table.Hidden)}.");
        line($"Hidden is every number from 1 to {table.Threshold - 1}, and what is left of a total when that is so small. {ReportTable.Note}");
        line($"Shown figures are rounded to the nearest {table.RoundedTo}. A nought is a nought.");
        line("A group whose children all have one value of a variable that nobody should learn is hidden together with others.");
        if (table.Mean is { } mean) line($"{mean}: for the finest figures only, from at least {table.Threshold} children, and not where one or two make up most of it.");
        line("");
        line("COLUMNS");
        foreach (var column in Columns) line($"- {column.Title} ({column.Key})");
        line("");
        Excluded(line);
        line("WHAT IT CANNOT PROMISE");
        line("It was checked against every table and file that left the council before. Nobody can check it against what is published elsewhere.");
        line("Families who said yes are not a sample of all families. Compare what you find with published totals before you speak for all children.");
        line($"Made by {Software}.");
    }

    private void WordsLines(ReportWords words, Action<string> line)
    {
        line($"Pieces: {Number(Rows)}, of {words.Children.ToLowerInvariant()} children; the newest {ResearchLimits.MostWordsOfOne} at the most of each. Read: {words.Looked.ToLowerInvariant()}.");
        line(ReportWords.Note);
        line($"Pieces left out by whoever read them: {(words.NotKept.Count == 0 ? "none" : string.Join(", ", words.NotKept.Select(w => $"{w.Key.ToLowerInvariant()}: {w.Value.ToLowerInvariant()}")))}.");
        line($"Places taken out: {(words.Hidden.Count == 0 ? "none" : string.Join(", ", words.Hidden.Select(w => $"[{w.Key}] {Number(w.Value)}")))}.");
        line("They are the children's own words, typed by them, taken down word for word or interpreted. What workers thought of them is not in the file, nor what was said in confidence, what was put right since, or what says that somebody is not safe.");
        line("");
        Excluded(line);
        line("WHAT IT CANNOT PROMISE");
        line("A rare story tells who it is to whoever knows it. If you think that you recognise somebody, stop and tell the council's data lead.");
        line("Nothing leads from one piece to another of the same child, or to any other file.");
        line("Quote nothing outside the safe setting before the council has released it: send it as results.");
        line($"Made by {Software}.");
    }

    private void Excluded(Action<string> line)
    {
        line("OF THESE CHILDREN, THOSE WHOSE PERMISSION DID NOT ALLOW IT");
        foreach (var exclusion in NotIncluded) line($"- {exclusion.State}: {exclusion.Children.ToLowerInvariant()}");
        line("");
    }

    private static string Number(int n) => n.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
