using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChildrensInfo.Core.Returns.Ssda903;

namespace ChildrensInfo.Cli;

/// <summary>Loads where postcodes are, so that it is known how far from home children are placed. Safe to run again with a newer directory.</summary>
public static class LoadPostcodesCommand
{
    public const string Usage = "  load-postcodes --edition \"ONSPD August 2026\" FILE.csv\n      Loads the postcode directory of the Office for National Statistics (columns pcds, oseast1m, osnrth1m) into the database named by\n      ConnectionStrings__Migrator, in the place of the one before. Open Government Licence v3.0; contains Ordnance Survey and Royal Mail data.";

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var arguments = new Arguments(args, Usage, ["--edition"]);
        var edition = arguments.Required("--edition").Trim();
        if (edition.Length is 0 or > PostcodeDirectory.EditionMaxLength) throw arguments.Bad($"--edition takes what the directory calls itself, in {PostcodeDirectory.EditionMaxLength} characters or fewer.");
        if (arguments.Others is not [var file]) throw arguments.Bad("Name one file.");
        var (connection, database) = await PortalHost.MigratorConnectionAsync(terminal.Settings);
        var clock = Stopwatch.StartNew();
        PostcodesLoaded loaded;
        try
        {
            using var csv = new StreamReader(file, Encoding.UTF8);
            loaded = await PostcodeLoader.LoadAsync(connection, csv, edition, TimeProvider.System.GetUtcNow().UtcDateTime, rows => terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:#,0} rows")), CancellationToken.None);
        }
        finally
        {
            if (database is not null) await database.DisposeAsync();
        }

        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{edition}: {loaded.Placed:#,0} postcodes loaded in {clock.Elapsed.TotalSeconds:0} s, {loaded.Unplaced:#,0} without a place on the grid of Great Britain left out. Load returns on children looked after again, and distances are worked out."));
        return 0;
    }
}
