using System.Globalization;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Govern.Breaches;

public class NewModel(BreachService breaches, GovernanceRegister register, IValidator<LogBreach> validator, ICurrentActor current) : PageModel
{
    [BindProperty]
    public LogBreach Input { get; set; } = new();

    /// <param name="invalidated">A yes that should not have been relied on. What is logged of it bears its id, so that the register leads there.</param>
    public async Task<IActionResult> OnGetAsync(Guid? invalidated, CancellationToken cancel)
    {
        Input = new() { Id = Guid.CreateVersion7() };
        if (invalidated is not { } id) return Page();
        if (await register.InvalidatedAsync(id, current.Actor!, cancel) is not var (purpose, at)) return NotFound();
        var wall = TimeZoneInfo.ConvertTimeFromUtc(at, ConsentRules.London);
        Input = new()
        {
            Id = id,
            KnownOn = DateOnly.FromDateTime(wall),
            KnownTime = wall.ToString("HH:mm", CultureInfo.InvariantCulture),
            People = 1,
            Data = [purpose is Purpose.Audio or Purpose.ImageWork or Purpose.ImagePerson ? BreachData.Recordings : BreachData.Words, BreachData.Permissions],
        };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        Input.Happened = FormText.AsTyped(Input.Happened);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (await breaches.LogAsync(Input, current.Actor!, cancel) is not { } outcome) return NotFound();
        return ModelState.Accept(outcome, nameof(Input)) ? Redirect($"/govern/breaches/{Input.Id}") : Page();
    }
}
