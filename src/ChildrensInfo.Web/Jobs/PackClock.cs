using ChildrensInfo.Core.Learning;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Web.Jobs;

/// <summary>Looks each minute whether monthly packs are due; the queue of jobs makes them.</summary>
public sealed class PackClock(IServiceScopeFactory scopes, ILogger<PackClock> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Timed.EveryAsync(Pause, () => AskAsync(stoppingToken), stoppingToken);

    private async Task AskAsync(CancellationToken stopping)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await scope.ServiceProvider.GetRequiredService<PackCalendar>().AskAsync(stopping) is > 0 and var asked) log.LogInformation("{Editions} editions of monthly packs were asked for", asked);
        }
        catch (Exception error) when (error is NpgsqlException or DbUpdateException or InvalidOperationException or TimeoutException && !stopping.IsCancellationRequested)
        {
            log.LogError(error, "Which monthly packs are due could not be read");
        }
    }
}
