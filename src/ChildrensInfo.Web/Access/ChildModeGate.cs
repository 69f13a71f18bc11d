using System.Security.Claims;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Pages.Understand.Tools;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Access;

/// <summary>
/// While a browser is lent to a child, every address answers with the child's own screen. That it is lent stands in the sign-in cookie itself,
/// encrypted: whoever takes the cookie away is signed out, and nothing else. Whether it still lasts stands in the database.
/// </summary>
public sealed class ChildModeGate(RequestDelegate next)
{
    public const string Claim = "portal:child-mode";

    /// <summary>Where the child's own screen begins. No address of it names a child or a visit, so that none can be typed.</summary>
    public const string Home = "/hear/my-say";

    /// <summary>
    /// Said by the page for visits while a child has it before them, without a connection and so without anybody else knowing. Should there be one all the same, nothing else opens: whoever asks for it is
    /// signed out, and what waits to be sent goes on waiting.
    /// </summary>
    public const string LentCookie = "lent";

    /// <summary>What a child or a group is asked to take part in: all there is on a device that is lent for that.</summary>
    public const string Part = Home + "/part";

    private const string Folder = "/Hear/ChildMode/";

    /// <summary>The page that lends the device; it is the worker's own and closed while the device is lent.</summary>
    private const string HandOverPage = Folder + "HandOver";

    public static string HomeOf(ChildMode mode) => mode.ActivityId is null ? Home : Part;

    public static bool IsChildsOwn(string page) => page.StartsWith(Folder, StringComparison.Ordinal) && page != HandOverPage;

    /// <summary>What opens on a device that is lent for an activity.</summary>
    private static bool IsOfActivity(string page) => page is Folder + "Part" or Folder + "Felt" or Folder + "GiveBack" or Folder + "Picture";

    public async Task InvokeAsync(HttpContext context, ICurrentActor current, ChildModeService modes, SignInManager<AppUser> signIn)
    {
        var page = context.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>()?.ViewEnginePath;
        if (current.Actor is not null && context.Request.Cookies.ContainsKey(LentCookie) && page is not "/Offline/Index")
        {
            if (page is null)
            {
                // Asked for by a script, such as one that was sending when the device was handed over.
                Wait(context);
                return;
            }

            context.Response.Cookies.Delete(LentCookie);
            await SignOutAsync(context, signIn);
            return;
        }

        if (context.User.FindFirstValue(Claim) is not { } claim || current.Actor is not { } actor)
        {
            if (page is not null && IsChildsOwn(page) && current.Actor is { } worker && worker.Can(IsOfActivity(page) ? Capability.InvolveChildren : Capability.HearChildren))
            {
                // Nothing is lent: whoever comes here by the back button is the worker.
                context.Response.Redirect(worker.Can(Capability.HearChildren) ? "/hear" : "/act/taking-part");
                return;
            }

            await next(context);
            return;
        }

        if (page is "/Account/SignOut" && HttpMethods.IsPost(context.Request.Method))
        {
            await next(context);
            return;
        }

        var mode = Guid.TryParse(claim, out var id) ? await modes.FindAsync(id, actor, context.RequestAborted) : null;
        if (mode is null)
        {
            // Taken back elsewhere, or the child is no longer this worker's. Nobody can tell who holds the device, so nothing is shown on it.
            await SignOutAsync(context, signIn);
            return;
        }

        context.Items[typeof(ChildMode)] = mode;
        if (context.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(mode.Language == "cy" ? "Aeth rhywbeth o’i le. Dangos hwn i dy weithiwr." : "Something went wrong. Show this to your worker.", context.RequestAborted);
            return;
        }

        if (MadeFor.IsAsked(context.Request) || IsOwnMedia(context, mode) || IsToolPicture(context, mode) || (page is not null && IsChildsOwn(page) && (mode.ActivityId is null || IsOfActivity(page))))
        {
            await next(context);
            return;
        }

        // What the worker keeps on this device waits meanwhile, and is told why.
        if (IsToken(context)) Wait(context);
        else context.Response.Redirect(HomeOf(mode));
    }

    private static async Task SignOutAsync(HttpContext context, SignInManager<AppUser> signIn)
    {
        await signIn.SignOutAsync();
        context.Response.Headers["Clear-Site-Data"] = "\"cache\"";
        context.Response.Redirect("/Account/SignIn");
    }

    /// <summary>What the page for visits asks for before it sends anything.</summary>
    private static bool IsToken(HttpContext context) => context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: "/hear/offline/token" };

    /// <summary>The page that would be shown for this is none that opens while the device is lent.</summary>
    private static void Wait(HttpContext context)
    {
        context.Features.Get<IStatusCodePagesFeature>()?.Enabled = false;
        context.Response.StatusCode = StatusCodes.Status423Locked;
    }

    /// <summary>What a tool is shown with, while there is a child to answer with it.</summary>
    private static bool IsToolPicture(HttpContext context, ChildMode mode) =>
        mode.SessionId is not null && HttpMethods.IsGet(context.Request.Method) && context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: PictureEndpoint.Route };

    /// <summary>What the child draws and records goes out from here, and can be thrown away again; nothing comes back.</summary>
    private static bool IsOwnMedia(HttpContext context, ChildMode mode)
    {
        if (mode.SessionId is null || context.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } route }) return false;
        bool Is(string name, Guid? id) => id is not null && string.Equals(context.GetRouteValue(name) as string, id.ToString(), StringComparison.OrdinalIgnoreCase);
        if (!Is(ChildReadAudit.ChildIdRoute, mode.ChildId)) return false;
        var isPut = HttpMethods.IsPut(context.Request.Method);
        if (route.Contains("/recording/", StringComparison.Ordinal)) return Is("sessionId", mode.SessionId) && (isPut || HttpMethods.IsPost(context.Request.Method));
        return route.Contains("/media/", StringComparison.Ordinal) && (isPut || route.EndsWith("/media/permission", StringComparison.Ordinal));
    }
}
