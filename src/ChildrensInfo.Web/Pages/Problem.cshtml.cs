using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages;

/// <summary>What went wrong, in plain words, and what to do next. It never says what the computer thinks.</summary>
[IgnoreAntiforgeryToken]
public class ProblemModel : PageModel
{
    public string Title { get; private set; } = "";

    public IReadOnlyList<string> Sentences { get; private set; } = [];

    public string? Reference { get; private set; }

    public void OnGet([FromRoute] int code) => Say(code);

    public void OnPost([FromRoute] int code) => Say(code);

    public void OnPut(int code) => Say(code);

    private void Say(int code)
    {
        // A body over the limit is the sender's to mend, though it comes as an exception.
        if (HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException bad) code = bad.StatusCode;
        (string, string[]) said = code switch
        {
            400 => ("Please send that again", ["The page was open for a long time, or the form was not complete, so nothing was saved.", "Go back, check that what you typed is still there, and send it again."]),
            403 => ("You cannot open this page", ["Your role does not include it.", "If you need it for your work, ask your administrator."]),
            404 => ("Page not found", ["There is nothing here that you can open.", "If you followed a link to a child, check that you are still allocated to them."]),
            405 => ("That is not possible here", ["The page does not take that kind of request."]),
            413 => ("That is too large", ["Nothing was saved. Send a smaller file."]),
            429 => ("Too many tries", ["Wait a few minutes, then try again."]),
            _ => ("Sorry, something went wrong", ["The fault is ours. Nothing you had already sent is lost.", "Go back and try again. If it happens twice, tell your administrator."]),
        };
        (Title, Sentences) = said;
        if (code >= 500) Reference = Activity.Current?.TraceId.ToString() ?? HttpContext.TraceIdentifier;
        Response.StatusCode = code is >= 400 and <= 599 ? code : StatusCodes.Status404NotFound;
    }
}
