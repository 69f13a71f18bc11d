using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Packs;

/// <summary>The council’s monthly packs, each with its editions.</summary>
public class IndexModel(PackService packs, ICurrentActor current) : PageModel
{
    public IReadOnlyList<PackOpened> Packs { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel) => Packs = await packs.OpenAsync(current.Actor!, cancel);
}
