using ChildrensInfo.Core.Voice;

namespace ChildrensInfo.Web.Shared;

/// <summary>A tool to be drawn by _Tool.cshtml, to be answered or only looked at.</summary>
/// <param name="Prefix">The name of the form's property that holds the answers, such as "Input".</param>
/// <param name="Given">What was answered before the form came back; null at first.</param>
/// <param name="Own">The words of the child's own screen, when a child holds it; null for a worker's page. The page then asks the question itself.</param>
public sealed record ToolShown(ToolKind Kind, ToolDefinition Definition, string Language, string Prefix, RecordVoice? Given, ChildWords? Own = null)
{
    public GivenAnswer? Of(string item) => Given?.Answers.Find(a => a.Item == item);
}
