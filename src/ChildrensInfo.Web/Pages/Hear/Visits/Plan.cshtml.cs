using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Visits;

/// <summary>A day and a place: it waits on the first page until it is recorded or called off.</summary>
public class PlanModel(AppDbContext db, PlannedVisitService planned, IValidator<PlanVisit> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [BindProperty]
    public PlanVisit Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Input = new() { Id = Guid.CreateVersion7() };
        return await LoadAsync(cancel) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await planned.PlanAsync(ChildId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Planned.";
        return Redirect("/hear");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        Child = (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel))!;
        return Child is not null;
    }
}
