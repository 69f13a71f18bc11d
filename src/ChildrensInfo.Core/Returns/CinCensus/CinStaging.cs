using ChildrensInfo.Core.Data;
using Npgsql;
using NpgsqlTypes;

namespace ChildrensInfo.Core.Returns.CinCensus;

/// <summary>The episodes of need of a children in need return, and what happened in each.</summary>
internal sealed class CinStaging(AppDbContext db, Return handedIn, DateTime now) : ReturnStaging(db, handedIn, now)
{
    /// <summary>What happens in an episode.</summary>
    /// <param name="InYear">When a year's return contains it: others of the same episode belong to the returns of other years.</param>
    private sealed record EventTable(string Name, Column[] Columns, string InYear);

    private static readonly EventTable[] Events =
    [
        new("need_assessments",
            [new("internal_review_on", "AssessmentInternalReviewDate", IsDay: true), new("authorised_on", "AssessmentAuthorisationDate", IsDay: true), new("factor_codes", "AssessmentFactors", IsList: true)],
            "coalesce(t.authorised_on, t.started_on) >= @begins"),
        new("cin_plans", [new("ended_on", "CINPlanEndDate", IsDay: true)], "coalesce(t.ended_on, 'infinity') >= @begins"),
        new("section47s",
            [new("conference_target_on", "InitialCPCtarget", IsDay: true), new("conference_on", "DateOfInitialCPC", IsDay: true), new("conference_not_required", "ICPCnotRequired")],
            "t.started_on >= @begins"),
        new("protection_plans",
            [
                new("ended_on", "CPPendDate", IsDay: true), new("initial_category_of_abuse", "InitialCategoryOfAbuse"), new("latest_category_of_abuse", "LatestCategoryOfAbuse"),
                new("previous_plans", "NumberOfPreviousCPP"), new("reviewed_on", "CPPreviewDate", IsDay: true, IsList: true),
            ],
            "coalesce(t.ended_on, 'infinity') >= @begins"),
        new("pre_proceedings",
            [
                new("letter_sent_on", "LBPSentDate", IsDay: true), new("family_meeting_offered", "FGDMMeetingOffer"), new("family_meeting_held", "FGDMMeetingFac"),
                new("first_meeting_on", "InitialPPMeetingDate", IsDay: true), new("review_meetings", "ReviewMeetingsCount"), new("decided_on", "StepDecisionDate", IsDay: true), new("outcome", "PPOutcome"),
                new("court_applied_on", "CourtAppDate", IsDay: true), new("court_letter_sent_on", "LetterInitCPDate", IsDay: true),
            ],
            "coalesce(t.started_on, '-infinity') >= @begins"),
    ];

    /// <summary>What an episode says of itself. A reason belongs to the day it closed on: while that stands, it does.</summary>
    private static readonly Column[] OfEpisode =
    [
        new("referral_source", "ReferralSource"), new("primary_need_code", "PrimaryNeedCode"), new("closed_on", "CINclosureDate", IsDay: true), new("initial_conference_on", "DateOfInitialCPC", IsDay: true),
    ];

    private static readonly Column ReasonForClosure = new("reason_for_closure", "ReasonForClosure");

    private const string SameClosure = "(i.closed_on is not distinct from t.closed_on or 'ReasonForClosure' = any(i.unread) and i.closed_on is not null)";

    private int episodeNo;

