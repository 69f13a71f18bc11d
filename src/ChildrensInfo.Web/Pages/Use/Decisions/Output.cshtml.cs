using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Research;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Use.Decisions;

public class OutputModel(AppDbContext db, OutputService outputs, IValidator<DecideOutput> validator, ICurrentActor current) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public DecideOutput Input { get; set; } = new();

    public string Owner { get; private set; } = "";

    public ResearchOutput Output { get; private set; } = null!;

    public OutputView View { get; private set; } = null!;

    public DateOnly Today => outputs.Today;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Input.Version = Output.Version;
        return Page();
    }

    /// <summary>The picture itself, for the page that shows it.</summary>
    public async Task<IActionResult> OnGetPictureAsync(CancellationToken cancel) =>
        await outputs.OutputsFor(current.Actor!).AnyAsync(o => o.Id == Id && o.Kind == OutputKind.Picture, cancel) && await outputs.OpenAsync(Id, current.Actor!, cancel) is { } content
            ? File(content.Bytes, content.ContentType) : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        if (!await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel)) return Page();
        var outcome = await outputs.DecideAsync(Id, Input, current.Actor!, cancel);
        if (outcome is null) return NotFound();
        if (!ModelState.Accept(outcome, nameof(Input))) return Page();
        TempData["Success"] = Input.Answer == OutputState.Released ? "Released. The researcher can fetch it." : "Your answer is with the researcher.";
        return Redirect("/use/decisions");
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        var output = await outputs.OutputsFor(current.Actor!).AsNoTracking().Include(o => o.Project).SingleOrDefaultAsync(o => o.Id == Id, cancel);
        if (output is null || await outputs.OpenAsync(Id, current.Actor!, cancel) is not { } content) return false;
        Output = output;
        Owner = await db.Users.Where(u => u.Id == output.SubmittedById).Select(u => u.DisplayName).SingleAsync(cancel);
        View = OutputView.Of(output, content.Bytes, $"/use/decisions/outputs/{Id}?handler=Picture");
        if (View.Table.Count > 0 && await outputs.CompareAsync(output, View.Table, current.Actor!, cancel) is { } earlier) View = View.Beside(earlier);
        return true;
    }
}
