using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>Parents, carers and others in a child's life: the practitioner who works with the child says who they are.</summary>
public class PeopleModel(ChildService children, IValidator<AddRelationship> validator, AppDbContext db, ICurrentActor current, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid ChildId { get; set; }

    [BindProperty]
    public AddRelationship Input { get; set; } = new();

    public string CalledName { get; private set; } = "";

    public IReadOnlyList<Row> People { get; private set; } = [];

    public sealed record Row(string Name, RelationshipKind Kind, bool HoldsParentalResponsibility);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Input.Id = Guid.CreateVersion7();
        return await LoadAsync(cancel) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await children.AddRelationshipAsync(ChildId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Added.";
        return RedirectToPage(new { ChildId });
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        if (child is null) return false;
        CalledName = child.CalledName;
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        People = [.. (await db.Relationships.Where(r => r.ChildId == ChildId)
            .Select(r => new Row(r.Name, r.Kind, r.Responsibilities.Any(p => (p.FromOn == null || p.FromOn <= today) && (p.ToOn == null || p.ToOn >= today)))).ToListAsync(cancel))
            .OrderByDescending(r => r.HoldsParentalResponsibility).ThenBy(r => r.Name)];
        return true;
    }
}
