using ChildrensInfo.Benchmarks;

// dotnet run -c Release --project tests/ChildrensInfo.Benchmarks                    all that was promised, section by section, and a table of it
// dotnet run -c Release --project tests/ChildrensInfo.Benchmarks -- SECTION […]     one section, with arguments of its own
switch (args.FirstOrDefault())
{
    case "anonymise":
        return AnonymiseBenchmark.Run(args[1..]);
    case "audit":
        return await AuditBenchmark.RunAsync(args[1..]);
    case "cin-read":
        return CinReadBenchmark.Run(args[1..]);
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
        return await BenchmarkSite.ServeAsync(args[1..]);
    case "ssda903-read":
        return Ssda903ReadBenchmark.Run(args[1..]);
    case null:
        return await Figures.AllAsync(["anonymise", "audit", "consent", "dashboard", "extract", "import", "import-ssda903", "protect", "seal", "site"]);
    default:
        Console.Error.WriteLine("Sections: anonymise [ROWS…], audit [LINES], cin-read [CHILDREN…], consent [PEOPLE], dashboard [CHILDREN], extract [CHILDREN…], import [CHILDREN…], import-ssda903 [CHILDREN…], protect, seal [TIMES], site [PEOPLE] [SECONDS], ssda903-read [CHILDREN…]");
        return 2;
}
