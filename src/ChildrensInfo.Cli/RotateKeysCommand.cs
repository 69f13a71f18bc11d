using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Authorities;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Keys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Cli;

/// <summary>Gives councils new keys while the site runs.</summary>
public static class RotateKeysCommand
{
    public const string Usage = "  rotate-keys [--authority 823] [--wait SECONDS]\n      Wraps every child's key with a new key of the council, and destroys the one before, while the site runs. Safe to stop and run again. --wait is how long a request may hold the key before (60).";

    /// <summary>One at a time, whoever runs it.</summary>
    private static readonly Guid Lock = new("7d1c3a52-0a4e-4f0b-9c5e-2b6a4d1f8e37");

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--authority", "--wait"]);
        var wait = TimeSpan.FromSeconds(arguments.Whole("--wait") ?? 60);
        var code = arguments.Optional("--authority");
        await using var host = await PortalHost.StartAsync(terminal.Settings);
        await using var scope = host.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var rotation = scope.ServiceProvider.GetRequiredService<KeyRotation>();
        await using var ours = await JobLock.TryTakeAsync(scope.ServiceProvider.GetRequiredService<NpgsqlDataSource>(), Lock, CancellationToken.None)
            ?? throw new BadInputException("Keys are being rotated already.");
        var councils = await db.Authorities.AsNoTracking().Where(a => code == null || a.Code == code).OrderBy(a => a.Code).ToListAsync();
        if (councils.Count == 0) throw new BadInputException(code is null ? "There is no council." : $"There is no council with the code {code}.");
        try
        {
            var begun = new List<(LocalAuthority Council, AuthorityKey Key)>();
            foreach (var council in councils)
            {
                var actor = CommandLine.ActorIn(council.Id);
                using (db.ActingAs(actor))
                {
                    var (key, goesOn) = await rotation.BeginAsync(actor, CancellationToken.None);
                    terminal.Out.WriteLine(goesOn ? $"{council.Name}: goes on with a rotation that was stopped." : $"{council.Name}: has a new key.");
                    var wrapped = await rotation.RewrapAsync(key, actor, CancellationToken.None);
                    terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{council.Name}: {wrapped:N0} wrapped with it."));
                    begun.Add((council, key));
                }
            }

            var mark = await rotation.MarkAsync(CancellationToken.None);
            var left = begun.ToList();
            for (var pause = wait; left.Count > 0; pause = TimeSpan.FromSeconds(Math.Min(5, wait.TotalSeconds)))
            {
                terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Waiting {pause.TotalSeconds:N0} seconds for whoever has the key before in hand."));
                await Task.Delay(pause);
                foreach (var (council, key) in left.ToList())
                {
                    var actor = CommandLine.ActorIn(council.Id);
                    using (db.ActingAs(actor))
                    {
                        // Something made meanwhile with the key before: whoever made it may still be reading it so.
                        if (await rotation.RewrapAsync(key, actor, CancellationToken.None) > 0 || !await rotation.TryDestroyAsync(key, mark, actor, CancellationToken.None)) continue;
                    }

                    left.Remove((council, key));
                    terminal.Out.WriteLine($"{council.Name}: the key before is destroyed.");
                }
            }

            terminal.Out.WriteLine("Every key is rotated. Keep the key that wrapped them before for as long as a backup made with it is kept.");
            return 0;
        }
        catch (KeyRotationException stopped)
        {
            await terminal.Error.WriteLineAsync(stopped.Message);
            return 1;
        }
    }
}
