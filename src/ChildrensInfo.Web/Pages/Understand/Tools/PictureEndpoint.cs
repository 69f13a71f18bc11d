using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace ChildrensInfo.Web.Pages.Understand.Tools;

/// <summary>
/// Where the pictures of a council's own tools come from: for whoever makes tools, reads what was answered with one, or holds a device that is lent to answer with one. Never as anything but a picture.
/// </summary>
public static class PictureEndpoint
{
    public const string Route = "/tools/pictures/{id:guid}";

    public static string AddressOf(Guid id) => $"/tools/pictures/{id}";

    public static void MapToolPictures(this IEndpointRouteBuilder app) => app.MapGet(Route, ShowAsync)
        .RequireAuthorization(policy => policy.RequireAuthenticatedUser().RequireAssertion(context => PortalClaims.ToActor(context.User) is { } actor && (actor.Can(Capability.ReadVoice) || actor.Can(Capability.KeepTools))))
        .WithMetadata(new SecurityHeaders.SandboxedAttribute());

    private static async Task<IResult> ShowAsync(Guid id, HttpContext context, AppDbContext db, CancellationToken cancel)
    {
        if (await db.ToolPictures.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancel) is not { } picture) return TypedResults.NotFound();
        context.Response.Headers[HeaderNames.ContentDisposition] = "inline";
        return TypedResults.Bytes(picture.Bytes, picture.ContentType);
    }
}
