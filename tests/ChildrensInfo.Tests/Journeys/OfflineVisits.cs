using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>The steps that journeys without a connection have in common.</summary>
internal static class OfflineVisits
{
    public const string Pin = "739152";

    /// <summary>Takes the child along, cuts the connection, and begins a visit.</summary>
    /// <param name="there">Writes down who else was there.</param>
    /// <summary>A board of the council's own, with its own pictures.</summary>
    public static async Task AddOwnBoardAsync(TestSite site, Hearing hearing)
    {
        using var scope = site.As(hearing.World.Whole);
        var tools = scope.Get<ToolService>();
        var lead = World.ActorOf(hearing.World.DataLead);
        var board = new MakeTool { Kind = ToolKind.Symbols, Language = "en", Title = "At the kennels", Ask = "What do you want to say?", AgeFrom = 4, AgeTo = 18, Items = [new() { Label = "Kennel", Shows = "Our kennel", File = Hearing.Png() }, new() { Label = "Bowl", Shows = "Our bowl", File = Hearing.Png() }] };
        Assert.Empty(await tools.KeepPicturesAsync(board, lead, TestContext.Current.CancellationToken));
        Assert.True((await tools.AddAsync(board, lead, TestContext.Current.CancellationToken)).Outcome.IsDone);
    }

    /// <summary>Looks at the council's own pictures on the screen: each is drawn, though nothing can be fetched.</summary>
    public static async Task OwnPicturesAreDrawnAsync(ILocator pictures, params string[] show)
    {
        await Expect(pictures).ToHaveCountAsync(show.Length);
        for (var i = 0; i < show.Length; i++)
        {
            await Expect(pictures.Nth(i)).ToHaveAttributeAsync("alt", show[i]);
            Assert.True(await pictures.Nth(i).EvaluateAsync<bool>("async image => { await image.decode(); return image.naturalWidth > 0; }"));
        }
    }

    public static async Task BeginVisitAsync(Visitor visitor, Hearing hearing, Func<Task>? there = null)
    {
        var page = visitor.Page;
        await visitor.GoAsync(hearing.ChildPage);
        await visitor.Link("Take with me").ClickAsync();
        await page.GetByLabel("Choose a PIN for visits").FillAsync(Pin);
        await page.GetByLabel("The same PIN again").FillAsync(Pin);
        await visitor.Button("Take along").ClickAsync();
        await Expect(page.GetByText("On this device until")).ToBeVisibleAsync();
        await visitor.Link("Open visits").Or(visitor.Button("Open visits")).First.ClickAsync();
        await page.Context.SetOfflineAsync(true);
        await page.ReloadAsync();
        await OpenAsync(page);
        await visitor.Button("Start a visit").ClickAsync();
        await visitor.Radio("Where did you meet?", "At home").CheckAsync();
        await visitor.Radio("Did you see them alone?", "Yes").CheckAsync();
        if (there is not null) await there();
        await visitor.Button("Continue").ClickAsync();
        await Expect(page.GetByLabel("Their own words")).ToBeVisibleAsync();
    }

