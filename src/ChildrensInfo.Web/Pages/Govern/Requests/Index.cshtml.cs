using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Rights;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Govern.Requests;

public class IndexModel(AccessRequestService requests, ICurrentActor current) : PageModel
{
    public IReadOnlyList<AccessRow> Rows { get; private set; } = [];

    public DateOnly Today => requests.Today;

    public async Task OnGetAsync(CancellationToken cancel) => Rows = await requests.ListAsync(current.Actor!, cancel);
}
