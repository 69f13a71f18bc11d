using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Voice;
using ChildrensInfo.Tests.Pages.Account;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Devices;

/// <summary>A file of what a device could not send: taken in as its author would have sent it, by somebody who reads nothing of it.</summary>
public class RescueTests(TestSite site)
{
    private const string Page = "/devices/rescue";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private sealed record Council(Guid Pair, byte[] Key, byte[] Mark)
    {
        public static async Task<Council> OfAsync(TestClient client)
        {
            var given = (await client.Http.GetFromJsonAsync<JsonElement>("/hear/offline/token", Cancel)).GetProperty("council");
            return new(given.GetProperty("id").GetGuid(), given.GetProperty("key").GetBytesFromBase64(), given.GetProperty("mark").GetBytesFromBase64());
        }

        public (object, byte[][]) Entry(DeviceItem item, byte[]? sound = null, (Guid ChildId, Guid SessionId)? putWith = null)
        {
            var box = DeviceBox.Close(Pair, Key, $"item {item.Id}", JsonSerializer.SerializeToUtf8Bytes(item, OfflineTests.Sealed));
            byte[][] pieces = [.. (sound ?? []).Chunk(StoredFile.ChunkBytes).Select((piece, index) => DeviceBox.Close(Pair, Key, $"sound {item.Record!.FileId} {index}", piece))];
            var put = putWith is { } to ? new { childId = to.ChildId, sessionId = to.SessionId } : null;
            return (new { id = item.Id, kind = $"{item.Kind}", sealedAt = item.SealedAt, box = DeviceBox.Part(box), total = sound?.Length ?? 0, fileId = item.Record?.FileId, pieces = pieces.Select(DeviceBox.Part), putWith = put }, [box, .. pieces]);
        }
    }

    private sealed class Huge : MemoryStream
    {
        public override long Length => RescueService.FileMaxBytes + 1;
    }

