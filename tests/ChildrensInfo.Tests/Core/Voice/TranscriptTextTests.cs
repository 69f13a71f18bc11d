using ChildrensInfo.Core.Voice;
using CsCheck;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace ChildrensInfo.Tests.Core.Voice;

public class TranscriptTextTests
{
    [Theory]
    [InlineData("I went to [?Nan's?] house", "I went to |*Nan's| house")]
    [InlineData("[?all of it?]", "*all of it")]
    [InlineData("[?a?][?b?]", "*a|*b")]
    [InlineData("nothing", "nothing")]
    [InlineData("", "")]
    [InlineData("open [?for ever", "open [?for ever")]
    [InlineData("[??] nothing inside", "[??] nothing inside")]
    [InlineData("[?two\nlines?]", "[?two\nlines?]")]
    [InlineData("[?one [?in?] another?]", "[?one |*in| another?]")]
    [InlineData("why [why?] what?]", "why [why?] what?]")]
    [InlineData("أنا [?خائف?] 😟", "أنا |*خائف| 😟")]
    public void Uncertain_words_are_told_from_the_rest(string text, string spans) =>
        Assert.Equal(spans, string.Join('|', TranscriptText.Parse(text).Select(s => (s.IsUnsure ? "*" : "") + s.Text)));

    [Theory]
    [InlineData("[0:05] I said [12:05] no", "@5| I said |@725| no", "I said no")]
    [InlineData("[1:02:03] late", "@3723| late", "late")]
    [InlineData("[10:00]", "@600", "")]
    [InlineData("[0:05]\n[?no?] [0:09]\n", "@5|\n|*no| |@9|\n", "[?no?] \n")]
    [InlineData("[-name: Kyle [0:05]-] came", "-Kyle [0:05]| came", "[-name: Kyle -] came")]
    [InlineData("[?maybe [0:05] no?]", "*maybe [0:05] no", "[?maybe no?]")]
    [InlineData("at 12:05, [12:5], [12:60], [0:12:05], [1:2:05], [123:05] or [12:05", "at 12:05, [12:5], [12:60], [0:12:05], [1:2:05], [123:05] or [12:05", "at 12:05, [12:5], [12:60], [0:12:05], [1:2:05], [123:05] or [12:05")]
    public void Where_in_the_recording_a_passage_is_is_told_from_the_words_and_left_out_of_them(string text, string spans, string words)
    {
        Assert.Equal(spans, string.Join('|', TranscriptText.Parse(text).Select(s => s.At is { } at ? $"@{at}" : (s.IsUnsure ? "*" : s.Kept is null ? "" : "-") + s.Text)));
        Assert.Equal(words, TranscriptText.WithoutTimes(text));
        Assert.DoesNotContain("0:05", TranscriptText.Given(text));
    }

    [Fact]
    public void A_time_is_written_as_it_is_read() =>
        Gen.Int[0, (99 * 3600) + 3599].Sample(seconds => Assert.Equal([new TranscriptSpan(TranscriptText.At(seconds), false, null, seconds)], TranscriptText.Parse(TranscriptText.At(seconds))));

    [Fact]
    public void No_character_is_lost_or_made_up_whatever_is_typed() =>
        Gen.String[Gen.Char["[]?ab \n😟*012:"], 0, 40].Sample(text =>
            Assert.Equal(text, string.Concat(TranscriptText.Parse(text).Select(s => s.IsUnsure ? TranscriptText.Unsure(s.Text) : s.Text))));

    [Theory]
    [InlineData("https://voice.council.example", true)]
    [InlineData("http://127.0.0.1:8090", true)]
    [InlineData("http://localhost:8090/whisper", true)]
    [InlineData("http://[::1]:8090", true)]
    [InlineData("http://voice.council.example", false)]
    [InlineData("http://10.0.0.7:8090", false)]
    [InlineData("https://10.0.0.7:8090", true)]
    [InlineData("https://169.254.169.254", false)]
    [InlineData("https://[::ffff:a9fe:a9fe]", false)]
    [InlineData("http://127.0.0.1.evil.example", false)]
    [InlineData("https://name:secret@voice.council.example", false)]
    [InlineData("ftp://voice.council.example", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("voice.council.example", false)]
    public void A_machine_is_reached_safely_or_the_site_does_not_start(string address, bool good)
    {
        var configuration = Configured(("BaseUrl", address), ("ApiKey", "not to be told"));
        Assert.Equal(good, !TranscriberCatalogue.FaultsOf(configuration).Any());
        if (good)
        {
            var settings = TranscriberCatalogue.From(configuration).Of("123")!;
            Assert.StartsWith(address, settings.Address.ToString());
            Assert.EndsWith("/v1/audio/transcriptions", settings.Address.AbsolutePath);
            Assert.DoesNotContain("told", settings.ToString());
        }
        else
        {
            var error = Assert.Throws<InvalidOperationException>(() => TranscriberCatalogue.From(configuration));
            Assert.DoesNotContain("secret", error.Message);
        }
    }

    [Theory]
    [InlineData("TimeoutMinutes", "0")]
    [InlineData("TimeoutMinutes", "soon")]
    [InlineData("ResponseFormat", "srt")]
    public void A_setting_that_makes_no_sense_is_named(string key, string value) =>
        Assert.Contains($"Transcriber__123__{key}", Assert.Single(TranscriberCatalogue.FaultsOf(Configured(("BaseUrl", "https://voice.council.example"), (key, value)))));

    [Fact]
    public void Without_an_address_no_council_has_a_machine()
    {
        Assert.Null(TranscriberCatalogue.From(Configured(("Model", "large-v3"))).Of("123"));
        Assert.Null(TranscriberCatalogue.From(Configured(("BaseUrl", "https://voice.council.example"))).Of("321"));
    }

    private static IConfiguration Configured(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>($"Transcriber:123:{s.Key}", s.Value))).Build();
}
