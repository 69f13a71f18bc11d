using System.Globalization;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Use.Projects;

/// <summary>What the pages that write a project have in common: the form.</summary>
public abstract class ProjectFormModel(ProjectService projects) : PageModel
{
    protected ProjectService Projects { get; } = projects;

    [BindProperty]
    public DraftProject Input { get; set; } = new();

    public VariableCatalogue Catalogue { get; } = new(projects.Today);

    public string Example => Projects.Today.AddYears(1).ToString("d M yyyy", CultureInfo.InvariantCulture);
}
