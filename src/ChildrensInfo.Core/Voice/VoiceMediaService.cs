using System.Security.Cryptography;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Offline;
using ChildrensInfo.Core.Shared;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Core.Voice;

public enum MediaFault
{
    /// <summary>The child or file is not one the actor may see.</summary>
    NotThere,

    /// <summary>Nobody who may decide has said yes to recording.</summary>
    NotPermitted,

    /// <summary>Neither a recording nor a picture of a kind that is kept.</summary>
    NotMedia,
    Empty,
    TooLarge,

    /// <summary>Not the piece that its number and the announced length say it must be.</summary>
    WrongPiece,

    /// <summary>Other bytes are already there under this number.</summary>
    Different,

    /// <summary>It is part of a record already, sealed from another page.</summary>
    Sealed,

    /// <summary>What came before it is gone, or never came: it is sent from the beginning.</summary>
    Begin,

    /// <summary>Too much of the person's was sent and never sealed.</summary>
    TooMuch,

    /// <summary>It was deleted on the device before it was sent.</summary>
    TakenBack,

    /// <summary>Whoever records it has discarded it on another page.</summary>
    Discarded,
}

/// <summary>What became of one piece: its SHA-256 when it is kept, or why it is not.</summary>
public sealed record MediaReceipt(byte[]? Sha256, MediaFault? Fault, string Reason);

/// <param name="Hold">Kept, but not to be played, and why.</param>
public sealed record OpenedMedia(StoredFile? File, Stream? Content, HoldState Hold);

/// <summary>Takes in drawings, proofs and what devices send a piece at a time, and plays back and shows what is sealed. Asks for permission at every piece of sound.</summary>
public sealed class VoiceMediaService(AppDbContext db, FileStore files, UnsealedMedia unsealed, ConsentService consent, DoNotTellService doNotTell, TimeProvider clock)
{
    public const string NoPhotos = "There is no permission to photograph what they made. They can draw it here, or you can write down what they say";

    public const string NoPhotosOfPeople = "There is no permission for a photo on which a person can be recognised. Ask for that first, or take another photo without anybody on it";

    public const string SayWhetherPerson = "Say whether a person can be recognised on it";

    private static readonly TimeSpan OneListening = TimeSpan.FromHours(1);

    /// <summary>Keeps one piece. The same piece again is kept once; nothing is playable before a record is sealed with it.</summary>
    /// <param name="total">The length of the whole file as announced with each piece.</param>
    /// <param name="kind">What it is for: a record, or proof of what was decided about a permission. One is never taken for the other.</param>
    /// <param name="fromDevice">It was recorded without a connection: it is taken in whatever the permission is now, and held when there is none (<see cref="VoiceService.RecordAsync"/>).</param>
    public async Task<MediaReceipt> ReceiveAsync(
        Guid childId, Guid fileId, FileKind kind, int index, long total, ReadOnlyMemory<byte> bytes, Actor actor, CancellationToken cancel, bool fromDevice = false)
    {
        try
        {
            return await KeepAsync(childId, fileId, kind, index, total, bytes, fromDevice, actor, cancel);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // The same piece came twice at once, and now it is there to be compared; or the id is taken where this actor cannot see.
            db.ChangeTracker.Clear();
            if (!await db.Files.AnyAsync(f => f.Id == fileId, cancel)) return Fault(MediaFault.NotThere);
            return await KeepAsync(childId, fileId, kind, index, total, bytes, fromDevice, actor, cancel);
        }
    }

