using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Shared;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Voice;

/// <summary>What a recording says, typed by somebody who listens to it.</summary>
public class TypeTranscript
{
    /// <summary>Made with the form, so that a double click keeps one version.</summary>
    public Guid Id { get; set; }

    public string? Text { get; set; }

    /// <summary>The version it was begun from; null when typed from nothing.</summary>
    public Guid? FromId { get; set; }
}

public sealed class TypeTranscriptValidator : AbstractValidator<TypeTranscript>
{
    public TypeTranscriptValidator()
    {
        RuleFor(t => t.Id).NotEmpty();
        RuleFor(t => t.Text).Cascade(CascadeMode.Stop).Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage("Type what is said")
            .Must(WrittenText.CanBeKept).WithMessage(WrittenText.CannotBeKept)
            .Must(t => TranscriptText.IsClosed(t!)).WithMessage("Something that is to be left out of copies is not marked to its end. Write it on one line, as in [-name: Kyle-], with name, place, somebody or private")
            .Must(t => WrittenText.Length(t) <= Transcript.TextMaxLength)
            .WithMessage(t => $"What is said must be {Transcript.TextMaxLength:N0} characters or fewer. It has {WrittenText.Length(t.Text):N0}");
    }
}

public enum Listening
{
    NotBegun,

    /// <summary>Begun, but less time has gone by than even quick playing takes.</summary>
    NotLongEnough,
    Done,
}

/// <summary>A version as it may be read.</summary>
public sealed record ReadTranscript(Guid Id, string Text, TranscriptMethod Method, string? Engine, Guid AuthorId, DateTime CreatedAt);

/// <param name="AcceptedById">Who listened and said that it is right.</param>
public sealed record AcceptedTranscript(Guid Id, string Text, TranscriptMethod Method, string? Engine, Guid AuthorId, Guid AcceptedById, DateTime AcceptedAt)
{
    /// <summary>As it may be given to somebody who does not work with the child.</summary>
    public AcceptedTranscript AsGiven => this with { Text = TranscriptText.Given(Text) };

    /// <summary>As it may be given to the child alone: their own words whole, when nobody else can be heard on the recording.</summary>
    public AcceptedTranscript AsGivenToTheChild(VoiceRecord record) =>
        record is { AnybodyElseHeard: false, ThirdPartyVoices: [], Speaker: Speaker.Child or Speaker.YoungPerson } ? this with { Text = TranscriptText.Whole(Text) } : AsGiven;
}

