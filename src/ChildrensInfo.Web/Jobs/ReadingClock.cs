using ChildrensInfo.Core.Audit;

namespace ChildrensInfo.Web.Jobs;

/// <summary>Looks every five minutes whether somebody opens very many children’s records.</summary>
public sealed class ReadingClock(IServiceScopeFactory scopes, ILogger<ReadingClock> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private static readonly Guid Work = new("0a9d3a55-3c8b-4e0e-8f57-5f6f2e1f7b02");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Timed.EveryAsync(Pause, () => EachCouncil.DoAsync(scopes, Work, log, async (services, service) =>
    {
        if (await services.GetRequiredService<ReadingWatch>().LookAsync(service, stoppingToken) is > 0 and var people) log.LogWarning("{People} people opened very many children’s records within an hour: look at /admin/audit/unusual", people);
    }, stoppingToken), stoppingToken);
}