    /// <summary>
    /// Keeps a photograph of something a child made, without what tells of the place, the camera and the time. Nothing is to be seen of it before a
    /// record is sealed with it.
    /// </summary>
    /// <param name="sessionId">The visit it is made in, whose own yes counts too; asked again when it is sealed, then of the visit it is sealed in.</param>
    /// <param name="showsPerson">Whether a person can be recognised on it. While that is not said it is kept, unseen, if a photo of either kind may be taken: it is said before it is sealed.</param>
    /// <returns>Null when the child is not one the actor may see; otherwise the file's id or why there is none.</returns>
    public async Task<(Guid? FileId, Outcome Outcome)?> KeepPhotoAsync(
        Guid childId, FileKind kind, ReadOnlyMemory<byte> bytes, Actor actor, CancellationToken cancel, Guid? sessionId = null, bool? showsPerson = null)
    {
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return null;
        var fileId = Guid.CreateVersion7();
        async Task<(Guid?, Outcome)> Refuse(MediaFault fault, string reason, string field = nameof(RecordVoice.FileId))
        {
            await RefuseAsync(childId, fileId, fault, reason, actor, cancel);
            return (null, Outcome.Refused(field, reason));
        }

        // A scan of a signed paper shows nothing a child made.
        if (kind == FileKind.VoicePhoto)
        {
            var permissions = await consent.DecideAllNowAsync(childId, cancel);
            bool May(bool? shows) => permissions.Of(PermissionFor(VoiceKind.Photo, shows)!.Value, sessionId).Allowed;
            if (showsPerson == true && !May(true)) return await Refuse(MediaFault.NotPermitted, NoPhotosOfPeople, nameof(RecordVoice.ShowsPerson));
            if (!May(showsPerson ?? true) && (showsPerson is not null || !May(false))) return await Refuse(MediaFault.NotPermitted, NoPhotos);
        }

        if (bytes.IsEmpty) return await Refuse(MediaFault.Empty, "The photo is empty. Take it again");
        if (bytes.Length > StoredFile.ImageMaxBytes) return await Refuse(MediaFault.TooLarge, "A photo can be up to 20 MB. Take it again with a lower setting, or send a smaller copy");
        var cleaned = PictureFile.Clean(bytes.Span);
        if (cleaned.Bytes is not { } picture) return await Refuse(MediaFault.NotMedia, cleaned.Refusal!);

        if (await unsealed.IsTooMuchAsync(actor, picture.Length, cancel)) return await Refuse(MediaFault.TooMuch, UnsealedMedia.TooMuch);
        await AddAsync(childId, fileId, kind, picture, cleaned, actor, cancel);
        await db.SaveChangesAsync(cancel);
        return (fileId, Outcome.Done);
    }

    /// <summary>
    /// Puts a photograph that a device sent, as it was taken, in the place of itself without what tells of the place, the camera and the time. The caller saves, and with that what
    /// was sent is gone.
    /// </summary>
    /// <param name="fileId">Of what is kept: always the same for the same record, so that what comes twice at once is kept once.</param>
    public async Task<(StoredFile? Kept, string? Refusal)> CleanSentAsync(Guid childId, StoredFile sent, Guid fileId, Actor actor, CancellationToken cancel)
    {
        var bytes = new byte[sent.Length];
        await using (var content = await files.OpenAsync(sent, cancel)) await content.ReadExactlyAsync(bytes, cancel);
        var cleaned = PictureFile.Clean(bytes);
        if (cleaned.Bytes is not { } picture) return (null, cleaned.Refusal);
        db.Remove(sent);
        return (await AddAsync(childId, fileId, FileKind.VoicePhoto, picture, cleaned, actor, cancel), null);
    }

    /// <summary>Takes away what a device has sent of a recording or a picture that was deleted there before all of it came. The caller saves. What is part of a record stays.</summary>
    public async Task ForgetSentAsync(Guid childId, Guid fileId, Actor actor, CancellationToken cancel)
    {
        var sent = await db.Files.SingleOrDefaultAsync(f => f.Id == fileId && f.ChildId == childId && f.OwnerId == actor.PersonId && f.Kind == FileKind.VoiceMedia, cancel);
        if (sent is null || await db.VoiceRecords.AnyAsync(r => r.FileId == fileId, cancel)) return;
        db.Remove(sent);
    }

    private async Task<StoredFile> AddAsync(Guid childId, Guid fileId, FileKind kind, byte[] picture, CleanedPicture cleaned, Actor actor, CancellationToken cancel)
    {
        var file = await files.BeginAsync(fileId, kind, childId, cleaned.ContentType, picture.Length, actor, cancel);
        await files.PutChunkAsync(file, 0, picture, cancel);
        file.Sha256 = SHA256.HashData(picture);
        file.CompletedAt = clock.GetUtcNow().UtcDateTime;
        db.Add(AuditEntry.For(AuditActions.MediaReceived, actor, childId, fileId, clock, cleaned.HadMetadata ? $"{cleaned.ContentType}, details taken out" : cleaned.ContentType));
        return file;
    }

