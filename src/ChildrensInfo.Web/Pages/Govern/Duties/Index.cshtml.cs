using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Govern.Duties;

/// <summary>The way to one child's record by its number, which requests wait for an answer, what waits for a second person, and what holds every record.</summary>
public class IndexModel(DutyService duties, LegalHoldService holds, RetentionService retention, IValidator<PlaceHold> placeValidator, IValidator<GiveReason> reasonValidator, ICurrentActor current) : PageModel
{
    [BindProperty]
    public string? ChildNumber { get; set; }

    [BindProperty]
    public PlaceHold Hold { get; set; } = new();

    [BindProperty]
    public GiveReason Lift { get; set; } = new();

    public DutiesOfAll Duties { get; private set; } = null!;

    public DateOnly Today => retention.Today;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Hold = new() { Id = Guid.CreateVersion7() };
        return await ShowAsync(cancel);
    }

    public async Task<IActionResult> OnPostFindAsync(CancellationToken cancel)
    {
        if (await duties.FindAsync(ChildNumber, current.Actor!, cancel) is { } childId) return Redirect($"/govern/duties/{childId}");
        ModelState.AddModelError(nameof(ChildNumber), string.IsNullOrWhiteSpace(ChildNumber) ? "Enter the council’s number for the child" : "There is no child with that number");
        return await ShowAsync(cancel);
    }

    public async Task<IActionResult> OnPostHoldAsync(CancellationToken cancel)
    {
        Hold.Reason = FormText.AsTyped(Hold.Reason);
        if (!await ModelState.ValidateAsync(placeValidator, Hold, nameof(Hold), cancel)) return await ShowAsync(cancel);
        return await DoneAsync(await holds.PlaceAsync(null, Hold, current.Actor!, cancel), nameof(Hold), "Nothing of any child is destroyed until it is lifted.", cancel);
    }

    public async Task<IActionResult> OnPostLiftAsync(CancellationToken cancel)
    {
        Lift.Reason = FormText.AsTyped(Lift.Reason);
        if (!await ModelState.ValidateAsync(reasonValidator, Lift, nameof(Lift), cancel)) return await ShowAsync(cancel);
        return await DoneAsync(await holds.LiftAsync(null, Lift, current.Actor!, cancel), nameof(Lift), "Lifted.", cancel);
    }

    private async Task<IActionResult> DoneAsync(ChildrensInfo.Core.Shared.Outcome? outcome, string prefix, string said, CancellationToken cancel)
    {
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, prefix)) return await ShowAsync(cancel);
        TempData["Success"] = said;
        return Redirect("/govern/duties");
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancel)
    {
        Duties = await duties.ListAsync(current.Actor!, cancel);
        return Page();
    }
}
