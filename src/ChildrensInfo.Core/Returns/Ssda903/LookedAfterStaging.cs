using ChildrensInfo.Core.Data;
using NpgsqlTypes;

namespace ChildrensInfo.Core.Returns.Ssda903;

/// <summary>The rows of a return on children looked after, each on its way to the table of its kind.</summary>
internal sealed class LookedAfterStaging(AppDbContext db, Return handedIn, DateTime now) : ReturnStaging(db, handedIn, now)
{
    /// <param name="Columns">In the order of a staged row's values: first those of the key, then the others; each with what the return calls it.</param>
    /// <param name="Keys">How many columns the key has, beside the child.</param>
    /// <param name="InYear">When a year's return contains the row; false when it is never missed.</param>
    /// <param name="StartedOn">What to call the day it began by.</param>
    private sealed record EventTable(string Name, (string Name, NpgsqlDbType Type, string Field)[] Columns, int Keys, string InYear, string StartedOn, Ssda903Table From);

    private const NpgsqlDbType Day = NpgsqlDbType.Date;
    private const NpgsqlDbType Code = NpgsqlDbType.Text;
    private const NpgsqlDbType Yes = NpgsqlDbType.Boolean;
    private const NpgsqlDbType Number = NpgsqlDbType.Integer;

    /// <summary>No return has it: it is worked out from two postcodes, and of them nothing more is kept.</summary>
    private const string Miles = "miles_from_home";

    private const string Distances = """
        update in_care_episodes i set miles_from_home = sqrt(power(h.easting - p.easting, 2) + power(h.northing - p.northing, 2)) / 1609.344
        from postcode_places h, postcode_places p
        where h.postcode = upper(replace(i.home_postcode, ' ', '')) and p.postcode = upper(replace(i.placement_postcode, ' ', ''))
        """;

    /// <summary>A table of one row a child and year gets its year from the return.</summary>
    private const string OfTheYear = "t.year = @year";

    private static readonly EventTable[] Events =
    [
        new("care_details", [("is_mother", Yes, "MOTHER"), ("mother_since_on", Day, "MC_DOB"), ("is_uasc", Yes, "UASC"), ("uasc_ceased_on", Day, "DUC")], 0, "false", "null::date", Ssda903Table.Header),
        new("care_episodes",
            [("started_on", Day, "DECOM"), ("ordinal", Number, ""), ("reason_started", Code, "RNE"), ("legal_status", Code, "LS"), ("need_code", Code, "CIN"), ("placement", Code, "PLACE"), ("placement_provider", Code, "PLACE_PROVIDER"), ("ended_on", Day, "DEC"),
             ("reason_ended", Code, "REC"), ("reason_placement_changed", Code, "REASON_PLACE_CHANGE"), ("home_postcode", Code, "HOME_POST"), ("placement_postcode", Code, "PL_POST"), ("provider_urn", Code, "URN"), (Miles, NpgsqlDbType.Double, "")],
            2, "t.started_on <= @reference and coalesce(t.ended_on, 'infinity') >= @begins", "t.started_on", Ssda903Table.Episodes),
        new("care_reviews", [("reviewed_on", Day, "REVIEW"), ("ordinal", Number, ""), ("participation_code", Code, "REVIEW_CODE")], 2, "t.reviewed_on between @begins and @reference", "t.reviewed_on", Ssda903Table.Reviews),
        new("care_outcomes",
            [("year", Number, ""), ("sdq_score", Number, "SDQ_SCORE"), ("sdq_reason", Code, "SDQ_REASON"), ("convicted", Yes, "CONVICTED"), ("health_checked", Yes, "HEALTH_CHECK"), ("immunised", Yes, "IMMUNISATIONS"), ("teeth_checked", Yes, "TEETH_CHECK"), ("health_assessed", Yes, "HEALTH_ASSESSMENT"),
             ("substance_misuse", Yes, "SUBSTANCE_MISUSE"), ("intervention_received", Yes, "INTERVENTION_RECEIVED"), ("intervention_offered", Yes, "INTERVENTION_OFFERED")],
            1, OfTheYear, "null::date", Ssda903Table.OC2),
        new("care_leavers", [("year", Number, ""), ("in_touch", Code, "IN_TOUCH"), ("activity", Code, "ACTIV"), ("accommodation", Code, "ACCOM")], 1, OfTheYear, "null::date", Ssda903Table.OC3),
        new("care_adoptions",
            [("year", Number, ""), ("decided_on", Day, "DATE_INT"), ("matched_on", Day, "DATE_MATCH"), ("by_foster_carer", Yes, "FOSTER_CARE"), ("adopters", Number, "NB_ADOPTR"), ("adopters_sex", Code, "SEX_ADOPTR"), ("adopters_legal_status", Code, "LS_ADOPTR")],
            1, OfTheYear, "t.decided_on", Ssda903Table.AD1),
        new("adoption_plans", [("decided_on", Day, "DATE_PLACED"), ("ordinal", Number, ""), ("ceased_on", Day, "DATE_PLACED_CEASED"), ("reason_ceased", Code, "REASON_PLACED_CEASED")], 2, "t.decided_on between @begins and @reference", "t.decided_on", Ssda903Table.PlacedAdoption),
        new("previous_permanences", [("ordered_on", Code, "DATE_PERM"), ("ordinal", Number, ""), ("kind", Code, "PREV_PERM"), ("authority", Code, "LA_PERM")], 2, "false", "null::date", Ssda903Table.PrevPerm),
        new("missing_episodes", [("started_on", Day, "MIS_START"), ("ordinal", Number, ""), ("kind", Code, "MISSING"), ("ended_on", Day, "MIS_END")], 2, "t.started_on between @begins and @reference", "t.started_on", Ssda903Table.Missing),
        new("care_workers", [("started_on", Day, "SW_DECOM"), ("ordinal", Number, ""), ("worker_id", Code, "SW_ID"), ("ended_on", Day, "SW_DEC"), ("reason_started", Code, "SW_REASON")],
            2, "t.started_on <= @reference and coalesce(t.ended_on, 'infinity') >= @begins", "t.started_on", Ssda903Table.SocialWorker),
    ];

