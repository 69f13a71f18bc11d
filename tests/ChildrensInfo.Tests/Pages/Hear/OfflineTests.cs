using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>What a device takes along, and what the server says to what it sends: over HTTP, without a browser.</summary>
public class OfflineTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_a_practitioner_takes_along_and_only_their_own_children()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var theirs = await hearing.AnotherChildAsync(mine: false);
        foreach (var role in Enum.GetValues<Role>().Where(r => r != Role.Practitioner))
        {
            using var other = site.ClientFor(hearing.World.PersonOf(role));
            Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync($"{hearing.ChildPage}/take-along")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(hearing, Visit(hearing), client: other, token: "none")).StatusCode);
        }

        using var nobody = site.ClientFor(null);
        Assert.Equal(HttpStatusCode.Redirect, (await nobody.GetAsync($"{hearing.ChildPage}/take-along")).StatusCode);
        using var stranger = site.ClientFor(hearing.World.OtherPractitioner);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"{hearing.ChildPage}/take-along")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await hearing.Client.GetAsync($"/hear/{theirs.Id}/take-along")).StatusCode);
        // Whoever covers for a day hears the child with a connection, and takes nothing home.
        await hearing.World.CoverAsync(hearing.Child, hearing.World.OtherPractitioner, openedHoursAgo: 1);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync(hearing.ChildPage)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"{hearing.ChildPage}/take-along")).StatusCode);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.ChildTaken));
    }

    [Fact]
    public async Task What_is_taken_along_is_little_audited_and_kept_by_no_cache()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.Client.DoneAsync($"{hearing.ChildPage}/facts", "main form[method=post]", ("Input.CommunicatesWith", "EyePointing"), ("Input.CommunicationNeeds", "Needs time"));
        foreach (var name in new[] { "Ambrose Kindleside", "Wilf Ottery", "Wilf Penhale" })
        {
            await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.Grandparent, holdsResponsibility: false, change: r => r.Name = name);
        }

        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        using var answer = await hearing.Client.GetAsync($"{hearing.ChildPage}/take-along");
        Assert.Contains("no-store", answer.Headers.CacheControl!.ToString());
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        using var taken = JsonDocument.Parse(text);
        Assert.Equal("Sam", taken.RootElement.GetProperty("name").GetString());
        Assert.Equal(9, taken.RootElement.GetProperty("age").GetInt32());
        Assert.Equal("Looking and eye pointing. Needs time", taken.RootElement.GetProperty("communicates").GetString());
        Assert.True(taken.RootElement.GetProperty("recording").GetProperty("allowed").GetBoolean());
        foreach (var permission in new[] { "recording", "photographing" })
        {
            var asked = taken.RootElement.GetProperty(permission);
            var adult = Assert.Single(asked.GetProperty("adults").EnumerateArray());
            Assert.Equal(("Mother", "ParentalResponsibility"), (adult.GetProperty("who").GetString(), adult.GetProperty("by").GetString()));
            Assert.NotEmpty(asked.GetProperty("wordings").EnumerateArray());
        }

        // Each permission is asked for in words of its own, for the child and for adults.
        Assert.Empty(IdsOf("recording").Intersect(IdsOf("photographing")));
        foreach (var forAdults in new[] { true, false }) Assert.Contains(taken.RootElement.GetProperty("photographing").GetProperty("wordings").EnumerateArray(), w => w.GetProperty("forAdults").GetBoolean() == forAdults);
        IEnumerable<Guid> IdsOf(string permission) => taken.RootElement.GetProperty(permission).GetProperty("wordings").EnumerateArray().Select(w => w.GetProperty("id").GetGuid());
        // By a name only where what they are to the child leaves two alike, and by no more of it than that takes.
        Assert.Equal(
            ["Mother", "Grandparent (Ambrose)", "Grandparent (Wilf Ottery)", "Grandparent (Wilf Penhale)"],
            taken.RootElement.GetProperty("people").EnumerateArray().Select(p => p.GetProperty("who").GetString()));
        // A page from before photos were asked for looks for them here.
        Assert.Equal(IdsOf("recording"), taken.RootElement.GetProperty("wordings").EnumerateArray().Select(w => w.GetProperty("id").GetGuid()));
        Assert.Single(taken.RootElement.GetProperty("adults").EnumerateArray());
        foreach (var tooMuch in new[] { "Thistlebrook", "Marigold", hearing.Child.LaChildId, "Kindleside", $"{hearing.Child.BornOn:yyyy-MM-dd}", "WBRI" }) Assert.DoesNotContain(tooMuch, text);
        Assert.Equal(TimeSpan.FromHours(72), taken.RootElement.GetProperty("expiresAt").GetDateTime() - taken.RootElement.GetProperty("takenAt").GetDateTime());
        Assert.Single(await hearing.World.AuditAsync(AuditActions.ChildTaken, hearing.Child.Id));

        // What stands can be stopped on a visit, to one person too; what is asked there with its words, and what is a duty, is not among it.
        var mother = await site.ReadAsync(hearing.World, db => db.Relationships.SingleAsync(r => r.ChildId == hearing.Child.Id && r.Kind == RelationshipKind.Mother, Cancel));
        await hearing.DecideAsync(Purpose.ResearchExtract, ConsentEventType.Given);
        await hearing.DecideAsync(Purpose.ShareParent, ConsentEventType.Given, change: c => c.RecipientId = mother.Id);
        var project = await hearing.World.AddProjectAsync(site, ProjectState.Approved);
        await hearing.DecideAsync(Purpose.ResearchWords, ConsentEventType.Given, change: c => c.ProjectId = project.Id);
        Assert.Equal(
            [("ShareParent", "Show it to somebody in their family: Mother", "Withdrawn"), ("ResearchExtract", "Let researchers study it, without knowing who it is", "Withdrawn"), ("ResearchWords", $"Let researchers read what they said, with names and places taken out: {project.Title}", "Withdrawn")],
            (await hearing.Client.Http.GetFromJsonAsync<JsonElement>($"{hearing.ChildPage}/take-along", Cancel)).GetProperty("stops").EnumerateArray().Select(s => (s.GetProperty("purpose").GetString(), s.GetProperty("says").GetString(), s.GetProperty("stop").GetString())));

        // One research project is stopped by itself.
        var stop = Guid.CreateVersion7();
        await ReceivedAsync(hearing, Item(hearing, stop, DeviceItemKind.Consent) with
        {
            Consent = new() { Id = stop, Purpose = Purpose.ResearchWords, ProjectId = project.Id, Decision = ConsentEventType.Withdrawn, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken },
            SealedAt = DateTime.UtcNow,
        });
        Assert.Equal(2, (await hearing.Client.Http.GetFromJsonAsync<JsonElement>($"{hearing.ChildPage}/take-along", Cancel)).GetProperty("stops").GetArrayLength());

        // Who must not be told is of the record: while that is restricted it goes along with nobody.
        await hearing.KeepFromAsync("CoveringPractitioners");
        async Task<int> NotToldAsync() => (await hearing.Client.Http.GetFromJsonAsync<JsonElement>($"{hearing.ChildPage}/take-along", Cancel)).GetProperty("doNotTell").GetArrayLength();
        Assert.Equal(1, await NotToldAsync());
        using (var scope = site.As(hearing.World.Whole))
        {
            scope.Db.Add(new ChildrensInfo.Core.Rights.Restriction { AuthorityId = hearing.World.Authority.Id, ChildId = hearing.Child.Id, Ground = default, PlacedById = hearing.World.Practitioner.Id, PlacedAt = DateTime.UtcNow });
            scope.Db.Add(AuditEntry.For(AuditActions.RestrictionPlaced, hearing.World.Whole, hearing.Child.Id, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        Assert.Equal(0, await NotToldAsync());
    }

    [Fact]
    public async Task A_visit_its_words_and_a_recording_arrive_once_with_a_receipt_for_every_part()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var visit = Visit(hearing);
        var words = Words(hearing, visit.Id, "I only sleep when the light is on.");
        var sound = Hearing.Webm(StoredFile.ChunkBytes + 70_000);
        var recording = Recording(hearing, visit.Id, sound);

        // A record before its visit waits; a recording before its pieces asks for them.
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(hearing, words)).StatusCode);
        await ReceivedAsync(hearing, visit);
        Assert.Equal(HttpStatusCode.FailedDependency, (await SendAsync(hearing, recording)).StatusCode);
        await PiecesAsync(hearing, recording, sound);
        for (var time = 0; time < 2; time++)
        {
            await ReceivedAsync(hearing, visit);
            await ReceivedAsync(hearing, words);
            var receipt = await ReceivedAsync(hearing, recording);
            Assert.False(receipt.GetProperty("held").GetBoolean());
            Assert.Equal(recording.Parts.Select(p => p.Sha256), receipt.GetProperty("parts").EnumerateArray().Select(p => p.GetProperty("sha256").GetString()));
        }

        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(1, await scope.Db.VoiceSessions.CountAsync(s => s.ChildId == hearing.Child.Id, Cancel));
        Assert.Equal([VoiceKind.TypedText, VoiceKind.Audio], await scope.Db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.Id).Select(r => r.Kind).ToListAsync(Cancel));
        Assert.Equal(3, await scope.Db.DeviceReceipts.CountAsync(r => r.ChildId == hearing.Child.Id, Cancel));
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.VoiceRecorded, hearing.Child.Id)).Count);
        Assert.Contains("I only sleep when the light is on.", (await hearing.Client.PageAsync(hearing.ChildPage)).Body!.TextContent);
        Assert.Equal(sound, await (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{recording.Record!.FileId}")).Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Other_bytes_another_child_another_person_and_an_altered_recording_are_refused()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var sibling = await hearing.AnotherChildAsync();
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        var words = Words(hearing, visit.Id, "First.");
        await ReceivedAsync(hearing, words);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(hearing, words with { Record = Said(words.Id, "Second.") })).StatusCode);

        // Bound when it was begun: neither another address nor another person makes it somebody else's.
        var bound = Words(hearing, visit.Id, "For one child.");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(hearing, bound, childId: sibling.Id)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(hearing, bound with { PersonId = hearing.World.OtherPractitioner.Id })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(hearing, bound with { Record = Said(Guid.CreateVersion7(), "Another id within.") })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(hearing, bound with { ChildId = sibling.Id }, childId: sibling.Id)).StatusCode);
        Assert.Equal(3, (await hearing.World.AuditAsync(AuditActions.AccessRefused)).Count(a => a.Detail == "sealed item does not belong to the child"));

        var sound = Hearing.Webm();
        var recording = Recording(hearing, visit.Id, sound);
        sound[^1] ^= 1;
        await PiecesAsync(hearing, recording, sound);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(hearing, recording)).StatusCode);
        foreach (var nonsense in new[] { "", "{}", "[1]", "null", """{"id":null}""", $$$"""{"id":"{{{bound.Id}}}","kind":"Record","record":{"before":null}}""" })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(hearing, bound, body: Encoding.UTF8.GetBytes(nonsense))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(hearing, bound, token: "old")).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(hearing, bound, body: new byte[OfflineService.ItemMaxBytes + 1])).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(hearing, bound with { Record = Said(bound.Id, "") })).StatusCode);
        await ReceivedAsync(hearing, bound);
        Assert.Equal(2, await site.ReadAsync(hearing.World, db => db.VoiceRecords.CountAsync(r => r.ChildId == hearing.Child.Id || r.ChildId == sibling.Id, Cancel)));
    }

    [Fact]
    public async Task A_recording_whose_permission_went_meanwhile_is_kept_held_and_a_task_until_there_is_a_yes()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var visit = Visit(hearing);
        var sound = Hearing.Webm();
        var recording = Recording(hearing, visit.Id, sound);
        // The child tells another worker to stop, and wants what is there left: what comes later was never there.
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Withdrawn, change: c => c.Wants = WithdrawWants.StopFromNow);
        await ReceivedAsync(hearing, visit);
        // A recorder with a connection is still refused.
        Assert.Equal(HttpStatusCode.Forbidden, (await hearing.AppendAsync(visit.Id, Guid.CreateVersion7(), 0, sound)).StatusCode);
        await PiecesAsync(hearing, recording, sound);
        var held = await ReceivedAsync(hearing, recording);
        Assert.True(held.GetProperty("held").GetBoolean());
        Assert.Equal(JsonValueKind.Null, held.GetProperty("heldFor").ValueKind);

        var play = $"{hearing.ChildPage}/media/{recording.Record!.FileId}";
        Assert.Equal(HttpStatusCode.Forbidden, (await hearing.Client.GetAsync(play)).StatusCode);
        Assert.Contains("Sam Thistlebrook: recorded on", (await hearing.Client.PageAsync("/hear")).Body!.TextContent);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        Assert.Equal(HttpStatusCode.OK, (await hearing.Client.GetAsync(play)).StatusCode);
        Assert.DoesNotContain("recorded on", (await hearing.Client.PageAsync("/hear")).Body!.TextContent);
    }

    [Fact]
    public async Task A_photo_arrives_once_without_its_place_and_nothing_of_how_it_was_taken_stays()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        using (var taken = JsonDocument.Parse(await (await hearing.Client.GetAsync($"{hearing.ChildPage}/take-along")).Content.ReadAsStringAsync(Cancel)))
        {
            Assert.True(taken.RootElement.GetProperty("photographing").GetProperty("allowed").GetBoolean());
            Assert.False(taken.RootElement.GetProperty("recording").GetProperty("allowed").GetBoolean());
        }

        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        var bytes = PictureFileTests.Jpeg(640, 480, 6);
        var photo = Photo(hearing, visit.Id, bytes);
        Assert.Equal(HttpStatusCode.FailedDependency, (await SendAsync(hearing, photo)).StatusCode);
        await PiecesAsync(hearing, photo, bytes);
        // What a device sent is no photo yet for anybody else's form.
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            var online = await scope.Get<VoiceService>().RecordAsync(hearing.Child.Id, visit.Id, photo.Record!, World.ActorOf(hearing.World.Practitioner), Cancel);
            Assert.NotNull(online!.Refusal);
        }

        for (var time = 0; time < 2; time++)
        {
            var receipt = await ReceivedAsync(hearing, photo);
            Assert.False(receipt.GetProperty("held").GetBoolean());
            Assert.Equal(photo.Parts.Select(p => p.Sha256), receipt.GetProperty("parts").EnumerateArray().Select(p => p.GetProperty("sha256").GetString()));
        }

        var address = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".words img")!.GetAttribute("src")!;
        var shown = await (await hearing.Client.GetAsync(address)).Content.ReadAsByteArrayAsync(Cancel);
        Assert.Equal(PictureFile.Clean(bytes).Bytes, shown);
        Assert.DoesNotContain(PictureFileTests.Where, Encoding.Latin1.GetString(shown), StringComparison.Ordinal);
        using var whole = site.As(hearing.World.Whole);
        Assert.Equal(FileKind.VoicePhoto, (await whole.Db.Files.SingleAsync(f => f.ChildId == hearing.Child.Id, Cancel)).Kind);
        Assert.Single(await whole.Db.FilePieces.Where(p => p.ChildId == hearing.Child.Id).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_yes_and_a_no_to_photos_made_on_a_device_govern_what_comes_after_them()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 16);
        using var taken = JsonDocument.Parse(await (await hearing.Client.GetAsync($"{hearing.ChildPage}/take-along")).Content.ReadAsStringAsync(Cancel));
        Guid WordingOf(string permission) => taken.RootElement.GetProperty(permission).GetProperty("wordings").EnumerateArray().First(w => !w.GetProperty("forAdults").GetBoolean()).GetProperty("id").GetGuid();
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        // Read out was what another permission is asked for with: it is no yes to this one.
        using (var refused = await SendAsync(hearing, Decision(hearing, ConsentEventType.Given, WordingOf("recording")))) Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        await ReceivedAsync(hearing, Decision(hearing, ConsentEventType.Given, WordingOf("photographing")));
        var photo = Photo(hearing, visit.Id, Hearing.Png());
        await PiecesAsync(hearing, photo, Hearing.Png());
        Assert.False((await ReceivedAsync(hearing, photo)).GetProperty("held").GetBoolean());
        var no = Decision(hearing, ConsentEventType.Withdrawn, null);
        await ReceivedAsync(hearing, no);
        // Too soon after a no: it stays on the device, with the reason.
        using (var early = await SendAsync(hearing, Decision(hearing, ConsentEventType.Given, WordingOf("photographing"))))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, early.StatusCode);
            Assert.Contains("Wait until", await early.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        var late = Photo(hearing, visit.Id, Hearing.Png());
        await PiecesAsync(hearing, late, Hearing.Png());
        Assert.True((await ReceivedAsync(hearing, late)).GetProperty("held").GetBoolean());
        // A yes for one visit comes after that visit, and holds in no other.
        var (only, again) = (Visit(hearing), Visit(hearing));
        var yes = Decision(hearing, ConsentEventType.Given, WordingOf("photographing")) with { SessionId = only.Id, DeviceId = no.DeviceId };
        (yes.Consent!.SessionId, yes.Consent.RaisedByChild) = (only.Id, true);
        using (var early = await SendAsync(hearing, yes)) Assert.Equal(HttpStatusCode.UnprocessableEntity, early.StatusCode);
        // Nor for a visit to somebody else, though it is the same worker's; and not where a visit has no answer of its own.
        var theirs = await hearing.VisitAsync(await hearing.AnotherChildAsync());
        foreach (var (purpose, where) in new[] { (Purpose.ImageWork, theirs), (Purpose.Stats, visit.Id) })
        {
            var astray = Decision(hearing, purpose == Purpose.Stats ? ConsentEventType.Objected : ConsentEventType.Withdrawn, null) with { SessionId = where };
            (astray.Consent!.SessionId, astray.Consent.Purpose) = (where, purpose);
            using var refused = await SendAsync(hearing, astray);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("Choose a visit to this child", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
            Assert.Contains(await hearing.World.AuditAsync(AuditActions.AccessRefused, hearing.Child.Id), a => a.SubjectId == where);
        }

        foreach (var item in new[] { only, again, yes }) await ReceivedAsync(hearing, item);
        foreach (var (where, held) in new[] { (only, false), (again, true) })
        {
            var one = Photo(hearing, where.Id, Hearing.Png());
            await PiecesAsync(hearing, one, Hearing.Png());
            Assert.Equal(held, (await ReceivedAsync(hearing, one)).GetProperty("held").GetBoolean());
        }

        // Nothing was decided about their voice by that.
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(ConsentState.NotAsked, (await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.Audio, null, Cancel)).State);
        Assert.Equal(["ImageWork Given", "ImageWork Given", "ImageWork Withdrawn"], (await hearing.World.AuditAsync(AuditActions.ConsentRecorded, hearing.Child.Id)).Select(a => a.Detail).Order());
    }

    [Fact]
    public async Task A_photo_of_which_nobody_said_whether_a_person_is_on_it_arrives_as_one_of_a_person()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        using (var taken = JsonDocument.Parse(await (await hearing.Client.GetAsync($"{hearing.ChildPage}/take-along")).Content.ReadAsStringAsync(Cancel)))
        {
            var people = taken.RootElement.GetProperty("photographingPeople");
            Assert.Equal((false, true), (people.GetProperty("allowed").GetBoolean(), people.GetProperty("wordings").GetArrayLength() > 0));
        }

        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        async Task<DeviceItem> SendPhotoAsync(bool? showsPerson, bool held)
        {
            var photo = Photo(hearing, visit.Id, Hearing.Png());
            photo.Record!.ShowsPerson = showsPerson;
            await PiecesAsync(hearing, photo, Hearing.Png());
            Assert.Equal(held, (await ReceivedAsync(hearing, photo)).GetProperty("held").GetBoolean());
            return photo;
        }

        async Task<HttpStatusCode> ShowsAsync(DeviceItem photo)
        {
            using var answer = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{photo.Id}");
            return answer.StatusCode;
        }

        var (thing, person, unanswered) = (await SendPhotoAsync(false, held: false), await SendPhotoAsync(true, held: true), await SendPhotoAsync(null, held: true));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (await ShowsAsync(thing), await ShowsAsync(person), await ShowsAsync(unanswered)));
        Assert.Equal([(false, false), (true, true), (null, true)], await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.Id).Select(r => new ValueTuple<bool?, bool>(r.ShowsPerson, r.ArrivedUnpermitted)).ToListAsync(Cancel)));

        // It waits with the other on its worker’s first page, and is answered from there. As something they made it rests on the yes to that.
        var waiting = (await hearing.Client.PageAsync("/hear")).QuerySelector("section[aria-labelledby=waiting]")!;
        Assert.Equal(2, waiting.QuerySelectorAll(".entry").Length);
        Assert.Equal($"{hearing.ChildPage}/records/{unanswered.Id}/person", Assert.Single(waiting.QuerySelectorAll("a[href$='/person']")).GetAttribute("href"));
        using (var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{unanswered.Id}/person", new Dictionary<string, string?> { ["Input.ShowsPerson"] = "false" })) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (await ShowsAsync(unanswered), await ShowsAsync(person)));
        await hearing.DecideAsync(Purpose.ImagePerson, ConsentEventType.Given);
        Assert.Equal(HttpStatusCode.OK, await ShowsAsync(person));
        Assert.Null((await hearing.Client.PageAsync("/hear")).QuerySelector("section[aria-labelledby=waiting]"));
        // With a yes to both nothing is held; a stop to either locks what nobody has answered about.
        var open = await SendPhotoAsync(null, held: false);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Withdrawn);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (await ShowsAsync(open), await ShowsAsync(person)));

        // Moved to the child whose it is, a photo takes along what was said of it, and when.
        var right = await hearing.AnotherChildAsync();
        foreach (var (photo, answer) in new[] { (person, (true, false)), (unanswered, (false, true)) })
        {
            using var moving = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{photo.Id}/wrong-child", new Dictionary<string, string?> { ["Input.ToChildId"] = $"{right.Id}" });
            Assert.Equal(HttpStatusCode.Redirect, moving.StatusCode);
            Assert.Equal(answer, await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.MovedFromId == photo.Id).Select(r => new ValueTuple<bool, bool>(r.ShowsPerson!.Value, r.ShowsPersonSince != null)).SingleAsync(Cancel)));
        }
    }

    [Fact]
    public async Task A_carer_to_whom_photos_were_handed_over_is_asked_about_photos_only()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var carer = await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.FosterCarer, holdsResponsibility: false);
        using (var scope = site.As(hearing.World.Whole))
        {
            scope.Db.Add(new DelegatedAuthority { AuthorityId = hearing.World.Authority.Id, ChildId = hearing.Child.Id, RelationshipId = carer.Id, Purposes = [Purpose.ImageWork], Evidence = ResponsibilityEvidence.PlacementPlan, RecordedAt = DateTime.UtcNow });
            scope.Db.Add(AuditEntry.For(AuditActions.ResponsibilityRecorded, hearing.World.Whole, hearing.Child.Id, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        using var taken = JsonDocument.Parse(await (await hearing.Client.GetAsync($"{hearing.ChildPage}/take-along")).Content.ReadAsStringAsync(Cancel));
        Assert.Empty(taken.RootElement.GetProperty("recording").GetProperty("adults").EnumerateArray());
        Assert.Equal("DelegatedAuthority", Assert.Single(taken.RootElement.GetProperty("photographing").GetProperty("adults").EnumerateArray()).GetProperty("by").GetString());
    }

    [Fact]
    public async Task What_is_no_photo_is_refused_with_the_reason_and_a_photo_without_a_permission_is_held()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        var itself = Photo(hearing, visit.Id, Hearing.Png());
        itself.Record!.FileId = itself.Id;
        await PiecesAsync(hearing, itself, Hearing.Png());
        using (var refused = await SendAsync(hearing, itself)) Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var text = "I am no picture at all"u8.ToArray();
        using (var none = await PieceAsync(hearing, Photo(hearing, visit.Id, text), 0, text, text.Length))
        {
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, none.StatusCode);
            Assert.Contains("not a recording or a picture", await none.Content.ReadAsStringAsync(Cancel));
        }

        var good = PictureFileTests.Jpeg(640, 480);
        using (var large = await PieceAsync(hearing, Photo(hearing, visit.Id, good), 0, good, StoredFile.ImageMaxBytes + 1)) Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        foreach (var (bytes, says) in new[] { (good[..^40], "damaged"), (Hearing.Webm(), "not one you sent") })
        {
            var bad = Photo(hearing, visit.Id, bytes);
            await PiecesAsync(hearing, bad, bytes);
            using var answer = await SendAsync(hearing, bad);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(says, await answer.Content.ReadAsStringAsync(Cancel));
        }

        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Withdrawn, change: c => c.Wants = WithdrawWants.StopFromNow);
        var photo = Photo(hearing, visit.Id, good);
        await PiecesAsync(hearing, photo, good);
        Assert.True((await ReceivedAsync(hearing, photo)).GetProperty("held").GetBoolean());
        Guid file;
        using (var scope = site.As(hearing.World.Whole)) file = (await scope.Db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id, Cancel)).FileId!.Value;
        Assert.Equal(HttpStatusCode.Forbidden, (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{file}")).StatusCode);
        Assert.Contains("Sam Thistlebrook: a photo of something made, taken on", (await hearing.Client.PageAsync("/hear")).Body!.TextContent);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        Assert.Equal(HttpStatusCode.OK, (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{file}")).StatusCode);
        Assert.DoesNotContain("a photo of something made, taken on", (await hearing.Client.PageAsync("/hear")).Body!.TextContent);
    }

    [Fact]
    public async Task A_photo_larger_than_a_piece_is_gone_on_with_where_the_line_broke_and_sent_at_once_is_one_record()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        // As telephones take them: with seconds of film behind the picture.
        byte[] bytes = [.. PictureFileTests.Jpeg(640, 480), .. new byte[3 * StoredFile.ChunkBytes]];
        var photo = Photo(hearing, visit.Id, bytes);
        Assert.Equal(4, photo.Parts.Count);
        using (var wrong = await PieceAsync(hearing, photo, 1, bytes[StoredFile.ChunkBytes..(2 * StoredFile.ChunkBytes)], bytes.Length)) Assert.NotEqual(HttpStatusCode.Created, wrong.StatusCode);
        using (var first = await PieceAsync(hearing, photo, 0, bytes[..StoredFile.ChunkBytes], bytes.Length)) Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.FailedDependency, (await SendAsync(hearing, photo)).StatusCode);
        // How close together they come is chance: three times, so that one reads what another takes away.
        DeviceItem[] photos = [photo, Photo(hearing, visit.Id, bytes), Photo(hearing, visit.Id, bytes)];
        foreach (var sent in photos)
        {
            await PiecesAsync(hearing, sent, bytes);
            var receipts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReceivedAsync(hearing, sent)));
            Assert.All(receipts, r => Assert.Equal(sent.Parts.Select(p => p.Sha256), r.GetProperty("parts").EnumerateArray().Select(p => p.GetProperty("sha256").GetString())));
        }

        using var whole = site.As(hearing.World.Whole);
        var kept = await whole.Db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.Id).ToListAsync(Cancel);
        Assert.Equal(photos.Select(p => (p.Id, VoiceKind.Photo)), kept.Select(k => (k.Id, k.Kind)));
        Assert.Equal(kept.Select(k => k.FileId!.Value), await whole.Db.Files.Where(f => f.ChildId == hearing.Child.Id).OrderBy(f => f.Id).Select(f => f.Id).ToListAsync(Cancel));
        Assert.Equal(3, (await hearing.World.AuditAsync(AuditActions.VoiceRecorded, hearing.Child.Id)).Count);
        Assert.Equal(PictureFile.Clean(bytes).Bytes, await (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{kept[0].FileId}")).Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task A_photo_that_was_refused_is_put_with_another_visit_and_stands_there_without_its_place()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        var theirs = await hearing.AnotherChildAsync(mine: false);
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        var bytes = PictureFileTests.Jpeg(640, 480, 6);
        var photo = Photo(hearing, Guid.CreateVersion7(), bytes) with { ChildId = theirs.Id };
        using (var refused = await PieceAsync(hearing, photo, 0, bytes, bytes.Length)) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using (var refused = await SendAsync(hearing, photo)) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        await PiecesAsync(hearing, photo with { ChildId = hearing.Child.Id }, bytes);
        using (var wrong = await SendAsync(hearing, photo, childId: hearing.Child.Id)) Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        for (var time = 0; time < 2; time++)
        {
            using var came = await SendAsync(hearing, photo, childId: hearing.Child.Id, putWith: visit.Id);
            Assert.Equal(HttpStatusCode.Created, came.StatusCode);
        }

        var kept = await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id, Cancel));
        Assert.Equal((photo.Id, visit.Id), (kept.Id, kept.SessionId));
        Assert.Equal("another child", Assert.Single(await hearing.World.AuditAsync(AuditActions.VoicePutWith, hearing.Child.Id)).Detail);
        Assert.Equal(PictureFile.Clean(bytes).Bytes, await (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{kept.FileId}")).Content.ReadAsByteArrayAsync(Cancel));
        Assert.False(await site.ReadAsync(hearing.World, db => db.VoiceRecords.AnyAsync(r => r.ChildId == theirs.Id, Cancel)));
    }

    [Fact]
    public async Task A_photo_deleted_before_all_of_it_was_sent_leaves_nothing_of_it_with_the_council()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        byte[] bytes = [.. PictureFileTests.Jpeg(640, 480), .. new byte[StoredFile.ChunkBytes]];
        var photo = Photo(hearing, visit.Id, bytes);
        // A device that believes the council to have the first piece, which is gone there or never came, is told to begin again.
        using (var second = await PieceAsync(hearing, photo, 1, bytes[StoredFile.ChunkBytes..], bytes.Length)) Assert.Equal(HttpStatusCode.FailedDependency, second.StatusCode);
        using (var first = await PieceAsync(hearing, photo, 0, bytes[..StoredFile.ChunkBytes], bytes.Length)) Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var back = Back(hearing, photo, TakenBackReason.ChildChangedMind, null);
        back.TakenBack!.FileId = photo.Record!.FileId;
        Assert.False((await ReceivedAsync(hearing, back)).GetProperty("hadArrived").GetBoolean());
        // Whether anybody waits for what this connection holds, and not for what another test does.
        Task<bool> IsWaitedForAsync(AppDbContext db) =>
            db.Database.SqlQuery<bool>($"select exists (select from pg_locks where locktype = 'advisory' and not granted and pg_backend_pid() = any (pg_blocking_pids(pid))) as \"Value\"").SingleAsync(Cancel);
        Task<bool> AnythingThereAsync() => site.ReadAsync(hearing.World, async db =>
            await db.Files.AnyAsync(f => f.ChildId == hearing.Child.Id, Cancel) || await db.FilePieces.AnyAsync(p => p.ChildId == hearing.Child.Id, Cancel));
        Assert.False(await AnythingThereAsync());

        // From a copy of the device, it comes again: already its first piece is refused, since the record may never follow.
        async Task RefusedAsync(HttpResponseMessage late)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode);
            Assert.Contains(TakenBack.NotKept, await late.Content.ReadAsStringAsync(Cancel));
            Assert.False(await AnythingThereAsync());
        }

        using (var first = await PieceAsync(hearing, photo, 0, bytes[..StoredFile.ChunkBytes], bytes.Length)) await RefusedAsync(first);
        using (var late = await SendAsync(hearing, photo)) await RefusedAsync(late);
        // A mark that does not say what its pieces are kept under: they go when the record comes.
        var other = Photo(hearing, visit.Id, bytes);
        await ReceivedAsync(hearing, Back(hearing, other, TakenBackReason.WrongChild, null));
        await PiecesAsync(hearing, other, bytes);
        using (var late = await SendAsync(hearing, other)) await RefusedAsync(late);
        Assert.False(await site.ReadAsync(hearing.World, db => db.VoiceRecords.AnyAsync(r => r.ChildId == hearing.Child.Id, Cancel)));

        // A piece that comes in the very moment in which the mark is written waits for it, and is refused then.
        var sameMoment = Photo(hearing, visit.Id, bytes);
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            await using var marking = await scope.Db.Database.BeginTransactionAsync(Cancel);
            await scope.Get<VoiceMediaService>().OneAtATimeAsync(sameMoment.Record!.FileId!.Value, Cancel);
            var coming = PieceAsync(hearing, sameMoment, 0, bytes[..StoredFile.ChunkBytes], bytes.Length);
            while (!coming.IsCompleted && !await IsWaitedForAsync(scope.Db)) await Task.Yield();
            scope.Db.Add(new TakenBack
            {
                Id = Guid.CreateVersion7(),
                AuthorityId = hearing.World.Authority.Id,
                ChildId = hearing.Child.Id,
                PersonId = hearing.World.Practitioner.Id,
                ItemId = sameMoment.Id,
                Kind = DeviceItemKind.Record,
                FileId = sameMoment.Record.FileId,
                Reason = TakenBackReason.ChildChangedMind,
                TakenBackAt = DateTime.UtcNow,
                ReceivedAt = DateTime.UtcNow,
            });
            scope.Db.Add(AuditEntry.For(AuditActions.VoiceTakenBack, World.ActorOf(hearing.World.Practitioner), hearing.Child.Id, sameMoment.Id, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
            await marking.CommitAsync(Cancel);
            using var late = await coming;
            await RefusedAsync(late);
        }

        // And the mark waits for a piece that is being kept, so that it goes with the others.
        var beforeIt = Photo(hearing, visit.Id, bytes);
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            await using var keeping = await scope.Db.Database.BeginTransactionAsync(Cancel);
            await scope.Get<VoiceMediaService>().OneAtATimeAsync(beforeIt.Record!.FileId!.Value, Cancel);
            var deleted = Back(hearing, beforeIt, TakenBackReason.ChildChangedMind, null);
            deleted.TakenBack!.FileId = beforeIt.Record.FileId;
            var marking = ReceivedAsync(hearing, deleted);
            while (!marking.IsCompleted && !await IsWaitedForAsync(scope.Db)) await Task.Yield();
            Assert.False(marking.IsCompleted);
            await keeping.CommitAsync(Cancel);
            await marking;
        }

        // What had arrived stands, whatever the mark says of it.
        var kept = Photo(hearing, visit.Id, bytes);
        await PiecesAsync(hearing, kept, bytes);
        await ReceivedAsync(hearing, kept);
        var sound = Hearing.Webm();
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var recording = Recording(hearing, visit.Id, sound);
        await PiecesAsync(hearing, recording, sound);
        await ReceivedAsync(hearing, recording);
        foreach (var item in new[] { kept, recording })
        {
            var too = Back(hearing, item, TakenBackReason.ByMistake, null);
            too.TakenBack!.FileId = item.Record!.FileId;
            Assert.True((await ReceivedAsync(hearing, too)).GetProperty("hadArrived").GetBoolean());
        }

        Assert.Equal(2, await site.ReadAsync(hearing.World, db => db.Files.CountAsync(f => f.ChildId == hearing.Child.Id, Cancel)));
    }

    [Fact]
    public async Task A_drawing_arrives_once_byte_for_byte_with_what_the_child_says_about_it_and_needs_no_permission()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        // As with a connection: a drawing shows nobody's voice or face, and whoever says no to both can still draw.
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Refused);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Refused);
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        var png = PictureFileTests.Png(1600, 1200);
        var drawing = Drawing(hearing, visit.Id, png);
        var about = About(Words(hearing, visit.Id, "That is my dog, and that is the rain."), drawing.Id);
        // What is said about it waits for it, and is no attempt at somebody else's.
        using (var early = await SendAsync(hearing, about))
        {
            Assert.Equal(HttpStatusCode.NotFound, early.StatusCode);
            Assert.Contains("What it is about is not with this child.", await early.Content.ReadAsStringAsync(Cancel));
        }

        Assert.DoesNotContain(await hearing.World.AuditAsync(AuditActions.AccessRefused), a => a.Detail!.Contains("explained record", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.FailedDependency, (await SendAsync(hearing, drawing)).StatusCode);
        await PiecesAsync(hearing, drawing, png);
        // At once, and then again.
        await Task.WhenAll(ReceivedAsync(hearing, drawing), ReceivedAsync(hearing, drawing));
        var receipt = await ReceivedAsync(hearing, drawing);
        Assert.False(receipt.GetProperty("held").GetBoolean());
        Assert.Equal(drawing.Parts.Select(p => p.Sha256), receipt.GetProperty("parts").EnumerateArray().Select(p => p.GetProperty("sha256").GetString()));
        for (var time = 0; time < 2; time++) await ReceivedAsync(hearing, about);

        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        var picture = page.QuerySelector(".words img")!;
        Assert.StartsWith("A drawing by ", picture.GetAttribute("alt"), StringComparison.Ordinal);
        Assert.Equal(png, await (await hearing.Client.GetAsync(picture.GetAttribute("src")!)).Content.ReadAsByteArrayAsync(Cancel));
        Assert.Contains("Sam about this", page.QuerySelector(".meaning")!.TextContent);
        Assert.Contains("That is my dog, and that is the rain.", page.QuerySelector(".meaning")!.TextContent);
        using var whole = site.As(hearing.World.Whole);
        var records = await whole.Db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).OrderBy(r => r.ExplainsId == null ? 0 : 1).ToListAsync(Cancel);
        Assert.Equal([(drawing.Id, VoiceKind.Drawing, WordsProvenance.OwnHand, null), (about.Id, VoiceKind.TypedText, WordsProvenance.VerbatimAtTheTime, drawing.Id)], records.Select(r => (r.Id, r.Kind, r.Provenance, r.ExplainsId)));
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.VoiceRecorded, hearing.Child.Id)).Count);
        // What is kept from somebody is kept from them when it is drawn, too.
        using var manager = site.ClientFor(hearing.World.TeamManager);
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync(picture.GetAttribute("src")!)).StatusCode);
        await hearing.KeepFromAsync("CoveringPractitioners", DoNotTellScope.Subject, subject: SubjectMatter.MyLife);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync(picture.GetAttribute("src")!)).StatusCode);
        Assert.DoesNotContain("That is my dog", (await manager.PageAsync(hearing.ChildPage)).Body!.TextContent);
    }

    [Fact]
    public async Task What_is_no_drawing_is_refused_with_the_reason_and_what_is_said_about_one_outlasts_it()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        var text = "I was renamed to drawing.png"u8.ToArray();
        using (var none = await PieceAsync(hearing, Drawing(hearing, visit.Id, text), 0, text, text.Length))
        {
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, none.StatusCode);
            Assert.Contains("not a recording or a picture", await none.Content.ReadAsStringAsync(Cancel));
        }

        foreach (var (bytes, says) in new[] { (PictureFileTests.Jpeg(640, 480), "not one you sent"), (Hearing.Webm(), "not one you sent"), (PictureFileTests.Png(40, 30, ("tEXt", "Comment\0" + PictureFileTests.Where)), "not a drawing from the sheet") })
        {
            var bad = Drawing(hearing, visit.Id, bytes);
            await PiecesAsync(hearing, bad, bytes);
            using var answer = await SendAsync(hearing, bad);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(says, await answer.Content.ReadAsStringAsync(Cancel));
        }

        // A drawing that was deleted before it was sent takes nothing along of what was said about it.
        var png = PictureFileTests.Png(40, 30);
        var drawing = Drawing(hearing, visit.Id, png);
        await ReceivedAsync(hearing, Back(hearing, drawing, TakenBackReason.ChildChangedMind, null));
        var about = About(Words(hearing, visit.Id, "It was our old house."), drawing.Id);
        await ReceivedAsync(hearing, about);
        var kept = await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id, Cancel));
        Assert.Equal((about.Id, null), (kept.Id, kept.ExplainsId));

        // What somebody else sealed is nothing that this device could have shown.
        await site.ShareAsync(hearing.World, hearing.Child);
        using var other = site.ClientFor(hearing.World.OtherPractitioner);
        var theirs = Words(hearing, visit.Id, "Said to somebody else.") with { PersonId = hearing.World.OtherPractitioner.Id };
        using (var came = await SendAsync(hearing, theirs, client: other)) Assert.Equal(HttpStatusCode.Created, came.StatusCode);
        using (var stolen = await SendAsync(hearing, About(Words(hearing, visit.Id, "About that."), theirs.Id))) Assert.Equal(HttpStatusCode.NotFound, stolen.StatusCode);
    }

    [Fact]
    public async Task What_a_parent_or_a_group_said_arrives_as_theirs_by_the_rules_it_has_with_a_connection()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        var sibling = await hearing.AnotherChildAsync();
        var theirs = await hearing.World.AddRelationshipAsync(sibling, RelationshipKind.Father, change: r => r.Name = "Caspian Rook");
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        var words = By(Words(hearing, visit.Id, "He sleeps better now."), Speaker.ParentOrCarer, mother.Id);
        for (var time = 0; time < 2; time++) await ReceivedAsync(hearing, words);
        var together = By(Words(hearing, visit.Id, "We want the pitch back."), Speaker.Group, size: 4);
        await ReceivedAsync(hearing, together);
        foreach (var (item, says) in new[]
        {
            (By(Words(hearing, visit.Id, "Nobody's."), Speaker.ParentOrCarer), "Choose which parent or carer"),
            (By(Words(hearing, visit.Id, "Another child's."), Speaker.ParentOrCarer, theirs.Id), "Choose a parent or carer of this child"),
            (By(Words(hearing, visit.Id, "Of how many?"), Speaker.Group), "Enter how many took part"),
            (By(Words(hearing, visit.Id, "Of one."), Speaker.Group, size: 1), "a whole number from 2"),
        })
        {
            using var refused = await SendAsync(hearing, item);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains(says, await refused.Content.ReadAsStringAsync(Cancel));
        }

        // The others in a group are on the recording too: nobody hears it before they have said yes.
        var sound = Hearing.Webm();
        var sung = By(Recording(hearing, visit.Id, sound), Speaker.Group, size: 4);
        await PiecesAsync(hearing, sung, sound);
        Assert.Equal("others", (await ReceivedAsync(hearing, sung)).GetProperty("heldFor").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{sung.Record!.FileId}")).StatusCode);
        var kept = await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.ChildId == hearing.Child.Id).ToDictionaryAsync(r => r.Id, Cancel));
        Assert.Equal(3, kept.Count);
        Assert.Equal((Speaker.ParentOrCarer, mother.Id, null), (kept[words.Id].Speaker, kept[words.Id].SpeakerRelationshipId, kept[words.Id].GroupSize));
        Assert.Equal((Speaker.Group, null, 4), (kept[together.Id].Speaker, kept[together.Id].SpeakerRelationshipId, kept[together.Id].GroupSize));
        var page = (await hearing.Client.PageAsync(hearing.ChildPage)).Body!.TextContent;
        Assert.Contains("Marigold Thistlebrook", page);
        Assert.Contains("a group of 4", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_a_parent_said_is_put_with_another_child_only_where_they_are_known_too()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var father = await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.Father);
        var right = await hearing.AnotherChildAsync();
        var visit = Visit(hearing) with { ChildId = right.Id };
        await ReceivedAsync(hearing, visit);
        var words = By(About(Words(hearing, Guid.CreateVersion7(), "It is about her drawing."), Guid.CreateVersion7()), Speaker.ParentOrCarer, father.Id);
        using (var refused = await SendAsync(hearing, words, childId: right.Id, putWith: visit.Id))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("Add them to the people in the right child", await refused.Content.ReadAsStringAsync(Cancel));
        }

        await hearing.World.AddRelationshipAsync(right, RelationshipKind.Mother);
        using (var refused = await SendAsync(hearing, words, childId: right.Id, putWith: visit.Id)) Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var there = await hearing.World.AddRelationshipAsync(right, RelationshipKind.Father);
        using (var came = await SendAsync(hearing, words, childId: right.Id, putWith: visit.Id)) Assert.Equal(HttpStatusCode.Created, came.StatusCode);
        // What it was about stays where it is, and is nothing of this child's.
        var kept = await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.Id == words.Id, Cancel));
        Assert.Equal((right.Id, there.Id, null), (kept.ChildId, kept.SpeakerRelationshipId, kept.ExplainsId));
    }

    [Fact]
    public async Task A_yes_for_one_visit_ends_with_it_and_takes_what_was_made_there_and_comes_the_next_day()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17);
        var then = DateTime.UtcNow.AddDays(-1);
        var visit = Visit(hearing);
        visit.Visit!.OccurredOn = ConsentRules.LocalDay(then);
        await ReceivedAsync(hearing, visit);
        var id = Guid.CreateVersion7();
        await ReceivedAsync(hearing, Item(hearing, id, DeviceItemKind.Consent) with
        {
            SealedAt = then,
            Consent = new() { Id = id, Purpose = Purpose.Audio, SessionId = visit.Id, Decision = ConsentEventType.Given, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken },
        });
        // Recorded on the day and sealed the day after it is begun in time; only the device knows that.
        foreach (var (begunAt, madeAt, held) in new[] { ((DateTime?)null, then, false), (null, DateTime.UtcNow, true), (DateTime.UtcNow, DateTime.UtcNow, true), (then, DateTime.UtcNow, false) })
        {
            var recording = Recording(hearing, visit.Id, Hearing.Webm()) with { SealedAt = madeAt };
            recording.Record!.BegunAt = begunAt;
            await PiecesAsync(hearing, recording, Hearing.Webm());
            Assert.Equal(held, (await ReceivedAsync(hearing, recording)).GetProperty("held").GetBoolean());
            using var played = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{recording.Record!.FileId}");
            Assert.Equal(held ? HttpStatusCode.Forbidden : HttpStatusCode.OK, played.StatusCode);
        }

        using (var may = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/permission?visit={visit.Id}")) Assert.Equal(HttpStatusCode.Conflict, may.StatusCode);
        using (var added = await hearing.AppendAsync(visit.Id, Guid.CreateVersion7(), 0, Hearing.Webm())) Assert.Equal(HttpStatusCode.Forbidden, added.StatusCode);
        var card = (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector($"#Audio-{visit.Id}")!;
        Assert.Contains("It ended with the visit on", card.TextContent, StringComparison.Ordinal);
        using var scope = site.As(World.ActorOf(hearing.World.Practitioner));
        var consent = scope.Get<ConsentService>();
        var one = await consent.DecideNowAsync(hearing.Child.Id, Purpose.Audio, visit.Id, Cancel);
        Assert.Equal((ConsentState.Expired, visit.Visit.OccurredOn), (one.State, one.EndedWithVisitOn!.Value));
        Assert.Equal(one, (await consent.DecideEverybodyAsync(Purpose.Audio, visit.Id, DateTime.UtcNow, Cancel))[hearing.Child.Id]);
    }

    [Fact]
    public async Task A_decision_made_on_the_device_counts_by_its_clock_and_governs_what_comes_after_it()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var visit = Visit(hearing);
        var recording = Recording(hearing, visit.Id, Hearing.Webm());
        var id = Guid.CreateVersion7();
        var stop = Item(hearing, id, DeviceItemKind.Consent) with
        {
            SealedAt = DateTime.UtcNow.AddSeconds(-1),
            Consent = new() { Id = id, Purpose = Purpose.Audio, Decision = ConsentEventType.Withdrawn, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken },
        };
        await ReceivedAsync(hearing, stop);
        await ReceivedAsync(hearing, stop);
        await ReceivedAsync(hearing, visit);
        await PiecesAsync(hearing, recording, Hearing.Webm());
        Assert.True((await ReceivedAsync(hearing, recording)).GetProperty("held").GetBoolean());
        var kept = await site.ReadAsync(hearing.World, db => db.ConsentEvents.SingleAsync(e => e.Id == id, Cancel));
        Assert.Equal((ClockSource.Device, stop.DeviceId), (kept.ClockSource, kept.DeviceId!.Value));
        Assert.True(kept.OccurredAt < kept.RecordedAt);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.ConsentRecorded, hearing.Child.Id), a => a.SubjectId == id);
    }

    [Fact]
    public async Task What_only_the_council_opens_arrives_as_it_was_sealed_and_nothing_else_opens()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        using var taken = JsonDocument.Parse(await (await hearing.Client.GetAsync($"{hearing.ChildPage}/take-along")).Content.ReadAsStringAsync(Cancel));
        var council = taken.RootElement.GetProperty("council");
        var (pair, key) = (council.GetProperty("id").GetGuid(), council.GetProperty("key").GetBytesFromBase64());
        using var elsewhere = await Hearing.BeginAsync(site);
        var theirs = (await elsewhere.Client.Http.GetFromJsonAsync<JsonElement>("/hear/offline/token", Cancel)).GetProperty("council");
        byte[] Closed(DeviceItem item) => DeviceBox.Close(pair, key, $"item {item.Id}", JsonSerializer.SerializeToUtf8Bytes(item, Sealed));

        var visit = Visit(hearing);
        using (var came = await SendAsync(hearing, visit, body: Closed(visit), closed: true)) Assert.Equal(HttpStatusCode.Created, came.StatusCode);
        var words = Words(hearing, visit.Id, "Only you.");
        var other = Words(hearing, visit.Id, "Somebody else.");
        var forged = Closed(words);
        forged[^20] ^= 1;
        byte[] noPoint = [.. Closed(words)];
        noPoint[30] ^= 1;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(words, Sealed);
        foreach (var body in new[]
        {
            forged, noPoint, Closed(other), Closed(words)[..^1], "CIP1"u8.ToArray(), bytes,
            DeviceBox.Close(theirs.GetProperty("id").GetGuid(), theirs.GetProperty("key").GetBytesFromBase64(), $"item {words.Id}", bytes),
            DeviceBox.Close(theirs.GetProperty("id").GetGuid(), key, $"item {words.Id}", bytes),
        })
        {
            using var refused = await SendAsync(hearing, words, body: body, closed: true);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("It does not open here", await refused.Content.ReadAsStringAsync(Cancel));
        }

        Assert.False(await site.ReadAsync(hearing.World, db => db.VoiceRecords.AnyAsync(r => r.ChildId == hearing.Child.Id, Cancel)));
        using (var came = await SendAsync(hearing, words, body: Closed(words), closed: true))
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), (await came.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("sha256").GetString());
        }

        // The same again in a box of its own is the same; and so is a recording, whose pieces are each in one.
        using (var again = await SendAsync(hearing, words, body: Closed(words), closed: true)) Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        var sound = Hearing.Webm(StoredFile.ChunkBytes + 5_000);
        var recording = Recording(hearing, visit.Id, sound);
        await PiecesAsync(hearing, recording, sound, (index, piece) => DeviceBox.Close(pair, key, $"sound {recording.Record!.FileId} {index}", piece));
        using (var came = await SendAsync(hearing, recording, body: Closed(recording), closed: true)) Assert.Equal(HttpStatusCode.Created, came.StatusCode);
        Assert.Equal(sound, await (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{recording.Record!.FileId}")).Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task What_was_refused_is_put_with_another_visit_and_its_child_by_its_author_and_written_down()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var theirs = await hearing.AnotherChildAsync(mine: false);
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        var words = Words(hearing, Guid.CreateVersion7(), "Under nobody yet.") with { ChildId = theirs.Id };
        using (var refused = await SendAsync(hearing, words)) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using (var wrong = await SendAsync(hearing, words, childId: hearing.Child.Id)) Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        using (var stolen = await SendAsync(hearing, words with { PersonId = hearing.World.OtherPractitioner.Id }, childId: hearing.Child.Id, putWith: visit.Id)) Assert.Equal(HttpStatusCode.UnprocessableEntity, stolen.StatusCode);
        using (var nowhere = await SendAsync(hearing, words, childId: hearing.Child.Id, putWith: Guid.CreateVersion7())) Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoicePutWith));
        for (var time = 0; time < 2; time++)
        {
            using var came = await SendAsync(hearing, words, childId: hearing.Child.Id, putWith: visit.Id);
            Assert.Equal(HttpStatusCode.Created, came.StatusCode);
        }

        Assert.Equal(visit.Id, (await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.Id == words.Id, Cancel))).SessionId);
        Assert.Equal("another child", Assert.Single(await hearing.World.AuditAsync(AuditActions.VoicePutWith, hearing.Child.Id)).Detail);
    }

    [Fact]
    public async Task What_was_deleted_before_it_was_sent_leaves_a_mark_without_words_and_does_not_come_back()
    {
        using var hearing = await Hearing.BeginAsync(site, givenName: "Sam");
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        var words = Words(hearing, visit.Id, "I do not want this kept.");
        var back = Back(hearing, words, TakenBackReason.ChildChangedMind, "Said so in the car.");
        for (var time = 0; time < 2; time++) Assert.False((await ReceivedAsync(hearing, back)).GetProperty("hadArrived").GetBoolean());

        // From a copy, or from a line that was slow: it is not kept after all.
        using (var late = await SendAsync(hearing, words)) Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode);
        var kept = Words(hearing, visit.Id, "This can stay.");
        await ReceivedAsync(hearing, kept);
        Assert.True((await ReceivedAsync(hearing, Back(hearing, kept, TakenBackReason.ByMistake, null))).GetProperty("hadArrived").GetBoolean());
        Assert.Equal(kept.Id, (await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.ChildId == hearing.Child.Id, Cancel))).Id);
        Assert.Equal(["Record ByMistake had arrived", "Record ChildChangedMind"], (await hearing.World.AuditAsync(AuditActions.VoiceTakenBack, hearing.Child.Id)).Select(a => a.Detail).Order());

        // A decision is put right beside what was written down, and words too long are not cut.
        var no = Back(hearing, words, TakenBackReason.ByMistake, null);
        no.TakenBack!.Kind = DeviceItemKind.Consent;
        using (var refused = await SendAsync(hearing, no)) Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var noReason = Back(hearing, words, TakenBackReason.ByMistake, null);
        noReason.TakenBack!.Reason = null;
        using (var refused = await SendAsync(hearing, noReason)) Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        using (var refused = await SendAsync(hearing, Back(hearing, words, TakenBackReason.ByMistake, new('x', TakenBack.WhyMaxLength + 1)))) Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);

        // Their manager sees it as they do, unless the child wants something kept from managers.
        using var manager = site.ClientFor(hearing.World.TeamManager);
        foreach (var reader in new[] { hearing.Client, manager })
        {
            var text = (await reader.PageAsync(hearing.ChildPage)).Body!.TextContent;
            Assert.Contains("the child changed their mind. “Said so in the car.” Nothing of what it held was kept.", text);
            Assert.Contains("it was recorded by mistake. It had arrived before that, so it stands in the record.", text);
        }

        await hearing.KeepFromAsync("CoveringPractitioners");
        Assert.DoesNotContain("Deleted before it was sent", (await manager.PageAsync(hearing.ChildPage)).Body!.TextContent);
    }

    [Fact]
    public async Task What_was_sealed_in_an_earlier_form_of_the_page_arrives_as_what_it_would_be_today()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = Visit(hearing);
        var then = JsonSerializer.SerializeToNode(visit, Sealed)!;
        then["visit"]!["present"] = "Nan, in the next room";
        using (var came = await SendAsync(hearing, visit, body: Encoding.UTF8.GetBytes(then.ToJsonString()))) Assert.Equal(HttpStatusCode.Created, came.StatusCode);
        var nan = await site.ReadAsync(hearing.World, db => db.PresentPersons.SingleAsync(p => p.SessionId == visit.Id, Cancel));
        Assert.Equal((PresentAs.SomebodyElse, InEarshot.NotKnown, true), (nan.Role, nan.InEarshot, nan.WhoSealed is not null));
        var nobody = Visit(hearing);
        var without = JsonSerializer.SerializeToNode(nobody, Sealed)!;
        without["visit"]!["present"] = null;
        using (var came = await SendAsync(hearing, nobody, body: Encoding.UTF8.GetBytes(without.ToJsonString()))) Assert.Equal(HttpStatusCode.Created, came.StatusCode);
        var words = Words(hearing, visit.Id, "Sealed before the page was changed.");
        var earlier = JsonSerializer.SerializeToNode(words, Sealed)!;
        earlier["record"]!.AsObject().Remove("subjects");
        earlier["record"]!["subjectMatter"] = "MyHelp";
        // A child was not asked who must not know.
        earlier.AsObject().Remove("keptFrom");
        earlier.AsObject().Remove("answer");
        using var answer = await SendAsync(hearing, words, body: Encoding.UTF8.GetBytes(earlier.ToJsonString()));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal([SubjectMatter.MyHelp], (await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.Id == words.Id, Cancel))).Subjects);
        // A device whose clock runs ahead is in tomorrow already: what it sends is taken in then, and what is dated later still is refused.
        foreach (var (days, status) in new[] { (1, HttpStatusCode.ServiceUnavailable), (2, HttpStatusCode.UnprocessableEntity) })
        {
            DateOnly today;
            HttpStatusCode answered;
            do
            {
                var ahead = Visit(hearing);
                today = ConsentRules.LocalDay(DateTime.UtcNow);
                ahead.Visit!.OccurredOn = today.AddDays(days);
                using var early = await SendAsync(hearing, ahead);
                answered = early.StatusCode;
            }
            while (today != ConsentRules.LocalDay(DateTime.UtcNow));
            Assert.Equal(status, answered);
        }

        // A name given twice could mean either: it is refused, and stays on the device.
        using var twice = await SendAsync(hearing, visit, body: [.. "{\"id\":1,\"id\":2}"u8]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, twice.StatusCode);
    }

    [Fact]
    public async Task Whose_clock_says_when_stands_with_the_record_wherever_it_is_moved()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = Visit(hearing);
        visit.Visit!.Present = [new() { Who = "Nan", Role = PresentAs.OtherFamily, InEarshot = InEarshot.No }];
        await ReceivedAsync(hearing, visit);
        var words = Words(hearing, visit.Id, "I like the tide.") with { SealedAt = new DateTime(2026, 3, 9, 10, 3, 22, DateTimeKind.Utc), OffsetMinutes = 60, Sequence = 17 };
        await ReceivedAsync(hearing, words);
        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        var lines = page.QuerySelectorAll(".record__kept").Select(l => l.TextContent).ToList();
        Assert.Contains($"Sealed without a connection, as number 17 on device {words.DeviceId.ToString("N")[..8]}, on 9 March 2026, 11:03:22 (UTC+1) by the device’s clock.", lines);
        Assert.Contains(lines, l => l.Contains("by its server’s clock. When it was sent, the device’s clock was", StringComparison.Ordinal));
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(visit.Id), Hearing.Said("And the sand."))) { }
        Assert.Contains("by the clock of the council’s server", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record__kept")!.TextContent);

        var right = await hearing.AnotherChildAsync();
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{words.Id}/wrong-child", new Dictionary<string, string?> { ["Input.ToChildId"] = right.Id.ToString() })) { }
        var moved = await site.ReadAsync(hearing.World, db => db.VoiceRecords.Include(r => r.Session).ThenInclude(s => s!.Present).SingleAsync(r => r.ChildId == right.Id, Cancel));
        Assert.Equal((ClockSource.Device, words.DeviceId, 17, words.SealedAt, (short)60), (moved.ClockSource, moved.DeviceId!.Value, moved.DeviceSequence, moved.DeviceTime!.Value, moved.DeviceOffsetMinutes));
        Assert.NotNull(moved.ClockSkewMs);
        // Who heard it heard it wherever it stands.
        Assert.Equal((PresentAs.OtherFamily, InEarshot.No), (Assert.Single(moved.Session!.Present).Role, moved.Session.Present[0].InEarshot));
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal("Nan", await scope.Get<ChildrensInfo.Core.Keys.KeyRing>().OpenAsync(right.Id, moved.Session.Present[0].WhoSealed!, moved.Session.Present[0].Id, ChildrensInfo.Core.Keys.SealPart.Present, Cancel));
    }

    [Fact]
    public async Task Who_is_signed_in_and_a_fresh_token_are_told_to_the_device()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var answer = await hearing.Client.Http.GetFromJsonAsync<JsonElement>("/hear/offline/token", Cancel);
        Assert.Equal(hearing.World.Practitioner.Id, answer.GetProperty("person").GetGuid());
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(hearing, Visit(hearing), token: answer.GetProperty("token").GetString())).StatusCode);
    }

    internal static DeviceItem Item(Hearing hearing, Guid id, DeviceItemKind kind) => new()
    {
        Id = id,
        Kind = kind,
        ChildId = hearing.Child.Id,
        PersonId = hearing.World.Practitioner.Id,
        DeviceId = Guid.NewGuid(),
        SealedAt = DateTime.UtcNow.AddMinutes(-30),
    };

    internal static DeviceItem Visit(Hearing hearing)
    {
        var id = Guid.CreateVersion7();
        return Item(hearing, id, DeviceItemKind.Visit) with { Visit = new() { Id = id, OccurredOn = World.Today.AddDays(-1), Place = Place.Home, SeenAlone = SeenAlone.Yes } };
    }

    internal static DeviceItem Words(Hearing hearing, Guid visit, string text)
    {
        var id = Guid.CreateVersion7();
        return Item(hearing, id, DeviceItemKind.Record) with { SessionId = visit, Record = Said(id, text) };
    }

    internal static DeviceItem Back(Hearing hearing, DeviceItem of, TakenBackReason reason, string? why)
    {
        var id = Guid.CreateVersion7();
        return Item(hearing, id, DeviceItemKind.TakenBack) with { TakenBack = new() { Id = id, ItemId = of.Id, Kind = of.Kind, SessionId = of.SessionId, Reason = reason, Why = why } };
    }

    [Fact]
    public async Task The_tools_a_child_answers_with_go_along_in_their_language_each_with_its_version_and_its_pictures()
    {
        using var hearing = await Hearing.BeginAsync(site);
        async Task<List<JsonElement>> TakenAsync(Guid childId) => [.. (await hearing.Client.Http.GetFromJsonAsync<JsonElement>($"/hear/{childId}/take-along", Cancel)).GetProperty("tools").EnumerateArray()];
        var tools = await TakenAsync(hearing.Child.Id);
        Assert.Equal(["Feelings", "Scaling, 1 to 10", "Three Houses", "Symbol board"], tools.Where(t => t.GetProperty("fits").GetBoolean()).Select(t => t.GetProperty("title").GetString()));
        Assert.Equal(["How things are, 1 to 5", "What matters to me now"], tools.Where(t => !t.GetProperty("fits").GetBoolean()).Select(t => t.GetProperty("title").GetString()).Order());
        Assert.Equal(["Faces", "Scale", "Houses", "Symbols"], tools.Select(t => t.GetProperty("kind").GetString()).Distinct());
        foreach (var tool in tools)
        {
            var asks = tool.GetProperty("asks");
            var items = asks.GetProperty("items").EnumerateArray().ToList();
            var version = await site.ReadAsync(hearing.World, db => db.ToolVersions.SingleAsync(v => v.Id == tool.GetProperty("id").GetGuid(), Cancel));
            Assert.Equal((version.Title, "en", version.Definition.Ask), (tool.GetProperty("title").GetString(), tool.GetProperty("language").GetString(), asks.GetProperty("ask").GetString()));
            Assert.Equal(version.Definition.Items.Select(i => (i.Key, i.Label)), items.Select(i => (i.GetProperty("key").GetString()!, i.GetProperty("label").GetString()!)));
            // Every picture it shows, and no other.
            var shown = version.Definition.Items.Select(i => i.Picture).Concat(version.Definition.Scale?.Points.Select(p => p.Picture) ?? []).OfType<string>().Distinct().Order(StringComparer.Ordinal);
            Assert.Equal(shown, tool.GetProperty("pictures").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        }

        var welsh = await hearing.World.AddChildAsync(hearing.World.Practitioner, change: c => c.PreferredLanguage = "cy");
        Assert.All(await TakenAsync(welsh.Id), t => Assert.Equal("cy", t.GetProperty("language").GetString()));
    }

    [Fact]
    public async Task Answers_arrive_once_by_the_rules_of_the_page_and_name_the_version_they_were_given_on()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        var version = await VersionAsync(hearing.World, "one-to-ten");
        // 11 on a scale from 1 to 10, the word for it, nothing at all, and an answer to another tool.
        foreach (var (value, item) in new[] { ("11", "safe"), ("ten", "safe"), ("", "safe"), ("7", "dog") })
        {
            using var refused = await SendAsync(hearing, Answers(hearing, visit.Id, version, (item, value), ("listened-to", "skip"), ("altogether", "1")));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            var reason = (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString();
            Assert.Equal(item == "dog" ? "These answers belong to another tool. Open the page again" : value == "" ? "Choose a number from 1 to 10, or choose skip" : "Choose a number from 1 to 10", reason);
        }

        // A newer version stands in its place by the time it comes.
        using (var scope = site.As(hearing.World.Whole))
        {
            var changed = await scope.Get<ToolService>().ChangeAsync(
                version.ToolId,
                new()
                {
                    Kind = ToolKind.Scale,
                    Language = "en",
                    Title = "One to five",
                    Ask = "Where are you?",
                    AgeFrom = 4,
                    AgeTo = 18,
                    Min = 1,
                    Max = 5,
                    MinLabel = "Bad",
                    MaxLabel = "Good",
                    Items = [.. version.Definition.Items.Select(i => new MakeItem { Key = i.Key, Label = i.Label })],
                },
                World.ActorOf(hearing.World.DataLead), Cancel);
            Assert.True(changed!.Value.Outcome.IsDone);
        }

        var answers = Answers(hearing, visit.Id, version, ("safe", "10"), ("listened-to", "skip"), ("altogether", "1"));
        answers.Record!.Said = "At home, that is.";
        for (var time = 0; time < 2; time++) await ReceivedAsync(hearing, answers);
        var others = Answers(hearing, visit.Id, version, ("safe", "9"), ("listened-to", "skip"), ("altogether", "1"));
        others.Record!.Id = answers.Id;
        using (var conflict = await SendAsync(hearing, others with { Id = answers.Id })) Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        using var whole = site.As(hearing.World.Whole);
        var record = await whole.Db.VoiceRecords.Include(r => r.Words).SingleAsync(r => r.ChildId == hearing.Child.Id, Cancel);
        Assert.Equal((VoiceKind.ScaleAnswer, version.Id, WordsProvenance.OwnHand), (record.Kind, record.ToolVersionId!.Value, record.Provenance));
        var sheet = AnswerSheet.Read(await whole.Get<ChildrensInfo.Core.Keys.KeyRing>().OpenAsync(hearing.Child.Id, record.Words!.Sealed, record.Id, ChildrensInfo.Core.Keys.SealPart.Words, Cancel));
        Assert.Equal((version.Title, version.Number, "At home, that is."), (sheet.Title, sheet.Version, sheet.Said));
        Assert.Equal([(10, 10, false), (null, 10, true), (1, 10, false)], sheet.Answers.Select(a => (a.Value, a.Max!.Value, a.Skipped)));
        Assert.Equal(["ScaleAnswer"], (await hearing.World.AuditAsync(AuditActions.VoiceRecorded, hearing.Child.Id)).Select(a => a.Detail));
    }

    [Fact]
    public async Task Answers_with_no_tool_with_another_councils_or_as_another_kind_are_refused()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        var version = await VersionAsync(hearing.World, "one-to-ten");
        using var elsewhere = await Hearing.BeginAsync(site);
        Guid theirs;
        using (var scope = site.As(elsewhere.World.Whole))
        {
            var tool = new Tool { AuthorityId = elsewhere.World.Authority.Id, Key = "theirs", Kind = ToolKind.Scale, CreatedAt = DateTime.UtcNow };
            var own = new ToolVersion { ToolId = tool.Id, AuthorityId = tool.AuthorityId, Number = 1, Language = "en", Title = "Theirs", AgeTo = 18, DefinitionJson = version.DefinitionJson, CreatedAt = DateTime.UtcNow };
            scope.Db.AddRange(tool, own);
            await scope.Db.SaveChangesAsync(Cancel);
            theirs = own.Id;
        }

        (string, string)[] given = [("safe", "10"), ("listened-to", "2"), ("altogether", "1")];
        async Task<string?> RefusedAsync(Action<RecordVoice> change, HttpStatusCode status = HttpStatusCode.UnprocessableEntity)
        {
            var item = Answers(hearing, visit.Id, version, given);
            change(item.Record!);
            using var answer = await SendAsync(hearing, item);
            Assert.Equal(status, answer.StatusCode);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString();
        }

        const string notOne = "It was sealed for somebody else, or by somebody else. It stays on the device.";
        Assert.Equal(notOne, await RefusedAsync(r => r.ToolVersionId = null));
        Assert.Equal("Choose a tool from the list", await RefusedAsync(r => r.ToolVersionId = theirs));
        Assert.Equal("Choose a tool from the list", await RefusedAsync(r => r.Kind = VoiceKind.ToolAnswer));
        Assert.Equal("Choose who tapped or wrote it", await RefusedAsync(r => r.Provenance = WordsProvenance.Recorded));
        // Words that name a tool are words.
        Assert.Equal("Enter what was said", await RefusedAsync(r => (r.Kind, r.Provenance) = (VoiceKind.TypedText, WordsProvenance.OwnHand)));
        Assert.Equal(0, await site.ReadAsync(hearing.World, db => db.VoiceRecords.CountAsync(r => r.ChildId == hearing.Child.Id, Cancel)));
    }

    [Fact]
    public async Task What_was_signed_pointed_at_seen_or_not_said_arrives_with_how_it_is_known_and_what_was_asked()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = Visit(hearing);
        await ReceivedAsync(hearing, visit);
        DeviceItem With(Action<RecordVoice> change)
        {
            var item = Words(hearing, visit.Id, "MORE, OUTSIDE");
            change(item.Record!);
            return item;
        }

        DeviceItem[] said =
        [
            With(r => (r.Kind, r.Provenance, r.Interpreter, r.SpokenLanguage, r.PromptedBy, r.Prompt) = (VoiceKind.SignOrGesture, WordsProvenance.ViaInterpreter, InterpreterRole.Intermediary, "cy", PromptedBy.OpenQuestion, "What next?")),
            With(r => (r.Kind, r.Provenance, r.Observer) = (VoiceKind.SymbolChoice, WordsProvenance.ReportedByOther, Observer.SchoolOrNursery)),
            With(r => (r.Kind, r.Provenance, r.Speaker, r.Observer) = (VoiceKind.ObservedNonVerbal, null, null, Observer.Practitioner)),
            With(r => (r.Kind, r.Provenance, r.Speaker, r.Layer, r.NotHeardReason) = (VoiceKind.Declined, null, null, null, NotHeardReason.NotOffered)),
        ];
        foreach (var item in said) await ReceivedAsync(hearing, item);
        var all = await site.ReadAsync(hearing.World, db => db.VoiceRecords.Include(r => r.Words).Where(r => r.ChildId == hearing.Child.Id).ToDictionaryAsync(r => r.Id, Cancel));
        var kept = said.Select(s => all[s.Id]).ToList();
        Assert.Equal([VoiceKind.SignOrGesture, VoiceKind.SymbolChoice, VoiceKind.ObservedNonVerbal, VoiceKind.Declined], kept.Select(r => r.Kind));
        Assert.Equal([WordsProvenance.ViaInterpreter, WordsProvenance.ReportedByOther, WordsProvenance.Observed, WordsProvenance.Observed], kept.Select(r => r.Provenance));
        Assert.Equal((InterpreterRole.Intermediary, "cy", PromptedBy.OpenQuestion, true), (kept[0].Interpreter!.Value, kept[0].SpokenLanguage, kept[0].PromptedBy!.Value, kept[0].Words!.PromptSealed is not null));
        // What a rule refuses with a connection is refused here too.
        using var refused = await SendAsync(hearing, With(r => (r.Kind, r.Provenance) = (VoiceKind.ObservedNonVerbal, null)));
        Assert.Equal("Choose who saw it", (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_list_with_nothing_in_one_of_its_places_is_refused()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = Visit(hearing);
        visit.Visit!.Present = [null!];
        using (var refused = await SendAsync(hearing, visit)) Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        visit.Visit.Present = [];
        await ReceivedAsync(hearing, visit);
        var answers = Answers(hearing, visit.Id, await VersionAsync(hearing.World, "one-to-ten"), ("safe", "10"), ("listened-to", "2"), ("altogether", "1"));
        answers.Record!.Answers.Add(null!);
        using (var refused = await SendAsync(hearing, answers)) Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Fact]
    public async Task A_recording_on_which_others_are_heard_is_held_until_each_said_yes_with_whichever_child_it_is_put()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var sibling = await hearing.AnotherChildAsync();
        foreach (var child in new[] { hearing.Child, sibling }) await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given, child);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child, change: r => r.Name = "Marigold Thistlebrook");
        var nan = await hearing.World.AddRelationshipAsync(hearing.Child, RelationshipKind.Grandparent, holdsResponsibility: false, change: r => r.Name = "Hester Quill");
        var theirMother = await hearing.World.AddRelationshipAsync(sibling, change: r => r.Name = "Marigold Thistlebrook");
        var (visit, other) = (Visit(hearing), Visit(hearing) with { ChildId = sibling.Id });
        foreach (var one in new[] { visit, other }) await ReceivedAsync(hearing, one);
        DeviceItem Heard(params Guid[] others)
        {
            var item = Recording(hearing, visit.Id, Hearing.Webm());
            (item.Record!.Before.AnybodyElseHeard, item.Record.Before.OthersHeard, item.Record.Before.OthersDescribed) = (true, [.. others], "A friend who was visiting\n");
            return item;
        }

        async Task<List<(Guid? Relationship, string? Described)>> OnAsync(Guid record, Guid childId)
        {
            using var scope = site.As(hearing.World.Whole);
            var voices = await scope.Db.ThirdPartyVoices.Where(v => v.VoiceRecordId == record && v.ChildId == childId).ToListAsync(Cancel);
            var found = new List<(Guid?, string?)>();
            foreach (var voice in voices) found.Add((voice.RelationshipId, voice.DescribedSealed is null ? null : await scope.Get<ChildrensInfo.Core.Keys.KeyRing>().OpenAsync(childId, voice.DescribedSealed, voice.Id, ChildrensInfo.Core.Keys.SealPart.ThirdParty, Cancel)));
            return [.. found.OrderBy(f => f.Item1).ThenBy(f => f.Item2, StringComparer.Ordinal)];
        }

        // What was sealed before it was asked comes, and is held until its worker says whether there is anybody; naming somebody says that there is.
        var unasked = Recording(hearing, visit.Id, Hearing.Webm());
        unasked.Record!.Before.AnybodyElseHeard = null;
        await PiecesAsync(hearing, unasked, Hearing.Webm());
        Assert.Equal("answer", (await ReceivedAsync(hearing, unasked)).GetProperty("heldFor").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{unasked.Record.FileId}")).StatusCode);
        using (var said = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{unasked.Id}/others", new Dictionary<string, string?> { ["Heard.AnybodyElseHeard"] = "false" }, "form#heard")) Assert.Equal(HttpStatusCode.Redirect, said.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{unasked.Record.FileId}")).StatusCode);

        var here = Heard(mother.Id);
        here.Record!.Before.AnybodyElseHeard = null;
        await PiecesAsync(hearing, here, Hearing.Webm());
        for (var time = 0; time < 2; time++)
        {
            var receipt = await ReceivedAsync(hearing, here);
            Assert.Equal((true, "others"), (receipt.GetProperty("held").GetBoolean(), receipt.GetProperty("heldFor").GetString()));
        }

        Assert.Equal([(null, "A friend who was visiting"), (mother.Id, null)], await OnAsync(here.Id, hearing.Child.Id));
        Assert.Equal(HttpStatusCode.Forbidden, (await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{here.Record!.FileId}")).StatusCode);

        // Somebody of another child's life is nobody of this one's.
        var wrong = Heard(theirMother.Id);
        await PiecesAsync(hearing, wrong, Hearing.Webm());
        using (var refused = await SendAsync(hearing, wrong)) Assert.Equal("Choose people in this child’s life", (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString());

        // Put with the other child: who is in that child's life too is asked as such, and whoever is not by name.
        var moved = Heard(mother.Id, nan.Id);
        // Its pieces had come for the first child, and come again for the second.
        await PiecesAsync(hearing, moved, Hearing.Webm());
        await PiecesAsync(hearing, moved with { ChildId = sibling.Id }, Hearing.Webm());
        using (var put = await SendAsync(hearing, moved, childId: sibling.Id, putWith: other.Id)) Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal([(null, "A friend who was visiting"), (null, "Hester Quill"), (theirMother.Id, null)], await OnAsync(moved.Id, sibling.Id));
        Assert.Equal(HttpStatusCode.Forbidden, (await hearing.Client.GetAsync($"/hear/{sibling.Id}/media/{moved.Record!.FileId}")).StatusCode);
    }

    /// <summary>Rules and record are rows of one transaction: PostgreSQL marks each with the one that made it.</summary>
    [Fact]
    public async Task What_a_child_says_is_kept_from_whom_they_name_from_the_moment_at_which_it_comes()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        var sibling = await hearing.AnotherChildAsync();
        var theirMother = await hearing.World.AddRelationshipAsync(sibling);
        var (visit, theirs) = (Visit(hearing), Visit(hearing) with { ChildId = sibling.Id });
        await ReceivedAsync(hearing, visit);
        await ReceivedAsync(hearing, theirs);
        DeviceItem Kept(string words, params string[] who) => Words(hearing, visit.Id, words) with { KeptFrom = [.. who.Select(w => new KeptFrom(Guid.CreateVersion7(), w))] };
        var item = Kept("Only for you.", $"{mother.Id}", "OtherPractitioners");
        foreach (var made in new[] { item, item, Kept("For anybody.") }) await ReceivedAsync(hearing, made);
        using (var manager = site.ClientFor(hearing.World.TeamManager))
        {
            var read = (await manager.PageAsync(hearing.ChildPage)).Body!.TextContent;
            Assert.Contains("For anybody.", read);
            Assert.DoesNotContain("Only for you.", read);
        }

        var versions = await site.ReadAsync(hearing.World, db => db.Database.SqlQuery<string>(
            $"select xmin::text from voice_records where id = {item.Id} union all select xmin::text from do_not_tells where voice_record_id = {item.Id} union all select xmin::text from device_receipts where id = {item.Id}").ToListAsync(Cancel));
        Assert.Equal(4, versions.Count);
        Assert.Single(versions.Distinct());
        var rules = await RulesAsync(item.Id);
        Assert.Equal([(mother.Id, (DoNotTellRole?)null), ((Guid?)null, DoNotTellRole.OtherPractitioners)], rules.Select(r => (r.RelationshipId, r.Role)));
        Assert.All(rules, r => Assert.Equal((DoNotTellScope.Record, DoNotTellSaidBy.Child, hearing.World.Practitioner.Id), (r.Scope, r.SaidBy, r.RecordedById)));
        Assert.Equal(2, (await hearing.World.AuditAsync(AuditActions.DoNotTellRecorded, hearing.Child.Id)).Count);

        // Whoever is nobody in their life is kept out with all the family; put with another child, who is in that one's life too is kept out there.
        var stranger = Kept("Not for her.", $"{theirMother.Id}");
        await ReceivedAsync(hearing, stranger);
        Assert.Equal(DoNotTellRole.Family, Assert.Single(await RulesAsync(stranger.Id)).Role);
        var moved = Kept("Of my sister.", $"{mother.Id}");
        using (var put = await SendAsync(hearing, moved, childId: sibling.Id, putWith: theirs.Id)) Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(theirMother.Id, Assert.Single(await RulesAsync(moved.Id)).RelationshipId);

        // Of everything they say: by itself, under the id of the first of those they named.
        var all = Guid.CreateVersion7();
        var everything = Item(hearing, all, DeviceItemKind.DoNotTell) with { KeptFrom = [new(all, "Family"), new(Guid.CreateVersion7(), $"{mother.Id}")] };
        foreach (var again in new[] { everything, everything }) await ReceivedAsync(hearing, again);
        Assert.Equal(2, await site.ReadAsync(hearing.World, db => db.DoNotTells.CountAsync(d => d.ChildId == hearing.Child.Id && d.Scope == DoNotTellScope.Everything, Cancel)));
        foreach (var wrong in new[] { everything with { Id = Guid.CreateVersion7() }, Kept("x", "Nobody"), Kept("x", [.. Enumerable.Repeat("Family", 101)]), Kept("x") with { KeptFrom = [new(Guid.Empty, "Family")] } })
        {
            using var refused = await SendAsync(hearing, wrong);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }

        Task<List<DoNotTell>> RulesAsync(Guid record) => site.ReadAsync(hearing.World, db => db.DoNotTells.AsNoTracking().Where(d => d.VoiceRecordId == record).OrderBy(d => d.RelationshipId == null).ToListAsync(Cancel));
    }

    [Theory]
    [InlineData(9, ConsentEventType.Asked)]
    [InlineData(16, ConsentEventType.Given)]
    public async Task What_a_child_answers_by_themselves_counts_as_it_does_with_a_connection(int age, ConsentEventType yes)
    {
        using var hearing = await Hearing.BeginAsync(site, age);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.DecideAsync(Purpose.QuoteService, ConsentEventType.Given);
        var own = (await hearing.Client.Http.GetFromJsonAsync<JsonElement>($"{hearing.ChildPage}/take-along", Cancel)).GetProperty("own");
        Assert.Contains(("Mum", $"{mother.Id}"), own.GetProperty("who").EnumerateArray().Select(w => (w.GetProperty("shown").GetString()!, w.GetProperty("who").GetString()!)));
        var asks = own.GetProperty("asks").EnumerateArray().ToDictionary(a => Enum.Parse<Purpose>(a.GetProperty("purpose").GetString()!));
        Assert.Equal(("Given", "NotAsked", "Mum"), (asks[Purpose.QuoteService].GetProperty("state").GetString(), asks[Purpose.ShareParent].GetProperty("state").GetString(), asks[Purpose.ShareParent].GetProperty("name").GetString()));
        // As the words of their own screen are, with a connection.
        Assert.Contains("Mum", asks[Purpose.ShareParent].GetProperty("wordings")[0].GetProperty("lines").ToString());
        DeviceItem Answer(Purpose purpose, ConsentEventType answer, Guid? to = null, WithdrawWants? wants = null)
        {
            var id = Guid.CreateVersion7();
            return Item(hearing, id, DeviceItemKind.Consent) with
            {
                Answer = new() { Id = id, Purpose = purpose, RecipientId = to, WordingId = asks[purpose].GetProperty("wordings")[0].GetProperty("id").GetGuid(), Answer = answer, Wants = wants },
                SealedAt = DateTime.UtcNow.AddMinutes(-2),
            };
        }

        var (may, stop) = (Answer(Purpose.ShareParent, ConsentEventType.Given, mother.Id), Answer(Purpose.QuoteService, ConsentEventType.Withdrawn, wants: WithdrawWants.TakeOut));
        foreach (var sent in new[] { may, stop, stop }) await ReceivedAsync(hearing, sent);
        using var scope = site.As(hearing.World.Whole);
        var kept = await scope.Db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == hearing.Child.Id && e.ClockSource == ClockSource.Device).OrderBy(e => e.Purpose == Purpose.QuoteService).ToListAsync(Cancel);
        Assert.Equal([(yes, ConsentMethod.TappedByChild, (WithdrawWants?)null), (ConsentEventType.Withdrawn, ConsentMethod.TappedByChild, WithdrawWants.TakeOut)], kept.Select(e => (e.Type, e.Method, e.Wants)));
        Assert.All(kept, e => Assert.True(e.RaisedByChild && e.OccurredAt < e.RecordedAt && e.DeviceId is not null));
        Assert.Equal(age >= 16, (await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.ShareParent, mother.Id, Cancel)).Allowed);
        Assert.False((await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, Purpose.QuoteService, null, Cancel)).Allowed);
        using var nothing = await SendAsync(hearing, Answer(Purpose.QuoteService, default) with { Answer = null });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nothing.StatusCode);
    }

    [Fact]
    public async Task Every_purpose_that_is_told_or_asked_as_such_goes_along_and_what_is_said_of_it_comes_back_in_its_own_words()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        await hearing.DecideAsync(Purpose.QuoteService, ConsentEventType.Given);
        var taken = await hearing.Client.Http.GetFromJsonAsync<JsonElement>($"{hearing.ChildPage}/take-along", Cancel);
        var others = taken.GetProperty("others").EnumerateArray().ToDictionary(o => Enum.Parse<Purpose>(o.GetProperty("purpose").GetString()!), o => o.GetProperty("permission"));
        // What is for one person, service, training or report, and for one visit, has another place or none.
        Assert.Equal([Purpose.TranscribeMachine, Purpose.Stats, Purpose.QuoteService, Purpose.ResearchExtract, Purpose.ResearchWords, Purpose.ResearchContact], others.Keys.Order());
        Assert.Equal([Purpose.Stats], others.Where(o => o.Value.GetProperty("isTold").GetBoolean()).Select(o => o.Key));
        Assert.True(taken.GetProperty("keeping").GetProperty("isTold").GetBoolean());
        Assert.Equal([Purpose.QuoteService], others.Where(o => o.Value.GetProperty("allowed").GetBoolean()).Select(o => o.Key));
        Assert.All(others, o => Assert.Equal(o.Key == Purpose.Stats ? 0 : 1, o.Value.GetProperty("adults").GetArrayLength()));
        foreach (var forAdults in new[] { true, false }) Assert.All(others.Values, o => Assert.Contains(o.GetProperty("wordings").EnumerateArray(), w => w.GetProperty("forAdults").GetBoolean() == forAdults));
        Guid WordsOf(Purpose purpose, bool forAdults) => others[purpose].GetProperty("wordings").EnumerateArray().First(w => w.GetProperty("forAdults").GetBoolean() == forAdults).GetProperty("id").GetGuid();
        var (device, sequence) = (Guid.CreateVersion7(), 0);
        DeviceItem Says(Purpose purpose, ConsentEventType decision, DecidedBy? by, bool adult = false)
        {
            var id = Guid.CreateVersion7();
            return Item(hearing, id, DeviceItemKind.Consent) with
            {
                Consent = new()
                {
                    Id = id,
                    Purpose = purpose,
                    Decision = decision,
                    DecidedBy = by,
                    DecidedByRelationshipId = adult ? mother.Id : null,
                    Method = ConsentMethod.Spoken,
                    WordingId = WordsOf(purpose, adult),
                    Competence = decision != ConsentEventType.Given ? null : adult ? CompetenceOutcome.NotCompetent : CompetenceOutcome.Competent,
                    CompetenceRationale = decision == ConsentEventType.Given ? "Told me in their own words who reads it and what for" : null,
                    ChildPosition = adult ? ChildPosition.Assents : null,
                },
                DeviceId = device,
                Sequence = ++sequence,
                SealedAt = DateTime.UtcNow,
            };
        }

        // A child's own yes to each that is asked, and an adult's.
        foreach (var purpose in others.Keys.Where(p => p != Purpose.Stats))
        {
            var adult = purpose is Purpose.ResearchExtract or Purpose.TranscribeMachine;
            var yes = Says(purpose, ConsentEventType.Given, adult ? DecidedBy.ParentalResponsibility : DecidedBy.ChildForSelf, adult);
            await ReceivedAsync(hearing, yes);
            var kept = await site.ReadAsync(hearing.World, db => db.ConsentEvents.AsNoTracking().SingleAsync(e => e.Id == yes.Id, Cancel));
            var wording = await site.ReadAsync(hearing.World, db => db.Wordings.AsNoTracking().SingleAsync(w => w.Id == kept.WordingId, Cancel));
            Assert.Equal((purpose, adult, ClockSource.Device), (wording.Purpose, wording.AgeBand == AgeBand.Adult, kept.ClockSource));
            Assert.Equal(wording.BodyHash, kept.WordingHash);
            Assert.Equal(ConsentState.Given, await StateAsync(purpose));
        }

        // Told, they mind; told again they still do; until they do not.
        foreach (var (says, by, comesTo) in new (ConsentEventType, DecidedBy?, ConsentState)[]
        {
            (ConsentEventType.Told, null, ConsentState.Told), (ConsentEventType.Objected, DecidedBy.ChildForSelf, ConsentState.Objected), (ConsentEventType.Told, null, ConsentState.Objected), (ConsentEventType.Told, DecidedBy.ChildForSelf, ConsentState.Told),
        })
        {
            await ReceivedAsync(hearing, Says(Purpose.Stats, says, by));
            Assert.Equal(comesTo, await StateAsync(Purpose.Stats));
        }

        // The council is the judge of which of the two it is.
        foreach (var (purpose, says) in new[] { (Purpose.Stats, ConsentEventType.Given), (Purpose.ResearchWords, ConsentEventType.Told) })
        {
            using var refused = await SendAsync(hearing, Says(purpose, says, DecidedBy.ChildForSelf));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.NotEmpty((await refused.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("reason").GetString()!);
        }

        async Task<ConsentState> StateAsync(Purpose purpose)
        {
            using var scope = site.As(hearing.World.Whole);
            return (await scope.Get<ConsentService>().DecideNowAsync(hearing.Child.Id, purpose, null, Cancel)).State;
        }
    }

    private Task<ToolVersion> VersionAsync(World world, string key) =>
        site.ReadAsync(world, db => db.ToolVersions.Include(v => v.Tool).SingleAsync(v => v.Tool!.Key == key && v.AuthorityId == null && v.Language == "en", Cancel));

    private static DeviceItem Answers(Hearing hearing, Guid visit, ToolVersion version, params (string Item, string Value)[] given)
    {
        var item = Words(hearing, visit, "");
        (item.Record!.Kind, item.Record.Provenance, item.Record.Text, item.Record.ToolVersionId) = (VoiceService.KindOf(version.Tool!.Kind), null, null, version.Id);
        item.Record.Answers = [.. given.Select(g => new GivenAnswer { Item = g.Item, Value = g.Value })];
        return item;
    }

    private static DeviceItem Decision(Hearing hearing, ConsentEventType decision, Guid? wording)
    {
        var id = Guid.CreateVersion7();
        return Item(hearing, id, DeviceItemKind.Consent) with
        {
            Consent = new() { Id = id, Purpose = Purpose.ImageWork, Decision = decision, DecidedBy = DecidedBy.ChildForSelf, Method = ConsentMethod.Spoken, WordingId = wording },
            SealedAt = DateTime.UtcNow,
        };
    }

    private static RecordVoice Said(Guid id, string? text) => new()
    {
        Id = id,
        Kind = VoiceKind.TypedText,
        Speaker = Speaker.Child,
        Provenance = WordsProvenance.VerbatimAtTheTime,
        Subjects = [SubjectMatter.MyLife],
        Layer = Layer.Data,
        Language = "en",
        Text = text,
    };

    internal static DeviceItem Photo(Hearing hearing, Guid visit, byte[] bytes)
    {
        var item = Recording(hearing, visit, bytes);
        (item.Record!.Kind, item.Record.DurationMs, item.Record.Provenance, item.Record.ShowsPerson) = (VoiceKind.Photo, 0, null, false);
        return item;
    }

    private static DeviceItem Drawing(Hearing hearing, Guid visit, byte[] bytes)
    {
        var item = Photo(hearing, visit, bytes);
        item.Record!.Kind = VoiceKind.Drawing;
        return item;
    }

    private static DeviceItem By(DeviceItem item, Speaker speaker, Guid? relationship = null, int? size = null)
    {
        (item.Record!.Speaker, item.Record.SpeakerRelationshipId, item.Record.GroupSize) = (speaker, relationship, size);
        return item;
    }

    private static DeviceItem About(DeviceItem item, Guid explained)
    {
        item.Record!.ExplainsId = explained;
        return item;
    }

    internal static DeviceItem Recording(Hearing hearing, Guid visit, byte[] sound)
    {
        var id = Guid.CreateVersion7();
        var record = Said(id, null);
        (record.Kind, record.FileId, record.DurationMs, record.Before.AnybodyElseHeard) = (VoiceKind.Audio, Guid.CreateVersion7(), 4000, false);
        return Item(hearing, id, DeviceItemKind.Record) with
        {
            SessionId = visit,
            Record = record,
            Parts = [.. sound.Chunk(StoredFile.ChunkBytes).Select((piece, index) => new DevicePart(index, piece.Length, Convert.ToHexStringLower(SHA256.HashData(piece))))],
        };
    }

    private static async Task PiecesAsync(Hearing hearing, DeviceItem item, byte[] sound, Func<int, byte[], byte[]>? close = null)
    {
        foreach (var (index, plain) in sound.Chunk(StoredFile.ChunkBytes).Index())
        {
            using var answer = await PieceAsync(hearing, item, index, close?.Invoke(index, plain) ?? plain, sound.Length, close is not null);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }
    }

    private static async Task<HttpResponseMessage> PieceAsync(Hearing hearing, DeviceItem item, int index, byte[] piece, long total, bool closed = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/hear/{item.ChildId}/offline-media/{item.Record!.FileId}/{index}") { Content = new ByteArrayContent(piece) };
        request.Content.Headers.ContentType = new("application/octet-stream");
        if (closed) request.Headers.Add("X-Sealed", "council");
        request.Headers.Add("X-Total-Length", $"{total}");
        request.Headers.Add("RequestVerificationToken", await hearing.Client.AntiforgeryTokenAsync("/hear"));
        return await hearing.Client.Http.SendAsync(request, Cancel);
    }

    internal static async Task<JsonElement> ReceivedAsync(Hearing hearing, DeviceItem item)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(item, Sealed);
        using var answer = await SendAsync(hearing, item, body: body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancel));
        var receipt = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(item.Id, receipt.GetProperty("id").GetGuid());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(body)), receipt.GetProperty("sha256").GetString());
        return receipt;
    }

    internal static readonly JsonSerializerOptions Sealed = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };

    private static async Task<HttpResponseMessage> SendAsync(Hearing hearing, DeviceItem item, Guid? childId = null, byte[]? body = null, string? token = null, TestClient? client = null, bool closed = false, Guid? putWith = null)
    {
        client ??= hearing.Client;
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/hear/{childId ?? item.ChildId}/offline/{item.Id}") { Content = new ByteArrayContent(body ?? JsonSerializer.SerializeToUtf8Bytes(item, Sealed)) };
        request.Content.Headers.ContentType = new("application/json");
        if (closed) request.Headers.Add("X-Sealed", "council");
        if (putWith is { } visit) request.Headers.Add("X-Put-With", $"{visit}");
        request.Headers.Add("X-Sent-At", DateTime.UtcNow.ToString("O"));
        request.Headers.Add("RequestVerificationToken", token ?? await client.AntiforgeryTokenAsync("/hear"));
        return await client.Http.SendAsync(request, Cancel);
    }
}
