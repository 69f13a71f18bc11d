using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;

namespace ChildrensInfo.Web.Jobs;

/// <summary>Every five minutes: ends for good the sign-ins whose time is over, and looks whether somebody opens very many children’s records.</summary>
public sealed class FiveMinuteKeeper(IServiceScopeFactory scopes, ILogger<FiveMinuteKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private static readonly Guid Work = new("0a9d3a55-3c8b-4e0e-8f57-5f6f2e1f7b02");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Timed.EveryAsync(Pause, () => EachCouncil.DoAsync(scopes, Work, log, async (services, service) =>
    {
        await services.GetRequiredService<SignInService>().EndOverAsync(service, stoppingToken);
        if (await services.GetRequiredService<ReadingWatch>().LookAsync(service, stoppingToken) is > 0 and var people) log.LogWarning("{People} people opened very many children’s records within an hour: look at /admin/audit/unusual", people);
    }, stoppingToken), stoppingToken);
}
