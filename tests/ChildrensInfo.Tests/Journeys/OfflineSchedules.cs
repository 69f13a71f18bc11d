using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace ChildrensInfo.Tests.Journeys;

/// <summary>
/// Capture and sending under seeded random faults, in a browser, against the real server and database. Whatever happens on the way, each thing that was sealed
/// arrives exactly once, byte for byte, under the right child, or is still on the device and says so. It runs when it is named: a few schedules by <c>./test '*OfflineSchedules'</c>, many by
/// <c>SCHEDULES=200 ./test '*OfflineSchedules'</c>, and <c>SEED=…</c> begins at another one.
/// </summary>
public class OfflineSchedules(TestSite site, Browser browser)
{
    private const int FewSchedules = 4;

    /// <summary>Rounds of sending in which things go wrong, before the way is clear.</summary>
    private const int FaultyRounds = 6;

    private static readonly string[] Faults =
    [
        "cut before", "cut after", "cut after", "500", "502 page", "503", "408", "429", "413", "401", "403", "400 token", "200 page", "200 receipt", "204", "302", "201 nothing", "201 another", "201 page", "slow",
    ];

    /// <param name="Text">Words, or what was said while answering and each answer.</param>
    /// <param name="File">The SHA-256 of a recording, a photo or a drawing.</param>
    private sealed record Sealed(Guid Id, string Kind, Guid ChildId, string? Text, string? File);

    /// <param name="Id">Of the mark; the item bore another.</param>
    private sealed record Deleted(Guid Id, Guid ItemId);

    private sealed record Summary(int Items, int FaultsInjected, int Lost, int Duplicated, int Misfiled, string StillThere);

    [Fact]
    public async Task Everything_sealed_arrives_once_and_whole_or_is_still_there()
    {
        var schedules = int.Parse(Environment.GetEnvironmentVariable("SCHEDULES") ?? $"{FewSchedules}", CultureInfo.InvariantCulture);
        var first = int.Parse(Environment.GetEnvironmentVariable("SEED") ?? "1", CultureInfo.InvariantCulture);
        var done = new List<Summary>();
        for (var seed = first; seed < first + schedules; seed++)
        {
            try
            {
                done.Add(await RunAsync(seed));
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Schedule {seed} did not end.", fault);
            }

            var last = done[^1];
            Assert.True(last is { Lost: 0, Duplicated: 0, Misfiled: 0, StillThere: "" }, $"Schedule {seed}: {last}");
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"schedules {schedules}, faults injected {done.Sum(d => d.FaultsInjected)}, items {done.Sum(d => d.Items)}, lost {done.Sum(d => d.Lost)}, duplicated {done.Sum(d => d.Duplicated)}, misfiled {done.Sum(d => d.Misfiled)}");
        Assert.True(schedules > 20 || done.Sum(d => d.FaultsInjected) > schedules, "Nothing went wrong, so nothing was tried.");
    }

