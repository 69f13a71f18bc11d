using System.Collections.Frozen;
using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Rights;
using ChildrensInfo.Core.Shared;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Returns;

/// <summary>What the data lead decides about records that returns no longer contain.</summary>
public sealed class AbsenceService(AppDbContext db, TimeProvider clock)
{
    /// <summary>The tables whose records can be missed, and what one is called.</summary>
    public static FrozenDictionary<string, string> Tables { get; } = new Dictionary<string, string>
    {
        ["need_episodes"] = "Episode of need, with all that happened in it",
        ["need_assessments"] = "Assessment",
        ["cin_plans"] = "Child in need plan",
        ["section47s"] = "Section 47 enquiry",
        ["protection_plans"] = "Child protection plan",
        ["pre_proceedings"] = "Work before care proceedings",
        ["care_episodes"] = "Episode of being looked after",
        ["care_reviews"] = "Review of a looked-after child",
        ["care_outcomes"] = "Outcomes of a year in care (OC2)",
        ["care_leavers"] = "Care leaver’s year (OC3)",
        ["care_adoptions"] = "Adoption (AD1)",
        ["adoption_plans"] = "Plan for adoption",
        ["missing_episodes"] = "Time missing or away",
        ["care_workers"] = "Time with a social worker",
        ["safeguarding_rows"] = "Row of the Standard Safeguarding Dataset",
    }.ToFrozenDictionary();

    private static readonly string[] NeedEvents = ["need_assessments", "cin_plans", "section47s", "protection_plans", "pre_proceedings"];

    /// <summary>How many, and nobody by name: whom a hold is about is information governance’s to know.</summary>
    public static string Held(int children) =>
        $"A legal hold stands on {(children == 1 ? "1 child" : $"{children:N0} children")} of those chosen, so nothing was removed. Information governance can say when it is lifted.";

    /// <summary>Removes the records themselves, all or none.</summary>
    public async Task<Outcome> RemoveAsync(IReadOnlyList<Guid> absences, Actor actor, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await LegalHoldService.KeepOutAsync(db, cancel);
        var chosen = await db.ReturnAbsences.Where(a => absences.Contains(a.Id)).ToListAsync(cancel);
        var children = chosen.Select(a => a.ChildId).Distinct().ToList();
        var held = await db.LegalHolds.AnyAsync(h => h.LiftedAt == null && h.ChildId == null, cancel) ? children.Count
            : await db.LegalHolds.Where(h => h.LiftedAt == null && h.ChildId != null && children.Contains(h.ChildId.Value)).Select(h => h.ChildId).Distinct().CountAsync(cancel);
        if (held > 0) return Outcome.Refused("Chosen", Held(held));
        foreach (var table in chosen.GroupBy(a => a.TableName))
        {
            if (!Tables.ContainsKey(table.Key)) throw new InvalidOperationException("Records of this table are not removed.");
            var ids = table.Select(a => a.RecordId).ToArray();
#pragma warning disable EF1002 // The name is one of the list above.
            // Undoing the load must not bring them back, nor what happened in an episode, which goes with it.
            var events = table.Key == "need_episodes" ? NeedEvents : [];
            foreach (var name in events)
                await db.Database.ExecuteSqlRawAsync($"delete from return_changes where record_id in (select id from {name} where episode_id = any ({{0}}))", [ids], cancel);
            await db.Database.ExecuteSqlRawAsync("delete from return_changes where record_id = any ({0})", [ids], cancel);
            await db.Database.ExecuteSqlRawAsync($"delete from {table.Key} where id = any ({{0}})", [ids], cancel);
            foreach (var name in events)
                await db.Database.ExecuteSqlRawAsync($"delete from return_absences a where a.table_name = '{name}' and not exists (select from {name} t where t.id = a.record_id)", [], cancel);
#pragma warning restore EF1002
        }

        db.RemoveRange(chosen);
        Note(chosen, AuditActions.AbsenceRemoved, actor);
        await IndicatorService.AddJobAsync(db, actor, clock, cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return Outcome.Done;
    }

    /// <summary>The records stay, and are not asked about again.</summary>
    public async Task<Outcome> KeepAsync(IReadOnlyList<Guid> absences, Actor actor, CancellationToken cancel)
    {
        var chosen = await db.ReturnAbsences.Where(a => absences.Contains(a.Id) && a.State == AbsenceState.Open).ToListAsync(cancel);
        foreach (var absence in chosen) absence.State = AbsenceState.Kept;
        Note(chosen, AuditActions.AbsenceKept, actor);
        await db.SaveChangesAsync(cancel);
        return Outcome.Done;
    }

    private void Note(List<ReturnAbsence> chosen, string action, Actor actor)
    {
        foreach (var child in chosen.GroupBy(a => a.ChildId))
            db.Add(AuditEntry.For(action, actor, child.Key, null, clock, string.Join(", ", child.GroupBy(a => a.TableName).Select(g => $"{g.Count()} {g.Key}"))));
    }
}
