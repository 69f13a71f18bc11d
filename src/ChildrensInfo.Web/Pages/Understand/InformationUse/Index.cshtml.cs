using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Learning;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Understand.InformationUse;

/// <summary>Every Information Use Project of the council, what is due to be looked at again first.</summary>
public class IndexModel(InformationUseService projects, ICurrentActor current) : PageModel
{
    public IReadOnlyList<InformationUseOpened> Projects { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel) => Projects = await projects.OpenAsync(current.Actor!, cancel);
}
