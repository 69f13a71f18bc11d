using System.Globalization;
using System.IO.Pipelines;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChildrensInfo.Core.Rights;

/// <summary>
/// Builds the file for a request that was released. What is read flows through the zip into sealed pieces: nothing of it is ever whole in memory or on a disk in the clear.
/// </summary>
public sealed class AccessPackBuilder(IServiceScopeFactory scopes, AppDbContext db, FileStore files, AccessRequestService requests, HeldRecords held, TimeProvider clock)
{
    /// <summary>More than all recordings of a long life in care.</summary>
    private const long MaxBytes = 16L * 1024 * 1024 * 1024;

    /// <param name="actor">Whoever released it, with a job's reach.</param>
    /// <exception cref="JobRefusedException">Something came to be held since it was released that nobody has chosen about.</exception>
    public async Task RunAsync(Guid requestId, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        var request = await db.AccessRequests.Include(r => r.Child).SingleAsync(r => r.Id == requestId, cancel);
        // The site was stopped after the file was kept and before the job was done.
        if (request.State != AccessState.Building) return;
        var items = await requests.ItemsAsync(request, cancel);
        if (items.Any(i => i.Waits))
        {
            (request.State, request.ReleasedById, request.ReleasedAt, request.SentById, request.SentAt) = (AccessState.Open, null, null, null, null);
            db.Add(AuditEntry.For(AuditActions.AccessReturned, actor, request.ChildId, requestId, clock, "something new is marked"));
            await db.SaveChangesAsync(cancel);
            throw new JobRefusedException("Something new is held since it was released, and it is marked. It was sent back to be looked at again.");
        }

        var given = new AccessGiven(
            await db.Authorities.Where(a => a.Id == request.AuthorityId).Select(a => a.Name).SingleAsync(cancel), request.Child!.DisplayName, request.ReceivedOn, requests.Today,
            items.Count(i => !i.IsGiven && !i.Held.MustNotBeTold), [.. items.Where(i => i.IsGiven).Select(i => i.Held)],
            // Who looked would tell a relation who works on what.
            request.Requester == Requester.Relation ? null : await held.LooksAsync(request.ChildId, cancel));
        await progress.ReportAsync(0, given.Items.Count, null, cancel);

        // A build that was stopped left pieces under an id that nothing names; each begins its own.
        var file = await files.BeginAsync(Guid.CreateVersion7(), FileKind.AccessPack, request.ChildId, AccessPack.ContentType, 0, actor, cancel);
        await db.SaveChangesAsync(cancel);
        var pipe = new Pipe();
        // What is read and what is written have a context each.
        var zipping = ZipAsync(pipe.Writer, given, actor, cancel);
        try
        {
            await using var content = pipe.Reader.AsStream();
            await files.WriteAsync(file, content, MaxBytes, cancel);
        }
        finally
        {
            await zipping;
        }

        (request.State, request.FileId, request.DestroyOn) = (AccessState.Ready, file.Id, requests.Today.AddDays(AccessRequest.DaysKept));
        db.Add(AuditEntry.For(AuditActions.AccessBuilt, actor, request.ChildId, requestId, clock, string.Create(CultureInfo.InvariantCulture, $"{given.Items.Count} in, {items.Count - given.Items.Count} left out")));
        await db.SaveChangesAsync(cancel);
    }

    private async Task ZipAsync(PipeWriter to, AccessGiven given, Actor actor, CancellationToken cancel)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var reading = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            using var acting = reading.ActingAs(actor);
            await using (var stream = to.AsStream(leaveOpen: true)) await AccessPack.WriteAsync(stream, given, f => scope.ServiceProvider.GetRequiredService<FileStore>().OpenAsync(f, cancel), cancel);
            await to.CompleteAsync();
        }
        catch (Exception error)
        {
            await to.CompleteAsync(error);
            throw;
        }
    }
}
