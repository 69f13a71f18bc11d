using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.Map;

/// <summary>Every domain of need, with what is missing.</summary>
public class IndexModel(InformationMap map, ICurrentActor current) : PageModel
{
    public List<MappedDomain> Domains { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel) => Domains = [.. await map.ReadAsync(current.Actor!, cancel)];
}
