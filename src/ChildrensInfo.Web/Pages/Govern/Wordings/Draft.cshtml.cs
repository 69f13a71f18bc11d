using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Forms;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern.Wordings;

/// <summary>A proposed wording beside what is in force, as each age would see it, and the second person's decision.</summary>
public class DraftModel(AppDbContext db, WordingService wordings, ICurrentActor current, TimeProvider clock) : PageModel
{
    [FromRoute]
    public Guid Id { get; set; }

    [BindProperty]
    public bool? Approve { get; set; }

    [BindProperty]
    public bool SaysAll { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public WordingDraft Draft { get; private set; } = null!;

    public CouncilNames Council { get; private set; } = null!;

    public string By { get; private set; } = "";

    public string? DecidedBy { get; private set; }

    /// <summary>What people of each age are shown of this purpose in this language: the draft in its own place, what is in force in the others.</summary>
    public IReadOnlyList<(AgeBand Age, string Name, WordingShown Shown, bool IsDraft)> Ages { get; private set; } = [];

    /// <summary>What the draft would take the place of.</summary>
    public Wording? Before { get; private set; }

    public bool IsMine => Draft.WrittenById == current.Actor!.PersonId;

    public bool MayWriteOn => IsMine && Draft.State is WordingDraftState.Draft or WordingDraftState.SentBack;

    public bool MayDecide => !IsMine && Draft.State == WordingDraftState.Waiting;

    /// <summary>About how old a reader has to be; measured for English only.</summary>
    public int? ReadingAge => Draft.Language == "en" ? Core.Responses.ReadingAge.Of(Draft.Body) : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync(cancel) ? Page() : NotFound();

    /// <summary>Nothing is sent here without saying what is to be done.</summary>
    public IActionResult OnPost() => NotFound();

    public async Task<IActionResult> OnPostDecideAsync(CancellationToken cancel) =>
        await AnswerAsync(await wordings.DecideAsync(Id, Approve, SaysAll, FormText.AsTyped(Reason), current.Actor!, cancel), Approve == true ? "In force from now on." : "Sent back.", cancel);

    public async Task<IActionResult> OnPostDiscardAsync(CancellationToken cancel) =>
        await AnswerAsync(await wordings.DiscardAsync(Id, current.Actor!, cancel), "Given up.", cancel);

    private async Task<IActionResult> AnswerAsync(Outcome? outcome, string done, CancellationToken cancel)
    {
        if (outcome is null || !await LoadAsync(cancel)) return NotFound();
        if (!ModelState.Accept(outcome, "")) return Page();
        TempData["Success"] = done;
        return Redirect($"/govern/wordings/drafts/{Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (await db.WordingDrafts.AsNoTracking().SingleOrDefaultAsync(d => d.Id == Id, cancel) is not { } draft) return false;
        Draft = draft;
        Council = await CouncilNames.OfActorAsync(db, cancel);
        var names = await db.Users.Where(u => u.Id == draft.WrittenById || u.Id == draft.DecidedById).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        (By, DecidedBy) = (names.GetValueOrDefault(draft.WrittenById, ""), draft.DecidedById is { } id ? names.GetValueOrDefault(id) : null);
        var inForce = WordingService.InForce(await db.Wordings.AsNoTracking().Where(w => w.Purpose == draft.Purpose && w.Language == draft.Language).ToListAsync(cancel), clock.GetUtcNow().UtcDateTime).ToList();
        Before = inForce.SingleOrDefault(w => w.Format == draft.Format && w.AgeBand == draft.AgeBand);
        Ages = [.. Enum.GetValues<AgeBand>().Select(age => age == draft.AgeBand
                ? (age, draft.Name, WordingShown.Of(draft, Council), true)
                : WordingService.Choose([.. inForce.Where(w => w.AgeBand == age)], draft.Language, draft.Format) is { } there ? (age, there.Name, WordingShown.Of(there, Council), false) : (age, "", null!, false))
            .Where(a => a.Item3 is not null)];
        return true;
    }
}
