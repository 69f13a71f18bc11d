using ChildrensInfo.Cli;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Keys;
using Npgsql;

// Exit codes: 0 done; 1 something went wrong; 2 the command or its input is wrong; 3 there is no safe answer to give, or the audit log or a restored database does not hold.
try
{
    return args.FirstOrDefault() switch
    {
        "migrate" => await MigrateCommand.RunAsync(args[1..]),
        "seed" => await SeedCommand.RunAsync(args[1..]),
        "import" => await ImportCommand.RunAsync(args[1..]),
        "load-postcodes" => await LoadPostcodesCommand.RunAsync(args[1..]),
        "create-authority" => await CreateAuthorityCommand.RunAsync(args[1..]),
        "create-user" => await CreateUserCommand.RunAsync(args[1..]),
        "create-key" => CreateKeyCommand.Run(args[1..]),
        "rotate-keys" => await RotateKeysCommand.RunAsync(args[1..]),
        "inventory" => await InventoryCommand.RunAsync(args[1..]),
        "check-restore" => await CheckRestoreCommand.RunAsync(args[1..]),
        "verify-audit" => await VerifyAuditCommand.RunAsync(args[1..]),
        "anonymise" => AnonymiseCommand.Run(args[1..]),
        "protect" => ProtectCommand.Run(args[1..]),
        "check" => CheckCommand.Run(args[1..]),
        "redact" => RedactCommand.Run(args[1..]),
        "validate" => ValidateCommand.Run(args[1..]),
        null or "help" or "--help" or "-h" => Usage(Console.Out, 0),
        _ => Usage(Console.Error, 2),
    };
}
catch (DisclosureRefusedException refused)
{
    Console.Error.WriteLine(refused.Message);
    return 3;
}
catch (Exception bad) when (bad is BadInputException or KeySourceException or InvalidDataException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(bad.Message);
    return 2;
}
catch (PostgresException refused)
{
    // Of the other classes of faults (PostgreSQL manual, appendix A) the text may hold what stands in a row.
    var mayBeSaid = refused.SqlState[..2] is "08" or "28" or "3D" or "42" or "53" or "57" or "P0";
    Console.Error.WriteLine($"The database refused it: {refused.SqlState}{(mayBeSaid ? $" {refused.MessageText}" : "")}{(refused.SqlState == PostgresErrorCodes.UndefinedTable ? ". Was it migrated? Run: ChildrensInfo.Cli migrate" : "")}");
    return 1;
}
catch (NpgsqlException lost)
{
    Console.Error.WriteLine($"The database does not answer: {lost.InnerException?.Message ?? lost.Message}");
    return 1;
}

static int Usage(TextWriter to, int exitCode)
{
    to.WriteLine("Usage: ChildrensInfo.Cli COMMAND");
    to.WriteLine();
    foreach (var usage in new[] { MigrateCommand.Usage, SeedCommand.Usage, ImportCommand.Usage, LoadPostcodesCommand.Usage, CreateAuthorityCommand.Usage, CreateUserCommand.Usage, CreateKeyCommand.Usage, RotateKeysCommand.Usage, InventoryCommand.Usage, CheckRestoreCommand.Usage, VerifyAuditCommand.Usage, AnonymiseCommand.Usage, ProtectCommand.Usage, CheckCommand.Usage, RedactCommand.Usage, ValidateCommand.Usage })
        to.WriteLine(usage);
    return exitCode;
}
