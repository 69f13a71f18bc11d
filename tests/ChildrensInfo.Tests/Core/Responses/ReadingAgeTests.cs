using ChildrensInfo.Core.Responses;
using CsCheck;
using Xunit;

namespace ChildrensInfo.Tests.Core.Responses;

public class ReadingAgeTests
{
    [Theory]
    [InlineData("We asked the judge. She said no. You can ask again in May.", 43, 13, 3)]
    [InlineData("Meet at 3.30 e.g. on Monday", 19, 6, 2)]
    [InlineData("one\n\ntwo", 6, 2, 2)]
    [InlineData("… — !", 0, 0, 0)]
    [InlineData("", 0, 0, 0)]
    public void Letters_words_and_sentences_are_counted(string text, int characters, int words, int sentences) =>
        Assert.Equal((characters, words, sentences), ReadingAge.Count(text));

    [Fact]
    public void The_formula_is_the_published_one()
    {
        // 43 letters, 13 words, 3 sentences: 4.71 × 3.3077 + 0.5 × 4.3333 − 21.43 = −3.68, below the youngest.
        Assert.Equal(5, ReadingAge.Of("We asked the judge. She said no. You can ask again in May."));
        // 157 letters, 19 words, 1 sentence: 38.92 + 9.5 − 21.43 = 26.99: above the oldest.
        const string hard = "Following consultation with professional colleagues the proposed rehabilitation arrangements cannot currently be accommodated within available resources this financial quarter";
        Assert.Equal(18, ReadingAge.Of(hard));
        // 57 letters, 14 words, 1 sentence: 19.18 + 7 − 21.43 = 4.75, so the fifth grade: about ten.
        Assert.Equal(10, ReadingAge.Of("your dad could come round more next month when this work ends and then stay"[..^5]));
    }

    [Fact]
    public void Too_few_words_say_nothing() => Assert.Null(ReadingAge.Of("Incomprehensibility notwithstanding."));

    [Fact]
    public void Cutting_a_sentence_in_two_never_makes_it_older() =>
        Gen.String[Gen.Char['a', 'z'], 1, 12].Array[8, 40].Sample(words =>
        {
            var whole = string.Join(' ', words) + ".";
            var halves = string.Join(' ', words[..(words.Length / 2)]) + ". " + string.Join(' ', words[(words.Length / 2)..]) + ".";
            Assert.True(ReadingAge.Of(halves) <= ReadingAge.Of(whole));
        });

    [Fact]
    public void Any_text_has_an_age_from_five_to_eighteen_or_none() =>
        Gen.String.Sample(text => Assert.True(ReadingAge.Of(text) is null or (>= ReadingAge.Youngest and <= ReadingAge.Oldest)));
}
