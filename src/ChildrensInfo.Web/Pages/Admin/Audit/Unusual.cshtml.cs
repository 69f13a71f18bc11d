using System.ComponentModel.DataAnnotations;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Consent;
using ChildrensInfo.Core.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Web.Pages.Admin.Audit;

/// <summary>
/// Looking that is worth a question: each list has a plain rule, and none of them says that somebody did wrong. Reading it is itself a line.
/// </summary>
public class UnusualModel(AppDbContext db, ICurrentActor current, TimeProvider clock) : PageModel
{
    /// <summary>More different children in one hour than anybody opens while working with them.</summary>
    public const int ManyChildren = 25;

    private static readonly TimeSpan OneHour = TimeSpan.FromHours(1);

    public const int ManyRefusals = 10;

    public const int ManyCovers = 3;

    /// <summary>From eleven at night until five in the morning, in London.</summary>
    public const int NightFrom = 23, NightTo = 5;

    [FromQuery, Range(1, 90)]
    public int Days { get; set; } = 30;

    public IReadOnlyList<Row> OwnName { get; private set; } = [];

    public IReadOnlyList<Row> Fast { get; private set; } = [];

    public IReadOnlyList<Row> AtNight { get; private set; } = [];

    public IReadOnlyList<Row> Covers { get; private set; } = [];

    public IReadOnlyList<Row> Refusals { get; private set; } = [];