    // An episode is known by its number in the file until the merge has found or made its row.
    protected override string Tables => """
        create temp table in_episodes (no int not null, child_no int not null, id uuid not null, referred_on date not null, ordinal int not null, referral_source text,
            primary_need_code text, closed_on date, reason_for_closure text, initial_conference_on date, referral_nfa bool, unread text[] not null) on commit drop;
        create temp table in_need_assessments (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null,
            internal_review_on date, authorised_on date, factor_codes text[] not null, unread text[] not null) on commit drop;
        create temp table in_cin_plans (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null, ended_on date, unread text[] not null) on commit drop;
        create temp table in_section47s (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null,
            conference_target_on date, conference_on date, conference_not_required bool, unread text[] not null) on commit drop;
        create temp table in_protection_plans (episode_no int not null, id uuid not null, started_on date not null, ordinal int not null,
            ended_on date, initial_category_of_abuse text, latest_category_of_abuse text, previous_plans int, reviewed_on date[] not null, unread text[] not null) on commit drop;
        create temp table in_pre_proceedings (episode_no int not null, id uuid not null, started_on date, ordinal int not null, letter_sent_on date,
            family_meeting_offered bool, family_meeting_held bool, first_meeting_on date, review_meetings int, decided_on date, outcome text,
            court_applied_on date, court_letter_sent_on date, unread text[] not null) on commit drop;
        """;

