using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>What decides how a child is spoken to: what they like to be called, their language, and how they best say and take things in.</summary>
public class FactsModel(AppDbContext db, ChildService children, IValidator<ChangeFacts> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [BindProperty]
    public ChangeFacts Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> LanguageItems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Version = Child.Version, KnownAs = Child.KnownAs, PreferredLanguage = Child.PreferredLanguage, CommunicatesWith = Child.CommunicatesWith, CommunicationNeeds = Child.CommunicationNeeds };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await children.ChangeFactsAsync(ChildId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Kept.";
        return Redirect($"/hear/{ChildId}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        Child = (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel))!;
        // Whoever covers for a day changes nothing that stays.
        if (Child is null || !await db.Allocations.AnyAsync(a => a.ChildId == ChildId && a.PractitionerId == current.Actor!.PersonId && a.EndedOn == null, cancel)) return false;
        var known = Languages.Names.Select(l => new SelectListItem(l.Value, l.Key)).ToList();
        if (!Languages.Names.ContainsKey(Child.PreferredLanguage)) known.Insert(0, new(Child.PreferredLanguage, Child.PreferredLanguage));
        LanguageItems = known;
        return true;
    }
}
