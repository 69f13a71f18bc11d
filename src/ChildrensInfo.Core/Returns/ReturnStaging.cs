using ChildrensInfo.Core.Data;
using ChildrensInfo.Core.Keys;
using ChildrensInfo.Core.Returns.CinCensus;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace ChildrensInfo.Core.Returns;

/// <summary>
/// What was read of a return, in temporary tables of the open transaction, and the merging of it into the tables that stay. SQL by hand
/// because a return is tens of thousands of rows; it runs inside the transaction whose row-level security is already set.
/// </summary>
internal sealed class ReturnStaging(AppDbContext db, Return handedIn, DateTime now)
{
    // A child or episode is known by its number in the file until the merge has found or made its row.
    private const string Tables = """
        create temp table in_children (no int not null, id uuid not null, la_child_id text not null, born_on date, expected_birth_on date, died_on date,
            sex text, ethnicity_code text, disability_codes text[] not null, upn text, is_whole bool not null) on commit drop;
        create temp table in_episodes (no int not null, child_no int not null, id uuid not null, referred_on date not null, ordinal int not null, referral_source text,
            primary_need_code text, closed_on date, reason_for_closure text, initial_conference_on date, referral_nfa bool not null) on commit drop;
        create temp table in_need_assessments (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null,
            internal_review_on date, authorised_on date, factor_codes text[] not null) on commit drop;
        create temp table in_cin_plans (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null, ended_on date) on commit drop;
        create temp table in_section47s (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null,
            conference_target_on date, conference_on date, conference_not_required bool) on commit drop;
        create temp table in_protection_plans (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null,
            ended_on date, initial_category_of_abuse text, latest_category_of_abuse text, previous_plans int, reviewed_on date[] not null) on commit drop;
        create temp table in_rejections (id uuid not null, ordinal int not null, la_child_id text, field text not null, value text, reason text not null) on commit drop;
        create temp table in_keys (child_id uuid not null, authority_key_id uuid not null, wrapped_key bytea not null) on commit drop;
        create temp table in_touched (child_id uuid not null, episode_id uuid) on commit drop;
        """;

    private static readonly (string Name, string[] Columns)[] Events =
    [
        ("need_assessments", ["internal_review_on", "authorised_on", "factor_codes"]),
        ("cin_plans", ["ended_on"]),
        ("section47s", ["conference_target_on", "conference_on", "conference_not_required"]),
        ("protection_plans", ["ended_on", "initial_category_of_abuse", "latest_category_of_abuse", "previous_plans", "reviewed_on"]),
    ];

    private readonly NpgsqlConnection connection = (NpgsqlConnection)db.Database.GetDbConnection();
    private int childNo;
    private int episodeNo;

    public async Task CreateAsync(CancellationToken cancel)
    {
        // Two returns of one council merged at once would each take the other's new children for their own.
        await RunAsync("select pg_advisory_xact_lock(hashtextextended('return ' || @authority::text, 0))", cancel);
        await RunAsync(Tables, cancel);
    }

