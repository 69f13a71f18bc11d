using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>Recordings and drawings: in by pieces, kept sealed, out by ranges.</summary>
public class MediaTests(TestSite site)
{
    [Fact]
    public async Task A_recording_in_two_parts_is_received_sealed_and_played_back_by_range()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var sound = Hearing.Webm(5_000_000);
        var visit = await hearing.VisitAsync();
        var fileId = await hearing.RecordAsync(visit, sound);
        using (var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(fileId, 65_000))) Assert.Equal(hearing.ChildPage, answer.Headers.Location?.OriginalString);

        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        var address = page.QuerySelector(".words audio[controls]")!.GetAttribute("src")!;
        Assert.Equal($"{hearing.ChildPage}/media/{fileId}", address);
        Assert.Contains("1 minute 5 seconds", page.QuerySelector(".record__length")!.TextContent);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceHeard));

        using (var whole = await hearing.Client.GetAsync(address))
        {
            Assert.Equal(sound, await whole.Content.ReadAsByteArrayAsync());
            Assert.Equal("audio/webm", whole.Content.Headers.ContentType!.ToString());
            Assert.Equal("inline", whole.Content.Headers.ContentDisposition!.ToString());
            Assert.Equal("nosniff", whole.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-store", whole.Headers.CacheControl!.ToString());
            Assert.Equal("default-src 'none'; sandbox", whole.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("bytes", whole.Headers.AcceptRanges.Single());
        }

        foreach (var (from, to) in new (long?, long?)[] { (0, 99), (65_530, 65_545), (4_194_300, 4_194_310), (4_999_000, null), (null, 17) })
        {
            using var part = await RangeAsync(hearing.Client, address, from, to);
            Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
            var expected = from is null ? sound[^(int)to!.Value..] : sound[(int)from.Value..(int)Math.Min(sound.Length, (to ?? sound.Length) + 1)];
            Assert.Equal(expected, await part.Content.ReadAsByteArrayAsync());
        }

        using (var beyond = await RangeAsync(hearing.Client, address, sound.Length + 1, null)) Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        // The whole, and the two ranges that reach the beginning or the unknown; the others belong to a listening already written down.
        var heard = await hearing.World.AuditAsync(AuditActions.VoiceHeard, hearing.Child.Id);
        Assert.Equal(3, heard.Count);
        using var scope = site.As(hearing.World.Whole);
        var record = await scope.Db.VoiceRecords.SingleAsync(r => r.FileId == fileId);
        Assert.All(heard, a => Assert.Equal(record.Id, a.SubjectId));
        Assert.Equal(WordsProvenance.Recorded, record.Provenance);
        Assert.Equal(65, record.DurationSeconds);
    }

    [Fact]
    public async Task Beginning_in_the_middle_is_written_down_too()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var (fileId, _) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        using var part = await RangeAsync(hearing.Client, $"{hearing.ChildPage}/media/{fileId}", 1, null);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceHeard));
    }

    [Fact]
    public async Task A_drawing_comes_in_pieces_and_is_not_sealed_before_all_of_it_is_there()
    {
        using var hearing = await Hearing.BeginAsync(site);
        byte[] large = [.. Hearing.Png(), .. new byte[5_000_000]];
        var fileId = Guid.CreateVersion7();
        using (var first = await hearing.PutAsync(fileId, 0, large[..StoredFile.ChunkBytes], large.Length))
        {
            Assert.Equal(HttpStatusCode.Created, first.StatusCode);
            var receipt = await first.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal((fileId, 0), (receipt.GetProperty("id").GetGuid(), receipt.GetProperty("index").GetInt32()));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(large.AsSpan(0, StoredFile.ChunkBytes))), receipt.GetProperty("sha256").GetString());
        }

        var page = hearing.WordsPage(await hearing.VisitAsync(), VoiceKind.Drawing);
        using (var early = await hearing.Client.SubmitAsync(page, Hearing.Sent(fileId))) Assert.Contains("Some of it has not arrived", await early.Content.ReadAsStringAsync());
        using (var second = await hearing.PutAsync(fileId, 1, large[StoredFile.ChunkBytes..], large.Length)) Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        using (var whole = await hearing.Client.SubmitAsync(page, Hearing.Sent(fileId))) Assert.DoesNotContain("Some of it has not arrived", await whole.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_same_piece_again_is_one_piece_and_other_bytes_under_its_number_are_refused()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var fileId = Guid.CreateVersion7();
        var token = await hearing.Client.AntiforgeryTokenAsync("/hear");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => hearing.PutAsync(fileId, 0, Hearing.Png(), token: token)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Created, a.StatusCode));
        var other = Hearing.Png();
        other[^1] ^= 1;
        using var different = await hearing.PutAsync(fileId, 0, other);
        Assert.Equal(HttpStatusCode.Conflict, different.StatusCode);
        Assert.Equal("Something else was already sent as this piece.", (await different.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString());
        Assert.Equal("Different", Assert.Single(await hearing.World.AuditAsync(AuditActions.MediaRefused)).Detail);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.MediaReceived));
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(1, await scope.Db.FilePieces.CountAsync(p => p.FileId == fileId));
    }

    [Fact]
    public async Task What_was_sent_and_never_sealed_goes_after_a_month_and_a_person_can_have_so_much_of_it()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var other = await hearing.AnotherChildAsync();
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var (kept, _) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        var (left, young, held) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var (id, child) in new[] { (left, hearing.Child), (young, hearing.Child), (held, other) })
        {
            using var sent = await hearing.PutAsync(id, 0, Hearing.Png(), childId: child.Id);
            Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        }

        async Task AsSuperuserAsync(string sql)
        {
            await using var connection = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString);
            await connection.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        await AsSuperuserAsync($"update files set created_at = now() - interval '31 days' where id in ('{kept}', '{left}', '{held}'); update files set created_at = now() - interval '29 days' where id = '{young}'");
        using (var hold = site.As(hearing.World.Whole))
        {
            Assert.True((await hold.Get<ChildrensInfo.Core.Rights.LegalHoldService>().PlaceAsync(other.Id, new() { Id = Guid.CreateVersion7(), Cause = ChildrensInfo.Core.Rights.HoldCause.Court, Reason = "Asked" }, World.ActorOf(hearing.World.InformationGovernance), default))!.IsDone);
        }

        foreach (var gone in new[] { 1, 0 })
        {
            using var keeper = site.As(null);
            Assert.Equal(gone, await keeper.Get<UnsealedMedia>().ForgetAsync(ChildrensInfo.Core.Access.Actor.ServiceOf(hearing.World.Authority.Id), default));
        }

        Assert.Equal(new[] { kept, young, held }.Order(), (await site.ReadAsync(hearing.World, db => db.Files.Select(f => f.Id).ToListAsync())).Order());
        Assert.False(await site.ReadAsync(hearing.World, db => db.FilePieces.AnyAsync(p => p.FileId == left)));
        var line = Assert.Single(await hearing.World.AuditAsync(AuditActions.MediaForgotten));
        Assert.Equal((hearing.Child.Id, left, "image/png"), (line.ChildId, line.SubjectId, line.Detail));

        // What is sealed counts for nothing, and what is announced counts before it comes.
        await AsSuperuserAsync($"update files set length = {UnsealedMedia.MostBytes} where id = '{kept}'; update files set length = {UnsealedMedia.MostBytes - 10} where id = '{young}'");
        using (var sound = await hearing.AppendAsync(await hearing.VisitAsync(), Guid.CreateVersion7(), 0, Hearing.Webm())) Assert.Equal(HttpStatusCode.InsufficientStorage, sound.StatusCode);
        using var more = await hearing.PutAsync(Guid.CreateVersion7(), 0, Hearing.Png());
        Assert.Equal(HttpStatusCode.InsufficientStorage, more.StatusCode);
        Assert.Equal(UnsealedMedia.TooMuch, (await more.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString());
        using (var photo = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            var scan = await photo.Get<VoiceMediaService>().KeepPhotoAsync(hearing.Child.Id, FileKind.ConsentEvidence, PictureFileTests.Jpeg(640, 480), World.ActorOf(hearing.World.Practitioner), default);
            Assert.Equal(UnsealedMedia.TooMuch, scan!.Value.Outcome.Refusal!.Message);
        }

        await AsSuperuserAsync($"update files set length = 1000 where id = '{young}'");
        using var again = await hearing.PutAsync(Guid.CreateVersion7(), 0, Hearing.Png());
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    public static TheoryData<string, byte[], long?, HttpStatusCode> Bad => new()
    {
        { "a text renamed .webm", "I am not a recording at all, whatever my name says."u8.ToArray(), null, HttpStatusCode.UnsupportedMediaType },
        { "a whole recording, which comes while it is made", Hearing.Webm(), null, HttpStatusCode.UnsupportedMediaType },
        { "an empty drawing", [], 0, HttpStatusCode.UnprocessableEntity },
        { "an SVG with a script", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray(), null, HttpStatusCode.UnsupportedMediaType },
        { "an XML of an SVG", "<?xml version='1.0'?><svg/>"u8.ToArray(), null, HttpStatusCode.UnsupportedMediaType },
        { "a web page", "<!DOCTYPE html><script>alert(1)</script>"u8.ToArray(), null, HttpStatusCode.UnsupportedMediaType },
        { "a photograph in a sound's format", [0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8], null, HttpStatusCode.UnsupportedMediaType },
        { "a Matroska film", [0x1A, 0x45, 0xDF, 0xA3, 0x93, 0x42, 0x82, 0x88, .. "matroska"u8, 0, 0, 0], null, HttpStatusCode.UnsupportedMediaType },
        { "more than 20 MB of picture", Hearing.Png(), StoredFile.ImageMaxBytes + 1, HttpStatusCode.RequestEntityTooLarge },
        { "a piece shorter than it must be", Hearing.Png(), 200_000, HttpStatusCode.UnprocessableEntity },
        { "no length", Hearing.Png(), -1, HttpStatusCode.UnprocessableEntity },
        { "a piece over 4 MB", new byte[StoredFile.ChunkBytes + 1], null, HttpStatusCode.RequestEntityTooLarge },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task What_is_not_a_drawing_is_refused_with_its_reason(string what, byte[] bytes, long? total, HttpStatusCode expected)
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        using var answer = await hearing.PutAsync(Guid.CreateVersion7(), 0, bytes, total);
        Assert.Equal(expected, answer.StatusCode);
        Assert.NotEqual("", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString());
        using var scope = site.As(hearing.World.Whole);
        Assert.False(await scope.Db.Files.AnyAsync(f => f.ChildId == hearing.Child.Id), what);
        if (bytes.Length <= StoredFile.ChunkBytes) Assert.Single(await hearing.World.AuditAsync(AuditActions.MediaRefused, hearing.Child.Id));
    }

    public static TheoryData<byte[], string> Kinds => new()
    {
        { Hearing.Webm(), "audio/webm" },
        { [.. "OggS"u8, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0], "audio/ogg" },
        { [0, 0, 0, 24, .. "ftypiso5"u8, 0, 0, 0, 0], "audio/mp4" },
        { [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVEfmt "u8], "audio/wav" },
        { [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 0], "audio/mpeg" },
        { [0xFF, 0xFB, 0x90, 0x64, 0, 0], "audio/mpeg" },
        { Hearing.Png(), "image/png" },
        { [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF"u8], "image/jpeg" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_is_told_from_the_bytes(byte[] bytes, string contentType)
    {
        Assert.Equal(contentType, MediaType.Of(bytes)?.ContentType);
        Assert.Null(MediaType.Of(bytes.AsSpan(0, 2)));
        Assert.Null(MediaType.Of([(byte)' ', .. bytes]));
    }

    [Fact]
    public async Task Without_a_yes_no_piece_is_taken_and_no_recorder_is_shown()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var visit = await hearing.VisitAsync();
        var page = await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio));
        Assert.Null(page.QuerySelector("[data-recorder]"));
        Assert.Null(page.QuerySelector("script[src*=recorder]"));
        Assert.Contains("permissions/ask?purpose=Audio", page.QuerySelector("main a.govuk-button")!.GetAttribute("href"));
        using (var put = await hearing.AppendAsync(visit, Guid.CreateVersion7(), 0, Hearing.Webm()))
        {
            Assert.Equal(HttpStatusCode.Forbidden, put.StatusCode);
            Assert.Contains("no permission to record", (await put.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reason").GetString());
        }

        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Refused);
        page = await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio));
        Assert.Null(page.QuerySelector("[data-recorder]"));
        Assert.DoesNotContain(page.QuerySelectorAll("main a"), a => a.TextContent.Contains("Record", StringComparison.Ordinal) || a.GetAttribute("href")!.Contains("purpose=Audio", StringComparison.Ordinal));
        Assert.Contains("Sam said no to recording. You can still write down what they say.", string.Join(' ', page.QuerySelector(".govuk-inset-text")!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        using (var put = await hearing.AppendAsync(visit, Guid.CreateVersion7(), 0, Hearing.Webm())) Assert.Equal(HttpStatusCode.Forbidden, put.StatusCode);
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.MediaRefused)).Count);
    }

    [Fact]
    public async Task A_yes_withdrawn_while_recording_stops_the_next_piece_and_the_seal()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var visit = await hearing.VisitAsync();
        var form = await hearing.Client.PageAsync(hearing.WordsPage(visit, VoiceKind.Audio));
        Assert.NotNull(form.QuerySelector("[data-recorder]"));
        var sound = Hearing.Webm(5_000_000);
        var fileId = Guid.CreateVersion7();
        using (var first = await hearing.AppendAsync(visit, fileId, 0, sound[..StoredFile.ChunkBytes])) Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var small = await hearing.RecordAsync(visit);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Withdrawn);
        using (var second = await hearing.AppendAsync(visit, fileId, StoredFile.ChunkBytes, sound[StoredFile.ChunkBytes..])) Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
        using var seal = await hearing.Client.SubmitAsync(form, hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(small));
        Assert.Equal(HttpStatusCode.OK, seal.StatusCode);
        Assert.Contains("There is no permission to record", await seal.Content.ReadAsStringAsync());
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceRecorded));
    }

    [Fact]
    public async Task A_recording_is_locked_once_the_yes_is_withdrawn_and_plays_again_after_a_new_yes()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var (fileId, _) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Withdrawn);
        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Null(page.QuerySelector("audio"));
        Assert.Contains("Locked", page.QuerySelector(".record__locked")!.TextContent);
        using (var locked = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{fileId}")) Assert.Equal(HttpStatusCode.Forbidden, locked.StatusCode);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceHeard));
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        using var open = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{fileId}");
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
    }

    [Fact]
    public async Task A_file_belongs_to_one_child_one_worker_and_one_record()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var other = await hearing.AnotherChildAsync();
        var fileId = Guid.CreateVersion7();
        using (var put = await hearing.PutAsync(fileId, 0, Hearing.Png())) Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        using (var under = await hearing.PutAsync(fileId, 0, Hearing.Png(), childId: other.Id)) Assert.Equal(HttpStatusCode.NotFound, under.StatusCode);
        using (var unsealed = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{fileId}")) Assert.Equal(HttpStatusCode.NotFound, unsealed.StatusCode);

        // Under another child, or as another kind, it is refused and written down; the rest of the form is kept.
        var visitToOther = await hearing.VisitAsync(other);
        using (var forged = await hearing.Client.SubmitAsync(hearing.WordsPage(visitToOther, VoiceKind.Drawing, other), Hearing.Sent(fileId)))
        {
            Assert.Contains("not one you sent for this child", await forged.Content.ReadAsStringAsync());
        }

        Assert.Equal(fileId, Assert.Single(await hearing.World.AuditAsync(AuditActions.AccessRefused, other.Id)).SubjectId);
        var visit = await hearing.VisitAsync();
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        using (var asSound = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(fileId)))
        {
            Assert.Contains("not one you sent for this child", await asSound.Content.ReadAsStringAsync());
        }

        using (var good = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Drawing), Hearing.Sent(fileId))) Assert.Equal(HttpStatusCode.Redirect, good.StatusCode);
        using (var twice = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Drawing), Hearing.Sent(fileId))) Assert.Contains("sealed already", await twice.Content.ReadAsStringAsync());
        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        var picture = page.QuerySelector(".words img")!;
        Assert.NotEqual("", picture.GetAttribute("alt"));
        using (var shown = await hearing.Client.GetAsync(picture.GetAttribute("src")!))
        {
            Assert.Equal("image/png", shown.Content.Headers.ContentType!.ToString());
            Assert.Equal(Hearing.Png(), await shown.Content.ReadAsByteArrayAsync());
        }

        using var elsewhere = await hearing.Client.GetAsync($"/hear/{other.Id}/media/{fileId}");
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        Assert.Contains(await hearing.World.AuditAsync(AuditActions.ChildRead, hearing.Child.Id), a => a.Detail == "drawing");
    }

    [Fact]
    public async Task Sound_is_nowhere_readable_in_the_database()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var sound = Hearing.Webm(80_000);
        "a marker in the sound"u8.CopyTo(sound.AsSpan(70_000));
        var (fileId, _) = await hearing.SealFileAsync(sound, VoiceKind.Audio);
        using var scope = site.As(hearing.World.Whole);
        var pieces = await scope.Db.FilePieces.Where(p => p.FileId == fileId).Select(p => p.Sealed).ToListAsync();
        Assert.Equal(2, pieces.Count);
        Assert.All(pieces, p => Assert.DoesNotContain("marker", Encoding.Latin1.GetString(p)));
        Assert.All(pieces, p => Assert.True(p.AsSpan().IndexOf("webm"u8) < 0));
    }

    [Fact]
    public async Task A_recording_without_sound_or_longer_than_three_hours_is_not_sealed()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var visit = await hearing.VisitAsync();
        async Task<string> SealAsync(byte[] sound, long? durationMs)
        {
            using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(await hearing.RecordAsync(visit, sound), durationMs));
            return await answer.Content.ReadAsStringAsync();
        }

        Assert.Contains("There is no sound in this recording", await SealAsync(Hearing.SilentWebm(), 4000));
        Assert.Contains("up to 3 hours", await SealAsync(Hearing.Webm(), (VoiceRecord.AudioTakenSeconds + 1) * 1000L));
        // A recorder that says less than the file shows is not believed.
        Assert.Contains("up to 3 hours", await SealAsync(Hearing.Webm(20_000, 0, 30_000, (VoiceRecord.AudioTakenSeconds * 1000) + 5000), 4000));
        Assert.Equal("", await SealAsync(Hearing.Webm(20_000, 0, 30_000, 61_000), 4000));
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(61, (await scope.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id)).DurationSeconds);
    }

    [Fact]
    public async Task A_piece_without_the_forms_token_is_refused()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var answer = await hearing.PutAsync(Guid.CreateVersion7(), 0, Hearing.Png(), token: "none");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.MediaReceived));
    }

    private static async Task<HttpResponseMessage> RangeAsync(TestClient client, string address, long? from, long? to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Range = new RangeHeaderValue(from, to);
        return await client.Http.SendAsync(request);
    }
}
