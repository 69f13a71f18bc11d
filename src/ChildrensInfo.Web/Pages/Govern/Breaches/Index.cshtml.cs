using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Rights;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Govern.Breaches;

/// <summary>The log of breaches, those first of which somebody is still to be told.</summary>
public class IndexModel(BreachService breaches, ICurrentActor current) : PageModel
{
    public IReadOnlyList<DataBreach> Rows { get; private set; } = [];

    public DateTime Now => breaches.Now;

    public async Task OnGetAsync(CancellationToken cancel) => Rows = await breaches.ListAsync(current.Actor!, cancel);
}
