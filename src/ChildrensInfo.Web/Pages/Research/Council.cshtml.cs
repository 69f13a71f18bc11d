using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Research;

/// <summary>What one council has approved, for anybody.</summary>
public class CouncilModel(ResearchRegister register) : PageModel
{
    public string Name { get; private set; } = "";

    public IReadOnlyList<RegisterEntry> Entries { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string code, CancellationToken cancel)
    {
        if (await register.OfAsync(code, cancel) is not { } found) return NotFound();
        (Name, Entries) = found;
        return Page();
    }
}
