using ChildrensInfo.Core.Voice;
using CsCheck;
using Xunit;

namespace ChildrensInfo.Tests.Core.Voice;

/// <summary>What a form may send as answers, and what comes of it.</summary>
public class ToolAnswersTests
{
    private static readonly ToolDefinition Houses = new("What belongs where?", null, [new("worries", "Worries", null), new("good", "Good things", null), new("dreams", "Dreams", null)]);
    private static readonly ToolDefinition Board = new("Point.", null, [new("home", "HOME", null), new("dog", "DOG", null), new("sad", "SAD", null)]);

    private static ToolDefinition Scale(int min, int max) => new("How is it?", new(min, max, "Bad", "Good", []), [new("home", "At home", null), new("school", "At school", null)]);

    private static (AnswerSheet? Sheet, IReadOnlyList<ChildrensInfo.Core.Shared.Refusal> Refusals) Read(ToolKind kind, ToolDefinition tool, IReadOnlyList<GivenAnswer> given, string? order = null, bool skipped = false, string? said = null) =>
        ToolAnswers.Read("key", kind, 3, "Title", tool, given, order, skipped, said);

    private static readonly Gen<(int Min, int Max)> Ends = Gen.Select(Gen.Int[-20, 20], Gen.Int[1, 20]).Select((min, wide) => (min, min + wide));

