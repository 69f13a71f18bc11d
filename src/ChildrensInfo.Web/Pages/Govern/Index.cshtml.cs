using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Govern;

/// <summary>The register of purposes: what each rests on here, in how many wordings it is put, and what waits for a second person.</summary>
public class IndexModel(AppDbContext db, GovernanceRegister register, PurposeService purposes, ICurrentActor current, TimeProvider clock) : PageModel
{
    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public int Waiting { get; private set; }

    /// <summary>Yeses that should not have been relied on, and that nobody has looked at yet.</summary>
    public int ToAssess { get; private set; }

    /// <param name="Languages">In how many languages every age has a text.</param>
    public sealed record Row(Purpose Purpose, PurposeRules Rules, int Wordings, int Own, IReadOnlyList<string> Languages);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var rules = await purposes.AllRulesAsync(cancel);
        var inForce = WordingService.InForce(await db.Wordings.AsNoTracking().ToListAsync(cancel), clock.GetUtcNow().UtcDateTime).ToLookup(w => w.Purpose);
        var ages = Enum.GetValues<AgeBand>().Length;
        Rows = [.. Enum.GetValues<Purpose>().Select(p => new Row(p, rules[p], inForce[p].Count(), inForce[p].Count(w => w.AuthorityId is not null),
            [.. inForce[p].Where(w => w.Format == WordingFormat.Text).GroupBy(w => w.Language).Where(g => g.Select(w => w.AgeBand).Distinct().Count() == ages).Select(g => g.Key).Order(StringComparer.Ordinal)]))];
        Waiting = await db.WordingDrafts.CountAsync(d => d.State == WordingDraftState.Waiting && d.WrittenById != current.Actor!.PersonId, cancel);
        ToAssess = await register.ToAssessAsync(current.Actor!, cancel);
        db.Add(AuditEntry.For(AuditActions.RegisterRead, current.Actor!, null, null, clock, "purposes"));
        await db.SaveChangesAsync(cancel);
    }
}
