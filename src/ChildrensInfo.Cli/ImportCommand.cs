using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Returns;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChildrensInfo.Cli;

/// <summary>Loads a return as the site would, in somebody's name: the same reader, checks, transaction and audit line.</summary>
public static class ImportCommand
{
    public const string Usage = "  import --as EMAIL FILE…\n      Loads children in need returns in the name of a data lead. Exit code 2 when one was refused.";

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, Usage, ["--as"]);
        if (arguments.Others.Count == 0) throw arguments.Bad("Name a file to load.");
        await using var host = await PortalHost.StartAsync();
        var email = arguments.Required("--as").ToUpperInvariant();
        Actor actor;
        await using (var scope = host.Scope())
        {
            var person = await scope.ServiceProvider.GetRequiredService<AppDbContext>().Users.SingleOrDefaultAsync(u => u.NormalizedEmail == email && u.LeftAt == null);
            if (person is not { Role: Role.DataLead }) throw new BadInputException("No data lead has that email address.");
            actor = Actor.For(person.Id, person.AuthorityId, person.Role, person.TeamId, person.DisplayName).AsJob();
        }

        var refused = 0;
        foreach (var file in arguments.Others)
        {
            await using var content = File.OpenRead(file);
            if (await LoadAsync(host, file, content, actor) == ReturnState.Refused) refused++;
        }

        return refused == 0 ? 0 : 2;
    }

    private static async Task<ReturnState> LoadAsync(PortalHost host, string file, Stream content, Actor actor)
    {
        await using var scope = host.Scope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<AppDbContext>();
        using var acting = db.ActingAs(actor);
        var (id, refusal) = await services.GetRequiredService<ReturnService>().ReceiveAsync(content, actor, CancellationToken.None);
        if (id is null)
        {
            await Console.Error.WriteLineAsync($"{file}: {refusal?.Message}");
            return ReturnState.Refused;
        }

        var job = await db.Jobs.AsNoTracking().SingleAsync(j => j.SubjectId == id);
        var progress = new JobProgress(services.GetRequiredService<IServiceScopeFactory>(), actor, job.Id);
        db.ChangeTracker.Clear();
        await services.GetRequiredService<ReturnImporter>().RunAsync(id.Value, actor, progress, CancellationToken.None);
        await progress.FinishAsync(JobState.Done, null, TimeProvider.System, CancellationToken.None);
        db.ChangeTracker.Clear();
        var done = await db.Returns.AsNoTracking().SingleAsync(r => r.Id == id);
        if (done.State == ReturnState.Refused) await Console.Error.WriteLineAsync($"{file}: {done.RefusedBecause}");
        else Console.WriteLine($"{file}: {done.ChildrenRead} children read, {done.ChildrenAdded} added, {done.ChildrenChanged} changed; {done.EpisodesAdded} episodes added, {done.EpisodesChanged} changed; {done.RejectionCount} things left out");
        return done.State;
    }
}
