using System.Collections.Concurrent;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Xunit;

namespace ChildrensInfo.Tests.Rules;

/// <summary>That what somebody typed stays what they typed: behind every word of the journey stands something that would become markup, an attribute or a script where a page forgot to write it as text.</summary>
public partial class CanaryTests
{
    /// <summary>Each with a name, in the place of "zq", that stands nowhere else; short enough for the shortest field. Of our own making, one for each way out of a place in a page.</summary>
    private static readonly string[] Payloads =
    [
        // Out of text, an attribute in either kind of quotes or none, a comment, and what ends only with its own tag.
        "<zq>", "</zq><zq x>", "\"><zq>", "'><zq>", "\" zq=\"1", "' zq='1", " zq=1 ", "--><zq>", "<!--zq-->", "]]><zq>", "</script><zq>", "</style><zq>", "</title><zq>", "</textarea><zq>", "</select><zq>", "<zq/x", "<<zq>>",
        // What runs, loads or leads elsewhere by itself.
        "<img src=x onerror=zq()>", "<svg/onload=zq()>", "<script>zq()</script>", "<style>*{x:zq}</style>", "<iframe srcdoc=<zq>>", "<base href=//zq>", "<form zq><input zq>", "<math><zq>", "<a href=javascript:zq()>", "\" onfocus=\"zq()", "\" style=\"x:zq",
        "javascript:zq()", "data:text/html,<zq>",
        // What a script or a template would make of it.
        "';zq();//", "\\\";zq();//", "`${zq()}`", "{{zq()}}", "@(zq())", "<%=zq()%>", "\\u003czq\\u003e", "\\x3czq\\x3e",
        // Written so that something decodes it once too often, or takes one letter for another.
        "&lt;zq&gt;", "&#60;zq&#62;", "%3Czq%3E", "\uFF1Czq\uFF1E", "\u202E<zq>\u202C", "<\u200Bzq><zq\u200B>", "\u2028<zq>", "+ADw-zq+AD4-",
    ];

    /// <summary>What is no free text where it is typed: an address for e-mail, and a child's number, of 20 characters at most.</summary>
    private static readonly HashSet<string> Plain = ["Email", "Moved", "Guess", "Number", "Nobody", "Other", "Broken"];

    /// <summary>Attributes that say something and do nothing.</summary>
    private static readonly HashSet<string> Says = ["value", "aria-label", "title", "alt", "label", "placeholder"];

    private readonly ConcurrentDictionary<string, string> whole = [];

    private string Name => "zq" + mark;

    /// <summary>What is typed in the place of a word.</summary>
    private string WithPayload(string kind, string word) => whole.GetOrAdd(word, _ => Plain.Contains(kind) ? word : word + Payloads[kind == "File" ? 0 : typed.Count % Payloads.Length].Replace("zq", Name, StringComparison.Ordinal));

    /// <summary>A word without what stands behind it: a page writes that in letters of its own.</summary>
    private string Bare(string word) => word.IndexOf(mark, StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? word[..(at + mark.Length)] : word;

    /// <summary>A cell of a table.</summary>
    private static string Cell(string word) => $"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Every page that shows a word is read as a browser reads it: nothing that was typed is an element, an attribute, a comment, or in a script, a style or an address.</summary>
    private async Task NothingTypedIsMoreThanTextAsync()
    {
        var pages = answers.Where(a => a.Text.Contains("Content-Type: text/html", StringComparison.OrdinalIgnoreCase) && Holds(a.Text, mark)).DistinctBy(a => a.Text).ToList();
        var (ran, shown) = (new ConcurrentBag<string>(), new ConcurrentDictionary<string, bool>());
        await Parallel.ForEachAsync(pages, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Cancel }, async (page, cancel) =>
        {
            using var document = await new HtmlParser(new HtmlParserOptions { IsKeepingSourceReferences = false }).ParseDocumentAsync(page.Text[page.Text.IndexOf('<', StringComparison.Ordinal)..], cancel);
            void Found(string what) => ran.Add($"{page.To} {page.Address}: {what}");
            foreach (var element in document.All)
            {
                if (Holds(element.LocalName, mark)) Found($"<{element.LocalName}>");
                if (element.LocalName is "script" or "style" && Holds(element.TextContent, mark)) Found($"in <{element.LocalName}>");
                foreach (var attribute in element.Attributes)
                {
                    if (Holds(attribute.Name, mark)) Found($"<{element.LocalName} {attribute.Name}>");
                    if (Holds(attribute.Value, mark) && !Says.Contains(attribute.Name) && !attribute.Name.StartsWith("data-", StringComparison.Ordinal)) Found($"<{element.LocalName} {attribute.Name}=\"{attribute.Value}\">");
                }
            }

            foreach (var comment in document.Descendants<IComment>().Where(c => Holds(c.Data, mark))) Found($"<!--{comment.Data}-->");
            var text = document.DocumentElement.TextContent + string.Concat(document.QuerySelectorAll("[value]").Select(v => v.GetAttribute("value")));
            foreach (var payload in Payloads.Where(p => !shown.ContainsKey(p)))
            {
                if (text.Contains(mark + payload.Replace("zq", Name, StringComparison.Ordinal), StringComparison.Ordinal)) shown.TryAdd(payload, true);
            }
        });
        Assert.True(ran.IsEmpty, string.Join('\n', ran.Order().Take(40)));
        // So that it could have been found: the pages are many, and each payload stands on one as it was typed.
        Assert.True(pages.Count > 200, $"{pages.Count} pages");
        Assert.Empty(Payloads.Except(shown.Keys));
    }
}
