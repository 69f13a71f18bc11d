using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>A practitioner writes down what a recording says, with hands on the keys, and mends what a machine made of another.</summary>
public class TranscriptJourneys(TestSite site, Browser browser)
{
    [Fact]
    public async Task Types_while_listening_marks_what_is_unsure_and_accepts_it()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var (_, record) = await hearing.SealFileAsync(Tone(4), VoiceKind.Audio);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;
        await visitor.GoAsync(hearing.ChildPage);
        await visitor.Link("Write down what the recording says").TapAsync();
        await visitor.WholeAsync();
        var box = page.GetByLabel("Type what is said");
        await box.FocusAsync();
        await page.Keyboard.PressAsync("F8");
        await Expect(visitor.Button("Pause F8")).ToBeVisibleAsync();
        await box.PressSequentiallyAsync("I was at Nans");
        await page.Keyboard.PressAsync("F2");
        await Expect(page.GetByText("Slower: 75 per cent")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("F8");
        await Expect(visitor.Button("Play F8")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("F9");
        await Expect(page.GetByText("Back at 0:00")).ToBeVisibleAsync();
        await Expect(box).ToBeFocusedAsync();
        Assert.Equal("I was at Nans", await box.InputValueAsync());
        await box.EvaluateAsync("b => b.setSelectionRange(9, 13)");
        await visitor.Button("Mark as unsure").TapAsync();
        Assert.Equal("I was at [?Nans?]", await box.InputValueAsync());
        await page.EvalOnSelectorAsync("audio", "a => { a.currentTime = 2.4; }");
        await page.Keyboard.PressAsync("F4");
        await Expect(page.GetByText("Written: 0:02")).ToBeVisibleAsync();
        await box.PressSequentiallyAsync("and stayed");
        const string typed = "I was at [?Nans?] [0:02] and stayed";
        Assert.Equal(typed, await box.InputValueAsync());
        await visitor.LookWideAndNarrowAsync("transcript-typing");

        // The session ends in the middle of a sentence; the words come back to whoever typed them, and to nobody else.
        await page.WaitForTimeoutAsync(600);
        await page.Context.ClearCookiesAsync();
        await visitor.Button("Keep this version").TapAsync();
        await Expect(visitor.Button("Sign in")).ToBeVisibleAsync();
        await visitor.SignInAsAsync(site, hearing.World.Practitioner);
        await visitor.GoAsync($"{hearing.ChildPage}/records/{record}/transcript");
        await Expect(page.GetByText("What you had typed here and not sent is back.")).ToBeVisibleAsync();
        Assert.Equal(typed, await box.InputValueAsync());
        await visitor.Button("Keep this version").TapAsync();
        await Expect(page.GetByText("Kept. It counts once")).ToBeVisibleAsync();
        Assert.Equal("", await box.InputValueAsync());
        await page.WaitForTimeoutAsync(2100);
        await visitor.Button("I have listened: this is what it says").TapAsync();
        await Expect(page.GetByText("Accepted. It is shown under the recording.")).ToBeVisibleAsync();
        await visitor.LookAsync("transcript-accepted");
        await visitor.GoAsync(hearing.ChildPage);
        await Expect(page.Locator(".record mark")).ToContainTextAsync("Nans (unsure)");
        await visitor.LookWideAndNarrowAsync("transcript-on-child-page");
        await page.GetByRole(AriaRole.Button, new() { Name = "Play from 0:02" }).PressAsync("Enter");
        await page.WaitForFunctionAsync("() => { const a = document.querySelector('.record audio'); return !a.paused && a.currentTime >= 2 || a.ended; }");

        // What one person left unsent is gone as soon as another is signed in here.
        await visitor.GoAsync($"{hearing.ChildPage}/records/{record}/transcript");
        await box.FillAsync("left behind");
        await page.WaitForTimeoutAsync(600);
        await page.Context.ClearCookiesAsync();
        await visitor.SignInAsAsync(site, hearing.World.OtherPractitioner);
        await visitor.GoAsync("/hear");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        Assert.Equal("", await page.EvaluateAsync<string>("Object.keys(sessionStorage).filter(k => k.startsWith('kept')).join()"));
    }

    [Fact]
    public async Task A_machine_drafts_and_the_page_says_that_nobody_has_checked_it()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var machine = await FakeTranscriber.StartAsync();
        machine.Serve(site, hearing.World);
        machine.Answer = async context =>
        {
            await Task.Delay(1500);
            await Microsoft.AspNetCore.Http.HttpResponseJsonExtensions.WriteAsJsonAsync(context.Response, new { text = "I was at Nan's.", segments = new[] { new { text = "I was at", avg_logprob = -.1 }, new { text = "Nan's.", avg_logprob = -2.0 } } });
        };
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        await hearing.DecideAsync(Purpose.TranscribeMachine, ConsentEventType.Given);
        var (_, record) = await hearing.SealFileAsync(Tone(4), VoiceKind.Audio);
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner, width: 820, height: 1180, touch: true);
        var page = visitor.Page;
        await visitor.GoAsync($"{hearing.ChildPage}/records/{record}/transcript");
        await visitor.Button("Ask for a draft").TapAsync();
        await Expect(page.GetByText("The computer is listening.").Or(page.GetByText("Waiting for the computer.")).First).ToBeVisibleAsync();
        await Expect(page.GetByText("Machine’s draft: nobody has checked it")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("transcript-draft");
        await visitor.Link("Put it right").TapAsync();
        await Expect(page.GetByLabel("Put right what is written")).ToHaveValueAsync("I was at\n[?Nan's.?]");
    }

    /// <summary>A WAV file of one tone.</summary>
    private static byte[] Tone(int seconds)
    {
        const int rate = 8000;
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("RIFF"u8);
        writer.Write(36 + (rate * seconds));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(rate);
        writer.Write(rate);
        writer.Write((short)1);
        writer.Write((short)8);
        writer.Write("data"u8);
        writer.Write(rate * seconds);
        for (var i = 0; i < rate * seconds; i++) writer.Write((byte)(128 + (60 * Math.Sin(i * 440 * 2 * Math.PI / rate))));
        writer.Flush();
        return file.ToArray();
    }
}
