using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Rights;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Access;

/// <summary>
/// Closes the pages of a child whose whole record is restricted, and says kindly so and whom to ask. What a child says can still be written down, and what they decide; every other page under /Hear is closed unless it is named here.
/// Where one record of several is restricted, the child's page says that there is one.
/// </summary>
public sealed class RestrictedGate(RestrictionService restrictions, AppDbContext db, IModelMetadataProvider metadata) : IAsyncPageFilter
{
    public const string Key = "RestrictedRecords";

    /// <summary>Pages that write down and show nothing of what is there.</summary>
    public static readonly IReadOnlySet<string> StillOpen = new HashSet<string> { "/Hear/Visits/New", "/Hear/Visits/Plan", "/Hear/Records/New", "/Hear/Permissions/Ask", "/Hear/Permissions/Stop", "/Hear/Permissions/Stopped", "/Hear/Assigned" };

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var page = context.ActionDescriptor.ViewEnginePath;
        var cancel = context.HttpContext.RequestAborted;
        if (!page.StartsWith("/Hear/", StringComparison.Ordinal) || db.Actor is not { } actor
            || context.RouteData.Values[ChildReadAudit.ChildIdRoute] is not string text || !Guid.TryParse(text, out var childId))
        {
            await next();
            return;
        }

        var (all, records) = await restrictions.ClosedAsync(childId, cancel);
        if (all && !StillOpen.Contains(page))
        {
            var ask = await db.Users.Where(u => u.AuthorityId == actor.AuthorityId && u.Role == Core.Access.Role.InformationGovernance && u.LeftAt == null).OrderBy(u => u.DisplayName).Select(u => u.DisplayName).ToListAsync(cancel);
            context.Result = new ViewResult { ViewName = "/Pages/Hear/_Restricted.cshtml", StatusCode = StatusCodes.Status403Forbidden, ViewData = new ViewDataDictionary<RestrictedShown>(metadata, new ModelStateDictionary()) { Model = new(childId, ask, actor.Can(Core.Access.Capability.HearChildren)) } };
            return;
        }

        if (records > 0 && context.HandlerInstance is PageModel model) model.ViewData[Key] = records;
        await next();
    }
}

/// <param name="Ask">Who of information governance can be asked.</param>
public sealed record RestrictedShown(Guid ChildId, IReadOnlyList<string> Ask, bool MayRecord);
