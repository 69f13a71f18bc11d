using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Pages.Hear;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static ChildrensInfo.Tests.Journeys.OfflineVisits;
using static Microsoft.Playwright.Assertions;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>A practitioner visits where there is no connection, with one tablet that others use too.</summary>
public class OfflineJourneys(TestSite site, Browser browser)
{
    private const string Secret = "Nobody asked me about moving.";

    [Fact]
    public async Task Hears_a_child_without_a_connection_loses_the_page_while_recording_and_sends_it_all_once()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Samphire");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        await hearing.Client.DoneAsync($"{hearing.ChildPage}/facts", "main form[method=post]", ("Input.CommunicatesWith", "Makaton"), ("Input.CommunicationNeeds", "Needs time"));
        var planned = Guid.CreateVersion7();
        using (var planning = site.As(hearing.World.Whole))
        {
            planning.Db.Add(new PlannedVisit { Id = planned, AuthorityId = hearing.World.Authority.Id, ChildId = hearing.Child.Id, PractitionerId = hearing.World.Practitioner.Id, PlannedOn = ConsentRules.LocalDay(DateTime.UtcNow), Place = Place.School, PlannedAt = DateTime.UtcNow });
            planning.Db.Add(AuditEntry.For(AuditActions.VisitPlanned, hearing.World.Whole, hearing.Child.Id, planned, TimeProvider.System));
            await planning.Db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        await visitor.GoAsync(hearing.ChildPage);
        // A store that was begun and has no key: its PIN is chosen now, by the rules.
        await page.EvaluateAsync("async person => (await (await import('/lib/offline/store.js')).open(person)).close()", hearing.World.Practitioner.Id);
        await visitor.Link("Take with me").ClickAsync();
        await page.GetByLabel("Choose a PIN for visits").FillAsync("123456");
        await visitor.Button("Take along").ClickAsync();
        await Expect(page.GetByText("That PIN is one of the first somebody would try")).ToBeVisibleAsync();
        await page.GetByLabel("Choose a PIN for visits").FillAsync(Pin);
        await page.GetByLabel("The same PIN again").FillAsync(Pin);
        await visitor.LookAsync("offline-take-along");
        // Without the page nothing that is taken along could be opened, so nothing is.
        await page.EvaluateAsync("() => { const workers = navigator.serviceWorker; const register = workers.register; workers.register = () => { workers.register = register; return Promise.reject(new Error('no worker')); }; }");
        await visitor.Button("Take along").ClickAsync();
        await Expect(page.GetByText("The page for visits could not be kept on this device, so nobody was taken along.")).ToBeVisibleAsync();
        await visitor.Button("Take along").ClickAsync();
        await Expect(page.GetByText("On this device until")).ToBeVisibleAsync();
        await visitor.Link("Open visits").Or(visitor.Button("Open visits")).First.ClickAsync();

        // From here on the whole site is out of reach, and the page comes from the device.
        await page.Context.SetOfflineAsync(true);
        await page.ReloadAsync();
        await page.GetByLabel("Your PIN for visits").FillAsync("739153");
        await visitor.Button("Open").ClickAsync();
        await Expect(page.GetByText("That is not the PIN")).ToBeVisibleAsync();
        await OpenAsync(page);
        await visitor.LookAsync("offline-home");
        await AddPasskeyAsync(visitor, hearing);
        await visitor.Button("Start a visit").ClickAsync();
        await Expect(page.GetByText("How they best say and take things in: Makaton. Needs time")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Is it a visit you planned?")).ToHaveValueAsync($"{planned}");
        var metOn = page.GetByLabel("When did you meet?");
        var today = await metOn.InputValueAsync();
        await metOn.FillAsync("1066-10-14");
        await visitor.Button("Continue").ClickAsync();
        await Expect(page.GetByText("The date of the visit must be after the child was born")).ToBeVisibleAsync();
        await metOn.FillAsync(today);
        await visitor.Radio("Where did you meet?", "At home").CheckAsync();
        await visitor.Radio("Did you see them alone?", "Yes").CheckAsync();
        await page.GetByText("Somebody else was there: who, and could they hear?").ClickAsync();
        await visitor.Button("Add somebody else").ClickAsync();
        var there = page.GetByRole(AriaRole.Group, new() { Name = "Somebody who was there" });
        await there.GetByLabel("Who?").FillAsync("Nan");
        await visitor.LookWideAndNarrowAsync("offline-begin");
        await visitor.Button("Continue").ClickAsync();
        await Expect(page.GetByText("Choose what each person who was there is to the child")).ToBeVisibleAsync();
        await there.GetByLabel("What are they to the child?").SelectOptionAsync("OtherFamily");
        await visitor.Button("Continue").ClickAsync();
        await Expect(page.GetByText("Say of each person who was there whether they could hear")).ToBeVisibleAsync();
        await there.GetByLabel("Part of the time").CheckAsync();
        await page.GetByText("More about how it was: offered, told, free to speak").ClickAsync();
        await visitor.Radio("If one of them was not used, why?", "They chose another way").CheckAsync();
        await visitor.Radio("Could the child speak freely?", "The child says no").CheckAsync();
        await visitor.Radio("How did you tell the child what it is for and who will know?", "I said it").CheckAsync();
        await visitor.LookWideAndNarrowAsync("offline-how-it-was");
        await visitor.Button("Continue").ClickAsync();
        await Expect(page.GetByText("Choose what you offered, or leave empty why it was not used")).ToBeVisibleAsync();
        await visitor.Checkbox("Which ways of saying it did you offer the child?", "Symbols").CheckAsync();
        await visitor.Button("Continue").ClickAsync();
        await page.GetByLabel("Their own words").FillAsync(Secret);
        await Expect(page.Locator("[data-kept]")).ToContainTextAsync("Saved on this device at");
        await visitor.LookWideAndNarrowAsync("offline-words");
        await visitor.Button("Record Their own voice").ClickAsync();
        await page.EvaluateAsync("() => { const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices); navigator.mediaDevices.getUserMedia = async how => window.heard = await ask(how); }");
        await visitor.Button("Start recording").ClickAsync();
        await Expect(visitor.Button("Pause")).ToBeVisibleAsync();
        // A call takes the microphone, and does not give it back before the page is lost.
        await page.EvaluateAsync("() => { const [track] = window.heard.getAudioTracks(); Object.defineProperty(track, 'muted', { value: true }); track.dispatchEvent(new Event('mute')); }");
        await Expect(page.GetByText("The microphone is muted or in use by something else.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Saved on this device up to 0:08")).ToBeVisibleAsync();
        await visitor.LookAsync("offline-recording");

        page = await LoseAsync(page);
        await page.GotoAsync("/offline");
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.GetByText("The page closed while it recorded, after 0:")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<double>("""
            () => new Promise(done => {
              const audio = document.querySelector('[data-offline-recorder] audio');
              audio.muted = true;
              audio.addEventListener('timeupdate', () => audio.currentTime > 0.5 && done(audio.currentTime));
              audio.play();
            })
            """) > 0.5);
        await SealAsync(page, "sound");
        await page.GetByRole(AriaRole.Button, new() { Name = "Write Words typed here" }).ClickAsync();
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync(Secret);
        await page.GetByLabel("I wrote them down word for word as they spoke").CheckAsync();
        await SealAsync(page, "words");

        // They are told that it is written down, with the words for it.
        await page.GetByRole(AriaRole.Button, new() { Name = "Tell them that what they say is written down" }).ClickAsync();
        await Expect(page.Locator("[data-wording] p").First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Their answer" })).ToBeHiddenAsync();
        await new Visitor(page.Context, page).LookWideAndNarrowAsync("offline-told");
        await page.GetByRole(AriaRole.Button, new() { Name = "I have told them" }).ClickAsync();
        await Expect(page.GetByText("They were told, on this device.").First).ToBeVisibleAsync();

        // The child has had enough of it: from now on nothing is recorded, here and now.
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask, or stop it: recording their voice" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "No more: stop" }).ClickAsync();
        await Expect(page.GetByText("The no is sealed. Nothing changes about the help they get.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Record Their own voice" })).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End the visit" }).ClickAsync();
        await Expect(page.GetByText("On this device 5")).ToBeVisibleAsync();

        // From the sealing on, not even the PIN reads it here: what is sealed is for the council, the sound too.
        var withPin = await SealedWithPinAsync(page, hearing);
        Assert.Contains("Samphire: words", withPin);
        Assert.Contains("\n0 of sound\n1 pieces", withPin);
        foreach (var readable in new[] { Secret, "open\n", "VerbatimAtTheTime", "\"bytes\"" }) Assert.DoesNotContain(readable, withPin, StringComparison.Ordinal);

        // What lies on the disk says nothing of anybody, and its key cannot be taken out. (Three letters stand in so many sealed bytes by chance, so the name is long.)
        var disk = await page.EvaluateAsync<string>("""
            async () => {
              const text = [];
              for (const { name } of await indexedDB.databases()) {
                const db = await new Promise(done => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
                for (const store of db.objectStoreNames) {
                  const rows = await new Promise(done => { const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => done(r.result); });
                  for (const row of rows) {
                    if (row.device) text.push(`extractable ${row.device.extractable}`);
                    text.push(JSON.stringify(row, (_, v) => v instanceof ArrayBuffer || ArrayBuffer.isView(v) ? new TextDecoder('latin1').decode(v) : v));
                  }
                }
                db.close();
              }
              for (const key of await caches.keys()) for (const kept of await (await caches.open(key)).keys()) text.push(`${key}: ${kept.url}`);
              return text.join('\n');
            }
            """);
        Assert.Contains("extractable false", disk);
        // Of this version of the site: of another the page is fetched anew, though no script of it has changed.
        Assert.Contains($"{OfflineEndpoints.Version}: ", disk);
        foreach (var readable in new[] { "Samphire", Secret, hearing.Child.Id.ToString(), hearing.World.Practitioner.Email!, Pin, "webm", "extractable true", "/hear" }) Assert.DoesNotContain(readable, disk, StringComparison.OrdinalIgnoreCase);

        // A café's sign-in page answers everything with 200: that is no receipt.
        const string portal = "<!DOCTYPE html><title>Welcome to our Wi-Fi</title>";
        await page.RouteAsync("**/hear/**", route => route.FulfillAsync(new() { Status = 200, ContentType = "text/html", Body = portal }));
        await page.Context.SetOfflineAsync(false);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send now" }).ClickAsync();
        await Expect(page.GetByText("There is no connection to the council. Everything stays here")).ToBeVisibleAsync();
        await Expect(page.GetByText("Received by the council 0")).ToBeVisibleAsync();
        await page.UnrouteAsync("**/hear/**");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send now" }).ClickAsync();
        await Expect(page.GetByText("Everything is with the council.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Received by the council 5")).ToBeVisibleAsync();

        using var scope = site.As(hearing.World.Whole);
        var visit = await scope.Db.VoiceSessions.SingleAsync(s => s.ChildId == hearing.Child.Id);
        Assert.Equal(visit.Id, (await scope.Db.PlannedVisits.SingleAsync(p => p.Id == planned)).SessionId);
        Assert.Equal((SpokeFreely.ChildSaysNo, ToldHow.Spoken, NotUsedReason.ChoseAnotherWay, null), (visit.SpokeFreely, visit.ToldHow, visit.NotUsedReason, visit.Outcome));
        Assert.Equal([VoiceKind.SymbolChoice], visit.Offered);
        var nan = await scope.Db.PresentPersons.SingleAsync(p => p.ChildId == hearing.Child.Id);
        Assert.Equal((PresentAs.OtherFamily, InEarshot.Partly), (nan.Role, nan.InEarshot));
        var records = await scope.Db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.Id).ToListAsync();
        Assert.Equal([VoiceKind.Audio, VoiceKind.TypedText], records.Select(r => r.Kind));
        Assert.Contains("lost", records[0].GapsJson);
        Assert.Contains("muted", records[0].GapsJson);
        // Sealed on one device, and no two as the same number.
        Assert.Single(records.Select(r => r.DeviceId).Distinct());
        Assert.Equal(2, records.Select(r => r.DeviceSequence).OfType<int>().Distinct().Count());
        // The no went first, so the recording arrived without a permission: it is there, and nobody hears it.
        Assert.True(records[0].ArrivedUnpermitted);
        Assert.True(records[0].DeviceBegunAt < records[0].DeviceTime);
        Assert.Equal(ConsentState.Withdrawn, (await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.Audio, null, CancellationToken.None)).State);
        Assert.Equal(ConsentState.Told, (await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.KeepRecord, null, CancellationToken.None)).State);
        await page.GotoAsync("/hear");
        await Expect(page.GetByText("Kept, and locked")).ToBeVisibleAsync();
        await Expect(page.GetByText("Needs you 0")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Tells_and_asks_without_a_connection_about_all_that_is_done_with_what_they_say()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 16, givenName: "Samphire");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        await BeginVisitAsync(visitor, hearing);
        var page = visitor.Page;
        var others = page.Locator("[data-others]");
        await page.GetByText("Tell them, or ask, what else is done with what they say").ClickAsync();
        await Expect(others.GetByRole(AriaRole.Heading)).ToHaveCountAsync(6);
        await visitor.LookWideAndNarrowAsync("offline-others");

        // Told, they mind, and being told again changes nothing of that, until they say they do not.
        const string Counting = "Tell them: Count answers like theirs, without names";
        var line = others.Locator(".permission-line").Filter(new() { HasText = "Count answers like theirs" });
        await Expect(line).ToContainTextAsync("Not told yet");
        foreach (var (press, says) in new[]
        {
            ("I have told them", "They were told, on this device."), ("They do not want it", "They do not want it, and said so on this device."), ("I have told them", "They do not want it, and said so on this device."),
            ("They do not mind any more", "They do not mind any more, and said so on this device."),
        })
        {
            await visitor.Button(Counting).ClickAsync();
            await Expect(page.Locator("[data-wording] p").First).ToBeVisibleAsync();
            await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Their answer" })).ToBeHiddenAsync();
            await visitor.Button(press).ClickAsync();
            await Expect(line).ToContainTextAsync(says);
        }

        // Asked, in words of its own.
        await visitor.Button("Ask, or stop it: Use their words, without their name, to make services better").ClickAsync();
        await Expect(visitor.Button("Yes, only for this visit")).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes", Exact = true }).ClickAsync();
        await Expect(others.Locator(".permission-line").Filter(new() { HasText = "Use their words" })).ToContainTextAsync("They said yes, on this device.");
        await visitor.Button("Visits").ClickAsync();
        await ConnectAsync(page);
        await Expect(page.GetByText("Received by the council 6")).ToBeVisibleAsync();
        using var scope = site.As(hearing.World.Whole);
        var kept = await scope.Db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == hearing.Child.Id && e.ClockSource == ClockSource.Device).OrderBy(e => e.Id).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            [(ConsentEventType.Told, null), (ConsentEventType.Objected, DecidedBy.ChildForSelf), (ConsentEventType.Told, null), (ConsentEventType.Told, DecidedBy.ChildForSelf), (ConsentEventType.Given, (DecidedBy?)DecidedBy.ChildForSelf)],
            kept.Select(e => (e.Type, e.DecidedBy)));
        Assert.Equal(2, kept.Select(e => e.WordingId).Distinct().Count());
        Assert.Equal(ConsentState.Told, (await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.Stats, null, TestContext.Current.CancellationToken)).State);
    }

    /// <summary>
    /// Sends, with a server that the test plays: somebody decides while the visit is on its way, and the council does not take that yes, nor that they want to think about it, which holds nothing back; whom the child does not want told anything goes before what they
    /// said, though it was sealed after it, and while it does not go neither do the words; and what is no receipt of the words is none.
    /// </summary>
    private static Task<string> SentInOrderAsync(IPage page) => page.EvaluateAsync<string>("""
        async () => {
          const { open, remove, Store } = await import('/lib/offline/store.js');
          const { setUp } = await import('/lib/offline/keys.js');
          const { sync } = await import('/lib/offline/outbox.js');
          const { sha256, uuid7 } = await import('/lib/offline/elements.js');
          const db = await open('played');
          const store = new Store(db, 'played', await setUp(db, '739152', 'somebody@example.org'), uuid7());
          const [childId, visit, words, yes, nobody, later] = Array.from({ length: 6 }, uuid7);
          const expiresAt = new Date(Date.now() + 1e7).toISOString();
          await store.take({ childId, name: 'Sam', expiresAt });
          const [{ key }] = await store.taken();
          await store.seal('Consent', { id: later, childId, consent: { id: later, purpose: 'Audio', decision: 'Deferred' } });
          await store.seal('Visit', { id: visit, childId, visit: { id: visit } });
          await store.seal('Record', { id: words, childId, sessionId: visit, record: { id: words, kind: 'Audio' } });
          await store.seal('DoNotTell', { id: nobody, childId, keptFrom: [{ id: nobody, who: 'Family' }] });
          const right = (await store.opened(await db.get('outbox', words))).sha256;
          const json = { 'Content-Type': 'application/json' };
          const page = () => new Response('<!DOCTYPE html><title>Sign in</title>', { headers: { 'Content-Type': 'text/html' } });
          const none = [
            () => new Response(null, { status: 204 }), page, () => new Response(null, { status: 201 }), () => new Response(JSON.stringify({ id: words, sha256: right, parts: [] }), { headers: json }),
            ...[{ id: visit, sha256: right, parts: [] }, { id: words, sha256: 'a'.repeat(64), parts: [] }, { id: words, sha256: right, parts: [{ sha256: right }] }, { id: words, sha256: right }]
              .map(receipt => () => new Response(JSON.stringify(receipt), { status: 201, headers: json })),
          ];
          let isTold = false;
          const sent = [];
          const real = window.fetch;
          window.fetch = async (url, how) => {
            const answer = (status, body) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
            if (url.endsWith('/token')) return answer(200, { token: 'token', person: 'played' });
            if (url.endsWith('/device')) return answer(200, {});
            const id = url.split('/').at(-1);
            sent.push({ [visit]: 'visit', [words]: 'words', [nobody]: 'nobody', [later]: 'later' }[id] ?? 'decision');
            if (id === nobody && !isTold) return answer(503, {});
            if (id === words && none.length > 0) return none.shift()();
            if (id === yes || id === later) return answer(422, { reason: 'Nobody may say that yes.' });
            if (id === visit) {
              // Taken along once more meanwhile: a decision does not bring back what was known before.
              await store.take({ childId, name: 'Samphire', expiresAt });
              await store.seal('Consent', { id: yes, childId, consent: { id: yes, purpose: 'Audio', decision: 'Given' } }, { decided: { key, decision: { id: yes, purpose: 'Audio', decision: 'Given' } } });
              if ((await store.taken())[0].decided.length !== 1) throw new Error('The yes does not govern at once');
            }
            return answer(201, { id, sha256: await sha256(how.body), parts: [] });
          };
          try {
            await sync(store);
            isTold = true;
            while (none.length > 0) {
              const left = none.length;
              await sync(store, { now: true });
              if (none.length === left || (await db.get('outbox', words)).state !== 'ready') throw new Error(`It took for a receipt what is none, with ${left} to come`);
            }
            await sync(store, { now: true });
            if ((await db.get('outbox', words)).state !== 'received') throw new Error('The receipt was not believed');
          } finally {
            window.fetch = real;
          }
          const [{ name, decided }] = await store.taken();
          db.close();
          await remove('played');
          return `${sent.slice(0, 6).join(', ')}; ${decided.length} decided of ${name}`;
        }
        """);

    /// <summary>
    /// A passkey opens the store besides the PIN, without a connection: where what keeps passkeys gives no secret it is said, where the device is not theirs alone it is not offered, and
    /// what the secret of another question would open is nothing.
    /// </summary>
    private static async Task AddPasskeyAsync(Visitor visitor, Hearing hearing)
    {
        var page = visitor.Page;
        var device = await page.Context.NewCDPSessionAsync(page);
        var poor = await AuthenticatorAsync(device, givesSecrets: false);
        await page.GetByText("Open with a passkey as well").ClickAsync();
        await page.GetByLabel("Your PIN, once more").FillAsync("739154");
        await visitor.Button("Add a passkey").ClickAsync();
        await Expect(page.GetByText("That is not the PIN")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("offline-passkey-add");
        await page.GetByLabel("Your PIN, once more").FillAsync(Pin);
        await visitor.Button("Add a passkey").ClickAsync();
        await Expect(page.GetByText("That passkey cannot open what is kept here")).ToBeVisibleAsync();
        await device.SendAsync("WebAuthn.removeVirtualAuthenticator", new Dictionary<string, object> { ["authenticatorId"] = poor });

        await AuthenticatorAsync(device, givesSecrets: true);
        foreach (var takesAway in new[] { true, false })
        {
            await OfflineVisits.AddPasskeyAsync(page);
            if (takesAway) await visitor.Button("Take the passkey away").ClickAsync();
        }

        await visitor.LookAsync("offline-passkey");
        await visitor.Button("Lock").First.ClickAsync();
        await visitor.Button("Open with your passkey").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What is on this device" })).ToBeVisibleAsync();

        // The secret of another question opens nothing.
        await visitor.Button("Lock").First.ClickAsync();
        await Expect(visitor.Button("Open with your passkey")).ToBeVisibleAsync();
        await page.EvaluateAsync("""
            async person => {
              const { open } = await import('/lib/offline/store.js');
              const db = await open(person);
              const lock = await db.get('lock', 'lock');
              lock.passkey.question[0] ^= 1;
              await db.put('lock', lock, 'lock');
              db.close();
            }
            """, hearing.World.Practitioner.Id);
        await visitor.Button("Open with your passkey").ClickAsync();
        await Expect(page.GetByText("No passkey opened it. Try again, or enter your PIN. Nothing is lost.")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("offline-locked");

        // Somebody else keeps visits here too: the device is not theirs alone, so from now on their PIN alone opens theirs.
        await page.EvaluateAsync("async () => (await (await import('/lib/offline/store.js')).open('somebody else')).close()");
        await visitor.GoAsync("/offline");
        await page.GetByLabel("Your email address").FillAsync(hearing.World.Practitioner.Email!);
        await Expect(visitor.Button("Open with your passkey")).ToBeHiddenAsync();
        await OpenAsync(page);
        await page.GetByText("Open with a passkey as well").ClickAsync();
        await Expect(page.GetByText("Several people keep visits on this device, and its passkeys")).ToBeVisibleAsync();
        await Expect(visitor.Button("Add a passkey")).ToBeHiddenAsync();
        await Expect(visitor.Button("Take the passkey away")).ToBeHiddenAsync();
        await page.EvaluateAsync("async () => { await (await import('/lib/offline/store.js')).remove('somebody else'); }");
    }

    [Fact]
    public async Task A_shared_tablet_keeps_each_apart_warns_at_sign_out_locks_by_itself_and_brings_an_older_store_along()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var page = visitor.Page;
        // A newer version of the page waits all the while.
        await page.AddInitScriptAsync("if (location.pathname === '/offline') navigator.serviceWorker.register = async () => ({ waiting: { addEventListener() {}, postMessage: said => { document.title = said; } }, addEventListener() {} });");
        await visitor.GoAsync("/offline");
        await Expect(page.GetByText("Nothing is kept on this device")).ToBeVisibleAsync();
        Assert.Equal("later, nobody, visit, decision, nobody, words; 0 decided of Samphire", await SentInOrderAsync(page));
        // A store as the first form of this page wrote it: no order, and the words of a draft as one text; and a draft of the second form, which knew one subject.
        await page.EvaluateAsync("""
            async ([person, email, pin, childId, visit]) => {
              const { openDB } = await import('/lib/offline/idb.js');
              const { setUp, closeText } = await import('/lib/offline/keys.js');
              const { sha256 } = await import('/lib/offline/elements.js');
              const db = await openDB(`visits of ${person}`, 1, { upgrade(db) {
                db.createObjectStore('lock');
                db.createObjectStore('taken', { keyPath: 'key' });
                db.createObjectStore('drafts', { keyPath: 'id' });
                db.createObjectStore('segments', { keyPath: ['recording', 'index'] });
                db.createObjectStore('outbox', { keyPath: 'id' });
              } });
              const key = await setUp(db, pin, email);
              const bytes = JSON.stringify({ id: visit, kind: 'Visit', childId, personId: person, deviceId: crypto.randomUUID(), sealedAt: new Date().toISOString(), visit: { id: visit, occurredOn: '2026-01-05', place: 'Home', seenAlone: 'Yes' } });
              const sealed = { bytes, sha256: await sha256(new TextEncoder().encode(bytes)), childId, sessionId: null, fileId: null, parts: [], total: 0, stops: false, shown: 'Sam: visit' };
              await db.put('outbox', { id: visit, kind: 'Visit', state: 'ready', sealedAt: Date.now(), box: await closeText(key, `outbox ${visit}`, sealed) });
              const draft = { id: 'one', childId, name: 'Sam', age: 9, language: 'en', visit: { id: visit, occurredOn: '2026-01-05' }, words: 'Written before the update.' };
              await db.put('taken', { key: 'run out', until: 1, box: {} });
              await db.put('drafts', { id: 'one', changedAt: Date.now() - 25 * 3_600_000, box: await closeText(key, 'draft one', draft) });
              const second = { v: 2, id: 'two', childId, name: 'Sam', age: 9, language: 'en', visit: { id: visit, occurredOn: '2026-01-06' }, words: { 'Words.SubjectMatter': 'MyHelp' }, sound: {}, recording: null };
              await db.put('drafts', { id: 'two', changedAt: Date.now(), box: await closeText(key, 'draft two', second) });
              db.close();
            }
            """, new object[] { hearing.World.Practitioner.Id, hearing.World.Practitioner.Email!, Pin, hearing.Child.Id, Guid.CreateVersion7() });

        // Somebody else signs in on the tablet: nothing of it is shown, sent or emptied.
        await visitor.SignInAsAsync(site, hearing.World.OtherPractitioner);
        await visitor.GoAsync("/offline");
        await Expect(page.GetByText("Nothing is kept on this device")).ToBeVisibleAsync();
        await visitor.GoAsync("/hear");
        await Expect(page.Locator("[data-device]")).ToBeHiddenAsync();
        // They get out, though the browser's own database does not answer.
        await page.EvaluateAsync("() => { IDBFactory.prototype.databases = () => Promise.reject(new DOMException('broken', 'UnknownError')); }");
        await visitor.Button("Sign out").ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("SignIn", System.Text.RegularExpressions.RegexOptions.IgnoreCase));
        await visitor.SignInAsAsync(site, hearing.World.Practitioner);
        await visitor.GoAsync("/hear");
        await Expect(page.GetByText("On this device 3")).ToBeVisibleAsync();
        // What is begun and not sealed waits too; and what has run out goes though nobody has the key.
        await Expect(page.GetByText("Something has waited for more than a day.")).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("async person => { const db = await (await import('/lib/offline/store.js')).open(person); const left = await db.count('taken'); db.close(); return left; }", hearing.World.Practitioner.Id));
        await visitor.LookAsync("offline-counts");
        await visitor.Button("Sign out").ClickAsync();
        await Expect(page.GetByText("3 things on this device have not been received by the council.")).ToBeVisibleAsync();
        await visitor.LookAsync("offline-sign-out");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("SignIn", System.Text.RegularExpressions.RegexOptions.IgnoreCase));
        // Signing out made the old cookie worthless, and with it the stamp that the test knew.
        await visitor.SignInAsAsync(site, await site.ReadAsync(hearing.World, db => db.Users.SingleAsync(u => u.Id == hearing.World.Practitioner.Id)));

        await page.Clock.InstallAsync();
        await visitor.GoAsync("/offline");
        await page.EvaluateAsync("() => { navigator.storage.estimate = async () => ({ quota: 1e8, usage: 0 }); }");
        await OpenAsync(page);
        await Expect(page.GetByText("There is room for about 170 minutes of recording.")).ToBeVisibleAsync();
        await visitor.Button("Use it now").ClickAsync();
        await Expect(page.GetByText("End the visits that are begun first")).ToBeVisibleAsync();
        Assert.NotEqual("renew", await page.TitleAsync());
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "6 January" }).GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.Locator("[data-form=words]").GetByLabel("The help they get")).ToBeCheckedAsync();
        await Expect(page.Locator("[data-form=words]").GetByLabel("Their life", new() { Exact = true })).Not.ToBeCheckedAsync();
        await visitor.Button("End the visit").ClickAsync();
        await visitor.Button("Go on").ClickAsync();
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync("Written before the update.");
        // What the older store had sealed with the PIN alone is closed for the council, now that its key is here.
        Assert.DoesNotContain("\"bytes\"", await SealedWithPinAsync(page, hearing));
        await page.Clock.FastForwardAsync("05:12");
        await Expect(page.GetByText("Locked, because nobody touched it for five minutes.")).ToBeVisibleAsync();
        Assert.DoesNotMatch(@"\bSam\b", await page.ContentAsync());
        Assert.DoesNotContain("update.", await page.GetByLabel("Their own words").InputValueAsync());
        await OpenAsync(page);
        await visitor.Button("Go on").ClickAsync();
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync("Written before the update.");
        // The device is full: that is said, what was typed stays, and once there is room again it is kept.
        const string more = "Written before the update. And more.";
        var kept = page.Locator("[data-kept]");
        await FillAsync(page);
        await page.GetByLabel("Their own words").FillAsync(more);
        await Expect(kept).ToHaveTextAsync("The device is full: this is not saved. Copy it somewhere else.");
        // Nobody gets away from it unawares, and locked it is there again for whoever has the PIN, and for nobody else.
        await visitor.Button("Visits").ClickAsync();
        await Expect(page.GetByText("The last of what was typed or drawn is not saved on this device yet.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync(more);
        await visitor.Button("Lock").ClickAsync();
        await Expect(page.GetByText("The last of what was typed or drawn could not be saved on this device.")).ToBeVisibleAsync();
        Assert.DoesNotContain("And more", await page.GetByLabel("Their own words").InputValueAsync());
        await MakeRoomAsync(page);
        await OpenAsync(page);
        await FillAsync(page, "this.name === 'drafts'");
        await visitor.Button("Go on").ClickAsync();
        await Expect(page.GetByLabel("Their own words")).ToHaveValueAsync(more);
        await Expect(kept).ToHaveTextAsync("The device is full: this is not saved. Copy it somewhere else.");
        // It is tried again by itself.
        await MakeRoomAsync(page);
        await page.Clock.FastForwardAsync("00:06");
        await Expect(kept).ToContainTextAsync("Saved on this device at");

        // What the council would not take is not sealed, and said beside it.
        var fields = page.Locator("[data-form=words]");
        foreach (var (text, says) in new[]
        {
            (new string('x', VoiceRecord.WordsMaxLength + 1), "This must be 10,000 characters or fewer. It has 10,001"), (" \n ", "Enter what was said"), ("half\ud83d", "This holds a character that cannot be kept."),
        })
        {
            await page.GetByLabel("Their own words").EvaluateAsync("(box, codes) => { box.value = String.fromCharCode(...codes); box.dispatchEvent(new Event('input', { bubbles: true })); }", text.Select(c => (int)c).ToArray());
            await fields.GetByRole(AriaRole.Button, new() { Name = "Seal" }).ClickAsync();
            await Expect(fields.GetByText(says)).ToBeVisibleAsync();
            await Expect(page.GetByLabel("Their own words")).ToBeFocusedAsync();
        }

        await page.GetByLabel("Their own words").FillAsync(more);
        await page.GetByLabel("They typed or wrote them").CheckAsync();
        await page.Context.SetOfflineAsync(true);
        await SealAsync(page, "words");
        await page.GetByLabel("Their own words").FillAsync("Only for a moment.");
        foreach (var label in new[] { "They typed or wrote them", "The child’s", "Their life", "What is so" }) await fields.GetByLabel(label, new() { Exact = true }).CheckAsync();
        // The device is handed over while it is being sealed, and sealing takes its time: nothing of it stands on the locked page afterwards.
        await page.EvaluateAsync("""
            () => {
              const seal = crypto.subtle.encrypt.bind(crypto.subtle);
              crypto.subtle.encrypt = async (...how) => {
                const sealed = await seal(...how);
                for (let round = 0; round < 20; round++) await new Promise(done => { const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(''); });
                return sealed;
              };
              document.querySelector('[data-form=words]').requestSubmit();
              new BroadcastChannel('visits').postMessage('lock');
            }
            """);
        await Expect(page.GetByLabel("Your PIN for visits")).ToBeVisibleAsync();
        await page.EvaluateAsync("async person => { const db = await (await import('/lib/offline/store.js')).open(person); while (await db.count('outbox') < 3) await new Promise(done => requestAnimationFrame(done)); db.close(); }", hearing.World.Practitioner.Id);
        Assert.DoesNotMatch(@"\bSam\b", await page.ContentAsync());
        await OpenAsync(page);
        await visitor.Button("Go on").ClickAsync();
        await visitor.Button("End the visit").ClickAsync();
        // The child does not want the last of it kept: it goes before it is sent, after a question, and that it went is what is left.
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Sam: words" }).First.GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Delete this before it is sent?" })).ToBeFocusedAsync();
        await page.Locator("[data-form=takeback]").GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await Expect(page.GetByText("Choose why it is deleted")).ToBeVisibleAsync();
        await page.GetByLabel("The child changed their mind").CheckAsync();
        await visitor.LookWideAndNarrowAsync("offline-delete");
        await page.WaitForTimeoutAsync(1_000);
        await page.Locator("[data-form=takeback]").GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await Expect(page.GetByText("Words, deleted")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Sam: words" })).ToHaveCountAsync(1);
        // A tablet that never gets there saves to a file what was not sent; an administrator brings it, and what the tablet sends after all is kept once.
        await page.GetByText("This device does not reach the council any more?").ClickAsync();
        var saved = await page.RunAndWaitForDownloadAsync(() => visitor.Button("Save what was not sent to a file").ClickAsync());
        Assert.EndsWith(".cip", saved.SuggestedFilename);
        await Expect(page.GetByText("Only the council can open it: give it to your administrator.")).ToBeVisibleAsync();
        using (var administrator = site.ClientFor(hearing.World.Administrator))
        {
            using var brought = await administrator.UploadAsync("/devices/rescue", "SavedFile", await File.ReadAllBytesAsync(await saved.PathAsync(), TestContext.Current.CancellationToken), saved.SuggestedFilename);
            var states = (await TestClient.ParseAsync(brought)).QuerySelectorAll("tbody strong").Select(s => s.TextContent).ToList();
            // The visit of the older store goes when the page is first opened: it may have come, or have come without the device hearing of it.
            Assert.InRange(states.Count(s => s == "Taken in"), 2, 3);
            Assert.All(states, s => Assert.True(s is "Taken in" or "Already there", s));
        }

        // What is too much for one file goes into several.
        Assert.True(await page.EvaluateAsync<bool>("""
            async ([person, pin]) => {
              const { open, Store } = await import('/lib/offline/store.js');
              const { unlock } = await import('/lib/offline/keys.js');
              const { rescueFiles } = await import('/lib/offline/rescue.js');
              const db = await open(person);
              const { files, count } = await rescueFiles(new Store(db, person, (await unlock(db, pin)).key, crypto.randomUUID()), 1);
              db.close();
              return count > 1 && files.length === count;
            }
            """, new object[] { hearing.World.Practitioner.Id, Pin }));

        // Why it does not go is said, each time in its own words, and nothing of it is lost or sent as somebody else.
        var said = page.Locator("[data-send-said]");
        await visitor.SignInAsAsync(site, hearing.World.OtherPractitioner);
        await page.Context.SetOfflineAsync(false);
        await visitor.Button("Send now").ClickAsync();
        await Expect(said).ToHaveTextAsync("Somebody else is signed in on this device. What is yours stays sealed until you sign in yourself.");
        foreach (var (status, says) in new[] { (423, "This device is handed to a child now."), (403, "Your account does not record visits any more.") })
        {
            await page.RouteAsync("**/hear/offline/token", route => route.FulfillAsync(new() { Status = status }));
            await visitor.Button("Send now").ClickAsync();
            await Expect(said).ToContainTextAsync(says);
            await page.UnrouteAsync("**/hear/offline/token");
        }

        await page.Context.ClearCookiesAsync();
        await visitor.Button("Send now").ClickAsync();
        await Expect(said).ToHaveTextAsync("You have been signed out. Sign in to send. Nothing is lost.");
        await visitor.SignInAsAsync(site, await site.ReadAsync(hearing.World, db => db.Users.SingleAsync(u => u.Id == hearing.World.Practitioner.Id)));
        await ConnectAsync(page);
        await Expect(page.GetByText("Received by the council 3")).ToBeVisibleAsync();
        // With no draft open, the newer version is used.
        await visitor.Button("Use it now").ClickAsync();
        await Expect(page).ToHaveTitleAsync("renew");
        Assert.Equal(TakenBackReason.ChildChangedMind, (await site.ReadAsync(hearing.World, db => db.TakenBacks.SingleAsync(t => t.ChildId == hearing.Child.Id))).Reason);
        Assert.Equal(1, await site.ReadAsync(hearing.World, db => db.VoiceRecords.CountAsync(r => r.ChildId == hearing.Child.Id && r.Kind == VoiceKind.TypedText)));

        // The device said so of itself: their manager sees it, in numbers.
        await visitor.SignInAsAsync(site, hearing.World.TeamManager);
        await visitor.GoAsync("/devices");
        await Expect(page.GetByText("Perry Wren, device")).ToBeVisibleAsync();
        await visitor.LookWideAndNarrowAsync("devices");
        await visitor.SignInAsAsync(site, hearing.World.Administrator);
        await visitor.GoAsync("/devices/rescue");
        await visitor.LookWideAndNarrowAsync("devices-rescue");
        await visitor.SignInAsAsync(site, await site.ReadAsync(hearing.World, db => db.Users.SingleAsync(u => u.Id == hearing.World.Practitioner.Id)));

        // With nothing left to send, signing out leaves nothing behind.
        await visitor.GoAsync("/hear");
        await visitor.WholeAsync();
        await visitor.Button("Sign out").ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("SignIn", System.Text.RegularExpressions.RegexOptions.IgnoreCase));
        Assert.Equal(0, await page.EvaluateAsync<int>("async () => (await indexedDB.databases()).length + (await caches.keys()).length"));
    }
}
