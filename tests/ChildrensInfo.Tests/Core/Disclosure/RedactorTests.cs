using System.Text.Json;
using ChildrensInfo.Core.Disclosure.Redaction;
using ChildrensInfo.Tests.Support;
using CsCheck;
using Xunit;

namespace ChildrensInfo.Tests.Core.Disclosure;

public class RedactorTests
{
    private static readonly KnownDetails Child = new()
    {
        Names = ["Jayden Okafor", "Michelle Okafor", "Tyrone Bates"],
        Schools = ["St Aidan's Primary School"],
        Addresses = ["12 Oakfield Road LS8 3QT"],
        Towns = ["Harehills"],
        Postcodes = ["LS8 3QT"],
        Phones = ["07700 900123"],
        Dates = [new(2012, 3, 14)],
    };

    /// <summary>A child whose every name is a word: the hardest to find without hiding speech.</summary>
    private static readonly KnownDetails Will = new() { Names = ["Will Hope", "Mark Dunn"], Schools = ["Hill Top Academy"], Addresses = ["7 Rose Lane"] };

    [Theory]
    [InlineData("My name is Jayden", "My name is [NAME]")]
    [InlineData("jaydens mum shouts at JAYDEN", "[NAME] mum shouts at [NAME]")]
    [InlineData("Jaydon and Jadyen and Jaaaayden", "[NAME] and [NAME] and [NAME]")]
    [InlineData("j4yden wrote it, so did J-a-y-d-e-n and J.O.", "[NAME] wrote it, so did [NAME] and [NAME]")]
    [InlineData("Jаyden with a letter of another alphabet", "[NAME] with a letter of another alphabet")]
    [InlineData("tyrone is bad. Ty makes me cry", "[NAME] is bad. [NAME] makes me cry")]
    [InlineData("Michelle Okafor, Jayden's mum", "[NAME], [NAME] mum")]
    [InlineData("i go to st aidans", "i go to [SCHOOL]")]
    [InlineData("at St Aidan’s Primary School today", "at [SCHOOL] today")]
    [InlineData("we live at 12 oakfield road in harehills", "we live at [ADDRESS] in [PLACE]")]
    [InlineData("LS8 3QT or ls83qt", "[POSTCODE] or [POSTCODE]")]
    [InlineData("by oakfield shops", "by [ADDRESS] shops")]
    [InlineData("born 14/03/2012, birthday 14th March", "born [DATE], birthday [DATE]")]
    [InlineData("ring 07700900123 or 07700-900-123", "ring [PHONE] or [PHONE]")]
    public void What_the_record_knows_is_found_in_any_spelling(string said, string safe) => Assert.Equal(safe, Redact(said, Child));

    [Theory]
    [InlineData("Will is kind. I will go.", "[NAME] is kind. I will go.")]
    [InlineData("will hit mark again", "[NAME] hit [NAME] again")]
    [InlineData("i hope it will be ok. will you tell them", "i hope it will be ok. will you tell them")]
    [InlineData("May I have a drink? Mark my words.", "May I have a drink? Mark my words.")]
    [InlineData("We live on Rose Lane", "We live on [ADDRESS]")]
    [InlineData("not going to Hill Top any more", "not going to [SCHOOL] any more")]
    public void A_name_that_is_a_word_is_found_and_the_word_is_kept(string said, string safe) => Assert.Equal(safe, Redact(said, Will));

    [Theory]
    [InlineData("My friend Aaliyah and kayleigh", "My friend [NAME] and [NAME]")]
    [InlineData("Sarah Jenkins never listens, Mr Achterberg does", "[NAME] never listens, Mr [NAME] does")]
    [InlineData("My dog Biscuit sleeps on my bed", "My dog [NAME] sleeps on my bed")]
    [InlineData("Nan lives in Stoke-on-Trent near Potternewton Park", "Nan lives in [PLACE] near [PLACE]")]
    [InlineData("she goes to Roundhay High School", "she goes to [SCHOOL]")]
    [InlineData("a@b.example.com and https://b.example.com/me and @kez_12", "[EMAIL] and [LINK] and [LINK]")]
    [InlineData("NHS 485 777 3456, plate BD51 SMR, ref LAC-20231", "NHS [ID], plate [ID], ref [ID]")]
    [InlineData("oh seven seven double oh nine oh", "[PHONE]")]
    public void Others_places_and_numbers_are_found(string said, string safe) => Assert.Equal(safe, Redact(said, KnownDetails.Nothing));

