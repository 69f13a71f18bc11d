using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Voice;

public class SoughtWordsTests(TestSite site)
{
    /// <summary>Endings of every step of the algorithm, beside the words that the demo's children say.</summary>
    private const string Endings = """
        caresses flies dies mules denied died agreed owned humbled sized meeting stating siezing itemization sensational traditional reference colonizer plotted worried worries
        worry worrying happy happily happiness hopeful hopefully hoping hopped running runs ran cried crying cries school schools schooling shouting shouted frightened frightening lonely
        loneliness kindly kindness carefulness relational conditional rational valency hesitancy digitizer conformably radically differently vilely analogously vietnamization predication operator
        feudalism decisiveness callousness formality sensitivity sensibility triplicate formative formalize electricity electrical goodness revival allowance inference airliner adjustable defensible
        irritant replacement adjustment dependent adoption communism activate angularity homologous effective bowdlerize probate rate cease controlling rolling generous generation communication
        arsenal skies sky dying lying gently ugly early only singly news bias inning herring proceeding exceeded playing played plays says said boys buys enjoying feeding bleed agreed
        hiss kiss gas this bus buses houses housing moved moving moves lives living lived adopted fostering fostered carers careers angry anger angrily visits visiting
        """;

    [Fact]
    public async Task The_stemmer_says_what_the_databases_own_does()
    {
        var cancel = TestContext.Current.CancellationToken;
        var content = DemoContent.Load();
        var texts = new List<string> { Endings };
        texts.AddRange(content.Voices.Select(v => v.Text));
        var words = texts.SelectMany(t => t.Split([' ', '\n', '\r', '.', ',', '!', '?', ';', ':', '(', ')', '"', '“', '”', '-', '…'], StringSplitOptions.RemoveEmptyEntries))
            .Select(w => w.ToLowerInvariant().Replace('’', '\'')).Where(w => w.All(c => c is >= 'a' and <= 'z' or '\'')).Distinct().Order(StringComparer.Ordinal).ToArray();
        Assert.True(words.Length > 300, $"{words.Length}");
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(cancel);
        await using var ask = new NpgsqlCommand("select w, (ts_lexize('english_stem', w))[1] from unnest($1::text[]) as w", connection) { Parameters = { new() { Value = words } } };
        var different = new List<string>();
        await using (var reader = await ask.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                // Its stop words come back empty.
                if (!reader.IsDBNull(1) && EnglishStemmer.Stem(reader.GetString(0)) != reader.GetString(1)) different.Add($"{reader.GetString(0)}: {EnglishStemmer.Stem(reader.GetString(0))}, not {reader.GetString(1)}");
            }
        }

        Assert.Empty(different);
    }

    [Theory]
    [InlineData("worry", "I am worried about Mum", "en", "worried")]
    [InlineData("WORRIED", "She worries. I worry", "en-GB", "worries")]
    [InlineData("mum's", "it is Mum’s house", "en", "Mum’s")]
    [InlineData("ty", "Dw i eisiau mynd i'r tŷ", "cy", "tŷ")]
    [InlineData("tŷ", "Dw i eisiau mynd i'r TY", "cy", "TY")]
    [InlineData("学校", "我喜欢学校和朋友", "zh", "学校")]
    [InlineData("مدرسة", "أحب مدرسة جديدة", "ar", "مدرسة")]
    [InlineData("house dog", "the dogs sleep in our house", "en", "dogs")]
    public void Words_are_found_as_people_mean_them(string typed, string text, string language, string marked) =>
        Assert.Equal(marked, SoughtWords.Read(typed)!.FindIn(text, language)!.First(p => p.Found).Text);

    [Theory]
    [InlineData("cat", "we concatenate", "en")]
    [InlineData("dog house", "the dog sleeps", "en")]
    [InlineData("worry", "worried", "cy")]
    public void And_not_otherwise(string typed, string text, string language) => Assert.Null(SoughtWords.Read(typed)!.FindIn(text, language));

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    [InlineData("... !")]
    public void Nothing_typed_is_nothing_to_look_for(string? typed) => Assert.Null(SoughtWords.Read(typed));

    [Fact]
    public void What_is_shown_is_the_text_itself_around_the_place_and_no_character_is_cut()
    {
        var text = string.Concat(Enumerable.Repeat("😀 aaa ", 60)) + "here is the bicycle I lost" + string.Concat(Enumerable.Repeat(" bbb 👩‍👧", 60));
        var pieces = SoughtWords.Read("bicycle")!.FindIn(text, "en")!;
        Assert.Equal("… ", pieces[0].Text);
        Assert.Equal(" …", pieces[^1].Text);
        var shown = string.Concat(pieces.Skip(1).SkipLast(1).Select(p => p.Text));
        Assert.Contains(shown, text, StringComparison.Ordinal);
        Assert.InRange(shown.Length, 100, 300);
        Assert.False(char.IsLowSurrogate(shown[0]) || char.IsHighSurrogate(shown[^1]));
    }
}
