using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace ChildrensInfo.Web.Access;

/// <summary>
/// Tells the page that follows which of the words that a browser keeps (keep.js) have arrived: those of a form whose handler led on to another page. An answer that shows the
/// form again, asks who it is or went wrong says nothing, and the words stay where they were typed.
/// </summary>
public sealed partial class KeptReceipt : IPageFilter
{
    /// <summary>A number that the browser made up for one sending.</summary>
    public const string Field = "__Kept";

    /// <summary>Under which a layout finds it.</summary>
    public const string Key = "Received";

    private static readonly object Answer = new();

    /// <summary>It arrived, though the handler shows what came of it rather than lead on.</summary>
    public static void Give(HttpContext context) => context.Items[Answer] = true;

    /// <summary>The handler leads on, and kept nothing of what was typed.</summary>
    public static void Withhold(HttpContext context) => context.Items[Answer] = false;

    public void OnPageHandlerSelected(PageHandlerSelectedContext context)
    {
    }

    public void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
    }

    public void OnPageHandlerExecuted(PageHandlerExecutedContext context)
    {
        var http = context.HttpContext;
        // A form that nobody has read is not read for this.
        if (context.Exception is not null || context.HandlerInstance is not PageModel page || http.Features.Get<IFormFeature>()?.Form is not { } form || form[Field].ToString() is not { } sent || !Sending().IsMatch(sent)) return;
        if (http.Items[Answer] as bool? ?? context.Result is IKeepTempDataResult) page.TempData[Key] = sent;
    }

    [GeneratedRegex("^[0-9a-f-]{4,35}$")]
    private static partial Regex Sending();
}
