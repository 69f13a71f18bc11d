using System.Text.Json;

namespace ChildrensInfo.Core.Shared;

/// <summary>How JSON is read that came from outside: a name that stands in it twice is refused, since two readers may take one each.</summary>
public static class SentJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { AllowDuplicateProperties = false };

    public static JsonDocumentOptions Document { get; } = new() { AllowDuplicateProperties = false };
}
