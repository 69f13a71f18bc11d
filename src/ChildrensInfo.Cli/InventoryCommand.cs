using System.Text.Json;
using ChildrensInfo.Core.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChildrensInfo.Cli;

/// <summary>Notes what a database is, to be kept with its backup.</summary>
public static class InventoryCommand
{
    public const string Usage = "  inventory --out FILE.json\n      Notes how many rows each table has, every lock and the audit log's last seal, to hold a restored database against. It says nothing of anybody.";

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var file = new Arguments(args, Usage, ["--out"]).Required("--out");
        var inventory = await TakeAsync(terminal.Settings);
        FinishedFile.Write(file, stream => JsonSerializer.Serialize(stream, inventory, Json));
        terminal.Out.WriteLine($"Noted: {inventory.Rows.Count} tables, {inventory.Locks.Count} locks, last seal {inventory.LastSeal ?? "none yet"}.");
        return 0;
    }

    internal static DatabaseInventory? Read(string? file)
    {
        if (file is null) return null;
        try
        {
            using var stream = File.OpenRead(file);
            return JsonSerializer.Deserialize<DatabaseInventory>(stream, Json);
        }
        catch (JsonException)
        {
            throw new BadInputException("That is no file that inventory made.");
        }
    }

    internal static async Task<DatabaseInventory> TakeAsync(IConfiguration settings)
    {
        var (connection, database) = await PortalHost.MigratorConnectionAsync(settings);
        await using (database)
        {
            await using var source = NpgsqlDataSource.Create(connection);
            return await DatabaseInventory.TakeAsync(source, TimeProvider.System, CancellationToken.None);
        }
    }
}
