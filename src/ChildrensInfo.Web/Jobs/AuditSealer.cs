using ChildrensInfo.Core.Audit;
using Npgsql;

namespace ChildrensInfo.Web.Jobs;

/// <summary>
/// Seals the audit log every few seconds. Each seal's number and hash go to the site's own log too: kept apart from the database, they show a chain that was
/// cut short or written anew (docs/audit.md).
/// </summary>
public sealed class AuditSealer(IServiceScopeFactory scopes, TimeProvider clock, ILogger<AuditSealer> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Timed.EveryAsync(Pause, () => SealAsync(stoppingToken), stoppingToken);

    private async Task SealAsync(CancellationToken stopping)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await scope.ServiceProvider.GetRequiredService<AuditChain>().SealAsync(stopping) is { } seal)
            {
                log.LogInformation("Audit seal {SealNumber} over {Lines} lines: {SealHash}", seal.Number, seal.Lines, Convert.ToHexStringLower(seal.Hash));
            }

            PortalMeter.SealsLookedAt.Record(clock.GetUtcNow().ToUnixTimeSeconds());
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or TimeoutException && !stopping.IsCancellationRequested)
        {
            log.LogError(error, "The audit log could not be sealed");
        }
    }
}
