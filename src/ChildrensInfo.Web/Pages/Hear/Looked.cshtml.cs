using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Children;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Hear;

/// <summary>Who has looked at a child's record, in words to read with the child. From the audit log: what is not there cannot have been opened here.</summary>
public class LookedModel(AppDbContext db, ICurrentActor current) : PageModel
{
    /// <summary>What counts as looking, and how it is said to a child. A test keeps it equal to the catalogue of actions (looks.txt).</summary>
    public static readonly IReadOnlyDictionary<string, string> Ways = new Dictionary<string, string>
    {
        [AuditActions.ChildRead] = "opened your pages",
        [AuditActions.VoiceHeard] = "listened to you",
        [AuditActions.VoiceSearched] = "found something you said by searching",
        [AuditActions.VoiceCopied] = "made a copy for somebody",
        [AuditActions.BookletMade] = "made a booklet of your words",
        [AuditActions.ChildTaken] = "took your details along on a device, for a visit without the internet",
        [AuditActions.BreakGlassOpened] = "stood in for your worker",
        [AuditActions.ConsentExported] = "took a copy of what you said yes and no to",
        [AuditActions.ReceiptIssued] = "gave out a note of what you were asked and what was answered",
        [AuditActions.ExtractItemRead] = "read something you said, to see whether research may use it",
        [AuditActions.AccessRead] = "read everything that is kept about you, because somebody asked for it",
        [AuditActions.AccessDownloaded] = "fetched a copy of everything that is kept about you, for whoever asked",
        [AuditActions.DutiesRead] = "looked at how long things about you are kept",
    };

    [FromRoute]
    public Guid ChildId { get; set; }

    public Child Child { get; private set; } = null!;

    public IReadOnlyList<Looker> Lookers { get; private set; } = [];

    /// <summary>How often something was shown beside a number, without the child's name.</summary>
    public int Quoted { get; private set; }

    public sealed record Looker(string Name, string? Role, bool IsMe, int Days, DateOnly Last, IReadOnlyList<string> Did);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        Child = (await db.Children.AsNoTracking().SingleOrDefaultAsync(c => c.Id == ChildId, cancel))!;
        if (Child is null) return NotFound();
        string[] ways = [.. Ways.Keys];
        var days = await db.AuditEntries.AsNoTracking().Where(a => a.ChildId == ChildId && a.ActorId != null && ways.Contains(a.Action))
            .GroupBy(a => new { a.ActorId, a.ActorRole, a.Action, On = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(a.At, ConsentRules.TimeZone)) })
            .Select(g => new { ActorId = g.Key.ActorId!.Value, g.Key.ActorRole, g.Key.Action, g.Key.On }).ToListAsync(cancel);
        var people = days.Select(d => d.ActorId).Distinct().ToList();
        var names = await db.Users.Where(u => people.Contains(u.Id) && u.AuthorityId == current.Actor!.AuthorityId).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        Lookers = [.. days.GroupBy(d => d.ActorId).Select(g => new Looker(
                names.GetValueOrDefault(g.Key, "The council’s own server"), g.OrderByDescending(d => d.On).First().ActorRole is { } role ? Words.Of(role) : null, g.Key == current.Actor!.PersonId,
                g.Select(d => d.On).Distinct().Count(), g.Max(d => d.On), [.. ways.Where(w => g.Any(d => d.Action == w)).Select(w => Ways[w])]))
            .OrderByDescending(l => l.Last).ThenByDescending(l => l.Days).ThenBy(l => l.Name, StringComparer.Ordinal)];
        Quoted = await db.AuditEntries.CountAsync(a => a.ChildId == ChildId && a.Action == AuditActions.VoiceQuoted, cancel);
        return Page();
    }
}
