using ChildrensInfo.Core.Data;
using Npgsql;
using NpgsqlTypes;

namespace ChildrensInfo.Core.Returns.CinCensus;

/// <summary>The episodes of need of a children in need return, and what happened in each.</summary>
internal sealed class CinStaging(AppDbContext db, Return handedIn, DateTime now) : ReturnStaging(db, handedIn, now)
{
    /// <summary>What happens in an episode.</summary>
    /// <param name="InYear">When a year's return contains it: others of the same episode belong to the returns of other years.</param>
    private sealed record EventTable(string Name, string[] Columns, string InYear);

    private static readonly EventTable[] Events =
    [
        new("need_assessments", ["internal_review_on", "authorised_on", "factor_codes"], "coalesce(t.authorised_on, t.started_on) >= @begins"),
        new("cin_plans", ["ended_on"], "coalesce(t.ended_on, 'infinity') >= @begins"),
        new("section47s", ["conference_target_on", "conference_on", "conference_not_required"], "t.started_on >= @begins"),
        new("protection_plans", ["ended_on", "initial_category_of_abuse", "latest_category_of_abuse", "previous_plans", "reviewed_on"], "coalesce(t.ended_on, 'infinity') >= @begins"),
        new("pre_proceedings",
            ["letter_sent_on", "family_meeting_offered", "family_meeting_held", "first_meeting_on", "review_meetings", "decided_on", "outcome", "court_applied_on", "court_letter_sent_on"],
            "coalesce(t.started_on, '-infinity') >= @begins"),
    ];

    private int episodeNo;

    // An episode is known by its number in the file until the merge has found or made its row.
    protected override string Tables => """
        create temp table in_episodes (no int not null, child_no int not null, id uuid not null, referred_on date not null, ordinal int not null, referral_source text,
            primary_need_code text, closed_on date, reason_for_closure text, initial_conference_on date, referral_nfa bool not null) on commit drop;
        create temp table in_need_assessments (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null,
            internal_review_on date, authorised_on date, factor_codes text[] not null) on commit drop;
        create temp table in_cin_plans (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null, ended_on date) on commit drop;
        create temp table in_section47s (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null,
            conference_target_on date, conference_on date, conference_not_required bool) on commit drop;
        create temp table in_protection_plans (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null,
            ended_on date, initial_category_of_abuse text, latest_category_of_abuse text, previous_plans int, reviewed_on date[] not null) on commit drop;
        create temp table in_pre_proceedings (episode_no int not null, id uuid not null, started_on date, ordinal int not null, letter_sent_on date,
            family_meeting_offered bool, family_meeting_held bool, first_meeting_on date, review_meetings int, decided_on date, outcome text,
            court_applied_on date, court_letter_sent_on date) on commit drop;
        """;