    public async Task AddAsync(IReadOnlyList<(CinChild Child, bool Whole)> children, CancellationToken cancel)
    {
        if (children.Count == 0) return;
        var first = await AddChildrenAsync(
            [.. children.Select(c => new StagedChild(
                c.Child.LAchildID.Value!, c.Child.PersonBirthDate.Value, c.Child.ExpectedPersonBirthDate.Value, c.Child.PersonDeathDate.Value, c.Child.SexCode, c.Child.Ethnicity.Value,
                Codes(c.Child.Disability), c.Child.UPN.Value, c.Whole)
            {
                Unread = Unread(("Disability", c.Child.Disability.Any(d => d.IsUnreadable)), ("PersonDeathDate", c.Child.PersonDeathDate.IsUnreadable)),
            })],
            cancel);
        var episodes = new List<(int No, CinDetails Details)>();
        await using (var copy = await Connection.BeginBinaryImportAsync(
            "copy in_episodes (no, child_no, id, referred_on, ordinal, referral_source, primary_need_code, closed_on, reason_for_closure, initial_conference_on, referral_nfa, unread) from stdin (format binary)", cancel))
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
                    await WriteAsync(copy, details.ReferralNFA.Value, cancel);
                    await WriteAsync(
                        copy,
                        Unread(
                            ("ReferralSource", details.ReferralSource.IsUnreadable), ("PrimaryNeedCode", details.PrimaryNeedCode.IsUnreadable), ("ReasonForClosure", details.ReasonForClosure.IsUnreadable),
                            ("DateOfInitialCPC", details.DateOfInitialCPC.IsUnreadable)),
                        cancel);
                }
            }

            await copy.CompleteAsync(cancel);
        }

        await AddEventsAsync("need_assessments", episodes, e => e.Assessments, a => a.AssessmentActualStartDate.Value, a => Unread(
            ("AssessmentInternalReviewDate", a.AssessmentInternalReviewDate.IsUnreadable), ("AssessmentFactors", a.AssessmentFactors.Any(f => f.IsUnreadable))), async (copy, a) =>
        {
            await WriteAsync(copy, a.AssessmentInternalReviewDate.Value, cancel);
            await WriteAsync(copy, a.AssessmentAuthorisationDate.Value, cancel);
            await copy.WriteAsync(Codes(a.AssessmentFactors), NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
        }, cancel);
        await AddEventsAsync("cin_plans", episodes, e => e.CINPlanDates, p => p.CINPlanStartDate.Value, _ => [], (copy, p) => WriteAsync(copy, p.CINPlanEndDate.Value, cancel), cancel);
        await AddEventsAsync("section47s", episodes, e => e.Section47, s => s.S47ActualStartDate.Value, s => Unread(
            ("InitialCPCtarget", s.InitialCPCtarget.IsUnreadable), ("ICPCnotRequired", s.ICPCnotRequired.IsUnreadable)), async (copy, s) =>
        {
            await WriteAsync(copy, s.InitialCPCtarget.Value, cancel);
            await WriteAsync(copy, s.DateOfInitialCPC.Value, cancel);
            await WriteAsync(copy, s.ICPCnotRequired.Value, cancel);
        }, cancel);
        await AddEventsAsync("protection_plans", episodes, e => e.ChildProtectionPlans, p => p.CPPstartDate.Value, p => Unread(
            ("InitialCategoryOfAbuse", p.InitialCategoryOfAbuse.IsUnreadable), ("LatestCategoryOfAbuse", p.LatestCategoryOfAbuse.IsUnreadable),
            ("NumberOfPreviousCPP", p.NumberOfPreviousCPP.IsUnreadable), ("CPPreviewDate", p.CPPreviewDate.Any(d => d.IsUnreadable))), async (copy, p) =>
        {
            await WriteAsync(copy, p.CPPendDate.Value, cancel);
            await WriteAsync(copy, p.InitialCategoryOfAbuse.Value, cancel);
            await WriteAsync(copy, p.LatestCategoryOfAbuse.Value, cancel);
            await WriteAsync(copy, p.NumberOfPreviousCPP.Value, cancel);
            var reviews = p.CPPreviewDate.Where(d => d.Value is not null).Select(d => d.Value!.Value).Distinct().Order().ToArray();
            await copy.WriteAsync(reviews, NpgsqlDbType.Array | NpgsqlDbType.Date, cancel);
        }, cancel);
        await AddEventsAsync("pre_proceedings", episodes, e => e.PreProceedings, p => p.PPStartDate.Value, p => Unread(
            ("LBPSentDate", p.LBPSentDate.IsUnreadable), ("FGDMMeetingOffer", p.FGDMMeetingOffer.IsUnreadable), ("FGDMMeetingFac", p.FGDMMeetingFac.IsUnreadable),
            ("InitialPPMeetingDate", p.InitialPPMeetingDate.IsUnreadable), ("ReviewMeetingsCount", p.ReviewMeetingsCount.IsUnreadable), ("StepDecisionDate", p.StepDecisionDate.IsUnreadable),
            ("CourtAppDate", p.CourtAppDate.IsUnreadable), ("LetterInitCPDate", p.LetterInitCPDate.IsUnreadable)), async (copy, p) =>
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
                select e.id, @authority, f.child_id, e.referred_on, e.ordinal, e.referral_source, e.primary_need_code, e.closed_on, e.reason_for_closure, e.initial_conference_on, coalesce(e.referral_nfa, false), @return
                from in_episodes e join in_found_children f on f.no = e.child_no
                on conflict (child_id, referred_on, ordinal) do nothing returning child_id, id),
            noted as (insert into in_touched (child_id, record_id) select child_id, id from added)
            select count(*) from added
            """, cancel);

        await RunAsync($"""
            create temp table in_found_episodes on commit drop as
            select e.no, n.id as episode_id, n.child_id, n.id = e.id as is_new, f.is_whole, {IsCurrent("n")} as is_current
            from in_episodes e join in_found_children f on f.no = e.child_no
            join need_episodes n on n.child_id = f.child_id and n.referred_on = e.referred_on and n.ordinal = e.ordinal;
            analyze in_found_episodes
            """, cancel);

        // A date that is gone was taken back: an episode closed by mistake is open again. A code that is gone is only not given.
        const string Found = "in_found_episodes f join in_episodes i on i.no = f.no join need_episodes t on t.id = f.episode_id and not f.is_new and f.is_current";
        await NoteBlankAsync(Found, [.. OfEpisode.Select(c => (c.Field, c.Blank, c.IsKept)), (ReasonForClosure.Field, ReasonForClosure.Blank, SameClosure), ("ReferralNFA", "case when i.referral_nfa is null and t.referral_nfa then '1' end", "true")], cancel);
        var names = OfEpisode.Select(c => c.Name).Append(ReasonForClosure.Name).Append("referral_nfa").ToList();
        var values = OfEpisode.Select(c => c.Merged).Append($"coalesce(i.reason_for_closure, case when {SameClosure} then t.reason_for_closure end)").Append("coalesce(i.referral_nfa, t.referral_nfa)").ToList();
        await RunAsync($"""
            with changed as (
                update need_episodes t set {string.Join(", ", names.Zip(values, (n, v) => $"{n} = {v}"))}, return_id = @return
                from in_found_episodes f join in_episodes i on i.no = f.no
                where t.id = f.episode_id and not f.is_new and f.is_current
                    and row({string.Join(", ", names.Select(n => "t." + n))}) is distinct from row({string.Join(", ", values)})
                returning t.child_id, t.id)
            insert into in_touched (child_id, record_id) select child_id, id from changed
            """, cancel);
    }

    private async Task MergeEventsAsync(EventTable table, CancellationToken cancel)
    {
        var name = table.Name;
        var names = table.Columns.Select(c => c.Name).ToList();
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
            {Moved(name, "i.episode_id = t.episode_id", "started_on", names)},
            removed as (delete from {name} t using moved m where t.id = m.id returning t.id, t.child_id, t.episode_id),
            noted as (insert into in_touched (child_id, record_id) select child_id, episode_id from removed)
            delete from gone_{name} g using removed r where g.id = r.id
            """, cancel);
        var found = $"in_found_episodes f join in_{name} i on i.episode_no = f.no and f.is_current join {name} t on t.episode_id = f.episode_id and t.started_on is not distinct from i.started_on and t.ordinal = i.ordinal";
        await NoteBlankAsync(found, table.Columns, cancel);
        await RunAsync($"""
            with changed as (
                update {name} t set {string.Join(", ", table.Columns.Select(c => $"{c.Name} = {c.Merged}"))}
                from in_found_episodes f join in_{name} i on i.episode_no = f.no
                where f.is_current and t.episode_id = f.episode_id and t.started_on is not distinct from i.started_on and t.ordinal = i.ordinal
                    and row({string.Join(", ", names.Select(c => "t." + c))}) is distinct from row({string.Join(", ", table.Columns.Select(c => c.Merged))})
                returning t.child_id, t.episode_id),
            added as (
                insert into {name} (id, authority_id, child_id, episode_id, started_on, ordinal, {string.Join(", ", names)})
                select i.id, @authority, f.child_id, f.episode_id, i.started_on, i.ordinal, {string.Join(", ", names.Select(c => "i." + c))}
                from in_{name} i join in_found_episodes f on f.no = i.episode_no
                where f.is_current
                on conflict (episode_id, started_on, ordinal) do nothing
                returning child_id, episode_id)
            insert into in_touched (child_id, record_id) select child_id, episode_id from changed union all select child_id, episode_id from added
            """, cancel);
        if (IsNewest)
        {
            await ListAbsentAsync(
                name, $"select id, child_id, started_on from gone_{name}",
                $"select t.id from {name} t join in_found_episodes f on f.episode_id = t.episode_id where t.id not in (select id from gone_{name}) and f.is_whole", cancel);
        }
    }

    private async Task AddEventsAsync<T>(
        string table, IEnumerable<(int No, CinDetails Details)> episodes, Func<CinDetails, IEnumerable<T>> of, Func<T, DateOnly?> start, Func<T, string[]> unread,
        Func<NpgsqlBinaryImporter, T, Task> write, CancellationToken cancel)
    {
        var columns = string.Join(", ", Events.Single(e => e.Name == table).Columns.Select(c => c.Name));
        await using var copy = await Connection.BeginBinaryImportAsync($"copy in_{table} (episode_no, id, started_on, ordinal, {columns}, unread) from stdin (format binary)", cancel);
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
                await WriteAsync(copy, unread(one), cancel);
            }
        }

        await copy.CompleteAsync(cancel);
    }

    private static string[] Unread(params ReadOnlySpan<(string Field, bool Is)> fields)
    {
        var unread = new List<string>();
        foreach (var (field, isUnread) in fields)
            if (isUnread) unread.Add(field);
        return [.. unread];
    }

    /// <summary>In one order, so that the same codes written the other way round are no change.</summary>
    private static string[] Codes(IEnumerable<TextField> codes) =>
        [.. codes.Where(c => c.Value is not null).Select(c => c.Value!).Distinct().Order(StringComparer.Ordinal)];
}
