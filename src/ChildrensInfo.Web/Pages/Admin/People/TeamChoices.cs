using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Admin.People;

internal static class TeamChoices
{
    /// <summary>The teams of the council of whoever is signed in.</summary>
    public static async Task<List<SelectListItem>> Async(AppDbContext db, CancellationToken cancel) =>
        await db.Teams.OrderBy(t => t.Name).Select(t => new SelectListItem(t.Name, t.Id.ToString())).ToListAsync(cancel);
}
