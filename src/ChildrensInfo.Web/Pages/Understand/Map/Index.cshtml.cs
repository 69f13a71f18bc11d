using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Map;

/// <summary>Every domain of need, with what is missing.</summary>
public class IndexModel(InformationMap map, InformationUseService projects, ICurrentActor current) : PageModel
{
    public List<MappedDomain> Domains { get; private set; } = [];

    /// <summary>What is tried, by domain.</summary>
    public ILookup<string, InformationUseOpened> Projects { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Domains = [.. await map.ReadAsync(current.Actor!, cancel)];
        Projects = (await projects.OpenAsync(current.Actor!, cancel)).ToLookup(p => p.Project.Domain);
    }
}
