using ChildrensInfo.Core.Access;
using ChildrensInfo.Core.Audit;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Jobs;
using ChildrensInfo.Core.Need;
using ChildrensInfo.Core.Rights;
using Microsoft.EntityFrameworkCore;

namespace ChildrensInfo.Core.Returns;

/// <summary>
/// Takes back all that the newest load brought, whole or not at all: what it made is removed, what it changed is put back as it was. A child
/// it brought stays when anything has been kept about them since. While a legal hold stands on a child it brought or changed, it takes back nothing.
/// </summary>
public sealed class ReturnUndo(AppDbContext db, TimeProvider clock)
{
    public const string NotNewest = "Only the load that was made last can be undone. Undo the later ones first.";
    public const string TooOld = "What this load changed is not known any more, so it cannot be undone.";

    /// <summary>How many, and nobody by name: whom a hold is about is information governance’s to know.</summary>
    public static string Held(int children) =>
        $"A legal hold stands on {(children == 1 ? "1 child" : $"{children:N0} children")} about whom this load brought or changed something, so it cannot be undone. Information governance can say when it is lifted.";

    /// <summary>In this order rows can be put back: none before the one it hangs on.</summary>
    private static readonly string[] Tables =
    [
        "need_episodes", "need_assessments", "cin_plans", "section47s", "protection_plans", "pre_proceedings", "care_details", "care_episodes", "care_reviews", "care_outcomes",
        "care_leavers", "care_adoptions", "adoption_plans", "previous_permanences", "missing_episodes", "care_workers", "safeguarding_rows", "return_absences",
    ];

    public async Task RunAsync(Guid returnId, Actor actor, JobProgress progress, CancellationToken cancel)
    {
        await progress.ReportAsync(0, 100, "Taking back what was loaded", cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        db.Database.SetCommandTimeout(0);
        // As a load does: neither may run beside the other.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended('return ' || {actor.AuthorityId}::text, 0))", cancel);
        await LegalHoldService.KeepOutAsync(db, cancel);
        var undone = await db.Returns.SingleAsync(r => r.Id == returnId, cancel);
        if (undone.State == ReturnState.Undone) return;
        if (await WhyNotAsync(undone, cancel) is { } reason) throw new JobRefusedException(reason);

        // What a row was before the load is what the first note of it says.
        await db.Database.ExecuteSqlAsync($"""
            create temp table undo on commit drop as
            select distinct on (table_name, record_id) table_name, record_id, before from return_changes where return_id = {returnId} order by table_name, record_id, id;
            """, cancel);
#pragma warning disable EF1002 // The names come from the list above and from the database's own catalogue.
        foreach (var table in Tables.Reverse())
            await db.Database.ExecuteSqlRawAsync($"delete from {table} t using undo u where u.table_name = '{table}' and u.before is null and t.id = u.record_id", cancel);
        foreach (var table in Tables)
        {
            var columns = await db.Database.SqlQuery<string>($"""
                select string_agg(quote_ident(attname), ', ' order by attnum) as "Value" from pg_attribute where attrelid = {table}::regclass and attnum > 0 and not attisdropped
                """).SingleAsync(cancel);
            await db.Database.ExecuteSqlRawAsync($"""
                update {table} t set ({columns}) = (select {columns} from jsonb_populate_record(null::{table}, u.before))
                from undo u where u.table_name = '{table}' and u.before is not null and t.id = u.record_id
                """, cancel);
            await db.Database.ExecuteSqlRawAsync($"""
                insert into {table} ({columns}) select r.* from undo u, jsonb_populate_record(null::{table}, u.before) r
                where u.table_name = '{table}' and u.before is not null and not exists (select from {table} t where t.id = u.record_id)
                """, cancel);
        }
#pragma warning restore EF1002

        // Only what returns tell of: a name that somebody wrote since is not the return's to take.
        await db.Database.ExecuteSqlAsync($"""
            update children c set born_on = r.born_on, expected_birth_on = r.expected_birth_on, died_on = r.died_on, sex = r.sex, ethnicity_code = r.ethnicity_code,
                disability_codes = r.disability_codes, upn = r.upn
            from undo u, jsonb_populate_record(null::children, u.before) r where u.table_name = 'children' and u.before is not null and c.id = u.record_id
            """, cancel);
        await db.Database.ExecuteSqlAsync($"select remove_children_of_return({returnId})", cancel);
        await db.Database.ExecuteSqlAsync($"delete from return_changes where return_id = {returnId}", cancel);
        await db.Database.ExecuteSqlAsync($"delete from return_rule_results where return_id = {returnId}", cancel);
        await db.Database.ExecuteSqlAsync($"delete from return_rejections where return_id = {returnId}", cancel);
        undone.State = ReturnState.Undone;
        undone.RejectionCount = 0;
        db.Add(AuditEntry.For(AuditActions.ReturnUndone, actor, null, returnId, clock));
        await IndicatorService.AddJobAsync(db, actor, clock, cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <returns>Why the load cannot be undone; null when it can.</returns>
    public async Task<string?> WhyNotAsync(Return loaded, CancellationToken cancel)
    {
        if (await db.Returns.AnyAsync(r => r.State == ReturnState.Loaded && r.FinishedAt > loaded.FinishedAt, cancel)) return NotNewest;
        // A load that changed nothing has no note either, and nothing to take back.
        var changed = loaded.ChildrenAdded + loaded.ChildrenChanged + loaded.EpisodesAdded + loaded.EpisodesChanged > 0;
        if (changed && !await db.ReturnChanges.AnyAsync(c => c.ReturnId == loaded.Id, cancel)) return TooOld;
        return await HeldAsync(loaded.Id, cancel) is > 0 and var held ? Held(held) : null;
    }

    /// <summary>How many children a hold keeps whose rows the load made, changed or took away.</summary>
    private async Task<int> HeldAsync(Guid returnId, CancellationToken cancel)
    {
        if (!await db.LegalHolds.AnyAsync(h => h.LiftedAt == null, cancel)) return 0;
        // Of a row that is there now its child is asked; of one that was taken away, what it was before tells.
        var made = string.Join(' ', Tables.Select(t => $"union select t.child_id from {t} t join noted n on n.table_name = '{t}' and n.record_id = t.id"));
#pragma warning disable EF1003 // The names come from the list above; the id is a parameter.
        return await db.Database.SqlQueryRaw<int>(
            "with noted as materialized (select table_name, record_id, before from return_changes where return_id = {0}), "
            + "about as (select record_id as child_id from noted where table_name = 'children' union select (before ->> 'child_id')::uuid from noted where table_name <> 'children' and before is not null " + made + ") "
            + "select count(*)::int as \"Value\" from about a where exists (select from legal_holds h where h.lifted_at is null and a.child_id is not null and (h.child_id is null or h.child_id = a.child_id))", returnId).SingleAsync(cancel);
#pragma warning restore EF1003
    }
}
