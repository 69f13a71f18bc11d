using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Research;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Act;

/// <summary>The register of approved research, beside what else is done with what children say.</summary>
public class IndexModel(ResearchRegister register, ICurrentActor current) : PageModel
{
    public bool MayInvolve => current.Actor!.Can(Capability.InvolveChildren);

    public IReadOnlyList<RegisterEntry> Projects { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel) => Projects = await register.EntriesAsync(cancel);
}