/// <summary>
/// Writing made from recordings: typed by a person, or drafted by the council's own machine where the family said it may. It never takes the
/// recording's place, and nothing that nobody has listened to and accepted is given out by <see cref="AcceptedAsync"/>, which is the only way
/// for any other page, list, print, search or file to come by a transcript.
/// </summary>
public sealed class TranscriptService(
    AppDbContext db, KeyRing keys, FileStore files, ConsentService consent, DoNotTellService doNotTell, TranscriberCatalogue transcribers, ITranscriber transcriber, TimeProvider clock)
{
    /// <summary>Nobody can listen faster than the player plays.</summary>
    public const int FastestPlaying = 2;

    /// <summary>More than any recorder here writes: what a recording that does not say how long it is lasts at least.</summary>
    private const int MostBytesASecond = 16_000;

    /// <summary>The transcript of each recording that counts. A recording that may not be played has none. One that a machine had a hand in and somebody checked stays when its help is withdrawn, unless they want it out.</summary>
    public async Task<IReadOnlyDictionary<Guid, AcceptedTranscript>> AcceptedAsync(Guid childId, IReadOnlyCollection<Guid> recordIds, Actor actor, CancellationToken cancel)
    {
        var found = new Dictionary<Guid, AcceptedTranscript>();
        var accepted = await db.TranscriptAcceptances.AsNoTracking().Include(a => a.Transcript)
            .Where(a => a.ChildId == childId && recordIds.Contains(a.VoiceRecordId)
                && !db.TranscriptAcceptances.Any(later => later.VoiceRecordId == a.VoiceRecordId && later.Number > a.Number)).ToListAsync(cancel);
        if (accepted.Count == 0) return found;
        var permissions = await consent.DecideAllNowAsync(childId, cancel);
        var readable = await Recordings(actor).Where(r => r.ChildId == childId && recordIds.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancel);
        foreach (var acceptance in accepted)
        {
            if (!readable.TryGetValue(acceptance.VoiceRecordId, out var record) || VoiceHolds.OfWords(record, permissions) != HoldState.None) continue;
            var transcript = acceptance.Transcript!;
            if (transcript.Method != TranscriptMethod.TypedByPerson && !permissions.Of(Purpose.TranscribeMachine, acceptance.VoiceRecordId).KeepsChecked(transcript.CreatedAt)) continue;
            var text = await keys.OpenAsync(childId, transcript.Sealed, transcript.Id, SealPart.Transcript, cancel);
            found[acceptance.VoiceRecordId] = new(transcript.Id, text, transcript.Method, transcript.Engine, transcript.AuthorId, acceptance.AcceptedById, acceptance.AcceptedAt);
        }

        return found;
    }

    /// <summary>
    /// That what recordings say was shown or found, for the caller to save with the use itself: it rests on the yes to recording, and where a machine drafted it,
    /// on the yes to that.
    /// </summary>
    public async Task RelyAsync(Guid childId, IReadOnlyDictionary<Guid, AcceptedTranscript> shown, VoiceSurface surface, Actor actor, CancellationToken cancel)
    {
        if (shown.Count == 0) return;
        var permissions = await consent.DecideAllNowAsync(childId, cancel);
        var visits = await db.VoiceRecords.Where(r => r.ChildId == childId && shown.Keys.Contains(r.Id)).ToDictionaryAsync(r => r.Id, r => r.SessionId, cancel);
        foreach (var (recordId, transcript) in shown)
        {
            consent.Rely(permissions.Of(Purpose.Audio, visits[recordId]), childId, Purpose.Audio, visits[recordId], surface, recordId, actor);
            if (transcript.Method == TranscriptMethod.TypedByPerson) continue;
            consent.Rely(permissions.Of(Purpose.TranscribeMachine, recordId), childId, Purpose.TranscribeMachine, recordId, surface, recordId, actor);
        }
    }

    /// <summary>The same for a page, which keeps nothing else: committed before the page is shown.</summary>
    public async Task RelyOnPageAsync(Guid childId, IReadOnlyDictionary<Guid, AcceptedTranscript> shown, Actor actor, CancellationToken cancel)
    {
        if (shown.Count == 0) return;
        await RelyAsync(childId, shown, VoiceSurface.Page, actor, cancel);
        db.Add(AuditEntry.For(AuditActions.ConsentUsed, actor, childId, null, clock, $"{Purpose.Audio} {VoiceSurface.Page}"));
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>A recording that the actor may read of, and why it may not be played, if so.</summary>
    public async Task<(VoiceRecord Record, HoldState Hold)?> FindAsync(Guid childId, Guid recordId, Actor actor, CancellationToken cancel) =>
        await Recordings(actor).Include(r => r.Child).SingleOrDefaultAsync(r => r.Id == recordId && r.ChildId == childId, cancel) is { } record
            ? (record, await HoldAsync(record, cancel))
            : null;

    /// <summary>Every version of one recording, newest first, drafts among them: for the one page where they are worked on.</summary>
    public async Task<IReadOnlyList<ReadTranscript>> VersionsAsync(VoiceRecord record, CancellationToken cancel)
    {
        var (childId, recordId) = (record.ChildId, record.Id);
        if (await HoldAsync(record, cancel) != HoldState.None) return [];
        var machine = await consent.DecideNowAsync(childId, Purpose.TranscribeMachine, recordId, cancel);
        var isChecked = machine.SaidStop ? await db.TranscriptAcceptances.Where(a => a.VoiceRecordId == recordId).Select(a => a.TranscriptId).ToHashSetAsync(cancel) : [];
        var versions = new List<ReadTranscript>();
        foreach (var t in await db.Transcripts.AsNoTracking().Where(t => t.VoiceRecordId == recordId && t.ChildId == childId).OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).ToListAsync(cancel))
        {
            if (machine.SaidStop && t.Method != TranscriptMethod.TypedByPerson && !(isChecked.Contains(t.Id) && machine.KeepsChecked(t.CreatedAt))) continue;
            versions.Add(new(t.Id, await keys.OpenAsync(childId, t.Sealed, t.Id, SealPart.Transcript, cancel), t.Method, t.Engine, t.AuthorId, t.CreatedAt));
        }

        return versions;
    }

    /// <summary>
    /// Whether the actor has listened, as far as a server can know: the recording was sent to them from its beginning, and enough time has gone by
    /// since to hear all of it.
    /// </summary>
    public async Task<Listening> ListeningAsync(VoiceRecord record, Actor actor, CancellationToken cancel)
    {
        var begun = await db.AuditEntries.Where(a => a.ChildId == record.ChildId && a.Action == AuditActions.VoiceHeard && a.SubjectId == record.Id && a.ActorId == actor.PersonId
                && a.Detail != VoiceMediaService.FromTheMiddle).OrderBy(a => a.At).Select(a => (DateTime?)a.At).FirstOrDefaultAsync(cancel);
        if (begun is null) return Listening.NotBegun;
        var seconds = record.DurationSeconds ?? await db.Files.Where(f => f.Id == record.FileId).Select(f => (double)f.Length / MostBytesASecond).SingleAsync(cancel);
        return clock.GetUtcNow().UtcDateTime - begun >= TimeSpan.FromSeconds(seconds / FastestPlaying) ? Listening.Done : Listening.NotLongEnough;
    }

    /// <summary>Keeps a version. It counts for nothing until it is accepted.</summary>
    /// <returns>Null when there is no such recording of a child the actor may see.</returns>
    public async Task<Outcome?> TypeAsync(Guid childId, Guid recordId, TypeTranscript input, Actor actor, CancellationToken cancel)
    {
        if (await FindAsync(childId, recordId, actor, cancel) is not var (record, hold)) return null;
        if (await db.Transcripts.AnyAsync(t => t.Id == input.Id && t.VoiceRecordId == recordId, cancel)) return Outcome.Done;
        if (WhyHeld(hold) is { } held) return Outcome.Refused("", held);
        var from = input.FromId is { } fromId ? await db.Transcripts.AsNoTracking().SingleOrDefaultAsync(t => t.Id == fromId && t.VoiceRecordId == recordId && t.ChildId == childId, cancel) : null;
        if (input.FromId is not null && from is null) return Outcome.Refused("", "The version this began from is not there. Copy what you typed, open the page again and paste it");
        var machine = from is not null && from.Method != TranscriptMethod.TypedByPerson;
        if (machine && await MachineIsLockedAsync(childId, recordId, cancel)) return Outcome.Refused("", "We were asked not to use a computer’s writing of this. Type it from the recording instead");

        db.Add(new Transcript
        {
            Id = input.Id,
            AuthorityId = record.AuthorityId,
            ChildId = childId,
            VoiceRecordId = recordId,
            Method = machine ? TranscriptMethod.MachineMended : TranscriptMethod.TypedByPerson,
            Engine = from?.Engine,
            AuthorId = actor.PersonId,
            Sealed = await keys.SealAsync(childId, input.Text!, input.Id, SealPart.Transcript, cancel),
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.TranscriptTyped, actor, childId, input.Id, clock, machine ? "from a machine's draft" : null));
        return await db.SaveOnceAsync(() => db.Transcripts.AnyAsync(t => t.Id == input.Id && t.VoiceRecordId == recordId, cancel), cancel) is null ? Outcome.Done : Outcome.Refused("", ChangedMeanwhile);
    }

    /// <summary>Says that a version is what the recording says. Only somebody who has listened can.</summary>
    /// <returns>Null when there is no such version for a child the actor may see.</returns>
    public async Task<Outcome?> AcceptAsync(Guid childId, Guid recordId, Guid transcriptId, Actor actor, CancellationToken cancel)
    {
        if (await FindAsync(childId, recordId, actor, cancel) is not var (record, hold)) return null;
        var transcript = await db.Transcripts.AsNoTracking().SingleOrDefaultAsync(t => t.Id == transcriptId && t.VoiceRecordId == recordId && t.ChildId == childId, cancel);
        if (transcript is null) return null;
        if (WhyHeld(hold) is { } held) return Outcome.Refused("", held);
        if (transcript.Method != TranscriptMethod.TypedByPerson && await MachineIsLockedAsync(childId, recordId, cancel)) return Outcome.Refused("", "We were asked not to use a computer’s writing of this");
        switch (await ListeningAsync(record, actor, cancel))
        {
            case Listening.NotBegun: return Outcome.Refused("", "Listen to the recording first, all of it, then accept what it says");
            case Listening.NotLongEnough: return Outcome.Refused("", "You have not had the time to hear all of it yet. Listen to the end, then accept what it says");
        }

        var last = await db.TranscriptAcceptances.AsNoTracking().Where(a => a.VoiceRecordId == recordId).OrderByDescending(a => a.Number).FirstOrDefaultAsync(cancel);
        if (last?.TranscriptId == transcriptId) return Outcome.Done;
        db.Add(new TranscriptAcceptance
        {
            AuthorityId = record.AuthorityId,
            ChildId = childId,
            VoiceRecordId = recordId,
            TranscriptId = transcriptId,
            Number = (last?.Number ?? 0) + 1,
            AcceptedById = actor.PersonId,
            AcceptedAt = clock.GetUtcNow().UtcDateTime,
        });
        db.Add(AuditEntry.For(AuditActions.TranscriptAccepted, actor, childId, transcriptId, clock, transcript.Method.ToString()));
        return await db.SaveOnceAsync(async () => await db.TranscriptAcceptances.AnyAsync(a => a.TranscriptId == transcriptId && a.Number == (last == null ? 0 : last.Number) + 1, cancel), cancel) is null ? Outcome.Done : Outcome.Refused("", ChangedMeanwhile);
    }

    /// <summary>Whether a machine may be asked to draft this recording now: the council has one, and whoever decides has said yes.</summary>
    public async Task<(bool HasMachine, ConsentDecision Permission)> MayDraftAsync(Guid childId, Guid recordId, Actor actor, CancellationToken cancel) =>
        await SettingsAsync(actor, cancel) is null
            ? (false, ConsentDecision.NothingKnown)
            : (true, await consent.DecideNowAsync(childId, Purpose.TranscribeMachine, recordId, cancel));

    /// <summary>Queues a draft by the council's machine.</summary>
    /// <param name="jobId">Made with the form, so that a double click asks once.</param>
    /// <returns>Null when there is no such recording of a child the actor may see.</returns>
    public async Task<Outcome?> AskDraftAsync(Guid childId, Guid recordId, Guid jobId, Actor actor, CancellationToken cancel)
    {
        if (await FindAsync(childId, recordId, actor, cancel) is not var (record, _)) return null;
        if (await db.Jobs.AnyAsync(j => j.SubjectId == recordId && (j.Id == jobId || j.State == JobState.Waiting || j.State == JobState.Running), cancel)) return Outcome.Done;
        if (jobId == Guid.Empty) return Outcome.Refused("", "Open the page again, then ask");
        if (await WhyNoDraftAsync(record, actor, cancel) is { } reason) return Outcome.Refused("", reason);
        db.Add(new Job { Id = jobId, AuthorityId = actor.AuthorityId, Kind = JobKind.DraftTranscript, SubjectId = recordId, RequestedById = actor.PersonId, RequestedAt = clock.GetUtcNow().UtcDateTime });
        db.Add(AuditEntry.For(AuditActions.TranscriptAsked, actor, childId, recordId, clock));
        return await db.SaveOnceAsync(() => db.Jobs.AnyAsync(j => j.Id == jobId && j.SubjectId == recordId, cancel), cancel) is null ? Outcome.Done : Outcome.Refused("", ChangedMeanwhile);
    }

    /// <summary>The job: sends the recording to the council's machine and keeps what comes back, as a draft.</summary>
    /// <exception cref="JobRefusedException">There is no draft; its message says why, for people.</exception>
    public async Task DraftAsync(Guid jobId, Guid recordId, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        // A job may reach everything; this one goes no further than the person who asked for it may at this moment.
        using var narrowed = db.ActingAs(actor with { Reach = Roles.ReachOf(actor.Role) });
        if (await db.Transcripts.AnyAsync(t => t.Id == jobId, cancel)) return;
        var record = await Recordings(actor).SingleOrDefaultAsync(r => r.Id == recordId, cancel);
        var settings = await SettingsAsync(actor, cancel);
        if (record is null) throw new JobRefusedException("The recording is not one you may open any more, so it was not sent.");
        if (await WhyNoDraftAsync(record, actor, cancel) is { } before) throw await FailAsync(record, "not permitted", before + ". It was not sent.", actor, cancel);

        await progress.ReportAsync(0, null, "The computer is listening", cancel);
        var file = await db.Files.AsNoTracking().SingleAsync(f => f.Id == record.FileId, cancel);
        await using var audio = await files.OpenAsync(file, cancel);
        var answer = await transcriber.TranscribeAsync(settings!, audio, file.ContentType, record.Language, cancel);
        if (answer.Text is null) throw await FailAsync(record, answer.Fault.ToString()!, MessageOf(answer.Fault), actor, cancel);
        // It can take an hour. Whoever said no meanwhile has said no to this draft too.
        if (await WhyNoDraftAsync(record, actor, cancel) is { } after) throw await FailAsync(record, "no longer permitted", after + ". What the computer wrote was thrown away.", actor, cancel);

        db.Add(new Transcript
        {
            Id = jobId,
            AuthorityId = record.AuthorityId,
            ChildId = record.ChildId,
            VoiceRecordId = recordId,
            Method = TranscriptMethod.Machine,
            Engine = settings!.Engine,
            AuthorId = actor.PersonId,
            Sealed = await keys.SealAsync(record.ChildId, answer.Text, jobId, SealPart.Transcript, cancel),
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        });
        consent.Rely(await consent.DecideNowAsync(record.ChildId, Purpose.TranscribeMachine, recordId, cancel), record.ChildId, Purpose.TranscribeMachine, recordId, VoiceSurface.Transcriber, recordId, actor);
        db.Add(AuditEntry.For(AuditActions.TranscriptDrafted, actor, record.ChildId, jobId, clock));
        await db.SaveChangesAsync(cancel);
    }

    public static string MessageOf(TranscriberFault? fault) => fault switch
    {
        TranscriberFault.NotReached => "The council’s transcriber did not answer. The recording is safe; try again later, or type it yourself.",
        TranscriberFault.TookTooLong => "The council’s transcriber took too long, so we stopped waiting. The recording is safe; try again later, or type it yourself.",
        TranscriberFault.Refused => "The council’s transcriber would not take the recording. The recording is safe; tell your administrator, or type it yourself.",
        TranscriberFault.Failed => "The council’s transcriber broke while it worked. The recording is safe; try again later, or type it yourself.",
        TranscriberFault.Empty => "The council’s transcriber heard no words. The recording is safe; listen to it, and type it yourself if there are words.",
        TranscriberFault.TooMuch => "The council’s transcriber sent back more than three hours of talk can hold, so nothing of it was kept. The recording is safe; type it yourself.",
        _ => "What answered was not the council’s transcriber, so nothing of it was kept. The recording is safe; tell your administrator, or type it yourself.",
    };

    private IQueryable<VoiceRecord> Recordings(Actor actor) =>
        doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).Where(r => r.Kind == VoiceKind.Audio).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers);

    private async Task<HoldState> HoldAsync(VoiceRecord record, CancellationToken cancel) =>
        VoiceHolds.Of(record, await consent.DecideAllNowAsync(record.ChildId, cancel));

    private static string? WhyHeld(HoldState hold) => hold switch
    {
        HoldState.None => null,
        HoldState.HeldUnanswered => "Nobody has said yet whether anybody else can be heard on this recording. It cannot be written down",
        HoldState.HeldThirdParty => "Somebody else can be heard on this recording and has not said yes. It cannot be written down",
        _ => "This recording is locked: we were asked to stop. It cannot be written down",
    };

    private async Task<bool> MachineIsLockedAsync(Guid childId, Guid recordId, CancellationToken cancel) =>
        (await consent.DecideNowAsync(childId, Purpose.TranscribeMachine, recordId, cancel)).SaidStop;

    private async Task<TranscriberSettings?> SettingsAsync(Actor actor, CancellationToken cancel) =>
        await db.Authorities.Where(a => a.Id == actor.AuthorityId).Select(a => a.Code).SingleOrDefaultAsync(cancel) is { } code ? transcribers.Of(code) : null;

    private async Task<string?> WhyNoDraftAsync(VoiceRecord record, Actor actor, CancellationToken cancel)
    {
        if (await SettingsAsync(actor, cancel) is null) return "This council has no computer that turns speech into writing";
        // Read anew: somebody may have said no since the record was.
        var now = await Recordings(actor).SingleOrDefaultAsync(r => r.Id == record.Id, cancel);
        if (now is null) return "The recording is not one you may open any more";
        if (WhyHeld(await HoldAsync(now, cancel)) is { } held) return held;
        return (await consent.DecideNowAsync(record.ChildId, Purpose.TranscribeMachine, record.Id, cancel)).Allowed ? null : "There is no permission for a computer to turn this into writing";
    }

    private const string ChangedMeanwhile = "Somebody else changed this at the same moment. Look at it again, then choose";

    private async Task<JobRefusedException> FailAsync(VoiceRecord record, string code, string message, Actor actor, CancellationToken cancel)
    {
        db.Add(AuditEntry.For(AuditActions.TranscriptFailed, actor, record.ChildId, record.Id, clock, code));
        await db.SaveChangesAsync(cancel);
        return new JobRefusedException(message);
    }
}