    /// <summary>The proof of a decision: a signature, a clip or a scan of the paper.</summary>
    /// <returns>Null when there is none of a child the actor may see.</returns>
    public async Task<OpenedMedia?> OpenEvidenceAsync(Guid childId, Guid eventId, Actor actor, CancellationToken cancel)
    {
        var fileId = await db.ConsentEvents.Where(e => e.Id == eventId && e.ChildId == childId).Select(e => e.EvidenceFileId).SingleOrDefaultAsync(cancel);
        var file = fileId is null ? null : await db.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == fileId && f.ChildId == childId && f.Kind == FileKind.ConsentEvidence && f.CompletedAt != null && f.WrappedKey.Length > 0, cancel);
        if (file is null) return null;
        var recording = await consent.DecideNowAsync(childId, Purpose.Audio, null, cancel);
        // While all of a child's record is restricted the page that leads here is closed, and so is this.
        if (recording.IsRestricted || (MediaType.Kept(file).Kind == VoiceKind.Audio && recording.SaidStop)) return new(file, null, HoldState.HeldConsent);
        db.Add(AuditEntry.For(AuditActions.ChildRead, actor, childId, eventId, clock, "proof of a permission"));
        await db.SaveChangesAsync(cancel);
        return new(file, await files.OpenAsync(file, cancel), HoldState.None);
    }

    /// <summary>Stands with a listening that did not begin with the beginning: whoever heard only the end has not heard all of it.</summary>
    public const string FromTheMiddle = "from the middle";

    /// <returns>Null when there is no such file in a sealed record of a child the actor may see.</returns>
    /// <param name="fromStart">Whether the player asks for its beginning: that is when a listening is written down.</param>
    public async Task<OpenedMedia?> OpenAsync(Guid childId, Guid fileId, bool fromStart, Actor actor, CancellationToken cancel)
    {
        var record = await doNotTell.ReadableBy(actor, db.VoiceRecords.AsNoTracking()).Include(r => r.ThirdPartyVoices).ThenInclude(v => v.Answers)
            .SingleOrDefaultAsync(r => r.FileId == fileId && r.ChildId == childId, cancel);
        if (record is null) return null;
        // A voice says more than its words: reading what was said does not come with listening.
        if (record.Kind == VoiceKind.Audio && !actor.Can(Capability.HearChildren)) return new(null, null, HoldState.OnRequest);
        var file = await db.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == fileId && f.ChildId == childId && f.CompletedAt != null, cancel);
        if (file is null) return null;
        var permissions = await consent.DecideAllNowAsync(childId, cancel);
        var hold = VoiceHolds.Of(record, permissions);
        // What is gone is gone, though what there was stays locked.
        if (hold is HoldState.None or HoldState.HeldConsent && (file.WrappedKey.Length == 0 || await db.MediaErasures.AnyAsync(e => e.FileId == fileId, cancel))) hold = HoldState.Deleted;
        if (hold != HoldState.None) return new(file, null, hold);

        var action = record.Kind == VoiceKind.Audio ? AuditActions.VoiceHeard : AuditActions.ChildRead;
        // A player that starts in the middle would otherwise hear everything but the first byte unseen.
        var since = clock.GetUtcNow().UtcDateTime - OneListening;
        if (fromStart || !await db.AuditEntries.AnyAsync(a => a.ChildId == childId && a.At > since && a.Action == action && a.SubjectId == record.Id && a.ActorId == actor.PersonId, cancel))
        {
            if (record.RestsOn is { } purpose) consent.Rely(permissions.Of(purpose, record.SessionId), childId, purpose, record.SessionId, VoiceSurface.Media, record.Id, actor);
            db.Add(AuditEntry.For(action, actor, childId, record.Id, clock, record.Kind == VoiceKind.Audio ? fromStart ? null : FromTheMiddle : record.Kind.ToString().ToLowerInvariant()));
            await db.SaveChangesAsync(cancel);
        }

        return new(file, await files.OpenAsync(file, cancel), HoldState.None);
    }

    /// <summary>What must be agreed before a file of this kind is made.</summary>
    /// <param name="showsPerson">Of a photo: whether a person can be recognised on it. Where nobody has said, one can.</param>
    public static Purpose? PermissionFor(VoiceKind kind, bool? showsPerson) => kind switch
    {
        VoiceKind.Audio => Purpose.Audio,
        VoiceKind.Photo => showsPerson == false ? Purpose.ImageWork : Purpose.ImagePerson,
        _ => null,
    };

    private async Task<MediaReceipt> KeepAsync(Guid childId, Guid fileId, FileKind kind, int index, long total, ReadOnlyMemory<byte> bytes, bool fromDevice, Actor actor, CancellationToken cancel)
    {
        if (!await db.Children.AnyAsync(c => c.Id == childId, cancel)) return Fault(MediaFault.NotThere);
        await using var oneOf = await db.Database.BeginTransactionAsync(cancel);
        if (fromDevice) await OneAtATimeAsync(fileId, cancel);
        var receipt = await KeepOneAsync(childId, fileId, kind, index, total, bytes, fromDevice, actor, cancel);
        await oneOf.CommitAsync(cancel);
        return receipt;
    }

    /// <summary>Until the transaction ends: a piece that comes in the very moment in which it is said that it was deleted on the device is there before that, and goes with the others, or is refused.</summary>
    public Task OneAtATimeAsync(Guid fileId, CancellationToken cancel)
    {
        var key = $"sent {fileId}";
        return db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({key}, 0))", cancel);
    }

    private async Task<MediaReceipt> KeepOneAsync(Guid childId, Guid fileId, FileKind kind, int index, long total, ReadOnlyMemory<byte> bytes, bool fromDevice, Actor actor, CancellationToken cancel)
    {
        var file = await db.Files.SingleOrDefaultAsync(f => f.Id == fileId, cancel);
        if (fromDevice && index == 0 && file is not null && file.ChildId != childId && await GiveUpAsync(file, actor, cancel)) file = null;
        if (file is not null && (file.ChildId != childId || file.OwnerId != actor.PersonId || file.Kind != kind)) return Fault(MediaFault.NotThere);

        Task<MediaReceipt> Refuse(MediaFault fault, string reason) => RefuseAsync(childId, fileId, fault, reason, actor, cancel);
        // From a slow line or a copy of the device: the record that would say so may never follow.
        if (file is null && await db.TakenBacks.AnyAsync(t => t.FileId == fileId && t.ChildId == childId, cancel)) return await Refuse(MediaFault.TakenBack, TakenBack.NotKept);
        if (bytes.IsEmpty || total <= 0) return await Refuse(MediaFault.Empty, "The recording or drawing is empty.");
        if (file is null && index != 0 && fromDevice) return Fault(MediaFault.Begin);
        if (file is null && index != 0) return await Refuse(MediaFault.WrongPiece, "The first piece has not arrived.");
        if ((file is null ? MediaType.Of(bytes.Span) : MediaType.Kept(file)) is not { } type)
        {
            return await Refuse(MediaFault.NotMedia, "This is not a recording or a picture of a kind the portal can keep.");
        }

        // A drawing from the sheet is a PNG. A photograph comes by the way that asks first and takes the place out of it; from a device, that is done when its record arrives.
        if (type.Kind == VoiceKind.Photo && !fromDevice) return await Refuse(MediaFault.NotMedia, "This is a photo. Choose “Photo” among the ways to say it, and send it there.");
        // What is recorded here is sent while it is being made (RecordingService); whole it comes from a device, and as proof.
        if (type.Kind == VoiceKind.Audio && kind == FileKind.VoiceMedia && !fromDevice) return await Refuse(MediaFault.NotMedia, "A recording is sent while it is being made. Record it on the page of the visit.");
        if (total > type.MaxBytes) return await Refuse(MediaFault.TooLarge, type.Kind == VoiceKind.Audio ? "A recording can be up to 200 MB." : "A picture can be up to 20 MB.");
        var offset = (long)index * StoredFile.ChunkBytes;
        if (index < 0 || (file is not null && file.Length != total) || offset >= total || bytes.Length != Math.Min(StoredFile.ChunkBytes, total - offset))
        {
            return await Refuse(MediaFault.WrongPiece, "The piece is not the length it should be.");
        }

        if (type.Kind == VoiceKind.Audio && !fromDevice && !(await consent.DecideNowAsync(childId, Purpose.Audio, null, cancel)).Allowed)
        {
            return await Refuse(MediaFault.NotPermitted, "There is no permission to record. You can write down what they say.");
        }

        if (file is null)
        {
            if (await unsealed.IsTooMuchAsync(actor, total, cancel)) return await Refuse(MediaFault.TooMuch, UnsealedMedia.TooMuch);
            file = await files.BeginAsync(fileId, kind, childId, type.ContentType, total, actor, cancel);
            db.Add(AuditEntry.For(AuditActions.MediaReceived, actor, childId, fileId, clock, type.ContentType));
        }

        if (!await files.PutChunkAsync(file, offset, bytes, cancel)) return await Refuse(MediaFault.Different, "Something else was already sent as this piece.");
        await db.SaveChangesAsync(cancel);
        return new(SHA256.HashData(bytes.Span), null, "");
    }

    /// <summary>What was sent for another child, and was put with a visit of this one before there was a record of it, goes there: it comes again, under this child's key.</summary>
    private async Task<bool> GiveUpAsync(StoredFile sent, Actor actor, CancellationToken cancel)
    {
        if (sent.OwnerId != actor.PersonId || sent.Kind != FileKind.VoiceMedia || await db.VoiceRecords.AnyAsync(r => r.FileId == sent.Id, cancel)) return false;
        db.Remove(sent);
        db.Add(AuditEntry.For(AuditActions.MediaRefused, actor, sent.ChildId, sent.Id, clock, "put with another child"));
        await db.SaveChangesAsync(cancel);
        return true;
    }

    /// <summary>Refuses what was sent, and writes that down. Whatever was about to be saved is not.</summary>
    public async Task<MediaReceipt> RefuseAsync(Guid childId, Guid fileId, MediaFault fault, string reason, Actor actor, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        db.Add(AuditEntry.For(AuditActions.MediaRefused, actor, childId, fileId, clock, fault.ToString()));
        await db.SaveChangesAsync(cancel);
        return new(null, fault, reason);
    }

    public static MediaReceipt Fault(MediaFault fault, string reason = "There is nothing here that you can send to.") => new(null, fault, reason);
}
