using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Projects;

public class EditModel(ProjectService projects, IValidator<DraftProject> validator, ICurrentActor current) : ProjectFormModel(projects)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var project = await Mine.SingleOrDefaultAsync(p => p.Id == Id, cancel);
        if (project is null) return NotFound();
        if (!project.IsWithOwner) return Redirect($"/use/projects/{Id}");
        Input = new DraftProject
        {
            Id = project.Id,
            Version = project.Version,
            Title = project.Title,
            Question = project.Question,
            PlainWords = project.PlainWords,
            PublicBenefit = project.PublicBenefit,
            Populations = [.. project.Populations],
            WantsWords = project.WordsWhy is not null,
            WordsWhy = project.WordsWhy,
            EthicsReference = project.EthicsReference,
            People = project.People,
            Place = project.Place,
            PlaceName = project.PlaceName,
            ShapedBy = project.ShapedBy,
            HowTheyHear = project.HowTheyHear,
            Retention = project.Retention,
            ExpiresOn = project.ExpiresOn,
            DestroyOn = project.DestroyOn,
            Chosen = [.. project.Variables.Select(v => v.Key)],
            Why = project.Variables.ToDictionary(v => v.Key, v => (string?)v.Why),
        };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        // The address says which project; a different id in the form is somebody's mistake or trick.
        if (!await Mine.AnyAsync(p => p.Id == Id, cancel) || Input.Id != Id) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await Projects.ChangeAsync(Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Draft saved.";
        return Redirect($"/use/projects/{Id}");
    }

    private IQueryable<ResearchProject> Mine => Projects.ProjectsFor(current.Actor!).AsNoTracking();
}