    [Theory]
    [InlineData("You wrote that I'm aggressive and it's not true. I kicked the door. The door isnt a person")]
    [InlineData("On Monday I went to school and then football. I like Minecraft and pizza. Maths is boring. I may go swimming in April.")]
    [InlineData("I feel safe with my foster carer. She makes nice dinners. I would like a lock on my door by 5pm on 8/10 days.")]
    [InlineData("I WANT TO GO HOME NOW")]
    public void What_says_nothing_of_who_they_are_is_kept(string said) => Assert.Equal(said, Redact(said, Child));

    [Fact]
    public void Offsets_count_code_points_whatever_comes_before()
    {
        const string said = "😀👩‍👧 Ŵ Jayden";
        var span = Assert.Single(Redactor.Find(said, Child));
        Assert.Equal("Jayden", string.Concat(said.EnumerateRunes().Skip(span.Start).Take(span.End - span.Start)));
    }

    [Fact]
    public void Spans_are_in_order_apart_and_inside_whatever_is_said()
    {
        var piece = Gen.OneOf(OneOf("Jayden", "will", " ", "'s", "st aidans", "12", "\n", "😀", "\u200d", "é", "*", "- ", "07700", "March", "\ud800", "St ", "Mr", "()[\\"), Gen.String[0, 6]);
        piece.Array[0, 30].Select(string.Concat).Sample(said =>
        {
            var spans = Redactor.Find(said, Child);
            var length = said.EnumerateRunes().Count();
            for (var i = 0; i < spans.Count; i++)
            {
                Assert.True(spans[i].Start < spans[i].End && spans[i].End <= length);
                if (i > 0) Assert.True(spans[i - 1].End <= spans[i].Start);
            }

            Redactor.Replace(said, spans);
        });
    }

    [Fact]
    public void What_was_broken_is_not_hidden_by_breaking_it_further()
    {
        // However a name is written from this list, nothing of it is left to read.
        Gen.Select(OneOf("Jayden", "jayden", "JAYDEN", "Jaydon", "jaydens", "Jayden's", "Okafor", "tyrone", "Michelle"), OneOf("", ".", "!", ",", " x", "\n"), OneOf("then ", "i saw ", "It was ", "(", "“")).Sample((name, after, before) =>
            Assert.DoesNotContain(name, Redact(before + name + after, Child), StringComparison.Ordinal));
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static string Redact(string said, KnownDetails known) => Redactor.Replace(said, Redactor.Find(said, known));
}

public sealed class RedactCommandTests : IDisposable
{
    private readonly CommandLine cli = new();

    public void Dispose() => cli.Dispose();

    [Fact]
    public async Task Texts_go_in_and_spans_come_out_in_their_order()
    {
        cli.Write("texts.jsonl", """
            {"id": "a", "text": "😀 Jayden lives in Leeds", "known": {"child": {"given": "Jayden", "family": "Okafor", "dob": "2012-03-14"}, "people": ["Tyrone Bates", {"given": "Nell"}], "school": "Hill Top", "address": "12 Oak Road, Leeds", "town": "Leeds", "postcode": "LS8 3QT", "phones": ["07700 900123"]}}
            {"id": 7, "text": "nothing to see"}
            """);

        Assert.Equal((0, ""), await cli.RunAsync("redact", "texts.jsonl", "--out", "spans.jsonl"));

        Assert.Equal(
            "{\"id\":\"a\",\"spans\":[{\"start\":2,\"end\":8,\"type\":\"NAME\"},{\"start\":18,\"end\":23,\"type\":\"PLACE\"}]}\n{\"id\":7,\"spans\":[]}\n",
            cli.Read("spans.jsonl"));
    }

    [Fact]
    public async Task Half_of_a_character_ends_no_file_and_is_one_place()
    {
        cli.Write("texts.jsonl", "{\"id\": \"a\\ud83d\", \"text\": \"\\ud83d \\\"Jayden\\\"\\n\", \"known\": {\"child\": {\"given\": \"Jayden\\udc00\"}}}\n{\"id\": 2, \"text\": \"b\"}");

        var (exitCode, _, error) = await CommandLine.RunHereAsync([], "", "redact", cli.PathOf("texts.jsonl"), "--out", cli.PathOf("spans.jsonl"));

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal("{\"id\":\"a\\ud83d\",\"spans\":[{\"start\":3,\"end\":9,\"type\":\"NAME\"}]}\n{\"id\":2,\"spans\":[]}\n", cli.Read("spans.jsonl"));
    }

