using System.Globalization;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Use.Projects;

/// <summary>What the pages that write a project have in common: the form.</summary>
public abstract class ProjectFormModel(ResearchService research) : PageModel
{
    protected ResearchService Research { get; } = research;

    [BindProperty]
    public DraftProject Input { get; set; } = new();

    public VariableCatalogue Catalogue { get; } = new(research.Today);

    public string Example => Research.Today.AddYears(1).ToString("d M yyyy", CultureInfo.InvariantCulture);
}
