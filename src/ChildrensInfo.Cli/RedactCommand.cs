using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChildrensInfo.Core.Disclosure.Redaction;

namespace ChildrensInfo.Cli;

/// <summary>Marks what could say who somebody is: a file of texts in, a file of spans out, no database. A person reviews what it marks.</summary>
public static partial class RedactCommand
{
    public const string Usage = """
        redact TEXTS.jsonl --out SPANS.jsonl [--measure]
            Marks names, places, schools, addresses, numbers and dates in texts, as a first pass that a person reviews.
            TEXTS.jsonl: a line each, {"id", "text", "known": {"child": {"given", "family", "dob", …}, "people": [], "school",
                         "address", "town", "postcode", "phones": []}}; all of "known" may be missing. Each may be a list, and a
                         school or an address an object with parts of its own.
            SPANS.jsonl: a line each, {"id", "spans": [{"start", "end", "type"}]}, in Unicode code points of the text.
            --measure    the lines have "spans" too, made by a person: prints recall by type, precision, and texts with a miss.
        """;

    public static int Run(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--out"], "--measure");
        var output = arguments.Required("--out");
        var input = arguments.TheOneFile();
        arguments.RequireApart([input], output);
        var score = arguments.Has("--measure") ? new Score() : null;
        FinishedFile.Write(output, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\n" };
            var number = 0;
            foreach (var line in Lines(input))
            {
                number++;
                if (string.IsNullOrWhiteSpace(line)) continue;
                using var json = Parse(line, number);
                var root = json.RootElement;
                if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
                    throw new BadInputException($"Line {number} has no “text”.");
                var spans = Redactor.Find(JsonText.Of(text), root.TryGetProperty("known", out var known) ? Known(known, number) : KnownDetails.Nothing);
                score?.Add(spans, root, number);
                writer.WriteLine(Line(root, spans));
            }
        });
        score?.Print(terminal.Out);
        return 0;
    }

    private static IEnumerable<string> Lines(string path)
    {
        using var lines = Utf8File.Open(path);
        for (var number = 1; ; number++)
        {
            string? line;
            try
            {
                line = lines.ReadLine();
            }
            catch (DecoderFallbackException)
            {
                throw new BadInputException($"{path} is not UTF-8, in line {number} or soon after it.");
            }

            if (line is null) yield break;
            yield return line;
        }
    }

    private static JsonDocument Parse(string line, int number)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            throw new BadInputException($"Line {number} is not JSON.");
        }
    }

    private static string Line(JsonElement root, IReadOnlyList<RedactionSpan> spans)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WritePropertyName("id");
            // As it stands in the line, whatever it is.
            if (root.TryGetProperty("id", out var id)) json.WriteRawValue(id.GetRawText(), skipInputValidation: true);
            else json.WriteNullValue();
            json.WriteStartArray("spans");
            foreach (var span in spans)
            {
                json.WriteStartObject();
                json.WriteNumber("start", span.Start);
                json.WriteNumber("end", span.End);
                json.WriteString("type", span.Type.ToString().ToUpperInvariant());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static readonly string[] GivenKeys = ["given", "first", "firstname", "givenname", "forename", "forenames"];
    private static readonly string[] FamilyKeys = ["family", "last", "lastname", "familyname", "surname"];

    /// <summary>Days as people write them, a time after them or not.</summary>
    private static readonly string[] DayFormats =
    [
        "yyyy-M-d", "yyyy/M/d", "d/M/yyyy", "d-M-yyyy", "d.M.yyyy", "d MMMM yyyy", "d MMM yyyy", "MMMM d yyyy", "MMM d yyyy",
    ];

    private enum Kind
    {
        Nothing,
        School,
        Postcode,
        Address,
        Town,
        Phone,
    }

    private static KnownDetails Known(JsonElement known, int line)
    {
        try
        {
            return Known(known);
        }
        catch (InvalidOperationException)
        {
            throw new BadInputException($"Line {line} has a key in “known” that is not text.");
        }
    }

    /// <summary>Reads "known" by its keys wherever they stand, so that a file with more than the usual ones loses nothing.</summary>
    private static KnownDetails Known(JsonElement known)
    {
        List<string> names = [], schools = [], addresses = [], towns = [], postcodes = [], phones = [], emails = [], ids = [];
        List<DateOnly> dates = [];
        if (known.ValueKind == JsonValueKind.Object)
        {
            // The child first: initials alone are marked for the child only.
            if (known.TryGetProperty("child", out var child)) Read("child", child, Kind.Nothing);
            foreach (var property in known.EnumerateObject().Where(p => p.Name != "child")) Read(property.Name, property.Value, Kind.Nothing);
        }

        return new KnownDetails
        {
            Names = names,
            Schools = schools,
            Addresses = addresses,
            Towns = towns,
            Postcodes = postcodes,
            Phones = phones,
            Emails = emails,
            Dates = dates,
            Ids = ids,
        };

        // Within a school or an address, what its own key does not tell is of what it stands in.
        void Read(string key, JsonElement value, Kind within)
        {
            var own = KindOf(key.ToLowerInvariant());
            var kind = own == Kind.Nothing ? within : own;
            switch (value.ValueKind)
            {
                case JsonValueKind.Array:
                    foreach (var item in value.EnumerateArray()) Read(key, item, within);
                    break;
                case JsonValueKind.Object:
                    List<string> given = [], family = [];
                    foreach (var property in value.EnumerateObject())
                    {
                        var name = property.Name.ToLowerInvariant();
                        if (GivenKeys.Contains(name)) given.AddRange(TextsIn(property.Value));
                        else if (FamilyKeys.Contains(name)) family.AddRange(TextsIn(property.Value));
                    }

                    // Each by itself, whichever of them is said.
                    names.AddRange((family.Count == 0 ? given : family.SelectMany(f => given.DefaultIfEmpty("").Select(g => $"{g} {f}".Trim()))).Distinct());
                    foreach (var property in value.EnumerateObject().Where(p => p.Name.ToLowerInvariant() is var name && !GivenKeys.Contains(name) && !FamilyKeys.Contains(name))) Read(property.Name, property.Value, kind);
                    break;
                case JsonValueKind.String when JsonText.Of(value) is { Length: > 0 } text:
                    Sort(key.ToLowerInvariant(), text, kind);
                    break;
                case JsonValueKind.Number:
                    (kind == Kind.Phone ? phones : kind == Kind.Address ? addresses : ids).Add(value.GetRawText());
                    break;
            }
        }

        void Sort(string key, string text, Kind kind)
        {
            if (DayOf(text) is { } date) dates.Add(date);
            else if (key is "relation" or "relationship" or "role" or "kind" or "sex" or "gender" or "ethnicity" or "language") return;
            else if (text.Contains('@', StringComparison.Ordinal)) emails.Add(text);
            else if (kind != Kind.Nothing) (kind switch { Kind.School => schools, Kind.Postcode => postcodes, Kind.Address => addresses, Kind.Town => towns, _ => phones }).Add(text);
            else if (text.Any(char.IsAsciiDigit)) ids.Add(text);
            else names.Add(text);
        }
    }

    private static Kind KindOf(string key)
    {
        bool Has(params string[] words) => Array.Exists(words, w => key.Contains(w, StringComparison.Ordinal));
        return Has("school", "nursery", "college") ? Kind.School : Has("postcode") ? Kind.Postcode : Has("address", "street") ? Kind.Address
            : Has("town", "city", "place", "village") ? Kind.Town : Has("phone", "mobile") ? Kind.Phone : Kind.Nothing;
    }

    private static DateOnly? DayOf(string text)
    {
        // 2012-03-14T00:00:00Z; 14th March, 2012.
        var day = text.Trim();
        if (day.Length > 10 && day[10] is 'T' or ' ' && char.IsAsciiDigit(day[^1]) | day[^1] == 'Z' && day[4] == '-') day = day[..10];
        day = Ordinal().Replace(day, "").Replace(",", "", StringComparison.Ordinal);
        return DateOnly.TryParseExact(day, DayFormats, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var date) ? date : null;
    }

    /// <summary>Every text in a value, however deep.</summary>
    private static IEnumerable<string> TextsIn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => JsonText.Of(value) is { Length: > 0 } text ? [text] : [],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(TextsIn),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => TextsIn(p.Value)),
        _ => [],
    };

    [GeneratedRegex(@"(?<=^[\p{L} ]*\d{1,2})(?:st|nd|rd|th)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Ordinal();

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && JsonText.Of(value) is { Length: > 0 } text ? text : null;

    /// <summary>How much of what a person marked was found, counted in code points that are letters or digits.</summary>
    private sealed class Score
    {
        private readonly SortedDictionary<string, (long Found, long All)> byType = new(StringComparer.Ordinal);
        private long marked;
        private long rightly;
        private long kept;
        private long keptRightly;
        private int texts;
        private int textsWithMiss;

        public void Add(IReadOnlyList<RedactionSpan> spans, JsonElement root, int line)
        {
            if (!root.TryGetProperty("spans", out var wanted) || wanted.ValueKind != JsonValueKind.Array) throw new BadInputException($"Line {line} has no “spans” to measure against.");
            var runes = JsonText.Of(root.GetProperty("text")).EnumerateRunes().ToArray();
            var counts = runes.Select(Rune.IsLetterOrDigit).ToArray();
            var found = new bool[runes.Length];
            foreach (var span in spans) Array.Fill(found, true, span.Start, span.End - span.Start);
            var truth = new bool[runes.Length];
            var missed = false;
            foreach (var span in wanted.EnumerateArray())
            {
                if (Place(span, "start") is not { } start || Place(span, "end") is not { } end) throw new BadInputException($"Line {line} has a span without its “start” or “end”, each a whole number.");
                if (start < 0 || end > runes.Length || start >= end) throw new BadInputException($"Line {line} has a span outside its text.");
                var type = Text(span, "type") ?? "";
                var whole = Enumerable.Range(start, end - start).All(i => found[i] || !counts[i]);
                var (hits, all) = byType.GetValueOrDefault(type);
                byType[type] = (hits + (whole ? 1 : 0), all + 1);
                missed |= !whole;
                Array.Fill(truth, true, start, end - start);
            }

            texts++;
            if (missed) textsWithMiss++;
            for (var i = 0; i < runes.Length; i++)
            {
                if (!counts[i]) continue;
                if (found[i]) marked++;
                if (found[i] && truth[i]) rightly++;
                if (!truth[i]) kept++;
                if (!truth[i] && !found[i]) keptRightly++;
            }
        }

        private static int? Place(JsonElement span, string name) =>
            span.ValueKind == JsonValueKind.Object && span.TryGetProperty(name, out var place) && place.ValueKind == JsonValueKind.Number && place.TryGetInt32(out var number) ? number : null;

        public void Print(TextWriter to)
        {
            foreach (var (type, (found, all)) in byType) to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"recall {type,-10} {Share(found, all):F3}  ({found} of {all} whole)"));
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"precision         {Share(rightly, marked):F3}  (of marked letters and digits)"));
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"kept              {Share(keptRightly, kept):F3}  (of letters and digits that say nothing)"));
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"texts with a miss {Share(textsWithMiss, texts):F3}  ({textsWithMiss} of {texts})"));
        }

        private static double Share(long part, long whole) => whole == 0 ? 1 : (double)part / whole;
    }
}
