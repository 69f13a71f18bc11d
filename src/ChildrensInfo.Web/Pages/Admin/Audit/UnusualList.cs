namespace ChildrensInfo.Web.Pages.Admin.Audit;

/// <summary>One rule of what is worth a question, and whom it found.</summary>
/// <param name="WholeTime">The rule counts all the days shown, not one of them.</param>
public sealed record UnusualList(string Id, string Title, string Rule, IReadOnlyList<UnusualModel.Row> Rows, string One, string Many, bool WholeTime = false);