    private async Task<Summary> RunAsync(int seed)
    {
        var random = new Random(seed);
        using var hearing = await Hearing.BeginAsync(site, age: 16);
        Child[] children = [hearing.Child, await hearing.AnotherChildAsync()];
        foreach (var child in children)
        {
            foreach (var purpose in new[] { Purpose.Audio, Purpose.ImageWork }) await hearing.DecideAsync(purpose, ConsentEventType.Given, child);
        }

        var tool = await site.ReadAsync(hearing.World, db => db.ToolVersions.SingleAsync(v => v.Tool!.Key == "one-to-ten" && v.Tool.AuthorityId == null && v.Language == "en"));
        var wording = await site.ReadAsync(hearing.World, db => db.Wordings.Where(w => w.Purpose == Purpose.QuoteService && w.Format == WordingFormat.Text && w.Language == "en").Select(w => w.Id).FirstAsync());
        await using var visitor = await browser.OpenAsync(site, hearing.World.Practitioner);
        var context = visitor.Page.Context;
        var faults = 0;
        var faulty = true;
        await context.RouteAsync("**/hear/**", async route =>
        {
            if (!faulty || random.Next(100) >= 45)
            {
                await route.ContinueAsync();
                return;
            }

            faults++;
            await FailAsync(route, Faults[random.Next(Faults.Length)]);
        });

        var page = visitor.Page;
        await OpenAsync(page, hearing, isNew: true);
        var sealedItems = new List<Sealed>();
        var deleted = new List<Deleted>();
        foreach (var child in children)
        {
            for (var visits = random.Next(1, 3); visits > 0; visits--)
            {
                var visit = Guid.CreateVersion7();
                sealedItems.Add(new(visit, "Visit", child.Id, null, null));
                await SealAsync(page, "Visit", new { id = visit, childId = child.Id, visit = new { id = visit, occurredOn = DateTime.UtcNow.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), place = "Home", seenAlone = "Yes" } });
                for (var things = random.Next(1, 4); things > 0; things--)
                {
                    var id = Guid.CreateVersion7();
                    switch (random.Next(18))
                    {
                        case < 4:
                            var text = $"Words {seed} {id} ŵ 😟";
                            sealedItems.Add(new(id, "Record", child.Id, text, null));
                            await SealAsync(page, "Record", new { id, childId = child.Id, sessionId = visit, record = Said(id, "TypedText", text, null, 0) });
                            break;
                        case < 7:
                            var answers = Enumerable.Range(0, 3).Select(_ => random.Next(0, 11)).ToList();
                            var said = $"Said {seed} {id} ŵ 😟";
                            // None is skipped as zero.
                            sealedItems.Add(new(id, "Record", child.Id, $"{said} {string.Join(',', answers.Select(a => a == 0 ? "" : $"{a}"))}", null));
                            await SealAsync(page, "Record", new { id, childId = child.Id, sessionId = visit, record = Answered(id, tool, answers, said) });
                            break;
                        case < 14:
                            // Mostly small; now and then larger than one piece.
                            var large = random.Next(8) == 0;
                            var kind = new[] { "Audio", "Audio", "Photo", "Drawing" }[random.Next(4)];
                            var fileId = Guid.CreateVersion7();
                            var file = kind == "Audio" ? await RecordAsync(page, fileId, large ? 4_194_304 + random.Next(-2, 300_000) : random.Next(1_000, 120_000), random)
                                : await PictureAsync(page, fileId, large ? random.Next(1_200, 1_300) : random.Next(8, 200), random);
                            if (random.Next(4) == 0)
                            {
                                // The page goes away between the last piece and the seal, and comes back.
                                page = await KillAsync(page, hearing);
                                faults++;
                            }

                            sealedItems.Add(new(id, "Record", child.Id, null, file));
                            await SealAsync(page, "Record", new { id, childId = child.Id, sessionId = visit, record = Said(id, kind, null, fileId, kind == "Audio" ? 4000 : 0) }, recording: fileId);
                            break;
                        case 16:
                            // It bears the id of the first of those whom the child does not want told.
                            sealedItems.Add(new(id, "DoNotTell", child.Id, null, null));
                            await SealAsync(page, "DoNotTell", new { id, childId = child.Id, keptFrom = new[] { new { id, who = "Family" } } });
                            break;
                        case 17:
                            sealedItems.Add(new(id, "Consent", child.Id, null, null));
                            await SealAsync(page, "Consent", new { id, childId = child.Id, answer = new { id, purpose = "QuoteService", wordingId = wording, answer = random.Next(2) == 0 ? "Refused" : "Given" } });
                            break;
                        default:
                            sealedItems.Add(new(id, "Consent", child.Id, null, null));
                            await SealAsync(page, "Consent", new { id, childId = child.Id, consent = new { id, purpose = random.Next(2) == 0 ? "Audio" : "ImageWork", decision = random.Next(2) == 0 ? "Withdrawn" : "Given", decidedBy = "ChildForSelf", method = "Spoken", raisedByChild = true, competence = "Competent", competenceRationale = "Said back what it is for and that no is fine." } });
                            break;
                    }

                    if (random.Next(5) == 0) await SyncAsync(page);
                    if (random.Next(7) == 0 && sealedItems[^1] is { Kind: "Record" } unwanted && await DeleteAsync(page, unwanted.Id) is { } mark)
                    {
                        sealedItems.Remove(unwanted);
                        deleted.Add(new(mark, unwanted.Id));
                    }
                }
            }
        }

        for (var round = 0; round < FaultyRounds; round++)
        {
            if (random.Next(4) == 0)
            {
                // Killed while it sends.
                faults++;
                var running = page.EvaluateAsync("async () => { await window.outbox.sync(window.store, { now: true }).catch(() => {}); }");
                await Task.Delay(random.Next(5, 120));
                page = await KillAsync(page, hearing);
                try
                {
                    await running;
                }
                catch (PlaywrightException)
                {
                    // It went with its page.
                }
            }

            await SyncAsync(page);
        }

