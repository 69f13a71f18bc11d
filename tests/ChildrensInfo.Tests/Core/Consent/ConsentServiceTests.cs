using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Tests.Pages.Hear;
using ChildrensInfo.Tests.Support;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace ChildrensInfo.Tests.Core.Consent;

/// <summary>The ledger in the database: what it refuses, what it answers for one child and for everybody, and what a withdrawal does at once.</summary>
public class ConsentServiceTests(TestSite site)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static RecordConsent Say(Purpose purpose, ConsentEventType decision, DecidedBy by = DecidedBy.ChildForSelf, Action<RecordConsent>? change = null)
    {
        var input = new RecordConsent
        {
            Id = Guid.CreateVersion7(),
            Purpose = purpose,
            Decision = decision,
            DecidedBy = by,
            ChildPosition = by == DecidedBy.ChildForSelf ? null : ChildPosition.Assents,
            Method = ConsentMethod.Spoken,
            Competence = by == DecidedBy.ChildForSelf ? CompetenceOutcome.Competent : CompetenceOutcome.NotCompetent,
            CompetenceRationale = "Said back what it is for, who hears it and that no is fine.",
        };
        change?.Invoke(input);
        return input;
    }

    [Fact]
    public async Task The_ledger_is_written_once_and_a_mistake_is_marked_beside_what_it_was()
    {
        var hearing = await Hearing.BeginAsync(site);
        using var _ = hearing;
        var actor = World.ActorOf(hearing.World.Practitioner);
        var yes = Say(Purpose.Audio, ConsentEventType.Given);
        using (var scope = site.As(actor))
        {
            var consent = scope.Get<ConsentService>();
            Assert.True((await consent.RecordAsync(hearing.Child.Id, yes, actor, Cancel))!.IsDone);
            Assert.Equal("Reason", (await scope.Get<ConsentCorrections>().MarkAsMistakeAsync(hearing.Child.Id, yes.Id, Guid.CreateVersion7(), " ", actor, Cancel))!.Refusal!.Field);
            Assert.Null(await scope.Get<ConsentCorrections>().MarkAsMistakeAsync(Guid.NewGuid(), yes.Id, Guid.CreateVersion7(), "Wrong child", actor, Cancel));
            Assert.True((await scope.Get<ConsentCorrections>().MarkAsMistakeAsync(hearing.Child.Id, yes.Id, Guid.CreateVersion7(), "It was her sister who said yes", actor, Cancel))!.IsDone);
            Assert.Equal(ConsentState.NotAsked, (await consent.DecideNowAsync(hearing.Child.Id, Purpose.Audio, null, Cancel)).State);
            var both = await scope.Db.ConsentEvents.AsNoTracking().Where(e => e.ChildId == hearing.Child.Id).OrderBy(e => e.RecordedAt).ToListAsync(Cancel);
            Assert.Equal([ConsentEventType.Given, ConsentEventType.EnteredInError], both.Select(e => e.Type));
            Assert.Equal("It was her sister who said yes", await scope.Get<KeyRing>().OpenAsync(hearing.Child.Id, both[1].ReasonSealed!, both[1].Id, SealPart.ConsentReason, Cancel));
        }

        Assert.Single(await hearing.World.AuditAsync(AuditActions.ConsentCorrected, hearing.Child.Id));
        // Neither the site nor the owner of the table changes or removes a line.
        foreach (var connectionString in new[] { site.SiteConnectionString, site.SuperuserConnectionString })
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(Cancel);
            foreach (var table in new[] { "consent_events", "competence_assessments" })
            {
                foreach (var change in new[] { $"update {table} set authority_id = authority_id where child_id = $1", $"delete from {table} where child_id = $1" })
                {
                    await using var command = new NpgsqlCommand(change, connection) { Parameters = { new() { Value = hearing.Child.Id } } };
                    Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel))).SqlState);
                }
            }

            // A yes that nobody said is refused below the program too.
            await using var inferred = new NpgsqlCommand("select pg_get_constraintdef(oid) from pg_constraint where conname = 'ck_consent_events_not_inferred'", connection);
            Assert.Contains("Inferred", (string?)await inferred.ExecuteScalarAsync(Cancel));
        }
    }

    [Fact]
    public async Task Whoever_may_not_decide_is_refused_with_the_rule_beside_the_field()
    {
        var world = await World.CreateAsync(site);
        var child = await world.AddChildAsync(world.Practitioner);
        var mother = await world.AddRelationshipAsync(child);
        var carer = await world.AddRelationshipAsync(child, RelationshipKind.FosterCarer, holdsResponsibility: false);
        var actor = World.ActorOf(world.Practitioner);
        using var scope = site.As(actor);
        var (consent, responsibility) = (scope.Get<ConsentService>(), scope.Get<ResponsibilityService>());
        async Task<Refusal?> TryAsync(RecordConsent input) => (await consent.RecordAsync(child.Id, input, actor, Cancel))!.Refusal;
        RecordConsent By(DecidedBy who, Action<RecordConsent>? change = null) => Say(Purpose.Audio, ConsentEventType.Given, who, change);
        async Task RefusedAsync(string field, string says, RecordConsent input)
        {
            var refusal = await TryAsync(input);
            Assert.True(refusal?.Field == field && refusal.Message.Contains(says, StringComparison.Ordinal), $"{refusal?.Field}: {refusal?.Message}");
        }

        Task<(Outcome Outcome, IReadOnlyList<UseMade> UsedMeanwhile)?> HoldsAsync(Action<RecordResponsibility> change)
        {
            var input = new RecordResponsibility { Id = Guid.CreateVersion7(), FromOn = ConsentRules.LocalDay(DateTime.UtcNow), Evidence = ResponsibilityEvidence.CourtOrder };
            change(input);
            return responsibility.RecordAsync(child.Id, input, actor, Cancel);
        }

        await RefusedAsync("DecidedByRelationshipId", "holds parental responsibility", By(DecidedBy.ParentalResponsibility, c => c.DecidedByRelationshipId = carer.Id));
        await RefusedAsync("DecidedBy", "No delegated authority", By(DecidedBy.DelegatedAuthority, c => c.DecidedByRelationshipId = carer.Id));
        await RefusedAsync("DecidedBy", "No care order", By(DecidedBy.LocalAuthority, c => c.Grade = DecisionGrade.Director));
        await RefusedAsync("DecidedBy", "Only the child", By(DecidedBy.SomebodyElse));
        await RefusedAsync("Reason", "Say which order", By(DecidedBy.CourtOrAttorney));
        await RefusedAsync("Method", "never concluded", By(DecidedBy.ChildForSelf, c => c.Method = ConsentMethod.Inferred));
        await RefusedAsync("Competence", "understand what it means", By(DecidedBy.ChildForSelf, c => c.Competence = CompetenceOutcome.NotToday));
        await RefusedAsync("WhoWillSee", "does not understand this part", By(DecidedBy.ChildForSelf, c => c.WhoWillSee = Understands.No));
        await RefusedAsync("FreeFromPressure", "pressed", By(DecidedBy.ChildForSelf, c => c.FreeFromPressure = FreeFromPressure.No));
        await RefusedAsync("Competence", "could decide this themselves", By(DecidedBy.ParentalResponsibility, c => (c.DecidedByRelationshipId, c.Competence) = (mother.Id, null)));
        // Of a child whose age nobody knows, too.
        var ageless = await world.AddChildAsync(world.Practitioner, change: c => c.BornOn = null);
        var theirs = await world.AddRelationshipAsync(ageless);
        Assert.Equal("Competence", (await consent.RecordAsync(ageless.Id, By(DecidedBy.ParentalResponsibility, c => (c.DecidedByRelationshipId, c.Competence) = (theirs.Id, null)), actor, Cancel))!.Refusal!.Field);
        await RefusedAsync("DecidedBy", "the child’s decision", By(DecidedBy.ParentalResponsibility, c => (c.DecidedByRelationshipId, c.Competence) = (mother.Id, CompetenceOutcome.Competent)));
        Assert.Empty(await scope.Db.ConsentEvents.ToListAsync(Cancel));

        // Looked after by agreement the council holds nothing; under a care order a manager says it; a carer for what was handed over in writing.
        Assert.True((await HoldsAsync(i => (i.Kind, i.Status) = (ResponsibilityKind.Status, LegalStatusKind.Accommodated)))!.Value.Outcome.IsDone);
        await RefusedAsync("DecidedBy", "section 20", By(DecidedBy.LocalAuthority, c => c.Grade = DecisionGrade.Director));
        Assert.True((await HoldsAsync(i => (i.Kind, i.Status) = (ResponsibilityKind.Status, LegalStatusKind.CareOrder)))!.Value.Outcome.IsDone);
        await RefusedAsync("Grade", "team manager", By(DecidedBy.LocalAuthority, c => c.Grade = DecisionGrade.SocialWorker));
        Assert.Null(await TryAsync(By(DecidedBy.LocalAuthority, c => c.Grade = DecisionGrade.TeamManager)));
        Assert.True((await HoldsAsync(i => (i.Kind, i.RelationshipId, i.Purposes) = (ResponsibilityKind.Delegated, carer.Id, [Purpose.ImageWork])))!.Value.Outcome.IsDone);
        await RefusedAsync("DecidedBy", "No delegated authority", By(DecidedBy.DelegatedAuthority, c => c.DecidedByRelationshipId = carer.Id));
        Assert.Null(await TryAsync(Say(Purpose.ImageWork, ConsentEventType.Given, DecidedBy.DelegatedAuthority, c => c.DecidedByRelationshipId = carer.Id)));
        Assert.True((await consent.DecideNowAsync(child.Id, Purpose.ImageWork, null, Cancel)).Allowed);
        Assert.True((await responsibility.SetNoContactAsync(child.Id, mother.Id, true, actor, Cancel))!.IsDone);
        await RefusedAsync("", "no contact", Say(Purpose.ShareParent, ConsentEventType.Given, change: c => c.RecipientId = mother.Id));

        // A no from anybody is heard at once, and nobody asks again for a time unless the child brings it up.
        Assert.Null(await TryAsync(Say(Purpose.QuoteService, ConsentEventType.Refused, DecidedBy.SomebodyElse)));
        foreach (var early in new[] { ConsentEventType.Asked, ConsentEventType.Given, ConsentEventType.Deferred }) await RefusedAsync("Decision", "Wait until", Say(Purpose.QuoteService, early));
        Assert.Null(await TryAsync(Say(Purpose.QuoteService, ConsentEventType.Refused)));
        Assert.Null(await TryAsync(Say(Purpose.QuoteService, ConsentEventType.Asked, change: c => c.RaisedByChild = true)));
        Assert.Equal(ConsentRules.LocalDay(DateTime.UtcNow).AddDays(Purposes.DaysBeforeAskingAgain), await consent.AskAgainFromAsync(child.Id, Purpose.QuoteService, null, Cancel));
    }

    [Fact]
    public async Task A_change_that_becomes_known_late_lists_what_was_used_since()
    {
        var hearing = await Hearing.BeginAsync(site, age: 6);
        using var _ = hearing;
        var world = hearing.World;
        var actor = World.ActorOf(world.Practitioner);
        var mother = await world.AddRelationshipAsync(hearing.Child);
        using var scope = site.As(actor);
        // The site's day, held still a fortnight ago and then let go.
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(-14));
        var then = new ConsentService(scope.Db, scope.Get<KeyRing>(), scope.Get<ChildrensInfo.Core.Files.FileStore>(), scope.Get<PurposeService>(), scope.Get<WithdrawalService>(), clock);
        Assert.True((await then.RecordAsync(hearing.Child.Id, Say(Purpose.Audio, ConsentEventType.Given, DecidedBy.ParentalResponsibility, c => c.DecidedByRelationshipId = mother.Id), actor, Cancel))!.IsDone);
        var (fileId, recordId) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        using (var played = await hearing.Client.Http.GetAsync($"/hear/{hearing.Child.Id}/media/{fileId}", Cancel)) Assert.True(played.IsSuccessStatusCode);
        var typed = Guid.CreateVersion7();
        scope.Db.AddRange(
            new Transcript
            {
                Id = typed,
                AuthorityId = world.Authority.Id,
                ChildId = hearing.Child.Id,
                VoiceRecordId = recordId,
                Method = TranscriptMethod.TypedByPerson,
                AuthorId = actor.PersonId,
                Sealed = await scope.Get<KeyRing>().SealAsync(hearing.Child.Id, "My kitten is called Biscuit", typed, SealPart.Transcript, Cancel),
                CreatedAt = DateTime.UtcNow,
            },
            new TranscriptAcceptance { AuthorityId = world.Authority.Id, ChildId = hearing.Child.Id, VoiceRecordId = recordId, TranscriptId = typed, Number = 1, AcceptedById = actor.PersonId, AcceptedAt = DateTime.UtcNow },
            AuditEntry.For(AuditActions.TranscriptAccepted, actor, hearing.Child.Id, typed, TimeProvider.System));
        await scope.Db.SaveChangesAsync(Cancel);
        scope.Db.ChangeTracker.Clear();
        Assert.Contains("Biscuit", (await hearing.Client.PageAsync(hearing.ChildPage)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        foreach (var word in new[] { "kitten", "elephant" })
        {
            using var search = await hearing.Client.SubmitAsync("/hear/search", new Dictionary<string, string?> { ["Input.Words"] = word });
            Assert.Equal(word == "kitten", (await search.Content.ReadAsStringAsync(Cancel)).Contains("Biscuit", StringComparison.Ordinal));
        }

        var lastDay = ConsentRules.LocalDay(DateTime.UtcNow).AddDays(-3);
        var held = await scope.Db.ParentalResponsibilities.AsNoTracking().SingleAsync(p => p.RelationshipId == mother.Id, Cancel);
        var ended = await scope.Get<ResponsibilityService>().EndAsync(hearing.Child.Id, ResponsibilityKind.Parental, held.Id, lastDay, actor, Cancel);
        // Played, read on the child's page, found: what the recording says rests on the yes, and that the record was opened is told beside it.
        Assert.Equal(
            [(VoiceSurface.Media, recordId, actor.PersonId), (VoiceSurface.Page, recordId, actor.PersonId), (VoiceSurface.Search, recordId, actor.PersonId)],
            ended!.Value.UsedMeanwhile.Where(u => u.EventId is not null && u.Purpose == Purpose.Audio).OrderBy(u => u.At).Select(u => (u.Surface, u.SubjectId, u.ById)));
        Assert.Equal(
            [VoiceSurface.Page, VoiceSurface.Search], ended.Value.UsedMeanwhile.Where(u => u.EventId is null).OrderBy(u => u.At).Select(u => u.Surface));
        var consent = scope.Get<ConsentService>();
        Assert.Equal(RefreshCause.ResponsibilityOrStatusChanged, (await consent.DecideNowAsync(hearing.Child.Id, Purpose.Audio, null, Cancel)).Because);
        Assert.True((await consent.DecideAsync(hearing.Child.Id, Purpose.Audio, null, ConsentRules.StartOf(lastDay), Cancel)).Allowed);
        Assert.Single(await world.AuditAsync(AuditActions.ResponsibilityEnded, hearing.Child.Id));

        // Written down afterwards with both its days, it changed something from the first.
        scope.Db.AddRange(
            new ConsentUse
            {
                AuthorityId = world.Authority.Id,
                ChildId = hearing.Child.Id,
                Purpose = Purpose.Audio,
                Surface = VoiceSurface.Print,
                EventId = (await scope.Db.ConsentEvents.AsNoTracking().SingleAsync(e => e.ChildId == hearing.Child.Id, Cancel)).Id,
                SubjectId = recordId,
                UsedAt = DateTime.UtcNow.AddDays(-9),
                UsedById = actor.PersonId,
            },
            AuditEntry.For(AuditActions.ConsentUsed, actor, hearing.Child.Id, recordId, TimeProvider.System));
        await scope.Db.SaveChangesAsync(Cancel);
        var today = ConsentRules.LocalDay(DateTime.UtcNow);
        var order = new RecordResponsibility { Id = Guid.CreateVersion7(), Kind = ResponsibilityKind.Status, Status = LegalStatusKind.InterimCareOrder, FromOn = today.AddDays(-10), ToOn = today.AddDays(-8) };
        Assert.Contains((await scope.Get<ResponsibilityService>().RecordAsync(hearing.Child.Id, order, actor, Cancel))!.Value.UsedMeanwhile, u => u.Surface == VoiceSurface.Print);
    }

    [Fact]
    public async Task Withdrawing_stops_locks_and_deletes_as_they_want_it_and_keeps_the_words()
    {
        var hearing = await Hearing.BeginAsync(site);
        using var _ = hearing;
        var (world, child) = (hearing.World, hearing.Child);
        var actor = World.ActorOf(world.Practitioner);
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var (fileId, recordId) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        async Task<System.Net.HttpStatusCode> GetAsync(string address) { using var answer = await hearing.Client.Http.GetAsync($"/hear/{child.Id}/media/{address}", Cancel); return answer.StatusCode; }
        Assert.Equal(System.Net.HttpStatusCode.NoContent, await GetAsync("permission"));
        Assert.Equal(System.Net.HttpStatusCode.OK, await GetAsync($"{fileId}"));

        // A recording in progress learns of it by the next piece and the next time it asks; what is there is locked until they say what they want.
        var stop = Say(Purpose.Audio, ConsentEventType.Withdrawn);
        using (var scope = site.As(actor)) Assert.True((await scope.Get<ConsentService>().RecordAsync(child.Id, stop, actor, Cancel))!.IsDone);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, await GetAsync("permission"));
        using (var piece = await hearing.AppendAsync(await hearing.VisitAsync(), Guid.CreateVersion7(), 0, Hearing.Webm())) Assert.Equal(System.Net.HttpStatusCode.Forbidden, piece.StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, await GetAsync($"{fileId}"));
        using (var scope = site.As(actor))
        {
            var withdrawals = scope.Get<WithdrawalService>();
            Assert.Equal("Wants", (await withdrawals.DecideAsync(child.Id, stop.Id, null, actor, Cancel))!.Refusal!.Field);
            Assert.True((await withdrawals.DecideAsync(child.Id, stop.Id, WithdrawWants.StopFromNow, actor, Cancel))!.IsDone);
        }

        Assert.Equal(System.Net.HttpStatusCode.OK, await GetAsync($"{fileId}"));
        Assert.Equal(System.Net.HttpStatusCode.Conflict, await GetAsync("permission"));

        // Then they want it gone. Nothing else of theirs goes, and nobody else's.
        var other = await Hearing.BeginAsync(site);
        using var __ = other;
        await other.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        var (othersFile, othersRecord) = await other.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        using (var scope = site.As(actor))
        {
            Assert.True((await scope.Get<WithdrawalService>().DecideAsync(child.Id, stop.Id, WithdrawWants.DeleteRecording, actor, Cancel))!.IsDone);
            var erased = await scope.Db.MediaErasures.AsNoTracking().SingleAsync(e => e.ChildId == child.Id, Cancel);
            Assert.Equal((recordId, fileId, ConsentRules.LocalDay(DateTime.UtcNow).AddDays(Purposes.DaysInBackups)), (erased.VoiceRecordId, erased.FileId, erased.BackupsUntil));
            Assert.False(await scope.Db.FilePieces.AnyAsync(p => p.FileId == fileId, Cancel));
            Assert.Empty((await scope.Db.Files.AsNoTracking().SingleAsync(f => f.Id == fileId, Cancel)).WrappedKey);
            Assert.True(await scope.Db.VoiceRecords.AnyAsync(r => r.Id == recordId, Cancel));
        }

        Assert.Single(await world.AuditAsync(AuditActions.MediaErased, child.Id));
        using (var scope = site.As(other.World.Whole)) Assert.True(await scope.Db.FilePieces.AnyAsync(p => p.FileId == othersFile, Cancel));
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Given);
        Assert.Equal(System.Net.HttpStatusCode.Gone, await GetAsync($"{fileId}"));

        // The database itself deletes nothing that nobody asked for.
        using (var scope = site.As(World.ActorOf(other.World.Practitioner)))
        {
            var forged = Guid.CreateVersion7();
            var given = await scope.Db.ConsentEvents.AsNoTracking().FirstAsync(e => e.ChildId == other.Child.Id, Cancel);
            scope.Db.Add(new MediaErasure { Id = forged, AuthorityId = other.World.Authority.Id, ChildId = other.Child.Id, VoiceRecordId = othersRecord, FileId = othersFile, EventId = given.Id, ErasedAt = DateTime.UtcNow, ErasedById = other.World.Practitioner.Id });
            scope.Db.Add(AuditEntry.For(AuditActions.MediaErased, World.ActorOf(other.World.Practitioner), other.Child.Id, null, TimeProvider.System));
            await using var both = await scope.Db.Database.BeginTransactionAsync(Cancel);
            await scope.Db.SaveChangesAsync(Cancel);
            Assert.Contains("Nobody asked", (await Assert.ThrowsAsync<PostgresException>(() => scope.Db.Database.ExecuteSqlAsync($"select erase_recording({forged})", Cancel))).MessageText);
        }
    }

    [Fact]
    public async Task A_stop_that_does_not_count_deletes_nothing()
    {
        using var hearing = await Hearing.BeginAsync(site, age: 14);
        var (world, child) = (hearing.World, hearing.Child);
        var actor = World.ActorOf(world.Practitioner);
        var mother = await world.AddRelationshipAsync(child);
        async Task<Guid> SayAsync(ConsentEventType decision, Action<RecordConsent>? change = null)
        {
            var id = Guid.CreateVersion7();
            await hearing.DecideAsync(Purpose.Audio, decision, change: c =>
            {
                c.Id = id;
                change?.Invoke(c);
            });
            return id;
        }

        async Task<string> StoppedAsync(Guid stop) => (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions/{stop}/stopped")).QuerySelector("main")!.TextContent;
        async Task<System.Net.HttpStatusCode> PlaysAsync(Guid file) { using var answer = await hearing.Client.Http.GetAsync($"{hearing.ChildPage}/media/{file}", Cancel); return answer.StatusCode; }
        async Task NothingGoesAsync(Guid stop)
        {
            using var scope = site.As(actor);
            Assert.Contains("not the answer that counts", (await scope.Get<WithdrawalService>().DecideAsync(child.Id, stop, WithdrawWants.DeleteRecording, actor, Cancel))!.Refusal!.Message, StringComparison.Ordinal);
            Assert.Empty(await scope.Db.MediaErasures.ToListAsync(Cancel));
        }

        // The mother says stop where her able child has said yes.
        await SayAsync(ConsentEventType.Given);
        var (first, firstRecord) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        var hers = await SayAsync(ConsentEventType.Withdrawn, c => (c.DecidedBy, c.DecidedByRelationshipId, c.Wants) = (DecidedBy.ParentalResponsibility, mother.Id, WithdrawWants.DeleteRecording));
        Assert.Contains("Sorrel said yes, and that is the answer that counts", await StoppedAsync(hers), StringComparison.Ordinal);
        await NothingGoesAsync(hers);
        // A stop that was a mistake; and an old one, after a new yes.
        var mistaken = await SayAsync(ConsentEventType.Withdrawn);
        using (var scope = site.As(actor)) Assert.True((await scope.Get<ConsentCorrections>().MarkAsMistakeAsync(child.Id, mistaken, Guid.CreateVersion7(), "The wrong child", actor, Cancel))!.IsDone);
        await NothingGoesAsync(mistaken);
        var old = await SayAsync(ConsentEventType.Withdrawn);
        Assert.Contains("It has stopped", await StoppedAsync(old), StringComparison.Ordinal);
        await SayAsync(ConsentEventType.Given);
        var (second, secondRecord) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        await NothingGoesAsync(old);
        Assert.Equal((System.Net.HttpStatusCode.OK, System.Net.HttpStatusCode.OK), (await PlaysAsync(first), await PlaysAsync(second)));

        // Kept back by a hold, and then there is a new yes: what is lifted deletes nothing, and what they wanted gone stays locked.
        var governor = World.ActorOf(world.InformationGovernance);
        var hold = Guid.CreateVersion7();
        using (var scope = site.As(governor)) Assert.True((await scope.Get<ChildrensInfo.Core.Rights.LegalHoldService>().PlaceAsync(child.Id, new() { Id = hold, Cause = ChildrensInfo.Core.Rights.HoldCause.Inquiry, Reason = "Asked for by the inquiry" }, governor, Cancel))!.IsDone);
        await SayAsync(ConsentEventType.Withdrawn, c => c.Wants = WithdrawWants.DeleteRecording);
        Assert.Single(await world.AuditAsync(AuditActions.MediaKeptBack, child.Id));
        await SayAsync(ConsentEventType.Given);
        var (third, thirdRecord) = await hearing.SealFileAsync(Hearing.Webm(), VoiceKind.Audio);
        using (var scope = site.As(governor)) Assert.True((await scope.Get<ChildrensInfo.Core.Rights.LegalHoldService>().LiftAsync(child.Id, new() { Id = hold, Reason = "It has ended" }, governor, Cancel))!.IsDone);
        Assert.Equal((System.Net.HttpStatusCode.Forbidden, System.Net.HttpStatusCode.OK), (await PlaysAsync(second), await PlaysAsync(third)));
        Assert.Contains("stays locked", (await hearing.Client.PageAsync($"{hearing.ChildPage}/permissions")).QuerySelector("#Audio")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(await world.AuditAsync(AuditActions.MediaErased, child.Id));

        // The database says the same to whoever goes past the program.
        var last = await SayAsync(ConsentEventType.Withdrawn, c => (c.DecidedBy, c.DecidedByRelationshipId, c.Device) = (DecidedBy.ParentalResponsibility, mother.Id, new(Guid.NewGuid(), DateTime.UtcNow.AddDays(-1), DateTime.UtcNow, 0)));
        foreach (var (stop, record, file, says) in new[] { (mistaken, secondRecord, second, "by mistake"), (old, firstRecord, first, "said yes since"), (last, thirdRecord, third, "no such recording") })
        {
            using var scope = site.As(actor);
            var erasure = Guid.CreateVersion7();
            scope.Db.AddRange(
                new WithdrawalOutcome { AuthorityId = world.Authority.Id, ChildId = child.Id, EventId = stop, Wants = WithdrawWants.DeleteRecording, DecidedAt = DateTime.UtcNow, DecidedById = actor.PersonId },
                new MediaErasure { Id = erasure, AuthorityId = world.Authority.Id, ChildId = child.Id, VoiceRecordId = record, FileId = file, EventId = stop, ErasedAt = DateTime.UtcNow, ErasedById = actor.PersonId },
                AuditEntry.For(AuditActions.MediaErased, actor, child.Id, null, TimeProvider.System));
            await using var both = await scope.Db.Database.BeginTransactionAsync(Cancel);
            await scope.Db.SaveChangesAsync(Cancel);
            Assert.Contains(says, (await Assert.ThrowsAsync<PostgresException>(() => scope.Db.Database.ExecuteSqlAsync($"select erase_recording({erasure})", Cancel))).MessageText, StringComparison.Ordinal);
        }

        // What they say stop to now goes, with all that was there.
        var now = await SayAsync(ConsentEventType.Withdrawn, c => c.Wants = WithdrawWants.DeleteRecording);
        using (var scope = site.As(actor)) Assert.Equal(new[] { first, second, third }.Order(), (await scope.Db.MediaErasures.Where(e => e.EventId == now).Select(e => e.FileId).ToListAsync(Cancel)).Order());
        Assert.Contains("hold it until", await StoppedAsync(now), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Telling_without_permission_takes_two_people_and_changes_no_permission()
    {
        var hearing = await Hearing.BeginAsync(site);
        using var _ = hearing;
        var (world, child) = (hearing.World, hearing.Child);
        var (worker, manager) = (World.ActorOf(world.Practitioner), World.ActorOf(world.TeamManager));
        await hearing.DecideAsync(Purpose.Audio, ConsentEventType.Refused);
        ProposeDisclosure Proposal() => new()
        {
            Id = Guid.CreateVersion7(),
            What = "That he was hit with a belt",
            ToWhom = "The police",
            Why = "He goes home on Friday",
            Basis = DisclosureBasis.SignificantHarm,
            ChildInformed = ChildInformed.NotYet,
            ReviewOn = ConsentRules.LocalDay(DateTime.UtcNow).AddDays(7),
        };
        var proposal = Proposal();
        using (var scope = site.As(worker))
        {
            var disclosures = scope.Get<DisclosureService>();
            var forged = Proposal();
            forged.Records = [Guid.NewGuid()];
            Assert.Equal("Records", (await disclosures.ProposeAsync(child.Id, forged, worker, Cancel))!.Refusal!.Field);
            Assert.True((await disclosures.ProposeAsync(child.Id, proposal, worker, Cancel))!.IsDone);
            Assert.True((await disclosures.ProposeAsync(child.Id, proposal, worker, Cancel))!.IsDone);
            // Nobody without the say, and never the same person.
            Assert.Null(await disclosures.DecideAsync(child.Id, proposal.Id, true, "Yes", worker, Cancel));
        }

        using (var scope = site.As(manager))
        {
            var disclosures = scope.Get<DisclosureService>();
            var own = Proposal();
            Assert.True((await disclosures.ProposeAsync(child.Id, own, manager, Cancel))!.IsDone);
            Assert.Contains("somebody else", (await disclosures.DecideAsync(child.Id, own.Id, true, "Yes", manager, Cancel))!.Refusal!.Message);
            Assert.Equal("Reason", (await disclosures.DecideAsync(child.Id, proposal.Id, true, "", manager, Cancel))!.Refusal!.Field);
            Assert.True((await disclosures.DecideAsync(child.Id, proposal.Id, true, "There is no time to ask", manager, Cancel))!.IsDone);
            Assert.Contains("already", (await disclosures.DecideAsync(child.Id, proposal.Id, false, "No", manager, Cancel))!.Refusal!.Message);
            var read = (await disclosures.OfChildAsync(child.Id, Cancel)).Single(d => d.Decision.Id == proposal.Id);
            Assert.Equal(("That he was hit with a belt", "The police", "There is no time to ask", DisclosureState.Agreed), (read.What, read.ToWhom, read.DecisionReason, read.Decision.State));
            Assert.Equal(ConsentState.Refused, (await scope.Get<ConsentService>().DecideNowAsync(child.Id, Purpose.Audio, null, Cancel)).State);
        }

        Assert.Equal(2, (await world.AuditAsync(AuditActions.DisclosureProposed, child.Id)).Count);
        Assert.Single(await world.AuditAsync(AuditActions.DisclosureDecided, child.Id));
        // One person alone is refused below the program too.
        await using var owner = new NpgsqlConnection(site.SuperuserConnectionString);
        await owner.OpenAsync(Cancel);
        await using var alone = new NpgsqlCommand("update disclosure_decisions set state = 'Agreed', decided_by_id = proposed_by_id where child_id = $1 and state = 'Proposed'", owner) { Parameters = { new() { Value = child.Id } } };
        Assert.Equal("ck_disclosure_decisions_two_people", (await Assert.ThrowsAsync<PostgresException>(() => alone.ExecuteNonQueryAsync(Cancel))).ConstraintName);
    }

    [Fact]
    public async Task A_device_whose_clock_is_wrong_is_not_believed_until_somebody_says()
    {
        var hearing = await Hearing.BeginAsync(site);
        using var _ = hearing;
        var actor = World.ActorOf(hearing.World.Practitioner);
        using var scope = site.As(actor);
        var consent = scope.Get<ConsentService>();
        var (now, tablet) = (DateTime.UtcNow, Guid.NewGuid());
        var no = Say(Purpose.Audio, ConsentEventType.Refused, change: c => c.Device = new(tablet, now.AddHours(-2), now.AddMinutes(-20), 0));
        var yes = Say(Purpose.Audio, ConsentEventType.Given);
        Assert.True((await consent.RecordAsync(hearing.Child.Id, yes, actor, Cancel))!.IsDone);
        Assert.True((await consent.RecordAsync(hearing.Child.Id, no, actor, Cancel))!.IsDone);
        var decision = await consent.DecideNowAsync(hearing.Child.Id, Purpose.Audio, null, Cancel);
        Assert.Equal((ConsentState.Refused, (Guid?)no.Id, (Guid?)yes.Id), (decision.State, decision.EventId, decision.InDoubtWith));
        Assert.Equal("Reason", (await scope.Get<ConsentCorrections>().ResolveOrderAsync(hearing.Child.Id, Guid.CreateVersion7(), no.Id, yes.Id, null, actor, Cancel))!.Refusal!.Field);
        Assert.Null(await scope.Get<ConsentCorrections>().ResolveOrderAsync(hearing.Child.Id, Guid.CreateVersion7(), no.Id, Guid.NewGuid(), "Asked her", actor, Cancel));
        Assert.True((await scope.Get<ConsentCorrections>().ResolveOrderAsync(hearing.Child.Id, Guid.CreateVersion7(), no.Id, yes.Id, "Asked her: she changed her mind to yes", actor, Cancel))!.IsDone);
        Assert.True((await consent.DecideNowAsync(hearing.Child.Id, Purpose.Audio, null, Cancel)).Allowed);
        Assert.Single(await hearing.World.AuditAsync(AuditActions.ConsentOrdered, hearing.Child.Id));
    }

    [Fact]
    public async Task One_child_and_everybody_are_answered_alike_whatever_their_histories()
    {
        var world = await World.CreateAsync(site);
        var purposes = new[] { Purpose.Audio, Purpose.QuoteService, Purpose.Stats, Purpose.TranscribeMachine, Purpose.ShareParent, Purpose.ResearchExtract };
        var project = (await world.AddProjectAsync(site, ChildrensInfo.Core.Research.ProjectState.Approved)).Id;
        using (var told = site.As(World.ActorOf(world.InformationGovernance)))
        {
            var machine = new SetPurpose { Basis = PurposeBasis.NoticeOnly, MonthsValid = 12, MonthsValidForYoungChild = 6, CoolingDays = 90, Reason = "DPIA 2026/4" };
            Assert.True((await told.Get<PurposeService>().SetAsync(Purpose.TranscribeMachine, machine, World.ActorOf(world.InformationGovernance), Cancel)).IsDone);
        }

        await Gen.Int.SampleAsync(async seed =>
        {
            var random = new Random(seed);
            var (children, mothers) = await ArrangeAsync(world, purposes, project, random);
            using var scope = site.As(world.Whole);
            var consent = scope.Get<ConsentService>();
            var (restricted, ended) = (0, 0);
            foreach (var at in new[] { DateTime.UtcNow, DateTime.UtcNow.AddDays(-random.Next(1, 60)) })
            {
                var all = new Dictionary<Guid, ChildPermissions>();
                foreach (var child in children) all.Add(child, await consent.DecideAllAsync(child, at, Cancel));
                foreach (var (purpose, scopeId) in purposes.Select(p => (p, p == Purpose.ResearchExtract ? project : (Guid?)null)).Append((Purpose.ResearchExtract, null)).Append((Purpose.ShareParent, mothers[0])))
                {
                    var everybody = await consent.DecideEverybodyAsync(purpose, scopeId, at, Cancel);
                    var some = await consent.DecideManyAsync(children, purpose, scopeId, at, Cancel);
                    var each = await consent.DecideEachAsync([.. children.Select(c => (c, purpose, scopeId))], at, Cancel);
                    foreach (var (child, i) in children.Select((c, i) => (c, i)))
                    {
                        var one = await consent.DecideAsync(child, purpose, scopeId, at, Cancel);
                        Assert.Equal(one, everybody[child]);
                        Assert.Equal(one, some[child]);
                        Assert.Equal(one, each[i]);
                        Assert.Equal(one, all[child].Of(purpose, scopeId));
                        if (one.IsRestricted) restricted++;
                        if (i == 0 && purpose == Purpose.Audio && one.State == ConsentState.Expired) ended++;
                    }
                }
            }

            var states = (await consent.DecideEverybodyAsync(Purpose.Audio, null, DateTime.UtcNow, Cancel)).Values.Select(d => d.State).Distinct().Count();
            Assert.True(states >= 6, $"only {states} different states were put to the test");
            Assert.True(restricted > 0, "nothing restricted was put to the test");
            Assert.True(ended > 0, "no yes that ends with the work was put to the test");
        }, iter: 1, threads: 1);

        // Who may see nobody is answered for nobody, and whoever works with another child is denied even what needs no yes.
        using var researcher = site.As(World.ActorOf(world.Researcher));
        Assert.Empty(await researcher.Get<ConsentService>().DecideEverybodyAsync(Purpose.Audio, null, DateTime.UtcNow, Cancel));
        var seen = await world.AddChildAsync(world.Practitioner);
        foreach (var (person, allowed) in new[] { (world.Practitioner, true), (world.OtherPractitioner, false), (world.Researcher, false) })
        {
            using var scope = site.As(World.ActorOf(person));
            var consent = scope.Get<ConsentService>();
            Assert.Equal((allowed, allowed, allowed, allowed), (
                (await consent.DecideNowAsync(seen.Id, Purpose.KeepRecord, null, Cancel)).Allowed, (await consent.DecideAllNowAsync(seen.Id, Cancel))[Purpose.KeepRecord].Allowed,
                (await consent.DecideEachAsync([(seen.Id, Purpose.KeepRecord, null)], DateTime.UtcNow, Cancel))[0].Allowed, (await consent.DecideManyAsync([seen.Id], Purpose.KeepRecord, null, DateTime.UtcNow, Cancel)).ContainsKey(seen.Id)));
        }
    }

    private async Task<(List<Guid> Children, List<Guid> Mothers)> ArrangeAsync(World world, Purpose[] purposes, Guid project, Random random)
    {
        var (ids, mothers) = (new List<Guid>(), new List<Guid>());
        var wordings = new[] { Guid.Empty };
        var file = new StoredFile { AuthorityId = world.Authority.Id, Kind = FileKind.Return, OwnerId = world.DataLead.Id, ContentType = "application/xml", WrappedKey = [1], CreatedAt = DateTime.UtcNow };
        var loaded = new Return { AuthorityId = world.Authority.Id, FileId = file.Id };
        using (var scope = site.As(world.Whole))
        {
            wordings = await scope.Db.Wordings.Where(w => purposes.Contains(w.Purpose)).Select(w => w.Id).Order().Take(4).ToArrayAsync(Cancel);
            scope.Db.AddRange(file, loaded);
            await scope.Db.SaveChangesAsync(Cancel);
        }

        T One<T>(params T[] of) => of[random.Next(of.Length)];
        for (var i = 0; i < 40; i++)
        {
            // The first child's yes ends with the work and by nothing else, whatever is drawn: no birthday and no new legal status of theirs comes before.
            var child = await world.AddChildAsync(age: i == 0 ? 9 : One(5, 9, 14, 15, 16, 17, 18));
            ids.Add(child.Id);
            var mother = await world.AddRelationshipAsync(child, holdsResponsibility: random.Next(3) != 0);
            mothers.Add(mother.Id);
            using var scope = site.As(world.Whole);
            DateTime Ago() => DateTime.UtcNow.AddDays(-random.Next(0, 90)).AddMinutes(-random.Next(0, 300));
            DateOnly Day() => ConsentRules.LocalDay(Ago());
            if (i > 0 && random.Next(4) == 0) scope.Db.Add(new LegalStatus { AuthorityId = world.Authority.Id, ChildId = child.Id, Kind = One(LegalStatusKind.CareOrder, LegalStatusKind.ChildInNeed), FromOn = Day(), RecordedAt = DateTime.UtcNow });
            if (random.Next(4) == 0) scope.Db.Add(new DelegatedAuthority { AuthorityId = world.Authority.Id, ChildId = child.Id, RelationshipId = mother.Id, Purposes = [Purpose.Audio], FromOn = Day(), RecordedAt = DateTime.UtcNow, Evidence = ResponsibilityEvidence.PlacementPlan });
            if (i == 0 || random.Next(3) != 0)
            {
                // One that has ended and perhaps another that has not, or ended later.
                scope.Db.Add(new NeedEpisode { AuthorityId = world.Authority.Id, ChildId = child.Id, ReferredOn = Day().AddDays(-200), ClosedOn = i == 0 ? ConsentRules.LocalDay(DateTime.UtcNow) : Day(), PrimaryNeedCode = "N1", ReturnId = loaded.Id });
                if (i > 0 && random.Next(2) == 0) scope.Db.Add(new NeedEpisode { AuthorityId = world.Authority.Id, ChildId = child.Id, ReferredOn = Day().AddDays(-100), ClosedOn = One<DateOnly?>(null, Day()), PrimaryNeedCode = "N1", ReturnId = loaded.Id });
            }

            var events = new List<ConsentEvent>();
            foreach (var purpose in purposes)
            {
                // The first child has a court's yes for as long as there is work with them, and the work has ended.
                if (i == 0 && purpose == Purpose.Audio)
                {
                    events.Add(new ConsentEvent
                    {
                        AuthorityId = world.Authority.Id,
                        ChildId = child.Id,
                        Purpose = purpose,
                        Type = ConsentEventType.Given,
                        DecidedBy = DecidedBy.CourtOrAttorney,
                        ChildPosition = ChildPosition.Assents,
                        Method = ConsentMethod.Spoken,
                        OccurredAt = DateTime.UtcNow.AddDays(-20),
                        RecordedAt = DateTime.UtcNow,
                        RecordedById = world.Practitioner.Id,
                        ExpiresWhen = [ExpiryCause.CaseClosed],
                    });
                    continue;
                }

                for (var n = random.Next(0, 5); n > 0; n--)
                {
                    var by = One(DecidedBy.ChildForSelf, DecidedBy.ChildForSelf, DecidedBy.ParentalResponsibility, DecidedBy.LocalAuthority, DecidedBy.DelegatedAuthority, DecidedBy.CourtOrAttorney);
                    var type = purpose == Purpose.Stats ? One(ConsentEventType.Told, ConsentEventType.Objected)
                        : purpose == Purpose.TranscribeMachine && random.Next(2) == 0 ? One(ConsentEventType.Told, ConsentEventType.Objected)
                        : One(ConsentEventType.Asked, ConsentEventType.Given, ConsentEventType.Given, ConsentEventType.Given, ConsentEventType.Refused, ConsentEventType.Withdrawn, ConsentEventType.Deferred, ConsentEventType.Invalidated);
                    var at = Ago();
                    if (by == DecidedBy.ChildForSelf && random.Next(3) != 0)
                    {
                        var id = Guid.CreateVersion7();
                        scope.Db.Add(new CompetenceAssessment
                        {
                            Id = id,
                            AuthorityId = world.Authority.Id,
                            ChildId = child.Id,
                            Purpose = purpose,
                            AssessedOn = ConsentRules.LocalDay(at),
                            AssessedAt = at,
                            AssessorId = world.Practitioner.Id,
                            Outcome = One(CompetenceOutcome.Competent, CompetenceOutcome.Competent, CompetenceOutcome.NotCompetent),
                            RationaleSealed = [1],
                        });
                    }

                    events.Add(new ConsentEvent
                    {
                        AuthorityId = world.Authority.Id,
                        ChildId = child.Id,
                        Purpose = purpose,
                        Scope = purpose == Purpose.ShareParent ? ConsentScope.Recipient : purpose == Purpose.ResearchExtract && i % 2 == 0 ? ConsentScope.Project : ConsentScope.Purpose,
                        ScopeId = purpose == Purpose.ShareParent ? mothers[0] : purpose == Purpose.ResearchExtract && i % 2 == 0 ? project : null,
                        Type = type,
                        DecidedBy = by,
                        ChildPosition = One<ChildPosition?>(ChildPosition.Assents, ChildPosition.NoViewExpressed, ChildPosition.Dissents),
                        DecidedByRelationshipId = by is DecidedBy.ParentalResponsibility or DecidedBy.DelegatedAuthority ? mother.Id : null,
                        Method = ConsentMethod.Spoken,
                        WordingId = One<Guid?>([null, .. wordings]),
                        ExpiresOn = One<DateOnly?>(null, ConsentRules.LocalDay(at).AddDays(random.Next(5, 100))),
                        OccurredAt = at,
                        RecordedAt = DateTime.UtcNow,
                        RecordedById = world.Practitioner.Id,
                        DeviceId = One<Guid?>(null, null, world.Team.Id),
                        ClockSkewMs = One<long?>(null, 1_000, 900_000),
                        ExpiresWhen = One<List<ExpiryCause>>([], [ExpiryCause.CaseClosed]),
                    });
                }
            }

            scope.Db.AddRange(events);
            scope.Db.Add(AuditEntry.For(AuditActions.ConsentRecorded, world.Whole, child.Id, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
            foreach (var pair in events.GroupBy(e => e.Purpose).Where(g => g.Count() > 1 && random.Next(3) == 0))
            {
                scope.Db.Add(new ConsentOrder { AuthorityId = world.Authority.Id, ChildId = child.Id, FirstEventId = pair.First().Id, LastEventId = pair.Last().Id, ReasonSealed = [1], ResolvedAt = Ago(), ResolvedById = world.Practitioner.Id });
            }

            if (events.Find(e => e.Type == ConsentEventType.Withdrawn) is { } stop)
            {
                scope.Db.Add(new WithdrawalOutcome { AuthorityId = world.Authority.Id, ChildId = child.Id, EventId = stop.Id, Wants = WithdrawWants.TakeOut, DecidedAt = Ago(), DecidedById = world.Practitioner.Id });
            }

            foreach (var mistake in events.Where(_ => random.Next(6) == 0 && i > 0))
            {
                scope.Db.Add(new ConsentEvent
                {
                    AuthorityId = world.Authority.Id,
                    ChildId = child.Id,
                    Purpose = mistake.Purpose,
                    Scope = mistake.Scope,
                    ScopeId = mistake.ScopeId,
                    Type = ConsentEventType.EnteredInError,
                    Method = mistake.Method,
                    CorrectsEventId = mistake.Id,
                    OccurredAt = DateTime.UtcNow,
                    RecordedAt = DateTime.UtcNow,
                    RecordedById = world.Practitioner.Id,
                    ReasonSealed = [1],
                });
            }

            if (i % 10 == 3) scope.Db.Add(new ChildrensInfo.Core.Rights.Restriction { AuthorityId = world.Authority.Id, ChildId = child.Id, Ground = ChildrensInfo.Core.Rights.RestrictionGround.SaidToBeWrong, PlacedAt = DateTime.UtcNow, PlacedById = world.InformationGovernance.Id });
            scope.Db.Add(AuditEntry.For(AuditActions.ConsentOrdered, world.Whole, child.Id, null, TimeProvider.System));
            await scope.Db.SaveChangesAsync(Cancel);
        }

        return (ids, mothers);
    }
}
