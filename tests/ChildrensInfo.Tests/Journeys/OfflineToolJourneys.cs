using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static ChildrensInfo.Tests.Journeys.OfflineVisits;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>A child answers with tools where there is no connection.</summary>
public class OfflineToolJourneys(TestSite site, Browser browser)
{
    private const string Worry = "That nobody says when we move.";

    private const string Question = "How was it this week?";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_child_answers_with_faces_numbers_houses_and_symbols_the_page_is_lost_and_all_of_it_arrives_as_it_was_given()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await AddOwnBoardAsync(site, hearing);
        await BeginVisitAsync(visitor, hearing);
        await ChooseAsync(page, "At the kennels");
        await page.Locator("[data-tool] button").Filter(new() { HasText = "Bowl" }).ClickAsync();
        await OwnPicturesAreDrawnAsync(page.Locator("[data-tool] img.picture"), "Our bowl", "Our kennel", "Our bowl");
        await visitor.LookWideAndNarrowAsync("offline-tool-own-pictures");
        await visitor.Button("Clear these answers").ClickAsync();
        await ChooseAsync(page, "Feelings");
        await visitor.LookWideAndNarrowAsync("offline-tool-faces");
        await Seal(page).ClickAsync();
        await Expect(page.GetByText("Choose at least one, or say that it was skipped")).ToBeVisibleAsync();
        await page.GetByLabel("Worried", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("Tired", new() { Exact = true }).CheckAsync();
        await Expect(page.Locator("[data-tool-kept]")).ToContainTextAsync("Saved on this device at");

        // Another is looked at meanwhile: what was begun is put aside, and nothing of it is lost.
        await ChooseAsync(page, "Scaling, 1 to 10");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Feelings Begun, not sealed" })).ToBeVisibleAsync();
        var safe = page.GetByRole(AriaRole.Group, new() { Name = "How safe do you feel where you live?" });
        // By keyboard alone: into the row of numbers, and on along it.
        await safe.GetByLabel("1", new() { Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Space");
        for (var step = 1; step < 7; step++) await page.Keyboard.PressAsync("ArrowRight");
        await Expect(safe.GetByLabel("7", new() { Exact = true })).ToBeCheckedAsync();
        var heard = page.GetByRole(AriaRole.Group, new() { Name = "How much do people listen to you?" });
        await heard.GetByLabel("Skip this").CheckAsync();
        await Seal(page).ClickAsync();
        var altogether = page.GetByRole(AriaRole.Group, new() { Name = "How are things going altogether?" });
        await Expect(altogether.GetByText("Choose a number from 1 to 10, or choose skip")).ToBeVisibleAsync();
        await Expect(altogether.GetByLabel("1", new() { Exact = true })).ToBeFocusedAsync();
        await visitor.LookWideAndNarrowAsync("offline-tool-scale");
        await altogether.GetByLabel("10", new() { Exact = true }).CheckAsync();
        await page.GetByLabel("What did they say while answering?").FillAsync("It was a 3 at Easter.");
        await Expect(page.Locator("[data-tool-kept]")).ToContainTextAsync("Saved on this device at");
        await Seal(page).ClickAsync();
        await Expect(page.GetByText("Choose who tapped or wrote it")).ToBeVisibleAsync();
        await page.Locator("[data-form=tool]").GetByText("What they were asked").ClickAsync();
        await page.Locator("[data-form=tool]").GetByLabel("The question, word for word").FillAsync(Question);
        await Expect(page.Locator("[data-tool-kept]")).ToContainTextAsync("Saved on this device at");

        page = await LoseAsync(page);
        await page.GotoAsync("/offline");
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.GetByText("The answers are back. Saved on this device.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "How safe do you feel where you live?" }).GetByLabel("7", new() { Exact = true })).ToBeCheckedAsync();
        await Expect(page.GetByLabel("What did they say while answering?")).ToHaveValueAsync("It was a 3 at Easter.");
        // The council words it anew meanwhile; the child answered what they were shown.
        await WordAnewAsync(hearing, "one-to-ten");
        await SealAsync(page, "tool");

        await ChooseAsync(page, "Three Houses");
        await Seal(page).ClickAsync();
        await Expect(page.GetByText("Enter what belongs in at least one of them, or say that nothing was said")).ToBeVisibleAsync();
        var worries = page.GetByRole(AriaRole.Group, new() { Name = "House of worries" });
        await worries.GetByLabel("Their own name for it").FillAsync("The shed");
        await worries.GetByLabel("What belongs in it").FillAsync(Worry);
        var dreams = page.GetByRole(AriaRole.Group, new() { Name = "House of dreams" });
        await dreams.GetByLabel("Done").SelectOptionAsync("first");
        await dreams.GetByLabel("What belongs in it").FillAsync("A dog 🐕, and a garden for it");
        await Expect(page.Locator("[data-tool-kept]")).ToContainTextAsync("Saved on this device at");
        await LookAsync(page, "offline-tool-houses");
        // Nothing of it stays in a locked page.
        await page.GetByRole(AriaRole.Button, new() { Name = "Lock", Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Your PIN for visits")).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.querySelectorAll('[data-tool] *, [data-list=tools] *').length"));
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(worries.GetByLabel("What belongs in it")).ToHaveValueAsync(Worry);
        await SealAsync(page, "tool");

        await ChooseAsync(page, "Symbol board");
        foreach (var symbol in new[] { "Dog", "Not that", "Dog", "More" })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = symbol, Exact = true }).FocusAsync();
            await page.Keyboard.PressAsync("Enter");
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Take the last one back" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Said so far" }).GetByRole(AriaRole.Listitem)).ToHaveTextAsync(["Dog", "Not that", "Dog"]);
        await Expect(page.Locator("[data-tool-kept]")).ToContainTextAsync("Saved on this device at");
        await LookAsync(page, "offline-tool-symbols");
        await SealAsync(page, "tool");

        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        await Expect(page.GetByText("There are answers with “Feelings” that are not sealed. Seal them, or clear them.")).ToBeVisibleAsync();
        await ChooseAsync(page, "Feelings");
        await Expect(page.GetByLabel("Worried", new() { Exact = true })).ToBeCheckedAsync();
        await SealAsync(page, "tool");
        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        await Expect(page.GetByText("Sam: answers with “Three Houses”")).ToBeVisibleAsync();
        var withPin = await SealedWithPinAsync(page, hearing);
        foreach (var readable in new[] { Worry, "The shed", "not-that", "Easter", "open\n" }) Assert.DoesNotContain(readable, withPin, StringComparison.Ordinal);
        await ConnectAsync(page);
        await Expect(page.GetByText("Received by the council 5")).ToBeVisibleAsync();

        var (scale, houses, symbols, faces) = await SheetsAsync(hearing) switch { [var a, var b, var c, var d] => (a, b, c, d), var others => throw new InvalidOperationException($"{others.Count} answers") };
        Assert.Equal((VoiceKind.ScaleAnswer, "Scaling, 1 to 10", 1, "It was a 3 at Easter."), (scale.Kind, scale.Sheet.Title, scale.Sheet.Version, scale.Sheet.Said));
        Assert.Equal([("safe", 7, false), ("listened-to", null, true), ("altogether", 10, false)], scale.Sheet.Answers.Select(a => (a.Item, a.Value, a.Skipped)));
        Assert.Equal([("dreams", null, "A dog 🐕, and a garden for it"), ("worries", "The shed", Worry), ("good-things", null, null)], houses.Sheet.Answers.Select(a => (a.Item, a.OwnName, a.Words)));
        Assert.Equal((VoiceKind.SymbolChoice, "dog not-that dog"), (symbols.Kind, string.Join(' ', symbols.Sheet.Answers.Select(a => a.Item))));
        Assert.Equal((VoiceKind.ToolAnswer, "worried tired"), (faces.Kind, string.Join(' ', faces.Sheet.Answers.Select(a => a.Item))));
        await page.GotoAsync(hearing.ChildPage);
        await Expect(page.GetByText(Worry)).ToBeVisibleAsync();
        await Expect(page.GetByText(Question)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_number_off_the_scale_is_parked_with_the_reason_and_a_child_may_want_none_of_it()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await BeginVisitAsync(visitor, hearing);
        await page.GetByRole(AriaRole.Button, new() { Name = "Choose Faces, numbers, houses, symbols" }).ClickAsync();
        await page.GetByText("Made for other ages").ClickAsync();
        await ChooseAsync(page, "What matters to me now");
        await page.GetByLabel("They did not want to answer any of it").CheckAsync();
        await SealAsync(page, "tool");
        await ChooseAsync(page, "Scaling, 1 to 10");
        // Somebody, or something, alters the page.
        await page.EvaluateAsync("() => { for (const radio of document.querySelectorAll('[data-tool] input[value=\"10\"]')) radio.value = '11'; }");
        foreach (var question in new[] { "How safe do you feel where you live?", "How much do people listen to you?", "How are things going altogether?" })
        {
            await page.GetByRole(AriaRole.Group, new() { Name = question }).GetByLabel("10", new() { Exact = true }).CheckAsync();
        }

        await SealAsync(page, "tool");
        await ChooseAsync(page, "Feelings");
        await page.GetByLabel("Angry", new() { Exact = true }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear these answers" }).ClickAsync();
        await Expect(page.Locator("[data-form=tool]")).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        await ConnectAsync(page);
        var refused = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Sam: answers with “Scaling, 1 to 10”" });
        await Expect(refused.GetByText("Choose a number from 1 to 10 It stays on this device.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Received by the council 2")).ToBeVisibleAsync();
        await refused.GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await page.GetByLabel("It was recorded by mistake").CheckAsync();
        await page.Locator("[data-form=takeback]").GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await Expect(page.GetByText("Answers, deleted")).ToBeVisibleAsync();
        await Expect(page.GetByText("Received by the council 3")).ToBeVisibleAsync();
        var (kind, sheet) = Assert.Single(await SheetsAsync(hearing));
        Assert.Equal((VoiceKind.ScaleAnswer, 8), (kind, sheet.Answers.Count));
        // Skipped is not zero, though this scale has one.
        Assert.All(sheet.Answers, a => Assert.Equal((true, null, 0), (a.Skipped, a.Value, a.Min)));
    }

    private static ILocator Seal(IPage page) => page.Locator("[data-form=tool]").GetByRole(AriaRole.Button, new() { Name = "Seal" });

    private static async Task ChooseAsync(IPage page, string title)
    {
        var tool = page.Locator("[data-part=tool]").GetByRole(AriaRole.Button, new() { NameRegex = new($"^{title}( Begun, not sealed)?$") });
        if (!await page.Locator("[data-part=tool]").IsVisibleAsync()) await page.GetByRole(AriaRole.Button, new() { Name = "Choose Faces, numbers, houses, symbols" }).ClickAsync();
        await tool.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = title, Exact = true })).ToBeFocusedAsync();
    }

    private static Task LookAsync(IPage page, string picture) => new Visitor(page.Context, page).LookWideAndNarrowAsync(picture);

    private async Task WordAnewAsync(Hearing hearing, string key)
    {
        using var scope = site.As(hearing.World.Whole);
        var tool = await scope.Db.Tools.Include(t => t.Versions).SingleAsync(t => t.Key == key, Cancel);
        var version = tool.Versions.Single(v => v.Language == "en");
        var definition = version.Definition;
        var changed = await scope.Get<ToolService>().ChangeAsync(tool.Id, new MakeTool
        {
            Kind = tool.Kind,
            Language = "en",
            Title = "Scaling, 1 to 5",
            AgeFrom = version.AgeFrom,
            AgeTo = version.AgeTo,
            Ask = "Where are you on it?",
            Min = 1,
            Max = 5,
            MinLabel = definition.Scale!.MinLabel,
            MaxLabel = definition.Scale.MaxLabel,
            Items = [.. definition.Items.Select(i => new MakeItem { Key = i.Key, Label = i.Label, Picture = i.Picture })],
        }, World.ActorOf(hearing.World.DataLead), Cancel);
        Assert.True(changed!.Value.Outcome.IsDone);
    }

    /// <summary>What was answered, opened, in the order in which it was sealed.</summary>
    private async Task<List<(VoiceKind Kind, AnswerSheet Sheet)>> SheetsAsync(Hearing hearing)
    {
        using var scope = site.As(hearing.World.Whole);
        var records = await scope.Db.VoiceRecords.Include(r => r.Words).Where(r => r.ChildId == hearing.Child.Id && r.ToolVersionId != null).OrderBy(r => r.Id).ToListAsync(Cancel);
        Assert.All(records, r => Assert.Equal(WordsProvenance.EnteredAsSaid, r.Provenance));
        var sheets = new List<(VoiceKind, AnswerSheet)>();
        foreach (var record in records) sheets.Add((record.Kind, AnswerSheet.Read(await scope.Get<KeyRing>().OpenAsync(hearing.Child.Id, record.Words!.Sealed, record.Id, SealPart.Words, Cancel))));
        return sheets;
    }
}
