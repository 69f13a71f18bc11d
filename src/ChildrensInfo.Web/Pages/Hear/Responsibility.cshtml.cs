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
public class ResponsibilityModel(AppDbContext db, ConsentService consent, ResponsibilityService responsibility, IValidator<RecordResponsibility> validator, ICurrentActor current, TimeProvider clock) : PageModel
{
    /// <param name="Late">When it became known late that it had begun or ended: from which day until when nobody here knew.</param>
    public sealed record Row(ResponsibilityKind Kind, Guid Id, string What, string Detail, bool Holds, IReadOnlyList<(DateOnly From, DateTime KnownAt)> Late);

    [FromRoute]
    public Guid ChildId { get; set; }

    /// <summary>A row that became known late: what was used meanwhile is shown, now and whenever somebody looks again.</summary>
    [FromQuery]
    public Guid? Meanwhile { get; set; }

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

    /// <summary>Of something that became known late: what was used on somebody's yes since, until it was known.</summary>
    public IReadOnlyList<UseMade>? UsedMeanwhile { get; private set; }

    public IReadOnlyDictionary<Guid, string> Users { get; private set; } = new Dictionary<Guid, string>();

    public IReadOnlyList<SelectListItem> People => [.. Persons.Select(r => new SelectListItem($"{r.Name}, {Words.Of(r.Kind).ToLowerInvariant()}", r.Id.ToString()))];

    public IReadOnlyList<SelectListItem> Purposes { get; } =
        [.. Enum.GetValues<Purpose>().Where(p => Core.Consent.Purposes.BasisOf(p) == PurposeBasis.Permission).Select(p => new SelectListItem(Words.Of(p), p.ToString()))];

    public IReadOnlyList<SelectListItem> Statuses { get; } = [.. Enum.GetValues<LegalStatusKind>().Select(s => new SelectListItem(Words.Of(s), s.ToString()))];

    public IReadOnlyList<SelectListItem> Evidence { get; } = [.. Enum.GetValues<ResponsibilityEvidence>().Select(e => new SelectListItem(Words.Of(e), e.ToString()))];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Input.Id = Guid.CreateVersion7();
        if (!await LoadAsync(cancel)) return NotFound();
        if (Meanwhile is not { } rowId) return Page();
        if (Rows.FirstOrDefault(r => r.Id == rowId) is not { } row) return NotFound();
        var used = new HashSet<UseMade>();
        foreach (var (from, knownAt) in row.Late) used.UnionWith(await consent.UsesSinceAsync(ChildId, from, knownAt, cancel));
        UsedMeanwhile = [.. used.OrderByDescending(u => u.At)];
        var people = used.Select(u => u.ById).Distinct().ToList();
        Users = await db.Users.Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        foreach (var name in new[] { nameof(EndKind), nameof(EndId), nameof(LastDay), nameof(PersonId), nameof(NoContact) }) ModelState.Remove(name);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (await responsibility.RecordAsync(ChildId, Input, current.Actor!, cancel) is not var (outcome, used)) return NotFound();
        return !ModelState.Accept(outcome, nameof(Input)) ? Page() : Done(Input.Id, used);
    }

    public async Task<IActionResult> OnPostEndAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        ModelState.Clear();
        Input = new() { Id = Guid.CreateVersion7() };
        if (await responsibility.EndAsync(ChildId, EndKind, EndId, LastDay, current.Actor!, cancel) is not var (outcome, used)) return NotFound();
        return !ModelState.Accept(outcome, "") ? Page() : Done(EndId, used);
    }

    public async Task<IActionResult> OnPostNoContactAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (await responsibility.SetNoContactAsync(ChildId, PersonId, NoContact, current.Actor!, cancel) is null) return NotFound();
        TempData["Success"] = "Written down.";
        return Redirect($"/hear/{ChildId}/responsibility");
    }

    /// <summary>What was used meanwhile is shown at once, and stays to be read with what became known late.</summary>
    private RedirectResult Done(Guid rowId, IReadOnlyList<UseMade> used)
    {
        TempData["Success"] = "Written down.";
        return Redirect($"/hear/{ChildId}/responsibility{(used.Count > 0 ? $"?meanwhile={rowId}" : "")}");
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
            .. parental.OrderByDescending(p => p.Covers(today)).Select(p => new Row(ResponsibilityKind.Parental, p.Id, $"{p.Relationship!.Name} holds parental responsibility", $"{Days(p)}. {Words.Of(p.Evidence)}.", p.ToOn is null, LateOf(p, p.RecordedAt, p.EndRecordedAt))),
            .. delegated.OrderByDescending(d => d.Covers(today)).Select(d => new Row(
                ResponsibilityKind.Delegated, d.Id, $"{d.Relationship!.Name} may decide about some things", $"{string.Join(", ", d.Purposes.Select(Words.Of))}. {Days(d)}. {Words.Of(d.Evidence)}.", d.ToOn is null, LateOf(d, d.RecordedAt, d.EndRecordedAt))),
            .. statuses.OrderByDescending(s => s.Covers(today)).Select(s => new Row(ResponsibilityKind.Status, s.Id, Words.Of(s.Kind), $"{Days(s)}.", s.ToOn is null, LateOf(s, s.RecordedAt, s.EndRecordedAt))),
        ];
        return true;
    }

    private static IReadOnlyList<(DateOnly, DateTime)> LateOf(IHoldsForATime row, DateTime recordedAt, DateTime? endRecordedAt)
    {
        var late = new List<(DateOnly From, DateTime KnownAt)>();
        // Written down with both its days, it is one change; ended later, it is two.
        if ((row.FromOn ?? (endRecordedAt is null ? row.ToOn?.AddDays(1) : null)) is { } from) late.Add((from, recordedAt));
        if (endRecordedAt is { } ended) late.Add((row.ToOn!.Value.AddDays(1), ended));
        late.RemoveAll(l => l.From >= ConsentRules.LocalDay(l.KnownAt));
        return late;
    }

    private static string Days(IHoldsForATime row) => (row.FromOn, row.ToOn) switch
    {
        (null, null) => "Since before we knew",
        ({ } from, null) => $"Since {Words.Day(from)}",
        (null, { } to) => $"Until {Words.Day(to)}",
        ({ } from, { } to) => $"From {Words.Day(from)} to {Words.Day(to)}",
    };
}
