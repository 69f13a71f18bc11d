using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace ChildrensInfo.Core.Returns;

/// <summary>A child as a return tells of them.</summary>
/// <param name="IsWhole">Nothing of what happened to the child was left out, so that what the return does not contain is not there.</param>
internal sealed record StagedChild(
    string LaChildId, DateOnly? BornOn, DateOnly? ExpectedBirthOn, DateOnly? DiedOn, string? Sex, string? EthnicityCode, string[] DisabilityCodes, string? Upn, bool IsWhole)
{
    /// <summary>The fields of the child in which something stands that could not be read.</summary>
    public string[] Unread { get; init; } = [];
}

/// <summary>
/// What was read of a return, in temporary tables of the open transaction, and the merging of it into the tables that stay. SQL by hand
/// because a return is tens of thousands of rows; it runs inside the transaction whose row-level security is already set. Children,
/// findings and what was left out are alike in every kind of return; its events are for the class of the kind.
/// </summary>
internal abstract class ReturnStaging(AppDbContext db, Return handedIn, DateTime now)
{
    /// <summary>The findings kept one by one; beyond them the file as a whole is at fault and only their number is kept.</summary>
    public const int MostFindings = 500_000;

    /// <summary>How many loads can be undone, the newest first. What was there before is personal data, and is not kept for longer than it is of use.</summary>
    public const int LoadsToUndo = 5;

    protected const string Comparing = "Comparing with what is here already";

    // A child is known by its number in the file until the merge has found or made its row.
    private const string CommonTables = """
        create temp table in_children (no int not null, id uuid not null, la_child_id text not null, born_on date, expected_birth_on date, died_on date,
            sex text, ethnicity_code text, disability_codes text[] not null, upn text, is_whole bool not null, unread text[] not null) on commit drop;
        create temp table in_rejections (id uuid not null, ordinal int not null, la_child_id text, field text not null, value text, reason text not null) on commit drop;
        create temp table in_rules (ordinal int not null, code text not null, severity text not null, module text not null, fields text[] not null, message text not null,
            finding_count int not null, not_checked_because text) on commit drop;
        create temp table in_findings (ordinal int not null, rule_ordinal int not null, la_child_id text, value text) on commit drop;
        create temp table in_keys (child_id uuid not null, authority_key_id uuid not null, wrapped_key bytea not null) on commit drop;
        create temp table in_touched (child_id uuid, record_id uuid) on commit drop;
        create temp table in_blanks (no int generated always as identity, child_id uuid, field text not null, former text not null, is_kept bool not null) on commit drop;
        """;

    /// <summary>
    /// No return of this kind that tells of a later day, or of the same day and was made later, was loaded before. A return that does not say when it was made is taken to be newer than
    /// those that were loaded before it.
    /// </summary>
    private const string IsLater = "(r.reference_on, coalesce(r.prepared_at, '-infinity')) > (@reference, coalesce(@prepared, 'infinity'))";

    private static readonly Column Disability = new("disability_codes", "Disability", IsList: true);

    private readonly RuleCounts counts = new();

    protected NpgsqlConnection Connection { get; } = (NpgsqlConnection)db.Database.GetDbConnection();

    protected Return HandedIn { get; } = handedIn;

    /// <summary>No return of this kind with a later reference date was loaded before.</summary>
    protected bool IsNewest { get; private set; }

    protected int ChildCount { get; private set; }

    /// <summary>The temporary tables of the kind.</summary>
    protected abstract string Tables { get; }

    public async Task CreateAsync(CancellationToken cancel)
    {
        // Two returns of one council merged at once would each take the other's new children for their own.
        await RunAsync("select pg_advisory_xact_lock(hashtextextended('return ' || @authority::text, 0))", cancel);
        // From here on what is made and changed is noted, for undoing it (Returns.sql).
        await RunAsync("select set_config('app.return', @return::text, true)", cancel);
        await RunAsync(CommonTables + Tables, cancel);
    }

