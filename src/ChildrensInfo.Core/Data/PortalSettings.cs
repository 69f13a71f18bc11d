using Microsoft.Extensions.Configuration;

namespace ChildrensInfo.Core.Data;

/// <summary>Where settings come from, the same for the site and the command line.</summary>
public static class PortalSettings
{
    /// <summary>
    /// Adds the files of the folder that Settings:Folder names: each file is a setting and its name the key, "__" for ":". So passwords can be
    /// mounted as secrets and stand in no environment.
    /// </summary>
    public static IConfigurationBuilder AddSettingsFolder(this IConfigurationBuilder builder, IConfiguration before) =>
        before["Settings:Folder"] is { Length: > 0 } folder ? builder.AddKeyPerFile(Path.GetFullPath(folder), optional: false) : builder;

    /// <summary>What is wrong with the folder that is named; null when nothing is, or none is named.</summary>
    public static string? FaultOf(IConfiguration before) =>
        before["Settings:Folder"] is { Length: > 0 } folder && !Directory.Exists(folder) ? "the folder in Settings__Folder does not exist." : null;

    /// <summary>The settings of a command: environment variables, and the folder they name.</summary>
    public static IConfiguration FromEnvironment()
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        return new ConfigurationBuilder().AddEnvironmentVariables().AddSettingsFolder(environment).Build();
    }
}
