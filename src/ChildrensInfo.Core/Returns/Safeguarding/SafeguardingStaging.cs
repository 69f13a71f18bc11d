using System.Text.Json;
using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Returns.CinCensus;
using NpgsqlTypes;

namespace ChildrensInfo.Core.Returns.Safeguarding;

/// <summary>
/// Rows of the Standard Safeguarding Dataset. A person of it is a child here when they are known already or could be in the council's care or a care
/// leaver; rows about everybody else, such as parents and workers, are kept without a child.
/// </summary>
internal sealed class SafeguardingStaging(AppDbContext db, Return handedIn, DateTime now) : ReturnStaging(db, handedIn, now)
{
    /// <summary>A council goes on looking after some until this birthday.</summary>
    private const int CareEndsAt = 25;

    protected override string Tables => """
        create temp table in_rows (no int not null, id uuid not null, table_name text not null, row_key text not null, person text, content jsonb not null, unsaid text[] not null) on commit drop;
        """;

    private int rowNo;

    public async Task AddAsync(IReadOnlyList<SafeguardingRowRead> rows, CancellationToken cancel)
    {
        if (rows.Count == 0) return;
        await AddChildrenAsync([.. rows.Where(r => r.Table.Name == SafeguardingTables.PersonTable).Select(Child).OfType<StagedChild>()], cancel);
        await using var copy = await Connection.BeginBinaryImportAsync("copy in_rows (no, id, table_name, row_key, person, content, unsaid) from stdin (format binary)", cancel);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(rowNo++, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(row.Table.Name, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(row.Key, NpgsqlDbType.Text, cancel);
            await WriteAsync(copy, row.Person, cancel);
            await copy.WriteAsync(JsonSerializer.Serialize(row.Values), NpgsqlDbType.Jsonb, cancel);
            await WriteAsync(copy, row.Unsaid, cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    private StagedChild? Child(SafeguardingRowRead person)
    {
        DateOnly? Day(string field) => person.Values.TryGetValue(field, out var day) ? DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture) : null;
        var (born, expected) = (Day("pers_dob"), Day("pers_expected_dob"));
        var isChild = born is { } day ? day >= CinCensusCheck.Earliest && day.AddYears(CareEndsAt) > HandedIn.ReferenceOn : expected is not null;
        if (!isChild || person.Key.Length > CinCensusCheck.MaxIdLength) return null;
        var sex = person.Values.GetValueOrDefault("pers_sex") is { } given && given is "M" or "F" or "U" ? given : null;
        var ethnicity = person.Values.GetValueOrDefault("pers_ethnicity") is { } code && CinCodes.Ethnicity.Contains(code) ? code : null;
        return new(person.Key, born, expected, Day("pers_death_date"), sex, ethnicity, [], null, true);
    }

    protected override async Task MergeEventsAsync(Func<double, string, Task> report, CancellationToken cancel)
    {
        await SpellAsKnownAsync("in_rows", "person", cancel);
        await RunAsync("analyze in_rows", cancel);
        var doubled = await CountAsync("select count(*) - count(distinct (table_name, row_key)) from in_rows", cancel);
        if (doubled > 0) HandedIn.Warnings.Add($"{doubled} row{(doubled == 1 ? " has" : "s have")} the key of a row before. The last of each was kept.");
        await RunAsync("""
            create temp table found_rows on commit drop as
            select distinct on (i.table_name, i.row_key) i.id as in_id, i.table_name, i.row_key, i.content, i.unsaid, c.id as child_id, t.id
            from in_rows i left join children c on c.authority_id = @authority and c.la_child_id = i.person
            left join safeguarding_rows t on t.authority_id = @authority and t.table_name = i.table_name and t.row_key = i.row_key
            order by i.table_name, i.row_key, i.no desc;
            analyze found_rows
            """, cancel);
        await report(0.5, Comparing);
        HandedIn.EpisodesRead = rowNo;
        HandedIn.EpisodesAdded = await CountAsync("""
            with added as (
                insert into safeguarding_rows (id, authority_id, child_id, table_name, row_key, content, return_id)
                select in_id, @authority, child_id, table_name, row_key, content, @return from found_rows where id is null returning id, child_id),
            noted as (insert into in_touched (child_id, record_id) select child_id, id from added)
            select count(*) from added
            """, cancel);
        var current = IsCurrent("t");
        await RunAsync($"""
            insert into in_blanks (child_id, field, former, is_kept)
            select t.child_id, t.table_name || '.' || b.key, b.value, false from safeguarding_rows t join found_rows f on f.id = t.id cross join lateral jsonb_each_text(t.content) b
            where {current} and not f.content ? b.key and b.key <> all (f.unsaid);
            update found_rows f set content = kept.content || f.content
            from (select r.id, jsonb_object_agg(b.key, b.value) as content from safeguarding_rows t join found_rows r on r.id = t.id cross join lateral jsonb_each(t.content) b
                where b.key = any (r.unsaid) group by 1) kept
            where kept.id = f.id
            """, cancel);
        HandedIn.EpisodesChanged = await CountAsync($"""
            with changed as (
                update safeguarding_rows t set content = f.content, child_id = coalesce(f.child_id, t.child_id), return_id = @return
                from found_rows f where t.id = f.id and {current} and (t.content, t.child_id) is distinct from (f.content, coalesce(f.child_id, t.child_id))
                returning t.id, t.child_id),
            noted as (insert into in_touched (child_id, record_id) select child_id, id from changed)
            select count(*) from changed
            """, cancel);
        await report(0.8, Comparing);
        await FindChildrenAsync(cancel);
        if (IsNewest)
        {
            await ListAbsentAsync(
                "safeguarding_rows",
                """
                select t.id, t.child_id, null::date as started_on from safeguarding_rows t
                where t.authority_id = @authority and t.child_id is not null and t.table_name in (select table_name from found_rows)
                    and not exists (select from found_rows f where f.table_name = t.table_name and f.row_key = t.row_key)
                """,
                "select id from found_rows where id is not null", cancel);
        }
    }

    /// <summary>Rows that name no person, such as a review of a time in care, are about the child of the row they refer to.</summary>
    private async Task FindChildrenAsync(CancellationToken cancel)
    {
        var without = SafeguardingTables.All.Values.Where(t => t.Person is null).SelectMany(t => t.Fields.Where(f => f.RefersTo is not null).Select(f => (Table: t.Name, f.Name, To: f.RefersTo!.Value))).ToList();
        // A plan for education refers to a request, which refers to the child's row: three steps are the longest way.
        for (var step = 0; step < 3; step++)
        {
            foreach (var (table, field, to) in without)
            {
                await RunAsync($"""
                    update safeguarding_rows t set child_id = p.child_id from safeguarding_rows p
                    where t.authority_id = @authority and t.table_name = '{table}' and t.child_id is null and t.return_id = @return
                        and p.authority_id = @authority and p.table_name = '{to.Table}' and p.child_id is not null and p.content ->> '{to.Field}' = t.content ->> '{field}'
                    """, cancel);
            }
        }
    }
}
