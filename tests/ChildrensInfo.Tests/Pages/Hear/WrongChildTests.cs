using System.Net;
using System.Security.Cryptography;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Responses;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Pages.Hear;

/// <summary>A record under the wrong child is moved, nothing of it can be read there any more, and a report is asked for.</summary>
public class WrongChildTests(TestSite site)
{
    [Theory]
    [InlineData("/records/{0}/wrong-child")]
    [InlineData("/breaches/{0}")]
    public async Task Its_pages_open_only_for_the_childs_own_worker(string page)
    {
        using var hearing = await Hearing.BeginAsync(site);
        await site.OpensOnlyForTheChildsOwnWorkerAsync(hearing, child => $"/hear/{child}{string.Format(System.Globalization.CultureInfo.InvariantCulture, page, Guid.NewGuid())}");
    }

    [Fact]
    public async Task Words_are_sealed_for_the_right_child_and_gone_from_the_wrong_one()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var right = await hearing.World.AddChildAsync(hearing.World.Practitioner, age: 14, givenName: "Rowan");
        await site.ShareAsync(hearing.World, hearing.Child);
        var record = await hearing.SayAsync("My brother took my phone.", ("Input.Prompt", "Who took it?"), ("Input.PromptedBy", "OpenQuestion"));
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/correct", new Dictionary<string, string?> { ["Input.Text"] = "My sister did.", ["Input.Reason"] = "ChangedMind", ["Input.Provenance"] = "OwnHand" })) { }
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/interpretation", new Dictionary<string, string?> { ["Input.Text"] = "Wants it back.", ["Input.Kind"] = "Observation" })) { }
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/themes", new Dictionary<string, string?> { ["Input.Theme"] = "family", ["Input.CodedBy"] = "Child", ["Input.Direction"] = "Worry", ["Input.Priority"] = "Most", ["Input.Views"] = "Differ" }, "form#add")) { }
        using var colleague = site.ClientFor(hearing.World.OtherPractitioner);
        await colleague.PageAsync(hearing.ChildPage);
        using (await colleague.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = "phone" })) { }

        var path = $"{hearing.ChildPage}/records/{record}/wrong-child";
        using var nobody = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?>());
        Assert.Contains("Choose whose words these are", (await TestClient.ParseAsync(nobody)).QuerySelector("#Input_ToChildId-error")!.TextContent);
        var notMine = await hearing.World.AddChildAsync(hearing.World.OtherPractitioner);
        using var forged = await hearing.Client.SubmitAsync(path, new Dictionary<string, string?> { ["Input.ToChildId"] = notMine.Id.ToString() });
        Assert.Contains("Choose another child whom you work with", (await TestClient.ParseAsync(forged)).QuerySelector("#Input_ToChildId-error")!.TextContent);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.AccessRefused, hearing.Child.Id));

        var form = await hearing.Client.PageAsync(path);
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => hearing.Client.SubmitAsync(form, path, new Dictionary<string, string?> { ["Input.ToChildId"] = right.Id.ToString() })));
        Assert.All(answers, a => Assert.StartsWith($"/hear/{right.Id}/breaches/", a.Headers.Location?.OriginalString, StringComparison.Ordinal));
        Assert.Single(answers.Select(a => a.Headers.Location!.OriginalString).Distinct());

        var there = (await hearing.Client.PageAsync($"/hear/{right.Id}")).QuerySelector(".record")!;
        Assert.Equal(["My brother took my phone.", "My sister did."], there.QuerySelectorAll(".words__text").Select(w => w.TextContent));
        Assert.Equal("An open question: Who took it?", there.QuerySelector(".record__asked")!.TextContent);
        Assert.Equal("Wants it back.", there.QuerySelector(".interpretation__text")!.TextContent);
        var here = await hearing.Client.PageAsync(hearing.ChildPage);
        Assert.Empty(here.QuerySelectorAll(".words, .interpretation"));
        var mark = here.QuerySelector(".record--moved")!.TextContent;
        Assert.Contains("Perry Wren", mark);
        Assert.DoesNotContain("Rowan", here.QuerySelector("main")!.TextContent);

        using var scope = site.As(hearing.World.Whole);
        Assert.Empty(await scope.Db.VoiceWords.Where(w => w.ChildId == hearing.Child.Id).ToListAsync());
        Assert.Empty(await scope.Db.Interpretations.Where(i => i.ChildId == hearing.Child.Id).ToListAsync());
        var moved = await scope.Db.VoiceRecords.Include(r => r.Words).SingleAsync(r => r.MovedFromId == record);
        // What it is about is told of the right child only.
        var coding = await scope.Db.VoiceCodings.SingleAsync();
        Assert.Equal((right.Id, moved.Id, "family", CodedBy.Child, ChildPriority.Most, ViewsCompared.Differ), (coding.ChildId, coding.VoiceRecordId, coding.Theme, coding.CodedBy, coding.Priority, coding.Views));
        Assert.Equal(14, moved.AgeAtTime);
        Assert.Equal(await scope.Get<KeyRing>().FingerprintAsync(right.Id, "My brother took my phone."u8.ToArray(), CancellationToken.None), moved.ContentSeal);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => scope.Get<KeyRing>().OpenAsync(hearing.Child.Id, moved.Words!.Sealed, moved.Id, SealPart.Words, CancellationToken.None));
        Assert.Equal("2", Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceMoved, hearing.Child.Id)).Detail);
        Assert.Equal(moved.Id, Assert.Single(await hearing.World.AuditAsync(AuditActions.VoiceReceived, right.Id)).SubjectId);

        // Who might have seen it is read from the audit log.
        var report = answers[0].Headers.Location!.OriginalString;
        var readers = (await hearing.Client.PageAsync(report)).QuerySelectorAll(".entry").Select(e => e.TextContent).ToList();
        Assert.Contains(readers, r => r.Contains("Olive Marsh", StringComparison.Ordinal) && r.Contains("2 times", StringComparison.Ordinal));
        using var unfinished = await hearing.Client.SubmitAsync(report, new Dictionary<string, string?>());
        Assert.Contains("Say what happened", (await TestClient.ParseAsync(unfinished)).QuerySelector("#Input_WhatHappened-error")!.TextContent);
        using var done = await hearing.Client.SubmitAsync(report, new Dictionary<string, string?> { ["Input.WhatHappened"] = "Two tabs.", ["Input.WhatWasDone"] = "Told Olive.", ["Input.ChildTold"] = "true" });
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Contains("Told Olive.", (await hearing.Client.PageAsync(report)).QuerySelector("main")!.TextContent);
        Assert.Equal("child told", Assert.Single(await hearing.World.AuditAsync(AuditActions.BreachCompleted, right.Id)).Detail);
    }

    [Fact]
    public async Task What_a_worker_thinks_of_the_words_of_two_children_goes_to_neither_and_is_shown_no_more()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var right = await hearing.World.AddChildAsync(hearing.World.Practitioner, givenName: "Rowan");
        var wrong = await hearing.SayAsync("My brother took my phone.");
        var mine = await hearing.SayAsync("I have no phone.");
        async Task<Guid> ThinkAsync(string text, Guid? further = null, Guid? before = null)
        {
            using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{wrong}/interpretation{(before is null ? "" : $"?supersedes={before}")}", new Dictionary<string, string?> { ["Input.Text"] = text, ["Input.Kind"] = "Observation", ["Input.Further"] = further?.ToString() })) { }
            return await site.ReadAsync(hearing.World, db => db.Interpretations.OrderByDescending(i => i.CreatedAt).Select(i => i.Id).FirstAsync());
        }

        var both = await ThinkAsync("Phones matter.", before: await ThinkAsync("Phones go.", mine));
        var one = await ThinkAsync("Wants it back.");
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{wrong}/wrong-child", new Dictionary<string, string?> { ["Input.ToChildId"] = right.Id.ToString() })) { }
        Assert.Equal("Wants it back.", Assert.Single((await hearing.Client.PageAsync($"/hear/{right.Id}")).QuerySelectorAll(".interpretation__text")).TextContent);
        Assert.Empty((await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelectorAll(".interpretation"));

        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(2, await scope.Db.Interpretations.CountAsync(i => i.ChildId == hearing.Child.Id && i.Id != one));
        Assert.Equal(both, (await scope.Db.Interpretations.SingleAsync(i => i.ChildId == hearing.Child.Id && i.SupersedesId != null)).Id);
        // Whoever looks through all that is held is asked about each before it is given.
        var held = await scope.Get<HeldRecords>().ReadAsync(hearing.Child.Id, Requester.Child, null, World.Today, CancellationToken.None);
        Assert.Equal([true, true], held.Where(h => h.Item.StartsWith(nameof(Interpretation) + ":", StringComparison.Ordinal)).Select(h => h.Marks.Contains(HeldMark.SomebodyElse)));
    }

    /// <summary>What explains it and what puts that right, rules about each, who was there, and what was asked in it, with what became of that.</summary>
    [Fact]
    public async Task Everything_about_a_drawing_goes_with_it_and_what_was_asked_stays_open()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var world = hearing.World;
        var right = await world.AddChildAsync(world.Practitioner, givenName: "Rowan");
        using var started = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/visits/new", new Dictionary<string, string?>
        {
            ["Input.Place"] = "Home",
            ["Input.SeenAlone"] = "No",
            ["Input.Offered"] = "SymbolChoice",
            ["Input.NotUsedReason"] = "DidNotWork",
            ["Input.Present[0].Who"] = "Aunt Bryony",
            ["Input.Present[0].Role"] = "OtherFamily",
            ["Input.Present[0].InEarshot"] = "Yes",
        });
        var session = Guid.Parse(started.Headers.Location!.OriginalString.Split('/')[4]);
        var (file, drawing, meaning) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        using (await hearing.PutAsync(file, 0, Hearing.Png())) { }
        using (await hearing.Client.SubmitAsync(hearing.WordsPage(session, VoiceKind.Drawing), Hearing.Sent(file, instead: ("Input.Id", drawing.ToString())))) { }
        using (await hearing.Client.SubmitAsync($"{hearing.WordsPage(session)}&about={drawing}", Hearing.Said("I want to see my nan.", ("Input.Id", meaning.ToString())))) { }
        var correction = await hearing.CorrectAsync(meaning, "I want to live with my nan.");
        using (await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{meaning}/interpretation", new Dictionary<string, string?> { ["Input.Text"] = "Misses her.", ["Input.Kind"] = "Observation", ["Input.Confidence"] = "FairlySure", ["Input.Further"] = drawing.ToString() })) { }
        await hearing.KeepFromAsync("Family", DoNotTellScope.Record, drawing);
        await hearing.KeepFromAsync("OtherServices", DoNotTellScope.Record, meaning);
        // Asked of an interpretation, in the explanation and in something else that was said.
        var other = await hearing.SayAsync("And my cat.");
        var thought = await site.ReadAsync(world, db => db.Interpretations.Select(i => i.Id).SingleAsync());
        var asked = Asking.Asked("I want to see my nan.\nAnd my cat.", meaning, ("Input.Thing", $"Interpretation:{thought}"), ("Input.IsRightsRequest", "true"), ("Input.Records[0]", meaning.ToString()), ("Input.Records[1]", other.ToString()));
        asked.Remove("Input.Records");
        using var raised = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/asks/new", asked);
        var ask = raised.Headers.Location!.OriginalString;
        await hearing.StepAsync(ask, StepKind.Considered, ("Words", "Rang her nan."));
        var before = await hearing.KeptAsync(site, ask);

        var path = $"{hearing.ChildPage}/records/{drawing}/wrong-child";
        var fields = new Dictionary<string, string?> { ["Input.ToChildId"] = right.Id.ToString() };
        using var split = await hearing.Client.SubmitAsync(path, fields);
        Assert.Contains("asked in other records too", (await TestClient.ParseAsync(split)).QuerySelector("#Input_WithAsked-error")!.TextContent);
        fields["Input.WithAsked"] = "true";
        using var moving = await hearing.Client.SubmitAsync(path, fields);
        Assert.StartsWith($"/hear/{right.Id}/breaches/", moving.Headers.Location!.OriginalString, StringComparison.Ordinal);

        using var scope = site.As(world.Whole);
        var keys = scope.Get<KeyRing>();
        var moved = await scope.Db.VoiceRecords.Include(r => r.Words).Where(r => r.ChildId == right.Id).ToDictionaryAsync(r => r.MovedFromId!.Value);
        Guid[] all = [drawing, meaning, correction, other];
        Assert.Equal(all.Order(), moved.Keys.Order());
        Assert.Equal((moved[drawing].Id, moved[drawing].Id, moved[meaning].Id), (moved[meaning].ExplainsId, moved[correction].ExplainsId, moved[correction].CorrectsId));
        var rules = await scope.Db.DoNotTells.Where(d => d.ChildId == right.Id).ToListAsync();
        Assert.Equal([(DoNotTellRole.Family, moved[drawing].Id), (DoNotTellRole.OtherServices, moved[meaning].Id)], rules.OrderBy(r => r.Role).Select(r => (r.Role!.Value, r.VoiceRecordId!.Value)));
        var there = await scope.Db.PresentPersons.SingleAsync(p => p.ChildId == right.Id);
        Assert.Equal(NotUsedReason.DidNotWork, (await scope.Db.VoiceSessions.SingleAsync(s => s.Id == there.SessionId)).NotUsedReason);
        var reading = await scope.Db.Interpretations.Include(i => i.Further).SingleAsync(i => i.ChildId == right.Id);
        Assert.Equal((Confidence.FairlySure, moved[meaning].Id, moved[drawing].Id), (reading.Confidence, reading.VoiceRecordId, Assert.Single(reading.Further).VoiceRecordId));
        Assert.Empty(await scope.Db.InterpretationVoices.Where(v => v.ChildId == hearing.Child.Id).ToListAsync());
        Assert.Equal("Aunt Bryony", await keys.OpenAsync(right.Id, there.WhoSealed!, there.Id, SealPart.Present, CancellationToken.None));

        Assert.Empty(await scope.Db.Asks.Where(a => a.ChildId == hearing.Child.Id).ToListAsync());
        Assert.Empty(await scope.Db.AskSteps.Where(a => a.ChildId == hearing.Child.Id).ToListAsync());
        Assert.Empty(await scope.Db.AskVoices.Where(a => a.ChildId == hearing.Child.Id).ToListAsync());
        var now = await scope.Db.Asks.Include(a => a.Steps).Include(a => a.Voices).SingleAsync(a => a.ChildId == right.Id);
        Assert.Equal("I want to see my nan.\nAnd my cat.", await keys.OpenAsync(right.Id, now.WordsSealed, now.Id, SealPart.Ask, CancellationToken.None));
        Assert.Equal(new[] { moved[meaning].Id, moved[other].Id }.Order(), now.Voices.Select(v => v.VoiceRecordId).Order());
        Assert.Equal((before.SaidOn, before.IsRightsRequest, before.RaisedById, await scope.Db.Interpretations.Where(i => i.ChildId == right.Id).Select(i => (Guid?)i.Id).SingleAsync()), (now.SaidOn, now.IsRightsRequest, now.RaisedById, now.ThingId));
        Assert.Equal(before.Steps.OrderBy(s => s.Number).Select(s => (s.Number, s.Kind, s.State, s.DueOn, s.On, s.ById)), now.Steps.OrderBy(s => s.Number).Select(s => (s.Number, s.Kind, s.State, s.DueOn, s.On, s.ById)));
        var step = now.Steps.Single(s => s.WordsSealed is not null);
        Assert.Equal("Rang her nan.", await keys.OpenAsync(right.Id, step.WordsSealed!, step.Id, SealPart.AskStep, CancellationToken.None));
        // It is still somebody's to answer.
        Assert.Contains("Rowan", (await hearing.Client.PageAsync("/hear/asks")).QuerySelector("main")!.TextContent);
        Assert.Equal("moved", Assert.Single(await world.AuditAsync(AuditActions.AskRaised, right.Id)).Detail);
    }

    [Fact]
    public async Task A_recording_is_stored_anew_gone_from_the_wrong_child_and_held_until_the_right_child_says_yes()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var right = await hearing.AnotherChildAsync();
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var bytes = Hearing.Webm(3_000_000, 0, 4000);
        var (file, record) = await hearing.SealFileAsync(bytes, VoiceKind.Audio, ("Input.PromptedBy", "OpenQuestion"), ("Input.Prompt", "What did you sing?"));
        using (var scope0 = site.As(hearing.World.Whole))
        {
            var id = Guid.CreateVersion7();
            scope0.Db.Add(new Transcript
            {
                Id = id,
                AuthorityId = hearing.World.Authority.Id,
                ChildId = hearing.Child.Id,
                VoiceRecordId = record,
                Method = TranscriptMethod.TypedByPerson,
                AuthorId = hearing.World.Practitioner.Id,
                CreatedAt = DateTime.UtcNow,
                Sealed = await scope0.Get<KeyRing>().SealAsync(hearing.Child.Id, "What is said", id, SealPart.Transcript, CancellationToken.None),
            });
            scope0.Db.Add(new TranscriptAcceptance { AuthorityId = hearing.World.Authority.Id, ChildId = hearing.Child.Id, VoiceRecordId = record, TranscriptId = id, Number = 1, AcceptedById = hearing.World.Practitioner.Id, AcceptedAt = DateTime.UtcNow });
            scope0.Db.Add(AuditEntry.For(AuditActions.TranscriptAccepted, hearing.World.Whole, hearing.Child.Id, id, TimeProvider.System));
            await scope0.Db.SaveChangesAsync();
        }

        using var moving = await hearing.Client.SubmitAsync($"{hearing.ChildPage}/records/{record}/wrong-child", new Dictionary<string, string?> { ["Input.ToChildId"] = right.Id.ToString() });
        Assert.Equal(HttpStatusCode.Redirect, moving.StatusCode);
        using var gone = await hearing.Client.GetAsync($"{hearing.ChildPage}/media/{file}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var scope = site.As(hearing.World.Whole);
        Assert.Equal(0, await scope.Db.FilePieces.CountAsync(p => p.FileId == file));
        Assert.Empty((await scope.Db.Files.SingleAsync(f => f.Id == file)).WrappedKey);
        var moved = await scope.Db.VoiceRecords.SingleAsync(r => r.MovedFromId == record);
        var play = $"/hear/{right.Id}/media/{moved.FileId}";
        using var held = await hearing.Client.GetAsync(play);
        Assert.Equal(HttpStatusCode.Forbidden, held.StatusCode);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given, right);
        using var played = await hearing.Client.GetAsync(play);
        Assert.Equal(bytes, await played.Content.ReadAsByteArrayAsync());
        var there = await hearing.Client.PageAsync($"/hear/{right.Id}");
        Assert.Equal("What is said", there.QuerySelector(".transcript__text")!.TextContent);
        // What was asked goes with it.
        Assert.Equal("What did you sing?", there.QuerySelector(".record__asked q")!.TextContent);
        Assert.False(await scope.Db.VoiceWords.AnyAsync(w => w.VoiceRecordId == record));
        Assert.Empty(await scope.Db.Transcripts.Where(t => t.ChildId == hearing.Child.Id).ToListAsync());
    }

    [Fact]
    public async Task A_parents_words_move_only_to_a_child_of_that_parent()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var right = await hearing.AnotherChildAsync();
        var mother = await hearing.World.AddRelationshipAsync(hearing.Child);
        var record = await hearing.SayAsync("She sleeps badly.", ("Input.Speaker", "ParentOrCarer"), ("Input.SpeakerRelationshipId", mother.Id.ToString()));
        var path = $"{hearing.ChildPage}/records/{record}/wrong-child";
        var fields = new Dictionary<string, string?> { ["Input.ToChildId"] = right.Id.ToString() };
        using var refused = await hearing.Client.SubmitAsync(path, fields);
        Assert.Contains("Add them to the people", (await TestClient.ParseAsync(refused)).QuerySelector("#Input_ToChildId-error")!.TextContent);
        var same = await hearing.World.AddRelationshipAsync(right);
        using var good = await hearing.Client.SubmitAsync(path, fields);
        Assert.Equal(HttpStatusCode.Redirect, good.StatusCode);
        Assert.Equal(same.Id, (await site.ReadAsync(hearing.World, db => db.VoiceRecords.SingleAsync(r => r.MovedFromId == record))).SpeakerRelationshipId);
    }

    /// <summary>The way by which words are taken away takes nothing away that does not stand under another child with a report open.</summary>
    [Fact]
    public async Task The_database_takes_no_words_away_without_a_move()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var record = await hearing.SayAsync("Stays.");
        var actor = World.ActorOf(hearing.World.Practitioner);
        using var scope = site.As(actor);
        foreach (var sql in new[]
        {
            $"select move_voice_away('{record}', '{Guid.NewGuid()}')", $"update voice_records set moved_at = now() where id = '{record}'", $"delete from voice_words where voice_record_id = '{record}'",
            $"update voice_records set read_back = 'Yes' where id = '{record}'", $"delete from voice_records where id = '{record}'",
        })
        {
            var error = await Assert.ThrowsAsync<PostgresException>(() => scope.Db.Database.ExecuteSqlRawAsync(sql, TestContext.Current.CancellationToken));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
        }

        // Nor by its owner, whatever the columns say.
        await using var owner = new NpgsqlConnection(site.SuperuserConnectionString);
        await owner.OpenAsync(TestContext.Current.CancellationToken);
        await using var change = new NpgsqlCommand($"update voice_records set moved_at = now(), language = 'cy' where id = '{record}'", owner);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => change.ExecuteNonQueryAsync(TestContext.Current.CancellationToken))).SqlState);
        Assert.Equal("Stays.", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector(".words__text")!.TextContent);
    }
}
