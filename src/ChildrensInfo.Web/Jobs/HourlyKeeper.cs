using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;

namespace ChildrensInfo.Web.Jobs;

/// <summary>Destroys what is kept for a time when that is up, an hour late at most: files made for requests, and what was sent and never sealed.</summary>
public sealed class HourlyKeeper(IServiceScopeFactory scopes, ILogger<HourlyKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private static readonly Guid Work = new("0a9d3a55-3c8b-4e0e-8f57-5f6f2e1f7b01");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Timed.EveryAsync(Pause, () => EachCouncil.DoAsync(scopes, Work, log, async (services, service) =>
    {
        await services.GetRequiredService<AccessRequestService>().DestroyDueAsync(service, stoppingToken);
        if (await services.GetRequiredService<UnsealedMedia>().ForgetAsync(service, stoppingToken) is > 0 and var gone) log.LogInformation("{Files} files that were sent and never sealed were removed", gone);
    }, stoppingToken), stoppingToken);
}
