using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Govern.Breaches;

public class NewModel(BreachService breaches, IValidator<LogBreach> validator, ICurrentActor current) : PageModel
{
    [BindProperty]
    public LogBreach Input { get; set; } = new();

    public void OnGet() => Input = new() { Id = Guid.CreateVersion7() };

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        Input.Happened = FormText.AsTyped(Input.Happened);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (await breaches.LogAsync(Input, current.Actor!, cancel) is not { } outcome) return NotFound();
        return ModelState.Accept(outcome, nameof(Input)) ? Redirect($"/govern/breaches/{Input.Id}") : Page();
    }
}