    [Theory]
    [InlineData(Role.Practitioner)]
    [InlineData(Role.TeamManager)]
    [InlineData(Role.DataLead)]
    [InlineData(Role.InformationGovernance)]
    public async Task Only_an_administrator_brings_a_file(Role role)
    {
        var world = await World.CreateAsync(site);
        using var client = site.ClientFor(world.PersonOf(role));
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(Page)).StatusCode);
        using var nobody = site.ClientFor(null);
        Assert.Equal(HttpStatusCode.Redirect, (await nobody.GetAsync(Page)).StatusCode);
    }

    [Fact]
    public async Task What_is_in_the_file_is_kept_once_as_its_author_and_shown_to_nobody_who_brings_it()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var theirs = await hearing.AnotherChildAsync(mine: false);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var council = await Council.OfAsync(hearing.Client);
        var (visit, sound) = (OfflineTests.Visit(hearing), Hearing.Webm(StoredFile.ChunkBytes + 9_000));
        var (words, unwanted, notMine) = (OfflineTests.Words(hearing, visit.Id, "From a drawer."), OfflineTests.Words(hearing, visit.Id, "Not this."), OfflineTests.Words(hearing, visit.Id, "Of another."));
        var (recording, moved) = (OfflineTests.Recording(hearing, visit.Id, sound), OfflineTests.Words(hearing, Guid.NewGuid(), "Put right.") with { ChildId = theirs.Id });
        await OfflineTests.ReceivedAsync(hearing, OfflineTests.Back(hearing, unwanted, TakenBackReason.ChildChangedMind, null));
        var device = Guid.NewGuid();
        var file = DeviceBox.File(
            council.Mark, council.Pair, device, hearing.World.Practitioner.Id,
            council.Entry(visit), council.Entry(words), council.Entry(recording, sound), council.Entry(unwanted), council.Entry(notMine with { ChildId = theirs.Id }), council.Entry(moved, putWith: (hearing.Child.Id, visit.Id)));
        using var administrator = site.ClientFor(hearing.World.Administrator);
        string[] first = ["A visit Taken in", "Something said Taken in", "Something said Taken in", "Something said Refused", "Something said Not allowed", "Something said Taken in"];
        foreach (var expected in new[] { first, [.. first.Select(f => f.Replace("Taken in", "Already there", StringComparison.Ordinal))] })
        {
            using var answer = await administrator.UploadAsync(Page, "SavedFile", file, "not-sent.cip");
            var page = await TestClient.ParseAsync(answer);
            Assert.Equal(expected, page.QuerySelectorAll("tbody tr").Select(r => $"{r.QuerySelector("td")!.TextContent.Trim()} {r.QuerySelector("strong")!.TextContent}"));
            Assert.Contains($"From device {device.ToString("N")[..8]} of Perry Wren", page.Body!.TextContent);
            foreach (var tooMuch in new[] { "Sam", "drawer", "Not this", $"{hearing.Child.Id}" }) Assert.DoesNotContain(tooMuch, page.Body.InnerHtml);
        }

        var records = await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id || r.ChildId == theirs.Id).ToListAsync(Cancel));
        Assert.Equal(new[] { words.Id, recording.Id, moved.Id }.Order(), records.Select(r => r.Id).Order());
        // Nobody knows how far the device's clock was wrong, so nothing says that it was right.
        Assert.All(records, r => Assert.Equal((hearing.Child.Id, hearing.World.Practitioner.Id, visit.Id, null), (r.ChildId, r.SealedById, r.SessionId, r.ClockSkewMs)));
        Assert.Contains("It came in a file, which cannot tell how far the device’s clock was wrong.", (await hearing.Client.PageAsync(hearing.ChildPage)).Body!.TextContent);
        Assert.Equal(sound, await (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{recording.Record!.FileId}")).Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(
            ["0 taken in, 4 there before, 1 not allowed, 1 refused", "4 taken in, 0 there before, 1 not allowed, 1 refused"],
            (await hearing.World.AuditAsync(AuditActions.DeviceRescued)).Select(a => a.Detail).Order());
        // The device that comes back after all is answered as if it had sent it first.
        await OfflineTests.ReceivedAsync(hearing, words);
    }

    [Fact]
    public async Task Whoever_brings_a_file_shows_first_that_it_is_them()
    {
        var world = await World.CreateAsync(site);
        using var administrator = site.ClientFor(world.Administrator);
        var form = await administrator.PageAsync(Page);
        await StepUpTests.AgeAsync(site, world.Administrator);
        Assert.Null((await administrator.PageAsync(Page)).QuerySelector("input[type=file]"));
        using var content = new MultipartFormDataContent { { new StringContent(form.QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value")!), "__RequestVerificationToken" }, { new ByteArrayContent(new byte[100]), "SavedFile", "not-sent.cip" } };
        using var late = await administrator.Http.PostAsync(Page, content, Cancel);
        var page = await TestClient.ParseAsync(late);
        Assert.Contains("Show first that it is you", page.QuerySelector("#SavedFile-error")!.TextContent);
        Assert.Equal("Show that it is you", (await TestClient.ParseAsync(await administrator.SubmitAsync(page, Page, new Dictionary<string, string?>(), "#show"))).QuerySelector("h1")!.TextContent);
        await StepUpTests.AgeAsync(site, world.Administrator, minutes: 0);
        Assert.Equal("/devices/rescue", (await administrator.SubmitAsync(page, Page, new Dictionary<string, string?>(), "#show")).Headers.Location?.OriginalString, ignoreCase: true);
    }

    [Fact]
    public async Task A_photo_in_the_file_is_kept_once_without_its_place_and_held_when_it_may_not_be_shown()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        var council = await Council.OfAsync(hearing.Client);
        var visit = OfflineTests.Visit(hearing);
        byte[] bytes = [.. PictureFileTests.Jpeg(640, 480, 6), .. new byte[StoredFile.ChunkBytes]];
        byte[] broken = PictureFileTests.Jpeg(640, 480)[..^80];
        var (photo, bad) = (OfflineTests.Photo(hearing, visit.Id, bytes), OfflineTests.Photo(hearing, visit.Id, broken));
        var file = DeviceBox.File(council.Mark, council.Pair, Guid.NewGuid(), hearing.World.Practitioner.Id, council.Entry(visit), council.Entry(photo, bytes), council.Entry(bad, broken));
        using var administrator = site.ClientFor(hearing.World.Administrator);
        foreach (var expected in new[] { "Taken in", "Already there" })
        {
            using var answer = await administrator.UploadAsync(Page, "SavedFile", file, "not-sent.cip");
            Assert.Equal([expected, expected, "Refused"], (await TestClient.ParseAsync(answer)).QuerySelectorAll("tbody strong").Select(s => s.TextContent));
        }

        using (var whole = site.As(hearing.World.Whole))
        {
            var kept = await whole.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id, Cancel);
            Assert.Equal((photo.Id, hearing.World.Practitioner.Id, false), (kept.Id, kept.SealedById, kept.ArrivedUnpermitted));
            Assert.Equal(PictureFile.Clean(bytes).Bytes, await (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{kept.FileId}")).Content.ReadAsByteArrayAsync(Cancel));
            Assert.False(await whole.Db.Files.AnyAsync(f => f.Id == photo.Record!.FileId, Cancel));
        }

        // The device that comes back after all is told that it is there.
        await OfflineTests.ReceivedAsync(hearing, photo);

        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Withdrawn, change: c => c.Wants = WithdrawWants.StopFromNow);
        var late = OfflineTests.Photo(hearing, visit.Id, bytes);
        using (var answer = await administrator.UploadAsync(Page, "SavedFile", DeviceBox.File(council.Mark, council.Pair, Guid.NewGuid(), hearing.World.Practitioner.Id, council.Entry(late, bytes)), "not-sent.cip"))
        {
            Assert.Contains("It is held: there is no permission for it.", (await TestClient.ParseAsync(answer)).Body!.TextContent);
        }

        Assert.True((await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.Id == late.Id, Cancel))).ArrivedUnpermitted);

        // A no from a file stands, though its device's clock says that it came before a yes: nobody knows how slow that clock was.
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var no = OfflineTests.Item(hearing, Guid.CreateVersion7(), DeviceItemKind.Consent);
        no = no with { SealedAt = DateTime.UtcNow.AddHours(-3), Consent = new() { Id = no.Id, Purpose = Purpose.Audio, Decision = ConsentEventType.Refused, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken } };
        using (var answer = await administrator.UploadAsync(Page, "SavedFile", DeviceBox.File(council.Mark, council.Pair, no.DeviceId, hearing.World.Practitioner.Id, council.Entry(no)), "not-sent.cip")) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var asked = site.As(hearing.World.Whole);
        Assert.Equal(no.Id, (await asked.Db.ConsentEvents.SingleAsync(e => e.Id == no.Id, Cancel)).Id);
        Assert.False((await asked.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.Audio, null, Cancel)).Allowed);
    }

    [Fact]
    public async Task A_file_that_is_cut_altered_forged_of_another_version_or_council_is_refused_beside_the_field_and_nothing_is_written()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var elsewhere = await Hearing.BeginAsync(site);
        var council = await Council.OfAsync(hearing.Client);
        var entry = council.Entry(OfflineTests.Visit(hearing));
        byte[] FileOf(Guid person, byte[] mark) => DeviceBox.File(mark, council.Pair, Guid.NewGuid(), person, entry);
        var good = FileOf(hearing.World.Practitioner.Id, council.Mark);
        byte[] With(int at, byte value)
        {
            byte[] changed = [.. good];
            changed[at < 0 ? changed.Length + at : at] = value;
            return changed;
        }

        // With the mark of a device, and yet nothing that a page of ours wrote: a place with nothing in it, a name that stands twice, a number for a list.
        byte[] Forged(Func<string, string> change)
        {
            var list = System.Text.Encoding.UTF8.GetString(good.AsSpan(12, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(good.AsSpan(8))));
            var forged = change(list);
            Assert.NotEqual(list, forged);
            return DeviceBox.File(council.Mark, System.Text.Encoding.UTF8.GetBytes(forged), entry.Item2);
        }

        using var administrator = site.ClientFor(hearing.World.Administrator);
        using var other = site.ClientFor(elsewhere.World.Administrator);
        await Council.OfAsync(elsewhere.Client);
        foreach (var (client, file, says) in new (TestClient, byte[], string)[]
        {
            (administrator, "Not a file of ours, but long enough to be one."u8.ToArray(), RescueService.NoSuchFile),
            (administrator, [], RescueService.NoSuchFile),
            (administrator, With(7, (byte)'2'), RescueService.OtherVersion),
            (administrator, With(-5, (byte)(good[^5] ^ 1)), RescueService.Changed),
            (administrator, With(60, (byte)(good[60] == 'a' ? 'b' : 'a')), RescueService.Changed),
            (administrator, With(8, 0x7f), RescueService.Changed),
            (administrator, [.. good, 0], RescueService.Changed),
            (administrator, good[..^1], RescueService.NotWhole),
            (administrator, good[..40], RescueService.NotWhole),
            // Somebody who has the public key, and a box of their own making, has no mark; and a mark is one person's.
            (administrator, FileOf(hearing.World.Practitioner.Id, new byte[32]), RescueService.Changed),
            (administrator, FileOf(hearing.World.OtherPractitioner.Id, council.Mark), RescueService.Changed),
            (other, good, RescueService.OtherCouncil),
            (administrator, Forged(l => l.Replace("\"items\":[", "\"items\":[null,", StringComparison.Ordinal)), RescueService.Changed),
            (administrator, Forged(l => l.Replace("\"pieces\":[", "\"pieces\":[null", StringComparison.Ordinal)), RescueService.Changed),
            (administrator, Forged(l => l.Replace("\"items\":[", "\"items\":[],\"items\":[", StringComparison.Ordinal)), RescueService.Changed),
            (administrator, Forged(l => l.Replace("\"items\":[", "\"items\":7,\"other\":[", StringComparison.Ordinal)), RescueService.Changed),
            (administrator, Forged(l => l.Replace("\"length\":", "\"length\":1e400,\"was\":", StringComparison.Ordinal)), RescueService.Changed),
            (administrator, Forged(l => new string('[', 100_000) + l), RescueService.Changed),
        })
        {
            using var answer = await client.UploadAsync(Page, "SavedFile", file, "not-sent.cip");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(says, (await TestClient.ParseAsync(answer)).QuerySelector("#SavedFile-error")!.TextContent);
        }

        Assert.Contains(RescueService.NothingChosen, await administrator.RefusedFileAsync());
        using (var scope = site.As(hearing.World.Whole))
        {
            var person = await scope.Db.Users.SingleAsync(u => u.Id == hearing.World.Practitioner.Id, Cancel);
            person.LeftAt = DateTime.UtcNow;
            await scope.Db.SaveChangesAsync(Cancel);
        }

        using (var answer = await administrator.UploadAsync(Page, "SavedFile", good, "not-sent.cip")) Assert.Contains(RescueService.NobodyHere, (await TestClient.ParseAsync(answer)).QuerySelector("#SavedFile-error")!.TextContent);
        using (var scope = site.As(World.ActorOf(hearing.World.Administrator)))
        {
            await using var huge = new Huge();
            Assert.Equal(RescueService.TooLarge, (await scope.Get<RescueService>().TakeInAsync(huge, World.ActorOf(hearing.World.Administrator), Cancel)).Refusal!.Message);
        }

        Assert.False(await site.ReadAsync(hearing.World, db => db.VoiceSessions.AnyAsync(s => s.ChildId == hearing.Child.Id, Cancel)));
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.DeviceRescued));
    }
}

file static class Uploads
{
    /// <summary>The form, sent with no file chosen.</summary>
    public static async Task<string> RefusedFileAsync(this TestClient client)
    {
        using var content = new MultipartFormDataContent { { new StringContent(await client.AntiforgeryTokenAsync("/devices/rescue")), "__RequestVerificationToken" } };
        using var answer = await client.Http.PostAsync("/devices/rescue", content);
        return (await TestClient.ParseAsync(answer)).QuerySelector("#SavedFile-error")!.TextContent;
    }
}
