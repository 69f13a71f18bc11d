using ChildrensInfo.Cli;

using var terminal = Terminal.OfThisProcess();
return await Commands.RunAsync(args, terminal);