    /// <param name="On">The day, in London.</param>
    /// <param name="Hour">The hour it fell in, or began in, when the rule is about hours.</param>
    public sealed record Row(Guid PersonId, string Who, DateOnly On, int? Hour, int Count);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!ModelState.IsValid) return NotFound();
        var since = ConsentRules.StartOf(ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime).AddDays(1 - Days));
        var lines = db.AuditEntries.AsNoTracking().Where(a => a.At >= since && a.ActorId != null);
        var looking = lines.Where(a => a.ChildId != null && (AuditActions.Opens.Contains(a.Action) || a.Action == AuditActions.VoiceSearched));

        OwnName = await NamesakesAsync(looking, cancel);
        Fast = await FastAsync(looking, cancel);
        AtNight = await RowsAsync(
            from a in looking
            where TimeZoneInfo.ConvertTimeBySystemTimeZoneId(a.At, ConsentRules.TimeZone).Hour >= NightFrom || TimeZoneInfo.ConvertTimeBySystemTimeZoneId(a.At, ConsentRules.TimeZone).Hour < NightTo
            group a by new { a.ActorId, On = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(a.At, ConsentRules.TimeZone)) } into g
            select new Found(g.Key.ActorId!.Value, g.Key.On, null, g.Select(a => a.ChildId).Distinct().Count()), cancel);
        Covers = await RowsAsync(
            from a in lines
            where a.Action == AuditActions.BreakGlassOpened
            group a by a.ActorId into g
            where g.Count() >= ManyCovers
            select new Found(g.Key!.Value, DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(g.Max(a => a.At), ConsentRules.TimeZone)), null, g.Count()), cancel);
        Refusals = await RowsAsync(
            from a in lines
            where a.Action == AuditActions.AccessRefused
            group a by new { a.ActorId, On = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(a.At, ConsentRules.TimeZone)), TimeZoneInfo.ConvertTimeBySystemTimeZoneId(a.At, ConsentRules.TimeZone).Hour } into g
            where g.Count() >= ManyRefusals
            select new Found(g.Key.ActorId!.Value, g.Key.On, g.Key.Hour, g.Count()), cancel);

        db.Add(AuditEntry.For(AuditActions.AuditRead, current.Actor, null, null, clock, $"unusual, days: {Days}"));
        await db.SaveChangesAsync(cancel);
        return Page();
    }

    /// <summary>Compared part by part, because a double name is borne whole, by halves, with a hyphen or without.</summary>
    private async Task<IReadOnlyList<Row>> NamesakesAsync(IQueryable<AuditEntry> looking, CancellationToken cancel)
    {
        var children = await db.Children.AsNoTracking().Where(c => c.FamilyName != null && c.FamilyName != "" && looking.Any(a => a.ChildId == c.Id)).Select(c => new { c.Id, c.FamilyName }).ToListAsync(cancel);
        var bearers = children.SelectMany(c => FamilyNames.Of(c.FamilyName!).Select(part => (part, c.Id))).ToLookup(n => n.part, n => n.Id);
        var readers = await db.Users.AsNoTracking().Where(u => u.AuthorityId == current.Actor!.AuthorityId).Select(u => new { u.Id, u.DisplayName }).ToListAsync(cancel);
        var pairs = readers.SelectMany(u => FamilyNames.OfPerson(u.DisplayName).SelectMany(part => bearers[part]).Select(child => (Reader: u.Id, Child: child))).ToHashSet();
        if (pairs.Count == 0) return [];
        var (who, of) = (pairs.Select(p => p.Reader).Distinct().ToList(), pairs.Select(p => p.Child).Distinct().ToList());
        var days = await looking.Where(a => who.Contains(a.ActorId!.Value) && of.Contains(a.ChildId!.Value))
            .Select(a => new { ActorId = a.ActorId!.Value, ChildId = a.ChildId!.Value, On = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(a.At, ConsentRules.TimeZone)) }).Distinct().ToListAsync(cancel);
        return await RowsAsync([.. days.Where(d => pairs.Contains((d.ActorId, d.ChildId))).GroupBy(d => (d.ActorId, d.On)).Select(g => new Found(g.Key.ActorId, g.Key.On, null, g.Count()))], cancel);
    }

    /// <summary>Any sixty minutes, wherever in the clock they begin: each run of such minutes is one row, with the most there were at once.</summary>
    private async Task<IReadOnlyList<Row>> FastAsync(IQueryable<AuditEntry> looking, CancellationToken cancel)
    {
        // Sixty minutes lie in two hours of the clock at most, so that one of the two has half of the children: only around such hours is every line looked at.
        var busy = await (
            from a in looking
            group a by new { a.ActorId, a.At.Date, a.At.Hour } into g
            where g.Select(a => a.ChildId).Distinct().Count() >= (ManyChildren + 1) / 2
            select new { ActorId = g.Key.ActorId!.Value, g.Key.Date, g.Key.Hour }).ToListAsync(cancel);
        var found = new List<Found>();
        foreach (var person in busy.GroupBy(b => b.ActorId))
        {
            var hours = person.Select(b => b.Date.AddHours(b.Hour)).SelectMany(h => new[] { h.AddHours(-1), h, h.AddHours(1) }).ToHashSet();
            var (first, last) = (hours.Min(), hours.Max().AddHours(1));
            var lines = await looking.Where(a => a.ActorId == person.Key && a.At >= first && a.At < last).OrderBy(a => a.At).Select(a => new { a.At, ChildId = a.ChildId!.Value }).ToListAsync(cancel);
            var within = new Dictionary<Guid, int>();
            var (from, best) = (0, (At: default(DateTime), Count: 0));
            foreach (var line in lines)
            {
                within[line.ChildId] = within.GetValueOrDefault(line.ChildId) + 1;
                for (; line.At - lines[from].At >= OneHour; from++)
                {
                    if (--within[lines[from].ChildId] == 0) within.Remove(lines[from].ChildId);
                }

                if (within.Count >= ManyChildren && within.Count > best.Count) best = (lines[from].At, within.Count);
                if (within.Count < ManyChildren && best.Count > 0) Keep();
            }

            if (best.Count > 0) Keep();

            void Keep()
            {
                var at = TimeZoneInfo.ConvertTimeBySystemTimeZoneId(best.At, ConsentRules.TimeZone);
                found.Add(new(person.Key, DateOnly.FromDateTime(at), at.Hour, best.Count));
                best = default;
            }
        }

        return await RowsAsync(found, cancel);
    }

    private async Task<IReadOnlyList<Row>> RowsAsync(IQueryable<Found> found, CancellationToken cancel) => await RowsAsync(await found.ToListAsync(cancel), cancel);

    private async Task<IReadOnlyList<Row>> RowsAsync(List<Found> rows, CancellationToken cancel)
    {
        var people = rows.Select(r => r.PersonId).Distinct().ToList();
        var names = await db.Users.Where(u => people.Contains(u.Id) && u.AuthorityId == current.Actor!.AuthorityId).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return [.. rows.OrderByDescending(r => r.On).ThenByDescending(r => r.Hour).ThenByDescending(r => r.Count).ThenBy(r => r.PersonId)
            .Select(r => new Row(r.PersonId, names.GetValueOrDefault(r.PersonId, "The council’s own server"), r.On, r.Hour, r.Count))];
    }

    private sealed record Found(Guid PersonId, DateOnly On, int? Hour, int Count);
}
