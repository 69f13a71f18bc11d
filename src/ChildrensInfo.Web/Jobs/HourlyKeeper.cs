using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Rights;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Web.Jobs;

/// <summary>Destroys files made for requests when their time is up, an hour late at most. Two sites that do it at once do it once.</summary>
public sealed class AccessPackKeeper(IServiceScopeFactory scopes, TimeProvider clock, ILogger<AccessPackKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            do
            {
                try
                {
                    await using var scope = scopes.CreateAsyncScope();
                    var councils = await scope.ServiceProvider.GetRequiredService<AppDbContext>().Authorities.Select(a => a.Id).ToListAsync(stoppingToken);
                    foreach (var council in councils)
                    {
                        await using var ofCouncil = scopes.CreateAsyncScope();
                        await ofCouncil.ServiceProvider.GetRequiredService<AccessRequestService>().DestroyDueAsync(Actor.ServiceOf(council), stoppingToken);
                    }
                }
                catch (Exception error) when (error is NpgsqlException or InvalidOperationException or TimeoutException or DbUpdateException && !stoppingToken.IsCancellationRequested)
                {
                    log.LogError(error, "Files made for requests could not be looked through");
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The site stops; what is due is destroyed when it starts again.
        }
    }
}
