using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace ChildrensInfo.Web.Pages.Admin.People;

public class NewModel(PeopleService people, IValidator<CreatePerson> validator, AppDbContext db, ICurrentActor current) : PageModel
{
    [BindProperty]
    public CreatePerson Input { get; set; } = new();

    public IReadOnlyList<SelectListItem> Teams { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Input.Id = Guid.CreateVersion7();
        Teams = await TeamChoices.Async(db, cancel);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)
            && ModelState.Accept(await people.CreateAsync(Input, current.Actor!, cancel), nameof(Input)))
        {
            if (await people.MakeLinkAsync(Input.Id, current.Actor!, cancel) is { } code) PersonModel.KeepLink(TempData, Input.Id, code);
            return RedirectToPage("Person", new { Input.Id });
        }

        Teams = await TeamChoices.Async(db, cancel);
        return Page();
    }
}
