using System.Globalization;
using System.Text;
using System.Text.Json;
using ChildrensInfo.Core.Disclosure.Redaction;

namespace ChildrensInfo.Cli;

/// <summary>Marks what could say who somebody is: a file of texts in, a file of spans out, no database. A person reviews what it marks.</summary>
public static class RedactCommand
{
    public const string Usage = """
        redact TEXTS.jsonl --out SPANS.jsonl [--measure]
            Marks names, places, schools, addresses, numbers and dates in texts, as a first pass that a person reviews.
            TEXTS.jsonl: a line each, {"id", "text", "known": {"child": {"given", "family", "dob", …}, "people": [], "school",
                         "address", "town", "postcode", "phones": []}}; all of "known" may be missing.
            SPANS.jsonl: a line each, {"id", "spans": [{"start", "end", "type"}]}, in Unicode code points of the text.
            --measure    the lines have "spans" too, made by a person: prints recall by type, precision, and texts with a miss.
        """;

    public static int Run(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--out"], "--measure");
        var output = arguments.Required("--out");
        var input = arguments.TheOneFile();
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
                var spans = Redactor.Find(JsonText.Of(text), root.TryGetProperty("known", out var known) ? Known(known) : KnownDetails.Nothing);
                score?.Add(spans, root, number);
                writer.WriteLine(Line(root, spans));
            }
        });
        score?.Print(terminal.Out);
        return 0;
    }

    private static IEnumerable<string> Lines(string path)
    {
        using var lines = File.ReadLines(path, new UTF8Encoding(false, throwOnInvalidBytes: true)).GetEnumerator();
        var number = 0;
        while (true)
        {
            number++;
            try
            {
                if (!lines.MoveNext()) yield break;
            }
            catch (DecoderFallbackException)
            {
                throw new BadInputException($"{path} is not UTF-8, in line {number} or soon after it.");
            }

            yield return lines.Current;
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

    /// <summary>Reads "known" by its keys wherever they stand, so that a file with more than the usual ones loses nothing.</summary>
    private static KnownDetails Known(JsonElement known)
    {
        List<string> names = [], schools = [], addresses = [], towns = [], postcodes = [], phones = [], emails = [], ids = [];
        List<DateOnly> dates = [];
        if (known.ValueKind == JsonValueKind.Object)
        {
            // The child first: initials alone are marked for the child only.
            if (known.TryGetProperty("child", out var child)) Read("child", child);
            foreach (var property in known.EnumerateObject().Where(p => p.Name != "child")) Read(property.Name, property.Value);
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

        void Read(string key, JsonElement value)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Array:
                    foreach (var item in value.EnumerateArray()) Read(key, item);
                    break;
                case JsonValueKind.Object:
                    var given = Text(value, "given") ?? Text(value, "first") ?? Text(value, "firstName") ?? Text(value, "givenName");
                    var family = Text(value, "family") ?? Text(value, "last") ?? Text(value, "surname") ?? Text(value, "lastName") ?? Text(value, "familyName");
                    if (given is not null || family is not null) names.Add($"{given} {family}".Trim());
                    foreach (var property in value.EnumerateObject().Where(p => p.Name is not ("given" or "first" or "firstName" or "givenName" or "family" or "last" or "surname" or "lastName" or "familyName")))
                        Read(property.Name, property.Value);
                    break;
                case JsonValueKind.String when JsonText.Of(value) is { Length: > 0 } text:
                    Sort(key.ToLowerInvariant(), text);
                    break;
                case JsonValueKind.Number:
                    ids.Add(value.GetRawText());
                    break;
            }
        }

        void Sort(string key, string text)
        {
            if (DateOnly.TryParseExact(text, ["yyyy-MM-dd", "dd/MM/yyyy", "d/M/yyyy", "dd-MM-yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) dates.Add(date);
            else if (key is "relation" or "relationship" or "role" or "kind" or "sex" or "gender" or "ethnicity" or "language") return;
            else if (text.Contains('@', StringComparison.Ordinal)) emails.Add(text);
            else if (key.Contains("school", StringComparison.Ordinal) || key.Contains("nursery", StringComparison.Ordinal) || key.Contains("college", StringComparison.Ordinal)) schools.Add(text);
            else if (key.Contains("postcode", StringComparison.Ordinal)) postcodes.Add(text);
            else if (key.Contains("address", StringComparison.Ordinal) || key.Contains("street", StringComparison.Ordinal)) addresses.Add(text);
            else if (key.Contains("town", StringComparison.Ordinal) || key.Contains("city", StringComparison.Ordinal) || key.Contains("place", StringComparison.Ordinal) || key.Contains("village", StringComparison.Ordinal)) towns.Add(text);
            else if (key.Contains("phone", StringComparison.Ordinal) || key.Contains("mobile", StringComparison.Ordinal)) phones.Add(text);
            else if (text.Any(char.IsAsciiDigit)) ids.Add(text);
            else names.Add(text);
        }
    }

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
