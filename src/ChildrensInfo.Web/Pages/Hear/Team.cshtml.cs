using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Disclosure;
using ChildrensInfo.Core.Voice;
using ChildrensInfo.Web.GovUk;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>How many children of each team have not been heard, without names; and, for the manager's own team, who.</summary>
public class TeamModel(AppDbContext db, CoverageService coverage, DoNotTellService doNotTell, ICurrentActor current, TimeProvider clock) : PageModel
{
    public DateOnly Today { get; private set; }

    public string Sentence { get; private set; } = "";

    public IReadOnlyList<BarRow> Chart { get; private set; } = [];

    public IReadOnlyList<Row> Waiting { get; private set; } = [];

    public sealed record Row(Guid Id, string Name, DateOnly? LastHeardOn, string Workers);

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Today = ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime);
        var actor = current.Actor!;
        var shares = await coverage.ByTeamAsync(actor, cancel);
        Chart = [.. shares.Rows.Select(r => new BarRow(r.Label, r.Having.TryGet(out var having) ? having : null, r.Children.ToDisplay()))];
        Sentence = shares.Total.Children.TryGet(out var all) && shares.Total.Having.TryGet(out var waiting)
            ? $"{Words.Number(waiting)} of {Words.Count(all, "child", "children")} with a worker have not been heard in the last {IndexModel.WeeksHeardLately} weeks."
            : "How many have not been heard cannot be shown, because the number is small.";

        var since = Today.AddDays(-CoverageService.HeardWithinDays);
        var readable = doNotTell.ReadableBy(actor, db.VoiceRecords).Where(r => (r.Speaker == Speaker.Child || r.Speaker == Speaker.YoungPerson) && r.NotHeardReason == null && r.CorrectionReason != CorrectionReason.Statement);
        var children = (await db.Children.AsNoTracking().Select(c => new { Child = c, LastHeardOn = readable.Where(r => r.ChildId == c.Id).Max(r => (DateOnly?)r.HeardOn) }).ToListAsync(cancel))
            .Where(c => c.LastHeardOn is null || c.LastHeardOn < since).ToList();
        var ids = children.Select(c => c.Child.Id).ToList();
        var workers = (await db.Allocations.Where(a => ids.Contains(a.ChildId) && a.EndedOn == null)
            .Join(db.Users, a => a.PractitionerId, u => u.Id, (a, u) => new { a.ChildId, u.DisplayName }).ToListAsync(cancel)).ToLookup(a => a.ChildId, a => a.DisplayName);
        Waiting = [.. children.OrderBy(c => c.LastHeardOn ?? DateOnly.MinValue).ThenBy(c => c.Child.DisplayName, StringComparer.CurrentCulture)
            .Select(c => new Row(c.Child.Id, c.Child.DisplayName, c.LastHeardOn, string.Join(", ", workers[c.Child.Id].Order(StringComparer.CurrentCulture))))];
        db.Add(AuditEntry.For(AuditActions.CoverageRead, actor, null, actor.TeamId, clock, Waiting.Count == 1 ? "1 child" : $"{Waiting.Count} children"));
        await db.SaveChangesAsync(cancel);
    }
}
