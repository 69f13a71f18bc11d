using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Admin.Allocations;

public class NewChildModel(ChildService children, IValidator<CreateChild> validator, ICurrentActor current) : PageModel
{
    [BindProperty]
    public CreateChild Input { get; set; } = new();

    public void OnGet() => Input.Id = Guid.CreateVersion7();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)
            || !ModelState.Accept(await children.CreateAsync(Input, current.Actor!, cancel), nameof(Input)))
        {
            return Page();
        }

        TempData["Success"] = "The child is added. Allocate them to somebody who will hear them.";
        return RedirectToPage("Child", new { childId = Input.Id });
    }
}
