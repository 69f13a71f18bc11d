using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Voice;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>The children a practitioner works with, those who have not been heard for long first.</summary>
public class IndexModel(AppDbContext db, DoNotTellService doNotTell, TimeProvider clock) : PageModel
{
    public const int WeeksHeardLately = 12;

    public sealed record Row(Guid Id, string Name, int? Age, DateOnly? LastHeardOn, int Records);

    public bool OfTeam => db.Actor!.Reach == Reach.Team;

    public DateOnly Today { get; private set; }

    public IReadOnlyList<Row> NotHeardLately { get; private set; } = [];

    public IReadOnlyList<Row> HeardLately { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        var readable = doNotTell.ReadableBy(db.Actor!, db.VoiceRecords);
        var children = (await db.Children.AsNoTracking()
                .Select(c => new
                {
                    Child = c,
                    // The child was heard when the child spoke: a parent's or a worker's words are not theirs, and nothing said is nothing heard.
                    LastHeardOn = readable.Where(r => r.ChildId == c.Id && (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson) && r.Kind != VoiceKind.Declined).Max(r => (DateOnly?)r.HeardOn),
                    Records = readable.Count(r => r.CorrectsId == null && r.ChildId == c.Id),
                }).ToListAsync(cancel))
            .Select(c => new Row(c.Child.Id, c.Child.DisplayName, c.Child.AgeOn(Today), c.LastHeardOn, c.Records)).ToList();
        var longAgo = Today.AddDays(-7 * WeeksHeardLately);
        NotHeardLately = [.. children.Where(c => c.LastHeardOn is null || c.LastHeardOn < longAgo).OrderBy(c => c.LastHeardOn ?? DateOnly.MinValue).ThenBy(c => c.Name, StringComparer.CurrentCulture)];
        HeardLately = [.. children.Where(c => c.LastHeardOn >= longAgo).OrderBy(c => c.LastHeardOn).ThenBy(c => c.Name, StringComparer.CurrentCulture)];

        db.Add(AuditEntry.For(AuditActions.ChildListed, db.Actor, null, null, clock, $"{children.Count}"));
        await db.SaveChangesAsync(cancel);
    }
}
