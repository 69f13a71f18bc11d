using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Permissions;

/// <summary>What a child and those responsible for them were told and asked, and where each answer stands.</summary>
public class IndexModel(AppDbContext db, ConsentService consent) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    public Child Child { get; private set; } = null!;

    public bool MayAsk => db.Actor!.Can(Capability.HearChildren);

    public IReadOnlyList<Card> Cards { get; private set; } = [];

    /// <param name="DecidedBy">Null when nothing was decided yet.</param>
    public sealed record Card(Purpose Purpose, ConsentDecision Decision, string? DecidedBy, DateOnly? On, ConsentMethod? Method, Wording? Wording);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var child = await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel);
        if (child is null) return NotFound();
        Child = child;
        Council = await AskModel.CouncilAsync(db, cancel);
        var decisions = await consent.DecideAllNowAsync(ChildId, cancel);
        var restsOn = decisions.Values.Select(d => d.EventId).OfType<Guid>().ToList();
        var events = await db.ConsentEvents.AsNoTracking().Where(e => restsOn.Contains(e.Id) && e.ChildId == ChildId)
            .Include(e => e.DecidedByRelationship).Include(e => e.Wording).ToDictionaryAsync(e => e.Id, cancel);
        Cards = [.. Purposes.AskedInGeneral.Select(purpose =>
        {
            var decision = decisions[purpose];
            var last = decision.EventId is { } id ? events.GetValueOrDefault(id) : null;
            return new Card(purpose, decision, last is null ? null : WhoDecided(last), last is null ? null : ConsentRules.LocalDay(last.OccurredAt), last?.Method, last?.Wording);
        })];
        return Page();
    }

    public string Council { get; private set; } = "";

    private string WhoDecided(ConsentEvent e) => e.DecidedBy switch
    {
        Core.Consent.DecidedBy.ChildForSelf => Child.CalledName,
        null => Child.CalledName,
        Core.Consent.DecidedBy.LocalAuthority => "The council",
        _ => e.DecidedByRelationship is { } relation ? $"{relation.Name}, {Words.Of(relation.Kind).ToLowerInvariant()}" : "A parent or carer",
    };
}
