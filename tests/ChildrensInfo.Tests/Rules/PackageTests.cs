using System.Text.Json;
using System.Xml.Linq;
using ChildrensInfo.Tests.Support;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>Everything the portal is built from that others wrote has a line that says why it is here and under what licence.</summary>
public class PackageTests
{
    private const string Heading = "| Package | Why | What else was there | Licence | Kept by |";

    private static readonly string Web = Path.Combine(Repository.Root, "src/ChildrensInfo.Web");

    private static readonly List<(string Name, string Version)> Nuget =
        [.. XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion").Select(p => ((string)p.Attribute("Include")!, (string)p.Attribute("Version")!))];

    [Fact]
    public void Every_package_has_one_whole_line_and_every_line_a_package()
    {
        using var npm = JsonDocument.Parse(File.ReadAllText(Path.Combine(Web, "package.json")));
        using var tools = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, ".config/dotnet-tools.json")));
        string[] groups = ["dependencies", "devDependencies", "optionalDependencies"];
        var used = Nuget.Select(p => p.Name)
            .Concat(groups.Where(g => npm.RootElement.TryGetProperty(g, out _)).SelectMany(g => npm.RootElement.GetProperty(g).EnumerateObject().Select(p => p.Name)))
            .Concat(tools.RootElement.GetProperty("tools").EnumerateObject().Select(t => t.Name));
        Assert.All(Lines(), l => Assert.True(l.Length == 5 && l.All(cell => cell.Length > 0), l[0]));
        Assert.Equal(used.Order(StringComparer.Ordinal), Lines().SelectMany(Names).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_licence_of_a_line_is_the_one_the_package_states()
    {
        using var restored = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests/ChildrensInfo.Tests/obj/project.assets.json")));
        var folders = restored.RootElement.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name).ToList();
        using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Web, "package-lock.json")));
        var stated = locked.RootElement.GetProperty("packages").EnumerateObject().Where(p => p.Value.TryGetProperty("license", out _))
            .ToDictionary(p => p.Name.Replace("node_modules/", "", StringComparison.Ordinal), p => p.Value.GetProperty("license").GetString()!);
        foreach (var (name, version) in Nuget)
        {
            var id = name.ToLowerInvariant();
            var file = folders.Select(f => Path.Combine(f, id, version, id + ".nuspec")).First(File.Exists);
            var licence = XDocument.Load(file).Descendants().First(e => e.Name.LocalName == "license");
            stated[name] = licence.Attribute("type")?.Value == "file" ? NameOf(File.ReadLines(Path.Combine(Path.GetDirectoryName(file)!, licence.Value))) : licence.Value;
        }

        var checkedNames = Lines().SelectMany(l => Names(l).Select(n => (Name: n, Licence: l[3]))).Where(l => stated.ContainsKey(l.Name)).ToList();
        Assert.True(checkedNames.Count > Nuget.Count);
        Assert.All(checkedNames, l => Assert.Equal((l.Name, stated[l.Name]), l));
    }

    private static string[] Names(string[] line) => line[0].Split(", ");

    /// <summary>Some bring the text itself, which begins with its name: "MIT License", or "Apache License" and "Version 2.0, January 2004" under it.</summary>
    private static string NameOf(IEnumerable<string> text) => text.Select(l => l.Trim()).Where(l => l.Length > 0).Take(2).ToList() switch
    {
        ["Apache License", var version] when version.StartsWith("Version 2.0", StringComparison.Ordinal) => "Apache-2.0",
        ["BSD 3-Clause License", ..] => "BSD-3-Clause",
        [var name, ..] => name.Replace(" License", "", StringComparison.Ordinal),
        _ => "",
    };

    private static List<string[]> Lines() =>
        [.. File.ReadLines(Path.Combine(Repository.Root, "docs/decisions/0006-packages.md")).SkipWhile(l => l != Heading).Skip(2).TakeWhile(l => l.StartsWith('|')).Select(l => l.Trim('|').Split('|', StringSplitOptions.TrimEntries))];
}
