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
    /// <param name="Hour">The hour it fell in, when the rule is about hours.</param>
    public sealed record Row(Guid PersonId, string Who, DateOnly On, int? Hour, int Count);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!ModelState.IsValid) return NotFound();
        var since = ConsentRules.StartOf(ConsentRules.LocalDay(clock.GetUtcNow().UtcDateTime).AddDays(1 - Days));
        var lines = db.AuditEntries.AsNoTracking().Where(a => a.At >= since && a.ActorId != null);
        var looking = lines.Where(a => a.ChildId != null && (a.Action == AuditActions.ChildRead || a.Action == AuditActions.VoiceHeard || a.Action == AuditActions.VoiceSearched));

        OwnName = await RowsAsync(
            from a in looking
            join c in db.Children on a.ChildId equals c.Id
            join u in db.Users on a.ActorId equals u.Id
            where c.FamilyName != null && c.FamilyName != "" && EF.Functions.ILike(u.DisplayName, "% " + c.FamilyName.Replace("%", "").Replace("_", ""))
            group a by new { a.ActorId, On = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(a.At, ConsentRules.TimeZone)) } into g
            select new Found(g.Key.ActorId!.Value, g.Key.On, null, g.Select(a => a.ChildId).Distinct().Count()), cancel);
        Fast = await RowsAsync(
            from a in looking
            group a by new { a.ActorId, On = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(a.At, ConsentRules.TimeZone)), TimeZoneInfo.ConvertTimeBySystemTimeZoneId(a.At, ConsentRules.TimeZone).Hour } into g
            where g.Select(a => a.ChildId).Distinct().Count() >= ManyChildren
            select new Found(g.Key.ActorId!.Value, g.Key.On, g.Key.Hour, g.Select(a => a.ChildId).Distinct().Count()), cancel);
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

    private async Task<IReadOnlyList<Row>> RowsAsync(IQueryable<Found> found, CancellationToken cancel)
    {
        var rows = await found.ToListAsync(cancel);
        var people = rows.Select(r => r.PersonId).Distinct().ToList();
        var names = await db.Users.Where(u => people.Contains(u.Id) && u.AuthorityId == current.Actor!.AuthorityId).ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancel);
        return [.. rows.OrderByDescending(r => r.On).ThenByDescending(r => r.Hour).ThenByDescending(r => r.Count).ThenBy(r => r.PersonId)
            .Select(r => new Row(r.PersonId, names.GetValueOrDefault(r.PersonId, "The council’s own server"), r.On, r.Hour, r.Count))];
    }

    private sealed record Found(Guid PersonId, DateOnly On, int? Hour, int Count);
}
