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

/// <summary>Telling somebody without permission, to keep somebody safe: one proposes it here and a manager, never the same person, decides.</summary>
public class DisclosuresModel(AppDbContext db, DisclosureService disclosures, IValidator<ProposeDisclosure> validator, ICurrentActor current) : PageModel
{
    private IReadOnlyDictionary<Guid, string> names = new Dictionary<Guid, string>();

    [FromRoute]
    public Guid ChildId { get; set; }

    [BindProperty]
    public ProposeDisclosure Input { get; set; } = new();

    [BindProperty]
    public Guid DecisionId { get; set; }

    [BindProperty]
    public bool? Agree { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public Child Child { get; private set; } = null!;

    public IReadOnlyList<Disclosure> Disclosures { get; private set; } = [];

    public string By(Guid person) => names.GetValueOrDefault(person, "a colleague");

    public bool MayDecide(Disclosure disclosure) =>
        disclosure.Decision.State == DisclosureState.Proposed && disclosure.Decision.ProposedById != current.Actor!.PersonId && current.Actor.Can(Capability.AgreeForTeam);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Input.Id = Guid.CreateVersion7();
        return await LoadAsync(cancel) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        ModelState.Remove(nameof(DecisionId));
        (Input.What, Input.Why, Input.NotInformedBecause) = (FormText.AsTyped(Input.What) ?? "", FormText.AsTyped(Input.Why) ?? "", FormText.AsTyped(Input.NotInformedBecause));
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await disclosures.ProposeAsync(ChildId, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Proposed. A manager decides.";
        return Redirect($"/hear/{ChildId}/disclosures");
    }

    public async Task<IActionResult> OnPostDecideAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        ModelState.Clear();
        Input = new() { Id = Guid.CreateVersion7() };
        var outcome = await disclosures.DecideAsync(ChildId, DecisionId, Agree, FormText.AsTyped(Reason), current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, "")) return Page();
        TempData["Success"] = "Written down.";
        return Redirect($"/hear/{ChildId}/disclosures");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        if (child is null) return false;
        Child = child;
        Disclosures = await disclosures.OfChildAsync(ChildId, cancel);
        var people = Disclosures.SelectMany(d => new[] { d.Decision.ProposedById, d.Decision.DecidedById ?? Guid.Empty }).ToList();
        names = await db.Users.Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return true;
    }
}
