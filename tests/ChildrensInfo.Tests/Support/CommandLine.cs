using System.Diagnostics;
using System.Text;
using ChildrensInfo.Cli;
using Microsoft.Extensions.Configuration;

namespace ChildrensInfo.Tests.Support;

/// <summary>Runs commands as a person would, with files in a folder of the test's own.</summary>
public sealed class CommandLine : IDisposable
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
        var (exitCode, _, error) = await RunAsync([], arguments);
        return (exitCode, error);
    }

    /// <summary>In a process of its own that starts in the folder; the site too.</summary>
    /// <param name="settings">Environment variables, as a server would set them.</param>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(Dictionary<string, string> settings, string[] arguments, string program = "ChildrensInfo.Cli.dll")
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = folder.FullName };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // Each is over before code measured as it runs has paid for the measuring.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <summary>A whole command but for its process, which would take seconds to make ready what speaks with the database.</summary>
    /// <param name="settings">Named as environment variables are.</param>
    /// <param name="typed">What is typed when the command asks.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunHereAsync(Dictionary<string, string> settings, string typed, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        var given = settings.Select(s => new KeyValuePair<string, string?>(s.Key.Replace("__", ":", StringComparison.Ordinal), s.Value));
        using var terminal = new Terminal(new StringReader(typed), output, error, new ConfigurationBuilder().AddInMemoryCollection(given).Build());
        var exitCode = await Task.Run(() => Commands.RunAsync(arguments, terminal));
        return (exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    public void Dispose() => folder.Delete(recursive: true);
}
