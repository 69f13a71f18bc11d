using System.Net;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>What a recording says, typed or drafted; nothing of it counts before somebody has listened.</summary>
public class TranscriptTests(TestSite site)
{
    private const string Draft = "I want to go to Nan's. Not there.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_childs_own_practitioner_opens_it()
    {
        using var hearing = await BeginAsync();
        var (_, record) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        foreach (var role in new[] { Role.DataLead, Role.Researcher, Role.Administrator })
        {
            using var other = site.ClientFor(hearing.World.PersonOf(role));
            using var answer = await other.GetAsync(PageOf(hearing, record));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        using var signedOut = site.ClientFor(null);
        using var led = await signedOut.GetAsync(PageOf(hearing, record));
        Assert.Equal("/Account/SignIn", led.Headers.Location!.AbsolutePath, ignoreCase: true);
        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        using var elsewhere = await BeginAsync();
        foreach (var client in new[] { colleague, elsewhere.Client })
        {
            using var answer = await client.GetAsync(PageOf(hearing, record));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        // A drawing has nothing to be written down.
        var (_, drawing) = await hearing.SealFileAsync(Hearing.Png(), VoiceKind.Drawing);
        using var none = await hearing.Client.GetAsync(PageOf(hearing, drawing));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task What_is_typed_comes_back_letter_for_letter_and_counts_once_somebody_who_listened_accepts_it()
    {
        using var hearing = await BeginAsync();
        var (_, record) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        using (var bad = await hearing.Client.SubmitAsync(PageOf(hearing, record), new Dictionary<string, string?> { ["Input.Text"] = "  " }))
        {
            Assert.Contains("Type what is said", (await TestClient.ParseAsync(bad)).QuerySelector(".govuk-error-message")!.TextContent);
        }

        const string words = "  I said [?stop?] <b>twice</b> \"loud\" 😟\n\nأنا خائف  ";
        await TypeAsync(hearing, record, words);
        var page = await hearing.Client.PageAsync(PageOf(hearing, record));
        var shown = page.QuerySelector(".transcript__text")!;
        Assert.Equal(words.Replace("[?stop?]", "stop (unsure)", StringComparison.Ordinal), shown.TextContent);
        Assert.Equal("stop (unsure)", shown.QuerySelector("mark")!.TextContent);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.TranscriptTyped, hearing.Child.Id));
        Assert.Null((await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".transcript__text"));

        // Nobody has listened.
        Assert.Contains("Listen to the recording first", await AcceptAsync(hearing, record));
        await ListenAsync(hearing, record, ago: TimeSpan.FromSeconds(1));
        Assert.Contains("not had the time", await AcceptAsync(hearing, record));
        Assert.Null((await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".transcript__text"));
        await ListenAsync(hearing, record, ago: TimeSpan.FromSeconds(3));
        Assert.Null(await AcceptAsync(hearing, record));
        var child = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Equal(shown.TextContent, child.QuerySelector(".record .transcript__text")!.TextContent);
        Assert.NotNull(child.QuerySelector(".record audio"));
        Assert.Contains("Typed by a person who listened", child.QuerySelector(".record .transcript__source")!.TextContent);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.TranscriptAccepted, hearing.Child.Id));

