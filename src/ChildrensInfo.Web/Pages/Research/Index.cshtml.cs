using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Research;

/// <summary>Whose registers there are, for anybody.</summary>
public class IndexModel(ResearchRegister register) : PageModel
{
    public IReadOnlyList<(string Code, string Name)> Councils { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel) => Councils = await register.CouncilsAsync(cancel);
}
