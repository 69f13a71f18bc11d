using System.Diagnostics;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChildrensInfo.Core.Jobs;

/// <summary>The person asked for the job to stop.</summary>
public sealed class JobCancelledException : Exception
{
    public JobCancelledException() : base("Cancelled.")
    {
    }
}

/// <summary>The work cannot be done, for a reason that the person who asked is told as it stands here.</summary>
public sealed class JobRefusedException(string reason) : Exception(reason);

/// <summary>Writes how far a job is, on a connection of its own, so that it shows while the job's transaction is still open.</summary>
public sealed class JobProgress(IServiceScopeFactory scopes, Actor actor, Guid jobId)
{
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromMilliseconds(500);
    private long last;

    /// <exception cref="JobCancelledException">Somebody asked to stop.</exception>
    public async Task ReportAsync(int done, int? total, string? message, CancellationToken cancel)
    {
        if (last != 0 && Stopwatch.GetElapsedTime(last) < AtMostEvery) return;
        last = Stopwatch.GetTimestamp();
        var stop = await ChangeAsync(
            job =>
            {
                job.Done = done;
                job.Total = total;
                job.Message = message;
            },
            cancel);
        if (stop) throw new JobCancelledException();
    }

    public Task FinishAsync(JobState state, string? message, TimeProvider clock, CancellationToken cancel) => ChangeAsync(
        job =>
        {
            job.State = state;
            job.Message = message ?? job.Message;
            job.FinishedAt = clock.GetUtcNow().UtcDateTime;
        },
        cancel);

    private async Task<bool> ChangeAsync(Action<Job> change, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        using (db.ActingAs(actor))
        {
            var job = await db.Jobs.SingleAsync(j => j.Id == jobId, cancel);
            change(job);
            await db.SaveChangesAsync(cancel);
            return job.CancelAsked;
        }
    }
}
