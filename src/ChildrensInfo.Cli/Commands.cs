using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Keys;
using Npgsql;

namespace ChildrensInfo.Cli;

/// <summary>Every command, by its name.</summary>
public static class Commands
{
    /// <returns>0 done; 1 something went wrong; 2 the command or its input is wrong; 3 there is no safe answer to give, or the audit log or a restored database does not hold.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        try
        {
            return args.FirstOrDefault() switch
            {
                "migrate" => await MigrateCommand.RunAsync(args[1..], terminal),
                "seed" => await SeedCommand.RunAsync(args[1..], terminal),
                "import" => await ImportCommand.RunAsync(args[1..], terminal),
                "load-postcodes" => await LoadPostcodesCommand.RunAsync(args[1..], terminal),
                "create-authority" => await CreateAuthorityCommand.RunAsync(args[1..], terminal),
                "create-user" => await CreateUserCommand.RunAsync(args[1..], terminal),
                "create-key" => CreateKeyCommand.Run(args[1..], terminal),
                "rotate-keys" => await RotateKeysCommand.RunAsync(args[1..], terminal),
                "inventory" => await InventoryCommand.RunAsync(args[1..], terminal),
                "check-restore" => await CheckRestoreCommand.RunAsync(args[1..], terminal),
                "restore" => await RestoreCommand.RunAsync(args[1..], terminal),
                "verify-audit" => await VerifyAuditCommand.RunAsync(args[1..], terminal),
                "anonymise" => AnonymiseCommand.Run(args[1..], terminal),
                "protect" => ProtectCommand.Run(args[1..], terminal),
                "check" => CheckCommand.Run(args[1..], terminal),
                "redact" => RedactCommand.Run(args[1..], terminal),
                "validate" => ValidateCommand.Run(args[1..], terminal),
                null or "help" or "--help" or "-h" => Usage(terminal.Out, 0),
                _ => Usage(terminal.Error, 2),
            };
        }
        catch (DisclosureRefusedException refused)
        {
            terminal.Error.WriteLine(refused.Message);
            return 3;
        }
        catch (Exception bad) when (bad is BadInputException or KeySourceException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine(bad.Message);
            return 2;
        }
        catch (PostgresException refused)
        {
            // Of the other classes of faults (PostgreSQL manual, appendix A) the text may hold what stands in a row.
            var mayBeSaid = refused.SqlState[..2] is "08" or "28" or "3D" or "42" or "53" or "57" or "P0";
            terminal.Error.WriteLine($"The database refused it: {refused.SqlState}{(mayBeSaid ? $" {refused.MessageText}" : "")}{(refused.SqlState == PostgresErrorCodes.UndefinedTable ? ". Was it migrated? Run: ChildrensInfo.Cli migrate" : "")}");
            return 1;
        }
        catch (NpgsqlException lost)
        {
            terminal.Error.WriteLine($"The database does not answer: {lost.InnerException?.Message ?? lost.Message}");
            return 1;
        }
    }

    private static int Usage(TextWriter to, int exitCode)
    {
        to.WriteLine("Usage: ChildrensInfo.Cli COMMAND");
        to.WriteLine();
        foreach (var usage in new[] { MigrateCommand.Usage, SeedCommand.Usage, ImportCommand.Usage, LoadPostcodesCommand.Usage, CreateAuthorityCommand.Usage, CreateUserCommand.Usage, CreateKeyCommand.Usage, RotateKeysCommand.Usage, InventoryCommand.Usage, CheckRestoreCommand.Usage, RestoreCommand.Usage, VerifyAuditCommand.Usage, AnonymiseCommand.Usage, ProtectCommand.Usage, CheckCommand.Usage, RedactCommand.Usage, ValidateCommand.Usage })
            to.WriteLine(usage);
        return exitCode;
    }
}
