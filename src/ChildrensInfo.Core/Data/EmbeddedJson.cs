using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChildrensInfo.Core.Data;

internal static class EmbeddedJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // A missing or misspelt field must stop the load, not become an empty word.
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static T Read<T>(string file)
    {
        var name = $"ChildrensInfo.Core.Data.Reference.{file}";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The embedded file {name} is missing.");
        return JsonSerializer.Deserialize<T>(stream, Options)
            ?? throw new InvalidOperationException($"The embedded file {name} is empty.");
    }
}
