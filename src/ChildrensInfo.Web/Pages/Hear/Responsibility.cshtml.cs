using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>Who may decide for a child, and what the child is in law, from one day to another.</summary>
public class ResponsibilityModel(AppDbContext db, ResponsibilityService responsibility, IValidator<RecordResponsibility> validator, ICurrentActor current, TimeProvider clock) : PageModel
{
    public sealed record Row(ResponsibilityKind Kind, Guid Id, string What, string Detail, bool Holds);

    [FromRoute]
    public Guid ChildId { get; set; }

    [BindProperty]
    public RecordResponsibility Input { get; set; } = new();

    [BindProperty]
    public ResponsibilityKind EndKind { get; set; }

    [BindProperty]
    public Guid EndId { get; set; }

    [BindProperty]
    public DateOnly? LastDay { get; set; }

    [BindProperty]
    public Guid PersonId { get; set; }

    [BindProperty]
    public bool NoContact { get; set; }

    public Child Child { get; private set; } = null!;

    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public IReadOnlyList<Relationship> Persons { get; private set; } = [];

    /// <summary>After something that changed in the past: what was used on somebody's yes since.</summary>
    public IReadOnlyList<UseMade>? UsedMeanwhile { get; private set; }

    public IReadOnlyList<SelectListItem> People => [.. Persons.Select(r => new SelectListItem($"{r.Name}, {Words.Of(r.Kind).ToLowerInvariant()}", r.Id.ToString()))];

    public IReadOnlyList<SelectListItem> Purposes { get; } =
        [.. Enum.GetValues<Purpose>().Where(p => Core.Consent.Purposes.BasisOf(p) == PurposeBasis.Permission).Select(p => new SelectListItem(Words.Of(p), p.ToString()))];

    public IReadOnlyList<SelectListItem> Statuses { get; } = [.. Enum.GetValues<LegalStatusKind>().Select(s => new SelectListItem(Words.Of(s), s.ToString()))];

    public IReadOnlyList<SelectListItem> Evidence { get; } = [.. Enum.GetValues<ResponsibilityEvidence>().Select(e => new SelectListItem(Words.Of(e), e.ToString()))];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Input.Id = Guid.CreateVersion7();
        return await LoadAsync(cancel) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        foreach (var name in new[] { nameof(EndKind), nameof(EndId), nameof(LastDay), nameof(PersonId), nameof(NoContact) }) ModelState.Remove(name);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (await responsibility.RecordAsync(ChildId, Input, current.Actor!, cancel) is not var (outcome, used)) return NotFound();
        return !ModelState.Accept(outcome, nameof(Input)) ? Page() : await DoneAsync(used, cancel);
    }

    public async Task<IActionResult> OnPostEndAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        ModelState.Clear();
        Input = new() { Id = Guid.CreateVersion7() };
        if (await responsibility.EndAsync(ChildId, EndKind, EndId, LastDay, current.Actor!, cancel) is not var (outcome, used)) return NotFound();
        return !ModelState.Accept(outcome, "") ? Page() : await DoneAsync(used, cancel);
    }

    public async Task<IActionResult> OnPostNoContactAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (await responsibility.SetNoContactAsync(ChildId, PersonId, NoContact, current.Actor!, cancel) is null) return NotFound();
        TempData["Success"] = "Written down.";
        return Redirect($"/hear/{ChildId}/responsibility");
    }

    /// <summary>What was used meanwhile is shown at once: it stands on no other page of this one's.</summary>
    private async Task<IActionResult> DoneAsync(IReadOnlyList<UseMade> used, CancellationToken cancel)
    {
        if (used.Count == 0)
        {
            TempData["Success"] = "Written down.";
            return Redirect($"/hear/{ChildId}/responsibility");
        }

        ModelState.Clear();
        (Input, EndId, UsedMeanwhile) = (new() { Id = Guid.CreateVersion7() }, Guid.Empty, used);
        await LoadAsync(cancel);
        return Page();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        if (child is null) return false;
        Child = child;
        Persons = await db.Relationships.AsNoTracking().Where(r => r.ChildId == ChildId).OrderBy(r => r.Name).ToListAsync(cancel);
        var today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        var parental = await db.ParentalResponsibilities.AsNoTracking().Include(p => p.Relationship).Where(p => p.ChildId == ChildId).ToListAsync(cancel);
        var delegated = await db.DelegatedAuthorities.AsNoTracking().Include(d => d.Relationship).Where(d => d.ChildId == ChildId).ToListAsync(cancel);
        var statuses = await db.LegalStatuses.AsNoTracking().Where(s => s.ChildId == ChildId).ToListAsync(cancel);
        Rows =
        [
            .. parental.OrderByDescending(p => p.Covers(today)).Select(p => new Row(ResponsibilityKind.Parental, p.Id, $"{p.Relationship!.Name} holds parental responsibility", $"{Days(p)}. {Words.Of(p.Evidence)}.", p.ToOn is null)),
            .. delegated.OrderByDescending(d => d.Covers(today)).Select(d => new Row(
                ResponsibilityKind.Delegated, d.Id, $"{d.Relationship!.Name} may decide about some things", $"{string.Join(", ", d.Purposes.Select(Words.Of))}. {Days(d)}. {Words.Of(d.Evidence)}.", d.ToOn is null)),
            .. statuses.OrderByDescending(s => s.Covers(today)).Select(s => new Row(ResponsibilityKind.Status, s.Id, Words.Of(s.Kind), $"{Days(s)}.", s.ToOn is null)),
        ];
        return true;
    }

    private static string Days(IHoldsForATime row) => (row.FromOn, row.ToOn) switch
    {
        (null, null) => "Since before we knew",
        ({ } from, null) => $"Since {Words.Day(from)}",
        (null, { } to) => $"Until {Words.Day(to)}",
        ({ } from, { } to) => $"From {Words.Day(from)} to {Words.Day(to)}",
    };
}