    /// <returns>The number of the first of them.</returns>
    protected async Task<int> AddChildrenAsync(IReadOnlyList<StagedChild> children, CancellationToken cancel)
    {
        var first = ChildCount;
        await using var copy = await Connection.BeginBinaryImportAsync(
            "copy in_children (no, id, la_child_id, born_on, expected_birth_on, died_on, sex, ethnicity_code, disability_codes, upn, is_whole, unread) from stdin (format binary)", cancel);
        foreach (var child in children)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(ChildCount++, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(child.LaChildId, NpgsqlDbType.Text, cancel);
            await WriteAsync(copy, child.BornOn, cancel);
            await WriteAsync(copy, child.ExpectedBirthOn, cancel);
            await WriteAsync(copy, child.DiedOn, cancel);
            await WriteAsync(copy, child.Sex, cancel);
            await WriteAsync(copy, child.EthnicityCode, cancel);
            await copy.WriteAsync(child.DisabilityCodes, NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
            await WriteAsync(copy, child.Upn, cancel);
            await copy.WriteAsync(child.IsWhole, NpgsqlDbType.Boolean, cancel);
            await WriteAsync(copy, child.Unread, cancel);
        }

        await copy.CompleteAsync(cancel);
        return first;
    }

    public async Task AddAsync(IReadOnlyList<Rejection> rejections, CancellationToken cancel)
    {
        if (rejections.Count == 0) return;
        await using var copy = await Connection.BeginBinaryImportAsync(
            "copy in_rejections (id, ordinal, la_child_id, field, value, reason) from stdin (format binary)", cancel);
        foreach (var rejection in rejections)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(++HandedIn.RejectionCount, NpgsqlDbType.Integer, cancel);
            await WriteAsync(copy, rejection.ChildId, cancel);
            await copy.WriteAsync(rejection.Field, NpgsqlDbType.Text, cancel);
            await WriteAsync(copy, rejection.Value, cancel);
            await copy.WriteAsync(rejection.Reason, NpgsqlDbType.Text, cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    public async Task AddAsync(IReadOnlyList<Finding> findings, CancellationToken cancel)
    {
        if (findings.Count == 0) return;
        await using var copy = await Connection.BeginBinaryImportAsync("copy in_findings (ordinal, rule_ordinal, la_child_id, value) from stdin (format binary)", cancel);
        foreach (var finding in findings)
        {
            var rule = counts.Count(finding.Rule);
            if (counts.Total > MostFindings) continue;
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(counts.Total, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(rule, NpgsqlDbType.Integer, cancel);
            await WriteAsync(copy, finding.Child, cancel);
            await WriteAsync(copy, finding.Value, cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    /// <summary>Puts everything in place and sets the return's counts.</summary>
    /// <param name="report">Receives the share of this that is done.</param>
    public async Task MergeAsync(KeyRing keys, IReadOnlyList<ReturnRule> rules, IReadOnlyList<NotChecked> notChecked, Func<double, string, Task> report, CancellationToken cancel)
    {
        await report(0, Comparing);
        await RunAsync("set local work_mem = '64MB'; analyze in_children", cancel);
        var later = await ScalarAsync(
            $"select bool_or(r.reference_on > @reference) from returns r where r.authority_id = @authority and r.id <> @return and r.kind = @kind and r.state = 'Loaded' and {IsLater}", cancel);
        IsNewest = later is null;
        if (!IsNewest)
            HandedIn.Warnings.Add($"A return {(later is true ? "with a later reference date" : "with the same reference date, made later,")} was loaded before this one. Only what was not known yet was taken from this one.");

        await MergeChildrenAsync(keys, cancel);
        await SpellAsKnownAsync("in_rejections", "la_child_id", cancel);
        await SpellAsKnownAsync("in_findings", "la_child_id", cancel);
        await report(0.3, Comparing);
        await MergeEventsAsync(report, cancel);
        await RunAsync("""
            insert into return_rejections (id, authority_id, return_id, ordinal, la_child_id, field, value, reason)
            select id, @authority, @return, ordinal, la_child_id, field, value, reason from in_rejections
            """, cancel);
        HandedIn.RejectionCount += await CountAsync($"""
            with listed as (
                insert into return_rejections (id, authority_id, return_id, ordinal, la_child_id, field, value, reason)
                select gen_random_uuid(), @authority, @return, {HandedIn.RejectionCount} + row_number() over (order by b.no), c.la_child_id, b.field, b.former,
                    case when b.is_kept then '{Rejection.NotGivenAndKept}' else '{Rejection.GoneAndTakenBack}' end
                from in_blanks b left join children c on c.authority_id = @authority and c.id = b.child_id
                returning id)
            select count(*) from listed
            """, cancel);
        await AddRuleResultsAsync(rules, notChecked, cancel);
        HandedIn.ChildrenChanged = await CountAsync(
            "select count(distinct t.child_id) from in_touched t join in_found_children f on f.child_id = t.child_id where not f.is_new", cancel);
        await RunAsync($"""
            delete from return_changes where authority_id = @authority and return_id not in (
                select id from returns where authority_id = @authority and (state = 'Loaded' or id = @return) order by finished_at desc nulls first limit {LoadsToUndo})
            """, cancel);
        await report(1, Comparing);
    }

    /// <summary>The events of the kind, the counts of its episodes, and what the return should contain and does not.</summary>
    protected abstract Task MergeEventsAsync(Func<double, string, Task> report, CancellationToken cancel);

    /// <summary>
    /// The part of a query that finds, as "moved", what is not gone: its day was put right, and it would otherwise stand there twice. That is so where the edition brings one, and only
    /// one, that is alike in everything else and at most a week off. A slip of a digit or a weekend is seldom further, and nobody holds two reviews of one child, or makes two plans, in one
    /// week. Whatever is not so plain, or was asked about already, is the data lead's to say.
    /// </summary>
    /// <param name="same">What joins a row t that is here and a row i of "fresh", which holds what the edition brings and nothing here has the key of.</param>
    protected static string Moved(string table, string same, string day, IEnumerable<string> others) => $"""
        alike as (
            select t.id, count(*) over (partition by t.id) as brought, count(*) over (partition by i.id) as there
            from gone_{table} g join {table} t on t.id = g.id join fresh i on {same}
            where abs(i.{day} - t.{day}) <= 7 {string.Concat(others.Select(c => $"and i.{c} is not distinct from t.{c} "))}
                and not exists (select from return_absences a where a.record_id = t.id)),
        moved as (select id from alike where brought = 1 and there = 1)
        """;

    /// <summary>Whether nothing newer than this return has spoken of a row, known by the return that spoke of it last: what this one says of it stands.</summary>
    protected string IsCurrent(string row) => IsNewest ? "true" : $"not coalesce((select {IsLater} from returns r where r.id = {row}.return_id), false)";

    /// <param name="Field">What the return calls it.</param>
    /// <param name="IsDay">Left out, it is taken back: what it ended goes on. Another value that is left out is only not given.</param>
    protected readonly record struct Column(string Name, string Field, bool IsDay = false, bool IsList = false)
    {
        /// <summary>In the return's row i stands something for it that could not be read, which says nothing of what is here.</summary>
        private string IsUnread => $"'{Field}' = any(i.unread)";

        /// <summary>What the row t is to hold, of what it holds and what the return's row i says.</summary>
        public string Merged => (IsList, IsDay) switch
        {
            (true, true) => $"case when {IsUnread} then array(select unnest(t.{Name}) union select unnest(i.{Name}) order by 1) else i.{Name} end",
            (true, false) => $"""case when {IsUnread} then array(select code from (select unnest(t.{Name}) union select unnest(i.{Name})) u(code) order by code collate "C") when i.{Name} = '{"{}"}' then t.{Name} else i.{Name} end""",
            (false, true) => $"case when {IsUnread} then t.{Name} else i.{Name} end",
            (false, false) => $"coalesce(i.{Name}, t.{Name})",
        };

        /// <summary>What the row t holds and the return's row i, which could be read, does not say; null when that is nothing.</summary>
        public string Blank => IsList
            ? $"case when not {IsUnread} then nullif(array_to_string(array(select unnest(t.{Name}) except select unnest(i.{Name}) order by 1), ', '), '') end"
            : $"case when i.{Name} is null and not {IsUnread} then t.{Name}::text end";

        public string IsKept => IsDay ? "false" : IsList ? $"i.{Name} = '{"{}"}'" : "true";
    }

    /// <summary>Lists what rows hold that the return leaves blank, before it is merged: it may be a correction, or a fault of the system the return is from.</summary>
    /// <param name="from">A row t that is here and a row i of the return, of what both tell of.</param>
    protected Task NoteBlankAsync(string from, IEnumerable<Column> columns, CancellationToken cancel) => NoteBlankAsync(from, columns.Select(c => (c.Field, c.Blank, c.IsKept)), cancel);

    protected Task NoteBlankAsync(string from, IEnumerable<(string Field, string Former, string IsKept)> columns, CancellationToken cancel) => RunAsync($"""
        insert into in_blanks (child_id, field, former, is_kept)
        select t.child_id, v.field, v.former, v.is_kept from {from}
        cross join lateral (values {string.Join(", ", columns.Select(c => $"('{c.Field}', {c.Former}, {c.IsKept})"))}) v (field, former, is_kept)
        where v.former is not null
        """, cancel);

    /// <summary>Lists records of a table that the return should contain and does not, of children of whom nothing was left out; and takes back what it contains again.</summary>
    /// <param name="missing">A query of id, child_id and started_on.</param>
    /// <param name="there">A query of the ids that the return contains.</param>
    protected Task ListAbsentAsync(string table, string missing, string there, CancellationToken cancel) => RunAsync($"""
        delete from return_absences a where a.authority_id = @authority and a.table_name = '{table}'
            and (a.record_id in ({there}) or not exists (select from {table} t where t.id = a.record_id));
        insert into return_absences (id, authority_id, child_id, return_id, table_name, record_id, started_on, state)
        select gen_random_uuid(), @authority, m.child_id, @return, '{table}', m.id, m.started_on, 'Open' from ({missing}) m
        join children c on c.id = m.child_id
        where c.authority_id = @authority and not exists (select from in_rejections j where j.la_child_id = c.la_child_id)
        on conflict (record_id) do nothing
        """, cancel);

    private async Task AddRuleResultsAsync(IReadOnlyList<ReturnRule> rules, IReadOnlyList<NotChecked> notChecked, CancellationToken cancel)
    {
        var because = notChecked.GroupBy(n => n.Rule, StringComparer.Ordinal).ToDictionary(g => g.Key, g => string.Join(" ", g.Select(n => n.Reason)), StringComparer.Ordinal);
        await using (var copy = await Connection.BeginBinaryImportAsync(
            "copy in_rules (ordinal, code, severity, module, fields, message, finding_count, not_checked_because) from stdin (format binary)", cancel))
        {
            foreach (var (rule, ordinal, times) in counts.Of(rules))
            {
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(ordinal, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(rule.Code, NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(rule.Severity.ToString(), NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(rule.Module, NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(rule.Fields.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(rule.Message, NpgsqlDbType.Text, cancel);
                await copy.WriteAsync(times, NpgsqlDbType.Integer, cancel);
                await WriteAsync(copy, because.GetValueOrDefault(rule.Code), cancel);
                if (rule.Severity == Severity.Error) HandedIn.ErrorCount += times;
                else HandedIn.QueryCount += times;
            }

            await copy.CompleteAsync(cancel);
        }

        await RunAsync("""
            insert into return_rule_results (return_id, ordinal, authority_id, code, severity, module, fields, message, finding_count, not_checked_because)
            select @return, ordinal, @authority, code, severity, module, fields, message, finding_count, not_checked_because from in_rules;
            insert into return_findings (return_id, ordinal, authority_id, rule_ordinal, la_child_id, value)
            select @return, ordinal, @authority, rule_ordinal, la_child_id, value from in_findings
            """, cancel);
        if (counts.Total > MostFindings)
            HandedIn.Warnings.Add(string.Create(System.Globalization.CultureInfo.GetCultureInfo("en-GB"), $"The return breaks rules in {counts.Total:N0} places. The first {MostFindings:N0} are listed one by one."));
        HandedIn.EditionBeforeId = (Guid?)await ScalarAsync(
            "select id from returns where authority_id = @authority and id <> @return and kind = @kind and year = @year and state = 'Loaded' order by finished_at desc limit 1", cancel);
    }

    /// <summary>
    /// A child's number is the same with small letters and with capitals: systems that write it change with the years, and a child would stand here twice. Where two that differ in
    /// nothing else stand here already, each stays who they are.
    /// </summary>
    protected Task SpellAsKnownAsync(string table, string column, CancellationToken cancel) => RunAsync($"""
        update {table} i set {column} = k.known
        from (select lower(la_child_id) as number, min(la_child_id) as known from children where authority_id = @authority group by 1 having count(*) = 1) k
        where lower(i.{column}) = k.number and i.{column} <> k.known
        """, cancel);

    private async Task MergeChildrenAsync(KeyRing keys, CancellationToken cancel)
    {
        await SpellAsKnownAsync("in_children", "la_child_id", cancel);
        var added = new List<Guid>();
        await using (var insert = Command("""
            insert into children (id, authority_id, la_child_id, born_on, expected_birth_on, died_on, sex, ethnicity_code, disability_codes, upn, preferred_language, created_at)
            select distinct on (lower(la_child_id)) id, @authority, la_child_id, born_on, expected_birth_on, died_on, sex, ethnicity_code, disability_codes, upn, 'en', @now
            from in_children order by lower(la_child_id), no
            on conflict (authority_id, la_child_id) do nothing returning id
            """))
        await using (var ids = await insert.ExecuteReaderAsync(cancel))
        {
            while (await ids.ReadAsync(cancel)) added.Add(ids.GetGuid(0));
        }

        HandedIn.ChildrenAdded = added.Count;
        await SpellAsKnownAsync("in_children", "la_child_id", cancel);
        await AddKeysAsync(keys, added, cancel);
        await RunAsync("""
            create temp table in_found_children on commit drop as
            select i.no, c.id as child_id, c.id = i.id as is_new, i.is_whole
            from in_children i join children c on c.authority_id = @authority and c.la_child_id = i.la_child_id;
            analyze in_found_children
            """, cancel);

        // What a return leaves out is not known to be untrue: a missing code does not wipe out one that is here.
        string Value(string column) => IsNewest ? $"coalesce(i.{column}, t.{column})" : $"coalesce(t.{column}, i.{column})";
        string[] columns = ["born_on", "expected_birth_on", "died_on", "sex", "ethnicity_code", "upn"];
        var disability = IsNewest ? Disability.Merged : "case when t.disability_codes = '{}' then i.disability_codes else t.disability_codes end";
        // Of the child themselves each kind of return says something else: only what was a statement and is none any more is told.
        if (IsNewest && HandedIn.Kind == ReturnKind.CinCensus)
        {
            await NoteBlankAsync(
                "in_found_children f join in_children i on i.no = f.no join (select id as child_id, disability_codes, died_on from children where authority_id = @authority) t on t.child_id = f.child_id and not f.is_new",
                [("PersonDeathDate", new Column("died_on", "PersonDeathDate").Blank, "true"), (Disability.Field, $"case when i.disability_codes <> '{"{}"}' then {Disability.Blank} end", "false")], cancel);
        }

        await RunAsync($"""
            with changed as (
                update children t set {string.Join(", ", columns.Select(n => $"{n} = {Value(n)}"))}, disability_codes = {disability}
                from in_found_children f join in_children i on i.no = f.no
                where t.authority_id = @authority and t.id = f.child_id and not f.is_new
                    and ({string.Join(", ", columns.Select(n => $"t.{n}"))}, t.disability_codes)
                        is distinct from ({string.Join(", ", columns.Select(Value))}, {disability})
                returning t.id)
            insert into in_touched (child_id) select id from changed
            """, cancel);
    }

    private async Task AddKeysAsync(KeyRing keys, List<Guid> children, CancellationToken cancel)
    {
        if (children.Count == 0) return;
        // Asked for before the copy begins, which keeps the connection to itself.
        var made = await keys.NewForChildrenAsync(children, HandedIn.AuthorityId, cancel);
        await using (var copy = await Connection.BeginBinaryImportAsync("copy in_keys (child_id, authority_key_id, wrapped_key) from stdin (format binary)", cancel))
        {
            foreach (var key in made)
            {
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(key.ChildId, NpgsqlDbType.Uuid, cancel);
                await copy.WriteAsync(key.AuthorityKeyId, NpgsqlDbType.Uuid, cancel);
                await copy.WriteAsync(key.WrappedKey, NpgsqlDbType.Bytea, cancel);
            }

            await copy.CompleteAsync(cancel);
        }

        await RunAsync("insert into child_keys (child_id, authority_id, authority_key_id, wrapped_key) select child_id, @authority, authority_key_id, wrapped_key from in_keys", cancel);
    }

    /// <summary>Numbers what has the same key in the order of the file: a second on the same day is 1.</summary>
    protected static IEnumerable<(T One, int Ordinal)> Numbered<T, TKey>(IEnumerable<T> all, Func<T, TKey> key) where TKey : notnull
    {
        var seen = new Dictionary<TKey, int>();
        foreach (var one in all)
        {
            var ordinal = seen.GetValueOrDefault(key(one));
            seen[key(one)] = ordinal + 1;
            yield return (one, ordinal);
        }
    }

    protected static Task WriteAsync(NpgsqlBinaryImporter copy, DateOnly? day, CancellationToken cancel) =>
        day is { } given ? copy.WriteAsync(given, NpgsqlDbType.Date, cancel) : copy.WriteNullAsync(cancel);

    protected static Task WriteAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken cancel) =>
        text is null ? copy.WriteNullAsync(cancel) : copy.WriteAsync(text, NpgsqlDbType.Text, cancel);

    protected static Task WriteAsync(NpgsqlBinaryImporter copy, string[] texts, CancellationToken cancel) =>
        copy.WriteAsync(texts, NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);

    protected static Task WriteAsync(NpgsqlBinaryImporter copy, bool? yes, CancellationToken cancel) =>
        yes is { } given ? copy.WriteAsync(given, NpgsqlDbType.Boolean, cancel) : copy.WriteNullAsync(cancel);

    protected static Task WriteAsync(NpgsqlBinaryImporter copy, int? number, CancellationToken cancel) =>
        number is { } given ? copy.WriteAsync(given, NpgsqlDbType.Integer, cancel) : copy.WriteNullAsync(cancel);

    private NpgsqlCommand Command(string sql)
    {
        // No limit of time: the job can be stopped, and a large council's return takes what it takes.
        var command = new NpgsqlCommand(sql, Connection) { CommandTimeout = 0 };
        void With(string name, NpgsqlDbType type, object? value)
        {
            if (sql.Contains($"@{name}", StringComparison.Ordinal)) command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        }

        With("authority", NpgsqlDbType.Uuid, HandedIn.AuthorityId);
        With("return", NpgsqlDbType.Uuid, HandedIn.Id);
        With("kind", NpgsqlDbType.Text, HandedIn.Kind?.ToString());
        With("reference", NpgsqlDbType.Date, HandedIn.ReferenceOn);
        With("prepared", NpgsqlDbType.TimestampTz, HandedIn.PreparedAt);
        With("begins", NpgsqlDbType.Date, HandedIn.ReferenceOn is { } day ? new DateOnly(day.Month > 3 ? day.Year : day.Year - 1, 4, 1) : null);
        With("year", NpgsqlDbType.Integer, HandedIn.Year);
        With("now", NpgsqlDbType.TimestampTz, now);
        return command;
    }

    protected async Task RunAsync(string sql, CancellationToken cancel)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    protected async Task<object?> ScalarAsync(string sql, CancellationToken cancel)
    {
        await using var command = Command(sql);
        var value = await command.ExecuteScalarAsync(cancel);
        return value is DBNull ? null : value;
    }

    protected async Task<int> CountAsync(string sql, CancellationToken cancel) => checked((int)(long)(await ScalarAsync(sql, cancel))!);

    /// <summary>Numbers the rules as they are met, those of the year's list first, and counts their findings.</summary>
    private sealed class RuleCounts
    {
        private readonly Dictionary<ReturnRule, (int Ordinal, int Times)> met = new(ReferenceEqualityComparer.Instance);

        public int Total { get; private set; }

        public int Count(ReturnRule rule)
        {
            Total++;
            var (ordinal, times) = met.TryGetValue(rule, out var before) ? before : (met.Count + 1, 0);
            met[rule] = (ordinal, times + 1);
            return ordinal;
        }

        public IEnumerable<(ReturnRule Rule, int Ordinal, int Times)> Of(IReadOnlyList<ReturnRule> all)
        {
            foreach (var (rule, (ordinal, times)) in met) yield return (rule, ordinal, times);
            var next = met.Count;
            foreach (var rule in all)
                if (!met.ContainsKey(rule)) yield return (rule, ++next, 0);
        }
    }
}
