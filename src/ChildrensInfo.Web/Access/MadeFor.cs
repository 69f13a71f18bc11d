using System.Security.Claims;

namespace ChildrensInfo.Web.Access;

/// <summary>
/// For whom a page was made: a person, and the child or group whose hands their device is in. A page that stands open asks whether that is still so (alive.js), and shows nothing any more when it is not.
/// </summary>
public static class MadeFor
{
    public const string Header = "X-Made-For";

    public static string? Of(ClaimsPrincipal user)
    {
        var person = user.FindFirstValue(ClaimTypes.NameIdentifier);
        return user.FindFirstValue(ChildModeGate.Claim) is { } lent ? $"{person} {lent}" : person;
    }

    /// <summary>It is a page that asks, and not a person who goes somewhere.</summary>
    public static bool IsAsked(HttpRequest request) => request.Path == Portal.Alive;

    /// <summary>Asked without anybody having used the page: the sign-in is not kept by it.</summary>
    public static bool IsNoUse(HttpRequest request) => IsAsked(request) && HttpMethods.IsHead(request.Method);

    /// <summary>Whoever is not signed in has been sent to sign in by now. A page from before it said for whom it was made compares nothing.</summary>
    public static IResult Answer(HttpContext context) =>
        context.Request.Headers[Header] is [{ } madeFor] && madeFor != Of(context.User) ? Results.Text("", statusCode: StatusCodes.Status409Conflict) : Results.NoContent();
}
