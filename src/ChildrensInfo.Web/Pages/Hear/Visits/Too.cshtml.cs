using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear.Visits;

/// <summary>
/// Another child who was seen at the same visit, such as a brother or sister. Day, place and who was there go with the worker to that child's own form, to be looked
/// through; neither child's record says anything of the other.
/// </summary>
public class TooModel(AppDbContext db, KeyRing keys, ICurrentActor current, TimeProvider clock) : PageModel
{
    [FromRoute]
    public Guid ChildId { get; set; }

    [FromRoute]
    public Guid SessionId { get; set; }

    public Child Child { get; private set; } = null!;

    public VoiceSession Visit { get; private set; } = null!;

    /// <summary>Who was there, but for children: one of them may be the child who is chosen.</summary>
    public IReadOnlyList<SomebodyPresent> Present { get; private set; } = [];

    public bool LeavesChildrenOut { get; private set; }

    /// <summary>The worker's own children, those of the same last name apart.</summary>
    public IReadOnlyList<Child> SameName { get; private set; } = [];

    public IReadOnlyList<Child> Others { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        var actor = current.Actor!;
        var visit = await db.VoiceSessions.AsNoTracking().Include(s => s.Child).Include(s => s.Present)
            .SingleOrDefaultAsync(s => s.Id == SessionId && s.ChildId == ChildId && s.PractitionerId == actor.PersonId, cancel);
        if (visit?.Child is not { } child) return NotFound();
        (Visit, Child) = (visit, child);
        var present = new List<SomebodyPresent>();
        foreach (var one in visit.Present.Where(p => !IsChild(p)).OrderBy(p => p.Position))
        {
            var who = one.WhoSealed is { } text ? await keys.OpenAsync(ChildId, text, one.Id, SealPart.Present, cancel) : null;
            present.Add(new() { Who = who, Role = one.Role, InEarshot = one.InEarshot });
        }

        (Present, LeavesChildrenOut) = (present, visit.Present.Exists(IsChild));
        var mine = await db.Children.AsNoTracking().Where(c => c.Id != ChildId && db.Allocations.Any(a => a.ChildId == c.Id && a.PractitionerId == actor.PersonId && a.EndedOn == null)).ToListAsync(cancel);
        var named = mine.OrderBy(c => c.DisplayName, StringComparer.CurrentCulture).ToLookup(c => c.FamilyName is { Length: > 0 } name && string.Equals(name, child.FamilyName, StringComparison.OrdinalIgnoreCase));
        (SameName, Others) = ([.. named[true]], [.. named[false]]);
        db.Add(AuditEntry.For(AuditActions.ChildListed, actor, null, null, clock, mine.Count == 1 ? "1 child" : $"{mine.Count} children"));
        await db.SaveChangesAsync(cancel);
        return Page();
    }

    private static bool IsChild(PresentPerson person) => person.Role is PresentAs.BrotherOrSister or PresentAs.OtherChild;
}
