using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.InformationUse;

/// <summary>One Information Use Project: its text, what happened, and what may follow.</summary>
public class DetailModel(InformationUseService projects, IValidator<AddInformationUseStep> validator, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid Id { get; set; }

    [BindProperty]
    public AddInformationUseStep Input { get; set; } = new();

    public InformationUseOpened Opened { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input = new() { Id = Guid.CreateVersion7() };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await projects.AddAsync(Id, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Added.";
        return Redirect($"/understand/information-use/{Id}");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if ((await projects.OpenAsync(current.Actor!, cancel, only: Id)).SingleOrDefault() is not { } found) return false;
        Opened = found;
        return true;
    }
}
