using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus;
using ChildrensInfo.Core.Returns.CinCensus.Rules;
using ChildrensInfo.Core.Returns.Ssda903;
using ChildrensInfo.Core.Returns.Ssda903.Rules;
using ChildrensInfo.Core.Shared;

namespace ChildrensInfo.Cli;

/// <summary>Checks returns against the Department for Education's rules: files in, findings out, no database.</summary>
public static class ValidateCommand
{
    public const string Usage = """
        validate cin FILE… [--year 2025-26] [--format json|csv|text]
            Checks children in need returns. JSON (the default): one object for each file, one on each line, on standard output;
            progress on standard error. Without --year the year is the one each return says it is for.
            Ends with 0 when every file was read, 2 when one was refused.
        validate ssda903 FOLDER… [--year 2025-26] [--previous FOLDER] [--format json|csv|text]
            The same for returns on children looked after: each a folder or a zip of CSV tables, whatever the files are called, or an
            XML file. --previous is last year's return, for the rules that compare with it. Without --year the year is that of most
            of its reviews, or of its last episode: the tables do not say it, and standard error says which was taken.
        """;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static int Run(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--year", "--format", "--previous"]);
        if (arguments.Others is not ["cin" or "ssda903", _, ..]) throw arguments.Bad("Name the kind of return, cin or ssda903, and at least one file or folder.");
        var isCensus = arguments.Others[0] == "cin";
        var years = isCensus ? CinYear.Supported : Ssda903Year.Supported;
        int? year = arguments.Optional("--year") is not { } text ? null
            : CinYear.TryParse(text, out var parsed, years) ? parsed
            : throw arguments.Bad($"There are rules for the years {string.Join(", ", years.Select(y => $"{y - 1}-{y % 100}"))}.");
        var format = arguments.Optional("--format") ?? "json";
        if (isCensus && arguments.Optional("--previous") is not null) throw arguments.Bad("--previous goes with ssda903.");
        var previous = arguments.Optional("--previous") is { } folder ? ReadPrevious(folder) : null;

        using Report report = format switch
        {
            "json" => new JsonReport(terminal.Output),
            "csv" => new CsvReport(terminal.Output),
            "text" => new TextReport(terminal.Output),
            _ => throw arguments.Bad("--format takes json, csv or text."),
        };
        var refused = false;
        foreach (var path in arguments.Others.Skip(1)) refused |= !Validate(path, report, terminal.Error, (file, counted) => isCensus ? Census(file, year, terminal.Error, counted) : LookedAfter(file, year, previous, terminal.Error, counted));
        return refused ? 2 : 0;
    }

    private static Ssda903Return ReadPrevious(string folder)
    {
        try
        {
            return Ssda903Reader.Read(folder);
        }
        catch (ReturnRefusedException refused)
        {
            throw new BadInputException($"Last year's return: {refused.Message}");
        }
    }

    private sealed record Checked(int Children, IReadOnlyList<Finding> Findings, IReadOnlyList<NotChecked> NotChecked, int Year);

    private static bool Validate(string path, Report report, TextWriter notes, Func<string, Action<int>, Checked> check)
    {
        var children = 0;
        try
        {
            var done = check(path, count =>
            {
                children = count;
                if (count % 5_000 == 0) notes.WriteLine($"{path}: {count:N0} children");
            });
            notes.WriteLine($"{path}: {done.Children:N0} children, {done.Findings.Count:N0} findings by the rules of {CinYear.Name(done.Year)}");
            report.Read(path, done);
            return true;
        }
        catch (Exception fault) when (fault is ReturnRefusedException or IOException or UnauthorizedAccessException)
        {
            var reason = fault switch
            {
                FileNotFoundException or DirectoryNotFoundException => "There is no such file.",
                UnauthorizedAccessException => "The file may not be opened.",
                _ => fault.Message,
            };
            notes.WriteLine($"{path}: {reason}");
            report.Refused(path, reason, children);
            return false;
        }
    }

