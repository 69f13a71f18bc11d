using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Kept;

/// <summary>What happened when words stood under the wrong child, who might have read them and what was done.</summary>
public class BreachModel(AppDbContext db, KeyRing keys, WrongChildService wrong, IValidator<CompleteBreach> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid Id { get; set; }

    [BindProperty]
    public CompleteBreach Input { get; set; } = new();

    public Child Child { get; private set; } = null!;

    public BreachReport Report { get; private set; } = null!;

    public IReadOnlyList<BreachReader> Readers { get; private set; } = [];

    public string MovedBy { get; private set; } = "";

    public string CompletedBy { get; private set; } = "";

    public string? WhatHappened { get; private set; }

    public string? WhatWasDone { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.WhatHappened = FormText.AsTyped(Input.WhatHappened);
        Input.WhatWasDone = FormText.AsTyped(Input.WhatWasDone);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await wrong.CompleteAsync(ChildId, Id, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "The breach report is complete.";
        return Redirect($"/hear/{ChildId}/breaches/{Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        var report = await db.BreachReports.AsNoTracking().SingleOrDefaultAsync(b => b.Id == Id && b.ChildId == ChildId, cancel);
        if (child is null || report is null) return false;
        (Child, Report) = (child, report);
        Readers = await wrong.ReadersAsync(report, cancel);
        var names = await db.Users.Where(u => u.Id == report.MovedById || u.Id == report.CompletedById).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        MovedBy = names.GetValueOrDefault(report.MovedById, "A worker");
        CompletedBy = names.GetValueOrDefault(report.CompletedById ?? Guid.Empty, "a worker");
        WhatHappened = report.WhatHappenedSealed is { } happened ? await keys.OpenAsync(ChildId, happened, report.Id, SealPart.BreachHappened, cancel) : null;
        WhatWasDone = report.WhatWasDoneSealed is { } done ? await keys.OpenAsync(ChildId, done, report.Id, SealPart.BreachDone, cancel) : null;
        return true;
    }
}
