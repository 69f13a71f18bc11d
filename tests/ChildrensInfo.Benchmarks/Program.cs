using ChildrensInfo.Benchmarks;

// dotnet run -c Release --project tests/ChildrensInfo.Benchmarks -- SECTION [arguments of the section]
switch (args.FirstOrDefault())
{
    case "anonymise":
        return AnonymiseBenchmark.Run(args[1..]);
    case "audit":
        return await AuditBenchmark.RunAsync(args[1..]);
    case "cin-read":
        CinReadBenchmark.Run(args[1..]);
        return 0;
    case "consent":
        return await ConsentBenchmark.RunAsync(args[1..]);
    case "dashboard":
        return await DashboardBenchmark.RunAsync(args[1..]);
    case "extract":
        return await ExtractBenchmark.RunAsync(args[1..]);
    case "import":
        return await ImportBenchmark.RunAsync(args[1..]);
    case "import-ssda903":
        return await ImportBenchmark.LookedAfterAsync(args[1..]);
    case "protect":
        return ProtectBenchmark.Run();
    case "seal":
        return await SealBenchmark.RunAsync(args[1..]);
    case "site":
        return await SiteBenchmark.RunAsync(args[1..]);
    case "site-serve":
        return await SiteBenchmark.ServeAsync(args[1..]);
    case "ssda903-read":
        Ssda903ReadBenchmark.Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("Sections: anonymise [ROWS…], audit [LINES], cin-read [CHILDREN…], consent [PEOPLE], dashboard [CHILDREN], extract [CHILDREN…], import [CHILDREN…], import-ssda903 [CHILDREN…], protect, seal [TIMES], site [PEOPLE] [SECONDS], ssda903-read [CHILDREN…]");
        return 2;
}