        // A second version waits beside the first, and takes its place only when it is accepted.
        await TypeAsync(hearing, record, "The second version");
        Assert.Equal(shown.TextContent, (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record .transcript__text")!.TextContent);
        Assert.Null(await AcceptAsync(hearing, record));
        Assert.Equal("The second version", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record .transcript__text")!.TextContent);
        Assert.Equal(2, (await hearing.Client.PageAsync(PageOf(hearing, record))).QuerySelectorAll("article.transcript").Length);

        // The words lie sealed: the same text twice is never the same bytes, and no byte of it is plain.
        using var scope = site.As(hearing.World.Whole);
        var sealedText = await scope.Db.Transcripts.Where(t => t.VoiceRecordId == record).Select(t => t.Sealed).ToListAsync(Cancel);
        Assert.All(sealedText, s => Assert.Equal(-1, s.AsSpan().IndexOf("second"u8)));
    }

    [Fact]
    public async Task Somebody_elses_listening_does_not_count()
    {
        using var hearing = await BeginAsync();
        var (_, record) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        await TypeAsync(hearing, record, "What is said");
        using (var scope = site.As(hearing.World.Whole))
        {
            var before = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(-1));
            scope.Db.Add(AuditEntry.For(AuditActions.VoiceHeard, World.ActorOf(hearing.World.OtherPractitioner), hearing.Child.Id, record, before));
            scope.Db.Add(AuditEntry.For(AuditActions.VoiceHeard, World.ActorOf(hearing.World.Practitioner), hearing.Child.Id, Guid.NewGuid(), before));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        Assert.Contains("Listen to the recording first", await AcceptAsync(hearing, record));
        // Nor does listening from the middle.
        using var middle = new HttpRequestMessage(HttpMethod.Get, $"{hearing.ChildPage}/media/{await FileOf(hearing, record)}") { Headers = { Range = new(100, null) } };
        using (var part = await hearing.Client.Http.SendAsync(middle)) Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Contains("Listen to the recording first", await AcceptAsync(hearing, record));
        using var signedIn = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{await FileOf(hearing, record)}");
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        Assert.Contains("not had the time", await AcceptAsync(hearing, record));
        Assert.Equal([null, null, "from the middle", null], (await hearing.World.AuditAsync(AuditActions.VoiceHeard)).Select(a => a.Detail));
    }

    [Fact]
    public async Task A_recording_that_does_not_say_how_long_it_is_cannot_be_heard_at_once_and_its_words_stay_when_it_is_deleted()
    {
        using var hearing = await BeginAsync();
        var (_, record) = await hearing.SealFileAsync(Hearing.Webm(3_000_000), VoiceKind.Audio, ("Input.DurationMs", null));
        Assert.Null((await site.RecordAsync(hearing.World, record)).DurationSeconds);
        await TypeAsync(hearing, record, "What is said");
        await ListenAsync(hearing, record, TimeSpan.FromSeconds(20));
        Assert.Contains("not had the time", await AcceptAsync(hearing, record));
        await ListenAsync(hearing, record, TimeSpan.FromHours(1));
        Assert.Null(await AcceptAsync(hearing, record));

        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Withdrawn, change: c => c.Wants = WithdrawWants.DeleteRecording);
        var said = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record .words")!;
        Assert.Contains("it is gone. What was written down of it is kept.", said.QuerySelector(".record__locked")!.TextContent);
        Assert.Equal("What is said", said.QuerySelector(".transcript__text")!.TextContent);
        Assert.Null(said.QuerySelector("audio"));
    }

    [Fact]
    public async Task A_version_of_another_recording_cannot_be_accepted_nor_begun_from()
    {
        using var hearing = await BeginAsync();
        var (_, one) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        var (_, two) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        await TypeAsync(hearing, one, "Of the first");
        await ListenAsync(hearing, two, TimeSpan.FromHours(1));
        var version = (await hearing.Client.PageAsync(PageOf(hearing, one))).QuerySelector("article.transcript")!.Id!["version-".Length..];
        await TypeAsync(hearing, two, "Of the second");
        using var forged = await hearing.Client.SubmitAsync(PageOf(hearing, two), new Dictionary<string, string?> { ["versionId"] = version }, "form[action*=Accept]");
        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
        using var begun = await hearing.Client.SubmitAsync(PageOf(hearing, two), new Dictionary<string, string?> { ["Input.Text"] = "x", ["Input.FromId"] = version }, "form[data-keep-with]");
        Assert.Contains("is not there", (await TestClient.ParseAsync(begun)).QuerySelector(".govuk-error-summary")!.TextContent);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.TranscriptAccepted));
    }

    [Fact]
    public async Task What_a_recording_says_is_found_and_printed_once_it_is_accepted_and_a_withdrawal_takes_it_from_everywhere()
    {
        using var hearing = await BeginAsync();
        var (_, record) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio, ("Input.PromptedBy", "ClosedQuestion"), ("Input.Prompt", "Do you like the kittens?"));
        await TypeAsync(hearing, record, "What is said of the [?kitten?]");
        await ListenAsync(hearing, record, TimeSpan.FromHours(1));
        foreach (var text in await FoundAndPrintedAsync(hearing, record)) Assert.Equal("", text);
        Assert.Null(await AcceptAsync(hearing, record));
        var places = await FoundAndPrintedAsync(hearing, record);
        Assert.Contains("kitten", places[0]);
        Assert.Equal(["What is said of the kitten (unsure)", "What is said of the kitten (unsure)"], places[1..]);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Withdrawn);
        Assert.DoesNotContain("What is said", (await hearing.Client.PageAsync(hearing.ChildPage)).Body!.TextContent);
        var page = await hearing.Client.PageAsync(PageOf(hearing, record));
        Assert.DoesNotContain("What is said", page.Body!.TextContent);
        Assert.Null(page.QuerySelector("audio, textarea"));
        foreach (var text in await FoundAndPrintedAsync(hearing, record)) Assert.Equal("", text);
    }

    [Fact]
    public async Task What_is_marked_to_be_left_out_is_in_nothing_that_is_given_but_to_the_child_alone()
    {
        using var hearing = await BeginAsync();
        var (_, record) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        foreach (var open in new[] { "The kittens are [-name: Kyle’s", "The kittens are [-name Kyle-]", "The kittens are [-name: Kyle\nBrown-]" })
        {
            using var refused = await hearing.Client.SubmitAsync(PageOf(hearing, record), new Dictionary<string, string?> { ["Input.Text"] = open }, "form[data-keep-with]");
            Assert.Contains("not marked to its end", (await TestClient.ParseAsync(refused)).QuerySelector("#Input_Text-error")!.TextContent);
        }

        await TypeAsync(hearing, record, "The kittens [0:07] are [-name: Kyle Brown-]’s and [?grey?]. [-Somebody: He got the sack-].");
        await ListenAsync(hearing, record, TimeSpan.FromHours(1));
        Assert.Null(await AcceptAsync(hearing, record));
        const string given = "The kittens are [left out: a name]’s and grey (unsure). [left out: about somebody else].";
        var places = await FoundAndPrintedAsync(hearing, record);
        // What they have for themselves is their own words whole, as long as nobody else is heard and nobody else reads it.
        const string whole = "The kittens are Kyle Brown’s and grey (unsure). He got the sack.";
        Assert.Equal([whole, whole], places[1..]);
        Assert.Equal([given, given, whole], [await BookletAsync("TheChild", "true"), await BookletAsync("LifeStory", "false"), await BookletAsync("SubjectAccess", "false")]);
        // Where in the recording it is said is for whoever may play it.
        Assert.Contains("The kittens are", places[0], StringComparison.Ordinal);
        var shown = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record .transcript__text")!;
        Assert.Contains("The kittens [0:07] are Kyle Brown (left out of copies: a name)’s", shown.TextContent);
        Assert.Equal(("7", "[0:07]"), shown.QuerySelector("[data-plays-from]") is var at ? (at!.GetAttribute("data-plays-from"), at.TextContent) : default);

        using var scope = site.As(hearing.World.Whole);
        var held = (await scope.Get<HeldRecords>().ReadAsync(hearing.Child.Id, Requester.Child, null, World.Today, Cancel)).Single(h => h.Item.StartsWith(nameof(Transcript) + ":", StringComparison.Ordinal));
        Assert.Contains("[left out: about somebody else]", string.Concat(held.Lines.Select(l => l.Text)), StringComparison.Ordinal);
        foreach (var not in new[] { "Kyle", "0:07" }) Assert.DoesNotContain(not, string.Concat(held.Lines.Select(l => l.Text)), StringComparison.Ordinal);
        Assert.Contains(HeldMark.SomebodyElse, held.Marks);
        await TypeAsync(hearing, record, "[0:07] Nothing of anybody else.");
        held = (await scope.Get<HeldRecords>().ReadAsync(hearing.Child.Id, Requester.Child, null, World.Today, Cancel)).Single(h => h.Lines.Any(l => l.Text == "Nothing of anybody else."));
        Assert.DoesNotContain(HeldMark.SomebodyElse, held.Marks);

        var others = $"{hearing.ChildPage}/records/{record}/others";
        await hearing.Client.DoneAsync(others, "form#name", ("Named.Described", "A neighbour"));
        var voice = (await hearing.Client.PageAsync(others)).QuerySelector("input[name='Input.VoiceId']")!.GetAttribute("value")!;
        using (await hearing.Client.SubmitAsync(others, new Dictionary<string, string?> { ["Input.VoiceId"] = voice, ["Input.Allowed"] = "true", ["Input.SaidBy"] = "They themselves" })) { }
        Assert.Equal([given, given], (await FoundAndPrintedAsync(hearing, record))[1..]);

        async Task<string> BookletAsync(string what, string familyMaySee)
        {
            using var made = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", new Dictionary<string, string?> { ["Input.For"] = what, ["Input.FamilyMaySee"] = familyMaySee, ["Input.Records"] = record.ToString() });
            return (await TestClient.ParseAsync(made)).QuerySelector(".booklet .transcript__text")!.TextContent;
        }
    }

    [Fact]
    public async Task Without_a_machine_nothing_is_offered_and_nothing_can_be_asked()
    {
        using var hearing = await BeginAsync();
        await hearing.DecideAsync(Purpose.TranscribeMachine, ConsentEventType.Given);
        var (_, record) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        var page = await hearing.Client.PageAsync(PageOf(hearing, record));
        Assert.Null(page.QuerySelector(".machine"));
        using var forced = await hearing.Client.Http.PostAsync(
            $"{PageOf(hearing, record)}?handler=Draft",
            new FormUrlEncodedContent([new("draftId", Guid.NewGuid().ToString()), new("__RequestVerificationToken", await hearing.Client.AntiforgeryTokenAsync(PageOf(hearing, record)))]), Cancel);
        Assert.Contains("no computer", (await TestClient.ParseAsync(forced)).QuerySelector(".govuk-error-summary")!.TextContent);
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.TranscriptAsked));
    }

    [Fact]
    public async Task Without_a_yes_the_machine_hears_nothing()
    {
        using var hearing = await BeginAsync();
        await using var machine = await FakeTranscriber.StartAsync();
        machine.Serve(site, hearing.World);
        var (_, record) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        var page = await hearing.Client.PageAsync(PageOf(hearing, record));
        Assert.Contains("needs a yes first", page.QuerySelector(".machine")!.TextContent);
        Assert.Null(page.QuerySelector("form[action*=Draft]"));
        await hearing.DecideAsync(Purpose.TranscribeMachine, ConsentEventType.Refused);
        page = await hearing.Client.PageAsync(PageOf(hearing, record));
        Assert.Contains("is no", page.QuerySelector(".machine")!.TextContent);
        using var scope = site.As(World.ActorOf(hearing.World.Practitioner));
        var outcome = await scope.Get<TranscriptService>().AskDraftAsync(hearing.Child.Id, record, Guid.NewGuid(), World.ActorOf(hearing.World.Practitioner), Cancel);
        Assert.Contains("no permission", outcome!.Refusal!.Message);
        Assert.Empty(machine.Asked);
        Assert.False(await scope.Db.Jobs.AnyAsync(j => j.SubjectId == record, Cancel));
    }

    [Fact]
    public async Task A_council_may_tell_of_the_machine_instead_of_asking_and_a_no_still_stops_it()
    {
        using var hearing = await BeginAsync();
        await using var machine = await FakeTranscriber.StartAsync();
        machine.Serve(site, hearing.World);
        var (_, record) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        var refusing = await hearing.World.AddChildAsync(hearing.World.Practitioner);
        await hearing.DecideAsync(Purpose.TranscribeMachine, ConsentEventType.Refused, refusing);
        using var governance = site.ClientFor(hearing.World.InformationGovernance);
        Task SetAsync(string basis) => governance.DoneAsync("/govern/purposes/TranscribeMachine", "main form[method=post]", ("Input.Basis", basis), ("Input.Reason", "DPIA 2026/4, machine in the council's own building"));
        Task<HttpResponseMessage> SayAsync(string decision) => hearing.Client.SubmitAsync($"{hearing.ChildPage}/permissions/ask?purpose=TranscribeMachine", new Dictionary<string, string?> { ["Input.Decision"] = decision });
        async Task<(string Text, bool IsOffered)> MachineAsync()
        {
            var part = (await hearing.Client.PageAsync(PageOf(hearing, record))).QuerySelector(".machine")!;
            return (part.TextContent, part.QuerySelector("form[action*=Draft]") is not null);
        }

        // Without a word to the child it hears nothing, told or asked.
        await SetAsync("NoticeOnly");
        var (text, isOffered) = await MachineAsync();
        Assert.Contains("is told about it first, and may say no", text);
        Assert.False(isOffered);
        using (var asked = await SayAsync("Given")) Assert.Contains("told about this, not asked", (await TestClient.ParseAsync(asked)).QuerySelector(".govuk-error-summary")!.TextContent);
        using (var told = await SayAsync("Told")) Assert.Equal(HttpStatusCode.Redirect, told.StatusCode);
        Assert.True((await MachineAsync()).IsOffered);
        using (var objects = await SayAsync("Objected")) Assert.Equal(HttpStatusCode.Redirect, objects.StatusCode);
        Assert.Contains("is no", (await MachineAsync()).Text);

        // A no from when it was asked outlives the council's change of mind, whatever is told after it.
        await hearing.DecideAsync(Purpose.TranscribeMachine, ConsentEventType.Told, refusing);
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            Assert.Equal((ConsentState.Refused, false), await StateAsync(refusing.Id));
            await hearing.DecideAsync(Purpose.TranscribeMachine, ConsentEventType.Told);
            Assert.Equal((ConsentState.Told, true), await StateAsync(hearing.Child.Id));

            // Asked again from now on: to have been told is no yes.
            await SetAsync("Permission");
            Assert.False((await StateAsync(hearing.Child.Id)).Allowed);
            async Task<(ConsentState State, bool Allowed)> StateAsync(Guid child)
            {
                var decision = await scope.Get<ConsentService>().DecideNowAsync(child, Purpose.TranscribeMachine, null, Cancel);
                Assert.Equal(decision, (await scope.Get<ConsentService>().DecideEverybodyAsync(Purpose.TranscribeMachine, null, DateTime.UtcNow, Cancel))[child]);
                return (decision.State, decision.Allowed);
            }
        }

        Assert.False((await MachineAsync()).IsOffered);
        Assert.Empty(machine.Asked);
    }

    [Fact]
    public async Task A_machines_draft_is_seen_nowhere_until_somebody_who_listened_accepts_it()
    {
        using var hearing = await BeginAsync();
        await using var machine = await FakeTranscriber.StartAsync();
        machine.Serve(site, hearing.World);
        machine.Answer = context => context.Response.WriteAsJsonAsync(new
        {
            text = "the whole",
            segments = new object[] { new { start = 0.0, text = " I want to go to Nan's.", avg_logprob = -0.2, no_speech_prob = 0.01 }, new { start = 4271.94, text = " Not there.", avg_logprob = -1.4 }, new { start = -3, text = "Or there." }, new { text = "", avg_logprob = -3 } },
        });
        await hearing.DecideAsync(Purpose.TranscribeMachine, ConsentEventType.Given);
        var sound = Hearing.Webm(5 * 1024 * 1024);
        var (_, record) = await hearing.SealFileAsync(sound, VoiceKind.Audio);
        Assert.Equal(JobState.Done, (await DraftAsync(hearing, record)).State);

        var (form, audio, fileName, fileType, authorization) = Assert.Single(machine.Asked);
        Assert.True(sound.AsSpan().SequenceEqual(audio));
        Assert.Equal(("recording.webm", "audio/webm", $"Bearer {FakeTranscriber.Key}"), (fileName, fileType, authorization));
        Assert.Equal(("large-v3", "verbose_json", "en"), ((string?)form["model"], (string?)form["response_format"], (string?)form["language"]));

        var page = await hearing.Client.PageAsync(PageOf(hearing, record));
        var draft = page.QuerySelector("article.transcript--draft")!;
        Assert.Contains("nobody has checked it", draft.TextContent);
        Assert.Contains("whisper.cpp 1.8, large-v3", draft.TextContent);
        Assert.Equal("[0:00] I want to go to Nan's.\n[1:11:11] Not there. (unsure)\nOr there.", draft.QuerySelector(".transcript__text")!.TextContent);
        Assert.DoesNotContain("Nan's", (await hearing.Client.PageAsync(hearing.ChildPage)).Body!.TextContent);
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            Assert.Empty(await scope.Get<TranscriptService>().AcceptedAsync(hearing.Child.Id, [record], World.ActorOf(hearing.World.Practitioner), Cancel));
        }

        Assert.Contains("Listen to the recording first", await AcceptAsync(hearing, record));
        await ListenAsync(hearing, record, TimeSpan.FromMinutes(10));

        // Put right, then accepted; it says all its life that a machine had a hand in it.
        using (var mended = await hearing.Client.SubmitAsync($"{PageOf(hearing, record)}?from={draft.Id!["version-".Length..]}", new Dictionary<string, string?> { ["Input.Text"] = Draft }, "form[data-keep-with]"))
        {
            Assert.Equal(HttpStatusCode.Redirect, mended.StatusCode);
        }

        Assert.Null(await AcceptAsync(hearing, record));
        var child = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Equal(Draft, child.QuerySelector(".record .transcript__text")!.TextContent);
        Assert.Contains("Drafted by a machine, put right by a person (whisper.cpp 1.8, large-v3)", child.QuerySelector(".record .transcript__source")!.TextContent);
        Assert.Equal("MachineMended", Assert.Single(await hearing.World.AuditAsync(AuditActions.TranscriptAccepted)).Detail);

        // A later no to the computer does what they were told, as soon as nobody has to keep what there is: what nobody has checked is thrown away, and what was checked stays.
        var (hold, stop) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var governs = World.ActorOf(hearing.World.InformationGovernance);
        using (var scope = site.As(governs)) Assert.True((await scope.Get<LegalHoldService>().PlaceAsync(hearing.Child.Id, new() { Id = hold, Cause = HoldCause.Court, Reason = "Asked" }, governs, Cancel))!.IsDone);
        await hearing.DecideAsync(Purpose.TranscribeMachine, ConsentEventType.Withdrawn, change: c => c.Id = stop);
        using (var scope = site.As(hearing.World.Whole)) Assert.Equal(2, await scope.Db.Transcripts.CountAsync(t => t.VoiceRecordId == record, Cancel));
        Assert.Empty(await hearing.World.AuditAsync(AuditActions.DraftsThrownAway, hearing.Child.Id));
        using (var scope = site.As(governs)) Assert.True((await scope.Get<LegalHoldService>().LiftAsync(hearing.Child.Id, new() { Id = hold, Reason = "The case is over" }, governs, Cancel))!.IsDone);
        Assert.Equal(Draft, (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record .transcript__text")!.TextContent);
        Assert.Single((await hearing.Client.PageAsync(PageOf(hearing, record))).QuerySelectorAll(".transcript__text"));
        Assert.Equal((stop, "1"), Assert.Single(await hearing.World.AuditAsync(AuditActions.DraftsThrownAway, hearing.Child.Id)) is var line ? (line.SubjectId!.Value, line.Detail) : default);
        using (var scope = site.As(World.ActorOf(hearing.World.Practitioner)))
        {
            Assert.Equal([TranscriptMethod.MachineMended], await scope.Db.Transcripts.Where(t => t.VoiceRecordId == record).Select(t => t.Method).ToListAsync(Cancel));
            // The database throws nothing away for what is no stop.
            var yes = await scope.Db.ConsentEvents.Where(e => e.ChildId == hearing.Child.Id && e.Purpose == Purpose.TranscribeMachine && e.Type == ConsentEventType.Given).Select(e => e.Id).SingleAsync(Cancel);
            Assert.Contains("Nobody said stop", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => scope.Db.Database.ExecuteSqlAsync($"select throw_away_drafts({yes})", Cancel))).MessageText, StringComparison.Ordinal);
            // Unless they want it out; the recording is not touched by that.
            Assert.True((await scope.Get<WithdrawalService>().DecideAsync(hearing.Child.Id, stop, WithdrawWants.TakeOut, World.ActorOf(hearing.World.Practitioner), Cancel))!.IsDone);
        }

        child = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Null(child.QuerySelector(".record .transcript__text"));
        Assert.NotNull(child.QuerySelector(".record audio"));
        foreach (var log in Directory.EnumerateFiles(site.LogFolder))
        {
            await using var reading = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Assert.DoesNotContain(FakeTranscriber.Key, await new StreamReader(reading).ReadToEndAsync(Cancel));
        }
    }

    [Theory]
    [InlineData("down", TranscriberFault.NotReached)]
    [InlineData("a name that leads inwards", TranscriberFault.NotReached)]
    [InlineData("slow", TranscriberFault.TookTooLong)]
    [InlineData("500", TranscriberFault.Failed)]
    [InlineData("401", TranscriberFault.Refused)]
    [InlineData("redirect", TranscriberFault.NotATranscript)]
    [InlineData("html", TranscriberFault.NotATranscript)]
    [InlineData("list", TranscriberFault.NotATranscript)]
    [InlineData("half", TranscriberFault.NotATranscript)]
    [InlineData("nothing", TranscriberFault.NotATranscript)]
    [InlineData("silence", TranscriberFault.Empty)]
    [InlineData("giant", TranscriberFault.TooMuch)]
    [InlineData("endless", TranscriberFault.TooMuch)]
    [InlineData("broken off", TranscriberFault.NotReached)]
    public async Task Whatever_is_wrong_with_the_machine_is_said_plainly_and_nothing_is_lost(string what, TranscriberFault fault)
    {
        using var hearing = await BeginAsync();
        await using var machine = await FakeTranscriber.StartAsync();
        machine.Serve(site, hearing.World, what == "slow" ? TimeSpan.FromMilliseconds(400) : null, what switch { "down" => new Uri("http://127.0.0.1:1"), "a name that leads inwards" => new UriBuilder(machine.Address) { Host = Dns.GetHostName() }.Uri, _ => null });
        machine.Answer = async context =>
        {
            var response = context.Response;
            switch (what)
            {
                case "slow": await Task.Delay(5000, context.RequestAborted); break;
                case "500": response.StatusCode = 500; await response.WriteAsync("{\"text\":\"not to be kept\"}"); break;
                case "401": response.StatusCode = 401; break;
                case "redirect": response.Redirect("https://elsewhere.example/"); break;
                case "html": response.ContentType = "text/html"; await response.WriteAsync("<html>Please sign in</html>"); break;
                case "list": await response.WriteAsync("[\"text\"]"); break;
                case "half": await response.WriteAsync("{\"text\":\"I want"); break;
                case "silence": await response.WriteAsync("{\"text\":\" \\n \",\"segments\":[{\"text\":\" \"}]}"); break;
                case "giant": await response.WriteAsJsonAsync(new { text = new string('a', Transcript.TextMaxLength + 1) }); break;
                case "endless":
                    var piece = new byte[1024 * 1024];
                    for (var i = 0; i < 40 && !context.RequestAborted.IsCancellationRequested; i++) await response.Body.WriteAsync(piece);
                    break;
                case "broken off": response.ContentLength = 100; await response.WriteAsync("{\"text\":"); context.Abort(); break;
            }
        };
        await hearing.DecideAsync(Purpose.TranscribeMachine, ConsentEventType.Given);
        var (_, record) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        await TypeAsync(hearing, record, "Typed by hand");
        var job = await DraftAsync(hearing, record);
        Assert.Equal((JobState.Failed, TranscriptService.MessageOf(fault)), (job.State, job.Message));
        var page = await hearing.Client.PageAsync(PageOf(hearing, record));
        Assert.Contains(TranscriptService.MessageOf(fault), page.QuerySelector(".machine")!.TextContent);
        Assert.NotNull(page.QuerySelector("form[action*=Draft]"));
        Assert.Equal("Typed by hand", Assert.Single(page.QuerySelectorAll(".transcript__text")).TextContent);
        Assert.Equal(fault.ToString(), Assert.Single(await hearing.World.AuditAsync(AuditActions.TranscriptFailed)).Detail);
    }

    [Fact]
    public async Task A_no_that_comes_while_the_machine_listens_throws_its_draft_away()
    {
        using var hearing = await BeginAsync();
        await using var machine = await FakeTranscriber.StartAsync();
        machine.Serve(site, hearing.World);
        machine.Answer = async context =>
        {
            await hearing.DecideAsync(Purpose.TranscribeMachine, ConsentEventType.Withdrawn);
            await context.Response.WriteAsJsonAsync(new { text = Draft });
        };
        await hearing.DecideAsync(Purpose.TranscribeMachine, ConsentEventType.Given);
        var (_, record) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        var job = await DraftAsync(hearing, record);
        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("thrown away", job.Message);
        using var scope = site.As(hearing.World.Whole);
        Assert.False(await scope.Db.Transcripts.AnyAsync(t => t.VoiceRecordId == record, Cancel));
    }

    private async Task<Hearing> BeginAsync()
    {
        var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        return hearing;
    }

    /// <summary>What is found by search, stands in a booklet and in a copy for the child.</summary>
    private static async Task<string[]> FoundAndPrintedAsync(Hearing hearing, Guid record)
    {
        var answers = new[]
        {
            await hearing.Client.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "kittens" }),
            await hearing.Client.SubmitAsync($"{hearing.ChildPage}/booklet", new Dictionary<string, string?> { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "false", ["Input.Records"] = record.ToString() }),
            await hearing.Client.SubmitAsync($"{hearing.ChildPage}/copy/read?to=child", new Dictionary<string, string?>()),
        };
        var texts = new List<string>();
        foreach (var answer in answers)
        {
            texts.Add(string.Concat((await TestClient.ParseAsync(answer)).QuerySelectorAll(".words--found .words__text, .booklet .transcript__text, .copy .transcript__text").Select(e => e.TextContent)));
            answer.Dispose();
        }

        return [.. texts];
    }

    private static string PageOf(Hearing hearing, Guid record) => $"{hearing.ChildPage}/records/{record}/transcript";

    private static async Task TypeAsync(Hearing hearing, Guid record, string text)
    {
        using var answer = await hearing.Client.SubmitAsync(PageOf(hearing, record), new Dictionary<string, string?> { ["Input.Text"] = text }, "form[data-keep-with]");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    /// <summary>Accepts the newest version that is not accepted.</summary>
    /// <returns>What was said against it; null when it is accepted.</returns>
    private static async Task<string?> AcceptAsync(Hearing hearing, Guid record)
    {
        using var answer = await hearing.Client.SubmitAsync(PageOf(hearing, record), new Dictionary<string, string?>(), "form[action*=Accept]");
        return answer.StatusCode == HttpStatusCode.Redirect ? null : (await TestClient.ParseAsync(answer)).QuerySelector(".govuk-error-summary")!.TextContent;
    }

    /// <summary>As if the player had been started that long ago.</summary>
    private async Task ListenAsync(Hearing hearing, Guid record, TimeSpan ago)
    {
        using var scope = site.As(hearing.World.Whole);
        scope.Db.Add(AuditEntry.For(AuditActions.VoiceHeard, World.ActorOf(hearing.World.Practitioner), hearing.Child.Id, record, new FakeTimeProvider(TimeProvider.System.GetUtcNow() - ago)));
        await scope.Db.SaveChangesAsync(Cancel);
    }

    private async Task<Guid> FileOf(Hearing hearing, Guid record)
    {
        using var scope = site.As(hearing.World.Whole);
        return (await scope.Db.VoiceRecords.Where(r => r.Id == record).Select(r => r.FileId).SingleAsync(Cancel))!.Value;
    }

    /// <summary>Asks for a draft through the page, and waits until the job is over.</summary>
    private async Task<Job> DraftAsync(Hearing hearing, Guid record)
    {
        using var asked = await hearing.Client.SubmitAsync(PageOf(hearing, record), new Dictionary<string, string?>(), "form[action*=Draft]");
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        using var scope = site.As(hearing.World.Whole);
        while (true)
        {
            var job = await scope.Db.Jobs.AsNoTracking().SingleAsync(j => j.SubjectId == record && j.Kind == JobKind.DraftTranscript, Cancel);
            if (job.State is not (JobState.Waiting or JobState.Running)) return job;
            await Task.Delay(100, Cancel);
        }
    }
}
