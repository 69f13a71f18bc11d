using ChildrensInfo.Benchmarks;

// dotnet run -c Release --project tests/ChildrensInfo.Benchmarks -- SECTION [arguments of the section]
switch (args.FirstOrDefault())
{
    case "cin-read":
        CinReadBenchmark.Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("Sections: cin-read [CHILDREN…]");
        return 2;
}
