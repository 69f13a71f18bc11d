using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Web.Access;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ChildrensInfo.Web.Pages.Govern;

/// <summary>The data protection impact assessment, as far as the program knows it: what happened here, the risks, and what is done against each.</summary>
public class AssessmentModel(ProcessingRecords records, SecondFactorRule secondFactor, ICurrentActor current) : PageModel
{
    public ProcessingRecord Record { get; private set; } = null!;

    public ProcessingCounts Counts { get; private set; } = null!;

    public ShippedRisks Shipped => ShippedRisks.All;

    /// <summary>The risks that are high still, with what is switched on here.</summary>
    public IReadOnlyList<ProcessingRisk> StillHigh => [.. Shipped.Risks.Where(r => r.LeftWith(Record.Security).Level == RiskLevel.High)];

    public async Task OnGetAsync(CancellationToken cancel) => (Record, Counts) = await records.AssessAsync(current.Actor!, secondFactor.Requires, cancel);
}
