using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Shared;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Returns;

/// <summary>Takes in the returns that a data lead sends, for a job to read, and stops the reading when asked to.</summary>
public sealed class ReturnService(AppDbContext db, FileStore files, ReturnUndo undo, TimeProvider clock)
{
    /// <summary>The field that a refusal of the file stands beside.</summary>
    public const string FileField = "ReturnFile";

    public const string NothingChosen = "Choose the return’s file or files";
    public const string Empty = "The file is empty. Choose the file that your case system wrote";
    public const string TooLarge = "The file must be smaller than 1 GB";

    /// <summary>Files whose sending broke off and whose removal failed too are removed by the next upload.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    /// <summary>
    /// Stores the file as it arrives, encrypted and never whole in memory, then queues it. A sending that breaks off leaves nothing behind.
    /// </summary>
    /// <param name="id">Made with the form, so that a double click loads it once.</param>
    /// <param name="content">An XML file, or a zip of tables (<see cref="ReturnPackage"/>).</param>
    /// <param name="year">The year the collection ends in, for tables that do not say; null to find it out from the file.</param>
    /// <returns>The return's id, or why the file was refused.</returns>
    public async Task<(Guid? Id, Refusal? Refusal)> ReceiveAsync(Guid id, Stream content, int? year, Actor actor, CancellationToken cancel)
    {
        await RemoveAbandonedAsync(actor, cancel);
        var file = await files.BeginAsync(Guid.CreateVersion7(), FileKind.Return, null, "application/xml", 0, actor, cancel);
        try
        {
            await files.WriteAsync(file, content, StoredFile.ReturnMaxBytes, cancel);
            if (file.Length == 0)
            {
                await RemoveAsync(file.Id);
                return (null, new Refusal(FileField, Empty));
            }

            var handedIn = new Return { Id = id, AuthorityId = actor.AuthorityId, FileId = file.Id, Year = year, UploadedById = actor.PersonId, UploadedAt = clock.GetUtcNow().UtcDateTime };
            var isQueued = await QueueAsync(handedIn, actor, cancel);
            if (!await db.Returns.AnyAsync(r => r.FileId == file.Id, cancel)) await RemoveAsync(file.Id);
            return isQueued ? (id, null) : (null, new Refusal(FileField, FormSaving.UsedBefore));
        }
        catch (FileTooLargeException)
        {
            await RemoveAsync(file.Id);
            return (null, new Refusal(FileField, TooLarge));
        }
        catch
        {
            await RemoveAsync(file.Id);
            throw;
        }
    }

    /// <summary>Asks the job that reads the return to stop. It does so at its next step, and then nothing of the return is loaded.</summary>
    /// <returns>False when there is no such return or it is already finished.</returns>
    public async Task<bool> StopAsync(Guid returnId, Actor actor, CancellationToken cancel)
    {
        if (!await db.Returns.AnyAsync(r => r.Id == returnId, cancel)) return false;
        var job = await db.Jobs.SingleOrDefaultAsync(j => j.SubjectId == returnId && (j.State == JobState.Waiting || j.State == JobState.Running), cancel);
        if (job is null) return false;
        job.CancelAsked = true;
        db.Add(AuditEntry.For(AuditActions.ReturnStopAsked, actor, null, returnId, clock));
        await db.SaveChangesAsync(cancel);
        return true;
    }

    /// <summary>Queues the same file once more: after a failure of ours, or to use what codes have been said to mean since.</summary>
    /// <param name="id">The new return's, made with the form, so that a double click loads it once.</param>
    /// <returns>False when there is no such return, or the form was used for something else.</returns>
    public async Task<bool> AgainAsync(Guid returnId, Guid id, Actor actor, CancellationToken cancel)
    {
        if (await db.Returns.AsNoTracking().SingleOrDefaultAsync(r => r.Id == returnId, cancel) is not { } before) return false;
        var again = new Return { Id = id, AuthorityId = actor.AuthorityId, FileId = before.FileId, Year = before.Kind == ReturnKind.LookedAfter ? before.Year : null, UploadedById = actor.PersonId, UploadedAt = clock.GetUtcNow().UtcDateTime };
        return await QueueAsync(again, actor, cancel);
    }

    /// <summary>Asks for everything that the return brought to be taken back.</summary>
    /// <returns>Why it cannot be; null when it was asked for, or there is nothing to undo.</returns>
    public async Task<string?> AskUndoAsync(Guid returnId, Actor actor, CancellationToken cancel)
    {
        if (await db.Returns.AsNoTracking().SingleOrDefaultAsync(r => r.Id == returnId && r.State == ReturnState.Loaded, cancel) is not { } loaded) return null;
        if (await undo.WhyNotAsync(loaded, cancel) is { } reason) return reason;
        if (await db.Jobs.AnyAsync(j => j.SubjectId == returnId && j.Kind == JobKind.UndoReturn && (j.State == JobState.Waiting || j.State == JobState.Running), cancel)) return null;
        db.Add(new Job { AuthorityId = actor.AuthorityId, Kind = JobKind.UndoReturn, SubjectId = returnId, RequestedById = actor.PersonId, RequestedAt = clock.GetUtcNow().UtcDateTime });
        db.Add(AuditEntry.For(AuditActions.ReturnUndoAsked, actor, null, returnId, clock));
        await db.SaveChangesAsync(cancel);
        return null;
    }

    /// <returns>False when something else has the id.</returns>
    private async Task<bool> QueueAsync(Return handedIn, Actor actor, CancellationToken cancel)
    {
        Task<bool> IsThere() => db.Returns.AnyAsync(r => r.Id == handedIn.Id, cancel);
        if (await IsThere()) return true;
        db.Add(handedIn);
        db.Add(new Job { AuthorityId = actor.AuthorityId, Kind = JobKind.LoadReturn, SubjectId = handedIn.Id, RequestedById = actor.PersonId, RequestedAt = handedIn.UploadedAt });
        db.Add(AuditEntry.For(AuditActions.ReturnUploaded, actor, null, handedIn.Id, clock));
        return await db.SaveOnceAsync(IsThere, cancel) is null;
    }

    private async Task RemoveAbandonedAsync(Actor actor, CancellationToken cancel)
    {
        var before = clock.GetUtcNow().UtcDateTime - Abandoned;
        var old = await db.Files.Where(f => f.AuthorityId == actor.AuthorityId && f.Kind == FileKind.Return && f.CompletedAt == null && f.CreatedAt < before).ToListAsync(cancel);
        if (old.Count == 0) return;
        db.RemoveRange(old);
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>Not cancelled with the request: it is because the request was cancelled that this runs.</summary>
    private async Task RemoveAsync(Guid fileId)
    {
        db.ChangeTracker.Clear();
        if (await db.Files.SingleOrDefaultAsync(f => f.Id == fileId, CancellationToken.None) is not { } file) return;
        db.Remove(file);
        await db.SaveChangesAsync(CancellationToken.None);
    }
}
