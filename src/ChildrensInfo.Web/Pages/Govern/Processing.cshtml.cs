using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Govern;

/// <summary>The record of what the council does with personal data in the portal, to read and to print.</summary>
public class ProcessingModel(ProcessingRecords records, SecondFactorRule secondFactor, ICurrentActor current) : PageModel
{
    public ProcessingRecord Record { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken cancel) => Record = await records.OfCouncilAsync(current.Actor!, secondFactor.Requires, cancel);
}
