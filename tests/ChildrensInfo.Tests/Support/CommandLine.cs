using System.Diagnostics;

namespace ChildrensInfo.Tests.Support;

/// <summary>Runs the command line, or the site, as a person would: another process, files in a folder of the test's own.</summary>
public sealed class CommandLine(string program = "ChildrensInfo.Cli.dll") : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("command-");

    public string PathOf(string name) => Path.Combine(folder.FullName, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public string Read(string name) => File.ReadAllText(PathOf(name));

    public IEnumerable<string> Files => folder.EnumerateFiles().Select(f => f.Name).Order(StringComparer.Ordinal);

    public async Task<(int ExitCode, string Error)> RunAsync(params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync([], "", arguments);
        return (exitCode, error);
    }

    /// <param name="settings">Environment variables, as a server would set them.</param>
    /// <param name="typed">What is typed when the command asks.</param>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(Dictionary<string, string> settings, string typed, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = folder.FullName };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // Each is over before code measured as it runs has paid for the measuring.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(typed);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
