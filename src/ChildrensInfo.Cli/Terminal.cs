using ChildrensInfo.Core.Data;
using Microsoft.Extensions.Configuration;

namespace ChildrensInfo.Cli;

/// <summary>Where a command reads and writes, and what it is set to: the console and the environment of its process, or what a test gives it.</summary>
public sealed class Terminal(TextReader input, Stream output, TextWriter error, IConfiguration settings) : IDisposable
{
    public TextReader In => input;

    /// <summary>For bytes; lines go to <see cref="Out"/>.</summary>
    public Stream Output => output;

    public StreamWriter Out { get; } = new(output, leaveOpen: true) { AutoFlush = true };

    public TextWriter Error => error;

    public IConfiguration Settings => settings;

    /// <summary>Somebody sits there and wants to be told what to type; a script is not asked.</summary>
    public bool IsPersonTyping { get; private init; }

    public static Terminal OfThisProcess() =>
        new(Console.In, Console.OpenStandardOutput(), Console.Error, PortalSettings.FromEnvironment()) { IsPersonTyping = !Console.IsInputRedirected };

    public void Dispose() => Out.Dispose();
}
