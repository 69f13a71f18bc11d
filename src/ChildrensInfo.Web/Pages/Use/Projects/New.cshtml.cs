using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;

namespace ChildrensInfo.Web.Pages.Use.Projects;

public class NewModel(ProjectService projects, IValidator<DraftProject> validator, ICurrentActor current) : ProjectFormModel(projects)
{
    public void OnGet() => (Input.Id, Input.Populations) = (Guid.CreateVersion7(), [ResearchPopulation.Usual.Key]);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await Projects.DraftAsync(Input, current.Actor!, cancel);
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Draft saved. Nobody else sees it until you send it.";
        return Redirect($"/use/projects/{Input.Id}");
    }
}