    public async Task AddAsync(IReadOnlyList<(CinChild Child, bool Whole)> children, CancellationToken cancel)
    {
        if (children.Count == 0) return;
        var first = await AddChildrenAsync(
            [.. children.Select(c => new StagedChild(
                c.Child.LAchildID.Value!, c.Child.PersonBirthDate.Value, c.Child.ExpectedPersonBirthDate.Value, c.Child.PersonDeathDate.Value, c.Child.SexCode, c.Child.Ethnicity.Value,
                Codes(c.Child.Disability), c.Child.UPN.Value, c.Whole))],
            cancel);
        var episodes = new List<(int No, CinDetails Details)>();
        await using (var copy = await Connection.BeginBinaryImportAsync(
            "copy in_episodes (no, child_no, id, referred_on, ordinal, referral_source, primary_need_code, closed_on, reason_for_closure, initial_conference_on, referral_nfa) from stdin (format binary)", cancel))
        {
            for (var i = 0; i < children.Count; i++)
            {
                foreach (var (details, ordinal) in Numbered(children[i].Child.CINdetails, d => d.CINreferralDate.Value!.Value))
                {
                    episodes.Add((episodeNo, details));
                    await copy.StartRowAsync(cancel);
                    await copy.WriteAsync(episodeNo++, NpgsqlDbType.Integer, cancel);
                    await copy.WriteAsync(first + i, NpgsqlDbType.Integer, cancel);
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

        await AddEventsAsync("need_assessments", episodes, e => e.Assessments, a => a.AssessmentActualStartDate.Value, async (copy, a) =>
        {
            await WriteAsync(copy, a.AssessmentInternalReviewDate.Value, cancel);
            await WriteAsync(copy, a.AssessmentAuthorisationDate.Value, cancel);
            await copy.WriteAsync(Codes(a.AssessmentFactors), NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
        }, cancel);
        await AddEventsAsync("cin_plans", episodes, e => e.CINPlanDates, p => p.CINPlanStartDate.Value, (copy, p) => WriteAsync(copy, p.CINPlanEndDate.Value, cancel), cancel);
        await AddEventsAsync("section47s", episodes, e => e.Section47, s => s.S47ActualStartDate.Value, async (copy, s) =>
        {
            await WriteAsync(copy, s.InitialCPCtarget.Value, cancel);
            await WriteAsync(copy, s.DateOfInitialCPC.Value, cancel);
            await WriteAsync(copy, s.ICPCnotRequired.Value, cancel);
        }, cancel);
        await AddEventsAsync("protection_plans", episodes, e => e.ChildProtectionPlans, p => p.CPPstartDate.Value, async (copy, p) =>
        {
            await WriteAsync(copy, p.CPPendDate.Value, cancel);
            await WriteAsync(copy, p.InitialCategoryOfAbuse.Value, cancel);
            await WriteAsync(copy, p.LatestCategoryOfAbuse.Value, cancel);
            await WriteAsync(copy, p.NumberOfPreviousCPP.Value, cancel);
            var reviews = p.CPPreviewDate.Where(d => d.Value is not null).Select(d => d.Value!.Value).Distinct().Order().ToArray();
            await copy.WriteAsync(reviews, NpgsqlDbType.Array | NpgsqlDbType.Date, cancel);
        }, cancel);
        await AddEventsAsync("pre_proceedings", episodes, e => e.PreProceedings, p => p.PPStartDate.Value, async (copy, p) =>
        {
            await WriteAsync(copy, p.LBPSentDate.Value, cancel);
            await WriteAsync(copy, p.FGDMMeetingOffer.Value, cancel);
            await WriteAsync(copy, p.FGDMMeetingFac.Value, cancel);
            await WriteAsync(copy, p.InitialPPMeetingDate.Value, cancel);
            await WriteAsync(copy, p.ReviewMeetingsCount.Value, cancel);
            await WriteAsync(copy, p.StepDecisionDate.Value, cancel);
            await WriteAsync(copy, p.PPOutcome.Value, cancel);
            await WriteAsync(copy, p.CourtAppDate.Value, cancel);
            await WriteAsync(copy, p.LetterInitCPDate.Value, cancel);
        }, cancel);
    }

    protected override async Task MergeEventsAsync(Func<double, string, Task> report, CancellationToken cancel)
    {
        await RunAsync("analyze in_episodes", cancel);
        await MergeEpisodesAsync(cancel);
        for (var i = 0; i < Events.Length; i++)
        {
            await report(0.5 + (0.09 * i), Comparing);
            await MergeEventsAsync(Events[i], cancel);
        }

        if (IsNewest)
        {
            await ListAbsentAsync(
                "need_episodes",
                """
                select n.id, n.child_id, n.referred_on as started_on from need_episodes n
                where n.authority_id = @authority and n.referred_on <= @reference and coalesce(n.closed_on, 'infinity') >= @begins
                    and n.id not in (select episode_id from in_found_episodes)
                """,
                "select episode_id from in_found_episodes", cancel);
        }

        HandedIn.EpisodesRead = episodeNo;
        HandedIn.EpisodesChanged = await CountAsync(
            "select count(distinct t.record_id) from in_touched t join in_found_episodes f on f.episode_id = t.record_id where not f.is_new", cancel);
    }

    private async Task MergeEpisodesAsync(CancellationToken cancel)
    {
        HandedIn.EpisodesAdded = await CountAsync("""
            with added as (
                insert into need_episodes (id, authority_id, child_id, referred_on, ordinal, referral_source, primary_need_code, closed_on, reason_for_closure, initial_conference_on, referral_nfa, return_id)
                select e.id, @authority, f.child_id, e.referred_on, e.ordinal, e.referral_source, e.primary_need_code, e.closed_on, e.reason_for_closure, e.initial_conference_on, e.referral_nfa, @return
                from in_episodes e join in_found_children f on f.no = e.child_no
                on conflict (child_id, referred_on, ordinal) do nothing returning child_id, id),
            noted as (insert into in_touched (child_id, record_id) select child_id, id from added)
            select count(*) from added
            """, cancel);

        // Current: nothing newer than this return has spoken of the episode, so what this one says of it stands.
        var current = IsNewest ? "true" : "coalesce((select r.reference_on <= @reference from returns r where r.id = n.return_id), true)";
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
            insert into in_touched (child_id, record_id) select child_id, id from changed
            """, cancel);
    }

    private async Task MergeEventsAsync(EventTable table, CancellationToken cancel)
    {
        var name = table.Name;
        var names = string.Join(", ", table.Columns);
        // Where part of a child's record was left out, an event may only seem gone.
        await RunAsync($"""
            analyze in_{name};
            create temp table gone_{name} on commit drop as
            select t.id, t.child_id, t.episode_id, t.started_on from {name} t join in_found_episodes f on f.episode_id = t.episode_id
            where f.is_current and f.is_whole and not f.is_new and {table.InYear}
                and not exists (select from in_{name} i where i.episode_no = f.no and i.started_on is not distinct from t.started_on and i.ordinal = t.ordinal);
            """, cancel);

        await RunAsync($"""
            with fresh as (
                select i.*, f.episode_id from in_{name} i join in_found_episodes f on f.no = i.episode_no
                where f.is_current and not f.is_new
                    and not exists (select from {name} t where t.episode_id = f.episode_id and t.started_on is not distinct from i.started_on and t.ordinal = i.ordinal)),
            {Moved(name, "i.episode_id = t.episode_id", "started_on", table.Columns)},
            removed as (delete from {name} t using moved m where t.id = m.id returning t.id, t.child_id, t.episode_id),
            noted as (insert into in_touched (child_id, record_id) select child_id, episode_id from removed)
            delete from gone_{name} g using removed r where g.id = r.id
            """, cancel);
        await RunAsync($"""
            with done as (
                insert into {name} as t (id, authority_id, child_id, episode_id, started_on, ordinal, {names})
                select i.id, @authority, f.child_id, f.episode_id, i.started_on, i.ordinal, {string.Join(", ", table.Columns.Select(c => "i." + c))}
                from in_{name} i join in_found_episodes f on f.no = i.episode_no
                where f.is_current
                on conflict (episode_id, started_on, ordinal) do update set {string.Join(", ", table.Columns.Select(c => $"{c} = excluded.{c}"))}
                    where row({string.Join(", ", table.Columns.Select(c => "t." + c))}) is distinct from row({string.Join(", ", table.Columns.Select(c => "excluded." + c))})
                returning t.child_id, t.episode_id)
            insert into in_touched (child_id, record_id) select child_id, episode_id from done
            """, cancel);
        if (IsNewest)
        {
            await ListAbsentAsync(
                name, $"select id, child_id, started_on from gone_{name}",
                $"select t.id from {name} t join in_found_episodes f on f.episode_id = t.episode_id where t.id not in (select id from gone_{name}) and f.is_whole", cancel);
        }
    }

    private async Task AddEventsAsync<T>(
        string table, IEnumerable<(int No, CinDetails Details)> episodes, Func<CinDetails, IEnumerable<T>> of, Func<T, DateOnly?> start,
        Func<NpgsqlBinaryImporter, T, Task> write, CancellationToken cancel)
    {
        var columns = string.Join(", ", Events.Single(e => e.Name == table).Columns);
        await using var copy = await Connection.BeginBinaryImportAsync($"copy in_{table} (episode_no, id, started_on, ordinal, {columns}) from stdin (format binary)", cancel);
        foreach (var (no, details) in episodes)
        {
            foreach (var (one, ordinal) in Numbered(of(details), e => start(e) ?? DateOnly.MinValue))
            {
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(no, NpgsqlDbType.Integer, cancel);
                await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancel);
                await WriteAsync(copy, start(one), cancel);
                await copy.WriteAsync(ordinal, NpgsqlDbType.Integer, cancel);
                await write(copy, one);
            }
        }

        await copy.CompleteAsync(cancel);
    }

    /// <summary>In one order, so that the same codes written the other way round are no change.</summary>
    private static string[] Codes(IEnumerable<TextField> codes) =>
        [.. codes.Where(c => c.Value is not null).Select(c => c.Value!).Distinct().Order(StringComparer.Ordinal)];
}
