using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Access;

/// <summary>A handler that answers with nothing of the child its address names, and is asked so often that a line each time would bury those that say something.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShowsNothingOfTheChildAttribute : Attribute;

/// <summary>
/// Writes "this child's record was read" for every answer of a page with a childId in its address that shows anything, whole, in part or as a file, and commits it before a letter of it
/// is sent: a page that cannot be audited is not shown. Whatever has written down more exactly what it opened, such as a copy, has its one line.
/// </summary>
public sealed class ChildReadAudit(AppDbContext db, TimeProvider clock) : IAsyncPageFilter
{
    public const string ChildIdRoute = "childId";

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var done = await next();
        if (done.Exception is not null || LeadsElsewhere(done.Result) || context.HandlerMethod?.MethodInfo.IsDefined(typeof(ShowsNothingOfTheChildAttribute), inherit: true) == true) return;
        if (context.RouteData.Values[ChildIdRoute] is not string text || !Guid.TryParse(text, out var childId)) return;
        if (db.ChangeTracker.Entries<AuditEntry>().Any(e => e.State == EntityState.Unchanged && e.Entity.ChildId == childId && AuditActions.Opens.Contains(e.Entity.Action))) return;
        db.ChangeTracker.Clear();
        db.Add(AuditEntry.For(AuditActions.ChildRead, db.Actor, childId, null, clock, context.ActionDescriptor.ViewEnginePath));
        await db.SaveChangesAsync(context.HttpContext.RequestAborted);
    }

    /// <summary>A refusal, which is a line of its own, or another address.</summary>
    private static bool LeadsElsewhere(IActionResult? result) => result is StatusCodeResult or ForbidResult or ChallengeResult or RedirectResult or LocalRedirectResult or RedirectToPageResult;
}

/// <summary>Writes a line whenever somebody signed in is refused: a wrong role, or an address that is not theirs to see.</summary>
public sealed class RefusalAudit(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context, ICurrentActor current, IServiceScopeFactory scopes, TimeProvider clock)
    {
        await next(context);
        if (context.Response.StatusCode is not (StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound)) return;
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null) return;
        if (context.GetEndpoint() is not RouteEndpoint endpoint || current.Actor is not { } actor) return;

        Guid? subject = Guid.TryParse(context.GetRouteValue(ChildReadAudit.ChildIdRoute) as string ?? context.GetRouteValue("id") as string, out var id) ? id : null;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        db.Add(AuditEntry.For(AuditActions.AccessRefused, actor, null, subject, clock, $"{context.Response.StatusCode} {context.Request.Method} {endpoint.RoutePattern.RawText}"));
        await db.SaveChangesAsync(CancellationToken.None);
    }
}
