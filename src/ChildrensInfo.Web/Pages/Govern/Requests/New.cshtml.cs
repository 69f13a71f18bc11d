using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Govern.Requests;

public class NewModel(AccessRequestService requests, IValidator<LogAccessRequest> validator, ICurrentActor current) : PageModel
{
    [BindProperty]
    public LogAccessRequest Input { get; set; } = new();

    public void OnGet() => Input = new() { Id = Guid.CreateVersion7(), ReceivedOn = requests.Today };

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        Input.IdentityNote = FormText.AsTyped(Input.IdentityNote);
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        if (await requests.LogAsync(Input, current.Actor!, cancel) is not { } logged) return NotFound();
        return ModelState.Accept(logged.Outcome, nameof(Input)) ? Redirect($"/govern/requests/{logged.ChildId}/{Input.Id}") : Page();
    }
}
