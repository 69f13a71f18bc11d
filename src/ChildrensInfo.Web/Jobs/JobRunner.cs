using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Web.Jobs;

/// <summary>
/// Does one job of a queue at a time, oldest first, under its <see cref="JobLock"/>. A job whose site was killed, or that lost its database, is found unlocked
/// and begun again, <see cref="Job.MostBeginnings"/> times at most.
/// </summary>
public sealed class JobRunner(IServiceScopeFactory scopes, NpgsqlDataSource database, TimeProvider clock, ILogger<JobRunner> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Two queues: a recording of three hours keeps a transcriber busy for longer than a return may wait.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(WorkAsync(transcripts: false, stoppingToken), WorkAsync(transcripts: true, stoppingToken));

    private async Task WorkAsync(bool transcripts, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RunNextAsync(transcripts, stoppingToken)) continue;
            }
            catch (Exception error) when (error is NpgsqlException or InvalidOperationException or TimeoutException && !stoppingToken.IsCancellationRequested)
            {
                log.LogError(error, "The queue of jobs could not be read");
            }

            try
            {
                await Task.Delay(Pause, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> RunNextAsync(bool transcripts, CancellationToken cancel)
    {
        List<Job> open;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            using (db.ActingAs(Actor.Runner))
            {
                open = await db.Jobs.AsNoTracking().Where(j => (j.State == JobState.Waiting || j.State == JobState.Running) && (j.Kind == JobKind.DraftTranscript) == transcripts)
                    .OrderBy(j => j.RequestedAt).Take(20).ToListAsync(cancel);
            }
        }

        foreach (var job in open)
        {
            await using var ours = await JobLock.TryTakeAsync(database, job.Id, cancel);
            if (ours is not null) return await RunAsync(job.Id, cancel);
        }

        return false;
    }

    private async Task<bool> RunAsync(Guid id, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        Actor actor;
        Job job;
        using (db.ActingAs(Actor.Runner))
        {
            // Read again under the lock: another site may have finished it since the list was made.
            job = await db.Jobs.SingleAsync(j => j.Id == id, cancel);
            if (job.State is not (JobState.Waiting or JobState.Running)) return true;
            if (job.TimesBegun >= Job.MostBeginnings)
            {
                log.LogError("Job {JobId} of kind {JobKind} was broken off {Times} times and is given up", id, job.Kind, job.TimesBegun);
                // First what waits for it: when the site is lost in between, the job is given up once more.
                actor = await ActorOfAsync(db, job, cancel);
                using (db.ActingAs(actor)) await JobWork.GiveUpAsync(scope.ServiceProvider, job, actor);
                job = await db.Jobs.SingleAsync(j => j.Id == id, cancel);
                (job.State, job.FinishedAt) = (JobState.Failed, clock.GetUtcNow().UtcDateTime);
                job.Message = "It was broken off several times. Nothing was changed. Tell whoever runs the portal at your council, then try again.";
                await db.SaveChangesAsync(cancel);
                return true;
            }

            job.State = JobState.Running;
            job.TimesBegun++;
            job.StartedAt = clock.GetUtcNow().UtcDateTime;
            await db.SaveChangesAsync(cancel);
            actor = await ActorOfAsync(db, job, cancel);
        }

        db.ChangeTracker.Clear();
        var progress = new JobProgress(scopes, actor, id);
        var (state, message) = (JobState.Done, (string?)null);
        var begun = clock.GetTimestamp();
        try
        {
            using (db.ActingAs(actor)) await JobWork.RunAsync(scope.ServiceProvider, job, actor, progress, cancel);
        }
        catch (JobCancelledException)
        {
            state = JobState.Cancelled;
        }
        catch (JobRefusedException refused)
        {
            log.LogWarning("Job {JobId} of kind {JobKind} was refused: {Reason}", id, job.Kind, refused.Message);
            (state, message) = (JobState.Failed, refused.Message);
        }
        catch (Exception error) when (LostConnection.IsBehind(error) && !cancel.IsCancellationRequested)
        {
            // It stays as it is, and is begun again after the pause.
            log.LogWarning(error, "Job {JobId} of kind {JobKind} lost the database", id, job.Kind);
            return false;
        }
        catch (Exception error) when (!cancel.IsCancellationRequested)
        {
            log.LogError(error, "Job {JobId} of kind {JobKind} failed", id, job.Kind);
            (state, message) = (JobState.Failed, "Something went wrong on our side. Nothing was changed. You can try again.");
        }

        PortalMeter.Jobs.Record(clock.GetElapsedTime(begun).TotalSeconds, new("kind", job.Kind.ToString()), new("outcome", state.ToString()));
        await progress.FinishAsync(state, message, clock, CancellationToken.None);
        return true;
    }

    private static async Task<Actor> ActorOfAsync(AppDbContext db, Job job, CancellationToken cancel)
    {
        var person = await db.Users.AsNoTracking().SingleAsync(u => u.Id == job.RequestedById, cancel);
        return Actor.For(person.Id, person.AuthorityId, person.Role, person.TeamId, person.DisplayName).AsJob();
    }
}
