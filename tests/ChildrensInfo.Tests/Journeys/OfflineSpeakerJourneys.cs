using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static ChildrensInfo.Tests.Journeys.OfflineVisits;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>Others than the child speak where there is no connection.</summary>
public class OfflineSpeakerJourneys(TestSite site, Browser browser)
{
    [Fact]
    public async Task Says_who_else_is_heard_on_a_recording_and_nobody_plays_it_until_they_said_yes()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        await hearing.World.AddRelationshipAsync(hearing.Child);
        var wilf = await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.Grandparent, holdsResponsibility: false, change: r => r.Name = "Wilf Ottery");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await BeginVisitAsync(visitor, hearing, async () =>
        {
            await page.GetByText("Somebody else was there: who, and could they hear?").ClickAsync();
            await page.Locator("select[name='Visit.Present[0].Role']").SelectOptionAsync("OtherFamily");
            await page.Locator("input[name='Visit.Present[0].InEarshot'][value=Yes]").CheckAsync();
        });
        await visitor.Button("Record Their own voice").ClickAsync();
        // Covered while the browser still asks for the microphone: when it is given, nothing listens.
        await page.EvaluateAsync("""
            () => {
              const media = navigator.mediaDevices;
              const ask = media.getUserMedia.bind(media);
              media.getUserMedia = wanted => new Promise(go => {
                window.allow = async () => {
                  media.getUserMedia = ask;
                  const stream = await ask(wanted);
                  go(stream);
                  await new Promise(done => setTimeout(done, 50));
                  return stream.getTracks()[0].readyState;
                };
              });
            }
            """);
        await visitor.Button("Start recording").ClickAsync();
        await Expect(page.GetByText("Waiting for the microphone")).ToBeVisibleAsync();
        await page.EvaluateAsync("() => { document.dispatchEvent(new Event('cover')); }");
        await Expect(page.GetByText("Ready to record")).ToBeVisibleAsync();
        Assert.Equal("ended", await page.EvaluateAsync<string>("() => allow()"));
        await visitor.Button("Start recording").ClickAsync();
        await Expect(page.GetByText("Saved on this device up to 0:04")).ToBeVisibleAsync();
        // The device slept for a while, and nothing came from the microphone: that is said, and noted as a gap.
        await page.EvaluateAsync("() => { const now = performance.now.bind(performance); performance.now = () => now() + 20_000; }");
        await Expect(page.GetByText("The recording goes on. That it stood still is noted as a gap.")).ToBeVisibleAsync();
        // Whoever records and listens touches nothing; one that is paused listens to nobody, so it locks, and keeps what there is.
        await LaterAsync(page, 6);
        await visitor.Button("Pause").ClickAsync();
        await LaterAsync(page, 12);
        await Expect(page.GetByText("Locked, because nobody touched it for five minutes.")).ToBeVisibleAsync();
        await LaterAsync(page, 0);
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.GetByText("Saved on this device, not sealed yet")).ToBeVisibleAsync();
        // What cannot be played here is said, and can be sealed all the same.
        await page.EvaluateAsync("() => { document.querySelector('[data-offline-recorder] audio').src = URL.createObjectURL(new Blob(['no sound'], { type: 'audio/webm' })); }");
        await Expect(page.GetByText("This device cannot play the recording. Nothing of it is lost, and it can be saved.")).ToBeVisibleAsync();
        var heard = page.GetByRole(AriaRole.Group, new() { Name = "Can anybody else be heard on it?" });
        var form = page.Locator("[data-form=sound]");
        await form.GetByLabel("The child’s", new() { Exact = true }).CheckAsync();
        await form.GetByLabel("Their life", new() { Exact = true }).CheckAsync();
        await form.GetByLabel("What is so", new() { Exact = true }).CheckAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        // Which it is has to be said. Whoever was near enough stands beside it, and is ticked where they are known.
        await Expect(form.GetByText("Say whether anybody else can be heard on it")).ToBeVisibleAsync();
        await Expect(form.GetByText("You wrote down that these were there: somebody else in the family.")).ToBeVisibleAsync();
        await Expect(heard.GetByLabel("Grandparent", new() { Exact = true })).ToBeHiddenAsync();
        await heard.GetByLabel("These people", new() { Exact = true }).CheckAsync();
        await Expect(heard.GetByLabel("Grandparent", new() { Exact = true })).ToBeCheckedAsync();
        await heard.GetByLabel("Grandparent", new() { Exact = true }).UncheckAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(form.GetByText("Say who can be heard")).ToBeVisibleAsync();
        await heard.GetByLabel("Grandparent", new() { Exact = true }).CheckAsync();
        await heard.GetByLabel("Anybody else, each on a line").FillAsync(new string('x', ThirdPartyVoice.DescribedMaxLength + 1));
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(form.GetByText("Describe each of the others on a line of 200 characters or fewer")).ToBeVisibleAsync();
        await heard.GetByLabel("Anybody else, each on a line").FillAsync("A friend who was visiting");
        await visitor.LookWideAndNarrowAsync("offline-heard");

        // Locked and opened again, who was chosen is chosen still.
        await page.GetByRole(AriaRole.Button, new() { Name = "Lock", Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Your PIN for visits")).ToBeVisibleAsync();
        Assert.DoesNotContain("Grandparent", await page.Locator("[data-list=heard]").InnerHTMLAsync(), StringComparison.Ordinal);
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(heard.GetByLabel("Grandparent", new() { Exact = true })).ToBeCheckedAsync();
        // An interpreter without the language they put it from is half of it.
        await form.GetByText("Somebody interpreted").ClickAsync();
        await form.GetByLabel("Who interpreted?").SelectOptionAsync("ProfessionalInterpreter");
        await form.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(form.GetByText("Choose the language they spoke or signed")).ToBeVisibleAsync();
        await form.GetByLabel("What did they speak or sign in?").SelectOptionAsync("cy");
        await SealAsync(page, "sound");
        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        await Expect(visitor.Button("Start a visit")).ToBeVisibleAsync();
        // Three days later what was taken along is gone from the device, and what was sealed is not.
        await LaterAsync(page, 73 * 60);
        await OpenAsync(page);
        await Expect(page.GetByText("None. With a connection,")).ToBeVisibleAsync();
        await LaterAsync(page, 0);
        await ConnectAsync(page);
        await Expect(page.GetByText("Received by the council 2")).ToBeVisibleAsync();
        await Expect(page.GetByText("It is locked there until everybody else who is heard has said yes.")).ToBeVisibleAsync();
        using var scope = site.As(hearing.World.Whole);
        var record = await scope.Db.VoiceRecords.Include(r => r.ThirdPartyVoices).SingleAsync(r => r.ChildId == hearing.Child.Id, TestContext.Current.CancellationToken);
        Assert.Contains("lost", record.GapsJson);
        Assert.Equal((WordsProvenance.Recorded, InterpreterRole.ProfessionalInterpreter, "cy"), (record.Provenance, record.Interpreter, record.SpokenLanguage));
        Assert.Equal([null, wilf.Id], record.ThirdPartyVoices.Select(v => v.RelationshipId).Order());
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{record.FileId}")).StatusCode);
    }

    [Fact]
    public async Task Keeps_what_a_grandparent_said_and_what_a_group_drew_as_theirs()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.DecideAsync(Purpose.QuoteService, ConsentEventType.Given);
        await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.Grandparent, holdsResponsibility: false, change: r => r.Name = "Ambrose Kindleside");
        var wilf = await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.Grandparent, holdsResponsibility: false, change: r => r.Name = "Wilf Ottery");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await BeginVisitAsync(visitor, hearing);
        var words = page.Locator("[data-form=words]");
        await page.GetByLabel("Their own words").FillAsync("He laughed the whole way.");
        await page.GetByLabel("I wrote them down word for word as they spoke").CheckAsync();
        await Expect(words.GetByLabel("Which one?")).ToBeHiddenAsync();
        await words.GetByLabel("A parent or carer", new() { Exact = true }).CheckAsync();
        await Expect(words.GetByLabel("Which one?").Locator("option")).ToHaveTextAsync(["Choose", "Mother", "Grandparent (Ambrose)", "Grandparent (Wilf)"]);
        await words.GetByLabel("Their life", new() { Exact = true }).CheckAsync();
        await words.GetByLabel("What is so", new() { Exact = true }).CheckAsync();
        await words.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(words.GetByText("Choose which parent or carer")).ToBeVisibleAsync();
        await words.GetByLabel("Which one?").SelectOptionAsync("Grandparent (Wilf)");
        await Expect(page.Locator("[data-kept]")).ToContainTextAsync("Saved on this device at");
        await visitor.LookWideAndNarrowAsync("offline-speaker");

        // Nobody's name stays in a locked page, and what was chosen is there again.
        await page.GetByRole(AriaRole.Button, new() { Name = "Lock", Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Your PIN for visits")).ToBeVisibleAsync();
        Assert.DoesNotContain("Wilf", await page.ContentAsync(), StringComparison.Ordinal);
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(words.GetByLabel("Which one?")).ToHaveValueAsync($"{wilf.Id}");
        await words.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(page.GetByText("Sealed, and on this device. Nobody can change it now.")).ToBeVisibleAsync();
        await Expect(words.GetByLabel("Which one?")).ToBeHiddenAsync();

        // Their words are not to be used any more: one press, without a question.
        await page.GetByText("Stop something else that is done with what they said").ClickAsync();
        await visitor.LookWideAndNarrowAsync("offline-stop");
        await visitor.Button("Stop: Use their words, without their name, to make services better").ClickAsync();
        await Expect(page.GetByText("The stop is sealed, and on this device.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Stop something else that is done with what they said")).ToBeHiddenAsync();

        // Then the child signs, to somebody who knows their signs; what was written down of it is read back, and changed once.
        await words.GetByLabel("With signs or gestures").CheckAsync();
        await Expect(words.GetByLabel("They did not say it: I saw it")).ToBeHiddenAsync();
        await words.GetByLabel("What they signed or showed").FillAsync("signed MORE");
        await words.GetByLabel("Somebody who knows their signs or symbols told me what they were").CheckAsync();
        foreach (var label in new[] { "The child’s", "Their life", "What is so", "Change it" }) await words.GetByLabel(label, new() { Exact = true }).CheckAsync();
        var seal = words.GetByRole(AriaRole.Button, new() { Name = "Seal" });
        await seal.ClickAsync();
        await Expect(words.GetByText("Choose who interpreted")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("offline-signs");
        await words.GetByLabel("Who interpreted?").SelectOptionAsync("Somebody who knows how they communicate");
        await words.GetByLabel("What did they speak or sign in?").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await words.GetByText("What they were asked").ClickAsync();
        await words.GetByLabel("An open question").CheckAsync();
        await words.GetByLabel("The question, word for word").FillAsync("What do you want next?");
        await seal.ClickAsync();
        await Expect(words.GetByText("Nothing is sealed yet and nothing is lost. Change it above, then ask again")).ToBeVisibleAsync();
        await words.GetByLabel("What they signed or showed").FillAsync("signed MORE, OUTSIDE");
        await words.GetByRole(AriaRole.Group, new() { Name = "“Is this what you meant?”" }).GetByLabel("Yes").CheckAsync();
        await words.GetByLabel("If you asked: how was it read back?").SelectOptionAsync("I signed it");
        await seal.ClickAsync();
        await Expect(page.GetByText("Sealed, and on this device. Nobody can change it now.")).ToBeVisibleAsync();
        await words.GetByLabel("Nothing was said").CheckAsync();
        await Expect(words.GetByRole(AriaRole.Group, new() { Name = "What is it about?" })).ToBeHiddenAsync();
        await words.GetByLabel("They did not want to").CheckAsync();
        await seal.ClickAsync();
        await Expect(words.GetByText("Choose what was offered")).ToBeVisibleAsync();
        await words.GetByRole(AriaRole.Group, new() { Name = "What was offered?" }).GetByRole(AriaRole.Checkbox).First.CheckAsync();
        await visitor.LookAsync("offline-nothing-said");
        await seal.ClickAsync();
        await Expect(page.GetByText("Sealed, and on this device. Nobody can change it now.")).ToBeVisibleAsync();
        await Expect(words.GetByLabel("Their own words")).ToHaveValueAsync("");

        await page.GetByRole(AriaRole.Button, new() { Name = "Draw With a finger or mouse" }).ClickAsync();
        await page.GetByRole(AriaRole.Img, new() { Name = "Drawing sheet" }).ClickAsync();
        var drawing = page.Locator("[data-form=drawing]");
        await drawing.GetByLabel("A group of children, this child among them").CheckAsync();
        await drawing.GetByLabel("Their life", new() { Exact = true }).CheckAsync();
        await drawing.GetByLabel("What is so", new() { Exact = true }).CheckAsync();
        await drawing.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(drawing.GetByText("Enter how many took part")).ToBeVisibleAsync();
        foreach (var wrong in new[] { "1", "2.5", "three", "501" })
        {
            await drawing.GetByLabel("How many took part?").FillAsync(wrong);
            await drawing.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
            await Expect(drawing.GetByText("a whole number from 2 to 500")).ToBeVisibleAsync();
        }

        await visitor.LookWideAndNarrowAsync("offline-speaker-group");
        await drawing.GetByLabel("How many took part?").FillAsync("3");
        await drawing.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(page.GetByText("Sealed, and on this device. Nobody can change it now.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        await ConnectAsync(page);
        await Expect(page.GetByText("Received by the council 6")).ToBeVisibleAsync();
        using (var stopped = site.As(hearing.World.Whole)) Assert.Equal(ConsentState.Withdrawn, (await stopped.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.QuoteService, null, TestContext.Current.CancellationToken)).State);
        var records = await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.Id).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal([(Speaker.ParentOrCarer, wilf.Id, null), (Speaker.Child, null, null), (Speaker.Child, null, null), (Speaker.Group, null, 3)], records.Select(r => (r.Speaker, r.SpeakerRelationshipId, r.GroupSize)));
        Assert.Equal((VoiceKind.SignOrGesture, WordsProvenance.ViaInterpreter, InterpreterRole.Intermediary, PromptedBy.OpenQuestion, ReadBack.YesAfterChange, ReadBackHow.InSigns), (records[1].Kind, records[1].Provenance, records[1].Interpreter!.Value, records[1].PromptedBy!.Value, records[1].ReadBack, records[1].ReadBackHow!.Value));
        Assert.Equal((VoiceKind.Declined, NotHeardReason.DidNotWantTo, 1), (records[2].Kind, records[2].NotHeardReason!.Value, records[2].Offered.Count));
    }
}
