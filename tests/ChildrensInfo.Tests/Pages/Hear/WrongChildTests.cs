using System.Net;
using System.Security.Cryptography;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Keys;
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
        Assert.Contains(readers, r => r.Contains("Olive Marsh", StringComparison.Ordinal) && r.Contains("1 time", StringComparison.Ordinal));
        using var unfinished = await hearing.Client.SubmitAsync(report, new Dictionary<string, string?>());
        Assert.Contains("Say what happened", (await TestClient.ParseAsync(unfinished)).QuerySelector("#Input_WhatHappened-error")!.TextContent);
        using var done = await hearing.Client.SubmitAsync(report, new Dictionary<string, string?> { ["Input.WhatHappened"] = "Two tabs.", ["Input.WhatWasDone"] = "Told Olive.", ["Input.ChildTold"] = "true" });
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Contains("Told Olive.", (await hearing.Client.PageAsync(report)).QuerySelector("main")!.TextContent);
        Assert.Equal("child told", Assert.Single(await hearing.World.AuditAsync(AuditActions.BreachCompleted, right.Id)).Detail);
    }

    [Fact]
    public async Task A_recording_is_stored_anew_gone_from_the_wrong_child_and_held_until_the_right_child_says_yes()
    {
        using var hearing = await Hearing.BeginAsync(site);
        var right = await hearing.AnotherChildAsync();
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var bytes = Hearing.Webm(3_000_000, 0, 4000);
        var (file, record) = await hearing.SealFileAsync(bytes, VoiceKind.Audio);
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