    private IReadOnlySet<Ssda903Table> tables = new HashSet<Ssda903Table>();

    protected override string Tables => string.Concat(Events.Select(t =>
        $"create temp table in_{t.Name} (child_no int not null, id uuid not null, {string.Join(", ", t.Columns.Select(c => $"{c.Name} {(c.Type == NpgsqlDbType.Boolean ? "bool" : c.Type == NpgsqlDbType.Integer ? "int" : c.Type == NpgsqlDbType.Double ? "float8" : c.Type.ToString().ToLowerInvariant())}"))}) on commit drop;\n"));

    public async Task AddAsync(Ssda903Return read, IReadOnlyList<StagedLookedAfter> children, CancellationToken cancel)
    {
        tables = read.Tables;
        if (children.Count == 0) return;
        var first = await AddChildrenAsync([.. children.Select(c => c.Child)], cancel);
        foreach (var table in Events)
        {
            await using var copy = await Connection.BeginBinaryImportAsync(
                $"copy in_{table.Name} (child_no, id, {string.Join(", ", table.Columns.Select(c => c.Name))}) from stdin (format binary)", cancel);
            for (var i = 0; i < children.Count; i++)
            {
                foreach (var (name, given) in children[i].Rows)
                {
                    if (name != table.Name) continue;
                    await copy.StartRowAsync(cancel);
                    await copy.WriteAsync(first + i, NpgsqlDbType.Integer, cancel);
                    await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancel);
                    object?[] values = table.InYear == OfTheYear ? [HandedIn.Year!.Value, .. given] : given;
                    foreach (var value in values)
                    {
                        await (value switch
                        {
                            null => copy.WriteNullAsync(cancel),
                            DateOnly day => WriteAsync(copy, day, cancel),
                            bool yes => WriteAsync(copy, yes, cancel),
                            int number => WriteAsync(copy, number, cancel),
                            _ => WriteAsync(copy, (string)value, cancel),
                        });
                    }
                }
            }

            await copy.CompleteAsync(cancel);
        }
    }

    protected override async Task MergeEventsAsync(Func<double, string, Task> report, CancellationToken cancel)
    {
        await RunAsync(Distances, cancel);
        for (var i = 0; i < Events.Length; i++)
        {
            await report(0.3 + (0.06 * i), Comparing);
            var table = Events[i];
            if (tables.Contains(table.From) || (table.Name == "care_details" && tables.Contains(Ssda903Table.UASC))) await MergeAsync(table, cancel);
        }

        HandedIn.EpisodesRead = await CountAsync("select count(*) from in_care_episodes", cancel);
        HandedIn.EpisodesAdded = await CountAsync("select count(*) from found_care_episodes where is_new", cancel);
        HandedIn.EpisodesChanged = await CountAsync("select count(distinct t.record_id) from in_touched t join found_care_episodes f on f.id = t.record_id where not f.is_new", cancel);
    }

    private async Task MergeAsync(EventTable table, CancellationToken cancel)
    {
        var name = table.Name;
        var key = table.Columns[..table.Keys].Select(c => c.Name).ToList();
        var others = table.Columns[table.Keys..].Select(c => c.Name).ToList();
        var all = string.Join(", ", table.Columns.Select(c => c.Name));
        string Same(string one, string other) => string.Concat(key.Select(k => $" and {one}.{k} = {other}.{k}"));
        await RunAsync($"""
            analyze in_{name};
            create temp table gone_{name} on commit drop as
            select t.id, t.child_id, {table.StartedOn} as started_on from {name} t
            where t.authority_id = @authority and {table.InYear}
                and not exists (select from in_{name} i join in_found_children f on f.no = i.child_no where f.child_id = t.child_id{Same("i", "t")});
            """, cancel);

        // What is known by a year, or by nothing but its child, has no day that could be put right. How far it is follows from the directory of postcodes there is.
        if (IsNewest && key is [var day, "ordinal"] && table.Columns[0].Type == Day)
        {
            await RunAsync($"""
                with fresh as (
                    select i.*, f.child_id from in_{name} i join in_found_children f on f.no = i.child_no
                    where f.is_whole and not f.is_new and not exists (select from {name} t where t.child_id = f.child_id{Same("t", "i")})),
                {Moved(name, "i.child_id = t.child_id", day, others.Where(c => c != Miles))},
                removed as (delete from {name} t using moved m where t.id = m.id returning t.id, t.child_id),
                noted as (insert into in_touched (child_id, record_id) select child_id, id from removed)
                delete from gone_{name} g using removed r where g.id = r.id
                """, cancel);
        }

        await RunAsync($"""
            with added as (
                insert into {name} (id, authority_id, child_id, return_id, {all})
                select i.id, @authority, f.child_id, @return, {string.Join(", ", table.Columns.Select(c => "i." + c.Name))} from in_{name} i join in_found_children f on f.no = i.child_no
                on conflict ({string.Join(", ", key.Prepend("child_id"))}) do nothing returning child_id, id)
            insert into in_touched (child_id, record_id) select child_id, id from added
            """, cancel);
        await RunAsync($"""
            create temp table found_{name} on commit drop as
            select t.id, t.child_id, i.id as in_id, t.id = i.id as is_new, f.is_whole
            from in_{name} i join in_found_children f on f.no = i.child_no join {name} t on t.child_id = f.child_id{Same("t", "i")};
            analyze found_{name}
            """, cancel);

        // A value that was left out does not wipe out one that is here; of a child of whom all was read, what is gone was taken back.
        string Value(string column) => column == Miles ? $"case when f.is_whole or i.home_postcode is not null or i.placement_postcode is not null then i.{Miles} else t.{Miles} end" : $"case when f.is_whole and '{column}' not in ('is_uasc', 'uasc_ceased_on') then i.{column} else coalesce(i.{column}, t.{column}) end";
        var current = IsCurrent("t");
        await NoteBlankAsync(
            $"found_{name} f join in_{name} i on i.id = f.in_id join {name} t on t.id = f.id and not f.is_new and {current}",
            [.. table.Columns[table.Keys..].Where(c => c.Name != Miles).Select(c => (c.Field, $"case when i.{c.Name} is null and ({Value(c.Name)}) is null then t.{c.Name}::text end", "false"))], cancel);
        await RunAsync($"""
            with changed as (
                update {name} t set {string.Join(", ", others.Select(c => $"{c} = {Value(c)}"))}, return_id = @return
                from found_{name} f join in_{name} i on i.id = f.in_id
                where t.id = f.id and not f.is_new and {current}
                    and row({string.Join(", ", others.Select(c => "t." + c))}) is distinct from row({string.Join(", ", others.Select(Value))})
                returning t.child_id, t.id)
            insert into in_touched (child_id, record_id) select child_id, id from changed
            """, cancel);
        if (IsNewest) await ListAbsentAsync(name, $"select id, child_id, started_on from gone_{name}", $"select id from found_{name}", cancel);
    }
}
