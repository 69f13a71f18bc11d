using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Shared;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Voice;

/// <summary>How far a recorder is, as it says with each part it sends.</summary>
/// <param name="HasEnded">It was stopped, and this is the last of it.</param>
public sealed record RecordedSoFar(int Ms, string? Gaps, bool HasEnded);

/// <summary>A recording that came and was never sealed.</summary>
/// <param name="VisitBy">Who made the visit.</param>
/// <param name="Gaps">Where the recorder heard nothing, and the end, when it may not be all.</param>
/// <param name="GoesOn">The day from which it is removed by itself.</param>
public sealed record UnfinishedRecording(Guid FileId, Guid ChildId, Guid SessionId, DateOnly VisitOn, Guid VisitBy, DateTime BegunAt, int Ms, IReadOnlyList<RecordingGap> Gaps, bool HasEnded, string ContentType, DateOnly GoesOn);

/// <summary>
/// Recordings that are sent while they are being made, so that a page that goes away in the middle loses some seconds and not the whole. Only whoever made one sees it before it is
/// sealed, and when they work with the child no more, whoever does. Permission is asked about at every part.
/// </summary>
public sealed class RecordingService(AppDbContext db, FileStore files, VoiceMediaService media, UnsealedMedia unsealed, ConsentService consent, TimeProvider clock)
{
    public const string MustStay = "Nothing about this child may be deleted just now, so the recording stays, unsealed. Only you can open it.";

    /// <summary>A recorder that says nothing for so long is a page that went away, or a pause that somebody may have forgotten.</summary>
    private static readonly TimeSpan StillRunning = TimeSpan.FromMinutes(10);