    public static async Task OpenAsync(IPage page)
    {
        await page.GetByLabel("Your PIN for visits").FillAsync(Pin);
        await page.GetByRole(AriaRole.Button, new() { Name = "Open", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What is on this device" })).ToBeVisibleAsync();
    }

    /// <summary>Gives the page what keeps passkeys, for as long as its session lasts.</summary>
    /// <param name="givesSecrets">Whether a passkey of it can open anything.</param>
    public static async Task<string> AuthenticatorAsync(ICDPSession device, bool givesSecrets)
    {
        await device.SendAsync("WebAuthn.enable");
        return (await device.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["ctap2Version"] = "ctap2_1", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true, ["hasPrf"] = givesSecrets },
        }))!.Value.GetProperty("authenticatorId").GetString()!;
    }

    public static async Task AddPasskeyAsync(IPage page)
    {
        await page.GetByLabel("Your PIN, once more").FillAsync(Pin);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Expect(page.GetByText("Your passkey opens what is kept here, and so does your PIN.")).ToBeVisibleAsync();
    }

    /// <summary>So many PINs were wrong, and it was waited after the last of them.</summary>
    public static Task WrongPinsAsync(IPage page, int wrong) => page.EvaluateAsync("""
        async wrong => {
          const { open, people } = await import('/lib/offline/store.js');
          const db = await open((await people())[0]);
          await db.put('lock', { ...await db.get('lock', 'lock'), wrong, waitUntil: 0 }, 'lock');
          db.close();
        }
        """, wrong);

    /// <summary>Answers what each form of a visit asks, and seals it.</summary>
    public static async Task SealAsync(IPage page, string form)
    {
        var fields = page.Locator($"[data-form={form}]");
        await fields.GetByLabel(form is "drawing" or "photo" or "tool" ? "The child" : "The child’s", new() { Exact = true }).CheckAsync();
        await fields.GetByLabel("Their life", new() { Exact = true }).CheckAsync();
        await fields.GetByLabel("What is so", new() { Exact = true }).CheckAsync();
        if (form == "photo") await NobodyOnItAsync(page);
        if (form == "tool") await fields.GetByLabel("I did, as they said it", new() { Exact = true }).CheckAsync();
        if (form == "sound" && await fields.Locator("input[name='Sound.Before.AnybodyElseHeard']:checked").CountAsync() == 0) await fields.GetByLabel("Nobody else", new() { Exact = true }).CheckAsync();
        await fields.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
        await Expect(page.GetByText("Sealed, and on this device. Nobody can change it now.")).ToBeVisibleAsync();
    }

    public static Task NobodyOnItAsync(IPage page) => page.Locator("input[name='Photo.ShowsPerson'][value=false]").CheckAsync();

    /// <summary>The connection is there again. The device then sends by itself, so the button may be gone before anybody comes to it.</summary>
    public static async Task ConnectAsync(IPage page)
    {
        await page.Context.SetOfflineAsync(false);
        try
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Send now" }).ClickAsync(new() { Timeout = 3_000 });
        }
        catch (TimeoutException)
        {
            // Everything was sent.
        }
    }

    /// <summary>All that the PIN opens of what is sealed, and how it lies there.</summary>
    public static Task<string> SealedWithPinAsync(IPage page, Hearing hearing) => page.EvaluateAsync<string>("""
        async ([person, pin]) => {
          const { openDB } = await import('/lib/offline/idb.js');
          const { unlock, openText } = await import('/lib/offline/keys.js');
          const db = await openDB(`visits of ${person}`);
          const { key } = await unlock(db, pin, true);
          const text = [];
          for (const row of await db.getAll('outbox')) text.push(row.closed ? 'closed' : 'open', JSON.stringify(await openText(key, `outbox ${row.id}`, row.box)));
          text.push(`${await db.count('segments')} of sound`, `${await db.count('pieces')} pieces`);
          db.close();
          return text.join('\n');
        }
        """, new object[] { hearing.World.Practitioner.Id, Pin });

    /// <returns>The SHA-256 of what was recorded, as it lies on the device before it is sealed.</returns>
    public static Task<string> SoundAsync(IPage page, Hearing hearing) => page.EvaluateAsync<string>("""
        async ([person, pin]) => {
          const { open, Store } = await import('/lib/offline/store.js');
          const { unlock } = await import('/lib/offline/keys.js');
          const { sha256 } = await import('/lib/offline/elements.js');
          const db = await open(person);
          const store = new Store(db, person, (await unlock(db, pin)).key);
          const [{ recording }] = await store.drafts();
          const whole = [];
          for await (const { sound } of store.segments(recording.fileId)) whole.push(sound);
          db.close();
          return sha256(await new Blob(whole).arrayBuffer());
        }
        """, new object[] { hearing.World.Practitioner.Id, Pin });

    /// <summary>The device is full, for what goes to one part of the store or to all of it.</summary>
    /// <param name="when">In which writing it fails: of the row and the name of the part.</param>
    public static Task FillAsync(IPage page, string when = "true") => page.EvaluateAsync($$"""
        () => {
          IDBObjectStore.prototype.kept ??= IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = function (row, ...more) {
            if (({{when}})) throw new DOMException('full', 'QuotaExceededError');
            return this.kept(row, ...more);
          };
        }
        """);

    public static Task MakeRoomAsync(IPage page) => page.EvaluateAsync("void (IDBObjectStore.prototype.put = IDBObjectStore.prototype.kept)");

    /// <summary>So much later than it is, by the page's clock; what it does when it is looked at again, it does now.</summary>
    public static Task LaterAsync(IPage page, int minutes) => page.EvaluateAsync("""
        minutes => {
          Date.real ??= Date.now;
          Date.now = () => Date.real() + minutes * 60_000;
          document.dispatchEvent(new Event('visibilitychange'));
        }
        """, minutes);

    /// <summary>The renderer dies as it does when a device runs out of memory: no event, no last word.</summary>
    /// <returns>A new tab beside it.</returns>
    public static async Task<IPage> LoseAsync(IPage page)
    {
        var again = await page.Context.NewPageAsync();
        try
        {
            await (await page.Context.NewCDPSessionAsync(page)).SendAsync("Page.crash").WaitAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        }
        catch (Exception gone) when (gone is PlaywrightException or TimeoutException)
        {
            // It does not answer any more, as it should not.
        }

        await page.CloseAsync();
        return again;
    }
}
