using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>Opens the record of a child of a colleague's: with a reason, for a day, and the colleague is told.</summary>
public class CoverModel(CoverService cover, IValidator<OpenForCover> validator, ICurrentActor current) : PageModel
{
    [BindProperty]
    public OpenForCover Input { get; set; } = new();

    public void OnGet() => Input.Id = Guid.CreateVersion7();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        Input.Reason = FormText.AsTyped(Input.Reason) ?? "";
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var (childId, outcome) = await cover.OpenAsync(Input, current.Actor!, cancel);
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        return Redirect($"/hear/{childId}");
    }
}
