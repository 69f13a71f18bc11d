using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Web.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand;

/// <summary>How many children live in the council's area, where no published number is to be had.</summary>
public class PopulationModel(NeedFigures figures, ICurrentActor current, TimeProvider clock) : PageModel
{
    [BindProperty]
    public KeepPopulation Input { get; set; } = new();

    public (int Year, int Children, string Source)? Now { get; private set; }

    public sealed class KeepPopulation
    {
        public int? Year { get; set; }

        public int? Children { get; set; }

        public string? Source { get; set; }
    }

    public Task OnGetAsync(CancellationToken cancel) => LoadAsync(cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (ModelState.IsValid && ModelState.Accept(await figures.KeepPopulationAsync(Input.Year, Input.Children, Input.Source, current.Actor!, cancel), nameof(Input)))
        {
            TempData["Success"] = "Kept. The first line says which number rates are worked out with now.";
            return Redirect("/understand/population");
        }

        await LoadAsync(cancel);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancel) => Now = await figures.PopulationAsync(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), cancel);
}
