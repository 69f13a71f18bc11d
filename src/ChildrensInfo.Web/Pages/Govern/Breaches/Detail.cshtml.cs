using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Shared;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern.Breaches;

/// <summary>One breach from when it became known to its end.</summary>
public class DetailModel(BreachService breaches, AppDbContext db, IValidator<LookAtBreach> lookValidator, IValidator<GiveReason> closeValidator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid Id { get; set; }

    [BindProperty]
    public LookAtBreach Look { get; set; } = new();

    [BindProperty]
    public GiveReason Close { get; set; } = new();

    public DataBreach Breach { get; private set; } = null!;

    public IReadOnlyList<DutyNoteRead> Notes { get; private set; } = [];

    public string? WhyNotClose { get; private set; }

    public DateTime Now => breaches.Now;

    public IReadOnlyDictionary<Guid, string> People { get; private set; } = new Dictionary<Guid, string>();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var shown = await ShowAsync(cancel);
        if (Breach is not null) Look = new() { People = Breach.People, Risk = Breach.Risk, Version = Breach.Version };
        return shown;
    }

    public async Task<IActionResult> OnPostLookAsync(CancellationToken cancel)
    {
        (Look.Why, Look.Done) = (FormText.AsTyped(Look.Why), FormText.AsTyped(Look.Done));
        if (!await ModelState.ValidateAsync(lookValidator, Look, nameof(Look), cancel)) return await ShowAsync(cancel);
        return await DoneAsync(await breaches.LookAsync(Id, Look, current.Actor!, cancel), nameof(Look), "Kept.", cancel);
    }

    public async Task<IActionResult> OnPostCloseAsync(CancellationToken cancel)
    {
        (Close.Id, Close.Reason) = (Id, FormText.AsTyped(Close.Reason));
        ModelState.Remove($"{nameof(Close)}.{nameof(Close.Id)}");
        if (!await ModelState.ValidateAsync(closeValidator, Close, nameof(Close), cancel)) return await ShowAsync(cancel);
        return await DoneAsync(await breaches.CloseAsync(Id, Close, current.Actor!, cancel), nameof(Close), "Closed.", cancel);
    }

    private async Task<IActionResult> DoneAsync(Outcome? outcome, string prefix, string said, CancellationToken cancel)
    {
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, prefix)) return await ShowAsync(cancel);
        TempData["Success"] = said;
        return Redirect($"/govern/breaches/{Id}");
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancel)
    {
        if (await breaches.OpenAsync(Id, current.Actor!, cancel) is not { } opened) return NotFound();
        (Breach, Notes, WhyNotClose) = opened;
        People = await db.Users.Where(u => u.AuthorityId == current.Actor!.AuthorityId).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return Page();
    }
}
