using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>A recording comes while it is being made; what a page that went away did not finish is its worker's to keep or discard.</summary>
public class RecordingTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The time of a site, as a test sets it.</summary>
    private sealed class SetClock : TimeProvider
    {
        public DateTime Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [Fact]
    public async Task A_recording_begun_on_the_visits_day_runs_on_past_midnight_as_long_as_one_lasts_and_nobody_said_stop()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        // Of yesterday, so that nothing in it is still to come.
        var midnight = ConsentRules.StartOf(ConsentRules.LocalDay(DateTime.UtcNow).AddDays(-1));
        var clock = new SetClock { Now = midnight.AddMinutes(-10) };
        var (address, stop) = site.StartAnother(new Dictionary<string, string>(), replace: services => services.AddSingleton<TimeProvider>(clock)
            // Who was signed in yesterday is not any more.
            .AddScoped(s => new SignInService(s.GetRequiredService<AppDbContext>(), TimeProvider.System)));
        await using var running = stop;
        using var client = new TestClient(address, site.CookieFor(hearing.World.Practitioner));
        string visitPage;
        using (var begun = await client.SubmitAsync($"{hearing.ChildPage}/visits/new", new Dictionary<string, string?> { ["Input.Place"] = "Home", ["Input.SeenAlone"] = "Yes" })) visitPage = begun.Headers.Location!.OriginalString;
        var visit = Guid.Parse(visitPage.Split('/')[4]);
        var device = Guid.NewGuid();
        Task DecideAsync(ConsentEventType decision) =>
            hearing.DecideAsync(Purpose.Audio, decision, change: c => (c.SessionId, c.Device) = (visit, new(device, clock.Now, DateTime.UtcNow, 0)));
        await DecideAsync(ConsentEventType.Given);
        var (runs, stopped, sound) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Hearing.Webm(300_000));
        async Task<(HttpStatusCode May, HttpStatusCode Goes)> GoesOnAsync(Guid file, int from)
        {
            using var may = await client.GetAsync($"{hearing.ChildPage}/media/permission?visit={visit}&file={file}");
            using var part = await hearing.AppendAsync(visit, file, from, sound[from..(from + 50_000)], client: client);
            return (may.StatusCode, part.StatusCode);
        }

        foreach (var file in new[] { runs, stopped }) Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Created), await GoesOnAsync(file, 0));
        clock.Now = midnight.AddMinutes(20);
        // What had been begun goes on; nothing is begun any more.
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Created), await GoesOnAsync(runs, 50_000));
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Forbidden), await GoesOnAsync(Guid.CreateVersion7(), 0));
        // Three hours after it was begun it is over, and can be heard and sealed.
        clock.Now = midnight.AddMinutes(171);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Forbidden), await GoesOnAsync(runs, 100_000));
        using (var heard = await client.GetAsync(hearing.Recording(visit, runs))) Assert.Equal(HttpStatusCode.OK, heard.StatusCode);
        using (var seal = await client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Audio) + $"&recording={runs}", Hearing.Sent(runs))) Assert.Equal(hearing.ChildPage, seal.Headers.Location?.OriginalString);
        // Who said stop meanwhile stopped that, too, though it was begun in time.
        clock.Now = midnight.AddMinutes(30);
        await DecideAsync(ConsentEventType.Withdrawn);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Forbidden), await GoesOnAsync(stopped, 50_000));
        using (var heard = await client.GetAsync(hearing.Recording(visit, stopped))) Assert.Equal(HttpStatusCode.Forbidden, heard.StatusCode);
    }

    [Fact]
    public async Task Parts_come_in_order_and_twice_and_what_was_not_finished_is_sealed_with_its_gap()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var other = await hearing.AnotherChildAsync();
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given, other);
        var (visit, visitToOther) = (await hearing.VisitAsync(), await hearing.VisitAsync(other));
        var (fileId, sound) = (Guid.CreateVersion7(), Hearing.Webm(300_000));
        using (var first = await hearing.AppendAsync(visit, fileId, 0, sound[..100_000]))
        {
            Assert.Equal(HttpStatusCode.Created, first.StatusCode);
            var receipt = await first.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            Assert.Equal((fileId, 0, Convert.ToHexStringLower(SHA256.HashData(sound.AsSpan(0, 100_000)))), (receipt.GetProperty("id").GetGuid(), receipt.GetProperty("offset").GetInt64(), receipt.GetProperty("sha256").GetString()));
        }

        // Twice, twice at once, and some of it again with what follows: as with a line that breaks before the receipt.
        foreach (var again in await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => hearing.AppendAsync(visit, fileId, 0, sound[..100_000])))) using (again) Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        using (var more = await hearing.AppendAsync(visit, fileId, 60_000, sound[60_000..200_001], 8000)) Assert.Equal(HttpStatusCode.Created, more.StatusCode);
        foreach (var again in await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => hearing.AppendAsync(visit, fileId, 200_001, sound[200_001..], 12_500, """[{"fromMs":1000,"toMs":2000,"why":"muted"}]"""))))
        {
            using (again) Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        }

        var others = sound[..200];
        others[100] ^= 1;
        using (var different = await hearing.AppendAsync(visit, fileId, 0, others)) Assert.Equal(HttpStatusCode.Conflict, different.StatusCode);
        using (var tooFar = await hearing.AppendAsync(visit, fileId, sound.Length + 1, sound)) Assert.Equal(HttpStatusCode.FailedDependency, tooFar.StatusCode);
        Assert.Equal(fileId, Assert.Single(await hearing.World.AuditAsync(AuditActions.MediaReceived)).SubjectId);

        // Of one child, one visit and one worker: nobody else is told that it is there.
        var colleague = hearing.World.OtherPractitioner;
        using (var scope = site.As(hearing.World.Whole))
        {
            scope.Db.Add(new Allocation { AuthorityId = hearing.World.Authority.Id, ChildId = hearing.Child.Id, PractitionerId = colleague.Id, TeamId = hearing.World.Team.Id, StartedOn = World.Today.AddDays(-3) });
            scope.Db.Add(AuditEntry.For(AuditActions.ChildRead, hearing.World.Whole, hearing.Child.Id, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        using var theirs = site.ClientFor(colleague);
        var mine = hearing.Recording(visit, fileId);
        foreach (var path in new[] { $"/hear/{other.Id}/visits/{visitToOther}/recording/{fileId}", $"/hear/{other.Id}/visits/{visit}/recording/{fileId}", hearing.Recording(await hearing.VisitAsync(), fileId) })
        {
            using var under = await hearing.AppendAsync(visit, fileId, 0, sound[..100_000], path: path);
            using var heard = await hearing.Client.GetAsync(path);
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (under.StatusCode, heard.StatusCode));
        }

        using (var another = await hearing.AppendAsync(visit, fileId, 0, sound[..100_000], client: theirs)) Assert.Equal(HttpStatusCode.NotFound, another.StatusCode);
        using (var heard = await theirs.GetAsync(mine)) Assert.Equal(HttpStatusCode.NotFound, heard.StatusCode);
        using (var thrown = await PostAsync(theirs, $"{mine}/discard")) Assert.Equal(HttpStatusCode.NotFound, thrown.StatusCode);
        using (var asSealed = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{fileId}")) Assert.Equal(HttpStatusCode.NotFound, asSealed.StatusCode);
        Assert.DoesNotContain("was not finished", (await theirs.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio))).Body!.TextContent);
        Assert.DoesNotContain("was not finished", (await hearing.Client.PageAsync(hearing.WordsPage(visitToOther, VoiceKind.Audio, other))).Body!.TextContent);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceHeard));

        // It may still run on another page, so it is no task yet.
        Assert.Null((await hearing.Client.PageAsync("/hear")).QuerySelector("#unfinished"));
        await SqlAsync($"update files set created_at = created_at - interval '20 minutes' where id = '{fileId}'");
        var task = (await hearing.Client.PageAsync("/hear")).QuerySelector("#unfinished + ul a")!;
        Assert.Contains("Sam", task.TextContent);
        Assert.Contains("12 seconds", task.TextContent);
        Assert.Null((await theirs.PageAsync("/hear")).QuerySelector("#unfinished"));

        var page = await hearing.Client.PageAsync(task.GetAttribute("href")!);
        Assert.Equal("A recording of 12 seconds from this visit was not finished", page.QuerySelector(".entry--waiting h2")!.TextContent);
        var goOn = page.QuerySelector(".entry--waiting a")!.GetAttribute("href")!;
        page = await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio).Split('?')[0] + goOn);
        Assert.Null(page.QuerySelector(".entry--waiting"));
        var left = JsonDocument.Parse(page.QuerySelector("[data-recorder]")!.GetAttribute("data-unfinished")!).RootElement;
        Assert.Equal((fileId, 12_500), (left.GetProperty("fileId").GetGuid(), left.GetProperty("ms").GetInt32()));
        using (var heard = await hearing.Client.GetAsync(mine))
        {
            Assert.Equal(sound, await heard.Content.ReadAsByteArrayAsync(Cancel));
            Assert.Equal(("audio/webm", "default-src 'none'; sandbox"), (heard.Content.Headers.ContentType!.ToString(), heard.Headers.GetValues("Content-Security-Policy").Single()));
        }

        Assert.Equal("not sealed", Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceHeard)).Detail);

        // In another visit it cannot be sealed.
        using (var elsewhere = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync(), VoiceKind.Audio), Hearing.Sent(fileId))) Assert.Contains("not one you sent", await elsewhere.Content.ReadAsStringAsync(Cancel));
        using (var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(fileId, 12_500, ("Input.Gaps", left.GetProperty("gaps").GetRawText())))) Assert.Equal(hearing.ChildPage, answer.Headers.Location?.OriginalString);
        var lines = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelectorAll(".record__length").Select(l => l.TextContent);
        Assert.Equal(["13 seconds", "Nothing was heard from 0:01 to 0:02: the microphone was muted.", "It broke off at 0:12: the microphone was lost, or the page that recorded it."], lines);
        using (var played = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{fileId}")) Assert.Equal(sound, await played.Content.ReadAsByteArrayAsync(Cancel));

        // What is sealed takes no more and is not thrown away.
        using (var late = await hearing.AppendAsync(visit, fileId, sound.Length, [1, 2, 3])) Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        using (var thrown = await PostAsync(hearing.Client, $"{mine}/discard")) Assert.Equal(HttpStatusCode.NotFound, thrown.StatusCode);
        using (var played = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{fileId}")) Assert.Equal(sound, await played.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Null((await hearing.Client.PageAsync("/hear")).QuerySelector("#unfinished"));
    }

    [Fact]
    public async Task A_stop_ends_it_and_discarding_really_deletes()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var visit = await hearing.VisitAsync();
        var (fileId, sound) = (Guid.CreateVersion7(), Hearing.Webm(200_000));
        using (var before = await hearing.AppendAsync(visit, fileId, 0, sound)) Assert.Equal(HttpStatusCode.Forbidden, before.StatusCode);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        foreach (var (bytes, ms, status) in new[]
        {
            ("No recording"u8.ToArray(), 0, HttpStatusCode.UnsupportedMediaType), (Hearing.Png(), 0, HttpStatusCode.UnsupportedMediaType), ([], 0, HttpStatusCode.UnprocessableEntity),
            (sound, 4 * 3_600_000, HttpStatusCode.RequestEntityTooLarge), (new byte[StoredFile.ChunkBytes + 1], 0, HttpStatusCode.RequestEntityTooLarge), (sound[..100_000], 4000, HttpStatusCode.Created),
        })
        {
            using var answer = await hearing.AppendAsync(visit, fileId, 0, bytes, ms);
            Assert.Equal(status, answer.StatusCode);
        }

        await SqlAsync($"update files set length = {StoredFile.AudioMaxBytes - 10} where id = '{fileId}'");
        using (var large = await hearing.AppendAsync(visit, fileId, StoredFile.AudioMaxBytes - 10, new byte[11])) Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        await SqlAsync($"update files set length = 100000 where id = '{fileId}'");

        var form = await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio));
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Withdrawn);
        var mine = hearing.Recording(visit, fileId);
        using (var after = await hearing.AppendAsync(visit, fileId, 100_000, sound[100_000..])) Assert.Equal(HttpStatusCode.Forbidden, after.StatusCode);
        using (var locked = await hearing.Client.GetAsync(mine)) Assert.Equal(HttpStatusCode.Forbidden, locked.StatusCode);
        using (var seal = await hearing.Client.SubmitAsync(form, hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(fileId))) Assert.Contains("There is no permission to record", await seal.Content.ReadAsStringAsync(Cancel));
        var page = await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio));
        Assert.Contains("it can be neither heard nor sealed", page.QuerySelector(".entry--waiting")!.TextContent);
        Assert.Null(page.QuerySelector(".entry--waiting a"));
        var discard = page.QuerySelector(".entry--waiting form")!.GetAttribute("action")!;

        // Not while a court may ask for it.
        Guid hold;
        using (var scope = site.As(hearing.World.Whole))
        {
            var placed = new PlaceHold { Id = Guid.CreateVersion7(), Cause = HoldCause.Court, Reason = "Asked" };
            hold = placed.Id;
            Assert.True((await scope.Get<LegalHoldService>().PlaceAsync(hearing.Child.Id, placed, World.ActorOf(hearing.World.InformationGovernance), Cancel))!.IsDone);
        }

        using (var kept = await PostAsync(hearing.Client, discard)) Assert.Contains(RecordingService.MustStay, await kept.Content.ReadAsStringAsync(Cancel));
        using (var kept = await PostAsync(hearing.Client, $"{mine}/discard")) Assert.Equal((HttpStatusCode.Conflict, RecordingService.MustStay), (kept.StatusCode, (await kept.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString()));
        await SqlAsync($"update legal_holds set lifted_at = now(), lifted_by_id = placed_by_id where id = '{hold}'");

        using (var thrown = await PostAsync(hearing.Client, discard)) Assert.Equal(HttpStatusCode.Redirect, thrown.StatusCode);
        Assert.False(await site.ReadAsync(hearing.World, db => db.Files.AnyAsync(f => f.Id == fileId)));
        Assert.False(await site.ReadAsync(hearing.World, db => db.FilePieces.AnyAsync(p => p.FileId == fileId)));
        Assert.Equal((fileId, "audio/webm"), (Assert.Single(await hearing.World.AuditAsync(AuditActions.MediaDiscarded)).SubjectId, (await hearing.World.AuditAsync(AuditActions.MediaDiscarded))[0].Detail));

        // What the page that was left still sends does not bring it back.
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        foreach (var offset in new[] { 0, 100_000 })
        {
            using var late = await hearing.AppendAsync(visit, fileId, offset, sound);
            Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
        }

        // One that was stopped and not sealed has no gap at its end, and is discarded by the recorder's own way.
        var second = Guid.CreateVersion7();
        using (var all = await hearing.AppendAsync(visit, second, 0, sound)) Assert.Equal(HttpStatusCode.Created, all.StatusCode);
        using (var end = await hearing.AppendAsync(visit, second, sound.Length, [], ended: true)) Assert.Equal(HttpStatusCode.Created, end.StatusCode);
        page = await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio));
        Assert.Equal("A recording of 4 seconds from this visit was not sealed", page.QuerySelector(".entry--waiting h2")!.TextContent);
        Assert.NotNull((await hearing.Client.PageAsync("/hear")).QuerySelector("#unfinished"));
        using (var thrown = await PostAsync(hearing.Client, $"{hearing.Recording(visit, second)}/discard")) Assert.Equal(HttpStatusCode.NoContent, thrown.StatusCode);
        Assert.Empty(await site.ReadAsync(hearing.World, db => db.Files.ToListAsync()));
        using (var forged = await hearing.Client.Http.PostAsync($"{mine}/discard", null, Cancel)) Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestClient client, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("RequestVerificationToken", await client.AntiforgeryTokenAsync("/hear"));
        return await client.Http.SendAsync(request, Cancel);
    }

    private async Task SqlAsync(string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