    [Theory]
    [InlineData("{\"child\": {\"given\": [\"Zaffy\", \"Mirrin\"], \"family\": \"Okafor\"}}", "zaffy or mirrin or okafor", 3)]
    [InlineData("{\"child\": {\"given\": \"Zaffy\", \"first\": \"Mirrin\"}}", "zaffy or mirrin", 2)]
    [InlineData("{\"address\": {\"line1\": \"12 Fennelby Road\", \"line2\": \"Garrowby\"}}", "by fennelby or garrowby", 2)]
    [InlineData("{\"school\": {\"name\": \"Hollowgate Primary\"}}", "i go to hollowgate primary", 1)]
    [InlineData("{\"child\": {\"dob\": \"14.03.2012\"}}", "on 14 3", 1)]
    [InlineData("{\"child\": {\"dob\": \"14 March 2012\"}}", "on 14 3", 1)]
    [InlineData("{\"child\": {\"dob\": \"14th March, 2012\"}}", "on 14 3", 1)]
    [InlineData("{\"child\": {\"dob\": \"2012-03-14T00:00:00\"}}", "on 14 3", 1)]
    public async Task What_is_known_is_known_however_it_is_written(string known, string said, int spans)
    {
        cli.Write("texts.jsonl", $"{{\"id\": 1, \"text\": \"{said}\", \"known\": {known}}}");

        var (exitCode, _, _) = await CommandLine.RunHereAsync([], "", "redact", cli.PathOf("texts.jsonl"), "--out", cli.PathOf("spans.jsonl"));

        Assert.Equal(0, exitCode);
        using var json = JsonDocument.Parse(cli.Read("spans.jsonl"));
        Assert.Equal(spans, json.RootElement.GetProperty("spans").GetArrayLength());
        if (known.Contains("school", StringComparison.Ordinal)) Assert.Equal("SCHOOL", json.RootElement.GetProperty("spans")[0].GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("{\"id\": 1}", "Line 1 has no “text”")]
    [InlineData("{\"id\": 1, \"text\": \"a\"}\nnot json", "Line 2 is not JSON")]
    [InlineData("[]", "Line 1 has no “text”")]
    public async Task What_cannot_be_read_is_refused_and_leaves_no_file(string texts, string says)
    {
        cli.Write("texts.jsonl", texts);

        var (exitCode, error) = await cli.RunAsync("redact", "texts.jsonl", "--out", "spans.jsonl");

        Assert.Equal(2, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Equal(["texts.jsonl"], cli.Files);
    }

    [Theory]
    [InlineData("held-out")]
    [InlineData("looked-at")]
    public async Task What_is_published_of_texts_it_was_not_built_on_is_what_it_finds(string texts)
    {
        var set = Path.Combine(Repository.Root, "tests/ChildrensInfo.Tests/Samples/redaction", $"{texts}.jsonl");
        var (exitCode, output, _) = await CommandLine.RunHereAsync([], "", "redact", set, "--out", cli.PathOf("spans.jsonl"), "--measure");
        Assert.Equal(0, exitCode);
        var published = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/decisions/0018-words-for-research.md"), TestContext.Current.CancellationToken);
        Assert.Contains(output.ReplaceLineEndings("\n").TrimEnd(), published, StringComparison.Ordinal);
        Assert.Matches(texts == "held-out" ? "recall NAME +0[.]9" : "texts with a miss 0[.]0", output);
    }

    [Fact]
    public async Task Measuring_needs_spans_to_measure_against()
    {
        cli.Write("texts.jsonl", JsonSerializer.Serialize(new { id = 1, text = "a Jayden" }));
        Assert.Equal(2, (await cli.RunAsync("redact", "texts.jsonl", "--measure", "--out", "spans.jsonl")).ExitCode);

        cli.Write("texts.jsonl", JsonSerializer.Serialize(new { id = 1, text = "a Jayden", spans = new[] { new { start = 2, end = 8, type = "NAME" } } }));
        Assert.Equal((0, ""), await cli.RunAsync("redact", "texts.jsonl", "--measure", "--out", "spans.jsonl"));
    }
}
