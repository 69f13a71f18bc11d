using System.Net;
using System.Text;
using AngleSharp.Dom;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>Every way of saying it but words, voice and drawing: tools, symbols, signs, what is seen, photos, and nothing said.</summary>
public class WaysTests(TestSite site)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    /// <summary>The address of the recording page for a shipped tool.</summary>
    private async Task<string> ToolPageAsync(Hearing hearing, Guid visit, string key, string language = "en")
    {
        using var scope = site.As(hearing.World.Whole);
        var version = await scope.Db.ToolVersions.Include(v => v.Tool).SingleAsync(v => v.Tool!.Key == key && v.AuthorityId == null && v.Language == language, Cancel);
        return $"{hearing.WordsPage(visit, VoiceService.KindOf(version.Tool!.Kind))}&tool={version.Id}";
    }

    private async Task<(VoiceRecord Record, string? Text)> KeptAsync(Hearing hearing)
    {
        using var scope = site.As(hearing.World.Whole);
        var record = await scope.Db.VoiceRecords.Include(r => r.Words).Include(r => r.ToolVersion).OrderByDescending(r => r.SealedAt).FirstAsync(r => r.ChildId == hearing.Child.Id, Cancel);
        return (record, record.Words is { } words ? await scope.Get<KeyRing>().OpenAsync(record.ChildId, words.Sealed, record.Id, SealPart.Words, Cancel) : null);
    }

    [Fact]
    public async Task An_eleven_on_a_scale_of_ten_is_refused_beside_its_field_and_skipped_is_not_zero()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var path = await ToolPageAsync(hearing, await hearing.VisitAsync(), "one-to-ten");
        var fields = Hearing.Said(null, ("Input.Answers[0].Value", "11"), ("Input.Answers[1].Value", "skip"), ("Input.Answers[2].Value", "10"), ("Input.Provenance", null));
        using (var answer = await hearing.Client.SubmitAsync(path, fields))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var page = await TestClient.ParseAsync(answer);
            var error = page.QuerySelector("#Input_Answers_0__Value-error")!;
            Assert.Contains("Choose a number from 1 to 10", error.TextContent);
            Assert.Equal("Input_Answers_0__Value", page.QuerySelector(".govuk-error-summary a")!.GetAttribute("href")![1..]);
            Assert.NotNull(page.QuerySelector("#Input_Answers_0__Value"));
            // What was answered well is still answered.
            Assert.True(page.QuerySelector("#Input_Answers_2__Value-10")!.HasAttribute("checked"));
            // Whose hand it was has to be said, and is not what words come by.
            Assert.Contains("Choose who tapped or wrote it", page.QuerySelector("#Input_Provenance-error")!.TextContent);
        }

        Assert.Empty(await hearing.World.AuditAsync(AuditActions.VoiceRecorded));
        fields["Input.Answers[0].Value"] = "1";
        fields["Input.Provenance"] = "VerbatimAtTheTime";
        using (var answer = await hearing.Client.SubmitAsync(path, fields)) Assert.Contains("Choose who tapped or wrote it", (await TestClient.ParseAsync(answer)).QuerySelector("#Input_Provenance-error")!.TextContent);
        fields["Input.Provenance"] = "EnteredAsPointed";
        fields["Input.Said"] = "Dydw i ddim yn gwybod 🤷";
        using (var answer = await hearing.Client.SubmitAsync(path, fields)) Assert.Equal(hearing.ChildPage, answer.Headers.Location?.OriginalString);
        var (record, text) = await KeptAsync(hearing);
        var sheet = AnswerSheet.Read(text!);
        Assert.Equal((VoiceKind.ScaleAnswer, 1, "one-to-ten", WordsProvenance.EnteredAsPointed), (record.Kind, sheet.Version, sheet.Tool, record.Provenance));
        Assert.Contains("Tapped by the worker, as they pointed: very close", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".words__closeness")!.TextContent, StringComparison.Ordinal);
        Assert.Equal((1, 1, 10, "As bad as it could be", false), (sheet.Answers[0].Value, sheet.Answers[0].Min, sheet.Answers[0].Max, sheet.Answers[0].ValueLabel, sheet.Answers[0].Skipped));
        Assert.Equal((null, true), (sheet.Answers[1].Value, sheet.Answers[1].Skipped));
        Assert.Equal("Dydw i ddim yn gwybod 🤷", sheet.Said);
        Assert.DoesNotContain("listen", Encoding.UTF8.GetString(record.Words!.Sealed), StringComparison.Ordinal);
        var shown = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".answers")!;
        Assert.Contains("10 on a scale from 1 to 10: As good as it could be", shown.TextContent.Replace("\n", "", StringComparison.Ordinal));
        Assert.Contains("Skipped", shown.TextContent);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceRecorded, hearing.Child.Id));
    }

    [Fact]
    public async Task Three_houses_keep_the_childs_names_and_order_and_every_letter()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var path = await ToolPageAsync(hearing, await hearing.VisitAsync(), "three-houses");
        const string worries = "  mum shouting\n\nأنا خائف من الليل <b>&amp;</b> 😟";
        // What the worker put in as an interpreter said it came through them, and from what has to be said too; so is what was asked.
        using (var half = await hearing.Client.SubmitAsync(path, Hearing.Said(null, ("Input.Provenance", "EnteredAsSaid"), ("Input.Interpreter", "FamilyMember"), ("Input.Answers[1].Words", "my dog"))))
        {
            Assert.Contains("Choose the language they spoke or signed", (await TestClient.ParseAsync(half)).QuerySelector("#Input_SpokenLanguage-error")!.TextContent, StringComparison.Ordinal);
        }

        using (var answer = await hearing.Client.SubmitAsync(path, Hearing.Said(null, ("Input.Provenance", "EnteredAsSaid"),
            ("Input.Interpreter", "FamilyMember"), ("Input.SpokenLanguage", "cy"), ("Input.PromptedBy", "OpenQuestion"), ("Input.Prompt", "What belongs in them?"),
            ("Input.Answers[0].Words", worries.Replace("\n", "\r\n")), ("Input.Answers[0].OwnName", "The spider house"), ("Input.Answers[0].Place", "3"),
            ("Input.Answers[1].Words", "my dog"), ("Input.Answers[1].Place", "2"), ("Input.Answers[2].Place", "1")))) Assert.Equal(hearing.ChildPage, answer.Headers.Location?.OriginalString);
        var (record, text) = await KeptAsync(hearing);
        Assert.Equal((WordsProvenance.ViaInterpreter, InterpreterRole.FamilyMember, "cy", PromptedBy.OpenQuestion), (record.Provenance, record.Interpreter, record.SpokenLanguage, record.PromptedBy));
        var sheet = AnswerSheet.Read(text!);
        Assert.Equal(["dreams", "good-things", "worries"], sheet.Answers.Select(a => a.Item));
        Assert.Equal((worries, "The spider house", "House of worries"), (sheet.Answers[2].Words, sheet.Answers[2].OwnName, sheet.Answers[2].Label));
        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Contains("Through somebody in the family, from Welsh", page.QuerySelector(".record__facts")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("What belongs in them?", page.QuerySelector(".record__asked")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(worries, page.QuerySelectorAll(".answers .words__text")[^1].TextContent);
        Assert.All(page.QuerySelectorAll(".answers .words__text"), w => Assert.Equal("auto", w.GetAttribute("dir")));
        Assert.Equal("The spider house (shown as “House of worries”)", page.QuerySelectorAll(".answers dt")[^1].TextContent.Trim());
    }

    [Fact]
    public async Task Symbols_are_kept_one_after_the_other_and_a_board_of_their_own_in_words()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = await hearing.VisitAsync();
        var path = await ToolPageAsync(hearing, visit, "symbol-board");
        using (var answer = await hearing.Client.SubmitAsync(path, Hearing.Said(null, ("Input.Provenance", "OwnHand"), ("Input.Order", "home dog sad home dog")))) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(["Home", "Dog", "Sad", "Home", "Dog"], AnswerSheet.Read((await KeptAsync(hearing)).Text!).Answers.Select(a => a.Label));
        using (var own = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.SymbolChoice), Hearing.Said("HOME. DOG. GO."))) Assert.Equal(HttpStatusCode.Redirect, own.StatusCode);
        Assert.Equal("HOME. DOG. GO.", (await KeptAsync(hearing)).Text);
        // Of a board of their own nobody tapped anything here.
        using (var tapped = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.SymbolChoice), Hearing.Said("HOME. DOG. GO.", ("Input.Provenance", "EnteredAsSaid")))) Assert.Contains("Choose where the words came from", (await TestClient.ParseAsync(tapped)).QuerySelector("#Input_Provenance-error")!.TextContent);
        using var empty = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.SymbolChoice), Hearing.Said(""));
        Assert.Contains("Enter the symbols that were chosen", await empty.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_a_baby_does_counts_as_heard_and_says_who_saw_it()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 0);
        var visit = await hearing.VisitAsync();
        var fields = Hearing.Said("Turned his head to her voice and stopped kicking.", ("Input.Speaker", null), ("Input.Provenance", null));
        using (var bad = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.ObservedNonVerbal), fields)) Assert.Contains("Choose who saw it", await bad.Content.ReadAsStringAsync());
        fields["Input.Observer"] = "HealthWorker";
        using (var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.ObservedNonVerbal), fields)) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var (record, _) = await KeptAsync(hearing);
        Assert.Equal((Speaker.Child, WordsProvenance.ReportedByOther, Observer.HealthWorker), (record.Speaker, record.Provenance, record.Observer));
        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Contains("What was seen", page.QuerySelector(".words__label")!.TextContent);
        Assert.Contains("Seen by a health worker, not said", page.QuerySelector(".record__facts")!.TextContent);
    }

    [Fact]
    public async Task Signs_through_somebody_who_knows_them_say_who_and_from_what()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = await hearing.VisitAsync();
        var fields = Hearing.Said("MORE, OUTSIDE", ("Input.Provenance", "ViaInterpreter"));
        using (var bad = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.SignOrGesture), fields))
        {
            var page = await TestClient.ParseAsync(bad);
            Assert.Contains("Choose who interpreted", page.QuerySelector("#Input_Interpreter-error")!.TextContent);
            Assert.NotNull(page.QuerySelector("#Input_SpokenLanguage-error"));
        }

        fields["Input.Interpreter"] = "SignLanguageInterpreter";
        fields["Input.SpokenLanguage"] = "bfi";
        using (var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.SignOrGesture), fields)) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains("Through a sign language interpreter, from British Sign Language", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record__facts")!.TextContent);
    }

    [Fact]
    public async Task Nothing_said_is_kept_with_its_reason_and_hears_nobody()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = await hearing.VisitAsync();
        var path = hearing.WordsPage(visit, VoiceKind.Declined);
        using (var bad = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.Text"] = "" })) Assert.Contains("Choose why nothing was said", await bad.Content.ReadAsStringAsync());
        using (var bad = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.NotHeardReason"] = "NotOffered" })) Assert.Contains("Enter why nothing was offered", await bad.Content.ReadAsStringAsync());
        using (var bad = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.NotHeardReason"] = "DidNotWantTo" })) Assert.Contains("Choose what was offered", await bad.Content.ReadAsStringAsync());
        using (var answer = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?>
        {
            ["Input.NotHeardReason"] = "StoppedByChild",
            ["Input.Offered"] = "Drawing",
            ["Input.Text"] = "Drew one line and put the pen down.",
        })) Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var (record, text) = await KeptAsync(hearing);
        Assert.Equal((VoiceKind.Declined, NotHeardReason.StoppedByChild, "Drew one line and put the pen down."), (record.Kind, record.NotHeardReason, text));
        Assert.Equal([VoiceKind.Drawing], record.Offered);
        var page = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Contains("They stopped it. Offered: drawing", page.QuerySelector(".not-heard")!.TextContent);
        Assert.Empty(page.QuerySelectorAll(".words"));
        Assert.Contains("Sorrel", (await hearing.Client.PageAsync("/hear")).QuerySelector("section[aria-labelledby=not-heard]")!.TextContent);
    }

    [Fact]
    public async Task A_photo_waits_for_a_yes_loses_its_place_and_is_locked_when_the_yes_is_taken_back()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var visit = await hearing.VisitAsync();
        var path = hearing.WordsPage(visit, VoiceKind.Photo);
        var before = await hearing.Client.PageAsync(path);
        Assert.Null(before.QuerySelector("input[type=file]"));
        Assert.Contains("purpose=ImageWork", before.QuerySelector("main a.govuk-button")!.GetAttribute("href"));
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            var refused = await scope.Get<VoiceMediaService>().KeepPhotoAsync(hearing.Child.Id, FileKind.VoicePhoto, PictureFileTests.Jpeg(640, 480), World.ActorOf(hearing.World.Practitioner), Cancel, showsPerson: false);
            Assert.Contains("no permission", refused!.Value.Outcome.Refusal!.Message);
        }

        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        Assert.Equal("image/jpeg,image/png,image/webp", (await hearing.Client.PageAsync(path)).QuerySelector("input[type=file]")!.GetAttribute("accept"));
        // A question left open does not cost the photo.
        string fileId;
        using (var open = await hearing.Client.UploadAsync(path, "Photo", PictureFileTests.Jpeg(640, 480, 6), "IMG_0001.jpg", Hearing.Said(null, ("Input.Speaker", null), ("Input.Provenance", null))))
        {
            var page = await TestClient.ParseAsync(open);
            Assert.Contains("Choose whose words these are", page.QuerySelector(".govuk-error-summary")!.TextContent);
            Assert.Contains("Say whether a person can be recognised on it", page.QuerySelector("#Input_ShowsPerson-error")!.TextContent);
            Assert.Contains("A photo is kept with this form", page.QuerySelector("[data-photo]")!.TextContent);
            fileId = page.QuerySelector("input[name='Input.FileId']")!.GetAttribute("value")!;
            using var sealedNow = await hearing.Client.SubmitAsync(page, path, Hearing.Said(null, ("Input.Provenance", null), ("Input.ShowsPerson", "false")));
            Assert.Equal(hearing.ChildPage, sealedNow.Headers.Location?.OriginalString);
        }

        var address = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".words img")!.GetAttribute("src")!;
        Assert.EndsWith(fileId, address, StringComparison.Ordinal);
        using (var shown = await hearing.Client.GetAsync(address))
        {
            Assert.Equal("image/jpeg", shown.Content.Headers.ContentType!.ToString());
            Assert.Equal(PictureFile.Clean(PictureFileTests.Jpeg(640, 480, 6)).Bytes, await shown.Content.ReadAsByteArrayAsync(Cancel));
            Assert.DoesNotContain(PictureFileTests.Where, Encoding.Latin1.GetString(await shown.Content.ReadAsByteArrayAsync(Cancel)), StringComparison.Ordinal);
        }

        Assert.Equal("image/jpeg, details taken out", Assert.Single(await hearing.World.AuditAsync(AuditActions.MediaReceived)).Detail);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Withdrawn);
        using (var locked = await hearing.Client.GetAsync(address)) Assert.Equal(HttpStatusCode.Forbidden, locked.StatusCode);
        var after = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Contains("photo is kept but cannot be shown", after.QuerySelector(".record__locked")!.TextContent);
        Assert.DoesNotContain("Photo of something", (await hearing.Client.PageAsync(hearing.WordsPage(visit))).QuerySelector(".ways")!.TextContent);
    }

    [Fact]
    public async Task A_photo_on_which_a_person_can_be_recognised_needs_its_own_yes_whenever_that_is_said()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 17, givenName: "Sam");
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        var visit = await hearing.VisitAsync();
        var path = hearing.WordsPage(visit, VoiceKind.Photo);
        async Task<VoiceRecord> TakeAsync(bool person)
        {
            var id = Guid.CreateVersion7();
            using var taken = await hearing.Client.UploadAsync(path, "Photo", Hearing.Png(), "x.png", Hearing.Said(null, ("Input.Id", $"{id}"), ("Input.ShowsPerson", person ? "true" : "false")));
            Assert.Equal(hearing.ChildPage, taken.Headers.Location?.OriginalString);
            return await site.RecordAsync(hearing.World, id);
        }

        async Task<HttpStatusCode> ShowsAsync(VoiceRecord photo)
        {
            using var answer = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{photo.FileId}");
            return answer.StatusCode;
        }

        // A yes to photos of what they make is none to photos of people: refused beside the question, with the file and when it was kept before that was answered.
        using (var refused = await hearing.Client.UploadAsync(path, "Photo", Hearing.Png(), "x.png", Hearing.Said(null, ("Input.ShowsPerson", "true"))))
        {
            Assert.Contains(VoiceMediaService.NoPhotosOfPeople, (await TestClient.ParseAsync(refused)).QuerySelector("#Input_ShowsPerson-error")!.TextContent);
        }

        Assert.Equal(nameof(MediaFault.NotPermitted), Assert.Single(await hearing.World.AuditAsync(AuditActions.MediaRefused)).Detail);
        using (var open = await hearing.Client.UploadAsync(path, "Photo", Hearing.Png(), "x.png", Hearing.Said(null)))
        {
            var form = await TestClient.ParseAsync(open);
            using var refused = await hearing.Client.SubmitAsync(form, path, Hearing.Said(null, ("Input.ShowsPerson", "true")));
            Assert.Contains(VoiceMediaService.NoPhotosOfPeople, (await TestClient.ParseAsync(refused)).QuerySelector("#Input_ShowsPerson-error")!.TextContent);
        }

        // Asked about from there, for this visit, and back to it.
        using (var yes = await hearing.Client.SubmitAsync((await hearing.Client.PageAsync(path)).QuerySelector("main a[href*='purpose=ImagePerson']")!.GetAttribute("href")!, new Dictionary<string, string?> { ["Input.Decision"] = "Given", ["Lasts"] = "Visit" }))
        {
            Assert.Equal(path, yes.Headers.Location?.OriginalString);
        }

        var (thing, person) = (await TakeAsync(false), await TakeAsync(true));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await ShowsAsync(thing), await ShowsAsync(person)));
        Assert.Equal([Purpose.ImageWork, Purpose.ImagePerson], await site.ReadAsync(hearing.World, db => db.ConsentUses.Where(u => u.ChildId == hearing.Child.Id).OrderBy(u => u.UsedAt).Select(u => u.Purpose).ToListAsync(Cancel)));

        // “No” was wrong: in another visit nobody was asked about people, so it is locked and a task, and the right answer opens it. That is not taken back.
        var other = await hearing.VisitAsync();
        path = hearing.WordsPage(other, VoiceKind.Photo);
        var wrong = await TakeAsync(false);
        var answering = $"{hearing.ChildPage}/records/{wrong.Id}/person";
        using (var none = await hearing.Client.SubmitAsync(answering, new Dictionary<string, string?>())) Assert.Contains("Say whether a person", (await TestClient.ParseAsync(none)).QuerySelector("#Input_ShowsPerson-error")!.TextContent);
        using (var same = await hearing.Client.SubmitAsync(answering, new Dictionary<string, string?> { ["Input.ShowsPerson"] = "false" })) Assert.Contains("said before", (await TestClient.ParseAsync(same)).QuerySelector("#Input_ShowsPerson-error")!.TextContent);
        var page = await hearing.Client.PageAsync(answering);
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => hearing.Client.SubmitAsync(page, answering, new Dictionary<string, string?> { ["Input.ShowsPerson"] = "true" })));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));
        Assert.Equal("a person can be recognised", Assert.Single(await hearing.World.AuditAsync(AuditActions.PhotoAnswered, hearing.Child.Id)).Detail);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (await ShowsAsync(thing), await ShowsAsync(wrong)));
        var record = (await hearing.Client.PageAsync(hearing.ChildPage)).GetElementById($"record-{wrong.Id}")!;
        Assert.Contains("There is no yes to it", record.QuerySelector(".record__locked")!.TextContent);
        Assert.Null(record.QuerySelector("img"));
        Assert.Null((await hearing.Client.PageAsync(hearing.WordsPage(other) + $"&about={wrong.Id}")).QuerySelector(".about img"));
        Assert.Contains("nobody was asked for that", (await hearing.Client.PageAsync("/hear")).QuerySelector("section[aria-labelledby=waiting]")!.TextContent);
        Assert.Null((await hearing.Client.PageAsync(answering)).QuerySelector("form input[type=radio]"));
        using (var back = await hearing.Client.SubmitAsync(page, answering, new Dictionary<string, string?> { ["Input.Id"] = $"{Guid.CreateVersion7()}", ["Input.ShowsPerson"] = "false" }))
        {
            Assert.Contains("not taken back", (await TestClient.ParseAsync(back)).QuerySelector(".govuk-error-summary")!.TextContent);
        }

        await using (var owner = new Npgsql.NpgsqlConnection(site.SuperuserConnectionString))
        {
            await owner.OpenAsync(Cancel);
            foreach (var change in new[]
            {
                $"update voice_records set shows_person = false where id = '{wrong.Id}'", $"update voice_records set shows_person = true where id = '{thing.Id}'",
                $"insert into photo_answers select gen_random_uuid(), authority_id, child_id, voice_record_id, false, now(), answered_by_id from photo_answers where voice_record_id = '{wrong.Id}'",
                $"delete from photo_answers where voice_record_id = '{wrong.Id}'",
            })
            {
                await using var command = new Npgsql.NpgsqlCommand(change, owner);
                Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync(Cancel))).SqlState);
            }
        }

        await hearing.DecideAsync(Purpose.ImagePerson, ConsentEventType.Given);
        Assert.Equal(HttpStatusCode.OK, await ShowsAsync(wrong));
        Assert.Null((await hearing.Client.PageAsync("/hear")).QuerySelector("section[aria-labelledby=waiting]"));

        // A stop to the one leaves the other; what was sealed as something they made is stopped with that for good. What they want deleted goes with the permission it was about.
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Withdrawn);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.Forbidden), (await ShowsAsync(thing), await ShowsAsync(person), await ShowsAsync(wrong)));
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        await hearing.DecideAsync(Purpose.ImagePerson, ConsentEventType.Withdrawn, change: c => c.Wants = WithdrawWants.DeleteRecording);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Gone, HttpStatusCode.Gone), (await ShowsAsync(thing), await ShowsAsync(person), await ShowsAsync(wrong)));
        // What turns out only then to be a photo of somebody was made before they said stop as well.
        var last = await TakeAsync(false);
        answering = $"{hearing.ChildPage}/records/{thing.Id}/person";
        var forms = new[] { await hearing.Client.PageAsync(answering), await hearing.Client.PageAsync(answering) };
        var found = await AtOnce.SaveAsync(site, "photo_answers", [.. forms.Select(f => (Func<Task<HttpResponseMessage>>)(() => hearing.Client.SubmitAsync(f, answering, new Dictionary<string, string?> { ["Input.ShowsPerson"] = "true" })))]);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Redirect], found.Select(f => f.StatusCode).Order());
        Assert.Contains("That was said before", await found.Single(f => f.StatusCode == HttpStatusCode.OK).Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Gone, HttpStatusCode.OK), (await ShowsAsync(thing), await ShowsAsync(last)));
        Assert.Equal(3, (await hearing.World.AuditAsync(AuditActions.MediaErased, hearing.Child.Id)).Count);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Withdrawn, change: c => c.Wants = WithdrawWants.DeleteRecording);
        Assert.Equal(HttpStatusCode.Gone, await ShowsAsync(last));
    }

    public static TheoryData<byte[], string> BadPhotos => new()
    {
        { [0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8], "HEIC" },
        { "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray(), "SVG" },
        { PictureFileTests.Jpeg(10_000, 10_000), "100 million dots" },
        { [.. PictureFileTests.Jpeg(64, 48), .. new byte[StoredFile.ImageMaxBytes]], "up to 20 MB" },
    };

    [Theory]
    [MemberData(nameof(BadPhotos))]
    public async Task A_photo_that_cannot_be_kept_is_refused_beside_the_field_and_written_down(byte[] bytes, string says)
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.ImageWork, ConsentEventType.Given);
        using var answer = await hearing.Client.UploadAsync(hearing.WordsPage(await hearing.VisitAsync(), VoiceKind.Photo), "Photo", bytes, "x.jpg", Hearing.Said(null, ("Input.Provenance", null), ("Input.ShowsPerson", "false")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(says, (await TestClient.ParseAsync(answer)).QuerySelector("#Input_FileId-error")!.TextContent);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.MediaRefused));
        using var scope = site.As(hearing.World.Whole);
        Assert.False(await scope.Db.Files.AnyAsync(f => f.ChildId == hearing.Child.Id, Cancel));
    }

    [Fact]
    public async Task A_photo_cannot_come_in_as_a_drawing()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using (var jpeg = await hearing.PutAsync(Guid.CreateVersion7(), 0, PictureFileTests.Jpeg(640, 480))) Assert.Equal(HttpStatusCode.UnsupportedMediaType, jpeg.StatusCode);
        var (visit, fileId) = (await hearing.VisitAsync(), Guid.CreateVersion7());
        using (var png = await hearing.PutAsync(fileId, 0, PictureFileTests.Png(30, 20, ("eXIf", PictureFileTests.Where)))) Assert.Equal(HttpStatusCode.Created, png.StatusCode);
        using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Drawing), Hearing.Sent(fileId));
        Assert.Contains("not a drawing from the sheet", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_a_child_says_about_their_drawing_stands_with_it()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var (_, drawing) = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing, ("Input.Subjects", "MyHelp"));
        var link = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelectorAll(".record__more a").Single(a => a.TextContent.Contains("about it")).GetAttribute("href")!;
        // It begins with what the drawing is about.
        Assert.Equal(["MyHelp"], (await hearing.Client.PageAsync(link)).QuerySelectorAll("[name='Input.Subjects'][checked]").Select(c => c.GetAttribute("value")));
        using (var answer = await hearing.Client.SubmitAsync(link, Hearing.Said("It's the dog, he is digging to Australia"))) Assert.Equal(hearing.ChildPage, answer.Headers.Location?.OriginalString);
        Assert.Equal(drawing, (await KeptAsync(hearing)).Record.ExplainsId);
        var article = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector($"#record-{drawing}")!;
        Assert.Equal("It's the dog, he is digging to Australia", article.QuerySelector(".meaning .words__text")!.TextContent);

        // Another child's drawing cannot be explained here.
        var other = await hearing.AnotherChildAsync();
        using var forged = await hearing.Client.GetAsync($"/hear/{other.Id}/visits/{await hearing.VisitAsync(other)}/words/new?about={drawing}");
        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
    }

    [Fact]
    public async Task Back_after_sealing_keeps_what_is_new_and_makes_no_second_of_what_is_not()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var path = hearing.WordsPage(await hearing.VisitAsync());
        var page = await hearing.Client.PageAsync(path);
        using (var first = await hearing.Client.SubmitAsync(page, path, Hearing.Said("I like the dog."))) Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        using (var same = await hearing.Client.SubmitAsync(page, path, Hearing.Said("I like the dog."))) Assert.Equal(HttpStatusCode.Redirect, same.StatusCode);
        using var changed = await hearing.Client.SubmitAsync(page, path, Hearing.Said("I like the dog. Not the cat."));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        var again = await TestClient.ParseAsync(changed);
        Assert.Contains("sealed before", again.QuerySelector(".govuk-error-summary")!.TextContent);
        Assert.Equal("I like the dog. Not the cat.", again.QuerySelector("textarea")!.TextContent.TrimStart('\n'));
        using (var kept = await hearing.Client.SubmitAsync(again, path, Hearing.Said("I like the dog. Not the cat."))) Assert.Equal(HttpStatusCode.Redirect, kept.StatusCode);
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(2, await scope.Db.VoiceRecords.CountAsync(r => r.ChildId == hearing.Child.Id, Cancel));
    }

    [Fact]
    public async Task Gaps_of_a_recording_are_kept_and_said_and_nonsense_costs_nothing()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        foreach (var (gaps, expected) in new[] { ("""[{"fromMs":5000,"toMs":9000,"why":"muted"},{"fromMs":61000,"toMs":null,"why":"lost"},{"fromMs":1,"toMs":2,"why":"<script>"}]""", 2), ("not json", 0), ("[null]", 0), ("""[{"fromMs":5000,"toMs":9000,"why":"lost","why":"muted"}]""", 0) })
        {
            var visit = await hearing.VisitAsync();
            using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(visit, VoiceKind.Audio), Hearing.Sent(await hearing.RecordAsync(visit), 62_000, ("Input.Gaps", gaps)));
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            var lines = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record")!.QuerySelectorAll(".record__length").Skip(1).Select(l => l.TextContent).ToList();
            Assert.Equal(expected, lines.Count);
            if (expected > 0) Assert.Equal(["Nothing was heard from 0:05 to 0:09: the microphone was muted.", "It broke off at 1:01: the microphone was lost, or the page that recorded it."], lines);
        }
    }

    [Fact]
    public async Task How_the_visit_was_is_kept_when_it_is_told_and_not_asked_for()
    {
        using var hearing = await Hearing.BeginAsync(site);
        using var answer = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/new", new Dictionary<string, string?>
        {
            ["Input.Place"] = "Home",
            ["Input.SeenAlone"] = "Yes",
            ["Input.Offered"] = "Drawing",
            ["Input.NotUsedReason"] = "CouldNotUseIt",
            ["Input.Outcome"] = "StoppedByChild",
            ["Input.DeviceHeldBy"] = "Child",
            ["Input.SpokeFreely"] = "ChildSaysNo",
            ["Input.ToldHow"] = "Symbols",
            ["Input.Understanding"] = "CouldNot",
        });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var scope = site.As(hearing.World.Whole);
        var visit = await scope.Db.VoiceSessions.SingleAsync(s => s.ChildId == hearing.Child.Id, Cancel);
        Assert.Equal((DeviceHeldBy.Child, SpokeFreely.ChildSaysNo, ToldHow.Symbols, Understanding.CouldNot), (visit.DeviceHeldBy, visit.SpokeFreely, visit.ToldHow, visit.Understanding));
        Assert.Equal(VisitOutcome.StoppedByChild, visit.Outcome);
        Assert.Equal([VoiceKind.Drawing], visit.Offered);
        Assert.Equal(NotUsedReason.CouldNotUseIt, visit.NotUsedReason);
        using (var said = await hearing.Client.SubmitAsync(hearing.WordsPage(visit.Id), Hearing.Said("I want to go home now"))) Assert.Equal(HttpStatusCode.Redirect, said.StatusCode);
        var facts = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record__facts")!.TextContent;
        Assert.Contains(
            "Sorrel says they could not speak freely. Sorrel held the device. Told with symbols what it is for. Sorrel could not say it back yet. Offered drawing, and not all of it was used: it was not in a form they can use. Sorrel stopped it.",
            facts, StringComparison.Ordinal);
        using var wrong = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/new", new Dictionary<string, string?> { ["Input.Place"] = "Home", ["Input.SeenAlone"] = "Yes", ["Input.DeviceHeldBy"] = "77", ["Input.NotUsedReason"] = "DidNotWork" });
        var page = await TestClient.ParseAsync(wrong);
        Assert.Contains("Choose what you offered", page.QuerySelector("#Input_NotUsedReason-error")!.TextContent);
        Assert.NotNull(page.QuerySelector("details[open] #Input_DeviceHeldBy-error"));
    }
}