    private static Checked Census(string path, int? year, TextWriter notes, Action<int> counted)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        using var reader = new CinCensusReader(stream);
        var validator = CinValidator.Run(reader, year, counted);
        if (year is null && CinYear.JudgedByOther(reader.Header.YearEnd?.Year, validator.Year.Year) is { } other) notes.WriteLine($"{path}: {other}");
        foreach (var (element, times) in reader.UnknownElements) notes.WriteLine($"{path}: element {element} is not in the census, passed over {times:N0} times");
        foreach (var (field, times) in reader.PaddedFields) notes.WriteLine($"{path}: {field} had spaces around it {times:N0} times");
        return new Checked(validator.Children, validator.Findings, validator.NotChecked, validator.Year.Year);
    }

    private static Checked LookedAfter(string path, int? year, Ssda903Return? previous, TextWriter notes, Action<int> counted)
    {
        var read = Ssda903Reader.Read(path);
        foreach (var note in read.Notes) notes.WriteLine($"{path}: {note}");
        var rules = year ?? YearOf(read, path, notes);
        var validator = Ssda903Validator.Run(read, rules, previous, counted);
        return new Checked(validator.Children, validator.Findings, validator.NotChecked, validator.Year.Year);
    }

    /// <summary>As the site takes it. Where there are no rules for that year, others are used, which is said.</summary>
    private static int YearOf(Ssda903Return read, string path, TextWriter notes)
    {
        var of = Ssda903Year.Of(read, ConsentRules.LocalDay(TimeProvider.System.GetUtcNow().UtcDateTime));
        var rules = Ssda903Year.RulesFor(of);
        notes.WriteLine($"{path}: by its dates this is the return for {CinYear.Name(of)}");
        if (CinYear.JudgedByOther(of, rules) is { } other) notes.WriteLine($"{path}: {other}");
        return rules;
    }

    private static string Word(Severity severity) => severity == Severity.Error ? "error" : "query";

    private abstract class Report : IDisposable
    {
        public abstract void Read(string input, Checked done);
        public abstract void Refused(string input, string reason, int children);
        public abstract void Dispose();
    }

    private sealed class JsonReport(Stream output) : Report
    {
        public override void Read(string input, Checked done) => Write(input, null, done.Children, done.Findings, done.NotChecked);

        public override void Refused(string input, string reason, int children) => Write(input, reason, children, [], []);

        private void Write(string input, string? reason, int children, IReadOnlyList<Finding> findings, IReadOnlyList<NotChecked> notChecked)
        {
            using (var json = new Utf8JsonWriter(output, Json))
            {
                json.WriteStartObject();
                json.WriteString("input", input);
                json.WriteString("status", reason is null ? "read" : "refused");
                json.WriteString("reason", reason);
                json.WriteNumber("children", children);
                json.WriteStartArray("findings");
                foreach (var finding in findings)
                {
                    json.WriteStartObject();
                    json.WriteString("rule", finding.Rule.Code);
                    json.WriteString("severity", Word(finding.Rule.Severity));
                    json.WriteString("child", finding.Child);
                    json.WriteStartArray("fields");
                    foreach (var field in finding.Rule.Fields) json.WriteStringValue(field);
                    json.WriteEndArray();
                    json.WriteString("value", finding.Value);
                    json.WriteString("message", finding.Rule.Message);
                    json.WriteEndObject();
                    if (json.BytesPending > 1 << 16) json.Flush();
                }
                json.WriteEndArray();
                json.WriteStartArray("notChecked");
                foreach (var rule in notChecked)
                {
                    json.WriteStartObject();
                    json.WriteString("rule", rule.Rule);
                    json.WriteString("reason", rule.Reason);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            output.Write("\n"u8);
        }

        public override void Dispose() => output.Flush();
    }

    private sealed class CsvReport : Report
    {
        private readonly StreamWriter writer;

        public CsvReport(Stream output)
        {
            writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true);
            Line("input", "status", "rule", "severity", "child", "fields", "value", "message");
        }

        public override void Read(string input, Checked done)
        {
            foreach (var finding in done.Findings)
                Line(input, "read", finding.Rule.Code, Word(finding.Rule.Severity), finding.Child, string.Join(' ', finding.Rule.Fields), finding.Value, finding.Rule.Message);
            foreach (var rule in done.NotChecked) Line(input, "read", rule.Rule, "not checked", null, null, null, rule.Reason);
        }

        public override void Refused(string input, string reason, int children) => Line(input, "refused", null, null, null, null, null, reason);

        private void Line(params string?[] cells) => writer.Write(SafeCsv.Line(cells));

        public override void Dispose() => writer.Dispose();
    }

    private sealed class TextReport(Stream output) : Report
    {
        /// <summary>Enough to see what a rule is about; the other formats list everything.</summary>
        private const int Shown = 10;

        private readonly StreamWriter writer = new(output, new UTF8Encoding(false), leaveOpen: true);

        public override void Read(string input, Checked done)
        {
            writer.WriteLine($"{input}: {done.Children:N0} children, {done.Findings.Count:N0} findings");
            foreach (var group in done.Findings.GroupBy(finding => finding.Rule).OrderBy(group => group.Key.Severity).ThenBy(group => group.Key.Code, StringComparer.Ordinal))
            {
                writer.WriteLine();
                writer.WriteLine($"{group.Key.Code} {Word(group.Key.Severity)}, {group.Count():N0} times: {group.Key.Message}");
                foreach (var finding in group.Take(Shown)) writer.WriteLine($"    {finding.Child ?? "(whole return)"}: {finding.Value ?? "(nothing)"}");
                if (group.Count() > Shown) writer.WriteLine($"    … and {group.Count() - Shown:N0} more");
            }
            foreach (var rule in done.NotChecked) writer.WriteLine($"{rule.Rule} not checked: {rule.Reason}");
            writer.WriteLine();
        }

        public override void Refused(string input, string reason, int children) => writer.WriteLine($"{input}: refused. {reason}");

        public override void Dispose() => writer.Dispose();
    }
}
