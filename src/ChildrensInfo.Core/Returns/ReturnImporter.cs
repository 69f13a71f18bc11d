using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Files;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Returns.CinCensus;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChildrensInfo.Core.Returns;

/// <summary>
/// Reads a return that was handed in and puts it in place, whole or not at all: one transaction holds what is loaded, the
/// counts and the audit line. The same return read again changes nothing. An older return read after a newer one only adds what was
/// not known.
/// </summary>
public sealed class ReturnImporter(AppDbContext db, KeyRing keys, IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <summary>How many children are held in memory at a time.</summary>
    private const int ChildrenAtOnce = 1_000;

    /// <summary>Reading is the larger part of the work; what follows it is shown as the rest.</summary>
    private const int PercentForReading = 70;

    public async Task RunAsync(Guid returnId, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        var handedIn = await db.Returns.SingleAsync(r => r.Id == returnId, cancel);
        // Finished before, and the site stopped before the job could say so.
        if (handedIn.State is ReturnState.Loaded or ReturnState.Refused or ReturnState.Stopped) return;
        handedIn.State = ReturnState.Reading;
        await db.SaveChangesAsync(cancel);
        try
        {
            await progress.ReportAsync(0, 100, "Opening the file", cancel);
            await LoadAsync(handedIn, actor, progress, cancel);
        }
        catch (ReturnRefusedException refused)
        {
            await EndAsync(returnId, actor, ReturnState.Refused, refused.Message, AuditActions.ReturnRefused, cancel);
        }
        catch (JobCancelledException)
        {
            await EndAsync(returnId, actor, ReturnState.Stopped, null, AuditActions.ReturnStopped, cancel);
            throw;
        }
    }

    private async Task LoadAsync(Return handedIn, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        // The file is read through a context of its own: this one's connection is busy taking in what was read.
        await using var scope = scopes.CreateAsyncScope();
        var reading = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        using var acting = reading.ActingAs(actor);
        var file = await reading.Files.AsNoTracking().SingleAsync(f => f.Id == handedIn.FileId, cancel);
        await using var content = await scope.ServiceProvider.GetRequiredService<FileStore>().OpenAsync(file, cancel);

        using var reader = new CinCensusReader(content);
        await RefuseOthersAsync(reader.Header, actor, cancel);
        var check = new CinCensusCheck(reader.Header, clock);
        handedIn.Year = reader.Header.YearEnd?.Year;
        handedIn.ReferenceOn = reader.Header.ReferenceDate.Value ?? reader.Header.YearEnd;

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var staging = new ReturnStaging(db, handedIn, clock.GetUtcNow().UtcDateTime);
        await staging.CreateAsync(cancel);
        var rejections = new List<Rejection>();
        var rejected = 0;
        var batch = new List<(CinChild Child, bool Whole)>(ChildrenAtOnce);
        while (true)
        {
            // The reader waits for its bytes; this is a job's thread, not a request's.
            var child = reader.TryRead();
            if (child is not null)
            {
                var before = rejections.Count;
                var accepted = check.Check(child, rejections);
                var whole = !rejections.Skip(before).Any(r => r.LeftOut is LeftOut.Event or LeftOut.Episode);
                if (accepted is not null) batch.Add((accepted, whole));
            }

            if (batch.Count == ChildrenAtOnce || rejections.Count >= ChildrenAtOnce || child is null)
            {
                await staging.AddAsync(batch, cancel);
                await staging.AddAsync(rejections, rejected, cancel);
                rejected += rejections.Count;
                batch.Clear();
                rejections.Clear();
                var percent = (int)(PercentForReading * reader.BytesRead / Math.Max(1, file.Length));
                await progress.ReportAsync(percent, 100, string.Create(CultureInfo.GetCultureInfo("en-GB"), $"{reader.ChildrenRead:N0} children read"), cancel);
            }

            if (child is null) break;
        }

        handedIn.ChildrenRead = reader.ChildrenRead;
        handedIn.RejectionCount = rejected;
        handedIn.Warnings = Warnings(reader);
        await staging.MergeAsync(keys, (share, message) => progress.ReportAsync(PercentForReading + (int)((100 - PercentForReading) * share), 100, message, cancel), cancel);
        handedIn.State = ReturnState.Loaded;
        handedIn.FinishedAt = clock.GetUtcNow().UtcDateTime;
        db.Add(AuditEntry.For(
            AuditActions.ReturnLoaded, actor, null, handedIn.Id, clock,
            string.Create(CultureInfo.InvariantCulture, $"read {handedIn.ChildrenRead} added {handedIn.ChildrenAdded} changed {handedIn.ChildrenChanged} rejected {rejected}")));
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>A return of another council would put its children among ours.</summary>
    private async Task RefuseOthersAsync(CinHeader header, Actor actor, CancellationToken cancel)
    {
        var own = await db.Authorities.Where(a => a.Id == actor.AuthorityId).Select(a => new { a.Code, a.Name }).SingleAsync(cancel);
        if (header.LEA.Value is not { } code)
            throw new ReturnRefusedException($"The return does not say which council it is from (LEA in its header is empty). For {own.Name} it must be {own.Code}.");
        if (code != own.Code)
            throw new ReturnRefusedException($"The return is from another council: LEA in its header is not {own.Code}, the code of {own.Name}.");
    }

    private static List<string> Warnings(CinCensusReader reader)
    {
        var warnings = new List<string>();
        foreach (var (name, count) in reader.UnknownElements)
            warnings.Add($"The census has no element {name} at that place. It was passed over{Times(count)}.");
        foreach (var (name, count) in reader.PaddedFields)
            warnings.Add($"{name} had spaces or line breaks around its value{Times(count)}. They were taken off.");
        if (reader.StrayText > 0) warnings.Add($"There was text between elements{Times(reader.StrayText)}. It was passed over.");
        return warnings;

        static string Times(int count) => count == 1 ? "" : string.Create(CultureInfo.GetCultureInfo("en-GB"), $", {count:N0} times");
    }

    private async Task EndAsync(Guid returnId, Actor actor, ReturnState state, string? because, string action, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        var handedIn = await db.Returns.SingleAsync(r => r.Id == returnId, cancel);
        handedIn.State = state;
        handedIn.RefusedBecause = because;
        handedIn.FinishedAt = clock.GetUtcNow().UtcDateTime;
        db.Add(AuditEntry.For(action, actor, null, returnId, clock));
        await db.SaveChangesAsync(cancel);
    }
}