    public async Task AddAsync(IReadOnlyList<(CinChild Child, bool Whole)> children, CancellationToken cancel)
    {
        if (children.Count == 0) return;
        var episodes = new List<(int No, CinDetails Details)>();
        await using (var copy = await connection.BeginBinaryImportAsync(
            "copy in_children (no, id, la_child_id, born_on, expected_birth_on, died_on, sex, ethnicity_code, disability_codes, upn, is_whole) from stdin (format binary)", cancel))
        {
            for (var i = 0; i < children.Count; i++)
            {
                var (child, whole) = children[i];
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(childNo + i, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancel);
                await copy.WriteAsync(child.LAchildID.Value!, NpgsqlDbType.Text, cancel);
                await WriteAsync(copy, child.PersonBirthDate.Value, cancel);
                await WriteAsync(copy, child.ExpectedPersonBirthDate.Value, cancel);
                await WriteAsync(copy, child.PersonDeathDate.Value, cancel);
                await WriteAsync(copy, child.SexCode, cancel);
                await WriteAsync(copy, child.Ethnicity.Value, cancel);
                await copy.WriteAsync(Codes(child.Disability), NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
                await WriteAsync(copy, child.UPN.Value, cancel);
                await copy.WriteAsync(whole, NpgsqlDbType.Boolean, cancel);
            }

            await copy.CompleteAsync(cancel);
        }

        await using (var copy = await connection.BeginBinaryImportAsync(
            "copy in_episodes (no, child_no, id, referred_on, ordinal, referral_source, primary_need_code, closed_on, reason_for_closure, initial_conference_on, referral_nfa) from stdin (format binary)", cancel))
        {
            for (var i = 0; i < children.Count; i++)
            {
                foreach (var (details, ordinal) in Numbered(children[i].Child.CINdetails, d => d.CINreferralDate.Value!.Value))
                {
                    episodes.Add((episodeNo, details));
                    await copy.StartRowAsync(cancel);
                    await copy.WriteAsync(episodeNo++, NpgsqlDbType.Integer, cancel);
                    await copy.WriteAsync(childNo + i, NpgsqlDbType.Integer, cancel);
                    await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancel);
                    await WriteAsync(copy, details.CINreferralDate.Value, cancel);
                    await copy.WriteAsync(ordinal, NpgsqlDbType.Integer, cancel);
                    await WriteAsync(copy, details.ReferralSource.Value, cancel);
                    await WriteAsync(copy, details.PrimaryNeedCode.Value, cancel);
                    await WriteAsync(copy, details.CINclosureDate.Value, cancel);
                    await WriteAsync(copy, details.ReasonForClosure.Value, cancel);
                    await WriteAsync(copy, details.DateOfInitialCPC.Value, cancel);
                    await copy.WriteAsync(details.ReferralNFA.Value ?? false, NpgsqlDbType.Boolean, cancel);
                }
            }

            await copy.CompleteAsync(cancel);
        }

        childNo += children.Count;
        await AddEventsAsync("need_assessments", episodes, e => e.Assessments, a => a.AssessmentActualStartDate, async (copy, a) =>
        {
            await WriteAsync(copy, a.AssessmentInternalReviewDate.Value, cancel);
            await WriteAsync(copy, a.AssessmentAuthorisationDate.Value, cancel);
            await copy.WriteAsync(Codes(a.AssessmentFactors), NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
        }, cancel);
        await AddEventsAsync("cin_plans", episodes, e => e.CINPlanDates, p => p.CINPlanStartDate, (copy, p) => WriteAsync(copy, p.CINPlanEndDate.Value, cancel), cancel);
        await AddEventsAsync("section47s", episodes, e => e.Section47, s => s.S47ActualStartDate, async (copy, s) =>
        {
            await WriteAsync(copy, s.InitialCPCtarget.Value, cancel);
            await WriteAsync(copy, s.DateOfInitialCPC.Value, cancel);
            if (s.ICPCnotRequired.Value is { } notRequired) await copy.WriteAsync(notRequired, NpgsqlDbType.Boolean, cancel);
            else await copy.WriteNullAsync(cancel);
        }, cancel);
        await AddEventsAsync("protection_plans", episodes, e => e.ChildProtectionPlans, p => p.CPPstartDate, async (copy, p) =>
        {
            await WriteAsync(copy, p.CPPendDate.Value, cancel);
            await WriteAsync(copy, p.InitialCategoryOfAbuse.Value, cancel);
            await WriteAsync(copy, p.LatestCategoryOfAbuse.Value, cancel);
            if (p.NumberOfPreviousCPP.Value is { } plans) await copy.WriteAsync(plans, NpgsqlDbType.Integer, cancel);
            else await copy.WriteNullAsync(cancel);
            var reviews = p.CPPreviewDate.Where(d => d.Value is not null).Select(d => d.Value!.Value).Distinct().Order().ToArray();
            await copy.WriteAsync(reviews, NpgsqlDbType.Array | NpgsqlDbType.Date, cancel);
        }, cancel);
    }

    public async Task AddAsync(IReadOnlyList<Rejection> rejections, int before, CancellationToken cancel)
    {
        if (rejections.Count == 0) return;
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy in_rejections (id, ordinal, la_child_id, field, value, reason) from stdin (format binary)", cancel);
        for (var i = 0; i < rejections.Count; i++)
        {
            var rejection = rejections[i];
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(before + i + 1, NpgsqlDbType.Integer, cancel);
            await WriteAsync(copy, rejection.ChildId, cancel);
            await copy.WriteAsync(rejection.Field, NpgsqlDbType.Text, cancel);
            await WriteAsync(copy, rejection.Value, cancel);
            await copy.WriteAsync(rejection.Reason, NpgsqlDbType.Text, cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    /// <summary>Puts everything in place and sets the return's counts.</summary>
    /// <param name="report">Receives the share of this that is done.</param>
    public async Task MergeAsync(KeyRing keys, Func<double, string, Task> report, CancellationToken cancel)
    {
        const string Comparing = "Comparing with what is here already";
        await report(0, Comparing);
        await RunAsync("set local work_mem = '64MB'; analyze in_children; analyze in_episodes", cancel);
        var newest = !(bool)(await ScalarAsync(
            "select exists (select from returns where authority_id = @authority and id <> @return and state = 'Loaded' and reference_on > @reference)", cancel))!;
        if (!newest) handedIn.Warnings.Add("A return with a later reference date was loaded before this one. Only what was not known yet was taken from this one.");

        await MergeChildrenAsync(keys, newest, cancel);
        await report(0.3, Comparing);
        await MergeEpisodesAsync(newest, cancel);
        for (var i = 0; i < Events.Length; i++)
        {
            await report(0.5 + (0.1 * i), Comparing);
            await MergeEventsAsync(Events[i].Name, Events[i].Columns, cancel);
        }

        await RunAsync("""
            insert into return_rejections (id, authority_id, return_id, ordinal, la_child_id, field, value, reason)
            select id, @authority, @return, ordinal, la_child_id, field, value, reason from in_rejections
            """, cancel);
        handedIn.EpisodesRead = episodeNo;
        handedIn.EpisodesChanged = await CountAsync(
            "select count(distinct t.episode_id) from in_touched t join in_found_episodes f on f.episode_id = t.episode_id where not f.is_new", cancel);
        handedIn.ChildrenChanged = await CountAsync(
            "select count(distinct t.child_id) from in_touched t join in_found_children f on f.child_id = t.child_id where not f.is_new", cancel);
        await report(1, Comparing);
    }

    private async Task MergeChildrenAsync(KeyRing keys, bool newest, CancellationToken cancel)
    {
        var added = new List<Guid>();
        await using (var insert = Command("""
            insert into children (id, authority_id, la_child_id, born_on, expected_birth_on, died_on, sex, ethnicity_code, disability_codes, upn, preferred_language, created_at)
            select id, @authority, la_child_id, born_on, expected_birth_on, died_on, sex, ethnicity_code, disability_codes, upn, 'en', @now from in_children
            on conflict (authority_id, la_child_id) do nothing returning id
            """))
        await using (var ids = await insert.ExecuteReaderAsync(cancel))
        {
            while (await ids.ReadAsync(cancel)) added.Add(ids.GetGuid(0));
        }

        handedIn.ChildrenAdded = added.Count;
        await AddKeysAsync(keys, added, cancel);
        await RunAsync("""
            create temp table in_found_children on commit drop as
            select i.no, c.id as child_id, c.id = i.id as is_new, i.is_whole
            from in_children i join children c on c.authority_id = @authority and c.la_child_id = i.la_child_id;
            analyze in_found_children
            """, cancel);

        // What a return leaves out is not known to be untrue: a missing code does not wipe out one that is here.
        string Value(string column) => newest ? $"coalesce(i.{column}, c.{column})" : $"coalesce(c.{column}, i.{column})";
        string[] columns = ["born_on", "expected_birth_on", "died_on", "sex", "ethnicity_code", "upn"];
        var disability = newest
            ? "case when i.disability_codes = '{}' then c.disability_codes else i.disability_codes end"
            : "case when c.disability_codes = '{}' then i.disability_codes else c.disability_codes end";
        await RunAsync($"""
            with changed as (
                update children c set {string.Join(", ", columns.Select(n => $"{n} = {Value(n)}"))}, disability_codes = {disability}
                from in_found_children f join in_children i on i.no = f.no
                where c.authority_id = @authority and c.id = f.child_id and not f.is_new
                    and ({string.Join(", ", columns.Select(n => $"c.{n}"))}, c.disability_codes)
                        is distinct from ({string.Join(", ", columns.Select(Value))}, {disability})
                returning c.id)
            insert into in_touched (child_id) select id from changed
            """, cancel);
    }

    private async Task AddKeysAsync(KeyRing keys, List<Guid> children, CancellationToken cancel)
    {
        if (children.Count == 0) return;
        // Asked for before the copy begins, which keeps the connection to itself.
        var made = await keys.NewForChildrenAsync(children, handedIn.AuthorityId, cancel);
        await using (var copy = await connection.BeginBinaryImportAsync("copy in_keys (child_id, authority_key_id, wrapped_key) from stdin (format binary)", cancel))
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

    private async Task MergeEpisodesAsync(bool newest, CancellationToken cancel)
    {
        handedIn.EpisodesAdded = await CountAsync("""
            with added as (
                insert into need_episodes (id, authority_id, child_id, referred_on, ordinal, referral_source, primary_need_code, closed_on, reason_for_closure, initial_conference_on, referral_nfa, return_id)
                select e.id, @authority, f.child_id, e.referred_on, e.ordinal, e.referral_source, e.primary_need_code, e.closed_on, e.reason_for_closure, e.initial_conference_on, e.referral_nfa, @return
                from in_episodes e join in_found_children f on f.no = e.child_no
                on conflict (child_id, referred_on, ordinal) do nothing returning child_id, id),
            noted as (insert into in_touched (child_id, episode_id) select child_id, id from added)
            select count(*) from added
            """, cancel);

        // Current: nothing newer than this return has spoken of the episode, so what this one says of it stands.
        var current = newest ? "true" : "coalesce((select r.reference_on <= @reference from returns r where r.id = n.return_id), true)";
        await RunAsync($"""
            create temp table in_found_episodes on commit drop as
            select e.no, n.id as episode_id, n.child_id, n.id = e.id as is_new, f.is_whole, {current} as is_current
            from in_episodes e join in_found_children f on f.no = e.child_no
            join need_episodes n on n.child_id = f.child_id and n.referred_on = e.referred_on and n.ordinal = e.ordinal;
            analyze in_found_episodes
            """, cancel);

        // A date that is gone was taken back: an episode closed by mistake is open again. A code that is gone is only not given.
        const string Reason = "coalesce(e.reason_for_closure, case when e.closed_on is not distinct from n.closed_on then n.reason_for_closure end)";
        await RunAsync($"""
            with changed as (
                update need_episodes n set referral_source = coalesce(e.referral_source, n.referral_source), primary_need_code = coalesce(e.primary_need_code, n.primary_need_code),
                    closed_on = e.closed_on, reason_for_closure = {Reason}, initial_conference_on = e.initial_conference_on, referral_nfa = e.referral_nfa, return_id = @return
                from in_found_episodes f join in_episodes e on e.no = f.no
                where n.id = f.episode_id and not f.is_new and f.is_current
                    and (n.referral_source, n.primary_need_code, n.closed_on, n.reason_for_closure, n.initial_conference_on, n.referral_nfa)
                        is distinct from (coalesce(e.referral_source, n.referral_source), coalesce(e.primary_need_code, n.primary_need_code),
                            e.closed_on, {Reason}, e.initial_conference_on, e.referral_nfa)
                returning n.child_id, n.id)
            insert into in_touched (child_id, episode_id) select child_id, id from changed
            """, cancel);
    }

    private async Task MergeEventsAsync(string table, string[] columns, CancellationToken cancel)
    {
        var names = string.Join(", ", columns);
        await RunAsync($"""
            analyze in_{table};
            with done as (
                insert into {table} as t (id, authority_id, child_id, episode_id, started_on, ordinal, {names})
                select i.id, @authority, f.child_id, f.episode_id, i.started_on, i.ordinal, {string.Join(", ", columns.Select(c => "i." + c))}
                from in_{table} i join in_found_episodes f on f.no = i.episode_no
                where f.is_current
                on conflict (episode_id, started_on, ordinal) do update set {string.Join(", ", columns.Select(c => $"{c} = excluded.{c}"))}
                    where ({string.Join(", ", columns.Select(c => "t." + c))}) is distinct from ({string.Join(", ", columns.Select(c => "excluded." + c))})
                returning t.child_id, t.episode_id)
            insert into in_touched (child_id, episode_id) select child_id, episode_id from done
            """, cancel);

        // A start date put right would otherwise leave the event twice. Where part of a child's record was rejected, an event may only seem gone.
        await RunAsync($"""
            with gone as (
                delete from {table} t using in_found_episodes f
                where t.episode_id = f.episode_id and f.is_current and f.is_whole and not f.is_new
                    and not exists (select from in_{table} i where i.episode_no = f.no and i.started_on = t.started_on and i.ordinal = t.ordinal)
                returning t.child_id, t.episode_id)
            insert into in_touched (child_id, episode_id) select child_id, episode_id from gone
            """, cancel);
    }

    private async Task AddEventsAsync<T>(
        string table, IEnumerable<(int No, CinDetails Details)> episodes, Func<CinDetails, IEnumerable<T>> of, Func<T, Field<DateOnly>> start,
        Func<NpgsqlBinaryImporter, T, Task> write, CancellationToken cancel)
    {
        var columns = string.Join(", ", Events.Single(e => e.Name == table).Columns);
        await using var copy = await connection.BeginBinaryImportAsync($"copy in_{table} (episode_no, id, started_on, ordinal, {columns}) from stdin (format binary)", cancel);
        foreach (var (no, details) in episodes)
        {
            foreach (var (one, ordinal) in Numbered(of(details), e => start(e).Value!.Value))
            {
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(no, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancel);
                await WriteAsync(copy, start(one).Value, cancel);
                await copy.WriteAsync(ordinal, NpgsqlDbType.Integer, cancel);
                await write(copy, one);
            }
        }

        await copy.CompleteAsync(cancel);
    }

    /// <summary>Each with its number among those of the same day: 0 for the first.</summary>
    private static IEnumerable<(T Item, int Ordinal)> Numbered<T>(IEnumerable<T> items, Func<T, DateOnly> day)
    {
        var seen = new Dictionary<DateOnly, int>();
        foreach (var item in items)
        {
            var ordinal = seen.GetValueOrDefault(day(item));
            seen[day(item)] = ordinal + 1;
            yield return (item, ordinal);
        }
    }

    /// <summary>In one order, so that the same codes written the other way round are no change.</summary>
    private static string[] Codes(IEnumerable<TextField> codes) => [.. codes.Select(c => c.Value!).Distinct().Order(StringComparer.Ordinal)];

    private static Task WriteAsync(NpgsqlBinaryImporter copy, DateOnly? day, CancellationToken cancel) =>
        day is { } given ? copy.WriteAsync(given, NpgsqlDbType.Date, cancel) : copy.WriteNullAsync(cancel);

    private static Task WriteAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken cancel) =>
        text is null ? copy.WriteNullAsync(cancel) : copy.WriteAsync(text, NpgsqlDbType.Text, cancel);

    private NpgsqlCommand Command(string sql)
    {
        // No limit of time: the job can be stopped, and a large council's return takes what it takes.
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        if (sql.Contains("@authority", StringComparison.Ordinal)) command.Parameters.AddWithValue("authority", handedIn.AuthorityId);
        if (sql.Contains("@return", StringComparison.Ordinal)) command.Parameters.AddWithValue("return", handedIn.Id);
        if (sql.Contains("@reference", StringComparison.Ordinal)) command.Parameters.Add(new NpgsqlParameter("reference", NpgsqlDbType.Date) { Value = (object?)handedIn.ReferenceOn ?? DBNull.Value });
        if (sql.Contains("@now", StringComparison.Ordinal)) command.Parameters.AddWithValue("now", now);
        return command;
    }

    private async Task RunAsync(string sql, CancellationToken cancel)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancel)
    {
        await using var command = Command(sql);
        return await command.ExecuteScalarAsync(cancel);
    }

    private async Task<int> CountAsync(string sql, CancellationToken cancel) => checked((int)(long)(await ScalarAsync(sql, cancel))!);
}
