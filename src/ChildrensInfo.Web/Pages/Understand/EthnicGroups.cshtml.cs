using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Web.Forms;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand;

/// <summary>How many children of each ethnic group live in the council's area: what ethnic groups are compared by.</summary>
public class EthnicGroupsModel(EthnicPopulationService populations, IValidator<KeepEthnicPopulation> validator, ICurrentActor current) : PageModel
{
    [BindProperty]
    public KeepEthnicPopulation Input { get; set; } = new();

    public IReadOnlyList<(EthnicPopulation Kept, string By)> Versions { get; private set; } = [];

    /// <summary>The newest of the newest year; null when nobody has said.</summary>
    public EthnicPopulation? Now => Versions.Count == 0 ? null : Versions[0].Kept;

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Versions = await populations.VersionsAsync(cancel);
        Input = new()
        {
            Id = Guid.CreateVersion7(),
            Year = Now?.Year,
            Asian = Now?.Asian,
            Black = Now?.Black,
            Mixed = Now?.Mixed,
            White = Now?.White,
            Other = Now?.Other,
            Source = Now?.Source,
        };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await ModelState.ValidateAsync(validator, Input, nameof(Input), cancel))
        {
            var outcome = await populations.KeepAsync(Input, current.Actor!, cancel);
            if (outcome is null) return NotFound();
            if (ModelState.Accept(outcome, nameof(Input)))
            {
                TempData["Success"] = "Kept. Ethnic groups are compared by these children from now on.";
                return Redirect("/understand/population/ethnic-groups");
            }
        }

        Versions = await populations.VersionsAsync(cancel);
        return Page();
    }
}