        // The way is clear. What a proxy's 413 or the like parked is tried again, as its worker would.
        faulty = false;
        await page.EvaluateAsync("async () => { for (const row of await window.store.outbox()) if (row.state === 'parked') await window.outbox.tryAgain(window.store, row.id); }");
        for (var round = 0; round < 3; round++) await SyncAsync(page);
        return await CheckAsync(hearing, children, sealedItems, deleted, faults, await page.EvaluateAsync<JsonElement>("async () => (await window.store.outbox()).map(r => ({ id: r.id, state: r.state, reason: r.reason }))"));
    }

    private async Task<Summary> CheckAsync(Hearing hearing, Child[] children, List<Sealed> items, List<Deleted> deleted, int faults, JsonElement device)
    {
        using var scope = site.As(hearing.World.Whole);
        var ids = children.Select(c => c.Id).ToList();
        var visits = await scope.Db.VoiceSessions.Where(s => ids.Contains(s.ChildId)).ToDictionaryAsync(s => s.Id, s => s.ChildId);
        var records = await scope.Db.VoiceRecords.AsNoTracking().Include(r => r.Words).Where(r => ids.Contains(r.ChildId)).ToListAsync();
        var decisions = await scope.Db.ConsentEvents.Where(e => ids.Contains(e.ChildId) && e.DeviceId != null).ToDictionaryAsync(e => e.Id, e => e.ChildId);
        var kept = await scope.Db.DoNotTells.Where(d => ids.Contains(d.ChildId)).ToDictionaryAsync(d => d.Id, d => d.ChildId);
        var received = device.EnumerateArray().Where(r => r.GetProperty("state").GetString() == "received").Select(r => r.GetProperty("id").GetGuid()).ToHashSet();
        var (lost, misfiled) = (0, 0);
        var still = new List<string>();
        foreach (var item in items)
        {
            if (!received.Contains(item.Id))
            {
                // On the device, and saying so, is not lost; gone from both would be.
                var row = device.EnumerateArray().FirstOrDefault(r => r.GetProperty("id").GetGuid() == item.Id);
                if (row.ValueKind == JsonValueKind.Object) still.Add($"{item.Kind} {row.GetProperty("state")}: {row.GetProperty("reason")}");
                else lost++;
                continue;
            }

            Guid? under = item.Kind switch
            {
                "Visit" => visits.TryGetValue(item.Id, out var of) ? of : null,
                "Consent" => decisions.TryGetValue(item.Id, out var of) ? of : null,
                "DoNotTell" => kept.TryGetValue(item.Id, out var of) ? of : null,
                _ => records.Find(r => r.Id == item.Id)?.ChildId,
            };
            if (under is null || !await IsWholeAsync(scope, records.Find(r => r.Id == item.Id), item)) lost++;
            else if (under != item.ChildId) misfiled++;
        }

        // What was deleted on the device is not here, or had come before and is said to have; its mark is here once.
        var marks = await scope.Db.TakenBacks.Where(t => ids.Contains(t.ChildId)).ToDictionaryAsync(t => t.Id);
        var hadArrived = records.Count(r => deleted.Exists(d => d.ItemId == r.Id));
        foreach (var one in deleted)
        {
            if (!marks.TryGetValue(one.Id, out var mark)) lost++;
            else if (mark.HadArrived != records.Exists(r => r.Id == one.ItemId)) misfiled++;
        }

        var duplicated = visits.Count + records.Count + decisions.Count + kept.Count + marks.Count - hadArrived - items.Count(i => received.Contains(i.Id)) - deleted.Count(d => received.Contains(d.Id));
        return new(items.Count + deleted.Count, faults, lost, duplicated, misfiled, string.Join("; ", still));
    }

    private static async Task<bool> IsWholeAsync(Scope scope, VoiceRecord? record, Sealed item)
    {
        if (item.Text is not null)
        {
            var words = await scope.Get<ChildrensInfo.Core.Keys.KeyRing>().OpenAsync(item.ChildId, record!.Words!.Sealed, item.Id, ChildrensInfo.Core.Keys.SealPart.Words, CancellationToken.None);
            return (AnswerSheet.Of(record.Kind, record.ToolVersionId, words) is { } sheet ? $"{sheet.Said} {string.Join(',', sheet.Answers.Select(a => a.Value))}" : words) == item.Text;
        }

        if (item.File is null) return true;
        var file = await scope.Db.Files.SingleAsync(f => f.Id == record!.FileId);
        await using var content = await scope.Get<ChildrensInfo.Core.Files.FileStore>().OpenAsync(file, CancellationToken.None);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content)) == item.File;
    }

    internal static object Said(Guid id, string kind, string? text, Guid? fileId, int durationMs) => new
    {
        id,
        kind,
        text,
        fileId,
        durationMs,
        speaker = "YoungPerson",
        subjects = new[] { "MyLife" },
        layer = "Data",
        language = "en",
        provenance = "VerbatimAtTheTime",
        before = new { readBack = "NotOffered" },
    };

    private static object Answered(Guid id, ToolVersion tool, List<int> answers, string said) => new
    {
        id,
        kind = "ScaleAnswer",
        toolVersionId = tool.Id,
        answers = tool.Definition.Items.Zip(answers, (item, value) => new { item = item.Key, value = value == 0 ? GivenAnswer.Skip : $"{value}" }),
        said,
        speaker = "YoungPerson",
        subjects = new[] { "MyLife" },
        layer = "Data",
        language = "en",
        before = new { readBack = "NotOffered" },
    };

    /// <summary>Opens the store as the page for visits does, with its own modules; the page itself would take the store for itself.</summary>
    internal static async Task OpenAsync(IPage page, Hearing hearing, bool isNew)
    {
        await page.GotoAsync("/privacy");
        await page.EvaluateAsync("""
            async ([person, email, isNew]) => {
              const stores = await import('/lib/offline/store.js');
              const keys = await import('/lib/offline/keys.js');
              window.outbox = await import('/lib/offline/outbox.js');
              window.elements = await import('/lib/offline/elements.js');
              const db = await stores.open(person);
              const key = isNew ? await keys.setUp(db, '739152', email) : (await keys.unlock(db, '739152')).key;
              window.store = new stores.Store(db, person, key, (await db.get('lock', 'lock')).deviceId);
              await window.outbox.recover(window.store);
            }
            """, new object[] { hearing.World.Practitioner.Id, hearing.World.Practitioner.Email!, isNew });
    }

    private static async Task<IPage> KillAsync(IPage page, Hearing hearing)
    {
        var next = await page.Context.NewPageAsync();
        try
        {
            await (await page.Context.NewCDPSessionAsync(page)).SendAsync("Page.crash").WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (Exception gone) when (gone is PlaywrightException or TimeoutException)
        {
            // Dead, as it should be.
        }

        await page.CloseAsync();
        await OpenAsync(next, hearing, isNew: false);
        return next;
    }

    internal static Task SealAsync(IPage page, string kind, object body, Guid? recording = null) => page.EvaluateAsync("""
        async ([kind, json, recording]) => {
          const body = JSON.parse(json);
          if (recording) {
            body.parts = [];
            for await (const piece of window.store.chunks(recording, 4194304)) body.parts.push({ index: body.parts.length, length: piece.length, sha256: await window.elements.sha256(piece) });
          }
          await window.store.seal(kind, body, { recording: recording ?? undefined, shown: kind });
        }
        """, new object?[] { kind, JsonSerializer.Serialize(body), recording });

    /// <returns>The SHA-256 of what was recorded.</returns>
    internal static Task<string> RecordAsync(IPage page, Guid recording, int length, Random random) => page.EvaluateAsync<string>("""
        async ([recording, head, length, seed]) => {
          const start = Uint8Array.from(atob(head), c => c.charCodeAt(0));
          const sound = new Uint8Array(start.length + length);
          sound.set(start);
          let x = seed;
          for (let i = start.length; i < sound.length; i++) {
            x = (x * 1103515245 + 12345) & 0x7fffffff;
            // Nothing that could be read as the start of another cluster.
            sound[i] = (x >> 16) & 0xff || 1;
            if (sound[i] === 0x1f) sound[i] = 0x20;
          }
          const step = Math.max(20_000, Math.ceil(sound.length / 12));
          for (let at = 0, index = 0; at < sound.length; at += step, index++) await window.store.keepSegment(recording, index, (index + 1) * 4000, sound.slice(at, at + step));
          return window.elements.sha256(sound);
        }
        """, new object[] { recording, Convert.ToBase64String(Hearing.Webm(500)), length, random.Next() });

    /// <returns>The SHA-256 of the picture, of which no two are alike.</returns>
    private static Task<string> PictureAsync(IPage page, Guid file, int side, Random random) => page.EvaluateAsync<string>("""
        async ([file, side, seed]) => {
          const sheet = new OffscreenCanvas(side, side);
          const context = sheet.getContext('2d');
          const image = context.createImageData(side, side);
          let x = seed;
          for (let i = 0; i < image.data.length; i++) {
            x = (x * 1103515245 + 12345) & 0x7fffffff;
            image.data[i] = i % 4 === 3 ? 255 : (x >> 16) & 0xff;
          }
          context.putImageData(image, 0, 0);
          const bytes = new Uint8Array(await (await sheet.convertToBlob({ type: 'image/png' })).arrayBuffer());
          for (let at = 0, index = 0; at < bytes.length; at += 4194304, index++) await window.store.keepSegment(file, index, 0, bytes.slice(at, at + 4194304));
          return window.elements.sha256(bytes);
        }
        """, new object[] { file, side, random.Next() });

    /// <returns>The id of the mark that is left; null when it was with the council and cannot be deleted any more. Of what it held nothing is in the browser's database.</returns>
    private static async Task<Guid?> DeleteAsync(IPage page, Guid id)
    {
        var left = await page.EvaluateAsync<string>("""
            async ([id, mark]) => {
              const row = (await window.store.outbox()).find(r => r.id === id);
              if (row.state === 'received') return 'received';
              await window.store.takeBack(row, mark, 'ChildChangedMind', null);
              const left = [];
              for (const name of window.store.db.objectStoreNames) {
                for (const kept of await window.store.db.getAll(name)) if (kept.id === id || (row.recording && kept.recording === row.recording)) left.push(name);
              }
              return left.join();
            }
            """, new object[] { id, MarkOf(id) });
        if (left == "received") return null;
        Assert.Equal("", left);
        return MarkOf(id);
    }

    private static Guid MarkOf(Guid item)
    {
        var bytes = item.ToByteArray();
        bytes[^1] ^= 0xff;
        return new(bytes);
    }

    private static Task SyncAsync(IPage page) => page.EvaluateAsync("async () => { await window.outbox.sync(window.store, { now: true }).catch(() => {}); }");

    private static async Task FailAsync(IRoute route, string fault)
    {
        Task Answer(int status, string type = "text/html", string body = "<!DOCTYPE html><title>Sign in</title>", params (string, string)[] headers) =>
            route.FulfillAsync(new() { Status = status, ContentType = type, Body = body, Headers = headers.Length == 0 ? null : headers.ToDictionary(h => h.Item1, h => h.Item2) });
        const string json = "application/json";
        try
        {
            switch (fault)
            {
                case "cut before":
                    await route.AbortAsync("connectionreset");
                    break;
                case "cut after":
                    // The council has it; the answer is lost.
                    await route.FetchAsync();
                    await route.AbortAsync("connectionreset");
                    break;
                case "slow":
                    await Task.Delay(60);
                    await route.ContinueAsync();
                    break;
                case "500": await Answer(500); break;
                case "502 page": await Answer(502); break;
                case "503": await Answer(503, json, """{"reason":"Back soon"}"""); break;
                case "408": await Answer(408); break;
                case "429": await Answer(429, json, "{}", ("Retry-After", "1")); break;
                case "413": await Answer(413); break;
                case "401": await Answer(401); break;
                case "403": await Answer(403); break;
                case "400 token": await Answer(400, json, """{"reason":"The token is too old."}"""); break;
                case "200 page": await Answer(200); break;
                case "200 receipt": await Answer(200, json, """{"id":"00000000-0000-0000-0000-000000000000","sha256":"","parts":[]}"""); break;
                case "204": await route.FulfillAsync(new() { Status = 204 }); break;
                case "302": await route.FulfillAsync(new() { Status = 302, Headers = new Dictionary<string, string> { ["Location"] = "/Account/SignIn" } }); break;
                case "201 nothing": await Answer(201, json, ""); break;
                case "201 another": await Answer(201, json, $$"""{"id":"{{Guid.NewGuid()}}","index":0,"sha256":"{{new string('a', 64)}}","parts":[]}"""); break;
                case "201 page": await Answer(201); break;
                default: throw new InvalidOperationException(fault);
            }
        }
        catch (PlaywrightException)
        {
            // The page that asked was killed meanwhile.
        }
    }
}
