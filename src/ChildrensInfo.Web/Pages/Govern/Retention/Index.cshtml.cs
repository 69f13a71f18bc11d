using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Rights;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Govern.Retention;

/// <summary>How long each kind of record is kept here, and of whom something is due to be looked at.</summary>
public class IndexModel(RetentionService retention, ICurrentActor current) : PageModel
{
    public IReadOnlyList<RetentionInForce> Rules { get; private set; } = [];

    public IReadOnlyList<DueRow> Due { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Rules = await retention.RulesAsync(cancel);
        Due = await retention.DueAsync(current.Actor!, cancel);
    }
}
