using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Projects;

/// <summary>The file stays in memory until it is encrypted: a temporary file would hold it in the clear.</summary>
[RequestSizeLimit(LargestForm)]
[RequestFormLimits(MultipartBodyLengthLimit = LargestForm, MemoryBufferThreshold = LargestForm)]
public class NewOutputModel(ProjectService projects, OutputService outputs, IValidator<SubmitOutput> validator, ICurrentActor current) : PageModel
{
    /// <summary>Twice the largest file, so that one too large is told so beside the field.</summary>
    private const int LargestForm = 2 * ResearchOutput.FileMaxBytes;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public SubmitOutput Input { get; set; } = new();

    [BindProperty]
    public IFormFile? Results { get; set; }

    public string ProjectTitle { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Id = Guid.CreateVersion7();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (Results is null) ModelState.AddModelError(nameof(Results), "Choose a file");
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel) || Results is null) return Page();
        using var bytes = new MemoryStream((int)Results.Length);
        await Results.CopyToAsync(bytes, cancel);
        var outcome = await outputs.SubmitAsync(Id, Input, bytes.ToArray(), current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (outcome.Refusal is { Field: "File" } refusal)
        {
            ModelState.AddModelError(nameof(Results), refusal.Message);
            return Page();
        }

        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = "Sent. Somebody else will look at it.";
        return Redirect($"/use/projects/{Id}/outputs/{Input.Id}");
    }

    /// <summary>Only a project that is open has this page.</summary>
    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var project = await projects.ProjectsFor(current.Actor!).AsNoTracking().SingleOrDefaultAsync(p => p.Id == Id, cancel);
        ProjectTitle = project?.Title ?? "";
        return project?.IsOpenOn(projects.Today) == true;
    }
}