    [Fact]
    public void A_number_is_kept_with_its_scale_exactly_when_it_is_on_it() => Gen.Select(Ends, Gen.Int[-60, 60]).Sample((ends, value) =>
    {
        var (sheet, refusals) = Read(ToolKind.Scale, Scale(ends.Min, ends.Max), [new() { Item = "home", Value = $"{value}" }, new() { Item = "school", Value = "skip" }]);
        var isOn = value >= ends.Min && value <= ends.Max;
        Assert.Equal(isOn, sheet is not null);
        if (!isOn)
        {
            Assert.Equal("Answers[0].Value", Assert.Single(refusals).Field);
            return;
        }

        var (home, school) = (sheet!.Answers[0], sheet.Answers[1]);
        Assert.Equal((value, ends.Min, ends.Max, false), (home.Value, home.Min, home.Max, home.Skipped));
        Assert.Equal(value == ends.Min ? "Bad" : value == ends.Max ? "Good" : null, home.ValueLabel);
        // Skipped is not zero, nor any other number.
        Assert.True(school.Skipped);
        Assert.Null(school.Value);
        Assert.DoesNotContain("0 (", school.Label, StringComparison.Ordinal);
        Assert.Contains("(skipped)", sheet.AsText(), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("11")]
    [InlineData("+3")]
    [InlineData("03")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("5.5")]
    [InlineData("five")]
    [InlineData(" ")]
    [InlineData("٥")]
    [InlineData("2147483648")]
    [InlineData("1e1")]
    [InlineData(null)]
    public void What_is_no_number_of_the_scale_is_refused_beside_its_field(string? value)
    {
        var (sheet, refusals) = Read(ToolKind.Scale, Scale(1, 10), [new() { Item = "home", Value = "3" }, new() { Item = "school", Value = value }]);
        Assert.Null(sheet);
        var refusal = Assert.Single(refusals);
        Assert.Equal("Answers[1].Value", refusal.Field);
        Assert.StartsWith("Choose a number from 1 to 10", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_in_houses_come_back_letter_for_letter_in_the_order_the_child_took_them() => Gen.Select(Gen.String[Gen.Char, 1, 60], Gen.Shuffle(new[] { 1, 2, 3 })).Sample((words, places) =>
    {
        if (string.IsNullOrWhiteSpace(words) || !ChildrensInfo.Core.Shared.WrittenText.CanBeKept(words)) return;
        var (sheet, _) = Read(ToolKind.Houses, Houses,
            [new() { Item = "worries", Words = words, Place = places[0] }, new() { Item = "good", OwnName = "Den", Place = places[1] }, new() { Item = "dreams", Words = " ", Place = places[2] }]);
        var kept = AnswerSheet.Read(sheet!.Write());
        Assert.Equal(words, kept.Answers.Single(a => a.Item == "worries").Words);
        Assert.Equal(new[] { (places[0], "worries"), (places[1], "good"), (places[2], "dreams") }.OrderBy(p => p.Item1).Select(p => p.Item2), kept.Answers.Select(a => a.Item));
        Assert.Equal(("Den", "Good things", true), (kept.Answers.Single(a => a.Item == "good").OwnName, kept.Answers.Single(a => a.Item == "good").Label, kept.Answers.Single(a => a.Item == "good").Skipped));
        Assert.True(kept.Answers.Single(a => a.Item == "dreams").Skipped);
    });

    [Fact]
    public void Empty_houses_and_places_that_are_not_there_are_refused()
    {
        Assert.Equal("Answers[0].Words", Assert.Single(Read(ToolKind.Houses, Houses, [new() { Item = "worries" }]).Refusals).Field);
        // Only the last was moved, to the front.
        var moved = Read(ToolKind.Houses, Houses, [new() { Item = "worries", Place = 1 }, new() { Item = "good", Place = 2 }, new() { Item = "dreams", Words = "A goldfish", Place = 1 }]);
        Assert.Equal(["dreams", "worries", "good"], moved.Sheet!.Answers.Select(a => a.Item));
        Assert.Equal("Answers[0].Place", Assert.Single(Read(ToolKind.Houses, Houses, [new() { Item = "worries", Words = "The dark", Place = 4 }]).Refusals).Field);
    }

    [Fact]
    public void Symbols_keep_their_order_and_what_was_said_twice()
    {
        var (sheet, _) = Read(ToolKind.Symbols, Board, [], "home dog sad home dog", said: "and then he laughed");
        Assert.Equal(["HOME", "DOG", "SAD", "HOME", "DOG"], sheet!.Answers.Select(a => a.Label));
        Assert.Equal("HOME\nDOG\nSAD\nHOME\nDOG\nand then he laughed", sheet.AsText());
        Assert.Equal("Order", Assert.Single(Read(ToolKind.Symbols, Board, [], "home cat").Refusals).Field);
        Assert.Equal("Order", Assert.Single(Read(ToolKind.Symbols, Board, [], string.Join(' ', Enumerable.Repeat("dog", ToolAnswers.MostSymbols + 1))).Refusals).Field);
        // Without scripts the ticks stand, in the board's order.
        Assert.Equal(["HOME", "SAD"], Read(ToolKind.Symbols, Board, [new() { Item = "sad", Chosen = true }, new() { Item = "home", Chosen = true }, new() { Item = "dog" }]).Sheet!.Answers.Select(a => a.Label));
    }

    [Fact]
    public void Nothing_chosen_is_refused_and_all_of_it_skipped_is_kept_as_that()
    {
        Assert.Equal("Order", Assert.Single(Read(ToolKind.Faces, Board, [new() { Item = "home" }]).Refusals).Field);
        Assert.All(Read(ToolKind.Scale, Scale(1, 10), [], skipped: true).Sheet!.Answers, a => Assert.Equal((true, null, 1, 10), (a.Skipped, a.Value, a.Min, a.Max)));
        Assert.True(Assert.Single(Read(ToolKind.Faces, Board, [], skipped: true).Sheet!.Answers).Skipped);
    }

    [Fact]
    public void Answers_of_another_tool_and_one_item_twice_are_refused()
    {
        Assert.Equal("", Assert.Single(Read(ToolKind.Scale, Scale(1, 10), [new() { Item = "garden", Value = "3" }]).Refusals).Field);
        Assert.Equal("", Assert.Single(Read(ToolKind.Scale, Scale(1, 10), [new() { Item = "home", Value = "3" }, new() { Item = "home", Value = "9" }]).Refusals).Field);
        Assert.NotEmpty(Read(ToolKind.Houses, Houses, [new() { Item = "worries", Words = "half \uD83D of one" }]).Refusals);
        Assert.NotEmpty(Read(ToolKind.Houses, Houses, [new() { Item = "worries", Words = new string('a', VoiceRecord.WordsMaxLength + 1) }]).Refusals);
    }

    [Fact]
    public void A_shipped_tool_is_whole_in_both_languages_and_its_pictures_are_there()
    {
        foreach (var tool in ShippedTools.Load().Tools)
        {
            Assert.Equal(["cy", "en"], tool.Wordings.Select(w => w.Language).Order());
            foreach (var wording in tool.Wordings)
            {
                var given = new MakeTool
                {
                    Kind = Enum.Parse<ToolKind>(tool.Kind),
                    Language = wording.Language,
                    Title = wording.Title,
                    Ask = wording.Ask,
                    AgeFrom = tool.AgeFrom,
                    AgeTo = tool.AgeTo,
                    Min = wording.Scale?.Min,
                    Max = wording.Scale?.Max,
                    MinLabel = wording.Scale?.MinLabel,
                    MaxLabel = wording.Scale?.MaxLabel,
                    Items = [.. wording.Items.Select(i => new MakeItem { Key = i.Key, Label = i.Label, Picture = i.Picture })],
                };
                Assert.Empty(new MakeToolValidator().Validate(given).Errors);
                Assert.Equal(tool.Wordings[0].Items.Select(i => (i.Key, i.Picture)), wording.Items.Select(i => (i.Key, i.Picture)));
                Assert.All(wording.Scale?.Points ?? [], p => Assert.NotNull(Pictures.Find(p.Picture)));
            }
        }
    }

    [Theory]
    [InlineData("Very bad", null)]
    [InlineData(null, "Very good")]
    [InlineData(" ", "Very good")]
    public void A_scale_with_one_end_missing_is_refused_when_it_is_made(string? low, string? high)
    {
        var tool = new MakeTool { Kind = ToolKind.Scale, Language = "en", Title = "T", Ask = "?", AgeFrom = 4, AgeTo = 9, Min = 1, Max = 5, MinLabel = low, MaxLabel = high, Items = [new() { Label = "Home" }] };
        Assert.Equal(string.IsNullOrWhiteSpace(low) ? "MinLabel" : "MaxLabel", Assert.Single(new MakeToolValidator().Validate(tool).Errors).PropertyName);
        tool.MinLabel = tool.MaxLabel = "Words";
        tool.Max = null;
        Assert.Equal("Max", Assert.Single(new MakeToolValidator().Validate(tool).Errors).PropertyName);
        tool.Max = 1;
        Assert.Equal("Max", Assert.Single(new MakeToolValidator().Validate(tool).Errors).PropertyName);
    }
}
