using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Admin.Allocations;

/// <summary>Where a reviewing officer or an advocate is assigned to a child: by an administrator, or by the manager of the team that works with the child.</summary>
public class AssignedModel(AssignmentService assignments, AppDbContext db, IServiceProvider services, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [BindProperty]
    public AssignOfficer Officer { get; set; } = new();

    [BindProperty]
    public AssignAdvocate Advocate { get; set; } = new();

    public string LaChildId { get; private set; } = "";

    public string? Name { get; private set; }

    /// <summary>Whether whoever assigns reads the child's page too.</summary>
    public bool MayRead => current.Actor!.Can(Capability.ReadVoice);

    public IReadOnlyList<Hear.AssignedModel.Row> Assigned { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Officers { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Advocates { get; private set; } = [];

    public Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        (Officer.Id, Advocate.Id) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        return ShowAsync(cancel);
    }

    public Task<IActionResult> OnPostOfficerAsync(CancellationToken cancel) =>
        DoAsync(Officer, nameof(Officer), () => assignments.AssignAsync(ChildId, Officer, current.Actor!, cancel), cancel);

    public Task<IActionResult> OnPostAdvocateAsync(CancellationToken cancel) =>
        DoAsync(Advocate, nameof(Advocate), () => assignments.AssignAsync(ChildId, Advocate, current.Actor!, cancel), cancel);

    public async Task<IActionResult> OnPostEndAsync(Guid assignmentId, CancellationToken cancel)
    {
        if (await assignments.EndAsync(ChildId, assignmentId, AssignmentEnd.NotNeeded, current.Actor!, cancel) is null) return NotFound();
        TempData["Success"] = "It has ended. They can no longer open the child’s page.";
        return RedirectToPage(new { ChildId });
    }

    private async Task<IActionResult> DoAsync<T>(T input, string prefix, Func<Task<Outcome?>> assign, CancellationToken cancel)
    {
        if (!await ModelState.ValidateAsync(services.GetRequiredService<IValidator<T>>(), input, prefix, cancel)) return await ShowAsync(cancel);
        if (await assign() is not { } outcome) return NotFound();
        if (!ModelState.Accept(outcome, prefix)) return await ShowAsync(cancel);
        TempData["Success"] = "They are assigned, and can open the child’s page now.";
        return RedirectToPage(new { ChildId });
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().Where(c => c.Id == ChildId).Select(c => new { c.LaChildId, c.GivenName, c.FamilyName, c.KnownAs }).SingleOrDefaultAsync(cancel);
        if (child is null) return NotFound();
        (LaChildId, Name) = (child.LaChildId, Words.NameOf(child.GivenName, child.FamilyName, child.KnownAs));
        Assigned = await Hear.AssignedModel.RowsAsync(db, ChildId, cancel);
        var people = await db.Users.Where(u => u.AuthorityId == current.Actor!.AuthorityId && (u.Role == Role.ReviewingOfficer || u.Role == Role.Advocate) && u.LeftAt == null
                && !db.Assignments.Any(a => a.ChildId == ChildId && a.PersonId == u.Id && a.EndedOn == null))
            .OrderBy(u => u.DisplayName).Select(u => new { u.Id, u.DisplayName, u.Role }).ToListAsync(cancel);
        IReadOnlyList<SelectListItem> Of(Role role) => [.. people.Where(p => p.Role == role).Select(p => new SelectListItem(p.DisplayName, p.Id.ToString()))];
        (Officers, Advocates) = (Of(Role.ReviewingOfficer), Of(Role.Advocate));
        return Page();
    }
}
