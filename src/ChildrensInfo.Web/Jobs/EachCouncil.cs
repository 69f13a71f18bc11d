using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChildrensInfo.Web.Jobs;

/// <summary>Work that is due in every council by the clock. Of sites beside each other one does it.</summary>
internal static class EachCouncil
{
    public static async Task DoAsync(IServiceScopeFactory scopes, Guid work, ILogger log, Func<IServiceProvider, Actor, Task> what, CancellationToken stopping)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await using var ours = await JobLock.TryTakeAsync(scope.ServiceProvider.GetRequiredService<NpgsqlDataSource>(), work, stopping);
            if (ours is null) return;
            foreach (var council in await scope.ServiceProvider.GetRequiredService<AppDbContext>().Authorities.Select(a => a.Id).ToListAsync(stopping))
            {
                await using var ofCouncil = scopes.CreateAsyncScope();
                await what(ofCouncil.ServiceProvider, Actor.ServiceOf(council));
            }
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or TimeoutException or DbUpdateException && !stopping.IsCancellationRequested)
        {
            log.LogError(error, "What is due by the clock could not be done; it is tried again");
        }
    }
}
