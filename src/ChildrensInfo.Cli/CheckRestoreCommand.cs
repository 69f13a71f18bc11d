using System.Text.Json;
using ChildrensInfo.Core.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Cli;

/// <summary>The last step of a restore, and of the drill that rehearses one.</summary>
public static class CheckRestoreCommand
{
    public const string Usage = """
          check-restore [--against FILE.json] [--sample 20]
              Looks whether a restored database is one a site could start on: tables, locks, keys, words, files and the audit log (exit 3 when it is not).
              --against takes what inventory noted when the backup was made. --sample: how many records and files of each council are opened.
        """;

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--against", "--sample"]);
        var sample = arguments.Whole("--sample") ?? 20;
        return await LookAsync(terminal, terminal.Settings, InventoryCommand.Read(arguments.Optional("--against")), sample);
    }

    internal static async Task<int> LookAsync(Terminal terminal, IConfiguration settings, DatabaseInventory? expected, int sample)
    {
        var found = await InventoryCommand.TakeAsync(settings);
        await using var host = await PortalHost.StartAsync(settings);
        await using var scope = host.Scope();
        var verdict = await scope.ServiceProvider.GetRequiredService<RestoreCheck>().RunAsync(found, expected, sample, CancellationToken.None);
        foreach (var line in verdict.Looked) terminal.Out.WriteLine($"Holds: {line}.");
        foreach (var line in verdict.Faults) terminal.Error.WriteLine($"FAULT: {line}.");
        terminal.Out.WriteLine(verdict.Faults.Count == 0 ? "The restored database holds." : "Do not start a site on this database.");
        return verdict.Faults.Count == 0 ? 0 : 3;
    }
}
