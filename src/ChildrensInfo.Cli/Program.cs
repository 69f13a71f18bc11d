using ChildrensInfo.Cli;

// Exit codes: 0 done; 1 something went wrong; 2 the command or its input is wrong; 3 there is no safe answer to give.
try
{
    return args.FirstOrDefault() switch
    {
        "protect" => ProtectCommand.Run(args[1..]),
        "validate" => ValidateCommand.Run(args[1..]),
        null or "help" or "--help" or "-h" => Usage(Console.Out, 0),
        _ => Usage(Console.Error, 2),
    };
}
catch (BadInputException bad)
{
    Console.Error.WriteLine(bad.Message);
    return 2;
}
catch (IOException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
catch (UnauthorizedAccessException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}

static int Usage(TextWriter to, int exitCode)
{
    to.WriteLine("Usage: ChildrensInfo.Cli COMMAND");
    to.WriteLine();
    foreach (var usage in new[] { ProtectCommand.Usage, ValidateCommand.Usage })
        to.WriteLine(usage);
    return exitCode;
}