    /// <summary>Keeps what comes next. What is there already changes nothing, so that a part may come twice.</summary>
    /// <param name="offset">Where in the recording the bytes begin.</param>
    public async Task<MediaReceipt> AppendAsync(Guid childId, Guid sessionId, Guid fileId, long offset, RecordedSoFar soFar, ReadOnlyMemory<byte> bytes, Actor actor, CancellationToken cancel)
    {
        try
        {
            return await KeepAsync(childId, sessionId, fileId, offset, soFar, bytes, actor, cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            // It was sealed or discarded this very moment.
            db.ChangeTracker.Clear();
            return await KeepAsync(childId, sessionId, fileId, offset, soFar, bytes, actor, cancel);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // The id is taken where this actor cannot see.
            db.ChangeTracker.Clear();
            return VoiceMediaService.Fault(MediaFault.NotThere);
        }
    }

    /// <summary>What the actor recorded and did not seal, oldest first; of one visit, or of all.</summary>
    public async Task<IReadOnlyList<UnfinishedRecording>> UnfinishedAsync(Guid? sessionId, Actor actor, CancellationToken cancel)
    {
        var found = await unsealed.Unsealed().AsNoTracking()
            .Where(f => f.OwnerId == actor.PersonId && f.SessionId != null && (sessionId == null || f.SessionId == sessionId))
            .Join(db.VoiceSessions, f => f.SessionId, s => s.Id, (f, s) => new { File = f, s.OccurredOn, s.PractitionerId })
            .OrderBy(f => f.File.CreatedAt).ToListAsync(cancel);
        return found.ConvertAll(f => new UnfinishedRecording(
            f.File.Id, f.File.ChildId!.Value, f.File.SessionId!.Value, f.OccurredOn, f.PractitionerId, f.File.CreatedAt, f.File.RecordedMs ?? 0, GapsOf(f.File), f.File.RecordingEnded, f.File.ContentType,
            ConsentRules.LocalDay(f.File.CreatedAt + UnsealedMedia.KeptFor)));
    }

    /// <summary>As <see cref="UnfinishedAsync"/>, without what may still be running on another page: nobody is to come back to that.</summary>
    public async Task<IReadOnlyList<UnfinishedRecording>> LeftBehindAsync(Actor actor, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return [.. (await UnfinishedAsync(null, actor, cancel)).Where(u => u.HasEnded || u.BegunAt.AddMilliseconds(u.Ms) + StillRunning < now)];
    }

    /// <summary>Opens what the actor recorded and did not seal, to be heard before it is kept.</summary>
    /// <returns>Null when there is no such recording of theirs.</returns>
    public async Task<OpenedMedia?> OpenAsync(Guid childId, Guid sessionId, Guid fileId, Actor actor, CancellationToken cancel)
    {
        if (await MineAsync(childId, sessionId, fileId, actor, cancel) is not { } file) return null;
        var decision = await consent.DecideNowAsync(childId, Purpose.Audio, sessionId, cancel);
        if (!decision.AllowsWhatBegan(file.CreatedAt)) return new(file, null, HoldState.HeldConsent);
        consent.Rely(decision, childId, Purpose.Audio, sessionId, VoiceSurface.Media, fileId, actor);
        db.Add(AuditEntry.For(AuditActions.VoiceHeard, actor, childId, fileId, clock, "not sealed"));
        await db.SaveChangesAsync(cancel);
        return new(file, await files.OpenAsync(file, cancel), HoldState.None);
    }

    /// <summary>Deletes it, pieces and key; whatever of it is still on its way is refused when it comes. Not while a legal hold stands.</summary>
    /// <returns>Null when there is no such recording of the actor's.</returns>
    public async Task<Outcome?> DiscardAsync(Guid childId, Guid sessionId, Guid fileId, Actor actor, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await media.OneAtATimeAsync(fileId, cancel);
        if (await MineAsync(childId, sessionId, fileId, actor, cancel) is not { } file) return null;
        if (await LegalHoldService.StandsAsync(db, childId, cancel)) return Outcome.Refused("", MustStay);
        db.Remove(file);
        db.Add(AuditEntry.For(AuditActions.MediaDiscarded, actor, childId, fileId, clock, file.ContentType));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            // It was sealed this very moment.
            db.ChangeTracker.Clear();
            return null;
        }

        await transaction.CommitAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>Whether a recorder may record now: one that is being made goes on past the end of the visit's day, for as long as a recording can last.</summary>
    public async Task<bool> MayRecordAsync(Guid childId, Guid? sessionId, Guid? fileId, Actor actor, CancellationToken cancel) => MayGoOn(
        await consent.DecideNowAsync(childId, Purpose.Audio, sessionId, cancel), fileId is { } id && sessionId is { } visit ? await MineAsync(childId, visit, id, actor, cancel) : null);

    private bool MayGoOn(ConsentDecision decision, StoredFile? file) => decision.Allowed
        || (file is not null && decision.AllowsWhatBegan(file.CreatedAt) && clock.GetUtcNow().UtcDateTime <= file.CreatedAt.AddSeconds(VoiceRecord.AudioMaxSeconds));

    private static List<RecordingGap> GapsOf(StoredFile file)
    {
        var gaps = RecordingGap.Read(file.GapsJson);
        if (!file.RecordingEnded) gaps.Add(new(file.RecordedMs ?? 0, null, "lost"));
        return gaps;
    }

    private Task<StoredFile?> MineAsync(Guid childId, Guid sessionId, Guid fileId, Actor actor, CancellationToken cancel) =>
        unsealed.Unsealed().SingleOrDefaultAsync(f => f.Id == fileId && f.ChildId == childId && f.SessionId == sessionId && f.OwnerId == actor.PersonId, cancel);

    private async Task<MediaReceipt> KeepAsync(Guid childId, Guid sessionId, Guid fileId, long offset, RecordedSoFar soFar, ReadOnlyMemory<byte> bytes, Actor actor, CancellationToken cancel)
    {
        if (!await db.VoiceSessions.AnyAsync(s => s.Id == sessionId && s.ChildId == childId, cancel)) return VoiceMediaService.Fault(MediaFault.NotThere);
        await using var oneOf = await db.Database.BeginTransactionAsync(cancel);
        await media.OneAtATimeAsync(fileId, cancel);
        var receipt = await KeepOneAsync(childId, sessionId, fileId, offset, soFar, bytes, actor, cancel);
        await oneOf.CommitAsync(cancel);
        return receipt;
    }

    private async Task<MediaReceipt> KeepOneAsync(Guid childId, Guid sessionId, Guid fileId, long offset, RecordedSoFar soFar, ReadOnlyMemory<byte> bytes, Actor actor, CancellationToken cancel)
    {
        Task<MediaReceipt> Refuse(MediaFault fault, string reason) => media.RefuseAsync(childId, fileId, fault, reason, actor, cancel);
        var file = await db.Files.SingleOrDefaultAsync(f => f.Id == fileId, cancel);
        if (file is not null && (file.ChildId != childId || file.SessionId != sessionId || file.OwnerId != actor.PersonId || file.Kind != FileKind.VoiceMedia)) return VoiceMediaService.Fault(MediaFault.NotThere);
        if (file?.CompletedAt is not null) return await Refuse(MediaFault.Sealed, "This recording was sealed from another page.");
        // A page that still has it may go on sending what its own person has thrown away.
        if (file is null && await db.AuditEntries.AnyAsync(a => a.ChildId == childId && a.SubjectId == fileId && a.Action == AuditActions.MediaDiscarded, cancel))
        {
            return await Refuse(MediaFault.Discarded, "This recording was discarded from another page.");
        }

        if (offset < 0 || soFar.Ms < 0 || (bytes.IsEmpty && (file is null || !soFar.HasEnded))) return await Refuse(MediaFault.WrongPiece, "The piece is not the length it should be.");
        if (offset > (file?.Length ?? 0)) return VoiceMediaService.Fault(MediaFault.Begin, "What came before is not here.");
        if (file is null && MediaType.Of(bytes.Span) is not { Kind: VoiceKind.Audio }) return await Refuse(MediaFault.NotMedia, "This is not a recording of a kind the portal can keep.");
        if (offset + bytes.Length > StoredFile.AudioMaxBytes) return await Refuse(MediaFault.TooLarge, "A recording can be up to 200 MB.");
        if (soFar.Ms > VoiceRecord.AudioTakenSeconds * 1000L) return await Refuse(MediaFault.TooLarge, "A recording can be up to 3 hours long.");
        if (!MayGoOn(await consent.DecideNowAsync(childId, Purpose.Audio, sessionId, cancel), file)) return await Refuse(MediaFault.NotPermitted, "There is no permission to record. You can write down what they say.");
        if (await unsealed.IsTooMuchAsync(actor, bytes.Length, cancel)) return await Refuse(MediaFault.TooMuch, UnsealedMedia.TooMuch);
        if (file is null)
        {
            file = await files.BeginAsync(fileId, FileKind.VoiceMedia, childId, MediaType.Of(bytes.Span)!.ContentType, 0, actor, cancel, sessionId);
            db.Add(AuditEntry.For(AuditActions.MediaReceived, actor, childId, fileId, clock, file.ContentType));
        }

        if (!bytes.IsEmpty && !await files.AppendAsync(file, offset, bytes, cancel)) return await Refuse(MediaFault.Different, "Something else was already sent as this piece.");
        file.RecordedMs = Math.Max(file.RecordedMs ?? 0, soFar.Ms);
        file.GapsJson = VoiceService.GapsOf(soFar.Gaps) ?? file.GapsJson;
        file.RecordingEnded |= soFar.HasEnded;
        await db.SaveChangesAsync(cancel);
        return new(SHA256.HashData(bytes.Span), null, "");
    }
}
