using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Shared;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Returns;

/// <summary>Takes in the returns that a data lead sends, for a job to read, and stops the reading when asked to.</summary>
public sealed class ReturnService(AppDbContext db, FileStore files, TimeProvider clock)
{
    /// <summary>The field that a refusal of the file stands beside.</summary>
    public const string FileField = "ReturnFile";

    public const string NothingChosen = "Choose the return’s XML file";
    public const string Empty = "The file is empty. Choose the XML file that your case system wrote";
    public const string TooLarge = "The file must be smaller than 1 GB";

    /// <summary>Files whose sending broke off and whose removal failed too are removed by the next upload.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    /// <summary>
    /// Stores the file as it arrives, encrypted and never whole in memory, then queues it. A sending that breaks off leaves nothing behind.
    /// </summary>
    /// <returns>The return's id, or why the file was refused.</returns>
    public async Task<(Guid? Id, Refusal? Refusal)> ReceiveAsync(Stream content, Actor actor, CancellationToken cancel)
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

            var now = clock.GetUtcNow().UtcDateTime;
            var handedIn = new Return { AuthorityId = actor.AuthorityId, Kind = ReturnKind.CinCensus, FileId = file.Id, UploadedById = actor.PersonId, UploadedAt = now };
            db.Add(handedIn);
            db.Add(new Job { AuthorityId = actor.AuthorityId, Kind = JobKind.LoadReturn, SubjectId = handedIn.Id, RequestedById = actor.PersonId, RequestedAt = now });
            db.Add(AuditEntry.For(AuditActions.ReturnUploaded, actor, null, handedIn.Id, clock));
            await db.SaveChangesAsync(cancel);
            return (handedIn.Id, null);
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
