using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Voice;

namespace ChildrensInfo.Web.Jobs;

/// <summary>Destroys what is kept for a time when that is up, an hour late at most: files made for requests, what was sent and never sealed, and pictures that no tool uses. Before that, recordings that were never sealed go to whoever works with the child now.</summary>
public sealed class HourlyKeeper(IServiceScopeFactory scopes, ILogger<HourlyKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private static readonly Guid Work = new("0a9d3a55-3c8b-4e0e-8f57-5f6f2e1f7b01");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Timed.EveryAsync(Pause, () => EachCouncil.DoAsync(scopes, Work, log, async (services, service) =>
    {
        await services.GetRequiredService<AccessRequestService>().DestroyDueAsync(service, stoppingToken);
        if (await services.GetRequiredService<UnsealedMedia>().PassOnAsync(service, stoppingToken) is > 0 and var passed) log.LogInformation("{Recordings} recordings that were never sealed were handed to whoever works with the child now", passed);
        if (await services.GetRequiredService<UnsealedMedia>().ForgetAsync(service, stoppingToken) is > 0 and var gone) log.LogInformation("{Files} files that were sent and never sealed were removed", gone);
        if (await services.GetRequiredService<ToolService>().ForgetPicturesAsync(service, stoppingToken) is > 0 and var pictures) log.LogInformation("{Pictures} pictures that no tool uses were removed", pictures);
    }, stoppingToken), stoppingToken);
}
