using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Projects;

public class OutputModel(OutputService outputs, ICurrentActor current) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid ProjectId { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public ResearchOutput Output { get; private set; } = null!;

    public OutputView View { get; private set; } = null!;

    public DateOnly Today => outputs.Today;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var output = await outputs.OutputsFor(current.Actor!).AsNoTracking().Include(o => o.Project).SingleOrDefaultAsync(o => o.Id == Id && o.ProjectId == ProjectId, cancel);
        if (output is null || await outputs.OpenAsync(Id, current.Actor!, cancel) is not { } content) return NotFound();
        (Output, View) = (output, OutputView.Of(output, content.Bytes));
        return Page();
    }

    /// <summary>Nothing is sent here without saying what is to be done.</summary>
    public IActionResult OnPost() => NotFound();

    public async Task<IActionResult> OnPostLinkAsync(CancellationToken cancel) =>
        await outputs.MakeLinkAsync(ProjectId, Id, current.Actor!, cancel) is { } token ? Redirect($"/use/projects/{ProjectId}/outputs/{Id}/download/{token}") : NotFound();
}
