using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Access;

/// <summary>On every page about a child who is open to somebody only because they cover, says so: the layout shows until when.</summary>
public sealed class CoverBanner(AppDbContext db, TimeProvider clock) : IAsyncPageFilter
{
    public const string Key = "Cover";

    /// <param name="GrantId">So that it can be ended where it is seen.</param>
    public sealed record Shown(Guid GrantId, DateTime Until);

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var done = await next();
        if (done.Exception is not null || done.Result is not PageResult || context.HandlerInstance is not PageModel page || db.Actor is not { } actor) return;
        if (context.RouteData.Values[ChildReadAudit.ChildIdRoute] is not string text || !Guid.TryParse(text, out var childId)) return;
        var now = clock.GetUtcNow().UtcDateTime;
        var open = await db.BreakGlasses.AsNoTracking()
            .Where(b => b.ChildId == childId && b.PersonId == actor.PersonId && b.EndedAt == null && b.ExpiresAt > now
                && !db.Allocations.Any(a => a.ChildId == childId && a.PractitionerId == actor.PersonId && a.EndedOn == null))
            .OrderByDescending(b => b.ExpiresAt).Select(b => new Shown(b.Id, b.ExpiresAt)).FirstOrDefaultAsync(context.HttpContext.RequestAborted);
        if (open is not null) page.ViewData[Key] = open;
    }
}
