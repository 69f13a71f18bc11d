using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using ChildrensInfo.Web.Shared;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Govern;

/// <summary>How long records are kept, what holds them, and their destruction by two people.</summary>
public class DutyTests(TestSite site, Browser browser)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_its_time_is_over_two_people_destroy_every_word_with_its_key_and_the_facts_stay()
    {
        using var hearing = await SpokenAsync();
        var (world, child, page) = (hearing.World, hearing.Child, $"/govern/duties/{hearing.Child.Id}");
        using var first = site.ClientFor(world.InformationGovernance);
        using var second = site.ClientFor(await world.AddPersonAsync(Role.InformationGovernance, "Ivo Sand"));

        // Nothing is proposed of a child somebody works with.
        Assert.Null((await first.PageAsync(page)).QuerySelector("#propose"));
        await GrownAsync(hearing);
        var due = (await first.PageAsync("/govern/retention")).QuerySelectorAll<IHtmlAnchorElement>($"a[href='{page}']").Single();
        Assert.Equal(child.LaChildId, due.TextContent);
        var before = await CountsAsync(child.Id);
        Assert.True(before.Texts > 6 && before.Pieces > 0, $"{before}");

        Assert.Contains("Say why", await first.RefusedAsync(page, "#propose"), StringComparison.Ordinal);
        await first.DoneAsync(page, "#propose", ("Propose.Reason", "Nobody of the family is left, and no court asks"));
        // The same person cannot agree, by button, by hand, or past the program.
        var shown = await first.PageAsync(page);
        Assert.Null(shown.QuerySelector("#decide input[value=true]"));
        Assert.Contains("You proposed this yourself", await first.RefusedAsync(page, "#decide", ("Decide.Agree", "true"), ("Decide.Reason", "Looked")), StringComparison.Ordinal);
        var id = Guid.Parse(shown.QuerySelector<IHtmlInputElement>("input[name='Decide.Id']")!.Value);
        using (var alone = site.As(World.ActorOf(world.InformationGovernance).AsJob()))
        {
            await Assert.ThrowsAsync<PostgresException>(() => alone.Db.Database.ExecuteSqlAsync($"select destroy_words({id}, {Array.Empty<byte>()}, {Guid.Empty}, now(), current_date)", Cancel));
            await Assert.ThrowsAsync<PostgresException>(() => alone.Db.Database.ExecuteSqlAsync($"update voice_words set sealed = '' where child_id = {child.Id}", Cancel));
        }

        // Nor can anybody while a hold stands.
        await first.DoneAsync(page, "#hold", ("Hold.Cause", "Court"), ("Hold.Reason", "The county court asked"));
        Assert.Null((await second.PageAsync(page)).QuerySelector("#decide input[value=true]"));
        Assert.Contains("A legal hold stands", await second.RefusedAsync(page, "#decide", ("Decide.Agree", "true"), ("Decide.Reason", "Looked")), StringComparison.Ordinal);
        Assert.Equal(before, await CountsAsync(child.Id));
        await first.DoneAsync(page, "#lift", ("Lift.Id", (await site.ReadAsync(world, db => db.LegalHolds.SingleAsync(Cancel))).Id.ToString()), ("Lift.Reason", "The case is over"));
        Assert.Contains("The case is over", (await first.PageAsync(page)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        var key = await site.ReadAsync(world, db => db.ChildKeys.SingleAsync(k => k.ChildId == child.Id, Cancel));
        var permissions = await site.ReadAsync(world, db => db.ConsentEvents.CountAsync(e => e.ChildId == child.Id, Cancel));
        var wholePage = await second.PageAsync(page);
        // Two of them at the same moment: one destroys it, and the other is told.
        using var third = site.ClientFor(await world.AddPersonAsync(Role.InformationGovernance, "Nia Sorrel"));
        var theirPage = await third.PageAsync(page);
        Task<HttpResponseMessage> AgreeAsync(TestClient who, IHtmlDocument form) => who.SubmitAsync(form, page, new Dictionary<string, string?> { ["Decide.Agree"] = "true", ["Decide.Reason"] = "I looked at the file" }, "#decide");
        var both = await AtOnce.SaveAsync(site, "disposals", () => AgreeAsync(second, wholePage), () => AgreeAsync(third, theirPage));
        Assert.Single(both, b => b.StatusCode == HttpStatusCode.Redirect);
        Assert.Contains("Somebody else changed this at the same moment", (await TestClient.ParseAsync(both.Single(b => b.StatusCode == HttpStatusCode.OK))).QuerySelector(".govuk-error-summary")!.TextContent, StringComparison.Ordinal);
        Assert.Single(await world.AuditAsync(AuditActions.DisposalDone));
        var decider = both[0].StatusCode == HttpStatusCode.Redirect ? "Ivo Sand" : "Nia Sorrel";
        // The same form once more, from another tab.
        using (var again = await second.SubmitAsync(wholePage, page, new Dictionary<string, string?> { ["Decide.Agree"] = "true", ["Decide.Reason"] = "I looked at the file" }, "#decide")) Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);

        Assert.Equal((0, 0, 0), await CountsAsync(child.Id));
        Assert.NotEqual(key.WrappedKey, (await site.ReadAsync(world, db => db.ChildKeys.SingleAsync(k => k.ChildId == child.Id, Cancel))).WrappedKey);
        Assert.Equal(permissions, await site.ReadAsync(world, db => db.ConsentEvents.CountAsync(e => e.ChildId == child.Id, Cancel)));
        Assert.Equal(ConsentState.Given, await site.ReadAsync(world, async db => (await site.As(world.Whole).Get<ConsentService>().DecideNowAsync(child.Id, Purpose.Audio, null, Cancel)).State));
        Assert.DoesNotContain($"{child.Id}", (await first.PageAsync("/govern/retention")).QuerySelector("main")!.InnerHtml, StringComparison.Ordinal);

        var certificate = (await first.PageAsync($"{page}/certificates/{id}")).QuerySelector("main")!.TextContent;
        foreach (var fact in new[] { child.LaChildId, "Ines Garth", decider, "3 records, 1 interpretation", "1 file", "Looked after" }) Assert.Contains(fact, certificate, StringComparison.Ordinal);
        Assert.Equal([AuditActions.DisposalProposed, AuditActions.DisposalDone], (await world.AuditAsync(childId: child.Id)).Select(a => a.Action).Where(a => a.StartsWith("disposal.", StringComparison.Ordinal)));

        // Somebody comes back: their worker finds no word, hears them, and reads what is said from then on. What is held says what was destroyed.
        await AllocateAsync(hearing);
        var left = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector("main")!.TextContent;
        Assert.DoesNotContain("red door", left, StringComparison.Ordinal);
        // Their page says so plainly: what kinds, when, under which schedule, who decided; and neither a name of who did nor that there never was anything.
        foreach (var fact in new[] { $"Everything said by and about the child until then was destroyed on {DateTime.UtcNow:d MMMM yyyy}", "3 records of what was said, 1 note of what a worker thinks", "1 file", Words.WayOf(VoiceKind.Audio), "looked after, kept until", "in the role of information governance proposed it, and another agreed", "Nothing is kept now" }) Assert.Contains(fact, left, StringComparison.Ordinal);
        foreach (var not in new[] { "Ines Garth", decider, "Nothing recorded yet" }) Assert.DoesNotContain(not, left, StringComparison.Ordinal);
        foreach (var other in new[] { "/permissions", "/timeline", "/asks", "/do-not-tell" })
        {
            using var opened = await hearing.Client.GetAsync(hearing.ChildPage + other);
            Assert.True(opened.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, other);
        }

        await SayAsync(hearing, "I came back");
        Assert.Contains("I came back", (await hearing.Client.PageAsync(hearing.ChildPage)).Body!.TextContent, StringComparison.Ordinal);
        using var held = site.As(world.Whole);
        var items = await held.Get<HeldRecords>().ReadAsync(child.Id, Requester.Child, null, World.Today, Cancel);
        Assert.Contains(items, i => i.Kind == "Something was to be destroyed" && i.Lines.Any(l => l.Label == "What was destroyed" && l.Text.Contains("3 records of what was said", StringComparison.Ordinal) && l.Text.Contains("audio", StringComparison.Ordinal)));
        Assert.Contains(items, i => i.Lines.Any(l => l.Text == "I looked at the file"));
        Assert.Contains(items, i => i.Lines.Any(l => l.Text == "I came back"));
        Assert.DoesNotContain(items, i => i.Lines.Any(l => l.Text.Contains("red door", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_child_who_said_nothing_and_of_whom_something_is_written_becomes_due_too()
    {
        using var hearing = await Hearing.BeginAsync(site);
        await GrownAsync(hearing);
        using var governor = site.ClientFor(hearing.World.InformationGovernance);
        var link = $"a[href='/govern/duties/{hearing.Child.Id}']";
        Assert.Null((await governor.PageAsync("/govern/retention")).QuerySelector(link));
        await hearing.World.CoverAsync(hearing.Child, hearing.World.OtherPractitioner, openedHoursAgo: 30);
        Assert.NotNull((await governor.PageAsync("/govern/retention")).QuerySelector(link));
    }

    [Fact]
    public async Task Erasure_is_answered_with_its_ground_and_granted_destroys_the_one_record_in_the_same_way()
    {
        using var hearing = await SpokenAsync();
        var (world, child, page) = (hearing.World, hearing.Child, $"/govern/duties/{hearing.Child.Id}");
        using var first = site.ClientFor(world.InformationGovernance);
        using var second = site.ClientFor(await world.AddPersonAsync(Role.InformationGovernance, "Ivo Sand"));
        var records = await site.ReadAsync(world, db => db.VoiceRecords.Where(r => r.ChildId == child.Id).OrderBy(r => r.SealedAt).ToListAsync(Cancel));
        var (kept, gone) = (records[1], records[0]);

        await hearing.Client.DoneAsync($"{hearing.ChildPage}/records/{kept.Id}/interpretation", "main form[method=post]", ("Input.Text", "Blue is liked"), ("Input.Kind", "Observation"));
        var older = await site.ReadAsync(world, db => db.Interpretations.Where(i => i.VoiceRecordId == kept.Id).Select(i => i.Id).SingleAsync(Cancel));
        await hearing.Client.DoneAsync($"{hearing.ChildPage}/records/{kept.Id}/interpretation?supersedes={older}", "main form[method=post]", ("Input.Text", "Doors are what matters"), ("Input.Kind", "Observation"), ("Input.Further", $"{gone.Id}"));
        Assert.Contains("Write down what they ask", await first.RefusedAsync(page, "#erasure", ("Erasure.Requester", "Child")), StringComparison.Ordinal);
        Assert.Contains("Choose something that is kept of this child", await first.RefusedAsync(page, "#erasure", ("Erasure.Requester", "Child"), ("Erasure.Asked", "All of it"), ("Erasure.RecordId", $"{Guid.CreateVersion7()}")), StringComparison.Ordinal);
        await first.DoneAsync(page, "#erasure", ("Erasure.Requester", "Child"), ("Erasure.Asked", "All of it, please"));
        var all = await site.ReadAsync(world, db => db.ErasureRequests.SingleAsync(Cancel));
        Assert.Contains("plain words", await first.RefusedAsync(page, "#answer", ("Answer.Id", $"{all.Id}"), ("Answer.Ground", "PublicTask")), StringComparison.Ordinal);
        await first.DoneAsync(page, "#answer", ("Answer.Id", $"{all.Id}"), ("Answer.Ground", "PublicTask"), ("Answer.Answer", "We need it to look after you well."));
        Assert.Empty(await site.ReadAsync(world, db => db.Disposals.ToListAsync(Cancel)));
        Assert.Contains("We need it to look after you well.", (await first.PageAsync(page)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        await first.DoneAsync(page, "#erasure", ("Erasure.Requester", "Child"), ("Erasure.Asked", "The one about the door"), ("Erasure.RecordId", $"{gone.Id}"));
        var one = await site.ReadAsync(world, db => db.ErasureRequests.SingleAsync(e => e.VoiceRecordId != null, Cancel));
        await first.DoneAsync(page, "#hold", ("Hold.Cause", "Police"), ("Hold.Reason", "Asked by phone"));
        Assert.Contains("A legal hold stands", await first.RefusedAsync(page, "#answer", ("Answer.Id", $"{one.Id}"), ("Answer.Ground", "Unlawful"), ("Answer.Answer", "You are right.")), StringComparison.Ordinal);
        await first.DoneAsync(page, "#lift", ("Lift.Id", (await site.ReadAsync(world, db => db.LegalHolds.SingleAsync(Cancel))).Id.ToString()), ("Lift.Reason", "They no longer ask"));
        await first.DoneAsync(page, "#answer", ("Answer.Id", $"{one.Id}"), ("Answer.Ground", "Unlawful"), ("Answer.Answer", "You are right. It is destroyed."));
        await second.DoneAsync(page, "#decide", ("Decide.Agree", "true"), ("Decide.Reason", "It should not have been kept"));

        var read = (await hearing.Client.PageAsync(hearing.ChildPage)).Body!.TextContent;
        Assert.DoesNotContain("red door", read, StringComparison.Ordinal);
        Assert.Contains("and a blue one", read, StringComparison.Ordinal);
        Assert.DoesNotContain("Doors are", read, StringComparison.Ordinal);
        // What was thought before it, of what is kept alone, stands again.
        foreach (var again in new[] { "Blue is liked", Words.NewerIsGone }) Assert.Contains(again, read, StringComparison.Ordinal);
        Assert.Contains("One record, with what corrects and explains it, was destroyed on", read, StringComparison.Ordinal);
        Assert.Contains("Somebody asked for it to be erased, and that was granted", read, StringComparison.Ordinal);
        Assert.DoesNotContain("The one about the door", read, StringComparison.Ordinal);
        // Whoever a rule keeps something from learns neither how much there was nor of the one record.
        await hearing.Client.DoneAsync($"{hearing.ChildPage}/do-not-tell?record={kept.Id}", "form#add", ("Input.Who", "CoveringPractitioners"), ("Input.Scope", "Record"), ("Input.Reason", "Afraid"), ("Input.SaidBy", "Child"), ("Input.Words", "Not her"));
        using (var manager = site.ClientFor(world.TeamManager)) Assert.DoesNotContain("was destroyed on", (await manager.PageAsync(hearing.ChildPage)).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal((0L, 0L), (await ScalarAsync($"select sum(length(sealed)) from voice_words where voice_record_id = '{gone.Id}'"), await ScalarAsync($"select sum(length(sealed)) from interpretations where child_id = '{child.Id}' and id <> '{older}'")));
        Assert.True(await ScalarAsync($"select sum(length(sealed)) from voice_words where voice_record_id = '{kept.Id}'") > 0);
        Assert.True(await ScalarAsync($"select count(*) from file_pieces where child_id = '{child.Id}'") > 0);
        // What it was found by is gone with it: no search, no booklet, no address.
        using (var interpreted = await hearing.Client.GetAsync($"{hearing.ChildPage}/records/{gone.Id}/interpretation")) Assert.Equal(HttpStatusCode.NotFound, interpreted.StatusCode);
        Assert.Equal(DisposalState.Done, (await site.ReadAsync(world, db => db.Disposals.SingleAsync(Cancel))).State);
        Assert.Contains(await world.AuditAsync(AuditActions.ErasureAnswered, child.Id), a => a.Detail == "refused PublicTask");
    }

    [Fact]
    public async Task A_hold_keeps_a_recording_that_is_to_be_deleted_until_it_is_lifted_and_is_waited_for()
    {
        using var hearing = await SpokenAsync();
        var (world, child, page) = (hearing.World, hearing.Child, $"/govern/duties/{hearing.Child.Id}");
        using var governor = site.ClientFor(world.InformationGovernance);
        Assert.Contains("Choose what it is for", await governor.RefusedAsync("/govern/duties", "#hold"), StringComparison.Ordinal);
        await governor.DoneAsync("/govern/duties", "#hold", ("Hold.Cause", "Inquiry"), ("Hold.Reason", "The inquiry asked every council"));
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Withdrawn, change: c => c.Wants = WithdrawWants.DeleteRecording);
        var recording = await site.ReadAsync(world, db => db.VoiceRecords.SingleAsync(r => r.Kind == VoiceKind.Audio, Cancel));
        var pieces = $"select count(*) from file_pieces where file_id = '{recording.FileId}'";
        Assert.True(await ScalarAsync(pieces) > 0);
        using (var played = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{recording.FileId}")) Assert.NotEqual(HttpStatusCode.OK, played.StatusCode);
        Assert.Single(await world.AuditAsync(AuditActions.MediaKeptBack, child.Id));

        await governor.DoneAsync("/govern/duties", "#lift", ("Lift.Id", (await site.ReadAsync(world, db => db.LegalHolds.SingleAsync(Cancel))).Id.ToString()), ("Lift.Reason", "The inquiry has ended"));
        Assert.Equal(0, await ScalarAsync(pieces));
        Assert.Single(await world.AuditAsync(AuditActions.MediaErased, child.Id));

        // A hold that is being placed while somebody agrees: whoever agrees waits, and then is refused.
        await GrownAsync(hearing);
        await governor.DoneAsync(page, "#propose", ("Propose.Reason", "Looked at it"));
        var second = World.ActorOf(await world.AddPersonAsync(Role.InformationGovernance, "Ivo Sand"));
        var proposed = await site.ReadAsync(world, db => db.Disposals.SingleAsync(Cancel));
        await using var placing = new NpgsqlConnection(site.SuperuserConnectionString);
        await placing.OpenAsync(Cancel);
        await using (var transaction = await placing.BeginTransactionAsync(Cancel))
        {
            await using var insert = new NpgsqlCommand($"insert into legal_holds (id, authority_id, child_id, cause, placed_by_id, placed_at) values (gen_random_uuid(), '{world.Authority.Id}', '{child.Id}', 'Court', '{world.InformationGovernance.Id}', now())", placing, transaction);
            await insert.ExecuteNonQueryAsync(Cancel);
            using var deciding = site.As(null);
            var agreed = Task.Run(() => deciding.Get<DisposalService>().DecideAsync(child.Id, new() { Id = proposed.Id, Agree = true, Reason = "Looked" }, second, Cancel), Cancel);
            for (var i = 0; i < 300 && await ScalarAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted") == 0; i++) await Task.Delay(20, Cancel);
            Assert.False(agreed.IsCompleted);
            await transaction.CommitAsync(Cancel);
            Assert.Equal(LegalHoldService.Stands, (await agreed)!.Refusal!.Message);
        }

        Assert.True((await CountsAsync(child.Id)).Texts > 0);
    }

    [Fact]
    public async Task Nothing_is_kept_under_a_key_that_is_destroyed_while_it_is_being_saved()
    {
        using var hearing = await SpokenAsync();
        var (world, child, page) = (hearing.World, hearing.Child, $"/govern/duties/{hearing.Child.Id}");
        using var governor = site.ClientFor(world.InformationGovernance);
        await GrownAsync(hearing);
        await governor.DoneAsync(page, "#propose", ("Propose.Reason", "Looked at it"));
        var second = World.ActorOf(await world.AddPersonAsync(Role.InformationGovernance, "Ivo Sand"));
        var proposed = await site.ReadAsync(world, db => db.Disposals.SingleAsync(Cancel));
        using var early = site.As(world.Whole);
        using var late = site.As(world.Whole);
        async Task<StoredFile> SealAsync(Scope by)
        {
            by.Db.Add(AuditEntry.For(AuditActions.MediaReceived, world.Whole, child.Id, null, TimeProvider.System));
            return await by.Get<FileStore>().BeginAsync(Guid.CreateVersion7(), FileKind.VoiceMedia, child.Id, "audio/webm", 4, world.Whole, Cancel);
        }

        // One is saved and not committed when somebody agrees: they wait for it, and it is destroyed with the rest. The other is sealed by then, and saved when the key is gone.
        StoredFile destroyed, refused = await SealAsync(late);
        await using (var saving = await early.Db.Database.BeginTransactionAsync(Cancel))
        {
            destroyed = await SealAsync(early);
            await early.Db.SaveChangesAsync(Cancel);
            using var deciding = site.As(null);
            var agreed = Task.Run(() => deciding.Get<DisposalService>().DecideAsync(child.Id, new() { Id = proposed.Id, Agree = true, Reason = "Looked" }, second, Cancel), Cancel);
            for (var i = 0; i < 300 && await ScalarAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted") == 0; i++) await Task.Delay(20, Cancel);
            Assert.False(agreed.IsCompleted);
            await saving.CommitAsync(Cancel);
            Assert.True((await agreed)!.IsDone);
        }

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => late.Db.SaveChangesAsync(Cancel));
        Assert.Empty(await site.ReadAsync(world, db => db.Files.Where(f => f.Id == destroyed.Id).Select(f => f.WrappedKey).SingleAsync(Cancel)));
        Assert.False(await site.ReadAsync(world, db => db.Files.AnyAsync(f => f.Id == refused.Id, Cancel)));

        // Said anew it is sealed by the key that stands now, in a transaction that had begun before too.
        using var anew = site.As(world.Whole);
        await using (var saving = await anew.Db.Database.BeginTransactionAsync(Cancel))
        {
            await SealAsync(anew);
            await anew.Db.SaveChangesAsync(Cancel);
            await saving.CommitAsync(Cancel);
        }

        // The connection that was refused is good for whatever comes next.
        late.Db.ChangeTracker.Clear();
        Assert.Equal(2, await late.Db.Files.CountAsync(f => f.ChildId == child.Id && f.CompletedAt == null, Cancel));
    }

    [Fact]
    public async Task A_council_sets_its_own_periods_but_none_shorter_than_the_law_and_each_is_kept()
    {
        var world = await World.CreateAsync(site);
        using var governor = site.ClientFor(world.InformationGovernance);
        const string law = "/govern/retention/looked-after";
        Assert.Contains("Say what this rests on", await governor.RefusedAsync(law, "main form[method=post]", ("Input.Years", "80")), StringComparison.Ordinal);
        Assert.Contains("The law says 75 years or more", await governor.RefusedAsync(law, "main form[method=post]", ("Input.Years", "74"), ("Input.Reason", "Shorter")), StringComparison.Ordinal);
        Assert.Contains("From 1 to 150", await governor.RefusedAsync(law, "main form[method=post]", ("Input.Years", "1000"), ("Input.Reason", "Long")), StringComparison.Ordinal);
        await governor.DoneAsync("/govern/retention/in-need", "main form[method=post]", ("Input.Years", "20"), ("Input.Reason", "Minute 12"));
        await governor.DoneAsync("/govern/retention/in-need", "main form[method=post]", ("Input.Years", "10"), ("Input.Reason", "Minute 13"));
        var shown = (await governor.PageAsync("/govern/retention/in-need")).QuerySelector("main")!.TextContent;
        foreach (var text in new[] { "Minute 12", "Minute 13", "7 years", "Kept 10 years" }) Assert.Contains(text, shown, StringComparison.Ordinal);
        Assert.Equal(["in-need 20", "in-need 10"], (await world.AuditAsync(AuditActions.RetentionSet)).Select(a => a.Detail));
        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync("update retention_settings set years = 1 returning 1"));

        // Another role is refused, another council finds nothing.
        var child = await world.AddChildAsync(world.Practitioner);
        Assert.Contains("There is no child with that number", await governor.RefusedAsync("/govern/duties", "#find", ("ChildNumber", "nobody")), StringComparison.Ordinal);
        Assert.Equal($"/govern/duties/{child.Id}", await governor.DoneAsync("/govern/duties", "#find", ("ChildNumber", child.LaChildId)));
        using var stranger = site.ClientFor((await World.CreateAsync(site)).InformationGovernance);
        using (var answer = await stranger.GetAsync($"/govern/duties/{child.Id}")) Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        foreach (var role in new[] { Role.Administrator, Role.DataLead, Role.Practitioner, Role.Researcher, Role.TeamManager })
        {
            using var client = site.ClientFor(world.PersonOf(role));
            using var answer = await client.GetAsync($"/govern/duties/{child.Id}");
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task What_is_restricted_is_read_by_nobody_but_for_whom_it_was_opened_and_given_all_the_same_to_whoever_asks_for_it()
    {
        using var hearing = await SpokenAsync();
        var (world, child, page) = (hearing.World, hearing.Child, $"/govern/duties/{hearing.Child.Id}");
        using var governor = site.ClientFor(world.InformationGovernance);
        using var manager = site.ClientFor(world.TeamManager);
        var records = await site.ReadAsync(world, db => db.VoiceRecords.Where(r => r.ChildId == child.Id).OrderBy(r => r.SealedAt).ToListAsync(Cancel));
        var recording = records.Single(r => r.Kind == VoiceKind.Audio);

        // One record.
        await hearing.Client.DoneAsync($"{hearing.ChildPage}/records/{records[1].Id}/interpretation", "main form[method=post]", ("Input.Text", "Doors are what matters"), ("Input.Kind", "Observation"), ("Input.Further", $"{records[0].Id}"));
        Assert.Contains("Choose why it is restricted", await governor.RefusedAsync(page, "#restrict", ("Restrict.Reason", "They asked")), StringComparison.Ordinal);
        Assert.Contains("Choose something that is kept of this child", await governor.RefusedAsync(page, "#restrict", ("Restrict.Ground", "SaidToBeWrong"), ("Restrict.Reason", "They asked"), ("Restrict.RecordId", $"{Guid.CreateVersion7()}")), StringComparison.Ordinal);
        await governor.DoneAsync(page, "#restrict", ("Restrict.Ground", "SaidToBeWrong"), ("Restrict.Reason", "They say it was another door"), ("Restrict.RecordId", $"{records[0].Id}"));
        var shown = (await hearing.Client.PageAsync(hearing.ChildPage)).Body!.TextContent;
        Assert.DoesNotContain("red door", shown, StringComparison.Ordinal);
        Assert.Contains("and a blue one", shown, StringComparison.Ordinal);
        Assert.Contains("1 record is restricted", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Doors are", shown, StringComparison.Ordinal);
        // Each lock alone.
        using (var own = site.As(World.ActorOf(world.Practitioner))) Assert.Empty(await own.Db.Interpretations.IgnoreQueryFilters().ToListAsync(Cancel));
        using (var whole = site.As(world.Whole)) Assert.Empty(await whole.Db.Interpretations.ToListAsync(Cancel));
        using (var interpreted = await hearing.Client.GetAsync($"{hearing.ChildPage}/records/{records[0].Id}/interpretation")) Assert.Equal(HttpStatusCode.NotFound, interpreted.StatusCode);
        using (var found = await hearing.Client.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "red" })) Assert.DoesNotContain("red door", await found.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        // Everything: each page says so kindly, whom to ask, and still lets a visit be written down.
        await governor.DoneAsync(page, "#restrict", ("Restrict.Ground", "ObjectionLookedInto"), ("Restrict.Reason", "They object"));
        foreach (var (client, path) in new[] { (hearing.Client, hearing.ChildPage), (hearing.Client, $"{hearing.ChildPage}/timeline"), (hearing.Client, $"{hearing.ChildPage}/copy"), (hearing.Client, $"{hearing.ChildPage}/permissions"), (manager, hearing.ChildPage) })
        {
            using var closed = await client.GetAsync(path);
            var text = await closed.Content.ReadAsStringAsync(Cancel);
            Assert.True(closed.StatusCode == HttpStatusCode.Forbidden && text.Contains("This record is restricted", StringComparison.Ordinal) && text.Contains("Ines Garth", StringComparison.Ordinal) && !text.Contains("blue one", StringComparison.Ordinal), path);
        }

        using (var played = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{recording.FileId}")) Assert.NotEqual(HttpStatusCode.OK, played.StatusCode);
        await SayAsync(hearing, "I said something new");
        foreach (var actor in new[] { World.ActorOf(world.Practitioner), World.ActorOf(world.TeamManager), world.Whole })
        {
            using var scope = site.As(actor);
            Assert.Empty(await scope.Db.VoiceWords.ToListAsync(Cancel));
            Assert.Empty(await scope.Db.Asks.ToListAsync(Cancel));
            var permissions = await scope.Get<ConsentService>().DecideAllNowAsync(child.Id, Cancel);
            Assert.All(Enum.GetValues<Purpose>(), p => Assert.False(permissions[p].Allowed));
            // Row-level security alone, for those who work with the child.
            if (actor.Reach != Reach.Whole) Assert.Empty(await scope.Db.VoiceWords.IgnoreQueryFilters().ToListAsync(Cancel));
        }

        // Whoever asks for what is held is given it.
        using (var rights = site.As(world.Whole))
        {
            var items = await rights.Get<HeldRecords>().ReadAsync(child.Id, Requester.Child, null, World.Today, Cancel);
            foreach (var text in new[] { "I like the red door", "I said something new", "They say it was another door" }) Assert.Contains(items, i => i.Lines.Any(l => l.Text == text));
        }

        // Opened to one worker for a purpose of the law: they read, their manager does not.
        var all = await site.ReadAsync(world, db => db.Restrictions.SingleAsync(r => r.VoiceRecordId == null, Cancel));
        Assert.Contains("Choose what for", await governor.RefusedAsync(page, "#open", ("Open.RestrictionId", $"{all.Id}"), ("Open.PersonId", $"{world.Practitioner.Id}"), ("Open.Reason", "A worry")), StringComparison.Ordinal);
        Assert.Contains("Choose one of the child’s workers", await governor.RefusedAsync(page, "#open", ("Open.RestrictionId", $"{all.Id}"), ("Open.PersonId", $"{world.DataLead.Id}"), ("Open.Purpose", "ProtectSomebody"), ("Open.Reason", "A worry")), StringComparison.Ordinal);
        await governor.DoneAsync(page, "#open", ("Open.RestrictionId", $"{all.Id}"), ("Open.PersonId", $"{world.Practitioner.Id}"), ("Open.Purpose", "ProtectSomebody"), ("Open.Reason", "A worry"));
        Assert.Contains("and a blue one", (await hearing.Client.PageAsync(hearing.ChildPage)).Body!.TextContent, StringComparison.Ordinal);
        using (var still = await manager.GetAsync(hearing.ChildPage)) Assert.Equal(HttpStatusCode.Forbidden, still.StatusCode);

        foreach (var restriction in await site.ReadAsync(world, db => db.Restrictions.ToListAsync(Cancel))) await governor.DoneAsync(page, "#unrestrict", ("Unrestrict.Id", $"{restriction.Id}"), ("Unrestrict.Reason", "It was the red door"));
        var back = (await manager.PageAsync(hearing.ChildPage)).Body!.TextContent;
        foreach (var text in new[] { "red door", "and a blue one", "I said something new" }) Assert.Contains(text, back, StringComparison.Ordinal);
        Assert.Equal(2, (await world.AuditAsync(AuditActions.RestrictionLifted, child.Id)).Count);
        Assert.Equal("ProtectSomebody", Assert.Single(await world.AuditAsync(AuditActions.RestrictionOpened, child.Id)).Detail);
    }

    [Fact]
    public async Task Who_asks_the_council_for_a_record_to_be_put_right_has_their_statement_beside_it_wherever_it_is_shown()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var (world, child, page) = (hearing.World, hearing.Child, $"/govern/duties/{hearing.Child.Id}");
        var mother = await world.AddRelationshipAsync(child);
        // What a mother said: by the child's own statement beside it nobody was heard in a visit.
        using (var hers = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), Hearing.Said("She never sleeps", ("Input.Speaker", "ParentOrCarer"), ("Input.SpeakerRelationshipId", $"{mother.Id}")))) Assert.Equal(HttpStatusCode.Redirect, hers.StatusCode);
        var first = await site.ReadAsync(world, db => db.VoiceRecords.Include(r => r.Words).SingleAsync(r => r.ChildId == child.Id, Cancel));
        using var governor = site.ClientFor(world.InformationGovernance);
        var shown = await governor.PageAsync(page);
        Assert.DoesNotContain("never sleeps", shown.Body!.TextContent, StringComparison.Ordinal);
        var today = ConsentRules.LocalDay(DateTime.UtcNow);
        (string, string)[] Asks(params (string, string)[] instead) =>
            [.. new[] { ("Rectification.RecordId", $"{first.Id}"), ("Rectification.Requester", "Child"), ("Rectification.Who", "Rang, and came with a passport"), ("Rectification.Asked", "Say that I slept") }.Where(f => !instead.Any(i => i.Item1 == f.Item1)).Concat(instead)];
        async Task<Guid> AskedAsync(params (string, string)[] instead)
        {
            await governor.DoneAsync(page, "#rectification", Asks(instead));
            return await site.ReadAsync(world, db => db.RectificationRequests.OrderByDescending(r => r.LoggedAt).Select(r => r.Id).FirstAsync(Cancel));
        }

        (string, string)[] Said(Guid request, string text, params (string, string)[] instead) =>
            [.. new[] { ("Statement.RequestId", $"{request}"), ("Statement.RecordId", $"{first.Id}"), ("Statement.Provenance", "OwnHand"), ("Statement.Text", text) }.Where(f => !instead.Any(i => i.Item1 == f.Item1)).Concat(instead)];
        async Task<IElement?> DueAsync() => (await governor.PageAsync("/govern/duties")).QuerySelector("#due");

        // What is missing is said beside its field, and a record of somebody else's is refused and written down.
        Assert.Null(shown.QuerySelector("#statement"));
        var missing = await governor.RefusedAsync(page, "#rectification", ("Rectification.Requester", "Relation"));
        foreach (var said in new[] { "Enter their name", "Say who they are", "Write down what they ask" }) Assert.Contains(said, missing, StringComparison.Ordinal);
        using var elsewhere = await Hearing.BeginAsync(site);
        var other = await elsewhere.SayAsync("Mine.");
        Assert.Contains("Choose something that is kept of this child", await governor.RefusedAsync(page, "#rectification", Asks(("Rectification.RecordId", $"{other}"))), StringComparison.Ordinal);
        Assert.Contains("on or after the day of the record", await governor.RefusedAsync(page, "#rectification", Asks(("Rectification.ReceivedOn.Day", "1"), ("Rectification.ReceivedOn.Month", "1"), ("Rectification.ReceivedOn.Year", "2020"))), StringComparison.Ordinal);
        Assert.Contains("Nobody in this child’s life is kept under that name", await governor.RefusedAsync(page, "#rectification", Asks(("Rectification.Requester", "Relation"), ("Rectification.RelationName", "Nobody Known"))), StringComparison.Ordinal);
        Assert.Null(await DueAsync());

        // Logged, it stands in the list with its day beside who asks for erasure and for what is held; it is put off once, within its first month.
        var asked = await AskedAsync();
        await governor.DoneAsync(page, "#erasure", ("Erasure.Requester", "Solicitor"), ("Erasure.Asked", "All of it"));
        await governor.DoneAsync("/govern/requests/new", "main form[method=post]", ("Input.ChildNumber", child.LaChildId), ("Input.Requester", "Child"), ("Input.Identity", "Documents"), ("Input.IdentityNote", "A passport"));
        var (late, lateOn) = (await AskedAsync(("Rectification.RecordId", ""), ("Rectification.ReceivedOn.Day", $"{today.AddMonths(-2).Day}"), ("Rectification.ReceivedOn.Month", $"{today.AddMonths(-2).Month}"), ("Rectification.ReceivedOn.Year", $"{today.AddMonths(-2).Year}")), today.AddMonths(-2).AddMonths(1));
        Assert.Contains("The first month is over", await governor.RefusedAsync(page, "#later", ("Later.Id", $"{late}"), ("Later.Reason", "Many files")), StringComparison.Ordinal);
        await governor.DoneAsync(page, "#later", ("Later.Id", $"{asked}"), ("Later.Reason", "Three files to look through"));
        Assert.Contains("It was extended already", await governor.RefusedAsync(page, "#later", ("Later.Id", $"{asked}"), ("Later.Reason", "Many files")), StringComparison.Ordinal);
        using (var twice = site.As(world.Whole)) await Assert.ThrowsAsync<PostgresException>(() => twice.Db.Database.ExecuteSqlAsync($"update rectification_requests set extended_at = now() where id = {asked}", Cancel));
        var due = (await DueAsync())!;
        Assert.Equal(["putting right", "everything held", "erasure", "putting right"], due.QuerySelectorAll("a").Select(a => a.TextContent.Replace($"{child.LaChildId}: ", "", StringComparison.Ordinal)));
        Assert.Equal([Words.Day(lateOn), Words.Day(today.AddMonths(1)), Words.Day(today.AddMonths(1)), Words.Day(today.AddMonths(3))], due.QuerySelectorAll(".entry__heard").Select(d => d.TextContent.Split(", ")[0]));
        Assert.Contains("overdue by", due.QuerySelector(".entry--waiting")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["Rang, and came with a passport", "Say that I slept", "Three files to look through"], (await governor.PageAsync(page)).QuerySelectorAll("#rectifications .entry").Single(e => e.TextContent.Contains("Three files", StringComparison.Ordinal)).QuerySelectorAll(".own-lines").Select(n => n.TextContent.Split(": ")[1]));

        // Refused, they are told why and how to complain, and nobody waits for that answer any more.
        Assert.Contains("Choose the answer", await governor.RefusedAsync(page, "#righted", ("Righted.Id", $"{late}"), ("Righted.Answer", "StatementBeside"), ("Righted.Told", "No")), StringComparison.Ordinal);
        await governor.DoneAsync(page, "#righted", ("Righted.Id", $"{late}"), ("Righted.Answer", "Refused"), ("Righted.Told", "Your birthday is as the register has it."));
        var answer = (await governor.PageAsync(page)).QuerySelectorAll("#rectifications .entry").Single(e => e.TextContent.Contains("Refused", StringComparison.Ordinal)).TextContent;
        foreach (var told in new[] { "Your birthday is as the register has it.", Words.HowToComplain }) Assert.Contains(told, answer, StringComparison.Ordinal);
        Assert.Null((await DueAsync())!.QuerySelector(".entry--waiting"));

        // Sent three times, it stands once; and its words are not on the page of those who put it there.
        foreach (var said in new[] { "Choose which request", "Choose beside which record", "Write down what they say", "Choose where the words came from" }) Assert.Contains(said, await governor.RefusedAsync(page, "#statement"), StringComparison.Ordinal);
        Assert.Contains("Choose something that is kept of this child", await governor.RefusedAsync(page, "#statement", Said(asked, "Not mine", ("Statement.RecordId", $"{other}"))), StringComparison.Ordinal);
        Assert.Equal([other, other], (await world.AuditAsync(AuditActions.AccessRefused, child.Id)).Select(a => a.SubjectId!.Value));
        const string Mine = "I slept,  every night <b>there</b>.\nIt was the dog that barked.";
        shown = await governor.PageAsync(page);
        var fields = Said(asked, Mine).ToDictionary(f => f.Item1, f => (string?)f.Item2);
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => governor.SubmitAsync(shown, page, fields, "#statement")));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));
        // Nor is anything answered twice, by a form that stood open or past the program.
        fields["Statement.Id"] = $"{Guid.CreateVersion7()}";
        using (var again = await governor.SubmitAsync(shown, page, fields, "#statement")) Assert.Contains("It was answered already", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using (var again = await governor.SubmitAsync(shown, page, new Dictionary<string, string?> { ["Righted.Id"] = $"{asked}", ["Righted.Answer"] = "Refused", ["Righted.Told"] = "No" }, "#righted")) Assert.Contains("It was answered already", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using (var twice = site.As(world.Whole)) await Assert.ThrowsAsync<PostgresException>(() => twice.Db.Database.ExecuteSqlAsync($"update rectification_requests set answer = 'PutRight', statement_id = null where id = {asked}", Cancel));
        // Nor does a statement stand there for a request that nobody logged, or that is another child's.
        var sibling = await world.AddChildAsync(world.Practitioner);
        await governor.DoneAsync($"/govern/duties/{sibling.Id}", "#rectification", Asks(("Rectification.RecordId", "")));
        foreach (var request in new[] { Guid.CreateVersion7(), await site.ReadAsync(world, db => db.RectificationRequests.Where(r => r.ChildId == sibling.Id).Select(r => r.Id).SingleAsync(Cancel)) })
        {
            fields["Statement.RequestId"] = $"{request}";
            using var unasked = await governor.SubmitAsync(shown, page, fields, "#statement");
            Assert.Equal(HttpStatusCode.NotFound, unasked.StatusCode);
        }

        // Who works with the child is told that it stands there, without a word of it, until they say that they know; not from whom the child keeps the record.
        const string ToKnow = "A statement stands beside a record of";
        await AllocateAsync(hearing, world.OtherPractitioner);
        using var colleague = site.ClientFor(world.OtherPractitioner);
        async Task<string> ToldAsync(TestClient who) => string.Concat((await who.PageAsync("/hear")).QuerySelectorAll(".govuk-notification-banner").Select(b => b.TextContent));
        Assert.Empty(await ToldAsync(colleague));
        await governor.DoneAsync(page, "#statement", Said(await AskedAsync(("Rectification.Requester", "Relation"), ("Rectification.RelationName", mother.Name)), "I never said never.", ("Statement.Provenance", "VerbatimAtTheTime")));
        foreach (var who in new[] { hearing.Client, colleague })
        {
            var told = await ToldAsync(who);
            Assert.Contains(ToKnow, told, StringComparison.Ordinal);
            foreach (var words in new[] { "barked", "never said", "passport" }) Assert.DoesNotContain(words, told, StringComparison.Ordinal);
        }

        await hearing.Client.DoneAsync($"{hearing.ChildPage}/do-not-tell?record={first.Id}", "form#add", ("Input.Who", "OtherPractitioners"), ("Input.Scope", "Record"), ("Input.Reason", "Afraid"), ("Input.SaidBy", "Child"), ("Input.Words", "Only you"));
        Assert.Empty(await ToldAsync(colleague));
        await hearing.Client.DoneAsync("/hear", ".govuk-notification-banner form");
        Assert.Single(Regex.Matches(await ToldAsync(hearing.Client), ToKnow));
        Assert.Single(await world.AuditAsync(AuditActions.NoticeRead, child.Id));
        var after = (await governor.PageAsync(page)).Body!.TextContent;
        foreach (var fact in new[] { "Statement of the child or young person", "Statement of a parent or carer", "Rang, and came with a passport", "put there by Ines Garth" }) Assert.Contains(fact, after, StringComparison.Ordinal);
        foreach (var words in new[] { "the dog that barked", "never said never", "never sleeps" }) Assert.DoesNotContain(words, after, StringComparison.Ordinal);
        var records = await site.ReadAsync(world, db => db.VoiceRecords.Include(r => r.Words).Where(r => r.ChildId == child.Id).OrderBy(r => r.SealedAt).ToListAsync(Cancel));
        Assert.Equal(3, records.Count);
        Assert.Equal((Convert.ToHexString(first.ContentSeal), Convert.ToHexString(first.Words!.Sealed)), (Convert.ToHexString(records[0].ContentSeal), Convert.ToHexString(records[0].Words!.Sealed)));
        Assert.Equal((Speaker.Child, null, CorrectionReason.Statement), (records[1].Speaker, records[1].SpeakerRelationshipId, records[1].CorrectionReason));
        Assert.Equal((Speaker.ParentOrCarer, mother.Id), (records[2].Speaker, records[2].SpeakerRelationshipId));
        Assert.Equal([(records[1].Id, "Child"), (records[2].Id, "Relation")], (await world.AuditAsync(AuditActions.StatementPut, child.Id)).Select(a => (a.SubjectId!.Value, a.Detail)));

        // On the page, the timeline and in a search: after the first words, as it was written, and whose it is.
        var record = (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".record")!;
        Assert.Equal(["She never sleeps", Mine, "I never said never."], record.QuerySelectorAll(".words__text").Select(w => w.TextContent));
        Assert.Contains("asked the council for the record to be put right", record.QuerySelector(".correction__why")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["Statement of the child or young person", "Statement of a parent or carer"], record.QuerySelectorAll(".correction .words__label").Select(l => l.TextContent.Trim()));
        var timeline = (await hearing.Client.PageAsync($"{hearing.ChildPage}/timeline")).QuerySelector("main")!;
        Assert.Contains("the dog that barked", timeline.TextContent, StringComparison.Ordinal);
        Assert.Contains("Statement of the child or young person", timeline.TextContent, StringComparison.Ordinal);
        using (var found = await hearing.Client.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "barked" }))
        {
            var hit = (await TestClient.ParseAsync(found)).QuerySelectorAll(".found").Single();
            Assert.Contains("The child’s own words, of the record beside which they stand", hit.TextContent, StringComparison.Ordinal);
            Assert.Contains(hearing.ChildPage, hit.QuerySelector("a")!.GetAttribute("href")!, StringComparison.Ordinal);
        }

        // Nobody heard them by it.
        Assert.Contains("Not heard yet", (await hearing.Client.PageAsync("/hear")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        // On paper beside the child's own words, and there a parent's statement is somebody else's.
        var mine = await hearing.SayAsync("I like the red door");
        foreach (var (text, who) in new[] { ("It was blue.", "Child"), ("It was never blue.", "Relation") })
        {
            await governor.DoneAsync(page, "#statement", Said(await AskedAsync(("Rectification.Requester", who), ("Rectification.RelationName", mother.Name)), text, ("Statement.RecordId", $"{mine}")));
        }

        foreach (var (path, form) in new[] { ("copy/read?to=child", new Dictionary<string, string?>()), ("booklet", new() { ["Input.For"] = "TheChild", ["Input.FamilyMaySee"] = "false" }) })
        {
            using var paper = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/{path}", form);
            var printed = (await TestClient.ParseAsync(paper)).QuerySelector("main")!.TextContent;
            foreach (var text in new[] { "I like the red door", "It was blue." }) Assert.Contains(text, printed, StringComparison.Ordinal);
            Assert.DoesNotContain("It was never blue.", printed, StringComparison.Ordinal);
        }

        // A worker puts right what is put right in a visit, and nothing in the place of the council.
        var correct = $"{hearing.ChildPage}/records/{mine}/correct";
        Assert.Contains("Choose why", await hearing.Client.RefusedAsync(correct, "main form[method=post]", ("Input.Reason", "Statement"), ("Input.Text", "Green"), ("Input.Provenance", "OwnHand")), StringComparison.Ordinal);
        await hearing.Client.DoneAsync(correct, "main form[method=post]", ("Input.Reason", "Rectification"), ("Input.Text", "It was green"), ("Input.Provenance", "OwnHand"));
        Assert.Contains("They asked for it to be put right", (await hearing.Client.PageAsync(hearing.ChildPage)).Body!.TextContent, StringComparison.Ordinal);

        // Restricted with its record.
        await governor.DoneAsync(page, "#restrict", ("Restrict.Ground", "SaidToBeWrong"), ("Restrict.Reason", "Looked into"), ("Restrict.RecordId", $"{first.Id}"));
        Assert.DoesNotContain("the dog that barked", (await hearing.Client.PageAsync(hearing.ChildPage)).Body!.TextContent, StringComparison.Ordinal);
        // What is told names it no more either; the two beside another record still are.
        Assert.Equal(2, Regex.Count(await ToldAsync(hearing.Client), ToKnow));

        // Nobody else logs, puts off, answers or puts one: no other role, and no other council.
        var open = await AskedAsync(("Rectification.RecordId", ""));
        var sent = Said(open, "Not theirs", ("Statement.Id", $"{Guid.CreateVersion7()}")).Concat(Asks(("Rectification.Id", $"{Guid.CreateVersion7()}"))).Concat([("Later.Id", $"{open}"), ("Later.Reason", "No"), ("Righted.Id", $"{open}"), ("Righted.Answer", "Refused"), ("Righted.Told", "No")])
            .ToDictionary(f => f.Item1, f => (string?)f.Item2);
        foreach (var person in new[] { world.Practitioner, world.TeamManager, world.Administrator, world.DataLead, world.Advocate, elsewhere.World.InformationGovernance })
        {
            using var client = site.ClientFor(person);
            sent["__RequestVerificationToken"] = await client.AntiforgeryTokenAsync("/account/sign-ins");
            foreach (var handler in new[] { "Rectification", "Later", "Righted", "Statement" })
            {
                using var refused = await client.Http.PostAsync($"{page}?handler={handler}", new FormUrlEncodedContent(sent!), Cancel);
                Assert.Equal(person == elsewhere.World.InformationGovernance ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden, refused.StatusCode);
            }
        }

        Assert.Equal(4, (await world.AuditAsync(AuditActions.StatementPut)).Count);
        Assert.Null((await site.ReadAsync(world, db => db.RectificationRequests.SingleAsync(r => r.Id == open, Cancel))).Answer);
        Assert.Equal(["Refused", "StatementBeside", "StatementBeside", "StatementBeside", "StatementBeside"], (await world.AuditAsync(AuditActions.RectificationAnswered, child.Id)).Select(a => a.Detail));
    }

    /// <summary>A child who said three things, one of them recorded, with what a worker thinks, a permission with words and a rule.</summary>
    [Fact]
    public async Task Its_pages_are_clean_wide_narrow_and_in_the_order_in_which_they_are_read()
    {
        using var hearing = await SpokenAsync();
        var (world, page) = (hearing.World, $"/govern/duties/{hearing.Child.Id}");
        using var governor = site.ClientFor(world.InformationGovernance);
        await governor.DoneAsync(page, "#erasure", ("Erasure.Requester", "Child"), ("Erasure.Asked", "All of it, please"));
        await governor.DoneAsync(page, "#hold", ("Hold.Cause", "Court"), ("Hold.Reason", "The county court asked"));
        foreach (var asks in new[] { "It was another door", "My birthday is wrong" }) await governor.DoneAsync(page, "#rectification", ("Rectification.Requester", "Child"), ("Rectification.Who", "Came with a passport"), ("Rectification.Asked", asks));
        var open = await governor.PageAsync(page);
        await governor.DoneAsync(page, "#statement", ("Statement.RequestId", open.QuerySelector<IHtmlInputElement>("#statement input[type=radio]")!.Value), ("Statement.RecordId", open.QuerySelector<IHtmlOptionElement>("#Statement_RecordId option:nth-child(2)")!.Value), ("Statement.Provenance", "OwnHand"), ("Statement.Text", "It was another door"));
        await using var working = await browser.OpenAsync(site, world.Practitioner);
        await working.GoAsync(hearing.ChildPage);
        await working.LookWideAndNarrowAsync("hear-statement");
        await governor.DoneAsync(page, "#restrict", ("Restrict.Ground", "ObjectionLookedInto"), ("Restrict.Reason", "They object"));
        var breach = await BreachTests.LogAsync(governor, DateTime.UtcNow.AddDays(-1), "A letter went to the wrong house");
        await using var governing = await browser.OpenAsync(site, world.InformationGovernance);
        foreach (var (path, picture) in new[] { ("/govern/retention", "retention"), ("/govern/retention/in-need", "retention-rule"), ("/govern/duties", "duties"), (page, "duties-child"), ("/govern/breaches", "breaches"), ("/govern/breaches/new", "breach-new"), (breach, "breach") })
        {
            await governing.GoAsync(path);
            foreach (var form in new[] { "Put a statement beside a record", "Answer without a statement", "The answer takes longer", "Log a request to put something right" })
            {
                if (path == page) await governing.Page.GetByText(form).ClickAsync();
            }

            await governing.LookWideAndNarrowAsync($"govern-{picture}");
        }

        await working.GoAsync(hearing.ChildPage);
        await working.LookWideAndNarrowAsync("hear-restricted");
    }

    private async Task<Hearing> SpokenAsync()
    {
        var hearing = await Hearing.BeginAsync(site);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given, change: c => c.Words = "Yes, record me");
        await SayAsync(hearing, "I like the red door");
        await SayAsync(hearing, "and a blue one");
        await hearing.SealFileAsync(Hearing.Webm(150_000), VoiceKind.Audio);
        var said = await site.ReadAsync(hearing.World, db => db.VoiceRecords.Where(r => r.Kind == VoiceKind.TypedText).OrderBy(r => r.SealedAt).FirstAsync(Cancel));
        await hearing.Client.DoneAsync($"{hearing.ChildPage}/records/{said.Id}/interpretation", "main form[method=post]", ("Input.Text", "The red door stands for home"), ("Input.Kind", "Hypothesis"), ("Input.BasedOn", "What was drawn"));
        await hearing.Client.DoneAsync($"{hearing.ChildPage}/asks/new?record={said.Id}", "main form[method=post]", ("Input.Wanted", "DoSomething"), ("Input.Thing", "Elsewhere"), ("Input.Elsewhere", "A lock on the red door"));
        await hearing.Client.DoneAsync($"{hearing.ChildPage}/do-not-tell", "form#add", ("Input.Who", "Family"), ("Input.Scope", "Everything"), ("Input.Reason", "Afraid"), ("Input.SaidBy", "Child"), ("Input.Words", "Not about the red door"));
        return hearing;
    }

    private static async Task SayAsync(Hearing hearing, string text)
    {
        using var answer = await hearing.Client.SubmitAsync(hearing.WordsPage(await hearing.VisitAsync()), Hearing.Said(text));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    /// <summary>Seventy-six years on: the work is over, and they were looked after once.</summary>
    private async Task GrownAsync(Hearing hearing)
    {
        using var scope = site.As(hearing.World.Whole);
        var today = World.Today;
        (await scope.Db.Children.SingleAsync(c => c.Id == hearing.Child.Id, Cancel)).BornOn = today.AddYears(-76);
        (await scope.Db.Allocations.SingleAsync(a => a.ChildId == hearing.Child.Id, Cancel)).EndedOn = today.AddDays(-1);
        scope.Db.Add(new LegalStatus { AuthorityId = hearing.World.Authority.Id, ChildId = hearing.Child.Id, Kind = LegalStatusKind.CareOrder, FromOn = today.AddYears(-70), ToOn = today.AddYears(-60), RecordedAt = DateTime.UtcNow, RecordedById = hearing.World.Practitioner.Id });
        scope.Db.Add(AuditEntry.For(AuditActions.ChildChanged, hearing.World.Whole, hearing.Child.Id, null, TimeProvider.System));
        await scope.Db.SaveChangesAsync(Cancel);
    }

    private async Task AllocateAsync(Hearing hearing, AppUser? to = null)
    {
        using var scope = site.As(hearing.World.Whole);
        scope.Db.AddRange(
            new Allocation { AuthorityId = hearing.World.Authority.Id, ChildId = hearing.Child.Id, PractitionerId = (to ?? hearing.World.Practitioner).Id, StartedOn = World.Today },
            AuditEntry.For(AuditActions.ChildAllocated, hearing.World.Whole, hearing.Child.Id, null, TimeProvider.System));
        await scope.Db.SaveChangesAsync(Cancel);
    }

    /// <summary>How many sealed texts under the child's key hold anything, how many pieces of files there are, and how many keys of files.</summary>
    private async Task<(long Texts, long Pieces, long Keys)> CountsAsync(Guid childId)
    {
        using var scope = site.As(null);
        long texts = 0;
        foreach (var (table, field) in HeldRecords.Sealed.Keys.Where(k => k.Table != typeof(DutyNote)))
        {
            var entity = scope.Db.Model.FindEntityType(table)!;
            texts += await ScalarAsync($"select count(*) from {entity.GetTableName()} where child_id = '{childId}' and length({entity.FindProperty(field)!.GetColumnName()}) > 0");
        }

        return (texts, await ScalarAsync($"select count(*) from file_pieces where child_id = '{childId}'"), await ScalarAsync($"select count(*) from files where child_id = '{childId}' and length(wrapped_key) > 0"));
    }

    private async Task<long> ScalarAsync(string question)
    {
        await using var connection = new NpgsqlConnection(site.SuperuserConnectionString);
        await connection.OpenAsync(Cancel);
        await using var asked = new NpgsqlCommand(question, connection);
        return Convert.ToInt64(await asked.ExecuteScalarAsync(Cancel), System.Globalization.CultureInfo.InvariantCulture);
    }
}
