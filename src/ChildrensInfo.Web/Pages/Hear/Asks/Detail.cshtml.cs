using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Responses;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Asks;

/// <summary>One ask: the words, where it stands, what can come next, and everything that was done.</summary>
public class DetailModel(AppDbContext db, AsksOfChild asks, ICurrentActor current) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid AskId { get; set; }

    public Child Child { get; private set; } = null!;

    public AsksOfChild.Row Ask { get; private set; } = null!;

    /// <summary>What this person may do next.</summary>
    public IReadOnlyList<StepKind> Next { get; private set; } = [];

    public bool MayAgree { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel) is not { } child) return NotFound();
        if ((await asks.LoadAsync(child, cancel, AskId)).SingleOrDefault() is not { } ask) return NotFound();
        (Child, Ask) = (child, ask);
        var next = ResponseRules.Next(ask.Progress);
        if (current.Actor!.Can(Capability.HearChildren)) Next = [.. next.Where(k => k is not (StepKind.DelayAgreed or StepKind.DelayRefused))];
        MayAgree = next.Contains(StepKind.DelayAgreed) && current.Actor.Can(Capability.AgreeForTeam) && ask.Progress.DelayAskedBy != current.Actor.PersonId;
        return Page();
    }
}
