using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern.Wordings;

/// <summary>One wording as people see it, with who wrote and who approved it, and the versions before it.</summary>
public class DetailModel(AppDbContext db, WordingService wordings, ICurrentActor current, TimeProvider clock) : PageModel
{
    [FromRoute]
    public Guid Id { get; set; }

    public Wording Wording { get; private set; } = null!;

    public CouncilNames Council { get; private set; } = null!;

    public string? WrittenBy { get; private set; }

    public string? ApprovedBy { get; private set; }

    public bool IsInForce { get; private set; }

    /// <summary>Every version for the same purpose, language, format and age, the newest first.</summary>
    public IReadOnlyList<Wording> Versions { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await db.Wordings.AsNoTracking().SingleOrDefaultAsync(w => w.Id == Id, cancel) is not { } wording) return NotFound();
        Wording = wording;
        Council = await CouncilNames.OfActorAsync(db, cancel);
        Versions = [.. (await db.Wordings.AsNoTracking().Where(w => w.Purpose == wording.Purpose && w.Language == wording.Language && w.Format == wording.Format && w.AgeBand == wording.AgeBand).ToListAsync(cancel))
            .OrderByDescending(w => w.Number).ThenBy(w => w.AuthorityId is null)];
        IsInForce = WordingService.InForce(Versions, clock.GetUtcNow().UtcDateTime).Any(w => w.Id == Id);
        var names = await db.Users.Where(u => u.Id == wording.WrittenById || u.Id == wording.ApprovedById).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        (WrittenBy, ApprovedBy) = (NameOf(wording.WrittenById), NameOf(wording.ApprovedById));
        return Page();
        string? NameOf(Guid? id) => id is { } person ? names.GetValueOrDefault(person) : null;
    }

    /// <summary>Nothing is sent here without saying what is to be done.</summary>
    public IActionResult OnPost() => NotFound();

    public async Task<IActionResult> OnPostRetireAsync(CancellationToken cancel)
    {
        if (!await wordings.RetireAsync(Id, current.Actor!, cancel)) return NotFound();
        TempData["Success"] = "Nobody is asked with it any more. Who agreed to it keeps it as it was.";
        return Redirect($"/govern/wordings/{Id}");
    }
}
