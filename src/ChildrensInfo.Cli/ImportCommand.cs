using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Returns;
using ChildrensInfo.Core.Returns.CinCensus.Rules;
using ChildrensInfo.Core.Returns.Ssda903.Rules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChildrensInfo.Cli;

/// <summary>Loads a return as the site would, in somebody's name: the same reader, checks, transaction and audit line.</summary>
public static class ImportCommand
{
    public const string Usage = "  import --as EMAIL [--year 2025-26] FILE|FOLDER…\n      Loads returns in the name of a data lead, by the same engine as the site: the children in need census (XML), the return on children looked\n      after (XML, zip or folder of CSV tables) and the Standard Safeguarding Dataset (zip or folder). Exit code 2 when one was refused.";

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--as", "--year"]);
        if (arguments.Others.Count == 0) throw arguments.Bad("Name a file to load.");
        await using var host = await PortalHost.StartAsync(terminal.Settings);
        var email = arguments.Required("--as").ToUpperInvariant();
        Actor actor;
        await using (var scope = host.Scope())
        {
            var person = await scope.ServiceProvider.GetRequiredService<AppDbContext>().Users.SingleOrDefaultAsync(u => u.NormalizedEmail == email && u.LeftAt == null);
            if (person is not { Role: Role.DataLead }) throw new BadInputException("No data lead has that email address.");
            actor = Actor.For(person.Id, person.AuthorityId, person.Role, person.TeamId, person.DisplayName).AsJob();
        }

        int? year = arguments.Optional("--year") is not { } text ? null
            : CinYear.TryParse(text, out var parsed, Ssda903Year.Supported) ? parsed
            : throw arguments.Bad($"There are rules for the years {string.Join(", ", Ssda903Year.Supported.Select(y => $"{y - 1}-{y % 100}"))}.");
        var refused = 0;
        foreach (var path in arguments.Others)
        {
            var (content, packing) = Open(path);
            await using (content)
                if (await LoadAsync(host, terminal, path, content, year, actor) == ReturnState.Refused) refused++;
            await packing;
        }

        return refused == 0 ? 0 : 2;
    }

    private static (Stream Content, Task Packing) Open(string path) => !Directory.Exists(path) ? (File.OpenRead(path), Task.CompletedTask) : ReturnPackage.Pack(async add =>
    {
        foreach (var table in Directory.EnumerateFiles(path).Where(ReturnPackage.IsTable).Order(StringComparer.Ordinal))
        {
            await using var stream = File.OpenRead(table);
            await add(Path.GetFileName(table), stream);
        }
    });

    private static async Task<ReturnState> LoadAsync(PortalHost host, Terminal terminal, string file, Stream content, int? year, Actor actor)
    {
        await using var scope = host.Scope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<AppDbContext>();
        using var acting = db.ActingAs(actor);
        var (id, refusal) = await services.GetRequiredService<ReturnService>().ReceiveAsync(Guid.CreateVersion7(), content, year, actor, CancellationToken.None);
        if (id is null)
        {
            await terminal.Error.WriteLineAsync($"{file}: {refusal?.Message}");
            return ReturnState.Refused;
        }

        await services.GetRequiredService<ReturnImporter>().RunNowAsync(id.Value, actor, CancellationToken.None);
        var done = await db.Returns.AsNoTracking().SingleAsync(r => r.Id == id);
        if (done.State == ReturnState.Refused) await terminal.Error.WriteLineAsync($"{file}: {done.RefusedBecause}");
        else terminal.Out.WriteLine($"{file}: {done.ChildrenRead} children read, {done.ChildrenAdded} added, {done.ChildrenChanged} changed; {done.EpisodesAdded} episodes added, {done.EpisodesChanged} changed; {done.RejectionCount} things left out; {done.ErrorCount} errors and {done.QueryCount} queries by the rules");
        return done.State;
    }
}
